//! Clips that lean on others of their composition: on null objects as parents, on tracks as mattes.
use super::{Problem, report};
use crate::{Clip, ClipSource, Composition, Track, TrackKind};
use cutroom_types::{ClipId, TrackId};
use std::collections::{HashMap, HashSet};

pub(super) fn check(problems: &mut Vec<Problem>, c: &Composition, path: &str) {
    let clips: HashMap<&ClipId, &Clip> = c.tracks.iter().flat_map(|t| &t.clips).map(|c| (&c.id, c)).collect();
    let tracks: HashMap<&TrackId, &Track> = c.tracks.iter().map(|t| (&t.id, t)).collect();
    for (j, t) in c.tracks.iter().enumerate() {
        for (k, clip) in t.clips.iter().enumerate() {
            let at = format!("{path}.tracks[{j}].clips[{k}].video");
            let mut tell = |field: &str, code, message| report(problems, &format!("{at}.{field}"), Some(&clip.id), code, message);
            if let Some(p) = &clip.video.parent {
                match clips.get(p) {
                    None => tell("parent", "dangling", format!("this composition has no clip \"{p}\"")),
                    Some(parent) if !matches!(parent.source, ClipSource::Null(_)) => {
                        tell("parent", "parent", format!("\"{p}\" is no null object; bind both clips to one"));
                    }
                    Some(_) if circular(clip, &clips) => {
                        tell("parent", "cycle", format!("\"{p}\" is bound, over its own parents, to this clip"));
                    }
                    Some(_) => {}
                }
            }
            if let Some(m) = &clip.video.matte {
                match tracks.get(&m.track) {
                    None => tell("matte.track", "dangling", format!("this composition has no track \"{}\"", m.track)),
                    Some(matte) if matte.kind != TrackKind::Video => {
                        tell("matte.track", "no_picture", format!("\"{}\" is no video track", m.track));
                    }
                    Some(matte) if leads_to(matte, &t.id, c, &tracks) => {
                        tell(
                            "matte.track",
                            "cycle",
                            format!("the matte \"{}\" is this track, is cut by it or adjusts it", m.track),
                        );
                    }
                    Some(_) => {}
                }
            }
        }
    }
}

fn circular(clip: &Clip, clips: &HashMap<&ClipId, &Clip>) -> bool {
    let mut at = clip;
    for _ in 0..=clips.len() {
        match at.video.parent.as_ref().and_then(|p| clips.get(p)) {
            Some(parent) if parent.id == clip.id => return true,
            Some(parent) => at = parent,
            None => return false,
        }
    }
    // A circle further up, told at the clips that form it.
    false
}

/// Whether a track is `wanted`, or its picture is made, directly or over others, with that track's: as a matte, or by adjusting it.
fn leads_to(track: &Track, wanted: &TrackId, c: &Composition, tracks: &HashMap<&TrackId, &Track>) -> bool {
    let (mut open, mut seen) = (vec![&track.id], HashSet::new());
    while let Some(id) = open.pop() {
        if id == wanted {
            return true;
        }
        if seen.insert(id)
            && let Some(t) = tracks.get(id)
        {
            let clips = || t.clips.iter().filter(|c| c.enabled);
            open.extend(clips().filter_map(|c| c.video.matte.as_ref()).map(|m| &m.track));
            if clips().any(|c| matches!(c.source, ClipSource::Adjustment(_))) {
                open.extend(
                    c.tracks.iter().map_while(|below| (below.id != t.id).then_some(below)).filter(|t| !t.matte_only).map(|t| &t.id),
                );
            }
        }
    }
    false
}
