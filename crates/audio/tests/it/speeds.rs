//! Speeds that change, and speeds at which the pitch is kept. Expected values are the formulae of
//! the tones that are played.
use crate::support::{memory, mix, noise, plan, sine, voice};
use cutroom_timeline::{SourcePoint, Voice};
use cutroom_types::Time;

const RATE: i64 = 48_000;

/// A voice whose speed goes from 1 to `fastest` in `secs` seconds in a straight line, as a timeline
/// plans it: 100 points a second.
fn ramp(fastest: f64, secs: i64) -> (Voice, impl Fn(f64) -> f64) {
    let change = (fastest - 1.0) / secs as f64;
    let source = move |t: f64| t + change * t * t / 2.0;
    let point = |k: i64| {
        let t = k as f64 / 100.0;
        SourcePoint {
            sample: k * RATE / 100,
            source: Time((source(t) * cutroom_types::FLICKS_PER_SECOND as f64).round() as i64),
            speed: 1.0 + change * t,
        }
    };
    (Voice { positions: (0..=secs * 100).map(point).collect(), ..voice(0, secs * RATE) }, source)
}

/// The frequency of the strongest tone near `hz`, by the maximum of a Hann-windowed spectrum.
fn frequency(x: &[f32], hz: f64) -> f64 {
    let power = |f: f64| {
        let (mut re, mut im) = (0.0, 0.0);
        for (n, v) in x.iter().enumerate() {
            let window = 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / x.len() as f64).cos();
            let (s, c) = (std::f64::consts::TAU * f * n as f64 / RATE as f64).sin_cos();
            re += window * f64::from(*v) * c;
            im += window * f64::from(*v) * s;
        }
        re * re + im * im
    };
    let around = |centre: f64, step: f64| {
        (-20..=20).map(|k| centre + f64::from(k) * step).max_by(|a, b| power(*a).total_cmp(&power(*b))).unwrap()
    };
    [hz * 0.02, hz * 0.002, hz * 0.000_2].into_iter().fold(hz, around)
}

fn cents(x: &[f32], hz: f64) -> f64 {
    1200.0 * (frequency(x, hz) / hz).log2()
}

#[test]
fn a_ramp_plays_each_source_time_when_it_is_due() {
    let tone = sine(440.0, RATE as f64, 20 * RATE as usize, 0.5);
    let (voice, source) = ramp(3.0, 4);
    let block = mix(&plan(48_000, 1, 0, 4 * RATE as usize, vec![voice.clone()]), &mut memory(48_000, vec![tone]));
    let error = |n: usize| {
        let expected = 0.5 * (std::f64::consts::TAU * (440.0 * source(n as f64 / RATE as f64)).fract()).sin();
        (f64::from(block.channels[0][n]) - expected).abs()
    };
    // The source begins at sample 0, before which the filter reads silence.
    let worst = (500..4 * RATE as usize).map(error).fold(0.0, f64::max);
    assert!(worst < 1e-4, "{worst}");
    // Twice as fast, what is above half of the band is gone instead of aliased.
    let high = sine(20_000.0, RATE as f64, 20 * RATE as usize, 0.5);
    let block = mix(&plan(48_000, 1, 3 * RATE, RATE as usize, vec![voice]), &mut memory(48_000, vec![high]));
    let loudest = block.channels[0].iter().fold(0f32, |m, x| m.max(x.abs()));
    assert!(loudest < 1e-4, "{loudest}");
}

#[test]
fn a_mix_of_ramps_does_not_depend_on_its_division() {
    let source = vec![noise(1, 12 * RATE as usize, 0.5), noise(2, 12 * RATE as usize, 0.5)];
    for preserves_pitch in [false, true] {
        let v = Voice { preserves_pitch, ..ramp(2.0, 3).0 };
        let mut memory = memory(44_100, source.clone());
        let whole = mix(&plan(48_000, 2, 0, 3 * RATE as usize, vec![v.clone()]), &mut memory);
        for (first, samples) in [(0, 1), (70_001, 9_999), (143_000, 1_000)] {
            let part = mix(&plan(48_000, 2, first, samples, vec![v.clone()]), &mut memory);
            for (a, b) in part.channels.iter().zip(&whole.channels) {
                assert_eq!(a[..], b[first as usize..first as usize + samples]);
            }
        }
    }
}

#[test]
fn kept_pitch_is_within_five_cents_at_any_speed() {
    for (speed, source_rate) in
        [(0.25, 48_000), (0.5, 44_100), (0.8, 48_000), (1.5, 48_000), (2.0, 44_100), (4.0, 48_000), (-1.5, 48_000)]
    {
        for hz in [110.0, 440.0, 3_000.0] {
            let length = (40 * source_rate) as usize;
            let tone = sine(hz, f64::from(source_rate), length, 0.5);
            let start = if speed < 0.0 { Time::from_ratio_secs(39, 1) } else { Time::from_ratio_secs(1, 1) };
            let v = Voice { speed, source_start: start, preserves_pitch: true, ..voice(0, 9 * RATE) };
            let block = mix(&plan(48_000, 1, 2 * RATE, 2 * RATE as usize, vec![v]), &mut memory(source_rate, vec![tone]));
            let x = &block.channels[0];
            let off = cents(x, hz);
            assert!(off.abs() < 5.0, "{hz} Hz at speed {speed}: {off:.2} cents");
            let peaks = x.chunks(2400).map(|c| c.iter().fold(0f32, |m, v| m.max(v.abs())));
            let (low, high) = peaks.fold((1f32, 0f32), |r, p| (r.0.min(p), r.1.max(p)));
            assert!(low > 0.4 && high < 0.6, "{hz} Hz at speed {speed}: between {low} and {high}");
        }
    }
}

/// Noise of two blocks: the cross-fade is between them, and any division returns the same samples.
#[test]
fn long_stretched_sound_goes_from_block_to_block() {
    let v = Voice { speed: 1.25, preserves_pitch: true, ..voice(1_000, 33 * RATE) };
    let mut source = memory(48_000, vec![noise(3, 42 * RATE as usize, 0.25)]);
    let seam = 1_000 + 30 * RATE;
    let whole = mix(&plan(48_000, 1, seam - RATE, 2 * RATE as usize, vec![v.clone()]), &mut source);
    let level = |range: std::ops::Range<i64>| {
        let part = &whole.channels[0][(range.start - seam + RATE) as usize..(range.end - seam + RATE) as usize];
        crate::support::rms_db(part.iter().map(|x| f64::from(*x)))
    };
    let usual = level(seam - RATE..seam - 5_000);
    // Uncorrelated sound loses 3 dB in the middle of a linear cross-fade.
    assert!((level(seam - 2_400..seam) - usual).abs() < 3.0);
    assert!((level(seam..seam + 2_400) - usual).abs() < 1.5);
    let part = mix(&plan(48_000, 1, seam - 1_000, 2_000, vec![v]), &mut source);
    assert_eq!(part.channels[0][..], whole.channels[0][RATE as usize - 1_000..][..2_000]);
}

#[test]
fn kept_pitch_keeps_its_place_in_time() {
    // Bursts of 50 ms at each second of the source.
    let mut bursts = vec![0f32; 40 * RATE as usize];
    for second in 0..40 {
        let tone = sine(1_000.0, RATE as f64, 2_400, 0.5);
        bursts[second * RATE as usize..][..2_400].copy_from_slice(&tone);
    }
    for speed in [0.5, 1.25, 2.0] {
        let v = Voice { speed, source_start: Time::from_ratio_secs(1, 2), preserves_pitch: true, ..voice(0, 10 * RATE) };
        let block = mix(&plan(48_000, 1, 0, 10 * RATE as usize, vec![v]), &mut memory(48_000, vec![bursts.clone()]));
        for second in 1..=(0.5 + 9.5 * speed) as usize {
            let middle = (second as f64 + 0.025 - 0.5) / speed;
            let around = &block.channels[0][((middle - 0.2) * RATE as f64) as usize..((middle + 0.2) * RATE as f64) as usize];
            let energy: f64 = around.iter().map(|x| f64::from(*x).powi(2)).sum();
            let centre: f64 = around.iter().enumerate().map(|(n, x)| n as f64 * f64::from(*x).powi(2)).sum::<f64>() / energy;
            let late_ms = (centre / RATE as f64 - 0.2) * 1000.0;
            assert!(late_ms.abs() < 20.0, "burst {second} at speed {speed}: {late_ms:.1} ms late");
        }
    }
}

#[test]
fn a_ramp_keeps_its_pitch_when_asked() {
    let tone = sine(440.0, RATE as f64, 40 * RATE as usize, 0.5);
    let v = Voice { preserves_pitch: true, ..ramp(2.5, 10).0 };
    let block = mix(&plan(48_000, 1, 0, 10 * RATE as usize, vec![v]), &mut memory(48_000, vec![tone]));
    for second in 1..9 {
        let off = cents(&block.channels[0][second * RATE as usize..(second + 1) * RATE as usize], 440.0);
        assert!(off.abs() < 5.0, "second {second}: {off:.2} cents");
    }
    let jump = block.channels[0].windows(2).map(|p| (p[1] - p[0]).abs()).fold(0f32, f32::max);
    // The steepest step of the tone is 0.029.
    assert!(jump < 0.06, "{jump}");
}
