//! Transitions in pieces that change one after another: each pixel belongs to a piece with its own
//! time.
use super::{PLAIN, SEEDED, mixed};
use crate::spec::*;
use cutroom_kernel::{At, K, MAX_UNIFORMS, Mix, MixKernel, Real, Rgba};

macro_rules! patterns {
    ($($(#[$doc:meta])* $spec:ident $kernel:ident $id:literal $name:literal $params:ident
        |$v:ident, $p:ident, $r:ident| $u:expr => |$q:ident, $at:ident| $body:expr;)*) => { $(
        $(#[$doc])*
        pub static $spec: TransitionSpec = TransitionSpec::new($id, $name, $params, TransitionFamily::Pattern, TransitionKind::Mix(&Mix($kernel)), |$v, $p, $r| Uniforms::new(&$u));
        struct $kernel;
        impl MixKernel for $kernel {
            /// The body returns the share of the incoming picture.
            #[inline(always)]
            fn eval<R: Real>($q: &[R; MAX_UNIFORMS], f: Rgba<R>, t: Rgba<R>, $at: At<R>) -> Rgba<R> {
                let k: R = $body;
                mixed(f, t, k.saturate())
            }
        }
    )* };
}

patterns! {
    /// In a checkerboard every other square is wiped first, then the rest.
    CHECKER CheckerWipe "checker-wipe" "Checker Wipe" PLAIN |_v, p, r| [12.0 / r.width_px, (r.width_px / 12.0).max(1.0), p * 2.0] => |q, at| {
        let (x, y) = (at.x * q[0], at.y * q[0]);
        let odd = ((x.floor() + y.floor()) * 0.5).fract().gt(0.25);
        // Edges one pixel wide, moving from left to right within a square.
        let edge = R::select(odd, q[2] - 1.0, q[2]);
        (edge - x.fract()) * q[1] + R::select(edge.ge(1.0), q[1], 0.0)
    };
    /// Columns are wiped from top to bottom, each after its own random delay.
    DOOM_BARS DoomBars "doom-bars" "Doom Bars" SEEDED
        |v, p, r| [60.0 / r.width_px, p * 1.6 * r.height_px, frame_seed(1.0, v.number(0)), 0.6 * r.height_px] => |q, at| {
        let column = (at.x * q[0]).floor();
        let delay = column.hash(R::from(0.0), q[2]) * q[3];
        q[1] - delay - at.y + 0.5
    };
    /// Drops of the incoming picture appear and grow.
    PAINT_SPLATTER PaintSplatter "paint-splatter" "Paint Splatter" SEEDED
        |v, p, r| {
            let side = 0.22 * r.height_px.min(r.width_px);
            // One drop per square; drops of radius r and random sizes cover 1 − exp(−1.3 · r²) of
            // the area, which is to equal progress.
            let radius = (-Real::log2(1.0 - p.min(0.97)) * (core::f32::consts::LN_2 / 1.3)).sqrt();
            [1.0 / side, side.max(1.0), radius, frame_seed(2.0, v.number(0)), ((p - 0.9) * 20.0).max(0.0)]
        } => |q, at| {
        // Signed distance to the edge of the drop of cell (i, j); the largest of the cell and its
        // neighbours counts.
        #[inline(always)]
        fn drop_at<R: Real>(q: &[R; MAX_UNIFORMS], x: R, y: R, i: R, j: R) -> R {
            let (cx, cy) = (i + i.hash(j, q[3]), j + i.hash(j, q[3] + 1.0));
            let size = i.hash(j, q[3] + 2.0) * 0.8 + 0.2;
            let (dx, dy) = (x - cx, y - cy);
            q[2] * size - (dx * dx + dy * dy).sqrt()
        }
        let (x, y) = (at.x * q[0], at.y * q[0]);
        let (i, j) = (x.floor(), y.floor());
        let mut k = drop_at(q, x, y, i, j);
        k = k.max(drop_at(q, x, y, i - 1.0, j)).max(drop_at(q, x, y, i + 1.0, j));
        k = k.max(drop_at(q, x, y, i, j - 1.0)).max(drop_at(q, x, y, i, j + 1.0));
        k = k.max(drop_at(q, x, y, i - 1.0, j - 1.0)).max(drop_at(q, x, y, i + 1.0, j + 1.0));
        k = k.max(drop_at(q, x, y, i - 1.0, j + 1.0)).max(drop_at(q, x, y, i + 1.0, j - 1.0));
        // Areas that no drop has reached, at most √2 from the nearest one, change at the end.
        (k + q[4]) * q[1]
    };
    /// Dots grow from left to right until they meet.
    POLKA_DOT PolkaDot "polka-dot-curtain" "Polka Dot Curtain" PLAIN |_v, p, r| [16.0 / r.width_px, (r.width_px / 16.0).max(12.0), p * 2.0] => |q, at| {
        let (x, y) = (at.x * q[0], at.y * q[0]);
        let (dx, dy) = (x.fract() - 0.5, y.fract() - 0.5);
        // A dot covers its square at a radius of √½; the last column starts at a uniform of 15/16.
        let radius = (q[2] - x.floor() * (1.0 / 16.0)).max(0.0) * 0.75;
        (radius - (dx * dx + dy * dy).sqrt()) * q[1]
    };
    /// Blocks change in random order.
    RANDOM_BLOCKS RandomBlocks "random-blocks" "Random Blocks" SEEDED |v, p, r| [20.0 / r.width_px, p, frame_seed(4.0, v.number(0))] => |q, at| {
        R::select((at.x * q[0]).floor().hash((at.y * q[0]).floor(), q[2]).lt(q[1]), 1.0, 0.0)
    };
    /// Horizontal strips, each wiped from top to bottom.
    BLINDS_H BlindsH "venetian-blinds-h" "Venetian Blinds Horizontal" PLAIN |_v, p, r| [10.0 / r.height_px, r.height_px / 10.0, p * (r.height_px / 10.0 + 1.0)] => |q, at|
        q[2] - (at.y * q[0]).fract() * q[1];
    /// Vertical strips, each wiped from left to right.
    BLINDS_V BlindsV "venetian-blinds-v" "Venetian Blinds Vertical" PLAIN |_v, p, r| [16.0 / r.width_px, r.width_px / 16.0, p * (r.width_px / 16.0 + 1.0)] => |q, at|
        q[2] - (at.x * q[0]).fract() * q[1];
    /// Blocks change row by row, alternately from left to right and back.
    ZIG_ZAG ZigZag "zig-zag-blocks" "Zig-Zag Blocks" PLAIN |_v, p, r| {
        let rows = (9.0 * 16.0 * r.height_px / (9.0 * r.width_px)).ceil().max(1.0);
        [16.0 / r.width_px, p * 16.0 * rows]
    } => |q, at| {
        let (i, j) = ((at.x * q[0]).floor().clamp(0.0, 15.0), (at.y * q[0]).floor());
        let back = (j * 0.5).fract().gt(0.25);
        let place = j * 16.0 + R::select(back, K(15.0) - i, i);
        q[1] - place
    };
}
