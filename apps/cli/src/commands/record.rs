//! `cutroom record`.
use crate::{
    failure::{Failure, Words},
    interrupt, text,
};
use clap::Args;
use cutroom_api::{RecordReport, RecordRequest, Session};
use std::path::PathBuf;

/// Arguments of `cutroom record`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom record film.json --in-place
  cutroom record film.json --from 12s --to 20s --track voice -o film2.json
  cutroom record film.json --input headset --latency-ms 7.5 --in-place

The film is played from a little before --from while the input is recorded, and the recording is laid on the track where
it was heard. Ctrl-C ends the recording and keeps it. `devices` lists inputs and measures --latency-ms.
Exit codes: 0 done, 1 failed, 2 usage, 3 invalid project, 4 media error.")]
pub struct RecordArgs {
    /// The project file
    pub project: PathBuf,
    /// Audio track for the recording, in place of what it has there; without it, a new one
    #[arg(long, value_name = "ID")]
    pub track: Option<String>,
    /// The WAV file to write; without it, a new one in `recordings` beside the project
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Where to punch in: seconds (12.5s), clock (1:02.5), timecode (HH:MM:SS:FF) or frame number
    #[arg(long, value_name = "WHEN")]
    pub from: Option<String>,
    /// Where to punch out, not included; without it, recording goes on until Ctrl-C
    #[arg(long, value_name = "WHEN")]
    pub to: Option<String>,
    /// Composition id, if not the project's main one
    #[arg(long, value_name = "ID")]
    pub composition: Option<String>,
    /// Seconds of the film played before the punch-in, 0 to 60
    #[arg(long, value_name = "SECS", default_value_t = 1.0)]
    pub preroll_secs: f64,
    /// The input, by its id or name
    #[arg(long, value_name = "NAME")]
    pub input: Option<String>,
    /// The output on which the film is heard, by its id or name
    #[arg(long, value_name = "NAME", conflicts_with = "null_sink")]
    pub device: Option<String>,
    /// Let nobody hear the film
    #[arg(long)]
    pub null_sink: bool,
    /// Channels of the recording, 1 to 8
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub channels: usize,
    /// Latency from output to input beyond what the drivers tell, -1000 to 1000
    #[arg(long, value_name = "MS", default_value_t = 0.0, allow_negative_numbers = true)]
    pub latency_ms: f64,
    /// The project file to write, in the same folder as the one that is read
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Change the project file itself
    #[arg(long, conflicts_with_all = ["output", "overwrite"])]
    pub in_place: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Replace the output if it exists
    #[arg(long, requires = "output")]
    pub overwrite: bool,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[
    ("track", "--track"),
    ("file", "--file"),
    ("from", "--from"),
    ("to", "--to"),
    ("composition", "--composition"),
    ("preroll_secs", "--preroll-secs"),
    ("input", "--input"),
    ("device", "--device"),
    ("null_sink", "--null-sink"),
    ("channels", "--channels"),
    ("latency_ms", "--latency-ms"),
    ("output", "-o"),
    ("overwrite", "--overwrite"),
];

/// Records a voice-over.
pub fn record(args: &RecordArgs) -> Result<(), Failure> {
    super::needs_output(args.output.is_some() || args.in_place)?;
    let (cancel, _) = interrupt::cancellation()?;
    let session = Session::open(&args.project)?;
    let request = RecordRequest {
        track: args.track.clone(),
        file: args.file.clone(),
        from: args.from.clone(),
        to: args.to.clone(),
        composition: args.composition.clone(),
        preroll_secs: args.preroll_secs,
        input: args.input.clone(),
        device: args.device.clone(),
        null_sink: args.null_sink,
        channels: args.channels,
        latency_ms: args.latency_ms,
        output: args.output.clone(),
        overwrite: args.overwrite,
    };
    let report = super::with_bar(|progress| cutroom_api::record(&session, &request, &cancel, progress));
    let report = report.map_err(|e| Failure::of(e, WORDS))?;
    if args.json {
        return super::print_json(&report);
    }
    report.warnings.iter().for_each(|warning| text::say(&format!("warning: {warning}\n")));
    super::print(&text_of(&report))
}

fn text_of(r: &RecordReport) -> String {
    let peak = r.peak_db.map_or("digital silence".to_owned(), |db| format!("{db:.1} dBFS"));
    let rows = [
        ("recorded", format!("{:.3} s to {:.3} s, {}", r.from_secs, r.to_secs, r.file.display())),
        ("clip", format!("{} on track {}", r.clip, r.track)),
        ("peak", format!("{peak}, {} samples at full scale", r.clipped_samples)),
        ("lost", format!("{:.3} s", r.lost_secs)),
        ("project", r.project.display().to_string()),
    ];
    text::table(&rows.map(|(name, value)| vec![name.to_owned(), value]))
}
