//! docs/cli.md matches the output of `--help`. `CUTROOM_BLESS=1` regenerates it.
use crate::support::Bench;

/// The commands, as `--help` lists them; those below another command follow it.
fn commands(b: &Bench) -> Vec<String> {
    let below = |name: String| {
        let help = words_of(b, &name);
        let own = listed(&help).into_iter().map(|own| format!("{name} {own}")).collect::<Vec<_>>();
        [name].into_iter().chain(own)
    };
    listed(&b.ok(&["--help"]).out).into_iter().flat_map(below).collect()
}

/// The help of a command, whose name may have several words.
fn words_of(b: &Bench, name: &str) -> String {
    b.ok(&name.split(' ').chain(["--help"]).collect::<Vec<_>>()).out
}

/// The commands that a help lists.
fn listed(help: &str) -> Vec<String> {
    let rows = help.lines().skip_while(|l| *l != "Commands:").skip(1).take_while(|l| !l.is_empty());
    // A long description continues on the next line, farther to the right.
    let names = rows.filter_map(|l| l.strip_prefix("  ")?.split(' ').next()).filter(|name| !name.is_empty() && *name != "help");
    names.map(str::to_owned).collect()
}

fn page() -> String {
    let b = Bench::new();
    let help = |args: &[&str]| b.ok(args).out.trim_end().to_owned();
    let mut text = String::from(
        "# The command line\n\nWritten from `--help` by `CUTROOM_BLESS=1 cargo nextest run -E 'package(cutroom-cli) & test(docs)'`; do not edit.\n\n\
         Results go to standard output; progress, notes and errors to standard error. `cutroom man DIR` writes these pages for `man`.\n",
    );
    text += &format!("\n## cutroom\n\n```text\n{}\n```\n", help(&["--help"]));
    for name in commands(&b) {
        text += &format!("\n## cutroom {name}\n\n```text\n{}\n```\n", words_of(&b, &name).trim_end());
    }
    // Without trailing spaces, which depend on the terminal's width.
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn the_command_line_is_documented_as_it_is() {
    let path = cutroom_test_support::root().join("docs/cli.md");
    let now = page();
    if std::env::var_os("CUTROOM_BLESS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let then = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(then == now, "docs/cli.md is old: run CUTROOM_BLESS=1 cargo nextest run -E 'package(cutroom-cli) & test(docs)'");
}

/// Runs every example of every `--help`, up to the first shell operator, on clips with the names
/// used there.
#[test]
fn every_example_works() {
    let b = Bench::new();
    let clip = |name: &str, secs: &str| {
        let picture = format!("testsrc2=size=128x72:rate=25:duration={secs}");
        let sound = format!("sine=sample_rate=48000:duration={secs}");
        crate::support::ffmpeg(&["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &sound, "-pix_fmt", "yuv420p"], &b.path(name));
    };
    clip("a.mp4", "20");
    clip("b.mov", "1");
    crate::support::ffmpeg(&["-f", "lavfi", "-i", "sine=d=30"], &b.path("song.mp3"));
    crate::support::ffmpeg(&["-f", "lavfi", "-i", "testsrc=s=64x36:r=25", "-frames:v", "3"], &b.path("IMG_%04d.jpg"));
    std::fs::create_dir(b.path("man1")).unwrap();
    b.write("a.srt", "1\n00:00:10,000 --> 00:00:12,000\nA cue\n");
    crate::support::ffmpeg(&["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-frames:v", "6"], &b.path("c.mp4"));
    let kept = |name: &str| {
        [
            "a.mp4",
            "a.srt",
            "b.mov",
            "edits.jsonl",
            "film.mkv",
            "talk.wav",
            "c.mp4",
            "song.mp3",
            "film.json",
            "man1",
            ".cutroom",
            "b.mp4",
            "recorder.wav",
        ]
        .contains(&name)
            || name.starts_with("IMG_")
    };
    let mut done = 0;
    let commands = commands(&b);
    for name in &commands {
        // A small film for the commands after `new`, whose own examples make a large one.
        b.ok(&["new", "film.json", "a.mp4", "b.mov", "--overwrite"]);
        if ["cut-silence", "segments", "spectrogram", "sync"].contains(&name.as_str()) {
            // Two cameras and a recorder at one event.
            let noise = "anoisesrc=d=16:c=pink:r=48000:seed=4,tremolo=f=2:d=0.9";
            for (file, from) in [("b.mp4", "1"), ("recorder.wav", "0")] {
                let picture: &[&str] = if file == "b.mp4" { &["-f", "lavfi", "-i", "testsrc=s=64x36:r=25:d=16"] } else { &[] };
                let cut = ["-f", "lavfi", "-i", noise, "-ss", from, "-t", "14"];
                crate::support::ffmpeg(&[picture, &cut].concat(), &b.path(file));
            }
        }
        if name == "beats" {
            let mut film = crate::support::document(&serde_json::json!([
                { "id": "a1", "kind": "audio", "clips": [{ "id": "music", "source": { "type": "media", "media": "a" }, "start": 0, "duration": "5s" }] }
            ]));
            film["media"][0]["path"] = "song.mp3".into();
            film["media"][0]["kind"] = "audio".into();
            b.write("film.json", &film.to_string());
        }
        if name == "record" {
            let film = crate::support::document(&serde_json::json!([{ "id": "voice", "kind": "audio", "clips": [] }]));
            b.write("film.json", &film.to_string());
        }
        if name == "run" {
            b.write("edits.jsonl", "{\"set\": {\"of\": \"project\", \"field\": \"name\", \"value\": \"A film\"}}\n");
        }
        if name == "restore" {
            b.ok(&["history", "film.json", "--name", "cut-1"]);
        }
        if name == "split change" {
            b.ok(&["split", "new", "film.json", "columns:2", "a.mp4", "a.mp4", "--overwrite"]);
        }
        if name == "subtitles" {
            b.ok(&["new", "film.json", "b.mov", "--subtitles", "a.srt", "--overwrite"]);
            let text = b.path("a.srt");
            // Somebody speaks from 4 to 6 s.
            let speech = "aevalsrc=sin(6283*t)*between(t\\,4\\,6):d=15:s=8000";
            crate::support::ffmpeg(&["-f", "lavfi", "-i", speech], &b.path("talk.wav"));
            crate::support::ffmpeg(&["-i", text.to_str().unwrap()], &b.path("film.mkv"));
        }
        if name == "track" {
            // Something to follow, and something that follows.
            let effects = serde_json::json!([{ "id": "hide", "effect": "mosaic-region" }, { "id": "pin", "effect": "corner-pin" }]);
            let mut film = crate::support::document(&serde_json::json!([
                { "id": "v1", "clips": [{ "id": "c1", "source": { "type": "media", "media": "a" }, "start": 0, "duration": "6f@25",
                    "video": { "effects": effects } }] },
                { "id": "v2", "clips": [{ "id": "label", "source": { "type": "solid", "color": [1, 0, 0, 1] }, "start": 0,
                    "duration": "6f@25" }] }
            ]));
            film["media"][0]["path"] = "c.mp4".into();
            film["compositions"][0]["size"] = serde_json::json!({ "width": 640, "height": 360 });
            b.write("film.json", &film.to_string());
        }
        let help = words_of(&b, name);
        let all: Vec<&str> = help.lines().collect();
        for (i, line) in all.iter().enumerate().filter(|(_, l)| l.starts_with("  cutroom ")) {
            // A long line continues on the next.
            let rest = all
                .get(i + 1)
                .filter(|next| next.starts_with("  ") && !next.starts_with("  cutroom "))
                .copied()
                .unwrap_or_default();
            let line = format!("{line} {rest}").replace("/usr/local/share/man/", "").replace("/mnt/clips", ".");
            let words: Vec<&str> =
                line.split([' ']).filter(|w| !w.is_empty()).skip(1).take_while(|w| !["|", ">"].contains(w)).collect();
            let words: Vec<&str> = words.into_iter().map(|w| w.trim_matches('\'')).collect();
            let is_made = name == "new" || words.starts_with(&["split", "new"]);
            for old in b.names().iter().filter(|n| !kept(n) || is_made && *n == "film.json") {
                let old = b.path(old);
                if old.is_dir() { std::fs::remove_dir_all(old) } else { std::fs::remove_file(old) }.unwrap();
            }
            // A server runs until it is interrupted.
            let ran = if ["edit", "serve"].contains(&name.as_str()) { b.interrupted(&words) } else { b.run(&words) };
            // Machines of tests have no sound devices.
            let has_none = ["devices", "record"].contains(&name.as_str()) && ran.err.contains("device.no");
            // Nor displays, nor is the window built together with them.
            let has_none = has_none || name == "preview" && ran.err.contains("preview.");
            assert!(ran.code == 0 || has_none, "cutroom {}\n{}", words.join(" "), ran.err);
            done += 1;
        }
    }
    assert!(commands.len() >= 12 && done > 20, "{} commands, {done} examples", commands.len());
}
