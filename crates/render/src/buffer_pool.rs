//! Reuses output memory: the first write to fresh pages costs as much as drawing a frame.
use cutroom_types::PlaneMemory;
use std::sync::{Arc, Mutex, PoisonError};

/// Unused buffers, shared between clones of the pool.
#[derive(Clone, Default)]
pub struct BufferPool(Arc<Mutex<Vec<Vec<u8>>>>);

impl BufferPool {
    /// Maximum number of unused buffers; further ones are freed.
    const CAPACITY: usize = 64;

    /// Returns a buffer of this length with arbitrary content.
    pub fn take(&self, len: usize) -> Vec<u8> {
        let mut home = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(i) = home.iter().position(|b| b.len() == len) {
            return home.swap_remove(i);
        }
        // Buffers of other sizes belong to an earlier output format.
        if home.len() > Self::CAPACITY * 3 / 4 {
            home.clear();
        }
        drop(home);
        vec![0; len]
    }

    /// Wraps a buffer as plane memory that returns to the pool when the last plane is dropped.
    pub fn lend(&self, bytes: Vec<u8>) -> Arc<dyn PlaneMemory> {
        Arc::new(PooledBuffer { bytes, home: self.clone() })
    }
}

struct PooledBuffer {
    bytes: Vec<u8>,
    home: BufferPool,
}

impl PlaneMemory for PooledBuffer {
    fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for PooledBuffer {
    fn drop(&mut self) {
        let mut home = self.home.0.lock().unwrap_or_else(PoisonError::into_inner);
        if home.len() < BufferPool::CAPACITY {
            home.push(std::mem::take(&mut self.bytes));
        }
    }
}
