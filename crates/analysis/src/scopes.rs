//! Scopes: how the values of a picture are distributed, drawn as pictures.
//!
//! All show the encoded values, as scopes of studios do: R′G′B′ from 0 to 1, and luma and colour
//! differences of ITU-R BT.709, whatever matrix the picture has.
use cutroom_types::{ColorModel, ColorTags, Matrix, Picture, PictureFormat, Range, Size};

/// Greatest number of samples that a scope is made of; larger pictures are thinned.
const MAX_SAMPLES: usize = 480 * 270;
/// Weights of R′ and B′ in luma (ITU-R BT.709).
const KR: f32 = 0.2126;
const KB: f32 = 0.0722;

/// A kind of scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Luma by column of the picture; the top row is 1, the bottom row 0.
    Waveform,
    /// R′, G′ and B′ by column, side by side.
    Parade,
    /// Colour differences: C_B to the right, C_R upwards, grey in the middle; −0.5..=0.5.
    Vectorscope,
    /// How often each value of R′, G′ and B′ occurs; 0 is at the left, 1 at the right.
    Histogram,
}

impl Scope {
    /// Size of its picture.
    pub fn size(self) -> Size {
        match self {
            Self::Waveform | Self::Parade => Size { width: 512, height: 256 },
            Self::Vectorscope | Self::Histogram => Size { width: 256, height: 256 },
        }
    }
}

/// Samples of a picture, thinned alike in both directions.
pub struct ScopeSamples {
    /// Where each sample was, from the left, 0 to below 1.
    columns: Vec<f32>,
    /// R′G′B′, 0..=1.
    rgb: Vec<[f32; 3]>,
}

impl ScopeSamples {
    /// Samples of a picture of 8 bits in YUV, or in RGB of full range, in host memory; `None` for
    /// another one, or an empty one.
    pub fn of(picture: &Picture) -> Option<Self> {
        let PictureFormat { model, bits, chroma_shift_x, chroma_shift_y, .. } = picture.format;
        if bits != 8 || picture.planes.len() < 3 {
            return None;
        }
        let (width, height) = (picture.size.width as usize, picture.size.height as usize);
        let step = (1_usize..).find(|step| width.div_ceil(*step) * height.div_ceil(*step) <= MAX_SAMPLES)?;
        if model == ColorModel::Rgb && picture.color.range == Range::Full {
            return Self::of_rgb(picture, step);
        }
        let (kr, kb) = picture.color.matrix.kr_kb().filter(|_| model == ColorModel::Yuv)?;
        let (kr, kb) = (kr as f32, kb as f32);
        let kg = 1.0 - kr - kb;
        let (luma, chroma) = match picture.color.range {
            Range::Full => ((0.0, 255.0), 255.0),
            Range::Limited => ((16.0, 219.0), 224.0),
        };
        let mut samples = Self { columns: Vec::new(), rgb: Vec::new() };
        for y in (0..height).step_by(step) {
            let row = picture.planes[0].row(y);
            let [cb_row, cr_row] = [1, 2].map(|k| picture.planes[k].row(y >> chroma_shift_y));
            for x in (0..width).step_by(step) {
                let luma = (f32::from(row[x]) - luma.0) / luma.1;
                let [cb, cr] = [cb_row, cr_row].map(|row| (f32::from(row[x >> chroma_shift_x]) - 128.0) / chroma);
                let (r, b) = (luma + 2.0 * (1.0 - kr) * cr, luma + 2.0 * (1.0 - kb) * cb);
                let g = (luma - kr * r - kb * b) / kg;
                samples.columns.push(x as f32 / width as f32);
                samples.rgb.push([r, g, b].map(|v| v.clamp(0.0, 1.0)));
            }
        }
        (!samples.rgb.is_empty()).then_some(samples)
    }

    fn of_rgb(picture: &Picture, step: usize) -> Option<Self> {
        let (width, height) = (picture.size.width as usize, picture.size.height as usize);
        let mut samples = Self { columns: Vec::new(), rgb: Vec::new() };
        for y in (0..height).step_by(step) {
            let rows = [0, 1, 2].map(|k| picture.planes[k].row(y));
            for x in (0..width).step_by(step) {
                samples.columns.push(x as f32 / width as f32);
                samples.rgb.push(rows.map(|row| f32::from(row[x]) / 255.0));
            }
        }
        (!samples.rgb.is_empty()).then_some(samples)
    }

    /// A scope as a picture of 8 bits in RGB with alpha: light on nothing.
    pub fn draw(&self, scope: Scope) -> Option<Picture> {
        let mut canvas = Canvas::new(scope.size());
        match scope {
            Scope::Waveform => {
                let columns = canvas.size.width as f32;
                for (column, rgb) in self.columns.iter().zip(&self.rgb) {
                    canvas.add((column * columns) as usize, row_of(luma(*rgb)), [0.75, 1.0, 0.8]);
                }
            }
            Scope::Parade => {
                let third = canvas.size.width / 3;
                let lights = [[1.0, 0.25, 0.2], [0.25, 1.0, 0.3], [0.35, 0.5, 1.0]];
                for (column, rgb) in self.columns.iter().zip(&self.rgb) {
                    for ((n, value), light) in rgb.iter().enumerate().zip(lights) {
                        canvas.add(n * third as usize + (column * third as f32) as usize, row_of(*value), light);
                    }
                }
            }
            Scope::Vectorscope => {
                for rgb in &self.rgb {
                    let (cb, cr) = differences(*rgb);
                    let place = |v: f32| ((v + 0.5) * 255.0).round().clamp(0.0, 255.0) as usize;
                    // Its own colour, brightened, says which hue a place has.
                    let light = [1.5748 * cr, -0.1873 * cb - 0.4681 * cr, 1.8556 * cb].map(|v| (0.6 + v).clamp(0.15, 1.0));
                    canvas.add(place(cb), 255 - place(cr), light);
                }
            }
            Scope::Histogram => canvas.fill(&self.histogram()),
        }
        canvas.picture(self.rgb.len())
    }

    /// How often each code of R′, G′ and B′ occurs.
    pub fn histogram(&self) -> [[u32; 256]; 3] {
        let mut counts = [[0; 256]; 3];
        for rgb in &self.rgb {
            for (counts, value) in counts.iter_mut().zip(rgb) {
                counts[(value * 255.0).round() as usize] += 1;
            }
        }
        counts
    }
}

fn luma([r, g, b]: [f32; 3]) -> f32 {
    KR * r + (1.0 - KR - KB) * g + KB * b
}

/// C_B and C_R.
fn differences(rgb: [f32; 3]) -> (f32, f32) {
    let luma = luma(rgb);
    ((rgb[2] - luma) / (2.0 * (1.0 - KB)), (rgb[0] - luma) / (2.0 * (1.0 - KR)))
}

fn row_of(value: f32) -> usize {
    255 - (value * 255.0).round() as usize
}

/// Light that falls on the pixels of a scope.
struct Canvas {
    size: Size,
    light: Vec<[f32; 3]>,
}

impl Canvas {
    fn new(size: Size) -> Self {
        Self { size, light: vec![[0.0; 3]; size.width as usize * size.height as usize] }
    }

    fn add(&mut self, x: usize, y: usize, light: [f32; 3]) {
        let x = x.min(self.size.width as usize - 1);
        let pixel = &mut self.light[y * self.size.width as usize + x];
        pixel.iter_mut().zip(light).for_each(|(sum, light)| *sum += light);
    }

    /// Fills the area below three curves; the highest value but for black and white is the top.
    fn fill(&mut self, counts: &[[u32; 256]; 3]) {
        let inner = counts.iter().flat_map(|c| &c[1..255]).copied().max().unwrap_or(0);
        let top = if inner > 0 { inner } else { counts.iter().flatten().copied().max().unwrap_or(1) }.max(1) as f32;
        for (channel, counts) in counts.iter().enumerate() {
            for (x, count) in counts.iter().enumerate() {
                let height = ((*count as f32 / top).min(1.0) * 255.0).round() as usize;
                for y in 0..height {
                    self.light[(255 - y) * 256 + x][channel] = f32::INFINITY;
                }
            }
        }
    }

    /// As a picture: the more light, the less transparent. `samples`: how many were added.
    fn picture(&self, samples: usize) -> Option<Picture> {
        // A flat picture of the usual size lights each pixel of a line this much.
        let gain = 3.0 * self.light.len() as f32 / samples as f32 / 24.0;
        let seen: Vec<[f32; 3]> = self.light.iter().map(|light| light.map(|v| 1.0 - (-v * gain).exp())).collect();
        let alpha: Vec<f32> = seen.iter().map(|[r, g, b]| r.max(*g).max(*b)).collect();
        let code = |v: f32| (v * 255.0).round() as u8;
        let straight = |channel: usize| {
            let of = |(light, alpha): (&[f32; 3], &f32)| if *alpha > 0.0 { code(light[channel] / alpha) } else { 0 };
            seen.iter().zip(&alpha).map(of).collect::<Vec<u8>>()
        };
        let planes = vec![straight(0), straight(1), straight(2), alpha.iter().map(|a| code(*a)).collect()];
        let color = ColorTags { matrix: Matrix::Rgb, range: Range::Full, ..ColorTags::BT709 };
        Picture::from_planes(PictureFormat::RGB8.with_alpha(), self.size, color, planes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { width: 64, height: 36 };

    /// A picture of one colour, by its codes.
    fn flat(codes: [u8; 3], color: ColorTags) -> Picture {
        let planes = vec![vec![codes[0]; 64 * 36], vec![codes[1]; 32 * 18], vec![codes[2]; 32 * 18]];
        Picture::from_planes(PictureFormat::YUV420P8, SIZE, color, planes).unwrap()
    }

    /// Pixels of a scope that are lit, and how many.
    fn lit(picture: &Picture) -> (Vec<(usize, usize)>, usize) {
        let Size { width, height } = picture.size;
        let all = (0..height as usize).flat_map(|y| (0..width as usize).map(move |x| (x, y)));
        let lit: Vec<_> = all.filter(|(x, y)| picture.sample(3, *x, *y) > 16).collect();
        let n = lit.len();
        (lit, n)
    }

    #[test]
    fn grey_is_a_line_a_dot_and_a_column() {
        // Code 126 of limited range is (126 - 16) / 219 = 0.502.
        let samples = ScopeSamples::of(&flat([126, 128, 128], ColorTags::BT709)).unwrap();
        let (waveform, n) = lit(&samples.draw(Scope::Waveform).unwrap());
        assert!(n >= 64 && waveform.iter().all(|(_, y)| *y == 255 - 128), "{waveform:?}");
        let (dots, _) = lit(&samples.draw(Scope::Vectorscope).unwrap());
        assert_eq!(dots, [(128, 127)]);
        let histogram = samples.histogram();
        assert!(histogram.iter().all(|channel| channel[128] == 64 * 36));
        let (columns, _) = lit(&samples.draw(Scope::Histogram).unwrap());
        assert!(columns.iter().all(|(x, _)| *x == 128) && columns.len() == 255, "{columns:?}");
    }

    /// Red of 75 % in BT.601 of full range, as previews have it, is at its place of BT.709.
    #[test]
    fn colours_of_another_matrix_are_where_bt709_has_them() {
        // ITU-R BT.601: Y = 0.299 · 0.75, Cb = (0 - Y) / 1.772, Cr = (0.75 - Y) / 1.402.
        let y: f64 = 0.299 * 0.75;
        let codes = [y * 255.0, 128.0 - y / 1.772 * 255.0, 128.0 + (0.75 - y) / 1.402 * 255.0].map(|v| v.round() as u8);
        let color = ColorTags { matrix: Matrix::Smpte170M, range: Range::Full, ..ColorTags::BT709 };
        let samples = ScopeSamples::of(&flat(codes, color)).unwrap();
        let (dots, _) = lit(&samples.draw(Scope::Vectorscope).unwrap());
        // BT.709: Y = 0.2126 · 0.75 = 0.15945, Cb = -Y / 1.8556 = -0.0859, Cr = (0.75 - Y) / 1.5748 = 0.375.
        let (x, up) = ((0.5 - 0.0859) * 255.0, (0.5 + 0.375) * 255.0);
        assert_eq!(dots.len(), 1);
        let (dx, dy) = (dots[0].0 as f64 - x, 255.0 - dots[0].1 as f64 - up);
        assert!(dx.abs() < 2.0 && dy.abs() < 2.0, "{dots:?} instead of {x} {up}");
        let (parade, _) = lit(&samples.draw(Scope::Parade).unwrap());
        let rows = |third: usize| parade.iter().filter(|(x, _)| x / 170 == third).map(|(_, y)| *y).collect::<Vec<_>>();
        assert!(rows(0).iter().all(|y| (*y as i64 - (255 - 191)).abs() <= 1), "{:?}", rows(0));
        assert!(rows(1).iter().chain(&rows(2)).all(|y| *y >= 253));
    }

    /// What a window draws on its device comes as RGB: 191 is in row 255 - 191 of its third.
    #[test]
    fn codes_of_rgb_are_taken_as_they_are() {
        let planes = [191, 64, 0].map(|code| vec![code; 64 * 36]).to_vec();
        let picture = Picture::from_planes(PictureFormat::RGB8, SIZE, ColorTags::SRGB, planes).unwrap();
        let samples = ScopeSamples::of(&picture).unwrap();
        let (parade, _) = lit(&samples.draw(Scope::Parade).unwrap());
        let rows = |third: usize| parade.iter().filter(|(x, _)| x / 170 == third).map(|(_, y)| *y).collect::<Vec<_>>();
        for (third, row) in [(0, 255 - 191), (1, 255 - 64), (2, 255)] {
            assert!(!rows(third).is_empty() && rows(third).iter().all(|y| y.abs_diff(row) <= 1), "{third}: {:?}", rows(third));
        }
        let histogram = samples.histogram();
        assert_eq!([(0, 191), (1, 64), (2, 0)].map(|(k, code)| histogram[k][code]), [64 * 36; 3]);
    }

    #[test]
    fn columns_of_the_waveform_are_those_of_the_picture() {
        let luma = (0..36).flat_map(|_| (0..64).map(|x| if x < 32 { 16 } else { 235 })).collect();
        let planes = vec![luma, vec![128; 32 * 18], vec![128; 32 * 18]];
        let picture = Picture::from_planes(PictureFormat::YUV420P8, SIZE, ColorTags::BT709, planes).unwrap();
        let (lit, _) = lit(&ScopeSamples::of(&picture).unwrap().draw(Scope::Waveform).unwrap());
        assert!(lit.iter().all(|(x, y)| *y == if *x < 256 { 255 } else { 0 }), "{lit:?}");
        assert!(
            ScopeSamples::of(
                &Picture::from_planes(PictureFormat::RGB8, SIZE, ColorTags::BT709, vec![vec![0; 64 * 36]; 3]).unwrap()
            )
            .is_none()
        );
    }
}
