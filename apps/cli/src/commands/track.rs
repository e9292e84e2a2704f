//! `cutroom track`.
use crate::{
    failure::{Failure, Words},
    interrupt, text,
};
use clap::Args;
use cutroom_api::{Session, TrackReport, TrackRequest, TrackState};
use std::path::PathBuf;

/// Arguments of `cutroom track`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom track film.json --clip c1 --point 440,250 -o path.json
  cutroom track film.json --clip c1 --point 440,250 --apply effect:hide:region --in-place
  cutroom track film.json --clip c1 --point 440,250 --apply position:label --save-as labelled.json
  cutroom track film.json --clip c1 --plane 400,220,560,220,560,300,400,300 --apply effect:pin:corners --in-place

Points are pixels of the film's picture (as `cutroom frame` shows it) at the start of the range. --apply writes keyframes:
  position:CLIP         the position of another clip, which keeps its distance to the point
  mask:MASK             the offset of a mask
  effect:EFFECT:PARAM   PARAM is `center` for centerX and centerY (likewise other pairs), `region` for left, top, right and
                        bottom, `corners` for the corners of a corner pin, from a plane
Frames in which it is lost get no keyframe.

Exit codes: 0 done, 1 failed, 2 usage, 3 invalid project, 4 media error, 130 interrupted.")]
pub struct TrackArgs {
    /// The project file
    pub project: PathBuf,
    /// Id of the clip whose picture is searched
    #[arg(long, value_name = "ID")]
    pub clip: String,
    /// The point to follow: X,Y
    #[arg(long, value_name = "X,Y", value_parser = point, allow_hyphen_values = true, required_unless_present = "plane", conflicts_with = "plane")]
    pub point: Option<[f64; 2]>,
    /// The corners of a flat surface: top left, top right, bottom right, bottom left, each X,Y
    #[arg(long, value_name = "X,Y,X,Y,X,Y,X,Y", value_parser = plane, allow_hyphen_values = true)]
    pub plane: Option<[[f64; 2]; 4]>,
    /// Start of the range, where the point is given; otherwise the clip's start
    #[arg(long, value_name = "WHEN")]
    pub from: Option<String>,
    /// End of the range; otherwise the clip's end
    #[arg(long, value_name = "WHEN")]
    pub to: Option<String>,
    /// What follows: position:CLIP, mask:MASK or effect:EFFECT:PARAM; may be given several times
    #[arg(long, value_name = "TARGET")]
    pub apply: Vec<String>,
    /// Change the project file itself
    #[arg(long, requires = "apply", conflicts_with = "save_as")]
    pub in_place: bool,
    /// The project file to write, in the same folder as the one that is read
    #[arg(long, value_name = "FILE", requires = "apply")]
    pub save_as: Option<PathBuf>,
    /// A JSON file for the positions in all frames
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Worker threads; 0 means one per core
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace outputs that exist
    #[arg(long)]
    pub overwrite: bool,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[
    ("project", "<PROJECT>"),
    ("clip", "--clip"),
    ("point", "--point"),
    ("plane", "--plane"),
    ("from", "--from"),
    ("to", "--to"),
    ("apply", "--apply"),
    ("project_output", "--save-as"),
    ("output", "-o"),
    ("threads", "--threads"),
    ("overwrite", "--overwrite"),
];

fn numbers<const N: usize>(text: &str) -> Result<[f64; N], String> {
    let all: Option<Vec<f64>> = text.split(',').map(|n| n.trim().parse().ok().filter(|v: &f64| v.is_finite())).collect();
    all.and_then(|v| v.try_into().ok()).ok_or_else(|| format!("{N} numbers, separated by commas, are needed"))
}

fn point(text: &str) -> Result<[f64; 2], String> {
    numbers(text)
}

fn plane(text: &str) -> Result<[[f64; 2]; 4], String> {
    let n: [f64; 8] = numbers(text)?;
    Ok(std::array::from_fn(|i| [n[2 * i], n[2 * i + 1]]))
}

/// Follows a point or a flat surface, and writes what was asked for.
pub fn track(args: &TrackArgs) -> Result<(), Failure> {
    if !args.apply.is_empty() && !args.in_place && args.save_as.is_none() {
        let error = cutroom_api::ApiError::new("usage.arguments", "where the project is to be written is not said");
        return Err(Failure::of(error.hint("add --in-place or --save-as FILE"), WORDS));
    }
    let (cancel, _) = interrupt::cancellation()?;
    let session = Session::open(&args.project)?;
    let request = TrackRequest {
        clip: args.clip.clone(),
        point: args.point,
        plane: args.plane,
        from: args.from.clone(),
        to: args.to.clone(),
        apply: args.apply.clone(),
        project_output: args.save_as.clone(),
        output: args.output.clone(),
        threads: args.threads,
        overwrite: args.overwrite,
    };
    let report = super::with_bar(|progress| cutroom_api::track(&session, &request, &cancel, progress));
    let report = report.map_err(|e| Failure::of(e, WORDS))?;
    for warning in &report.warnings {
        text::say(&format!("warning: {warning}\n"));
    }
    if args.json { super::print_json(&report) } else { super::print(&text_of(&report, &args.output)) }
}

fn text_of(report: &TrackReport, output: &Option<PathBuf>) -> String {
    let mut out = String::new();
    let (Some(first), Some(last)) = (report.frames.first(), report.frames.last()) else { return out };
    let place = |p: &[[f64; 2]]| p.first().map_or("outside".to_owned(), |p| format!("{:.1},{:.1}", p[0], p[1]));
    out.push_str(&format!(
        "clip {}: {} from {} to {}: {} to {}\n",
        report.clip,
        text::count(report.frames.len(), "frame"),
        first.frame,
        last.frame,
        place(&first.canvas_px),
        place(&last.canvas_px)
    ));
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for frame in report.frames.iter().filter(|f| f.state == TrackState::Lost) {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == frame.frame => *end = frame.frame,
            _ => runs.push((frame.frame, frame.frame)),
        }
    }
    for (from, to) in runs {
        let frames = if from == to { format!("frame {from}") } else { format!("frames {from} to {to}") };
        out.push_str(&format!("    lost in {frames}: no keyframes there\n"));
    }
    if report.drifting > 0 {
        let frames = text::count(report.drifting, "frame");
        out.push_str(&format!("    {frames} that look different from the first: check that they are right\n"));
    }
    for applied in &report.applied {
        out.push_str(&format!("{}: {}\n", applied.apply, text::count(applied.keyframes, "keyframe")));
    }
    for file in report.project.iter().chain(output) {
        out.push_str(&format!("written to {}\n", file.display()));
    }
    out
}
