//! Stabilises a camera: [`Camera`] measures movements from one picture to the next, [`Steadied`]
//! computes the corrections that keep the camera steady.
use crate::{CameraPath, Gray, Pyramid, Similarity, Smoothing, camera_path::covering_zoom, movement};
use cutroom_types::Picture;

/// Measures the movement of a camera from picture to picture.
#[derive(Debug, Default)]
pub struct Camera {
    before: Option<Pyramid>,
    movements: Vec<Option<Similarity>>,
}

impl Camera {
    /// Measures the movement to the next picture, on its first plane.
    pub fn see(&mut self, picture: &Picture) {
        let now = Gray::of_first_plane(picture).map(Pyramid::new);
        if let (Some(before), Some(now)) = (&self.before, &now) {
            self.movements.push(movement(before, now).map(|m| m.similarity));
        }
        self.before = now;
    }

    /// The movements from each picture to the next; `None` where they could not be measured.
    pub fn movements(&self) -> &[Option<Similarity>] {
        &self.movements
    }
}

/// The corrections that remove camera shake.
#[derive(Clone, Debug, PartialEq)]
pub struct Steadied {
    /// By picture: its movement about its centre, in widths of the picture.
    pub corrections: Vec<Similarity>,
    /// Zoom of all pictures that hides their edges, up to the allowed maximum.
    pub zoom: f64,
    /// Number of pictures whose movement from the previous one could not be measured; each begins a
    /// new shot.
    pub cuts: usize,
    /// Number of pictures with a visible edge in spite of the zoom.
    pub pictures_with_edges: usize,
}

impl Steadied {
    /// Computes corrections and zoom from movements between pictures. `height` is the picture's
    /// height and `rim` the distance inside its edges at which they begin to fade, both in widths
    /// of the picture; the zoom is at most `max_zoom`.
    pub fn new(movements: &[Option<Similarity>], smoothing: Smoothing, height: f64, rim: f64, max_zoom: f64) -> Self {
        let path = CameraPath::new(movements);
        let corrections = path.corrections(smoothing);
        let needed: Vec<f64> = corrections.iter().map(|c| covering_zoom(c, height, rim)).collect();
        // Slightly more, so that rounding of the numbers does not make an edge visible again.
        let zoom = (needed.iter().fold(1.0f64, |max, z| max.max(*z)) * 1.0001).min(max_zoom);
        let zoom = if corrections.iter().all(|c| *c == Similarity::IDENTITY) { 1.0 } else { zoom };
        let pictures_with_edges = needed.iter().filter(|z| **z > zoom).count();
        Self { corrections, zoom, cuts: path.cuts().len() - 1, pictures_with_edges }
    }

    /// Largest translation of a picture, in widths.
    pub fn largest_shift(&self) -> f64 {
        self.max(|c| c.b[0].hypot(c.b[1]))
    }

    /// Largest rotation of a picture, in degrees.
    pub fn largest_rotation_degrees(&self) -> f64 {
        self.max(|c| c.angle().to_degrees().abs())
    }

    fn max(&self, value: impl Fn(&Similarity) -> f64) -> f64 {
        self.corrections.iter().map(value).fold(0.0, f64::max)
    }
}
