//! Smart rendering: untouched pictures are copied bit for bit, everything else is encoded to match.
use crate::support::{Bench, decoded_frames};
use serde_json::Value;
use std::{collections::HashMap, path::Path, process::Command};

/// MD5 of every packet of the pictures, in decoding order, as FFmpeg reads them.
fn packets(path: &Path) -> Vec<String> {
    let out = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(path)
        .args(["-map", "0:v:0", "-c", "copy", "-f", "framemd5", "-"])
        .output()
        .unwrap();
    assert!(out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).unwrap();
    text.lines().filter(|l| !l.starts_with('#')).map(|l| l.rsplit(',').next().unwrap().trim().to_owned()).collect()
}

/// MD5 of every decoded picture, in order of presentation.
fn pictures(path: &Path) -> Vec<String> {
    let out = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(path)
        .args(["-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framemd5", "-"])
        .output()
        .unwrap();
    assert!(out.stderr.is_empty(), "{}: {}", path.display(), String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).unwrap();
    text.lines().filter(|l| !l.starts_with('#')).map(|l| l.rsplit(',').next().unwrap().trim().to_owned()).collect()
}

/// Cuts of films of several codecs: the number of frames is that of the film, copied packets are those of the
/// source, copied pictures decode as they do there, and times rise evenly.
#[test]
fn cuts_are_copied() {
    let b = Bench::new();
    let picture = "testsrc2=size=192x108:rate=25:duration=16,format=yuv420p";
    let sound = "sine=frequency=440:sample_rate=48000:duration=16";
    for (name, codec, least) in [
        ("closed.mp4", &["-c:v", "libx264", "-g", "50", "-bf", "3", "-preset", "veryfast"][..], 200),
        ("pyramid.mkv", &["-c:v", "libx264", "-g", "40", "-bf", "4", "-b_strategy", "2", "-preset", "fast", "-slices", "3"], 200),
        (
            "h265.mp4",
            &[
                "-c:v",
                "libx265",
                "-tag:v",
                "hvc1",
                "-preset",
                "ultrafast",
                "-x265-params",
                "log-level=none:keyint=50:min-keyint=50",
            ],
            200,
        ),
        ("prores.mov", &["-c:v", "prores_ks", "-profile:v", "0", "-pix_fmt", "yuv422p10le"], 275),
    ] {
        let args = [&["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound][..], codec, &["-c:a", "aac"]].concat();
        crate::support::ffmpeg(&args, &b.path(name));
        let parts = [format!("{name}@2.2s..8.12s"), format!("{name}@9.4s..15s")];
        b.ok(&["new", "film.json", &parts[0], &parts[1], "--overwrite"]);
        let out = format!("out-{name}");
        let more: &[&str] = match name {
            "h265.mp4" => &["--video-codec", "h265", "--preset", "ultrafast"],
            "prores.mov" => &["--video-codec", "prores", "--profile", "proxy"],
            _ => &[],
        };
        let ran = b.ok(&[&["export", "film.json", "-o", &out, "--smart", "auto", "--json"][..], more].concat());
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        let copied = report["copied_frames"].as_u64().unwrap();
        assert!(copied >= least, "{name}: {copied} copied; {}", report["warnings"]);
        assert_eq!((report["frames"].as_u64(), decoded_frames(&b.path(&out))), (Some(288), 288), "{name}");
        let (ours, source) = (pictures(&b.path(&out)), pictures(&b.path(name)));
        // Frames 55.. and 235.. of the source; Matroska's begin later by the priming of its sound.
        let alike =
            |shift: usize| (0..288).filter(|&n| ours[n] == source[if n < 148 { 55 + n } else { 235 + n - 148 } - shift]).count();
        let same = alike(0).max(if name.ends_with("mkv") { alike(1) } else { 0 }) as u64;
        assert!(same >= copied, "{name}: {same} pictures are those of the source, {copied} are copied");
        let mut of_source: HashMap<String, usize> = HashMap::new();
        packets(&b.path(name)).into_iter().for_each(|md5| *of_source.entry(md5).or_default() += 1);
        let found = packets(&b.path(&out)).iter().filter(|md5| of_source.contains_key(*md5)).count() as u64;
        // The first packet of each copy says that it is cut from what was before it, where it is of type CRA.
        let marked = if name == "h265.mp4" { 2 } else { 0 };
        assert!(found + marked >= copied, "{name}: {found} packets are those of the source, {copied} are copied");
        let times = Command::new("ffprobe")
            .args(["-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time,dts_time", "-of", "csv=p=0"])
            .arg(b.path(&out))
            .output()
            .unwrap();
        let times = String::from_utf8(times.stdout).unwrap();
        let rows: Vec<Vec<f64>> = times.lines().map(|l| l.split(',').filter_map(|t| t.parse().ok()).collect()).collect();
        let mut shown: Vec<f64> = rows.iter().map(|r| r[0]).collect();
        shown.sort_by(f64::total_cmp);
        assert!(shown.windows(2).all(|w| (w[1] - w[0] - 0.04).abs() < 0.0021), "{name}: pictures are not evenly shown");
        // Matroska does not store decoding times.
        assert!(name.ends_with("mkv") || rows.windows(2).all(|w| w[1][1] > w[0][1]), "{name}: decoding times do not rise");
    }
}

#[test]
fn what_is_drawn_is_not_copied_and_is_said_to_be() {
    let b = Bench::new();
    let picture = "testsrc2=size=192x108:rate=25:duration=10,format=yuv420p";
    crate::support::ffmpeg(&["-f", "lavfi", "-i", picture, "-c:v", "libx264", "-g", "25", "-preset", "veryfast"], &b.path("a.mp4"));
    b.ok(&["new", "film.json", "a.mp4"]);
    let whole: Value =
        serde_json::from_str(&b.ok(&["export", "film.json", "-o", "all.mp4", "--smart", "require", "--json"]).out).unwrap();
    assert_eq!((whole["copied_frames"].as_u64(), whole["warnings"].as_array().unwrap().len()), (Some(250), 0));
    assert_eq!(packets(&b.path("all.mp4")), packets(&b.path("a.mp4")));
    // Brighter from 4 s to 6 s.
    let mut film = b.read_json("film.json");
    let clip = film["compositions"][0]["tracks"][0]["clips"][0].clone();
    let part = |id: &str, start: &str, secs: &str| {
        let mut part = clip.clone();
        (part["id"], part["start"], part["duration"]) = (id.into(), start.into(), secs.into());
        part["source_in"] = start.into();
        part
    };
    let mut bright = part("bright", "4s", "2s");
    bright["video"]["effects"] = serde_json::json!([{"id": "e", "effect": "brightness", "params": {"amount": 0.2}}]);
    film["compositions"][0]["tracks"][0]["clips"] = serde_json::json!([part("one", "0s", "4s"), bright, part("three", "6s", "4s")]);
    b.write("film.json", &film.to_string());
    let args = ["export", "film.json", "-o", "part.mp4", "--smart"];
    let ran = b.run(&[&args[..], &["require"]].concat());
    assert!(ran.code == 2 && ran.err.contains("usage.smart") && ran.err.contains("frames 100 to 149"), "{}", ran.err);
    let ran = b.ok(&[&args[..], &["auto"]].concat());
    assert!(ran.err.contains("200 of 250 frames copied"), "{}", ran.err);
    assert!(ran.err.contains("frames 100 to 149: it is drawn"), "{}", ran.err);
    let (ours, source) = (pictures(&b.path("part.mp4")), pictures(&b.path("a.mp4")));
    assert_eq!(ours.len(), 250);
    for n in 0..250 {
        assert_eq!(ours[n] == source[n], !(100..150).contains(&n), "frame {n}");
    }
    // Another codec, another size: nothing, with the reason.
    let ran = b.ok(&["export", "film.json", "-o", "x.mp4", "--video-codec", "h265", "--preset", "ultrafast", "--smart", "auto"]);
    assert!(ran.err.contains("its codec is h264, that of the film is h265"), "{}", ran.err);
    let ran = b.ok(&["export", "film.json", "-o", "y.mp4", "--scale", "0.5", "--smart", "auto"]);
    assert!(ran.err.contains("another scale"), "{}", ran.err);
}
