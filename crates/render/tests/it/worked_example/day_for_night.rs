//! Day for night: daylight looks like moonlight.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// `c + (moon · luma(c) − c) · amount` on display-encoded colour: BT.709 luma in the moon's colour
/// takes the place of the picture's own.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::color("moon", "Moonlight", [0.2, 0.3, 0.55, 1.0]),
        ParamSpec::number("amount", "Amount", 0.8, 0.0, 1.0, Unit::None),
    ],
    domain: Domain::Display,
    neutral: |p| p.number(1) == 0.0,
    ..EffectSpec::new(
        "day-for-night",
        "Day for Night",
        EffectFamily::Color,
        "Makes daylight look like moonlight.",
        EffectKind::Point {
            kernel: |_| &Point(DayForNight),
            prepare: |p, _| {
                let moon = p.color(0);
                Uniforms::new(&[moon[0], moon[1], moon[2], p.number(1)])
            },
        },
    )
};

struct DayForNight;

impl PointKernel for DayForNight {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let y = px.c.luma();
        let c = rgb(px.c.r.mix(p[0] * y, p[3]), px.c.g.mix(p[1] * y, p[3]), px.c.b.mix(p[2] * y, p[3]));
        Rgba { c, ..px }
    }
}
