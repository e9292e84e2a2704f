//! What is visible of a clip's picture: masks drawn on it, and other tracks as mattes.
use crate::{Animated, Extra, default_true, is_default, is_true};
use cutroom_types::{BezierPath, MaskId, MaskMode, TrackId};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{borrow::Cow, collections::BTreeMap};

/// A mask on a clip. Masks are combined in order into one coverage, which multiplies the clip's
/// alpha.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Mask {
    /// Unique in the project.
    pub id: MaskId,
    /// Title.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: String,
    /// `false`: the mask is ignored.
    #[serde(default = "default_true", skip_serializing_if = "is_true")]
    pub enabled: bool,
    /// The outline.
    pub shape: MaskShape,
    /// How it is combined with the masks before it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mode: MaskMode,
    /// Whether the outside of the outline is covered instead of the inside.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inverted: bool,
    /// Opacity, 0..=1; multiplies the coverage of the mask.
    #[serde(default = "Animated::one", skip_serializing_if = "Animated::is_one")]
    pub opacity: Animated<f64>,
    /// Width of the soft edge in canvas pixels, measured on the fitted picture before its own scale,
    /// 0..=20000; half of it is on each side of the outline.
    #[serde(default, skip_serializing_if = "is_default")]
    pub feather_px: Animated<f64>,
    /// Widths of the soft edge along single curves, instead of `feather_px`. A key names the two
    /// vertices of a curve, such as `"0->1"`; the sides of a rectangle are numbered clockwise from
    /// the upper one. Not for ellipses, nor for paths whose keyframes differ in the number of
    /// vertices.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub edge_feather_px: BTreeMap<String, Animated<f64>>,
    /// Distance by which the outline moves outwards, or inwards if negative; canvas pixels like
    /// `feather_px`, -20000..=20000.
    #[serde(default, skip_serializing_if = "is_default")]
    pub expansion_px: Animated<f64>,
    /// Offset of the whole mask, as fractions of the picture's width and height.
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
    /// A rectangle, with square or rounded corners.
    Rectangle(BoxShape),
    /// The ellipse that touches the sides of a box.
    Ellipse(BoxShape),
    /// A closed path of Bezier curves.
    Path(PathShape),
}

/// A rectangle, or the box of an ellipse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BoxShape {
    /// Centre, as fractions of the picture's width and height.
    #[serde(default = "middle", skip_serializing_if = "is_middle")]
    pub center: Animated<[f64; 2]>,
    /// Width and height, as fractions of the picture's.
    #[serde(default = "halves", skip_serializing_if = "is_halves")]
    pub size: Animated<[f64; 2]>,
    /// Clockwise rotation about the centre.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rotation_degrees: Animated<f64>,
    /// Radius of a rectangle's corners in canvas pixels, measured on the fitted picture before its
    /// own scale; limited to half a side. Ignored for an ellipse.
    #[serde(default, skip_serializing_if = "is_default")]
    pub corner_radius_px: Animated<f64>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A closed outline. Its inside follows the even-odd rule: points inside an odd number of its loops
/// are inside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PathShape {
    /// At least three vertices; keyframes may differ in their number.
    pub path: Animated<BezierPath>,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Another track of the composition as a matte: the alpha or luma of its picture at the same time
/// multiplies the clip's alpha.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Matte {
    /// Id of a video track, not the clip's own. Where that track has no clip, the matte is
    /// transparent.
    pub track: TrackId,
    /// Channel of the matte that is used.
    #[serde(default, skip_serializing_if = "is_default")]
    pub channel: MatteChannel,
    /// Whether the clip is visible where the matte would hide it, and hidden where it would be
    /// visible.
    #[serde(default, skip_serializing_if = "is_default")]
    pub inverted: bool,
    /// Unknown fields, kept on save.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Channel of a matte that is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatteChannel {
    /// Its alpha.
    #[default]
    Alpha,
    /// Its display-encoded luma over black.
    Luma,
}

/// Whether masks are applied before or after effects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaskOrder {
    /// Effects receive the masked picture: a blur softens the edge of the mask, a shadow follows
    /// it.
    #[default]
    BeforeEffects,
    /// Masks are applied to the result of the effects.
    AfterEffects,
}

impl Mask {
    /// A mask of mode `Add` with a hard edge.
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

/// The index of the start vertex of the curve that a key such as `"2->3"` names, among `count`
/// vertices. `None` if there is no such curve.
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

/// Outline of a mask on the clip's upright picture before placement; (0, 0) is its top left corner,
/// (1, 1) its bottom right.
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
