//! A true-peak limiter with look-ahead: no output exceeds a ceiling, also between samples.
//!
//! For every sample the true peak over all channels is estimated by four-fold oversampling (ITU-R
//! BS.1770-4 annex 2). The gain that keeps it below the ceiling is held over the look-ahead,
//! released exponentially and smoothed by a moving average as long as the look-ahead, which makes
//! it fall smoothly and reach its lowest value no later than the peak does. All channels get the
//! same gain, so that the stereo image stays.
use cutroom_types::AudioBlock;
use std::collections::VecDeque;

/// Look-ahead in seconds.
const LOOK_AHEAD_SECS: f64 = 0.005;
/// Time constant of the release in seconds.
const RELEASE_SECS: f64 = 0.08;
/// Taps of one phase of the oversampling filter.
const TAPS: usize = 12;
/// Phases 0 and 1 of the interpolation filter of ITU-R BS.1770-4 annex 2 table; phases 2 and 3 are
/// phases 1 and 0 reversed.
const PHASES: [[f64; TAPS]; 2] = [
    [
        0.001_708_984_375,
        0.010_986_328_125,
        -0.019_653_320_312_5,
        0.033_203_125,
        -0.059_448_242_187_5,
        0.137_329_101_562_5,
        0.972_167_968_75,
        -0.102_294_921_875,
        0.047_607_421_875,
        -0.026_611_328_125,
        0.014_892_578_125,
        -0.008_300_781_25,
    ],
    [
        -0.029_174_804_687_5,
        0.029_296_875,
        -0.051_757_812_5,
        0.089_111_328_125,
        -0.166_503_906_25,
        0.465_087_890_625,
        0.779_785_156_25,
        -0.200_317_382_812_5,
        0.101_562_5,
        -0.058_227_539_062_5,
        0.033_081_054_687_5,
        -0.018_920_898_437_5,
    ],
];

/// Limits one stream of audio; its output is the input, later by [`Limiter::latency_samples`].
#[derive(Clone, Debug)]
pub struct Limiter {
    /// Largest magnitude of the output.
    ceiling: f64,
    /// Length of the look-ahead and of the moving average, samples.
    window: usize,
    /// Factor by which the distance to full gain shrinks per sample.
    release: f64,
    /// Samples that are not output yet, by channel; the filter's history comes first.
    delayed: Vec<VecDeque<f32>>,
    /// Samples of each channel for the oversampling filter, the newest last.
    history: Vec<[f64; TAPS]>,
    /// Gains within the look-ahead whose successors are all larger: (sample, gain).
    lowest: VecDeque<(u64, f64)>,
    /// Gain after release.
    released: f64,
    /// The gains of the moving average, and their sum.
    average: VecDeque<f64>,
    sum: f64,
    /// Samples taken so far.
    taken: u64,
    /// Samples that were output so far.
    given: u64,
    /// Lowest gain that was applied.
    lowest_gain: f64,
}

impl Limiter {
    /// A limiter whose output stays below `ceiling_dbtp` (dB relative to full scale, true peak).
    pub fn new(rate_hz: u32, channels: usize, ceiling_dbtp: f64) -> Self {
        let window = ((f64::from(rate_hz) * LOOK_AHEAD_SECS) as usize).max(1);
        Self {
            ceiling: libm::pow(10.0, ceiling_dbtp / 20.0),
            window,
            release: libm::exp(-1.0 / (RELEASE_SECS * f64::from(rate_hz))),
            delayed: vec![VecDeque::new(); channels],
            history: vec![[0.0; TAPS]; channels],
            lowest: VecDeque::new(),
            released: 1.0,
            average: std::iter::repeat_n(1.0, window).collect(),
            sum: window as f64,
            taken: 0,
            given: 0,
            lowest_gain: 1.0,
        }
    }

    /// By how many samples the output is later than the input.
    pub fn latency_samples(&self) -> usize {
        // The moving average ends at the sample that is output, the look-ahead begins there; the
        // filter's peak is that of the sample TAPS / 2 before the newest one.
        self.window + TAPS / 2
    }

    /// The lowest gain so far, in dB; 0 while nothing had to be limited.
    pub fn lowest_gain_db(&self) -> f64 {
        20.0 * libm::log10(self.lowest_gain)
    }

    /// Takes a block, and returns the samples that are ready: as many as were taken, the first
    /// [`Self::latency_samples`] withheld.
    pub fn process(&mut self, block: &AudioBlock) -> AudioBlock {
        let mut out = AudioBlock { rate_hz: block.rate_hz, channels: vec![Vec::with_capacity(block.len()); block.channels.len()] };
        for n in 0..block.len() {
            self.step(|c| block.channels[c][n], &mut out);
        }
        out
    }

    /// Returns the samples that are still withheld.
    pub fn finish(&mut self, rate_hz: u32) -> AudioBlock {
        let mut out = AudioBlock { rate_hz, channels: vec![Vec::new(); self.delayed.len()] };
        let end = self.taken;
        while self.given < end {
            self.step(|_| 0.0, &mut out);
        }
        out
    }

    fn step(&mut self, sample: impl Fn(usize) -> f32, out: &mut AudioBlock) {
        let mut peak = 0.0f64;
        for (c, (history, delayed)) in self.history.iter_mut().zip(&mut self.delayed).enumerate() {
            let x = sample(c);
            delayed.push_back(x);
            history.copy_within(1.., 0);
            history[TAPS - 1] = f64::from(x);
            // The sample itself, and the three between it and its neighbour.
            peak = peak.max(history[TAPS / 2 - 1].abs()).max(history[TAPS / 2].abs());
            for phase in &PHASES {
                let forward: f64 = phase.iter().zip(history.iter()).map(|(k, x)| k * x).sum();
                let backward: f64 = phase.iter().rev().zip(history.iter()).map(|(k, x)| k * x).sum();
                peak = peak.max(forward.abs()).max(backward.abs());
            }
        }
        let gain = if peak > self.ceiling { self.ceiling / peak } else { 1.0 };
        // The lowest gain of the look-ahead.
        while self.lowest.back().is_some_and(|(_, g)| *g >= gain) {
            self.lowest.pop_back();
        }
        self.lowest.push_back((self.taken, gain));
        while self.lowest.front().is_some_and(|(n, _)| n + self.window as u64 <= self.taken) {
            self.lowest.pop_front();
        }
        let held = self.lowest.front().map_or(1.0, |(_, g)| *g);
        self.released = held.min(1.0 - (1.0 - self.released) * self.release);
        // The mean of as many gains: it has reached the lowest one when its sample is output.
        self.average.push_back(self.released);
        self.sum += self.released - self.average.pop_front().unwrap_or(1.0);
        self.taken += 1;
        if self.taken <= self.latency_samples() as u64 {
            return;
        }
        let mean = (self.sum / self.window as f64).min(1.0);
        self.lowest_gain = self.lowest_gain.min(mean);
        for (delayed, out) in self.delayed.iter_mut().zip(&mut out.channels) {
            let x = f64::from(delayed.pop_front().unwrap_or(0.0));
            out.push((x * mean).clamp(-self.ceiling, self.ceiling) as f32);
        }
        self.given += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(samples: &[f32], ceiling_dbtp: f64, block: usize) -> Vec<f32> {
        let mut limiter = Limiter::new(48_000, 1, ceiling_dbtp);
        let mut out = Vec::new();
        for part in samples.chunks(block) {
            out.extend(limiter.process(&AudioBlock { rate_hz: 48_000, channels: vec![part.to_vec()] }).channels.remove(0));
        }
        out.extend(limiter.finish(48_000).channels.remove(0));
        out
    }

    fn true_peak_dbtp(samples: &[f32]) -> f64 {
        let mut meter = ebur128::EbuR128::new(1, 48_000, ebur128::Mode::TRUE_PEAK).unwrap();
        meter.add_frames_f32(samples).unwrap();
        20.0 * meter.true_peak(0).unwrap().log10()
    }

    /// Quiet sound passes unchanged, at its place, and blocks do not matter.
    #[test]
    fn what_is_below_the_ceiling_is_not_touched() {
        let quiet: Vec<f32> = (0..20_000).map(|n| 0.5 * (n as f32 * 0.1).sin()).collect();
        assert_eq!(limited(&quiet, -1.0, 20_000), quiet);
        let loud: Vec<f32> = quiet.iter().enumerate().map(|(n, x)| x * if n % 7000 < 500 { 4.0 } else { 1.0 }).collect();
        assert_eq!(limited(&loud, -1.0, 333), limited(&loud, -1.0, 20_000));
        assert_eq!(limited(&[], -1.0, 1), [0.0; 0]);
        assert_eq!(limited(&[0.25], -1.0, 1), [0.25]);
    }

    /// Bursts, clicks, and a sine whose peaks lie between the samples (fs / 4, 45 degrees): the true
    /// peak of a meter of another make stays at the ceiling.
    #[test]
    fn true_peaks_stay_below_the_ceiling() {
        let between: Vec<f32> =
            (0..9600).map(|n| 1.2 * (std::f32::consts::FRAC_PI_2 * n as f32 + std::f32::consts::FRAC_PI_4).sin()).collect();
        assert!(true_peak_dbtp(&between) > 1.0);
        let mut clicks = vec![0.0f32; 9600];
        (100..9500).step_by(977).for_each(|n| clicks[n] = 3.0);
        let mut state = 1u32;
        let noise: Vec<f32> = (0..9600)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                3.0 * ((state >> 8) as f32 / 8_388_608.0 - 1.0)
            })
            .collect();
        for (name, sound) in [("between", between), ("clicks", clicks), ("noise", noise)] {
            for ceiling in [-1.0, -3.0] {
                let peak = true_peak_dbtp(&limited(&sound, ceiling, 1000));
                assert!(peak <= ceiling + 0.25, "{name}: {peak:.2} dBTP for {ceiling}");
            }
        }
    }
}
