//! `cutroom play`.
use crate::{
    args::{BackendArg, DecodeArg, GpuArg},
    failure::{Failure, Words},
    interrupt, text,
};
use clap::Args;
use cutroom_api::{ApiError, PlayReport, PlayRequest, Session, SoundOutputReport};
use std::path::PathBuf;

/// Arguments of `cutroom play`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom play film.json --headless --to 1s
  cutroom play film.json --headless --from 1s --to 2s --scale 0.5 --json
  cutroom play film.json --headless --to 25 --speed -2 --loop 2

Frames are drawn in time with the sound, and what was shown and left out is reported. There is no window, and --headless
says so; `preview` opens one. The sound is heard on the system's default device or on --device, whose clock the pictures follow;
with --null-sink, or where there is no device, nobody hears it and the machine's clock is followed. `devices` lists them.
Ctrl-C stops and reports what was played.
Exit codes: 0 done, 2 usage, 3 invalid project, 4 media error, 130 interrupted.")]
pub struct PlayArgs {
    /// The project file
    pub project: PathBuf,
    /// Play without a window, as this command always does: `preview` opens one
    #[arg(long)]
    pub headless: bool,
    /// Let nobody hear the sound and play by the machine's clock
    #[arg(long, conflicts_with = "device")]
    pub null_sink: bool,
    /// The output on which the sound is heard, by its id or name
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
    /// Where to start: seconds (12.5s), clock (1:02.5), timecode (HH:MM:SS:FF) or frame number
    #[arg(long, value_name = "WHEN")]
    pub from: Option<String>,
    /// Where to end, not included
    #[arg(long, value_name = "WHEN")]
    pub to: Option<String>,
    /// Speed from -8 to 8; -1 plays backwards from the end
    #[arg(long, value_name = "N", default_value_t = 1.0, allow_negative_numbers = true)]
    pub speed: f64,
    /// How often to play it
    #[arg(long = "loop", value_name = "N", default_value_t = 1)]
    pub times: u32,
    /// Composition id, if not the project's main one
    #[arg(long, value_name = "ID")]
    pub composition: Option<String>,
    /// Pixels drawn for each pixel of the film: 0.5 draws half of the width and height
    #[arg(long, value_name = "N")]
    pub scale: Option<f64>,
    /// Show every frame; the sound waits for late ones
    #[arg(long)]
    pub every_frame: bool,
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
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[
    ("project", "<PROJECT>"),
    ("from", "--from"),
    ("to", "--to"),
    ("speed", "--speed"),
    ("times", "--loop"),
    ("composition", "--composition"),
    ("scale", "--scale"),
    ("every_frame", "--every-frame"),
    ("backend", "--backend"),
    ("decode", "--decode"),
    ("gpu", "--gpu"),
    ("threads", "--threads"),
    ("device", "--device"),
    ("null_sink", "--null-sink"),
];

/// Plays a film without a window.
pub fn play(args: &PlayArgs) -> Result<(), Failure> {
    if !args.headless {
        let error = ApiError::new("usage.window", "`play` opens no window");
        return Err(error.hint("`cutroom preview` opens one; add --headless to play without").into());
    }
    let (cancel, _) = interrupt::cancellation()?;
    let session = Session::open(&args.project)?;
    let request = PlayRequest {
        from: args.from.clone(),
        to: args.to.clone(),
        speed: args.speed,
        times: args.times,
        composition: args.composition.clone(),
        scale: args.scale,
        every_frame: args.every_frame,
        backend: args.backend.into(),
        decode: args.decode.into(),
        gpu: args.gpu.0,
        threads: args.threads,
        device: args.device.clone(),
        null_sink: args.null_sink,
    };
    let report = super::with_bar(|progress| cutroom_api::play(&session, &request, &cancel, progress));
    let report = report.map_err(|e| Failure::of(e, WORDS))?;
    if args.json {
        super::print_json(&report)?;
    } else {
        report.warnings.iter().for_each(|warning| text::say(&format!("warning: {warning}\n")));
        super::print(&text_of(&report))?;
    }
    if report.complete {
        return Ok(());
    }
    Err(Failure::from(ApiError::new("engine.play.stopped", "playing was interrupted before the end")).already_shown())
}

fn text_of(r: &PlayReport) -> String {
    let mut rows = vec![
        ("frames", format!("{} to {}, {}x{}", r.from_frame, r.to_frame - 1, r.size.width, r.size.height)),
        ("pictures shown", format!("{} at {:.2} of {:.2} per second", r.figures.shown, r.figures.fps, r.frame_rate)),
        ("left out", r.figures.dropped.to_string()),
        ("late", r.figures.late.to_string()),
        ("drift", format!("{:.1} ms at most, {:.1} ms on average", r.figures.max_drift_ms, r.figures.mean_drift_ms)),
        ("sound", sound_of(&r.sound)),
        ("missing sound", format!("{:.1} ms", r.figures.missing_sound_ms)),
        ("played", format!("{:.2} s of sound in {:.2} s", r.figures.played_secs, r.real_secs)),
        ("first picture after", format!("{:.2} s", r.start_secs)),
    ];
    rows.extend(r.card_pictures.clone().map(|pictures| ("decoding", pictures)));
    text::table(&rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect::<Vec<_>>())
}

fn sound_of(s: &SoundOutputReport) -> String {
    let Some(device) = &s.device else { return "by the machine's clock".into() };
    let drift = s.drift_ppm.map_or(String::new(), |ppm| format!(", its clock {ppm:+.0} ppm off"));
    format!("{device}, {:.1} ms after it was sent{drift}, {} under-runs", s.latency_ms, s.under_runs)
}
