//! Changes of shots.

/// How one shot gives way to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransitionKind {
    /// From one frame to the next.
    Cut,
    /// One picture through the other.
    Dissolve,
    /// Through black.
    Fade,
    /// From black, at the start of the film: divides nothing.
    FadeIn,
    /// To black, at the end of the film: divides nothing.
    FadeOut,
}

/// A change of shots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition {
    /// How.
    pub kind: TransitionKind,
    /// The first frame that does not wholly belong to the shot before.
    pub first: usize,
    /// The first frame that wholly belongs to the shot after: `first` for cuts.
    pub next: usize,
    /// The frame with which the next shot begins, if one is to be named.
    pub frame: usize,
    /// How sure it is, 0..=1.
    pub score: f32,
}

impl Transition {
    /// Whether there are shots on both sides.
    pub fn divides(&self) -> bool {
        matches!(self.kind, TransitionKind::Cut | TransitionKind::Dissolve | TransitionKind::Fade)
    }
}
