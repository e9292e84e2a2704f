//! `cutroom import-media`.
use crate::{
    failure::{Failure, Words},
    interrupt, text,
};
use clap::{ArgGroup, Args};
use cutroom_api::{ImportMediaReport, ImportMediaRequest, Session};
use std::path::PathBuf;

/// Arguments of `cutroom import-media`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("to").required(true).multiple(false).args(["output", "in_place", "dry_run"]))]
#[command(after_help = "\
Examples:
  cutroom import-media film.json a.mp4 song.mp3 --in-place
  cutroom import-media film.json /mnt/clips --in-place
  cutroom import-media film.json /mnt/clips --dry-run

Of folders everything that is media is added, with all folders in them; what is none is listed with the reason. Pictures whose names
differ in a number, three or more in a folder, are one film. A file whose content is in the project already is named and not added again.

Exit codes: 0 done, 1 failed, 2 usage, 3 invalid project, 4 a file that was named is no media, 130 interrupted.")]
pub struct ImportMediaArgs {
    /// The project file
    pub project: PathBuf,
    /// Files, numbered pictures (IMG_%04d.png) and folders
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// The project file to write, in the same folder as the one that is read
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Change the project file itself
    #[arg(long)]
    pub in_place: bool,
    /// Say what would be added, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Pictures per second of numbered pictures [default: that of the film]
    #[arg(long, value_name = "RATE")]
    pub frame_rate: Option<String>,
    /// Add the pictures of folders one by one
    #[arg(long)]
    pub stills: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the output if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[
    ("files", "<FILES>"),
    ("output", "-o"),
    ("frame_rate", "--frame-rate"),
    ("stills", "--stills"),
    ("dry_run", "--dry-run"),
    ("overwrite", "--overwrite"),
];

/// Adds files to a project.
pub fn import_media(args: &ImportMediaArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let session = Session::open(&args.project)?;
    let request = ImportMediaRequest {
        files: args.files.clone(),
        output: args.output.clone(),
        frame_rate: args.frame_rate.clone(),
        stills: args.stills,
        dry_run: args.dry_run,
        overwrite: args.overwrite,
    };
    let report = cutroom_api::import_media(&session, &request, &cancel).map_err(|e| Failure::of(e, WORDS))?;
    if args.json {
        return super::print_json(&report);
    }
    report.warnings.iter().for_each(|w| text::say(&format!("warning: {w}\n")));
    super::print(&text_of(&report))
}

fn text_of(report: &ImportMediaReport) -> String {
    let mut out = String::new();
    for added in &report.added {
        let length = added.duration_secs.map_or(String::new(), |secs| format!(", {secs:.3} s"));
        out.push_str(&format!("media {}: {} ({}{length})\n", added.media, added.path, added.kind));
    }
    for duplicate in &report.duplicates {
        out.push_str(&format!("not added: {}: the same as media {}\n", duplicate.file.display(), duplicate.media));
    }
    for skipped in &report.skipped {
        out.push_str(&format!("not added: {}: {}\n", skipped.file.display(), skipped.reason));
    }
    match &report.project {
        Some(path) => out.push_str(&format!("{} added to {}\n", text::count(report.added.len(), "file"), path.display())),
        None => out.push_str(&format!("{} to add; nothing was written\n", text::count(report.added.len(), "file"))),
    }
    out
}
