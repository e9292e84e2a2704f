//! The mixer: effects and routing of tracks, buses, and the output of a composition.
use crate::{Animated, EffectInstance, Extra, is_default};
use cutroom_types::BusId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the sound of a track goes, and what changes it on its way: clips → `effects` → the track's
/// gain → `output`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrackAudio {
    /// Sound effects in order of application, on the mix of the track's clips. Keyframe times are
    /// composition times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<EffectInstance>,
    /// The bus that the track is mixed into. Absent: the output of the composition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<BusId>,
    /// Copies of its sound that are mixed into buses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sends: Vec<AudioSend>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A copy of a sound for a bus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AudioSend {
    /// Id of the bus.
    pub bus: BusId,
    /// Gain of the copy in decibels, up to 60; -144 and below is silence. Keyframe times are
    /// composition times.
    #[serde(default, skip_serializing_if = "is_default")]
    pub gain_db: Animated<f64>,
    /// Whether the copy is taken before the gain of its track or bus; otherwise after it. Effects are
    /// in both.
    #[serde(default, skip_serializing_if = "is_default")]
    pub pre_fader: bool,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A sub-mix of a composition: what tracks and buses send to it → `effects` → `gain_db`, `pan` →
/// `output`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AudioBus {
    /// Unique in the project, also among tracks.
    pub id: BusId,
    /// Title.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: String,
    /// Whether the bus is silent.
    #[serde(default, skip_serializing_if = "is_default")]
    pub muted: bool,
    /// If any track or bus is soloed, only soloed tracks and those that reach a soloed bus by their
    /// outputs are audible.
    #[serde(default, skip_serializing_if = "is_default")]
    pub solo: bool,
    /// Gain in decibels, up to 60; -144 and below is silence. Keyframe times are composition times.
    #[serde(default, skip_serializing_if = "is_default")]
    pub gain_db: Animated<f64>,
    /// Balance: -1 left … 0 centre … 1 right.
    #[serde(default, skip_serializing_if = "is_default")]
    pub pan: Animated<f64>,
    /// Sound effects in order of application. Keyframe times are composition times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<EffectInstance>,
    /// The bus that it is mixed into. Absent: the output of the composition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<BusId>,
    /// Copies of its sound that are mixed into other buses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sends: Vec<AudioSend>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The buses of a composition, and its output (master): all that is mixed into it → `effects` →
/// `gain_db`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CompositionAudio {
    /// Buses that tracks, and other buses, can be mixed into.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buses: Vec<AudioBus>,
    /// Gain of the output in decibels, up to 60; -144 and below is silence. Keyframe times are
    /// composition times.
    #[serde(default, skip_serializing_if = "is_default")]
    pub gain_db: Animated<f64>,
    /// Sound effects on the output, in order of application. Keyframe times are composition times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<EffectInstance>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

impl AudioBus {
    /// A bus that changes nothing and goes to the output.
    pub fn new(id: &str) -> Self {
        Self {
            id: id.into(),
            name: String::new(),
            muted: false,
            solo: false,
            gain_db: Animated::default(),
            pan: Animated::default(),
            effects: Vec::new(),
            output: None,
            sends: Vec::new(),
            extra: Extra::default(),
        }
    }
}

impl CompositionAudio {
    /// The bus with an id.
    pub fn bus(&self, id: &BusId) -> Option<&AudioBus> {
        self.buses.iter().find(|b| b.id == *id)
    }
}
