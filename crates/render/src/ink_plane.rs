//! One plane of a drawing in code values of the output, with the parts of its rows that are not
//! transparent.
use cutroom_types::{AlphaMode, ColorModel, ColorTags, Picture, PictureFormat, Plane, PlaneMemory, Size};
use std::{ops::Range, sync::Arc};

/// Number of columns that are transparent, or not, together.
pub const BLOCK: usize = 16;

/// Code values multiplied by alpha, and alpha.
pub struct InkPlane {
    size: Size,
    /// The codes row by row, and then alpha.
    samples: Vec<f32>,
    /// The columns of each row that are not transparent, in order, with a gap between them.
    spans: Vec<Range<u32>>,
    /// For each row the first of its spans, and the end of all.
    first: Vec<u32>,
}

impl PlaneMemory for InkPlane {
    fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(&self.samples)
    }
}

impl InkPlane {
    /// A plane whose blocks are filled by a function: it gets the row, the first column, and space for
    /// the codes and alphas of up to [`BLOCK`] columns, and returns whether any is not transparent.
    pub fn new(size: Size, fill: impl Fn(usize, usize, &mut [f32], &mut [f32]) -> bool) -> Self {
        let (width, height) = (size.width as usize, size.height as usize);
        let mut samples = vec![0.0; 2 * width * height];
        let (codes, alphas) = samples.split_at_mut(width * height);
        let (mut spans, mut first) = (Vec::<Range<u32>>::new(), Vec::with_capacity(height + 1));
        for y in 0..height {
            let start = spans.len();
            first.push(start as u32);
            for x in (0..width).step_by(BLOCK) {
                let end = (x + BLOCK).min(width);
                let part = y * width + x..y * width + end;
                if !fill(y, x, &mut codes[part.clone()], &mut alphas[part]) {
                    continue;
                }
                match spans[start..].last_mut() {
                    Some(last) if last.end == x as u32 => last.end = end as u32,
                    _ => spans.push(x as u32..end as u32),
                }
            }
        }
        first.push(spans.len() as u32);
        Self { size, samples, spans, first }
    }

    /// Size in samples.
    pub fn size(&self) -> Size {
        self.size
    }

    /// The columns of a row that are not transparent.
    pub fn spans(&self, y: usize) -> &[Range<u32>] {
        &self.spans[self.first[y] as usize..self.first[y + 1] as usize]
    }

    /// Draws columns of a row over codes: `below + (code − below · alpha) · opacity`.
    pub fn draw_over(&self, below: &mut [f32], y: usize, columns: Range<usize>, opacity: f32) {
        let at = y * self.size.width as usize + columns.start;
        let (codes, alphas) = self.samples.split_at(self.samples.len() / 2);
        let above = codes[at..at + columns.len()].iter().zip(&alphas[at..at + columns.len()]);
        below.iter_mut().zip(above).for_each(|(b, (code, alpha))| *b += (code - *b * alpha) * opacity);
    }

    /// The same as a grey picture with alpha, which shares the memory.
    pub fn picture(self: &Arc<Self>) -> Option<Picture> {
        let (width, height) = (self.size.width as usize * 4, self.size.height as usize);
        let half = |i: usize| Plane::new(Arc::clone(self) as Arc<dyn PlaneMemory>, i * width * height, width, width, height);
        let format = PictureFormat { model: ColorModel::Gray, ..PictureFormat::RGB_FLOAT.with_alpha() };
        let picture = Picture::upright(format, self.size, ColorTags::SRGB, vec![half(0)?, half(1)?]);
        Some(Picture { alpha: AlphaMode::Premultiplied, ..picture })
    }
}
