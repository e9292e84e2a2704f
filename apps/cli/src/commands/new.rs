//! `cutroom new`.
use crate::{args::NewArgs, failure::Failure, text};
use cutroom_api::NewProjectRequest;
use cutroom_api::Size;

/// Makes a project from clips.
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
    let made = cutroom_api::new_project(&request)?;
    for note in &made.notes {
        text::say(&format!("note: {note}\n"));
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
