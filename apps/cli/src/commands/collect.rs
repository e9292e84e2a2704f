//! `cutroom collect`.
use crate::{
    failure::{Failure, Words},
    interrupt, text,
};
use clap::Args;
use cutroom_api::{CollectReport, CollectRequest, Session};
use std::path::PathBuf;

/// Arguments of `cutroom collect`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom collect film.json --to film-archive
  cutroom collect film.json --to film-archive --trim-unused --include-proxies

Media, numbered pictures, fonts and look-up tables are copied beside the project, whose paths become relative: the folder can be moved to
another machine and gives the same frames there. Every copy is compared with its source. Either all is copied or nothing.

Exit codes: 0 done, 1 failed, 2 usage, 3 invalid project, 4 a file is missing, 130 interrupted.")]
pub struct CollectArgs {
    /// The project file
    pub project: PathBuf,
    /// The folder to make; it must not exist yet, or be empty
    #[arg(long, value_name = "FOLDER")]
    pub to: PathBuf,
    /// Leave out media that no clip uses
    #[arg(long)]
    pub trim_unused: bool,
    /// Copy the proxies of the media, too
    #[arg(long)]
    pub include_proxies: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[("to", "--to"), ("trim_unused", "--trim-unused"), ("include_proxies", "--include-proxies")];

/// Copies a project with its files.
pub fn collect(args: &CollectArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let session = Session::open(&args.project)?;
    let request = CollectRequest { to: args.to.clone(), trim_unused: args.trim_unused, include_proxies: args.include_proxies };
    let bar = super::bytes_bar();
    let report = cutroom_api::collect(&session, &request, &cancel, &mut |p| {
        bar.set_length(p.total);
        bar.set_position(p.done);
    });
    bar.finish_and_clear();
    let report = report.map_err(|e| Failure::of(e, WORDS))?;
    for warning in &report.warnings {
        text::say(&format!("warning: {warning}\n"));
    }
    if args.json { super::print_json(&report) } else { super::print(&text_of(&report)) }
}

fn text_of(report: &CollectReport) -> String {
    let left_out = match &report.left_out[..] {
        [] => String::new(),
        some => format!("media left out: {}\n", some.join(", ")),
    };
    let files = text::count(report.files, "file");
    format!("{left_out}{}: {files}, {:.1} MB\n", report.project.display(), report.bytes as f64 / 1e6)
}
