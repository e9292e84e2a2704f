//! Compares sample-rate conversion with the formula of a sine and with ffmpeg's soxr.
use crate::support::{ffmpeg, memory, mix, noise, plan, rms_db, sine, voice};
use cutroom_test_support::media;
use cutroom_timeline::Voice;
use cutroom_types::{AudioBlock, Time};

/// Number of samples at either end that the edge of the signal affects.
const EDGE: usize = 2_000;

/// Resamples a sine of `hz` to `rate_hz` at a speed. Returns the error of its level in dB, and the
/// level of everything else relative to it in dB.
fn tone(hz: f64, source_hz: u32, rate_hz: u32, speed: f64) -> (f64, f64) {
    let seconds = 1.0 + speed.abs();
    let input = sine(hz, f64::from(source_hz), (f64::from(source_hz) * seconds) as usize, 0.5);
    let samples = rate_hz as usize / 2;
    let start = if speed < 0.0 { Time::from_secs_f64(seconds - 0.1) } else { Time::from_secs_f64(0.1) };
    let v = Voice { speed, source_start: start, ..voice(0, samples as i64) };
    let out = mix(&plan(rate_hz, 1, 0, samples, vec![v]), &mut memory(source_hz, vec![input])).channels.remove(0);
    // Least-squares fit of sine and cosine, with free level and phase (phase has a test of its
    // own).
    let w = std::f64::consts::TAU * hz * speed / f64::from(rate_hz);
    let (mut ss, mut cc, mut sc, mut xs, mut xc) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (n, x) in out.iter().enumerate() {
        let (s, c) = (w * n as f64).sin_cos();
        let x = f64::from(*x);
        ss += s * s;
        cc += c * c;
        sc += s * c;
        xs += x * s;
        xc += x * c;
    }
    let det = ss * cc - sc * sc;
    let (a, b) = ((xs * cc - xc * sc) / det, (xc * ss - xs * sc) / det);
    let level = 20.0 * (a.hypot(b) / 0.5).log10();
    let rest = rms_db(out.iter().enumerate().map(|(n, x)| {
        let (s, c) = (w * n as f64).sin_cos();
        f64::from(*x) - a * s - b * c
    }));
    (level, rest - 20.0 * (0.5f64 / 2f64.sqrt()).log10())
}

#[test]
fn pass_band_is_flat_and_clean() {
    for (from, to) in [
        (44_100u32, 48_000u32),
        (48_000, 44_100),
        (96_000, 48_000),
        (32_000, 48_000),
        (8_000, 48_000),
        (192_000, 44_100),
        (22_050, 96_000),
    ] {
        let nyquist = f64::from(from.min(to)) / 2.0;
        for part in [0.001, 0.05, 0.3, 0.6, 0.8, 0.9, 20_000.0 / 22_050.0] {
            let (level, rest) = tone(nyquist * part, from, to, 1.0);
            println!("{from} to {to}, {:.0} Hz: {level:+.5} dB, THD+N {rest:.1} dB", nyquist * part);
            assert!(
                level.abs() < 0.01 && rest < -110.0,
                "{from} to {to}, {:.0} Hz: {level:.4} dB, THD+N {rest:.1} dB",
                nyquist * part
            );
        }
    }
}

#[test]
fn speeds_are_clean_too() {
    for speed in [0.5f64, 2.0, -2.0, 1.1, 0.999, -0.37, 24.0 / 25.0, 1.001] {
        let lower = 22_050.0 / (44_100.0 / 48_000.0 * speed.abs()).max(1.0);
        for part in [0.02, 0.4, 0.85] {
            let (level, rest) = tone(lower * part, 44_100, 48_000, speed);
            println!("speed {speed}, {:.0} Hz: {level:+.5} dB, THD+N {rest:.1} dB", lower * part);
            assert!(
                level.abs() < 0.01 && rest < -100.0,
                "speed {speed}, {:.0} Hz: {level:.4} dB, THD+N {rest:.1} dB",
                lower * part
            );
        }
    }
}

#[test]
fn what_does_not_fit_is_gone() {
    for (from, to, hz) in [
        (48_000u32, 44_100u32, 22_100.0),
        (48_000, 44_100, 23_500.0),
        (96_000, 48_000, 24_100.0),
        (96_000, 48_000, 40_000.0),
        (48_000, 8_000, 5_000.0),
    ] {
        let input = sine(hz, f64::from(from), from as usize, 0.5);
        let samples = to as usize;
        let out = mix(&plan(to, 1, 0, samples, vec![voice(0, samples as i64)]), &mut memory(from, vec![input])).channels.remove(0);
        let left = rms_db(out[EDGE..samples - EDGE].iter().map(|x| f64::from(*x))) - rms_db([0.5 / 2f64.sqrt()].into_iter());
        println!("{hz} Hz of {from} at {to}: {left:.1} dB");
        assert!(left < -105.0, "{hz} Hz of {from} at {to}: {left:.1} dB");
    }
}

/// Positions are exact: the output is the input's sine at the output's times, also after ten
/// minutes and after a year.
#[test]
fn phase_does_not_drift() {
    for at_secs in [0i64, 600, 365 * 86_400] {
        let first = at_secs * 48_000;
        let input = sine(1_000.0, 44_100.0, 44_100, 0.5);
        // The tone has a whole number of periods per second, so one second of it represents any
        // other.
        let v = Voice { source_start: Time::from_ratio_secs(-at_secs, 1), ..voice(0, first + 48_000) };
        let out = mix(&plan(48_000, 1, first, 48_000, vec![v]), &mut memory(44_100, vec![input])).channels.remove(0);
        for (n, x) in out.iter().enumerate().take(47_000).skip(1_000) {
            let want = 0.5 * (std::f64::consts::TAU * n as f64 / 48.0).sin();
            assert!((f64::from(*x) - want).abs() < 1e-6, "sample {n} at {at_secs} s: {x} not {want}");
        }
    }
}

/// Compares with ffmpeg's aresample with soxr at 28 bits. Tones are below 0.7 of Nyquist because
/// soxr itself attenuates above it (0.003 dB at 0.86, measured against the formula).
#[test]
fn agrees_with_soxr() {
    for (from, to) in [(44_100u32, 48_000u32), (48_000, 44_100), (16_000, 48_000), (96_000, 44_100)] {
        let seconds = 2;
        let nyquist = f64::from(from.min(to)) / 2.0;
        let mut input = vec![0f32; from as usize * seconds];
        for (k, part) in [0.005, 0.045, 0.21, 0.34, 0.47, 0.7].into_iter().enumerate() {
            let tone = sine(nyquist * part, f64::from(from), input.len(), 0.12 + 0.01 * k as f64);
            input.iter_mut().zip(tone).for_each(|(a, b)| *a += b);
        }
        let block = AudioBlock { rate_hz: from, channels: vec![input.clone()] };
        let Some(theirs) =
            ffmpeg(&block, "mono", &format!("aresample={to}:resampler=soxr:precision=28,aformat=sample_fmts=flt"), 1)
        else {
            return;
        };
        let samples = to as usize * seconds;
        let ours = mix(&plan(to, 1, 0, samples, vec![voice(0, samples as i64)]), &mut memory(from, vec![input]));
        assert!(theirs.len().abs_diff(samples) <= 1, "{} samples", theirs.len());
        let middle = EDGE..samples - EDGE;
        let difference = rms_db(middle.map(|n| f64::from(ours.channels[0][n]) - f64::from(theirs.channels[0][n])));
        println!("{from} to {to}, against soxr: {difference:.1} dBFS");
        assert!(difference < -105.0, "{from} to {to}: {difference:.1} dBFS");
    }
}

/// White noise contains every frequency: exactly the design's pass band is preserved.
#[test]
fn noise_keeps_its_level() {
    let input = noise(9, 96_000, 0.5);
    let out =
        mix(&plan(96_000, 1, 0, 192_000, vec![voice(0, 192_000)]), &mut memory(48_000, vec![input.clone()])).channels.remove(0);
    let db = |x: &[f32]| rms_db(x.iter().map(|x| f64::from(*x)));
    // Interpolation preserves the spectrum of white noise below the middle of the transition band,
    // which is 0.5 − 0.0203 of the rate.
    let expected = db(&input) + 10.0 * (0.4797f64 / 0.5).log10();
    assert!((db(&out[EDGE..192_000 - EDGE]) - expected).abs() < 0.05, "{} not {expected}", db(&out));
}

/// Compares speech at 16 kHz with soxr: it is aligned to the sample, and differs only in the last
/// tenth of the band.
#[test]
fn speech_agrees_with_soxr() {
    let Some(path) = media("speech_jfk_16k_mono.wav") else { return };
    let mut wav = hound::WavReader::open(path).unwrap();
    assert_eq!((wav.spec().sample_rate, wav.spec().channels), (16_000, 1));
    let input: Vec<f32> = wav.samples::<i16>().map(|s| f32::from(s.unwrap()) / 32_768.0).collect();
    let block = AudioBlock { rate_hz: 16_000, channels: vec![input.clone()] };
    let Some(theirs) = ffmpeg(&block, "mono", "aresample=48000:resampler=soxr:precision=28,aformat=sample_fmts=flt", 1) else {
        return;
    };
    let samples = input.len() * 3;
    let ours = mix(&plan(48_000, 1, 0, samples, vec![voice(0, samples as i64)]), &mut memory(16_000, vec![input]));
    let db = |f: &dyn Fn(usize) -> f32| rms_db((EDGE..samples - EDGE).map(|n| f64::from(f(n))));
    let (level, difference) = (db(&|n| ours.channels[0][n]), db(&|n| ours.channels[0][n] - theirs.channels[0][n]));
    println!("speech at {level:.1} dBFS, difference from soxr {difference:.1} dBFS");
    assert!(difference < level - 80.0, "{level:.1} {difference:.1}");
}
