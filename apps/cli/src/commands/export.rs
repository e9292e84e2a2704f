//! `cutroom export`.
use super::{export_state, frame::ProxiesArg};
use crate::{
    args::BackendArg,
    failure::{Failure, Words, worded},
    interrupt, text,
};
use clap::{Args, ValueEnum};
use cutroom_api::{
    ApiError, AudioOptions, ExportPhase, ExportProgress, ExportReport, ExportRequest, Session, SmartChoice, SpeedMeter,
    SubtitleInput, VideoOptions,
};
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
    /// The file to write; the extension chooses the container; - is standard output
    #[arg(short, long, value_name = "FILE", required_unless_present = "null")]
    pub output: Option<PathBuf>,
    /// Render everything, encode and write nothing (the same as -o null:)
    #[arg(long, conflicts_with = "output")]
    pub null: bool,
    /// Container of -o -, by its extension: mkv (if not given), mp4, wav, ...
    #[arg(long, value_name = "EXT", requires = "output", conflicts_with = "null")]
    pub container: Option<String>,
    /// Settings and limits of a platform or purpose: youtube, web, archive, ...; `cutroom presets` lists them
    #[arg(long = "for", value_name = "PRESET")]
    pub preset_name: Option<String>,
    /// File of your own presets [default: cutroom/presets.json in your settings folder]
    #[arg(long, value_name = "FILE", requires = "preset_name")]
    pub presets: Option<PathBuf>,
    /// Video codec
    #[arg(long, value_name = "CODEC", help = video_codec_help())]
    pub video_codec: Option<String>,
    /// Audio codec
    #[arg(long, value_name = "CODEC", help = cutroom_api::audio_codec_ids().join(", "))]
    pub audio_codec: Option<String>,
    /// Constant quality; lower is better
    #[arg(long, value_name = "N", conflicts_with = "bitrate")]
    pub crf: Option<f64>,
    /// Video bit rate: 8M, 800k or bits per second
    #[arg(long, value_name = "RATE", value_parser = crate::text::parse_bitrate)]
    pub bitrate: Option<u64>,
    /// Largest bit rate beside a constant quality
    #[arg(long, value_name = "RATE", value_parser = crate::text::parse_bitrate, conflicts_with_all = ["bitrate", "lossless"])]
    pub max_bitrate: Option<u64>,
    /// Reach the bit rate in two passes, each part of the film with the bits that it needs
    #[arg(long, requires = "bitrate")]
    pub two_passes: bool,
    /// Encode picture and sound without loss
    #[arg(long, conflicts_with_all = ["crf", "bitrate"])]
    pub lossless: bool,
    /// Leave out the sound
    #[arg(long, conflicts_with_all = ["audio_codec", "audio_bitrate", "audio_bits", "dither", "loudness", "true_peak", "no_video"])]
    pub no_audio: bool,
    /// Leave out the pictures; none is drawn
    #[arg(long, conflicts_with_all = ["video_codec", "crf", "bitrate", "lossless", "preset", "profile", "pix_fmt", "scale", "frame_hashes"])]
    pub no_video: bool,
    /// Sound bit rate: 192k
    #[arg(long, value_name = "RATE", value_parser = crate::text::parse_bitrate)]
    pub audio_bitrate: Option<u64>,
    /// Bits of a sample in FLAC and PCM: 16, 24, or 32 (float)
    #[arg(long, value_name = "BITS")]
    pub audio_bits: Option<u32>,
    /// Dither sound before it is rounded to 16 bits
    #[arg(long)]
    pub dither: bool,
    /// Bring the sound to this integrated loudness in LUFS, such as -16 or -23
    #[arg(long, value_name = "LUFS", allow_negative_numbers = true)]
    pub loudness: Option<f64>,
    /// Largest true peak in dBTP, kept by a limiter [default: -1 with --loudness]
    #[arg(long, value_name = "DBTP", allow_negative_numbers = true)]
    pub true_peak: Option<f64>,
    /// Encoder preset, such as veryfast or slow
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// Encoder profile, such as high or 4444
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Pixel format, such as yuv420p, yuv422p10 or rgb24
    #[arg(long, value_name = "FORMAT")]
    pub pix_fmt: Option<String>,
    /// Let software stand in for an encoder of a graphics card that does not work here
    #[arg(long, conflicts_with_all = ["no_video", "null"])]
    pub hardware_fallback: bool,
    /// Write pictures of twice the height, the colour above and alpha as grey below, for codecs
    /// without alpha
    #[arg(long, conflicts_with_all = ["no_video", "null"])]
    pub stacked_alpha: bool,
    /// Pixels written for each pixel of the film: 0.5 writes half of the width and height
    #[arg(long, value_name = "N")]
    pub scale: Option<f64>,
    /// Draw proxies (see `cutroom proxy`) instead of their files, for drafts
    #[arg(long, value_enum, value_name = "WHICH", default_value_t, conflicts_with = "no_video")]
    pub proxies: ProxiesArg,
    /// Folder of the proxies [default: .cutroom/proxies beside the project]
    #[arg(long, value_name = "FOLDER", requires = "proxies")]
    pub proxy_folder: Option<PathBuf>,
    /// Draw a slate, and play silence, for files that are missing
    #[arg(long)]
    pub offline: bool,
    /// Part to render, end not included: 10s..20s, 0..250, 00:00:10:00..
    #[arg(long, value_name = "A..B")]
    pub range: Option<String>,
    /// Composition id, if not the project's main one
    #[arg(long, value_name = "ID")]
    pub composition: Option<String>,
    /// Threads for decoding, drawing and encoding; 0 means one per core. Does not change any frame
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
    /// What renders the frames
    #[arg(long, value_enum, default_value_t)]
    pub backend: BackendArg,
    /// Add a subtitle file as a track, not drawn; :default and :forced behind it set its flags
    #[arg(long, value_name = "[LANG=]FILE[:FLAG]", conflicts_with = "null")]
    pub subtitles: Vec<String>,
    /// Write the subtitles of a track of the film as a track of the file instead of drawing them
    #[arg(long, value_name = "TRACK", conflicts_with = "null")]
    pub subtitles_from: Vec<String>,
    /// Entry about the film: title=..., artist=..., comment=...
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    pub metadata: Vec<(String, String)>,
    /// Write the markers of the film as chapters
    #[arg(long)]
    pub chapters: bool,
    /// JPEG or PNG file that stands for the film in lists
    #[arg(long, value_name = "FILE")]
    pub cover: Option<PathBuf>,
    /// Time code of the first frame: 01:00:00:00
    #[arg(long, value_name = "TC")]
    pub timecode: Option<String>,
    /// Decode the finished file and compare it with the film
    #[arg(long)]
    pub verify: bool,
    /// Copy pictures of files that the film shows as they are, instead of encoding them again
    #[arg(long, value_enum, default_value_t, value_name = "HOW", conflicts_with_all = ["null", "no_video"])]
    pub smart: SmartArg,
    /// Processes that make segments of the film at the same time; 0 means one per two cores
    #[arg(long, value_name = "N", conflicts_with = "null")]
    pub jobs: Option<usize>,
    /// Usual length of a segment in seconds [default: 10]; 0 makes the film as a whole
    #[arg(long, value_name = "SECS", conflicts_with = "null")]
    pub segment_secs: Option<f64>,
    /// End a process from which no picture comes for this many seconds [default: 300]
    #[arg(long, value_name = "SECS")]
    pub stuck_secs: Option<f64>,
    /// Write "frame-number blake3" of every output picture
    #[arg(long, value_name = "FILE")]
    pub frame_hashes: Option<PathBuf>,
    /// How progress is shown on standard error
    #[arg(long, value_enum, default_value_t)]
    pub progress: ProgressArg,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the film and the list of hashes if they exist
    #[arg(long)]
    pub overwrite: bool,
}

fn video_codec_help() -> String {
    let card = "and h264-, h265- or av1- with nvenc, vaapi, qsv, amf or videotoolbox for encoders of graphics cards";
    format!("{}; {card}; `cutroom doctor` lists what works here", cutroom_api::video_codec_ids().join(", "))
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
  cutroom export film.json -o '{{project}}-{{date}}.mp4' --for web --metadata title=Film --verify
  cutroom export --status -o film.mp4

The container follows the file's extension: {}; {} for the sound alone;
frames-%05d.png (.jpg, .tif, .exr, .dpx) for numbered pictures without sound. What the project reads is never replaced.
The film is written under a temporary name and renamed when it is whole; -o - sends {} while it is
made, and other containers, or with --jobs or --segment-secs, when it is whole.
Long films are made in segments, kept in a hidden folder beside the output: an export that was stopped
goes on from them when it is started again; --status shows them, --resume goes on, --clean removes them.

Exit codes: 0 done, 1 failed, 2 usage, 3 invalid project, 4 media error, 130 interrupted.",
        pictures.join(", "),
        sound.join(", "),
        cutroom_api::streamed_extensions().join(", ")
    )
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write KEY=VALUE, such as title=Holidays")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

/// Whether pictures are copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SmartArg {
    /// Encode everything
    #[default]
    Off,
    /// Copy what can be copied; a note says why the rest is not
    Auto,
    /// Copy everything but the rests of groups of pictures beside cuts, or fail
    Require,
}

impl From<SmartArg> for SmartChoice {
    fn from(arg: SmartArg) -> Self {
        match arg {
            SmartArg::Off => Self::Off,
            SmartArg::Auto => Self::Auto,
            SmartArg::Require => Self::Require,
        }
    }
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

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[
    ("project", "<PROJECT>"),
    ("output", "-o"),
    ("composition", "--composition"),
    ("range", "--range"),
    ("video.off", "--no-video"),
    ("video.codec", "--video-codec"),
    ("video.crf", "--crf"),
    ("video.bitrate_bps", "--bitrate"),
    ("video.max_bitrate_bps", "--max-bitrate"),
    ("video.two_passes", "--two-passes"),
    ("video.preset", "--preset"),
    ("video.stacked_alpha", "--stacked-alpha"),
    ("video.hardware_fallback", "--hardware-fallback"),
    ("video.profile", "--profile"),
    ("video.pixel_format", "--pix-fmt"),
    ("video.scale", "--scale"),
    ("audio.off", "--no-audio"),
    ("audio.codec", "--audio-codec"),
    ("audio.bitrate_bps", "--audio-bitrate"),
    ("audio.bits", "--audio-bits"),
    ("audio.dither", "--dither"),
    ("audio.loudness_lufs", "--loudness"),
    ("audio.true_peak_dbtp", "--true-peak"),
    ("lossless", "--lossless"),
    ("threads", "--threads"),
    ("proxies", "--proxies"),
    ("proxy_folder", "--proxy-folder"),
    ("offline", "--offline"),
    ("backend", "--backend"),
    ("subtitles", "--subtitles"),
    ("subtitles_from", "--subtitles-from"),
    ("frame_hashes", "--frame-hashes"),
    ("overwrite", "--overwrite"),
    ("jobs", "--jobs"),
    ("segment_secs", "--segment-secs"),
    ("stuck_secs", "--stuck-secs"),
    ("preset", "--for"),
    ("presets_file", "--presets"),
    ("metadata", "--metadata"),
    ("chapters", "--chapters"),
    ("cover", "--cover"),
    ("timecode", "--timecode"),
    ("verify", "--verify"),
    ("smart", "--smart"),
];

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
        let report = cutroom_api::resume_export(output, args.jobs, &worker, &cancel, &unfinished, &mut |p| shown.update(p));
        shown.end();
        return say(args, report.map_err(|e| Failure::of(e, WORDS))?, None);
    };
    let session = Session::open(project)?;
    let is_stdout = args.output.as_deref().is_some_and(super::is_stdout);
    let wanted = args.container.as_deref().unwrap_or("mkv").trim_start_matches('.');
    // Segments are files.
    let streams = is_stdout && args.jobs.is_none() && args.segment_secs.is_none() && cutroom_api::can_stream(wanted);
    let pipe = (is_stdout && !streams).then(|| Pipe::new(wanted)).transpose()?;
    if !is_stdout && args.container.is_some() {
        let error = ApiError::new("usage.container", "--container is for -o - only; the name of a file says its container");
        return Err(error.hint("leave it out, or choose another extension").into());
    }
    let output = match &pipe {
        Some(pipe) => Some(pipe.file.clone()),
        None if streams => Some(PathBuf::from(STDOUT).with_extension(wanted)),
        None => args.output.clone(),
    };
    let request = ExportRequest {
        output: output.filter(|_| !args.null).filter(|o| o.as_os_str() != "null:"),
        composition: args.composition.clone(),
        range: args.range.clone(),
        video: VideoOptions {
            off: args.no_video,
            codec: args.video_codec.clone(),
            crf: args.crf,
            bitrate_bps: args.bitrate,
            max_bitrate_bps: args.max_bitrate,
            two_passes: args.two_passes,
            preset: args.preset.clone(),
            profile: args.profile.clone(),
            pixel_format: args.pix_fmt.clone(),
            scale: args.scale,
            stacked_alpha: args.stacked_alpha,
            hardware_fallback: args.hardware_fallback,
        },
        audio: AudioOptions {
            off: args.no_audio,
            codec: args.audio_codec.clone(),
            bitrate_bps: args.audio_bitrate,
            bits: args.audio_bits,
            dither: args.dither,
            loudness_lufs: args.loudness,
            true_peak_dbtp: args.true_peak,
        },
        lossless: args.lossless,
        threads: args.threads,
        proxies: args.proxies.into(),
        proxy_folder: args.proxy_folder.clone(),
        offline: args.offline,
        backend: args.backend.into(),
        subtitles: args.subtitles.iter().map(|s| SubtitleInput::parse(s)).collect(),
        subtitles_from: args.subtitles_from.clone(),
        frame_hashes: args.frame_hashes.clone(),
        overwrite: args.overwrite,
        jobs: args.jobs,
        segment_secs: args.segment_secs,
        stuck_secs: args.stuck_secs,
        preset: args.preset_name.clone(),
        presets_file: args.presets.clone(),
        metadata: args.metadata.iter().cloned().collect(),
        chapters: args.chapters,
        cover: args.cover.clone(),
        timecode: args.timecode.clone(),
        verify: args.verify,
        smart: args.smart.into(),
    };
    let worker = super::worker_program()?;
    let mut show = |p| shown.update(p);
    // What is traced happens in this process.
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
    report.warnings = report.warnings.iter().map(|warning| worded(warning, &report.fields, WORDS)).collect();
    report.fields.clear();
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
    lines
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
