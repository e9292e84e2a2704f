//! `cutroom relink`.
use crate::{
    failure::{Failure, Words, worded},
    interrupt, text,
};
use clap::{ArgGroup, Args};
use cutroom_api::{ApiError, MissingMedia, RelinkReport, RelinkRequest, RelinkedBy, Session};
use std::path::PathBuf;

/// Arguments of `cutroom relink`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("to").required(true).multiple(false).args(["output", "in_place", "dry_run"]))]
#[command(after_help = "\
Examples:
  cutroom relink film.json --search /mnt/clips --in-place
  cutroom relink film.json --search /mnt/clips --dry-run
  cutroom relink film.json --search /mnt/clips -o found.json

Files are recognised by their content, whatever they are called now; where a project does not know it yet, by name, length, size and
rate. If several files are equally good, those are taken that lie where others of the same folder were found; else they are listed, and
none is taken. A file of the same name with other content is only taken with --accept-different. What is there is remembered, so
that it can be found by its content later.

Exit codes: 0 all files are there, 1 failed, 2 usage, 3 invalid project, 4 some were not found, 130 interrupted.")]
pub struct RelinkArgs {
    /// The project file
    pub project: PathBuf,
    /// A folder to search, with all folders in it; may be given several times [default: the project's folder]
    #[arg(long, value_name = "FOLDER")]
    pub search: Vec<PathBuf>,
    /// The project file to write, in the same folder as the one that is read
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Change the project file itself
    #[arg(long)]
    pub in_place: bool,
    /// Say what would change, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Link files of the same name whose content is another one, too
    #[arg(long)]
    pub accept_different: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the output if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[
    ("search", "--search"),
    ("output", "-o"),
    ("dry_run", "--dry-run"),
    ("accept_different", "--accept-different"),
    ("overwrite", "--overwrite"),
];

/// Finds media whose files were moved or renamed.
pub fn relink(args: &RelinkArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let session = Session::open(&args.project)?;
    let request = RelinkRequest {
        search: args.search.clone(),
        output: args.output.clone(),
        dry_run: args.dry_run,
        accept_different: args.accept_different,
        overwrite: args.overwrite,
    };
    let mut report = cutroom_api::relink(&session, &request, &cancel).map_err(|e| Failure::of(e, WORDS))?;
    report.warnings = report.warnings.iter().map(|w| worded(w, &report.fields, WORDS)).collect();
    report.fields.clear();
    if args.json {
        super::print_json(&report)?;
    } else {
        report.warnings.iter().for_each(|w| text::say(&format!("warning: {w}\n")));
        super::print(&text_of(&report))?;
    }
    let unfound: Vec<&str> = report.unfound().map(|m| m.media.as_str()).collect();
    if unfound.is_empty() {
        return Ok(());
    }
    let message = format!("{} not found: media {}", text::count(unfound.len(), "file"), unfound.join(", "));
    let error = ApiError::new("media.open.not_found", message).hint("name the folder with `search`").field("search");
    let failure = Failure::of(error.file(&args.project), WORDS);
    Err(if args.json { failure.already_shown() } else { failure })
}

fn text_of(report: &RelinkReport) -> String {
    let mut out = String::new();
    for found in &report.found {
        let by = match found.by {
            RelinkedBy::Content => "same content",
            RelinkedBy::NameAndLength => "same name and length",
            RelinkedBy::Name => "same name",
            RelinkedBy::DifferentContent => "same name, other content",
        };
        out.push_str(&format!("media {}: {} -> {} ({by})\n", found.media, found.was, found.path));
    }
    let mut list = |media: &[MissingMedia], what: &str| {
        for m in media {
            out.push_str(&format!("media {}: {}: {what}\n", m.media, m.path));
            m.candidates.iter().for_each(|c| out.push_str(&format!("    {c}\n")));
        }
    };
    list(&report.ambiguous, "several files may be it; name a smaller folder");
    list(&report.different, "only other content under its name");
    list(&report.missing, "not found");
    if !report.remembered.is_empty() {
        out.push_str(&format!("{} remembered by content\n", text::count(report.remembered.len(), "file")));
    }
    match &report.project {
        Some(path) => out.push_str(&format!("written to {}\n", path.display())),
        None if out.is_empty() => out.push_str("all files are there; nothing to write\n"),
        None => out.push_str("nothing was written\n"),
    }
    out
}
