//! Gradient generator.
use crate::spec::*;
use cutroom_kernel::{At, K, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// A display-encoded gradient composited over the picture: linear, with a length of `length` times
/// the raster's extent along `angle`, or radial, with a radius of `length` times half the shorter
/// side.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::color("start", "Start colour", [0.0, 0.0, 0.0, 1.0]),
        ParamSpec::color("end", "End colour", [1.0, 1.0, 1.0, 1.0]),
        ParamSpec::choice("shape", "Shape", "linear", &["linear", "radial"]),
        ParamSpec::number("angle", "Angle", 0.0, -360.0, 360.0, Unit::Degrees),
        ParamSpec::number("centerX", "Centre x", 0.5, 0.0, 1.0, Unit::None),
        ParamSpec::number("centerY", "Centre y", 0.5, 0.0, 1.0, Unit::None),
        ParamSpec::number("length", "Length", 1.0, 0.01, 4.0, Unit::None),
        ParamSpec::number("opacity", "Opacity", 1.0, 0.0, 1.0, Unit::None),
    ],
    domain: Domain::Display,
    neutral: |p| p.number(7) == 0.0,
    may_add_alpha: true,
    ..EffectSpec::new(
        "gradient",
        "Gradient",
        EffectFamily::Generate,
        "Lays a linear or radial gradient over the picture.",
        EffectKind::Point { kernel: |_| &Point(Gradient), prepare },
    )
};

fn prepare(p: Params<'_>, r: &EffectFrame) -> Uniforms {
    let (s, e) = (p.color(0), p.color(1));
    let angle = p.number(3).to_radians();
    let (dx, dy) = (Real::cos(angle), Real::sin(angle));
    // The length is a fraction of the raster's extent along the direction.
    let span = (r.width_px * dx.abs() + r.height_px * dy.abs()) * p.number(6);
    let radius = 0.5 * r.width_px.min(r.height_px) * p.number(6);
    let radial = if p.text(2) == "radial" { 1.0 } else { 0.0 };
    let (x, y) = (p.number(4) * r.width_px, p.number(5) * r.height_px);
    Uniforms::new(&[x, y, dx / span, dy / span, 1.0 / radius, radial, p.number(7), s[0], s[1], s[2], s[3], e[0], e[1], e[2], e[3]])
}

struct Gradient;

impl PointKernel for Gradient {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, at: At<R>) -> Rgba<R> {
        let (x, y) = (at.x - p[0], at.y - p[1]);
        let linear = x * p[2] + y * p[3] + 0.5;
        let radial = (x * x + y * y).sqrt() * p[4];
        let t = R::select(p[5].gt(0.5), radial, linear).saturate();
        let k = p[10].mix(p[14], t) * p[6];
        let c = rgb(p[7].mix(p[11], t), p[8].mix(p[12], t), p[9].mix(p[13], t));
        // Source over, on straight colours.
        let a = px.a * (K(1.0) - k) + k;
        let share = R::select(a.gt(0.0), k / a.max(1e-6), 0.0);
        Rgba { c: rgb(px.c.r.mix(c.r, share), px.c.g.mix(c.g, share), px.c.b.mix(c.b, share)), a }
    }
}
