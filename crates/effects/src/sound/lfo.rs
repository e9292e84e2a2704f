//! Low-frequency oscillators.

/// The phase of an oscillator in a block. It follows from the position in the composition, so that
/// it does not depend on where processing began; the rate is therefore constant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phase {
    start: f64,
    step: f64,
}

impl Phase {
    /// An oscillator of `lfo_hz` that had phase `offset` (in turns) at position 0.
    pub fn new(lfo_hz: f64, position: i64, rate_hz: f64, offset: f64) -> Self {
        let step = lfo_hz / rate_hz;
        Self { start: fraction(step * position as f64 + offset), step }
    }

    /// The phase at sample `i` of the block in turns, 0..1.
    #[inline(always)]
    pub fn at(self, i: usize) -> f64 {
        fraction(self.start + self.step * i as f64)
    }
}

/// The part of `x` after the point, 0..1.
#[inline(always)]
pub(super) fn fraction(x: f64) -> f64 {
    x - x.floor()
}

/// The sine of `turns` full turns.
#[inline(always)]
pub(super) fn sine(turns: f64) -> f64 {
    libm::sin(std::f64::consts::TAU * turns)
}

/// A triangle of the range −1..1 that starts at 0 and rises, like the sine.
#[inline(always)]
pub(super) fn triangle(turns: f64) -> f64 {
    1.0 - 4.0 * (fraction(turns + 0.25) - 0.5).abs()
}

/// The offset in turns of channel `c`: `spread` for the right-hand channels, none for the others.
pub(super) fn channel_offset(c: usize, spread: f64) -> f64 {
    if c % 2 == 1 { spread } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phase_is_the_same_wherever_the_block_begins() {
        let late = Phase::new(0.37, 64_000_000, 48_000.0, 0.25);
        let early = Phase::new(0.37, 64_000_000 - 64, 48_000.0, 0.25);
        assert!((late.at(0) - early.at(64)).abs() < 1e-9);
        assert_eq!((triangle(0.0), triangle(0.25), triangle(0.5), triangle(0.75)), (0.0, 1.0, 0.0, -1.0));
    }
}
