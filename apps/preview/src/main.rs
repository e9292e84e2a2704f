//! `cutroom-preview`, which `cutroom preview` becomes.
#![forbid(unsafe_code)]
use clap::{Parser, ValueEnum};
use cutroom_api::{ApiError, BackendChoice, DecodeChoice, ErrorClass, LiveOptions};
use cutroom_preview::{WindowOptions, open, running::RunOptions};
use std::{path::PathBuf, process::ExitCode, time::Instant};

/// Shows and plays a project in a window, in which it can be edited
#[derive(Debug, Parser)]
#[command(name = "cutroom-preview", version)]
struct Args {
    /// The project file
    project: PathBuf,
    /// Where the playhead begins: seconds (12.5s), clock (1:02.5), timecode (HH:MM:SS:FF) or frame
    /// number
    #[arg(long, value_name = "WHEN")]
    from: Option<String>,
    /// Composition id, if not the project's main one
    #[arg(long, value_name = "ID")]
    composition: Option<String>,
    /// How many pixels are drawn
    #[arg(long, value_enum, default_value_t = Quality::Full, conflicts_with = "scale")]
    quality: Quality,
    /// Pixels drawn for each pixel of the film, in place of --quality
    #[arg(long, value_name = "N")]
    scale: Option<f64>,
    /// Change nothing, and open the project beside who edits it
    #[arg(long)]
    read_only: bool,
    /// Let nobody hear the sound and play by the machine's clock
    #[arg(long, conflicts_with = "device")]
    null_sink: bool,
    /// The output on which the sound is heard, by its id or name
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// What renders the frames
    #[arg(long, value_enum, default_value_t)]
    backend: Backend,
    /// What decodes video: auto, or software, or another of `cutroom help preview`
    #[arg(long, value_name = "CHOICE", value_parser = decode_of, default_value = "auto")]
    decode: DecodeChoice,
    /// Worker threads; 0 means one per core
    #[arg(long, default_value_t = 0)]
    threads: usize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Quality {
    Full,
    Half,
    Quarter,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Backend {
    #[default]
    Auto,
    Cpu,
    Gpu,
}

fn decode_of(text: &str) -> Result<DecodeChoice, String> {
    serde_json::from_value(text.into()).map_err(|e| e.to_string())
}

fn main() -> ExitCode {
    let started = Instant::now();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(e) => {
            // What cannot be printed is seen by nobody.
            let _ = e.print();
            return ExitCode::from(if e.use_stderr() { 2 } else { 0 });
        }
    };
    let scale = args.scale.unwrap_or(match args.quality {
        Quality::Full => 1.0,
        Quality::Half => 0.5,
        Quality::Quarter => 0.25,
    });
    let backend = match args.backend {
        Backend::Auto => BackendChoice::Auto,
        Backend::Cpu => BackendChoice::Cpu,
        Backend::Gpu => BackendChoice::Gpu,
    };
    let live = LiveOptions { backend, decode: args.decode, threads: args.threads, ..LiveOptions::default() };
    let run = RunOptions {
        live,
        read_only: args.read_only,
        device: args.device,
        null_sink: args.null_sink,
        from: args.from,
        composition: args.composition,
        scale,
    };
    match open(WindowOptions { project: args.project, run }, started) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// What errors call fields of requests and operations, and what they are called on the command
/// line.
const WORDS: [(&str, &str); 4] = [
    ("`scale`", "--scale"),
    ("`device`", "--device"),
    ("`composition`", "--composition"),
    ("`sound_devices`", "`cutroom devices`"),
];

fn worded(text: &str) -> String {
    WORDS.iter().fold(text.to_owned(), |text, (field, word)| text.replace(field, word))
}

/// Prints an error; the exit code is that of `cutroom`.
fn fail(error: &ApiError) -> ExitCode {
    let file = error.file.as_ref().map(|file| format!("{}: ", file.display()));
    let file = file.filter(|file| !error.message.starts_with(&**file)).unwrap_or_default();
    eprintln!("error[{}]: {file}{}", error.code, worded(&error.message));
    error.hint.iter().for_each(|hint| eprintln!("  hint: {}", worded(hint)));
    ExitCode::from(match error.class() {
        ErrorClass::Usage => 2,
        ErrorClass::Project => 3,
        ErrorClass::Media => 4,
        ErrorClass::Cancelled => 130,
        ErrorClass::Failed => 1,
    })
}
