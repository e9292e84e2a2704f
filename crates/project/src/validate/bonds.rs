//! Clips that lean on others of their composition: on null objects as parents, on tracks as mattes.
use super::{Problem, report};
use crate::{Clip, ClipSource, Composition, Track, TrackKind, circle::Circles};
use cutroom_types::{ClipId, TrackId};
use std::collections::HashMap;

pub(super) fn check(problems: &mut Vec<Problem>, c: &Composition, path: &str) {
    let clips: HashMap<&ClipId, &Clip> = c.tracks.iter().flat_map(|t| &t.clips).map(|c| (&c.id, c)).collect();
    let tracks: HashMap<&TrackId, &Track> = c.tracks.iter().map(|t| (&t.id, t)).collect();
    let circles = Circles::new(c, |clip| clip.video.matte.iter().map(|m| m.track.clone()).collect());
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
                    Some(_) if circles.closes(j, k, &m.track) => {
                        tell(
                            "matte.track",
                            "cycle",
                            format!("the matte \"{}\" shows this clip, is cut by it or adjusts it", m.track),
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
