//! Closed outlines of cubic Bezier curves, used for masks.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, collections::BinaryHeap};

/// A corner or smooth point of an outline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vertex {
    /// Position, in the unit of the outline's owner.
    pub point: [f64; 2],
    /// Control point of the incoming curve, as an offset from `point`.
    #[serde(rename = "in", default, skip_serializing_if = "is_zero")]
    pub tangent_in: [f64; 2],
    /// Control point of the outgoing curve, as an offset from `point`.
    #[serde(rename = "out", default, skip_serializing_if = "is_zero")]
    pub tangent_out: [f64; 2],
}

fn is_zero(v: &[f64; 2]) -> bool {
    *v == [0.0; 2]
}

/// A closed outline: each vertex is connected to the next, the last to the first. In files, a list
/// of vertices.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct BezierPath(pub Vec<Vertex>);

impl BezierPath {
    /// A polygon with these corners.
    pub fn polygon(points: &[[f64; 2]]) -> Self {
        Self(points.iter().map(|&point| Vertex { point, ..Vertex::default() }).collect())
    }

    /// The curve from vertex `i` to the next: start, two control points, end.
    pub fn curve(&self, i: usize) -> [[f64; 2]; 4] {
        let (a, b) = (&self.0[i], &self.0[(i + 1) % self.0.len()]);
        [a.point, add(a.point, a.tangent_out), add(b.point, b.tangent_in), b.point]
    }

    /// Interpolates from this outline (`progress` 0) to `other` (1). If one has fewer vertices, its
    /// longest curves are halved, which does not change its shape, until both have the same number.
    /// Vertices are then interpolated in pairs, starting with the first of each.
    pub fn between(&self, other: &Self, progress: f64) -> Self {
        let max = self.0.len().max(other.0.len());
        let (a, b) = (self.with_vertices(max), other.with_vertices(max));
        let mix = |a: [f64; 2], b: [f64; 2]| [a[0] + (b[0] - a[0]) * progress, a[1] + (b[1] - a[1]) * progress];
        let mixed = a.0.iter().zip(&b.0).map(|(a, b)| Vertex {
            point: mix(a.point, b.point),
            tangent_in: mix(a.tangent_in, b.tangent_in),
            tangent_out: mix(a.tangent_out, b.tangent_out),
        });
        Self(mixed.collect())
    }

    /// The same shape with at least `count` vertices.
    fn with_vertices(&self, count: usize) -> Self {
        let parts = self.parts(count);
        let vertex = |i: usize| {
            let before = &parts[(i + parts.len() - 1) % parts.len()];
            Vertex { point: parts[i].start, tangent_in: before.tangent_in, tangent_out: parts[i].tangent_out }
        };
        Self((0..parts.len()).map(vertex).collect())
    }

    /// The curves in order, the longest ones halved until there are at least `count`.
    fn parts(&self, count: usize) -> Vec<Part> {
        let n = self.0.len();
        let part = |i: usize| {
            let (a, b) = (&self.0[i], &self.0[(i + 1) % n]);
            Part { from: i as f64, share: 1.0, start: a.point, tangent_out: a.tangent_out, tangent_in: b.tangent_in, end: b.point }
        };
        let mut parts: BinaryHeap<ByLength> = (0..n).map(|i| ByLength::new(part(i))).collect();
        while parts.len() < count {
            let Some(longest) = parts.pop() else { break };
            parts.extend(longest.part.halves().map(ByLength::new));
        }
        let mut parts: Vec<Part> = parts.into_iter().map(|p| p.part).collect();
        parts.sort_by(|a, b| a.from.total_cmp(&b.from));
        parts
    }
}

/// A curve of an outline, or a part of one.
#[derive(Clone, Copy)]
struct Part {
    /// Start along the outline: the index of the curve plus the fraction of it before this part.
    from: f64,
    /// Fraction of the curve that this part covers.
    share: f64,
    start: [f64; 2],
    tangent_out: [f64; 2],
    tangent_in: [f64; 2],
    end: [f64; 2],
}

impl Part {
    /// Splits the curve in the middle by de Casteljau's algorithm.
    fn halves(self) -> [Self; 2] {
        let (a, b, c, d) = (self.start, add(self.start, self.tangent_out), add(self.end, self.tangent_in), self.end);
        let middle = |p: [f64; 2], q: [f64; 2]| [(p[0] + q[0]) / 2.0, (p[1] + q[1]) / 2.0];
        let (ab, bc, cd) = (middle(a, b), middle(b, c), middle(c, d));
        let (abc, bcd) = (middle(ab, bc), middle(bc, cd));
        let point = middle(abc, bcd);
        let share = self.share / 2.0;
        [
            Self { share, tangent_out: sub(ab, a), tangent_in: sub(abc, point), end: point, ..self },
            Self { share, from: self.from + share, start: point, tangent_out: sub(bcd, point), tangent_in: sub(cd, d), ..self },
        ]
    }
}

/// Orders parts by length. Of equally long ones, the one that comes first along the outline is the
/// greater.
struct ByLength {
    /// Length of the control polygon as the upper bits of an `f64`, rounded to nine digits so that
    /// rounding errors do not make equal lengths differ.
    length: u64,
    part: Part,
}

impl ByLength {
    fn new(part: Part) -> Self {
        let (b, c) = (add(part.start, part.tangent_out), add(part.end, part.tangent_in));
        let length = distance(part.start, b) + distance(b, c) + distance(c, part.end);
        // Floats that are not negative have the order of their bits; 22 of the 52 bits of the
        // mantissa are rounded off.
        Self { length: (length.to_bits() + (1 << 21)) >> 22, part }
    }
}

impl Ord for ByLength {
    fn cmp(&self, other: &Self) -> Ordering {
        self.length.cmp(&other.length).then_with(|| other.part.from.total_cmp(&self.part.from))
    }
}

impl PartialOrd for ByLength {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for ByLength {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for ByLength {}

fn add(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] + b[0], a[1] + b[1]]
}

fn sub(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    let [x, y] = sub(a, b);
    (x * x + y * y).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at([a, b, c, d]: [[f64; 2]; 4], t: f64) -> [f64; 2] {
        let u = 1.0 - t;
        std::array::from_fn(|k| u * u * u * a[k] + 3.0 * u * u * t * b[k] + 3.0 * u * t * t * c[k] + t * t * t * d[k])
    }

    #[test]
    fn halving_keeps_the_curve() {
        let path = BezierPath(vec![
            Vertex { point: [0.0, 0.0], tangent_in: [0.0, 0.0], tangent_out: [1.0, 2.0] },
            Vertex { point: [4.0, 1.0], tangent_in: [-1.0, 3.0], tangent_out: [0.0, 0.0] },
        ]);
        let (whole, halved) = (path.curve(0), path.with_vertices(3));
        assert_eq!(halved.0.len(), 3);
        for i in 0..=10 {
            let t = f64::from(i) / 20.0;
            for (half, from) in [(0, 0.0), (1, 0.5)] {
                let (got, want) = (at(halved.curve(half), t * 2.0), at(whole, from + t));
                assert!(distance(got, want) < 1e-12, "{half} {t}: {got:?} {want:?}");
            }
        }
    }

    /// Oracle: a linear search for the longest curve before each halving.
    #[test]
    fn the_first_of_the_longest_is_halved() {
        let shapes = [
            BezierPath::polygon(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]),
            BezierPath::polygon(&[[0.0, 0.0], [7.0, 0.0], [3.0, 2.0]]),
            BezierPath(
                (0..7)
                    .map(|i| (f64::from(i) * 0.9).sin_cos())
                    .map(|(y, x)| Vertex { point: [x, y], tangent_in: [y, 0.1], tangent_out: [x * y, -0.3] })
                    .collect(),
            ),
        ];
        for path in shapes {
            for count in path.0.len()..60 {
                let mut parts = path.parts(0);
                while parts.len() < count {
                    let length = |i: usize| ByLength::new(parts[i]).length;
                    let longest = (1..parts.len()).fold(0, |best, i| if length(i) > length(best) { i } else { best });
                    let halves = parts[longest].halves();
                    parts.splice(longest..=longest, halves);
                }
                let starts: Vec<_> = parts.iter().map(|p| p.start).collect();
                assert_eq!(path.with_vertices(count).0.iter().map(|v| v.point).collect::<Vec<_>>(), starts, "{count}");
            }
        }
    }

    #[test]
    fn ten_thousand_vertices_are_nothing() {
        let begun = std::time::Instant::now();
        let triangle = BezierPath::polygon(&[[0.0, 0.0], [4.0, 0.0], [0.0, 1.0]]);
        assert_eq!(triangle.with_vertices(10_000).0.len(), 10_000);
        assert!(begun.elapsed().as_secs() < 1, "{:?}", begun.elapsed());
    }

    #[test]
    fn differing_counts_meet() {
        let triangle = BezierPath::polygon(&[[0.0, 0.0], [4.0, 0.0], [0.0, 1.0]]);
        let square = BezierPath::polygon(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]);
        assert_eq!(triangle.between(&square, 1.0), square);
        let start = triangle.between(&square, 0.0);
        assert_eq!(start.0.len(), 4);
        // The slanted side is the longest; its middle is the new vertex.
        assert_eq!(start.0[2].point, [2.0, 0.5]);
        assert_eq!(square.between(&triangle, 1.0), start);
        assert_eq!(triangle.between(&square, 0.5).0[1].point, [2.5, 0.0]);
    }
}
