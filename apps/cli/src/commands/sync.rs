//! `cutroom sync`.
use crate::{
    failure::{Failure, Words},
    interrupt, text,
};
use clap::Args;
use cutroom_api::{SyncReport, SyncRequest};
use std::path::PathBuf;

/// Arguments of `cutroom sync`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom sync a.mp4 b.mp4
  cutroom sync b.mp4 recorder.wav --sound 2 -o show.json
  cutroom sync b.mp4 recorder.wav --switch 0s=1 --switch 12s=1 -o show.json

Recordings of one event are laid over each other by their sound; drifting clocks are measured and corrected. The
project has a composition `angles` with a track for each, and the film, which shows one angle at a time.
Exit codes: 0 done, 2 usage, 4 media error, 130 interrupted.")]
pub struct SyncArgs {
    /// Media files with sound
    #[arg(required = true, num_args = 2..)]
    pub files: Vec<PathBuf>,
    /// The project file to write
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Show recording N from a time on; may be given several times
    #[arg(long, value_name = "TIME=N", requires = "output")]
    pub switch: Vec<String>,
    /// The recording whose sound is heard [default: 1]
    #[arg(long, value_name = "N", requires = "output")]
    pub sound: Option<usize>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the output if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words =
    &[("files", "<FILES>"), ("output", "-o"), ("switch", "--switch"), ("sound", "--sound"), ("overwrite", "--overwrite")];

/// Finds how recordings of one event lie to each other.
pub fn sync(args: &SyncArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let request = SyncRequest {
        files: args.files.clone(),
        output: args.output.clone(),
        switch: args.switch.clone(),
        sound: args.sound,
        overwrite: args.overwrite,
    };
    let report = cutroom_api::sync(&request, &cancel).map_err(|e| Failure::of(e, WORDS))?;
    if args.json { super::print_json(&report) } else { super::print(&text_of(&report)) }
}

fn text_of(r: &SyncReport) -> String {
    let row = |f: &cutroom_api::SyncedFile| {
        let name = f.file.display().to_string();
        let Some(offset) = f.offset_secs else { return vec![name, "shares no sound with the others".into()] };
        let drift = f.drift_ppm.map_or_else(|| "drift not known".into(), |ppm| format!("drift {ppm:+.1} ppm"));
        let sure = f.confidence.map_or_else(String::new, |c| format!("confidence {c:.1}"));
        vec![name, format!("{offset:+.6} s"), drift, sure]
    };
    let mut out = text::table(&r.files.iter().map(row).collect::<Vec<_>>());
    if let Some(project) = &r.project {
        out.push_str(&format!("written to {}\n", project.display()));
    }
    out
}
