//! `cutroom export`.
use crate::{
    args::{ExportArgs, ProgressArg},
    failure::Failure,
    interrupt, text,
};
use cutroom_api::{ApiError, ExportReport, ExportRequest, Progress, Session, SpeedMeter};
use indicatif::ProgressBar;
use serde::Serialize;
use std::{
    io::Write,
    time::{Duration, Instant},
};

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
    let (cancel, unfinished) = interrupt::cancellation()?;
    let session = Session::open(&args.project)?;
    let request = ExportRequest {
        output: args.output.clone().filter(|_| !args.null).filter(|o| o.as_os_str() != "null:"),
        composition: args.composition.clone(),
        range: args.range.clone(),
        video_codec: args.video_codec.clone(),
        audio_codec: args.audio_codec.clone(),
        crf: args.crf,
        bitrate_bps: args.bitrate,
        lossless: args.lossless,
        audio_bitrate_bps: args.audio_bitrate,
        audio_bits: args.audio_bits,
        dither: args.dither,
        preset: args.preset.clone(),
        profile: args.profile.clone(),
        pixel_format: args.pix_fmt.clone(),
        threads: args.threads,
        backend: args.backend.into(),
        frame_hashes: args.frame_hashes.clone(),
        no_audio: args.no_audio,
        no_video: args.no_video,
        overwrite: args.overwrite,
    };
    let mut shown = Shown::new(args.progress);
    let report = cutroom_api::export(&session, &request, &cancel, &unfinished, &mut |p| shown.update(p));
    shown.end();
    let report = report.map_err(Failure::from)?;
    if args.progress == ProgressArg::Json {
        line(&serde_json::json!({ "done": report }))?;
    } else {
        text::say(&summary(&report));
    }
    Ok(())
}

fn summary(report: &ExportReport) -> String {
    let mut lines = String::new();
    for warning in &report.warnings {
        lines.push_str(&format!("warning: {warning}\n"));
    }
    let target = report.output.as_ref().map_or_else(|| "nothing (null output)".to_owned(), |o| o.display().to_string());
    let (secs, format, speed) = (report.duration_secs, &report.format, report.speed);
    lines.push_str(&if report.drawn_by.is_empty() {
        format!("{target}: {secs:.3} s, {format}\nno pictures drawn; {speed:.2}x real time\n")
    } else {
        let (frames, drawn_by, fps) = (report.frames, &report.drawn_by, report.fps);
        format!("{target}: {frames} frames, {secs:.3} s, {format}\ndrawn by {drawn_by}; {fps:.1} fps, {speed:.2}x real time\n")
    });
    lines
}

/// One JSON object as a line of standard error.
fn line<T: Serialize>(value: &T) -> Result<(), ApiError> {
    let text = serde_json::to_string(value).map_err(|e| ApiError::of("cli.json", &e))?;
    // Progress that nobody can read any more must not end the export.
    let _ = writeln!(std::io::stderr(), "{text}");
    Ok(())
}

/// A line of `--progress json`.
#[derive(Serialize)]
struct ProgressLine {
    frame: u64,
    total: u64,
    fps: f64,
    eta_secs: Option<f64>,
}

/// Progress on standard error.
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

    fn update(&mut self, p: Progress) {
        let speed = self.meter.at(&p);
        match &mut self.form {
            Form::Bar(bar) => {
                bar.set_length(p.total);
                bar.set_position(p.done);
                bar.set_message(match speed.eta_secs {
                    Some(eta) => format!("{:.1} fps  {} left", speed.per_sec, text::duration(eta)),
                    None => String::new(),
                });
            }
            Form::Json { last } => {
                // Every tenth of a second, and the last frame always.
                if p.done == p.total || last.is_none_or(|t| t.elapsed() >= Duration::from_millis(100)) {
                    *last = Some(Instant::now());
                    let (fps, eta_secs) = (speed.per_sec, speed.eta_secs);
                    if let Err(error) = line(&ProgressLine { frame: p.done, total: p.total, fps, eta_secs }) {
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
