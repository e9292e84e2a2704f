//! Costs of an editing session on a project of 10 000 clips on 100 tracks, with its journal.
//! `cargo run --release -p cutroom-api --example session_costs [CLIPS [TRACKS]]`.
use cutroom_api::{CancelToken, Editor, JournalOptions, Session};
use cutroom_effects::Catalog;
use cutroom_project::{from_json, load};
use cutroom_timeline::Timeline;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    hint::black_box,
    time::{Duration, Instant},
};

/// Clips of two seconds with two effects, one of them animated, a transition at each cut and, on every
/// second track, the track above as a matte.
fn film(clips: usize, tracks: usize) -> Value {
    let clip = |t: usize, k: usize| {
        let mut clip = json!({"id": format!("c{t}-{k}"), "name": format!("shot {k}"), "source": {"type": "media", "media": format!("m{}", k % 10)},
            "start": format!("{}s", 2 * k), "duration": "2s", "source_in": "1s", "video": {"effects": [
                {"id": format!("e{t}-{k}"), "effect": "exposure", "params": {"exposure": {"keyframes": [{"time": 0, "value": 0}, {"time": "1s", "value": 1}]}}},
                {"id": format!("f{t}-{k}"), "effect": "gaussian-blur", "params": {"radius": 3}}]}});
        if t.is_multiple_of(2) && t + 1 < tracks {
            clip["video"]["matte"] = json!({"track": format!("t{}", t + 1)});
        }
        clip
    };
    let track = |t: usize| {
        let number = clips / tracks;
        let transitions: Vec<Value> = (1..number)
            .map(|k| json!({"id": format!("x{t}-{k}"), "kind": "crossfade", "from": format!("c{t}-{}", k - 1), "to": format!("c{t}-{k}"), "duration": "0.4s"}))
            .collect();
        json!({"id": format!("t{t}"), "clips": (0..number).map(|k| clip(t, k)).collect::<Vec<_>>(), "transitions": transitions})
    };
    let media: Vec<Value> = (0..10).map(|m| json!({"id": format!("m{m}"), "path": format!("m{m}.mp4")})).collect();
    json!({"schema_version": 2, "main": "film", "media": media, "compositions": [
        {"id": "film", "size": {"width": 1920, "height": 1080}, "frame_rate": "25", "tracks": (0..tracks).map(track).collect::<Vec<_>>()}]})
}

/// The edits of an editor at work: small ones at one place, and now and then one that moves what follows.
fn command(i: usize, clips: usize, tracks: usize) -> Value {
    let (t, k) = ((i * 37) % tracks, (i * 53) % (clips / tracks - 2));
    let id = format!("c{t}-{k}");
    let start = 2.0 * k as f64;
    match i % 10 {
        0 => json!({"trim": {"clip": id, "edge": "end", "to": format!("{}s", start + 1.96)}}),
        1 => json!({"undo": {}}),
        2 => json!({"split": {"clips": [id], "at": format!("{}s", start + 1.0)}}),
        3 => json!({"set": {"of": {"clip": id}, "field": "video.opacity", "value": (i % 7) as f64 / 7.0}}),
        4 => json!({"slip": {"clips": [id], "by": "40ms"}}),
        5 => json!({"set_keyframe": {"of": {"clip": id}, "field": "video.opacity", "time": "0.2s", "value": 0.5}}),
        6 => json!({"set": {"of": {"clip": id}, "field": "name", "value": format!("take {i}")}}),
        7 => json!({"delete": {"clips": [id]}}),
        8 => json!({"undo": {}}),
        _ => json!({"set_marker": {"marker": {"id": format!("m{i}"), "time": format!("{start}s")}}}),
    }
}

fn quantiles(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |q: f64| times[((times.len() - 1) as f64 * q) as usize].as_secs_f64() * 1e3;
    println!("{name:<44} {:>5} times   p50 {:>8.3}   p95 {:>8.3}   max {:>8.3} ms", times.len(), at(0.5), at(0.95), at(1.0));
}

fn memory_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let argument = |n, default| std::env::args().nth(n).and_then(|a| a.parse().ok()).unwrap_or(default);
    let (clips, tracks): (usize, usize) = (argument(1, 10_000), argument(2, 100));
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("film.json");
    cutroom_project::save(&from_json(&film(clips, tracks).to_string())?, &path)?;
    println!("{clips} clips on {tracks} tracks, {:.1} MiB of JSON", std::fs::metadata(&path)?.len() as f64 / f64::from(1 << 20));
    let cancel = CancelToken::new();
    for name in ["opened the first time", "opened again"] {
        let start = Instant::now();
        let (editor, _) = Editor::open(Session::open(&path)?, JournalOptions::default())?;
        println!("{name}: {:.3} s, {:.0} MiB", start.elapsed().as_secs_f64(), memory_mib());
        drop(editor);
    }
    for (name, journal) in [("a command in memory", false), ("a command with its journal on the disk", true)] {
        let session = Session::open(&path)?;
        let mut editor =
            if journal { Editor::open(session, JournalOptions::default())?.0 } else { Editor::new(session, None, true)? };
        let mut times = Vec::new();
        let mut by_name: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
        let mut refused = 0;
        for i in 0..1000 {
            let command = command(i, clips, tracks);
            let start = Instant::now();
            let done = editor.execute(&command, &cancel);
            let time = start.elapsed();
            times.push(time);
            by_name
                .entry(command.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect())
                .or_default()
                .push(time);
            refused += usize::from(done.is_err());
        }
        println!("{refused} of 1000 commands were refused; {:.0} MiB", memory_mib());
        quantiles(name, times);
        by_name.into_iter().for_each(|(name, times)| quantiles(&format!("    {name}"), times));
        if journal {
            let file = std::fs::File::create(dir.path().join("sync"))?;
            let sync = |i: usize| {
                let start = Instant::now();
                std::os::unix::fs::FileExt::write_all_at(&file, &[0; 4096], i as u64 * 4096)
                    .and_then(|()| file.sync_data())
                    .map(|()| start.elapsed())
            };
            quantiles("writing and syncing 4 KiB, for comparison", (0..200).map(sync).collect::<Result<_, _>>()?);
        }
    }
    let project = load(&path)?;
    let catalog = Catalog::builtin();
    let start = Instant::now();
    let timeline = Timeline::new(&project, &project.main, &catalog)?;
    println!("preparing the timeline: {:.3} ms", start.elapsed().as_secs_f64() * 1e3);
    let mut times = Vec::new();
    for i in 0..1000 {
        let n = (i * 7919) % timeline.frame_count();
        let start = Instant::now();
        black_box(timeline.frame(n)?);
        times.push(start.elapsed());
    }
    quantiles("evaluating a frame of all tracks", times);
    Ok(())
}
