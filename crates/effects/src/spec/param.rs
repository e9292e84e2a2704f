//! Parameter tables: each parameter of an entry with its kind, default, range and unit.
use crate::curve;
use cutroom_types::ParamValue;
use std::fmt;

/// A parameter of a catalogue entry.
#[derive(Clone, Copy, Debug)]
pub struct ParamSpec {
    /// Stable id, as in project files.
    pub id: &'static str,
    /// Display name.
    pub name: &'static str,
    /// Kind, default and range.
    pub kind: ParamKind,
    /// Unit of a number; [`Unit::None`] for other kinds.
    pub unit: Unit,
}

impl ParamSpec {
    /// Creates an animatable number.
    pub const fn number(id: &'static str, name: &'static str, default: f64, min: f64, max: f64, unit: Unit) -> Self {
        Self { id, name, kind: ParamKind::number(default, min, max), unit }
    }

    /// Creates a number that cannot be keyframed.
    pub const fn quality(id: &'static str, name: &'static str, default: f64, min: f64, max: f64) -> Self {
        Self { id, name, kind: ParamKind::Number { default, min, max, animatable: false }, unit: Unit::None }
    }

    /// Creates a number with a unit that cannot be keyframed.
    pub const fn fixed(id: &'static str, name: &'static str, default: f64, min: f64, max: f64, unit: Unit) -> Self {
        Self { id, name, kind: ParamKind::Number { default, min, max, animatable: false }, unit }
    }

    /// Creates a switch.
    pub const fn switch(id: &'static str, name: &'static str, default: bool) -> Self {
        Self { id, name, kind: ParamKind::Bool { default }, unit: Unit::None }
    }

    /// Creates a colour.
    pub const fn color(id: &'static str, name: &'static str, default: [f64; 4]) -> Self {
        Self { id, name, kind: ParamKind::Color { default }, unit: Unit::None }
    }

    /// Creates a choice from a closed set of names.
    pub const fn choice(id: &'static str, name: &'static str, default: &'static str, options: &'static [&'static str]) -> Self {
        Self { id, name, kind: ParamKind::Choice { default, options }, unit: Unit::None }
    }

    /// Creates a reference to a picture among the project's media.
    pub const fn media(id: &'static str, name: &'static str) -> Self {
        Self { id, name, kind: ParamKind::Media, unit: Unit::None }
    }

    /// Creates a reference to a sound to follow.
    pub const fn key(id: &'static str, name: &'static str) -> Self {
        Self { id, name, kind: ParamKind::Key, unit: Unit::None }
    }

    /// Creates a reference to another video track.
    pub const fn track(id: &'static str, name: &'static str) -> Self {
        Self { id, name, kind: ParamKind::Track, unit: Unit::None }
    }
}

/// Kind, default and range of a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParamKind {
    /// A number within `min..=max`; values outside are rejected.
    Number {
        /// Default value.
        default: f64,
        /// Smallest allowed value.
        min: f64,
        /// Largest allowed value.
        max: f64,
        /// Whether it may be keyframed (quality settings may not).
        animatable: bool,
    },
    /// On or off.
    Bool {
        /// Default value.
        default: bool,
    },
    /// Straight RGBA, display-encoded, 0..=1.
    Color {
        /// Default value.
        default: [f64; 4],
    },
    /// A file; the path is relative to the project's folder unless it is absolute. Empty by
    /// default.
    File {
        /// Accepted extensions, in lower case, without the dot.
        extensions: &'static [&'static str],
    },
    /// The id of a media of the project that has a picture. Required; cannot be keyframed.
    Media,
    /// The id of another video track of the composition. Required; cannot be keyframed.
    Track,
    /// The id of a track or sound bus of the composition whose sound an effect follows; empty, as by
    /// default, for the sound that the effect receives. Cannot be keyframed.
    Key,
    /// A curve as text: points `x,y` within 0..=1, by rising x. Cannot be keyframed.
    Curve {
        /// Default value.
        default: &'static str,
    },
    /// One of a closed set of names.
    Choice {
        /// Default value.
        default: &'static str,
        /// Every allowed value.
        options: &'static [&'static str],
    },
}

impl ParamKind {
    /// Creates an animatable number.
    pub const fn number(default: f64, min: f64, max: f64) -> Self {
        Self::Number { default, min, max, animatable: true }
    }

    /// Returns the default as a value.
    pub fn default_value(&self) -> ParamValue {
        match *self {
            Self::Number { default, .. } => ParamValue::Number(default),
            Self::Bool { default } => ParamValue::Bool(default),
            Self::Color { default } => ParamValue::Color(default),
            Self::Choice { default, .. } | Self::Curve { default } => ParamValue::Text(default.into()),
            Self::File { .. } | Self::Media | Self::Track | Self::Key => ParamValue::Text("".into()),
        }
    }

    /// Whether the value refers to a part of the project, which is looked up when planning.
    pub fn is_reference(&self) -> bool {
        matches!(self, Self::Media | Self::Track | Self::Key)
    }

    /// Returns why `value` is not allowed, or `None` if it is. Does not check whether a referenced
    /// media or track exists.
    pub fn problem(&self, value: &ParamValue) -> Option<String> {
        match (self, value) {
            (Self::Number { min, max, .. }, ParamValue::Number(v)) => {
                (!(v >= min && v <= max)).then(|| format!("{v} is outside {min}..={max}"))
            }
            (Self::Bool { .. }, ParamValue::Bool(_)) => None,
            (Self::Color { .. }, ParamValue::Color(v)) => {
                (!v.iter().all(|x| (0.0..=1.0).contains(x))).then(|| "colour components must be within 0..=1".into())
            }
            (Self::Choice { options, .. }, ParamValue::Text(v)) => {
                (!options.contains(&&**v)).then(|| format!("\"{v}\" is not one of {}", options.join(", ")))
            }
            (Self::File { extensions }, ParamValue::Text(v)) => {
                let ending = v.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
                let known = v.is_empty() || extensions.contains(&ending.as_str());
                (!known).then(|| format!("\"{v}\" is not a .{} file", extensions.join(" or .")))
            }
            (Self::Curve { .. }, ParamValue::Text(v)) => curve::parse(v).err(),
            (Self::Media | Self::Track | Self::Key, ParamValue::Text(_)) => None,
            (Self::Media, _) => Some("the id of a media is needed".into()),
            (Self::Track, _) => Some("the id of a track is needed".into()),
            (Self::Key, _) => Some("the id of a track or bus is needed".into()),
            (Self::File { .. }, _) => Some("a path is needed".into()),
            (Self::Curve { .. }, _) => Some("a curve is needed, written as \"0,0 1,1\"".into()),
            (Self::Number { .. }, _) => Some("a number is needed".into()),
            (Self::Bool { .. }, _) => Some("true or false is needed".into()),
            (Self::Color { .. }, _) => Some("a colour [r, g, b, a] is needed".into()),
            (Self::Choice { options, .. }, _) => Some(format!("one of {} is needed", options.join(", "))),
        }
    }
}

/// The unit of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A plain factor, fraction or count.
    None,
    /// Pixels of the canvas on which the layer lies, a length on the fitted picture: it grows and
    /// shrinks with the layer's own scale. Lowering converts it, so that an entry's functions
    /// receive pixels of the layer's raster, which may be outside the parameter's range.
    CanvasPx,
    /// Cells of a pattern.
    Cells,
    /// Full turns.
    Turns,
    /// Radians; 2π are a full turn.
    Radians,
    /// Degrees; 360 are a full turn.
    Degrees,
    /// Photographic stops: each doubles the light.
    Stops,
    /// Kelvin of colour temperature.
    Kelvin,
    /// Seconds.
    Secs,
    /// Frames per second.
    FramesPerSec,
    /// Decibels.
    Decibels,
    /// Hertz.
    Hertz,
    /// Milliseconds.
    Millis,
    /// Semitones; 12 are an octave.
    Semitones,
    /// Hundredths.
    Percent,
    /// Loudness units relative to full scale (ITU-R BS.1770).
    Lufs,
}

impl Unit {
    /// Returns the unit's symbol as the catalogue prints it; empty for [`Self::None`].
    pub const fn text(self) -> &'static str {
        match self {
            Self::None => "",
            Self::CanvasPx => "canvas px",
            Self::Cells => "cells",
            Self::Turns => "turns",
            Self::Radians => "radians",
            Self::Degrees => "degrees",
            Self::Stops => "stops",
            Self::Kelvin => "K",
            Self::Secs => "s",
            Self::FramesPerSec => "frames/s",
            Self::Decibels => "dB",
            Self::Hertz => "Hz",
            Self::Millis => "ms",
            Self::Semitones => "semitones",
            Self::Percent => "%",
            Self::Lufs => "LUFS",
        }
    }

    /// Returns the size of a full turn in this unit, if it is a unit of angles.
    pub const fn whole_turn(self) -> Option<f64> {
        match self {
            Self::Turns => Some(1.0),
            Self::Radians => Some(std::f64::consts::TAU),
            Self::Degrees => Some(360.0),
            _ => None,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// Returns the default of every parameter of a table, in its order.
pub fn defaults(table: &[ParamSpec]) -> Vec<ParamValue> {
    table.iter().map(|p| p.kind.default_value()).collect()
}
