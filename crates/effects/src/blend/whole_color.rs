//! Blend modes that work on a colour as a whole: W3C Compositing and Blending Level 1 §10 (weights
//! 0.3, 0.59, 0.11), and darker and lighter colour.
use super::separable::{composite, straight};
use crate::spec::BlendSpec;
use cutroom_kernel::{At, Blend, BlendKernel, K, Real, Rgb, Rgba, rgb};

/// Lum of §10.
#[inline(always)]
fn lum<R: Real>(c: Rgb<R>) -> R {
    c.r * 0.3 + (c.g * 0.59 + c.b * 0.11)
}

/// Sat of §10.
#[inline(always)]
fn sat<R: Real>(c: Rgb<R>) -> R {
    c.max_component() - c.min_component()
}

/// SetLum with ClipColor of §10.
#[inline(always)]
fn set_lum<R: Real>(c: Rgb<R>, l: R) -> Rgb<R> {
    let c = c.offset(l - lum(c));
    let (l, n, x) = (lum(c), c.min_component(), c.max_component());
    #[inline(always)]
    fn low<R: Real>(c: R, l: R, n: R) -> R {
        R::select(n.lt(0.0), l + (c - l) * l / (l - n).max(1e-9), c)
    }

    #[inline(always)]
    fn high<R: Real>(c: R, l: R, x: R) -> R {
        R::select(x.gt(1.0), l + (c - l) * (K(1.0) - l) / (x - l).max(1e-9), c)
    }
    let c = rgb(low(c.r, l, n), low(c.g, l, n), low(c.b, l, n));
    rgb(high(c.r, l, x), high(c.g, l, x), high(c.b, l, x))
}

/// SetSat of §10: the components keep their order, the spread becomes `s`. The hue of colours
/// within one 8-bit code of grey is rounding noise, which must not be amplified: there the spread
/// grows with the colour's own.
#[inline(always)]
fn set_sat<R: Real>(c: Rgb<R>, s: R) -> Rgb<R> {
    let (n, x) = (c.min_component(), c.max_component());
    let k = s / (x - n).max(1.0 / 255.0);
    rgb((c.r - n) * k, (c.g - n) * k, (c.b - n) * k)
}

#[inline(always)]
fn limited<R: Real>(c: Rgb<R>) -> Rgb<R> {
    rgb(c.r.saturate(), c.g.saturate(), c.b.saturate())
}

#[inline(always)]
fn pick<R: Real>(first: R::M, a: Rgb<R>, b: Rgb<R>) -> Rgb<R> {
    rgb(R::select(first, a.r, b.r), R::select(first, a.g, b.g), R::select(first, a.b, b.b))
}

macro_rules! modes {
    ($($(#[$doc:meta])* $spec:ident $kernel:ident $id:literal $name:literal $range:ident |$b:ident, $s:ident| $body:expr;)*) => { $(
        $(#[$doc])*
        pub static $spec: BlendSpec = BlendSpec::new($id, $name, &Blend($kernel));
        struct $kernel;
        impl BlendKernel for $kernel {
            #[inline(always)]
            fn eval<R: Real>(backdrop: Rgba<R>, source: Rgba<R>, _: At<R>, _: R) -> Rgba<R> {
                let ($b, $s) = ($range(straight(backdrop)), $range(source.c));
                let joined = $body;
                composite(backdrop, source, joined)
            }
        }
    )* };
}

#[inline(always)]
fn open<R: Real>(c: Rgb<R>) -> Rgb<R> {
    c
}
modes! {
    /// The colour with the lower luminosity.
    DARKER_COLOR DarkerColor "darker-color" "Darker Color" open |b, s| pick(lum(b).le(lum(s)), b, s);
    /// The colour with the higher luminosity.
    LIGHTER_COLOR LighterColor "lighter-color" "Lighter Color" open |b, s| pick(lum(b).ge(lum(s)), b, s);
    /// Hue of the source; saturation and luminosity of the backdrop.
    HUE Hue "hue" "Hue" limited |b, s| set_lum(set_sat(s, sat(b)), lum(b));
    /// Saturation of the source; hue and luminosity of the backdrop.
    SATURATION Saturation "saturation" "Saturation" limited |b, s| set_lum(set_sat(b, sat(s)), lum(b));
    /// Hue and saturation of the source; luminosity of the backdrop.
    COLOR Color "color" "Color" limited |b, s| set_lum(s, lum(b));
    /// Luminosity of the source; hue and saturation of the backdrop.
    LUMINOSITY Luminosity "luminosity" "Luminosity" limited |b, s| set_lum(b, lum(s));
}
