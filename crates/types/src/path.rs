//! Closed outlines of cubic Bezier curves: masks, later shapes.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A corner or smooth point of an outline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vertex {
    /// Where it lies, in the unit of the outline's owner.
    pub point: [f64; 2],
    /// Control point of the curve that arrives, as an offset from `point`.
    #[serde(rename = "in", default, skip_serializing_if = "is_zero")]
    pub tangent_in: [f64; 2],
    /// Control point of the curve that leaves, as an offset from `point`.
    #[serde(rename = "out", default, skip_serializing_if = "is_zero")]
    pub tangent_out: [f64; 2],
}

fn is_zero(v: &[f64; 2]) -> bool {
    *v == [0.0; 2]
}

/// A closed outline: each vertex is joined to the next, the last to the first. In files a list of vertices.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct BezierPath(pub Vec<Vertex>);

impl BezierPath {
    /// Straight lines between points.
    pub fn polygon(points: &[[f64; 2]]) -> Self {
        Self(points.iter().map(|&point| Vertex { point, ..Vertex::default() }).collect())
    }
    /// The curve from vertex `i` to the next: start, two control points, end.
    pub fn curve(&self, i: usize) -> [[f64; 2]; 4] {
        let (a, b) = (&self.0[i], &self.0[(i + 1) % self.0.len()]);
        [a.point, add(a.point, a.tangent_out), add(b.point, b.tangent_in), b.point]
    }
    /// The outline on the way to `other`: `progress` 0 is this one, 1 the other. When one has fewer vertices, its longest curves are halved (which
    /// changes nothing of its shape) until both have as many; then vertex goes to vertex, the first to the first.
    pub fn between(&self, other: &Self, progress: f64) -> Self {
        let most = self.0.len().max(other.0.len());
        let (a, b) = (self.with_vertices(most), other.with_vertices(most));
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
        let mut path = self.clone();
        while !path.0.is_empty() && path.0.len() < count {
            // The first of the longest; control polygons stand for lengths.
            let length = |i: usize| {
                let c = path.curve(i);
                (0..3).map(|k| distance(c[k], c[k + 1])).sum::<f64>()
            };
            let longest = (1..path.0.len()).fold((0, length(0)), |best, i| {
                let l = length(i);
                if l > best.1 * (1.0 + 1e-9) { (i, l) } else { best }
            });
            path.halve(longest.0);
        }
        path
    }
    /// Cuts the curve that leaves vertex `i` in its middle, by de Casteljau's construction.
    fn halve(&mut self, i: usize) {
        let [a, b, c, d] = self.curve(i);
        let middle = |p: [f64; 2], q: [f64; 2]| [(p[0] + q[0]) / 2.0, (p[1] + q[1]) / 2.0];
        let (ab, bc, cd) = (middle(a, b), middle(b, c), middle(c, d));
        let (abc, bcd) = (middle(ab, bc), middle(bc, cd));
        let point = middle(abc, bcd);
        let next = (i + 1) % self.0.len();
        self.0[i].tangent_out = sub(ab, a);
        self.0[next].tangent_in = sub(cd, d);
        self.0.insert(i + 1, Vertex { point, tangent_in: sub(abc, point), tangent_out: sub(bcd, point) });
    }
}

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
        let mut path = BezierPath(vec![
            Vertex { point: [0.0, 0.0], tangent_in: [0.0, 0.0], tangent_out: [1.0, 2.0] },
            Vertex { point: [4.0, 1.0], tangent_in: [-1.0, 3.0], tangent_out: [0.0, 0.0] },
        ]);
        let whole = path.curve(0);
        path.halve(0);
        for i in 0..=10 {
            let t = f64::from(i) / 20.0;
            for (half, from) in [(0, 0.0), (1, 0.5)] {
                let (got, want) = (at(path.curve(half), t * 2.0), at(whole, from + t));
                assert!(distance(got, want) < 1e-12, "{half} {t}: {got:?} {want:?}");
            }
        }
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
