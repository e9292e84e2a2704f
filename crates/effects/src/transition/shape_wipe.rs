//! Wipes and irises: the incoming picture is visible where a distance, 0 to 1 over the canvas, is
//! below the progress.
use super::SOFT;
use crate::spec::*;
use cutroom_kernel::{At, MAX_UNIFORMS, Mix, MixKernel, Real, Rgba, real::atan2};

/// Returns `[centre x, y, 1 / half width, 1 / half height, 1 / half diagonal, edge, 1 / softness,
/// half width, half height in half diagonals]`.
fn uniforms(v: Params<'_>, progress: f32, r: &EffectFrame) -> Uniforms {
    let (cx, cy) = (0.5 * r.width_px, 0.5 * r.height_px);
    let half = (cx * cx + cy * cy).sqrt();
    let soft = v.number(0).max(1.0 / half);
    // The edge starts and ends outside the canvas, so that progress 0 and 1 are pure pictures.
    Uniforms::new(&[cx, cy, 1.0 / cx, 1.0 / cy, 1.0 / half, progress * (1.0 + soft), 1.0 / soft, cx / half, cy / half])
}

/// Declares wipes by their distance: `u` and `v` are −1..=1 over the canvas, `x` and `y` are in
/// half diagonals, `p` are the uniforms.
macro_rules! wipes {
    ($($(#[$doc:meta])* $spec:ident $kernel:ident $id:literal $name:literal |$u:ident, $v:ident, $x:ident, $y:ident, $p:ident| $body:expr;)*) => { $(
        $(#[$doc])*
        pub static $spec: TransitionSpec = TransitionSpec::new($id, $name, SOFT, TransitionFamily::Wipe, TransitionKind::Mix(&Mix($kernel)), uniforms);
        struct $kernel;
        impl MixKernel for $kernel {
            #[inline(always)]
            fn eval<R: Real>($p: &[R; MAX_UNIFORMS], f: Rgba<R>, t: Rgba<R>, at: At<R>) -> Rgba<R> {
                let (dx, dy) = (at.x - $p[0], at.y - $p[1]);
                let ($u, $v, $x, $y) = (dx * $p[2], dy * $p[3], dx * $p[4], dy * $p[4]);
                let _ = ($u, $v, $x, $y);
                let k = (($p[5] - $body) * $p[6]).saturate();
                super::mixed(f, t, k)
            }
        }
    )* };
}

wipes! {
    /// A rectangle grows from the centre.
    CENTER CenterWipe "center-wipe" "Center Wipe" |u, v, _x, _y, _p| u.abs().max(v.abs());
    /// A clock hand rotates clockwise from the top.
    CLOCK ClockWipe "clock-wipe" "Clock Wipe" |_u, _v, x, y, _p| (atan2(x, -y) * (1.0 / core::f32::consts::TAU)).fract();
    /// Double doors open to the left and right.
    BARN_DOOR_H BarnDoorH "barn-door-horizontal" "Barn Door Horizontal" |u, _v, _x, _y, _p| u.abs();
    /// Double doors open upward and downward.
    BARN_DOOR_V BarnDoorV "barn-door-vertical" "Barn Door Vertical" |_u, v, _x, _y, _p| v.abs();
    /// A circle grows.
    CIRCLE CircleIris "circle-iris" "Circle Iris" |_u, _v, x, y, _p| (x * x + y * y).sqrt();
    /// An ellipse of the canvas's proportions grows.
    OVAL OvalIris "oval-iris" "Oval Iris" |u, v, _x, _y, _p| (u * u + v * v).sqrt() * core::f32::consts::FRAC_1_SQRT_2;
    /// A diamond grows.
    DIAMOND DiamondIris "diamond-iris" "Diamond Iris" |u, v, _x, _y, _p| (u.abs() + v.abs()) * 0.5;
    /// A square grows.
    SQUARE SquareIris "square-iris" "Square Iris" |_u, _v, x, y, p| x.abs().max(y.abs()) / p[7].max(p[8]);
    /// A triangle, pointing up, grows.
    TRIANGLE TriangleIris "triangle-iris" "Triangle Iris" |_u, _v, x, y, p|
        // The maximum of the distances from the three sides; the upper corners are reached last, or
        // on a tall canvas the lower edge.
        y.max(x.abs() * 0.866_025_4 - y * 0.5) / (p[7] * 0.866_025_4 + p[8] * 0.5).max(p[8]);
    /// A cross grows.
    CROSS CrossIris "cross-iris" "Cross Iris" |u, v, _x, _y, _p| u.abs().min(v.abs());
    /// A five-pointed star, one point up, grows.
    STAR StarIris "star-iris" "Star Iris" |_u, _v, x, y, _p| {
        // The angle from the nearest point, 0 to a tenth of a turn. An edge is the straight line
        // from a point to the notch at 0.382 of its radius.
        let a = ((atan2(x, -y) * (5.0 / core::f32::consts::TAU) + 0.5).fract() - 0.5).abs() * (core::f32::consts::TAU / 5.0);
        let (nx, ny) = (0.382 * 0.587_785_25, 1.0 - 0.382 * 0.809_017);
        (x * x + y * y).sqrt() * (a.cos() + a.sin() * (ny / nx)) * 0.382
    };
    /// Diagonally from the top left to the bottom right.
    DIAGONAL Diagonal "diagonal-wipe" "Diagonal Wipe" |u, v, _x, _y, _p| (u + v) * 0.25 + 0.5;
    /// A spiral winds outward.
    SPIRAL Spiral "spiral-wipe" "Spiral Wipe" |_u, _v, x, y, _p| {
        let turn = (atan2(x, -y) * (1.0 / core::f32::consts::TAU)).fract();
        let radius = (x * x + y * y).sqrt();
        // Four windings; each ring fills clockwise.
        let ring = (radius * 4.0 + 1.0 - turn).floor();
        ((ring + turn) * 0.2).saturate()
    };
}
