//! Shapes as the picture of a clip.
use crate::{Animated, Extra, Paint, Shadow, Stroke, is_default};
use cutroom_types::{BezierPath, MaskMode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Shapes, drawn at their own size in the middle of the canvas; the clip's transform places them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShapeSource {
    /// Size of the box whose middle is the origin of all coordinates, in canvas pixels. Absent: the
    /// canvas. Shapes may reach beyond it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_px: Option<[f64; 2]>,
    /// From bottom to top.
    pub shapes: Vec<Shape>,
    /// Shadows and glows, the first at the bottom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shadows: Vec<Shadow>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A filled and outlined shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Its outline; several are combined in order.
    pub outlines: Vec<CombinedOutline>,
    /// What its inside is filled with.
    #[serde(default = "white", skip_serializing_if = "is_white")]
    pub fill: Paint,
    /// Outlines, the first on top.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strokes: Vec<Stroke>,
    /// Part of its length that is outlined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trim: Option<Trim>,
    /// Radius by which corners between straight lines are rounded, in canvas pixels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub round_px: Animated<f64>,
    /// Opacity, 0..=1.
    #[serde(default = "Animated::one", skip_serializing_if = "Animated::is_one")]
    pub opacity: Animated<f64>,
    /// Copies of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copies: Option<Copies>,
}

/// An outline and how it joins those before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CombinedOutline {
    /// How it is combined with the outlines before it; ignored for the first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mode: MaskMode,
    /// The outline.
    #[serde(flatten)]
    pub outline: Outline,
}

/// An outline. Positions and lengths are canvas pixels; positions count from the middle of the
/// box, +y down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outline {
    /// A rectangle.
    Rectangle {
        /// Its middle.
        #[serde(default, skip_serializing_if = "is_default")]
        center: Animated<[f64; 2]>,
        /// Width and height.
        size: Animated<[f64; 2]>,
        /// Radius of its corners.
        #[serde(default, skip_serializing_if = "is_default")]
        radius: Animated<f64>,
        /// Clockwise rotation about its middle.
        #[serde(default, skip_serializing_if = "is_default")]
        rotation_degrees: Animated<f64>,
    },
    /// An ellipse.
    Ellipse {
        /// Its middle.
        #[serde(default, skip_serializing_if = "is_default")]
        center: Animated<[f64; 2]>,
        /// Width and height.
        size: Animated<[f64; 2]>,
        /// Clockwise rotation about its middle.
        #[serde(default, skip_serializing_if = "is_default")]
        rotation_degrees: Animated<f64>,
    },
    /// A regular polygon.
    Polygon {
        /// Its middle.
        #[serde(default, skip_serializing_if = "is_default")]
        center: Animated<[f64; 2]>,
        /// Number of corners, 3..=1000.
        sides: u32,
        /// Distance of the corners from the middle.
        radius: Animated<f64>,
        /// Clockwise rotation; at 0 a corner is at the top.
        #[serde(default, skip_serializing_if = "is_default")]
        rotation_degrees: Animated<f64>,
    },
    /// A star.
    Star {
        /// Its middle.
        #[serde(default, skip_serializing_if = "is_default")]
        center: Animated<[f64; 2]>,
        /// Number of points, 3..=500.
        points: u32,
        /// Distance of the points from the middle.
        radius: Animated<f64>,
        /// Distance of the corners between the points.
        inner_radius: Animated<f64>,
        /// Clockwise rotation; at 0 a point is at the top.
        #[serde(default, skip_serializing_if = "is_default")]
        rotation_degrees: Animated<f64>,
    },
    /// A straight line; only its strokes are visible.
    Line {
        /// Start.
        from: Animated<[f64; 2]>,
        /// End.
        to: Animated<[f64; 2]>,
    },
    /// An arrow.
    Arrow {
        /// Start.
        from: Animated<[f64; 2]>,
        /// Tip.
        to: Animated<[f64; 2]>,
        /// Width of its shaft.
        width: Animated<f64>,
        /// Length and width of its head.
        head: Animated<[f64; 2]>,
        /// Whether it has a head at the start, too.
        #[serde(default, skip_serializing_if = "is_default")]
        both: bool,
    },
    /// Bezier curves.
    Path {
        /// Two or more vertices.
        path: Animated<BezierPath>,
        /// Whether the last vertex is not connected to the first.
        #[serde(default, skip_serializing_if = "is_default")]
        open: bool,
    },
}

/// Part of the length of each outline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trim {
    /// Start, 0..=1.
    #[serde(default, skip_serializing_if = "is_default")]
    pub start: Animated<f64>,
    /// End, 0..=1.
    #[serde(default = "Animated::one", skip_serializing_if = "Animated::is_one")]
    pub end: Animated<f64>,
    /// Added to both, in turns of the outline.
    #[serde(default, skip_serializing_if = "is_default")]
    pub offset: Animated<f64>,
}

/// Copies of a shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Copies {
    /// Where they stand.
    pub arrangement: Arrangement,
    /// Rotation from one copy to the next, clockwise.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rotation_degrees: Animated<f64>,
    /// Factor of the size from one copy to the next.
    #[serde(default = "Animated::one", skip_serializing_if = "Animated::is_one")]
    pub scale: Animated<f64>,
    /// Factor of the opacity from one copy to the next.
    #[serde(default = "Animated::one", skip_serializing_if = "Animated::is_one")]
    pub opacity: Animated<f64>,
}

/// Where copies stand; up to 10 000 of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Arrangement {
    /// In a row.
    Line {
        /// Number of copies.
        count: u32,
        /// Offset from one to the next.
        offset: Animated<[f64; 2]>,
    },
    /// In columns and rows around the shape's place.
    Grid {
        /// Number of columns.
        columns: u32,
        /// Number of rows.
        rows: u32,
        /// Distance between columns and between rows.
        spacing: Animated<[f64; 2]>,
    },
    /// In a circle around the middle of the box.
    Circle {
        /// Number of copies.
        count: u32,
        /// Radius.
        radius: Animated<f64>,
        /// Direction of the first, clockwise from the top.
        #[serde(default, skip_serializing_if = "is_default")]
        start_degrees: Animated<f64>,
        /// Angle that they share.
        #[serde(default = "full_turn", skip_serializing_if = "is_full_turn")]
        sweep_degrees: Animated<f64>,
        /// Whether they are turned with their direction.
        #[serde(default, skip_serializing_if = "is_default")]
        turned: bool,
    },
    /// Along a path, at equal distances.
    Path {
        /// Number of copies.
        count: u32,
        /// The path.
        path: Animated<BezierPath>,
        /// Whether the last vertex is connected to the first.
        #[serde(default, skip_serializing_if = "is_default")]
        closed: bool,
        /// Whether they are turned with the path.
        #[serde(default, skip_serializing_if = "is_default")]
        turned: bool,
    },
}

fn white() -> Paint {
    Paint::solid([1.0; 4])
}

fn is_white(v: &Paint) -> bool {
    *v == white()
}

fn full_turn() -> Animated<f64> {
    Animated::Constant(360.0)
}

fn is_full_turn(v: &Animated<f64>) -> bool {
    *v == full_turn()
}
