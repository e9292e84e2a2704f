//! Settings for interlaced media, shared by the project document and the media readers.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which frames of a file are deinterlaced (by bwdif, one output frame per input frame).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deinterlace {
    /// Frames that the file flags as interlaced.
    #[default]
    Auto,
    /// No frames: both interlaced fields stay woven.
    Off,
    /// All frames, for files whose flags are wrong.
    On,
}

/// Which interlaced field of a frame is the earlier one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldOrder {
    /// As each frame states; the top field for frames that do not state it.
    #[default]
    Auto,
    /// The top field: rows 0, 2, 4, …
    Top,
    /// The bottom field: rows 1, 3, 5, …
    Bottom,
}
