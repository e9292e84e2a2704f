//! Beats along a path of tempos: dynamic programming (D. P. W. Ellis, "Beat Tracking by Dynamic
//! Programming", J. New Music Research 36(1), 2007), with the period of each moment.
use super::{Beat, FRAMES_PER_SEC, onset::Measured, onset::start_of, tempo};

/// Weight of an even distance of beats against the strength of onsets; as in the reference program
/// of the paper.
const TIGHTNESS: f64 = 100.0;
/// Beats at the start and the end that are weaker than this, relative to the root mean square of
/// all, are before or after the music.
const EDGE: f64 = 0.5;

/// Frames of the beats in ascending order.
pub(super) fn beats(strength: &[f32], tempos: &[f64]) -> Vec<usize> {
    let period = |k: usize| {
        let position = k as f64 / tempo::HOP as f64;
        let (i, part) = (position as usize, position.fract());
        let at = |i: usize| tempos.get(i.min(tempos.len().saturating_sub(1))).copied().unwrap_or(120.0);
        60.0 * f64::from(FRAMES_PER_SEC) / (at(i) * (1.0 - part) + at(i + 1) * part)
    };
    let smooth = smoothed(strength, period(0));
    if smooth.iter().all(|x| *x <= 0.0) {
        return Vec::new();
    }
    let mut scores: Vec<f64> = Vec::with_capacity(smooth.len());
    let mut before: Vec<Option<usize>> = Vec::with_capacity(smooth.len());
    let (mut costs, mut costs_of) = (Vec::new(), 0.0);
    for (k, x) in smooth.iter().enumerate() {
        let p = period(k);
        let (nearest, farthest) = ((p / 2.0).round().max(1.0) as usize, (2.0 * p).round() as usize);
        if costs_of != p {
            let cost = |distance: usize| {
                let l = libm::log(distance as f64 / p);
                TIGHTNESS * l * l
            };
            costs = (nearest..=farthest).map(cost).collect::<Vec<_>>();
            costs_of = p;
        }
        let mut best: Option<(f64, usize)> = None;
        for (distance, cost) in (nearest..=farthest.min(k)).zip(&costs) {
            let value = scores[k - distance] - cost;
            if best.is_none_or(|b| value > b.0) {
                best = Some((value, k - distance));
            }
        }
        // A first beat has no one before it.
        match best {
            Some((value, from)) if value > 0.0 => {
                scores.push(x + value);
                before.push(Some(from));
            }
            _ => {
                scores.push(*x);
                before.push(None);
            }
        }
    }
    // The last beat is the best one within the last period.
    let last_period = period(scores.len() - 1).ceil() as usize;
    let from = scores.len().saturating_sub(last_period + 1);
    let last = (from..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]));
    let mut found: Vec<usize> = std::iter::successors(last, |k| before[*k]).collect();
    found.reverse();
    trimmed(&found, &smooth)
}

/// Smoothed by a Gaussian of a 32nd of the period, as the reference program of Ellis 2007 does.
fn smoothed(strength: &[f32], period: f64) -> Vec<f64> {
    let deviation = (period / 32.0).max(0.5);
    let reach = (3.0 * deviation).ceil() as i64;
    let weight = |d: i64| libm::exp(-0.5 * (d as f64 / deviation) * (d as f64 / deviation));
    let total: f64 = (-reach..=reach).map(weight).sum();
    let weights: Vec<f64> = (-reach..=reach).map(|d| weight(d) / total).collect();
    let at = |k: i64| usize::try_from(k).ok().and_then(|k| strength.get(k)).map_or(0.0, |x| f64::from(*x));
    (0..strength.len() as i64).map(|k| (-reach..=reach).zip(&weights).map(|(d, w)| w * at(k + d)).sum()).collect()
}

/// Without weak beats at the start and the end.
fn trimmed(found: &[usize], smooth: &[f64]) -> Vec<usize> {
    let at = |k: &usize| (k.saturating_sub(2)..k + 3).filter_map(|i| smooth.get(i)).fold(0.0, |a: f64, x| a.max(*x));
    let square = found.iter().map(|k| at(k) * at(k)).sum::<f64>() / found.len().max(1) as f64;
    let strong = |k: &usize| at(k) >= EDGE * square.sqrt();
    let first = found.iter().position(strong).unwrap_or(found.len());
    let end = found.iter().rposition(strong).map_or(first, |i| i + 1);
    found.get(first..end).unwrap_or_default().to_vec()
}

/// Beats at the samples where the sound rises; where no rise is clear, as far from the frame as
/// most rises are.
pub(super) fn refined(frames: &[usize], measured: &Measured, rate_hz: u32) -> Vec<Beat> {
    let rises: Vec<Option<u64>> = frames.iter().map(|k| measured.rise(*k, rate_hz)).collect();
    let mut delays: Vec<i64> =
        frames.iter().zip(&rises).filter_map(|(k, r)| r.map(|r| r as i64 - start_of(*k, rate_hz) as i64)).collect();
    delays.sort_unstable();
    let usual = delays.get(delays.len() / 2).copied().unwrap_or_else(|| start_of(1, rate_hz) as i64);
    // A rise far from the usual delay belongs to another sound.
    let far = i64::from(rate_hz) / 50;
    let strength = |k: usize| {
        let around = measured.strength.get(k.saturating_sub(1)..(k + 2).min(measured.strength.len())).unwrap_or_default();
        f64::from(around.iter().fold(0.0f32, |a, x| a.max(*x)))
    };
    let mean = frames.iter().map(|k| strength(*k)).sum::<f64>() / frames.len().max(1) as f64;
    let beat = |(k, rise): (&usize, &Option<u64>)| {
        let expected = (start_of(*k, rate_hz) as i64 + usual).max(0);
        let sample = rise.filter(|r| (*r as i64 - expected).abs() <= far).unwrap_or(expected as u64);
        Beat { sample, strength: strength(*k) / mean.max(1e-9) }
    };
    frames.iter().zip(&rises).map(beat).collect()
}

/// Beats per minute: the median slope of lines through all beats half of them apart, so that single
/// missing or misplaced beats do not count (after P. K. Sen, 1968).
pub(super) fn bpm(beats: &[Beat], rate_hz: u32) -> f64 {
    if beats.len() < 2 {
        return 0.0;
    }
    let apart = (beats.len() / 2).max(1);
    let mut periods: Vec<f64> =
        beats.iter().zip(beats.iter().skip(apart)).map(|(a, b)| (b.sample - a.sample) as f64 / apart as f64).collect();
    periods.sort_by(f64::total_cmp);
    periods.get(periods.len() / 2).map_or(0.0, |p| 60.0 * f64::from(rate_hz) / p)
}

/// How much stronger onsets are on beats than anywhere: of the strength within 30 ms of beats the
/// part that would not be there by chance.
pub(super) fn confidence(strength: &[f32], frames: &[usize]) -> f64 {
    const NEAR: usize = 3;
    let total: f64 = strength.iter().map(|x| f64::from(*x)).sum();
    let (Some(first), Some(last)) = (frames.first(), frames.last()) else { return 0.0 };
    if total <= 0.0 || last == first {
        return 0.0;
    }
    let mut on_beats = vec![false; strength.len()];
    for k in frames {
        let around = k.saturating_sub(NEAR)..(k + NEAR + 1).min(strength.len());
        on_beats.get_mut(around).unwrap_or_default().fill(true);
    }
    let on: f64 = strength.iter().zip(&on_beats).filter(|(_, on)| **on).map(|(x, _)| f64::from(*x)).sum::<f64>() / total;
    let by_chance = on_beats.iter().filter(|on| **on).count() as f64 / strength.len() as f64;
    ((on - by_chance) / (1.0 - by_chance).max(1e-9)).clamp(0.0, 1.0)
}
