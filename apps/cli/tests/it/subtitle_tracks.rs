//! Subtitles as tracks of media files: written by `export`, read by `subtitles show`, listed by `probe`;
//! FFmpeg reads the same cues.
use crate::support::{Bench, ffmpeg, rgba};
use std::process::Command;

const CUES: [(i64, i64, &str); 3] = [(200, 1500, "One <i>two</i>"), (1500, 2000, "Three"), (3040, 3990, "Vier & fünf\nsechs")];

fn srt(cues: &[(i64, i64, &str)]) -> String {
    let clock = |ms: i64| format!("00:{:02}:{:02},{:03}", ms / 60_000, ms / 1000 % 60, ms % 1000);
    cues.iter().enumerate().map(|(n, (a, b, text))| format!("{}\n{} --> {}\n{text}\n\n", n + 1, clock(*a), clock(*b))).collect()
}

fn film(b: &Bench) {
    let film = serde_json::json!({"schema_version": 2, "main": "m", "compositions": [{
        "id": "m", "size": {"width": 128, "height": 72}, "frame_rate": 25, "tracks": [{"id": "v", "clips": [{
            "id": "c", "source": {"type": "solid", "color": "#000000"}, "start": 0, "duration": "5s"}]}]}]});
    b.write("film.json", &film.to_string());
}

/// The cues of a subtitle stream as FFmpeg converts it to SubRip: without numbers.
fn by_ffmpeg(b: &Bench, file: &str, n: usize) -> String {
    let out = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(b.path(file))
        .args(["-map", &format!("0:s:{n}"), "-f", "srt", "-"])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().replace('\r', "")
}

/// Codec, language, and the flags default and forced of every subtitle stream.
fn streams(b: &Bench, file: &str) -> Vec<String> {
    let out = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "s", "-of", "csv=p=0", "-show_entries"])
        .arg("stream=codec_name:stream_tags=language:stream_disposition=default,forced")
        .arg(b.path(file))
        .output()
        .unwrap();
    String::from_utf8(out.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn tracks_are_what_ffmpeg_reads() {
    let b = Bench::new();
    film(&b);
    b.write("a.de.srt", &srt(&CUES));
    b.write("b.srt", &srt(&CUES[1..2]));
    b.write("c.ass", "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\pos(10,10)}x{\\b1}y\n");
    let tracks = ["--subtitles", "a.de.srt", "--subtitles", "en=b.srt:forced:default", "--subtitles", "c.ass"];
    let cases = [
        ("o.mp4", ["mov_text,0,0,deu", "mov_text,1,1,eng", "mov_text,0,0,und"], &["positions"][..]),
        ("o.mov", ["mov_text,0,0,ger", "mov_text,1,0,eng", "mov_text,0,0,und"], &["positions"]),
        ("o.mkv", ["subrip,0,0,deu", "subrip,1,1,eng", "ass,0,0,und"], &[]),
        ("o.webm", ["webvtt,0,0,deu", "webvtt,1,1,eng", "webvtt,0,0,und"], &[]),
    ];
    for (file, want, losses) in cases {
        let ran = b.ok(&[&["export", "film.json", "-o", file], &tracks[..]].concat());
        let found: Vec<String> = streams(&b, file).iter().map(|l| l.trim_end_matches(",und").to_owned()).collect();
        let want: Vec<String> = want.iter().map(|l| l.trim_end_matches(",und").to_owned()).collect();
        assert_eq!(found, want, "{file}");
        assert_eq!(by_ffmpeg(&b, file, 0).trim(), srt(&CUES).trim(), "{file}");
        assert_eq!(by_ffmpeg(&b, file, 1).trim(), srt(&CUES[1..2]).trim(), "{file}");
        for loss in losses {
            assert!(ran.err.contains(&format!("cannot hold {loss}")), "{file}: {}", ran.err);
        }
        // We read what we wrote.
        let shown = b.ok(&["subtitles", "show", file, "--stream", "0"]);
        assert!(shown.out.contains("3 cues, language de\n    1        0.200        1.500  One two\n"), "{}", shown.out);
        assert!(shown.out.contains("3.040        3.990  Vier & fünf\n"), "{}", shown.out);
        b.ok(&["subtitles", "convert", file, "--stream", "0", "-o", "back.srt", "--overwrite"]);
        assert_eq!(b.read("back.srt").trim(), srt(&CUES).trim(), "{file}");
        let probed = b.ok(&["probe", file]).out;
        assert!(probed.contains("subtitles 1") && probed.contains("default"), "{probed}");
    }
    let ass = b.ok(&["subtitles", "convert", "o.mkv", "--stream", "2", "-o", "back.ass"]);
    assert_eq!((ass.err.as_str(), b.read("back.ass").contains("{\\pos(10,10)}x{\\b1}y")), ("", true));
    // A part of the film has its part of the cues, from zero on.
    b.ok(&["export", "film.json", "-o", "part.mkv", "--range", "1s..3.4s", "--subtitles", "a.de.srt"]);
    let part = [(0, 500, CUES[0].2), (500, 1000, CUES[1].2), (2040, 2400, CUES[2].2)];
    assert_eq!(by_ffmpeg(&b, "part.mkv", 0).trim(), srt(&part).trim());
    for (arguments, code, message) in [
        (&["export", "film.json", "-o", "o-%03d.png", "--subtitles", "b.srt"][..], 2, "files that do are .mp4, .mov, .mkv, .webm"),
        (&["export", "film.json", "-o", "x.mkv", "--subtitles", "gone.srt"], 4, "gone.srt"),
        (&["subtitles", "show", "o.mkv", "--stream", "3"], 4, "has no subtitle stream 3; it has 3"),
        (&["subtitles", "show", "o.mkv"], 4, "--stream"),
    ] {
        let run = b.run(arguments);
        assert!(run.code == code && run.err.contains(message), "{arguments:?}: {} {}", run.code, run.err);
        assert!(!b.path("x.mkv").exists());
    }
}

/// Pictures of texts are named as such; tracks of real files are read.
#[test]
fn streams_of_clips_are_read() {
    let b = Bench::new();
    if let Some(clip) = cutroom_test_support::media("sony_a7m3_1080i25_avchd.mts") {
        let run = b.run(&["subtitles", "show", clip.to_str().unwrap(), "--stream", "0"]);
        assert!(run.code == 4 && run.err.contains("pictures of texts (hdmv_pgs_subtitle)"), "{} {}", run.code, run.err);
    }
    if let Some(clip) = cutroom_test_support::media("nasa_2video_2audio_2subs.mp4") {
        b.ok(&["subtitles", "convert", clip.to_str().unwrap(), "--stream", "1", "-o", "a.srt"]);
        let out = Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(&clip).args(["-map", "0:s:1", "-f", "srt", "-"]).output();
        let lines = |text: &str| text.lines().map(|l| l.replace("<font size=\"18\">", "")).collect::<Vec<_>>();
        assert_eq!(lines(&b.read("a.srt")), lines(&String::from_utf8(out.unwrap().stdout).unwrap()));
    }
}

/// The film's own subtitles as a track and as files: then they are not drawn.
#[test]
fn subtitles_of_the_film_become_tracks() {
    let b = Bench::new();
    film(&b);
    b.write("a.de.srt", &srt(&CUES));
    b.write("b.fr.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<c.red>Deux</c>\n");
    b.ok(&["subtitles", "add", "a.de.srt", "--film", "film.json"]);
    b.ok(&["subtitles", "add", "b.fr.vtt", "--film", "film.json"]);
    let light = |film: &str| {
        ffmpeg(&["-i", b.path(film).to_str().unwrap(), "-ss", "0.5", "-frames:v", "1"], &b.path("f.png"));
        rgba(&b, "f.png").iter().filter(|p| p[0] > 60).count()
    };
    b.ok(&["export", "film.json", "-o", "burnt.mkv"]);
    assert!(light("burnt.mkv") > 5 && streams(&b, "burnt.mkv").is_empty());
    b.ok(&["export", "film.json", "-o", "soft.mkv", "--subtitles-from", "subtitles-track-1"]);
    assert_eq!((light("soft.mkv"), streams(&b, "soft.mkv")), (0, vec!["subrip,0,0,deu".to_owned()]));
    assert_eq!(by_ffmpeg(&b, "soft.mkv", 0).trim(), srt(&CUES).trim());
    let wrong = b.run(&["export", "film.json", "-o", "x.mkv", "--subtitles-from", "v"]);
    assert!(
        wrong.code == 2 && wrong.err.contains("those with subtitles are subtitles-track-1, subtitles-track-2"),
        "{}",
        wrong.err
    );
    let files = b.ok(&["subtitles", "export", "film.json", "-o", "out.srt"]);
    assert_eq!(files.out, "out.de.srt: 3 cues of track subtitles-track-1\nout.fr.srt: 1 cue of track subtitles-track-2\n");
    assert_eq!(b.read("out.de.srt").trim(), srt(&CUES).trim());
    assert_eq!(b.read("out.fr.srt").trim(), "1\n00:00:01,000 --> 00:00:02,000\n<font color=\"#ff0000\">Deux</font>");
    b.ok(&["subtitles", "export", "film.json", "-o", "one.ass", "--track", "subtitles-track-2"]);
    assert!(b.read("one.ass").contains("Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\c&H0000FF&}Deux\n"));
}

/// Bursts of noise in the band of voices, and cues that are 7.3 s late and made for a film at another rate:
/// the cues come back to the bursts.
#[test]
fn cues_are_fitted_to_speech() {
    let b = Bench::new();
    let mut state = 5u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1u32 << 31)
    };
    let (mut bursts, mut t) = (Vec::new(), 12.0);
    while t < 140.0 {
        let end = t + 0.7 + 2.0 * random();
        bursts.push((t, end));
        t = end + 0.4 + 3.0 * random();
    }
    let rate = 8000usize;
    let samples: Vec<u8> = (0..150 * rate)
        .flat_map(|n| {
            let t = n as f64 / rate as f64;
            let on = bursts.iter().any(|(a, b)| (*a..*b).contains(&t));
            let v = (random() - 0.5) * if on { 0.4 } else { 0.004 };
            ((v * 32767.0) as i16).to_le_bytes()
        })
        .collect();
    std::fs::write(b.path("s.raw"), samples).unwrap();
    ffmpeg(&["-f", "s16le", "-ar", "8000", "-ac", "1", "-i", b.path("s.raw").to_str().unwrap()], &b.path("s.wav"));
    let ratio = 25.0 * 1001.0 / 24000.0;
    let cues: Vec<(i64, i64, &str)> =
        bursts.iter().map(|(a, b)| (((a + 7.3) / ratio * 1000.0) as i64, ((b + 7.3) / ratio * 1000.0) as i64, "x")).collect();
    b.write("a.srt", &srt(&cues));
    let times = |name: &str| -> Vec<(f64, f64)> {
        let json = b.ok(&["subtitles", "show", name, "--json"]).out;
        let report: serde_json::Value = serde_json::from_str(&json).unwrap();
        let secs = |c: &serde_json::Value, name: &str| c[name].as_f64().unwrap();
        report["cues"].as_array().unwrap().iter().map(|c| (secs(c, "start_secs"), secs(c, "end_secs"))).collect()
    };
    let near = |found: Vec<(f64, f64)>, most: f64| {
        assert_eq!(found.len(), bursts.len());
        for ((a, b), (from, to)) in found.iter().zip(&bursts) {
            assert!((a - from).abs() < most && (b - to).abs() < most, "{a} to {b} instead of {from} to {to}");
        }
    };
    let ran = b.ok(&["subtitles", "fit", "a.srt", "--film", "s.wav", "-o", "b.srt"]);
    assert!(
        ran.out.starts_with(&format!("b.srt: {} cues, offset -7.", bursts.len())) && ran.out.contains("ratio 1.04271"),
        "{}",
        ran.out
    );
    near(times("b.srt"), 0.05);
    // A film with this sound, and the edges of speech.
    b.ok(&["new", "film.json", "s.wav"]);
    b.ok(&["subtitles", "fit", "a.srt", "--film", "film.json", "-o", "c.srt", "--snap", "200ms"]);
    near(times("c.srt"), 0.025);
    // Nothing to fit, and nothing that fits.
    let other: Vec<(i64, i64, &str)> = (0..40).map(|n| (n * 3000, n * 3000 + 1000, "x")).collect();
    b.write("other.srt", &srt(&other));
    let weak = b.run(&["subtitles", "fit", "other.srt", "--film", "s.wav", "-o", "d.srt"]);
    assert!(
        weak.code == 1 && weak.err.contains("do not fit the speech of s.wav: their correlation is"),
        "{} {}",
        weak.code,
        weak.err
    );
    assert!(!b.path("d.srt").exists());
}

/// 3000 cues over two hours: FFmpeg reads all of them, and in the file they lie beside their pictures.
#[test]
fn two_hours_of_cues_lie_beside_their_pictures() {
    let b = Bench::new();
    let film = serde_json::json!({"schema_version": 2, "main": "m", "compositions": [{
        "id": "m", "size": {"width": 64, "height": 36}, "frame_rate": 1, "tracks": [{"id": "v", "clips": [{
            "id": "c", "source": {"type": "solid", "color": "#804020"}, "start": 0, "duration": "7200s"}]}]}]});
    b.write("film.json", &film.to_string());
    let clock = |ms: i64| format!("{:02}:{:02}:{:02},{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
    let cue = |n: i64| format!("{}\n{} --> {}\nCue {n}\nof many\n\n", n + 1, clock(n * 2400 + 100), clock(n * 2400 + 2300));
    let text: String = (0..3000).map(cue).collect();
    b.write("a.srt", &text);
    for file in ["o.mkv", "o.mp4"] {
        b.ok(&["export", "film.json", "-o", file, "--subtitles", "a.srt"]);
        assert!(by_ffmpeg(&b, file, 0).trim() == text.trim(), "{file}: other cues");
        let out = Command::new("ffprobe")
            .args(["-v", "error", "-show_entries", "packet=dts_time,pos", "-of", "csv=p=0"])
            .arg(b.path(file))
            .output()
            .unwrap();
        let packets = String::from_utf8(out.stdout).unwrap();
        let number = |text: Option<&str>| text.and_then(|t| t.parse::<f64>().ok());
        let mut places: Vec<(f64, f64)> = packets
            .lines()
            .filter_map(|l| {
                let mut columns = l.split(',');
                let time = number(columns.next())?;
                Some((number(columns.next())?, time))
            })
            .collect();
        // FFmpeg states no time for the first two of reordered pictures in Matroska.
        assert!(places.len() >= 10_198, "{file}: {} packets", places.len());
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Pictures are decoded up to two frames before they are shown.
        let mut latest = f64::MIN;
        for (_, time) in places {
            assert!(time > latest - 3.0, "{file}: {time} s lies behind {latest} s");
            latest = latest.max(time);
        }
    }
}
