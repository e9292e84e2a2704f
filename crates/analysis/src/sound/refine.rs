//! Compares short stretches of two recordings at full rate, and fits a line through the offsets.
use crate::sound::resample::Sinc;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex32;
use std::{ops::Range, sync::Arc};

/// Least duration of a stretch, in seconds.
const STRETCH_SECS: f64 = 2.7;
/// Part of a stretch that is faded at each end.
const FADE: f64 = 0.1;
/// Product of magnitudes of a bin, relative to the mean, under which it does not count: −50 dB.
const BIN_FLOOR: f64 = 1e-5;
/// Other peaks are farther from the highest one, in seconds.
const PEAK_SECS: f64 = 0.001;

/// Samples of a stretch of a recording with that rate.
pub(crate) fn length(rate_hz: u32) -> usize {
    ((STRETCH_SECS * f64::from(rate_hz)) as usize).max(64).next_power_of_two()
}

/// Where recordings are compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// The middle, in seconds of the first recording.
    pub secs: f64,
    pub length: usize,
}

/// What was found at a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    /// The middle, in seconds of the second recording.
    pub second_secs: f64,
    /// When that is, in seconds of the first recording.
    pub first_secs: f64,
    /// The peak over the standard deviation of the correlation.
    pub peak: f64,
    /// The peak over the next highest one of the search.
    pub ratio: f64,
    pub inverted: bool,
}

/// Reads both recordings: how, samples per second, number of samples.
pub(crate) struct Reader<'a, E> {
    pub first: Recording<'a, E>,
    pub second: Recording<'a, E>,
    pub correlator: Correlator,
}

type Recording<'a, E> = (&'a mut dyn FnMut(Range<u64>) -> Result<Vec<f32>, E>, u32, u64);

/// Samples `start..start + length` of a recording, silent outside of it.
fn read<E>(recording: &mut Recording<'_, E>, start: i64, length: usize) -> Result<Vec<f32>, E> {
    let (source, _, samples) = recording;
    let from = start.clamp(0, *samples as i64) as u64;
    let to = start.saturating_add(length as i64).clamp(0, *samples as i64) as u64;
    let mut out = vec![0.0; length];
    if to > from {
        let skipped = (from as i64 - start) as usize;
        for (out, x) in out.iter_mut().skip(skipped).zip((*source)(from..to)?) {
            *out = x;
        }
    }
    Ok(out)
}

impl<E> Reader<'_, E> {
    /// Compares the recordings around a place, if they lie as `offset_secs` and `drift_ppm` say or
    /// up to `search_secs` farther. `None` if one is silent there.
    pub fn compare(&mut self, place: Place, offset_secs: f64, drift_ppm: f64, search_secs: f64) -> Result<Option<Measured>, E> {
        let (rate, second_rate) = (f64::from(self.first.1), f64::from(self.second.1));
        let length = place.length;
        let start = (place.secs * rate).round() as i64 - length as i64 / 2;
        let a = read(&mut self.first, start, length)?;
        // The second recording on the first one's clock.
        let pace = 1.0 + drift_ppm * 1e-6;
        let step = second_rate / (rate * pace);
        let sinc = Sinc::new(step);
        let position = (start as f64 / rate - offset_secs) / pace * second_rate;
        let from = position.floor() as i64 - sinc.reach() as i64;
        let needed = (length as f64 * step) as usize + 2 * sinc.reach() + 2;
        let samples = read(&mut self.second, from, needed)?;
        let b: Vec<f32> = (0..length).map(|i| sinc.at(&samples, position - from as f64 + i as f64 * step)).collect();
        // Above the lower of the two ranges of frequencies there is nothing to compare.
        let passed = (second_rate / rate).min(1.0) * 0.95;
        let Some(found) = self.correlator.peak(&a, &b, passed, (search_secs * rate).ceil() as usize) else { return Ok(None) };
        let middle = (start + length as i64 / 2) as f64 / rate;
        // a[n + lag] = b[n]: the middle of b is found at the middle of a plus lag.
        Ok(Some(Measured {
            second_secs: (middle - offset_secs) / pace,
            first_secs: middle + found.lag / rate,
            peak: found.peak,
            ratio: found.ratio,
            inverted: found.inverted,
        }))
    }
}

#[derive(Clone, Copy, Debug)]
struct Peak {
    /// In samples, with parts.
    lag: f64,
    peak: f64,
    ratio: f64,
    inverted: bool,
}

/// Correlates stretches of one length with the phase transform.
pub(crate) struct Correlator {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
}

impl Correlator {
    /// For stretches of `length` samples.
    pub fn new(length: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        Self { forward: planner.plan_fft_forward(2 * length), inverse: planner.plan_fft_inverse(2 * length) }
    }

    /// The spectrum of a stretch, faded at both ends and followed by silence.
    fn spectrum(&self, samples: &[f32]) -> Vec<Complex32> {
        let mut frame = self.forward.make_input_vec();
        let fade = FADE * samples.len() as f64;
        for (i, (f, x)) in frame.iter_mut().zip(samples).enumerate() {
            let edge = i.min(samples.len() - 1 - i) as f64 + 0.5;
            *f = x * (edge / fade).min(1.0) as f32;
        }
        let mut bins = self.forward.make_output_vec();
        let done = self.forward.process(&mut frame, &mut bins);
        debug_assert!(done.is_ok(), "the buffers were made by the plan");
        bins
    }

    /// The highest peak of two stretches of the same length, in the lower part `passed` of
    /// frequencies, within ±`search` samples.
    fn peak(&self, a: &[f32], b: &[f32], passed: f64, search: usize) -> Option<Peak> {
        let (mut cross, other) = (self.spectrum(a), self.spectrum(b));
        let end = (passed * (cross.len() - 1) as f64) as usize;
        let last = cross.len() - 1;
        // Bins far below the mean have only the rounding and the fades of the stretch.
        let products = cross.iter().zip(&other).map(|(x, y)| f64::from((x * y.conj()).norm_sqr().sqrt()));
        let floor = (BIN_FLOOR * products.sum::<f64>() / cross.len() as f64).max(1e-20) as f32;
        let mut weight = 0.0f32;
        for (k, (x, y)) in cross.iter_mut().zip(&other).enumerate() {
            let product = *x * y.conj();
            let magnitude = product.norm_sqr().sqrt();
            let used = k > 0 && k <= end && k < last && magnitude > floor;
            *x = if used { product / magnitude } else { Default::default() };
            weight += if used { 2.0 } else { 0.0 };
        }
        if weight == 0.0 {
            return None;
        }
        let mut r = self.inverse.make_output_vec();
        let size = r.len();
        let done = self.inverse.process(&mut cross, &mut r);
        debug_assert!(done.is_ok(), "the buffers were made by the plan");
        // Each bin has magnitude 1, so the mean square over all lags is known.
        let deviation = f64::from(weight).sqrt();
        let at = |lag: i64| f64::from(r[lag.rem_euclid(size as i64) as usize]);
        let search = search.clamp(1, a.len() / 2) as i64;
        let lag = (-search..=search).max_by(|x, y| at(*x).abs().total_cmp(&at(*y).abs()))?;
        let top = at(lag).abs();
        let near = ((PEAK_SECS * 2.0 * a.len() as f64 / STRETCH_SECS / 2.0) as i64).max(4);
        let next = (-search..=search).filter(|l| (l - lag).abs() > near).map(|l| at(l).abs()).fold(0.0, f64::max);
        // A parabola through three values.
        let sign = at(lag).signum();
        let (before, after) = (sign * at(lag - 1), sign * at(lag + 1));
        let bend = before - 2.0 * top + after;
        let part = if bend < 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 };
        Some(Peak { lag: lag as f64 + part, peak: top / deviation, ratio: top / next.max(deviation), inverted: sign < 0.0 })
    }
}

/// A line through the offsets at places.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// At second 0 of the second recording.
    pub offset_secs: f64,
    pub drift_ppm: Option<f64>,
    pub on_it: Vec<Measured>,
    pub spread_secs: f64,
}

/// The line that most of the places are on, up to `tolerance_secs`: of all lines through two of
/// them (M. A. Fischler and R. C. Bolles, "Random Sample Consensus", 1981, with all samples), then
/// least squares, each place weighted by its peak.
pub(crate) fn line(measured: &[Measured], tolerance_secs: f64, max_drift_ppm: f64, min_span_secs: f64) -> Option<Line> {
    let offset = |m: &Measured| m.first_secs - m.second_secs;
    let mut best: Option<(f64, f64, f64)> = None;
    let mut consider = |slope: f64, at: &Measured| {
        let start = offset(at) - slope * at.second_secs;
        let near = |m: &&Measured| (offset(m) - start - slope * m.second_secs).abs() <= tolerance_secs;
        let score: f64 = measured.iter().filter(near).map(|m| m.peak).sum();
        if score > best.map_or(0.0, |b| b.0) {
            best = Some((score, start, slope));
        }
    };
    for (i, a) in measured.iter().enumerate() {
        consider(0.0, a);
        for b in measured.get(i + 1..).unwrap_or_default() {
            let span = b.second_secs - a.second_secs;
            let slope = (offset(b) - offset(a)) / span;
            if span >= min_span_secs && slope.abs() <= max_drift_ppm * 1e-6 {
                consider(slope, a);
            }
        }
    }
    let (_, start, slope) = best?;
    let near = |m: &&Measured| (offset(m) - start - slope * m.second_secs).abs() <= tolerance_secs;
    let on_it: Vec<Measured> = measured.iter().filter(near).copied().collect();
    let weights: f64 = on_it.iter().map(|m| m.peak).sum();
    let mean = |value: &dyn Fn(&Measured) -> f64| on_it.iter().map(|m| m.peak * value(m)).sum::<f64>() / weights;
    let (t, o) = (mean(&|m| m.second_secs), mean(&offset));
    let variance = mean(&|m| (m.second_secs - t) * (m.second_secs - t));
    let times = || on_it.iter().map(|m| m.second_secs);
    let span = times().fold(f64::MIN, f64::max) - times().fold(f64::MAX, f64::min);
    let slope = if span >= min_span_secs { Some(mean(&|m| (m.second_secs - t) * (offset(m) - o)) / variance) } else { None };
    let tilt = slope.unwrap_or(0.0);
    let spread = mean(&|m| {
        let away = offset(m) - o - tilt * (m.second_secs - t);
        away * away
    });
    Some(Line { offset_secs: o - tilt * t, drift_ppm: slope.map(|s| s * 1e6), on_it, spread_secs: spread.sqrt() })
}
