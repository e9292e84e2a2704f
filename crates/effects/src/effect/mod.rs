//! One file per effect.
pub mod brightness;
pub mod chroma_key;
pub mod contrast;
pub mod exposure;
pub mod gaussian_blur;
pub mod saturation;
pub mod vignette;
