//! Films at other speeds, with time maps, frozen and nested: the numbers of their frames and the
//! places of their clicks are those that the formulae of the speeds predict.
use cutroom_identity::{
    Footage, Half, Rate, Timing, clicks,
    footage::{Coding, SAMPLE_RATE_HZ, Spec},
    program, reader,
};
use std::path::Path;

const FPS: f64 = 25.0;
const FRAMES: u16 = 200;
/// Seconds of film of every case.
const SECS: f64 = 2.0;

/// A clip's JSON after its times, and the source time that it shows at each time of the film.
type Case = (&'static str, &'static str, fn(f64) -> f64);

const CASES: &[Case] = &[
    ("quarter", r#""source_in": "1s", "speed": 0.25"#, |t| 1.0 + 0.25 * t),
    ("half", r#""source_in": "1s", "speed": 0.5"#, |t| 1.0 + 0.5 * t),
    ("faster", r#""source_in": "1s", "speed": 1.5"#, |t| 1.0 + 1.5 * t),
    ("twice", r#""source_in": "1s", "speed": 2"#, |t| 1.0 + 2.0 * t),
    ("backwards", r#""source_in": "5s", "speed": -1"#, |t| 5.0 - t),
    ("frozen", r#""source_in": "1s", "video": {"freeze": "3s"}"#, |_| 3.0),
    (
        "ramp",
        r#""source_in": "1s", "time_map": {"speed": {"keyframes": [{"time": 0, "value": 0.5}, {"time": "2s", "value": 2.5}]}}"#,
        |t| 1.0 + 0.5 * t + 0.5 * t * t,
    ),
    (
        "eased",
        r#""source_in": "1s", "time_map": {"speed": {"keyframes": [{"time": 0, "value": 1, "ease": "in_quad"}, {"time": "2s", "value": 3}]}}"#,
        |t| 1.0 + t + t * t * t / 6.0,
    ),
    (
        "times",
        r#""source_in": "1s", "time_map": {"source": {"keyframes": [{"time": 0, "value": "4s"}, {"time": "1s", "value": "1s"}, {"time": "2s", "value": "1.5s"}]}}"#,
        |t| if t < 1.0 { 5.0 - 3.0 * t } else { 2.0 + 0.5 * (t - 1.0) },
    ),
];

fn source() -> Footage {
    let timing = Timing::Constant(Rate::new(25, 1));
    Footage::make(Spec { clip: 91, half: Half::Upper, timing, coding: Coding::BFrames, frames: FRAMES }).unwrap()
}

/// The frame that is shown at frame `n` of a film of `fps`: by the rule of docs/user-guide.md, from
/// what the frame covers of the source.
fn shown(source: fn(f64) -> f64, n: usize, fps: f64) -> u16 {
    let (from, to) = (source(n as f64 / fps), source((n + 1) as f64 / fps));
    let half = (to - from).abs().min(1.0 / FPS) / 2.0;
    let at = if to < from { from - half } else { from + half.max(0.002) };
    // Half-way points are exact in the program, and here but for rounding.
    (at * FPS + 1e-6).floor() as u16
}

fn film(dir: &Path, name: &str, document: &str) -> Vec<u16> {
    let film = dir.join(format!("{name}.mkv"));
    program::export(document, &film, &["--video-codec", "ffv1", "--audio-codec", "pcm"]).unwrap();
    let marks = reader::pictures(&film).unwrap();
    marks.iter().map(|halves| halves[0].as_ref().unwrap().as_ref().map_or(u16::MAX, |mark| mark.frame)).collect()
}

#[test]
fn speeds_show_the_predicted_numbers_and_sound_for_as_long() {
    let (dir, source) = (program::scratch_dir("speeds").unwrap(), source());
    let path = source.path().display();
    for (name, fields, at) in CASES {
        let document = format!(
            r#"{{"schema_version": 2, "main": "film", "media": [{{"id": "m", "path": "{path}"}}], "compositions": [{{
                "id": "film", "size": {{"width": 128, "height": 64}}, "frame_rate": "25", "tracks": [{{"id": "v", "clips": [
                {{"id": "c", "source": {{"type": "media", "media": "m"}}, "start": 0, "duration": "{SECS}s", {fields}}}]}}]}}]}}"#
        );
        let got = film(&dir, name, &document);
        let want: Vec<u16> = (0..50).map(|n| shown(*at, n, FPS)).collect();
        assert_eq!(got, want, "{name}");
        let sound = reader::sound(&dir.join(format!("{name}.mkv")), 0).unwrap();
        assert_eq!(sound.len() as i64, SECS as i64 * SAMPLE_RATE_HZ, "{name}");
        if *name == "frozen" {
            continue;
        }
        // A click sounds when the source time of its frame is reached, within two samples; those at
        // the ends of the film and where it turns are left out.
        let peaks = clicks::peaks(&sound, 0.15 * clicks::CLICK);
        let mut heard = 0;
        for (frame, start) in &source.starts {
            let time = *start as f64 / cutroom_identity::FLICKS_PER_SECOND as f64;
            for n in 0..sound.len() - 1 {
                let (a, b) = (at(n as f64 / SAMPLE_RATE_HZ as f64), at((n + 1) as f64 / SAMPLE_RATE_HZ as f64));
                let is_there = (a.min(b)..a.max(b)).contains(&time);
                let clear = [0, SAMPLE_RATE_HZ, 2 * SAMPLE_RATE_HZ].iter().all(|edge| (n as i64 - edge).abs() > 500);
                if is_there && clear {
                    heard += 1;
                    let near = peaks.iter().map(|p| (p - n as i64).abs()).min();
                    assert!(near.is_some_and(|d| d <= 2), "{name}: click {frame} at sample {n}, the nearest {near:?} samples away");
                }
            }
        }
        assert!(heard >= 10, "{name}: {heard} clicks");
    }
}

#[test]
fn a_ramp_over_a_nested_film_at_another_rate_shows_the_predicted_numbers() {
    let (dir, source) = (program::scratch_dir("nested-speeds").unwrap(), source());
    let path = source.path().display();
    let document = format!(
        r#"{{"schema_version": 2, "main": "film", "media": [{{"id": "m", "path": "{path}"}}], "compositions": [
            {{"id": "film", "size": {{"width": 128, "height": 64}}, "frame_rate": "30", "tracks": [{{"id": "v", "clips": [
              {{"id": "c", "source": {{"type": "composition", "composition": "inner"}}, "start": 0, "duration": "2s",
                "time_map": {{"speed": {{"keyframes": [{{"time": 0, "value": 0.5}}, {{"time": "2s", "value": 2.5}}]}}}}}}]}}]}},
            {{"id": "inner", "size": {{"width": 128, "height": 64}}, "frame_rate": "25", "tracks": [{{"id": "w", "clips": [
              {{"id": "d", "source": {{"type": "media", "media": "m"}}, "start": 0, "duration": "4s", "source_in": "2s"}}]}}]}}]}}"#
    );
    let want: Vec<u16> = (0..60).map(|n| shown(|t| 2.0 + 0.5 * t + 0.5 * t * t, n, 30.0)).collect();
    assert_eq!(film(&dir, "nested", &document), want);
}
