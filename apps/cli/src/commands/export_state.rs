//! `cutroom export --status` and `--clean`, and the hidden command that makes parts of exports.
use crate::failure::Failure;
use cutroom_api::{ApiError, ExportStatus};
use std::{io, path::Path, process::exit};

/// Shows, or removes, what a stopped export to `output` has left.
pub fn look(output: &Path, clean: bool, json: bool) -> Result<(), Failure> {
    if clean {
        let removed = cutroom_api::clean_export(output)?;
        return match json {
            true => super::print_json(&serde_json::json!({ "removed": removed })),
            false if removed => super::print(&format!("{}: its segments were removed\n", output.display())),
            false => super::print(&format!("{}: there was nothing to remove\n", output.display())),
        };
    }
    let status = cutroom_api::export_status(output)?;
    if json {
        return super::print_json(&status);
    }
    super::print(&match &status {
        None => format!("{}: no export to it was stopped or is running\n", output.display()),
        Some(status) => text_of(status),
    })
}

fn text_of(status: &ExportStatus) -> String {
    let state = if status.running { "is running" } else { "was stopped" };
    let next = match status.running {
        true => String::new(),
        false => {
            let output = status.output.display();
            format!("go on: cutroom export --resume -o {output}\nremove it: cutroom export --clean -o {output}\n")
        }
    };
    format!(
        "{}: the export {state}; {} of {} segments are finished\nproject: {}\n{next}",
        status.output.display(),
        status.finished,
        status.segments,
        status.project.display()
    )
}

/// Makes parts of an export, as the process on the other end of standard input and output says.
pub fn worker() -> Result<(), Failure> {
    cutroom_api::serve_worker(io::stdin().lock(), io::stdout());
    // Nobody waits for what still runs.
    exit(0)
}

/// The program that [`worker`] runs in.
///
/// # Errors
/// `export.worker`.
pub fn worker_program() -> Result<cutroom_api::WorkerProgram, ApiError> {
    cutroom_api::WorkerProgram::this(["work".into()])
}
