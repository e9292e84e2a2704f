//! Outlines of shapes, and strokes along them.
use crate::{
    DrawingError,
    coverage::{Coverage, FillRule, PixelRect},
};
use cutroom_timeline::drawing::{Stroke, StrokeCap, StrokeJoin, StrokePosition};
use cutroom_types::BezierPath;
use kurbo::{BezPath, Cap, Join, ParamCurve, ParamCurveDeriv, PathSeg, Point, StrokeOpts, Vec2};

/// Largest deviation of stroked outlines, in pixels.
const TOLERANCE_PX: f64 = 0.02;
/// Limit of pointed corners, as a multiple of the width (the default of SVG).
const MITER_LIMIT: f64 = 4.0;

/// Form of a stroke.
pub(crate) struct StrokeForm {
    pub(crate) join: Join,
    pub(crate) cap: Cap,
    /// Lengths of dashes and gaps in pixels.
    pub(crate) dashes: Vec<f64>,
    pub(crate) dash_offset: f64,
}

/// Round, without dashes.
pub(crate) const ROUND: StrokeForm = StrokeForm { join: Join::Round, cap: Cap::Round, dashes: Vec::new(), dash_offset: 0.0 };

/// The area within half of `width_px` of a path.
pub(crate) fn stroked(path: &BezPath, width_px: f64, form: &StrokeForm) -> BezPath {
    let style = kurbo::Stroke::new(width_px)
        .with_join(form.join)
        .with_caps(form.cap)
        .with_miter_limit(MITER_LIMIT)
        .with_dashes(form.dash_offset, form.dashes.iter().copied());
    kurbo::stroke(path.iter(), &style, &StrokeOpts::default(), TOLERANCE_PX)
}

/// What a stroke covers of a path in pixels, on both sides of its edge also if only one is visible;
/// `scale` is the number of pixels per canvas pixel.
pub(crate) fn stroke_coverage(path: &BezPath, stroke: &Stroke, scale: f64, limits: PixelRect) -> Result<Coverage, DrawingError> {
    let form = StrokeForm {
        join: match stroke.join {
            StrokeJoin::Round => Join::Round,
            StrokeJoin::Miter => Join::Miter,
            StrokeJoin::Bevel => Join::Bevel,
        },
        cap: match stroke.cap {
            StrokeCap::Butt => Cap::Butt,
            StrokeCap::Round => Cap::Round,
            StrokeCap::Square => Cap::Square,
        },
        dashes: stroke.dashes_px.iter().map(|d| f64::from(*d) * scale).collect(),
        dash_offset: f64::from(stroke.dash_offset_px) * scale,
    };
    let width = f64::from(stroke.width_px) * scale;
    let centered = match stroke.position {
        StrokePosition::Center => width,
        StrokePosition::Outside | StrokePosition::Inside => 2.0 * width,
    };
    Coverage::of_path(&stroked(path, centered, &form), FillRule::NonZero, limits)
}

/// A path of the document as kurbo's.
pub(crate) fn bezier(path: &BezierPath, closed: bool) -> BezPath {
    let mut out = BezPath::new();
    let point = |p: [f64; 2]| Point::new(p[0], p[1]);
    let Some(first) = path.0.first() else { return out };
    out.move_to(point(first.point));
    let curves = if closed { path.0.len() } else { path.0.len() - 1 };
    for i in 0..curves {
        let [a, b, c, d] = path.curve(i);
        if a == b && c == d {
            out.line_to(point(d));
        } else {
            out.curve_to(point(b), point(c), point(d));
        }
    }
    if closed {
        out.close_path();
    }
    out
}

/// Unit tangent of a curve; `None` if it is a point.
pub(crate) fn tangent(segment: &PathSeg, t: f64) -> Option<Vec2> {
    let cubic = segment.to_cubic();
    let d = cubic.deriv().eval(t).to_vec2();
    let d = if d.hypot2() > 1e-12 { d } else { cubic.p3 - cubic.p0 };
    (d.hypot2() > 1e-12).then(|| d.normalize())
}
