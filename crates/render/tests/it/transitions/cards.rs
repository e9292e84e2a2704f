//! Slides, rotations, zooms and rotations in space: flat cards, sampled by casting a ray from the
//! eye.
use super::*;

/// Pose of a card: rotated in its plane (degrees clockwise) and scaled, then rotated about its
/// horizontal (`level`) and its vertical (`upright`) axis (degrees) through the pivot (px from the
/// canvas's centre), moved away (in heights of the canvas), viewed from one and a half heights in
/// front of the pivot, and the image shifted (px).
#[derive(Clone, Copy)]
struct Card {
    plane: f64,
    scale: [f64; 2],
    level: f64,
    upright: f64,
    pivot: [f64; 2],
    away: f64,
    image: [f64; 2],
}
const STILL: Card = Card { plane: 0.0, scale: [1.0; 2], level: 0.0, upright: 0.0, pivot: [0.0; 2], away: 0.0, image: [0.0; 2] };

impl Card {
    /// Colour of side `n` on this card at a pixel.
    fn seen(&self, m: &Moment, n: usize, x: f64, y: f64) -> Color {
        let eye = 1.5 * m.h;
        let origin = [0.5 * m.w + self.pivot[0], 0.5 * m.h + self.pivot[1]];
        // The ray from the eye at (0, 0, −eye) through (x, y, 0); z points away.
        let ray = [x - self.image[0] - origin[0], y - self.image[1] - origin[1], eye];
        let ((sl, cl), (su, cu)) = (self.level.to_radians().sin_cos(), self.upright.to_radians().sin_cos());
        // The card's own axes: to the right and down, after both rotations.
        let (right, down) = ([cu, 0.0, -su], [su * sl, cl, cu * sl]);
        let normal = cross(right, down);
        let at = dot(normal, [0.0, 0.0, self.away * m.h + eye]) / dot(normal, ray);
        // At the eye or behind it.
        if at.is_nan() || at <= 0.0 {
            return [0.0; 4];
        }
        let hit = [ray[0] * at, ray[1] * at, ray[2] * at - eye - self.away * m.h];
        let (u, v) = (dot(hit, right), dot(hit, down));
        let (s, c) = self.plane.to_radians().sin_cos();
        let (u, v) = ((u * c + v * s) / self.scale[0], (v * c - u * s) / self.scale[1]);
        m.sample(n, u + origin[0], v + origin[1], Beyond::Nothing)
    }
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Adds `b` as far as `a` leaves room for it: Porter and Duff's "over" for shapes that are
/// disjoint.
fn over(a: Color, b: Color) -> Color {
    add(a, scale(b, ((1.0 - a[3]) / b[3].max(1e-9)).min(1.0)))
}

/// Both pictures move together by a canvas.
fn push(m: &Moment, x: f64, y: f64, way: [f64; 2]) -> Color {
    let e = eased(m.p);
    let (dx, dy) = (way[0] * m.w, way[1] * m.h);
    add(m.sample(0, x - e * dx, y - e * dy, Beyond::Nothing), m.sample(1, x + (1.0 - e) * dx, y + (1.0 - e) * dy, Beyond::Nothing))
}

/// The incoming picture moves by a canvas, over the outgoing one.
fn slide(m: &Moment, x: f64, y: f64, way: [f64; 2]) -> Color {
    let e = eased(m.p);
    let moved = m.sample(1, x + (1.0 - e) * way[0] * m.w, y + (1.0 - e) * way[1] * m.h, Beyond::Nothing);
    over(moved, m.sample(0, x, y, Beyond::Nothing))
}

/// Both pictures as cards; `above` is the upper one, with `opacity`.
fn two(m: &Moment, x: f64, y: f64, cards: [Card; 2], above: usize, opacity: f64) -> Color {
    let top = scale(cards[above].seen(m, above, x, y), opacity);
    over(top, cards[1 - above].seen(m, 1 - above, x, y))
}

fn turned(m: &Moment, x: f64, y: f64, degrees: f64) -> Color {
    let e = eased(m.p);
    let card = |plane: f64, k: f64| Card { plane, scale: [k; 2], ..STILL };
    two(m, x, y, [card(degrees * e, 1.0 + 0.5 * e), card(degrees * (e - 1.0), 1.5 - 0.5 * e)], 1, e)
}

pub(super) const TABLE: &[(&str, Definition, usize)] = &[
    ("push-left", |m, x, y| push(m, x, y, [-1.0, 0.0]), 0),
    ("push-right", |m, x, y| push(m, x, y, [1.0, 0.0]), 0),
    ("push-up", |m, x, y| push(m, x, y, [0.0, -1.0]), 0),
    ("push-down", |m, x, y| push(m, x, y, [0.0, 1.0]), 0),
    ("slide-left", |m, x, y| slide(m, x, y, [-1.0, 0.0]), 0),
    ("slide-right", |m, x, y| slide(m, x, y, [1.0, 0.0]), 0),
    ("slide-up", |m, x, y| slide(m, x, y, [0.0, -1.0]), 0),
    ("slide-down", |m, x, y| slide(m, x, y, [0.0, 1.0]), 0),
    (
        "squeeze",
        |m, x, y| {
            // The border between the two moves left.
            let e = eased(m.p);
            let (f, t) =
                (m.sample(0, x / (1.0 - e), y, Beyond::Nothing), m.sample(1, (x - (1.0 - e) * m.w) / e, y, Beyond::Nothing));
            over(t, f)
        },
        0,
    ),
    ("rotate-left", |m, x, y| turned(m, x, y, -90.0), 1),
    ("rotate-right", |m, x, y| turned(m, x, y, 90.0), 1),
    (
        "rotate-90",
        |m, x, y| {
            let card = Card { plane: 90.0 * eased(m.p), pivot: [-0.5 * m.w, 0.5 * m.h], ..STILL };
            two(m, x, y, [card, STILL], 0, 1.0)
        },
        1,
    ),
    (
        "zoom-in",
        |m, x, y| {
            let e = eased(m.p);
            two(m, x, y, [Card { scale: [1.0 + 2.0 * e; 2], ..STILL }, STILL], 0, 1.0 - e)
        },
        0,
    ),
    (
        "zoom-out",
        |m, x, y| {
            let e = eased(m.p);
            two(m, x, y, [Card { scale: [1.0 - e; 2], ..STILL }, Card { scale: [2.0 - e; 2], ..STILL }], 0, 1.0 - e)
        },
        0,
    ),
    (
        "spin-zoom",
        |m, x, y| {
            let e = eased(m.p);
            let card = |k: f64, plane: f64| Card { scale: [k; 2], plane, ..STILL };
            two(m, x, y, [card(1.0 + 1.5 * e, 180.0 * e), card(2.5 - 1.5 * e, 180.0 * (e - 1.0))], 1, e)
        },
        1,
    ),
    (
        "flip-horizontal",
        |m, x, y| {
            let n = usize::from(m.p >= 0.5);
            Card { upright: 180.0 * (eased(m.p) - n as f64), ..STILL }.seen(m, n, x, y)
        },
        1,
    ),
    (
        "flip-vertical",
        |m, x, y| {
            let n = usize::from(m.p >= 0.5);
            Card { level: 180.0 * (eased(m.p) - n as f64), ..STILL }.seen(m, n, x, y)
        },
        1,
    ),
    (
        "card-spin",
        |m, x, y| {
            // The back, between a quarter and three quarters of a turn, is the incoming picture,
            // not mirrored.
            let degrees = 540.0 * eased(m.p);
            let n = usize::from((degrees % 360.0 - 180.0).abs() < 90.0);
            Card { upright: degrees - 180.0 * n as f64, away: 0.8 * peak(m.p), ..STILL }.seen(m, n, x, y)
        },
        1,
    ),
    (
        "roll-3d",
        |m, x, y| {
            let e = eased(m.p);
            let f = Card { level: 90.0 * e, pivot: [0.0, 0.5 * m.h], image: [0.0, -m.h * e], ..STILL };
            let t = Card { level: 90.0 * (e - 1.0), pivot: [0.0, -0.5 * m.h], image: [0.0, m.h * (1.0 - e)], ..STILL };
            two(m, x, y, [f, t], 1, 1.0)
        },
        1,
    ),
    (
        "spinback-3d",
        |m, x, y| {
            let e = eased(m.p);
            let f = Card { upright: -180.0 * e, away: 2.0 * e, ..STILL };
            let t = Card { upright: 180.0 * (1.0 - e), away: 2.0 * (1.0 - e), ..STILL };
            over(scale(t.seen(m, 1, x, y), e), scale(f.seen(m, 0, x, y), 1.0 - e))
        },
        1,
    ),
    (
        "tumble-away",
        |m, x, y| {
            let e = m.p * m.p;
            two(m, x, y, [Card { level: 220.0 * e, upright: 140.0 * e, away: 6.0 * e, ..STILL }, STILL], 0, 1.0 - e)
        },
        1,
    ),
    (
        "cube-3d",
        |m, x, y| {
            let e = eased(m.p);
            let f = Card { upright: -90.0 * e, pivot: [0.5 * m.w, 0.0], image: [-m.w * e, 0.0], ..STILL };
            let t = Card { upright: 90.0 * (1.0 - e), pivot: [-0.5 * m.w, 0.0], image: [m.w * (1.0 - e), 0.0], ..STILL };
            two(m, x, y, [f, t], 1, 1.0)
        },
        1,
    ),
    (
        "door-3d",
        |m, x, y| {
            let door = Card { upright: -90.0 * eased(m.p), pivot: [-0.5 * m.w, 0.0], ..STILL };
            two(m, x, y, [door, STILL], 0, 1.0)
        },
        1,
    ),
];

#[test]
fn cards_move_as_defined() {
    check_all(TABLE);
}
