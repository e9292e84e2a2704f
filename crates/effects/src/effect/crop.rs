//! Crop with a soft edge.
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba};

/// Alpha falls to 0 outside the rectangle, which is given as the fractions cut off each side; the
/// edge is `feather` pixels wide, at least one.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("left", "Left", 0.0, 0.0, 1.0, Unit::None),
        ParamSpec::number("top", "Top", 0.0, 0.0, 1.0, Unit::None),
        ParamSpec::number("right", "Right", 0.0, 0.0, 1.0, Unit::None),
        ParamSpec::number("bottom", "Bottom", 0.0, 0.0, 1.0, Unit::None),
        ParamSpec::number("feather", "Feather", 0.0, 0.0, 2000.0, Unit::CanvasPx),
    ],
    domain: Domain::Working,
    neutral: |p| (0..4).all(|i| p.number(i) == 0.0),
    keeps_alpha: false,
    ..EffectSpec::new(
        "crop",
        "Crop",
        EffectFamily::Distort,
        "Cuts the edges away.",
        EffectKind::Point {
            kernel: |_| &Point(Crop),
            prepare: |p, r| {
                let (w, h) = (r.width_px, r.height_px);
                let soft = p.number(4).max(1.0);
                Uniforms::new(&[
                    p.number(0) * w,
                    p.number(1) * h,
                    w - p.number(2) * w,
                    h - p.number(3) * h,
                    1.0 / soft,
                    p.number(2),
                    p.number(3),
                ])
            },
        },
    )
};

struct Crop;

impl PointKernel for Crop {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, at: At<R>) -> Rgba<R> {
        // Half of the soft edge is on each side; sides with a fraction of 0 are not cut.
        #[inline(always)]
        fn inside<R: Real>(d: R, soft: R) -> R {
            d.mad(soft, 0.5).saturate()
        }
        let (l, t) =
            (R::select(p[0].gt(0.0), inside(at.x - p[0], p[4]), 1.0), R::select(p[1].gt(0.0), inside(at.y - p[1], p[4]), 1.0));
        let (r, b) = (inside(p[2] - at.x, p[4]), inside(p[3] - at.y, p[4]));
        let (r, b) = (R::select(p[5].gt(0.0), r, 1.0), R::select(p[6].gt(0.0), b, 1.0));
        Rgba { a: px.a * (l * t) * (r * b), ..px }
    }
}
