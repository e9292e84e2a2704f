//! Planes of pictures in host memory: immutable windows into shared memory.
use std::{fmt, sync::Arc};

/// Memory that planes are stored in. Decoders implement it for their own frames, so that nothing is
/// copied.
pub trait PlaneMemory: Send + Sync {
    /// The whole memory as bytes.
    fn bytes(&self) -> &[u8];
}

impl PlaneMemory for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }
}

/// One plane: a window into shared memory, top row first.
#[derive(Clone)]
pub struct Plane {
    memory: Arc<dyn PlaneMemory>,
    offset: usize,
    stride_bytes: usize,
    width_bytes: usize,
    rows: usize,
}

impl Plane {
    /// A window of `rows` rows of `width_bytes` bytes each, `stride_bytes` apart, starting at
    /// `offset`. `None` if rows overlap or the window is not inside the memory.
    pub fn new(memory: Arc<dyn PlaneMemory>, offset: usize, stride_bytes: usize, width_bytes: usize, rows: usize) -> Option<Self> {
        let end = offset.checked_add(stride_bytes.checked_mul(rows.saturating_sub(1))?)?.checked_add(width_bytes)?;
        (width_bytes <= stride_bytes && (rows == 0 || end <= memory.bytes().len())).then_some(Self {
            memory,
            offset,
            stride_bytes,
            width_bytes,
            rows,
        })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes used per row.
    pub fn width_bytes(&self) -> usize {
        self.width_bytes
    }

    /// Bytes from one row to the next.
    pub fn stride_bytes(&self) -> usize {
        self.stride_bytes
    }

    /// The used bytes of row `y`, `y < rows()`.
    pub fn row(&self, y: usize) -> &[u8] {
        let start = self.offset + y * self.stride_bytes;
        &self.memory.bytes()[start..start + self.width_bytes]
    }

    /// The bytes from the first sample to the end of the last row, with rows `stride_bytes()`
    /// apart.
    pub fn data(&self) -> &[u8] {
        if self.rows == 0 {
            return &[];
        }
        &self.memory.bytes()[self.offset..self.offset + self.stride_bytes * (self.rows - 1) + self.width_bytes]
    }
}

impl fmt::Debug for Plane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plane({}×{} bytes, stride {})", self.width_bytes, self.rows, self.stride_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_outside_memory_are_refused() {
        assert!(Plane::new(Arc::new(vec![0; 10]), 0, 4, 4, 3).is_none());
        assert!(Plane::new(Arc::new(vec![0; 12]), 0, 4, 4, 3).is_some());
    }
}
