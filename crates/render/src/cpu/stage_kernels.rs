//! Kernels of stages that are not in the catalogue.
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba};

/// Multiplies colour by alpha.
pub struct Premultiply;

impl PointKernel for Premultiply {
    #[inline(always)]
    fn eval<R: Real>(_: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        Rgba { c: px.c.scale(px.a), a: px.a }
    }
}

/// Divides colour by alpha; 0 where alpha is at most 1e-6.
pub struct Unpremultiply;

impl PointKernel for Unpremultiply {
    #[inline(always)]
    fn eval<R: Real>(_: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let k = R::select(px.a.gt(1e-6), R::from(1.0) / px.a.max(1e-6), 0.0);
        Rgba { c: px.c.scale(k), a: px.a }
    }
}

/// Multiplies all four components by uniform 0.
pub struct Fade;

impl PointKernel for Fade {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        Rgba { c: px.c.scale(p[0]), a: px.a * p[0] }
    }
}

/// See [`Premultiply`].
pub static PREMULTIPLY: Point<Premultiply> = Point(Premultiply);
/// See [`Unpremultiply`].
pub static UNPREMULTIPLY: Point<Unpremultiply> = Point(Unpremultiply);
/// See [`Fade`].
pub static FADE: Point<Fade> = Point(Fade);
