//! Runs named workloads against ffmpeg and melt: the same pictures and encoder settings, runs
//! interleaved so that a slow minute of the machine affects all programs, medians compared.
mod card;
mod delivered;
mod footage;
mod measure;
mod placed;
mod workloads;

use crate::{Outcome, process, setup, workspace};
use footage::Footage;
use measure::{cpu_secs, median, peak_mib, printed, wall_secs};
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use workloads::{Scene, Tools, Workload};

const RUNS: usize = 5;
/// Frames of the in-memory workloads. The peer also runs with a tenth of them, to subtract its
/// start-up time.
const MEMORY_FRAMES: u32 = 600;
/// Maximum ratio of the memory of a ten-minute export to that of a one-minute export.
const MAX_GROWTH: f64 = 1.1;

/// A finished row of the table.
struct Row {
    workload: &'static str,
    what: &'static str,
    ours: String,
    peer: String,
    theirs: String,
    ratio: f64,
    limit: Option<f64>,
}

/// Largest ratio of the processor time to that of a former version.
const MAX_SLOWDOWN: f64 = 1.03;

/// Options of the command line.
struct Options {
    runs: usize,
    /// Names of workloads; empty: all.
    chosen: Vec<String>,
    /// Folder of a former version's programs, which takes the place of all peers.
    against: Option<PathBuf>,
}

/// `[--runs N] [--against FOLDER] [WORKLOAD…]`, or `card [--programs FOLDER]`.
pub fn bench(args: &[String]) -> Outcome {
    if let Some((first, rest)) = args.split_first()
        && first == "card"
    {
        return card::card(rest);
    }
    let Options { runs, chosen, against } = options(args)?;
    setup::setup_bench()?;
    let cutroom = workspace::dist_program()?;
    let dir = workspace::target_dir()?.join("bench");
    std::fs::create_dir_all(&dir).map_err(|e| format!("cannot make {}: {e}", dir.display()))?;
    let of_films = ["transcode", "pip", "pip-linear", "dissolves", "jobs", "smart", "memory", "memory-hour"];
    let programs = against.is_some() || chosen.is_empty() || chosen.iter().any(|c| !of_films.contains(&c.as_str()));
    let footage = Footage::prepare(&dir, programs)?;
    let tools = Tools { cutroom: &cutroom, dir: &dir, footage: &footage };
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|c| c == name);
    if let Some(former) = against {
        return against_former(&tools, &former, runs, wanted);
    }
    let mut rows = Rows::default();
    for workload in tools.timed()? {
        if wanted(workload.name) {
            rows.add(workload.name, || timed(workload, runs));
        }
    }
    let scenes = if programs { tools.scenes()? } else { Vec::new() };
    for scene in scenes {
        if wanted(scene.name) {
            rows.add(scene.name, || Ok(vec![in_memory(&tools, &scene, runs)?]));
        }
    }
    if wanted("seek") {
        rows.add("seek", || seek(&footage, runs));
    }
    if wanted("memory") {
        rows.add("memory", || Ok(vec![memory(10, tools.long(1)?, tools.long(10)?)?]));
    }
    if wanted("memory-hour") {
        rows.add("memory-hour", || Ok(vec![memory(60, tools.long_and_small(1)?, tools.long_and_small(60)?)?]));
    }
    if rows.done.is_empty() && rows.failed.is_empty() {
        return Err(format!("no workload is called {}", chosen.join(", ")));
    }
    let path = workspace::root().join("docs/benchmarks.md");
    let text = if chosen.is_empty() {
        document(&table(&rows.done, runs))?
    } else {
        let old = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}; run all workloads first", path.display()))?;
        replaced(&old, &rows.done)
    };
    std::fs::write(&path, text).map_err(|e| format!("cannot write {}: {e}", path.display()))?;
    println!("written to {}", path.display());
    if rows.failed.is_empty() { Ok(()) } else { Err(rows.failed.join("\n")) }
}

/// Prints the processor time of this version against that of the programs in `former`: `cutroom` and
/// `examples/compositor`, `examples/seek`, `examples/graph_speed` as Cargo lays them out. Seeks compare the median.
///
/// # Errors
/// Names the workloads that need more than [`MAX_SLOWDOWN`] times the processor time.
fn against_former(tools: &Tools, former: &Path, runs: usize, wanted: impl Fn(&str) -> bool) -> Outcome {
    let cutroom = former.join("cutroom");
    let examples = former.join("examples");
    let footage = Footage {
        compositor: examples.join("compositor"),
        seek: examples.join("seek"),
        mixer: examples.join("graph_speed"),
        ..tools.footage.clone()
    };
    let before = Tools { cutroom: &cutroom, dir: tools.dir, footage: &footage };
    let mut slower = Vec::new();
    let mut report = |name: &str, unit: &str, now: &[f64], then: &[f64]| {
        let ratio = median(now) / median(then);
        println!("{name}: {:.2} {unit} now, {:.2} before, ratio {ratio:.3}", median(now), median(then));
        if ratio > MAX_SLOWDOWN {
            slower.push(name.to_owned());
        }
    };
    for (mut now, mut then) in tools.timed()?.into_iter().zip(before.timed()?).filter(|(w, _)| wanted(w.name)) {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            ours.push(cpu_secs(&mut now.ours)?);
            theirs.push(cpu_secs(&mut then.ours)?);
        }
        report(now.name, "s of processor time", &ours, &theirs);
    }
    for scene in tools.scenes()?.iter().filter(|s| wanted(s.name)) {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            ours.push(cpu_secs(&mut tools.drawn(scene.scene, scene.linear, MEMORY_FRAMES))?);
            theirs.push(cpu_secs(&mut before.drawn(scene.scene, scene.linear, MEMORY_FRAMES))?);
        }
        report(scene.name, "s of processor time", &ours, &theirs);
    }
    if wanted("seek") {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            ours.extend(printed(Command::new(&tools.footage.seek).arg(&footage.b).arg("100"), ["p50_ms"])?);
            theirs.extend(printed(Command::new(&footage.seek).arg(&footage.b).arg("100"), ["p50_ms"])?);
        }
        report("seek", "ms a frame", &ours, &theirs);
    }
    if slower.is_empty() { Ok(()) } else { Err(format!("slower than before: {}", slower.join(", "))) }
}

/// Finished rows. A workload that fails does not discard the others.
#[derive(Default)]
struct Rows {
    done: Vec<Row>,
    failed: Vec<String>,
}

impl Rows {
    fn add(&mut self, name: &str, measure: impl FnOnce() -> Outcome<Vec<Row>>) {
        match measure() {
            Ok(rows) => {
                rows.iter().for_each(|r| println!("{}", line(r)));
                self.done.extend(rows);
            }
            Err(e) => self.failed.push(format!("{name}: {e}")),
        }
    }
}

/// The page with the rows of some workloads replaced.
fn replaced(page: &str, rows: &[Row]) -> String {
    let mut left: Vec<&Row> = rows.iter().collect();
    let mut text = String::new();
    for old in page.lines() {
        let of = rows.iter().find(|r| old.starts_with(&format!("| {} |", r.workload)));
        match of {
            None => text += &format!("{old}\n"),
            // All rows of a workload replace its first one.
            Some(r) => {
                let (own, others) = left.into_iter().partition(|l| l.workload == r.workload);
                left = others;
                own.into_iter().for_each(|r: &Row| text += &format!("{}\n", line(r)));
            }
        }
    }
    left.into_iter().for_each(|r| text += &format!("{}\n", line(r)));
    text
}

fn options(args: &[String]) -> Outcome<Options> {
    let mut runs = RUNS;
    let mut chosen = Vec::new();
    let mut against = None;
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "--runs" => {
                let n = rest.next().and_then(|v| v.parse().ok()).filter(|n| *n > 0);
                runs = n.ok_or("--runs needs a number of at least 1")?;
            }
            "--against" => {
                let folder = rest.next().ok_or("--against needs the folder of a former version's programs")?;
                let folder = std::path::absolute(folder).map_err(|e| format!("{folder}: {e}"))?;
                if !folder.join("cutroom").is_file() {
                    return Err(format!("{} holds no program cutroom", folder.display()));
                }
                against = Some(folder);
            }
            name if name.starts_with('-') => return Err(format!("bench has no option {name}")),
            name => chosen.push(name.to_owned()),
        }
    }
    Ok(Options { runs, chosen, against })
}

fn timed(mut workload: Workload, runs: usize) -> Outcome<Vec<Row>> {
    let mut ours = Vec::new();
    let mut theirs: Vec<Vec<f64>> = workload.peers.iter().map(|_| Vec::new()).collect();
    let (secs, unit) =
        if workload.processor { (cpu_secs as fn(&mut Command) -> _, "s of processor time") } else { (wall_secs as _, "s") };
    for run in 0..runs {
        println!("{} {} of {runs}", workload.name, run + 1);
        ours.push(secs(&mut workload.ours)?);
        for (peer, times) in workload.peers.iter_mut().zip(&mut theirs) {
            times.push(secs(&mut peer.command)?);
        }
    }
    let mine = median(&ours);
    let row = |(peer, times): (&workloads::Peer, &Vec<f64>)| Row {
        workload: workload.name,
        what: workload.what,
        ours: format!("{mine:.2} {unit}"),
        peer: peer.name.to_owned(),
        theirs: format!("{:.2} {unit}", median(times)),
        ratio: mine / median(times),
        limit: peer.limit,
    };
    Ok(workload.peers.iter().zip(&theirs).map(row).collect())
}

fn in_memory(tools: &Tools, scene: &Scene, runs: usize) -> Outcome<Row> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for run in 0..runs {
        println!("{} {} of {runs}", scene.name, run + 1);
        ours.extend(printed(&mut tools.drawn(scene.scene, scene.linear, MEMORY_FRAMES), ["ms_per_frame"])?);
        match &scene.graph {
            Some(graph) => {
                let secs = wall_secs(&mut tools.filtered(graph, MEMORY_FRAMES))?
                    - wall_secs(&mut tools.filtered(graph, MEMORY_FRAMES / 10))?;
                theirs.push(secs * 1e3 / f64::from(MEMORY_FRAMES - MEMORY_FRAMES / 10));
            }
            None => theirs.extend(printed(&mut tools.drawn("one", scene.linear, MEMORY_FRAMES), ["ms_per_frame"])?),
        }
    }
    Ok(Row {
        workload: scene.name,
        what: scene.what,
        ours: format!("{:.2} ms", median(&ours)),
        peer: scene.peer.into(),
        theirs: format!("{:.2} ms", median(&theirs)),
        ratio: median(&ours) / median(&theirs),
        limit: Some(scene.limit),
    })
}

fn seek(footage: &Footage, runs: usize) -> Outcome<Vec<Row>> {
    // PyAV of the distribution; other Python installations need not have it.
    let python = "/usr/bin/python3";
    let script = workspace::root().join("xtask/src/bench/seek.py");
    let (mut ours, mut theirs) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for run in 0..runs {
        println!("seek {} of {runs}", run + 1);
        let names = ["p50_ms", "p95_ms"];
        let mine = printed(Command::new(&footage.seek).arg(&footage.b).arg("100"), names)?;
        let peer = printed(Command::new(python).arg(&script).arg(&footage.b).arg("100"), names)?;
        for k in 0..names.len() {
            ours[k].push(mine[k]);
            theirs[k].push(peer[k]);
        }
    }
    let row = |(k, what): (usize, &'static str)| Row {
        workload: "seek",
        what,
        ours: format!("{:.1} ms", median(&ours[k])),
        peer: "PyAV".into(),
        theirs: format!("{:.1} ms", median(&theirs[k])),
        ratio: median(&ours[k]) / median(&theirs[k]),
        limit: None,
    };
    Ok([(0, "100 random frames of a long-GOP file, median"), (1, "the same, 95th percentile")].into_iter().map(row).collect())
}

fn memory(minutes: u32, mut short: Command, mut long: Command) -> Outcome<Row> {
    println!("memory: one minute");
    let short = peak_mib(&mut short)?;
    println!("memory: {minutes} minutes");
    let long = peak_mib(&mut long)?;
    let (workload, what) = match minutes {
        60 => ("memory-hour", "the same of 60 min against 1 min (320×180, cuts, x264 ultrafast)"),
        _ => (
            "memory",
            "peak resident memory, of all processes, of a 10 min export against one of 1 min (1080p, inset, x264 ultrafast)",
        ),
    };
    Ok(Row {
        workload,
        what,
        ours: format!("{long:.0} MiB"),
        peer: "1 min".into(),
        theirs: format!("{short:.0} MiB"),
        ratio: long / short,
        limit: Some(MAX_GROWTH),
    })
}

fn table(rows: &[Row], runs: usize) -> String {
    let mut text = format!("Medians of {runs} interleaved runs; a ratio below 1 means that cutroom needs less.\n\n");
    text += "| workload | what | cutroom | peer | takes | ratio | bar |\n|---|---|---|---|---|---|---|\n";
    rows.iter().for_each(|r| text += &format!("{}\n", line(r)));
    text
}

fn line(r: &Row) -> String {
    let bar = r.limit.map_or_else(String::new, |m| format!("≤ {m:.2} {}", if r.ratio <= m { "met" } else { "**missed**" }));
    format!("| {} | {} | {} | {} | {} | {:.2} | {bar} |", r.workload, r.what, r.ours, r.peer, r.theirs, r.ratio)
}

fn document(table: &str) -> Outcome<String> {
    let first = |command: &mut Command| process::capture_both(command).map(|(out, err)| first_line(&format!("{out}{err}")));
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        processor.lines().find_map(|l| l.strip_prefix("model name")).map_or("unknown", |l| l.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let head = include_str!("head.md");
    Ok(format!(
        "{head}\n## Results\n\n{cores} cores of \"{model}\", {}, {}.\n\n{table}",
        first(Command::new("ffmpeg").arg("-version"))?,
        first(Command::new("melt").arg("--version"))?
    ))
}

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.split(" Copyright").next().unwrap_or_default().to_owned()
}
