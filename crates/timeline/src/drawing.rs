//! Text and shapes of a plan: evaluated, complete, in pixels of the canvas. The crate `drawing`
//! turns them into rasters.
pub use cutroom_project::Ease;
use cutroom_types::{BezierPath, Size};
use std::sync::Arc;

/// A drawn picture at an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Size of the canvas that lengths refer to, in pixels.
    pub canvas: Size,
    /// What is drawn.
    pub content: DrawingContent,
}

/// What a drawing consists of.
#[derive(Clone, Debug, PartialEq)]
pub enum DrawingContent {
    /// A block of text.
    Text(Box<TextBlock>),
    /// Shapes, from bottom to top.
    Shapes(Box<ShapeGroup>),
}

/// Text in runs of one style each.
#[derive(Clone, Debug, PartialEq)]
pub struct TextBlock {
    /// The runs in logical order; line feeds end paragraphs.
    pub runs: Vec<TextRun>,
    /// Arrangement of the lines.
    pub flow: TextFlow,
    /// Boxes behind the text.
    pub background: Option<TextBackground>,
    /// Shadows and glows below all letters, the first at the bottom.
    pub shadows: Vec<Shadow>,
    /// The path whose first line of text follows it, instead of straight lines.
    pub path: Option<TextPath>,
    /// Letters, words or lines that are moving or changing. Empty: the text stands still.
    pub animations: Vec<UnitAnimation>,
}

/// A piece of text of one style.
#[derive(Clone, Debug, PartialEq)]
pub struct TextRun {
    /// The text.
    pub text: Arc<str>,
    /// Its style.
    pub style: TextStyle,
}

/// Style of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct TextStyle {
    /// Font families in order of preference; the shipped families follow.
    pub families: Vec<Arc<str>>,
    /// Size of the em square in canvas pixels.
    pub size_px: f32,
    /// Weight, 1..=1000; 400 is regular, 700 bold.
    pub weight: f32,
    /// Whether an italic or oblique font is used.
    pub italic: bool,
    /// Width relative to normal, 0.5..=2.
    pub width: f32,
    /// Values of variable axes by tag, in the order of the document.
    pub axes: Vec<([u8; 4], f32)>,
    /// Values of OpenType features by tag.
    pub features: Vec<([u8; 4], u16)>,
    /// Language as a BCP 47 tag, for shaping and line breaks.
    pub language: Option<Arc<str>>,
    /// Space added after each letter, in canvas pixels.
    pub tracking_px: f32,
    /// Space added to each space between words, in canvas pixels.
    pub word_spacing_px: f32,
    /// Distance by which the baseline is raised, in canvas pixels.
    pub baseline_shift_px: f32,
    /// Whether the text is underlined.
    pub underline: bool,
    /// Whether the text is struck through.
    pub strikethrough: bool,
    /// Fill of the letters; `None`: only strokes.
    pub fill: Option<Paint>,
    /// Outlines of the letters, the first on top.
    pub strokes: Vec<Stroke>,
}

/// Arrangement of the lines of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct TextFlow {
    /// Alignment of lines.
    pub align: TextAlign,
    /// Alignment of the lines in a box that is higher than they are.
    pub vertical_align: VerticalAlign,
    /// Distance between baselines as a multiple of the font's own.
    pub line_height: f32,
    /// Additional space between paragraphs, in canvas pixels.
    pub paragraph_spacing_px: f32,
    /// Width in canvas pixels at which lines break; `None`: only at line feeds.
    pub width_px: Option<f32>,
    /// Height of the box in canvas pixels; `None`: that of the lines.
    pub height_px: Option<f32>,
    /// What happens to text that does not fit into the box.
    pub overflow: Overflow,
    /// Base direction of paragraphs.
    pub direction: TextDirection,
    /// Whether lines run from top to bottom and follow each other from right to left, as in
    /// Japanese.
    pub vertical: bool,
}

/// Alignment of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextAlign {
    /// At the side where its paragraph begins.
    Start,
    /// In the middle.
    #[default]
    Center,
    /// At the side where its paragraph ends.
    End,
    /// Left.
    Left,
    /// Right.
    Right,
    /// Spread over the whole width, except last lines of paragraphs.
    Justify,
}

/// Alignment of lines in their box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VerticalAlign {
    /// At the top.
    Top,
    /// In the middle.
    #[default]
    Middle,
    /// At the bottom.
    Bottom,
}

/// What happens to text that is larger than its box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// It is drawn beyond the box.
    #[default]
    Visible,
    /// It is made smaller until it fits.
    Shrink,
    /// What is outside is not drawn.
    Clip,
    /// It is an error.
    Error,
}

/// Base direction of paragraphs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextDirection {
    /// That of the first strong letter (Unicode Standard Annex 9, rule P2).
    #[default]
    Auto,
    /// Left to right.
    LeftToRight,
    /// Right to left.
    RightToLeft,
}

/// What an area is filled with. Colours are straight RGBA, display-encoded, 0..=1.
#[derive(Clone, Debug, PartialEq)]
pub enum Paint {
    /// One colour.
    Solid([f32; 4]),
    /// A gradient over the box of the text or shape.
    Gradient(Box<Gradient>),
}

/// A gradient. Positions are fractions of the box that it fills.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradient {
    /// Its geometry.
    pub kind: GradientKind,
    /// Position along it, 0..=1 and not decreasing, and colour. Never empty.
    pub stops: Vec<(f32, [f32; 4])>,
}

/// Geometry of a gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GradientKind {
    /// Along a line.
    Linear {
        /// Position of the first stop.
        from: [f32; 2],
        /// Position of the last stop.
        to: [f32; 2],
    },
    /// In circles (ellipses, if the box is not square) around a centre.
    Radial {
        /// The centre.
        center: [f32; 2],
        /// Distance of the last stop.
        radius: f32,
    },
    /// Clockwise around a centre.
    Conic {
        /// The centre.
        center: [f32; 2],
        /// Direction of the first stop, clockwise from the right.
        angle_degrees: f32,
    },
}

/// An outline.
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    /// What it is filled with.
    pub paint: Paint,
    /// Visible width in canvas pixels.
    pub width_px: f32,
    /// Position relative to the edge.
    pub position: StrokePosition,
    /// Form of corners.
    pub join: StrokeJoin,
    /// Form of ends.
    pub cap: StrokeCap,
    /// Lengths of dashes and gaps in turn, in canvas pixels; empty: solid.
    pub dashes_px: Vec<f32>,
    /// Distance into the dashes at which the outline begins, in canvas pixels.
    pub dash_offset_px: f32,
}

/// Position of an outline relative to the edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StrokePosition {
    /// Half inside, half outside, above the fill.
    #[default]
    Center,
    /// Outside, below the fill.
    Outside,
    /// Inside, above the fill.
    Inside,
}

/// Form of the corners of an outline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StrokeJoin {
    /// Round.
    #[default]
    Round,
    /// Pointed, up to four times the width.
    Miter,
    /// Cut off.
    Bevel,
}

/// Form of the ends of an outline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StrokeCap {
    /// Ends at the end point.
    #[default]
    Butt,
    /// A half circle beyond it.
    Round,
    /// Half a square beyond it.
    Square,
}

/// A blurred and moved copy of the whole text or shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Shadow {
    /// Its colour: straight RGBA, display-encoded.
    pub color: [f32; 4],
    /// Offset in canvas pixels, +y down.
    pub offset_px: [f32; 2],
    /// Standard deviation of its Gaussian blur in canvas pixels.
    pub sigma_px: f32,
    /// Distance by which it is larger, in canvas pixels.
    pub spread_px: f32,
}

/// Boxes behind a text.
#[derive(Clone, Debug, PartialEq)]
pub struct TextBackground {
    /// What they are filled with.
    pub paint: Paint,
    /// Whether each line has a box of its own; otherwise there is one around all lines.
    pub per_line: bool,
    /// Space around the text, horizontally and vertically, in canvas pixels.
    pub padding_px: [f32; 2],
    /// Radius of the corners in canvas pixels.
    pub radius_px: f32,
}

/// A path that text follows.
#[derive(Clone, Debug, PartialEq)]
pub struct TextPath {
    /// Its vertices in canvas pixels from the middle of the drawing, +y down.
    pub path: BezierPath,
    /// Whether the last vertex is connected to the first.
    pub closed: bool,
    /// Distance along the path at which the text begins, in canvas pixels.
    pub offset_px: f32,
}

/// A change of the letters, words or lines of a text, each at its own time.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitAnimation {
    /// What moves as one.
    pub unit: TextUnit,
    /// Progress of each unit from its own look (0) to `target` (1).
    pub amounts: UnitAmounts,
    /// The look at amount 1.
    pub target: UnitLook,
}

/// What moves as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextUnit {
    /// Each letter (grapheme cluster) that is not a space.
    #[default]
    Character,
    /// Each word.
    Word,
    /// Each line.
    Line,
    /// The whole text.
    Text,
}

/// How far the units are changed. Unit `i` of `n`, counted in `order`, has the amount
/// `ease(clamp((time − i · stagger) / duration))`, or 1 minus that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UnitAmounts {
    /// Seconds since the first unit starts, or since the last one ends (so negative before).
    pub time_secs: f64,
    /// Whether `time_secs` counts from the end.
    pub from_end: bool,
    /// Seconds from the start of one unit to that of the next.
    pub stagger_secs: f64,
    /// Seconds that each unit takes.
    pub duration_secs: f64,
    /// Order in which they start.
    pub order: UnitOrder,
    /// Whether units go from `target` to their own look, as when they appear.
    pub is_reversed: bool,
    /// Easing of each unit.
    pub ease: Ease,
}

/// Order in which units start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnitOrder {
    /// From the first to the last.
    #[default]
    Forward,
    /// From the last to the first.
    Backward,
    /// From the middle to both ends.
    FromMiddle,
    /// From both ends to the middle.
    ToMiddle,
    /// In an order that the seed decides.
    Random(u32),
}

/// A look that a unit moves to, relative to its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UnitLook {
    /// Factor of its alpha, 0..=1.
    pub opacity: f32,
    /// Offset in canvas pixels.
    pub offset_px: [f32; 2],
    /// Scale factors about its middle.
    pub scale: [f32; 2],
    /// Clockwise rotation about its middle.
    pub rotation_degrees: f32,
    /// Standard deviation of a Gaussian blur in canvas pixels.
    pub sigma_px: f32,
    /// Colour instead of its fill, straight RGBA; `None`: its own.
    pub color: Option<[f32; 4]>,
}

impl UnitLook {
    /// No change.
    pub const SAME: Self =
        Self { opacity: 1.0, offset_px: [0.0; 2], scale: [1.0; 2], rotation_degrees: 0.0, sigma_px: 0.0, color: None };
}

/// Shapes in a box.
#[derive(Clone, Debug, PartialEq)]
pub struct ShapeGroup {
    /// Size of the box in canvas pixels; shapes may reach beyond it. Coordinates of shapes count
    /// from its middle, +y down.
    pub size_px: [f32; 2],
    /// From bottom to top.
    pub shapes: Vec<Shape>,
    /// Shadows and glows below all shapes, the first at the bottom.
    pub shadows: Vec<Shadow>,
}

/// A filled and stroked outline.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Its outlines: one, or several that are combined in order.
    pub outlines: Vec<CombinedOutline>,
    /// What its inside is filled with.
    pub fill: Option<Paint>,
    /// Outlines, the first on top.
    pub strokes: Vec<Stroke>,
    /// Part of its length that is stroked, 0..=1 along each outline, and where that begins.
    pub trim: Option<Trim>,
    /// Radius by which corners of polygons and paths are rounded, in canvas pixels.
    pub round_px: f32,
    /// Copies; one without change if it stands once.
    pub copies: Copies,
    /// 0..=1, multiplies alpha.
    pub opacity: f32,
}

/// An outline and how it joins those before it.
#[derive(Clone, Debug, PartialEq)]
pub struct CombinedOutline {
    /// The outline.
    pub outline: ShapeOutline,
    /// How it is combined; ignored for the first.
    pub mode: cutroom_types::MaskMode,
}

/// An outline in canvas pixels from the middle of its group, +y down.
#[derive(Clone, Debug, PartialEq)]
pub enum ShapeOutline {
    /// A rectangle with round corners.
    Rectangle {
        /// Its middle.
        center: [f64; 2],
        /// Width and height.
        size: [f64; 2],
        /// Radius of the corners.
        radius: f64,
        /// Clockwise rotation about its middle.
        rotation_degrees: f64,
    },
    /// An ellipse.
    Ellipse {
        /// Its middle.
        center: [f64; 2],
        /// Width and height.
        size: [f64; 2],
        /// Clockwise rotation about its middle.
        rotation_degrees: f64,
    },
    /// A regular polygon, or a star if the inner radius differs.
    Star {
        /// Its middle.
        center: [f64; 2],
        /// Number of points, 3..=1000.
        points: u32,
        /// Distance of the points.
        outer: f64,
        /// Distance of the corners between them; `None`: there are none (a polygon).
        inner: Option<f64>,
        /// Clockwise rotation; at 0 a point is at the top.
        rotation_degrees: f64,
    },
    /// A straight line.
    Line {
        /// Start.
        from: [f64; 2],
        /// End.
        to: [f64; 2],
    },
    /// An arrow: a filled outline of a shaft and a head.
    Arrow {
        /// Start of the shaft.
        from: [f64; 2],
        /// Tip.
        to: [f64; 2],
        /// Width of the shaft.
        width: f64,
        /// Length and width of the head.
        head: [f64; 2],
        /// Whether there is a head at the start, too.
        both: bool,
    },
    /// Bezier curves.
    Path {
        /// The vertices.
        path: BezierPath,
        /// Whether the last is connected to the first.
        closed: bool,
    },
}

/// Part of an outline's length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trim {
    /// Start, 0..=1.
    pub start: f32,
    /// End, 0..=1.
    pub end: f32,
    /// Added to both, in turns of the outline.
    pub offset: f32,
}

/// Copies of a shape. Copy `k` is moved by the arrangement, and then changed by `k` times the step.
#[derive(Clone, Debug, PartialEq)]
pub struct Copies {
    /// Where the copies stand.
    pub arrangement: Arrangement,
    /// Change from one copy to the next.
    pub step: CopyStep,
}

/// Where copies stand.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrangement {
    /// One, where the shape is.
    Once,
    /// In a row, each moved by an offset from the one before.
    Line {
        /// Number of copies, up to 10 000.
        count: u32,
        /// Offset in canvas pixels.
        offset: [f64; 2],
    },
    /// In columns and rows around the shape's place.
    Grid {
        /// Number of columns.
        columns: u32,
        /// Number of rows.
        rows: u32,
        /// Distance between columns and between rows.
        spacing: [f64; 2],
    },
    /// In a circle around the group's middle.
    Circle {
        /// Number of copies.
        count: u32,
        /// Radius.
        radius: f64,
        /// Direction of the first, clockwise from the top.
        start_degrees: f64,
        /// Angle that the copies share.
        sweep_degrees: f64,
        /// Whether copies are turned with their direction.
        turned: bool,
    },
    /// Along a path, at equal distances.
    Path {
        /// Number of copies.
        count: u32,
        /// The path, in canvas pixels from the group's middle.
        path: BezierPath,
        /// Whether the last vertex is connected to the first.
        closed: bool,
        /// Whether copies are turned with the path.
        turned: bool,
    },
}

/// Change from one copy to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CopyStep {
    /// Rotation, clockwise.
    pub rotation_degrees: f64,
    /// Factor of the size.
    pub scale: f64,
    /// Factor of the opacity.
    pub opacity: f64,
}

impl Copies {
    /// The shape by itself.
    pub const ONCE: Self =
        Self { arrangement: Arrangement::Once, step: CopyStep { rotation_degrees: 0.0, scale: 1.0, opacity: 1.0 } };

    /// Number of copies.
    pub fn count(&self) -> u64 {
        match &self.arrangement {
            Arrangement::Once => 1,
            Arrangement::Line { count, .. } | Arrangement::Circle { count, .. } | Arrangement::Path { count, .. } => {
                u64::from(*count)
            }
            Arrangement::Grid { columns, rows, .. } => u64::from(*columns) * u64::from(*rows),
        }
    }
}
