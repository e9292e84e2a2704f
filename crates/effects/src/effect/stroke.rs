//! Stroke around a layer's outline.
use super::drop_shadow::Over;
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Mix, Read, ReadKernel, Reads, Real, Rgba, rgb};

/// The layer's alpha grown by `width` pixels, in the stroke's colour, composited below the layer:
/// full up to the width, with an edge one pixel wide. Distances are measured from the outline,
/// whose position within a pixel is derived from the pixel's alpha, first along columns, then along
/// rows. The stroke is as opaque as the most opaque pixel within reach.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::color("color", "Colour", [1.0, 1.0, 1.0, 1.0]),
        ParamSpec::number("width", "Width", 4.0, 0.0, 200.0, Unit::CanvasPx),
        ParamSpec::number("opacity", "Opacity", 1.0, 0.0, 1.0, Unit::None),
    ],
    neutral: |p| p.number(1) == 0.0 || p.number(2) == 0.0,
    keeps_alpha: false,
    outlines: true,
    outset_px: |p| [p.number(1) + 1.0; 2],
    ..EffectSpec::new(
        "stroke",
        "Stroke",
        EffectFamily::Stylize,
        "Draws a line around the layer's outline.",
        EffectKind::Steps(|p, _| {
            let (c, reach) = (p.color(0), p.number(1).ceil());
            let (iterations, bound) = (2.0 * reach + 1.0, reach + 1.0);
            vec![
                Step::Sample(&Read(Column), Uniforms::new(&[iterations, reach, bound]), Edge::Transparent),
                Step::Sample(
                    &Read(Grown),
                    Uniforms::new(&[iterations, reach, bound, p.number(1), c[0], c[1], c[2], c[3] * p.number(2)]),
                    Edge::Transparent,
                ),
                Step::Mix(&Mix(Over), Uniforms::new(&[])),
            ]
        }),
    )
};

/// For the column above and below: red is `bound − distance`, in whole pixels, of the pixel whose
/// outline is nearest, 0 if there is none; green is that pixel's alpha; alpha is the largest in the
/// column. Two numbers are stored since half floats represent distances to a thirtieth of a pixel
/// only.
struct Column;

impl ReadKernel for Column {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let max = s.max(
            0,
            #[inline(always)]
            |i| {
                let dy = i - p[1];
                let a = s.sample(0, at.x, at.y + dy).a.saturate();
                // The integer part holds the distance, the fraction alpha; an alpha of 1 counts as
                // the next nearer distance.
                let near = R::select(a.gt(0.0), p[2] - 1.0 - dy.abs() + a, 0.0);
                Rgba { c: rgb(near, near, near), a }
            },
        );
        let near = max.c.r;
        let whole = (near * -1.0).floor() * -1.0;
        Rgba { c: rgb(whole, near - whole + 1.0, R::from(0.0)), a: max.a }
    }
}

struct Grown;

impl ReadKernel for Grown {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let max = s.max(
            0,
            #[inline(always)]
            |i| {
                let dx = i - p[1];
                let column = s.sample(0, at.x + dx, at.y);
                let dy = p[2] - column.c.r;
                let inside = p[3] + column.c.g - (dx * dx + dy * dy).sqrt();
                let inside = R::select(column.c.r.gt(0.5), inside, 0.0);
                Rgba { c: rgb(inside, inside, inside), a: column.a }
            },
        );
        let a = max.c.r.min(1.0) * max.a.min(1.0) * p[7];
        Rgba { c: rgb(p[4] * a, p[5] * a, p[6] * a), a }
    }
}
