//! The project document, as plain data that can be printed, compared and saved.
//!
//! A [`Project`] lists media and compositions; a composition holds tracks of clips and transitions.
//! The file is JSON ([`load`], [`save`]): human-readable, versioned ([`migrate`]) and described by
//! [`json_schema`]. Fields that this version does not support are kept. [`validate`] reports
//! everything that is wrong with a project before any work starts. Changes are values, too:
//! applying an [`Edit`] returns the inverse edit. This crate does not depend on decoding, rendering
//! or the effects catalogue.
#![forbid(unsafe_code)]

pub mod animated;
pub mod build;
pub mod clip;
mod color;
pub mod cycle;
mod duplicate_keys;
pub mod edit;
pub mod file;
pub mod form;
mod form_text;
mod frame_times;
pub mod index;
pub mod journal;
mod listed;
pub mod locate;
pub mod margin;
pub mod mask;
pub mod migrate;
pub mod model;
pub mod nearest;
pub mod operation;
pub mod paint;
pub mod place;
pub mod placeholder;
pub mod shape;
mod shared_list;
pub mod sound;
pub mod split;
mod split_style;
mod stream_choice;
pub mod subtitles;
pub mod text;
pub mod time_map;
pub mod title;
pub mod transition;
pub mod validate;

pub use animated::{AngleInterpolation, Animatable, Animated, BezierHandle, Curve, Ease, Keyframe};
pub use clip::{
    AdjustmentSource, Clip, ClipAudio, ClipSource, ClipVideo, CompositionSource, EffectInstance, MediaSource, NullSource, Params,
    SolidSource, Transform,
};

pub use edit::{CompositionFields, Edit, EditError, EntityKind, ProjectFields, TrackFields, apply_all, edit_schema};
pub use file::{LoadError, MAX_FILE_BYTES, SaveError, from_json, inspect, load, read_text, save, to_json};
pub use form::Inspection;
pub use index::ProjectIndex;
pub use journal::{Journal, JournalError, JournalOptions, Keep, Step};
pub use listed::{ClipFacts, TransitionFacts};
pub use locate::{TextPosition, locate};
pub use margin::{Margin, Margins};
pub use mask::{BoxShape, Mask, MaskOrder, MaskShape, Matte, MatteChannel, PathShape};
pub use migrate::{SCHEMA_VERSION, migrate};
pub use model::{
    Composition, CompositionColor, Marker, Media, MediaFacts, MediaKind, MotionBlur, Project, Settings, Track, TrackKind,
};
pub use operation::{Copied, Edge, Operation, OperationError, SoundTarget, Target, TrimMode};
pub use paint::{Color, Paint, Shadow, Stroke};
pub use place::{ClipPlace, Place, TrackPlace, TransitionPlace};
pub use shape::ShapeSource;
pub use shared_list::{IdKey, Listed, SharedList};
pub use sound::{AudioBus, AudioSend, CompositionAudio, TrackAudio};
pub use stream_choice::StreamChoice;
pub use subtitles::SubtitlesSource;
pub use text::TextSource;
pub use time_map::{ClipTimes, FrameInterpolation, Run, TimeMap};
pub use transition::{Alignment, Transition};
pub use validate::{
    MAX_COMPOSITION_AREA_PX, MAX_COMPOSITION_SIDE_PX, MAX_COPIES, MAX_NESTING, MAX_TEXT_BYTES, MAX_TIME_FLICKS, Problem,
    SPEED_LIMITS, tiny_times, unknown_fields, validate,
};

/// Unknown fields by name, kept unchanged.
pub type Extra = serde_json::Map<String, serde_json::Value>;

/// The JSON Schema (draft 2020-12) of the project file in its current version.
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(Project).to_value()
}

pub(crate) fn is_default<T: Default + PartialEq>(v: &T) -> bool {
    *v == T::default()
}

pub(crate) fn is_true(v: &bool) -> bool {
    *v
}

pub(crate) fn default_true() -> bool {
    true
}

/// Deserializes a part of the project after its form has been inspected; errors name the path
/// within the part.
pub(crate) fn deserialize_part<T: serde::de::DeserializeOwned, E: serde::de::Error>(value: serde_json::Value) -> Result<T, E> {
    serde_path_to_error::deserialize(value).map_err(|e| {
        let path = e.path().to_string();
        if path == "." { E::custom(e.into_inner()) } else { E::custom(format!("`{path}`: {}", e.into_inner())) }
    })
}
