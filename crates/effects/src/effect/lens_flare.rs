//! Lens flare: adds the reflections of a lamp in a lens.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, real::smoothstep, rgb};

/// Adds light in the working space: `brightness · colour · (core + streak · s + ghosts · g)`, s and
/// g being the light of the streak and of the ghosts. Lengths are in heights of the raster; `d` is
/// the distance from the lamp. The core is `r² / (r² + d²)` with r = 0.05 · size; s is
/// `0.4 · 2^−(dy / (0.01 · size))² / (1 + 3 · |dx| / size)`. The ghosts are three soft discs on the
/// line from the lamp through the centre: at 0.5, 1 and 1.6 times the lamp's distance on the other
/// side, with radii of 0.06, 0.12 and 0.04 · size and strengths of 0.12, 0.08 and 0.15, each
/// falling off from four fifths of its radius along 3t² − 2t³.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("x", "Lamp x", 0.3, -0.5, 1.5, Unit::None),
        ParamSpec::number("y", "Lamp y", 0.3, -0.5, 1.5, Unit::None),
        ParamSpec::number("brightness", "Brightness", 1.0, 0.0, 3.0, Unit::None),
        ParamSpec::number("size", "Size", 1.0, 0.1, 4.0, Unit::None),
        ParamSpec::color("color", "Colour", [1.0, 0.9, 0.75, 1.0]),
        ParamSpec::number("streak", "Streak", 1.0, 0.0, 2.0, Unit::None),
        ParamSpec::number("ghosts", "Ghosts", 1.0, 0.0, 2.0, Unit::None),
    ],
    neutral: |p| p.number(2) == 0.0,
    ..EffectSpec::new(
        "lens-flare",
        "Lens Flare",
        EffectFamily::Generate,
        "Adds the reflections of a lamp in a lens.",
        EffectKind::Point {
            kernel: |_| &Point(Flare),
            prepare: |p, r| {
                let (w, h, size, c) = (r.width_px, r.height_px, p.number(3), p.color(4));
                let light = p.number(2) * c[3];
                let core = 0.05 * size;
                Uniforms::new(&[
                    p.number(0) * w,
                    p.number(1) * h,
                    0.5 * w,
                    0.5 * h,
                    1.0 / h,
                    core * core,
                    100.0 / size,
                    3.0 / size,
                    0.4 * p.number(5),
                    size,
                    p.number(6),
                    light * c[0],
                    light * c[1],
                    light * c[2],
                ])
            },
        },
    )
};

struct Flare;

impl PointKernel for Flare {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, at: At<R>) -> Rgba<R> {
        /// A disc at `along` times the lamp's distance on the other side of the centre.
        #[inline(always)]
        fn ghost<R: Real>(p: &[R; MAX_UNIFORMS], at: At<R>, along: f32, radius: f32) -> R {
            let (x, y) = (at.x - p[2] + (p[0] - p[2]) * along, at.y - p[3] + (p[1] - p[3]) * along);
            let d = (x * x + y * y).sqrt() * p[4];
            R::from(1.0) - smoothstep(p[9] * (0.8 * radius), p[9] * radius, d)
        }
        let (dx, dy) = ((at.x - p[0]) * p[4], (at.y - p[1]) * p[4]);
        let core = p[5] / (dx * dx + dy * dy + p[5]);
        let across = dy * p[6];
        let streak = (across * across * -1.0).exp2() * p[8] / (dx.abs() * p[7] + 1.0);
        let ghosts = ghost(p, at, 0.5, 0.06) * 0.12 + ghost(p, at, 1.0, 0.12) * 0.08 + ghost(p, at, 1.6, 0.04) * 0.15;
        let light = core + streak + ghosts * p[10];
        Rgba { c: rgb(light.mad(p[11], px.c.r), light.mad(p[12], px.c.g), light.mad(p[13], px.c.b)), ..px }
    }
}
