//! The film's cut: which clip when, and the project document that says so.
use super::Material;

/// Times in frames of the film.
pub struct Film {
    frames: i64,
}

impl Film {
    /// Lays the clips out.
    pub fn plan(_material: &Material) -> Self {
        Self { frames: 600 }
    }
    /// Length.
    pub fn secs(&self) -> f64 {
        self.frames as f64 / 30.0
    }
    /// The project document.
    pub fn json(&self, _material: &Material) -> String {
        String::new()
    }
}
