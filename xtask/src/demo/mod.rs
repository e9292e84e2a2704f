//! `cargo xtask demo`: creates footage, a project that shows the main features, and the film.
mod film;
mod scenes;
mod sound;

use crate::{Outcome, process, setup, web, workspace};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

const SPEECH: &str = "This film was made by cutroom, a deterministic video engine. Every picture you see was computed, \
    every sound was synthesised, and the file holds exactly what the timeline says.";

/// The files that the film is made from.
struct Material {
    clips: Vec<Footage>,
    spoken: &'static str,
    speech: PathBuf,
    speech_secs: f64,
    music: PathBuf,
}

/// A clip as probed by `ffprobe`.
struct Footage {
    path: PathBuf,
    secs: f64,
    has_audio: bool,
}

/// Creates the film from the given clips, or from generated footage.
pub fn demo(args: &[String]) -> Outcome {
    if let Some(flag) = args.iter().find(|a| a.starts_with('-')) {
        return Err(format!("cargo xtask demo does not know \"{flag}\"; it takes clips"));
    }
    setup::setup()?;
    println!("== building the editor for browsers");
    web::build()?;
    println!("== building the program (profile dist)");
    let program = workspace::dist_program()?;
    let dir = workspace::root().join("demo");
    let project = dir.join("film.json");
    println!("== material");
    let film_secs = make(args, &dir, &project)?;
    println!("== cutroom");
    process::run(Command::new(&program).arg("validate").arg(&project))?;
    let output = dir.join("film.mp4");
    let start = Instant::now();
    process::run(Command::new(&program).arg("export").arg(&project).arg("-o").arg(&output).arg("--overwrite"))?;
    report(&dir, &project, &output, film_secs, start.elapsed().as_secs_f64())?;
    println!("  editor    {} edit {}", program.display(), project.display());
    Ok(())
}

/// Writes the material to `dir` (footage only if no clips are given), and the film's project file
/// to `project`. Returns the length of the film in seconds.
pub fn make(clips: &[String], dir: &Path, project: &Path) -> Outcome<f64> {
    let footage_dir = dir.join("footage");
    fs::create_dir_all(&footage_dir).map_err(|e| format!("cannot create {}: {e}", footage_dir.display()))?;
    let material = gather(clips, &footage_dir)?;
    let film = film::Film::plan(&material)?;
    sound::compose(film.secs() as f32, &material.music)?;
    fs::write(project, film.json(&material, dir)).map_err(|e| format!("cannot write {}: {e}", project.display()))?;
    Ok(film.secs())
}

fn gather(args: &[String], dir: &Path) -> Outcome<Material> {
    let paths = if args.is_empty() {
        scenes::make_all(dir)?
    } else {
        args.iter().map(|a| fs::canonicalize(a).map_err(|e| format!("cannot open {a}: {e}"))).collect::<Outcome<_>>()?
    };
    let clips = paths.into_iter().map(probe).collect::<Outcome<Vec<_>>>()?;
    let speech = dir.join("speech.wav");
    sound::speak(SPEECH, &speech)?;
    let speech_secs = probe_secs(&speech)?;
    Ok(Material { clips, spoken: SPEECH, speech, speech_secs, music: dir.join("music.wav") })
}

fn probe(path: PathBuf) -> Outcome<Footage> {
    let streams = process::capture(
        Command::new("ffprobe").args(["-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0"]).arg(&path),
    )?;
    if !streams.lines().any(|l| l.starts_with("video")) {
        return Err(format!("{} has no picture", path.display()));
    }
    Ok(Footage { secs: probe_secs(&path)?, has_audio: streams.lines().any(|l| l.starts_with("audio")), path })
}

fn probe_secs(path: &Path) -> Outcome<f64> {
    let text = process::capture(
        Command::new("ffprobe").args(["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"]).arg(path),
    )?;
    text.trim().parse().map_err(|_| format!("ffprobe gives no duration for {}", path.display()))
}

fn report(dir: &Path, project: &Path, output: &Path, film_secs: f64, export_secs: f64) -> Outcome {
    let sheet = dir.join("sheet.png");
    let mut command = process::ffmpeg();
    command.arg("-i").arg(output).args([
        "-vf",
        &format!("fps=20/{film_secs:.3},scale=480:-2,tile=4x5:padding=6:margin=6"),
        "-frames:v",
        "1",
    ]);
    process::run(command.arg(&sheet))?;
    let mut meter = Command::new("ffmpeg");
    meter.args(["-hide_banner", "-nostdin", "-i"]).arg(output).args(["-vn", "-af", "ebur128=peak=true", "-f", "null", "-"]);
    let (_, log) = process::capture_both(&mut meter)?;
    let summary = log.rsplit("Summary:").next().unwrap_or_default();
    let level = |name: &str| summary.lines().find_map(|l| l.trim().strip_prefix(name)).map_or("?", str::trim).to_owned();
    let bytes = fs::metadata(output).map_err(|e| format!("cannot read {}: {e}", output.display()))?.len();
    println!("== done");
    println!("  film      {} ({:.1} MB, {film_secs:.2} s)", output.display(), bytes as f64 / 1e6);
    println!("  project   {}", project.display());
    println!("  contact   {}", sheet.display());
    println!("  speed     exported in {export_secs:.1} s, {:.2} × real time", film_secs / export_secs);
    println!("  loudness  {} integrated, {} range, {} peak", level("I:"), level("LRA:"), level("Peak:"));
    Ok(())
}
