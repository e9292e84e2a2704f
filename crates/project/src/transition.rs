//! Transitions between clips.
use crate::{Extra, Params, default_true, is_default, is_true};
use cutroom_types::{ClipId, FadeCurve, Span, Time, TimeDelta, TransitionId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A transition at a cut. Clips do not move: during the transition both clips also show what their
/// sources have before the clip's start or after its end. Where a source has nothing there, its
/// edge frame is held and its sound is silent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Transition {
    /// Unique in the project.
    pub id: TransitionId,
    /// Catalogue id of the transition.
    pub kind: String,
    /// Outgoing clip; absent: from nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<ClipId>,
    /// Incoming clip; absent: to nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<ClipId>,
    /// Length.
    pub duration: TimeDelta,
    /// Position relative to the cut. With only one clip the transition is inside that clip,
    /// whatever the alignment.
    #[serde(default, skip_serializing_if = "is_default")]
    pub alignment: Alignment,
    /// Values by parameter id; keyframe times are relative to the transition's start.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: Params,
    /// Whether the sound cross-fades over the same span; otherwise it changes at the cut.
    #[serde(default = "default_true", skip_serializing_if = "is_true")]
    pub audio_crossfade: bool,
    /// Shape of the cross-fade of the sound: `constant_power` keeps the power of unrelated sounds,
    /// `linear` the level of equal ones.
    #[serde(default = "constant_power", skip_serializing_if = "is_constant_power")]
    pub audio_fade_shape: FadeCurve,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

fn constant_power() -> FadeCurve {
    FadeCurve::ConstantPower
}

fn is_constant_power(curve: &FadeCurve) -> bool {
    *curve == FadeCurve::ConstantPower
}

/// Position of a transition relative to its cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Alignment {
    /// Half before, half after; an odd flick is after the cut.
    #[default]
    #[serde(rename = "centre")]
    Center,
    /// Starts at the cut.
    Start,
    /// Ends at the cut.
    End,
}

impl Transition {
    /// The span of the transition between two clips, or inside the only one. `None` without clips.
    pub fn span_between(&self, from: Option<Span>, to: Option<Span>) -> Option<Span> {
        let (cut, before) = match (from, to) {
            (Some(_), Some(to)) => (
                to.start,
                match self.alignment {
                    Alignment::Center => self.duration.0.div_euclid(2),
                    Alignment::Start => 0,
                    Alignment::End => self.duration.0,
                },
            ),
            (Some(from), None) => (from.end(), self.duration.0),
            (None, Some(to)) => (to.start, 0),
            (None, None) => return None,
        };
        Some(Span { start: Time(cut.0.saturating_sub(before)), duration: self.duration })
    }
}
