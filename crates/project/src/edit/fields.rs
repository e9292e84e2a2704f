//! The settable fields of projects, compositions and tracks: all except ids and lists. They are set
//! as a whole, so that unknown fields are kept and the inverse is exact.
use super::EditError;
use crate::{
    Animated, Composition, CompositionAudio, CompositionColor, Extra, Marker, MotionBlur, Project, Settings, SharedList, Track,
    TrackAudio, TrackKind, default_true, is_default, is_true,
    model::{black, default_channels, default_sample_rate_hz, is_black},
    split_style::SplitStyle,
};
use cutroom_types::{BlendSpace, CompositionId, FrameRate, Size, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, mem::swap};

/// All fields of a project except its version and its lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProjectFields {
    /// Stable id that distinguishes this project from others.
    #[serde(default, skip_serializing_if = "is_default")]
    pub id: String,
    /// Title.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: String,
    /// Project-wide settings.
    #[serde(default, skip_serializing_if = "is_default")]
    pub settings: Settings,
    /// Texts that `{name}` stands for in titles.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// Font files, absolute or relative to the folder of the project file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fonts: Vec<String>,
    /// Id of the main composition.
    pub main: CompositionId,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// All fields of a composition except its id and its tracks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CompositionFields {
    /// Title.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: String,
    /// Size in square pixels: 1..=16384 in each direction, at most 134217728 pixels in total.
    pub size: Size,
    /// Frames per second.
    pub frame_rate: FrameRate,
    /// Samples per second, 8000..=192000.
    #[serde(default = "default_sample_rate_hz")]
    pub sample_rate_hz: u32,
    /// Number of audio channels, 1..=8.
    #[serde(default = "default_channels")]
    pub channels: u32,
    /// Length; absent: up to the end of the last clip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<TimeDelta>,
    /// Colour below all layers: straight RGBA, display-encoded, 0..=1. Not drawn when the
    /// composition is nested.
    #[serde(default = "black", skip_serializing_if = "is_black")]
    pub background: [f64; 4],
    /// Encoding in which layers are blended.
    #[serde(default, skip_serializing_if = "is_default")]
    pub blend_space: BlendSpace,
    /// Primaries and transfer characteristics of the working space and of the result.
    #[serde(default, skip_serializing_if = "is_default")]
    pub color: CompositionColor,
    /// How clips with `motion_blur` are blurred.
    #[serde(default, skip_serializing_if = "is_default")]
    pub motion_blur: MotionBlur,
    /// Buses, and effects and gain of the output.
    #[serde(default, skip_serializing_if = "is_default")]
    pub audio: CompositionAudio,
    /// Notes at times, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markers: Vec<Marker>,
    /// What a split screen was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<Box<SplitStyle>>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// All fields of a track except its id, its clips and its transitions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrackFields {
    /// Title.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: String,
    /// Whether its clips have picture and sound, or sound only.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: TrackKind,
    /// `false`: neither visible nor audible.
    #[serde(default = "default_true", skip_serializing_if = "is_true")]
    pub enabled: bool,
    /// Whether the track is silent.
    #[serde(default, skip_serializing_if = "is_default")]
    pub muted: bool,
    /// If any track is soloed, only soloed tracks are audible; if any video track is, only soloed
    /// video tracks are visible.
    #[serde(default, skip_serializing_if = "is_default")]
    pub solo: bool,
    /// Whether the track is not drawn itself, so that its picture is only used by clips that name
    /// it as their matte or in an effect.
    #[serde(default, skip_serializing_if = "is_default")]
    pub matte_only: bool,
    /// Editors refuse changes to the track; rendering is not affected.
    #[serde(default, skip_serializing_if = "is_default")]
    pub locked: bool,
    /// Gain in decibels, up to 60; -144 and below is silence. Keyframe times are composition times.
    #[serde(default, skip_serializing_if = "is_default")]
    pub gain_db: Animated<f64>,
    /// Pan: -1 left … 0 centre … 1 right; added to the clip's.
    #[serde(default, skip_serializing_if = "is_default")]
    pub pan: Animated<f64>,
    /// Sound effects and routing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub audio: TrackAudio,
    /// Opacity, 0..=1; multiplies the opacity of every clip.
    #[serde(default = "Animated::one", skip_serializing_if = "Animated::is_one")]
    pub opacity: Animated<f64>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ProjectFields {
    /// The fields of a project.
    pub fn of(project: &Project) -> Self {
        let Project { schema_version: _, media: _, compositions: _, id, name, settings, variables, fonts, main, extra } = project;
        Self {
            id: id.clone(),
            name: name.clone(),
            settings: settings.clone(),
            variables: variables.clone(),
            fonts: fonts.clone(),
            main: main.clone(),
            extra: extra.clone(),
        }
    }

    /// Swaps them with the fields of a project.
    pub(super) fn swap(&mut self, project: &mut Project) -> Result<(), EditError> {
        let Project { schema_version: _, media: _, compositions: _, id, name, settings, variables, fonts, main, extra } = project;
        settable(&self.extra, extra, &["schema_version", "media", "compositions"])?;
        swap(&mut self.id, id);
        swap(&mut self.name, name);
        swap(&mut self.settings, settings);
        swap(&mut self.variables, variables);
        swap(&mut self.fonts, fonts);
        swap(&mut self.main, main);
        swap(&mut self.extra, extra);
        Ok(())
    }
}

impl CompositionFields {
    /// The fields of a composition.
    pub fn of(composition: &Composition) -> Self {
        let Composition {
            id: _,
            tracks: _,
            name,
            size,
            frame_rate,
            sample_rate_hz,
            channels,
            duration,
            background,
            blend_space,
            color,
            motion_blur,
            audio,
            markers,
            split,
            extra,
        } = composition;
        Self {
            name: name.clone(),
            size: *size,
            frame_rate: *frame_rate,
            sample_rate_hz: *sample_rate_hz,
            channels: *channels,
            duration: *duration,
            background: *background,
            blend_space: *blend_space,
            color: color.clone(),
            motion_blur: motion_blur.clone(),
            audio: audio.clone(),
            markers: markers.clone(),
            split: split.clone(),
            extra: extra.clone(),
        }
    }

    /// Swaps them with the fields of a composition.
    pub(super) fn swap(&mut self, composition: &mut Composition) -> Result<(), EditError> {
        let Composition {
            id: _,
            tracks: _,
            name,
            size,
            frame_rate,
            sample_rate_hz,
            channels,
            duration,
            background,
            blend_space,
            color,
            motion_blur,
            audio,
            markers,
            split,
            extra,
        } = composition;
        settable(&self.extra, extra, &["id", "tracks"])?;
        swap(&mut self.name, name);
        swap(&mut self.size, size);
        swap(&mut self.frame_rate, frame_rate);
        swap(&mut self.sample_rate_hz, sample_rate_hz);
        swap(&mut self.channels, channels);
        swap(&mut self.duration, duration);
        swap(&mut self.background, background);
        swap(&mut self.blend_space, blend_space);
        swap(&mut self.color, color);
        swap(&mut self.motion_blur, motion_blur);
        swap(&mut self.audio, audio);
        swap(&mut self.markers, markers);
        swap(&mut self.split, split);
        swap(&mut self.extra, extra);
        Ok(())
    }
}

impl TrackFields {
    /// The fields of a track.
    pub fn of(track: &Track) -> Self {
        let Track {
            id: _,
            clips: _,
            transitions: _,
            name,
            kind,
            enabled,
            muted,
            solo,
            matte_only,
            locked,
            gain_db,
            pan,
            audio,
            opacity,
            extra,
        } = track;
        Self {
            name: name.clone(),
            kind: *kind,
            enabled: *enabled,
            muted: *muted,
            solo: *solo,
            matte_only: *matte_only,
            locked: *locked,
            gain_db: gain_db.clone(),
            pan: pan.clone(),
            audio: audio.clone(),
            opacity: opacity.clone(),
            extra: extra.clone(),
        }
    }

    /// Swaps them with the fields of a track.
    pub(super) fn swap(&mut self, track: &mut Track) -> Result<(), EditError> {
        let Track {
            id: _,
            clips: _,
            transitions: _,
            name,
            kind,
            enabled,
            muted,
            solo,
            matte_only,
            locked,
            gain_db,
            pan,
            audio,
            opacity,
            extra,
        } = track;
        settable(&self.extra, extra, &["id", "clips", "transitions"])?;
        swap(&mut self.name, name);
        swap(&mut self.kind, kind);
        swap(&mut self.enabled, enabled);
        swap(&mut self.muted, muted);
        swap(&mut self.solo, solo);
        swap(&mut self.matte_only, matte_only);
        swap(&mut self.locked, locked);
        swap(&mut self.gain_db, gain_db);
        swap(&mut self.pan, pan);
        swap(&mut self.audio, audio);
        swap(&mut self.opacity, opacity);
        swap(&mut self.extra, extra);
        Ok(())
    }
}

/// Checks that no unknown field, old or new, has the name of a field that cannot be set.
fn settable(new: &Extra, old: &Extra, others: &[&str]) -> Result<(), EditError> {
    match new.keys().chain(old.keys()).find(|name| others.contains(&name.as_str())) {
        Some(name) => Err(EditError::NotSettable { field: name.clone() }),
        None => Ok(()),
    }
}

impl Composition {
    /// The composition without its tracks, which may be many.
    pub fn without_tracks(&self) -> Self {
        let mut copy = Self::new(self.id.as_str(), self.size, self.frame_rate);
        match CompositionFields::of(self).swap(&mut copy) {
            Ok(()) => copy,
            // Unknown fields with the name of a list.
            Err(_) => Self { tracks: Vec::new(), ..self.clone() },
        }
    }
}

impl Track {
    /// The track without its clips and transitions, which may be many.
    pub fn without_clips(&self) -> Self {
        let mut copy = Self::new(self.id.as_str(), self.kind);
        match TrackFields::of(self).swap(&mut copy) {
            Ok(()) => copy,
            Err(_) => Self { clips: SharedList::new(), transitions: SharedList::new(), ..self.clone() },
        }
    }
}
