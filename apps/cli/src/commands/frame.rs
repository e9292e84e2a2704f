//! `cutroom frame`.
use crate::{args::FrameArgs, failure::Failure, text};
use cutroom_api::FrameRequest;

/// Writes one frame as a PNG.
pub fn frame(args: &FrameArgs) -> Result<(), Failure> {
    let drawn = cutroom_api::render_frame(&FrameRequest {
        project: args.project.clone(),
        at: args.at.clone(),
        output: args.output.clone(),
        composition: args.composition.clone(),
        backend: args.backend.into(),
        threads: args.threads,
        overwrite: args.overwrite,
    })?;
    for warning in &drawn.warnings {
        text::say(&format!("warning: {warning}\n"));
    }
    super::print(&format!(
        "{}: frame {} ({}, {:.3} s), {}x{}, drawn by {}\n",
        args.output.display(),
        drawn.frame,
        drawn.timecode,
        drawn.time_secs,
        drawn.size.width,
        drawn.size.height,
        drawn.drawn_by
    ))
}
