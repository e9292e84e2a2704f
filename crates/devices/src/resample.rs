//! Between a composition's rate and a device's: a windowed sinc as a polyphase filter with exactly
//! the phases that the ratio needs (rubato's sinc resampler with as many intermediate points as the
//! reduced ratio's numerator and no interpolation between them), so that there is no interpolation
//! error.
use crate::DeviceError;
use rubato::{
    Async, FixedAsync, Indexing, Resampler as _, SincInterpolationParameters, SincInterpolationType, WindowFunction,
    audioadapter_buffers::direct::SequentialSliceOfVecs,
};

/// Length of the filter in samples of the lower rate's grid.
const SINC_LENGTH: usize = 256;
/// Above this many phases, 4096 are made and interpolated by a cubic.
const MAX_PHASES: usize = 2048;

/// Converts planar blocks of any length from one rate to another, without delay: its first output
/// sample is at the time of its first input sample.
pub struct Resampler {
    inner: Async<f32>,
    /// Input that waits for a whole chunk.
    pending: Vec<Vec<f32>>,
    chunk: usize,
    ratio: f64,
    /// Output that is still to be dropped: the filter's delay.
    skip: usize,
    /// Input and output samples since the last start.
    taken: u64,
    given: u64,
    /// Silence before the input, and output samples up to its first one.
    zeros: usize,
    delay: usize,
    out: Vec<Vec<f32>>,
}

impl Resampler {
    /// From `from_hz` to `to_hz`, taking chunks of `chunk` samples at a time.
    ///
    /// # Errors
    /// If the rates are zero or further apart than the filter can go.
    pub fn new(from_hz: u32, to_hz: u32, channels: usize, chunk: usize) -> Result<Self, DeviceError> {
        let divisor = greatest_common_divisor(from_hz, to_hz).max(1);
        let phases = (to_hz / divisor) as usize;
        let mut parameters = SincInterpolationParameters::new(SINC_LENGTH, WindowFunction::BlackmanHarris2);
        (parameters.oversampling_factor, parameters.interpolation) = if phases <= MAX_PHASES {
            (phases.max(1), SincInterpolationType::Nearest)
        } else {
            (4096, SincInterpolationType::Cubic)
        };
        let ratio = f64::from(to_hz) / f64::from(from_hz);
        let inner =
            Async::new_sinc(ratio, 1.0, &parameters, chunk, channels, FixedAsync::Input).map_err(|e| DeviceError::Setting {
                setting: "sample rate",
                value: format!("{from_hz} Hz to {to_hz} Hz ({e})"),
                range: "a rate that can be converted",
            })?;
        let out = vec![vec![0.0; inner.output_frames_max()]; channels];
        let (zeros, delay) = alignment(1.0 / ratio, 1.0 / parameters.oversampling_factor as f64);
        let mut made =
            Self { inner, pending: vec![Vec::new(); channels], chunk, ratio, skip: 0, taken: 0, given: 0, zeros, delay, out };
        made.reset();
        Ok(made)
    }

    /// Highest number of samples that come out at once for `samples` in.
    pub fn max_output(&self, samples: usize) -> usize {
        let chunks = samples.div_ceil(self.chunk) + 1;
        chunks * self.inner.output_frames_max()
    }

    /// Forgets what it has; the next input starts anew.
    pub fn reset(&mut self) {
        self.inner.reset();
        (self.taken, self.given) = (0, 0);
        self.skip = self.delay;
        for pending in &mut self.pending {
            pending.clear();
            pending.resize(self.zeros, 0.0);
        }
    }

    /// Takes a block and adds what comes out to `to`, one vector per channel.
    pub fn process(&mut self, block: &[Vec<f32>], to: &mut [Vec<f32>]) {
        self.taken += block.first().map_or(0, Vec::len) as u64;
        for (pending, samples) in self.pending.iter_mut().zip(block) {
            pending.extend_from_slice(samples);
        }
        while self.pending.first().is_some_and(|p| p.len() >= self.chunk) {
            let _ = self.step(self.chunk, to);
            self.pending.iter_mut().for_each(|p| drop(p.drain(..self.chunk.min(p.len()))));
        }
    }

    /// Gives the rest, as if silence followed; then starts anew.
    pub fn finish(&mut self, to: &mut [Vec<f32>]) {
        let target = self.position().round() as u64;
        let mut rest = self.pending.first().map_or(0, Vec::len);
        self.pending.iter_mut().for_each(|p| p.resize(self.chunk, 0.0));
        while self.given < target && self.step(rest, to) {
            rest = 0;
        }
        let excess = self.given.saturating_sub(target) as usize;
        to.iter_mut().for_each(|channel| channel.truncate(channel.len().saturating_sub(excess)));
        self.reset();
    }

    /// Where the next input sample is in the output since the last start, in output samples.
    pub fn position(&self) -> f64 {
        self.taken as f64 * self.ratio
    }

    /// One chunk of `taken` samples and silence after them; false if nothing came out.
    fn step(&mut self, taken: usize, to: &mut [Vec<f32>]) -> bool {
        let channels = self.pending.len();
        let capacity = self.out.first().map_or(0, Vec::len);
        let indexing = Indexing::new().partial_len(taken);
        let Ok(input) = SequentialSliceOfVecs::new(&self.pending, channels, self.chunk) else { return false };
        let Ok(mut output) = SequentialSliceOfVecs::new_mut(&mut self.out, channels, capacity) else { return false };
        let Ok((_, given)) = self.inner.process_into_buffer(&input, &mut output, Some(&indexing)) else { return false };
        let skip = self.skip.min(given);
        self.skip -= skip;
        self.given += (given - skip) as u64;
        for (to, out) in to.iter_mut().zip(&self.out) {
            to.extend_from_slice(out.get(skip..given).unwrap_or_default());
        }
        given > 0
    }
}

/// How much silence to put before the input so that some output sample is exactly at the time of
/// the input's first one, and the number of samples before that.
///
/// With `SINC_LENGTH` points and `1 / finest` phases, rubato's output sample `k` is at the input's
/// time `(k + 1) * step - SINC_LENGTH / 2 + finest`, measured by the phase of a tone at six ratios;
/// the test below would notice a change of a hundredth of a sample.
fn alignment(step: f64, finest: f64) -> (usize, usize) {
    let half = SINC_LENGTH as f64 / 2.0;
    let first = (half / step).ceil() as usize;
    let mut best = (f64::INFINITY, 0, first);
    for count in first..first + 4096 {
        let at = count as f64 * step - half + finest;
        let off = (at - at.round()).abs();
        if off < best.0 - 1e-9 {
            best = (off, at.round().max(0.0) as usize, count - 1);
        }
    }
    (best.1, best.2)
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn a_tone_comes_out_on_time_and_clean() {
        // Cleaner than 17 bits, whose noise is at 104 dB. The last ratio has too many phases for
        // one to be exactly on time; 58 dB are a hundredth of a sample.
        let ratios = [
            (48_000, 44_100, 105.0),
            (44_100, 48_000, 105.0),
            (48_000, 96_000, 105.0),
            (96_000, 48_000, 105.0),
            (48_000, 47_997, 58.0),
        ];
        for (from, to, least_db) in ratios {
            let mut resampler = Resampler::new(from, to, 1, 256).expect("a ratio");
            let tone = |rate: u32, n: usize| (TAU * 1_000.0 * n as f64 / f64::from(rate)).sin();
            let input: Vec<f32> = (0..from as usize).map(|n| tone(from, n) as f32).collect();
            let mut out = [Vec::new()];
            for block in input.chunks(301) {
                resampler.process(&[block.to_vec()], &mut out);
            }
            assert!((resampler.position() - f64::from(to)).abs() < 1e-6);
            resampler.finish(&mut out);
            assert_eq!(out[0].len(), to as usize, "{from} to {to}");
            // Away from the ends, whose cut is no tone: error against the ideal sine, in dB.
            let middle = 2_000..to as usize - 2_000;
            let error: f64 = middle.clone().map(|n| (f64::from(out[0][n]) - tone(to, n)).powi(2)).sum();
            let power: f64 = middle.map(|n| tone(to, n).powi(2)).sum();
            let snr_db = 10.0 * (power / error).log10();
            println!("{from} to {to}: {snr_db:.1} dB");
            assert!(snr_db > least_db, "{from} to {to}: {snr_db} dB");
        }
    }
}
