//! `cutroom beats`.
use crate::{
    failure::{Failure, Words},
    interrupt, text,
};
use clap::Args;
use cutroom_api::{BeatsReport, BeatsRequest, MarkBeatsRequest, Session};
use std::path::PathBuf;

/// Arguments of `cutroom beats`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom beats song.mp3
  cutroom beats song.mp3 --json
  cutroom beats film.json --clip music --in-place

With --clip, FILE is a project, and each beat of the clip becomes a marker of its composition; those of an earlier
run are replaced. Tempos from 30 to 300 beats per minute are found; twice or half the tempo can be taken for it.
Exit codes: 0 done, 2 usage, 3 invalid project, 4 media error, 130 interrupted.")]
pub struct BeatsArgs {
    /// A media file, or a project with --clip
    pub file: PathBuf,
    /// Number of the audio stream of a media file
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "clip")]
    pub stream: usize,
    /// The clip whose beats become markers
    #[arg(long, value_name = "ID")]
    pub clip: Option<String>,
    /// The project file to write, in the same folder as the one that is read
    #[arg(short, long, value_name = "FILE", requires = "clip")]
    pub output: Option<PathBuf>,
    /// Change the project file itself
    #[arg(long, requires = "clip", conflicts_with_all = ["output", "overwrite"])]
    pub in_place: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the output if it exists
    #[arg(long, requires = "output")]
    pub overwrite: bool,
}

/// Names of the requests' fields on the command line.
pub const WORDS: &Words =
    &[("file", "<FILE>"), ("stream", "--stream"), ("clip", "--clip"), ("output", "-o"), ("overwrite", "--overwrite")];

/// Finds the beats of a sound, or marks them in a project.
pub fn beats(args: &BeatsArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let Some(clip) = &args.clip else {
        let request = BeatsRequest { file: args.file.clone(), stream: args.stream };
        let report = cutroom_api::beats(&request, &cancel).map_err(|e| Failure::of(e, WORDS))?;
        return if args.json { super::print_json(&report) } else { super::print(&text_of(&report)) };
    };
    super::needs_output(args.output.is_some() || args.in_place)?;
    let session = Session::open(&args.file)?;
    let request = MarkBeatsRequest { clip: clip.clone(), output: args.output.clone(), overwrite: args.overwrite };
    let report = cutroom_api::mark_beats(&session, &request, &cancel).map_err(|e| Failure::of(e, WORDS))?;
    if args.json {
        return super::print_json(&report);
    }
    let (markers, path) = (text::count(report.markers, "marker"), report.project.display());
    super::print(&format!(
        "{:.2} beats per minute, {markers} (confidence {:.2}); written to {path}\n",
        report.bpm, report.confidence
    ))
}

fn text_of(r: &BeatsReport) -> String {
    if r.beats.is_empty() {
        return "no beats\n".into();
    }
    let mut out =
        format!("{:.2} beats per minute, confidence {:.2}, {}\n", r.bpm, r.confidence, text::count(r.beats.len(), "beat"));
    for beat in &r.beats {
        out.push_str(&format!("{:10.3} s  {:.2}\n", beat.secs, beat.strength));
    }
    out
}
