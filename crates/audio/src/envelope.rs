//! Gain and pan over time: points and fades, evaluated at absolute composition samples.
use cutroom_timeline::{Fade, FadeCurve, Voice};
use std::f64::consts::{FRAC_PI_2, PI};

/// Why a voice's range, points or fades are invalid; `None` if they are valid.
pub(crate) fn reject(voice: &Voice) -> Option<String> {
    if voice.end_sample < voice.first_sample {
        return Some("it ends before it starts".into());
    }
    let pans = voice.nested.iter().map(|n| &n.pan).chain([&voice.pan]).map(|pan| ("pan", pan, 1.0));
    for (what, points, limit) in [("gain", &voice.gain, f32::MAX)].into_iter().chain(pans) {
        if points.is_empty() {
            return Some(format!("it has no {what}"));
        }
        if let Some((_, v)) = points.iter().find(|(_, v)| !(v.is_finite() && v.abs() <= limit)) {
            return Some(format!("a {what} of {v}"));
        }
        if points.windows(2).any(|w| w[1].0 < w[0].0) {
            return Some(format!("its {what} points are not in order of time"));
        }
    }
    voice.fades.iter().any(|f| f.end_sample < f.first_sample).then(|| "a fade ends before it starts".into())
}

/// Writes the values of `points` (ascending, not empty) at the samples from `first` on: linear
/// between points, constant before the first and after the last. Of several points at one sample
/// the last counts.
pub(crate) fn fill(points: &[(i64, f32)], first: i64, out: &mut [f64]) {
    if let [(_, v)] = points {
        return out.fill(f64::from(*v));
    }
    let mut next = points.partition_point(|p| p.0 <= first);
    for (i, o) in out.iter_mut().enumerate() {
        let n = first + i as i64;
        while next < points.len() && points[next].0 <= n {
            next += 1;
        }
        *o = match (next.checked_sub(1).map(|i| points[i]), points.get(next)) {
            (Some(a), Some(b)) => {
                let x = (n as f64 - a.0 as f64) / (b.0 as f64 - a.0 as f64);
                f64::from(a.1) + (f64::from(b.1) - f64::from(a.1)) * x
            }
            (Some(a), None) => f64::from(a.1),
            (None, Some(b)) => f64::from(b.1),
            (None, None) => 1.0,
        };
    }
}

/// Multiplies `gains`, the gains at the samples from `first` on, by a fade.
pub(crate) fn apply_fade(fade: &Fade, first: i64, gains: &mut [f64]) {
    let length = fade.end_sample as f64 - fade.first_sample as f64;
    for (i, g) in gains.iter_mut().enumerate() {
        let n = first + i as i64;
        *g *= if n < fade.first_sample {
            if fade.rising { 0.0 } else { 1.0 }
        } else if n >= fade.end_sample {
            if fade.rising { 1.0 } else { 0.0 }
        } else {
            let x = (n as f64 - fade.first_sample as f64) / length;
            match (fade.curve, fade.rising) {
                (FadeCurve::Linear, true) => x,
                (FadeCurve::Linear, false) => 1.0 - x,
                (FadeCurve::ConstantPower, true) => libm::sin(x * FRAC_PI_2),
                (FadeCurve::ConstantPower, false) => libm::cos(x * FRAC_PI_2),
                (FadeCurve::S, true) => 0.5 - 0.5 * libm::cos(x * PI),
                (FadeCurve::S, false) => 0.5 + 0.5 * libm::cos(x * PI),
                (FadeCurve::Logarithmic, true) => logarithmic(x),
                (FadeCurve::Logarithmic, false) => logarithmic(1.0 - x),
            }
        };
    }
}

/// Even steps in decibels over 60 dB, moved so that 0 is silence.
fn logarithmic(x: f64) -> f64 {
    let floor = 1e-3;
    (libm::exp10(3.0 * (x - 1.0)) - floor) / (1.0 - floor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_straight_lines_held_outside() {
        let mut out = [0.0; 8];
        fill(&[(2, 1.0), (6, 3.0), (6, 10.0)], 0, &mut out);
        assert_eq!(out, [1.0, 1.0, 1.0, 1.5, 2.0, 2.5, 10.0, 10.0]);
        fill(&[(2, 1.0), (6, 3.0), (6, 10.0)], 5, &mut out[..2]);
        assert_eq!(out[..2], [2.5, 10.0]);
    }

    #[test]
    fn crossing_fades_keep_power_or_sum() {
        for n in 100..200 {
            let at = |curve, rising| {
                let mut g = [1.0];
                apply_fade(&Fade { first_sample: 100, end_sample: 200, rising, curve }, n, &mut g);
                g[0]
            };
            let (up, down) = (at(FadeCurve::ConstantPower, true), at(FadeCurve::ConstantPower, false));
            assert!((up * up + down * down - 1.0).abs() < 1e-15);
            assert_eq!(at(FadeCurve::Linear, true) + at(FadeCurve::Linear, false), 1.0);
        }
        let mut g = [1.0; 4];
        apply_fade(&Fade { first_sample: 2, end_sample: 2, rising: true, curve: FadeCurve::Linear }, 0, &mut g);
        assert_eq!(g, [0.0, 0.0, 1.0, 1.0]);
    }
}
