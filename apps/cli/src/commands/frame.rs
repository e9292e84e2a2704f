//! `cutroom frame`.
use crate::{
    args::{BackendArg, DecodeArg, GpuArg},
    failure::{Failure, Words},
    text,
};
use clap::{Args, ValueEnum};
use cutroom_api::{ApiError, CancelToken, DisplayChoice, FrameRequest, ProxyChoice, Session};
use std::path::PathBuf;

/// Arguments of `cutroom frame`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom frame film.json --at 12.5s -o f.png
  cutroom frame film.json --at 00:00:12:13 -o f.png
  cutroom frame film.json --at 312 -o f.png
  cutroom frame film.json --at 0:02.5 -o - | display
  cutroom frame film.json --at 12.5s -o f.png --scale 0.25
  cutroom frame film.json --at 12.5s -o f.png --scale 0.5 --proxies auto
  cutroom frame film.json --at 12.5s -o f.png --display sdr")]
pub struct FrameArgs {
    /// The project file
    pub project: PathBuf,
    /// Time: seconds (12.5s, 500ms), clock (1:02.5), timecode (HH:MM:SS:FF) or frame number (312)
    #[arg(long, value_name = "WHEN", default_value = "0")]
    pub at: String,
    /// The PNG file to write; - is standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Composition id, if not the project's main one
    #[arg(long, value_name = "ID")]
    pub composition: Option<String>,
    /// The display that the picture is for
    #[arg(long, value_enum, default_value_t)]
    pub display: DisplayArg,
    /// Pixels drawn for each pixel of the film: 0.5 draws half of the width and height
    #[arg(long, value_name = "N")]
    pub scale: Option<f64>,
    /// Draw proxies (see `cutroom proxy`) instead of their files
    #[arg(long, value_enum, value_name = "WHICH", default_value_t)]
    pub proxies: ProxiesArg,
    /// Folder of the proxies [default: .cutroom/proxies beside the project]
    #[arg(long, value_name = "FOLDER")]
    pub proxy_folder: Option<PathBuf>,
    /// Draw a slate for files that are missing
    #[arg(long)]
    pub offline: bool,
    /// What renders the frames
    #[arg(long, value_enum, default_value_t)]
    pub backend: BackendArg,
    /// What decodes video; frames are the same whoever does
    #[arg(long, value_enum, default_value_t)]
    pub decode: DecodeArg,
    /// Graphics card that draws and decodes, by the number that `cutroom doctor` lists
    #[arg(long, value_name = "N|auto", default_value = "auto")]
    pub gpu: GpuArg,
    /// Worker threads; 0 means one per core
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the file if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// The display that a picture is made for.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum DisplayArg {
    /// As the film is; PQ and HLG as 16-bit PNG with the chunk cICP, which viewers show as HDR
    #[default]
    Film,
    /// Standard range: PQ and HLG are tone-mapped to 8-bit sRGB
    Sdr,
}

impl From<DisplayArg> for DisplayChoice {
    fn from(arg: DisplayArg) -> Self {
        match arg {
            DisplayArg::Film => Self::Film,
            DisplayArg::Sdr => Self::Sdr,
        }
    }
}

/// Which proxies are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ProxiesArg {
    /// None
    #[default]
    Off,
    /// For each clip the smallest that has the pixels that are drawn
    Auto,
    /// Those of half the size
    #[value(name = "1/2")]
    Half,
    /// Those of a quarter of the size, else of half
    #[value(name = "1/4")]
    Quarter,
}

impl From<ProxiesArg> for ProxyChoice {
    fn from(arg: ProxiesArg) -> Self {
        match arg {
            ProxiesArg::Off => Self::Off,
            ProxiesArg::Auto => Self::Auto,
            ProxiesArg::Half => Self::Half,
            ProxiesArg::Quarter => Self::Quarter,
        }
    }
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[
    ("project", "<PROJECT>"),
    ("at", "--at"),
    ("output", "-o"),
    ("composition", "--composition"),
    ("display", "--display"),
    ("scale", "--scale"),
    ("proxies", "--proxies"),
    ("proxy_folder", "--proxy-folder"),
    ("offline", "--offline"),
    ("backend", "--backend"),
    ("decode", "--decode"),
    ("gpu", "--gpu"),
    ("threads", "--threads"),
    ("overwrite", "--overwrite"),
];

/// Writes one frame as a PNG file.
pub fn frame(args: &FrameArgs) -> Result<(), Failure> {
    let session = Session::open(&args.project)?;
    let to_stdout = super::is_stdout(&args.output);
    if !to_stdout {
        session.check_output("output", &args.output, args.overwrite).map_err(|e| Failure::of(e, WORDS))?;
        if !args.output.extension().is_some_and(|e| e.eq_ignore_ascii_case("png")) {
            let message = format!("{}: a frame is written as PNG", args.output.display());
            return Err(ApiError::new("usage.container", message)
                .hint("choose a name that ends in .png")
                .file(&args.output)
                .into());
        }
    }
    let request = FrameRequest {
        at: args.at.clone(),
        composition: args.composition.clone(),
        display: args.display.into(),
        scale: args.scale,
        proxies: args.proxies.into(),
        proxy_folder: args.proxy_folder.clone(),
        offline: args.offline,
        backend: args.backend.into(),
        decode: args.decode.into(),
        gpu: args.gpu.0,
        threads: args.threads,
    };
    let frame = cutroom_api::render_frame(&session, &request, &CancelToken::new()).map_err(|e| Failure::of(e, WORDS))?;
    if to_stdout {
        super::copy_to_stdout(&mut frame.png()?.as_slice())?;
    } else {
        frame.write_png(&args.output)?;
    }
    let drawn = frame.report;
    // What is said must not mix with the picture.
    if args.json {
        return if to_stdout { super::say_json(&drawn) } else { super::print_json(&drawn) };
    }
    for warning in &drawn.warnings {
        text::say(&format!("warning: {warning}\n"));
    }
    let said = format!(
        "{}: frame {} ({}, {:.3} s), {}x{} {}, drawn by {}\n",
        args.output.display(),
        drawn.frame,
        drawn.timecode,
        drawn.time_secs,
        drawn.size.width,
        drawn.size.height,
        drawn.format,
        drawn.drawn_by
    );
    if to_stdout {
        text::say(&said);
        return Ok(());
    }
    super::print(&said)
}
