//! The uniform buffer of a pass: rows of whole numbers about rasters, then floats by slot.
use bytemuck::{Pod, Zeroable};

/// Number of rows of whole numbers before the floats.
pub const RASTER_ROWS: usize = 5;

/// The contents of the uniform buffer, which shaders read as `u`.
#[derive(Default)]
pub struct Numbers {
    /// `[0]` is the target's width and height; `[1 + k]` the word offset, words per row, width and
    /// height of output plane `k`. A convolution stores its direction in `[0]` and its number of
    /// weights in `[1]`.
    pub rasters: [[u32; 4]; RASTER_ROWS],
    /// Floats by slot.
    pub values: Vec<f32>,
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Row([f32; 4]);

impl Numbers {
    /// Appends values and returns the slot of the first.
    pub fn push(&mut self, values: &[f32]) -> usize {
        let slot = self.values.len();
        self.values.extend_from_slice(values);
        slot
    }

    /// Number of rows of four floats for `count` floats; at least one.
    pub fn rows(count: usize) -> usize {
        count.div_ceil(4).max(1)
    }

    /// Appends the bytes in the layout that the shader reads.
    pub fn append_to(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(bytemuck::cast_slice(&self.rasters));
        let mut rows = vec![Row([0.0; 4]); Self::rows(self.values.len())];
        for (i, v) in self.values.iter().enumerate() {
            rows[i / 4].0[i % 4] = *v;
        }
        bytes.extend_from_slice(bytemuck::cast_slice(&rows));
    }

    /// WGSL expression that reads a slot.
    pub fn read(slot: usize) -> String {
        format!("u.v[{}].{}", slot / 4, ["x", "y", "z", "w"][slot % 4])
    }
}
