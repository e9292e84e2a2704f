//! `cutroom waveform`.
use crate::{
    failure::{Failure, Words},
    interrupt, text,
};
use clap::Args;
use cutroom_api::WaveformRequest;
use std::path::PathBuf;

/// Arguments of `cutroom waveform`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom waveform a.mp4 -o wave.png
  cutroom waveform a.mp4 --width 800 --height 64 -o wave.png
  cutroom waveform a.mp4 --width 100 --json
  cutroom waveform a.mp4 --level 0 --json

The picture has a transparent ground and one row for each channel: the range of the samples, and lighter that of
their effective value. Peaks are kept in levels of 256, 1024, 4096 and more samples a bucket, by the file's content.
Exit codes: 0 done, 2 usage, 4 media error, 130 interrupted.")]
pub struct WaveformArgs {
    /// The media file
    pub file: PathBuf,
    /// Number of columns
    #[arg(long, value_name = "PX", default_value_t = 1200)]
    pub width: u32,
    /// Height of the picture in pixels
    #[arg(long, value_name = "PX", default_value_t = 200)]
    pub height: u32,
    /// The PNG file to write
    #[arg(short, long, value_name = "FILE", required_unless_present = "json")]
    pub output: Option<PathBuf>,
    /// With --json: the buckets of this level instead of columns; 0 has those of 256 samples
    #[arg(long, value_name = "N", requires = "json")]
    pub level: Option<usize>,
    /// Number of the audio stream
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub stream: usize,
    /// Print the peaks as JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the file if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[
    ("file", "<FILE>"),
    ("stream", "--stream"),
    ("width", "--width"),
    ("height", "--height"),
    ("level", "--level"),
    ("output", "-o"),
    ("overwrite", "--overwrite"),
];

/// Draws the sound of a media file, or prints its peaks.
pub fn waveform(args: &WaveformArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let request = WaveformRequest {
        file: args.file.clone(),
        stream: args.stream,
        width: Some(args.width),
        height: Some(args.height),
        level: args.level,
        output: args.output.clone(),
        overwrite: args.overwrite,
    };
    let report = cutroom_api::waveform(&request, &cancel).map_err(|e| Failure::of(e, WORDS))?;
    if args.json {
        return super::print_json(&report);
    }
    let Some(output) = &args.output else { return Ok(()) };
    let secs = report.samples as f64 / f64::from(report.rate_hz.max(1));
    let channels = text::count(report.channels.len(), "channel");
    let size = format!("{}x{}", args.width, args.height);
    super::print(&format!("{}: {size}, {channels} of {secs:.3} s at {} Hz\n", output.display(), report.rate_hz))
}
