//! The resampling filter, defined once for both back ends: a triangle whose support grows with the
//! reduction, so that it is bilinear when enlarging and an area-like low-pass when reducing.
use crate::{OutputSpec, RenderError};
use cutroom_types::{ChromaLocation, ColorModel, Picture, PictureFormat};

/// Position of a plane's sample grid on the stored picture along one axis: picture coordinate X
/// maps to `X · scale + offset` in the plane, where the centre of sample `i` is `i + 0.5`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GridAxis {
    /// Plane samples per picture pixel.
    pub scale: f64,
    /// Offset in plane samples.
    pub offset: f64,
}

impl GridAxis {
    /// A plane of full resolution.
    pub const FULL: Self = Self { scale: 1.0, offset: 0.0 };
    /// A plane with `1 << shift` pixels per sample.
    pub fn subsampled(shift: u8, site: Site) -> Self {
        let block = f64::from(1u32 << shift);
        let first = match site {
            Site::First => 0.5,
            Site::Middle => block * 0.5,
            Site::Last => block - 0.5,
        };
        Self { scale: 1.0 / block, offset: 0.5 - first / block }
    }
}

/// Position of a chroma sample in its block of pixels along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Site {
    /// On the first pixel.
    First,
    /// In the middle of the block.
    Middle,
    /// On the last pixel.
    Last,
}

/// Horizontal and vertical grid of plane `k` of a picture.
pub fn plane_grid(picture: &Picture, k: usize) -> [GridAxis; 2] {
    format_grid(picture.format, picture.color.chroma, k)
}

/// Horizontal and vertical grid of plane `k` of a format with chroma at a location.
pub fn format_grid(format: PictureFormat, chroma: ChromaLocation, k: usize) -> [GridAxis; 2] {
    if !format.is_chroma(k) {
        return [GridAxis::FULL; 2];
    }
    let [x, y] = sites(chroma);
    [GridAxis::subsampled(format.chroma_shift_x, x), GridAxis::subsampled(format.chroma_shift_y, y)]
}

/// Horizontal and vertical position of chroma (ITU-T H.273, figure 1).
pub fn sites(location: ChromaLocation) -> [Site; 2] {
    match location {
        ChromaLocation::Left => [Site::First, Site::Middle],
        ChromaLocation::TopLeft => [Site::First, Site::First],
        ChromaLocation::BottomLeft => [Site::First, Site::Last],
        ChromaLocation::Top => [Site::Middle, Site::First],
        ChromaLocation::Center => [Site::Middle, Site::Middle],
        ChromaLocation::Bottom => [Site::Middle, Site::Last],
    }
}

/// Whether an output's chroma is on the first column and on the first row of its block. Otherwise
/// it is in the middle, the only other position that is written.
///
/// # Errors
/// [`RenderError::Unsupported`] for chroma on the last row.
pub fn written_sites(output: &OutputSpec) -> Result<[bool; 2], RenderError> {
    let f = output.format;
    match sites(output.color.chroma) {
        [_, Site::Last] if f.chroma_shift_y > 0 && f.model == ColorModel::Yuv => {
            Err(RenderError::Unsupported(format!("output with chroma at the {}", output.color.chroma)))
        }
        s => Ok(s.map(|s| s == Site::First)),
    }
}

/// Taps of one output sample along one axis: the first source index, then normalised weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Taps {
    /// Index of the first tap.
    pub start: u32,
    /// Weights with sum 1; those outside the row have been added to its edge samples.
    pub weights: Vec<f32>,
}

/// Taps for the source position `center` (sample `i` is centred at `i + 0.5`) at `step` source
/// samples per output sample, on a row of `len` ≥ 1 samples.
pub fn taps(center: f64, step: f64, len: usize) -> Taps {
    let support = step.abs().max(1.0);
    // Positions are snapped to 1/65536 so that rounding noise in a map never adds taps.
    let center = (center * 65536.0).round() / 65536.0;
    let first = (center - 0.5 - support).floor() as i64 + 1;
    let last = (center - 0.5 + support).ceil() as i64 - 1;
    let max = len as i64 - 1;
    let clamp = |i: i64| i.clamp(0, max);
    let (lo, hi) = (clamp(first), clamp(last.max(first)));
    let mut weights = vec![0.0f64; (hi - lo + 1) as usize];
    let mut sum = 0.0;
    for i in first..=last.max(first) {
        let w = (1.0 - ((i as f64 + 0.5 - center) / support).abs()).max(0.0);
        weights[(clamp(i) - lo) as usize] += w;
        sum += w;
    }
    if sum <= 0.0 {
        weights[0] = 1.0;
        sum = 1.0;
    }
    Taps { start: lo as u32, weights: weights.iter().map(|w| (w / sum) as f32).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_scale_is_one_tap() {
        for i in 0..5 {
            assert_eq!(taps(f64::from(i) + 0.5, 1.0, 5), Taps { start: i as u32, weights: vec![1.0] });
        }
    }

    #[test]
    fn halving_weighs_neighbours_as_a_triangle() {
        // Output sample 1 covers source 2..4; centre 3.0, support 2: distances 1.5, .5, .5, 1.5.
        assert_eq!(taps(3.0, 2.0, 8), Taps { start: 1, weights: vec![0.125, 0.375, 0.375, 0.125] });
    }

    #[test]
    fn chroma_of_420_left_is_interpolated_at_its_position() {
        // Luma column 3 (centre 3.5) is between chroma samples 1 (at column 2) and 2 (at column 4).
        let g = GridAxis::subsampled(1, Site::First);
        assert_eq!(taps(3.5 * g.scale + g.offset, 0.5, 8), Taps { start: 1, weights: vec![0.5, 0.5] });
        let g = GridAxis::subsampled(1, Site::Middle);
        assert_eq!(taps(2.5 * g.scale + g.offset, 0.5, 8), Taps { start: 0, weights: vec![0.25, 0.75] });
    }
}
