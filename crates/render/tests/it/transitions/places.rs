//! Wipes, irises and patterns: at each position the incoming picture appears at a moment of its
//! own.
use super::*;

/// Share of the incoming picture at distance `d` (0 to 1) along the path of an edge that is `soft`
/// wide.
fn behind(p: f64, d: f64, soft: f64) -> f64 {
    ((p * (1.0 + soft) - d) / soft).clamp(0.0, 1.0)
}

fn shown(m: &Moment, x: f64, y: f64, k: f64) -> Color {
    mix2(m.both(x, y, Beyond::Same), k)
}

/// A wipe whose hard edge is one pixel wide; `d` and `length` are distance and length of the path
/// in pixels.
fn wipe(m: &Moment, x: f64, y: f64, d: f64, length: f64) -> Color {
    shown(m, x, y, (m.p * (length + 1.0) - d).clamp(0.0, 1.0))
}

/// A shape that grows from the centre until it covers the canvas; its edge is as wide as a pixel
/// relative to half the diagonal.
fn shape(m: &Moment, x: f64, y: f64, d: f64) -> Color {
    shown(m, x, y, behind(m.p, d, 2.0 / m.w.hypot(m.h)))
}

/// Position relative to the centre, and the corner of the canvas relative to it.
fn centered(m: &Moment, x: f64, y: f64) -> ([f64; 2], [f64; 2]) {
    ([x - 0.5 * m.w, y - 0.5 * m.h], [0.5 * m.w, 0.5 * m.h])
}

/// Size at which a shape reaches a position; at size 1 it covers the canvas. `size` is homogeneous.
fn growth(m: &Moment, x: f64, y: f64, size: impl Fn(f64, f64) -> f64) -> f64 {
    let (c, [w, h]) = centered(m, x, y);
    // Convex shapes reach the corners or the middles of the sides last.
    let last = [(w, h), (-w, h), (w, -h), (-w, -h), (w, 0.0), (-w, 0.0), (0.0, h), (0.0, -h)];
    size(c[0], c[1]) / last.into_iter().map(|(x, y)| size(x, y)).fold(0.0, f64::max)
}

/// Share of a full turn, clockwise from the top.
fn turn(x: f64, y: f64) -> f64 {
    (x.atan2(-y) / std::f64::consts::TAU).rem_euclid(1.0)
}

/// Whether a five-pointed star with its notches at a distance of 1, one point up, contains a
/// position.
fn in_star(x: f64, y: f64) -> bool {
    let corner = |i: usize| {
        let a = i as f64 * std::f64::consts::PI / 5.0;
        let r = if i.is_multiple_of(2) { 1.0 / 0.382 } else { 1.0 };
        [r * a.sin(), -r * a.cos()]
    };
    // Crossings of a ray to the right.
    let crossings = (0..10).filter(|&i| {
        let ([ax, ay], [bx, by]) = (corner(i), corner((i + 1) % 10));
        (ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax)
    });
    crossings.count() % 2 == 1
}

fn star(m: &Moment, x: f64, y: f64) -> f64 {
    let ([x, y], _) = centered(m, x, y);
    let half = 0.5 * m.w.hypot(m.h);
    let (mut low, mut high) = (1e-6, 2.0);
    for _ in 0..50 {
        let middle = 0.5 * (low + high);
        if in_star(x / half / middle, y / half / middle) { high = middle } else { low = middle }
    }
    high
}

/// A cell of a board or of a row: index and fractional position in it.
fn cell(v: f64, side: f64) -> (f64, f64) {
    ((v / side).floor(), (v / side).fract())
}

pub(super) const TABLE: &[(&str, Definition, usize)] = &[
    ("wipe-left", |m, x, y| wipe(m, x, y, m.w - x, m.w), 0),
    ("wipe-right", |m, x, y| wipe(m, x, y, x, m.w), 0),
    ("wipe-up", |m, x, y| wipe(m, x, y, m.h - y, m.h), 0),
    ("wipe-down", |m, x, y| wipe(m, x, y, y, m.h), 0),
    ("center-wipe", |m, x, y| shape(m, x, y, growth(m, x, y, |u, v| (u / m.w).abs().max((v / m.h).abs()))), 0),
    (
        "clock-wipe",
        |m, x, y| {
            let ([x0, y0], _) = centered(m, x, y);
            shape(m, x, y, turn(x0, y0))
        },
        0,
    ),
    ("barn-door-horizontal", |m, x, y| shape(m, x, y, growth(m, x, y, |u, _| u.abs())), 0),
    ("barn-door-vertical", |m, x, y| shape(m, x, y, growth(m, x, y, |_, v| v.abs())), 0),
    ("circle-iris", |m, x, y| shape(m, x, y, growth(m, x, y, f64::hypot)), 0),
    ("oval-iris", |m, x, y| shape(m, x, y, growth(m, x, y, |u, v| (u / m.w).hypot(v / m.h))), 0),
    ("diamond-iris", |m, x, y| shape(m, x, y, growth(m, x, y, |u, v| (u / m.w).abs() + (v / m.h).abs())), 0),
    ("square-iris", |m, x, y| shape(m, x, y, growth(m, x, y, |u, v| u.abs().max(v.abs()))), 0),
    (
        "triangle-iris",
        |m, x, y| {
            // The largest of the distances to the sides, whose outward normals are 120° apart, the
            // first pointing down.
            let size = |u: f64, v: f64| {
                (0..3).map(|i| (90.0 + 120.0 * f64::from(i)).to_radians()).map(|a| u * a.cos() + v * a.sin()).fold(0.0, f64::max)
            };
            shape(m, x, y, growth(m, x, y, size))
        },
        0,
    ),
    (
        "cross-iris",
        |m, x, y| {
            let ([u, v], [w, h]) = centered(m, x, y);
            shape(m, x, y, (u.abs() / w).min(v.abs() / h))
        },
        0,
    ),
    ("star-iris", |m, x, y| shape(m, x, y, star(m, x, y)), 2),
    // Along the diagonal of the canvas as if it were square.
    ("diagonal-wipe", |m, x, y| shape(m, x, y, 0.5 * (x / m.w + y / m.h)), 0),
    (
        "spiral-wipe",
        |m, x, y| {
            let ([u, v], _) = centered(m, x, y);
            let (r, t) = (2.0 * u.hypot(v) / m.w.hypot(m.h), turn(u, v));
            // An arm that starts at the top and moves outwards by a quarter of half the diagonal
            // per turn: completed rings, and the position in the current one.
            shape(m, x, y, (((4.0 * r + 1.0 - t).floor() + t) / 5.0).min(1.0))
        },
        2,
    ),
    (
        "checker-wipe",
        |m, x, y| {
            let side = m.w / 12.0;
            let ((i, u), (j, _)) = (cell(x, side), cell(y, side));
            let p = if (i + j).rem_euclid(2.0) == 1.0 { 2.0 * m.p - 1.0 } else { 2.0 * m.p };
            shown(m, x, y, if p >= 1.0 { 1.0 } else { ((p - u) * side).clamp(0.0, 1.0) })
        },
        0,
    ),
    ("venetian-blinds-h", |m, x, y| blinds(m, x, y, y, m.h / 10.0), 0),
    ("venetian-blinds-v", |m, x, y| blinds(m, x, y, x, m.w / 16.0), 0),
    (
        "zig-zag-blocks",
        |m, x, y| {
            let side = m.w / 16.0;
            let (i, j) = ((x / side).floor(), (y / side).floor());
            let before = 16.0 * j + if j.rem_euclid(2.0) == 1.0 { 15.0 - i } else { i };
            let all = 16.0 * (m.h / side).ceil();
            shown(m, x, y, (m.p * all - before).clamp(0.0, 1.0))
        },
        0,
    ),
    (
        "polka-dot-curtain",
        |m, x, y| {
            let side = m.w / 16.0;
            let ((i, u), (_, v)) = (cell(x, side), cell(y, side));
            let radius = 0.75 * (2.0 * m.p - i / 16.0).max(0.0);
            shown(m, x, y, ((radius - (u - 0.5).hypot(v - 0.5)) * side.max(12.0)).clamp(0.0, 1.0))
        },
        0,
    ),
    (
        "doom-bars",
        |m, x, y| {
            let (i, _) = cell(x, m.w / 60.0);
            let melted = (1.6 * m.p - 0.6 * hash(i, 0.0, seed(1.0, 0.0))) * m.h;
            shown(m, x, y, (melted - y + 0.5).clamp(0.0, 1.0))
        },
        0,
    ),
    (
        "portal-ring",
        |m, x, y| {
            let d = eased(m.p) * (0.5 * m.w.hypot(m.h) + 2.0) - 1.0 - (x - 0.5 * m.w).hypot(y - 0.5 * m.h);
            let light = (-(20.0 * d / m.h).powi(2)).exp2() * (4.0 * peak(m.p)).min(1.0);
            add(shown(m, x, y, (d + 0.5).clamp(0.0, 1.0)), [0.35 * light, 0.7 * light, light, 0.0])
        },
        0,
    ),
    (
        "random-blocks",
        |m, x, y| {
            let ((i, _), (j, _)) = (cell(x, m.w / 20.0), cell(y, m.w / 20.0));
            shown(m, x, y, f64::from(u8::from(hash(i, j, seed(4.0, 0.0)) < m.p)))
        },
        0,
    ),
];

fn blinds(m: &Moment, x: f64, y: f64, along: f64, side: f64) -> Color {
    let (_, u) = cell(along, side);
    shown(m, x, y, (m.p * (side + 1.0) - u * side).clamp(0.0, 1.0))
}

#[test]
fn places_change_over_as_defined() {
    check_all(TABLE);
}

/// At half of the progress, a soft edge spans `softness` of the path.
#[test]
fn soft_edges_are_as_wide_as_asked() {
    let (cpu, s) = (CpuRenderer::new(0).unwrap(), size(64, 32));
    let (a, b) = (side(s, 0), side(s, 1));
    let got = drawn(&cpu, "wipe-right", 0.5, &[("softness", ParamValue::Number(0.25))], s);
    for x in 0..64i64 {
        let (f, t) = (pixel(&a, x, 9), pixel(&b, x, 9));
        let k = behind(0.5, (x as f64 + 0.5) / 64.0, 0.25);
        for c in 0..3 {
            assert!((value(&got, c, x as usize, 9) - (f[c] + (t[c] - f[c]) * k)).abs() < 0.5 / 255.0, "{x}");
        }
    }
}
