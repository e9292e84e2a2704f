//! Checks references of clips within their composition: null objects as parents, tracks as mattes.
use super::{Problem, report};
use crate::{Clip, ClipSource, Composition, Place, Track, TrackKind, TrackPlace, cycle::Cycles};
use cutroom_types::{ClipId, TrackId};
use std::collections::{HashMap, HashSet};

pub(super) fn check(problems: &mut Vec<Problem>, c: &Composition, at: usize) {
    let clips: HashMap<&ClipId, &Clip> = c.clips().map(|c| (&c.id, c)).collect();
    let is_circular = on_cycles(&clips);
    let tracks: HashMap<&TrackId, &Track> = c.tracks.iter().map(|t| (&t.id, t)).collect();
    let cycles = Cycles::new(c, |clip| clip.video.matte.iter().map(|m| m.track.clone()).collect());
    for (j, t) in c.tracks.iter().enumerate() {
        for (k, clip) in t.clips.iter().enumerate() {
            let place = Place::from(TrackPlace { composition: at, track: j }.clip(k));
            let mut problem = |field, code, message| report(problems, place.field(field), Some(&clip.id), code, message);
            if let Some(p) = &clip.video.parent {
                match clips.get(p) {
                    None => problem("video.parent", "project.dangling", format!("this composition has no clip \"{p}\"")),
                    Some(parent) if !matches!(parent.source, ClipSource::Null(_)) => {
                        problem(
                            "video.parent",
                            "project.parent",
                            format!("\"{p}\" is not a null object; make one the parent of both clips"),
                        );
                    }
                    Some(_) if is_circular.contains(&clip.id) => {
                        problem("video.parent", "project.cycle", format!("\"{p}\" has this clip among its own parents"));
                    }
                    Some(_) => {}
                }
            }
            if let Some(m) = &clip.video.matte {
                match tracks.get(&m.track) {
                    None => {
                        problem("video.matte.track", "project.dangling", format!("this composition has no track \"{}\"", m.track))
                    }
                    Some(matte) if matte.kind != TrackKind::Video => {
                        problem("video.matte.track", "project.no_picture", format!("\"{}\" is not a video track", m.track));
                    }
                    Some(_) if cycles.would_cycle(j, k, &m.track) => {
                        problem(
                            "video.matte.track",
                            "project.cycle",
                            format!("the matte \"{}\" shows this clip, uses it as a matte or adjusts it", m.track),
                        );
                    }
                    Some(_) => {}
                }
            }
        }
    }
}

/// Clips that are their own parents, directly or through others.
fn on_cycles<'a>(clips: &HashMap<&'a ClipId, &'a Clip>) -> HashSet<&'a ClipId> {
    let parent = |clip: &'a Clip| clip.video.parent.as_ref().and_then(|p| clips.get(p)).copied();
    // The walk in which a clip was first met.
    let mut met: HashMap<&ClipId, usize> = HashMap::new();
    let mut found = HashSet::new();
    for (round, start) in clips.values().enumerate() {
        let mut at = *start;
        while !met.contains_key(&at.id) {
            met.insert(&at.id, round);
            let Some(next) = parent(at) else { break };
            at = next;
        }
        // The walk has come back to itself, or to a clip of an earlier walk.
        if met[&at.id] == round {
            while let Some(next) = parent(at).filter(|_| found.insert(&at.id)) {
                at = next;
            }
        }
    }
    found
}
