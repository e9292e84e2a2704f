//! The inputs of sampled kernels on the CPU: images with an edge mode, and tables.
use crate::real::{K, Real};

/// How an input continues outside its edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edge {
    /// Transparent black; the outermost pixels fade out over half a pixel.
    Transparent,
    /// The nearest edge pixel.
    Clamp,
    /// The image mirrored at its edges, periodically.
    Mirror,
    /// The image repeated.
    Repeat,
}

/// Maximum side of an input, in pixels.
pub const MAX_FIELD_SIDE_PX: u32 = 32_768;

/// One input: four planes of rows of `width` samples.
#[derive(Clone, Copy)]
pub struct InputImage<'a> {
    /// R, G, B, A; `width · height` samples each.
    pub(crate) planes: [&'a [f32]; 4],
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl<'a> InputImage<'a> {
    /// `None` when the image is empty, a side exceeds [`MAX_FIELD_SIDE_PX`] or a plane is too
    /// short.
    pub fn new(planes: [&'a [f32]; 4], width: usize, height: usize) -> Option<Self> {
        let sides = 1..=MAX_FIELD_SIDE_PX as usize;
        let fits = sides.contains(&width) && sides.contains(&height);
        (fits && planes.iter().all(|p| p.len() >= width * height)).then_some(Self { planes, width, height })
    }
}

/// Reflects a coordinate into `0..=size`.
#[inline(always)]
fn mirrored<R: Real>(x: R, size: f32) -> R {
    let t = (x * (0.5 / size)).fract();
    (K(1.0) - (t * 2.0 - 1.0).abs()) * size
}

/// Reduces a coordinate modulo `size`, into `0..size`.
#[inline(always)]
fn repeated<R: Real>(x: R, size: f32) -> R {
    (x * (1.0 / size)).fract() * size
}

/// The indices of the two samples around a coordinate, and their linear weights.
#[inline(always)]
pub(crate) fn taps<R: Real>(x: R, size: f32, edge: Edge) -> ([R; 2], [R; 2]) {
    let x = match edge {
        Edge::Mirror => mirrored(x, size),
        Edge::Repeat => repeated(x, size),
        _ => x,
    };
    // NaN becomes the lower bound, so that indices are always in range.
    let (low, high) = if edge == Edge::Transparent { (-1.0, size) } else { (0.0, size - 1.0) };
    let x = (x - 0.5).clamp(low, high);
    let a = x.floor();
    let (b, t) = (a + 1.0, x - a);
    let mut w = [K(1.0) - t, t];
    if edge == Edge::Transparent {
        w = [R::select(a.ge(0.0) & a.le(size - 1.0), w[0], 0.0), R::select(b.le(size - 1.0), w[1], 0.0)];
    }
    ([a.clamp(0.0, size - 1.0), b.clamp(0.0, size - 1.0)], w)
}

/// Entry `index` of a table, rounded down and clamped to the table; 0 for an empty table or one of
/// more than 2^24 entries.
pub(crate) fn table_entry(table: &[f32], index: f32) -> f32 {
    match table.len() {
        // Above 2^24 an `f32` cannot represent every index.
        1..=0x100_0000 => table[index.clamp(0.0, (table.len() - 1) as f32) as usize],
        _ => 0.0,
    }
}

/// Colour of an image at a position in its pixels, bilinear, rounded as by the lanes; transparent
/// black without an image.
pub(crate) fn image_color(image: Option<&InputImage<'_>>, edge: Edge, x: f32, y: f32) -> [f32; 4] {
    let Some(f) = image else { return [0.0; 4] };
    let ([x0, x1], [u0, u1]) = taps(x, f.width as f32, edge);
    let ([y0, y1], [v0, v1]) = taps(y, f.height as f32, edge);
    f.planes.map(|plane| {
        let at = |x: f32, y: f32| plane[y as usize * f.width + x as usize];
        (at(x0, y0) * u0 + at(x1, y0) * u1) * v0 + (at(x0, y1) * u0 + at(x1, y1) * u1) * v1
    })
}
