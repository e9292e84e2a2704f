//! Mosaic: averages over blocks of pixels. Also the block averages that other effects use.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

/// Every block of `size` by `size` pixels, counted from the frame's top left corner, gets its mean
/// colour.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[ParamSpec::number("size", "Size", 8.0, 1.0, 256.0, Unit::CanvasPx)],
    neutral: |p| p.number(0) <= 1.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "pixelate",
        "Pixelate",
        EffectFamily::Distort,
        "Gives every block of pixels its mean colour.",
        EffectKind::Steps(|p, r| oblong_blocks([p.number(0); 2], [0.0; 2], whole(r))),
    )
};

/// Returns the frame with its margin: left, top, right, bottom.
pub(super) fn whole(r: &EffectFrame) -> [f32; 4] {
    let [x, y] = r.margin_px;
    [-x, -y, r.width_px + x, r.height_px + y]
}

/// Returns steps that average along rows, then along columns, over blocks of a width and a height
/// counted from `origin`, inside the rectangle `[left, top, right, bottom]`; all in pixels.
pub(super) fn oblong_blocks(size_px: [f32; 2], origin: [f32; 2], [l, t, r, b]: [f32; 4]) -> Vec<Step> {
    // Blocks smaller than the raster's pixels show them as they are.
    let size_px = size_px.map(|size| size.max(1.0));
    let step = |horizontal: f32, size_px: f32, origin: f32, to: f32| {
        let n = size_px.ceil().max(1.0);
        let u = Uniforms::new(&[n, size_px, 1.0 / size_px, size_px / n, origin, to, horizontal, l, t, r, b]);
        Step::Sample(&Read(Means), u, Edge::Clamp)
    };
    vec![step(1.0, size_px[0], origin[0], r), step(0.0, size_px[1], origin[1], b)]
}

/// Uniforms: `[samples, size, 1 / size, distance between samples, origin, end, horizontal?, left,
/// top, right, bottom]`.
struct Means;

impl ReadKernel for Means {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let horizontal = p[6].gt(0.5);
        let along = R::select(horizontal, at.x, at.y) - p[4];
        let start = (along * p[2]).floor() * p[1] + p[4];
        let sum = s.sum(
            0,
            #[inline(always)]
            |i| {
                let c = start + (i + 0.5) * p[3];
                let v = s.sample(0, R::select(horizontal, c, at.x), R::select(horizontal, at.y, c));
                // Only samples before the end are counted in a block that the end cuts; their
                // number is computed below.
                let inside = R::select(c.lt(p[5]), 1.0, 0.0);
                Rgba { c: v.c.scale(inside), a: v.a * inside }
            },
        );
        let count = ((p[5] - start) / p[3]).min(p[0]).max(1.0);
        // The number of whole samples.
        let k = R::from(1.0) / (count + 0.499).floor().max(1.0);
        let here = s.sample(0, at.x, at.y);
        let inside = at.x.ge(p[7]) & at.y.ge(p[8]) & at.x.lt(p[9]) & at.y.lt(p[10]);
        let share = R::select(inside, 1.0, 0.0);
        let c = here.c.zip(
            sum.c,
            #[inline(always)]
            |a, b| a.mix(b * k, share),
        );
        Rgba { c, a: here.a.mix(sum.a * k, share) }
    }
}
