//! Reads the media of a composition that are SVG files.
use cutroom_drawing::{DrawingError, Svg, svg::MAX_BYTES};
use cutroom_project::{Problem, Project};
use cutroom_types::MediaId;
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// The SVG files among the media that were found. Those that cannot be drawn are added to `problems`, what is
/// left out of others to `notes`.
pub(crate) fn read(
    project: &Project,
    files: &BTreeMap<&MediaId, &Path>,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) -> BTreeMap<MediaId, Arc<Svg>> {
    let mut found = BTreeMap::new();
    for (i, media) in project.media.iter().enumerate().filter(|(_, m)| is_svg(&m.path)) {
        // A file that is missing is reported as other media are.
        let Some(path) = files.get(&media.id) else { continue };
        match read_one(path) {
            Ok(svg) => {
                if svg.has_images() {
                    notes.push(format!("{}: pictures inside of an SVG are not drawn", media.path));
                }
                found.insert(media.id.clone(), Arc::new(svg));
            }
            Err((code, reason)) => {
                let message = format!("{}: {reason}", media.path);
                problems.push(Problem { json_path: format!("media[{i}]"), clip: None, code, message });
            }
        }
    }
    found
}

fn is_svg(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|e| e.eq_ignore_ascii_case("svg"))
}

fn read_one(path: &Path) -> Result<Svg, (&'static str, String)> {
    let unreadable = |e: std::io::Error| ("media.open.failed", e.to_string());
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_BYTES {
        let reason = format!("a file of {} MiB; the most is {} MiB", size >> 20, MAX_BYTES >> 20);
        let e = DrawingError::Svg { reason };
        return Err((e.code(), e.to_string()));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    Svg::read(&bytes).map_err(|e| (e.code(), e.to_string()))
}
