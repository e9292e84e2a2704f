//! Pasting clips and attributes.
use super::{Copied, OperationError, clips::clear, draft::Draft, fields};
use crate::Clip;
use cutroom_types::{ClipId, Time, TrackId};
use serde_json::Value;
use std::collections::BTreeMap;

/// Adds copies of clips with new ids. Links, groups and parents among them are kept among the copies.
pub(super) fn paste(
    draft: &mut Draft,
    copied: &[Copied],
    at: Time,
    track: Option<&TrackId>,
    overwrite: bool,
) -> Result<(), OperationError> {
    let Some(first) = copied.iter().map(|c| c.clip.start).min() else {
        return Err(OperationError::unfit("there is nothing to paste"));
    };
    let by = at - first;
    let mut new_ids: BTreeMap<ClipId, ClipId> = BTreeMap::new();
    let mut pasted: Vec<(TrackId, Clip)> = Vec::new();
    for Copied { track: from, clip } in copied {
        let mut clip = (**clip).clone();
        let taken = draft.project.clips().map(|c| &c.id).chain(new_ids.values()).map(ClipId::as_str);
        let id: ClipId = super::draft::free(clip.id.as_str(), taken).as_str().into();
        new_ids.insert(clip.id.clone(), id.clone());
        clip.id = id;
        clip.start = clip.start.saturating_add(by);
        pasted.push((track.unwrap_or(from).clone(), clip));
    }
    for (track, mut clip) in pasted {
        clip.linked = clip.linked.and_then(|l| new_ids.get(&l).cloned());
        clip.video.parent = clip.video.parent.map(|p| new_ids.get(&p).cloned().unwrap_or(p));
        clip.group = clip.group.map(|g| format!("{g} copy"));
        draft.with_own_ids(&mut clip);
        if overwrite {
            clear(draft, &track, clip.span(), &|c| new_ids.values().any(|id| *id == c.id))?;
        }
        draft.add(&track, clip)?;
    }
    Ok(())
}

/// Sets fields of clips to those of another one. Effects get ids of their own.
pub(super) fn attributes(draft: &mut Draft, from: &ClipId, to: &[ClipId], names: &[String]) -> Result<(), OperationError> {
    let source = serde_json::to_value(&*draft.clip(from)?).map_err(|e| OperationError::unfit(e.to_string()))?;
    for field in names {
        let is_attribute = ["video", "audio", "speed", "time_map"].contains(&field.split('.').next().unwrap_or_default());
        if !is_attribute {
            let reason = "attributes are `video…`, `audio…`, `speed` and `time_map`".to_owned();
            return Err(OperationError::Field { field: field.clone(), reason });
        }
        let value = field.split('.').try_fold(&source, |value, name| value.get(name)).cloned().unwrap_or(Value::Null);
        for id in to.iter().filter(|id| *id != from) {
            fields::set(draft, &super::Target::Clip(id.clone()), field, &value)?;
            let mut clip = (*draft.clip(id)?).clone();
            // Its effects are copies, which cannot keep the ids of the others.
            let source = draft.clip(from)?;
            let ids = |c: &Clip| -> Vec<_> { c.video.effects.iter().chain(&c.audio.effects).map(|e| e.id.clone()).collect() };
            let others = ids(&source).iter().any(|id| ids(&clip).contains(id));
            if others {
                draft.with_own_ids(&mut clip);
                draft.put(clip)?;
            }
        }
    }
    Ok(())
}
