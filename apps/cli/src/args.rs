//! The command line: what each command takes, with help texts. Knows nothing of what the commands do.
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// How the program ends, shown under every `--help`.
pub const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    failed (rendering, encoding, writing)
  2    wrong use of the command line
  3    the project is not valid
  4    a media file is missing, unreadable or lacks what the project wants
  130  interrupted (Ctrl-C); nothing is left under the output's name";

/// Headless video editor: a project file in, a finished film out.
#[derive(Debug, Parser)]
#[command(name = "cutroom", version, about, max_term_width = 110, after_help = EXIT_CODES, after_long_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a project from clips, one after the other
    New(NewArgs),
    /// Show what is in media files
    Probe(ProbeArgs),
    /// Check a project and the files it names, listing every problem
    Validate(ValidateArgs),
    /// Write one frame as a PNG picture
    Frame(FrameArgs),
    /// Render a project into a media file
    Export(ExportArgs),
    /// Take the shake out of clips: measure how the camera moved
    Stabilize(StabilizeArgs),
    /// Show what drawing one frame takes: what is left, fused and left out
    Graph(GraphArgs),
    /// List effects, blend modes and transitions with their parameters
    Catalog(CatalogArgs),
    /// Print the JSON Schema of the project file
    Schema,
    /// Show what this machine offers and what would be used
    Doctor(DoctorArgs),
    /// Print a shell completion script
    Completions(CompletionsArgs),
    /// Write man pages into a directory
    Man(ManArgs),
}

/// `cutroom new`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom new film.json a.mp4 b.mov
  cutroom new film.json a.mp4 b.mov --size 1920x1080 --fps 25 --dissolve 0.5s

Size and frame rate are those of the first clip unless given. Paths are stored relative to the project.")]
pub struct NewArgs {
    /// The project file to write
    pub project: PathBuf,
    /// Clips in playing order (video, still images or sound)
    #[arg(required = true)]
    pub clips: Vec<PathBuf>,
    /// Picture size, such as 1920x1080
    #[arg(long, value_name = "WxH", value_parser = crate::text::parse_size)]
    pub size: Option<(u32, u32)>,
    /// Frames per second: 25, 29.97 or 30000/1001
    #[arg(long, value_name = "RATE")]
    pub fps: Option<String>,
    /// Length of a dissolve between neighbours, such as 0.5s or 12f
    #[arg(long, value_name = "TIME")]
    pub dissolve: Option<String>,
    /// How long still images stand
    #[arg(long, value_name = "TIME", default_value = "5s")]
    pub still: String,
    /// Replace the project file if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// `cutroom probe`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom probe a.mp4 b.mov
  cutroom probe --json a.mp4 | jq '.[0].video'")]
pub struct ProbeArgs {
    /// Media files
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `cutroom validate`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom validate film.json
  cutroom validate film.json --json

Every problem is listed with its JSON path, the clip and the reason.
Exit code 0: no problems; 3: the project is not valid; 4: only its media are.")]
pub struct ValidateArgs {
    /// The project file
    pub project: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `cutroom frame`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom frame film.json --at 12.5s -o f.png
  cutroom frame film.json --at 00:00:12:13 -o f.png
  cutroom frame film.json --at 312 -o f.png")]
pub struct FrameArgs {
    /// The project file
    pub project: PathBuf,
    /// When: seconds (12.5s), timecode (HH:MM:SS:FF) or frame number (312)
    #[arg(long, value_name = "WHEN", default_value = "0")]
    pub at: String,
    /// The PNG file to write
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Composition id, if not the project's main one
    #[arg(long, value_name = "ID")]
    pub composition: Option<String>,
    /// What draws
    #[arg(long, value_enum, default_value_t)]
    pub backend: BackendArg,
    /// Worker threads; 0 means one per core
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
    /// Replace the file if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// `cutroom export`.
#[derive(Debug, Args)]
#[command(after_help = export_help())]
pub struct ExportArgs {
    /// The project file
    pub project: PathBuf,
    /// The file to write; the extension chooses the container
    #[arg(short, long, value_name = "FILE", required_unless_present = "null")]
    pub output: Option<PathBuf>,
    /// Render everything, encode and write nothing (the same as -o null:)
    #[arg(long, conflicts_with = "output")]
    pub null: bool,
    /// What pictures are stored as
    #[arg(long, value_name = "CODEC", help = video_codec_help())]
    pub video_codec: Option<String>,
    /// What sound is stored as
    #[arg(long, value_name = "CODEC", help = cutroom_api::audio_codec_ids().join(", "))]
    pub audio_codec: Option<String>,
    /// Constant quality; lower is better
    #[arg(long, value_name = "N", conflicts_with = "bitrate")]
    pub crf: Option<f64>,
    /// Video bit rate: 8M, 800k or bits per second
    #[arg(long, value_name = "RATE", value_parser = crate::text::parse_bitrate)]
    pub bitrate: Option<u64>,
    /// Encode so that every sample comes back, of sound too
    #[arg(long, conflicts_with_all = ["crf", "bitrate"])]
    pub lossless: bool,
    /// Leave out the sound
    #[arg(long, conflicts_with_all = ["audio_codec", "audio_bitrate", "audio_bits", "dither", "no_video"])]
    pub no_audio: bool,
    /// Leave out the pictures, drawing none
    #[arg(long, conflicts_with_all = ["video_codec", "crf", "bitrate", "lossless", "preset", "profile", "pix_fmt", "frame_hashes"])]
    pub no_video: bool,
    /// Sound bit rate: 192k
    #[arg(long, value_name = "RATE", value_parser = crate::text::parse_bitrate)]
    pub audio_bitrate: Option<u64>,
    /// Bits of a sample in FLAC and PCM: 16, 24, or 32 (float)
    #[arg(long, value_name = "BITS")]
    pub audio_bits: Option<u32>,
    /// Add noise of one step before sound is rounded to 16 bits
    #[arg(long)]
    pub dither: bool,
    /// Encoder preset, such as veryfast or slow
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// Encoder profile, such as high or 4444
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Pixel format, such as yuv420p, yuv422p10 or rgb24
    #[arg(long, value_name = "FORMAT")]
    pub pix_fmt: Option<String>,
    /// Part to render, end not included: 10s..20s, 0..250, 00:00:10:00..
    #[arg(long, value_name = "A..B")]
    pub range: Option<String>,
    /// Composition id, if not the project's main one
    #[arg(long, value_name = "ID")]
    pub composition: Option<String>,
    /// Threads for decoding, drawing and encoding; 0 means one per core. Does not change any frame
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
    /// What draws
    #[arg(long, value_enum, default_value_t)]
    pub backend: BackendArg,
    /// Write "frame-number blake3" of every output picture
    #[arg(long, value_name = "FILE")]
    pub frame_hashes: Option<PathBuf>,
    /// How progress is shown on standard error
    #[arg(long, value_enum, default_value_t)]
    pub progress: ProgressArg,
    /// Replace the film and the list of hashes if they exist
    #[arg(long)]
    pub overwrite: bool,
}

fn video_codec_help() -> String {
    format!("{}; `cutroom doctor` lists what works here", cutroom_api::video_codec_ids().join(", "))
}

fn export_help() -> String {
    let (pictures, sound) = cutroom_api::file_extensions();
    format!(
        "\
Examples:
  cutroom export film.json -o film.mp4
  cutroom export film.json -o film.mp4 --video-codec h265 --crf 20 --preset medium --pix-fmt yuv420p10
  cutroom export film.json -o master.mov --video-codec prores --audio-codec pcm
  cutroom export film.json -o part.webm --range 10s..20s
  cutroom export film.json -o sound.wav
  cutroom export film.json --null --frame-hashes hashes.txt

The container follows the file's extension: {}; {} for the sound alone;
frames-%05d.png for a PNG sequence without sound. What the project reads is never replaced.
The film is written under a temporary name and renamed when it is whole.

Exit codes: 0 done, 1 failed, 2 usage, 3 invalid project, 4 media error, 130 interrupted.",
        pictures.join(", "),
        sound.join(", ")
    )
}

/// `cutroom stabilize`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom stabilize film.json --clip c1 --in-place
  cutroom stabilize film.json --clip c1 --clip c2 --smoothness 1 -o stable.json
  cutroom stabilize film.json --clip c1 --still --max-zoom 1.4 --in-place

Each clip gets an effect `stabilize` before its others, with a keyframe for each frame; measuring it again replaces them.
The clip is enlarged as far as its moving edges need, at most by --max-zoom. Trim a clip first: keyframes belong to its frames.

Exit codes: 0 done, 1 failed, 2 usage, 3 invalid project, 4 media error, 130 interrupted.")]
pub struct StabilizeArgs {
    /// The project file
    pub project: PathBuf,
    /// A clip's id; may be given several times
    #[arg(long = "clip", value_name = "ID", required = true)]
    pub clips: Vec<String>,
    /// The project file to write, in the folder of the one that is read
    #[arg(short, long, value_name = "FILE", required_unless_present = "in_place")]
    pub output: Option<PathBuf>,
    /// Write into the project that is read
    #[arg(long, conflicts_with_all = ["output", "overwrite"])]
    pub in_place: bool,
    /// Seconds over which movements are evened out; pans and tilts that take longer stay
    #[arg(long, value_name = "SECONDS", default_value_t = 0.5)]
    pub smoothness: f64,
    /// Take out all movement, as if the camera stood on a tripod
    #[arg(long, conflicts_with = "smoothness")]
    pub still: bool,
    /// Most that the picture may be enlarged to hide its edges, 1 to 2
    #[arg(long, value_name = "FACTOR", default_value_t = 1.25)]
    pub max_zoom: f64,
    /// Worker threads; 0 means one per core
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the output if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// `cutroom graph`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom graph film.json --at 2.5s
  cutroom graph film.json --at 100 --format dot | dot -Tsvg > frame.svg")]
pub struct GraphArgs {
    /// The project file
    pub project: PathBuf,
    /// Which frame: 2.5s, 00:00:02:12 or a frame number
    #[arg(long, value_name = "TIME")]
    pub at: String,
    /// How it is written
    #[arg(long, value_enum, default_value_t = GraphFormat::Text)]
    pub format: GraphFormat,
    /// Composition id, if not the project's main one
    #[arg(long, value_name = "ID")]
    pub composition: Option<String>,
    /// Pixel format of the result
    #[arg(long, value_name = "FORMAT")]
    pub pix_fmt: Option<String>,
}

/// How a graph is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// For reading
    Text,
    /// For programs
    Json,
    /// For Graphviz
    Dot,
}

/// `cutroom catalog`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom catalog
  cutroom catalog blur
  cutroom catalog --json")]
pub struct CatalogArgs {
    /// Only entries whose id or name holds this, or whose family is this
    pub filter: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `cutroom doctor`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cutroom doctor\n  cutroom doctor --json")]
pub struct DoctorArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `cutroom completions`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cutroom completions bash > ~/.local/share/bash-completion/completions/cutroom\n  cutroom completions zsh > ~/.zfunc/_cutroom"
)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// `cutroom man`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cutroom man /usr/local/share/man/man1")]
pub struct ManArgs {
    /// An existing directory
    pub directory: PathBuf,
}

/// What draws.
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

/// How progress is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ProgressArg {
    /// A bar on a terminal, nothing otherwise
    #[default]
    Auto,
    /// A bar with frame, speed and time left
    Bar,
    /// One JSON object a line: {"frame", "total", "fps", "eta_secs"}, at the end {"done"} or {"error"}
    Json,
    /// Nothing
    None,
}
