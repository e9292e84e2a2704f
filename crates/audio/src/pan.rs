//! Pan: places mono sources and balances sources with more channels.
//!
//! A **mono** source in stereo follows the constant-power law with compensated centre: the factors
//! are √2·cos θ and √2·sin θ with θ = (pan + 1)·π/4, so the centre is 1 in both speakers and a hard
//! side is √2 (+3 dB) in one. In a layout with a centre speaker it moves pairwise with constant
//! power between left, centre and right, with factor 1 at each of the three. Sources of **two and
//! more** channels are balanced: pan attenuates the channels of the opposite side linearly and
//! leaves the others unchanged. Pan has no effect in a mono composition. At pan 0 the factors are
//! exact: 1, or 0 for a mono source outside the centre speaker.
use crate::layout::Speaker;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, SQRT_2};

/// Factor of one output speaker: applied to the only channel of a `mono` source, or to what folding
/// produced for this speaker.
pub(crate) fn factor(pan: f64, mono: bool, speaker: Speaker, layout: &[Speaker]) -> f64 {
    let has = |s| layout.contains(&s);
    if !has(Speaker::Left) {
        return 1.0;
    }
    if !mono {
        return (1.0 + pan * f64::from(speaker.side())).min(1.0);
    }
    match speaker {
        Speaker::Left | Speaker::Right => {
            let toward = pan * f64::from(speaker.side());
            if has(Speaker::Center) {
                if toward > 0.0 { libm::sin(toward * FRAC_PI_2) } else { 0.0 }
            } else if pan == 0.0 {
                1.0
            } else {
                SQRT_2 * libm::sin((toward + 1.0) * FRAC_PI_4)
            }
        }
        Speaker::Center if pan != 0.0 => libm::cos(pan.abs() * FRAC_PI_2),
        Speaker::Center => 1.0,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speakers;

    #[test]
    fn mono_pan_keeps_power() {
        for channels in [2, 6] {
            let layout = speakers(channels).unwrap();
            for pan in [-1.0, -0.5, -0.1, 0.0, 0.3, 1.0] {
                let power: f64 = layout.iter().map(|&s| factor(pan, true, s, layout).powi(2)).sum();
                assert!((power - if channels == 2 { 2.0 } else { 1.0 }).abs() < 1e-12, "{channels} {pan}: {power}");
            }
        }
        let stereo = speakers(2).unwrap();
        assert_eq!((factor(0.0, true, Speaker::Left, stereo), factor(0.0, true, Speaker::Right, stereo)), (1.0, 1.0));
        assert!(factor(1.0, true, Speaker::Left, stereo).abs() < 1e-15);
    }

    #[test]
    fn balance_only_turns_down_the_other_side() {
        let stereo = speakers(2).unwrap();
        for (pan, left, right) in [(0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (-0.25, 1.0, 0.75)] {
            assert_eq!(factor(pan, false, Speaker::Left, stereo), left);
            assert_eq!(factor(pan, false, Speaker::Right, stereo), right);
        }
        assert_eq!(factor(0.7, false, Speaker::Center, speakers(1).unwrap()), 1.0);
    }
}
