//! Transfer characteristics as kernels, one per curve and direction, and the tone mapping of HDR.
use cutroom_kernel::{At, K, MAX_UNIFORMS, PointKernel, Real, Rgba, real::poly};

/// Defines a kernel that applies `one(value, uniforms)` to each component.
macro_rules! per_component {
    ($($(#[$doc:meta])* $name:ident = |$x:ident, $p:ident| $body:expr;)*) => { $(
        $(#[$doc])*
        pub struct $name;
        impl PointKernel for $name {
            #[inline(always)]
            fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
                #[inline(always)]
                fn one<R: Real>($x: R, $p: &[R; MAX_UNIFORMS]) -> R {
                    $body
                }
                let c = px.c;
                Rgba { c: cutroom_kernel::rgb(one(c.r, p), one(c.g, p), one(c.b, p)), a: px.a }
            }
        }
    )* };
}

per_component! {
    /// Inverse of the BT.709 curve: a quintic fit of the power segment with an error of up to 2e-4
    /// within 0..=1, linear below 0.081.
    Bt709ToLinear = |x, _p| {
        let z = x.mad(1.0 / 1.099, 0.099 / 1.099);
        let power = poly(z, &[0.001_443_958_7, -0.031_063_35, 0.740_263_4, 0.423_517_05, -0.173_332_67, 0.039_175_595]);
        R::select(x.lt(0.081), x * (1.0 / 4.5), power)
    };
    /// The BT.709 curve: a quartic fit in the fourth root, linear below 0.018.
    LinearToBt709 = |x, _p| {
        let root = x.max(0.0).sqrt().sqrt();
        let power = poly(root, &[-0.007_518_536, 0.109_949_21, 1.037_971, -0.175_995_05, 0.035_597_146]).mad(1.099, -0.099);
        R::select(x.lt(0.018), x * 4.5, power)
    };
    /// SMPTE ST 2084 EOTF times uniform 0 (full scale over reference white, both in cd/m²).
    PqToLinear = |x, p| {
        let e = x.saturate().pow(1.0 / 78.843_75);
        let n = (e - 0.835_937_5).max(0.0) / (K(18.851_562) - e * 18.6875);
        R::select(n.gt(0.0), n.pow(1.0 / 0.159_301_76), 0.0) * p[0]
    };
    /// Inverse of [`PqToLinear`]; its uniform 0 is the reciprocal.
    LinearToPq = |x, p| {
        let y = (x * p[0]).saturate().pow(0.159_301_76);
        ((y * 18.851_562 + 0.835_937_5) / (y * 18.6875 + 1.0)).pow(78.843_75)
    };
    /// Inverse of the BT.2100 HLG OETF: scene light, 1.0 = peak.
    HlgToScene = |x, _p| hlg_scene(x);
    /// BT.2100 HLG OETF.
    SceneToHlg = |x, _p| hlg_encode(x);
}

#[inline(always)]
fn hlg_scene<R: Real>(x: R) -> R {
    let x = x.saturate();
    // exp((x − c) / a) as a power of two.
    let high = (((x - 0.559_910_7) * (core::f32::consts::LOG2_E / 0.178_832_77)).exp2() + 0.284_668_92) * (1.0 / 12.0);
    R::select(x.le(0.5), x * x * (1.0 / 3.0), high)
}

#[inline(always)]
fn hlg_encode<R: Real>(e: R) -> R {
    let e = e.saturate();
    let high = (e * 12.0 - 0.284_668_92).max(1e-6).log2() * (0.178_832_77 * core::f32::consts::LN_2) + 0.559_910_7;
    R::select(e.le(1.0 / 12.0), (e * 3.0).sqrt(), high)
}

/// BT.2100 HLG: inverse OETF, OOTF with gamma 1.2 on luminance (BT.2020 weights), times uniform 0.
pub struct HlgToLinear;

impl PointKernel for HlgToLinear {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let s = px.c.map(
            #[inline(always)]
            |x| hlg_scene(x),
        );
        let y = s.dot([R::from(0.2627), R::from(0.6780), R::from(0.0593)]);
        Rgba { c: s.scale(y.max(1e-6).pow(0.2) * p[0]), a: px.a }
    }
}

/// Inverse of [`HlgToLinear`]; its uniform 0 is the reciprocal.
pub struct LinearToHlg;

impl PointKernel for LinearToHlg {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let d = px.c.scale(p[0]);
        let y = d.dot([R::from(0.2627), R::from(0.6780), R::from(0.0593)]);
        Rgba {
            c: d.scale(y.max(1e-6).pow(-1.0 / 6.0)).map(
                #[inline(always)]
                |x| hlg_encode(x),
            ),
            a: px.a,
        }
    }
}

/// Tone mapping of highlights to at most 1: colour is scaled so that its largest component m, if
/// above the knee k, becomes `k + (1 − k)·t·(1 + t/w²)/(1 + t)`, t = (m − k)/(1 − k), w the t of
/// the peak (extended Reinhard, slope 1 at the knee).
pub struct ToneMap;

impl PointKernel for ToneMap {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let m = px.c.max_component();
        let t = ((m - p[0]) * p[1]).max(0.0);
        let mapped = (t * (t * p[2] + 1.0) / (t + 1.0)).min(1.0).mad(p[3], p[0]);
        let gain = R::select(m.gt(p[0]), mapped / m.max(1e-6), 1.0);
        Rgba { c: px.c.scale(gain), a: px.a }
    }
}

/// Returns `[knee, 1/(1 − knee), 1/w², 1 − knee]` for a peak in multiples of reference white.
pub fn tone_map_uniforms(peak: f32) -> [f32; 4] {
    const KNEE: f32 = 0.5;
    let w = (peak - KNEE) / (1.0 - KNEE);
    [KNEE, 1.0 / (1.0 - KNEE), 1.0 / (w * w), 1.0 - KNEE]
}
