//! Scan lines, as on a cathode-ray tube.
use crate::spec::*;
use cutroom_kernel::{At, K, MAX_UNIFORMS, Point, PointKernel, Real, Rgba};

/// Display-encoded colour times
/// `1 − opacity · (1 − sin(2π · (20 · density · y / height + speed · t))) / 2`: 20 lines per unit
/// of density. `speed` cannot be keyframed, since it multiplies all of the time since the clip's
/// start.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("density", "Density", 5.0, 1.0, 20.0, Unit::None),
        ParamSpec::number("opacity", "Opacity", 0.3, 0.0, 1.0, Unit::None),
        ParamSpec::quality("speed", "Speed", 0.0, 0.0, 5.0),
    ],
    domain: Domain::Display,
    neutral: |p| p.number(1) == 0.0,
    time_dependent: true,
    ..EffectSpec::new(
        "scanlines",
        "Scanlines",
        EffectFamily::Stylize,
        "Darkens in horizontal lines, as on a tube.",
        EffectKind::Point {
            kernel: |_| &Point(Scanlines),
            prepare: |p, r| {
                let turns = p.number(0) * 20.0 / r.height_px;
                Uniforms::new(&[
                    turns * core::f32::consts::TAU,
                    (p.number(2) * r.time_secs).fract() * core::f32::consts::TAU,
                    0.5 * p.number(1),
                ])
            },
        },
    )
};

struct Scanlines;

impl PointKernel for Scanlines {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, at: At<R>) -> Rgba<R> {
        let k = K(1.0) - ((at.y * p[0] + p[1]).sin() * -1.0 + 1.0) * p[2];
        Rgba { c: px.c.scale(k), ..px }
    }
}
