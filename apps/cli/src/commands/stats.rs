//! `cutroom stats`.
use crate::{
    args::{BackendArg, DecodeArg, GpuArg},
    diagnostics,
    failure::{Failure, Words},
    interrupt, text,
};
use clap::Args;
use cutroom_api::{Session, StatsReport, StatsRequest};
use std::path::PathBuf;

/// Arguments of `cutroom stats`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom stats film.json --range 0..25
  cutroom stats film.json --range 0..25 --scale 0.5 --backend cpu --json

Draws a part of the film without writing it, mixes its sound, and says how
long each stage took: on several threads, and one stage inside of another.
With --trace FILE, which every command has, each single one is written for
ui.perfetto.dev.")]
pub struct StatsArgs {
    /// The project file
    pub project: PathBuf,
    /// Part of the film: A..B, such as 0..250 or 10s..20s; the first 100 frames
    #[arg(long, value_name = "A..B")]
    pub range: Option<String>,
    /// Composition id, if not the project's main one
    #[arg(long, value_name = "ID")]
    pub composition: Option<String>,
    /// Pixels drawn for each pixel of the film: 0.5 draws half of the width and height
    #[arg(long, value_name = "N")]
    pub scale: Option<f64>,
    /// What renders the frames
    #[arg(long, value_enum, default_value_t)]
    pub backend: BackendArg,
    /// What decodes video; frames are the same whoever does
    #[arg(long, value_enum, default_value_t)]
    pub decode: DecodeArg,
    /// Graphics card that draws and decodes, by the number that `cutroom doctor` lists
    #[arg(long, value_name = "N|auto", default_value = "auto")]
    pub gpu: GpuArg,
    /// Worker threads; 0 means one per core
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[
    ("range", "--range"),
    ("composition", "--composition"),
    ("scale", "--scale"),
    ("backend", "--backend"),
    ("decode", "--decode"),
    ("gpu", "--gpu"),
    ("threads", "--threads"),
];

/// Draws a part of a film and says where the time goes.
pub fn stats(args: &StatsArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let session = Session::open(&args.project)?;
    let request = StatsRequest {
        range: args.range.clone(),
        composition: args.composition.clone(),
        scale: args.scale,
        backend: args.backend.into(),
        decode: args.decode.into(),
        gpu: args.gpu.0,
        threads: args.threads,
    };
    let times = diagnostics::stage_times();
    let report = super::with_bar(|progress| cutroom_api::stats(&session, &request, times, progress, &cancel));
    let report = report.map_err(|e| Failure::of(e, WORDS))?;
    if args.json { super::print_json(&report) } else { super::print(&text_of(&report)) }
}

fn text_of(report: &StatsReport) -> String {
    let mut rows = vec![["stage", "times", "mean ms", "p95 ms", "most ms", "all ms"].map(str::to_owned).to_vec()];
    for s in &report.stages {
        let ms = |value: f64| format!("{value:.3}");
        rows.push(vec![s.stage.clone(), s.times.to_string(), ms(s.mean_ms), ms(s.p95_ms), ms(s.max_ms), ms(s.total_ms)]);
    }
    let speed = report.frames as f64 / report.drawing_secs.max(1e-9);
    let mut text = text::table(&rows);
    text += &format!(
        "\n{} in {:.3} s ({speed:.1} per second) by {}; opened in {:.3} s, sound mixed in {:.3} s\n",
        text::count(usize::try_from(report.frames).unwrap_or_default(), "frame"),
        report.drawing_secs,
        report.drawn_by,
        report.opening_secs,
        report.mixing_secs
    );
    let memory = report.peak_mib.map_or(String::new(), |mib| format!("memory at most {mib:.0} MiB; "));
    text + &format!(
        "{memory}cache on disk {:.1} MiB, {} scanned\n",
        report.cache_bytes as f64 / 1_048_576.0,
        text::count(report.scans, "file")
    )
}
