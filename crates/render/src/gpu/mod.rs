//! wgpu.
