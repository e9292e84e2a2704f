//! Names of files with places for what is exported: `{project}-{date}.mp4`.
use super::ExportRequest;
use crate::{ApiError, session::Session};
use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

/// What may be in braces.
const PLACES: [&str; 9] = ["project", "composition", "preset", "width", "height", "fps", "frames", "date", "time"];

/// The path with its places filled. Other text in braces stays, and `%04d` is not for this.
///
/// # Errors
/// Those of finding the composition.
pub(super) fn filled(output: &Path, session: &Session, request: &ExportRequest) -> Result<PathBuf, ApiError> {
    let Some(text) = output.to_str().filter(|text| PLACES.iter().any(|place| text.contains(&format!("{{{place}}}")))) else {
        return Ok(output.to_owned());
    };
    let id = session.composition(request.composition.as_deref())?;
    let (rate, frames) = session.frames(&id)?;
    let size = session.project.composition(&id).map(|c| c.size).unwrap_or_default();
    let file_stem = session.path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let project = if session.name().is_empty() { file_stem } else { session.name().to_owned() };
    // 2026-11-29T16:05:09Z
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let (date, time) = now.split_once('T').unwrap_or((&now, ""));
    let fps = match rate.den() {
        1 => rate.num().to_string(),
        den => format!("{:.3}", rate.num() as f64 / den as f64).trim_end_matches('0').to_owned(),
    };
    let value = |place: &str| match place {
        "project" => project.clone(),
        "composition" => id.to_string(),
        "preset" => request.preset.clone().unwrap_or_default(),
        "width" => size.width.to_string(),
        "height" => size.height.to_string(),
        "fps" => fps.clone(),
        "frames" => frames.to_string(),
        "date" => date.to_owned(),
        _ => time.trim_end_matches('Z').replace(':', ""),
    };
    let mut made = text.to_owned();
    for place in PLACES {
        // A name with a slash must not lead elsewhere.
        let safe: String =
            value(place).chars().map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c }).collect();
        made = made.replace(&format!("{{{place}}}"), &safe);
    }
    Ok(PathBuf::from(made))
}
