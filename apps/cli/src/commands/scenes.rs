//! `cutroom scenes`.
use crate::{
    failure::{Failure, Words},
    interrupt, text,
};
use clap::Args;
use cutroom_api::{SceneTransition, ScenesReport, ScenesRequest, Session, SplitScenesRequest};
use std::path::PathBuf;

/// Arguments of `cutroom scenes`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom scenes a.mp4
  cutroom scenes a.mp4 --threshold 0.4 --min-length 1s --json
  cutroom scenes film.json --clip c1 --in-place
  cutroom scenes film.json --clip c1 --markers --in-place

With --clip, FILE is a project: the clip, and what is linked to it, is divided where shots begin, in dissolves and
fades in the middle; with --markers each of these frames gets a marker instead, and those of an earlier run are
replaced. Camera movement, flashes and changes of the light are no cuts.
Exit codes: 0 done, 2 usage, 3 invalid project, 4 media error, 130 interrupted.")]
pub struct ScenesArgs {
    /// A media file, or a project with --clip
    pub file: PathBuf,
    /// Number of the video stream of a media file
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "clip")]
    pub stream: usize,
    /// Least score of a cut, 0.05 to 1; a lower one finds more [default: 0.25]
    #[arg(long, value_name = "N")]
    pub threshold: Option<f64>,
    /// Shortest shot (1.5s, 500ms, 12f) [default: 200ms]
    #[arg(long, value_name = "T")]
    pub min_length: Option<String>,
    /// The clip that is divided into its shots
    #[arg(long, value_name = "ID")]
    pub clip: Option<String>,
    /// Set markers and leave the clip whole
    #[arg(long, requires = "clip")]
    pub markers: bool,
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
pub const WORDS: &Words = &[
    ("file", "<FILE>"),
    ("stream", "--stream"),
    ("threshold", "--threshold"),
    ("min_length", "--min-length"),
    ("clip", "--clip"),
    ("markers", "--markers"),
    ("output", "-o"),
    ("overwrite", "--overwrite"),
];

/// Finds the shots of a film, or divides a clip into them.
pub fn scenes(args: &ScenesArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let Some(clip) = &args.clip else {
        let request = ScenesRequest {
            file: args.file.clone(),
            stream: args.stream,
            threshold: args.threshold,
            min_length: args.min_length.clone(),
        };
        let report = super::with_bar(|progress| cutroom_api::scenes(&request, &cancel, progress));
        let report = report.map_err(|e| Failure::of(e, WORDS))?;
        return if args.json { super::print_json(&report) } else { super::print(&text_of(&report)) };
    };
    super::needs_output(args.output.is_some() || args.in_place)?;
    let session = Session::open(&args.file)?;
    let request = SplitScenesRequest {
        clip: clip.clone(),
        markers: args.markers,
        threshold: args.threshold,
        min_length: args.min_length.clone(),
        output: args.output.clone(),
        overwrite: args.overwrite,
    };
    let report = super::with_bar(|progress| cutroom_api::split_scenes(&session, &request, &cancel, progress));
    let report = report.map_err(|e| Failure::of(e, WORDS))?;
    if args.json {
        return super::print_json(&report);
    }
    let shots = text::count(report.cuts_secs.len() + 1, "shot");
    let made = if args.markers { text::count(report.markers, "marker") } else { text::count(report.clips.len(), "clip") };
    super::print(&format!("{shots}, {made}; written to {}\n", report.project.display()))
}

fn text_of(r: &ScenesReport) -> String {
    let mut out = format!("{} in {}\n", text::count(r.shots.len(), "shot"), text::count(r.frames, "frame"));
    for s in &r.shots {
        let begins = match (s.begins_with, s.score) {
            (Some(kind), Some(score)) => format!("  {:8} {score:.2}", name(kind)),
            _ => String::new(),
        };
        let span = format!("{:7} to {:7}  {:10.3} s to {:10.3} s", s.first_frame, s.last_frame, s.start_secs, s.end_secs);
        out.push_str(&format!("{span}{begins}\n"));
    }
    out
}

fn name(kind: SceneTransition) -> &'static str {
    match kind {
        SceneTransition::Cut => "cut",
        SceneTransition::Dissolve => "dissolve",
        SceneTransition::Fade => "fade",
        SceneTransition::FadeIn => "fade in",
        SceneTransition::FadeOut => "fade out",
    }
}
