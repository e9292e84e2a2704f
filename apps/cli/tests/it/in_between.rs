//! What clips show between the frames of their source. The source is a soft blob that moves by eight
//! pixels a frame; what is expected follows from where it is.
use crate::support::{Bench, document, ffmpeg, ffprobe};
use serde_json::json;
use std::process::Command;

const WIDTH: usize = 160;
const HEIGHT: usize = 96;

/// Luma of all frames of a film.
fn luma(b: &Bench, name: &str) -> Vec<Vec<f64>> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(b.path(name))
        .args(["-f", "rawvideo", "-pix_fmt", "gray", "-"])
        .output();
    output.unwrap().stdout.chunks_exact(WIDTH * HEIGHT).map(|f| f.iter().map(|v| f64::from(*v)).collect()).collect()
}

/// Centre of what is brighter than the ground, in pixels from the left.
fn centre(frame: &[f64]) -> f64 {
    let light = |i: usize| (frame[i] - 40.0).max(0.0);
    let sum: f64 = (0..frame.len()).map(light).sum();
    (0..frame.len()).map(|i| light(i) * (i % WIDTH) as f64).sum::<f64>() / sum
}

/// A film at 25 fps of a blob at 12.5 fps, of which frame k is at 30 + 8·k.
fn film(b: &Bench, clip: serde_json::Value) -> Vec<Vec<f64>> {
    if !b.path("blob.mkv").exists() {
        let blob = format!(
            "nullsrc=size={WIDTH}x{HEIGHT}:rate=25/2,format=gray,geq=lum='30+200*exp(-(pow(X-30-8*N,2)+pow(Y-48,2))/128)',format=yuv420p"
        );
        ffmpeg(&["-f", "lavfi", "-i", &blob, "-t", "0.8", "-c:v", "ffv1"], &b.path("blob.mkv"));
    }
    let mut clip = clip;
    clip["id"] = json!("c");
    clip["source"] = json!({"type": "media", "media": "m"});
    clip["start"] = json!(0);
    let mut film = document(&json!([{"id": "v", "clips": [clip]}]));
    film["media"] = json!([{"id": "m", "path": "blob.mkv"}]);
    film["compositions"][0]["size"] = json!({"width": WIDTH, "height": HEIGHT});
    film["compositions"][0]["frame_rate"] = json!("25");
    b.write("film.json", &film.to_string());
    b.ok(&["export", "film.json", "-o", "film.mkv", "--video-codec", "ffv1", "--overwrite"]);
    luma(b, "film.mkv")
}

#[test]
fn frames_in_between_are_repeated_mixed_or_moved() {
    let b = Bench::new();
    let of = |frames: &str| film(&b, json!({"duration": "600ms", "video": {"frames": frames}}));
    let (nearest, blend, flow, auto) = (of("nearest"), of("blend"), of("flow"), of("auto"));
    assert_eq!([nearest.len(), blend.len(), flow.len()], [15, 15, 15]);
    let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    for n in 0..15 {
        let k = (n / 2) as f64;
        assert!((centre(&nearest[n]) - (30.0 + 8.0 * k)).abs() < 0.3, "nearest {n}: {}", centre(&nearest[n]));
        let between = 30.0 + 4.0 * n as f64;
        assert!((centre(&flow[n]) - between).abs() < 0.5, "flow {n}: {} for {between}", centre(&flow[n]));
        if n % 2 == 1 && n < 14 {
            // The mean of both, to rounding.
            let mean: Vec<f64> = nearest[n].iter().zip(&nearest[n + 1]).map(|(a, b)| (a + b) / 2.0).collect();
            assert!(sum(&blend[n], &mean) <= 2.0, "blend {n}: {}", sum(&blend[n], &mean));
            // A moved blob is as bright as the blob is; a mixture of two is darker.
            let top = |f: &[f64]| f.iter().copied().fold(0.0, f64::max);
            assert!(top(&flow[n]) > top(&nearest[n]) - 12.0 && top(&blend[n]) < top(&nearest[n]) - 12.0, "{n}");
        } else {
            assert_eq!(nearest[n], flow[n], "a frame of the source stays as it is");
        }
    }
    assert_eq!(flow, auto);
}

#[test]
fn fast_motion_mixes_what_the_shutter_sees_and_slow_motion_moves_evenly() {
    let b = Bench::new();
    // Eight times the speed: a frame covers four frames of the source, and the shutter is open for two.
    let fast = film(&b, json!({"duration": "80ms", "speed": 8, "video": {"frames": "blend"}}));
    assert!((centre(&fast[1]) - (30.0 + 8.0 * 4.5)).abs() < 0.4, "{}", centre(&fast[1]));
    let slow = film(&b, json!({"duration": "1.2s", "speed": 0.25, "video": {"frames": "flow"}}));
    for (n, frame) in slow.iter().enumerate() {
        assert!((centre(frame) - (30.0 + n as f64)).abs() < 0.5, "{n}: {}", centre(frame));
    }
    let back = film(&b, json!({"duration": "0.4s", "source_in": "0.4s", "speed": -0.5, "video": {"frames": "flow"}}));
    for (n, frame) in back.iter().enumerate() {
        let expected = 30.0 + 8.0 * (5.0 - (n + 1) as f64 / 4.0);
        assert!((centre(frame) - expected).abs() < 0.5, "{n}: {} for {expected}", centre(frame));
    }
    assert_eq!(ffprobe(&b.path("film.mkv"), "v:0", "r_frame_rate"), "25/1");
}

#[test]
fn in_between_is_for_files_and_time_maps_are_for_one_speed() {
    let b = Bench::new();
    let mut film = document(&json!([{"id": "v", "clips": [
        {"id": "c", "source": {"type": "solid", "color": "#ff0000"}, "start": 0, "duration": "1s", "video": {"frames": "flow"}}]}]));
    b.write("solid.json", &film.to_string());
    let wrong = b.run(&["validate", "solid.json"]);
    assert!(wrong.code != 0 && wrong.err.contains("only the frames of a file") || wrong.out.contains("only the frames of a file"));
    film["compositions"][0]["tracks"][0]["clips"][0]["video"] = json!({});
    film["compositions"][0]["tracks"][0]["clips"][0]["time_map"] = json!({"speed": {"keyframes": [{"time": 0, "value": 1000}]}});
    b.write("fast.json", &film.to_string());
    let wrong = b.run(&["validate", "fast.json"]);
    assert!(format!("{}{}", wrong.out, wrong.err).contains("time_map.speed.keyframes[0].value"), "{} {}", wrong.out, wrong.err);
}
