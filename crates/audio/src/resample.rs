//! Resampling by a windowed sinc at given positions: a Kaiser-windowed low-pass of 96 zero
//! crossings on either side.
//!
//! Design (Kaiser's formulae; Oppenheim & Schafer, Discrete-Time Signal Processing, section 7.6):
//! stop band −120 dB, transition band 0.0406 of the sampling rate, whose upper end is at the lower
//! of the two Nyquist frequencies. So the pass band reaches 0.459 of the lower rate (20.26 kHz at
//! 44.1 kHz) and nothing aliases; for down-sampling the filter is stretched by the ratio.
//!
//! Ratios with at most [`MAX_EXACT_PHASES`] phases (every pair of usual rates, simple speeds) have
//! one row of taps per phase; others interpolate linearly between the rows of a fine table, with an
//! error below −115 dB. There is no state: an output sample depends on its position only.
use crate::source_clock::{SourceClock, SourcePosition};
use crate::{AudioError, MAX_RATE_HZ, MIN_RATE_HZ};
use cutroom_types::AudioBlock;
use std::{f64::consts::PI, sync::Arc};

/// Zero crossings of the sinc on either side.
const ZERO_CROSSINGS: f64 = 96.0;
/// Stop-band attenuation of the design, dB.
const STOP_BAND_DB: f64 = 120.0;
/// Maximum number of phases of a table with one row per phase.
const MAX_EXACT_PHASES: i128 = 1024;
/// Maximum number of taps in such a table (4 MiB).
const MAX_TABLE_TAPS: usize = 1 << 20;
/// Rows per zero crossing of an interpolated table.
const TABLE_ROWS: f64 = 1024.0;
/// Number of partial sums of a dot product; the order of summation affects the result.
const LANES: usize = 16;
/// Maximum number of cached filters (under 1 MiB each): a project uses few ratios, and a speed that
/// changes four per octave.
const KEPT_FILTERS: usize = 24;

/// The rows of taps for a ratio. `row(k)[i]` weights source sample `whole + 1 − half + i` for a
/// position with fraction `k / phases`.
#[derive(Debug)]
pub(crate) struct Filter {
    /// Number of taps on either side.
    pub half: usize,
    phases: usize,
    interpolates: bool,
    rows: Vec<f32>,
}

impl Filter {
    fn new(phases: usize, interpolates: bool, stretch: f64) -> Self {
        let scale = stretch.max(1.0);
        let reach = ZERO_CROSSINGS * scale;
        let half = half_taps(stretch);
        let transition = (STOP_BAND_DB - 7.95) / (14.36 * 2.0 * ZERO_CROSSINGS);
        let cutoff = (0.5 - transition / 2.0) / scale;
        let beta = 0.1102 * (STOP_BAND_DB - 8.7);
        let peak = bessel_i0(beta);
        let taps = 2 * half;
        let mut rows = Vec::with_capacity((phases + 1) * taps);
        let mut row = vec![0f64; taps];
        // One row more than phases, so that every row has a successor for interpolation.
        for k in 0..=phases {
            let part = k as f64 / phases as f64;
            for (i, tap) in row.iter_mut().enumerate() {
                let t = i as f64 + 1.0 - half as f64 - part;
                let u = t / reach;
                *tap = if u.abs() >= 1.0 { 0.0 } else { sinc(2.0 * cutoff * t) * bessel_i0(beta * (1.0 - u * u).sqrt()) / peak };
            }
            let sum: f64 = row.iter().sum();
            rows.extend(row.iter().map(|t| (t / sum) as f32));
        }
        Self { half, phases, interpolates, rows }
    }

    /// The output sample at a position with fraction `part / denominator`; `window` holds the
    /// `2·half` source samples from `whole + 1 − half` on.
    #[inline]
    fn value(&self, window: &[f32], part: i128, denominator: i128) -> f32 {
        let taps = 2 * self.half;
        if !self.interpolates {
            let row = part as usize * taps;
            return dot(window, &self.rows[row..row + taps]);
        }
        self.value_at(window, part as f64 / denominator as f64)
    }

    /// The output sample at a position with this fraction, 0..1, by a table that interpolates;
    /// `window` as in [`Self::value`].
    #[inline]
    pub fn value_at(&self, window: &[f32], fraction: f64) -> f32 {
        let taps = 2 * self.half;
        let x = fraction * self.phases as f64;
        let k = (x as usize).min(self.phases - 1);
        let fraction = (x - k as f64) as f32;
        let rows = &self.rows[k * taps..(k + 2) * taps];
        let (a, b) = (dot(window, &rows[..taps]), dot(window, &rows[taps..]));
        a + fraction * (b - a)
    }

    /// Writes `out.len()` samples at the positions of `clock` from `from` on. `input[0]` is source
    /// sample `input_first`.
    pub fn run(&self, clock: &SourceClock, from: SourcePosition, input: &[f32], input_first: i64, out: &mut [f32]) {
        let mut at = from;
        for o in out {
            let start = (at.whole + 1 - self.half as i64 - input_first) as usize;
            *o = self.value(&input[start..start + 2 * self.half], at.part, clock.denominator);
            at = clock.advance(at);
        }
    }
}

/// A whole sound at another rate; it begins at the same time and is as long, to the nearest sample.
///
/// # Errors
/// [`AudioError::Rate`] for rates that are not supported.
pub fn resampled(block: &AudioBlock, rate_hz: u32) -> Result<AudioBlock, AudioError> {
    if block.rate_hz == rate_hz {
        return Ok(block.clone());
    }
    for rate in [block.rate_hz, rate_hz] {
        if !(MIN_RATE_HZ..=MAX_RATE_HZ).contains(&rate) {
            return Err(AudioError::Rate(rate));
        }
    }
    let clock = SourceClock::unstretched((block.rate_hz, rate_hz), true);
    let filter = FilterCache::default().get(&clock);
    let samples = (block.len() as f64 * f64::from(rate_hz) / f64::from(block.rate_hz)).round() as usize;
    let (start, half) = (clock.at(0), filter.half);
    let behind = (clock.at(samples as i64).whole + 1).max(0) as usize;
    let channel = |input: &Vec<f32>| {
        let mut padded = vec![0f32; half];
        padded.extend_from_slice(input);
        padded.resize(half + behind.max(input.len()) + half + 1, 0.0);
        let mut out = vec![0f32; samples];
        filter.run(&clock, start, &padded, -(half as i64), &mut out);
        out
    };
    Ok(AudioBlock { rate_hz, channels: block.channels.iter().map(channel).collect() })
}

/// Number of taps on either side, rounded up so that a row is a multiple of [`LANES`].
fn half_taps(stretch: f64) -> usize {
    (ZERO_CROSSINGS * stretch.max(1.0) / (LANES / 2) as f64).ceil() as usize * (LANES / 2)
}

/// LRU cache of filters, the most recently used first.
#[derive(Debug, Default)]
pub(crate) struct FilterCache {
    kept: Vec<(FilterKey, Arc<Filter>)>,
}

/// Phases, whether rows are interpolated, bits of the stretch (1 for up-sampling).
type FilterKey = (usize, bool, u64);

impl FilterCache {
    pub fn get(&mut self, clock: &SourceClock) -> Arc<Filter> {
        let stretch = clock.stretch().max(1.0);
        let taps = 2 * half_taps(stretch);
        let interpolates =
            clock.denominator > 1 && (clock.denominator > MAX_EXACT_PHASES || clock.denominator as usize * taps > MAX_TABLE_TAPS);
        if interpolates {
            return self.interpolating(stretch);
        }
        self.kept((clock.denominator as usize, false, stretch.to_bits()))
    }

    /// The filter for any position, at this many source samples per output sample.
    pub fn interpolating(&mut self, stretch: f64) -> Arc<Filter> {
        let stretch = stretch.max(1.0);
        self.kept(((TABLE_ROWS / stretch).ceil() as usize, true, stretch.to_bits()))
    }

    fn kept(&mut self, key: FilterKey) -> Arc<Filter> {
        let (phases, interpolates, stretch) = key;
        let entry = match self.kept.iter().position(|(k, _)| *k == key) {
            Some(i) => self.kept.remove(i),
            None => (key, Arc::new(Filter::new(phases, interpolates, f64::from_bits(stretch)))),
        };
        let filter = entry.1.clone();
        self.kept.insert(0, entry);
        self.kept.truncate(KEPT_FILTERS);
        filter
    }
}

/// Dot product in a fixed order of summation: 16 partial sums, which are then added pairwise.
#[inline]
fn dot(x: &[f32], h: &[f32]) -> f32 {
    let mut sums = [0f32; LANES];
    for (x, h) in x.chunks_exact(LANES).zip(h.chunks_exact(LANES)) {
        for j in 0..LANES {
            sums[j] += x[j] * h[j];
        }
    }
    let mut width = LANES / 2;
    while width > 0 {
        for j in 0..width {
            sums[j] += sums[j + width];
        }
        width /= 2;
    }
    sums[0]
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { libm::sin(PI * x) / (PI * x) }
}

/// Modified Bessel function of the first kind, order 0, by its power series (Abramowitz &
/// Stegun 9.6.12).
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
    while term > sum * 1e-17 {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}
