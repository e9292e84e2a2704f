//! Convolution with long impulse responses, without latency.
//!
//! The response is cut into partitions that grow with the distance from its beginning: the first
//! are as long as a block, so that their result is there in the same block, and longer ones are
//! used as soon as there is time to collect their input: W. G. Gardner, "Efficient convolution
//! without input-output delay" (JAES 43, 1995). Each size is a uniformly partitioned overlap-save
//! convolution with a line of the spectra of the last inputs.
use super::BLOCK_SAMPLES;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex};
use std::sync::Arc;

/// Sizes of partitions, each from its own size on.
const SIZES: [usize; 4] = [BLOCK_SAMPLES, 512, 4096, 32_768];

/// Convolves some inputs with responses, and adds them to some outputs.
pub(super) struct Convolver {
    levels: Vec<Level>,
}

/// One response on the way from an input to an output.
pub(super) struct Path<'a> {
    pub input: usize,
    pub output: usize,
    pub response: &'a [f32],
    pub gain: f64,
}

/// All partitions of one size.
struct Level {
    size: usize,
    /// How many partitions the longest path has.
    parts: usize,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    /// The last two segments of each input.
    inputs: Vec<Vec<f64>>,
    /// The spectra of the last `parts` inputs of each input, a ring.
    spectra: Vec<Vec<Complex<f64>>>,
    /// For each path its input, its output and the spectra of its partitions.
    paths: Vec<(usize, usize, Vec<Complex<f64>>)>,
    /// The result for the segment that is being collected.
    outputs: Vec<Vec<f64>>,
    sum: Vec<Complex<f64>>,
    time: Vec<f64>,
    scratch: Vec<Complex<f64>>,
}

impl Convolver {
    /// For `inputs` inputs and `outputs` outputs.
    pub fn new(inputs: usize, outputs: usize, paths: &[Path<'_>]) -> Self {
        let longest = paths.iter().map(|p| p.response.len()).max().unwrap_or(0);
        let starts = [0, SIZES[1], SIZES[2], SIZES[3], usize::MAX];
        let level = |i: usize| Level::new(SIZES[i], starts[i]..starts[i + 1].min(longest), [inputs, outputs], paths);
        Self { levels: (0..SIZES.len()).filter(|&i| starts[i] < longest).map(level).collect() }
    }

    /// Takes a block of each input, and adds the result to that of each output. `position` is a
    /// multiple of the block.
    pub fn process(&mut self, position: i64, inputs: &[[f64; BLOCK_SAMPLES]], outputs: &mut [[f64; BLOCK_SAMPLES]]) {
        self.levels.iter_mut().for_each(|level| level.process(position, inputs, outputs));
    }
}

impl Level {
    fn new(size: usize, range: std::ops::Range<usize>, [inputs, outputs]: [usize; 2], paths: &[Path<'_>]) -> Self {
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(2 * size), planner.plan_fft_inverse(2 * size));
        let (bins, parts) = (size + 1, (range.end - range.start).div_ceil(size));
        let zero = Complex::default();
        let mut level = Self {
            size,
            parts,
            inputs: vec![vec![0.0; 2 * size]; inputs],
            spectra: vec![vec![zero; bins * parts]; inputs],
            paths: Vec::new(),
            outputs: vec![vec![0.0; size]; outputs],
            sum: vec![zero; bins],
            time: vec![0.0; 2 * size],
            scratch: vec![zero; forward.get_scratch_len().max(inverse.get_scratch_len())],
            forward,
            inverse,
        };
        for path in paths {
            let response = path.response.get(range.start..range.end.min(path.response.len())).unwrap_or_default();
            let mut spectra = vec![zero; bins * response.len().div_ceil(size)];
            for (spectrum, part) in spectra.chunks_exact_mut(bins).zip(response.chunks(size)) {
                level.time.fill(0.0);
                // The inverse transform multiplies by the length.
                let gain = path.gain / (2 * size) as f64;
                level.time.iter_mut().zip(part).for_each(|(t, x)| *t = gain * f64::from(*x));
                // Lengths are those of the plan.
                let _ = level.forward.process_with_scratch(&mut level.time, spectrum, &mut level.scratch);
            }
            level.paths.push((path.input, path.output, spectra));
        }
        level
    }

    fn process(&mut self, position: i64, inputs: &[[f64; BLOCK_SAMPLES]], outputs: &mut [[f64; BLOCK_SAMPLES]]) {
        let at = position.rem_euclid(self.size as i64) as usize;
        for (own, input) in self.inputs.iter_mut().zip(inputs) {
            own[self.size + at..self.size + at + BLOCK_SAMPLES].copy_from_slice(input);
        }
        // Blocks are complete segments at the first level: its result is that of this block. Others
        // add what they made from the segments before.
        if self.size == BLOCK_SAMPLES {
            self.convolve(position.div_euclid(self.size as i64));
        }
        for (own, output) in self.outputs.iter().zip(outputs) {
            output.iter_mut().zip(&own[at..]).for_each(|(o, x)| *o += x);
        }
        if self.size > BLOCK_SAMPLES && at + BLOCK_SAMPLES == self.size {
            self.convolve(position.div_euclid(self.size as i64));
        }
    }

    /// Uses segment `segment` of the inputs, which is complete.
    fn convolve(&mut self, segment: i64) {
        let bins = self.size + 1;
        let place = segment.rem_euclid(self.parts as i64) as usize;
        for (input, spectra) in self.inputs.iter_mut().zip(&mut self.spectra) {
            self.time.copy_from_slice(input);
            let spectrum = &mut spectra[place * bins..(place + 1) * bins];
            let _ = self.forward.process_with_scratch(&mut self.time, spectrum, &mut self.scratch);
            input.copy_within(self.size.., 0);
        }
        for (o, output) in self.outputs.iter_mut().enumerate() {
            self.sum.fill(Complex::default());
            for (input, _, parts) in self.paths.iter().filter(|p| p.1 == o) {
                for (n, part) in parts.chunks_exact(bins).enumerate() {
                    let place = (place + self.parts - n) % self.parts;
                    let spectrum = &self.spectra[*input][place * bins..(place + 1) * bins];
                    self.sum.iter_mut().zip(spectrum).zip(part).for_each(|((s, a), b)| *s += a * b);
                }
            }
            let last = bins - 1;
            (self.sum[0].im, self.sum[last].im) = (0.0, 0.0);
            let _ = self.inverse.process_with_scratch(&mut self.sum, &mut self.time, &mut self.scratch);
            output.copy_from_slice(&self.time[self.size..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::white;

    #[test]
    fn every_length_equals_the_sum_of_the_definition() {
        let input = white(1, 80_000);
        for length in [1, 63, 64, 65, 512, 700, 4096, 5000, 40_000] {
            let response = white(2, length);
            let mut convolver = Convolver::new(1, 1, &[Path { input: 0, output: 0, response: &response, gain: 0.5 }]);
            let mut output = Vec::new();
            for (n, part) in input.chunks_exact(BLOCK_SAMPLES).enumerate() {
                let mut result = [[0.0; BLOCK_SAMPLES]];
                convolver.process((n * BLOCK_SAMPLES) as i64, &[std::array::from_fn(|i| f64::from(part[i]))], &mut result);
                output.extend(result[0]);
            }
            for at in (0..80_000).step_by(997).chain(0..200) {
                let term = |(k, h): (usize, &f32)| 0.5 * f64::from(*h) * f64::from(input[at - k]);
                let expected: f64 = response.iter().enumerate().take(at + 1).map(term).sum();
                assert!((output[at] - expected).abs() < 1e-9, "{length} at {at}");
            }
        }
    }
}
