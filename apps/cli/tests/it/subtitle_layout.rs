//! Subtitles in the picture, compared with libass through FFmpeg's filter `subtitles`.
use crate::support::Bench;
use std::process::Command;

const WIDTH: usize = 1920;
const HEIGHT: usize = 1080;

/// Texts of a SubRip file.
const PLAIN: [&str; 2] = ["Hxnm Hello Anna", "First line\nSecond Hxm"];
/// Layer, margins and texts of an ASS file.
const PLACED: [(&str, &str); 10] = [
    ("0,0,0", "Margins Hxnm"),
    ("0,0,0", "{\\an7}Top left Hxnm"),
    ("0,0,0", "{\\pos(320,100)}Placed Hxnm"),
    ("100,0,50", "{\\an3\\bord3}Right Hxnm"),
    ("0,0,0", "{\\an5\\fs48\\c&H0000FF&}Big Hxnm"),
    ("0,0,0", "{\\an5\\move(100,100,300,200)}Moved Hxnm"),
    ("0,0,0", "{\\an5\\pos(320,180)\\frz30}Turned Hxnm"),
    ("0,0,0", "{\\an5\\pos(320,180)\\fscx150\\fscy80\\fsp4}Scaled Hxnm"),
    ("0,0,0", "{\\an5\\pos(320,180)\\clip(200,170,330,200)}Clipped Hxnm"),
    ("0,0,0", "{\\fad(600,0)}Fading {\\b1}Hxnm"),
];
const HEAD: &str = "[Script Info]\nScriptType: v4.00+\nPlayResX: 640\nPlayResY: 360\nScaledBorderAndShadow: yes\n\n[V4+ Styles]\n\
    Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, \
    ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding\n\
    Style: Default,Noto Serif,24,&H00FFFFFF,&H000000FF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,1,0,2,30,10,20,1\n\n[Events]\n\
    Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n";

/// Start and end of cue `n` in hundredths of a second: frame `n` of the film, which has one a second,
/// lies in its middle.
fn times(n: usize) -> (usize, usize) {
    (100 * n + 50, 100 * n + 150)
}

fn ass() -> String {
    let clock = |t: usize| format!("0:00:{:02}.{:02}", t / 100, t % 100);
    let line = |(n, (margins, text)): (usize, &(&str, &str))| {
        format!("Dialogue: 0,{},{},Default,,{margins},,{text}\n", clock(times(n).0), clock(times(n).1))
    };
    HEAD.to_owned() + &PLACED.iter().enumerate().map(line).collect::<String>()
}

fn srt() -> String {
    let clock = |t: usize| format!("00:00:{:02},{:02}0", t / 100, t % 100);
    let cue = |(n, text): (usize, &&str)| format!("{}\n{} --> {}\n{text}\n\n", n + 1, clock(times(n).0), clock(times(n).1));
    PLAIN.iter().enumerate().map(cue).collect()
}

fn bench() -> Option<Bench> {
    let filters = Command::new("ffmpeg").args(["-v", "error", "-filters"]).output().unwrap();
    if !String::from_utf8_lossy(&filters.stdout).contains(" subtitles ") {
        eprintln!("skipped: this ffmpeg has no libass");
        return None;
    }
    let b = Bench::new();
    let fonts = cutroom_test_support::root().join("crates/drawing/fonts");
    std::fs::create_dir(b.path("fonts")).unwrap();
    for name in ["Inter.ttf", "NotoSerif-Regular.ttf", "NotoSerif-Bold.ttf"] {
        std::fs::copy(fonts.join(name), b.path("fonts").join(name)).unwrap();
    }
    let film = serde_json::json!({"schema_version": 2, "main": "m", "compositions": [{
        "id": "m", "size": {"width": WIDTH, "height": HEIGHT}, "frame_rate": 1, "tracks": [{"id": "v", "clips": [{
            "id": "c", "source": {"type": "solid", "color": "#808080"}, "start": 0, "duration": "12s"}]}]}]});
    b.write("film.json", &film.to_string());
    b.write("t.srt", &srt());
    b.write("t.ass", &ass());
    Some(b)
}

/// Of each picture: left, top, right and bottom of what is not grey, and how far its strongest points are
/// from grey.
fn ink(b: &Bench, arguments: &[&str], pictures: usize) -> Vec<([i64; 4], i64)> {
    let count = pictures.to_string();
    let out = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin"])
        .args(arguments)
        .args(["-frames:v", &count, "-f", "rawvideo", "-pix_fmt", "gray", "-"])
        .current_dir(b.dir.path())
        .output()
        .unwrap();
    assert_eq!(out.stdout.len(), pictures * WIDTH * HEIGHT, "{}", String::from_utf8_lossy(&out.stderr));
    let of = |picture: &[u8]| {
        let far = |v: u8| (i64::from(v) - 128).abs();
        let (mut found, mut most) = ([i64::MAX, i64::MAX, 0, 0], 0);
        for (n, v) in picture.iter().enumerate().filter(|(_, v)| far(**v) > 30) {
            let (x, y) = ((n % WIDTH) as i64, (n / WIDTH) as i64);
            found = [found[0].min(x), found[1].min(y), found[2].max(x + 1), found[3].max(y + 1)];
            most = most.max(far(*v));
        }
        (found, most)
    };
    out.stdout.chunks(WIDTH * HEIGHT).map(of).collect()
}

/// The ink of every cue of a file in its middle lies within 2 px of that of libass.
fn compare(b: &Bench, file: &str, cues: usize, force: &str) {
    b.ok(&["subtitles", "add", file, "--film", "film.json", "--style", "libass", "-o", "titled.json"]);
    let range = format!("1..{}", cues + 1);
    b.ok(&["export", "titled.json", "-o", "f-%02d.png", "--range", &range]);
    let ours = ink(b, &["-framerate", "1", "-i", "f-%02d.png"], cues);
    let filter = format!("subtitles={file}:fontsdir=fonts{force},format=rgb24,select=gte(n\\,1)");
    let source = format!("color=0x808080:s={WIDTH}x{HEIGHT}:r=1:d=12");
    let theirs = ink(b, &["-f", "lavfi", "-i", &source, "-vf", &filter], cues);
    for (n, ((ours, our_most), (theirs, their_most))) in ours.into_iter().zip(theirs).enumerate() {
        assert!(theirs[0] < theirs[2], "cue {n} of {file}: libass draws nothing");
        let near = ours.iter().zip(theirs).all(|(a, b)| (a - b).abs() <= 2);
        assert!(
            near && (our_most - their_most).abs() <= 6,
            "cue {n} of {file}: {ours:?} {our_most}, libass {theirs:?} {their_most}"
        );
    }
}

#[test]
fn plain_files_lie_as_with_libass() {
    let Some(b) = bench() else { return };
    compare(&b, "t.srt", PLAIN.len(), ":force_style='Fontname=Inter Variable'");
}

#[test]
fn ass_lies_as_with_libass() {
    let Some(b) = bench() else { return };
    compare(&b, "t.ass", PLACED.len(), "");
    // Without a style the file's own counts, too, and a film's cues are written as they were read.
    b.ok(&["subtitles", "add", "t.ass", "--film", "film.json", "-o", "own.json"]);
    let clip = |name: &str| b.read_json(name)["compositions"][0]["tracks"][1]["clips"][0].clone();
    assert_eq!(clip("own.json"), clip("titled.json"));
    b.ok(&["subtitles", "export", "own.json", "-o", "back.ass"]);
    let back = b.read("back.ass");
    for text in ["\\pos(960,300)", "\\move(300,300,900,600,0,1000)", "\\frz30", "\\fscx150\\fscy80", "\\clip(600,510,990,600)"] {
        assert!(back.contains(text), "{text} in {back}");
    }
    // What is not shown is named once, with how often it is there.
    let odd = "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\t(\\fs20)\\frx30}a{\\p1}m 0 0 l 9 9{\\p0}\n";
    b.write("odd.ass", &format!("{}{odd}{odd}", ass()));
    let ran = b.ok(&["subtitles", "add", "odd.ass", "--film", "film.json", "-o", "odd.json"]);
    for message in
        ["odd.ass:23: drawings (\\p) are left out (2 times)", "tags \\t are left out (2 times)", "tags \\frx are left out"]
    {
        assert!(ran.err.contains(message), "{message} in {}", ran.err);
    }
}
