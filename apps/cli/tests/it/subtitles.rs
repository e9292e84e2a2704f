//! `cutroom subtitles`: show, convert, shift, stretch, split, check.
use crate::support::{Bench, ffmpeg, rgba};

const SRT: &str = "1\n00:00:01,000 --> 00:00:02,000\nOne <i>two</i>\n\n2\n00:00:03,000 --> nothing\nlost\n\n3\n00:00:05,000 --> 00:00:09,000\nA line that is \
                   longer than a line should ever be in a film\n";

#[test]
fn files_are_shown_and_converted() {
    let bench = Bench::new();
    bench.write("a.srt", SRT);
    let shown = bench.ok(&["subtitles", "show", "a.srt"]);
    assert!(shown.out.starts_with("a.srt: srt, UTF-8, 2 cues\n    1        1.000        2.000  One two\n"), "{}", shown.out);
    assert!(shown.err.contains("note: a.srt:6: the cue is left out: its end is no time"), "{}", shown.err);
    let json: serde_json::Value = serde_json::from_str(&bench.ok(&["subtitles", "show", "a.srt", "--json"]).out).unwrap();
    assert_eq!((&json["cues"][0]["details"]["runs"][1]["style"]["italic"], &json["issues"][0]["line"]), (&true.into(), &6.into()));
    for (output, text) in [
        ("a.vtt", "00:00:01.000 --> 00:00:02.000\nOne <i>two</i>\n"),
        ("a.ass", "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,One {\\i1}two\n"),
        ("a.ttml", "<p begin=\"00:00:01.000\" end=\"00:00:02.000\">One <span tts:fontStyle=\"italic\">two</span></p>\n"),
        ("b.srt", "1\n00:00:01,000 --> 00:00:02,000\nOne <i>two</i>\n\n2\n00:00:05,000"),
    ] {
        let ran = bench.ok(&["subtitles", "convert", "a.srt", "-o", output]);
        assert_eq!(ran.out, format!("{output}: 2 cues\n"));
        assert!(bench.read(output).contains(text), "{}", bench.read(output));
        // FFmpeg reads the same cues.
        let file = bench.path(output);
        if output != "a.ttml" {
            let out = std::process::Command::new("ffprobe")
                .args(["-v", "error", "-show_entries", "packet=pts_time,duration_time", "-of", "csv=p=0"])
                .arg(&file)
                .output()
                .unwrap();
            let packets = String::from_utf8(out.stdout).unwrap();
            assert_eq!(
                packets.lines().map(|l| l.trim_end_matches(',')).collect::<Vec<_>>(),
                ["1.000000,1.000000", "5.000000,4.000000"],
                "{output}"
            );
        }
    }
    let placed = "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\pos(10,10)}x\n";
    bench.write("p.ass", placed);
    let lossy = bench.ok(&["subtitles", "convert", "p.ass", "-o", "p.srt"]);
    assert!(lossy.err.contains("warning: the format cannot hold: positions"), "{}", lossy.err);
    // The input is kept, an existing output too.
    assert_eq!(bench.run(&["subtitles", "convert", "a.srt", "-o", "a.srt", "--overwrite"]).code, 2);
    let exists = bench.run(&["subtitles", "convert", "a.srt", "-o", "a.vtt"]);
    assert!(exists.code == 2 && exists.err.contains("--overwrite"), "{}", exists.err);
}

#[test]
fn times_are_moved_and_cues_split() {
    let bench = Bench::new();
    bench.write("a.srt", SRT);
    let times = |file: &str| bench.read(file).lines().filter(|l| l.contains("-->")).map(str::to_owned).collect::<Vec<_>>();
    bench.ok(&["subtitles", "shift", "a.srt", "--by", "-500ms", "-o", "b.srt"]);
    assert_eq!(times("b.srt"), ["00:00:00,500 --> 00:00:01,500", "00:00:04,500 --> 00:00:08,500"]);
    bench.ok(&["subtitles", "stretch", "a.srt", "--from-fps", "25", "--to-fps", "24000/1001", "-o", "c.srt"]);
    assert_eq!(times("c.srt"), ["00:00:01,043 --> 00:00:02,085", "00:00:05,214 --> 00:00:09,384"]);
    bench.ok(&["subtitles", "stretch", "a.srt", "--point", "0:01=0:02", "--point", "0:05=0:10", "-o", "d.srt"]);
    assert_eq!(times("d.srt"), ["00:00:02,000 --> 00:00:04,000", "00:00:10,000 --> 00:00:18,000"]);
    let split = bench.ok(&["subtitles", "split", "a.srt", "--line-letters", "32", "--lines", "1", "-o", "e.srt"]);
    assert_eq!(split.out, "e.srt: 3 cues, 1 changed\n");
    let found = bench.run(&["subtitles", "check", "a.srt"]);
    assert_eq!(found.code, 1, "{}", found.err);
    assert!(found.out.contains("cue 2") && found.out.contains("line length"), "{}", found.out);
    let fine = bench.ok(&["subtitles", "check", "e.srt"]);
    assert!(fine.out.contains("nothing found"), "{}", fine.out);
}

#[test]
fn requests_that_make_no_sense_are_refused() {
    let bench = Bench::new();
    bench.write("a.srt", SRT);
    bench.write("text.txt", "just text");
    for (args, code, text) in [
        (&["show", "gone.srt"][..], 4, "gone.srt"),
        (&["show", "text.txt"], 4, "not a subtitle file"),
        (&["shift", "a.srt", "-o", "b.srt"], 2, "--by is missing"),
        (&["shift", "a.srt", "--by", "5f", "-o", "b.srt"], 2, "not a time"),
        (&["convert", "a.srt"], 2, "--output is missing"),
        (&["convert", "a.srt", "-o", "b.doc"], 2, "says no subtitle format"),
        (&["convert", "a.srt", "-o", "b.srt", "--by", "1s"], 2, "has no option --by"),
        (&["stretch", "a.srt", "--from-fps", "25", "-o", "b.srt"], 2, "--to-fps"),
        (&["stretch", "a.srt", "--point", "1s=2s", "--point", "1s=3s", "-o", "b.srt"], 2, "different times"),
        (&["split", "a.srt", "--line-letters", "0", "-o", "b.srt"], 2, "--line-letters"),
    ] {
        let ran = bench.run(&[&["subtitles"], args].concat());
        assert!(ran.code == code && ran.err.contains(text), "{args:?}: {} {}", ran.code, ran.err);
        assert_eq!(bench.names(), ["a.srt", "text.txt"]);
    }
}

/// The picture of a film shows each cue between its times, at its place, and nothing else.
#[test]
fn files_are_drawn_into_films() {
    let bench = Bench::new();
    bench.write(
        "a.srt",
        "1\n00:00:01,000 --> 00:00:02,000\nAt the bottom\n\n2\n00:00:02,000 --> 00:00:03,000\n{\\an8}At the <b>top</b>\n",
    );
    let film = serde_json::json!({"schema_version": 2, "main": "m", "compositions": [{
        "id": "m", "size": {"width": 320, "height": 180}, "frame_rate": 25, "tracks": [{"id": "v", "clips": [{
            "id": "c", "source": {"type": "solid", "color": "#000000"}, "start": 0, "duration": "4s"}]}]}]});
    bench.write("film.json", &film.to_string());
    let added = bench.ok(&["subtitles", "add", "a.srt", "--film", "film.json", "-o", "titled.json"]);
    assert_eq!(added.out, "titled.json: clip subtitles-1 on track subtitles-track-1 shows 2 cues\n");
    // Light pixels in the upper and in the lower half.
    let light = |at: &str| {
        bench.ok(&["frame", "titled.json", "--at", at, "-o", "f.png", "--overwrite"]);
        let raw = std::process::Command::new("ffmpeg")
            .args(["-v", "error", "-i"])
            .arg(bench.path("f.png"))
            .args(["-f", "rawvideo", "-pix_fmt", "gray", "-"])
            .output()
            .unwrap()
            .stdout;
        let (upper, lower) = raw.split_at(raw.len() / 2);
        [upper, lower].map(|half| half.iter().filter(|v| **v > 200).count() > 50)
    };
    assert_eq!(
        ["0.9s", "1s", "1.96s", "2s", "3s"].map(light),
        [[false; 2], [false, true], [false, true], [true, false], [false; 2]]
    );
    for (arguments, message) in [
        (&["add", "a.srt"][..], "--film is missing"),
        (&["add", "a.srt", "--film", "film.json", "--style", "boxd"], "the nearest is \"boxed\""),
        (&["show", "a.srt", "--style", "boxed"], "`subtitles show` has no option --style"),
    ] {
        let run = bench.run(&[&["subtitles"], arguments].concat());
        assert!(run.err.contains(message), "{}", run.err);
    }
}

/// `new --subtitles` makes the track that `subtitles add` makes: the first file at the bottom, the
/// second one at the top, and further ones off.
#[test]
fn new_films_show_subtitle_files() {
    let bench = Bench::new();
    bench.write("a.de.srt", "1\n00:00:00,200 --> 00:00:00,600\nUnten\n");
    bench.write("b.srt", "1\n00:00:00,200 --> 00:00:00,600\nOben\n");
    bench.write("c.fr.srt", "1\n00:00:00,200 --> 00:00:00,600\nAilleurs\n");
    ffmpeg(&["-f", "lavfi", "-i", "color=black:s=320x180:r=25:d=1", "-c:v", "libx264"], &bench.path("a.mp4"));
    let made =
        bench.ok(&["new", "film.json", "a.mp4", "--subtitles", "a.de.srt", "--subtitles", "eng=b.srt", "--subtitles", "c.fr.srt"]);
    assert_eq!(made.out, "film.json: 1 clip, 320x180, 25 fps, 1.000 s\n");
    assert!(made.err.contains("note: c.fr.srt: two subtitle files are shown; the track subtitles-track-3 of this one is off"));
    let json = bench.read_json("film.json");
    let tracks = json["compositions"][0]["tracks"].as_array().unwrap();
    let source = |n: usize| &tracks[tracks.len() - 3 + n]["clips"][0]["source"];
    assert_eq!([0, 1, 2].map(|n| source(n)["language"].as_str().unwrap_or("")), ["de", "en", "fr"]);
    // The same clip as `subtitles add` makes.
    bench.ok(&["new", "plain.json", "a.mp4"]);
    bench.ok(&["subtitles", "add", "a.de.srt", "--film", "plain.json"]);
    let plain = bench.read_json("plain.json");
    assert_eq!(plain["compositions"][0]["tracks"].as_array().unwrap().last().unwrap()["clips"], tracks[tracks.len() - 3]["clips"]);
    let light = |at: &str| {
        bench.ok(&["frame", "film.json", "--at", at, "-o", "f.png", "--overwrite"]);
        let picture = rgba(&bench, "f.png");
        let (upper, lower) = picture.split_at(picture.len() / 2);
        [upper, lower].map(|half| half.iter().filter(|p| p[0] > 200).count() > 30)
    };
    assert_eq!(["0.16s", "0.2s", "0.56s", "0.6s"].map(light), [[false; 2], [true; 2], [true; 2], [false; 2]]);
    for (arguments, code, message) in [
        (&["--subtitles", "gone.srt"][..], 4, "gone.srt"),
        (&["--subtitles", "a.de.srt:forced"], 2, "concern tracks of exported files"),
        (&["--subtitles", "a.de.srt", "--subtitle-style", "boxd"], 2, "the nearest is \"boxed\""),
        (&["--subtitle-style", "boxed"], 2, "--subtitle-style is given without --subtitles"),
    ] {
        let run = bench.run(&[&["new", "other.json", "a.mp4"], arguments].concat());
        assert!(run.code == code && run.err.contains(message), "{} {}", run.code, run.err);
        assert!(!bench.path("other.json").exists());
    }
}
