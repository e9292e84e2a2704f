use super::signals::{in_blocks, music, noise, on_clock, reverb, speech, with_noise};
use cutroom_analysis::sound::align::{Alignment, Fingerprint, Fingerprinter, align};
use std::{convert::Infallible, ops::Range};

fn fingerprint(x: &[f32], rate_hz: u32) -> Fingerprint {
    let mut made = Fingerprinter::new(rate_hz);
    in_blocks(x, |block| made.add(&[block]));
    made.finish()
}

fn aligned_as(a: (&[f32], &Fingerprint), b: (&[f32], &Fingerprint)) -> Option<Alignment> {
    let read = |x: &[f32], r: Range<u64>| Ok::<_, Infallible>(x[r.start as usize..r.end as usize].to_vec());
    let Ok(found) = align(a.1, b.1, |r| read(a.0, r), |r| read(b.0, r));
    found
}

fn aligned(a: (&[f32], u32), b: (&[f32], u32)) -> Option<Alignment> {
    aligned_as((a.0, &fingerprint(a.0, a.1)), (b.0, &fingerprint(b.0, b.1)))
}

fn check(what: &str, found: Option<Alignment>, offset_secs: f64, within_secs: f64, drift: Option<(f64, f64)>) -> Alignment {
    let Some(found) = found else { panic!("{what}: nothing found") };
    println!("{what}: error {:.1} µs, {found:?}", (found.offset_secs - offset_secs) * 1e6);
    assert!((found.offset_secs - offset_secs).abs() <= within_secs, "{what}: {found:?}, {offset_secs} expected");
    if let Some((ppm, within)) = drift {
        let is = found.drift_ppm.unwrap_or_else(|| panic!("{what}: no drift"));
        assert!((is - ppm).abs() <= within, "{what}: {is} ppm, {ppm} expected");
    }
    found
}

const RATE: u32 = 16_000;

#[test]
fn cuts_of_one_recording_are_aligned_to_a_sample() {
    for (name, event) in
        [("noise", noise(1, 60 * RATE as usize, 0.3)), ("speech", speech(2, RATE, 60.0)), ("music", music(3, RATE, 60.0, 0.5))]
    {
        for (from_a, to_a, from_b, to_b) in [(0, 50, 10, 60), (20, 60, 0, 45), (0, 60, 25, 40), (30, 40, 0, 60), (0, 33, 27, 60)] {
            let cut = |from: usize, to: usize| &event[from * RATE as usize + from * 37..to * RATE as usize];
            let (a, b) = (cut(from_a, to_a), cut(from_b, to_b));
            let expected = (from_b as f64 - from_a as f64) * (1.0 + 37.0 / f64::from(RATE));
            let quieter: Vec<f32> = b.iter().map(|x| -0.2 * x).collect();
            let found = check(name, aligned((a, RATE), (&quieter, RATE)), expected, 1.0 / f64::from(RATE), None);
            assert!(found.inverted && found.peak_ratio > 1.5, "{name}: {found:?}");
        }
    }
}

/// Each recording has noise of its own as loud as the event, and one a room.
#[test]
fn noisy_recordings_are_aligned_to_a_millisecond() {
    for (name, event) in [("speech", speech(5, RATE, 90.0)), ("music", music(6, RATE, 90.0, 0.4))] {
        let samples = |secs: f64| (secs * f64::from(RATE)) as usize;
        let room = reverb(9, &event, RATE, 0.4, 60);
        let a = with_noise(&event[..samples(70.0)], &noise(11, samples(70.0), 1.0), 0.0);
        let b = with_noise(&room[samples(23.5)..], &noise(12, samples(90.0) - samples(23.5), 1.0), 0.0);
        check(name, aligned((&a, RATE), (&b, RATE)), 23.5, 0.001, None);
    }
}

#[test]
fn drift_is_measured() {
    let event = speech(21, RATE, 180.0);
    for ppm in [-50.0, -10.0, 0.0, 50.0] {
        // The second clock is slower by `ppm`: its seconds take longer on the first one.
        let step = 1.0 + ppm * 1e-6;
        let b = on_clock(&event, 20.0 * f64::from(RATE) + 0.3, step, 150 * RATE as usize);
        let expected = 20.0 + 0.3 / f64::from(RATE);
        check("clean", aligned((&event, RATE), (&b, RATE)), expected, 1.0 / f64::from(RATE), Some((ppm, 0.5)));
        let noisy = with_noise(&b, &noise(3, b.len(), 1.0), 0.0);
        check("noisy", aligned((&event, RATE), (&noisy, RATE)), expected, 0.001, Some((ppm, 2.0)));
    }
}

#[test]
fn rates_may_differ() {
    let event = speech(31, 24_000, 60.0);
    for (rate, ppm) in [(16_000, 0.0), (44_100, 30.0), (22_050, -40.0)] {
        let step = 24_000.0 / f64::from(rate) * (1.0 + ppm * 1e-6);
        let samples = 45 * rate as usize;
        let b = on_clock(&event, 7.5 * 24_000.0, step, samples);
        check("rates", aligned((&event, 24_000), (&b, rate)), 7.5, 2.0 / 24_000.0, Some((ppm, 2.0)));
        check("swapped", aligned((&b, rate), (&event, 24_000)), -7.5 / (1.0 + ppm * 1e-6), 2.0 / 24_000.0, Some((-ppm, 2.0)));
    }
}

#[test]
fn minutes_of_offset_are_found() {
    let rate = 8_000;
    let event = speech(41, rate, 1_200.0);
    let at = |secs: f64| (secs * f64::from(rate)) as usize;
    let a = &event[..at(700.0)];
    let b = with_noise(&event[at(612.25)..], &noise(5, event.len() - at(612.25), 1.0), 0.0);
    check("first", aligned((a, rate), (&b, rate)), 612.25, 0.001, None);
    check("second", aligned((&b, rate), (a, rate)), -612.25, 0.001, None);
    let short = &event[at(951.5)..at(957.0)];
    check("short", aligned((&event, rate), (short, rate)), 951.5, 1.0 / f64::from(rate), None);
}

#[test]
fn unrelated_recordings_are_refused() {
    let sounds = [
        noise(1, 60 * RATE as usize, 0.3),
        noise(2, 60 * RATE as usize, 0.3),
        speech(3, RATE, 60.0),
        speech(4, RATE, 60.0),
        music(5, RATE, 60.0, 0.5),
        music(6, RATE, 60.0, 0.5),
        vec![0.0; 60 * RATE as usize],
        vec![0.1; 100],
        Vec::new(),
    ];
    let prints: Vec<Fingerprint> = sounds.iter().map(|x| fingerprint(x, RATE)).collect();
    for (i, (a, f)) in sounds.iter().zip(&prints).enumerate() {
        for (k, (b, g)) in sounds.iter().zip(&prints).enumerate().skip(i + 1) {
            assert_eq!(aligned_as((a, f), (b, g)), None, "{i} and {k}");
        }
    }
    for rate in [0, 1, 1_000] {
        assert_eq!(aligned((&sounds[0][..300], rate), (&sounds[2][..200], 1)), None, "{rate} Hz");
    }
}
