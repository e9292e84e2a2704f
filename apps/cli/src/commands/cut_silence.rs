//! `cutroom cut-silence`.
use crate::{
    failure::{Failure, Words},
    interrupt, text,
};
use clap::Args;
use cutroom_api::{CutSilenceReport, CutSilenceRequest, NewProjectRequest, Session, SilencesReport, SilencesRequest};
use std::path::PathBuf;

/// Arguments of `cutroom cut-silence`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom cut-silence b.mp4
  cutroom cut-silence b.mp4 -o talk.json
  cutroom cut-silence film.json --in-place
  cutroom cut-silence film.json --threshold -40 --min 0.8 --dry-run --json

A file whose name ends in .json is a project: its pauses are cut out on all tracks that are not locked, in whole
frames. Of a media file the pauses are listed; with -o a project without them is made.
Exit codes: 0 done, 2 usage, 3 invalid project, 4 media error, 130 interrupted.")]
pub struct CutSilenceArgs {
    /// A media file, or a project
    pub file: PathBuf,
    /// Number of the audio stream of a media file
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub stream: usize,
    /// A track of the project whose sound decides; may be given several times
    #[arg(long = "track", value_name = "ID")]
    pub tracks: Vec<String>,
    /// Level below which it is silent, dBFS [default: 12 dB above the noise]
    #[arg(long, value_name = "DB", allow_negative_numbers = true)]
    pub threshold: Option<f64>,
    /// Shortest pause in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0.5)]
    pub min: f64,
    /// Seconds kept before each sound
    #[arg(long, value_name = "SECONDS", default_value_t = 0.1)]
    pub before: f64,
    /// Seconds kept after each sound
    #[arg(long, value_name = "SECONDS", default_value_t = 0.2)]
    pub after: f64,
    /// The project file to write
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Change the project file itself
    #[arg(long, conflicts_with_all = ["output", "overwrite"])]
    pub in_place: bool,
    /// Only say what would be cut out of the project
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the output if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// Names of the requests' fields on the command line.
pub const WORDS: &Words = &[
    ("file", "<FILE>"),
    ("stream", "--stream"),
    ("tracks", "--track"),
    ("threshold_db", "--threshold"),
    ("min_silence_secs", "--min"),
    ("before_secs", "--before"),
    ("after_secs", "--after"),
    ("output", "-o"),
    ("dry_run", "--dry-run"),
    ("overwrite", "--overwrite"),
];

/// Cuts the pauses out of a film, or lists those of a file.
pub fn cut_silence(args: &CutSilenceArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let is_project = args.file.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    if !is_project && args.output.is_none() {
        let request = SilencesRequest {
            file: args.file.clone(),
            stream: args.stream,
            threshold_db: args.threshold,
            min_silence_secs: Some(args.min),
            before_secs: Some(args.before),
            after_secs: Some(args.after),
        };
        let report = cutroom_api::silences(&request, &cancel).map_err(|e| Failure::of(e, WORDS))?;
        return if args.json { super::print_json(&report) } else { super::print(&list(&report)) };
    }
    let mut request = CutSilenceRequest {
        tracks: args.tracks.clone(),
        threshold_db: args.threshold,
        min_silence_secs: Some(args.min),
        before_secs: Some(args.before),
        after_secs: Some(args.after),
        output: args.output.clone(),
        dry_run: args.dry_run,
        overwrite: args.overwrite,
    };
    let session = match &args.output {
        Some(output) if !is_project => {
            let clips = vec![args.file.clone()];
            let (project, overwrite) = (output.clone(), args.overwrite);
            let new = NewProjectRequest { project, clips, still: "5s".into(), overwrite, ..NewProjectRequest::default() };
            cutroom_api::new_project(&new).map_err(|e| Failure::of(e, WORDS))?;
            request.output = None;
            Session::open(output)?
        }
        _ => {
            super::needs_output(args.output.is_some() || args.in_place || args.dry_run)?;
            Session::open(&args.file)?
        }
    };
    let report = cutroom_api::cut_silence(&session, &request, &cancel).map_err(|e| Failure::of(e, WORDS))?;
    if args.json { super::print_json(&report) } else { super::print(&text_of(&report)) }
}

fn list(r: &SilencesReport) -> String {
    let noise = r.noise_db.map_or_else(|| "none".into(), |db| format!("{db:.1} dBFS"));
    let mut out = format!("{} below {:.1} dBFS, noise {noise}\n", text::count(r.silences.len(), "pause"), r.threshold_db);
    for s in &r.silences {
        out.push_str(&format!("{:10.3} s to {:10.3} s\n", s.start_secs, s.end_secs));
    }
    out
}

fn text_of(r: &CutSilenceReport) -> String {
    let cuts = text::count(r.cuts.len(), "pause");
    let mut out = format!("{cuts} below {:.1} dBFS: {:.2} s instead of {:.2} s\n", r.threshold_db, r.after_secs, r.before_secs);
    if let Some(project) = &r.project {
        out.push_str(&format!("written to {}\n", project.display()));
    }
    out
}
