//! Transitions that move the two pictures as flat cards: slides, rotations, zooms and rotations in
//! space.
//!
//! Each picture has a projective map. Its inverse is computed on the host, so that the kernel
//! divides only once per picture and pixel.
use super::{INCLUDE_AUDIO, on_canvas};
use crate::spec::*;
use cutroom_kernel::{At, Edge, K, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba, rgb};

/// A 3×3 projective map of canvas pixels, rows first.
#[derive(Clone, Copy)]
struct Map([[f64; 3]; 3]);

const SAME: Map = Map([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);

impl Map {
    fn after(self, first: Self) -> Self {
        Self(std::array::from_fn(|i| std::array::from_fn(|j| (0..3).map(|k| self.0[i][k] * first.0[k][j]).sum())))
    }

    fn shift(x: f64, y: f64) -> Self {
        Self([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])
    }

    fn scale(x: f64, y: f64) -> Self {
        Self([[x, 0.0, 0.0], [0.0, y, 0.0], [0.0, 0.0, 1.0]])
    }

    /// Clockwise about the origin.
    fn rotation(degrees: f64) -> Self {
        let (s, c) = sin_cos(degrees);
        Self([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    }

    /// Returns the inverse up to a factor.
    fn adjugate(self) -> Self {
        let a = |i: usize, j: usize| self.0[i % 3][j % 3];
        Self(std::array::from_fn(|i| {
            std::array::from_fn(|j| a(j + 1, i + 1) * a(j + 2, i + 2) - a(j + 1, i + 2) * a(j + 2, i + 1))
        }))
    }
}

/// Sine and cosine from [`Real`]'s polynomials, so that all machines yield the same bits.
fn sin_cos(degrees: f64) -> (f64, f64) {
    let r = (degrees % 360.0).to_radians() as f32;
    (f64::from(Real::sin(r)), f64::from(Real::cos(r)))
}

/// Returns the map of a card in space: rotated about the x axis, then y (degrees), moved away by
/// `away` canvas heights, seen from 1.5 heights in front of the pivot (pixels from the canvas's
/// centre).
fn card(r: &EffectFrame, about_x: f64, about_y: f64, pivot: [f64; 2], away: f64) -> Map {
    let (w, h) = (f64::from(r.width_px), f64::from(r.height_px));
    let eye = 1.5 * h;
    let ((sx, cx), (sy, cy)) = (sin_cos(about_x), sin_cos(about_y));
    // (x, y, 0) → rotated → x / (1 + z / eye).
    let m = [[cy, sy * sx, 0.0], [0.0, cx, 0.0], [-sy / eye, cy * sx / eye, 1.0 + away * h / eye]];
    let centered = Map::shift(0.5 * w, 0.5 * h);
    let back = Map::shift(-0.5 * w, -0.5 * h);
    // The pivot is the fixed point of the rotation and the vanishing point.
    centered.after(Map::shift(pivot[0], pivot[1])).after(Map(m)).after(Map::shift(-pivot[0], -pivot[1])).after(back)
}

/// The placement of both pictures at an instant.
struct Scene {
    from: Map,
    to: Map,
    /// Opacity of the outgoing and of the incoming picture.
    opacity: [f64; 2],
    /// Whether the outgoing picture is above the incoming one.
    from_above: bool,
}

/// Returns `[inverse of from (9), inverse of to (9), opacity of both, from above?, signs of both,
/// width, height]`.
fn uniforms(s: Scene, r: &EffectFrame) -> Uniforms {
    let mut u = Vec::with_capacity(25);
    let mut signs = Vec::new();
    for m in [s.from, s.to] {
        let inverse = m.adjugate();
        let max = inverse.0.iter().flatten().fold(1e-30f64, |a, v| a.max(v.abs()));
        u.extend(inverse.0.iter().flatten().map(|v| (v / max) as f32));
        // The sign that the last row has where the card is in front of the eye: taken at the image
        // of the canvas's centre.
        let c = [0.5 * f64::from(r.width_px), 0.5 * f64::from(r.height_px), 1.0];
        let image: Vec<f64> = (0..3).map(|i| (0..3).map(|j| m.0[i][j] * c[j]).sum::<f64>()).collect();
        let w: f64 = (0..3).map(|j| inverse.0[2][j] * image[j]).sum::<f64>() * image[2];
        signs.push(if w < 0.0 { -1.0 } else { 1.0 });
    }
    u.extend(s.opacity.map(|v| v as f32));
    u.push(f32::from(u8::from(s.from_above)));
    u.extend(signs);
    u.extend([r.width_px, r.height_px]);
    Uniforms::new(&u)
}

struct Cards;

impl ReadKernel for Cards {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        /// Returns input `n` through the map at uniform `m`, and the share of the pixel that its
        /// card covers.
        #[inline(always)]
        fn seen<R: Real, S: Reads<R>>(
            p: &[R; MAX_UNIFORMS],
            at: At<R>,
            s: S,
            n: usize,
            m: usize,
            opacity: R,
            sign: R,
        ) -> (Rgba<R>, R) {
            let w = at.x * p[m + 6] + at.y * p[m + 7] + p[m + 8];
            let k = K(1.0) / R::select(w.abs().gt(1e-12), w, 1e-12);
            let (x, y) = ((at.x * p[m] + at.y * p[m + 1] + p[m + 2]) * k, (at.x * p[m + 3] + at.y * p[m + 4] + p[m + 5]) * k);
            let c = s.sample(n, x, y);
            let o = R::select((w * sign).gt(0.0), opacity, 0.0);
            (Rgba { c: c.c.scale(o), a: c.a * o }, on_canvas(x, y, p[23], p[24]) * o)
        }
        let (f, f_lies) = seen(p, at, s, 0, 0, p[18], p[21]);
        let (t, t_lies) = seen(p, at, s, 1, 9, p[19], p[22]);
        let above = p[20].gt(0.5);
        // The upper card hides what is below its whole canvas, transparent parts included (see
        // `instead`). The lower card's share of a pixel is placed in the part that the upper one
        // leaves first: adjacent cards leave no seam, and cards that cross-fade do not let the
        // background through.
        let (rest_f, rest_t) = ((K(1.0) - t_lies) / f_lies.max(1e-6), (K(1.0) - f_lies) / t_lies.max(1e-6));
        let (kf, kt) = (R::select(above, 1.0, rest_f.min(1.0)), R::select(above, rest_t.min(1.0), 1.0));
        Rgba { c: rgb(f.c.r * kf + t.c.r * kt, f.c.g * kf + t.c.g * kt, f.c.b * kf + t.c.b * kt), a: f.a * kf + t.a * kt }
    }
}

/// Ease in and out: 3p² − 2p³.
fn eased(p: f64) -> f64 {
    p * p * (3.0 - 2.0 * p)
}

fn about_center(r: &EffectFrame, m: Map) -> Map {
    let (x, y) = (0.5 * f64::from(r.width_px), 0.5 * f64::from(r.height_px));
    Map::shift(x, y).after(m).after(Map::shift(-x, -y))
}

fn scene(from: Map, to: Map) -> Scene {
    Scene { from, to, opacity: [1.0, 1.0], from_above: false }
}

/// Sets the opacity of the picture that is not yet, or no longer, visible to 0 at progress 0 and 1:
/// a card seen edge-on does not reliably cover nothing.
fn at_the_ends(p: f64, s: Scene) -> Scene {
    let opacity = if p <= 0.0 {
        [1.0, 0.0]
    } else if p >= 1.0 {
        [0.0, 1.0]
    } else {
        s.opacity
    };
    Scene { opacity, ..s }
}

/// Shows only one of the two: the outgoing picture in the first half, then the incoming one.
fn halves(p: f64, from: Map, to: Map) -> Scene {
    let first = p < 0.5;
    Scene { opacity: [f64::from(u8::from(first)), f64::from(u8::from(!first))], ..scene(from, to) }
}

macro_rules! cards {
    ($($(#[$doc:meta])* $spec:ident $id:literal $name:literal $family:ident |$p:ident, $r:ident| $body:expr;)*) => { $(
        $(#[$doc])*
        pub static $spec: TransitionSpec = TransitionSpec::new($id, $name, &[INCLUDE_AUDIO], TransitionFamily::$family, TransitionKind::Sampled(&Read(Cards), Edge::Transparent), |_, progress, $r| {
                let $p = f64::from(progress);
                uniforms(at_the_ends($p, $body), $r)
            });
    )* };
}

fn wide(r: &EffectFrame) -> f64 {
    f64::from(r.width_px)
}

fn high(r: &EffectFrame) -> f64 {
    f64::from(r.height_px)
}

/// Both move by a vector over the transition.
fn push(p: f64, x: f64, y: f64) -> Scene {
    let p = eased(p);
    scene(Map::shift(p * x, p * y), Map::shift((p - 1.0) * x, (p - 1.0) * y))
}

/// The incoming picture moves over the outgoing one.
fn slide(p: f64, x: f64, y: f64) -> Scene {
    let p = eased(p);
    scene(SAME, Map::shift((p - 1.0) * x, (p - 1.0) * y))
}

/// Both rotate by a quarter turn and scale up to 1.5; the incoming picture fades in above.
fn rotate(p: f64, r: &EffectFrame, degrees: f64) -> Scene {
    let p = eased(p);
    let rotation = |d: f64, k: f64| about_center(r, Map::rotation(d).after(Map::scale(k, k)));
    Scene { opacity: [1.0, p], ..scene(rotation(degrees * p, 1.0 + 0.5 * p), rotation(-degrees * (1.0 - p), 1.5 - 0.5 * p)) }
}

cards! {
    /// Both move left.
    PUSH_LEFT "push-left" "Push Left" Slide |p, r| push(p, -wide(r), 0.0);
    /// Both move right.
    PUSH_RIGHT "push-right" "Push Right" Slide |p, r| push(p, wide(r), 0.0);
    /// Both move up.
    PUSH_UP "push-up" "Push Up" Slide |p, r| push(p, 0.0, -high(r));
    /// Both move down.
    PUSH_DOWN "push-down" "Push Down" Slide |p, r| push(p, 0.0, high(r));
    /// The incoming picture comes from the right.
    SLIDE_LEFT "slide-left" "Slide Left" Slide |p, r| slide(p, -wide(r), 0.0);
    /// The incoming picture comes from the left.
    SLIDE_RIGHT "slide-right" "Slide Right" Slide |p, r| slide(p, wide(r), 0.0);
    /// The incoming picture comes from below.
    SLIDE_UP "slide-up" "Slide Up" Slide |p, r| slide(p, 0.0, -high(r));
    /// The incoming picture comes from above.
    SLIDE_DOWN "slide-down" "Slide Down" Slide |p, r| slide(p, 0.0, high(r));
    /// The outgoing picture is squeezed to the left.
    SQUEEZE "squeeze" "Squeeze" Slide |p, r| {
        let p = eased(p);
        let k = (1.0 - p).max(1e-4);
        scene(Map::scale(k, 1.0), Map::shift((1.0 - p) * wide(r), 0.0).after(Map::scale(p.max(1e-4), 1.0)))
    };
    /// Both rotate anticlockwise by a quarter turn.
    ROTATE_LEFT "rotate-left" "Rotate Left" Rotate |p, r| rotate(p, r, -90.0);
    /// Both rotate clockwise by a quarter turn.
    ROTATE_RIGHT "rotate-right" "Rotate Right" Rotate |p, r| rotate(p, r, 90.0);
    /// The outgoing picture rotates away clockwise about its lower left corner.
    ROTATE_90 "rotate-90" "Rotate 90" Rotate |p, r| {
        let corner = Map::shift(0.0, high(r)).after(Map::rotation(90.0 * eased(p))).after(Map::shift(0.0, -high(r)));
        Scene { from_above: true, ..scene(corner, SAME) }
    };
    /// The outgoing picture grows and fades.
    ZOOM_IN "zoom-in" "Zoom In" Zoom |p, r| {
        let e = eased(p);
        let k = 1.0 + 2.0 * e;
        Scene { opacity: [1.0 - e, 1.0], from_above: true, ..scene(about_center(r, Map::scale(k, k)), SAME) }
    };
    /// The outgoing picture shrinks and fades.
    ZOOM_OUT "zoom-out" "Zoom Out" Zoom |p, r| {
        let e = eased(p);
        let (a, b) = ((1.0 - e).max(1e-3), 2.0 - e);
        Scene { opacity: [1.0 - e, 1.0], from_above: true, ..scene(about_center(r, Map::scale(a, a)), about_center(r, Map::scale(b, b))) }
    };
    /// Both rotate by half a turn while zooming in; the incoming picture fades in above.
    SPIN_ZOOM "spin-zoom" "Spin Zoom" Zoom |p, r| {
        let e = eased(p);
        let card = |k: f64, d: f64| about_center(r, Map::rotation(d).after(Map::scale(k, k)));
        Scene { opacity: [1.0, e], ..scene(card(1.0 + 1.5 * e, 180.0 * e), card(2.5 - 1.5 * e, -180.0 * (1.0 - e))) }
    };
    /// A card flips about its vertical axis.
    FLIP_HORIZONTAL "flip-horizontal" "Flip Horizontal" Space |p, r| {
        let d = 180.0 * eased(p);
        halves(p, card(r, 0.0, d, [0.0; 2], 0.0), card(r, 0.0, d - 180.0, [0.0; 2], 0.0))
    };
    /// A card flips about its horizontal axis.
    FLIP_VERTICAL "flip-vertical" "Flip Vertical" Space |p, r| {
        let d = 180.0 * eased(p);
        halves(p, card(r, d, 0.0, [0.0; 2], 0.0), card(r, d - 180.0, 0.0, [0.0; 2], 0.0))
    };
    /// A card rotates one and a half times about its vertical axis while it moves away and back.
    CARD_SPIN "card-spin" "Card Spin" Space |p, r| {
        let d = 540.0 * eased(p);
        let away = 0.8 * (1.0 - (2.0 * p - 1.0).abs());
        // The back shows the incoming picture.
        let front = sin_cos(d).1 >= 0.0;
        let s = scene(card(r, 0.0, d, [0.0; 2], away), card(r, 0.0, d - 180.0, [0.0; 2], away));
        Scene { opacity: [f64::from(u8::from(front)), f64::from(u8::from(!front))], ..s }
    };
    /// The pictures roll upward like two adjacent faces of a cube.
    ROLL_3D "roll-3d" "Roll 3D" Space |p, r| {
        let e = eased(p);
        let h = high(r);
        scene(
            Map::shift(0.0, -h * e).after(card(r, 90.0 * e, 0.0, [0.0, 0.5 * h], 0.0)),
            Map::shift(0.0, h * (1.0 - e)).after(card(r, -90.0 * (1.0 - e), 0.0, [0.0, -0.5 * h], 0.0)),
        )
    };
    /// The outgoing picture rotates and moves away while the incoming one arrives the same way.
    SPINBACK_3D "spinback-3d" "Spinback 3D" Space |p, r| {
        let e = eased(p);
        Scene { opacity: [1.0 - e, e], ..scene(card(r, 0.0, -180.0 * e, [0.0; 2], 2.0 * e), card(r, 0.0, 180.0 * (1.0 - e), [0.0; 2], 2.0 * (1.0 - e))) }
    };
    /// The outgoing picture tumbles away over the incoming one and fades.
    TUMBLE_AWAY "tumble-away" "Tumble Away" Space |p, r| {
        let e = p * p;
        let away = card(r, 220.0 * e, 140.0 * e, [0.0; 2], 6.0 * e);
        Scene { opacity: [1.0 - e, 1.0], from_above: true, ..scene(away, SAME) }
    };
    /// The pictures are two adjacent faces of a cube that rotates about its vertical axis.
    CUBE_3D "cube-3d" "Cube 3D" Space |p, r| {
        let e = eased(p);
        let w = wide(r);
        scene(
            Map::shift(-w * e, 0.0).after(card(r, 0.0, -90.0 * e, [0.5 * w, 0.0], 0.0)),
            Map::shift(w * (1.0 - e), 0.0).after(card(r, 0.0, 90.0 * (1.0 - e), [-0.5 * w, 0.0], 0.0)),
        )
    };
    /// The outgoing picture opens like a door hinged on the left, until it is edge-on.
    DOOR_3D "door-3d" "Door 3D" Space |p, r| {
        let door = card(r, 0.0, -90.0 * eased(p), [-0.5 * wide(r), 0.0], 0.0);
        Scene { from_above: true, ..scene(door, SAME) }
    };
}
