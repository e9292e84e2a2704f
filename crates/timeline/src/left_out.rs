//! What planning leaves out of a frame, for people who ask why an effect is not to be seen.
use cutroom_types::{ClipId, EffectId};
use std::fmt;

/// An effect of a clip on show that is not in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Whose it is.
    pub clip: ClipId,
    /// Which of its effects.
    pub effect: EffectId,
    /// Catalogue id.
    pub kind: String,
    /// Why.
    pub reason: LeftOutReason,
}

/// Why an effect is not in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOutReason {
    /// It is switched off.
    Disabled,
    /// Its values change nothing at this time.
    Neutral,
    /// It only decides at which time what comes before it is seen.
    OnlyTime,
    /// A track that it reads shows nothing at this time.
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
