//! Edge cases of valid input: rounding where clips meet, limits through nesting, parts that are not
//! visible, and closed readers.
use crate::support::{Bench, ffprobe};
use serde_json::{Value, json};

/// A film of one clip of 4 s at 25 fps with sound.
fn film() -> (Bench, Value) {
    let b = Bench::new();
    b.clip("a.mp4", 100, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    let film = b.read_json("film.json");
    (b, film)
}

fn clip(id: &str, media: &str, start: &str, duration: &str) -> Value {
    json!({ "id": id, "source": { "type": "media", "media": media }, "start": start, "duration": duration })
}

fn said(b: &Bench, film: &Value) -> (i32, String) {
    b.write("edge.json", &film.to_string());
    let ran = b.run(&["export", "edge.json", "--null"]);
    (ran.code, ran.err)
}

/// Start, duration and the next start are rounded to flicks separately.
#[test]
fn clips_that_meet_do_not_overlap() {
    let (b, mut film) = film();
    for [start, duration, next] in [
        ["0.632921s", "1.976506s", "2.609427s"],
        ["1f@11", "1f@11", "2f@11"],
        ["0.1s", "0.2s", "0.3s"],
        ["1f@7", "3f@13", "34f@91"],
    ] {
        film["compositions"][0]["tracks"][0]["clips"] = json!([clip("c1", "m1", start, duration), clip("c2", "m1", next, "0.5s")]);
        let (code, err) = said(&b, &film);
        assert_eq!(code, 0, "{start} + {duration} = {next}: {err}");
    }
    film["compositions"][0]["tracks"][0]["clips"] = json!([clip("c1", "m1", "0s", "1s"), clip("c2", "m1", "0.99999s", "0.5s")]);
    assert_eq!(said(&b, &film).0, 3);
}

#[test]
fn an_end_has_one_transition() {
    let (b, mut film) = film();
    let track = &mut film["compositions"][0]["tracks"][0];
    track["clips"] = json!([clip("c1", "m1", "0s", "1s"), clip("c2", "m1", "1s", "1s")]);
    track["transitions"] = json!([
        { "id": "x1", "kind": "crossfade", "from": "c1", "to": "c2", "duration": "0.4s", "alignment": "start" },
        { "id": "x2", "kind": "dip-to-black", "from": "c1", "duration": "0.4s" },
    ]);
    let (code, err) = said(&b, &film);
    assert!(code == 3 && err.contains("two_transitions"), "{err}");
}

/// A LUT file is read only where it is visible, as media files are: not for disabled clips or
/// unused compositions.
#[test]
fn what_is_disabled_needs_no_lut() {
    let (b, mut film) = film();
    film["compositions"][0]["tracks"][0]["clips"][0]["video"] =
        json!({ "effects": [{ "id": "e1", "effect": "lut", "params": { "file": "gone.cube" } }] });
    let (code, err) = said(&b, &film);
    assert!(code == 4 && err.contains("gone.cube"), "{err}");
    let mut other = film["compositions"][0].clone();
    other["id"] = json!("unused");
    other["tracks"][0]["id"] = json!("v9");
    other["tracks"][0]["clips"][0]["id"] = json!("c9");
    other["tracks"][0]["clips"][0]["video"]["effects"][0]["id"] = json!("e9");
    film["compositions"].as_array_mut().unwrap().push(other);
    let mut disabled = film["compositions"][0]["tracks"][0]["clips"][0].clone();
    disabled["id"] = json!("off");
    disabled["start"] = json!("4s");
    disabled["enabled"] = json!(false);
    disabled["video"]["effects"][0]["id"] = json!("e8");
    film["compositions"][0]["tracks"][0]["clips"][0]["video"] = json!({});
    film["compositions"][0]["tracks"][0]["clips"].as_array_mut().unwrap().push(disabled);
    let (code, err) = said(&b, &film);
    assert_eq!(code, 0, "{err}");
}

/// Nests the main composition once per speed, each time in a new main composition with `frame_rate`
/// that is otherwise equal.
fn nested(film: &Value, frame_rate: &str, speeds: &[f64]) -> Value {
    let mut film = film.clone();
    for (n, speed) in speeds.iter().enumerate() {
        let (inner, outer) = (film["compositions"][0]["id"].clone(), format!("outer{n}"));
        let mut c = film["compositions"][0].clone();
        c["id"] = json!(outer);
        c["frame_rate"] = json!(frame_rate);
        c["tracks"][0]["id"] = json!(format!("t{n}"));
        c["tracks"][0]["clips"] = json!([{ "id": format!("n{n}"), "source": { "type": "composition", "composition": inner },
            "start": "0s", "duration": "1s", "speed": speed }]);
        film["compositions"].as_array_mut().unwrap().insert(0, c);
        film["main"] = json!(outer);
    }
    film
}

/// A clip may end up to one frame of its own composition after its source's end, whatever the frame
/// rate of the enclosing composition.
#[test]
fn ends_are_judged_at_the_clips_own_rate() {
    let (b, mut film) = film();
    film["compositions"][0]["frame_rate"] = json!("10");
    for (duration, code) in [("4.08s", 0), ("4.9s", 4)] {
        film["compositions"][0]["tracks"][0]["clips"][0]["duration"] = json!(duration);
        for (around, film) in [("none", film.clone()), ("60", nested(&film, "60", &[1.0])), ("1", nested(&film, "1", &[1.0]))] {
            let (is, err) = said(&b, &film);
            assert_eq!(is, code, "{duration} within {around}: {err}");
        }
    }
}

#[test]
fn speeds_at_the_limit_multiply_in_any_order() {
    let (b, film) = film();
    for speeds in [[0.1, 0.3, 1.0 / 3.0], [1.0 / 3.0, 0.3, 0.1], [0.3, 0.1, 1.0 / 3.0]] {
        let (code, err) = said(&b, &nested(&film, "25", &speeds));
        assert_eq!(code, 0, "{speeds:?}: {err}");
    }
}

/// A gain of -144 dB in one curve is silence, whatever gain is added to it; an overshoot between
/// keyframes stays finite.
#[test]
fn gains_have_limits() {
    let (b, mut film) = film();
    let peak = |film: &Value| {
        b.write("edge.json", &film.to_string());
        b.ok(&["export", "edge.json", "-o", "x.wav", "--overwrite", "--audio-bits", "32"]);
        crate::support::ffmpeg(&["-i", b.path("x.wav").to_str().unwrap(), "-f", "f32le"], &b.path("raw"));
        let raw = std::fs::read(b.path("raw")).unwrap();
        raw.as_chunks::<4>().0.iter().map(|v| f32::from_le_bytes(*v).abs()).fold(0.0, f32::max)
    };
    film["compositions"][0]["tracks"][0]["clips"][0]["audio"] =
        json!({ "gain_db": { "keyframes": [{ "time": "0s", "value": -144.0 }, { "time": "1s", "value": -144.0 }] } });
    film["compositions"][0]["tracks"][0]["gain_db"] = json!(60.0);
    assert_eq!(peak(&film), 0.0);
    film["compositions"][0]["tracks"][0]["gain_db"] = json!(0.0);
    film["compositions"][0]["tracks"][0]["clips"][0]["audio"] = json!({ "gain_db": { "keyframes": [
        { "time": "0s", "value": 0.0, "ease": "bezier", "handle_out": { "time": "0.3s", "value": 1e6 } },
        { "time": "1s", "value": 0.0 },
    ] } });
    let (code, err) = said(&b, &film);
    assert_eq!(code, 0, "{err}");
}

/// All parts of a film with sound have a sound stream, so that they can be concatenated.
#[test]
fn a_silent_part_has_a_silent_stream() {
    let (b, mut film) = film();
    let mut later = film["compositions"][0]["tracks"][0]["clips"][0].clone();
    later["id"] = json!("later");
    later["start"] = json!("2s");
    later["duration"] = json!("1s");
    film["compositions"][0]["tracks"][0]["clips"] = json!([later]);
    b.write("edge.json", &film.to_string());
    b.ok(&["export", "edge.json", "-o", "part.mp4", "--range", "0..25"]);
    assert_eq!(ffprobe(&b.path("part.mp4"), "a", "codec_name"), "aac");
    b.ok(&["export", "edge.json", "-o", "part.wav", "--range", "0..25"]);
}

/// With standard error closed, the film is complete and the exit code is right.
#[cfg(unix)]
#[test]
fn a_reader_that_has_gone_fails_nothing() {
    let (b, _) = film();
    for (args, code) in [(&["export", "film.json", "-o", "x.mp4"][..], 0), (&["export", "none.json", "-o", "y.mp4"], 1)] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let status = b.command(args).stderr(writer).stdout(std::process::Stdio::null()).status().unwrap();
        assert!(if code == 0 { status.success() } else { status.code().is_some_and(|c| c != 101 && c != 0) }, "{args:?}: {status}");
    }
    assert_eq!(crate::support::decoded_frames(&b.path("x.mp4")), 100);
}
