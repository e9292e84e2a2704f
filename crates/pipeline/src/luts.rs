//! Reads the LUT files of effects, before any frame is drawn.
use crate::Library;
use cutroom_cache::{Key, KeyHasher};
use cutroom_effects::{Catalog, ParamKind, lut::Lut};
use cutroom_media::MediaLocation;
use cutroom_project::{Place, Problem, Project, TrackPlace};
use cutroom_types::ParamValue;
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// LUTs by path as written in the document, with hashes of their files.
pub(crate) type Luts = BTreeMap<Arc<str>, (Arc<Lut>, Key)>;

/// Maximum size of a LUT file in bytes; the largest cube takes about half of it as text.
const MAX_BYTES: u64 = 256 << 20;

/// Reads every LUT that an enabled effect in `compositions` (indices in the document) names; files
/// that cannot be read are added to `problems`, what is odd about others to `warnings`. Disabled tracks, clips and effects need no files.
pub(crate) fn read(
    project: &Project,
    compositions: &[usize],
    catalog: &Catalog,
    library: &Library,
    problems: &mut Vec<Problem>,
    warnings: &mut Vec<String>,
) -> Luts {
    let mut luts = Luts::new();
    for &i in compositions {
        for (j, t) in project.compositions[i].tracks.iter().enumerate().filter(|(_, t)| t.enabled) {
            for (k, clip) in t.clips.iter().enumerate().filter(|(_, c)| c.enabled) {
                for (l, e) in clip.video.effects.iter().enumerate().filter(|(_, e)| e.enabled) {
                    let Some(spec) = catalog.effect(&e.effect) else { continue };
                    let files = spec.params.iter().filter(|p| matches!(p.kind, ParamKind::File { .. }));
                    for (param, value) in files.filter_map(|p| e.params.get_key_value(p.id)) {
                        for value in value.values() {
                            let ParamValue::Text(path) = value else { continue };
                            if path.is_empty() || luts.contains_key(path) {
                                continue;
                            }
                            let place = library.path(path);
                            let allowed = library.check(&MediaLocation::file(&place)).map_err(|e| (e.code(), e.to_string()));
                            match allowed.and_then(|()| library.lut(&place, open)) {
                                Ok((lut, content)) => {
                                    warnings.extend(lut.warnings.iter().map(|w| format!("{path}: {w}")));
                                    luts.insert(Arc::clone(path), (lut, content));
                                }
                                Err((code, message)) => problems.push(Problem {
                                    json_path: Place::from(TrackPlace { composition: i, track: j }.clip(k))
                                        .field(format_args!("video.effects[{l}].params.{param}"))
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
    luts
}

fn open(path: &Path) -> Result<(Lut, Key), (&'static str, String)> {
    let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
    let unreadable = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound => ("media.open.not_found", "no such file".to_owned()),
        _ => ("media.open.failed", e.to_string()),
    };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_BYTES {
        return Err(("media.look", format!("a file of {} MiB is too large for a look-up table", size >> 20)));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let content = KeyHasher::new("lut").with(&bytes).key();
    let text = String::from_utf8(bytes).map_err(|_| ("media.look", "it is not text".to_owned()))?;
    Lut::parse(&text, &extension).map(|lut| (lut, content)).map_err(|e| ("media.look", e))
}
