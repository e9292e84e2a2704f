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

/// One of nine points of the canvas where a clip's picture may lie: its corners, the middles of its
/// sides, its centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    /// The upper left corner.
    TopLeft,
    /// The middle of the upper side.
    Top,
    /// The upper right corner.
    TopRight,
    /// The middle of the left side.
    Left,
    /// The centre.
    Center,
    /// The middle of the right side.
    Right,
    /// The lower left corner.
    BottomLeft,
    /// The middle of the lower side.
    Bottom,
    /// The lower right corner.
    BottomRight,
}

impl Align {
    /// All points, by rows from the top left.
    pub const ALL: [Self; 9] = [
        Self::TopLeft,
        Self::Top,
        Self::TopRight,
        Self::Left,
        Self::Center,
        Self::Right,
        Self::BottomLeft,
        Self::Bottom,
        Self::BottomRight,
    ];

    /// Right and down: -1 at the left or upper side, 0 in the middle, 1 at the right or lower side.
    pub fn sides(self) -> [i8; 2] {
        match self {
            Self::TopLeft => [-1, -1],
            Self::Top => [0, -1],
            Self::TopRight => [1, -1],
            Self::Left => [-1, 0],
            Self::Center => [0, 0],
            Self::Right => [1, 0],
            Self::BottomLeft => [-1, 1],
            Self::Bottom => [0, 1],
            Self::BottomRight => [1, 1],
        }
    }
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
    /// (1 − cos(x·π)) / 2, an S: slow at both ends; a cross-fade of two keeps the sum constant.
    S,
    /// (10^(3·(x − 1)) − 10^−3) / (1 − 10^−3): even steps in decibels over 60 dB, which ends in
    /// silence.
    Logarithmic,
}
