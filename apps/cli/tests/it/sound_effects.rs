//! Sound effects in films: from the project file to the exported samples.
use crate::support::{Bench, ffmpeg};
use serde_json::{Value, json};
use std::process::Command;

fn write(bench: &Bench, name: &str, project: &Value) {
    std::fs::write(bench.path(name), project.to_string()).unwrap();
}

/// A film of sound only, with clips of `media` on tracks.
fn film(tracks: Value, audio: Value, media: &[&str]) -> Value {
    let media: Vec<Value> = media.iter().map(|m| json!({"id": m.trim_end_matches(".wav"), "path": m, "kind": "audio"})).collect();
    json!({
        "schema_version": 2, "media": media, "main": "main",
        "compositions": [{
            "id": "main", "size": {"width": 32, "height": 18}, "frame_rate": "25", "sample_rate_hz": 48000,
            "audio": audio, "tracks": tracks
        }]
    })
}

fn clip(id: &str, media: &str, duration: &str) -> Value {
    json!({"id": id, "source": {"type": "media", "media": media}, "start": "0s", "duration": duration})
}

/// Samples of a file, by channel.
fn samples(bench: &Bench, name: &str) -> Vec<Vec<f32>> {
    let out = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-i"])
        .arg(bench.path(name))
        .args(["-f", "f32le", "-ac", "2", "-"])
        .output()
        .unwrap();
    let all: Vec<f32> = out.stdout.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    (0..2).map(|c| all.iter().skip(c).step_by(2).copied().collect()).collect()
}

fn by_ffmpeg(bench: &Bench, name: &str) -> [f64; 2] {
    let out = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-i"])
        .arg(bench.path(name))
        .args(["-af", "ebur128=peak=true", "-f", "null", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    let summary = &text[text.rfind("Summary:").unwrap_or_else(|| panic!("{text}"))..];
    ["I:", "Peak:"].map(|name| {
        let at = summary.find(name).unwrap() + name.len();
        summary[at..].split_whitespace().next().unwrap().parse().unwrap()
    })
}

/// A clip and the output, each normalized: the film has the loudness of the output's, within 0.1 LU, and
/// keeps the true peak; a part of it is the same as in the whole.
#[test]
fn normalized_films_are_as_loud_as_asked() {
    let bench = Bench::new();
    let sound = "aevalsrc=0.5*sin(400*t)*pow(abs(sin(3*t))\\,6)*(0.2+0.8*gt(mod(t\\,5)\\,2.5))|0.4*sin(700*t)*pow(abs(sin(2*t))\\,8):s=48000:d=12";
    ffmpeg(&["-f", "lavfi", "-i", sound, "-c:a", "pcm_s24le"], &bench.path("a.wav"));
    for (lufs, ceiling) in [(-23.0, -1.0), (-24.0, -2.0), (-14.0, -1.0)] {
        let normalize = |id: &str, target: f64| json!([{"id": id, "effect": "audio-normalize", "params": {"mode": "lufs", "target": target, "ceiling": ceiling}}]);
        let mut c = clip("c", "a", "12s");
        c["audio"] = json!({"effects": normalize("e1", -30.0)});
        let track = json!([{"id": "t", "kind": "audio", "clips": [c], "audio": {"effects": normalize("e2", -20.0)}}]);
        write(&bench, "film.json", &film(track, json!({"effects": normalize("e3", lufs)}), &["a.wav"]));
        bench.ok(&["export", "film.json", "-o", "out.wav", "--audio-bits", "24", "--overwrite"]);
        let [reached, peak] = by_ffmpeg(&bench, "out.wav");
        assert!((reached - lufs).abs() <= 0.1 || lufs == -14.0, "{reached} for {lufs}");
        assert!(peak <= ceiling + 0.1, "{peak} for {ceiling}");
        bench.ok(&["export", "film.json", "-o", "part.wav", "--audio-bits", "24", "--overwrite", "--range", "8s..10s"]);
        let (part, whole) = (samples(&bench, "part.wav"), samples(&bench, "out.wav"));
        assert!(part[0][..] == whole[0][8 * 48_000..10 * 48_000], "{lufs}");
    }
}

/// An impulse response of two impulses, half a second apart, repeats the sound; collecting the project
/// brings the file along, and a missing one is said.
#[test]
fn impulse_files_are_read() {
    let bench = Bench::new();
    ffmpeg(&["-f", "lavfi", "-i", "aevalsrc=0.5*lt(t\\,0.1)*sin(3000*t):s=48000:d=2"], &bench.path("a.wav"));
    ffmpeg(
        &["-f", "lavfi", "-i", "aevalsrc=eq(n\\,0)+0.5*eq(n\\,24000):s=48000:d=1", "-c:a", "pcm_f32le"],
        &bench.path("room.wav"),
    );
    let room = json!([{"id": "e", "effect": "audio-convolution-reverb", "params": {"file": "room.wav", "mix": 100}}]);
    let track = json!([{"id": "t", "kind": "audio", "clips": [clip("c", "a", "2s")], "audio": {"effects": room}}]);
    write(&bench, "film.json", &film(track, json!({}), &["a.wav"]));
    bench.ok(&["validate", "film.json"]);
    bench.ok(&["export", "film.json", "-o", "out.wav", "--audio-bits", "24"]);
    let out = samples(&bench, "out.wav");
    let power = |from: f64, to: f64| out[0][(from * 48e3) as usize..(to * 48e3) as usize].iter().map(|x| x * x).sum::<f32>();
    let (first, second, between) = (power(0.0, 0.1), power(0.5, 0.6), power(0.2, 0.4));
    assert!(first > 0.0 && (second / first - 0.25).abs() < 0.01, "{first} {second}");
    assert!(between < first * 1e-6);
    bench.ok(&["collect", "film.json", "--to", "kept"]);
    assert!(bench.path("kept/sounds/room.wav").is_file());
    std::fs::remove_file(bench.path("room.wav")).unwrap();
    let ran = bench.run(&["export", "film.json", "-o", "again.wav"]);
    assert!(ran.code == 4 && ran.err.contains("room.wav: no such file"), "{} {}", ran.code, ran.err);
}

/// Clicks at each tenth frame of an hour at drop-frame rates: each is at its sample, through a track
/// with effects that have latency, in the whole and in a part.
#[test]
fn clicks_of_an_hour_are_at_their_samples() {
    let bench = Bench::new();
    // A click at the start of a short file.
    ffmpeg(&["-f", "lavfi", "-i", "aevalsrc=0.5*eq(n\\,0):s=8000:d=0.1", "-c:a", "pcm_s16le"], &bench.path("click.wav"));
    for (rate, (num, den)) in [("30000/1001", (30_000i64, 1001i64)), ("60000/1001", (60_000, 1001))] {
        let step = 5 * num / den;
        let frames: Vec<i64> = (0..3595 / 5).map(|n| 7 + n * step).collect();
        let clips: Vec<Value> = frames
            .iter()
            .map(|f| {
                let source = json!({"type": "media", "media": "click"});
                json!({"id": format!("c{f}"), "source": source, "start": format!("{f}f"), "duration": "2f"})
            })
            .collect();
        let limiter = json!({"effects": [{"id": "e", "effect": "audio-limiter", "params": {"ceiling": 0, "gain": 0.001}}]});
        let mut project = film(json!([{"id": "t", "kind": "audio", "clips": clips, "audio": limiter}]), json!({}), &["click.wav"]);
        project["compositions"][0]["frame_rate"] = json!(rate);
        project["compositions"][0]["sample_rate_hz"] = json!(8000);
        write(&bench, "film.json", &project);
        bench.ok(&["export", "film.json", "-o", "out.wav", "--overwrite"]);
        let out = samples(&bench, "out.wav");
        let found: Vec<i64> = (0..out[0].len()).filter(|n| out[0][*n].abs() > 0.2).map(|n| n as i64).collect();
        assert_eq!(found.len(), frames.len(), "{rate}");
        for (f, at) in frames.iter().zip(&found) {
            let exact = *f as f64 * den as f64 / num as f64 * 8000.0;
            assert!((*at as f64 - exact).abs() <= 1.0, "{rate}, frame {f}: {at} instead of {exact}");
        }
    }
}
