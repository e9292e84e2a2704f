//! Blend modes that work on coverage: stencils and silhouettes multiply the backdrop by the layer's
//! alpha or luma, alpha add combines adjacent edges without a seam, dissolves draw each pixel of a
//! layer fully or not at all.
use crate::spec::BlendSpec;
use cutroom_kernel::{At, Blend, BlendKernel, K, Real, Rgba, rgb};

/// Returns the backdrop times `k`.
#[inline(always)]
fn cut<R: Real>(b: Rgba<R>, k: R) -> Rgba<R> {
    Rgba { c: b.c.scale(k), a: b.a * k }
}

macro_rules! modes {
    ($($(#[$doc:meta])* $spec:ident $kernel:ident $id:literal $name:literal $($set:ident)* |$b:ident, $s:ident, $at:ident, $seed:ident| $body:expr;)*) => { $(
        $(#[$doc])*
        pub static $spec: BlendSpec =
            BlendSpec { $($set: true,)* ..BlendSpec::new($id, $name, &Blend($kernel)) };
        struct $kernel;
        impl BlendKernel for $kernel {
            #[inline(always)]
            fn eval<R: Real>($b: Rgba<R>, $s: Rgba<R>, $at: At<R>, $seed: R) -> Rgba<R> {
                $body
            }
        }
    )* };
}

/// Returns the source, opaque, where a random number is below its alpha, else the backdrop.
#[inline(always)]
fn dissolve<R: Real>(b: Rgba<R>, s: Rgba<R>, at: At<R>, seed: R) -> Rgba<R> {
    let show = at.x.floor().hash(at.y.floor(), seed).lt(s.a);
    Rgba {
        c: rgb(R::select(show, s.c.r, b.c.r), R::select(show, s.c.g, b.c.g), R::select(show, s.c.b, b.c.b)),
        a: R::select(show, 1.0, b.a),
    }
}

modes! {
    /// Draws random pixels with the probability of their alpha, the same ones in every frame.
    DISSOLVE Dissolve "dissolve" "Dissolve" noise |b, s, at, seed| dissolve(b, s, at, seed);
    /// Draws random pixels with the probability of their alpha, other ones in every frame.
    DANCING_DISSOLVE DancingDissolve "dancing-dissolve" "Dancing Dissolve" noise time_dependent |b, s, at, seed| dissolve(b, s, at, seed);
    /// Backdrop · source alpha.
    STENCIL_ALPHA StencilAlpha "stencil-alpha" "Stencil Alpha" lowers_backdrop_alpha affects_transparent |b, s, _at, _seed| cut(b, s.a);
    /// Backdrop · source luma (display-encoded) · source alpha.
    STENCIL_LUMA StencilLuma "stencil-luma" "Stencil Luma" lowers_backdrop_alpha affects_transparent display |b, s, _at, _seed| cut(b, s.c.luma().saturate() * s.a);
    /// Backdrop · (1 − source alpha).
    SILHOUETTE_ALPHA SilhouetteAlpha "silhouette-alpha" "Silhouette Alpha" lowers_backdrop_alpha |b, s, _at, _seed| cut(b, K(1.0) - s.a);
    /// Backdrop · (1 − source luma (display-encoded) · source alpha).
    SILHOUETTE_LUMA SilhouetteLuma "silhouette-luma" "Silhouette Luma" lowers_backdrop_alpha display
        |b, s, _at, _seed| cut(b, K(1.0) - s.c.luma().saturate() * s.a);
    /// Adds alphas up to 1: the source as in normal, below it as much of the backdrop as the
    /// remaining alpha allows.
    ALPHA_ADD AlphaAdd "alpha-add" "Alpha Add" |b, s, _at, _seed| {
        let room = (K(1.0) - s.a).min(b.a);
        let k = R::select(b.a.gt(1e-6), room / b.a.max(1e-6), 0.0);
        Rgba { c: rgb(s.c.r * s.a + b.c.r * k, s.c.g * s.a + b.c.g * k, s.c.b * s.a + b.c.b * k), a: s.a + room }
    };
}
