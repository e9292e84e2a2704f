//! `cutroom history`, `cutroom restore` and `cutroom recover`.
use crate::{
    failure::{Failure, Words},
    text,
};
use clap::{ArgGroup, Args, ValueEnum};
use cutroom_api::{HistoryRequest, Keep, RecoverRequest, RestoreReport, RestoreRequest, Session};
use std::path::PathBuf;

/// Arguments of `cutroom history`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom history film.json
  cutroom history film.json --limit 500 --json
  cutroom history film.json --name cut-1

Lists what `cutroom run --in-place` and `cutroom repl` did, the newest
first, and the backups of the project file. A state with a name is
restored by it; steps that were undone stay in the list.")]
pub struct HistoryArgs {
    /// The project
    pub project: PathBuf,
    /// Maximum number of steps
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
    /// Name the present state
    #[arg(long)]
    pub name: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Names of the request's fields on the command line.
pub const HISTORY_WORDS: &Words = &[("limit", "--limit"), ("name", "--name")];

/// Arguments of `cutroom restore`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("state").required(true).multiple(false).args(["version", "step", "time", "backup"]))]
#[command(group = ArgGroup::new("to").required(true).multiple(false).args(["output", "in_place"]))]
#[command(after_help = "\
Examples:
  cutroom restore film.json --version cut-1 --in-place
  cutroom restore film.json --step 0 -o began.json

What was done since stays in the history.")]
pub struct RestoreArgs {
    /// The project
    pub project: PathBuf,
    /// A named version
    #[arg(long, value_name = "NAME")]
    pub version: Option<String>,
    /// A step, as `cutroom history` lists them; 0 is the beginning
    #[arg(long, value_name = "N")]
    pub step: Option<i64>,
    /// The last state until a time in UTC, as 2026-01-31T12:00:00Z
    #[arg(long)]
    pub time: Option<String>,
    /// A backup of the project file, as `cutroom history` lists them
    #[arg(long, value_name = "NAME")]
    pub backup: Option<String>,
    /// The project file to write, in the same folder
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Change the project itself
    #[arg(long)]
    pub in_place: bool,
    /// Replace the output if it exists
    #[arg(long)]
    pub overwrite: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Names of the request's fields on the command line.
pub const RESTORE_WORDS: &Words = &[
    ("version", "--version"),
    ("step", "--step"),
    ("time", "--time"),
    ("backup", "--backup"),
    ("output", "--output"),
    ("overwrite", "--overwrite"),
];

/// Arguments of `cutroom recover`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom recover film.json
  cutroom recover film.json --in-place
  cutroom recover film.json -o rescued.json

Says what the last session left: edits that were not saved, a damaged
journal, a file that another program changed. Nothing of it is lost by
opening the project in any other way; this shows and writes it.")]
pub struct RecoverArgs {
    /// The project
    pub project: PathBuf,
    /// The project file to write, in the same folder
    #[arg(short, long, value_name = "FILE", conflicts_with = "in_place")]
    pub output: Option<PathBuf>,
    /// Write the project file itself; it is kept as a backup
    #[arg(long)]
    pub in_place: bool,
    /// Replace the output if it exists
    #[arg(long)]
    pub overwrite: bool,
    /// What counts if another program changed the file meanwhile
    #[arg(long, value_enum, value_name = "WHICH")]
    pub keep: Option<KeepArg>,
    /// Break the lock of a session on another machine
    #[arg(long)]
    pub break_lock: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What counts if the project file and its journal differ.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum KeepArg {
    /// The edits of the journal; the file is kept as a backup
    Journal,
    /// The file; the edits are kept in the history
    File,
}

/// Names of the request's fields on the command line.
pub const RECOVER_WORDS: &Words = &[
    ("output", "--output"),
    ("in_place", "--in-place"),
    ("overwrite", "--overwrite"),
    ("keep", "--keep"),
    ("break_lock", "--break-lock"),
];

/// Lists the history.
pub fn history(args: &HistoryArgs) -> Result<(), Failure> {
    let request = HistoryRequest { limit: Some(args.limit), name: args.name.clone() };
    let failed = |e| Failure::of(e, HISTORY_WORDS);
    let report = cutroom_api::history(Session::open(&args.project).map_err(failed)?, &request).map_err(failed)?;
    if args.json {
        return super::print_json(&report);
    }
    let mut lines = String::new();
    for entry in &report.entries {
        let mark = if entry.done { " " } else { "-" };
        let saved = if entry.saved { "  (saved)" } else { "" };
        let names: String = entry.versions.iter().map(|name| format!("  \"{name}\"")).collect();
        lines += &format!("{mark} {:>6}  {}  {}{names}{saved}\n", entry.step, entry.time, entry.label);
    }
    if report.entries.is_empty() {
        lines += "no session has edited this project yet\n";
    }
    for backup in &report.backups {
        lines += &format!("backup    {}  {}\n", backup.time, backup.name);
    }
    super::print(&lines)?;
    if report.unsaved > 0 {
        text::say(&format!("note: {} missing in the project file\n", text::count(report.unsaved, "step")));
    }
    if let Some(holder) = &report.edited_by {
        text::say(&format!("note: the project is being edited: {holder}\n"));
    }
    Ok(())
}

/// Returns to a former state.
pub fn restore(args: &RestoreArgs) -> Result<(), Failure> {
    let request = RestoreRequest {
        version: args.version.clone(),
        step: args.step,
        time: args.time.clone(),
        backup: args.backup.clone(),
        output: args.output.clone(),
        overwrite: args.overwrite,
    };
    let failed = |e| Failure::of(e, RESTORE_WORDS);
    show(&cutroom_api::restore(Session::open(&args.project).map_err(failed)?, &request).map_err(failed)?, args.json)
}

/// Recovers what a session left.
pub fn recover(args: &RecoverArgs) -> Result<(), Failure> {
    let keep = args.keep.map(|keep| match keep {
        KeepArg::Journal => Keep::Journal,
        KeepArg::File => Keep::File,
    });
    let request = RecoverRequest {
        output: args.output.clone(),
        in_place: args.in_place,
        overwrite: args.overwrite,
        keep,
        break_lock: args.break_lock,
    };
    let failed = |e| Failure::of(e, RECOVER_WORDS);
    show(&cutroom_api::recover(Session::open(&args.project).map_err(failed)?, &request).map_err(failed)?, args.json)
}

fn show(report: &RestoreReport, json: bool) -> Result<(), Failure> {
    if json {
        return super::print_json(report);
    }
    for note in &report.notes {
        text::say(&format!("note: {note}\n"));
    }
    let line = match (&report.path, report.unsaved) {
        (Some(path), _) => format!("{}: written\n", path.display()),
        (None, 0) => "nothing to recover: the project file has everything\n".to_owned(),
        (None, n) => format!(
            "{} missing in the project file; the next session has them, and --in-place writes them\n",
            text::count(n, "step")
        ),
    };
    super::print(&line)
}
