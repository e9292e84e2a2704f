//! What is known about the clips and the transitions of a track: see [`SharedList`].
//!
//! [`SharedList`]: crate::SharedList
use crate::{Clip, ClipSource, Listed, Transition};
use cutroom_types::{Time, TimeDelta};
use std::sync::Arc;

/// What is known about the clips of a track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClipFacts {
    /// Greatest end of a clip; the start of the composition if that is later.
    pub end: Time,
    /// Whether a clip is linked with another, or has one as its parent.
    pub any_naming: bool,
    /// Whether a clip is in a group.
    pub any_grouped: bool,
    /// Whether a clip shows a composition.
    pub any_nesting: bool,
    /// Whether a clip is a null object.
    pub any_null: bool,
}

impl Listed for Arc<Clip> {
    type Facts = ClipFacts;

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn each_name<'a>(&'a self, mut each: impl FnMut(&'a str)) {
        each(self.id.as_str());
        self.video.effects.iter().for_each(|e| each(e.id.as_str()));
        self.video.masks.iter().for_each(|m| each(m.id.as_str()));
    }

    fn facts(items: &[Self]) -> ClipFacts {
        let mut facts = ClipFacts { end: Time::ZERO, ..ClipFacts::default() };
        for clip in items {
            facts.end = facts.end.max(clip.span().end());
            facts.any_naming |= clip.linked.is_some() || clip.video.parent.is_some();
            facts.any_grouped |= clip.group.is_some();
            facts.any_nesting |= matches!(clip.source, ClipSource::Composition(_));
            facts.any_null |= matches!(clip.source, ClipSource::Null(_));
        }
        facts
    }
}

/// What is known about the transitions of a track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TransitionFacts {
    /// Greatest length; zero without transitions.
    pub longest: TimeDelta,
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
        TransitionFacts { longest: items.iter().map(|x| x.duration).max().unwrap_or_default() }
    }
}
