//! `cutroom probe`.
use crate::{
    failure::{Failure, Words, in_words},
    text,
};
use clap::Args;
use cutroom_api::{ApiError, MediaReport, ProbeRequest};
use std::path::PathBuf;

/// Arguments of `cutroom probe`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom probe a.mp4 b.mov
  cutroom probe 'IMG_%04d.jpg' --frame-rate 24
  cutroom probe --json a.mp4 | jq '.[0].video'")]
pub struct ProbeArgs {
    /// Media files, or numbered pictures: IMG_%04d.png
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Pictures per second of numbered pictures
    #[arg(long, value_name = "RATE", default_value = "25")]
    pub frame_rate: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[("file", "<FILES>"), ("frame_rate", "--frame-rate")];

/// Shows the contents of each file; files that cannot be read are reported at the end.
pub fn probe(args: &ProbeArgs) -> Result<(), Failure> {
    let (mut reports, mut errors): (Vec<MediaReport>, Vec<ApiError>) = (Vec::new(), Vec::new());
    for file in &args.files {
        match cutroom_api::probe(&ProbeRequest { file: file.clone(), frame_rate: Some(args.frame_rate.clone()) }) {
            Ok(report) => reports.push(report),
            Err(error) => errors.push(in_words(error, WORDS)),
        }
    }
    if args.json {
        super::print_json(&reports)?;
    } else {
        for report in &reports {
            super::print(&describe(report))?;
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

fn describe(r: &MediaReport) -> String {
    let length = if r.is_still { "still image".to_owned() } else { format!("{:.3} s", r.duration_secs) };
    let mut rows = Vec::new();
    for (kind, streams) in [("video", &r.video), ("cover", &r.attached_pictures)] {
        for (i, v) in streams.iter().enumerate() {
            let c = v.color;
            let mut notes = vec![format!("{}/{}/{} {}", c.primaries, c.transfer, c.matrix, c.range)];
            if !v.guessed.is_empty() {
                notes.push(format!("guessed: {}", v.guessed.join(", ")));
            }
            if let Some(m) = v.mastering_display {
                notes.push(format!("mastered at {} to {} cd/m²", m.min_cd_m2, m.max_cd_m2));
            }
            if let Some(l) = v.content_light {
                notes.push(format!("light level {} (frame average {}) cd/m²", l.max_cd_m2, l.max_frame_average_cd_m2));
            }
            if v.sample_aspect.0 != v.sample_aspect.1 {
                notes.push(format!("sample aspect {}:{}", v.sample_aspect.0, v.sample_aspect.1));
            }
            if v.rotation_degrees != 0 || v.mirrored {
                notes.push(format!("turn {}°{}", v.rotation_degrees, if v.mirrored { ", mirrored" } else { "" }));
            }
            if v.field_order.contains("field") {
                notes.push(format!("interlaced, {}", v.field_order));
            }
            let rate = v
                .frame_rate
                .as_ref()
                .map_or("-".into(), |f| format!("{f} fps{}", if v.is_constant_rate { "" } else { " (varying)" }));
            rows.push(vec![
                format!("  {kind} {i}"),
                v.codec.clone(),
                format!("{}x{}", v.width, v.height),
                v.pixel_format.clone(),
                if r.is_still { "-".into() } else { rate },
                format!("{} frames", v.frames),
                format!("{:.3}..{:.3} s", v.start_secs, v.end_secs),
                notes.join("; "),
            ]);
        }
    }
    for (i, a) in r.audio.iter().enumerate() {
        rows.push(vec![
            format!("  audio {i}"),
            a.codec.clone(),
            format!("{} Hz", a.rate_hz),
            a.layout.clone(),
            format!("{} channels", a.channels),
            format!("{} samples", a.samples),
            format!("{:.3}..{:.3} s", a.start_secs, a.end_secs),
        ]);
    }
    for (i, t) in r.subtitles.iter().enumerate() {
        let flags = [(t.default, "default"), (t.forced, "forced"), (t.is_picture, "pictures, not read")];
        let flags = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name.to_owned());
        let language = t.language.clone().unwrap_or_else(|| "-".into());
        let notes = flags.chain(t.title.as_ref().map(|title| format!("\"{title}\""))).collect::<Vec<_>>().join("; ");
        rows.push(vec![format!("  subtitles {i}"), t.codec.clone(), language, notes]);
    }
    let mut out = format!("{}: {}, {length}\n{}", r.file.display(), r.container, text::table(&rows));
    r.other.iter().for_each(|o| out.push_str(&format!("  not read: {o}\n")));
    r.warnings.iter().for_each(|w| out.push_str(&format!("  warning: {w}\n")));
    out
}
