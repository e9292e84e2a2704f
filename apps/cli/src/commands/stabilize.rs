//! `cutroom stabilize`.
use crate::{args::StabilizeArgs, failure::Failure, interrupt, text};
use cutroom_api::{Session, StabilizeReport, StabilizeRequest};

/// Measures how the camera moved in clips and writes it into a project.
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
    let bar = super::frames_bar(false);
    let report = cutroom_api::stabilize(&session, &request, &cancel, &mut |p| {
        bar.set_length(p.total);
        bar.set_position(p.done);
    });
    bar.finish_and_clear();
    let report = report?;
    for warning in &report.warnings {
        text::say(&format!("warning: {warning}\n"));
    }
    if args.json { super::print_json(&report) } else { super::print(&told(&report)) }
}

fn told(report: &StabilizeReport) -> String {
    let mut out = String::new();
    for c in &report.clips {
        out.push_str(&format!(
            "clip {}: {}, shifted by up to {:.2} % of the width, turned by up to {:.2} degrees, zoom {:.3}\n",
            c.clip,
            text::count(c.frames, "frame"),
            100.0 * c.largest_shift,
            c.largest_rotation_degrees,
            c.zoom
        ));
        if c.cuts > 0 {
            out.push_str(&format!(
                "    {} where no movement could be told: each begins a shot of its own\n",
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
