//! Sizes, orientation and 2-D affine maps. Coordinates are in pixels, +x right, +y down; pixel `i`
//! covers `[i, i + 1)`.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Pixels per row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// How stored pixels are brought upright: first mirrored, then rotated clockwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Orientation {
    /// Mirror left–right before rotating.
    pub mirrored: bool,
    /// Clockwise quarter turns, 0..=3.
    pub quarter_turns: u8,
}

impl Orientation {
    /// Stored upright.
    pub const UPRIGHT: Self = Self { mirrored: false, quarter_turns: 0 };
    /// The orientation that EXIF tag 0x0112 states (1..=8, JEITA CP-3451 §4.6.4); other values
    /// count as upright.
    pub fn from_exif(value: u32) -> Self {
        let (mirrored, quarter_turns) = match value {
            2 => (true, 0),
            3 => (false, 2),
            4 => (true, 2),
            5 => (true, 3),
            6 => (false, 1),
            7 => (true, 1),
            8 => (false, 3),
            _ => (false, 0),
        };
        Self { mirrored, quarter_turns }
    }

    /// Size after rotation of a picture of stored size `s`.
    pub fn apply(self, s: Size) -> Size {
        if self.quarter_turns % 2 == 1 { Size { width: s.height, height: s.width } } else { s }
    }

    /// The map from upright pixel coordinates to stored ones; `stored` is the size before rotation.
    pub fn stored_from_upright(self, stored: Size) -> Affine {
        let (w, h) = (f64::from(stored.width), f64::from(stored.height));
        // Inverse of a clockwise rotation of a w×h (mirrored) raster.
        let turn = match self.quarter_turns % 4 {
            0 => Affine::IDENTITY,
            1 => Affine { xx: 0.0, xy: 1.0, x0: 0.0, yx: -1.0, yy: 0.0, y0: h },
            2 => Affine { xx: -1.0, xy: 0.0, x0: w, yx: 0.0, yy: -1.0, y0: h },
            _ => Affine { xx: 0.0, xy: -1.0, x0: w, yx: 1.0, yy: 0.0, y0: 0.0 },
        };
        if self.mirrored { Affine { xx: -1.0, xy: 0.0, x0: w, yx: 0.0, yy: 1.0, y0: 0.0 }.after(&turn) } else { turn }
    }
}

/// The map `x' = xx·x + xy·y + x0`, `y' = yx·x + yy·y + y0`. Variables are named `to_from`, such as
/// `output_from_layer`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// Coefficient of x in x'.
    pub xx: f64,
    /// Coefficient of y in x'.
    pub xy: f64,
    /// Offset of x'.
    pub x0: f64,
    /// Coefficient of x in y'.
    pub yx: f64,
    /// Coefficient of y in y'.
    pub yy: f64,
    /// Offset of y'.
    pub y0: f64,
}

impl Affine {
    /// The identity.
    pub const IDENTITY: Self = Self { xx: 1.0, xy: 0.0, x0: 0.0, yx: 0.0, yy: 1.0, y0: 0.0 };
    /// Translation by `(x, y)`.
    pub fn translate(x: f64, y: f64) -> Self {
        Self { x0: x, y0: y, ..Self::IDENTITY }
    }

    /// Scaling about the origin.
    pub fn scale(x: f64, y: f64) -> Self {
        Self { xx: x, yy: y, ..Self::IDENTITY }
    }

    /// Clockwise rotation on screen (+y down) about the origin; exact for multiples of 90°.
    pub fn rotate_degrees(degrees: f64) -> Self {
        let d = degrees.rem_euclid(360.0);
        let (s, c) = match d {
            0.0 => (0.0, 1.0),
            90.0 => (1.0, 0.0),
            180.0 => (0.0, -1.0),
            270.0 => (-1.0, 0.0),
            _ => d.to_radians().sin_cos(),
        };
        Self { xx: c, xy: -s, x0: 0.0, yx: s, yy: c, y0: 0.0 }
    }

    /// The map that applies `first`, then `self`.
    pub fn after(&self, first: &Self) -> Self {
        Self {
            xx: self.xx * first.xx + self.xy * first.yx,
            xy: self.xx * first.xy + self.xy * first.yy,
            x0: self.xx * first.x0 + self.xy * first.y0 + self.x0,
            yx: self.yx * first.xx + self.yy * first.yx,
            yy: self.yx * first.xy + self.yy * first.yy,
            y0: self.yx * first.x0 + self.yy * first.y0 + self.y0,
        }
    }

    /// Determinant of the linear part (signed area factor).
    pub fn determinant(&self) -> f64 {
        self.xx * self.yy - self.xy * self.yx
    }

    /// The inverse map; `None` if the determinant is not finite or its magnitude is below 1e-12.
    pub fn inverse(&self) -> Option<Self> {
        let d = self.determinant();
        if !d.is_finite() || d.abs() < 1e-12 {
            return None;
        }
        let (xx, xy, yx, yy) = (self.yy / d, -self.xy / d, -self.yx / d, self.xx / d);
        Some(Self { xx, xy, x0: -(xx * self.x0 + xy * self.y0), yx, yy, y0: -(yx * self.x0 + yy * self.y0) })
    }

    /// The image of a point.
    pub fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        (self.xx * x + self.xy * y + self.x0, self.yx * x + self.yy * y + self.y0)
    }

    /// Whether rows stay rows and columns stay columns.
    pub fn is_axis_aligned(&self) -> bool {
        self.xy == 0.0 && self.yx == 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_undoes() {
        let a = Affine::translate(3.0, -2.0).after(&Affine::rotate_degrees(33.0)).after(&Affine::scale(2.0, 0.5));
        let (x, y) = a.inverse().unwrap().apply(a.apply(7.0, 11.0).0, a.apply(7.0, 11.0).1);
        assert!((x - 7.0).abs() < 1e-9 && (y - 11.0).abs() < 1e-9);
    }

    /// Upright position of the stored top-left pixel, from the EXIF specification's "0th row / 0th
    /// column" table.
    #[test]
    fn exif_orientations_place_the_first_pixel() {
        let stored = Size { width: 4, height: 2 };
        let seen = [(0.5, 0.5), (3.5, 0.5), (3.5, 1.5), (0.5, 1.5), (0.5, 0.5), (1.5, 0.5), (1.5, 3.5), (0.5, 3.5)];
        for (i, (ux, uy)) in seen.into_iter().enumerate() {
            let o = Orientation::from_exif(i as u32 + 1);
            assert_eq!(o.stored_from_upright(stored).apply(ux, uy), (0.5, 0.5), "EXIF {}", i + 1);
        }
        // EXIF 5 is the transpose, 7 the transverse.
        assert_eq!(Orientation::from_exif(5).stored_from_upright(stored).apply(0.5, 1.5), (1.5, 0.5));
    }
}
