//! Applies LUTs from files.
use crate::{lut::Lut, spec::*};
use cutroom_kernel::{At, K, MAX_UNIFORMS, Read, ReadKernel, ReadOp, Reads, Real, Rgb, Rgba, rgb};

/// The LUT applied to display-encoded colour, mixed with the original by `intensity`: a shaper with
/// linear interpolation, a cube with tetrahedral interpolation (Sakamoto and Itooka, US patent
/// 4275413, 1981).
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec { id: "file", name: "File", kind: ParamKind::File { extensions: &["cube", "3dl"] }, unit: Unit::None },
        ParamSpec::number("intensity", "Intensity", 1.0, 0.0, 1.0, Unit::None),
    ],
    domain: Domain::Display,
    neutral: |p| p.number(1) == 0.0 || p.text(0).is_empty(),
    ..EffectSpec::new(
        "lut",
        "LUT",
        EffectFamily::Color,
        "Applies a look-up table from a .cube or .3dl file.",
        EffectKind::Lut { kernel, prepare },
    )
};

fn kernel(lut: &Lut) -> &'static dyn ReadOp {
    match (&lut.shaper, &lut.cube) {
        (Some(_), Some(_)) => &Read(Both),
        (None, Some(_)) => &Read(CubeOnly),
        _ => &Read(ShaperOnly),
    }
}

/// Returns `[shaper: last entry, first inputs (3), 1 / span (3); cube: last point, side, first
/// inputs (3), 1 / span (3), offset in the table; intensity]`.
fn prepare(p: Params<'_>, lut: &Lut) -> Uniforms {
    let mut u = [0.0; 17];
    if let Some(s) = &lut.shaper {
        u[0] = (s.entries - 1) as f32;
        for k in 0..3 {
            u[1 + k] = s.domain[0][k];
            u[4 + k] = 1.0 / (s.domain[1][k] - s.domain[0][k]);
        }
    }
    if let Some(c) = &lut.cube {
        u[7] = (c.side - 1) as f32;
        u[8] = c.side as f32;
        for k in 0..3 {
            u[9 + k] = c.domain[0][k];
            u[12 + k] = 1.0 / (c.domain[1][k] - c.domain[0][k]);
        }
        u[15] = lut.shaper.as_ref().map_or(0, |s| s.values.len()) as f32;
    }
    u[16] = p.number(1);
    Uniforms::new(&u)
}

#[inline(always)]
fn shaped<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], c: Rgb<R>, s: S) -> Rgb<R> {
    #[inline(always)]
    fn one<R: Real, S: Reads<R>>(v: R, low: R, scale: R, last: R, component: f32, s: S) -> R {
        let t = ((v - low) * scale).saturate() * last;
        let i = t.floor().min(last - 1.0);
        let (a, b) = (s.table(i.mad(3.0, component)), s.table(i.mad(3.0, component + 3.0)));
        a.mix(b, t - i)
    }
    rgb(one(c.r, p[1], p[4], p[0], 0.0, s), one(c.g, p[2], p[5], p[0], 1.0, s), one(c.b, p[3], p[6], p[0], 2.0, s))
}

#[inline(always)]
fn looked_up<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], c: Rgb<R>, s: S) -> Rgb<R> {
    #[inline(always)]
    fn place<R: Real>(v: R, low: R, scale: R, last: R) -> (R, R) {
        let t = ((v - low) * scale).saturate() * last;
        let i = t.floor().min(last - 1.0);
        (i, t - i)
    }

    #[inline(always)]
    fn corner<R: Real, S: Reads<R>>(at: R, s: S) -> Rgb<R> {
        rgb(s.table(at), s.table(at + 1.0), s.table(at + 2.0))
    }
    let (i, x) = place(c.r, p[9], p[12], p[7]);
    let (j, y) = place(c.g, p[10], p[13], p[7]);
    let (k, z) = place(c.b, p[11], p[14], p[7]);
    let (side, plane) = (p[8] * 3.0, p[8] * p[8] * 3.0);
    let base = i * 3.0 + j * side + k * plane + p[15];
    // From the nearest lower corner along the axis with the largest fraction, then the middle one,
    // then the smallest.
    let (xy, xz, yz) = (x.ge(y), x.ge(z), y.ge(z));
    let three = R::from(3.0);
    let first = R::select(xy & xz, three, R::select(!xy & yz, side, plane));
    let last = R::select(!xy & !xz, three, R::select(xy & !yz, side, plane));
    let (high, low) = (x.max(y).max(z), x.min(y).min(z));
    let mid = x + y + z - high - low;
    let all = side + plane + 3.0;
    let (a, b) = (corner(base, s), corner(base + first, s));
    let (c, d) = (corner(base + all - last, s), corner(base + all, s));
    let (wa, wb, wc) = (K(1.0) - high, high - mid, mid - low);
    #[inline(always)]
    fn sum<R: Real>(v: [R; 4], w: [R; 4]) -> R {
        v[0] * w[0] + v[1] * w[1] + (v[2] * w[2] + v[3] * w[3])
    }
    let w = [wa, wb, wc, low];
    rgb(sum([a.r, b.r, c.r, d.r], w), sum([a.g, b.g, c.g, d.g], w), sum([a.b, b.b, c.b, d.b], w))
}

macro_rules! kernels {
    ($($name:ident |$p:ident, $c:ident, $s:ident| $body:expr;)*) => { $(
        struct $name;
        impl ReadKernel for $name {
            #[inline(always)]
            fn eval<R: Real, S: Reads<R>>($p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>, $s: S) -> Rgba<R> {
                let $c = px.c;
                let l = $body;
                Rgba { c: rgb(px.c.r.mix(l.r, $p[16]), px.c.g.mix(l.g, $p[16]), px.c.b.mix(l.b, $p[16])), ..px }
            }
        }
    )* };
}
kernels! {
    ShaperOnly |p, c, s| shaped(p, c, s);
    CubeOnly |p, c, s| looked_up(p, c, s);
    Both |p, c, s| looked_up(p, shaped(p, c, s), s);
}
