//! What text and shapes are filled and outlined with.
use crate::{Animatable, Animated, is_default};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use std::borrow::Cow;

/// A colour: straight RGBA, display-encoded, 0..=1; also read as `"#rrggbb"` or `"#rrggbbaa"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Color(pub [f64; 4]);

impl<'de> Deserialize<'de> for Color {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        crate::color::deserialize(d).map(Self)
    }
}

impl JsonSchema for Color {
    fn schema_name() -> Cow<'static, str> {
        "Color".into()
    }

    fn json_schema(g: &mut schemars::SchemaGenerator) -> schemars::Schema {
        crate::color::schema(g)
    }
}

impl Animatable for Color {
    fn components(&self) -> Option<([f64; 4], usize)> {
        Some((self.0, 4))
    }

    fn with_components(&self, l: [f64; 4]) -> Self {
        Self(l)
    }
}

/// What an area is filled with. In the file a colour (or keyframes of it), an object with a
/// `gradient`, or `"none"`.
#[derive(Clone, Debug, PartialEq)]
pub enum Paint {
    /// Nothing.
    None,
    /// A colour.
    Color(Animated<Color>),
    /// A gradient.
    Gradient(Box<Gradient>),
}

/// A gradient over the box of the text or shape that it fills. Positions are fractions of that box:
/// (0, 0) is its top left corner, (1, 1) its bottom right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gradient {
    /// Its geometry.
    pub gradient: GradientKind,
    /// Of a linear gradient: position of the first stop.
    #[serde(default = "top_middle", skip_serializing_if = "is_top_middle")]
    pub from: Animated<[f64; 2]>,
    /// Of a linear gradient: position of the last stop.
    #[serde(default = "bottom_middle", skip_serializing_if = "is_bottom_middle")]
    pub to: Animated<[f64; 2]>,
    /// Of the others: the centre.
    #[serde(default = "middle", skip_serializing_if = "is_middle")]
    pub center: Animated<[f64; 2]>,
    /// Of a radial gradient: distance of the last stop, as a fraction of the box.
    #[serde(default = "half", skip_serializing_if = "is_half")]
    pub radius: Animated<f64>,
    /// Of a conic gradient: direction of the first stop, clockwise from the right.
    #[serde(default, skip_serializing_if = "is_default")]
    pub angle_degrees: Animated<f64>,
    /// Two or more colours.
    pub stops: Vec<GradientStop>,
}

/// Geometry of a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GradientKind {
    /// Along a line, by default from the top to the bottom.
    Linear,
    /// In circles around a centre.
    Radial,
    /// Around a centre.
    Conic,
}

/// A colour of a gradient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GradientStop {
    /// Position, 0..=1, not before the stop before.
    pub at: f64,
    /// The colour.
    pub color: Animated<Color>,
}

/// An outline of letters or shapes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stroke {
    /// What it is filled with.
    #[serde(default = "black", skip_serializing_if = "is_black")]
    pub paint: Paint,
    /// Visible width in canvas pixels, 0..=1000.
    pub width_px: Animated<f64>,
    /// Position relative to the edge.
    #[serde(default, skip_serializing_if = "is_default")]
    pub position: StrokePosition,
    /// Form of corners.
    #[serde(default, skip_serializing_if = "is_default")]
    pub join: StrokeJoin,
    /// Form of ends.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cap: StrokeCap,
    /// Lengths of dashes and gaps in turn, in canvas pixels; empty: solid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dashes_px: Vec<f64>,
    /// Distance into the dashes at which the outline begins, in canvas pixels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dash_offset_px: Animated<f64>,
}

macro_rules! choice { ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident),* $(,)? }) => {
    $(#[$doc])*
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    pub enum $name { $($(#[$item_doc])* $item),* }
} }
pub(crate) use choice;

choice! {
    /// Position of an outline relative to the edge.
    StrokePosition {
        /// Half inside, half outside, above the fill.
        #[default]
        Center,
        /// Outside, below the fill.
        Outside,
        /// Inside, above the fill.
        Inside,
    }
}
choice! {
    /// Form of the corners of an outline.
    StrokeJoin {
        /// Round.
        #[default]
        Round,
        /// Pointed, up to four times the width.
        Miter,
        /// Cut off.
        Bevel,
    }
}
choice! {
    /// Form of the ends of an outline.
    StrokeCap {
        /// Ends at the end point.
        #[default]
        Butt,
        /// A half circle beyond it.
        Round,
        /// Half a square beyond it.
        Square,
    }
}

/// A blurred and moved copy of text or shapes below them; without an offset it is a glow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shadow {
    /// Its colour.
    #[serde(default = "shade", skip_serializing_if = "is_shade")]
    pub color: Animated<Color>,
    /// Offset in canvas pixels, +y down.
    #[serde(default, skip_serializing_if = "is_default")]
    pub offset_px: Animated<[f64; 2]>,
    /// Radius of its blur in canvas pixels, 0..=500: twice the standard deviation, as in CSS.
    #[serde(default, skip_serializing_if = "is_default")]
    pub blur_px: Animated<f64>,
    /// Distance by which it is larger, in canvas pixels, 0..=500.
    #[serde(default, skip_serializing_if = "is_default")]
    pub spread_px: Animated<f64>,
}

impl Paint {
    /// A constant colour.
    pub fn solid(color: [f64; 4]) -> Self {
        Self::Color(Animated::Constant(Color(color)))
    }
}

impl Serialize for Paint {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => s.serialize_str("none"),
            Self::Color(c) => c.serialize(s),
            Self::Gradient(g) => g.serialize(s),
        }
    }
}

impl<'de> Deserialize<'de> for Paint {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(d)?;
        match &value {
            Value::String(s) if s == "none" => Ok(Self::None),
            Value::Object(o) if o.contains_key("keyframes") => crate::deserialize_part(value).map(Self::Color),
            Value::Object(o) if o.contains_key("gradient") => crate::deserialize_part(value).map(|g| Self::Gradient(Box::new(g))),
            Value::Object(_) => Err(de::Error::custom(
                "a fill is a colour such as \"#ffcc00\", keyframes of it, \"none\", or {\"gradient\": \"linear\", \"stops\": […]}",
            )),
            _ => crate::deserialize_part(value).map(Self::Color),
        }
    }
}

impl JsonSchema for Paint {
    fn schema_name() -> Cow<'static, str> {
        "Paint".into()
    }

    fn json_schema(g: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let color = g.subschema_for::<Animated<Color>>();
        let gradient = g.subschema_for::<Gradient>();
        schemars::json_schema!({
            "description": "A colour (or keyframes of it), a gradient, or \"none\"",
            "anyOf": [{ "const": "none" }, color, gradient]
        })
    }
}

fn top_middle() -> Animated<[f64; 2]> {
    Animated::Constant([0.5, 0.0])
}

fn is_top_middle(v: &Animated<[f64; 2]>) -> bool {
    *v == top_middle()
}

fn bottom_middle() -> Animated<[f64; 2]> {
    Animated::Constant([0.5, 1.0])
}

fn is_bottom_middle(v: &Animated<[f64; 2]>) -> bool {
    *v == bottom_middle()
}

fn middle() -> Animated<[f64; 2]> {
    Animated::Constant([0.5; 2])
}

fn is_middle(v: &Animated<[f64; 2]>) -> bool {
    *v == middle()
}

fn half() -> Animated<f64> {
    Animated::Constant(0.5)
}

fn is_half(v: &Animated<f64>) -> bool {
    *v == half()
}

fn black() -> Paint {
    Paint::solid([0.0, 0.0, 0.0, 1.0])
}

fn is_black(v: &Paint) -> bool {
    *v == black()
}

fn shade() -> Animated<Color> {
    Animated::Constant(Color([0.0, 0.0, 0.0, 0.75]))
}

fn is_shade(v: &Animated<Color>) -> bool {
    *v == shade()
}
