//! `cutroom new`.
use crate::{
    failure::{Failure, Words, worded},
    text,
};
use clap::Args;
use cutroom_api::{NewProjectRequest, Size};
use std::path::PathBuf;

/// Arguments of `cutroom new`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom new film.json a.mp4 b.mov
  cutroom new film.json a.mp4 b.mov --size 1920x1080 --fps 25 --dissolve 0.5s

Size and frame rate are those of the first clip unless given. Paths are stored relative to the project.")]
pub struct NewArgs {
    /// The project file to write
    pub project: PathBuf,
    /// Clips in playing order (video, still images or sound)
    #[arg(required = true)]
    pub clips: Vec<PathBuf>,
    /// Picture size, such as 1920x1080
    #[arg(long, value_name = "WxH", value_parser = crate::text::parse_size)]
    pub size: Option<(u32, u32)>,
    /// Frames per second: 25, 29.97 or 30000/1001
    #[arg(long, value_name = "RATE")]
    pub fps: Option<String>,
    /// Length of the dissolves between clips, such as 0.5s or 12f
    #[arg(long, value_name = "TIME")]
    pub dissolve: Option<String>,
    /// How long still images are shown
    #[arg(long, value_name = "TIME", default_value = "5s")]
    pub still: String,
    /// Replace the project file if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[
    ("project", "<PROJECT>"),
    ("clips", "<CLIPS>"),
    ("size", "--size"),
    ("fps", "--fps"),
    ("dissolve", "--dissolve"),
    ("still", "--still"),
    ("overwrite", "--overwrite"),
];

/// Creates a project from clips.
pub fn new(args: &NewArgs) -> Result<(), Failure> {
    let request = NewProjectRequest {
        project: args.project.clone(),
        clips: args.clips.clone(),
        size: args.size.map(|(width, height)| Size { width, height }),
        fps: args.fps.clone(),
        dissolve: args.dissolve.clone(),
        still: args.still.clone(),
        overwrite: args.overwrite,
    };
    let made = cutroom_api::new_project(&request).map_err(|e| Failure::of(e, WORDS))?;
    for note in &made.notes {
        text::say(&format!("note: {}\n", worded(note, &made.fields, WORDS)));
    }
    super::print(&format!(
        "{}: {}, {}x{}, {} fps, {:.3} s\n",
        made.project.display(),
        text::count(made.clips, "clip"),
        made.size.width,
        made.size.height,
        made.fps,
        made.duration_secs
    ))
}
