//! Stable string ids. Order of entities in memory never decides anything; ids do. The text is
//! shared: a clone costs a counter, so that plans may name what they come from without copying
//! text.
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
    /// A source file or generated source of a project.
    MediaId,
    /// A composition (timeline, sequence).
    CompositionId,
    /// A track within a composition.
    TrackId,
    /// A clip on a track.
    ClipId,
    /// One applied effect on a clip.
    EffectId,
    /// One mask on a clip.
    MaskId,
    /// One transition on a track.
    TransitionId,
}
