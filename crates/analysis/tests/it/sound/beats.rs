use super::signals::{Random, in_blocks, music, noise, with_noise};
use cutroom_analysis::sound::beats::{BeatFinder, Rhythm};
use std::f64::consts::TAU;

const RATE: u32 = 44_100;

fn find(x: &[f32], rate_hz: u32) -> Rhythm {
    let mut finder = BeatFinder::new(rate_hz);
    in_blocks(x, |block| finder.add(&[block]));
    finder.finish()
}

fn add_at(out: &mut [f32], start: usize, sound: &[f32], gain: f32) {
    out.iter_mut().skip(start).zip(sound).for_each(|(o, x)| *o += gain * x);
}

/// A sound that decays.
fn struck(hz: f64, secs: f64, noisy: f64, seed: u64, rate_hz: u32) -> Vec<f32> {
    let mut random = Random::new(seed);
    let rate = f64::from(rate_hz);
    (0..(secs * rate) as usize)
        .map(|n| {
            let t = n as f64 / rate;
            ((1.0 - noisy) * (TAU * hz * t).sin() + noisy * random.next()) as f32 * (-5.0 * t / secs).exp() as f32
        })
        .collect()
}

/// Times of beats in seconds from `first` on.
fn times(bpm: f64, first: f64, secs: f64) -> Vec<f64> {
    (0..).map(|i| first + 60.0 / bpm * f64::from(i)).take_while(|t| *t < secs - 0.1).collect()
}

fn clicks(bpm: f64, secs: f64, rate_hz: u32) -> Vec<f32> {
    let mut out = vec![0.0; (secs * f64::from(rate_hz)) as usize];
    let click = struck(1_500.0, 0.03, 0.3, 1, rate_hz);
    for t in times(bpm, 0.4, secs) {
        add_at(&mut out, (t * f64::from(rate_hz)).round() as usize, &click, 0.5);
    }
    out
}

/// Kick on 1 and 3, snare on 2 and 4, and softer hi-hats on eighths.
fn drums(bpm: f64, secs: f64, rate_hz: u32) -> Vec<f32> {
    let mut out = vec![0.0; (secs * f64::from(rate_hz)) as usize];
    let (kick, snare, hat) =
        (struck(60.0, 0.25, 0.1, 2, rate_hz), struck(190.0, 0.2, 0.7, 3, rate_hz), struck(0.0, 0.04, 1.0, 4, rate_hz));
    let at = |t: f64| (t * f64::from(rate_hz)).round() as usize;
    for (i, t) in times(bpm, 0.4, secs).into_iter().enumerate() {
        add_at(&mut out, at(t), if i % 2 == 0 { &kick } else { &snare }, 0.5);
        add_at(&mut out, at(t), &hat, 0.15);
        add_at(&mut out, at(t + 30.0 / bpm), &hat, 0.12);
    }
    out
}

/// Every beat that is asked for, except near the ends, has one within `within_secs`, and there are
/// no others between them.
fn check(what: &str, found: &Rhythm, rate_hz: u32, bpm: f64, expected: &[f64], within_secs: f64) {
    let beats: Vec<f64> = found.beats.iter().map(|b| b.sample as f64 / f64::from(rate_hz)).collect();
    let nearest = |t: &f64| beats.iter().map(|b| (b - t).abs()).fold(f64::INFINITY, f64::min);
    let worst = expected[1..expected.len() - 1].iter().map(nearest).fold(0.0, f64::max);
    println!(
        "{what} {bpm}: {:.3} bpm, worst beat {:.2} ms, confidence {:.2}, {} of {} beats",
        found.bpm,
        worst * 1e3,
        found.confidence,
        beats.len(),
        expected.len()
    );
    assert!((found.bpm / bpm - 1.0).abs() < 0.01, "{what}: {} bpm, {bpm} expected", found.bpm);
    assert!(worst <= within_secs, "{what} {bpm}: {worst} s");
    assert!(beats.len().abs_diff(expected.len()) <= 2, "{what} {bpm}: {} beats, {} expected", beats.len(), expected.len());
}

#[test]
fn clicks_are_tracked() {
    for rate in [RATE, 48_000, 16_000] {
        for bpm in [60.0, 73.0, 90.0, 100.0, 120.0, 127.5, 140.0, 160.0, 180.0] {
            let found = find(&clicks(bpm, 30.0, rate), rate);
            check("clicks", &found, rate, bpm, &times(bpm, 0.4, 30.0), 0.002);
            assert!(found.confidence > 0.8, "{}", found.confidence);
        }
    }
}

#[test]
fn clicks_in_noise_are_tracked() {
    for bpm in [60.0, 90.0, 120.0, 150.0, 180.0] {
        let x = clicks(bpm, 30.0, RATE);
        let found = find(&with_noise(&x, &noise(9, x.len(), 1.0), 0.0), RATE);
        check("noisy clicks", &found, RATE, bpm, &times(bpm, 0.4, 30.0), 0.010);
    }
}

#[test]
fn drums_are_tracked_with_chords_over_them() {
    for bpm in [70.0, 85.0, 100.0, 120.0, 135.0, 150.0] {
        let x = drums(bpm, 30.0, RATE);
        check("drums", &find(&x, RATE), RATE, bpm, &times(bpm, 0.4, 30.0), 0.010);
        let chords = music(4, RATE, 30.0, 240.0 / bpm);
        let found = find(&with_noise(&x, &chords, 6.0), RATE);
        check("drums and chords", &found, RATE, bpm, &times(bpm, 0.4, 30.0), 0.010);
        let quiet: Vec<f32> = x.iter().map(|x| 0.03 * x).collect();
        check("quiet drums", &find(&quiet, RATE), RATE, bpm, &times(bpm, 0.4, 30.0), 0.010);
    }
}

/// From 100 to 130 beats per minute in two minutes.
#[test]
fn a_tempo_that_rises_is_followed() {
    let click = struck(1_500.0, 0.03, 0.3, 1, RATE);
    let mut out = vec![0.0; 120 * RATE as usize];
    let (mut t, mut expected) = (0.5, Vec::new());
    while t < 119.8 {
        add_at(&mut out, (t * f64::from(RATE)).round() as usize, &click, 0.5);
        expected.push(t);
        t += 60.0 / (100.0 + 30.0 * t / 120.0);
    }
    let found = find(&out, RATE);
    let nearest = |t: &f64| found.beats.iter().map(|b| (b.sample as f64 / f64::from(RATE) - t).abs()).fold(f64::INFINITY, f64::min);
    let worst = expected[1..expected.len() - 1].iter().map(nearest).fold(0.0, f64::max);
    assert!(
        worst < 0.01 && found.beats.len().abs_diff(expected.len()) <= 2,
        "{worst}, {} of {}",
        found.beats.len(),
        expected.len()
    );
    let (first, last) = (found.tempos_bpm[1], found.tempos_bpm[found.tempos_bpm.len() - 3]);
    assert!((first - 101.0).abs() < 3.0 && (last - 129.0).abs() < 3.0, "{first} {last}");
}

#[test]
fn onsets_are_where_sounds_start() {
    let mut random = Random::new(77);
    let mut out = vec![0.0; 30 * RATE as usize];
    let (mut t, mut expected) = (0.3, Vec::new());
    while t < 29.5 {
        let sound = struck(random.within(200.0, 2_000.0), 0.15, 0.2, 5, RATE);
        add_at(&mut out, (t * f64::from(RATE)).round() as usize, &sound, random.within(0.2, 0.6) as f32);
        expected.push(t);
        t += random.within(0.12, 0.6);
    }
    let found = find(&out, RATE);
    let onsets: Vec<f64> = found.onsets.iter().map(|s| *s as f64 / f64::from(RATE)).collect();
    let hits = |a: &[f64], b: &[f64]| a.iter().filter(|x| b.iter().any(|y| (*x - y).abs() < 0.010)).count() as f64 / a.len() as f64;
    let (recall, precision) = (hits(&expected, &onsets), hits(&onsets, &expected));
    println!("onsets: recall {recall:.3}, precision {precision:.3}");
    assert!(recall > 0.95 && precision > 0.95, "{recall} {precision}");
}

#[test]
fn noise_and_silence_have_no_clear_beat() {
    let confidence = find(&noise(3, 30 * RATE as usize, 0.3), RATE).confidence;
    assert!(confidence < 0.3, "{confidence}");
    for x in [vec![0.0; 10 * RATE as usize], vec![0.5; 100], Vec::new()] {
        let found = find(&x, RATE);
        assert!(found.beats.is_empty() && found.bpm == 0.0 && found.confidence == 0.0, "{found:?}");
    }
}
