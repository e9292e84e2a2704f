use super::signals::{in_blocks, noise, sine};
use cutroom_analysis::sound::silence::{Level, SilenceDetector, SilenceSettings, Silences, Threshold};

const RATE: u32 = 48_000;

fn exact(threshold: Threshold) -> SilenceSettings {
    SilenceSettings {
        threshold,
        level: Level::Peak,
        hysteresis_db: 0.0,
        min_silence_secs: 0.3,
        min_sound_secs: 0.02,
        pad_before_secs: 0.0,
        pad_after_secs: 0.0,
    }
}

fn run(x: &[f32], settings: SilenceSettings) -> Silences {
    let mut detector = SilenceDetector::new(RATE, settings);
    in_blocks(x, |block| detector.add(&[block]));
    detector.finish()
}

/// Seconds of a tone of 440 Hz at −20 dBFS where `parts` say true.
fn parts(parts: &[(f64, bool)]) -> Vec<f32> {
    let mut out = Vec::new();
    for (secs, sounds) in parts {
        let samples = (secs * f64::from(RATE)).round() as usize;
        out.extend(if *sounds { sine(440.0, RATE, samples, 0.1) } else { vec![0.0; samples] });
    }
    out
}

fn near(ranges: &[std::ops::Range<u64>], expected_secs: &[(f64, f64)], within_secs: f64) {
    assert_eq!(ranges.len(), expected_secs.len(), "{ranges:?}");
    for (r, (start, end)) in ranges.iter().zip(expected_secs) {
        for (is, should) in [(r.start, start), (r.end, end)] {
            assert!((is as f64 / f64::from(RATE) - should).abs() <= within_secs, "{ranges:?}, {expected_secs:?}");
        }
    }
}

#[test]
fn sounds_and_pauses_are_found_to_5_ms() {
    let x = parts(&[(0.7, false), (1.0, true), (0.5, false), (2.0, true), (1.0, false)]);
    for level in [Level::Peak, Level::Rms] {
        let settings = SilenceSettings { level, ..exact(Threshold::Dbfs(-40.0)) };
        let found = run(&x, settings);
        let within = if level == Level::Peak { 0.005 } else { 0.015 };
        near(&found.sound, &[(0.7, 1.7), (2.2, 4.2)], within);
        near(&found.silence, &[(0.0, 0.7), (1.7, 2.2), (4.2, 5.2)], within);
    }
}

#[test]
fn short_pauses_and_clicks_are_dropped_and_sounds_padded() {
    let x = parts(&[(1.0, false), (0.5, true), (0.2, false), (0.5, true), (1.0, false), (0.01, true), (1.0, false)]);
    let settings = SilenceSettings { pad_before_secs: 0.1, pad_after_secs: 0.25, ..exact(Threshold::Dbfs(-40.0)) };
    let found = run(&x, settings);
    near(&found.sound, &[(0.9, 2.45)], 0.005);
    near(&found.silence, &[(0.0, 0.9), (2.45, 4.21)], 0.005);
}

/// The two lists cover the recording without overlaps, for many settings.
#[test]
fn ranges_cover_the_recording() {
    let x = parts(&[(0.05, true), (0.4, false), (0.3, true), (0.6, false), (0.04, true), (0.35, false), (0.1, true)]);
    for pad in [0.0, 0.1, 0.2, 5.0] {
        for (min_silence_secs, min_sound_secs) in [(0.0, 0.0), (0.3, 0.2), (0.5, 0.0), (9.0, 9.0)] {
            for threshold in [Threshold::Dbfs(-50.0), Threshold::AboveNoiseDb(10.0), Threshold::Dbfs(0.0)] {
                let settings = SilenceSettings {
                    pad_before_secs: pad,
                    pad_after_secs: pad,
                    min_silence_secs,
                    min_sound_secs,
                    ..exact(threshold)
                };
                let found = run(&x, settings);
                let mut all: Vec<_> = found.sound.iter().chain(&found.silence).cloned().collect();
                all.sort_by_key(|r| r.start);
                assert_eq!(all.first().map(|r| r.start), Some(0));
                assert!(all.windows(2).all(|w| w[0].end == w[1].start), "{all:?}");
                assert_eq!(all.last().map(|r| r.end), Some(x.len() as u64));
            }
        }
    }
}

/// A tone in noise, whose level is known: RMS of even noise is its peak − 4.77 dB.
#[test]
fn threshold_follows_the_noise() {
    for noise_db in [-70.0, -50.0, -40.0] {
        let peak = 10f64.powf((noise_db + 4.77) / 20.0);
        let mut x = parts(&[(2.0, false), (1.0, true), (2.0, false), (1.0, true), (2.0, false)]);
        x.iter_mut().zip(noise(3, 8 * RATE as usize, peak)).for_each(|(x, n)| *x += n);
        let settings = SilenceSettings { level: Level::Rms, hysteresis_db: 3.0, ..exact(Threshold::AboveNoiseDb(10.0)) };
        let found = run(&x, settings);
        assert!((found.noise_floor_dbfs - noise_db).abs() < 1.0, "{}", found.noise_floor_dbfs);
        near(&found.sound, &[(2.0, 3.0), (5.0, 6.0)], 0.015);
    }
}

#[test]
fn sound_without_pauses_has_no_silence_and_silence_no_sound() {
    let steady = run(&noise(1, 10 * RATE as usize, 0.1), SilenceSettings::default());
    assert!(steady.silence.is_empty(), "{steady:?}");
    let nothing = run(&vec![0.0; 10 * RATE as usize], SilenceSettings::default());
    assert!(nothing.sound.is_empty(), "{nothing:?}");
    let empty = run(&[], SilenceSettings::default());
    assert!(empty.sound.is_empty() && empty.silence.is_empty());
}

/// A tone that falls by 6 dB stays one sound with hysteresis and ends without it.
#[test]
fn hysteresis_holds_a_falling_sound() {
    let mut x = sine(440.0, RATE, 96_000, 0.1);
    x[48_000..].iter_mut().for_each(|x| *x *= 0.5);
    x.extend(vec![0.0; 48_000]);
    let threshold = Threshold::Dbfs(-22.0);
    near(&run(&x, exact(threshold)).sound, &[(0.0, 1.0)], 0.005);
    near(&run(&x, SilenceSettings { hysteresis_db: 6.0, ..exact(threshold) }).sound, &[(0.0, 2.0)], 0.005);
}

#[test]
fn the_loudest_channel_counts() {
    let (left, right) = (parts(&[(1.0, true), (1.0, false), (1.0, false)]), parts(&[(1.0, false), (1.0, false), (1.0, true)]));
    let mut detector = SilenceDetector::new(RATE, exact(Threshold::Dbfs(-40.0)));
    detector.add(&[left, right]);
    near(&detector.finish().sound, &[(0.0, 1.0), (2.0, 3.0)], 0.005);
}
