//! `cutroom export`.
use crate::{
    args::{ExportArgs, ProgressArg},
    failure::Failure,
    interrupt, text,
};
use cutroom_api::{ExportProgress, ExportReport, ExportRequest};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::{IsTerminal, Write},
    time::{Duration, Instant},
};

/// Renders a project into a file.
pub fn export(args: &ExportArgs) -> Result<(), Failure> {
    let cancel = interrupt::cancellation()?;
    let request = ExportRequest {
        project: args.project.clone(),
        output: args.output.clone().filter(|_| !args.null).filter(|o| o.as_os_str() != "null:"),
        composition: args.composition.clone(),
        range: args.range.clone(),
        video_codec: args.video_codec.clone(),
        audio_codec: args.audio_codec.clone(),
        crf: args.crf,
        bitrate_bps: args.bitrate,
        lossless: args.lossless,
        audio_bitrate_bps: args.audio_bitrate,
        preset: args.preset.clone(),
        profile: args.profile.clone(),
        pixel_format: args.pix_fmt.clone(),
        threads: args.threads,
        backend: args.backend.into(),
        frame_hashes: args.frame_hashes.clone(),
        overwrite: args.overwrite,
    };
    let mut shown = Shown::new(args.progress);
    let report = cutroom_api::export(&request, &cancel, &mut |p| shown.update(p));
    shown.end();
    let report = report.map_err(Failure::from)?;
    if args.progress == ProgressArg::Json {
        shown.line(&serde_json::json!({ "done": report }));
    } else {
        eprint!("{}", summary(&report));
    }
    Ok(())
}

fn summary(report: &ExportReport) -> String {
    let mut lines = String::new();
    for warning in &report.warnings {
        lines.push_str(&format!("warning: {warning}\n"));
    }
    let target = report.output.as_ref().map_or_else(|| "nothing (null output)".to_owned(), |o| o.display().to_string());
    lines.push_str(&format!(
        "{target}: {} frames, {:.3} s, {}\ndrawn by {}; {:.1} fps, {:.2}x real time\n",
        report.frames, report.duration_secs, report.format, report.drawn_by, report.fps, report.speed
    ));
    lines
}

/// Progress on standard error.
enum Shown {
    Bar(ProgressBar),
    Json { last: Option<Instant> },
    Nothing,
}

impl Shown {
    fn new(wanted: ProgressArg) -> Self {
        match wanted {
            ProgressArg::Json => Self::Json { last: None },
            ProgressArg::None => Self::Nothing,
            ProgressArg::Auto if !std::io::stderr().is_terminal() => Self::Nothing,
            ProgressArg::Auto | ProgressArg::Bar => {
                let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(10));
                if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} frames  {msg}") {
                    bar.set_style(style);
                }
                Self::Bar(bar)
            }
        }
    }
    fn update(&mut self, p: &ExportProgress) {
        match self {
            Self::Bar(bar) => {
                bar.set_length(p.total);
                bar.set_position(p.frame);
                bar.set_message(match p.eta_secs {
                    Some(eta) => format!("{:.1} fps  {} left", p.fps, text::duration(eta)),
                    None => String::new(),
                });
            }
            Self::Json { last } => {
                // Every tenth of a second, and the last frame always.
                if p.frame == p.total || last.is_none_or(|t| t.elapsed() >= Duration::from_millis(100)) {
                    *last = Some(Instant::now());
                    self.line(p);
                }
            }
            Self::Nothing => {}
        }
    }
    fn line<T: serde::Serialize>(&self, value: &T) {
        if let Ok(text) = serde_json::to_string(value) {
            // Progress that nobody can read any more must not end the export.
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }
    fn end(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
