//! `cutroom loudness`.
use crate::{
    failure::{Failure, Words},
    interrupt, text,
};
use clap::Args;
use cutroom_api::{FileLoudnessRequest, LoudnessReport, LoudnessRequest, Session};
use std::path::PathBuf;

/// Arguments of `cutroom loudness`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom loudness a.mp4
  cutroom loudness film.json
  cutroom loudness film.json --range 10s..20s --json

Loudness by ITU-R BS.1770-4 and EBU R 128; `cutroom export --loudness` brings a film to one.
A file whose name ends in .json is a project, whose mix is measured; any other is a media file.
Exit codes: 0 done, 2 usage, 3 invalid project, 4 media error, 130 interrupted.")]
pub struct LoudnessArgs {
    /// A media file, or a project
    pub file: PathBuf,
    /// Number of the audio stream of a media file
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with_all = ["composition", "range"])]
    pub stream: usize,
    /// Composition id, if not the project's main one
    #[arg(long, value_name = "ID")]
    pub composition: Option<String>,
    /// Part to measure, end not included: 10s..20s, 0..250, 00:00:10:00..
    #[arg(long, value_name = "A..B")]
    pub range: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Names of the requests' fields on the command line.
pub const WORDS: &Words =
    &[("project", "<FILE>"), ("file", "<FILE>"), ("stream", "--stream"), ("composition", "--composition"), ("range", "--range")];

/// Measures loudness and peaks.
pub fn loudness(args: &LoudnessArgs) -> Result<(), Failure> {
    let (cancel, _) = interrupt::cancellation()?;
    let is_project = args.file.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let report = if is_project {
        let request = LoudnessRequest { composition: args.composition.clone(), range: args.range.clone() };
        let session = Session::open(&args.file).map_err(|e| Failure::of(e, WORDS))?;
        cutroom_api::loudness(&session, &request, &cancel).map_err(|e| Failure::of(e, WORDS))?
    } else {
        let request = FileLoudnessRequest { file: args.file.clone(), stream: args.stream };
        cutroom_api::file_loudness(&request, &cancel).map_err(|e| Failure::of(e, WORDS))?
    };
    if args.json { super::print_json(&report) } else { super::print(&text_of(&report)) }
}

fn text_of(r: &LoudnessReport) -> String {
    let value = |v: Option<f64>, unit: &str| v.map_or_else(|| format!("-inf {unit}"), |v| format!("{v:.1} {unit}"));
    let rows = [
        ("integrated", value(r.integrated_lufs, "LUFS")),
        ("range", format!("{:.1} LU", r.range_lu)),
        ("momentary, highest", value(r.max_momentary_lufs, "LUFS")),
        ("short-term, highest", value(r.max_short_term_lufs, "LUFS")),
        ("true peak", value(r.true_peak_dbtp, "dBTP")),
        ("sample peak", value(r.sample_peak_dbfs, "dBFS")),
    ];
    text::table(&rows.map(|(name, value)| vec![name.to_owned(), value]))
}
