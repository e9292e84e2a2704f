//! Spectrograms: which frequencies a sound has over time, as grids of numbers and as pictures.
use crate::sound::{
    frames::Frames,
    mix_down,
    spectrum::{Spectrum, Window},
};

/// How frequencies are spaced from the bottom row to the top one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrequencyAxis {
    /// Equal distances in Hz.
    Linear,
    /// Equal ratios.
    Logarithmic,
    /// Equal distances in mel: 2595·log₁₀(1 + f / 700 Hz) (D. O'Shaughnessy, "Speech Communication:
    /// Human and Machine", 1987, p. 150).
    Mel,
}

impl FrequencyAxis {
    /// All axes.
    pub const ALL: [Self; 3] = [Self::Linear, Self::Logarithmic, Self::Mel];

    fn position_of(self, hz: f64) -> f64 {
        match self {
            Self::Linear => hz,
            Self::Logarithmic => libm::log2(hz.max(1.0)),
            Self::Mel => 2_595.0 * libm::log10(1.0 + hz / 700.0),
        }
    }

    fn frequency_at(self, position: f64) -> f64 {
        match self {
            Self::Linear => position,
            Self::Logarithmic => libm::exp2(position),
            Self::Mel => 700.0 * (libm::pow(10.0, position / 2_595.0) - 1.0),
        }
    }
}

/// What a spectrogram shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpectrogramSettings {
    /// Samples of a frame: more of them separate frequencies better, and moments worse.
    pub length: usize,
    /// What frames are multiplied by.
    pub window: Window,
    /// Frames for each second.
    pub columns_per_sec: u32,
    /// Numbers in each column.
    pub rows: usize,
    /// How rows divide the range of frequencies.
    pub axis: FrequencyAxis,
    /// Frequency at the bottom and at the top, in Hz; the top is at most half the rate.
    pub range_hz: (f64, f64),
    /// Levels that are the darkest and the brightest, in dBFS.
    pub range_db: (f64, f64),
}

impl Default for SpectrogramSettings {
    fn default() -> Self {
        Self {
            length: 2_048,
            window: Window::Hann,
            columns_per_sec: 50,
            rows: 256,
            axis: FrequencyAxis::Mel,
            range_hz: (20.0, 20_000.0),
            range_db: (-100.0, 0.0),
        }
    }
}

/// The bins that a row shows: all whose middles are in it, or, where bins are wider than rows, a
/// position between two of them.
#[derive(Clone, Copy, Debug)]
enum RowBins {
    Largest(usize, usize),
    Between(usize, f32),
}

/// Makes the columns of a spectrogram block by block.
pub struct Spectrogram {
    settings: SpectrogramSettings,
    rate_hz: u32,
    spectrum: Spectrum,
    frames: Frames,
    rows: Vec<RowBins>,
    mono: Vec<f32>,
    powers: Vec<f32>,
    column: Vec<f32>,
}

impl Spectrogram {
    /// For sound with that many samples per second.
    pub fn new(rate_hz: u32, settings: SpectrogramSettings) -> Self {
        let spectrum = Spectrum::new(rate_hz, settings.length, settings.window);
        let frames = Frames::new(settings.length, rate_hz, settings.columns_per_sec);
        let mut made = Self {
            settings,
            rate_hz,
            spectrum,
            frames,
            rows: Vec::new(),
            mono: Vec::new(),
            powers: Vec::new(),
            column: Vec::new(),
        };
        made.rows = (0..settings.rows).map(|row| made.bins_of(row as f64)).collect();
        made
    }

    /// Frequency in Hz at a position in rows from the bottom; the middle of row 0 is at 0.5.
    pub fn frequency_hz(&self, row: f64) -> f64 {
        let axis = self.settings.axis;
        let top = self.settings.range_hz.1.min(f64::from(self.rate_hz) / 2.0);
        let (low, high) = (axis.position_of(self.settings.range_hz.0), axis.position_of(top));
        axis.frequency_at(low + (high - low) * row / self.settings.rows.max(1) as f64)
    }

    fn bins_of(&self, row: f64) -> RowBins {
        let last = self.spectrum.bins() - 1;
        let bin =
            |row: f64| (self.frequency_hz(row) / self.spectrum.frequency_hz(1).max(f64::MIN_POSITIVE)).clamp(0.0, last as f64);
        let (first, end) = (bin(row).ceil() as usize, bin(row + 1.0).ceil() as usize);
        if end > first + 1 {
            return RowBins::Largest(first, end);
        }
        let middle = bin(row + 0.5);
        let below = (middle.floor() as usize).min(last.saturating_sub(1));
        RowBins::Between(below, (middle - below as f64) as f32)
    }

    /// Adds the next samples, one slice per channel, of which the mean is shown. Calls `each` with
    /// each finished column: levels in dBFS from the bottom row to the top one. Column `k` is
    /// centred on second `k / columns_per_sec`.
    pub fn add(&mut self, planes: &[impl AsRef<[f32]>], mut each: impl FnMut(&[f32])) {
        mix_down(planes, &mut self.mono);
        let Self { frames, mono, spectrum, rows, powers, column, .. } = self;
        frames.add(mono, |_, frame| each(column_of(spectrum, rows, frame, powers, column)));
    }

    /// Calls `each` with the last columns.
    pub fn finish(mut self, mut each: impl FnMut(&[f32])) {
        let Self { frames, spectrum, rows, powers, column, .. } = &mut self;
        frames.finish(|_, frame| each(column_of(spectrum, rows, frame, powers, column)));
    }
}

fn column_of<'a>(
    spectrum: &mut Spectrum,
    rows: &[RowBins],
    frame: &[f32],
    powers: &mut Vec<f32>,
    column: &'a mut Vec<f32>,
) -> &'a [f32] {
    spectrum.powers(frame, powers);
    let power = |bin: usize| powers.get(bin).copied().unwrap_or(0.0);
    column.clear();
    column.extend(rows.iter().map(|row| {
        let power = match *row {
            RowBins::Largest(first, end) => (first..end).fold(0.0, |max: f32, bin| max.max(power(bin))),
            RowBins::Between(bin, part) => power(bin) * (1.0 - part) + power(bin + 1) * part,
        };
        10.0 * libm::log10f(power)
    }));
    column
}

/// Levels in dBFS as 0 (the lower end of the range and below) to 255 (the upper one and above).
pub fn brightness(levels_dbfs: &[f32], range_db: (f64, f64)) -> Vec<u8> {
    let (low, high) = range_db;
    let scale = 255.0 / (high - low).max(f64::MIN_POSITIVE);
    levels_dbfs.iter().map(|l| ((f64::from(*l) - low) * scale).round().clamp(0.0, 255.0) as u8).collect()
}

/// A picture of a spectrogram: `rows` of RGB pixels from the top, 8 bits each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpectrogramPicture {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `rgb[3 · (y · width + x) ..]` is the pixel in column x and row y.
    pub rgb: Vec<u8>,
}

/// Draws columns of brightness, each from the bottom row up (see [`brightness`]). Shorter columns
/// are dark at the top.
pub fn draw(columns: &[Vec<u8>]) -> SpectrogramPicture {
    let (width, height) = (columns.len(), columns.iter().map(Vec::len).max().unwrap_or(0));
    let palette = palette();
    let mut rgb = Vec::with_capacity(3 * width * height);
    for y in (0..height).rev() {
        for column in columns {
            rgb.extend(palette[usize::from(column.get(y).copied().unwrap_or(0))]);
        }
    }
    SpectrogramPicture { width, height, rgb }
}

/// Nine equally spaced colours of the map "magma" of S. van der Walt and N. Smith (Matplotlib,
/// 2015, CC0), as `viridisLite::magma(9)` lists them: from black through purple and orange to light
/// yellow, with even steps of perceived lightness.
const MAGMA: [[u8; 3]; 9] = [
    [0x00, 0x00, 0x04],
    [0x1D, 0x11, 0x47],
    [0x51, 0x12, 0x7C],
    [0x82, 0x26, 0x81],
    [0xB6, 0x36, 0x79],
    [0xE6, 0x51, 0x64],
    [0xFB, 0x88, 0x61],
    [0xFE, 0xC2, 0x87],
    [0xFC, 0xFD, 0xBF],
];

/// The colour of each brightness, from black to light yellow: cubic Catmull–Rom curves through the
/// points of magma.
pub fn palette() -> [[u8; 3]; 256] {
    let last = MAGMA.len() - 1;
    std::array::from_fn(|i| {
        let position = i as f64 / 255.0 * last as f64;
        let k = (position as usize).min(last - 1);
        let t = position - k as f64;
        std::array::from_fn(|c| {
            let p = |j: usize| f64::from(MAGMA[j.min(last)][c]);
            let (a, b, d, e) = (p(k.saturating_sub(1)), p(k), p(k + 1), p(k + 2));
            let (m, n) = ((d - a) / 2.0, (e - b) / 2.0);
            let (t2, t3) = (t * t, t * t * t);
            let value = (2.0 * t3 - 3.0 * t2 + 1.0) * b + (t3 - 2.0 * t2 + t) * m + (3.0 * t2 - 2.0 * t3) * d + (t3 - t2) * n;
            value.round().clamp(0.0, 255.0) as u8
        })
    })
}
