//! How layers, masks and fades are joined: words that the document, plans and the machines that
//! carry them out share.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where layers are blended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlendSpace {
    /// Linear light.
    #[default]
    Linear,
    /// Display-encoded values of the composition's transfer function, as MLT and most predecessors
    /// do.
    Gamma,
}

/// How the upright, square-pixel content's size meets the canvas before scaling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// As large as fits inside, aspect kept.
    #[default]
    Contain,
    /// As small as covers, aspect kept.
    Cover,
    /// Stretched to the canvas.
    Stretch,
    /// One source pixel is one canvas pixel.
    Native,
}

/// How a mask joins the coverage `c` of the masks before it with its own `m`. Before the first mask
/// `c` is 0, or 1 when the first one subtracts or intersects.
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

/// Gain of a fade over x = 0..1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FadeCurve {
    /// x.
    #[default]
    Linear,
    /// sin(x·π/2): two of them crossing keep the power constant.
    ConstantPower,
}
