//! `cutroom presets`.
use crate::{
    failure::{Failure, Words},
    text,
};
use clap::Args;
use cutroom_api::{NamedPreset, PresetsRequest};
use std::path::PathBuf;

/// Arguments of `cutroom presets`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom presets
  cutroom presets --json
  cutroom export film.json -o film.mp4 --for youtube

A file of your own presets is a JSON object by their names, each of the form that --json shows under
`preset`; `like` begins with another one: {\"small\": {\"like\": \"web\", \"video\": {\"crf\": 30}}}")]
pub struct PresetsArgs {
    /// File of your own presets [default: cutroom/presets.json in your settings folder]
    #[arg(long, value_name = "FILE")]
    pub presets: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[("presets_file", "--presets")];

/// Lists the presets of exports.
pub fn presets(args: &PresetsArgs) -> Result<(), Failure> {
    let all = cutroom_api::presets(&PresetsRequest { presets_file: args.presets.clone() });
    let all = all.map_err(|e| Failure::of(vec![e], WORDS))?;
    if args.json { super::print_json(&all) } else { super::print(&text_of(&all)) }
}

fn text_of(all: &[NamedPreset]) -> String {
    let mut rows = vec![["preset", "file", "at most", "for"].map(str::to_owned).to_vec()];
    for NamedPreset { name, preset, .. } in all {
        let limits = &preset.limits;
        let secs = limits.secs.map(text::duration);
        let bytes = limits.bytes.map(|b| format!("{} MB", b / 1_000_000));
        let rate = limits.bitrate_bps.map(|b| format!("{:.1} Mbit/s", b as f64 / 1e6));
        let size = preset.max_size.map(|[w, h]| format!("{w}x{h}"));
        let most: Vec<String> = size.into_iter().chain(secs).chain(bytes).chain(rate).collect();
        let file = preset.extension.as_deref().map(|e| format!(".{e}")).unwrap_or_default();
        rows.push(vec![name.clone(), file, most.join(", "), preset.title.clone()]);
    }
    text::table(&rows)
}
