//! `cutroom export`.
use super::{
    export_options::{self, ExportOptions, WORDS},
    export_state,
};
use crate::{
    args::BackendArg,
    failure::{Failure, worded},
    interrupt, text,
};
use clap::{Args, ValueEnum};
use cutroom_api::{AlsoOutput, ApiError, ExportPhase, ExportProgress, ExportReport, Session, SpeedMeter, UploadOptions, Watch};
use indicatif::ProgressBar;
use serde::Serialize;
use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Arguments of `cutroom export`.
#[derive(Debug, Args)]
#[command(after_help = export_help())]
pub struct ExportArgs {
    /// The project file
    #[arg(required_unless_present_any = ["status", "resume", "clean"])]
    pub project: Option<PathBuf>,
    /// Show how far a stopped or running export to the output is
    #[arg(long, conflicts_with_all = ["project", "resume", "clean", "null"])]
    pub status: bool,
    /// Go on with a stopped export to the output, as it was begun
    #[arg(long, conflicts_with_all = ["project", "clean", "null"])]
    pub resume: bool,
    /// Remove the finished segments of a stopped export to the output
    #[arg(long, conflicts_with_all = ["project", "null"])]
    pub clean: bool,
    /// The file to write, or an address: http, https or s3; the extension chooses the container; - is standard output
    #[arg(short, long, value_name = "FILE", required_unless_present = "null")]
    pub output: Option<PathBuf>,
    /// Render everything, encode and write nothing (the same as -o null:)
    #[arg(long, conflicts_with_all = ["output", "hardware_fallback", "stacked_alpha", "subtitles", "subtitles_from", "smart", "jobs", "segment_secs"])]
    pub null: bool,
    /// Container of -o -, by its extension: mkv (if not given), mp4, wav, ...
    #[arg(long, value_name = "EXT", requires = "output", conflicts_with = "null")]
    pub container: Option<String>,
    /// A further file from the same frames, with options of its own: web.webm,crf=32,scale=0.5
    #[arg(long, value_name = "FILE[,OPTION=VALUE...]", value_parser = export_options::also)]
    pub also: Vec<AlsoOutput>,
    /// A header that is sent to an http or https address: "Authorization: Bearer ..."
    #[arg(long, value_name = "HEADER", value_parser = header, conflicts_with = "null")]
    pub upload_header: Vec<(String, String)>,
    /// Size of the pieces that are sent to an address, in MiB [default: 16]; twice as much is in memory
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u16).range(1..=1024), conflicts_with = "null")]
    pub upload_chunk: Option<u16>,
    /// What renders the frames
    #[arg(long, value_enum, default_value_t)]
    pub backend: BackendArg,
    /// How it is exported
    #[command(flatten)]
    pub options: ExportOptions,
    /// How progress is shown on standard error
    #[arg(long, value_enum, default_value_t)]
    pub progress: ProgressArg,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("write NAME: VALUE, such as \"Authorization: Bearer ...\"")?;
    let (name, value) = (name.trim(), value.trim());
    let in_names = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(in_names) || value.chars().any(char::is_control) {
        return Err("the name of a header has letters, digits and hyphens; its value is one line".into());
    }
    Ok((name.to_owned(), value.to_owned()))
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
  cutroom export film.json -o draft.mp4 --scale 0.5 --preset ultrafast
  cutroom export film.json -o sound.wav
  cutroom export film.json -o talk.mp3 --loudness -16 --true-peak -1
  cutroom export film.json -o part.mkv --range 10s..11s --subtitles en=a.srt:default
  cutroom export film.json --null --frame-hashes hashes.txt
  cutroom export film.json -o - --container mkv | ffplay -
  cutroom export film.json -o film.mp4 --jobs 2
  cutroom export film.json -o film.mp4 --also small.mp4,scale=0.5,crf=28 --also sound.wav
  cutroom export film.json -o '{{project}}-{{date}}.mp4' --for web --metadata title=Film --verify
  cutroom export --status -o film.mp4

The container follows the file's extension: {}; {} for the sound alone;
frames-%05d.png (.jpg, .tif, .exr, .dpx) for numbered pictures without sound. What the project reads is never replaced.
The film is written under a temporary name and renamed when it is whole; -o - sends {} while it is
made, and other containers, or with --jobs or --segment-secs, when it is whole. So it is with addresses: http and https
get a PUT request; s3://BUCKET/KEY is sent to S3-compatible storage, which AWS_ENDPOINT_URL, AWS_REGION,
AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the files in ~/.aws, name.
Long films are made in segments, kept in a hidden folder beside the output: an export that was stopped
goes on from them when it is started again; --status shows them, --resume goes on, --clean removes them.

Exit codes: 0 done, 1 failed, 2 usage, 3 invalid project, 4 media error, 130 interrupted.",
        pictures.join(", "),
        sound.join(", "),
        cutroom_api::streamed_extensions().join(", ")
    )
}

/// Form in which progress is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ProgressArg {
    /// A bar on a terminal, nothing otherwise
    #[default]
    Auto,
    /// A bar with frame, speed and time left
    Bar,
    /// One JSON object a line: {"phase", "percent", "frame", "total", "fps", "eta_secs"}, at the end {"done"} or
    /// {"error"}
    Json,
    /// Nothing
    None,
}

/// Renders a project into a file.
pub fn export(args: &ExportArgs) -> Result<(), Failure> {
    let failure = match run(args) {
        Ok(()) => return Ok(()),
        Err(failure) => failure,
    };
    if args.progress != ProgressArg::Json {
        return Err(failure);
    }
    for error in &failure.errors {
        line(&serde_json::json!({ "error": error }))?;
    }
    Err(failure.already_shown())
}

fn run(args: &ExportArgs) -> Result<(), Failure> {
    if args.status || args.clean {
        return export_state::look(args.output.as_deref().unwrap_or(Path::new("")), args.clean, args.json);
    }
    let (cancel, unfinished) = interrupt::cancellation()?;
    let mut shown = Shown::new(args.progress);
    let Some(project) = &args.project else {
        let (output, worker) = (args.output.as_deref().unwrap_or(Path::new("")), super::worker_program()?);
        let report = cutroom_api::resume_export(output, args.options.jobs, &worker, &cancel, &unfinished, &mut |p| shown.update(p));
        shown.end();
        return say(args, report.map_err(|e| Failure::of(e, WORDS))?, None);
    };
    let session = Session::open(project)?;
    let address = args.output.as_deref().and_then(Path::to_str).filter(|text| cutroom_api::is_address(text));
    let is_stdout = args.output.as_deref().is_some_and(super::is_stdout);
    let wanted = args.container.as_deref().unwrap_or("mkv").trim_start_matches('.');
    // Segments are files.
    let streams =
        is_stdout && args.options.jobs.is_none() && args.options.segment_secs.is_none() && cutroom_api::can_stream(wanted);
    if address.is_none() && (!args.upload_header.is_empty() || args.upload_chunk.is_some()) {
        return Err(ApiError::new("usage.address", "--upload-header and --upload-chunk are for outputs that are addresses").into());
    }
    let pipe = (is_stdout && !streams).then(|| Pipe::new(wanted)).transpose()?;
    if !is_stdout && address.is_none() && args.container.is_some() {
        let error =
            ApiError::new("usage.container", "--container is for -o - and addresses; the name of a file says its container");
        return Err(error.hint("leave it out, or choose another extension").into());
    }
    let output = match &pipe {
        _ if address.is_some() => address.map(|address| {
            let name = cutroom_api::name_in_address(address);
            args.container.as_ref().map_or(name.clone(), |wanted| name.with_extension(wanted.trim_start_matches('.')))
        }),
        Some(pipe) => Some(pipe.file.clone()),
        None if streams => Some(PathBuf::from(STDOUT).with_extension(wanted)),
        None => args.output.clone(),
    };
    let output = output.filter(|_| !args.null).filter(|o| o.as_os_str() != "null:");
    let mut request = args.options.request(output, args.backend);
    request.also.clone_from(&args.also);
    let worker = super::worker_program()?;
    let mut show = |p| shown.update(p);
    // What is traced happens in this process.
    if let Some(address) = address {
        let chunk_bytes = args.upload_chunk.map(|mib| usize::from(mib) << 20);
        let options = UploadOptions { headers: args.upload_header.clone(), chunk_bytes };
        let watch = Watch { program: &worker, cancel: &cancel, unfinished: &unfinished, progress: &mut show };
        let report = cutroom_api::export_to_address(&session, &request, address, &options, watch);
        shown.end();
        return say(args, report.map_err(|e| Failure::of(e, WORDS))?, None);
    }
    let report = match crate::diagnostics::is_tracing() {
        _ if streams => {
            let stdout = stdout()?;
            cutroom_api::export_to(&session, &request, stdout, &cancel, &unfinished, &mut show)
        }
        true => cutroom_api::export(&session, &request, &cancel, &unfinished, &mut show),
        false => cutroom_api::export_in_workers(&session, &request, &worker, &cancel, &unfinished, &mut show),
    };
    shown.end();
    say(args, report.map_err(|e| Failure::of(e, WORDS))?, pipe.as_ref())
}

/// What messages call standard output.
const STDOUT: &str = "/dev/stdout";

/// Standard output without the buffer of lines.
fn stdout() -> Result<Box<dyn Write + Send>, ApiError> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        let copy = std::io::stdout().as_fd().try_clone_to_owned();
        let copy = copy.map_err(|e| ApiError::new("cli.stdout", format!("cannot write to standard output: {e}")))?;
        Ok(Box::new(File::from(copy)))
    }
    #[cfg(not(unix))]
    Ok(Box::new(std::io::stdout()))
}

/// Prints the report of an export, after sending the film if it is for standard output.
fn say(args: &ExportArgs, mut report: ExportReport, pipe: Option<&Pipe>) -> Result<(), Failure> {
    worded_report(&mut report);
    let is_stdout = args.output.as_deref().is_some_and(super::is_stdout);
    if is_stdout {
        report.output = args.output.clone();
    }
    if let Some(pipe) = pipe {
        pipe.send()?;
    }
    if args.progress == ProgressArg::Json {
        line(&serde_json::json!({ "done": report }))?;
    } else if !args.json {
        text::say(&summary(&report));
    }
    match args.json {
        true if is_stdout => super::say_json(&report),
        true => super::print_json(&report),
        false => Ok(()),
    }
}

/// Puts the words of the command line into warnings.
fn worded_report(report: &mut ExportReport) {
    report.warnings = report.warnings.iter().map(|warning| worded(warning, &report.fields, WORDS)).collect();
    report.fields.clear();
    report.also.iter_mut().for_each(worded_report);
}

/// A film for standard output in a container that is complete only when its beginning is written
/// last, or that is made in segments: it is written to a temporary file first.
struct Pipe {
    file: PathBuf,
    /// Removes the file at the end.
    _folder: tempfile::TempDir,
}

impl Pipe {
    fn new(container: &str) -> Result<Self, ApiError> {
        let folder = tempfile::Builder::new().prefix("cutroom-").tempdir();
        let folder = folder.map_err(|e| ApiError::new("cli.stdout", format!("cannot make a temporary file: {e}")))?;
        Ok(Self { file: folder.path().join(format!("film.{}", container.trim_start_matches('.'))), _folder: folder })
    }

    fn send(&self) -> Result<(), Failure> {
        let file = File::open(&self.file);
        let mut file = file.map_err(|e| ApiError::new("cli.stdout", format!("cannot read the temporary file: {e}")))?;
        super::copy_to_stdout(&mut file)
    }
}

fn summary(report: &ExportReport) -> String {
    let mut lines = String::new();
    for warning in &report.warnings {
        lines.push_str(&format!("warning: {warning}\n"));
    }
    let target = report.output.as_ref().map_or_else(|| "nothing (null output)".to_owned(), |o| o.display().to_string());
    let (secs, format, speed) = (report.duration_secs, &report.format, report.speed);
    if let Some(verified) = &report.verified {
        let compared = if verified.compared > 0 { ", each as it was drawn" } else { "" };
        lines.push_str(&format!("verified: {} frames{compared}, {:.3} s\n", verified.frames, verified.duration_secs));
    }
    if report.copied_frames > 0 {
        lines.push_str(&format!("{} of {} frames copied without encoding them again\n", report.copied_frames, report.frames));
    }
    if report.segments_reused > 0 {
        lines.push_str(&format!("{} of {} segments were there already\n", report.segments_reused, report.segments));
    }
    lines.push_str(&if report.drawn_by.is_empty() {
        format!("{target}: {secs:.3} s, {format}\nno pictures drawn; {speed:.2}x real time\n")
    } else {
        let (frames, drawn_by, fps) = (report.frames, &report.drawn_by, report.fps);
        format!("{target}: {frames} frames, {secs:.3} s, {format}\ndrawn by {drawn_by}; {fps:.1} fps, {speed:.2}x real time\n")
    });
    if let Some(level) = &report.level {
        let lufs = |r: &cutroom_api::LoudnessReport| r.integrated_lufs.map_or("-inf".into(), |v| format!("{v:.1}"));
        let peak = level.after.true_peak_dbtp.map_or("-inf".into(), |v| format!("{v:.1}"));
        let (before, after, gain, limited) = (lufs(&level.before), lufs(&level.after), level.gain_db, level.limited_by_db);
        lines.push_str(&format!(
            "sound from {before} to {after} LUFS, true peak {peak} dBTP: gain {gain:+.1} dB, limited by up to {:.1} dB\n",
            limited.abs()
        ));
    }
    lines + &report.also.iter().map(summary).collect::<String>()
}

/// Writes one JSON object as a line to standard error.
fn line<T: Serialize>(value: &T) -> Result<(), ApiError> {
    let text = serde_json::to_string(value).map_err(|e| ApiError::of("cli.json", &e))?;
    // A closed standard error must not end the export.
    let _ = writeln!(std::io::stderr(), "{text}");
    Ok(())
}

/// A line of `--progress json`.
#[derive(Serialize)]
struct ProgressLine {
    phase: ExportPhase,
    percent: f64,
    frame: u64,
    total: u64,
    fps: f64,
    eta_secs: Option<f64>,
}

/// Progress shown on standard error.
struct Shown {
    form: Form,
    meter: SpeedMeter,
}

enum Form {
    Bar(ProgressBar),
    Json { last: Option<Instant> },
    Nothing,
}

impl Shown {
    fn new(wanted: ProgressArg) -> Self {
        let form = match wanted {
            ProgressArg::Json => Form::Json { last: None },
            ProgressArg::None => Form::Nothing,
            ProgressArg::Auto => Form::Bar(super::frames_bar(false)),
            ProgressArg::Bar => Form::Bar(super::frames_bar(true)),
        };
        Self { form, meter: SpeedMeter::default() }
    }

    fn update(&mut self, p: ExportProgress) {
        let speed = self.meter.at(&p.frames());
        match &mut self.form {
            Form::Bar(bar) => {
                bar.set_length(p.total);
                bar.set_position(p.frame);
                bar.set_message(match speed.eta_secs {
                    Some(eta) => format!("{:.1} fps  {} left", speed.per_sec, text::duration(eta)),
                    None => String::new(),
                });
            }
            Form::Json { last } => {
                // At most ten lines per second, and always one for the last frame.
                if p.frame == p.total || last.is_none_or(|t| t.elapsed() >= Duration::from_millis(100)) {
                    *last = Some(Instant::now());
                    let (fps, eta_secs) = (speed.per_sec, speed.eta_secs);
                    if let Err(error) =
                        line(&ProgressLine { phase: p.phase, percent: p.percent(), frame: p.frame, total: p.total, fps, eta_secs })
                    {
                        text::say(&format!("{error}\n"));
                    }
                }
            }
            Form::Nothing => {}
        }
    }

    fn end(&self) {
        if let Form::Bar(bar) = &self.form {
            bar.finish_and_clear();
        }
    }
}
