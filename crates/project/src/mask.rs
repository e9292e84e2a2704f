//! What of a clip's picture is seen: masks drawn on it, and other tracks as mattes.
use crate::{Animated, Extra, default_true, is_default, is_true};
use cutroom_types::{BezierPath, MaskId, MaskMode, TrackId};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{borrow::Cow, collections::BTreeMap};

/// A mask on a clip. Masks are joined in order into one coverage, which multiplies the clip's
/// alpha.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Mask {
    /// Unique in the project.
    pub id: MaskId,
    /// Title.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: String,
    /// `false`: left out.
    #[serde(default = "default_true", skip_serializing_if = "is_true")]
    pub enabled: bool,
    /// Its outline.
    pub shape: MaskShape,
    /// How it joins the masks before it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mode: MaskMode,
    /// Outside counts instead of inside.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inverted: bool,
    /// 0..=1, multiplies its coverage.
    #[serde(default = "Animated::one", skip_serializing_if = "Animated::is_one")]
    pub opacity: Animated<f64>,
    /// Width of the soft edge, half of it on each side of the outline; pixels of the clip's
    /// picture, 0..=5000.
    #[serde(default, skip_serializing_if = "is_default")]
    pub feather_px: Animated<f64>,
    /// Widths of the soft edge along single curves of a path, instead of `feather_px`: by the
    /// curve's two vertices, as `"0->1"`; the sides of a rectangle count clockwise from the upper
    /// one. Not for ellipses, nor for paths whose keyframes differ in the number of vertices.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub edge_feather_px: BTreeMap<String, Animated<f64>>,
    /// Moves the outline outwards, or inwards when negative; pixels of the clip's
    /// picture, -5000..=5000.
    #[serde(default, skip_serializing_if = "is_default")]
    pub expansion_px: Animated<f64>,
    /// Moves the whole mask; fractions of the picture's width and height.
    #[serde(default, skip_serializing_if = "is_default")]
    pub offset: Animated<[f64; 2]>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An outline on the clip's upright picture before placement; (0, 0) is its top left corner, (1, 1)
/// its bottom right. In the file an object whose `type` is `rectangle`, `ellipse` or `path`.
#[derive(Clone, Debug, PartialEq)]
pub enum MaskShape {
    /// With corners that may be round.
    Rectangle(BoxShape),
    /// Touching the sides of its box.
    Ellipse(BoxShape),
    /// Bezier curves.
    Path(PathShape),
}

/// A rectangle, or the box of an ellipse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BoxShape {
    /// Fractions of the picture.
    #[serde(default = "middle", skip_serializing_if = "is_middle")]
    pub center: Animated<[f64; 2]>,
    /// Fractions of the picture.
    #[serde(default = "halves", skip_serializing_if = "is_halves")]
    pub size: Animated<[f64; 2]>,
    /// About its centre, clockwise.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rotation_degrees: Animated<f64>,
    /// Radius of a rectangle's corners in pixels of the picture; at most half a side counts.
    /// Without meaning for an ellipse.
    #[serde(default, skip_serializing_if = "is_default")]
    pub corner_radius_px: Animated<f64>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A closed outline. What lies inside an odd number of its loops is inside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PathShape {
    /// At least three vertices; keyframes may differ in their number.
    pub path: Animated<BezierPath>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Another track of the composition as a matte: its picture at the same time decides what of the
/// clip is seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Matte {
    /// A video track, not the clip's own. Where it has no clip it is transparent.
    pub track: TrackId,
    /// What of it counts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub channel: MatteChannel,
    /// What it hides is seen, and the other way round.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inverted: bool,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What of a matte counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatteChannel {
    /// Its alpha.
    #[default]
    Alpha,
    /// Its display-encoded luma over black.
    Luma,
}

/// When masks are applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaskOrder {
    /// Effects see the masked picture: a blur softens the mask's edge, a shadow falls from it.
    #[default]
    BeforeEffects,
    /// The mask cuts what the effects made.
    AfterEffects,
}

impl Mask {
    /// An added mask with a hard edge.
    pub fn new(id: &str, shape: MaskShape) -> Self {
        Self {
            id: id.into(),
            name: String::new(),
            enabled: true,
            shape,
            mode: MaskMode::Add,
            inverted: false,
            opacity: Animated::one(),
            feather_px: Animated::default(),
            edge_feather_px: BTreeMap::new(),
            expansion_px: Animated::default(),
            offset: Animated::default(),
            extra: Extra::default(),
        }
    }
}

impl Default for BoxShape {
    fn default() -> Self {
        Self {
            center: middle(),
            size: halves(),
            rotation_degrees: Animated::default(),
            corner_radius_px: Animated::default(),
            extra: Extra::default(),
        }
    }
}

/// The start vertex of the curve that a key such as `"2->3"` names, among `count` vertices.
pub fn edge_of_key(key: &str, count: usize) -> Option<usize> {
    let (from, to) = key.split_once("->")?;
    let (from, to): (usize, usize) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
    (from < count && to == (from + 1) % count).then_some(from)
}

fn middle() -> Animated<[f64; 2]> {
    Animated::Constant([0.5; 2])
}

fn is_middle(v: &Animated<[f64; 2]>) -> bool {
    *v == middle()
}

fn halves() -> Animated<[f64; 2]> {
    Animated::Constant([0.5; 2])
}

fn is_halves(v: &Animated<[f64; 2]>) -> bool {
    *v == halves()
}

/// The form of a shape in the file.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ShapeForm<'a> {
    Rectangle(Cow<'a, BoxShape>),
    Ellipse(Cow<'a, BoxShape>),
    Path(Cow<'a, PathShape>),
}

impl Serialize for MaskShape {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Rectangle(b) => ShapeForm::Rectangle(Cow::Borrowed(b)),
            Self::Ellipse(b) => ShapeForm::Ellipse(Cow::Borrowed(b)),
            Self::Path(p) => ShapeForm::Path(Cow::Borrowed(p)),
        }
        .serialize(s)
    }
}

impl<'de> Deserialize<'de> for MaskShape {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let mut fields = Extra::deserialize(d)?;
        let kind =
            fields.shift_remove("type").ok_or_else(|| de::Error::custom("missing field `type`: rectangle, ellipse or path"))?;
        match kind.as_str() {
            Some("rectangle") => crate::deserialize_part(fields.into()).map(Self::Rectangle),
            Some("ellipse") => crate::deserialize_part(fields.into()).map(Self::Ellipse),
            Some("path") => crate::deserialize_part(fields.into()).map(Self::Path),
            _ => Err(de::Error::custom(format!("`type`: unknown mask shape {kind}; known are rectangle, ellipse and path"))),
        }
    }
}

impl JsonSchema for MaskShape {
    fn schema_name() -> Cow<'static, str> {
        "MaskShape".into()
    }

    fn json_schema(g: &mut schemars::SchemaGenerator) -> schemars::Schema {
        ShapeForm::json_schema(g)
    }
}
