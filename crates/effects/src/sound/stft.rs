//! Short-time Fourier transform: frames that overlap are transformed, changed and put together
//! again.
//!
//! Frames lie on a grid that begins at sample 0 of the composition: each ends at a multiple of the
//! hop. Analysis and synthesis window are both the root of a Hann window (or both a Hann window,
//! for effects that need lower side lobes), whose product adds up to a constant at any hop of a
//! quarter or an eighth of the frame, so that unchanged frames return the input: D. Griffin and J.
//! Lim, "Signal estimation from modified short-time Fourier transform" (IEEE Trans. ASSP 32, 1984).
use super::{BLOCK_SAMPLES, Channel};
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex};
use std::f64::consts::TAU;
use std::sync::Arc;

pub(super) type Bins = Vec<Complex<f64>>;

/// The window that frames are multiplied with before and after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Window {
    /// The root of a Hann window: the best amplitude of reconstruction for changed gains.
    RootHann,
    /// A Hann window, for peaks with low side lobes; the hop must be a quarter of the frame or
    /// less.
    Hann,
}

/// Frames of all channels.
pub(super) struct Stft {
    size: usize,
    hop: usize,
    window: Vec<f64>,
    /// Makes the sum of the squared windows 1, and the inverse transform as large as the forward
    /// one.
    scale: f64,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    frame: Vec<f64>,
    scratch: Bins,
    bins: Vec<Bins>,
    inputs: Vec<Vec<f64>>,
    outputs: Vec<Vec<f64>>,
}

/// The power of two nearest to `secs` at this rate (by ratio), at least 256.
pub(super) fn frame_size(secs: f64, rate_hz: u32) -> usize {
    let samples = secs * f64::from(rate_hz);
    let power = libm::round(libm::log2(samples)).max(8.0) as u32;
    1 << power
}

impl Stft {
    /// Creates frames of `size` samples, every `hop` samples, transformed with zeros around them to
    /// `padded` samples. Sizes are powers of two, the hop a multiple of [`BLOCK_SAMPLES`].
    pub fn new(channels: usize, size: usize, hop: usize, padded: usize, window: Window) -> Self {
        debug_assert!(hop.is_multiple_of(BLOCK_SAMPLES) && size.is_multiple_of(hop) && padded >= size);
        let hann = |i: usize| 0.5 - 0.5 * libm::cos(TAU * i as f64 / size as f64);
        let weight = |i: usize| if window == Window::Hann { hann(i) } else { hann(i).sqrt() };
        let window: Vec<f64> = (0..size).map(weight).collect();
        let sum: f64 = window.iter().step_by(hop).map(|w| w * w).sum();
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(padded), planner.plan_fft_inverse(padded));
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        Self {
            size,
            hop,
            window,
            scale: 1.0 / (sum * padded as f64),
            frame: vec![0.0; padded],
            scratch: vec![Complex::default(); scratch],
            bins: vec![vec![Complex::default(); padded / 2 + 1]; channels],
            inputs: vec![vec![0.0; size]; channels],
            outputs: vec![vec![0.0; size]; channels],
            forward,
            inverse,
        }
    }

    /// By how many samples the output is late: a sample is complete with the last frame that has
    /// it, and the block in which that frame ends is already output.
    pub fn latency(size: usize) -> usize {
        size - BLOCK_SAMPLES
    }

    /// The power of a bin for white noise of power 1, and for a sine of amplitude 1 in its middle.
    pub fn bin_powers(&self) -> [f64; 2] {
        let (sum, squares) = self.window.iter().fold((0.0, 0.0), |(s, q), w| (s + w, q + w * w));
        [squares, 0.25 * sum * sum]
    }

    /// Takes a block and returns one in its place. When a frame is complete, `change` gets its
    /// spectra, one for each channel, to be changed.
    pub fn process(&mut self, position: i64, channels: &mut [Channel], mut change: impl FnMut(i64, &mut [Bins])) {
        // Both rings are indexed by the position modulo the frame.
        let at = position.rem_euclid(self.size as i64) as usize;
        for (input, channel) in self.inputs.iter_mut().zip(&*channels) {
            input[at..at + BLOCK_SAMPLES].iter_mut().zip(channel).for_each(|(a, b)| *a = f64::from(*b));
        }
        let end = position + BLOCK_SAMPLES as i64;
        if end.rem_euclid(self.hop as i64) == 0 {
            let start = (at + BLOCK_SAMPLES) % self.size;
            self.analyse(start);
            change(end, &mut self.bins);
            self.synthesise(start);
        }
        // The oldest samples are those that the next block of the input will replace.
        let oldest = (at + BLOCK_SAMPLES) % self.size;
        for (output, channel) in self.outputs.iter_mut().zip(channels) {
            let part = &mut output[oldest..oldest + BLOCK_SAMPLES];
            channel.iter_mut().zip(&*part).for_each(|(a, b)| *a = *b as f32);
            part.fill(0.0);
        }
    }

    /// The place in the padded frame where the frame begins; its middle is that of the padded
    /// frame.
    fn margin(&self) -> usize {
        (self.frame.len() - self.size) / 2
    }

    fn analyse(&mut self, start: usize) {
        let margin = self.margin();
        for (input, bins) in self.inputs.iter().zip(&mut self.bins) {
            self.frame.fill(0.0);
            let (late, early) = input.split_at(start);
            let samples = early.iter().chain(late);
            self.frame[margin..].iter_mut().zip(samples).zip(&self.window).for_each(|((f, x), w)| *f = x * w);
            // Lengths are those of the plan.
            let _ = self.forward.process_with_scratch(&mut self.frame, bins, &mut self.scratch);
        }
    }

    fn synthesise(&mut self, start: usize) {
        let margin = self.margin();
        for (output, bins) in self.outputs.iter_mut().zip(&mut self.bins) {
            // A real signal has no imaginary part there.
            let last = bins.len() - 1;
            (bins[0].im, bins[last].im) = (0.0, 0.0);
            let _ = self.inverse.process_with_scratch(bins, &mut self.frame, &mut self.scratch);
            let (late, early) = output.split_at_mut(start);
            let samples = early.iter_mut().chain(late);
            samples.zip(&self.frame[margin..]).zip(&self.window).for_each(|((o, f), w)| *o += f * w * self.scale);
        }
    }
}

/// Groups of channels that share their gains: all but the LFE, which is on its own; or each channel
/// on its own.
pub(super) fn groups(channels: usize, lfe: Option<usize>, linked: bool) -> Vec<Vec<usize>> {
    if !linked {
        return (0..channels).map(|c| vec![c]).collect();
    }
    let (low, others): (Vec<_>, Vec<_>) = (0..channels).partition(|c| Some(*c) == lfe);
    [others, low].into_iter().filter(|g| !g.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::white;

    #[test]
    fn unchanged_frames_return_the_input() {
        for (size, hop, padded, window) in
            [(1024, 256, 1024, Window::RootHann), (1024, 512, 1024, Window::RootHann), (2048, 256, 4096, Window::Hann)]
        {
            let mut stft = Stft::new(1, size, hop, padded, window);
            let input = white(1, 8192);
            let mut output = Vec::new();
            for (n, part) in input.chunks_exact(BLOCK_SAMPLES).enumerate() {
                let mut channels = [Channel::try_from(part).expect("a block")];
                stft.process((n * BLOCK_SAMPLES) as i64 - 640, &mut channels, |end, _| assert_eq!(end % hop as i64, 0));
                output.extend(channels[0]);
            }
            // The first frame on the grid may begin before the input does.
            let late = Stft::latency(size);
            for (a, b) in input.iter().zip(&output[late..]).skip(size) {
                assert!((a - b).abs() < 1e-6, "{size} {hop}");
            }
        }
    }

    #[test]
    fn bin_powers_are_those_of_noise_and_sines() {
        let mut stft = Stft::new(2, 1024, 256, 1024, Window::RootHann);
        let [noise, sine] = stft.bin_powers();
        let (hiss, mut powers, mut frames) = (white(2, 102_400), [0.0; 2], 0.0);
        for (n, part) in hiss.chunks_exact(BLOCK_SAMPLES).enumerate() {
            let tone = std::array::from_fn(|i| libm::sin(TAU * 64.0 * (n * BLOCK_SAMPLES + i) as f64 / 1024.0) as f32);
            let mut channels = [Channel::try_from(part).expect("a block"), tone];
            stft.process((n * BLOCK_SAMPLES) as i64, &mut channels, |end, bins| {
                if end > 1024 {
                    powers[0] += bins[0][1..512].iter().map(|x| x.norm_sqr()).sum::<f64>() / 511.0;
                    powers[1] += bins[1][64].norm_sqr();
                    frames += 1.0;
                }
            });
        }
        // Uniform noise in −1..1 has power 1/3.
        assert!((powers[0] / frames / (noise / 3.0) - 1.0).abs() < 0.03);
        assert!((powers[1] / frames / sine - 1.0).abs() < 1e-3);
    }
}
