//! The commands. Each consists of a file with its arguments and a free function, a variant of
//! [`Command`], and an arm of [`run`].
mod beats;
mod cache;
mod catalog;
mod collect;
mod completions;
mod cut_silence;
mod devices;
mod doctor;
mod edit;
mod export;
mod export_options;
mod export_state;
mod farm;
mod filmstrip;
mod frame;
mod graph;
mod history;
mod import;
mod import_media;
mod loudness;
mod man;
mod new;
mod play;
mod presets;
mod preview;
mod probe;
mod proxy;
mod record;
mod relink;
mod run;
mod scenes;
mod schema;
mod segments;
mod serve;
mod spectrogram;
mod split;
mod stabilize;
mod stats;
mod subtitles;
mod sync;
mod thumbnail;
mod title;
mod track;
mod validate;
mod waveform;

use crate::{failure::Failure, text};
use clap::Subcommand;
use cutroom_api::{ApiError, Progress};
pub use export_state::worker_program;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::{
    io::{IsTerminal, Read, Write},
    path::Path,
};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a project from clips, one after the other
    New(new::NewArgs),
    /// Show the streams of media files
    Probe(probe::ProbeArgs),
    /// Check a project and the files it names, listing every problem
    Validate(validate::ValidateArgs),
    /// Write one frame as a PNG picture
    Frame(frame::FrameArgs),
    /// Play a project without a window and report how well it keeps time
    Play(Box<play::PlayArgs>),
    /// Open a window that shows, plays and edits a project
    Preview(Box<preview::PreviewArgs>),
    /// List sound devices, or measure how much later one records than another plays
    Devices(devices::DevicesArgs),
    /// Record a voice-over into a project while its film is played
    Record(Box<record::RecordArgs>),
    /// Render a project into a media file
    Export(Box<export::ExportArgs>),
    /// Export on a farm: Slurm, Kubernetes, or this machine in the background
    #[command(subcommand)]
    Farm(Box<farm::FarmCommand>),
    /// List the presets of exports, with the limits of their platforms
    Presets(presets::PresetsArgs),
    /// Make parts of an export for another process
    #[command(name = "work", hide = true)]
    ExportWorker,
    /// Try an encoder of a graphics card for another process
    #[command(hide = true)]
    ProbeEncoder {
        /// Codec id
        codec: String,
    },
    /// Carry out a script of editing commands on a project
    Run(run::RunArgs),
    /// Edit a project by commands from the terminal
    Repl(run::ReplArgs),
    /// Open the editor in the browser
    Edit(Box<edit::EditArgs>),
    /// Let programs and pages edit and show projects over HTTP
    Serve(serve::ServeArgs),
    /// List what was done to a project, and its backups; name a state
    History(history::HistoryArgs),
    /// Return to a former state of a project
    Restore(history::RestoreArgs),
    /// Show and write what a session left that did not end in order
    Recover(history::RecoverArgs),
    /// Add files and folders to the media of a project
    ImportMedia(import_media::ImportMediaArgs),
    /// Copy a project with all files that it reads into a folder
    Collect(collect::CollectArgs),
    /// Make smaller copies of films for previews
    Proxy(proxy::ProxyArgs),
    /// Find media whose files were moved or renamed
    Relink(relink::RelinkArgs),
    /// Stabilise clips: measure how the camera moved and smooth it
    Stabilize(stabilize::StabilizeArgs),
    /// List titles, show one, or add one to a project
    #[command(subcommand)]
    Title(Box<title::TitleCommand>),
    /// Show clips side by side, in layouts that may change
    #[command(subcommand)]
    Split(Box<split::SplitCommand>),
    /// Follow a point or a flat surface in a clip, and let other things follow it
    Track(Box<track::TrackArgs>),
    /// Show how one frame is drawn: passes, fused stages and what is left out
    Graph(graph::GraphArgs),
    /// Say where the time goes when a film is drawn
    Stats(stats::StatsArgs),
    /// Measure the loudness of a media file or of a project's mix
    Loudness(loudness::LoudnessArgs),
    /// Find the beats of a sound, or mark them in a project
    Beats(beats::BeatsArgs),
    /// Find the shots of a film, or divide a clip into them
    Scenes(scenes::ScenesArgs),
    /// Find speech, music and silence in a media file
    Segments(segments::SegmentsArgs),
    /// Cut the pauses out of a film, or list those of a file
    CutSilence(cut_silence::CutSilenceArgs),
    /// Lay recordings of one event over each other by their sound
    Sync(sync::SyncArgs),
    /// Draw the spectrogram of a media file
    Spectrogram(spectrogram::SpectrogramArgs),
    /// Write one frame of a media file as a picture
    Thumbnail(thumbnail::ThumbnailArgs),
    /// Write frames of a media file side by side as a picture
    Filmstrip(filmstrip::FilmstripArgs),
    /// Draw the sound of a media file, or print its peaks
    Waveform(waveform::WaveformArgs),
    /// Show, convert, move, split and check subtitle files
    Subtitles(Box<subtitles::SubtitlesArgs>),
    /// List effects, blend modes and transitions with their parameters
    Catalog(catalog::CatalogArgs),
    /// Print the JSON Schema of the project file
    Schema(schema::SchemaArgs),
    /// Show, prune or check what is kept on disk about files
    #[command(subcommand)]
    Cache(cache::CacheCommand),
    /// Show the decoders, encoders and GPU of this machine and which would be used
    Doctor(doctor::DoctorArgs),
    /// Read a project of another program (not possible yet)
    #[command(hide = true)]
    Import(import::ImportArgs),
    /// Print a shell completion script
    Completions(completions::CompletionsArgs),
    /// Write man pages into a directory
    Man(man::ManArgs),
}

impl Command {
    /// Whether results and errors are printed as JSON.
    pub fn json(&self) -> bool {
        match self {
            Self::New(args) => args.json,
            Self::Probe(args) => args.json,
            Self::Validate(args) => args.json,
            Self::Frame(args) => args.json,
            Self::Export(args) => args.json,
            Self::Farm(command) => command.json(),
            Self::Presets(args) => args.json,
            Self::Play(args) => args.json,
            Self::Devices(args) => args.json,
            Self::Record(args) => args.json,
            Self::History(args) => args.json,
            Self::Restore(args) => args.json,
            Self::Recover(args) => args.json,
            Self::ImportMedia(args) => args.json,
            Self::Collect(args) => args.json,
            Self::Proxy(args) => args.json,
            Self::Relink(args) => args.json,
            Self::Stabilize(args) => args.json,
            Self::Title(command) => command.json(),
            Self::Split(command) => command.json(),
            Self::Track(args) => args.json,
            Self::Graph(args) => args.json || args.format == graph::GraphFormat::Json,
            Self::Loudness(args) => args.json,
            Self::Stats(args) => args.json,
            Self::Thumbnail(args) => args.json,
            Self::Filmstrip(args) => args.json,
            Self::Waveform(args) => args.json,
            Self::Scenes(args) => args.json,
            Self::Beats(args) => args.json,
            Self::Segments(args) => args.json,
            Self::CutSilence(args) => args.json,
            Self::Sync(args) => args.json,
            Self::Spectrogram(args) => args.json,
            Self::Subtitles(args) => args.json,
            Self::Catalog(args) => args.json,
            Self::Cache(command) => command.json(),
            Self::Doctor(args) => args.json,
            Self::Run(_)
            | Self::ExportWorker
            | Self::ProbeEncoder { .. }
            | Self::Repl(_)
            | Self::Serve(_)
            | Self::Edit(_)
            | Self::Preview(_)
            | Self::Schema(_)
            | Self::Import(_)
            | Self::Completions(_)
            | Self::Man(_) => false,
        }
    }
}

/// Runs a command.
///
/// # Errors
/// The errors to be printed, which decide the exit code.
pub fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::New(args) => new::new(&args),
        Command::Probe(args) => probe::probe(&args),
        Command::Validate(args) => validate::validate(&args),
        Command::Frame(args) => frame::frame(&args),
        Command::Export(args) => export::export(&args),
        Command::ExportWorker => export_state::worker(),
        Command::ProbeEncoder { codec } => doctor::probe(&codec),
        Command::Farm(command) => farm::run(&command),
        Command::Presets(args) => presets::presets(&args),
        Command::Play(args) => play::play(&args),
        Command::Preview(args) => preview::preview(&args),
        Command::Devices(args) => devices::devices(&args),
        Command::Record(args) => record::record(&args),
        Command::Run(args) => run::run(&args),
        Command::Repl(args) => run::repl(&args),
        Command::Serve(args) => serve::serve(&args),
        Command::Edit(args) => edit::edit(&args),
        Command::History(args) => history::history(&args),
        Command::Restore(args) => history::restore(&args),
        Command::Recover(args) => history::recover(&args),
        Command::ImportMedia(args) => import_media::import_media(&args),
        Command::Collect(args) => collect::collect(&args),
        Command::Proxy(args) => proxy::proxy(&args),
        Command::Relink(args) => relink::relink(&args),
        Command::Stabilize(args) => stabilize::stabilize(&args),
        Command::Title(command) => title::run(&command),
        Command::Split(command) => split::run(&command),
        Command::Track(args) => track::track(&args),
        Command::Graph(args) => graph::graph(&args),
        Command::Loudness(args) => loudness::loudness(&args),
        Command::Stats(args) => stats::stats(&args),
        Command::Beats(args) => beats::beats(&args),
        Command::Scenes(args) => scenes::scenes(&args),
        Command::Segments(args) => segments::segments(&args),
        Command::CutSilence(args) => cut_silence::cut_silence(&args),
        Command::Sync(args) => sync::sync(&args),
        Command::Spectrogram(args) => spectrogram::spectrogram(&args),
        Command::Thumbnail(args) => thumbnail::thumbnail(&args),
        Command::Filmstrip(args) => filmstrip::filmstrip(&args),
        Command::Waveform(args) => waveform::waveform(&args),
        Command::Subtitles(args) => subtitles::subtitles(&args),
        Command::Catalog(args) => catalog::list(&args),
        Command::Schema(args) => schema::schema(&args),
        Command::Cache(command) => cache::run(&command),
        Command::Doctor(args) => doctor::doctor(&args),
        Command::Import(args) => import::import(&args),
        Command::Completions(args) => completions::completions(&args),
        Command::Man(args) => man::man(&args),
    }
}

/// A progress bar that counts frames, on standard error. It is hidden if standard error is not a
/// terminal, unless `always`.
fn frames_bar(always: bool) -> ProgressBar {
    let target = match std::io::stderr().is_terminal() {
        true => ProgressDrawTarget::stderr_with_hz(10),
        // The library draws on terminals only.
        false if always => ProgressDrawTarget::term_like_with_hz(Box::new(text::PlainBar), 10),
        false => ProgressDrawTarget::hidden(),
    };
    let bar = ProgressBar::with_draw_target(Some(0), target);
    match ProgressStyle::with_template("{bar:32} {pos}/{len} frames  {msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A progress bar that counts bytes, on standard error if that is a terminal.
fn bytes_bar() -> ProgressBar {
    let is_terminal = std::io::stderr().is_terminal();
    let target = if is_terminal { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(0), target);
    match ProgressStyle::with_template("{bar:32} {bytes}/{total_bytes}  {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Does something that reports its progress in frames, which is shown on a terminal.
fn with_bar<T>(work: impl FnOnce(&mut dyn FnMut(Progress)) -> T) -> T {
    let bar = frames_bar(false);
    let done = work(&mut |progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
    });
    bar.finish_and_clear();
    done
}

/// Whether an output is standard output: `-o -`.
fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Prints to standard output. A closed reader (`| head`) is not an error.
fn print(text: &str) -> Result<(), Failure> {
    copy_to_stdout(&mut text.as_bytes())
}

/// Copies bytes to standard output. A closed reader is not an error.
fn copy_to_stdout(from: &mut dyn Read) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match std::io::copy(from, &mut out).and_then(|_| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(ApiError::new("cli.stdout", format!("cannot write to standard output: {e}")).into())
        }
        _ => Ok(()),
    }
}

/// Prints `value` to standard output as indented JSON.
fn print_json<T: Serialize>(value: &T) -> Result<(), Failure> {
    print(&json_of(value)?)
}

/// Says what is missing where a project is changed and neither `-o` nor `--in-place` is given.
fn needs_output(is_given: bool) -> Result<(), Failure> {
    if is_given {
        return Ok(());
    }
    let error = ApiError::new("usage.arguments", "where is the changed project to be written?");
    Err(error.hint("-o FILE, or --in-place").into())
}

/// Prints `value` to standard error as indented JSON, where standard output is taken.
fn say_json<T: Serialize>(value: &T) -> Result<(), Failure> {
    text::say(&json_of(value)?);
    Ok(())
}

fn json_of<T: Serialize>(value: &T) -> Result<String, ApiError> {
    let text = serde_json::to_string_pretty(value).map_err(|e| ApiError::of("cli.json", &e))?;
    Ok(text + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{args::Cli, failure::Words};
    use clap::CommandFactory;
    use serde_json::Value;

    /// The command of an operation, and its names for the request's fields.
    fn words(operation: &str) -> (&'static str, &'static Words) {
        match operation {
            "beats" | "mark_beats" => ("beats", beats::WORDS),
            "cut_silence" | "silences" => ("cut-silence", cut_silence::WORDS),
            "scenes" | "split_scenes" => ("scenes", scenes::WORDS),
            "sound_segments" => ("segments", segments::WORDS),
            "spectrogram" => ("spectrogram", spectrogram::WORDS),
            "sync" => ("sync", sync::WORDS),
            "collect" => ("collect", collect::WORDS),
            "export" => ("export", export_options::WORDS),
            "file_loudness" | "loudness" => ("loudness", loudness::WORDS),
            "filmstrip" => ("filmstrip", filmstrip::WORDS),
            "graph" => ("graph", graph::WORDS),
            "history" => ("history", history::HISTORY_WORDS),
            "recover" => ("recover", history::RECOVER_WORDS),
            "restore" => ("restore", history::RESTORE_WORDS),
            "import_media" => ("import-media", import_media::WORDS),
            "make_proxies" => ("proxy", proxy::WORDS),
            "new_project" => ("new", new::WORDS),
            "play" => ("play", play::WORDS),
            "presets" => ("presets", presets::WORDS),
            "probe" => ("probe", probe::WORDS),
            "prune_cache" => ("cache prune", cache::PRUNE_WORDS),
            "record" => ("record", record::WORDS),
            "sound_devices" | "sound_latency" => ("devices", devices::WORDS),
            "relink" => ("relink", relink::WORDS),
            "render_frame" => ("frame", frame::WORDS),
            "add_subtitles" | "check_subtitles" | "convert_subtitles" | "export_subtitles" | "fit_subtitles" | "show_subtitles" => {
                ("subtitles", subtitles::WORDS)
            }
            "split_add" => ("split add", split::ADD_WORDS),
            "split_change" => ("split change", split::CHANGE_WORDS),
            "split_new" => ("split new", split::NEW_WORDS),
            "split_preview" => ("split preview", split::PREVIEW_WORDS),
            "stabilize" => ("stabilize", stabilize::WORDS),
            "stats" => ("stats", stats::WORDS),
            "thumbnail" => ("thumbnail", thumbnail::WORDS),
            "title_add" => ("title add", title::ADD_WORDS),
            "title_preview" => ("title preview", title::PREVIEW_WORDS),
            "track" => ("track", track::WORDS),
            "validate" => ("validate", validate::WORDS),
            "waveform" => ("waveform", waveform::WORDS),
            other => panic!("{other} has no words"),
        }
    }

    /// Collects the fields of an object without a name on the command line, prefixed by their
    /// groups.
    fn wordless(of: &Value, root: &Value, group: &str, words: &Words, found: &mut Vec<String>) {
        let of = of["$ref"].as_str().map_or(of, |name| root.pointer(name.trim_start_matches('#')).unwrap());
        for (name, field) in of["properties"].as_object().unwrap() {
            let name = format!("{group}{name}");
            match words.iter().any(|(field, _)| *field == name) {
                true => {}
                false if field["$ref"].is_string() => wordless(field, root, &format!("{name}."), words, found),
                false => found.push(name),
            }
        }
    }

    #[test]
    fn every_field_of_a_request_has_a_word_of_its_command() {
        let mut checked = 0;
        for operation in cutroom_api::OPERATIONS {
            let Some(schema) = operation.request_schema() else { continue };
            let (command, words) = words(operation.name);
            let mut found = Vec::new();
            wordless(&schema, &schema, "", words, &mut found);
            assert!(found.is_empty(), "{command}: {found:?}");
            let cli = Cli::command();
            let command = command.split(' ').fold(&cli, |cli, name| cli.find_subcommand(name).unwrap());
            for (field, word) in words {
                let is_meant = |arg: &clap::Arg| {
                    let named = [arg.get_long().map(|l| format!("--{l}")), arg.get_short().map(|s| format!("-{s}"))];
                    let argument = arg.is_positional().then(|| format!("<{}>", arg.get_id().as_str().to_uppercase()));
                    named.into_iter().chain([argument]).flatten().any(|name| name == *word)
                };
                assert!(command.get_arguments().any(is_meant), "{}: {field} is not {word}", command.get_name());
                checked += 1;
            }
        }
        assert!(checked > 40, "{checked} words");
    }
}
