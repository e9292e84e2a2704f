//! Decibels, gains that change within a block, and the speakers of a layout.
use super::{BLOCK_SAMPLES, Channel, SoundFormat};
use std::f64::consts::LN_10;

/// Largest magnitude that effects output: far above anything meant, far below where sums of it
/// would overflow.
pub(super) const LARGEST: f64 = 1e30;
/// States whose magnitude is smaller become 0, before they get so small that arithmetic is slow.
pub(super) const TINY: f64 = 1e-30;

/// Returns the factor of a level in dB.
pub(super) fn linear(db: f64) -> f64 {
    libm::exp(db * (LN_10 / 20.0))
}

/// Returns the factor of a level in dB, exactly 1 for 0 dB, and 0 for −144 dB and less.
pub(super) fn fader(db: f64) -> f64 {
    if db <= -144.0 {
        0.0
    } else if db == 0.0 {
        1.0
    } else {
        linear(db)
    }
}

/// Returns the level of a factor in dB, at least −300.
pub(super) fn decibels(factor: f64) -> f64 {
    (20.0 / LN_10) * libm::log(factor.max(1e-15))
}

/// Returns a sample as it is output.
#[inline]
pub(super) fn sample(x: f64) -> f32 {
    x.clamp(-LARGEST, LARGEST) as f32
}

/// Returns what is left per sample of something that decays exponentially with this time constant;
/// 0 if the time is shorter than a tenth of a sample.
pub(super) fn decay(secs: f64, rate_hz: u32) -> f64 {
    let samples = secs * f64::from(rate_hz);
    if samples < 0.1 { 0.0 } else { libm::exp(-1.0 / samples) }
}

/// Returns sample `i` of a line from `from` to the first sample after the block.
#[inline]
pub(super) fn between(from: f64, to: f64, i: usize) -> f64 {
    if from == to { to } else { from + (to - from) * (i as f64 / BLOCK_SAMPLES as f64) }
}

/// Multiplies a channel by factors that change linearly; 1 leaves it as it is.
pub(super) fn scale(channel: &mut Channel, from: f64, to: f64) {
    if from == 1.0 && to == 1.0 {
        return;
    }
    for (i, x) in channel.iter_mut().enumerate() {
        *x = sample(f64::from(*x) * between(from, to, i));
    }
}

/// Multiplies all channels by one factor for each sample.
pub(super) fn apply(channels: &mut [Channel], gains: &[f64; BLOCK_SAMPLES]) {
    for channel in channels {
        for (x, gain) in channel.iter_mut().zip(gains) {
            *x = sample(f64::from(*x) * gain);
        }
    }
}

/// Returns the channels that are left and right of each other: front, back, side.
pub(super) fn pairs(format: SoundFormat) -> &'static [(usize, usize)] {
    match format.channels {
        0 | 1 => &[],
        2..=4 => &[(0, 1)],
        5 => &[(0, 1), (3, 4)],
        6 => &[(0, 1), (4, 5)],
        7 => &[(0, 1), (5, 6)],
        _ => &[(0, 1), (4, 5), (6, 7)],
    }
}

/// Returns the centre speaker at the front, if there is one beside left and right.
pub(super) fn center(format: SoundFormat) -> Option<usize> {
    (format.channels >= 4).then_some(2)
}

/// Returns two different channels.
pub(super) fn pair_mut(channels: &mut [Channel], (left, right): (usize, usize)) -> Option<(&mut Channel, &mut Channel)> {
    let (before, after) = channels.split_at_mut_checked(right)?;
    Some((before.get_mut(left)?, after.first_mut()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decibels_and_factors() {
        assert!((linear(20.0) - 10.0).abs() < 1e-12 && (decibels(0.1) + 20.0).abs() < 1e-12);
        assert_eq!((fader(0.0), fader(-144.0)), (1.0, 0.0));
        assert!((decay(0.01, 48_000).powi(480) - libm::exp(-1.0)).abs() < 1e-12);
    }

    /// All channels but the centre, the low-frequency one and a single back one have a counterpart.
    #[test]
    fn every_side_has_a_pair() {
        for channels in 1..=8 {
            let format = SoundFormat { rate_hz: 48_000, channels };
            let single = match channels {
                1 | 3 | 5 => 1,
                4 | 6 | 8 => 2,
                7 => 3,
                _ => 0,
            };
            assert_eq!(2 * pairs(format).len() + single, channels);
            assert!(pairs(format).iter().all(|p| p.1 < channels));
        }
    }
}
