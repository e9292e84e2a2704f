//! How layers, masks and fades are combined: enums shared by the project document, plans, rendering
//! and mixing.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Encoding in which layers are blended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlendSpace {
    /// Linear light.
    #[default]
    Linear,
    /// Values encoded with the composition's transfer function, as in MLT and most earlier editors.
    Gamma,
}

/// How the content (upright, with square pixels) is fitted to the canvas before it is scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// As large as fits inside the canvas, keeping the aspect ratio.
    #[default]
    Contain,
    /// As small as covers the canvas, keeping the aspect ratio.
    Cover,
    /// Stretched to the canvas in both directions.
    Stretch,
    /// One source pixel is one canvas pixel.
    Native,
}

/// How a mask with coverage `m` is combined with the coverage `c` of the masks before it. Before
/// the first mask `c` is 0, or 1 if the first mask subtracts or intersects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaskMode {
    /// c + m − c·m
    #[default]
    Add,
    /// c·(1 − m)
    Subtract,
    /// c·m
    Intersect,
    /// c + m − 2·c·m
    Difference,
}

/// Gain of a fade at its progress x, 0..=1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FadeCurve {
    /// x.
    #[default]
    Linear,
    /// sin(x·π/2): a cross-fade of two keeps the power constant.
    ConstantPower,
}
