//! What is known about the clips and the transitions of a track: see [`SharedList`].
//!
//! [`SharedList`]: crate::SharedList
use crate::{
    Clip, ClipSource, Listed, Transition,
    shared_list::{pull, put},
};
use cutroom_types::{ParamValue, Time, TimeDelta, TrackId};
use std::{collections::BTreeMap, sync::Arc};

/// What is known about the clips of a track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClipFacts {
    /// Ends of the clips, sorted.
    ends: Vec<Time>,
    /// Number of clips that name a track as their matte, by track.
    mattes: BTreeMap<TrackId, usize>,
    /// Numbers of clips that are linked or have a parent; are in a group; show a composition; are null
    /// objects; have an effect with a text.
    naming: usize,
    grouped: usize,
    nesting: usize,
    nulls: usize,
    texts: usize,
}

impl ClipFacts {
    /// Greatest end of a clip; the start of the composition if that is later.
    pub fn end(&self) -> Time {
        self.ends.last().copied().unwrap_or(Time::ZERO).max(Time::ZERO)
    }

    /// Whether a clip is linked with another, or has one as its parent.
    pub fn any_naming(&self) -> bool {
        self.naming > 0
    }

    /// Whether a clip is in a group.
    pub fn any_grouped(&self) -> bool {
        self.grouped > 0
    }

    /// Whether a clip shows a composition.
    pub fn any_nesting(&self) -> bool {
        self.nesting > 0
    }

    /// Whether a clip is a null object.
    pub fn any_null(&self) -> bool {
        self.nulls > 0
    }

    /// Whether an effect has a text as the value of a parameter, such as the name of a track.
    pub fn any_text(&self) -> bool {
        self.texts > 0
    }

    /// The tracks that clips name as their mattes.
    pub fn mattes(&self) -> impl Iterator<Item = &TrackId> {
        self.mattes.keys()
    }

    /// The counts that a clip is in.
    fn counts(&mut self, clip: &Clip) -> impl Iterator<Item = &mut usize> {
        let is_text = |value: &ParamValue| matches!(value, ParamValue::Text(_));
        let counted = [
            (&mut self.naming, clip.linked.is_some() || clip.video.parent.is_some()),
            (&mut self.grouped, clip.group.is_some()),
            (&mut self.nesting, matches!(clip.source, ClipSource::Composition(_))),
            (&mut self.nulls, matches!(clip.source, ClipSource::Null(_))),
            (
                &mut self.texts,
                clip.video
                    .effects
                    .iter()
                    .chain(&clip.audio.effects)
                    .flat_map(|e| e.params.values())
                    .any(|v| v.values().any(is_text)),
            ),
        ];
        counted.into_iter().filter_map(|(count, counts)| counts.then_some(count))
    }

    /// Counts a clip, apart from its end.
    fn count(&mut self, clip: &Clip) {
        self.counts(clip).for_each(|count| *count += 1);
        if let Some(matte) = &clip.video.matte {
            match self.mattes.get_mut(&matte.track) {
                Some(count) => *count += 1,
                None => drop(self.mattes.insert(matte.track.clone(), 1)),
            }
        }
    }
}

impl Listed for Arc<Clip> {
    type Facts = ClipFacts;

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn each_name<'a>(&'a self, mut each: impl FnMut(&'a str)) {
        each(self.id.as_str());
        self.video.effects.iter().chain(&self.audio.effects).for_each(|e| each(e.id.as_str()));
        self.video.masks.iter().for_each(|m| each(m.id.as_str()));
    }

    fn facts(items: &[Self]) -> ClipFacts {
        let mut facts = ClipFacts { ends: items.iter().map(|c| c.span().end()).collect(), ..ClipFacts::default() };
        facts.ends.sort_unstable();
        items.iter().for_each(|clip| facts.count(clip));
        facts
    }

    fn note(facts: &mut ClipFacts, item: &Self) {
        put(&mut facts.ends, item.span().end());
        facts.count(item);
    }

    fn forget(facts: &mut ClipFacts, item: &Self) {
        pull(&mut facts.ends, &item.span().end());
        facts.counts(item).for_each(|count| *count -= 1);
        if let Some(matte) = &item.video.matte
            && let Some(count) = facts.mattes.get_mut(&matte.track)
        {
            *count -= 1;
            if *count == 0 {
                facts.mattes.remove(&matte.track);
            }
        }
    }
}

/// What is known about the transitions of a track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransitionFacts {
    /// Their lengths, sorted.
    lengths: Vec<TimeDelta>,
}

impl TransitionFacts {
    /// Greatest length; zero without transitions.
    pub fn longest(&self) -> TimeDelta {
        self.lengths.last().copied().unwrap_or_default()
    }
}

impl Listed for Transition {
    type Facts = TransitionFacts;

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn each_name<'a>(&'a self, mut each: impl FnMut(&'a str)) {
        each(self.id.as_str());
    }

    fn facts(items: &[Self]) -> TransitionFacts {
        let mut lengths: Vec<TimeDelta> = items.iter().map(|x| x.duration).collect();
        lengths.sort_unstable();
        TransitionFacts { lengths }
    }

    fn note(facts: &mut TransitionFacts, item: &Self) {
        put(&mut facts.lengths, item.duration);
    }

    fn forget(facts: &mut TransitionFacts, item: &Self) {
        pull(&mut facts.lengths, &item.duration);
    }
}
