//! The command line: what all commands share. The arguments of each command are in its own file.
use crate::commands::Command;
use clap::{Parser, ValueEnum};
use cutroom_api::{BackendChoice, DecodeChoice};
use std::{path::PathBuf, str::FromStr};

/// Exit codes, shown under every `--help`.
pub const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    failed (rendering, encoding, writing)
  2    wrong use of the command line
  3    the project is not valid
  4    a media file is missing, unreadable or lacks what the project needs
  130  interrupted (Ctrl-C); nothing is left under the output's name";

/// Headless video editor: a project file in, a finished film out.
#[derive(Debug, Parser)]
#[command(name = "cutroom", version, about, max_term_width = 110, after_help = EXIT_CODES, after_long_help = EXIT_CODES)]
pub struct Cli {
    /// Write what the program does when into a file for ui.perfetto.dev
    #[arg(long, global = true, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The back end that draws.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum BackendArg {
    /// A real GPU when there is one, otherwise the CPU
    #[default]
    Auto,
    /// SIMD on the CPU; the same frames on every machine
    Cpu,
    /// wgpu; also takes a software Vulkan device
    Gpu,
}

impl From<BackendArg> for BackendChoice {
    fn from(arg: BackendArg) -> Self {
        match arg {
            BackendArg::Auto => Self::Auto,
            BackendArg::Cpu => Self::Cpu,
            BackendArg::Gpu => Self::Gpu,
        }
    }
}

/// The graphics card that draws and decodes: its number, or `None` for `auto`.
#[derive(Clone, Copy, Debug)]
pub struct GpuArg(pub Option<usize>);

impl FromStr for GpuArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self(None)),
            number => number.parse().map(|n| Self(Some(n))).map_err(|_| "write auto, or a number that cutroom doctor lists".into()),
        }
    }
}

/// What decodes video streams.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
#[value(rename_all = "lowercase")]
pub enum DecodeArg {
    /// An NVIDIA card that is there and decodes the stream, else the processor
    #[default]
    Auto,
    /// The processor
    Software,
    /// NVIDIA's decoder
    Cuda,
    /// VA-API: Intel's and AMD's cards on Linux (untested)
    Vaapi,
    /// Apple's decoder (untested)
    VideoToolbox,
    /// Direct3D 11 on Windows (untested)
    D3d11,
    /// Intel's Quick Sync (untested)
    Qsv,
}

impl From<DecodeArg> for DecodeChoice {
    fn from(arg: DecodeArg) -> Self {
        match arg {
            DecodeArg::Auto => Self::Auto,
            DecodeArg::Software => Self::Software,
            DecodeArg::Cuda => Self::Cuda,
            DecodeArg::Vaapi => Self::Vaapi,
            DecodeArg::VideoToolbox => Self::VideoToolbox,
            DecodeArg::D3d11 => Self::D3d11,
            DecodeArg::Qsv => Self::Qsv,
        }
    }
}
