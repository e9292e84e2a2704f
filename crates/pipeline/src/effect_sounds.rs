//! The sound files that sound effects name, such as impulse responses.
use crate::{Library, PipelineError};
use cutroom_audio::{SourceError, resampled};
use cutroom_effects::{Catalog, ParamKind};
use cutroom_media::{AudioReader, MediaLocation};
use cutroom_project::{EffectInstance, Place, Problem, Project, TrackPlace};
use cutroom_types::{AudioBlock, ClipId, ParamValue};
use std::{fmt::Display, path::Path};

/// Greatest length of such a file, seconds.
const MAX_SECS: i64 = 60;

/// Adds the files of enabled sound effects in `compositions` (indices in the document) that may not be
/// used or do not exist to `problems`.
pub(crate) fn check(project: &Project, compositions: &[usize], catalog: &Catalog, library: &Library, problems: &mut Vec<Problem>) {
    for &i in compositions {
        let c = &project.compositions[i];
        let mut check = |effects: &[EffectInstance], place: Place, field: &dyn Display, clip: Option<&ClipId>| {
            for (k, e) in effects.iter().enumerate().filter(|(_, e)| e.enabled) {
                for (param, path) in files(e, catalog) {
                    let found = find(library, path);
                    problems.extend(found.err().map(|(code, message)| Problem {
                        json_path: place.field(format_args!("{field}[{k}].params.{param}")).to_string(),
                        clip: clip.cloned(),
                        code,
                        message: format!("{path}: {message}"),
                    }));
                }
            }
        };
        check(&c.audio.effects, Place::Composition(i), &"audio.effects", None);
        for (j, bus) in c.audio.buses.iter().enumerate() {
            check(&bus.effects, Place::Composition(i), &format_args!("audio.buses[{j}].effects"), None);
        }
        for (j, t) in c.tracks.iter().enumerate().filter(|(_, t)| t.enabled) {
            let track = TrackPlace { composition: i, track: j };
            check(&t.audio.effects, track.into(), &"audio.effects", None);
            for (k, clip) in t.clips.iter().enumerate().filter(|(_, c)| c.enabled) {
                check(&clip.audio.effects, track.clip(k).into(), &"audio.effects", Some(&clip.id));
            }
        }
    }
}

/// The files that an effect names, by parameter.
fn files<'a>(e: &'a EffectInstance, catalog: &Catalog) -> Vec<(&'static str, &'a str)> {
    let Some(spec) = catalog.sound_effect(&e.effect) else { return Vec::new() };
    let params = spec.spec().params.iter().filter(|p| matches!(p.kind, ParamKind::File { .. }));
    let named = params.filter_map(|p| Some((p.id, e.params.get(p.id)?)));
    let texts = named.flat_map(|(id, value)| value.values().map(move |v| (id, v)));
    texts
        .filter_map(|(id, value)| match value {
            ParamValue::Text(path) if !path.is_empty() => Some((id, &**path)),
            _ => None,
        })
        .collect()
}

fn find(library: &Library, path: &str) -> Result<(), (&'static str, String)> {
    let place = library.path(path);
    library.check(&MediaLocation::file(&place)).map_err(|e| (e.code(), e.to_string()))?;
    if place.is_file() { Ok(()) } else { Err(("media.open.not_found", "no such file".to_owned())) }
}

/// The first audio stream of a file, whole, at a rate.
pub(crate) fn read(path: &Path, rate_hz: u32) -> Result<AudioBlock, SourceError> {
    let mut reader = AudioReader::open(path, 0).map_err(PipelineError::from)?;
    let Some(info) = reader.index().info().audio.first().cloned() else {
        return Err("it has no sound".into());
    };
    let (first, end) = (info.span.start.to_sample(info.rate_hz), info.span.end().to_sample(info.rate_hz));
    if end - first > MAX_SECS * i64::from(info.rate_hz) {
        return Err(
            format!("it lasts {:.0} s; at most {MAX_SECS} s can be used", (end - first) as f64 / f64::from(info.rate_hz)).into()
        );
    }
    let block = reader.read(first, (end - first).max(0) as usize).map_err(PipelineError::from)?;
    Ok(resampled(&block, rate_hz)?)
}
