//! `cutroom title`.
use crate::{
    failure::{Failure, Words},
    interrupt, text,
};
use clap::{Args, Subcommand};
use cutroom_api::{ApiError, Session, Size, TitleAddRequest, TitleList, TitlePreviewReport, TitlePreviewRequest, titles};
use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

/// What to do with titles.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  cutroom title list
  cutroom title preview lower-third --set name=\"Ada\" -o title.png
  cutroom title add film.json lower-third --set name=\"Ada\" --at 2s --duration 4s

`cutroom title COMMAND --help` explains each. docs/titles.md shows all titles.")]
pub enum TitleCommand {
    /// List the titles with their parameters
    List(ListArgs),
    /// Draw a title as a picture or a film
    Preview(PreviewArgs),
    /// Add a title to a project: a composition, and a clip that shows it
    Add(AddArgs),
}

/// Arguments of `cutroom title list`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom title list
  cutroom title list credits
  cutroom title list --json")]
pub struct ListArgs {
    /// Only titles whose id, name or description contains this
    pub filter: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `cutroom title preview`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom title preview lower-third --set name=\"Ada\" -o title.png
  cutroom title preview quote --size 1080x1920 --at 2s -o title.png
  cutroom title preview countdown --duration 3s --size 640x360 -o title.mp4
  cutroom title preview lower-third --over a.mp4 --duration 2s -o title.mp4

Exit codes: 0 done, 1 failed, 2 usage, 4 media error, 130 interrupted.")]
pub struct PreviewArgs {
    /// The title's id, see `title list`
    pub title: String,
    /// The value of a parameter; \n begins a line, colours are #rrggbb; may be given several times
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = parse_value)]
    pub values: Vec<(String, String)>,
    /// The file to write: a picture if its name ends in .png, otherwise a film
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Size in pixels; default: that of the clip below, or 1920x1080
    #[arg(long, value_name = "WxH", value_parser = text::parse_size)]
    pub size: Option<(u32, u32)>,
    /// Frames per second; default: those of the clip below, or 25
    #[arg(long, value_name = "RATE")]
    pub fps: Option<String>,
    /// Length of the title; default: its usual one
    #[arg(long, value_name = "LENGTH")]
    pub duration: Option<String>,
    /// Time of the picture; default: the middle
    #[arg(long, value_name = "WHEN")]
    pub at: Option<String>,
    /// A film or an image to show below
    #[arg(long, value_name = "FILE")]
    pub over: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the file if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// Arguments of `cutroom title add`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom title add film.json lower-third --set name=\"Ada\" --at 2s --duration 4s
  cutroom title add film.json credits-roll --set lines=\"Director\\nAda\" --at 10s --duration 8s
  cutroom title add film.json timecode --at 0 --duration 10s -o review.json

The title is a composition of text and shapes, which can be changed in the project file, and a clip that shows it.

Exit codes: 0 done, 1 failed, 2 usage, 3 invalid project.")]
pub struct AddArgs {
    /// The project file, which is changed unless -o names another
    pub project: PathBuf,
    /// The title's id, see `title list`
    pub title: String,
    /// The value of a parameter; \n begins a line, colours are #rrggbb; may be given several times
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = parse_value)]
    pub values: Vec<(String, String)>,
    /// Where it starts: seconds (12.5s), clock (1:02.5), timecode (HH:MM:SS:FF) or frame number (312)
    #[arg(long, value_name = "WHEN")]
    pub at: String,
    /// Its length; default: the usual one of the title
    #[arg(long, value_name = "LENGTH")]
    pub duration: Option<String>,
    /// Id of the video track to place it on; default: a new one above all others
    #[arg(long, value_name = "ID")]
    pub track: Option<String>,
    /// Composition id, if not the project's main one
    #[arg(long, value_name = "ID")]
    pub composition: Option<String>,
    /// The project file to write instead, in the same folder
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the file of -o if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// Names of the fields of a preview's request on the command line.
pub const PREVIEW_WORDS: &Words = &[
    ("title", "<TITLE>"),
    ("values", "--set"),
    ("output", "-o"),
    ("size", "--size"),
    ("fps", "--fps"),
    ("duration", "--duration"),
    ("at", "--at"),
    ("over", "--over"),
    ("overwrite", "--overwrite"),
];

/// Names of the fields of an addition's request on the command line.
pub const ADD_WORDS: &Words = &[
    ("project", "<PROJECT>"),
    ("title", "<TITLE>"),
    ("values", "--set"),
    ("at", "--at"),
    ("duration", "--duration"),
    ("track", "--track"),
    ("composition", "--composition"),
    ("output", "-o"),
    ("overwrite", "--overwrite"),
];

fn parse_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE, such as name=\"Ada\"")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

impl TitleCommand {
    /// Whether results and errors are printed as JSON.
    pub fn json(&self) -> bool {
        match self {
            Self::List(args) => args.json,
            Self::Preview(args) => args.json,
            Self::Add(args) => args.json,
        }
    }
}

/// Lists titles, shows one, or adds one to a project.
pub fn run(command: &TitleCommand) -> Result<(), Failure> {
    match command {
        TitleCommand::List(args) => list(args),
        TitleCommand::Preview(args) => preview(args),
        TitleCommand::Add(args) => add(args),
    }
}

fn values(pairs: &[(String, String)]) -> BTreeMap<String, String> {
    pairs.iter().cloned().collect()
}

fn list(args: &ListArgs) -> Result<(), Failure> {
    let mut all = titles();
    if let Some(part) = &args.filter {
        let part = part.to_lowercase();
        all.titles.retain(|t| [&t.id, &t.name, &t.about].iter().any(|s| s.to_lowercase().contains(&part)));
        if all.titles.is_empty() {
            let error = ApiError::new("usage.title", format!("no title has \"{part}\" in its name or description"));
            return Err(Failure::of(error.hint_at("titles", "`titles` lists all"), &[]));
        }
    }
    if args.json { super::print_json(&all) } else { super::print(&text_of(&all)) }
}

fn text_of(list: &TitleList) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    for t in &list.titles {
        let _ = writeln!(out, "{:24} {}", t.id, t.about);
        for p in &t.params {
            let default = p.default.replace('\n', "\\n");
            let default = if default.chars().count() > 40 { default.chars().take(39).chain(['…']).collect() } else { default };
            let range = match (p.min, p.max) {
                (Some(min), Some(max)) => format!(" [{min}..{max}]"),
                _ => String::new(),
            };
            let _ = writeln!(
                out,
                "    {:12} {:7} {}{range}: {}",
                p.id,
                p.kind,
                if p.kind == "text" { format!("\"{default}\"") } else { default },
                p.about
            );
        }
    }
    out
}

fn preview(args: &PreviewArgs) -> Result<(), Failure> {
    let (cancel, unfinished) = interrupt::cancellation()?;
    let request = TitlePreviewRequest {
        title: args.title.clone(),
        values: values(&args.values),
        output: args.output.clone(),
        size: args.size.map(|(width, height)| Size { width, height }),
        fps: args.fps.clone(),
        duration: args.duration.clone(),
        at: args.at.clone(),
        over: args.over.clone(),
        overwrite: args.overwrite,
    };
    let bar = super::frames_bar(false);
    let report = cutroom_api::title_preview(&request, &cancel, &unfinished, &mut |p| {
        bar.set_length(p.total);
        bar.set_position(p.done);
    });
    bar.finish_and_clear();
    let report = report.map_err(|e| Failure::of(e, PREVIEW_WORDS))?;
    if args.json {
        return super::print_json(&report);
    }
    let output = args.output.display();
    let (warnings, said) = match &report {
        TitlePreviewReport::Frame(frame) => {
            let at = format!("{output}: {}x{}, at {:.3} s of the title\n", frame.size.width, frame.size.height, frame.time_secs);
            (&frame.warnings, at)
        }
        TitlePreviewReport::Film(film) => {
            let frames = text::count(usize::try_from(film.frames).unwrap_or(usize::MAX), "frame");
            (&film.warnings, format!("{output}: {frames}, {:.3} s, {}\n", film.duration_secs, film.format))
        }
    };
    for warning in warnings {
        text::say(&format!("warning: {warning}\n"));
    }
    super::print(&said)
}

fn add(args: &AddArgs) -> Result<(), Failure> {
    let session = Session::open(&args.project)?;
    let request = TitleAddRequest {
        title: args.title.clone(),
        values: values(&args.values),
        at: args.at.clone(),
        duration: args.duration.clone(),
        track: args.track.clone(),
        composition: args.composition.clone(),
        output: args.output.clone(),
        overwrite: args.overwrite,
    };
    let report = cutroom_api::title_add(&session, &request).map_err(|e| Failure::of(e, ADD_WORDS))?;
    if args.json {
        return super::print_json(&report);
    }
    for note in &report.notes {
        text::say(&format!("note: {note}\n"));
    }
    super::print(&format!(
        "{}: clip {} on track {} from {:.3} s to {:.3} s shows the composition {}\n",
        report.project.display(),
        report.clip,
        report.track,
        report.start_secs,
        report.start_secs + report.duration_secs,
        report.composition
    ))
}
