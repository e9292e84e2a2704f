//! Blur of a region, to hide a face or a plate.
use super::gaussian_blur::gaussian;
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Mix, MixKernel, Real, Rgba, rgb};

/// A Gaussian blur (standard deviation half the radius) inside the rectangle, or the ellipse
/// inscribed in it, with a soft edge.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        REGION[0],
        REGION[1],
        REGION[2],
        REGION[3],
        ParamSpec::number("radius", "Radius", 30.0, 0.0, 400.0, Unit::CanvasPx),
        ParamSpec::number("feather", "Feather", 10.0, 0.0, 2000.0, Unit::CanvasPx),
        SHAPE,
    ],
    neutral: |p| p.number(4) == 0.0 || is_empty(p),
    keeps_alpha: false,
    ..EffectSpec::new(
        "blur-region",
        "Blur Region",
        EffectFamily::Stylize,
        "Blurs a rectangle or an ellipse.",
        EffectKind::Steps(|p, r| vec![Step::Separable(gaussian(0.5 * p.number(4))), inside(p, r, p.number(5), p.text(6))]),
    )
};

/// Parameters of a rectangle as fractions of the raster.
pub(super) const REGION: [ParamSpec; 4] = [
    ParamSpec::number("left", "Left", 0.25, 0.0, 1.0, Unit::None),
    ParamSpec::number("top", "Top", 0.25, 0.0, 1.0, Unit::None),
    ParamSpec::number("right", "Right", 0.75, 0.0, 1.0, Unit::None),
    ParamSpec::number("bottom", "Bottom", 0.75, 0.0, 1.0, Unit::None),
];

/// The shape inside [`REGION`].
pub(super) const SHAPE: ParamSpec = ParamSpec::choice("shape", "Shape", "rectangle", &["rectangle", "ellipse"]);

/// Returns a step that keeps the result so far inside [`REGION`], the first four parameters of the
/// table, or the ellipse inscribed in it; outside is the picture that the first step received.
pub(super) fn inside(p: Params<'_>, r: &EffectFrame, feather_px: f32, shape: &str) -> Step {
    let (w, h) = (r.width_px, r.height_px);
    let (x, y) = (0.5 * (p.number(0) + p.number(2)) * w, 0.5 * (p.number(1) + p.number(3)) * h);
    let (a, b) = (0.5 * (p.number(2) - p.number(0)) * w, 0.5 * (p.number(3) - p.number(1)) * h);
    let ellipse = f32::from(u8::from(shape == "ellipse"));
    let u = Uniforms::new(&[x, y, a, b, 1.0 / feather_px.max(1.0), ellipse, 1.0 / a, 1.0 / b, a.min(b)]);
    Step::Mix(&Mix(Inside), u)
}

/// Whether [`REGION`], the first four parameters of the table, is empty.
pub(super) fn is_empty(p: Params<'_>) -> bool {
    p.number(0) >= p.number(2) || p.number(1) >= p.number(3)
}

struct Inside;

impl MixKernel for Inside {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], f: Rgba<R>, t: Rgba<R>, at: At<R>) -> Rgba<R> {
        let (x, y) = ((at.x - p[0]).abs(), (at.y - p[1]).abs());
        let (u, v) = (x * p[6], y * p[7]);
        let rectangle = (p[2] - x).min(p[3] - y);
        let ellipse = (R::from(1.0) - (u * u + v * v).sqrt()) * p[8];
        let k = (R::select(p[5].gt(0.5), ellipse, rectangle) * p[4] + 0.5).saturate();
        Rgba { c: rgb(f.c.r.mix(t.c.r, k), f.c.g.mix(t.c.g, k), f.c.b.mix(t.c.b, k)), a: f.a.mix(t.a, k) }
    }
}
