//! Radial blur: averages along arcs about a centre. Also the functions that `zoom-blur` shares.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

/// The mean of `samples` pixels along an arc of `amount` radians about the centre (fractions of the
/// raster), centred on the pixel.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("amount", "Amount", 0.5, 0.0, 2.0, Unit::Radians),
        CENTER[0],
        CENTER[1],
        ParamSpec::quality("samples", "Samples", 32.0, 4.0, 256.0),
    ],
    domain: Domain::Working,
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "radial-blur",
        "Radial Blur",
        EffectFamily::Blur,
        "Averages along arcs about a centre.",
        EffectKind::Sampled {
            kernel: |_| &Read(RadialBlur),
            prepare: |p, r| about_center(p, r, p.number(0), -0.5 * p.number(0) * (1.0 - 1.0 / p.number(3).round())),
            edge: Edge::Mirror,
        },
    )
};

struct RadialBlur;

impl ReadKernel for RadialBlur {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        mean_about(
            p,
            at,
            s,
            #[inline(always)]
            |a, x, y| {
                let (c, d) = (a.cos(), a.sin());
                (p[4] + x * c - y * d, p[5] + x * d + y * c)
            },
        )
    }
}

/// Parameters of a centre, as fractions of the raster.
pub(super) const CENTER: [ParamSpec; 2] = [
    ParamSpec::number("centerX", "Centre x", 0.5, 0.0, 1.0, Unit::None),
    ParamSpec::number("centerY", "Centre y", 0.5, 0.0, 1.0, Unit::None),
];

/// Returns the uniforms of [`mean_about`] from the parameters amount, [`CENTER`] and samples. The
/// samples get numbers from `first` on that span `range` together.
pub(super) fn about_center(p: Params<'_>, r: &EffectFrame, range: f32, first: f32) -> Uniforms {
    let n = p.number(3).round();
    Uniforms::new(&[n, 1.0 / n, range / n, first, p.number(1) * r.width_px, p.number(2) * r.height_px])
}

/// Returns the mean of samples. `place` maps a sample's number and the pixel's position relative to
/// the centre to the position to read.
#[inline(always)]
pub(super) fn mean_about<R: Real, S: Reads<R>>(
    p: &[R; MAX_UNIFORMS],
    at: At<R>,
    s: S,
    place: impl Fn(R, R, R) -> (R, R),
) -> Rgba<R> {
    let (x, y) = (at.x - p[4], at.y - p[5]);
    let sum = s.sum(
        0,
        #[inline(always)]
        |i| {
            let (x, y) = place(p[3] + i * p[2], x, y);
            s.sample(0, x, y)
        },
    );
    Rgba { c: sum.c.scale(p[1]), a: sum.a * p[1] }
}
