//! `cutroom thumbnail`.
use crate::{
    failure::{Failure, Words},
    interrupt,
};
use clap::Args;
use cutroom_api::{Stills, ThumbnailRequest};
use std::path::{Path, PathBuf};

/// Arguments of `cutroom thumbnail`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom thumbnail a.mp4 -o a.png
  cutroom thumbnail a.mp4 --at 2s --height 90 -o a.jpg

The picture is upright, with square pixels, in sRGB; PQ and HLG are tone-mapped. It is kept by the file's content.
Exit codes: 0 done, 1 failed, 2 usage, 4 media error, 130 interrupted.")]
pub struct ThumbnailArgs {
    /// The media file
    pub file: PathBuf,
    /// Time: seconds (12.5s, 500ms), clock (1:02.5), timecode (HH:MM:SS:FF) or frame number (312) at the file's rate
    #[arg(long, value_name = "WHEN", default_value = "0")]
    pub at: String,
    /// The file to write, .png or .jpg; - is PNG on standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Greatest width in pixels
    #[arg(long, value_name = "PX")]
    pub width: Option<u32>,
    /// Greatest height in pixels
    #[arg(long, value_name = "PX")]
    pub height: Option<u32>,
    /// Number of the video stream
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub stream: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the file if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[
    ("file", "<FILE>"),
    ("at", "--at"),
    ("stream", "--stream"),
    ("width", "--width"),
    ("height", "--height"),
    ("output", "-o"),
    ("jpeg", "-o"),
    ("overwrite", "--overwrite"),
];

/// Writes one frame of a media file.
pub fn thumbnail(args: &ThumbnailArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let request = ThumbnailRequest {
        file: args.file.clone(),
        at: Some(args.at.clone()),
        stream: args.stream,
        width: args.width,
        height: args.height,
        output: file(&args.output),
        jpeg: false,
        overwrite: args.overwrite,
    };
    let stills = cutroom_api::thumbnail(&request, &cancel).map_err(|e| Failure::of(e, WORDS))?;
    tell(&stills, &args.output, args.json)
}

/// The file to write, unless it is standard output.
pub fn file(output: &Path) -> Option<PathBuf> {
    (!super::is_stdout(output)).then(|| output.to_owned())
}

/// Says what was written, and writes it to standard output if that is the output.
pub fn tell(stills: &Stills, output: &Path, json: bool) -> Result<(), Failure> {
    let (size, times) = (stills.report.size, &stills.report.times_secs);
    let from = if stills.report.cached { ", from the cache" } else { "" };
    let at: Vec<String> = times.iter().take(3).map(|t| format!("{t:.3} s")).collect();
    let more = if times.len() > 3 { format!(" … {:.3} s", times[times.len() - 1]) } else { String::new() };
    let said = format!("{}: {}x{}, {}{more}{from}\n", output.display(), size.width, size.height, at.join(", "));
    if super::is_stdout(output) {
        super::copy_to_stdout(&mut stills.bytes.as_slice())?;
        return if json { super::say_json(&stills.report) } else { Ok(()) };
    }
    if json { super::print_json(&stills.report) } else { super::print(&said) }
}
