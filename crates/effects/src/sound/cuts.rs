//! A second-order low and high pass that may be moved while it runs.

/// Coefficients of a state-variable filter with a Butterworth response (Q = 1/√2), discretised by
/// trapezoidal integration: A. Simper, "Linear Trapezoidal Integrated State Variable Filter"
/// (Cytomic 2013). The bilinear transform of the analog prototype, warped to be exact at the
/// cutoff.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SvfShape {
    a1: f64,
    a2: f64,
    a3: f64,
    k: f64,
}

impl SvfShape {
    /// For a cutoff in hertz, which is limited to 49 % of the sample rate.
    pub fn new(cutoff_hz: f64, rate_hz: f64) -> Self {
        let g = libm::tan(std::f64::consts::PI * (cutoff_hz / rate_hz).clamp(1e-6, 0.49));
        let k = std::f64::consts::SQRT_2;
        let a1 = 1.0 / (1.0 + g * (g + k));
        Self { a1, a2: g * a1, a3: g * g * a1, k }
    }
}

/// The state of a filter.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Svf {
    s1: f64,
    s2: f64,
}

impl Svf {
    /// Returns the band and the low-pass output.
    #[inline(always)]
    fn step(&mut self, shape: &SvfShape, x: f64) -> [f64; 2] {
        let v3 = x - self.s2;
        let v1 = shape.a1 * self.s1 + shape.a2 * v3;
        let v2 = self.s2 + shape.a2 * self.s1 + shape.a3 * v3;
        self.s1 = 2.0 * v1 - self.s1;
        self.s2 = 2.0 * v2 - self.s2;
        [v1, v2]
    }

    /// The low pass.
    #[inline(always)]
    pub fn low(&mut self, shape: &SvfShape, x: f64) -> f64 {
        self.step(shape, x)[1]
    }

    /// The high pass.
    #[inline(always)]
    pub fn high(&mut self, shape: &SvfShape, x: f64) -> f64 {
        let [band, low] = self.step(shape, x);
        x - shape.k * band - low
    }

    /// Forgets what is too small to hear; called once a block.
    pub fn settle(&mut self) {
        (self.s1, self.s2) = (super::ramp::kept(self.s1), super::ramp::kept(self.s2));
    }
}

/// A low cut and a high cut in series, each of which can be off.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cuts {
    low: Option<SvfShape>,
    high: Option<SvfShape>,
}

/// The states of [`Cuts`] for one channel.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CutState {
    low: Svf,
    high: Svf,
}

/// The low cut is off at and below this frequency.
pub(super) const LOW_CUT_OFF_HZ: f64 = 10.0;

/// The high cut is off at and above this frequency.
pub(super) const HIGH_CUT_OFF_HZ: f64 = 22_000.0;

impl Cuts {
    /// Filters with these cutoffs; [`LOW_CUT_OFF_HZ`] and [`HIGH_CUT_OFF_HZ`] switch them off.
    pub fn new(low_cut_hz: f64, high_cut_hz: f64, rate_hz: f64) -> Self {
        Self {
            low: (low_cut_hz > LOW_CUT_OFF_HZ).then(|| SvfShape::new(low_cut_hz, rate_hz)),
            high: (high_cut_hz < HIGH_CUT_OFF_HZ).then(|| SvfShape::new(high_cut_hz, rate_hz)),
        }
    }

    /// Filters one sample.
    #[inline(always)]
    pub fn apply(&self, state: &mut CutState, mut x: f64) -> f64 {
        if let Some(shape) = &self.low {
            x = state.low.high(shape, x);
        }
        if let Some(shape) = &self.high {
            x = state.high.low(shape, x);
        }
        x
    }

    /// Seconds until less than −120 dB is left in the low cut: 14 time constants of its poles.
    pub fn settling_secs(low_cut_hz: f64) -> f64 {
        let on = low_cut_hz > LOW_CUT_OFF_HZ;
        if on { 14.0 * std::f64::consts::SQRT_2 / (std::f64::consts::TAU * low_cut_hz) } else { 0.0 }
    }
}

impl CutState {
    /// Forgets what is too small to hear; called once a block.
    pub fn settle(&mut self) {
        self.low.settle();
        self.high.settle();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::magnitude;

    #[test]
    fn both_outputs_are_butterworth() {
        let (rate, cutoff) = (48_000.0, 1000.0);
        let shape = SvfShape::new(cutoff, rate);
        let (mut low, mut high) = (Svf::default(), Svf::default());
        let impulse = |i: usize| if i == 0 { 1.0 } else { 0.0 };
        let lows: Vec<f64> = (0..8192).map(|i| low.low(&shape, impulse(i))).collect();
        let highs: Vec<f64> = (0..8192).map(|i| high.high(&shape, impulse(i))).collect();
        for f in [50.0, 300.0, 1000.0, 3000.0, 12_000.0] {
            // |H|² = 1 / (1 + Ω⁴) with frequencies warped by the bilinear transform.
            let warped = |f: f64| (std::f64::consts::PI * f / rate).tan();
            let omega = warped(f) / warped(cutoff);
            assert!((magnitude(&lows, f / rate) - (1.0 / (1.0 + omega.powi(4))).sqrt()).abs() < 1e-4);
            assert!((magnitude(&highs, f / rate) - (1.0 / (1.0 + omega.powi(-4))).sqrt()).abs() < 1e-4);
        }
    }
}
