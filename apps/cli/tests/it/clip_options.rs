//! Options of clips: sound that starts before or ends after its picture, chosen channels, frozen
//! frames.
use crate::support::{Bench, ffmpeg};
use serde_json::{Value, json};

/// Two seconds of a test picture with a tone of `left` Hz on the left and `right` Hz on the right.
fn film(bench: &Bench, name: &str, left: u32, right: u32) {
    let sound = format!("aevalsrc=0.4*sin(2*PI*{left}*t)|0.4*sin(2*PI*{right}*t):s=48000:d=2");
    let picture = "testsrc2=size=64x36:rate=25,trim=end_frame=50";
    ffmpeg(&["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", &sound, "-c:v", "ffv1", "-c:a", "pcm_s16le"], &bench.path(name));
}

/// A project of `clips`, 25 fps, whose media are a.mkv and b.mkv.
fn project(bench: &Bench, clips: &Value) {
    let document = json!({
        "schema_version": 2, "main": "m",
        "media": [{"id": "a", "path": "a.mkv"}, {"id": "b", "path": "b.mkv"}],
        "compositions": [{"id": "m", "size": {"width": 64, "height": 36}, "frame_rate": "25",
            "tracks": [{"id": "v", "kind": "video", "clips": clips}]}],
    });
    std::fs::write(bench.path("film.json"), document.to_string()).unwrap();
}

fn clip(id: &str, media: &str, start: &str, duration: &str, audio: Value, video: Value) -> Value {
    json!({"id": id, "source": {"type": "media", "media": media}, "start": start, "duration": duration, "audio": audio, "video": video})
}

/// Frequencies of both channels in a tenth of a second at `secs`, by zero crossings, and 0 for
/// silence.
fn tones(bench: &Bench, secs: f64) -> [u32; 2] {
    bench.ok(&["export", "film.json", "-o", "out.wav", "--overwrite"]);
    let wav = std::fs::read(bench.path("out.wav")).unwrap();
    let data = wav.windows(4).position(|w| w == b"data").unwrap() + 8;
    let samples: Vec<i16> = wav[data..].chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
    [0, 1].map(|channel| {
        let own: Vec<i16> = samples.iter().skip(channel).step_by(2).copied().collect();
        let from = (secs * 48_000.0) as usize;
        own[from..from + 4800].windows(2).filter(|w| w[0] < 0 && w[1] >= 0).count() as u32 * 10
    })
}

fn hashes(bench: &Bench) -> Vec<String> {
    bench.ok(&["export", "film.json", "--null", "--frame-hashes", "hashes.txt", "--overwrite"]);
    let list = std::fs::read_to_string(bench.path("hashes.txt")).unwrap();
    list.lines().map(|line| line.split_whitespace().last().unwrap().to_owned()).collect()
}

fn near(got: [u32; 2], want: [u32; 2]) -> bool {
    got.iter().zip(want).all(|(a, b)| a.abs_diff(b) <= 10)
}

#[test]
fn j_and_l_cuts_move_the_sound_alone() {
    let bench = Bench::new();
    film(&bench, "a.mkv", 400, 400);
    film(&bench, "b.mkv", 1000, 1000);
    let cut = |of_a: Value, of_b: Value| {
        let mut b = clip("b", "b", "1s", "1s", of_b, json!({}));
        b["source_in"] = json!("0.5s");
        json!([clip("a", "a", "0s", "1s", of_a, json!({})), b])
    };
    project(&bench, &cut(json!({}), json!({})));
    let pictures = hashes(&bench);
    assert!(near(tones(&bench, 0.8), [400, 400]) && near(tones(&bench, 1.2), [1000, 1000]));
    // The sound of the second clip from 0.6 s on, where that of the first ends.
    project(&bench, &cut(json!({"tail": "-0.4s"}), json!({"lead": "0.4s"})));
    assert!(near(tones(&bench, 0.4), [400, 400]) && near(tones(&bench, 0.7), [1000, 1000]));
    assert_eq!(hashes(&bench), pictures);
    // And the other way round.
    project(&bench, &cut(json!({"tail": "0.4s"}), json!({"lead": "-0.4s"})));
    assert!(near(tones(&bench, 1.2), [400, 400]) && near(tones(&bench, 1.5), [1000, 1000]));
    assert_eq!(hashes(&bench), pictures);
    // Before its source begins, a clip is silent.
    project(&bench, &cut(json!({"tail": "-0.9s"}), json!({"lead": "0.9s"})));
    assert_eq!(tones(&bench, 0.2), [0, 0]);
}

#[test]
fn channels_are_chosen_and_swapped() {
    let bench = Bench::new();
    film(&bench, "a.mkv", 400, 1000);
    film(&bench, "b.mkv", 400, 1000);
    for (channels, want) in
        [(json!([]), [400, 1000]), (json!([1, 0]), [1000, 400]), (json!([0]), [400, 400]), (json!([1, 1]), [1000, 1000])]
    {
        project(&bench, &json!([clip("a", "a", "0s", "1s", json!({"channels": channels}), json!({}))]));
        let got = tones(&bench, 0.5);
        assert!(near(got, want), "{channels}: {got:?}");
    }
    project(&bench, &json!([clip("a", "a", "0s", "1s", json!({"channels": [2]}), json!({}))]));
    let refused = bench.run(&["validate", "film.json"]);
    assert_eq!(refused.code, 4, "{}", refused.err);
    assert!(refused.err.contains("channels, 0 to 1; there is no 2"), "{}", refused.err);
}

#[test]
fn short_media_repeat_and_sound_can_be_moved_against_its_picture() {
    let bench = Bench::new();
    film(&bench, "a.mkv", 400, 1000);
    film(&bench, "b.mkv", 400, 1000);
    let looped = |start_in: &str, speed: f64| {
        let mut c = clip("a", "a", "0s", "5s", json!({}), json!({}));
        c["source"]["repeat"] = json!(true);
        c["source_in"] = json!(start_in);
        c["speed"] = json!(speed);
        json!([c])
    };
    project(&bench, &json!([clip("a", "a", "0s", "2s", json!({}), json!({}))]));
    let once = hashes(&bench);
    project(&bench, &looped("0s", 1.0));
    assert_eq!(hashes(&bench), (0..125).map(|n| once[n % 50].clone()).collect::<Vec<_>>());
    assert!(near(tones(&bench, 4.5), [400, 1000]));
    project(&bench, &looped("0.4s", 1.0));
    assert_eq!(hashes(&bench), (0..125).map(|n| once[(n + 10) % 50].clone()).collect::<Vec<_>>());
    project(&bench, &looped("2s", -1.0));
    assert_eq!(hashes(&bench), (0..125).map(|n| once[49 - n % 50].clone()).collect::<Vec<_>>());
    // Without it the clip is longer than its file.
    project(&bench, &json!([clip("a", "a", "0s", "5s", json!({}), json!({}))]));
    assert_eq!(bench.run(&["validate", "film.json"]).code, 4);
    // Sound half a second late: silence first.
    project(&bench, &json!([clip("a", "a", "0s", "2s", json!({}), json!({}))]));
    let mut document: Value = serde_json::from_slice(&std::fs::read(bench.path("film.json")).unwrap()).unwrap();
    document["media"][0]["audio_offset"] = json!("0.5s");
    std::fs::write(bench.path("film.json"), document.to_string()).unwrap();
    assert_eq!(tones(&bench, 0.3), [0, 0]);
    assert!(near(tones(&bench, 0.6), [400, 1000]));
    assert_eq!(hashes(&bench), once);
}

#[test]
fn a_frozen_clip_shows_one_frame_and_plays_its_sound() {
    let bench = Bench::new();
    film(&bench, "a.mkv", 400, 1000);
    film(&bench, "b.mkv", 400, 1000);
    project(&bench, &json!([clip("a", "a", "0s", "2s", json!({}), json!({}))]));
    let moving = hashes(&bench);
    project(&bench, &json!([clip("a", "a", "0s", "1.6s", json!({}), json!({"freeze": "1.2s"}))]));
    let frozen = hashes(&bench);
    assert_eq!(frozen, vec![moving[30].clone(); 40]);
    assert!(near(tones(&bench, 1.0), [400, 1000]));
}
