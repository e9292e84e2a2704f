//! From pictures to a steady camera: [`Camera`] is shown one picture after another, [`Steadied`]
//! says what would keep it steady.
use crate::{CameraPath, Gray, Pyramid, Similarity, Smoothing, camera_path::covering_zoom, movement};
use cutroom_types::Picture;

/// The movement of a camera, from picture to picture.
#[derive(Debug, Default)]
pub struct Camera {
    before: Option<Pyramid>,
    movements: Vec<Option<Similarity>>,
}

impl Camera {
    /// The next picture, whose first plane is measured.
    pub fn see(&mut self, picture: &Picture) {
        let now = Gray::of_first_plane(picture).map(Pyramid::new);
        if let (Some(before), Some(now)) = (&self.before, &now) {
            self.movements.push(movement(before, now).map(|m| m.similarity));
        }
        self.before = now;
    }

    /// From each picture to the next; `None` where it could not be measured.
    pub fn movements(&self) -> &[Option<Similarity>] {
        &self.movements
    }
}

/// What takes the shake out.
#[derive(Clone, Debug, PartialEq)]
pub struct Steadied {
    /// By picture: how it is moved, in widths of the picture about its centre.
    pub corrections: Vec<Similarity>,
    /// How much all are enlarged so that edges do not show, as far as that is allowed.
    pub zoom: f64,
    /// Pictures whose movement from the one before could not be measured; each begins a shot of its
    /// own.
    pub cuts: usize,
    /// Pictures of which an edge shows all the same.
    pub pictures_with_edges: usize,
}

impl Steadied {
    /// Of movements from picture to picture. `height` is that of the picture in its widths, `rim`
    /// how far inside it its edge begins to fade, in widths; it is enlarged to `max_zoom` at most.
    pub fn new(movements: &[Option<Similarity>], smoothing: Smoothing, height: f64, rim: f64, max_zoom: f64) -> Self {
        let path = CameraPath::new(movements);
        let corrections = path.corrections(smoothing);
        let needed: Vec<f64> = corrections.iter().map(|c| covering_zoom(c, height, rim)).collect();
        // A hair more, so that rounded numbers do not bring the edge back.
        let zoom = (needed.iter().fold(1.0f64, |max, z| max.max(*z)) * 1.0001).min(max_zoom);
        let zoom = if corrections.iter().all(|c| *c == Similarity::IDENTITY) { 1.0 } else { zoom };
        let pictures_with_edges = needed.iter().filter(|z| **z > zoom).count();
        Self { corrections, zoom, cuts: path.cuts().len() - 1, pictures_with_edges }
    }

    /// The farthest that a picture is shifted, in widths.
    pub fn largest_shift(&self) -> f64 {
        self.max(|c| c.b[0].hypot(c.b[1]))
    }

    /// The farthest that a picture is turned.
    pub fn largest_rotation_degrees(&self) -> f64 {
        self.max(|c| c.angle().to_degrees().abs())
    }

    fn max(&self, value: impl Fn(&Similarity) -> f64) -> f64 {
        self.corrections.iter().map(value).fold(0.0, f64::max)
    }
}
