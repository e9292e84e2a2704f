//! Effects that planning leaves out of a frame, to explain why an effect is not visible.
use cutroom_types::{ClipId, EffectId};
use std::fmt;

/// An effect of an active clip that is not in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The clip.
    pub clip: ClipId,
    /// The effect.
    pub effect: EffectId,
    /// Catalogue id of the effect.
    pub kind: String,
    /// Why it is left out.
    pub reason: LeftOutReason,
}

/// Why an effect is not in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOutReason {
    /// It is disabled.
    Disabled,
    /// Its values change nothing at this time.
    Neutral,
    /// It only changes the time at which the layer before it is shown, which is done in planning.
    OnlyTime,
    /// A track that it uses shows nothing at this time.
    EmptyTrack,
}

impl fmt::Display for LeftOutReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disabled => "switched off",
            Self::Neutral => "changes nothing at these values",
            Self::OnlyTime => "only changes the time at which the layer before it is shown",
            Self::EmptyTrack => "the track that it reads is empty here",
        })
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "clip {}, effect {} ({}): {}", self.clip, self.effect, self.kind, self.reason)
    }
}
