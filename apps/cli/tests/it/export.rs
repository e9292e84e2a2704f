//! From clips to a finished film, checked with FFmpeg's tools.
use crate::support::{Bench, decoded_frames, ffprobe, frame_md5};

#[test]
fn clips_become_a_film_of_exactly_their_frames() {
    let b = Bench::new();
    b.clip("a.mp4", 30, "25");
    b.clip("b.mp4", 45, "25");
    b.ok(&["new", "film.json", "a.mp4", "b.mp4"]);
    b.ok(&["validate", "film.json"]);
    let ran = b.ok(&["export", "film.json", "-o", "film.mp4", "--progress", "json"]);
    assert_eq!(decoded_frames(&b.path("film.mp4")), 75);
    assert_eq!(ffprobe(&b.path("film.mp4"), "v", "r_frame_rate"), "25/1");
    assert_eq!(ffprobe(&b.path("film.mp4"), "v", "color_space"), "bt709");
    assert_eq!(ffprobe(&b.path("film.mp4"), "a", "codec_name"), "aac");
    let last = ran.err.lines().rfind(|l| l.contains("\"frame\"")).unwrap();
    let last: serde_json::Value = serde_json::from_str(last).unwrap();
    assert_eq!((last["frame"].as_u64(), last["total"].as_u64()), (Some(75), Some(75)));
    assert_eq!(b.names(), ["a.mp4", "b.mp4", "film.json", "film.mp4"]);
}

#[test]
fn an_untouched_clip_survives_bit_for_bit() {
    let b = Bench::new();
    let source = b.clip("a.mp4", 30, "30000/1001");
    b.ok(&["new", "film.json", "a.mp4"]);
    b.ok(&["export", "film.json", "-o", "film.mkv", "--video-codec", "ffv1", "--audio-codec", "flac"]);
    assert_eq!(frame_md5(&b.path("film.mkv")), frame_md5(&source));
}

/// A clip that its file turns, and one that its transform turns, come out as FFmpeg's `transpose`,
/// `hflip` and `vflip` leave them: no sample is computed.
#[test]
fn a_turned_clip_survives_bit_for_bit() {
    let b = Bench::new();
    b.clip("a.mp4", 5, "25");
    // FFmpeg's metadata counts anticlockwise.
    for (tag, degrees, filters) in [("270", 90, "transpose=clock"), ("180", 180, "hflip,vflip"), ("90", 270, "transpose=cclock")] {
        let at = b.path("a.mp4");
        let tagged = ["-i", at.to_str().unwrap(), "-c", "copy", "-metadata:s:v", &format!("rotate={tag}")].map(str::to_owned);
        crate::support::ffmpeg(&tagged.each_ref().map(String::as_str), &b.path("turned.mov"));
        let filtered = ["-i", at.to_str().unwrap(), "-vf", filters, "-c:v", "ffv1"];
        crate::support::ffmpeg(&filtered, &b.path("want.mkv"));
        let want = frame_md5(&b.path("want.mkv"));
        b.ok(&["new", "film.json", "turned.mov", "--overwrite"]);
        let lossless = ["--video-codec", "ffv1", "--no-audio", "--overwrite"];
        b.ok(&[&["export", "film.json", "-o", "film.mkv"][..], &lossless].concat());
        assert_eq!(frame_md5(&b.path("film.mkv")), want, "{degrees} in the file");
        // The same clip, stored upright, turned by its transform on the same canvas.
        let mut film = b.read_json("film.json");
        film["media"][0]["path"] = "a.mp4".into();
        film["media"][0].as_object_mut().unwrap().remove("facts");
        let clip = &mut film["compositions"][0]["tracks"][0]["clips"][0];
        clip["video"]["transform"] = serde_json::json!({"rotation_degrees": degrees, "fit": "native"});
        b.write("film2.json", &film.to_string());
        b.ok(&[&["export", "film2.json", "-o", "film.mkv"][..], &lossless].concat());
        assert_eq!(frame_md5(&b.path("film.mkv")), want, "{degrees} in the transform");
    }
}

/// `--lossless` preserves sound as well as pictures, at every bit depth of the source. If the
/// container cannot, a warning states it.
#[test]
fn lossless_is_lossless_for_audio_too() {
    let b = Bench::new();
    let noise = "anoisesrc=d=1:c=pink:r=48000:a=0.5:s=1,aformat=channel_layouts=stereo";
    let picture = "testsrc2=size=64x36:rate=25:duration=1,format=yuv420p";
    for stored in ["pcm_s16le", "pcm_s24le"] {
        let source = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", noise, "-c:v", "ffv1", "-c:a", stored];
        crate::support::ffmpeg(&source, &b.path("a.mkv"));
        b.ok(&["new", "film.json", "a.mkv", "--overwrite"]);
        let samples = |name: &str| {
            crate::support::ffmpeg(&["-i", b.path(name).to_str().unwrap(), "-map", "0:a", "-f", "s32le"], &b.path("raw"));
            std::fs::read(b.path("raw")).unwrap()
        };
        let want = samples("a.mkv");
        for (name, codec) in [("x.mkv", "flac"), ("x.mp4", "flac"), ("x.mov", "pcm_s24le")] {
            let ran = b.ok(&["export", "film.json", "-o", name, "--lossless", "--overwrite"]);
            assert_eq!(ffprobe(&b.path(name), "a", "codec_name"), codec);
            assert!(samples(name) == want, "{stored} in {name}");
            assert!(!ran.err.contains("keeps every sample"), "{}", ran.err);
            assert_eq!(frame_md5(&b.path(name)), frame_md5(&b.path("a.mkv")), "{name}");
        }
        let ran = b.ok(&["export", "film.json", "-o", "x.webm", "--lossless", "--overwrite"]);
        assert_eq!(ffprobe(&b.path("x.webm"), "a", "codec_name"), "opus");
        assert!(ran.err.contains("no sound that keeps every sample"), "{}", ran.err);
        let rate = ["--audio-codec", "pcm", "--audio-bits", "24", "--overwrite"];
        b.ok(&[&["export", "film.json", "-o", "y.wav"][..], &rate[2..]].concat());
        assert!(samples("y.wav") == want, "{stored} in wav");
        b.ok(&[&["export", "film.json", "-o", "y.mkv"][..], &rate].concat());
        assert!(samples("y.mkv") == want, "{stored} asked for");
    }
    b.ok(&["export", "film.json", "-o", "z.wav", "--dither"]);
    b.ok(&["export", "film.json", "-o", "w.wav"]);
    assert!(b.path("z.wav").metadata().unwrap().len() == b.path("w.wav").metadata().unwrap().len());
    assert!(std::fs::read(b.path("z.wav")).unwrap() != std::fs::read(b.path("w.wav")).unwrap());
    for wrong in [&["--audio-codec", "aac", "--audio-bits", "24"][..], &["--audio-codec", "flac", "--audio-bits", "32"]] {
        let ran = b.run(&[&["export", "film.json", "-o", "v.mp4"][..], wrong].concat());
        assert_eq!(ran.code, 2, "{wrong:?}: {}", ran.err);
    }
}

/// For every pixel format that FFV1 stores: decoding and exporting without change yields the
/// samples of the source.
#[test]
fn every_pixel_format_survives_bit_for_bit() {
    let b = Bench::new();
    let yuv = ["420", "422", "444"].into_iter().flat_map(|s| ["", "10le", "12le"].map(|d| format!("yuv{s}p{d}")));
    let others = ["yuva420p", "yuva444p10le", "gbrp", "gbrp10le", "gray"].map(String::from);
    for format in yuv.chain(others) {
        let source = b.path("source.mkv");
        let range = if format.starts_with("gbrp") { "pc" } else { "tv" };
        crate::support::ffmpeg(
            &[
                &["-f", "lavfi", "-i", "testsrc2=size=98x54:rate=25,trim=end_frame=3", "-vf", &format!("format={format}")][..],
                &["-c:v", "ffv1", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", range],
                &["-colorspace", if format.starts_with("gbrp") { "rgb" } else { "bt709" }],
            ]
            .concat(),
            &source,
        );
        b.ok(&["new", "film.json", "source.mkv", "--overwrite"]);
        // A transparent background leaves alpha unchanged.
        let mut film = b.read_json("film.json");
        film["compositions"][0]["background"] = serde_json::json!([0, 0, 0, 0]);
        b.write("film.json", &film.to_string());
        let name = format.trim_end_matches("le");
        b.ok(&["export", "film.json", "-o", "film.mkv", "--video-codec", "ffv1", "--pix-fmt", name, "--overwrite"]);
        assert_eq!(frame_md5(&b.path("film.mkv")), frame_md5(&source), "{format}");
        assert_eq!(ffprobe(&b.path("film.mkv"), "v", "pix_fmt"), ffprobe(&source, "v", "pix_fmt"), "{format}");
    }
}

#[test]
fn frames_do_not_depend_on_threads_simd_or_luck() {
    let b = Bench::new();
    b.clip("a.mp4", 20, "25");
    b.clip("b.mp4", 20, "25");
    b.ok(&["new", "film.json", "a.mp4", "b.mp4", "--dissolve", "8f"]);
    let hashes = |threads: &str, simd: Option<&str>| {
        let mut command = b.command(&[
            "export",
            "film.json",
            "--null",
            "--backend",
            "cpu",
            "--frame-hashes",
            "h.txt",
            "--threads",
            threads,
            "--overwrite",
        ]);
        if let Some(level) = simd {
            command.env("CUTROOM_SIMD", level);
        }
        let ran = crate::support::ran(command.output().unwrap());
        (ran.code == 0).then(|| b.read("h.txt")).ok_or(ran.err)
    };
    let reference = hashes("1", None).unwrap();
    assert_eq!(reference.lines().count(), 32);
    let distinct: std::collections::BTreeSet<&str> = reference.lines().map(|l| l.split(' ').nth(1).unwrap()).collect();
    assert!(distinct.len() > 25, "a moving picture has different frames");
    assert_eq!(hashes("2", None).unwrap(), reference);
    assert_eq!(hashes("2", None).unwrap(), reference, "second run");
    for level in ["portable", "sse4", "avx2", "avx512"] {
        match hashes("2", Some(level)) {
            Ok(h) => assert_eq!(h, reference, "{level}"),
            // Only a machine without the instructions may refuse.
            Err(e) => assert!(e.contains(level) && level != "portable", "{e}"),
        }
    }
}

#[test]
fn a_range_has_its_own_frames_and_samples() {
    let b = Bench::new();
    b.clip("a.mp4", 60, "30000/1001");
    b.ok(&["new", "film.json", "a.mp4"]);
    b.ok(&["export", "film.json", "--null", "--frame-hashes", "all.txt"]);
    b.ok(&[
        "export",
        "film.json",
        "-o",
        "part.mkv",
        "--video-codec",
        "ffv1",
        "--audio-codec",
        "pcm",
        "--range",
        "10..31",
        "--frame-hashes",
        "part.txt",
    ]);
    let hash = |text: &str| -> Vec<String> { text.lines().map(|l| l.split(' ').nth(1).unwrap().to_owned()).collect() };
    assert_eq!(hash(&b.read("part.txt")), hash(&b.read("all.txt"))[10..31]);
    assert_eq!(decoded_frames(&b.path("part.mkv")), 21);
    crate::support::ffmpeg(
        &["-i", b.path("part.mkv").to_str().unwrap(), "-map", "0:a", "-f", "s16le", "-ac", "1"],
        &b.path("part.raw"),
    );
    let samples = std::fs::metadata(b.path("part.raw")).unwrap().len() / 2;
    let at = |n: f64| (n * 1001.0 / 30000.0 * 48000.0).round() as u64;
    assert_eq!(samples, at(31.0) - at(10.0));
}

#[test]
fn one_frame_as_a_picture() {
    let b = Bench::new();
    b.clip("a.mp4", 30, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    for (at, name) in [("20", "n.png"), ("0.8s", "s.png"), ("00:00:00:20", "t.png")] {
        b.ok(&["frame", "film.json", "--at", at, "-o", name]);
        assert_eq!((ffprobe(&b.path(name), "v", "width"), ffprobe(&b.path(name), "v", "height")), ("320".into(), "180".into()));
    }
    assert_eq!(std::fs::read(b.path("n.png")).unwrap(), std::fs::read(b.path("s.png")).unwrap());
    assert_eq!(std::fs::read(b.path("n.png")).unwrap(), std::fs::read(b.path("t.png")).unwrap());
    let past = b.run(&["frame", "film.json", "--at", "30", "-o", "x.png"]);
    assert_eq!(past.code, 2, "{}", past.err);
    assert!(!b.path("x.png").exists());
}

#[test]
fn an_existing_file_is_only_replaced_when_asked() {
    let b = Bench::new();
    b.clip("a.mp4", 5, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    b.write("film.mp4", "precious");
    let refused = b.run(&["export", "film.json", "-o", "film.mp4"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("--overwrite"), "{}", refused.err);
    assert_eq!(b.read("film.mp4"), "precious");
    b.ok(&["export", "film.json", "-o", "film.mp4", "--overwrite"]);
    assert_eq!(decoded_frames(&b.path("film.mp4")), 5);
}

#[cfg(unix)]
#[test]
fn an_interrupted_export_leaves_nothing() {
    use std::io::{BufRead, BufReader};
    let b = Bench::new();
    b.clip("a.mp4", 250, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    let mut child = b
        .command_with(
            "--default-signal=INT",
            &["export", "film.json", "-o", "film.mkv", "--preset", "veryslow", "--progress", "json"],
        )
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    assert!(first.contains("\"frame\""), "{first}");
    let signalled = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(signalled.success());
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:?}");
    assert!(rest.join("\n").contains("stopped after"), "{rest:?}");
    assert_eq!(b.names(), ["a.mp4", "film.json"]);
}

#[test]
fn the_graph_shows_what_is_left_of_a_frame() {
    let b = Bench::new();
    b.clip("a.mp4", 25, "25");
    b.ok(&["new", "film.json", "a.mp4"]);
    // One untouched clip: nothing is drawn at all.
    let report: serde_json::Value =
        serde_json::from_str(&b.ok(&["graph", "film.json", "--at", "5", "--format", "json"]).out).unwrap();
    assert_eq!(report["nodes"].as_array().unwrap().len(), 1, "{report}");
    assert!(report["eliminated"][0].as_str().unwrap().contains("all drawing"), "{report}");
    // A neutral effect is eliminated; two point effects are fused into one pass; a blur needs
    // passes of its own.
    let mut film = b.read_json("film.json");
    let mut effects = vec![
        serde_json::json!({ "id": "e1", "effect": "exposure" }),
        serde_json::json!({ "id": "e2", "effect": "contrast", "params": { "amount": 1.2 } }),
        serde_json::json!({ "id": "e3", "effect": "saturation", "params": { "amount": 1.2 } }),
    ];
    film["compositions"][0]["tracks"][0]["clips"][0]["video"] = serde_json::json!({ "effects": effects });
    b.write("two.json", &film.to_string());
    let text = b.ok(&["graph", "two.json", "--at", "5"]).out;
    assert!(
        text.contains("effect e1 (exposure): changes nothing") && text.contains("Contrast") && text.contains("Saturation"),
        "{text}"
    );
    assert_eq!(text.matches("\npass ").count(), 1, "{text}");
    effects.push(serde_json::json!({ "id": "e4", "effect": "gaussian-blur" }));
    film["compositions"][0]["tracks"][0]["clips"][0]["video"] = serde_json::json!({ "effects": effects });
    b.write("blur.json", &film.to_string());
    let dot = b.ok(&["graph", "blur.json", "--at", "5", "--format", "dot"]).out;
    assert!(dot.starts_with("digraph") && dot.contains("filter along rows") && dot.contains("\"pass 0\" -> \"pass 1\""), "{dot}");
    let key = |at: &str| b.ok(&["graph", "blur.json", "--at", at]).out.lines().next().unwrap().to_owned();
    assert_ne!(key("5"), key("6"), "another frame of the source is another picture");
}
