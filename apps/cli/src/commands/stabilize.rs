//! `cutroom stabilize`.
use crate::{
    failure::{Failure, Words},
    interrupt, text,
};
use clap::Args;
use cutroom_api::{Session, StabilizeReport, StabilizeRequest};
use std::path::PathBuf;

/// Arguments of `cutroom stabilize`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom stabilize film.json --clip c1 --in-place
  cutroom stabilize film.json --clip c1 --clip c2 --smoothness 1 -o stable.json
  cutroom stabilize film.json --clip c1 --still --max-zoom 1.4 --in-place

Each clip gets an effect `stabilize` before its others, with a keyframe for each frame; measuring it again replaces them.
The clip is enlarged as far as its moving edges need, at most by --max-zoom. Trim a clip first: keyframes belong to its frames.

Exit codes: 0 done, 1 failed, 2 usage, 3 invalid project, 4 media error, 130 interrupted.")]
pub struct StabilizeArgs {
    /// The project file
    pub project: PathBuf,
    /// A clip's id; may be given several times
    #[arg(long = "clip", value_name = "ID", required = true)]
    pub clips: Vec<String>,
    /// The project file to write, in the same folder as the one that is read
    #[arg(short, long, value_name = "FILE", required_unless_present = "in_place")]
    pub output: Option<PathBuf>,
    /// Change the project file itself
    #[arg(long, conflicts_with_all = ["output", "overwrite"])]
    pub in_place: bool,
    /// Seconds over which movement is smoothed; slower pans and tilts are kept
    #[arg(long, value_name = "SECONDS", default_value_t = 0.5)]
    pub smoothness: f64,
    /// Remove all movement, as if the camera were on a tripod
    #[arg(long, conflicts_with = "smoothness")]
    pub still: bool,
    /// Largest zoom that may be used to hide the edges, 1 to 2
    #[arg(long, value_name = "FACTOR", default_value_t = 1.25)]
    pub max_zoom: f64,
    /// Worker threads; 0 means one per core
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the output if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[
    ("project", "<PROJECT>"),
    ("clips", "--clip"),
    ("output", "-o"),
    ("smoothness_secs", "--smoothness"),
    ("still", "--still"),
    ("max_zoom", "--max-zoom"),
    ("threads", "--threads"),
    ("overwrite", "--overwrite"),
];

/// Measures the camera's movement in clips and writes its corrections into a project.
pub fn stabilize(args: &StabilizeArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let session = Session::open(&args.project)?;
    let request = StabilizeRequest {
        clips: args.clips.clone(),
        output: args.output.clone(),
        smoothness_secs: args.smoothness,
        still: args.still,
        max_zoom: args.max_zoom,
        threads: args.threads,
        overwrite: args.overwrite,
    };
    let report = super::with_bar(|progress| cutroom_api::stabilize(&session, &request, &cancel, progress));
    let report = report.map_err(|e| Failure::of(e, WORDS))?;
    for warning in &report.warnings {
        text::say(&format!("warning: {warning}\n"));
    }
    if args.json { super::print_json(&report) } else { super::print(&text_of(&report)) }
}

fn text_of(report: &StabilizeReport) -> String {
    let mut out = String::new();
    for c in &report.clips {
        out.push_str(&format!(
            "clip {}: {}, shifted by up to {:.2} % of the width, rotated by up to {:.2} degrees, zoom {:.3}\n",
            c.clip,
            text::count(c.frames, "frame"),
            100.0 * c.largest_shift,
            c.largest_rotation_degrees,
            c.zoom
        ));
        if c.cuts > 0 {
            out.push_str(&format!(
                "    {} where no movement could be measured: each starts a new shot\n",
                text::count(c.cuts, "frame")
            ));
        }
        if c.frames_with_edges > 0 {
            let frames = text::count(c.frames_with_edges, "frame");
            out.push_str(&format!("    {frames} with an edge that shows: raise --max-zoom or lower --smoothness\n"));
        }
    }
    out.push_str(&format!("written to {}\n", report.project.display()));
    out
}
