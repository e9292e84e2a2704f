//! Files that effects name: read once, before any frame is drawn.
use crate::footage::media_path;
use cutroom_effects::{Catalog, ParamKind, look::Look};
use cutroom_project::{Place, Problem, Project, TrackPlace};
use cutroom_types::ParamValue;
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// Looks by the path that the document writes.
pub(crate) type Looks = BTreeMap<String, Arc<Look>>;

/// Largest file that is read as a look; the largest cube of text takes about half of it.
const MOST_BYTES: u64 = 256 << 20;

/// Reads every look that an effect in `compositions` (places in the document) names; what cannot be read goes to `problems`. What is disabled needs no file.
pub(crate) fn read(
    project: &Project,
    compositions: &[usize],
    catalog: &Catalog,
    folder: &Path,
    problems: &mut Vec<Problem>,
) -> Looks {
    let mut looks = Looks::new();
    for &i in compositions {
        for (j, t) in project.compositions[i].tracks.iter().enumerate().filter(|(_, t)| t.enabled) {
            for (k, clip) in t.clips.iter().enumerate().filter(|(_, c)| c.enabled) {
                for (l, e) in clip.video.effects.iter().enumerate().filter(|(_, e)| e.enabled) {
                    let Some(spec) = catalog.effect(&e.effect) else { continue };
                    let files = spec.params.iter().filter(|p| matches!(p.kind, ParamKind::File { .. }));
                    for param in files.filter_map(|p| e.params.get_key_value(p.id)) {
                        for value in param.1.values() {
                            let ParamValue::Text(path) = value else { continue };
                            if path.is_empty() || looks.contains_key(&**path) {
                                continue;
                            }
                            match open(&media_path(folder, path)) {
                                Ok(look) => {
                                    looks.insert(path.to_string(), Arc::new(look));
                                }
                                Err((code, message)) => problems.push(Problem {
                                    json_path: Place::from(TrackPlace { composition: i, track: j }.clip(k))
                                        .field(format_args!("video.effects[{l}].params.{}", param.0))
                                        .to_string(),
                                    clip: Some(clip.id.clone()),
                                    code,
                                    message: format!("{path}: {message}"),
                                }),
                            }
                        }
                    }
                }
            }
        }
    }
    looks
}

fn open(path: &Path) -> Result<Look, (&'static str, String)> {
    let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
    let unreadable = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound => ("media.open.not_found", "no such file".to_owned()),
        _ => ("media.open.failed", e.to_string()),
    };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > MOST_BYTES {
        return Err(("media.look", format!("a file of {} MiB is no look", size >> 20)));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| ("media.look", "it is not text".to_owned()))?;
    Look::parse(&text, &extension).map_err(|e| ("media.look", e))
}
