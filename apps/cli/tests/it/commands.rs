//! The commands that only report: their output for people and for programs.
use crate::support::{Bench, ffmpeg};
use serde_json::Value;
use std::process::Command;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// The reported facts are those that FFmpeg was given when the file was made.
#[test]
fn probe_tells_what_a_file_holds() {
    let b = Bench::new();
    b.clip("a.mp4", 30, "30000/1001");
    ffmpeg(&["-f", "lavfi", "-i", "sine=d=2:r=44100"], &b.path("tone.wav"));
    b.write("text.mp4", "no film");
    let table = b.ok(&["probe", "a.mp4", "tone.wav"]).out;
    for part in ["a.mp4: ", "tone.wav: ", "320x180", "yuv420p", "30000/1001 fps", "30 frames", "44100 Hz", "88200 samples", "bt709"]
    {
        assert!(table.contains(part), "{part}\n{table}");
    }
    let ran = b.run(&["probe", "--json", "a.mp4", "text.mp4", "tone.wav"]);
    assert_eq!(ran.code, 4);
    assert!(ran.err.contains("text.mp4"), "{}", ran.err);
    let reports = json(&ran.out);
    assert_eq!(reports.as_array().map(Vec::len), Some(2), "one file that cannot be read costs the others nothing");
    let video = &reports[0]["video"][0];
    assert_eq!((video["width"].as_u64(), video["height"].as_u64(), video["frames"].as_u64()), (Some(320), Some(180), Some(30)));
    assert_eq!((video["frame_rate"].as_str(), video["bits"].as_u64()), (Some("30000/1001"), Some(8)));
    assert_eq!(reports[0]["audio"][0]["channels"], 2);
    let sound = &reports[1]["audio"][0];
    assert_eq!(
        (sound["rate_hz"].as_u64(), sound["samples"].as_u64(), sound["channels"].as_u64()),
        (Some(44_100), Some(88_200), Some(1))
    );
    assert_eq!(b.run(&["probe"]).code, 2);
}

/// Checks that a value conforms to a schema, for the keywords that the project's schema uses.
fn fits(value: &Value, schema: &Value, root: &Value) -> Result<(), String> {
    let no = |why: &str| Err(format!("{value}: {why} {schema}"));
    if let Some(name) = schema["$ref"].as_str() {
        let definition = name.strip_prefix('#').and_then(|p| root.pointer(p)).ok_or(format!("no {name}"))?;
        fits(value, definition, root)?;
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|v| v.fract() == 0.0),
        "boolean" => value.is_boolean(),
        _ => value.is_null(),
    };
    if !kinds.is_empty() && !kinds.iter().any(|k| is(k)) {
        return no("another type than");
    }
    if schema.get("const").is_some_and(|c| c != value) || schema["enum"].as_array().is_some_and(|e| !e.contains(value)) {
        return no("not the value of");
    }
    if schema["minimum"].as_f64().zip(value.as_f64()).is_some_and(|(min, v)| v < min) {
        return no("below the least of");
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(branches) = schema[key].as_array() {
            let all: Vec<_> = branches.iter().map(|s| fits(value, s, root)).collect();
            if !all.iter().any(Result::is_ok) {
                return no(&format!("fits none of ({})", all.into_iter().filter_map(Result::err).collect::<Vec<_>>().join("; ")));
            }
        }
    }
    if let Some(fields) = value.as_object() {
        if let Some(missing) =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).find(|k| !fields.contains_key(*k))
        {
            return no(&format!("lacks {missing} of"));
        }
        for (name, field) in fields {
            match (schema["properties"].get(name), schema.get("additionalProperties")) {
                (Some(s), _) => fits(field, s, root)?,
                (None, Some(Value::Bool(false))) => return no(&format!("{name} is not in")),
                (None, Some(s)) if s.is_object() => fits(field, s, root)?,
                _ => {}
            }
        }
    }
    if let Some(items) = value.as_array().filter(|_| schema["items"].is_object()) {
        items.iter().try_for_each(|item| fits(item, &schema["items"], root))?;
    }
    Ok(())
}

#[test]
fn the_schema_describes_the_documented_example_and_what_new_makes() {
    let b = Bench::new();
    let schema = json(&b.ok(&["schema"]).out);
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    // Every reference has a definition.
    let text = schema.to_string();
    for name in text.split("\"#/$defs/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(schema["$defs"].get(name).is_some(), "{name}");
    }
    let example = json(&cutroom_test_support::example("docs/project-format.md", "json"));
    fits(&example, &schema, &schema).unwrap();
    b.clip("a.mp4", 10, "25");
    b.ok(&["new", "film.json", "a.mp4", "a.mp4", "--dissolve", "2f"]);
    fits(&b.read_json("film.json"), &schema, &schema).unwrap();
    // The check rejects documents that do not conform.
    for (pointer, value) in
        [("/main", Value::Null), ("/compositions/0/size/width", Value::from(-1)), ("/media/0/kind", Value::from("film"))]
    {
        let mut wrong = example.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        wrong.pointer_mut(parent).unwrap()[key] = value;
        assert!(fits(&wrong, &schema, &schema).is_err(), "{pointer}");
    }
}

#[test]
fn doctor_lists_what_works() {
    let b = Bench::new();
    let (text, report) = (b.ok(&["doctor"]).out, json(&b.ok(&["doctor", "--json"]).out));
    let version = Command::new("ffmpeg").arg("-version").output().unwrap();
    let linked = report["ffmpeg"].as_str().unwrap();
    assert!(String::from_utf8_lossy(&version.stdout).contains(linked), "{linked}");
    for title in ["Drawing", "Writing", "Reading", "Fonts", "\n  cpu ", "\n  gpu "] {
        assert!(text.contains(title), "{title}\n{text}");
    }
    for list in ["backends", "formats", "decoders", "fonts"] {
        assert!(report[list].as_array().is_some_and(|l| !l.is_empty()), "{list}: {report}");
    }
    let decoder = |title: &str| {
        let all = report["decoders"].as_array().unwrap();
        all.iter().find(|d| d["title"] == title).unwrap_or_else(|| panic!("{title}"))["decoder"].as_str().map(str::to_owned)
    };
    assert_eq!(decoder("VP9 with alpha").as_deref(), Some("libvpx-vp9"));
    assert_eq!(decoder("H.264 / AVC").as_deref(), Some("h264"));
    let fonts = report["fonts"].as_array().unwrap();
    assert!(text.contains(&format!("{} fonts: {}", fonts.len(), fonts[0].as_str().unwrap())), "{text}");
    // The help of export names every codec.
    let help = b.ok(&["export", "--help"]).out;
    for format in report["formats"].as_array().unwrap() {
        let codec = format["codec"].as_str().unwrap();
        assert!(
            help.contains(&format!("{codec},")) || help.contains(&format!("{codec};")) || help.contains(&format!("{codec}\n")),
            "{codec}"
        );
        for extension in format["extensions"].as_array().unwrap() {
            assert!(help.contains(extension.as_str().unwrap()), "{extension}");
        }
    }
}

#[test]
fn completions_are_scripts_of_their_shells() {
    let b = Bench::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = b.ok(&["completions", shell]).out;
        for word in ["cutroom", "export", "frame-hashes", "overwrite", "doctor"] {
            assert!(script.contains(word), "{shell} knows no {word}");
        }
        b.write(shell, &script);
    }
    let syntax = Command::new("bash").arg("-n").arg(b.path("bash")).output().unwrap();
    assert!(syntax.status.success(), "{}", String::from_utf8_lossy(&syntax.stderr));
    // The completions that bash offers after `cutroom exp`.
    let ask = "source ./bash; COMP_WORDS=(cutroom exp); COMP_CWORD=1; _cutroom cutroom exp cutroom; echo \"${COMPREPLY[@]}\"";
    let offered = Command::new("bash").args(["-c", ask]).current_dir(b.dir.path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&offered.stdout).trim(), "export", "{}", String::from_utf8_lossy(&offered.stderr));
    assert_eq!(b.run(&["completions", "csh"]).code, 2);
}

#[test]
fn man_writes_a_page_for_each_command() {
    let b = Bench::new();
    std::fs::create_dir(b.path("man")).unwrap();
    b.ok(&["man", "man"]);
    let help = b.ok(&["--help"]).out;
    // `help` is clap's own and has no page.
    let commands = help.lines().skip_while(|l| *l != "Commands:").skip(1).take_while(|l| !l.is_empty());
    let mut pages: Vec<String> =
        commands.filter_map(|l| l.split_whitespace().next()).filter(|c| *c != "help").map(|c| format!("cutroom-{c}.1")).collect();
    pages.push("cutroom.1".into());
    for page in pages {
        let text = std::fs::read_to_string(b.path("man").join(&page)).unwrap_or_else(|e| panic!("{page}: {e}"));
        assert!(text.contains(".TH") && text.contains(".SH"), "{page}");
        // groff writes warnings to standard error.
        if let Ok(out) = Command::new("groff").args(["-man", "-Tutf8", "-P-cbou", "-ww"]).arg(b.path("man").join(&page)).output() {
            let shown = String::from_utf8_lossy(&out.stdout);
            assert!(out.status.success() && out.stderr.is_empty(), "{page}: {}", String::from_utf8_lossy(&out.stderr));
            assert!(shown.contains("NAME") && shown.contains("SYNOPSIS"), "{page}: {shown}");
        }
    }
    let ran = b.run(&["man", "nowhere"]);
    assert!(ran.code == 1 && ran.err.contains("existing directory"), "{}", ran.err);
}

/// Problems of a clip are reported when a project is made from it, not only when it is exported.
#[test]
fn a_new_project_tells_what_is_wrong_with_its_clips() {
    let b = Bench::new();
    crate::support::ffmpeg(&["-f", "lavfi", "-i", "testsrc2=size=64x36:duration=1", "-c:v", "mpeg2video"], &b.path("part.ts"));
    let part = std::fs::read(b.path("part.ts")).unwrap();
    std::fs::write(b.path("joined.ts"), [&part[..], &part].concat()).unwrap();
    let ran = b.ok(&["new", "film.json", "joined.ts", "part.ts", "joined.ts"]);
    let notes: Vec<&str> = ran.err.lines().filter(|l| l.starts_with("note: ")).collect();
    assert!(notes.len() == 1 && notes[0].contains("joined.ts: ") && notes[0].contains("clock restarts"), "{}", ran.err);
}
