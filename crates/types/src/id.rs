//! Stable string ids. References use ids, never positions in memory. The text is reference-counted,
//! so that plans can name what they come from without copying text.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

macro_rules! ids { ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
    $(#[$doc])*
    #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
    #[serde(transparent)]
    pub struct $name(Arc<str>);
    impl $name {
        /// The id as text.
        pub fn as_str(&self) -> &str { &self.0 }
    }
    impl From<&str> for $name { fn from(s: &str) -> Self { Self(s.into()) } }
    impl From<Arc<str>> for $name { fn from(s: Arc<str>) -> Self { Self(s) } }
    impl From<String> for $name { fn from(s: String) -> Self { Self(s.into()) } }
    impl std::fmt::Display for $name {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&self.0) }
    }
)* } }
ids! {
    /// Id of a media (a source file).
    MediaId,
    /// Id of a composition.
    CompositionId,
    /// Id of a track.
    TrackId,
    /// Id of an audio bus.
    BusId,
    /// Id of a clip.
    ClipId,
    /// Id of an effect on a clip.
    EffectId,
    /// Id of a mask on a clip.
    MaskId,
    /// Id of a transition on a track.
    TransitionId,
}
