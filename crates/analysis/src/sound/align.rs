//! Finds how one recording of an event lies to another one: offset, drift of the clocks, polarity.
//!
//! 1. Of each recording a [`Fingerprint`] is made while it is read: how the levels of some bands
//!    change, 100 times a second. Correlating two of them finds candidates for the offset, also in
//!    hours of sound.
//! 2. For each candidate some seconds are read again at places spread over the overlap, and
//!    compared at full rate by the generalised cross-correlation with phase transform (C. H. Knapp
//!    and G. C. Carter, "The Generalized Correlation Method for Estimation of Time Delay", IEEE
//!    Trans. ASSP 24(4), 1976). Sounds that are alike but not the same have no peak there.
//! 3. A line through the offsets at the places is the offset and the drift; a second round with the
//!    drift taken out makes the peaks sharp.
use crate::sound::{
    frames::Frames,
    mix_down,
    refine::{self, Correlator, Measured, Place},
    spectrum::Window,
    transform::{Transform, frame_length},
};
use realfft::RealFftPlanner;
use rustfft::num_complex::Complex32;
use std::ops::Range;

/// Frames of a fingerprint in each second.
pub const FRAMES_PER_SEC: u32 = 100;
/// Edges of the bands in Hz, evenly spaced in mel: what telephones and cameras pass.
const EDGES_HZ: [f64; 7] = [150.0, 400.0, 730.0, 1_160.0, 1_730.0, 2_470.0, 3_450.0];
const BANDS: usize = EDGES_HZ.len() - 1;
/// Power of each bin under which changes do not count: −90 dBFS.
const FLOOR: f32 = 1e-9;
/// Shortest overlap that is looked for, in seconds, if both recordings are twice as long.
const MIN_OVERLAP_SECS: f64 = 3.0;
/// Candidates for the offset that are tried, and the least distance between them in frames.
const CANDIDATES: usize = 6;
const APART_FRAMES: i64 = 15;
/// Places that are compared for each candidate, and for the best one.
const PLACES_TO_TRY: usize = 4;
const MAX_PLACES: usize = 16;
/// Seconds between places; more places in a short overlap would say the same.
const PLACE_EVERY_SECS: f64 = 4.0;
/// Least peak of a place in standard deviations of the correlation, and of a single place, which is
/// only enough if the overlap has no more than two. Noise reaches 5 in a search of a second.
const MIN_PEAK: f64 = 8.0;
const MIN_SINGLE_PEAK: f64 = 12.0;
/// Two places with such a peak, and as much higher than the next one, are enough to try no other
/// candidate.
const CLEAR_PEAK: f64 = 20.0;
const CLEAR_RATIO: f64 = 3.0;
/// Least median ratio of peaks to the next ones: sounds of the same kind, such as music of the same
/// tempo and pitch, have many peaks alike.
const MIN_RATIO: f64 = 1.4;
const MIN_RATIO_OF_TWO: f64 = 2.0;
/// Drift of clocks that is looked for; crystals have less than 100 ppm.
const MAX_DRIFT_PPM: f64 = 200.0;
/// Places whose offsets are farther from the line do not count, in seconds: first, and with the
/// drift taken out.
const FIRST_TOLERANCE_SECS: f64 = 0.002;
const TOLERANCE_SECS: f64 = 0.000_5;
/// Drift is only estimated from places that are farther apart, in seconds.
const MIN_SPAN_SECS: f64 = 10.0;

/// How the bands of a recording change.
#[derive(Clone, Debug)]
pub struct Fingerprint {
    rate_hz: u32,
    samples: u64,
    /// `changes[b][k]`: change of the natural logarithm of the power of band `b` before frame `k`.
    changes: Vec<Vec<f32>>,
}

/// Makes a [`Fingerprint`] block by block.
pub struct Fingerprinter {
    fingerprint: Fingerprint,
    frames: Frames,
    transform: Transform,
    scale: f32,
    /// Bins of each band.
    bins: Vec<Range<usize>>,
    last: Option<[f32; BANDS]>,
    mono: Vec<f32>,
}

impl Fingerprinter {
    /// For a recording with that many samples per second.
    pub fn new(rate_hz: u32) -> Self {
        let rate_hz = rate_hz.max(1);
        let transform = Transform::new(frame_length(rate_hz, 0.025), Window::Hann);
        let per_hz = transform.length() as f64 / f64::from(rate_hz);
        let bin = |hz: f64| ((hz * per_hz).round() as usize).min(transform.length() / 2);
        let bins = EDGES_HZ.windows(2).map(|e| bin(e[0])..bin(e[1]).max(bin(e[0]) + 1)).collect();
        Self {
            fingerprint: Fingerprint { rate_hz, samples: 0, changes: vec![Vec::new(); BANDS] },
            frames: Frames::new(transform.length(), rate_hz, FRAMES_PER_SEC),
            scale: 1.0 / (transform.gain() * transform.gain()),
            transform,
            bins,
            last: None,
            mono: Vec::new(),
        }
    }

    /// Adds the next samples, one slice per channel; their mean counts.
    pub fn add(&mut self, planes: &[impl AsRef<[f32]>]) {
        mix_down(planes, &mut self.mono);
        self.fingerprint.samples += self.mono.len() as u64;
        let mono = std::mem::take(&mut self.mono);
        self.run(|frames, each| frames.add(&mono, each));
        self.mono = mono;
    }

    fn run(&mut self, frames: impl FnOnce(&mut Frames, &mut dyn FnMut(u64, &[f32]))) {
        let Self { fingerprint, frames: all, transform, scale, bins, last, .. } = self;
        frames(all, &mut |_, frame| {
            let spectrum = transform.run(frame);
            let mut levels = [0.0; BANDS];
            for (level, bins) in levels.iter_mut().zip(bins.iter()) {
                let part = spectrum.get(bins.clone()).unwrap_or_default();
                let power: f32 = part.iter().map(Complex32::norm_sqr).sum();
                *level = libm::logf(power * *scale + FLOOR * bins.len() as f32);
            }
            let before = last.replace(levels).unwrap_or(levels);
            for (band, (level, before)) in fingerprint.changes.iter_mut().zip(levels.iter().zip(before)) {
                band.push(level - before);
            }
        });
    }

    /// The fingerprint of everything that was added.
    pub fn finish(mut self) -> Fingerprint {
        self.run(|frames, each| frames.finish(each));
        self.fingerprint
    }
}

impl Fingerprint {
    /// Duration of the recording in seconds.
    pub fn secs(&self) -> f64 {
        self.samples as f64 / f64::from(self.rate_hz)
    }

    fn frames(&self) -> usize {
        self.changes.first().map_or(0, Vec::len)
    }

    /// Sums of squares before each frame.
    fn energies(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.frames() + 1];
        for band in &self.changes {
            for (k, x) in band.iter().enumerate() {
                sums[k + 1] += f64::from(*x) * f64::from(*x);
            }
        }
        for k in 1..sums.len() {
            sums[k] += sums[k - 1];
        }
        sums
    }
}

/// How one recording lies to another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alignment {
    /// When the second recording starts, in seconds of the first one. Negative if it starts
    /// earlier.
    pub offset_secs: f64,
    /// How much longer the second recording's seconds take on the first one's clock, in parts per
    /// million: t_first = offset + t_second · (1 + drift / 10⁶). `None` if the overlap is too short
    /// to tell; then it counts as 0.
    pub drift_ppm: Option<f64>,
    /// Whether one of them has the opposite polarity.
    pub inverted: bool,
    /// Places in the overlap where the same sound was found.
    pub found: usize,
    /// Places in the overlap that were compared.
    pub compared: usize,
    /// Median of the peaks of the correlation over the next highest ones, at least 1; about 1.5 is
    /// a doubtful match and 3 a good one.
    pub peak_ratio: f64,
    /// Root mean square distance of the places from the line, in seconds.
    pub spread_secs: f64,
}

/// Aligns a recording to a first one. `read_first` and `read_second` return the mean of the
/// channels of samples within the recording. `None` if the recordings do not share sound.
///
/// # Errors
/// What reading returns.
pub fn align<E>(
    first: &Fingerprint,
    second: &Fingerprint,
    mut read_first: impl FnMut(Range<u64>) -> Result<Vec<f32>, E>,
    mut read_second: impl FnMut(Range<u64>) -> Result<Vec<f32>, E>,
) -> Result<Option<Alignment>, E> {
    let mut reader = refine::Reader {
        first: (&mut read_first, first.rate_hz, first.samples),
        second: (&mut read_second, second.rate_hz, second.samples),
        correlator: Correlator::new(refine::length(first.rate_hz)),
    };
    let mut best: Option<(f64, f64)> = None;
    for offset in candidates(first, second) {
        let (mut score, mut clear) = (0.0, 0);
        for place in places(first, second, offset, PLACES_TO_TRY) {
            let measured = reader.compare(place, offset, 0.0, search_secs(first, second, offset, place.secs))?;
            if let Some(found) = measured.filter(|m| m.peak >= MIN_PEAK) {
                score += found.peak;
                clear += usize::from(found.peak >= CLEAR_PEAK && found.ratio >= CLEAR_RATIO);
            }
        }
        if score > best.map_or(0.0, |(score, _)| score) {
            best = Some((score, offset));
        }
        if clear > 1 {
            break;
        }
    }
    let Some((_, start)) = best else { return Ok(None) };
    let places = places(first, second, start, MAX_PLACES);
    let (mut offset, mut drift_ppm) = (start, None);
    let mut result = None;
    for (round, tolerance) in [FIRST_TOLERANCE_SECS, TOLERANCE_SECS].into_iter().enumerate() {
        let mut measured = Vec::new();
        for place in &places {
            let search = if round == 0 { search_secs(first, second, start, place.secs) } else { 2.0 * FIRST_TOLERANCE_SECS };
            let found = reader.compare(*place, offset, drift_ppm.unwrap_or(0.0), search)?;
            measured.extend(found.filter(|m| m.peak >= MIN_PEAK));
        }
        let Some(line) = refine::line(&measured, tolerance, MAX_DRIFT_PPM, MIN_SPAN_SECS) else { return Ok(None) };
        (offset, drift_ppm) = (line.offset_secs, line.drift_ppm);
        result = alignment(&line, places.len());
    }
    Ok(result)
}

/// The result if enough places agree.
fn alignment(line: &refine::Line, compared: usize) -> Option<Alignment> {
    let median = |value: fn(&Measured) -> f64| {
        let mut values: Vec<f64> = line.on_it.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    };
    // Few places must each be clear: speech met the end of a piece of music with a ratio of 1.5.
    let least = match line.on_it.len() {
        0 | 1 => CLEAR_RATIO,
        2 => MIN_RATIO_OF_TWO,
        _ => MIN_RATIO,
    };
    if median(|m| m.ratio) < least || (line.on_it.len() < 2 && (compared > 2 || median(|m| m.peak) < MIN_SINGLE_PEAK)) {
        return None;
    }
    Some(Alignment {
        offset_secs: line.offset_secs,
        drift_ppm: line.drift_ppm,
        inverted: 2 * line.on_it.iter().filter(|m| m.inverted).count() > line.on_it.len(),
        found: line.on_it.len(),
        compared,
        peak_ratio: median(|m| m.ratio),
        spread_secs: line.spread_secs,
    })
}

/// How far from the offset of the middle of the overlap a place may be.
fn search_secs(first: &Fingerprint, second: &Fingerprint, offset_secs: f64, place_secs: f64) -> f64 {
    let (start, end) = overlap(first, second, offset_secs);
    // The correlation of fingerprints may follow any place of the overlap.
    let far = (place_secs - start).max(end - place_secs);
    2.0 / f64::from(FRAMES_PER_SEC) + far * MAX_DRIFT_PPM * 1e-6
}

/// Start and end of what both have, in seconds of the first one.
fn overlap(first: &Fingerprint, second: &Fingerprint, offset_secs: f64) -> (f64, f64) {
    (offset_secs.max(0.0), first.secs().min(offset_secs + second.secs()))
}

/// Places spread evenly over the overlap, at most `count`.
fn places(first: &Fingerprint, second: &Fingerprint, offset_secs: f64, count: usize) -> Vec<Place> {
    let (start, end) = overlap(first, second, offset_secs);
    let length = refine::length(first.rate_hz);
    let half = (length as f64 / f64::from(first.rate_hz) / 2.0).min((end - start) / 2.0).max(0.0);
    let (start, end) = (start + half, end - half);
    let count = count.min(1 + ((end - start).max(0.0) / PLACE_EVERY_SECS) as usize);
    let step = if count > 1 { (end - start) / (count - 1) as f64 } else { 0.0 };
    let from = if count > 1 { start } else { (start + end) / 2.0 };
    (0..count).map(|i| Place { secs: from + i as f64 * step, length }).collect()
}

/// Offsets in seconds at which the fingerprints are most alike, the best first.
pub fn candidates(first: &Fingerprint, second: &Fingerprint) -> Vec<f64> {
    let (n, m) = (first.frames(), second.frames());
    if n == 0 || m == 0 {
        return Vec::new();
    }
    let size = (n + m).next_power_of_two();
    let correlation = correlate(&first.changes, &second.changes, size);
    let (of_first, of_second) = (first.energies(), second.energies());
    let least = ((MIN_OVERLAP_SECS * f64::from(FRAMES_PER_SEC)) as usize).min(n.min(m) / 2).max(1);
    let mut likeness = Vec::with_capacity(n + m);
    for lag in 1 - m as i64..n as i64 {
        let (start, end) = (lag.max(0) as usize, (lag + m as i64).min(n as i64) as usize);
        let frames = end - start;
        let r = correlation.get(lag.rem_euclid(size as i64) as usize).copied().unwrap_or(0.0);
        let at = |k: usize| (k as i64 - lag) as usize;
        let energy = (of_first[end] - of_first[start]) * (of_second[at(end)] - of_second[at(start)]);
        // The correlation coefficient over its standard deviation for unrelated sounds.
        let value = if frames < least || energy <= 0.0 { 0.0 } else { f64::from(r) / energy.sqrt() * (frames as f64).sqrt() };
        likeness.push(value);
    }
    let mut found: Vec<(f64, i64)> = Vec::new();
    for (i, value) in likeness.iter().enumerate() {
        let (lag, near) =
            (i as i64 + 1 - m as i64, |other: &(f64, i64)| (other.1 - (i as i64 + 1 - m as i64)).abs() < APART_FRAMES);
        if found.len() == CANDIDATES && *value <= found[CANDIDATES - 1].0 {
            continue;
        }
        if let Some(at) = found.iter().position(near) {
            if *value <= found[at].0 {
                continue;
            }
            found.remove(at);
        }
        found.push((*value, lag));
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.truncate(CANDIDATES);
    }
    found.iter().filter(|f| f.0 > 0.0).map(|f| f.1 as f64 / f64::from(FRAMES_PER_SEC)).collect()
}

/// `r[lag mod size]` = Σ over bands and k of `first[k + lag]` · `second[k]`.
fn correlate(first: &[Vec<f32>], second: &[Vec<f32>], size: usize) -> Vec<f32> {
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let mut frame = forward.make_input_vec();
    let (mut a, mut b) = (forward.make_output_vec(), forward.make_output_vec());
    let mut sum = forward.make_output_vec();
    for (x, y) in first.iter().zip(second) {
        for (samples, bins) in [(x, &mut a), (y, &mut b)] {
            frame.fill(0.0);
            frame.iter_mut().zip(samples).for_each(|(f, s)| *f = *s);
            let done = forward.process(&mut frame, bins);
            debug_assert!(done.is_ok(), "the buffers were made by the plan");
        }
        for (s, (a, b)) in sum.iter_mut().zip(a.iter().zip(&b)) {
            *s += a * b.conj();
        }
    }
    for edge in [0, size / 2] {
        sum[edge].im = 0.0;
    }
    let done = inverse.process(&mut sum, &mut frame);
    debug_assert!(done.is_ok(), "the buffers were made by the plan");
    let scale = 1.0 / size as f32;
    frame.iter_mut().for_each(|x| *x *= scale);
    frame
}
