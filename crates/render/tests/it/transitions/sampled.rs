//! Transitions that read both pictures at other positions than their own.
use super::*;
use std::f64::consts::TAU;

/// A position rotated about the centre (radians clockwise).
fn turned(m: &Moment, x: f64, y: f64, angle: f64) -> (f64, f64) {
    let (dx, dy) = (x - 0.5 * m.w, y - 0.5 * m.h);
    let (s, c) = angle.sin_cos();
    (0.5 * m.w + dx * c - dy * s, 0.5 * m.h + dx * s + dy * c)
}

fn whole(condition: bool) -> f64 {
    f64::from(u8::from(condition))
}

pub(super) const TABLE: &[(&str, Definition, usize)] = &[
    (
        "block-glitch",
        |m, x, y| {
            // Blocks two units wide and one high, 24 units over the width.
            let side = m.w / 24.0;
            let (i, j) = ((x / side / 2.0).floor(), (y / side).floor());
            let z = seed(m.step(20.0), 0.0);
            let jump = if hash(i, j, z) < 0.6 * peak(m.p) { (hash(i, j, z + 1.0) - 0.5) * 0.2 * m.w * peak(m.p) } else { 0.0 };
            mix2(m.both(x + jump, y, Beyond::Again), whole(hash(j, i, z + 2.0) < m.p))
        },
        0,
    ),
    (
        "crt-collapse",
        |m, x, y| {
            let q = peak(m.p);
            let (sx, sy) = (1.0 - 0.99 * late(q, 0.6, 1.0), 1.0 - 0.995 * late(q, 0.0, 0.7));
            let (u, v) = ((x - 0.5 * m.w) / sx + 0.5 * m.w, (y - 0.5 * m.h) / sy + 0.5 * m.h);
            let c = m.sample(usize::from(m.p >= 0.5), u, v, Beyond::Nothing);
            let glow = late(q, 0.3, 0.9) * c[3];
            [c[0] + glow, c[1] + glow, c[2] + glow, 1.0]
        },
        1,
    ),
    (
        "mosaic-glitch",
        |m, x, y| {
            let side = (0.08 * m.h * peak(m.p)).floor().max(1.0);
            let middle = |v: f64| ((v / side).floor() + 0.5) * side;
            m.sample(usize::from(m.p >= 0.5), middle(x), middle(y), Beyond::Same)
        },
        0,
    ),
    (
        "rgb-split-glitch",
        |m, x, y| {
            let n = seed(m.step(15.0), 0.0) / 16_777_216.0;
            let (dx, dy) = (0.06 * m.w * peak(m.p) * (0.4 + 0.6 * n), 0.02 * m.h * peak(m.p) * (n - 0.5));
            let at = |k: f64| mix2(m.both(x + k * dx, y + k * dy, Beyond::Same), late(m.p, 0.4, 0.6));
            [at(1.0)[0], at(0.0)[1], at(-1.0)[2], 1.0]
        },
        0,
    ),
    (
        "scanline-glitch",
        |m, x, y| {
            let line = (y * 180.0 / m.h).floor();
            let z = seed(m.step(25.0), 0.0);
            let slip = hash(line, 0.0, z) - 0.5 + hash((line / 10.0).floor(), 1.0, z) - 0.5;
            mix2(m.both(x + slip * 0.15 * m.w * peak(m.p), y, Beyond::Again), late(m.p, 0.4, 0.6))
            // The last of ten lines is decided by rounding.
        },
        60,
    ),
    (
        "film-roll",
        |m, x, y| {
            let along = y / m.h + 3.0 * eased(m.p);
            let c = m.sample(usize::from(along >= 3.0), x, along.fract() * m.h, Beyond::Again);
            let bar = along.fract() < 0.02 || along.fract() > 0.98;
            if bar { [0.0, 0.0, 0.0, 1.0] } else { c }
        },
        0,
    ),
    (
        "magnetic-tiles",
        |m, x, y| {
            // Rows a tenth of the width high, alternately from the right and the left.
            let j = (y * 10.0 / m.w).floor();
            let k = eased((1.5 * m.p - 0.5 * hash(j, 0.0, seed(5.0, 0.0))).clamp(0.0, 1.0));
            let side = if j.rem_euclid(2.0) == 1.0 { 1.0 } else { -1.0 };
            let t = m.sample(1, x - (1.0 - k) * m.w * side, y, Beyond::Nothing);
            add(t, scale(m.sample(0, x, y, Beyond::Nothing), 1.0 - t[3]))
        },
        0,
    ),
    (
        "puzzle-push",
        |m, x, y| {
            // Six rows; every other one moves left.
            let side = if (y * 6.0 / m.h).floor().rem_euclid(2.0) == 1.0 { 1.0 } else { -1.0 };
            let e = eased(m.p);
            add(m.sample(0, x + e * m.w * side, y, Beyond::Nothing), m.sample(1, x - (1.0 - e) * m.w * side, y, Beyond::Nothing))
        },
        0,
    ),
    (
        "water-drop",
        |m, x, y| {
            let (dx, dy) = (x - 0.5 * m.w, y - 0.5 * m.h);
            let d = dx.hypot(dy);
            let push = (60.0 * d / m.h - 40.0 * m.p).sin() * 0.03 * m.h * peak(m.p) / d;
            mix2(m.both(x + dx * push, y + dy * push, Beyond::Mirrored), late(m.p, 0.2, 0.8))
        },
        0,
    ),
    (
        "swirl",
        |m, x, y| {
            let r = (x - 0.5 * m.w).hypot(y - 0.5 * m.h);
            let inside = 1.0 - (2.0 * r / m.w.max(m.h)).min(1.0);
            let (u, v) = turned(m, x, y, 8.0 * inside * inside * peak(m.p) * peak(m.p));
            mix2(m.both(u, v, Beyond::Mirrored), late(m.p, 0.35, 0.65))
        },
        0,
    ),
    (
        "kaleidoscope",
        |m, x, y| {
            let (dx, dy) = (x - 0.5 * m.w, y - 0.5 * m.h);
            // Six sectors, each the mirror image of its neighbour.
            let a = (((dy.atan2(dx) + 2.0 * m.p) * 6.0 / TAU).rem_euclid(1.0) - 0.5).abs() * TAU / 6.0;
            let (u, v) = (0.5 * m.w + dx.hypot(dy) * a.cos(), 0.5 * m.h + dx.hypot(dy) * a.sin());
            let k = late(m.p, 0.4, 0.6);
            mix(mix2(m.both(x, y, Beyond::Mirrored), k), mix2(m.both(u, v, Beyond::Mirrored), k), late(peak(m.p), 0.0, 0.6))
        },
        1,
    ),
    (
        "ripple",
        |m, x, y| {
            let (size, k) = (0.02 * m.h * peak(m.p), 50.0 / m.h);
            let (u, v) = (x + (k * y + 12.0 * m.p).sin() * size, y + (k * x + 12.0 * m.p).cos() * size);
            mix2(m.both(u, v, Beyond::Mirrored), late(m.p, 0.2, 0.8))
        },
        0,
    ),
    (
        "zoom-blur",
        |m, x, y| {
            let sum = (0..24).fold([0.0; 4], |all, i| {
                let k = 1.0 - f64::from(i) * 0.4 * peak(m.p) / 24.0;
                let (u, v) = (0.5 * m.w + (x - 0.5 * m.w) * k, 0.5 * m.h + (y - 0.5 * m.h) * k);
                add(all, mix2(m.both(u, v, Beyond::Mirrored), late(m.p, 0.3, 0.7)))
            });
            scale(sum, 1.0 / 24.0)
        },
        0,
    ),
    (
        "directional-blur",
        |m, x, y| {
            let sum = (0..32).fold([0.0; 4], |all, i| {
                let u = x + (f64::from(i) - 15.5) * 0.3 * m.w * peak(m.p) / 32.0;
                add(all, mix2(m.both(u, y, Beyond::Mirrored), late(m.p, 0.3, 0.7)))
            });
            scale(sum, 1.0 / 32.0)
        },
        0,
    ),
    (
        "whip-pan",
        |m, x, y| {
            // The camera passes two widths; the outgoing picture is the first.
            let sum = (0..32).fold([0.0; 4], |all, i| {
                let u = x + eased(eased(m.p)) * 2.0 * m.w + (f64::from(i) - 15.5) * 0.25 * m.w * peak(m.p) / 32.0;
                add(all, m.sample(usize::from(u >= m.w), u, y, Beyond::Again))
            });
            scale(sum, 1.0 / 32.0)
        },
        0,
    ),
    (
        "fly-eye",
        |m, x, y| {
            let (dx, dy) = ((50.0 * x / m.h).cos() * 0.06 * m.h, (50.0 * y / m.h).sin() * 0.06 * m.h);
            let at = |n: usize, k: f64| m.sample(n, x + k * dx, y + k * dy, Beyond::Mirrored);
            mix(at(0, m.p), at(1, 1.0 - m.p), eased(m.p))
        },
        0,
    ),
    (
        "hex-pixelize",
        |m, x, y| {
            // The nearest of all centres: rows one and a half sides apart, every other one shifted
            // by half a hexagon.
            let side = (0.005 + 0.07 * peak(m.p)) * m.h;
            let across = 3f64.sqrt() * side;
            let centers = (-1..60).flat_map(|j| {
                (-1..80).map(move |i| {
                    let moved = if j % 2 == 0 { 0.0 } else { 0.5 };
                    ((f64::from(i) + moved) * across, f64::from(j) * 1.5 * side)
                })
            });
            let near = |(u, v): &(f64, f64)| (u - x).hypot(v - y);
            let (u, v) = centers.min_by(|a, b| near(a).total_cmp(&near(b))).unwrap();
            let n = usize::from(m.p >= 0.5);
            mix(m.sample(n, x, y, Beyond::Same), m.sample(n, u, v, Beyond::Same), late(peak(m.p), 0.0, 0.2))
            // Positions half way between two centres.
        },
        5,
    ),
    (
        "data-corrupt",
        |m, x, y| {
            let side = m.w / 30.0;
            let (i, j) = ((x / side).floor(), (y / side).floor());
            let z = seed(m.step(10.0) + 40.0, 0.0);
            let bad = hash(i, j, z) < 0.7 * peak(m.p);
            let far = |n: f64| if bad { ((hash(i, j, z + n) - 0.5) * 12.0).floor() * side } else { 0.0 };
            let c = m.sample(usize::from(hash(i, j, seed(14.0, 0.0)) < m.p), x + far(1.0), y + far(2.0), Beyond::Same);
            if bad && hash(i, j, z + 3.0) < 0.4 { [c[2], c[0], c[1], 1.0] } else { c }
        },
        0,
    ),
    (
        "vhs-head-switch",
        |m, x, y| {
            let reach = 0.9 * m.h * peak(m.p);
            let depth = ((y - m.h + reach) / reach.max(1.0)).clamp(0.0, 1.0);
            let shiver = hash((0.5 * y).floor(), 0.0, seed(m.step(25.0) + 60.0, 0.0)) - 0.5;
            let u = x - depth * depth * (0.7 + 0.3 * shiver) * 0.35 * m.w * peak(m.p);
            m.sample(usize::from(m.p >= 0.5), u, y + 0.12 * m.h * late(peak(m.p), 0.7, 1.0), Beyond::Again)
        },
        0,
    ),
    (
        "page-peel",
        |m, x, y| {
            // The fold is perpendicular to the diagonal and moves along it from the lower right
            // corner, to a tenth and two pixels beyond the opposite corner.
            let length = m.w.hypot(m.h);
            let (nx, ny) = (-m.w / length, -m.h / length);
            let d = (x - m.w) * nx + (y - m.h) * ny - (eased(m.p) * (1.1 * length + 2.0) - 1.0);
            let shade = 1.0 - 0.35 * (1.0 - d.abs() / (0.05 * length)).max(0.0);
            if d <= 0.0 {
                return scale(m.sample(1, x, y, Beyond::Nothing), shade);
            }
            let back = m.sample(0, x - 2.0 * d * nx, y - 2.0 * d * ny, Beyond::Nothing);
            let paper: Color = std::array::from_fn(|i| if i < 3 { (0.35 * back[i] + 0.6 * back[3]) * shade } else { back[3] });
            add(paper, scale(m.sample(0, x, y, Beyond::Nothing), 1.0 - paper[3]))
        },
        1,
    ),
];

#[test]
fn fields_read_where_they_should() {
    check_all(TABLE);
}
