//! `cutroom validate`.
use crate::{
    failure::{Failure, Words, in_words},
    text,
};
use clap::Args;
use cutroom_api::{CancelToken, Session, ValidateReport, ValidateRequest};
use std::path::PathBuf;

/// Arguments of `cutroom validate`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom validate film.json
  cutroom validate film.json --json
  cutroom validate film.json --strict

Every problem is listed with its JSON path, the clip and the reason.
Exit code 0: no problems; 3: the project is not valid; 4: only media files are at fault.")]
pub struct ValidateArgs {
    /// The project file
    pub project: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Unknown fields and times that look like a mistake are problems, not notes
    #[arg(long)]
    pub strict: bool,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[("project", "<PROJECT>"), ("strict", "--strict")];

/// Lists every problem of a project.
pub fn validate(args: &ValidateArgs) -> Result<(), Failure> {
    let request = ValidateRequest { strict: args.strict };
    let checked = Session::inspect(&args.project).map(|session| cutroom_api::validate(&session, &request, &CancelToken::new()));
    let mut report = match checked {
        // With `--json`, a file that is not a project is reported as the only problem.
        Err(problems) if args.json => ValidateReport { problems, ..ValidateReport::default() },
        other => other.map_err(|e| Failure::of(e, WORDS))?,
    };
    report.problems = report.problems.into_iter().map(|problem| in_words(problem, WORDS)).collect();
    if args.json {
        super::print_json(&report)?;
    }
    for note in report.notes.iter().filter(|_| !args.json) {
        text::say(&format!("note: {note}\n"));
    }
    if !report.problems.is_empty() {
        let failure = Failure::from(report.problems);
        return Err(if args.json { failure.already_shown() } else { failure });
    }
    if args.json {
        return Ok(());
    }
    super::print(&format!(
        "{}: no problems; {}, {}, main composition {} frames, {:.3} s\n",
        args.project.display(),
        text::count(report.compositions, "composition"),
        text::count(report.media, "media file"),
        report.frames,
        report.duration_secs
    ))
}
