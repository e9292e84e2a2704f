//! Temporal noise reduction: averages neighbouring frames where nothing moves.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, ReadOp, Reads, Real, Rgba, rgb};

/// The weighted mean of a pixel C and those at its position in the `radius` frames before and
/// after, N, on display-encoded, premultiplied colour: `(C + Σ w·N) / (1 + Σ w)` with
/// `w = strength · exp(−|N − C|² / (2 · threshold²))`, |N − C|² being the sum of the squared
/// differences of red, green, blue and alpha. Pixels that differ by much more than the threshold
/// have moved and get almost no weight, so that motion leaves no ghosts. In still pictures noise is
/// reduced, at strength 1 by a factor near √(2 · radius + 1). Before the clip's start and after its
/// end its first and last frame are used.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("strength", "Strength", 0.8, 0.0, 1.0, Unit::None),
        ParamSpec::number("threshold", "Threshold", 0.05, 0.001, 0.5, Unit::None),
        ParamSpec::quality("radius", "Radius in frames", 2.0, 1.0, 3.0),
    ],
    domain: Domain::Display,
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "denoise-temporal",
        "Temporal Denoise",
        EffectFamily::Time,
        "Averages neighbouring frames where nothing moves.",
        EffectKind::Temporal {
            times: |p, frame_secs| {
                let radius = p.number(2).round() as i32;
                (1..=radius).flat_map(|k| [-k, k]).map(|k| f64::from(k) * frame_secs).collect()
            },
            steps: |p, _, inputs| {
                let kernel: &'static dyn ReadOp = match inputs {
                    0 | 1 => return Vec::new(),
                    2 | 3 => &Read(Alike::<2>),
                    4 | 5 => &Read(Alike::<4>),
                    _ => &Read(Alike::<6>),
                };
                let deviation = p.number(1).max(1e-3);
                let fall = -core::f32::consts::LOG2_E / (2.0 * deviation * deviation);
                vec![Step::SampleInputs(kernel, Uniforms::new(&[p.number(0), fall]), Edge::Clamp, (0..inputs).collect())]
            },
        },
    )
};

/// Averages over `N` neighbours, the inputs from index 2 on.
struct Alike<const N: usize>;

impl<const N: usize> ReadKernel for Alike<N> {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let here = s.sample(0, at.x, at.y);
        let (mut sum, mut weights) = (here, R::from(1.0));
        let mut n = 0;
        while n < N {
            let v = s.sample(2 + n, at.x, at.y);
            let (r, g, b, a) = (v.c.r - here.c.r, v.c.g - here.c.g, v.c.b - here.c.b, v.a - here.a);
            let w = (((r * r + g * g) + (b * b + a * a)) * p[1]).exp2() * p[0];
            sum = Rgba { c: rgb(v.c.r.mad(w, sum.c.r), v.c.g.mad(w, sum.c.g), v.c.b.mad(w, sum.c.b)), a: v.a.mad(w, sum.a) };
            weights = weights + w;
            n += 1;
        }
        Rgba { c: rgb(sum.c.r / weights, sum.c.g / weights, sum.c.b / weights), a: sum.a / weights }
    }
}
