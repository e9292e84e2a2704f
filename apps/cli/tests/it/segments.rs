//! Exports in segments and processes: they are the same however they are divided, survive the end of any
//! process at any time, and report what failed.
#![cfg(target_os = "linux")]
use crate::support::{Bench, Ran, decoded_frames, frame_md5};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// A film of numbered pictures with sound, longer than a segment.
fn film(b: &Bench, secs: u32) {
    let picture = format!("testsrc2=size=96x64:rate=25:duration={secs}");
    let sound = format!("sine=frequency=440:sample_rate=48000:duration={secs}");
    let source = ["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &sound, "-pix_fmt", "yuv420p", "-g", "25"];
    crate::support::ffmpeg(&source, &b.path("a.mp4"));
    b.ok(&["new", "film.json", "a.mp4"]);
}

fn sound_md5(path: &Path) -> String {
    let out =
        Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(path).args(["-map", "0:a", "-f", "md5", "-"]).output().unwrap();
    String::from_utf8(out.stdout).unwrap()
}

fn parts(b: &Bench, output: &str) -> Vec<String> {
    let folder = b.path(&format!(".{output}.cutroom-export"));
    let names = fs::read_dir(folder).into_iter().flatten().map(|e| e.unwrap().file_name().into_string().unwrap());
    // Those in progress have the number of their process in their names.
    names.filter(|name| name.starts_with("segment-") && name.ends_with(".json") && !name.contains(".tmp.")).collect()
}

/// The processes that a process has started.
fn children(parent: u32) -> Vec<u32> {
    let numbers = fs::read_dir("/proc").unwrap().filter_map(|e| e.unwrap().file_name().to_str()?.parse::<u32>().ok());
    let is_child = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The name, in parentheses, may hold anything.
        let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        after.split_whitespace().nth(1).and_then(|p| p.parse().ok()) == Some(parent)
    };
    numbers.filter(is_child).collect()
}

fn kill(pid: u32, signal: &str) {
    let _ = Command::new("kill").arg(signal).arg(pid.to_string()).stderr(Stdio::null()).status();
}

/// The same pictures, bit for bit, and the same samples in 1, 2, 7 and many segments, with one and two
/// processes, and as a whole.
#[test]
fn segments_do_not_show() {
    let b = Bench::new();
    film(&b, 14);
    let lossless = ["--video-codec", "ffv1", "--audio-codec", "flac", "--overwrite"];
    let export = |name: &str, more: &[&str]| b.ok(&[&["export", "film.json", "-o", name, "--json"][..], &lossless, more].concat());
    export("whole.mkv", &["--segment-secs", "0", "--frame-hashes", "whole.txt"]);
    let (pictures, sound) = (frame_md5(&b.path("whole.mkv")), sound_md5(&b.path("whole.mkv")));
    assert_eq!(pictures, frame_md5(&b.path("a.mp4")), "an untouched clip");
    let hashes = fs::read(b.path("whole.txt")).unwrap();
    let mut bytes = Vec::new();
    for (secs, jobs, segments) in [("14", "1", 1), ("7", "1", 2), ("2", "1", 7), ("2", "2", 7), ("0.2", "2", 70)] {
        let more = ["--segment-secs", secs, "--jobs", jobs, "--frame-hashes", "parts.txt"];
        let report: serde_json::Value = serde_json::from_str(&export("parts.mkv", &more).out).unwrap();
        assert_eq!(report["segments"], segments, "{secs}");
        assert_eq!((report["dropped_frames"].as_u64(), report["frames"].as_u64()), (Some(0), Some(350)));
        assert_eq!(frame_md5(&b.path("parts.mkv")), pictures, "{secs} {jobs}");
        assert_eq!(sound_md5(&b.path("parts.mkv")), sound, "{secs} {jobs}");
        assert_eq!(fs::read(b.path("parts.txt")).unwrap(), hashes, "{secs} {jobs}");
        let film = fs::read(b.path("parts.mkv")).unwrap();
        assert_eq!(report["bytes"].as_u64(), Some(film.len() as u64));
        assert_eq!(report["hash"], blake3::hash(&film).to_hex().as_str());
        bytes.push(film);
    }
    assert!(bytes[2] == bytes[3], "the number of processes changes the file");
    assert!(bytes[0] == fs::read(b.path("whole.mkv")).unwrap(), "one segment is the film as a whole");
    assert_eq!(b.names(), ["a.mp4", "film.json", "parts.mkv", "parts.txt", "whole.mkv", "whole.txt"]);
}

/// Every codec that can be joined: the joined file decodes to as many frames, in order, with even times.
#[test]
fn every_codec_can_be_joined() {
    let b = Bench::new();
    film(&b, 3);
    for (name, codec, more) in [
        ("a.mp4", "h264", &["--preset", "veryfast"][..]),
        ("a.mkv", "h264", &["--preset", "veryfast"]),
        ("a.mp4", "h265", &["--preset", "ultrafast"]),
        ("a.mov", "prores", &[]),
        ("a.webm", "vp9", &["--preset", "8"]),
        ("a.mp4", "av1", &["--preset", "13"]),
        ("a.mov", "png", &[]),
    ] {
        let name = format!("{codec}-{name}");
        b.ok(&[&["export", "film.json", "-o", &name, "--video-codec", codec, "--segment-secs", "1"][..], more].concat());
        assert_eq!(decoded_frames(&b.path(&name)), 75, "{name}");
        let shown = Command::new("ffprobe")
            .args(["-v", "error", "-select_streams", "v", "-show_entries", "frame=pts_time", "-of", "csv=p=0"])
            .arg(b.path(&name))
            .output()
            .unwrap();
        let shown = String::from_utf8(shown.stdout).unwrap();
        assert_eq!(shown.lines().filter(|line| !line.is_empty()).count(), 75, "{name}");
        for (n, line) in shown.lines().filter(|line| !line.is_empty()).enumerate() {
            let time: f64 = line.trim_end_matches(',').parse().unwrap();
            assert!(
                (time - n as f64 / 25.0).abs() < 0.0011 + if name.ends_with("mkv") { 0.03 } else { 0.0 },
                "{name}: {n} at {time}"
            );
        }
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

const FILM: &str = "film.mkv";

/// The frames in which two films differ, with the distance of each (PSNR): a wrong picture is far away, and
/// one that was encoded otherwise is near.
fn differences(b: &Bench, one: &str, other: &str) -> String {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-i"]).arg(b.path(one)).arg("-i").arg(b.path(other));
    let out = command.args(["-lavfi", "psnr=stats_file=-", "-f", "null", "-"]).output().unwrap();
    let stats = String::from_utf8_lossy(&out.stdout).into_owned();
    stats.lines().filter(|line| !line.contains("psnr_avg:inf")).collect::<Vec<_>>().join("\n")
}

/// Kills the worker, the supervisor or both at a random time, and exports again: the film is the one of
/// an undisturbed export, finished segments are not made again, and nothing is left. Eight kills with a
/// codec without loss; `CUTROOM_EXPORT_KILLS=100` kills that often, and `CUTROOM_EXPORT_CODEC=h264` with
/// another codec.
#[test]
fn killed_exports_go_on() {
    let b = Bench::new();
    film(&b, 12);
    let codec = std::env::var("CUTROOM_EXPORT_CODEC").unwrap_or_else(|_| "ffv1".into());
    let preset: &[&str] = if codec == "h264" { &["--preset", "veryfast"] } else { &[] };
    let args = ["export", "film.json", "-o", FILM, "--video-codec", &codec, "--segment-secs", "0.5", "--json"];
    let args = [&args[..], preset].concat();
    b.ok(&args);
    let want = fs::read(b.path(FILM)).unwrap();
    let began = Instant::now();
    fs::remove_file(b.path(FILM)).unwrap();
    b.ok(&args);
    let usual = began.elapsed().as_millis() as u64;
    let runs: usize = std::env::var("CUTROOM_EXPORT_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(8);
    let mut random = Random(11);
    let (mut resumed, mut survived) = (0, 0);
    for run in 0..runs {
        fs::remove_file(b.path(FILM)).unwrap();
        let jobs = ["1", "2"][run % 2];
        let jobs = ["--jobs", jobs];
        let mut command = b.command(&[&args[..], &jobs].concat());
        let mut export = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(random.below(usual.max(50))));
        let workers = children(export.id());
        let target = random.below(3);
        if target != 0 {
            kill(export.id(), "-KILL");
        }
        if target != 1 {
            workers.iter().for_each(|pid| kill(*pid, "-KILL"));
        }
        let ended = export.wait().unwrap();
        if ended.success() {
            survived += 1;
        } else {
            // A worker without its supervisor ends by itself.
            let deadline = Instant::now() + Duration::from_secs(10);
            while workers.iter().any(|pid| Path::new(&format!("/proc/{pid}")).exists()) {
                assert!(Instant::now() < deadline, "a worker lives on");
                sleep(Duration::from_millis(5));
            }
            let (kept, is_there) = (parts(&b, FILM).len(), b.path(FILM).exists());
            if !is_there {
                let plan = fs::read_to_string(b.path(&format!(".{FILM}.cutroom-export/plan.json"))).unwrap_or_default();
                let plan: String = plan.chars().take(90).collect();
                let report: serde_json::Value = serde_json::from_str(&b.ok(&args).out).unwrap();
                assert_eq!(
                    report["segments_reused"], kept,
                    "run {run}, target {target}, {jobs:?}, {ended}: made again; {plan}; {report}"
                );
                resumed += usize::from(kept > 0);
            } else {
                b.ok(&["export", "--clean", "-o", FILM]);
            }
        }
        let made = fs::read(b.path(FILM)).unwrap();
        if made != want {
            fs::write(b.path("want.mkv"), &want).unwrap();
            let sounds = [FILM, "want.mkv"].map(|name| sound_md5(&b.path(name)));
            let (bytes, frames) = ([made.len(), want.len()], differences(&b, FILM, "want.mkv"));
            panic!("run {run}, target {target}, {jobs:?}: {bytes:?} bytes; {sounds:?}; frames that differ:\n{frames}");
        }
        let names: BTreeSet<String> = b.names().into_iter().collect();
        assert_eq!(names, ["a.mp4", "film.json", FILM].map(String::from).into(), "run {run}");
    }
    eprintln!("{runs} kills: {resumed} exports went on from segments, {survived} survived the end of a worker");
    assert!(runs < 8 || resumed > 0 && survived > 0, "{resumed} {survived}");
}

fn faults(b: &Bench) -> PathBuf {
    let library = b.path(".faults.so");
    let source = cutroom_test_support::root().join("apps/cli/tests/it/export_faults.c");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl").status();
    assert!(built.is_ok_and(|status| status.success()), "cc is needed");
    library
}

/// Exports with a fault.
fn with_fault(b: &Bench, more: &[&str], environment: &[(&str, &str)]) -> Ran {
    let args = ["export", "film.json", "-o", "film.mp4", "--preset", "ultrafast", "--segment-secs", "1", "--json"];
    let mut command = b.command(&[&args[..], more].concat());
    command.env("LD_PRELOAD", faults(b)).envs(environment.iter().copied());
    let out = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: out.status.code().unwrap(), out: text(out.stdout), err: text(out.stderr) }
}

fn first_error(ran: &Ran) -> serde_json::Value {
    let text = if ran.out.trim().is_empty() { &ran.err } else { &ran.out };
    let all: serde_json::Value = serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"));
    all["errors"][0].clone()
}

#[test]
fn a_crash_is_tried_again_and_then_reported_with_its_culprit() {
    let b = Bench::new();
    film(&b, 4);
    b.ok(&["export", "film.json", "-o", "want.mp4", "--preset", "ultrafast", "--segment-secs", "1"]);
    // The second process does it.
    let once = b.path(".once");
    let ran = with_fault(&b, &[], &[("FAULT", "crash"), ("FAULT_AT", "60"), ("FAULT_ONCE", once.to_str().unwrap())]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(once.exists());
    assert!(fs::read(b.path("film.mp4")).unwrap() == fs::read(b.path("want.mp4")).unwrap());
    fs::remove_file(b.path("film.mp4")).unwrap();
    // Each one crashes.
    for (fault, more, words) in [
        ("crash", &[][..], "invalid memory access (SIGSEGV)"),
        ("hang", &["--stuck-secs", "1"], "no picture came out of it for 1 s"),
    ] {
        let ran = with_fault(&b, more, &[("FAULT", fault), ("FAULT_AT", "60")]);
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        let error = first_error(&ran);
        let message = error["message"].as_str().unwrap();
        assert_eq!(error["code"], "export.crashed");
        assert!(
            message.contains(words)
                && message.contains("a.mp4")
                && (message.contains("decoding ") || message.contains("scanning ")),
            "{message}"
        );
        assert!(error["file"].as_str().unwrap().ends_with("a.mp4"));
        assert!(error["time_secs"].as_f64().is_some_and(|t| (0.0..4.0).contains(&t)));
        assert!(!b.path("film.mp4").exists());
        b.ok(&["export", "--clean", "-o", "film.mp4"]);
        assert_eq!(visible(&b), ["a.mp4", "film.json", "want.mp4"]);
    }
}

fn visible(b: &Bench) -> Vec<String> {
    b.names().into_iter().filter(|name| !name.starts_with(".faults") && !name.starts_with(".once")).collect()
}

#[test]
fn failing_encoders_and_full_disks_leave_nothing_behind() {
    let b = Bench::new();
    film(&b, 4);
    for (environment, code, words) in [
        (&[("FAULT", "encode"), ("FAULT_AT", "30")][..], "media.encode.failed", "failed: Input/output error"),
        (&[("FAULT", "full"), ("FAULT_PATH", "segment-00000")], "media.write.failed", "No space left"),
        (&[("FAULT", "full"), ("FAULT_PATH", "partial")], "media.write.failed", "No space left"),
    ] {
        let ran = with_fault(&b, &[], environment);
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        let error = first_error(&ran);
        assert_eq!(error["code"], code, "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(!b.path("film.mp4").exists());
        // Finished segments stay, and are said to.
        let kept = parts(&b, "film.mp4").len();
        assert_eq!(kept > 0, error["hint"].as_str().is_some_and(|hint| hint.contains("are kept")), "{error}");
        assert_eq!(kept > 0, b.path(".film.mp4.cutroom-export").exists());
        if kept > 0 {
            b.ok(&["export", "--clean", "-o", "film.mp4"]);
        }
        assert_eq!(visible(&b), ["a.mp4", "film.json"]);
    }
}

/// A stopped export says what is kept; it can be looked at, gone on with from another folder, and removed.
#[test]
fn a_stopped_export_is_shown_resumed_and_cleaned() {
    let b = Bench::new();
    film(&b, 12);
    let args = ["export", "film.json", "-o", "film.mp4", "--preset", "veryfast", "--segment-secs", "0.48"];
    b.ok(&args);
    let want = fs::read(b.path("film.mp4")).unwrap();
    fs::remove_file(b.path("film.mp4")).unwrap();
    let stop = |signal: &str| {
        let mut command = b.command_with("--default-signal=TERM", &args);
        let export = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        while parts(&b, "film.mp4").len() < 3 {
            sleep(Duration::from_millis(2));
        }
        kill(export.id(), signal);
        export.wait_with_output().unwrap()
    };
    let out = stop("-TERM");
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(130), "{said}");
    assert!(said.contains("of 25 segments are kept"), "{said}");
    let names = fs::read_dir(b.path(".film.mp4.cutroom-export")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    assert!(names.into_iter().all(|name| !name.ends_with(".tmp")), "unfinished parts are left");
    let kept = parts(&b, "film.mp4").len();
    let status: serde_json::Value = serde_json::from_str(&b.ok(&["export", "--status", "-o", "film.mp4", "--json"]).out).unwrap();
    assert_eq!((&status["segments"], &status["finished"], &status["running"]), (&25.into(), &kept.into(), &false.into()));
    // From another folder.
    fs::create_dir(b.path("elsewhere")).unwrap();
    let mut resume = b.command(&["export", "--resume", "-o", "../film.mp4", "--json"]);
    let out = resume.current_dir(b.path("elsewhere")).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(report["segments_reused"], kept);
    assert!(fs::read(b.path("film.mp4")).unwrap() == want);
    fs::remove_file(b.path("film.mp4")).unwrap();
    let none = b.run(&["export", "--resume", "-o", "film.mp4"]);
    assert_eq!(none.code, 1);
    assert!(none.err.contains("no export to it was stopped"), "{}", none.err);
    // A project that was changed since is not gone on with silently.
    stop("-INT");
    let mut film = b.read_json("film.json");
    film["compositions"][0]["background"] = serde_json::json!([1, 0, 0, 1]);
    b.write("film.json", &film.to_string());
    let changed = b.run(&["export", "--resume", "-o", "film.mp4"]);
    assert_eq!(changed.code, 1);
    assert!(changed.err.contains("export.changed"), "{}", changed.err);
    b.ok(&["export", "--clean", "-o", "film.mp4"]);
    b.ok(&["export", "--clean", "-o", "film.mp4"]);
    assert_eq!(b.names(), ["a.mp4", "elsewhere", "film.json"]);
}

/// A part that was changed on the disk is found when it is joined, and made again.
#[test]
fn a_damaged_segment_is_made_again() {
    let b = Bench::new();
    film(&b, 6);
    let args = ["export", "film.json", "-o", "film.mp4", "--preset", "veryfast", "--segment-secs", "1", "--json"];
    b.ok(&args);
    let want = fs::read(b.path("film.mp4")).unwrap();
    fs::remove_file(b.path("film.mp4")).unwrap();
    let mut export = b.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while parts(&b, "film.mp4").len() < 2 {
        sleep(Duration::from_millis(2));
    }
    kill(export.id(), "-KILL");
    export.wait().unwrap();
    let path = b.path(".film.mp4.cutroom-export/segment-00001.packets");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x40;
    fs::write(&path, bytes).unwrap();
    sleep(Duration::from_millis(300));
    b.ok(&args);
    assert!(fs::read(b.path("film.mp4")).unwrap() == want);
    assert_eq!(b.names(), ["a.mp4", "film.json", "film.mp4"]);
}
