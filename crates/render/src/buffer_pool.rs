//! Output memory that is used again: fresh pages cost as much as drawing a frame.
use cutroom_types::PlaneMemory;
use std::sync::{Arc, Mutex, PoisonError};

/// Buffers that wait to be used again.
#[derive(Clone, Default)]
pub struct BufferPool(Arc<Mutex<Vec<Vec<u8>>>>);

impl BufferPool {
    /// Buffers kept; beyond, they are freed.
    const CAPACITY: usize = 64;

    /// A buffer of this length with any content.
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

    /// Memory of planes that comes back when the last of them is dropped.
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
