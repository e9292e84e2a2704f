//! `cutroom validate`.
use crate::{args::ValidateArgs, failure::Failure};
use cutroom_api::ValidateRequest;

/// Lists every problem of a project.
pub fn validate(args: &ValidateArgs) -> Result<(), Failure> {
    let report = cutroom_api::validate(&ValidateRequest { project: args.project.clone() })?;
    if args.json {
        super::print_json(&report)?;
    }
    for note in report.notes.iter().filter(|_| !args.json) {
        eprintln!("note: {note}");
    }
    if !report.problems.is_empty() {
        let failure = Failure::from(report.problems);
        return Err(if args.json { failure.already_shown() } else { failure });
    }
    if args.json {
        return Ok(());
    }
    super::print(&format!(
        "{}: no problems; {} compositions, {} media files, main composition {} frames, {:.3} s\n",
        args.project.display(),
        report.compositions,
        report.media,
        report.frames,
        report.duration_secs
    ))
}
