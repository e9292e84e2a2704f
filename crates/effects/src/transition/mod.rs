//! Transitions, one file per kind. Kernels mix premultiplied pictures over the whole canvas.
pub mod crossfade;
pub mod dip;
pub mod wipe;

use crate::spec::{ParamKind, ParamSpec};

/// Whether the sound cross-fades too; read when planning sound.
pub const INCLUDE_AUDIO: ParamSpec =
    ParamSpec { id: "includeAudio", name: "Include audio", kind: ParamKind::Bool { default: true }, unit: "" };
