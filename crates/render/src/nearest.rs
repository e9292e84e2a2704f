//! Finds the nearest of many line segments with a tree of bounding boxes over pieces of them. Boxes
//! are enlarged by the rounding error, so no line is missed; callers compute their own distances to
//! the lines found.

/// A line segment from one point to another, in pixels.
pub type Line = [[f64; 2]; 2];

/// Maximum length of a piece, unless there would be too many pieces.
const PIECE_PX: f64 = 32.0;
/// Maximum number of pieces in addition to one per line.
const MAX_CUTS: f64 = 500_000.0;
/// Maximum number of pieces in a leaf.
const LEAF: usize = 4;

/// Bounding box of a part of a line.
struct Piece {
    low: [f32; 2],
    high: [f32; 2],
    line: u32,
}

struct Node {
    low: [f32; 2],
    high: [f32; 2],
    /// The first piece of a leaf, otherwise the second child; the first child is the next node.
    first: u32,
    /// Number of pieces of a leaf; 0 for other nodes.
    count: u32,
}

/// Search tree over the parts of lines that are inside a window.
pub struct Nearest<'a> {
    lines: &'a [Line],
    nodes: Vec<Node>,
    pieces: Vec<Piece>,
    /// For each line the number of the search that visited it last.
    met: Vec<u32>,
    search: u32,
}

impl<'a> Nearest<'a> {
    /// Builds the tree for at most 2^32 − 1 lines; `window` is left, top, right and bottom of the
    /// area in which they count.
    pub fn new(lines: &'a [Line], window: [f64; 4]) -> Self {
        let clipped: Vec<(u32, Line)> = (0..).zip(lines).filter_map(|(i, l)| Some((i, clipped(l, window)?))).collect();
        let length = |[a, b]: &Line| distance(*a, *b);
        let piece_px = PIECE_PX.max(clipped.iter().map(|(_, l)| length(l)).sum::<f64>() / MAX_CUTS);
        let mut pieces = Vec::with_capacity(clipped.len());
        for (line, l) in &clipped {
            let count = (length(l) / piece_px).ceil().max(1.0);
            let at = |k: f64| -> [f64; 2] { std::array::from_fn(|i| l[0][i] + (l[1][i] - l[0][i]) * (k / count)) };
            for k in 0..count as usize {
                let (a, b) = (at(k as f64), at(k as f64 + 1.0));
                let corner = |f: fn(f64, f64) -> f64| -> [f32; 2] { std::array::from_fn(|i| f(a[i], b[i]) as f32) };
                pieces.push(Piece { low: corner(f64::min), high: corner(f64::max), line: *line });
            }
        }
        let mut nodes = Vec::new();
        if !pieces.is_empty() {
            build(&mut pieces, 0, &mut nodes);
        }
        Self { lines, nodes, pieces, met: vec![0; lines.len()], search: 0 }
    }

    /// The line nearest to a point and its distance, if that is at most `within`; `guess` may name
    /// a line that is likely to be near.
    pub fn line(&self, p: [f64; 2], within: f64, guess: Option<usize>) -> Option<(usize, f64)> {
        let mut best = guess.map(|i| (i, from_line(&self.lines[i], p))).filter(|(_, d)| *d <= within);
        let mut min = best.map_or(within, |b| b.1);
        self.visit(p, min, |line| {
            let d = from_line(&self.lines[line], p);
            if d <= min {
                best = Some((line, d));
                min = d;
            }
            min
        });
        best
    }

    /// Stores all lines at most `within` from a point in `found`, in order; returns `false` when
    /// there are more than `max`.
    pub fn lines_within(&mut self, p: [f64; 2], within: f64, max: usize, found: &mut Vec<usize>) -> bool {
        found.clear();
        let mut met = std::mem::take(&mut self.met);
        self.search = self.search.wrapping_add(1);
        if self.search == 0 {
            met.fill(0);
            self.search = 1;
        }
        self.visit(p, within, |line| {
            if std::mem::replace(&mut met[line], self.search) != self.search && from_line(&self.lines[line], p) <= within {
                found.push(line);
            }
            // No distance is below zero, so this ends the search.
            if found.len() > max { f64::NEG_INFINITY } else { within }
        });
        self.met = met;
        found.sort_unstable();
        found.len() <= max
    }

    /// Calls `look` for each line that may be at most `within` away; `look` returns the limit for
    /// the following ones.
    fn visit(&self, p: [f64; 2], mut within: f64, mut look: impl FnMut(usize) -> f64) {
        let (mut stack, mut height) = ([0usize; 64], usize::from(!self.nodes.is_empty()));
        while height > 0 {
            height -= 1;
            let at = stack[height];
            let node = &self.nodes[at];
            if from_box(node.low, node.high, p) > within + BOX_ROOM_PX {
                continue;
            }
            let first = node.first as usize;
            if node.count > 0 {
                for piece in &self.pieces[first..first + node.count as usize] {
                    if from_box(piece.low, piece.high, p) <= within + BOX_ROOM_PX {
                        within = look(piece.line as usize);
                    }
                }
                continue;
            }
            let far_away = |n: usize| from_box(self.nodes[n].low, self.nodes[n].high, p);
            let (near, far) = if far_away(at + 1) <= far_away(first) { (at + 1, first) } else { (first, at + 1) };
            stack[height] = far;
            stack[height + 1] = near;
            height += 2;
        }
    }
}

/// Upper bound of the rounding error of a box's single-precision corners, in a window of a hundred
/// thousand pixels.
const BOX_ROOM_PX: f64 = 0.02;

/// Appends the tree of these pieces, of which the first has the index `first` in the whole list.
/// Halves have equally many pieces, so the depth is the logarithm of their number.
fn build(pieces: &mut [Piece], first: usize, nodes: &mut Vec<Node>) {
    let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
    for p in pieces.iter() {
        for k in 0..2 {
            low[k] = low[k].min(p.low[k]);
            high[k] = high[k].max(p.high[k]);
        }
    }
    let at = nodes.len();
    let is_leaf = pieces.len() <= LEAF;
    nodes.push(Node { low, high, first: first as u32, count: if is_leaf { pieces.len() as u32 } else { 0 } });
    if is_leaf {
        return;
    }
    let axis = usize::from(high[1] - low[1] > high[0] - low[0]);
    let middle = pieces.len() / 2;
    pieces.select_nth_unstable_by(middle, |a, b| (a.low[axis] + a.high[axis]).total_cmp(&(b.low[axis] + b.high[axis])));
    let (a, b) = pieces.split_at_mut(middle);
    build(a, first, nodes);
    nodes[at].first = nodes.len() as u32;
    build(b, first + middle, nodes);
}

/// The part of a line inside a window (Liang and Barsky, ACM TOG 3, 1984).
fn clipped([a, b]: &Line, [left, top, right, bottom]: [f64; 4]) -> Option<Line> {
    let (mut from, mut to) = (0.0f64, 1.0f64);
    for (k, low, high) in [(0, left, right), (1, top, bottom)] {
        let way = b[k] - a[k];
        if way == 0.0 {
            if a[k] < low || a[k] > high {
                return None;
            }
            continue;
        }
        let (s, t) = ((low - a[k]) / way, (high - a[k]) / way);
        from = from.max(s.min(t));
        to = to.min(s.max(t));
    }
    let at = |t: f64| -> [f64; 2] { std::array::from_fn(|k| a[k] + (b[k] - a[k]) * t) };
    (from <= to).then(|| [at(from), at(to)])
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    let (x, y) = (b[0] - a[0], b[1] - a[1]);
    (x * x + y * y).sqrt()
}

fn from_line([a, b]: &Line, p: [f64; 2]) -> f64 {
    let (way, to) = ([b[0] - a[0], b[1] - a[1]], [p[0] - a[0], p[1] - a[1]]);
    let length = way[0] * way[0] + way[1] * way[1];
    let t = if length > 0.0 { ((to[0] * way[0] + to[1] * way[1]) / length).clamp(0.0, 1.0) } else { 0.0 };
    distance([t * way[0], t * way[1]], to)
}

fn from_box(low: [f32; 2], high: [f32; 2], p: [f64; 2]) -> f64 {
    let away = |k: usize| (f64::from(low[k]) - p[k]).max(p[k] - f64::from(high[k])).max(0.0);
    distance([0.0; 2], [away(0), away(1)])
}
