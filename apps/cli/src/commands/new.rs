//! `cutroom new`.
use crate::{
    failure::{Failure, Words, worded},
    text,
};
use clap::{Args, ValueEnum};
use cutroom_api::{Align, Fit, Gaps, NewProjectRequest, Size, SubtitleInput};
use std::path::PathBuf;

/// Arguments of `cutroom new`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom new film.json a.mp4 b.mov
  cutroom new film.json a.mp4 b.mov --size 1920x1080 --fps 25 --dissolve 0.5s
  cutroom new film.json a.mp4@2s..5s b.mov song.mp3
  cutroom new slides.json 'IMG_%04d.jpg' --still 2s --dissolve 0.5s
  cutroom new shot.json 'IMG_%04d.jpg' --frame-rate 24
  cutroom new story.json a.mp4 --portrait
  cutroom new film.json a.mp4 --subtitles de=a.srt

FILE@A..B is a part of a file, IMG_%04d.jpg all files of such a name, and so is a quoted 'shots/*.jpg'.
With --frame-rate numbered pictures are one film instead of a slideshow.
Files with sound only are heard under the pictures and end with them.
Size and frame rate are those of the first clip unless given. Paths are stored relative to the project.")]
pub struct NewArgs {
    /// The project file to write
    pub project: PathBuf,
    /// Clips in playing order (video, still images or sound), or parts of them: a.mp4@2s..5s
    #[arg(required = true)]
    pub clips: Vec<PathBuf>,
    /// Picture size, such as 1920x1080
    #[arg(long, value_name = "WxH", value_parser = crate::text::parse_size)]
    pub size: Option<(u32, u32)>,
    /// Turn the picture upright if it would be wider than high; fills it with the clips (--fit cover)
    #[arg(long)]
    pub portrait: bool,
    /// How clips of other sizes are fitted to the picture
    #[arg(long, value_enum)]
    pub fit: Option<FitArg>,
    /// Where clips of other shapes lie, or which part of them is kept with --fit cover
    #[arg(long, value_enum, value_name = "POINT")]
    pub align: Option<AlignArg>,
    /// Frames per second: 25, 29.97 or 30000/1001
    #[arg(long, value_name = "RATE")]
    pub fps: Option<String>,
    /// Make numbered pictures (IMG_%04d.png) one film of so many pictures per second
    #[arg(long, value_name = "RATE")]
    pub frame_rate: Option<String>,
    /// What such a film shows where a number is missing
    #[arg(long, value_enum, default_value = "error")]
    pub gaps: GapsArg,
    /// Length of the dissolves between clips, such as 0.5s or 12f
    #[arg(long, value_name = "TIME")]
    pub dissolve: Option<String>,
    /// How long still images are shown
    #[arg(long, value_name = "TIME", default_value = "5s")]
    pub still: String,
    /// Show a subtitle file in the picture, on a track of its own; a second one stands at the top
    #[arg(long, value_name = "[LANG=]FILE")]
    pub subtitles: Vec<String>,
    /// Look of subtitles, such as boxed or news (docs/titles.md lists all), or libass, as FFmpeg and players draw them
    /// [default: classic, with what the files say; libass for ASS]
    #[arg(long, value_name = "ID")]
    pub subtitle_style: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the project file if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// How a picture is fitted to the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FitArg {
    /// Whole, with bars where the shape differs
    Contain,
    /// Without bars, cut where the shape differs
    Cover,
    /// Distorted to the shape of the picture
    Stretch,
    /// Pixel for pixel
    Native,
}

impl From<FitArg> for Fit {
    fn from(arg: FitArg) -> Self {
        match arg {
            FitArg::Contain => Self::Contain,
            FitArg::Cover => Self::Cover,
            FitArg::Stretch => Self::Stretch,
            FitArg::Native => Self::Native,
        }
    }
}

/// Point of the canvas at which pictures lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AlignArg {
    TopLeft,
    Top,
    TopRight,
    Left,
    Center,
    Right,
    BottomLeft,
    Bottom,
    BottomRight,
}

impl From<AlignArg> for Align {
    fn from(arg: AlignArg) -> Self {
        match arg {
            AlignArg::TopLeft => Self::TopLeft,
            AlignArg::Top => Self::Top,
            AlignArg::TopRight => Self::TopRight,
            AlignArg::Left => Self::Left,
            AlignArg::Center => Self::Center,
            AlignArg::Right => Self::Right,
            AlignArg::BottomLeft => Self::BottomLeft,
            AlignArg::Bottom => Self::Bottom,
            AlignArg::BottomRight => Self::BottomRight,
        }
    }
}

/// What numbered pictures show where a number is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GapsArg {
    /// Nothing: it is an error
    Error,
    /// The picture before it
    Hold,
    /// Black
    Black,
}

impl From<GapsArg> for Gaps {
    fn from(arg: GapsArg) -> Self {
        match arg {
            GapsArg::Error => Self::Error,
            GapsArg::Hold => Self::Hold,
            GapsArg::Black => Self::Black,
        }
    }
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[
    ("project", "<PROJECT>"),
    ("clips", "<CLIPS>"),
    ("size", "--size"),
    ("portrait", "--portrait"),
    ("fit", "--fit"),
    ("align", "--align"),
    ("fps", "--fps"),
    ("frame_rate", "--frame-rate"),
    ("gaps", "--gaps"),
    ("dissolve", "--dissolve"),
    ("still", "--still"),
    ("subtitles", "--subtitles"),
    ("subtitle_style", "--subtitle-style"),
    ("overwrite", "--overwrite"),
];

/// Creates a project from clips.
pub fn new(args: &NewArgs) -> Result<(), Failure> {
    let request = NewProjectRequest {
        project: args.project.clone(),
        clips: args.clips.clone(),
        size: args.size.map(|(width, height)| Size { width, height }),
        portrait: args.portrait,
        fit: args.fit.map(Fit::from),
        align: args.align.map(Align::from),
        fps: args.fps.clone(),
        frame_rate: args.frame_rate.clone(),
        gaps: args.gaps.into(),
        dissolve: args.dissolve.clone(),
        still: args.still.clone(),
        subtitles: args.subtitles.iter().map(|s| SubtitleInput::parse(s)).collect(),
        subtitle_style: args.subtitle_style.clone(),
        overwrite: args.overwrite,
    };
    let mut made = cutroom_api::new_project(&request).map_err(|e| Failure::of(e, WORDS))?;
    made.notes = made.notes.iter().map(|note| worded(note, &made.fields, WORDS)).collect();
    if args.json {
        made.fields.clear();
        return super::print_json(&made);
    }
    for note in &made.notes {
        text::say(&format!("note: {note}\n"));
    }
    super::print(&format!(
        "{}: {}, {}x{}, {} fps, {:.3} s\n",
        made.project.display(),
        text::count(made.clips, "clip"),
        made.size.width,
        made.size.height,
        made.fps,
        made.duration_secs
    ))
}
