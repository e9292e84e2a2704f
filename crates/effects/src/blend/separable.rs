//! Blend modes that work on each component separately: W3C Compositing and Blending Level 1 §5.8
//! and §9.1, the PDF Blend Modes Addendum (Adobe 2006), and the further modes of Photoshop and
//! After Effects as their manuals describe them.
//!
//! With straight backdrop b and source s, both clamped to 0..=1 if a formula requires it:
//! `co = (1 − αb)·αs·s + (1 − αs)·cb + αs·αb·B(b, s)`.
use crate::spec::BlendSpec;
use cutroom_kernel::{At, Blend, BlendKernel, K, Real, Rgb, Rgba, rgb};

/// Composites the source over the backdrop; where both are present, the colour is `joined`, the
/// result of the mode's `B`.
#[inline(always)]
pub(super) fn composite<R: Real>(backdrop: Rgba<R>, source: Rgba<R>, joined: Rgb<R>) -> Rgba<R> {
    let (both, only, keep) = (source.a * backdrop.a, source.a * (K(1.0) - backdrop.a), K(1.0) - source.a);
    #[inline(always)]
    fn one<R: Real>(j: R, s: R, b: R, both: R, only: R, keep: R) -> R {
        j * both + (s * only + b * keep)
    }
    let (s, b) = (source.c, backdrop.c);
    Rgba {
        c: rgb(
            one(joined.r, s.r, b.r, both, only, keep),
            one(joined.g, s.g, b.g, both, only, keep),
            one(joined.b, s.b, b.b, both, only, keep),
        ),
        a: source.a + backdrop.a * keep,
    }
}

/// Returns the straight colour of a premultiplied backdrop; black where it is transparent.
#[inline(always)]
pub(super) fn straight<R: Real>(b: Rgba<R>) -> Rgb<R> {
    b.c.scale(R::select(b.a.gt(1e-6), K(1.0) / b.a.max(1e-6), 0.0))
}

/// Declares modes by their `B(b, s)`. The argument after the name, `whole` or `open`, says whether
/// b and s are clamped to 0..=1 first. `or` names the kernel for linear light if it differs.
macro_rules! modes {
    ($($(#[$doc:meta])* $spec:ident $kernel:ident $(or $light:ident)? $id:literal $name:literal $range:ident |$b:ident, $s:ident| $body:expr;)*) => { $(
        $(#[$doc])*
        pub static $spec: BlendSpec = BlendSpec { $(linear_kernel: Some(&Blend($light)),)? ..BlendSpec::new($id, $name, &Blend($kernel)) };
        struct $kernel;
        impl BlendKernel for $kernel {
            #[inline(always)]
            fn eval<R: Real>(backdrop: Rgba<R>, source: Rgba<R>, _: At<R>, _: R) -> Rgba<R> {
                #[inline(always)]
                fn one<R: Real>($b: R, $s: R) -> R {
                    $body
                }
                let b = straight(backdrop);
                composite(backdrop, source, rgb(
                    one($range(b.r), $range(source.c.r)),
                    one($range(b.g), $range(source.c.g)),
                    one($range(b.b), $range(source.c.b)),
                ))
            }
        }
    )* };
}

/// Clamps to 0..=1.
#[inline(always)]
fn whole<R: Real>(x: R) -> R {
    x.saturate()
}

/// Does not clamp, so that light above white is preserved.
#[inline(always)]
fn open<R: Real>(x: R) -> R {
    x
}

#[inline(always)]
fn screen<R: Real>(b: R, s: R) -> R {
    b + s - b * s
}

#[inline(always)]
fn hard_light<R: Real>(b: R, s: R) -> R {
    R::select(s.le(0.5), b * (s * 2.0), screen(b, s * 2.0 - 1.0))
}

#[inline(always)]
fn color_dodge<R: Real>(b: R, s: R) -> R {
    let q = (b / (K(1.0) - s).max(1e-6)).min(1.0);
    R::select(b.le(0.0), 0.0, R::select(s.ge(1.0), 1.0, q))
}

#[inline(always)]
fn color_burn<R: Real>(b: R, s: R) -> R {
    let q = K(1.0) - ((K(1.0) - b) / s.max(1e-6)).min(1.0);
    R::select(b.ge(1.0), 1.0, R::select(s.le(0.0), 0.0, q))
}

/// Soft light, W3C §9.1.10.
#[inline(always)]
fn soft_light<R: Real>(b: R, s: R) -> R {
    let d = R::select(b.le(0.25), ((b * 16.0 - 12.0) * b + 4.0) * b, b.sqrt());
    let k = s * 2.0 - 1.0;
    R::select(s.le(0.5), b + k * b * (K(1.0) - b), b + k * (d - b))
}

modes! {
    /// min(b, s).
    DARKEN Darken "darken" "Darken" open |b, s| b.min(s);
    /// b·s.
    MULTIPLY Multiply "multiply" "Multiply" open |b, s| b * s;
    /// 1 − min(1, (1 − b)/s); white stays white.
    COLOR_BURN ColorBurn "color-burn" "Color Burn" whole |b, s| color_burn(b, s);
    /// Like Color Burn, but a black source turns white to black too.
    CLASSIC_COLOR_BURN ClassicColorBurn "classic-color-burn" "Classic Color Burn" whole |b, s|
        R::select(s.le(0.0), 0.0, K(1.0) - ((K(1.0) - b) / s.max(1e-6)).min(1.0));
    /// max(0, b + s − 1).
    LINEAR_BURN LinearBurn "linear-burn" "Linear Burn" open |b, s| (b + s - 1.0).max(0.0);
    /// min(1, b + s); in linear light b + s without a limit.
    ADD Add or AddLight "add" "Add" open |b, s| (b + s).min(1.0);
    /// max(b, s).
    LIGHTEN Lighten "lighten" "Lighten" open |b, s| b.max(s);
    /// b + s − b·s.
    SCREEN Screen "screen" "Screen" whole |b, s| screen(b, s);
    /// min(1, b/(1 − s)); black stays black.
    COLOR_DODGE ColorDodge "color-dodge" "Color Dodge" whole |b, s| color_dodge(b, s);
    /// Like Color Dodge, but a white source turns black to white too.
    CLASSIC_COLOR_DODGE ClassicColorDodge "classic-color-dodge" "Classic Color Dodge" whole |b, s|
        R::select(s.ge(1.0), 1.0, (b / (K(1.0) - s).max(1e-6)).min(1.0));
    /// Add, under the name that it has in Photoshop.
    LINEAR_DODGE LinearDodge or AddLight "linear-dodge" "Linear Dodge" open |b, s| (b + s).min(1.0);
    /// Hard light with backdrop and source exchanged.
    OVERLAY Overlay "overlay" "Overlay" whole |b, s| hard_light(s, b);
    /// Soft light of W3C §9.1.10.
    SOFT_LIGHT SoftLight "soft-light" "Soft Light" whole |b, s| soft_light(b, s);
    /// Multiply by 2s up to s = 0.5, screen with 2s − 1 above.
    HARD_LIGHT HardLight "hard-light" "Hard Light" whole |b, s| hard_light(b, s);
    /// b + 2s − 1, clamped to 0..=1.
    LINEAR_LIGHT LinearLight "linear-light" "Linear Light" whole |b, s| (b + s * 2.0 - 1.0).saturate();
    /// Color burn by 2s up to s = 0.5, color dodge by 2s − 1 above.
    VIVID_LIGHT VividLight "vivid-light" "Vivid Light" whole |b, s|
        R::select(s.le(0.5), color_burn(b, s * 2.0), color_dodge(b, s * 2.0 - 1.0));
    /// Darken by 2s up to s = 0.5, lighten by 2s − 1 above.
    PIN_LIGHT PinLight "pin-light" "Pin Light" whole |b, s| R::select(s.le(0.5), b.min(s * 2.0), b.max(s * 2.0 - 1.0));
    /// 1 where b + s ≥ 1, else 0.
    HARD_MIX HardMix "hard-mix" "Hard Mix" whole |b, s| R::select((b + s).ge(1.0), 1.0, 0.0);
    /// |b − s|.
    DIFFERENCE Difference "difference" "Difference" open |b, s| (b - s).abs();
    /// b + s − 2·b·s.
    EXCLUSION Exclusion "exclusion" "Exclusion" whole |b, s| b + s - b * s * 2.0;
    /// max(0, b − s).
    SUBTRACT Subtract "subtract" "Subtract" open |b, s| (b - s).max(0.0);
    /// min(1, b/s); a black source yields white.
    DIVIDE Divide "divide" "Divide" whole |b, s| R::select(s.le(0.0), 1.0, (b / s.max(1e-6)).min(1.0));
}

/// b + s without a limit, for linear light.
struct AddLight;

impl BlendKernel for AddLight {
    #[inline(always)]
    fn eval<R: Real>(backdrop: Rgba<R>, source: Rgba<R>, _: At<R>, _: R) -> Rgba<R> {
        let (b, s) = (straight(backdrop), source.c);
        composite(backdrop, source, rgb(b.r + s.r, b.g + s.g, b.b + s.b))
    }
}

/// |cb − cs| of premultiplied colours: equal to `difference` where both are opaque, without its blending
/// by alpha elsewhere.
pub static CLASSIC_DIFFERENCE: BlendSpec = BlendSpec::new("classic-difference", "Classic Difference", &Blend(ClassicDifference));
struct ClassicDifference;

impl BlendKernel for ClassicDifference {
    #[inline(always)]
    fn eval<R: Real>(b: Rgba<R>, s: Rgba<R>, _: At<R>, _: R) -> Rgba<R> {
        #[inline(always)]
        fn one<R: Real>(b: R, s: R, a: R) -> R {
            // Where the layer is transparent the backdrop is unchanged, including out-of-gamut
            // colours.
            R::select(a.gt(0.0), (b - s * a).abs(), b)
        }
        let c = rgb(one(b.c.r, s.c.r, s.a), one(b.c.g, s.c.g, s.a), one(b.c.b, s.c.b, s.a));
        Rgba { c, a: s.a + b.a * (K(1.0) - s.a) }
    }
}
