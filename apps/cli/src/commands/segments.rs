//! `cutroom segments`.
use crate::{
    failure::{Failure, Words},
    interrupt,
};
use clap::Args;
use cutroom_api::SegmentsRequest;
use std::path::PathBuf;

/// Arguments of `cutroom segments`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom segments a.mp4
  cutroom segments a.mp4 --json

Ends of segments are right to about a second; singing counts as music.
Exit codes: 0 done, 2 usage, 4 media error, 130 interrupted.")]
pub struct SegmentsArgs {
    /// The media file
    pub file: PathBuf,
    /// Number of the audio stream
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub stream: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[("file", "<FILE>"), ("stream", "--stream")];

/// Finds speech, music, silence and other sounds in a file.
pub fn segments(args: &SegmentsArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let request = SegmentsRequest { file: args.file.clone(), stream: args.stream };
    let report = cutroom_api::sound_segments(&request, &cancel).map_err(|e| Failure::of(e, WORDS))?;
    if args.json {
        return super::print_json(&report);
    }
    let row = |s: &cutroom_api::SegmentReport| {
        format!("{:10.2} s to {:10.2} s  {:8} {:.2}\n", s.start_secs, s.end_secs, s.kind, s.confidence)
    };
    super::print(&report.segments.iter().map(row).collect::<String>())
}
