//! Echo: trails of moving parts.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Mix, MixKernel, MixOp, Point, PointKernel, Real, Rgba};

/// Combines the picture with itself at `k · echoTime` seconds after it (before it when negative),
/// for k from 1 to `echoes`. Picture k has the opacity `w = startingIntensity · decay^k`; the frame
/// drawn is picture 0. On premultiplied colour and alpha equally, with R the result so far (at
/// first the frame at its own opacity) and E picture k:
///
/// | operator | R becomes |
/// |---|---|
/// | `add` | `R + w·E`, alpha at most 1 |
/// | `screen` | `R + w·E·(1 − R)`, the R in brackets clamped to 0..=1 |
/// | `maximum` | `max(R, w·E)` |
/// | `minimum` | `R + decay^k · (min(R, E) − R)`, finally multiplied by `startingIntensity` |
/// | `compositeInBack` | `R + w·E·(1 − R.alpha)` |
/// | `compositeInFront` | `w·E + R·(1 − w·E.alpha)` |
/// | `blend` | the mean of all pictures weighted by `decay^k`, times `startingIntensity` |
///
/// Before the clip's start and after its end its first and last frame are used.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("echoTime", "Echo time", -0.04, -2.0, 2.0, Unit::Secs),
        ParamSpec::quality("echoes", "Number of echoes", 4.0, 1.0, 32.0),
        ParamSpec::number("startingIntensity", "Starting intensity", 1.0, 0.0, 1.0, Unit::None),
        ParamSpec::number("decay", "Decay", 0.7, 0.0, 1.0, Unit::None),
        ParamSpec::choice(
            "operator",
            "Echo operator",
            "blend",
            &["add", "screen", "maximum", "minimum", "compositeInBack", "compositeInFront", "blend"],
        ),
    ],
    // Echoes without opacity leave the frame unchanged.
    neutral: |p| p.number(2) == 1.0 && p.number(3) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "echo",
        "Echo",
        EffectFamily::Time,
        "Leaves trails: joins the picture with itself at other times.",
        EffectKind::Temporal {
            times: |p, _| (1..=p.number(1).round() as usize).map(|k| k as f64 * f64::from(p.number(0))).collect(),
            steps: |p, _, inputs| {
                if inputs == 0 {
                    return Vec::new();
                }
                let (intensity, decay) = (p.number(2), p.number(3));
                // decay^k for k = 0, 1, …
                let fades: Vec<f32> = std::iter::successors(Some(1.0), |w| Some(w * decay)).take(inputs + 1).collect();
                let total: f32 = fades.iter().sum();
                let (kernel, before, each, after): (&'static dyn MixOp, f32, f32, f32) = match p.text(4) {
                    "add" => (&Mix(Added), intensity, intensity, 1.0),
                    "screen" => (&Mix(Screened), intensity, intensity, 1.0),
                    "maximum" => (&Mix(Largest), intensity, intensity, 1.0),
                    "minimum" => (&Mix(Smallest), 1.0, 1.0, intensity),
                    "compositeInBack" => (&Mix(Behind), intensity, intensity, 1.0),
                    "compositeInFront" => (&Mix(InFront), intensity, intensity, 1.0),
                    _ => (&Mix(Added), intensity / total, intensity / total, 1.0),
                };
                let scaled = |k: f32| (k != 1.0).then(|| Step::Point(&Point(Scaled), Uniforms::new(&[k])));
                let joins = (0..inputs).map(|i| Step::MixInput(kernel, Uniforms::new(&[each * fades[i + 1]]), i));
                scaled(before).into_iter().chain(joins).chain(scaled(after)).collect()
            },
        },
    )
};

/// Applies `f` to all four components. Mark the closure `#[inline(always)]`.
#[inline(always)]
fn each<R: Real>(a: Rgba<R>, b: Rgba<R>, f: impl Fn(R, R) -> R + Copy) -> Rgba<R> {
    Rgba { c: a.c.zip(b.c, f), a: f(a.a, b.a) }
}

/// Multiplies colour and alpha by uniform 0.
struct Scaled;

impl PointKernel for Scaled {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        Rgba { c: px.c.scale(p[0]), a: px.a * p[0] }
    }
}

struct Added;

impl MixKernel for Added {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], from: Rgba<R>, to: Rgba<R>, _: At<R>) -> Rgba<R> {
        let sum = each(
            from,
            to,
            #[inline(always)]
            |r, e| e.mad(p[0], r),
        );
        Rgba { a: sum.a.min(1.0), ..sum }
    }
}

struct Screened;

impl MixKernel for Screened {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], from: Rgba<R>, to: Rgba<R>, _: At<R>) -> Rgba<R> {
        each(
            from,
            to,
            #[inline(always)]
            |r, e| {
                let e = e * p[0];
                r + e - e * r.saturate()
            },
        )
    }
}

struct Largest;

impl MixKernel for Largest {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], from: Rgba<R>, to: Rgba<R>, _: At<R>) -> Rgba<R> {
        each(
            from,
            to,
            #[inline(always)]
            |r, e| r.max(e * p[0]),
        )
    }
}

struct Smallest;

impl MixKernel for Smallest {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], from: Rgba<R>, to: Rgba<R>, _: At<R>) -> Rgba<R> {
        each(
            from,
            to,
            #[inline(always)]
            |r, e| r.mix(r.min(e), p[0]),
        )
    }
}

struct Behind;

impl MixKernel for Behind {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], from: Rgba<R>, to: Rgba<R>, _: At<R>) -> Rgba<R> {
        let k = p[0] - p[0] * from.a;
        each(
            from,
            to,
            #[inline(always)]
            |r, e| e.mad(k, r),
        )
    }
}

struct InFront;

impl MixKernel for InFront {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], from: Rgba<R>, to: Rgba<R>, _: At<R>) -> Rgba<R> {
        let cover = to.a * p[0];
        each(
            from,
            to,
            #[inline(always)]
            |r, e| e * p[0] + (r - r * cover),
        )
    }
}
