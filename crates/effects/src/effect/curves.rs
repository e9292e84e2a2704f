//! Curves of all components, of each, of luma, and of hue against hue, saturation and luma.
use crate::{curve::parse, hue, spec::*};
use cutroom_kernel::{At, K, MAX_UNIFORMS, Read, ReadKernel, ReadOp, Reads, Real, Rgb, Rgba, rgb};
use std::sync::Arc;

/// Curves are points as text, `"0,0 0.25,0.2 1,1"`, interpolated by monotone cubics (Fritsch and
/// Carlson, SIAM J. Numer. Anal. 17, 1980). On display-encoded colour, in this order:
///
/// 1. the master curve and that of each component;
/// 2. the luma curve, by scaling the colour. Close to black, where scaling is unstable, a rise is
///    partly added to all components equally;
/// 3. the hue curves, in which 0.5 changes nothing: hue is rotated by up to half a turn, saturation
///    and luma are scaled by 0 to 2. They are periodic: hues 0 and 1 are the same, and if both have
///    points their mean is used.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        curve("master", "Master", STRAIGHT),
        curve("red", "Red", STRAIGHT),
        curve("green", "Green", STRAIGHT),
        curve("blue", "Blue", STRAIGHT),
        curve("luma", "Luma", STRAIGHT),
        curve("hueHue", "Hue against hue", LEVEL),
        curve("hueSaturation", "Hue against saturation", LEVEL),
        curve("hueLuma", "Hue against luma", LEVEL),
    ],
    domain: Domain::Display,
    neutral: |p| (0..8).all(|i| is_neutral(p, i)),
    ..EffectSpec::new(
        "curves",
        "Curves",
        EffectFamily::Color,
        "Bends tones, components and hues along curves.",
        EffectKind::Table { kernel, prepare, table },
    )
};

const STRAIGHT: &str = "0,0 1,1";
const LEVEL: &str = "0,0.5 1,0.5";
/// Number of entries of each curve's table.
const ENTRIES: usize = 1025;

const fn curve(id: &'static str, name: &'static str, default: &'static str) -> ParamSpec {
    ParamSpec { id, name, kind: ParamKind::Curve { default }, unit: Unit::None }
}

/// Points on the diagonal are neutral only if they reach both of its ends, since the curve is
/// constant outside them.
fn is_neutral(p: Params<'_>, i: usize) -> bool {
    let points = parse(p.text(i)).unwrap_or_default();
    if i >= 5 {
        return points.iter().all(|[_, y]| *y == 0.5);
    }
    points.first() == Some(&[0.0; 2]) && points.last() == Some(&[1.0; 2]) && points.iter().all(|[x, y]| x == y)
}

/// Samples the curve at [`ENTRIES`] even positions in 0..=1; it is constant outside its points.
pub fn sampled(points: &[[f32; 2]]) -> Vec<f32> {
    let n = points.len();
    let slope: Vec<f32> = points.windows(2).map(|w| (w[1][1] - w[0][1]) / (w[1][0] - w[0][0])).collect();
    let tangent_at = |i: usize| match i {
        0 => slope[0],
        i if i == n - 1 => slope[n - 2],
        i if slope[i - 1] * slope[i] <= 0.0 => 0.0,
        i => 0.5 * (slope[i - 1] + slope[i]),
    };
    let mut tangent: Vec<f32> = (0..n).map(tangent_at).collect();
    for i in 0..n - 1 {
        if slope[i] == 0.0 {
            tangent[i] = 0.0;
            tangent[i + 1] = 0.0;
            continue;
        }
        let (a, b) = (tangent[i] / slope[i], tangent[i + 1] / slope[i]);
        let length = a * a + b * b;
        if length > 9.0 {
            let k = 3.0 / Real::sqrt(length);
            tangent[i] = k * a * slope[i];
            tangent[i + 1] = k * b * slope[i];
        }
    }
    let at = |x: f32| {
        if x <= points[0][0] {
            return points[0][1];
        }
        let Some(i) = points.windows(2).position(|w| x <= w[1][0]) else { return points[n - 1][1] };
        let (p, q) = (points[i], points[i + 1]);
        let h = q[0] - p[0];
        let t = (x - p[0]) / h;
        let (t2, t3) = (t * t, t * t * t);
        p[1] * (2.0 * t3 - 3.0 * t2 + 1.0)
            + h * tangent[i] * (t3 - 2.0 * t2 + t)
            + q[1] * (3.0 * t2 - 2.0 * t3)
            + h * tangent[i + 1] * (t3 - t2)
    };
    (0..ENTRIES).map(|i| at(i as f32 / (ENTRIES - 1) as f32)).collect()
}

/// Returns the points repeated in the turns before and after.
fn around(mut points: Vec<[f32; 2]>) -> Vec<[f32; 2]> {
    if let Some([_, y]) = points.pop_if(|p| p[0] == 1.0) {
        match points.first_mut().filter(|p| p[0] == 0.0) {
            Some(first) => first[1] = 0.5 * (first[1] + y),
            None => points.insert(0, [0.0, y]),
        }
    }
    [-1.0, 0.0, 1.0].into_iter().flat_map(|turn| points.iter().map(move |[x, y]| [x + turn, *y])).collect()
}

fn kernel(p: Params<'_>) -> &'static dyn ReadOp {
    if (5..8).any(|i| !is_neutral(p, i)) {
        &Read(Hues)
    } else if !is_neutral(p, 4) {
        &Read(Luma)
    } else {
        &Read(Components)
    }
}

fn prepare(_: Params<'_>, _: &EffectFrame) -> Uniforms {
    Uniforms::new(&[(ENTRIES - 1) as f32, ENTRIES as f32])
}

/// Returns the tables of red, green and blue (each applied after the master curve), luma, then the
/// three of hue.
fn table(p: Params<'_>) -> Arc<[f32]> {
    let points = |i: usize| parse(p.text(i)).unwrap_or_else(|_| vec![[0.0, 0.0], [1.0, 1.0]]);
    let curves: Vec<Vec<f32>> = (0..8).map(|i| sampled(&if i < 5 { points(i) } else { around(points(i)) })).collect();
    let mut all = Vec::with_capacity(7 * ENTRIES);
    for component in &curves[1..4] {
        all.extend(curves[0].iter().map(|m| {
            let at = m.clamp(0.0, 1.0) * (ENTRIES - 1) as f32;
            let i = (at as usize).min(ENTRIES - 2);
            component[i] + (component[i + 1] - component[i]) * (at - i as f32)
        }));
    }
    curves[4..].iter().for_each(|c| all.extend(c));
    all.into()
}

/// Returns curve `n` at a value; outside 0..=1 it continues with a slope of 1.
#[inline(always)]
fn along<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], v: R, n: f32, s: S) -> R {
    let inside = v.saturate();
    let t = inside * p[0];
    let i = t.floor().min(p[0] - 1.0);
    let at = p[1].mad(n, i);
    s.table(at).mix(s.table(at + 1.0), t - i) + (v - inside)
}

struct Components;

impl ReadKernel for Components {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>, s: S) -> Rgba<R> {
        Rgba { c: rgb(along(p, px.c.r, 0.0, s), along(p, px.c.g, 1.0, s), along(p, px.c.b, 2.0, s)), ..px }
    }
}

/// Luma below which the luma curve adds an offset in addition to scaling.
const DARK: f32 = 1.0 / 16.0;

/// Applies the component curves, then the luma curve: luma becomes the curve's value by scaling the
/// colour, which preserves hue and saturation. Raised blacks are partly added.
#[inline(always)]
fn toned<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, s: S) -> Rgb<R> {
    let c = rgb(along(p, px.c.r, 0.0, s), along(p, px.c.g, 1.0, s), along(p, px.c.b, 2.0, s));
    let y = c.luma();
    let d = along(p, y, 3.0, s) - y;
    let share = (y * (1.0 / DARK)).saturate();
    let (raised, lowered) = (d.max(0.0), d.min(0.0));
    let scale = raised * share / y.max(DARK) + lowered / y.max(1e-6) + 1.0;
    let scale = R::select(y.gt(0.0), scale, 1.0);
    let added = raised * (K(1.0) - share * share) + R::select(y.gt(0.0), 0.0, lowered);
    rgb(c.r.mad(scale, added), c.g.mad(scale, added), c.b.mad(scale, added))
}

struct Luma;

impl ReadKernel for Luma {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>, s: S) -> Rgba<R> {
        Rgba { c: toned(p, px, s), ..px }
    }
}

struct Hues;

impl ReadKernel for Hues {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>, s: S) -> Rgba<R> {
        let (h, saturation, l) = hue::hsl(toned(p, px, s));
        let turn = along(p, h, 4.0, s) - 0.5;
        let (ks, kl) = (along(p, h, 5.0, s) * 2.0, along(p, h, 6.0, s) * 2.0);
        let rotated = hue::from_hsl(h + turn, saturation, l);
        // Greys have no hue, so that the hue curve of luma has no effect on them.
        let share = (saturation * 20.0).saturate();
        let (y, kl) = (rotated.luma(), (kl - 1.0).mad(share, 1.0));
        Rgba { c: rgb(y.mix(rotated.r, ks) * kl, y.mix(rotated.g, ks) * kl, y.mix(rotated.b, ks) * kl), ..px }
    }
}
