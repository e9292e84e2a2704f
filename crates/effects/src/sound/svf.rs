//! Filters of second order as state-variable filters in trapezoidal integration (Zavalishin, "The
//! Art of VA Filter Design", §4; Simper, "Linear Trapezoidal Integrated SVF", 2013). They stay
//! stable while their coefficients move, and low frequencies lose no precision.
//!
//! Any biquad can be computed this way: its poles determine `g` and `k`, its zeros the three
//! weights (see [`Coefficients::from_biquad`]). Low-pass, high-pass, band-pass and bell filters are
//! designed after Vicanek, "Matched Second Order Digital Filters" (2016), so that their response is
//! that of the analogue filter up to half the sampling rate. Shelves, notches and all-passes are
//! bilinear (Simper; equal to the "Audio EQ Cookbook" of R. Bristow-Johnson).
use super::level::{LARGEST, TINY, linear, sample};
use super::{BLOCK_SAMPLES, Channel, SoundBlock, SoundFormat, SoundProcessor};
use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

/// Q of a Butterworth filter of second order.
pub(super) const BUTTERWORTH: f64 = FRAC_1_SQRT_2;

/// A filter of second order: output = `direct`·input + `band`·band-pass + `low`·low-pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Coefficients {
    /// tan(π·f/rate).
    pub g: f64,
    /// 1/Q.
    pub k: f64,
    /// Weight of the input.
    pub direct: f64,
    /// Weight of the band-pass output (whose peak is Q).
    pub band: f64,
    /// Weight of the low-pass output.
    pub low: f64,
}

/// Changes nothing.
pub(super) const IDENTITY: Coefficients = Coefficients { g: 1.0, k: SQRT_2, direct: 1.0, band: 0.0, low: 0.0 };

/// Frequency in radians per sample, kept within what a filter at this rate can have.
fn radians(hz: f64, rate_hz: u32) -> f64 {
    let rate = f64::from(rate_hz);
    2.0 * PI * hz.clamp(1e-5 * rate, 0.4975 * rate) / rate
}

/// Highest frequency of bilinear filters, over the sampling rate: closer to half of it they ring
/// long.
const BILINEAR_LIMIT: f64 = 0.45;

fn warped(hz: f64, rate_hz: u32) -> f64 {
    libm::tan(0.5 * radians(hz.min(BILINEAR_LIMIT * f64::from(rate_hz)), rate_hz))
}

/// The denominator of a matched filter and what its numerator is fitted with (Vicanek, §2 and §3).
struct Matched {
    a1: f64,
    a2: f64,
    /// sin²(ω/2) and cos²(ω/2).
    sine: f64,
    cosine: f64,
    /// |1 + a1 + a2|².
    at_zero: f64,
    /// Squared magnitude of the denominator at ω, and its slope over sin²(ω/2).
    power: f64,
    slope: f64,
}

impl Matched {
    fn new(omega: f64, q: f64) -> Self {
        let damping = 0.5 / q;
        let decay = libm::exp(-damping * omega);
        let a1 = if damping <= 1.0 {
            -2.0 * decay * libm::cos((1.0 - damping * damping).sqrt() * omega)
        } else {
            // 2·e^(−d·ω)·cosh(s·ω) without overflow.
            let root = (damping * damping - 1.0).sqrt();
            -(libm::exp((root - damping) * omega) + libm::exp((-root - damping) * omega))
        };
        let a2 = decay * decay;
        let sine = libm::sin(0.5 * omega) * libm::sin(0.5 * omega);
        let cosine = 1.0 - sine;
        let (at_zero, at_half, cross) = ((1.0 + a1 + a2) * (1.0 + a1 + a2), (1.0 - a1 + a2) * (1.0 - a1 + a2), -4.0 * a2);
        let power = at_zero * cosine + at_half * sine + cross * 4.0 * sine * cosine;
        let slope = at_half - at_zero + 4.0 * (cosine - sine) * cross;
        Self { a1, a2, sine, cosine, at_zero, power, slope }
    }

    fn with(&self, b: [f64; 3]) -> Coefficients {
        Coefficients::from_biquad(b, [self.a1, self.a2])
    }
}

impl Coefficients {
    /// From `(b0 + b1·z⁻¹ + b2·z⁻²) / (1 + a1·z⁻¹ + a2·z⁻²)` with complex or real stable poles. The
    /// denominator of the state-variable filter is `(1 + g·k + g²) + (2·g² − 2)·z⁻¹ + (1 − g·k +
    /// g²)·z⁻²`; comparing both, and the numerators at z = 1 and z = −1, yields the rest.
    pub fn from_biquad(b: [f64; 3], a: [f64; 2]) -> Self {
        let [b0, b1, b2] = b;
        let [a1, a2] = a;
        let at_zero = (1.0 + a1 + a2).max(1e-18);
        let at_half = (1.0 - a1 + a2).max(1e-18);
        let g = (at_zero / at_half).sqrt();
        let scale = 4.0 / at_half;
        let k = scale * (1.0 - a2) / (2.0 * g);
        let direct = (b0 - b1 + b2) / at_half;
        let low = (b0 + b1 + b2) / at_zero - direct;
        let band = (scale * (b0 - b2)) / (2.0 * g) - direct * k;
        Self { g, k, direct, band, low }
    }

    /// A factor without a filter.
    pub fn gain(factor: f64) -> Self {
        Self { direct: factor, ..IDENTITY }
    }

    /// The same poles without effect: fading to it fades to the dry sound.
    pub fn bypassed(self) -> Self {
        Self { direct: 1.0, band: 0.0, low: 0.0, ..self }
    }

    /// `ω² / (s² + s·ω/Q + ω²)`, matched (Vicanek, §3.1).
    pub fn low_pass(hz: f64, q: f64, rate_hz: u32) -> Self {
        let m = Matched::new(radians(hz, rate_hz), q);
        let zero = m.at_zero.sqrt();
        let half = ((m.power * q * q - m.at_zero * m.cosine) / m.sine).max(0.0).sqrt();
        let b0 = 0.5 * (zero + half);
        m.with([b0, zero - b0, 0.0])
    }

    /// `s² / (s² + s·ω/Q + ω²)`, matched (Vicanek, §3.2).
    pub fn high_pass(hz: f64, q: f64, rate_hz: u32) -> Self {
        let m = Matched::new(radians(hz, rate_hz), q);
        let b0 = m.power.sqrt() * q / (4.0 * m.sine);
        m.with([b0, -2.0 * b0, b0])
    }

    /// `s·ω/Q / (s² + s·ω/Q + ω²)`, matched (Vicanek, §3.3).
    pub fn band_pass(hz: f64, q: f64, rate_hz: u32) -> Self {
        let m = Matched::new(radians(hz, rate_hz), q);
        let cross = (m.power - m.slope * m.sine) / (4.0 * m.sine * m.sine);
        let half = m.slope + 4.0 * (m.sine - m.cosine) * cross;
        let b1 = -0.5 * half.max(0.0).sqrt();
        let b0 = 0.5 * ((cross + b1 * b1).max(0.0).sqrt() - b1);
        m.with([b0, b1, -b0 - b1])
    }

    /// `(s² + s·A·ω/Q + ω²) / (s² + s·ω/(A·Q) + ω²)` with A = 10^(gain/40), matched (Vicanek,
    /// §3.4). A cut is the inverse of the boost, which has no zeros outside the unit circle.
    pub fn bell(hz: f64, q: f64, gain_db: f64, rate_hz: u32) -> Self {
        if gain_db == 0.0 {
            return IDENTITY;
        }
        let factor = linear(gain_db.abs());
        let m = Matched::new(radians(hz, rate_hz), q * factor.sqrt());
        let (power, slope) = (m.power * factor * factor, m.slope * factor * factor);
        let cross = (power - slope * m.sine - m.at_zero) / (4.0 * m.sine * m.sine);
        let half = (slope + m.at_zero + 4.0 * (m.sine - m.cosine) * cross).max(0.0).sqrt();
        let zero = m.at_zero.sqrt();
        let mean = 0.5 * (zero + half);
        let b0 = 0.5 * (mean + (mean * mean + cross).max(0.0).sqrt());
        let (b1, b2) = (0.5 * (zero - half), -cross / (4.0 * b0));
        if gain_db > 0.0 { m.with([b0, b1, b2]) } else { Self::from_biquad([1.0 / b0, m.a1 / b0, m.a2 / b0], [b1 / b0, b2 / b0]) }
    }

    /// `(s² + ω²) / (s² + s·ω/Q + ω²)`, bilinear, with the bandwidth corrected for the warped
    /// frequency axis by ω/sin ω (as in the Audio EQ Cookbook).
    pub fn notch(hz: f64, q: f64, rate_hz: u32) -> Self {
        let omega = radians(hz.min(BILINEAR_LIMIT * f64::from(rate_hz)), rate_hz);
        let k = omega / (q * libm::sin(omega));
        Self { g: libm::tan(0.5 * omega), k, direct: 1.0, band: -k, low: 0.0 }
    }

    /// A low shelf: `A·(s² + s·√A·ω/Q + A·ω²) / (A·s² + s·√A·ω/Q + ω²)`, bilinear.
    pub fn low_shelf(hz: f64, q: f64, gain_db: f64, rate_hz: u32) -> Self {
        if gain_db == 0.0 {
            return IDENTITY;
        }
        let (a, k) = (linear(0.5 * gain_db), 1.0 / q);
        Self { g: warped(hz, rate_hz) / a.sqrt(), k, direct: 1.0, band: k * (a - 1.0), low: a * a - 1.0 }
    }

    /// A high shelf: `A·(A·s² + s·√A·ω/Q + ω²) / (s² + s·√A·ω/Q + A·ω²)`, bilinear.
    pub fn high_shelf(hz: f64, q: f64, gain_db: f64, rate_hz: u32) -> Self {
        if gain_db == 0.0 {
            return IDENTITY;
        }
        let (a, k) = (linear(0.5 * gain_db), 1.0 / q);
        Self { g: warped(hz, rate_hz) * a.sqrt(), k, direct: a * a, band: k * (1.0 - a) * a, low: 1.0 - a * a }
    }

    /// Butterworth low-pass, bilinear: half of a Linkwitz-Riley crossover.
    pub fn crossover(hz: f64, rate_hz: u32) -> Self {
        Self { g: warped(hz, rate_hz), k: SQRT_2, direct: 0.0, band: 0.0, low: 1.0 }
    }

    /// `(s² − s·√2·ω + ω²) / (s² + s·√2·ω + ω²)`, bilinear: the sum of both sides of a
    /// Linkwitz-Riley crossover of fourth order.
    pub fn all_pass(hz: f64, rate_hz: u32) -> Self {
        Self { direct: 1.0, band: -2.0 * SQRT_2, low: 0.0, ..Self::crossover(hz, rate_hz) }
    }

    /// Response at a frequency, as real and imaginary part: the bilinear transform maps it to
    /// `s = j·tan(π·f/rate)/g`, where the filter is `direct + (band·s + low) / (s² + k·s + 1)`.
    pub fn response(&self, hz: f64, rate_hz: u32) -> [f64; 2] {
        let s = libm::tan(PI * hz / f64::from(rate_hz)) / self.g;
        let (re, im) = (1.0 - s * s, self.k * s);
        let power = (re * re + im * im).max(1e-300);
        let (top_re, top_im) = (self.low, self.band * s);
        [self.direct + (top_re * re + top_im * im) / power, (top_im * re - top_re * im) / power]
    }

    /// Magnitude of the response in dB.
    pub fn response_db(&self, hz: f64, rate_hz: u32) -> f64 {
        let [re, im] = self.response(hz, rate_hz);
        10.0 * libm::log10((re * re + im * im).max(1e-30))
    }

    /// Whether the state does not matter.
    fn is_gain(&self) -> bool {
        self.band == 0.0 && self.low == 0.0
    }
}

/// Returns the Q of section `i` of `sections` of a Butterworth filter of order `2·sections`, with
/// the resonance of the sharpest one scaled: `q` is that of a filter with a single section.
pub(super) fn butterworth_q(i: usize, sections: usize, q: f64) -> f64 {
    let angle = PI * (2.0 * i as f64 + 1.0) / (4.0 * sections as f64);
    let plain = 0.5 / libm::cos(angle);
    if i + 1 == sections { plain * q / BUTTERWORTH } else { plain }
}

/// Number of sections of a filter with this slope: `"12"`, `"24"` or `"48"` dB per octave.
pub(super) fn sections(slope: &str) -> usize {
    match slope {
        "48" => 4,
        "24" => 2,
        _ => 1,
    }
}

/// Filters near half the sampling rate take at least this long to settle.
const SHORTEST_SECS: f64 = 0.03;

/// Returns how long a filter rings: until −120 dB is left, with some time more for sections in
/// series. The slower pole decays with `ω·(d − √(d² − 1))`, d = 1/(2·Q), or `ω·d` if d ≤ 1.
pub(super) fn settling_secs(hz: f64, q: f64) -> f64 {
    let damping = 0.5 / q.max(1e-3);
    let slower = if damping > 1.0 { damping - (damping * damping - 1.0).sqrt() } else { damping };
    (20.0 / (2.0 * PI * hz.max(0.1) * slower.max(1e-6))).max(SHORTEST_SECS)
}

/// The Q of the section of a Butterworth filter that rings longest: the highest one, or one below
/// 0.5.
pub(super) fn slowest_q(sections: usize, q: f64) -> f64 {
    let of = |i| butterworth_q(i, sections, q);
    (0..sections).map(of).fold(of(sections - 1), |a, b| if settling_secs(1.0, b) > settling_secs(1.0, a) { b } else { a })
}

/// Returns how long a shelf rings, whose poles move away from its frequency with its gain.
pub(super) fn shelf_settling_secs(hz: f64, gain_db: f64, q: f64) -> f64 {
    settling_secs(hz * libm::pow(10.0, -gain_db.abs() / 80.0), q)
}

/// State of one filter for one channel.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct State([f64; 2]);

impl State {
    /// Filters samples with coefficients that stay.
    pub fn steady(&mut self, c: &Coefficients, samples: &mut [f64; BLOCK_SAMPLES]) {
        let a1 = 1.0 / (1.0 + c.g * (c.g + c.k));
        let a2 = c.g * a1;
        let a3 = c.g * a2;
        let [mut s1, mut s2] = self.0;
        for x in samples {
            let v3 = *x - s2;
            let v1 = a1 * s1 + a2 * v3;
            let v2 = s2 + a2 * s1 + a3 * v3;
            s1 = 2.0 * v1 - s1;
            s2 = 2.0 * v2 - s2;
            *x = c.direct * *x + c.band * v1 + c.low * v2;
        }
        self.0 = [s1, s2];
        self.settle();
    }

    /// Filters samples with coefficients that change linearly.
    pub fn moving(&mut self, from: &Coefficients, to: &Coefficients, samples: &mut [f64; BLOCK_SAMPLES]) {
        if from == to {
            return self.steady(to, samples);
        }
        let step = 1.0 / BLOCK_SAMPLES as f64;
        let [mut s1, mut s2] = self.0;
        for (i, x) in samples.iter_mut().enumerate() {
            let t = (i + 1) as f64 * step;
            let mix = |a: f64, b: f64| a + (b - a) * t;
            let (g, k) = (mix(from.g, to.g), mix(from.k, to.k));
            let a1 = 1.0 / (1.0 + g * (g + k));
            let v3 = *x - s2;
            let v1 = a1 * (s1 + g * v3);
            let v2 = s2 + g * v1;
            s1 = 2.0 * v1 - s1;
            s2 = 2.0 * v2 - s2;
            *x = mix(from.direct, to.direct) * *x + mix(from.band, to.band) * v1 + mix(from.low, to.low) * v2;
        }
        self.0 = [s1, s2];
        self.settle();
    }

    /// Filters samples with a crossover's low-pass, and replaces them by the all-pass with the same
    /// poles: one filter yields both.
    pub fn crossing(&mut self, from: &Coefficients, to: &Coefficients, samples: &mut [f64; BLOCK_SAMPLES]) -> [f64; BLOCK_SAMPLES] {
        let mut low = [0.0; BLOCK_SAMPLES];
        let step = (to.g - from.g) / BLOCK_SAMPLES as f64;
        let k = to.k;
        let mut g = to.g;
        let mut a1 = 1.0 / (1.0 + g * (g + k));
        let [mut s1, mut s2] = self.0;
        for (i, (x, low)) in samples.iter_mut().zip(&mut low).enumerate() {
            if step != 0.0 {
                g = from.g + step * (i + 1) as f64;
                a1 = 1.0 / (1.0 + g * (g + k));
            }
            let v3 = *x - s2;
            let v1 = a1 * (s1 + g * v3);
            let v2 = s2 + g * v1;
            s1 = 2.0 * v1 - s1;
            s2 = 2.0 * v2 - s2;
            *low = v2;
            *x -= 2.0 * k * v1;
        }
        self.0 = [s1, s2];
        self.settle();
        low
    }

    fn settle(&mut self) {
        for s in &mut self.0 {
            *s = if s.abs() < TINY { 0.0 } else { s.clamp(-LARGEST, LARGEST) };
        }
    }
}

/// Filters in series on all channels.
#[derive(Debug)]
pub(super) struct Chain {
    from: Vec<Coefficients>,
    to: Vec<Coefficients>,
    /// By channel, then filter.
    states: Vec<Vec<State>>,
    started: bool,
}

impl Chain {
    /// Filters without a past.
    pub fn new(filters: usize, channels: usize) -> Self {
        Self {
            from: vec![IDENTITY; filters],
            to: vec![IDENTITY; filters],
            states: vec![vec![State::default(); filters]; channels],
            started: false,
        }
    }

    /// Sets the coefficients that are reached at the end of the next block; before the first block
    /// also those at its start.
    pub fn design(&mut self, start: &[f64], end: &[f64], mut design: impl FnMut(&[f64], &mut [Coefficients])) {
        if !self.started {
            design(start, &mut self.from);
            self.started = true;
        }
        design(end, &mut self.to);
    }

    /// Filters a block.
    pub fn process(&mut self, channels: &mut [Channel]) {
        let Self { from, to, states, .. } = self;
        if from.iter().chain(to.iter()).any(|c| *c != IDENTITY && !(c.is_gain() && c.direct == 1.0)) {
            for (channels, states) in channels.chunks_mut(2).zip(states.chunks_mut(2)) {
                let mut samples = [[0.0; BLOCK_SAMPLES]; 2];
                for (samples, channel) in samples.iter_mut().zip(channels.iter()) {
                    samples.iter_mut().zip(channel).for_each(|(sample, x)| *sample = f64::from(*x));
                }
                if let [a, b] = states {
                    filter_pair([a, b], from, to, &mut samples);
                } else {
                    for (states, samples) in states.iter_mut().zip(&mut samples) {
                        states.iter_mut().zip(from.iter().zip(to.iter())).for_each(|(s, (from, to))| filter(s, from, to, samples));
                    }
                }
                for (channel, samples) in channels.iter_mut().zip(&samples) {
                    channel.iter_mut().zip(samples).for_each(|(x, y)| *x = sample(*y));
                }
            }
        } else {
            states.iter_mut().flatten().for_each(|s| *s = State::default());
        }
        from.copy_from_slice(to);
    }
}

/// Most filters that are computed together.
const CASCADE: usize = 3;

/// The same filters in series on two channels. Those that stay are computed together, sample by sample:
/// each waits only for its own sample before, so that they overlap.
fn filter_pair(states: [&mut [State]; 2], from: &[Coefficients], to: &[Coefficients], samples: &mut [[f64; BLOCK_SAMPLES]; 2]) {
    let [left, right] = states;
    let (mut steady, mut count) = ([0; CASCADE], 0);
    for (i, (from, next)) in from.iter().zip(to).enumerate() {
        if from == next && next.is_gain() && next.direct == 1.0 {
            (left[i], right[i]) = Default::default();
            continue;
        }
        let stays = from == next && !next.is_gain();
        if count == CASCADE || !stays {
            cascade([left, right], to, &steady[..count], samples);
            count = 0;
        }
        if stays {
            steady[count] = i;
            count += 1;
        } else {
            let [first, second] = &mut *samples;
            filter(&mut left[i], from, next, first);
            filter(&mut right[i], from, next, second);
        }
    }
    cascade([left, right], to, &steady[..count], samples);
}

/// Runs up to [`CASCADE`] filters, those with these numbers, one after the other.
fn cascade(states: [&mut [State]; 2], to: &[Coefficients], which: &[usize], samples: &mut [[f64; BLOCK_SAMPLES]; 2]) {
    let [left, right] = states;
    let mut pairs = [Pair::new(&IDENTITY, Default::default()); CASCADE];
    for (pair, i) in pairs.iter_mut().zip(which) {
        *pair = Pair::new(&to[*i], [left[*i], right[*i]]);
    }
    let [mut a, mut b, mut c] = pairs;
    match which.len() {
        0 => return,
        1 => Pair::run(samples, |x| a.step(x)),
        2 => Pair::run(samples, |x| b.step(a.step(x))),
        _ => Pair::run(samples, |x| c.step(b.step(a.step(x)))),
    }
    for (pair, i) in [a, b, c].into_iter().zip(which) {
        for (n, state) in [&mut left[*i], &mut right[*i]].into_iter().enumerate() {
            state.0 = [pair.s1[n], pair.s2[n]];
            state.settle();
        }
    }
}

/// A filter that stays, as [`State::steady`] computes it, on two channels at once.
#[derive(Clone, Copy)]
struct Pair {
    c: Coefficients,
    a1: f64,
    a2: f64,
    a3: f64,
    s1: [f64; 2],
    s2: [f64; 2],
}

impl Pair {
    fn new(c: &Coefficients, [left, right]: [State; 2]) -> Self {
        let a1 = 1.0 / (1.0 + c.g * (c.g + c.k));
        let a2 = c.g * a1;
        Self { c: *c, a1, a2, a3: c.g * a2, s1: [left.0[0], right.0[0]], s2: [left.0[1], right.0[1]] }
    }

    #[inline(always)]
    fn step(&mut self, x: [f64; 2]) -> [f64; 2] {
        let Self { c, a1, a2, a3, s1, s2 } = self;
        let mut y = x;
        for n in 0..2 {
            let v3 = x[n] - s2[n];
            let v1 = *a1 * s1[n] + *a2 * v3;
            let v2 = s2[n] + *a2 * s1[n] + *a3 * v3;
            s1[n] = 2.0 * v1 - s1[n];
            s2[n] = 2.0 * v2 - s2[n];
            y[n] = c.direct * x[n] + c.band * v1 + c.low * v2;
        }
        y
    }

    #[inline(always)]
    fn run(samples: &mut [[f64; BLOCK_SAMPLES]; 2], mut step: impl FnMut([f64; 2]) -> [f64; 2]) {
        let [left, right] = samples;
        for n in 0..BLOCK_SAMPLES {
            [left[n], right[n]] = step([left[n], right[n]]);
        }
    }
}

fn filter(state: &mut State, from: &Coefficients, to: &Coefficients, samples: &mut [f64; BLOCK_SAMPLES]) {
    if from.is_gain() && to.is_gain() {
        *state = State::default();
        if from.direct == to.direct && to.direct != 1.0 {
            samples.iter_mut().for_each(|x| *x *= to.direct);
        } else if from.direct != to.direct {
            let step = (to.direct - from.direct) / BLOCK_SAMPLES as f64;
            samples.iter_mut().enumerate().for_each(|(i, x)| *x *= from.direct + step * (i + 1) as f64);
        }
        return;
    }
    // A filter that is switched on or off, or has no gain, fades with the poles of the other state.
    match (from.is_gain(), to.is_gain()) {
        (true, false) => state.moving(&Coefficients { g: to.g, k: to.k, ..*from }, to, samples),
        (false, true) => state.moving(from, &Coefficients { g: from.g, k: from.k, ..*to }, samples),
        _ => state.moving(from, to, samples),
    }
}

/// An effect that is nothing but filters: `design` computes them from the values of the parameters.
pub(super) struct Filter<F> {
    design: F,
    chain: Chain,
}

impl<F: FnMut(&[f64], &mut [Coefficients]) + Send + 'static> Filter<F> {
    /// The processor of such an effect.
    pub fn boxed(format: SoundFormat, filters: usize, design: F) -> Box<dyn SoundProcessor> {
        Box::new(Self { design, chain: Chain::new(filters, format.channels) })
    }
}

impl<F: FnMut(&[f64], &mut [Coefficients]) + Send> SoundProcessor for Filter<F> {
    fn process(&mut self, block: SoundBlock<'_>) {
        if block.params.changed {
            self.chain.design(block.params.from, block.params.to, &mut self.design);
        }
        self.chain.process(block.channels);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Magnitude in dB of `(n2·s² + n1·s + n0) / (d2·s² + d1·s + d0)` at s = j·x.
    fn analog_db(n: [f64; 3], d: [f64; 3], x: f64) -> f64 {
        let power = |p: [f64; 3]| (p[0] - p[2] * x * x).powi(2) + (p[1] * x).powi(2);
        10.0 * (power(n) / power(d)).log10()
    }

    /// Matched filters follow the analogue ones up to 20 kHz at 48 kHz, where bilinear ones are
    /// many dB off; the coefficients of the state-variable filter are those of the biquad.
    #[test]
    fn matched_filters_are_like_analogue_ones() {
        for hz in [30.0, 1000.0, 8000.0, 15_000.0] {
            for q in [0.5, BUTTERWORTH, 4.0] {
                for f in [20.0, 100.0, 900.0, 1100.0, 5000.0, 10_000.0, 16_000.0, 20_000.0] {
                    let x = f / hz;
                    let poles = [1.0, 1.0 / q, 1.0];
                    let check = |name, c: Coefficients, expected: f64, tolerance: f64| {
                        let is = c.response_db(f, 48_000);
                        // Where both are silent the difference does not matter.
                        if expected > -50.0 {
                            assert!((is - expected).abs() < tolerance, "{name} {hz} Hz Q {q} at {f}: {is:.3}, {expected:.3} dB");
                        }
                    };
                    check("low-pass", Coefficients::low_pass(hz, q, 48_000), analog_db([1.0, 0.0, 0.0], poles, x), 1.5);
                    check("high-pass", Coefficients::high_pass(hz, q, 48_000), analog_db([0.0, 0.0, 1.0], poles, x), 1.5);
                    check("band-pass", Coefficients::band_pass(hz, q, 48_000), analog_db([0.0, 1.0 / q, 0.0], poles, x), 1.5);
                    for gain in [-12.0, 6.0] {
                        let a = linear(0.5 * gain);
                        let expected = analog_db([1.0, a / q, 1.0], [1.0, 1.0 / (a * q), 1.0], x);
                        check("bell", Coefficients::bell(hz, q, gain, 48_000), expected, 1.0);
                    }
                }
            }
        }
    }

    /// Shelves and notches are the prototypes of the Audio EQ Cookbook with a warped frequency
    /// axis.
    #[test]
    fn shelves_are_those_of_the_cookbook() {
        for (hz, q, gain) in [(100.0, BUTTERWORTH, 9.0), (3000.0, 0.5, -15.0), (12_000.0, 1.0, 24.0)] {
            let a: f64 = linear(0.5 * gain);
            for f in [20.0, 90.0, 500.0, 4000.0, 18_000.0] {
                let x = warped(f, 48_000) / warped(hz, 48_000);
                let slope = a.sqrt() / q;
                let low = analog_db([a * a, a * slope, a], [1.0, slope, a], x);
                let high = analog_db([a, a * slope, a * a], [a, slope, 1.0], x);
                assert!((Coefficients::low_shelf(hz, q, gain, 48_000).response_db(f, 48_000) - low).abs() < 1e-6);
                assert!((Coefficients::high_shelf(hz, q, gain, 48_000).response_db(f, 48_000) - high).abs() < 1e-6);
                let omega = radians(hz, 48_000);
                let notch = analog_db([1.0, 0.0, 1.0], [1.0, omega / (q * omega.sin()), 1.0], x);
                assert!((Coefficients::notch(hz, q, 48_000).response_db(f, 48_000) - notch).abs() < 1e-6);
                assert!(Coefficients::all_pass(hz, 48_000).response_db(f, 48_000).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn butterworth_sections() {
        assert!((butterworth_q(0, 1, BUTTERWORTH) - BUTTERWORTH).abs() < 1e-12);
        assert!((butterworth_q(0, 2, BUTTERWORTH) - 0.541_196).abs() < 1e-6);
        assert!((butterworth_q(1, 2, BUTTERWORTH) - 1.306_563).abs() < 1e-6);
    }
}
