//! Inputs are never replaced, existing files only on request, and what was left out or failed is
//! reported.
use crate::support::{Bench, Ran, decoded_frames, ffmpeg, ffprobe};
use serde_json::{Value, json};

fn words(ran: &Ran) -> String {
    ran.err.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ")
}

/// A film of one clip with sound, a LUT and a still picture.
fn film() -> Bench {
    let b = Bench::new();
    b.clip("a.mp4", 10, "25");
    ffmpeg(&["-f", "lavfi", "-i", "testsrc2=size=320x180", "-frames:v", "1"], &b.path("s-001.png"));
    b.write("look.cube", "LUT_1D_SIZE 2\n0 0 0\n1 1 1\n");
    b.ok(&["new", "film.json", "a.mp4", "s-001.png", "--still", "2f"]);
    let mut film = b.read_json("film.json");
    film["compositions"][0]["tracks"][0]["clips"][0]["video"] =
        json!({ "effects": [{ "id": "e1", "effect": "lut", "params": { "file": "look.cube" } }] });
    b.write("film.json", &film.to_string());
    b.ok(&["validate", "film.json"]);
    b
}

#[test]
fn what_is_read_is_never_replaced() {
    let b = film();
    std::fs::create_dir(b.path("sub")).unwrap();
    let mut all = vec![
        vec!["export", "film.json", "-o", "a.mp4"],
        vec!["export", "film.json", "-o", "sub/../a.mp4"],
        vec!["export", "film.json", "-o", "s-%03d.png"],
        vec!["export", "film.json", "--null", "--frame-hashes", "film.json"],
        vec!["export", "film.json", "--null", "--frame-hashes", "a.mp4"],
        vec!["export", "film.json", "--null", "--frame-hashes", "sub/../look.cube"],
        vec!["export", "film.json", "-o", "x.mp4", "--frame-hashes", "x.mp4"],
        vec!["export", "film.json", "-o", "x-%d.png", "--frame-hashes", "x-7.png"],
        vec!["frame", "film.json", "-o", "s-001.png"],
        vec!["frame", "film.json", "-o", "film.json"],
        vec!["new", "a.mp4", "a.mp4"],
        vec!["new", "sub/../a.mp4", "s-001.png", "a.mp4"],
    ];
    if cfg!(unix) {
        #[cfg(unix)]
        std::os::unix::fs::symlink(b.path("a.mp4"), b.path("link.mp4")).unwrap();
        std::fs::hard_link(b.path("a.mp4"), b.path("twin.mp4")).unwrap();
        all.push(vec!["export", "film.json", "-o", "link.mp4"]);
        all.push(vec!["export", "film.json", "-o", "twin.mp4"]);
        all.push(vec!["new", "link.mp4", "a.mp4"]);
    }
    let files = ["a.mp4", "s-001.png", "look.cube", "film.json"];
    let before = files.map(|f| std::fs::read(b.path(f)).unwrap());
    let names = b.names();
    for args in all {
        for overwrite in [&[][..], &["--overwrite"]] {
            let ran = b.run(&[&args, overwrite].concat());
            assert_eq!(ran.code, 2, "{args:?} {overwrite:?}: {}", ran.err);
            let text = words(&ran);
            assert!(text.contains("usage.replaces_input") || text.contains("usage.same_output"), "{args:?}: {text}");
            assert_eq!(b.names(), names, "{args:?}");
        }
    }
    assert_eq!(files.map(|f| std::fs::read(b.path(f)).unwrap()), before);
}

#[test]
fn lists_of_hashes_are_replaced_only_when_asked() {
    let b = film();
    b.write("h.txt", "precious");
    let ran = b.run(&["export", "film.json", "--null", "--frame-hashes", "h.txt"]);
    assert_eq!((ran.code, b.read("h.txt").as_str()), (2, "precious"), "{}", ran.err);
    b.ok(&["export", "film.json", "--null", "--frame-hashes", "h.txt", "--overwrite"]);
    assert_eq!(b.read("h.txt").lines().count(), 12);
    // A list that cannot be written is found before the film is rendered.
    let ran = b.run(&["export", "film.json", "-o", "x.mp4", "--frame-hashes", "no/folder/h.txt"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(words(&ran).contains("no/folder/h.txt"), "{}", ran.err);
    assert!(!b.path("x.mp4").exists());
}

/// A wrong composition id, an existing output and invalid options are reported although a media
/// file is missing, since requests are checked before media files are opened.
#[test]
fn requests_are_checked_before_media_files() {
    let b = film();
    std::fs::remove_file(b.path("a.mp4")).unwrap();
    b.write("old.mp4", "precious");
    for args in [
        &["-o", "old.mp4"][..],
        &["-o", "x.mp4", "--composition", "other"],
        &["-o", "x.mp4", "--crf", "99"],
        &["-o", "x.mp4", "--threads", "100000"],
        &["-o", "x.mp4", "--range", "5..99"],
        &["-o", "x.png"],
        &["-o", "x.mp4", "--audio-codec", "vinyl"],
    ] {
        let ran = b.run(&[&["export", "film.json"], args].concat());
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
    }
    let ran = b.run(&["export", "film.json", "-o", "x.png"]);
    assert!(words(&ran).contains("x-%05d.png") && words(&ran).contains("cutroom frame"), "{}", ran.err);
    for args in [&["--at", "99", "-o", "x.png"][..], &["--at", "soon", "-o", "x.png"], &["-o", "x.jpg"], &["-o", "old.mp4"]] {
        let ran = b.run(&[&["frame", "film.json"], args].concat());
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
    }
    assert_eq!(b.run(&["export", "film.json", "-o", "x.mp4"]).code, 4);
    assert_eq!(b.run(&["frame", "film.json", "-o", "x.png"]).code, 4);
    let ran = b.run(&["new", "no/film.json", "s-001.png"]);
    assert!(ran.code == 2 && words(&ran).contains("no such folder"), "{}", ran.err);
}

#[test]
fn audio_alone_goes_into_files_of_audio() {
    let b = film();
    b.ok(&["export", "film.json", "-o", "all.mov", "--video-codec", "prores", "--audio-codec", "pcm"]);
    let samples = |file: &str| {
        ffmpeg(&["-i", b.path(file).to_str().unwrap(), "-map", "0:a", "-f", "s16le", "-acodec", "pcm_s16le"], &b.path("raw"));
        std::fs::read(b.path("raw")).unwrap()
    };
    let want = samples("all.mov");
    assert_eq!(want.len(), 48_000 * 12 / 25 * 4);
    for (name, codec, exact) in [
        ("s.m4a", "aac", false),
        ("s.mka", "opus", false),
        ("s.wav", "pcm_s16le", true),
        ("s.flac", "flac", true),
        ("s.opus", "opus", false),
    ] {
        let ran = b.ok(&["export", "film.json", "-o", name]);
        assert!(ran.err.contains("no pictures drawn"), "{}", ran.err);
        assert_eq!(ffprobe(&b.path(name), "v", "codec_name"), "", "{name}");
        assert_eq!(ffprobe(&b.path(name), "a", "codec_name"), codec, "{name}");
        if exact {
            assert_eq!(samples(name), want, "{name}");
        }
    }
    b.ok(&["export", "film.json", "-o", "only.mp4", "--no-video"]);
    assert_eq!(
        (ffprobe(&b.path("only.mp4"), "v", "codec_name").as_str(), ffprobe(&b.path("only.mp4"), "a", "codec_name").as_str()),
        ("", "aac")
    );
    b.ok(&["export", "film.json", "-o", "mute.mp4", "--no-audio"]);
    assert_eq!(ffprobe(&b.path("mute.mp4"), "a", "codec_name"), "");
    assert_eq!(decoded_frames(&b.path("mute.mp4")), 12);
    let names = b.names();
    for args in [
        &["-o", "x.m4a", "--crf", "20"][..],
        &["-o", "x.wav", "--frame-hashes", "h.txt"],
        &["-o", "x.wav", "--no-audio"],
        &["-o", "x.wav", "--audio-codec", "aac"],
        &["-o", "x-%d.png", "--no-video"],
        &["-o", "x-%d.png", "--audio-codec", "aac"],
        &["-o", "x-%d.png", "--audio-bitrate", "128k"],
        &["-o", "x.mp4", "--no-audio", "--no-video"],
        &["-o", "x.mp4", "--no-audio", "--audio-codec", "aac"],
        &["-o", "x.mp4", "--no-video", "--preset", "slow"],
        &["-o", "x.amr"],
    ] {
        let ran = b.run(&[&["export", "film.json"], args].concat());
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert_eq!(b.names(), names, "{args:?}");
    }
    b.ok(&["new", "still.json", "s-001.png", "--still", "2f"]);
    let silent = b.ok(&["export", "still.json", "-o", "x.mp4", "--audio-codec", "aac"]);
    assert!(silent.err.contains("--audio-codec has no effect"), "{}", silent.err);
    assert_eq!(b.run(&["export", "still.json", "-o", "x.wav"]).code, 2);
}

#[test]
fn picture_files_without_the_films_audio_say_so() {
    let b = film();
    let ran = b.ok(&["export", "film.json", "-o", "p-%02d.png"]);
    assert!(ran.err.contains("warning") && ran.err.contains(".png files hold no sound"), "{}", ran.err);
    assert_eq!((0..13).filter(|n| b.path(&format!("p-{n:02}.png")).exists()).count(), 12);
    let ran = b.ok(&["export", "film.json", "-o", "p-%02d.png", "--overwrite", "--no-audio"]);
    assert!(!ran.err.contains("warning"), "{}", ran.err);
    assert_eq!(b.run(&["export", "film.json", "-o", "p-%02d.png"]).code, 2);
}

/// White and black as gray PNG files: full range.
#[test]
fn gray_png_files_hold_the_full_range() {
    let b = Bench::new();
    ffmpeg(&["-f", "lavfi", "-i", "color=white:size=64x36", "-frames:v", "1"], &b.path("white.png"));
    ffmpeg(&["-f", "lavfi", "-i", "color=black:size=64x36", "-frames:v", "1"], &b.path("black.png"));
    b.ok(&["new", "film.json", "white.png", "black.png", "--still", "1f"]);
    b.ok(&["export", "film.json", "-o", "g%d.png", "--pix-fmt", "gray"]);
    for (name, code) in [("g0.png", 255), ("g1.png", 0)] {
        assert_eq!(ffprobe(&b.path(name), "v", "pix_fmt"), "gray");
        ffmpeg(&["-i", b.path(name).to_str().unwrap(), "-f", "rawvideo"], &b.path("raw"));
        assert_eq!(std::fs::read(b.path("raw")).unwrap(), vec![code; 64 * 36], "{name}");
    }
}

#[test]
fn json_progress_ends_with_done_or_error() {
    let b = film();
    let last = |ran: &Ran| -> Value {
        let lines: Vec<Value> = ran.err.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|_| panic!("{l}"))).collect();
        lines.last().unwrap().clone()
    };
    let ran = b.ok(&["export", "film.json", "-o", "x.mp4", "--progress", "json"]);
    assert_eq!(last(&ran)["done"]["frames"], 12);
    let ran = b.run(&["export", "film.json", "-o", "x.mp4", "--progress", "json"]);
    let error = &last(&ran)["error"];
    assert_eq!((ran.code, error["code"].as_str()), (2, Some("usage.exists")), "{}", ran.err);
    assert!(error["message"].as_str().unwrap().contains("x.mp4") && error["hint"].is_string(), "{error}");
    std::fs::remove_file(b.path("a.mp4")).unwrap();
    let ran = b.run(&["export", "film.json", "-o", "y.mp4", "--progress", "json"]);
    assert_eq!((ran.code, last(&ran)["error"]["code"].as_str()), (4, Some("media.open.not_found")), "{}", ran.err);
}

#[test]
fn a_dissolve_longer_than_a_still_is_refused() {
    let b = Bench::new();
    for (name, color) in [("a.png", "red"), ("b.png", "green"), ("c.png", "blue")] {
        ffmpeg(&["-f", "lavfi", "-i", &format!("color={color}:size=64x36"), "-frames:v", "1"], &b.path(name));
    }
    let args = ["new", "film.json", "a.png", "b.png", "c.png", "--fps", "25", "--still", "1s", "--dissolve"];
    let ran = b.run(&[&args[..], &["1.6s"]].concat());
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(words(&ran).contains("b.png") && words(&ran).contains("--still"), "{}", ran.err);
    assert!(!b.path("film.json").exists());
    b.ok(&[&args[..], &["24f"]].concat());
    b.ok(&["validate", "film.json"]);
    let ran = b.run(&["new", "huge.json", "a.png", "--size", "16384x16384"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(!b.path("huge.json").exists());
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    #[test]
    fn names_that_are_no_text_cost_nothing_else() {
        let b = film();
        let odd = |ext: &str| OsStr::from_bytes(&[b"\xff.", ext.as_bytes()].concat()).to_owned();
        std::fs::copy(b.path("a.mp4"), b.dir.path().join(odd("mp4"))).unwrap();
        let ran = crate::support::ran(b.command(&["probe", "--json", "a.mp4"]).arg(odd("mp4")).output().unwrap());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let reports: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!((reports[0]["file"].as_str(), reports[1]["file"].as_str()), (Some("a.mp4"), Some("\u{fffd}.mp4")));
        for json in [true, false] {
            let mut command = b.command(&["export", "film.json", "-o"]);
            command.arg(odd("mkv")).arg("--overwrite").args(if json { &["--progress", "json"][..] } else { &[] });
            let ran = crate::support::ran(command.output().unwrap());
            assert_eq!(ran.code, 0, "{}", ran.err);
            let last = ran.err.lines().last().unwrap();
            assert!(!json || last.starts_with("{\"done\"") && last.contains("\u{fffd}.mkv"), "{}", ran.err);
        }
        assert!(b.dir.path().join(odd("mkv")).exists());
        let mut command = b.command(&["export", "film.json", "--progress", "json", "-o"]);
        let ran = crate::support::ran(command.arg(odd("mkv")).output().unwrap());
        assert!(ran.code == 2 && ran.err.starts_with("{\"error\""), "{}", ran.err);
    }

    #[test]
    fn overwriting_a_link_writes_what_it_leads_to() {
        let b = film();
        std::fs::create_dir(b.path("store")).unwrap();
        for (link, real) in
            [("x.mp4", "store/x.mp4"), ("x.png", "store/x.png"), ("h.txt", "store/h.txt"), ("y.json", "store/y.json")]
        {
            std::fs::write(b.path(real), "old").unwrap();
            std::os::unix::fs::symlink(real, b.path(link)).unwrap();
        }
        b.ok(&["export", "film.json", "-o", "x.mp4", "--frame-hashes", "h.txt", "--overwrite"]);
        b.ok(&["frame", "film.json", "-o", "x.png", "--overwrite"]);
        b.ok(&["new", "y.json", "a.mp4", "--overwrite"]);
        for link in ["x.mp4", "x.png", "h.txt", "y.json"] {
            assert!(b.path(link).is_symlink(), "{link}");
        }
        assert_eq!(decoded_frames(&b.path("store/x.mp4")), 12);
        assert_eq!(decoded_frames(&b.path("store/x.png")), 1);
        assert_eq!(b.read("store/h.txt").lines().count(), 12);
        assert_eq!(b.read_json("store/y.json")["schema_version"], 2);
        assert_eq!(std::fs::read_dir(b.path("store")).unwrap().count(), 4);
    }

    /// Every kind of output, in a process that may not write files larger than about 4 KiB, as on a
    /// full disk.
    #[test]
    fn what_cannot_be_written_whole_is_not_there() {
        let b = film();
        let names = b.names();
        for args in [
            &["export", "film.json", "-o", "x.mp4"][..],
            &["export", "film.json", "-o", "x.mkv", "--video-codec", "ffv1"],
            &["export", "film.json", "-o", "x%d.png", "--no-audio"],
            &["export", "film.json", "-o", "x.wav"],
            &["frame", "film.json", "-o", "x.png"],
        ] {
            let limited = "trap '' XFSZ && ulimit -f 8 && exec \"$0\" \"$@\"";
            let mut command = std::process::Command::new("sh");
            command.args(["-c", limited, env!("CARGO_BIN_EXE_cutroom")]).args(args).current_dir(b.dir.path());
            let ran = crate::support::ran(command.output().unwrap());
            assert_eq!(ran.code, 1, "{args:?}: {}", ran.err);
            assert!(words(&ran).contains("File too large"), "{args:?}: {}", ran.err);
            assert_eq!(b.names(), names, "{args:?}");
        }
    }

    #[test]
    fn a_project_may_come_through_a_pipe() {
        let b = film();
        let mut film = b.read_json("film.json");
        for (i, name) in [(0, "a.mp4"), (1, "s-001.png")] {
            film["media"][i]["path"] = json!(b.path(name));
        }
        film["compositions"][0]["tracks"][0]["clips"][0]["video"] = json!({});
        let piped = |film: &Value| {
            b.write("piped.json", &serde_json::to_string_pretty(film).unwrap());
            let program = env!("CARGO_BIN_EXE_cutroom");
            let script = format!("cat piped.json | '{program}' validate /dev/stdin");
            crate::support::ran(std::process::Command::new("sh").args(["-c", &script]).current_dir(b.dir.path()).output().unwrap())
        };
        let ran = piped(&film);
        assert_eq!(ran.code, 0, "{}", ran.err);
        film["compositions"][0]["channels"] = json!(0);
        let ran = piped(&film);
        let line = b.read("piped.json").lines().position(|l| l.contains("\"channels\"")).unwrap() + 1;
        assert_eq!(ran.code, 3, "{}", ran.err);
        assert!(words(&ran).contains(&format!("(line {line})")), "{}", ran.err);
    }

    /// As with `nohup`: a program started with SIGHUP ignored continues when the terminal closes,
    /// and SIGTERM still stops it.
    #[test]
    fn signals_ignored_from_the_start_stay_ignored() {
        use std::io::{BufRead, BufReader};
        let b = Bench::new();
        b.clip("a.mp4", 100, "25");
        b.ok(&["new", "film.json", "a.mp4"]);
        let args = ["export", "film.json", "-o", "film.mkv", "--preset", "slow", "--progress", "json", "--overwrite"];
        for (signals, code) in [(&["HUP"][..], 0), (&["HUP", "TERM"], 130)] {
            let mut child = b.command_with("--ignore-signal=HUP", &args).stderr(std::process::Stdio::piped()).spawn().unwrap();
            let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
            assert!(lines.next().unwrap().unwrap().contains("\"frame\""));
            for signal in signals {
                let sent = std::process::Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
                assert!(sent.success());
            }
            lines.for_each(drop);
            assert_eq!(child.wait().unwrap().code(), Some(code), "{signals:?}");
        }
        assert_eq!(decoded_frames(&b.path("film.mkv")), 100);
    }

    /// SIGQUIT ends the program as the signal does, without what it had begun to write.
    #[test]
    fn a_quit_leaves_no_hidden_file() {
        use std::{
            io::{BufRead, BufReader},
            os::unix::process::ExitStatusExt,
        };
        let b = Bench::new();
        b.clip("a.mp4", 250, "25");
        b.ok(&["new", "film.json", "a.mp4"]);
        for output in ["film.mkv", "f%03d.png"] {
            let args = ["export", "film.json", "-o", output, "--progress", "json", "--frame-hashes", "h.txt"];
            let mut child = b.command_with("--default-signal=QUIT", &args).stderr(std::process::Stdio::piped()).spawn().unwrap();
            let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
            assert!(lines.next().unwrap().unwrap().contains("\"frame\""));
            std::process::Command::new("kill").args(["-s", "QUIT", &child.id().to_string()]).status().unwrap();
            lines.for_each(drop);
            assert_eq!(child.wait().unwrap().signal(), Some(3));
            // Where the system writes core files, there is one.
            let names: Vec<_> = b.names().into_iter().filter(|n| !n.starts_with("core")).collect();
            assert_eq!(names, ["a.mp4", "film.json"], "{output}");
        }
    }

    /// Two Ctrl-C in quick succession: however the program ends, nothing is left.
    #[test]
    fn two_interrupts_leave_nothing_either() {
        use std::io::{BufRead, BufReader};
        let b = Bench::new();
        b.clip("a.mp4", 250, "25");
        b.ok(&["new", "film.json", "a.mp4"]);
        for output in ["film.mkv", "f%03d.png"] {
            let args = ["export", "film.json", "-o", output, "--progress", "json", "--frame-hashes", "h.txt"];
            let mut child = b.command_with("--default-signal=INT", &args).stderr(std::process::Stdio::piped()).spawn().unwrap();
            let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
            assert!(lines.next().unwrap().unwrap().contains("\"frame\""));
            let kill = format!("kill -INT {0}; kill -INT {0}", child.id());
            std::process::Command::new("sh").args(["-c", &kill]).status().unwrap();
            lines.for_each(drop);
            assert_eq!(child.wait().unwrap().code(), Some(130));
            assert_eq!(b.names(), ["a.mp4", "film.json"], "{output}");
        }
    }
}
