//! Interlacing as the document asks for it and readers carry it out.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which frames of a file are deinterlaced (bwdif, one frame per frame).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deinterlace {
    /// Those that the file flags as interlaced.
    #[default]
    Auto,
    /// None: both fields stay woven.
    Off,
    /// All, for files whose flags are wrong.
    On,
}

/// Which field of an interlaced frame is the earlier one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldOrder {
    /// As each frame says; the top one of frames that say nothing.
    #[default]
    Auto,
    /// The lines 0, 2, 4 …
    Top,
    /// The lines 1, 3, 5 …
    Bottom,
}
