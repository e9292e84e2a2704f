//! What a split screen was made from, as a composition keeps it.
use crate::Color;
use cutroom_types::{Fit, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a split screen was made from; kept in the composition for changes between layouts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitStyle {
    /// The layout that is shown last, as it is written for `cutroom split`.
    pub layout: String,
    /// Distance between cells in canvas pixels, 0..=2000.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub gap_px: u32,
    /// Distance between the cells and the edges of the canvas in canvas pixels, 0..=2000.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub margin_px: u32,
    /// Radius of the cells' corners in canvas pixels, 0..=2000.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub radius_px: f64,
    /// Width of the line along the inside of the cells' edges in canvas pixels, 0..=2000; 0: none.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub border_px: f64,
    /// Colour of that line.
    #[serde(default = "white", skip_serializing_if = "is_white")]
    pub border_color: Color,
    /// How each clip lies in its cell, in the order of the cells.
    #[serde(default)]
    pub cells: Vec<CellFit>,
}

/// How a picture lies in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CellFit {
    /// `contain` shows the whole picture, everything else fills the cell.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub fit: Fit,
    /// The point of the picture, as fractions of its width and height, that comes as near to the
    /// middle of the cell as the picture's edges allow.
    #[serde(default = "middle", skip_serializing_if = "is_middle")]
    pub focus: [f64; 2],
    /// Upright size of the picture in square pixels. Absent: the picture fills the canvas, and the
    /// cell shows the part at its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
}

fn white() -> Color {
    Color([1.0; 4])
}

fn is_white(color: &Color) -> bool {
    *color == white()
}

fn middle() -> [f64; 2] {
    [0.5; 2]
}

fn is_middle(point: &[f64; 2]) -> bool {
    *point == middle()
}
