//! `cutroom frame`.
use crate::{args::FrameArgs, failure::Failure, text};
use cutroom_api::{ApiError, CancelToken, FrameRequest, Session};

/// Writes one frame as a PNG.
pub fn frame(args: &FrameArgs) -> Result<(), Failure> {
    let session = Session::open(&args.project)?;
    session.check_output("-o", &args.output, args.overwrite)?;
    if !args.output.extension().is_some_and(|e| e.eq_ignore_ascii_case("png")) {
        let message = format!("{}: a frame is written as PNG", args.output.display());
        return Err(ApiError::new("usage.container", message).hint("choose a name that ends in .png").file(&args.output).into());
    }
    let request = FrameRequest {
        at: args.at.clone(),
        composition: args.composition.clone(),
        backend: args.backend.into(),
        threads: args.threads,
    };
    let frame = cutroom_api::render_frame(&session, &request, &CancelToken::new())?;
    frame.write_png(&args.output)?;
    let drawn = frame.report;
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
