//! `cutroom split`.
use super::new::FitArg;
use crate::{
    failure::{Failure, Words},
    interrupt, text,
};
use clap::{Args, Subcommand};
use cutroom_api::{
    ApiError, Fit, Session, Size, SplitAddRequest, SplitChangeRequest, SplitClips, SplitLook, SplitNewRequest, SplitPreviewRequest,
    SplitReport, split_layouts,
};
use std::path::PathBuf;

/// What to do with split screens.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  cutroom split list
  cutroom split preview main-left:3 --gap 8 -o layout.png
  cutroom split new film.json columns:2 a.mp4 b.mov --gap 8
  cutroom split change film.json --to rows:2 --at 0.5s --duration 400ms
  cutroom split add film.json grid:2x1 a.mp4 a.mp4@4s..6s --at 2s

`cutroom split COMMAND --help` explains each. docs/split-screens.md shows all layouts.")]
pub enum SplitCommand {
    /// List layouts
    List(ListArgs),
    /// Draw a layout with numbered cells as a picture
    Preview(PreviewArgs),
    /// Make a film of clips side by side
    New(NewArgs),
    /// Add clips side by side to a film
    Add(AddArgs),
    /// Let the cells of a split screen move to another layout
    Change(ChangeArgs),
}

/// Arguments of `cutroom split list`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom split list
  cutroom split list diagonal
  cutroom split list --json")]
pub struct ListArgs {
    /// Only layouts whose name or description contains this
    pub filter: Option<String>,
    /// Print JSON, with the corners of all cells
    #[arg(long)]
    pub json: bool,
}

/// Gaps, corners, borders and background.
#[derive(Debug, Args)]
pub struct LookArgs {
    /// Distance between cells in pixels
    #[arg(long, value_name = "PX", default_value_t = 0)]
    pub gap: u32,
    /// Distance between the cells and the edges of the picture in pixels
    #[arg(long, value_name = "PX", default_value_t = 0)]
    pub margin: u32,
    /// Radius of the cells' corners in pixels
    #[arg(long, value_name = "PX", default_value_t = 0.0)]
    pub radius: f64,
    /// A line along the inside of the cells' edges: its width in pixels, and its colour if not white
    #[arg(long, value_name = "PX[,#RRGGBB]", value_parser = parse_border)]
    pub border: Option<(f64, Option<String>)>,
    /// What is seen between the cells: #rrggbb, #rrggbbaa or none
    #[arg(long, value_name = "COLOR")]
    pub background: Option<String>,
}

/// How clips lie in their cells, and what is heard.
#[derive(Debug, Args)]
pub struct ContentArgs {
    /// Whether clips fill their cells or are shown whole
    #[arg(long, value_enum)]
    pub fit: Option<FitArg>,
    /// Point of the clips that comes into the middle of the cells, as fractions; may be given for
    /// single cells: 2=0.3,0.5
    #[arg(long, value_name = "[CELL=]X,Y")]
    pub focus: Vec<String>,
    /// Whose sound is heard: the number of a cell, all or none; default: the first with sound
    #[arg(long, value_name = "CELL")]
    pub sound: Option<String>,
}

/// Arguments of `cutroom split preview`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom split preview main-left:3 -o layout.png
  cutroom split preview diagonal:3@20 --gap 12 --size 1080x1920 -o layout.png
  cutroom split preview '0,0,0.7,1;0.7,0,0.3,1' --margin 20 --gap 20 --radius 16 -o layout.png

Exit codes: 0 done, 1 failed, 2 usage, 130 interrupted.")]
pub struct PreviewArgs {
    /// The layout, see `split list`
    pub layout: String,
    /// The PNG file to write
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Size in pixels; default: 1920x1080
    #[arg(long, value_name = "WxH", value_parser = text::parse_size)]
    pub size: Option<(u32, u32)>,
    #[command(flatten)]
    pub look: LookArgs,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the file if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// Arguments of `cutroom split new`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom split new film.json columns:2 a.mp4 b.mov
  cutroom split new film.json main-left:2 a.mp4 b.mov a.mp4@1s..3s --size 1280x720 --gap 8 --margin 8 --radius 12
  cutroom split new film.json rows:2 a.mp4 b.mov --size 1080x1920 --focus 1=0.3,0.5 --sound all --border '4,#ffcc00'

The film is a composition of the cells and a clip that shows it. It lasts as long as the shortest clip unless
--duration says otherwise. Size and frame rate are those of the first clip unless given.

Exit codes: 0 done, 1 failed, 2 usage, 4 media error.")]
pub struct NewArgs {
    /// The project file to write
    pub project: PathBuf,
    /// The layout, see `split list`
    pub layout: String,
    /// A clip for each cell, in their order: films or images, or parts of them: a.mp4@2s..5s
    #[arg(required = true)]
    pub clips: Vec<PathBuf>,
    /// Picture size, such as 1920x1080
    #[arg(long, value_name = "WxH", value_parser = text::parse_size)]
    pub size: Option<(u32, u32)>,
    /// Frames per second: 25, 29.97 or 30000/1001
    #[arg(long, value_name = "RATE")]
    pub fps: Option<String>,
    /// Length; default: that of the shortest clip
    #[arg(long, value_name = "LENGTH")]
    pub duration: Option<String>,
    #[command(flatten)]
    pub look: LookArgs,
    #[command(flatten)]
    pub content: ContentArgs,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the project file if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// Arguments of `cutroom split add`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom split add film.json columns:2 a.mp4 b.mov --at 2s
  cutroom split add film.json grid:2x1 a.mp4 a.mp4@1s..3s --at 2s --duration 1s --background '#101418' -o wider.json

The clips stand in a composition of their own, which a clip on a new track above all others shows. Without --background
the film is seen in the gaps.

Exit codes: 0 done, 1 failed, 2 usage, 3 invalid project, 4 media error.")]
pub struct AddArgs {
    /// The project file, which is changed unless -o names another
    pub project: PathBuf,
    /// The layout, see `split list`
    pub layout: String,
    /// A clip for each cell, in their order
    #[arg(required = true)]
    pub clips: Vec<PathBuf>,
    /// Where it starts: seconds (12.5s), clock (1:02.5), timecode (HH:MM:SS:FF) or frame number (312)
    #[arg(long, value_name = "WHEN")]
    pub at: String,
    /// Length; default: that of the shortest clip
    #[arg(long, value_name = "LENGTH")]
    pub duration: Option<String>,
    /// Composition id, if not the project's main one
    #[arg(long, value_name = "ID")]
    pub composition: Option<String>,
    #[command(flatten)]
    pub look: LookArgs,
    #[command(flatten)]
    pub content: ContentArgs,
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

/// Arguments of `cutroom split change`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom split change film.json --to rows:2 --at 1s
  cutroom split change film.json a.mp4 --to main-left:2 --at 2s --duration 500ms --ease out_back
  cutroom split change film.json --composition split-1 --to columns:1 --at 3s -o later.json

Cells move to those of the same number. Those that the new layout does not have leave to the nearest edge; those that it has
in addition come from there, with the clips that are named. Changes are added in the order of their times.

Exit codes: 0 done, 1 failed, 2 usage, 3 invalid project, 4 media error.")]
pub struct ChangeArgs {
    /// The project file, which is changed unless -o names another
    pub project: PathBuf,
    /// Clips for cells that the layout has in addition; they begin with the change
    pub clips: Vec<PathBuf>,
    /// The new layout, see `split list`
    #[arg(long, value_name = "LAYOUT")]
    pub to: String,
    /// When the cells begin to move, in the time of the split screen
    #[arg(long, value_name = "WHEN")]
    pub at: String,
    /// How long they move; default: 0.5s
    #[arg(long, value_name = "LENGTH")]
    pub duration: Option<String>,
    /// How they move: linear, out_back …; default: in_out_cubic
    #[arg(long, value_name = "EASE")]
    pub ease: Option<String>,
    /// Id of the split screen's composition, if there are several
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
    ("layout", "<LAYOUT>"),
    ("output", "-o"),
    ("size", "--size"),
    ("look.gap_px", "--gap"),
    ("look.margin_px", "--margin"),
    ("look.radius_px", "--radius"),
    ("look.border_px", "--border"),
    ("look.border_color", "--border"),
    ("look.background", "--background"),
    ("overwrite", "--overwrite"),
];

/// Names of the fields of a new film's request on the command line.
pub const NEW_WORDS: &Words = &[
    ("project", "<PROJECT>"),
    ("layout", "<LAYOUT>"),
    ("clips", "<CLIPS>"),
    ("size", "--size"),
    ("fps", "--fps"),
    ("duration", "--duration"),
    ("look.gap_px", "--gap"),
    ("look.margin_px", "--margin"),
    ("look.radius_px", "--radius"),
    ("look.border_px", "--border"),
    ("look.border_color", "--border"),
    ("look.background", "--background"),
    ("content.fit", "--fit"),
    ("content.focus", "--focus"),
    ("content.sound", "--sound"),
    ("overwrite", "--overwrite"),
];

/// Names of the fields of an addition's request on the command line.
pub const ADD_WORDS: &Words = &[
    ("project", "<PROJECT>"),
    ("layout", "<LAYOUT>"),
    ("clips", "<CLIPS>"),
    ("at", "--at"),
    ("duration", "--duration"),
    ("composition", "--composition"),
    ("look.gap_px", "--gap"),
    ("look.margin_px", "--margin"),
    ("look.radius_px", "--radius"),
    ("look.border_px", "--border"),
    ("look.border_color", "--border"),
    ("look.background", "--background"),
    ("content.fit", "--fit"),
    ("content.focus", "--focus"),
    ("content.sound", "--sound"),
    ("output", "-o"),
    ("overwrite", "--overwrite"),
];

/// Names of the fields of a change's request on the command line.
pub const CHANGE_WORDS: &Words = &[
    ("project", "<PROJECT>"),
    ("clips", "<CLIPS>"),
    ("to", "--to"),
    ("at", "--at"),
    ("duration", "--duration"),
    ("ease", "--ease"),
    ("composition", "--composition"),
    ("output", "-o"),
    ("overwrite", "--overwrite"),
];

fn parse_border(text: &str) -> Result<(f64, Option<String>), String> {
    let (width, color) = text.split_once(',').map_or((text, None), |(width, color)| (width, Some(color.trim().to_owned())));
    let width = width.trim().parse().map_err(|_| format!("\"{width}\" is no width in pixels; write 4 or 4,#ffcc00"))?;
    Ok((width, color))
}

impl LookArgs {
    fn look(&self) -> SplitLook {
        let (border_px, border_color) = self.border.clone().unwrap_or_default();
        SplitLook {
            gap_px: self.gap,
            margin_px: self.margin,
            radius_px: self.radius,
            border_px,
            border_color,
            background: self.background.clone(),
        }
    }
}

impl ContentArgs {
    fn content(&self) -> SplitClips {
        SplitClips { fit: self.fit.map(Fit::from), focus: self.focus.clone(), sound: self.sound.clone() }
    }
}

impl SplitCommand {
    /// Whether results and errors are printed as JSON.
    pub fn json(&self) -> bool {
        match self {
            Self::List(args) => args.json,
            Self::Preview(args) => args.json,
            Self::New(args) => args.json,
            Self::Add(args) => args.json,
            Self::Change(args) => args.json,
        }
    }
}

/// Lists layouts, shows one, makes a split screen or changes one.
pub fn run(command: &SplitCommand) -> Result<(), Failure> {
    match command {
        SplitCommand::List(args) => list(args),
        SplitCommand::Preview(args) => preview(args),
        SplitCommand::New(args) => new(args),
        SplitCommand::Add(args) => add(args),
        SplitCommand::Change(args) => change(args),
    }
}

fn list(args: &ListArgs) -> Result<(), Failure> {
    let mut all = split_layouts();
    if let Some(part) = &args.filter {
        let part = part.to_lowercase();
        all.layouts.retain(|l| [&l.layout, &l.about].iter().any(|s| s.to_lowercase().contains(&part)));
        if all.layouts.is_empty() {
            let error = ApiError::new("usage.split_layout", format!("no layout has \"{part}\" in its name or description"));
            return Err(Failure::of(error.hint_at("split_layouts", "`split_layouts` lists all"), &[]));
        }
    }
    if args.json {
        return super::print_json(&all);
    }
    let rows = all.layouts.iter().map(|l| vec![l.layout.clone(), text::count(l.cells, "cell"), l.about.clone()]);
    super::print(&text::table(&rows.collect::<Vec<_>>()))
}

fn preview(args: &PreviewArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let request = SplitPreviewRequest {
        layout: args.layout.clone(),
        output: args.output.clone(),
        size: args.size.map(|(width, height)| Size { width, height }),
        look: args.look.look(),
        overwrite: args.overwrite,
    };
    let report = cutroom_api::split_preview(&request, &cancel).map_err(|e| Failure::of(e, PREVIEW_WORDS))?;
    if args.json {
        return super::print_json(&report);
    }
    super::print(&format!("{}: {}x{}\n", args.output.display(), report.size.width, report.size.height))
}

fn new(args: &NewArgs) -> Result<(), Failure> {
    let request = SplitNewRequest {
        project: args.project.clone(),
        layout: args.layout.clone(),
        clips: args.clips.clone(),
        size: args.size.map(|(width, height)| Size { width, height }),
        fps: args.fps.clone(),
        duration: args.duration.clone(),
        look: args.look.look(),
        content: args.content.content(),
        overwrite: args.overwrite,
    };
    let report = cutroom_api::split_new(&request).map_err(|e| Failure::of(e, NEW_WORDS))?;
    said(&report, args.json, |r| {
        let Size { width, height } = r.size;
        format!("{}, {width}x{height}, {:.3} s", text::count(r.cells, "cell"), r.duration_secs)
    })
}

fn add(args: &AddArgs) -> Result<(), Failure> {
    let session = Session::open(&args.project)?;
    let request = SplitAddRequest {
        layout: args.layout.clone(),
        clips: args.clips.clone(),
        at: args.at.clone(),
        duration: args.duration.clone(),
        composition: args.composition.clone(),
        look: args.look.look(),
        content: args.content.content(),
        output: args.output.clone(),
        overwrite: args.overwrite,
    };
    let report = cutroom_api::split_add(&session, &request).map_err(|e| Failure::of(e, ADD_WORDS))?;
    said(&report, args.json, |r| {
        let (cells, end) = (text::count(r.cells, "cell"), r.start_secs + r.duration_secs);
        format!("{cells} from {:.3} s to {end:.3} s in the composition {}", r.start_secs, r.composition)
    })
}

fn change(args: &ChangeArgs) -> Result<(), Failure> {
    let session = Session::open(&args.project)?;
    let request = SplitChangeRequest {
        composition: args.composition.clone(),
        to: args.to.clone(),
        clips: args.clips.clone(),
        at: args.at.clone(),
        duration: args.duration.clone(),
        ease: args.ease.clone(),
        output: args.output.clone(),
        overwrite: args.overwrite,
    };
    let report = cutroom_api::split_change(&session, &request).map_err(|e| Failure::of(e, CHANGE_WORDS))?;
    said(&report, args.json, |r| {
        let (cells, end) = (text::count(r.cells, "cell"), r.start_secs + r.duration_secs);
        format!("the composition {} changes from {:.3} s to {end:.3} s, {cells} then", r.composition, r.start_secs)
    })
}

fn said(report: &SplitReport, json: bool, what: impl Fn(&SplitReport) -> String) -> Result<(), Failure> {
    if json {
        return super::print_json(report);
    }
    for note in &report.notes {
        text::say(&format!("note: {note}\n"));
    }
    super::print(&format!("{}: {}\n", report.project.display(), what(report)))
}
