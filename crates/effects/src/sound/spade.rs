//! Restoration of clipped samples by sparsity: of all sounds that agree with what is left, one
//! whose spectrum has few components.
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex};
use std::sync::Arc;

/// Steps at most, and by how many components the spectrum grows in each.
const STEPS: usize = 120;
const GROWTH: usize = 2;

/// The error at which to stop, relative to the frame: −80 dB.
const GOOD: f64 = 1e-4;

/// The analysis version of SPADE for a frame: S. Kitić, N. Bertin and R. Gribonval, "Sparsity and
/// cosparsity for audio declipping: a flexible non-convex approach" (LVA/ICA 2015), in the form of
/// P. Záviška, P. Rajmic, O. Mokrý and Z. Průša (IEEE ICASSP 2019), with an orthonormal Fourier
/// transform of a Hann-windowed frame.
pub(super) struct Spade {
    window: Vec<f64>,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    scratch: Vec<Complex<f64>>,
    /// The frame as it is guessed, its spectrum, the sparse spectrum and the dual variable.
    x: Vec<f64>,
    spectrum: Vec<Complex<f64>>,
    sparse: Vec<Complex<f64>>,
    dual: Vec<Complex<f64>>,
    spare: Vec<Complex<f64>>,
    time: Vec<f64>,
    powers: Vec<f64>,
}

impl Spade {
    /// For frames of `len` samples.
    pub fn new(len: usize) -> Self {
        let hann = |i: usize| 0.5 - 0.5 * libm::cos(std::f64::consts::TAU * (i as f64 + 0.5) / len as f64);
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(len), planner.plan_fft_inverse(len));
        let zeros = vec![Complex::default(); len / 2 + 1];
        Self {
            window: (0..len).map(hann).collect(),
            scratch: vec![Complex::default(); forward.get_scratch_len().max(inverse.get_scratch_len())],
            forward,
            inverse,
            x: vec![0.0; len],
            spectrum: zeros.clone(),
            sparse: zeros.clone(),
            dual: zeros.clone(),
            spare: zeros,
            time: vec![0.0; len],
            powers: vec![0.0; len / 2 + 1],
        }
    }

    /// Restores the samples of `guess` that are in `bad`, each to be at least as far from zero as
    /// in `cut`, and at most `highest` times as far. `guess` is where to begin; its other samples
    /// stay.
    pub fn restore(&mut self, guess: &mut [f64], cut: &[f64], bad: &[usize], highest: f64) {
        let norm = 1.0 / (guess.len() as f64).sqrt();
        self.x.iter_mut().zip(&*guess).zip(&self.window).for_each(|((x, g), w)| *x = g * w);
        let energy: f64 = self.x.iter().map(|x| x * x).sum();
        if energy < 1e-12 {
            return;
        }
        self.dual.fill(Complex::default());
        self.transform(norm);
        for step in 1..=STEPS {
            for ((z, s), u) in self.sparse.iter_mut().zip(&self.spectrum).zip(&self.dual) {
                *z = s + u;
            }
            self.keep_largest(GROWTH * step);
            for ((y, z), u) in self.spare.iter_mut().zip(&self.sparse).zip(&self.dual) {
                *y = z - u;
            }
            let last = self.spare.len() - 1;
            (self.spare[0].im, self.spare[last].im) = (0.0, 0.0);
            // Lengths are those of the plans.
            let _ = self.inverse.process_with_scratch(&mut self.spare, &mut self.time, &mut self.scratch);
            for &n in bad {
                let (level, side) = (cut[n].abs() * self.window[n], cut[n].signum());
                self.x[n] = side * (side * self.time[n] * norm).clamp(level, highest * level);
            }
            self.transform(norm);
            let mut error = 0.0;
            for ((u, s), z) in self.dual.iter_mut().zip(&self.spectrum).zip(&self.sparse) {
                let rest = s - z;
                error += 2.0 * rest.norm_sqr();
                *u += rest;
            }
            if error < GOOD * GOOD * energy {
                break;
            }
        }
        for &n in bad {
            guess[n] = self.x[n] / self.window[n];
        }
    }

    fn transform(&mut self, norm: f64) {
        self.time.copy_from_slice(&self.x);
        let _ = self.forward.process_with_scratch(&mut self.time, &mut self.spectrum, &mut self.scratch);
        self.spectrum.iter_mut().for_each(|s| *s *= norm);
    }

    /// Keeps the `count` largest components of the sparse spectrum.
    fn keep_largest(&mut self, count: usize) {
        self.powers.iter_mut().zip(&self.sparse).for_each(|(p, z)| *p = z.norm_sqr());
        let at = self.powers.len().saturating_sub(count);
        let least = *self.powers.select_nth_unstable_by(at, f64::total_cmp).1;
        self.sparse.iter_mut().filter(|z| z.norm_sqr() < least).for_each(|z| *z = Complex::default());
    }
}
