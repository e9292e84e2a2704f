use super::signals::{in_blocks, music, noise, speech, with_noise};
use cutroom_analysis::sound::segments::{Segment, SegmentFinder, SegmentKind};
use cutroom_test_support::media;

fn find(x: &[f32], rate_hz: u32) -> Vec<Segment> {
    let mut finder = SegmentFinder::new(rate_hz);
    in_blocks(x, |block| finder.add(&[block]));
    finder.finish()
}

/// Part of the samples that are of a kind.
fn part(segments: &[Segment], kind: SegmentKind, samples: usize) -> f64 {
    let of_kind = segments.iter().filter(|s| s.kind == kind);
    of_kind.map(|s| s.samples.end - s.samples.start).sum::<u64>() as f64 / samples as f64
}

fn mostly(what: &str, x: &[f32], rate_hz: u32, kind: SegmentKind) {
    let found = find(x, rate_hz);
    println!("{what}: {found:?}");
    assert_eq!(found.first().map(|s| s.samples.start), Some(0));
    assert_eq!(found.last().map(|s| s.samples.end), Some(x.len() as u64));
    assert!(found.windows(2).all(|w| w[0].samples.end == w[1].samples.start && w[0].kind != w[1].kind), "{what}: {found:?}");
    assert!(part(&found, kind, x.len()) > 0.9, "{what}: {found:?}");
}

#[test]
fn each_kind_alone_is_recognised() {
    for rate in [16_000, 44_100, 48_000] {
        let secs = 20 * rate as usize;
        mostly("speech", &speech(1, rate, 20.0), rate, SegmentKind::Speech);
        mostly(
            "speech in a little noise",
            &with_noise(&speech(2, rate, 20.0), &noise(3, secs, 1.0), 25.0),
            rate,
            SegmentKind::Speech,
        );
        mostly("slow music", &music(4, rate, 20.0, 2.0), rate, SegmentKind::Music);
        mostly("fast music", &music(5, rate, 20.0, 0.5), rate, SegmentKind::Music);
        mostly("noise", &noise(6, secs, 0.1), rate, SegmentKind::Other);
        mostly("silence", &vec![0.0; secs], rate, SegmentKind::Silence);
        mostly("quiet noise", &noise(7, secs, 0.000_3), rate, SegmentKind::Silence);
    }
}

#[test]
fn a_programme_is_divided() {
    let rate = 48_000;
    let secs = |s: usize| s * rate as usize;
    let mut x = speech(11, rate, 15.0);
    x.extend(vec![0.0; secs(4)]);
    x.extend(music(12, rate, 20.0, 1.0));
    x.extend(speech(13, rate, 12.0));
    x.extend(noise(14, secs(10), 0.1));
    use SegmentKind::{Music, Other, Silence, Speech};
    let found = find(&x, rate);
    let kinds: Vec<SegmentKind> = found.iter().map(|s| s.kind).collect();
    assert_eq!(kinds, [Speech, Silence, Music, Speech, Other], "{found:?}");
    for (segment, end) in found.iter().zip([15, 19, 39, 51, 61]) {
        let away = (segment.samples.end as f64 - secs(end) as f64) / f64::from(rate);
        assert!(away.abs() <= 1.0, "{found:?}");
        assert!(segment.confidence > 0.6, "{found:?}");
    }
}

#[test]
fn nothing_has_no_segments() {
    assert!(find(&[], 48_000).is_empty());
    assert_eq!(find(&[0.0; 10], 48_000).len(), 1);
}

#[test]
fn recorded_speech_is_speech() {
    let Some(path) = media("speech_jfk_16k_mono.wav") else { return };
    // 16 bits after the header.
    let bytes = std::fs::read(path).unwrap();
    let data = bytes.windows(4).position(|w| w == b"data").unwrap() + 8;
    let x: Vec<f32> = bytes[data..].chunks_exact(2).map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32_768.0).collect();
    mostly("an address", &x, 16_000, SegmentKind::Speech);
}
