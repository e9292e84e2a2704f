//! Places many recordings of one event on one clock, from how pairs of them lie to each other.
use crate::sound::align::Alignment;

/// How recording `second` lies to recording `first`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Number of a recording.
    pub first: usize,
    /// Number of another one.
    pub second: usize,
    /// From [`crate::sound::align::align`] of the two.
    pub alignment: Alignment,
}

/// Where a recording is on the clock of its group: t = start + t_recording · pace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// Recordings that share sound, directly or through others, are in the same group. Groups are
    /// numbered in the order of their first recordings.
    pub group: usize,
    /// When the recording starts, in seconds; 0 for the first recording of each group.
    pub start_secs: f64,
    /// Seconds of the group's clock for each second of the recording; 1 for the first recording.
    pub pace: f64,
}

/// Pairs whose offset is farther from what the most certain pairs say are left out, in seconds.
const TOLERANCE_SECS: f64 = 0.02;

/// Places `count` recordings. Pairs that contradict more certain ones are left out (a maximum
/// spanning tree, J. B. Kruskal 1956); the others are fitted by least squares.
pub fn arrange(count: usize, pairs: &[Pair]) -> Vec<Placed> {
    let mut pairs: Vec<&Pair> = pairs.iter().filter(|p| p.first < count && p.second < count && p.first != p.second).collect();
    pairs.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then((a.first, a.second).cmp(&(b.first, b.second))));
    let mut placed = tree(count, &pairs);
    pairs.retain(|p| (expected_start(p, &placed) - placed[p.second].start_secs).abs() <= TOLERANCE_SECS);
    // First the paces, of which the offsets in the group's seconds depend.
    let paces = solve(&placed, &pairs, |p| libm::log(pace(p)));
    placed.iter_mut().zip(paces).for_each(|(p, x)| p.pace = libm::exp(x));
    let starts = solve(&placed, &pairs, |p| placed[p.first].pace * p.alignment.offset_secs);
    placed.iter_mut().zip(starts).for_each(|(p, x)| p.start_secs = x);
    placed
}

fn weight(pair: &Pair) -> f64 {
    pair.alignment.found as f64 * pair.alignment.peak_ratio
}

fn pace(pair: &Pair) -> f64 {
    1.0 + pair.alignment.drift_ppm.unwrap_or(0.0) * 1e-6
}

/// Where a pair says that its second recording starts.
fn expected_start(pair: &Pair, placed: &[Placed]) -> f64 {
    placed[pair.first].start_secs + placed[pair.first].pace * pair.alignment.offset_secs
}

/// Groups, and starts and paces along a spanning tree of the pairs, which are sorted by weight.
fn tree(count: usize, pairs: &[&Pair]) -> Vec<Placed> {
    let mut group: Vec<usize> = (0..count).collect();
    let mut edges = Vec::new();
    for pair in pairs {
        let (keep, drop) = (group[pair.first].min(group[pair.second]), group[pair.first].max(group[pair.second]));
        if keep != drop {
            group.iter_mut().filter(|g| **g == drop).for_each(|g| *g = keep);
            edges.push(*pair);
        }
    }
    // Each group has the number of its first recording; those are counted.
    let roots: Vec<usize> = (0..count).filter(|i| group[*i] == *i).collect();
    let number = |root: usize| roots.partition_point(|r| *r < root);
    let mut placed: Vec<Placed> = group.iter().map(|g| Placed { group: number(*g), start_secs: 0.0, pace: 1.0 }).collect();
    let mut known: Vec<bool> = (0..count).map(|i| group[i] == i).collect();
    // Every pass reaches at least the neighbours of what is known.
    while let Some(pair) = edges.iter().find(|p| known[p.first] != known[p.second]) {
        let (from, to) = (placed[pair.first], placed[pair.second]);
        if known[pair.first] {
            placed[pair.second].start_secs = from.start_secs + from.pace * pair.alignment.offset_secs;
            placed[pair.second].pace = from.pace * pace(pair);
        } else {
            placed[pair.first].pace = to.pace / pace(pair);
            placed[pair.first].start_secs = to.start_secs - placed[pair.first].pace * pair.alignment.offset_secs;
        }
        (known[pair.first], known[pair.second]) = (true, true);
    }
    placed
}

/// The numbers x with x[second] − x[first] = difference(pair), as well as all pairs allow, where
/// the first recording of each group has 0: weighted least squares by Cholesky's decomposition.
fn solve(placed: &[Placed], pairs: &[&Pair], difference: impl Fn(&Pair) -> f64) -> Vec<f64> {
    let n = placed.len();
    let mut matrix = vec![vec![0.0; n]; n];
    let mut x = vec![0.0; n];
    let mut groups = 0;
    for (i, row) in matrix.iter_mut().enumerate() {
        // Holds the first recording of each group at 0.
        if placed[i].group == groups {
            row[i] = 1.0;
            groups += 1;
        }
    }
    let total: f64 = pairs.iter().map(|p| weight(p)).sum::<f64>().max(f64::MIN_POSITIVE);
    for pair in pairs {
        let (a, b, w) = (pair.first, pair.second, (weight(pair) / total).max(1e-6));
        matrix[a][a] += w;
        matrix[b][b] += w;
        matrix[a][b] -= w;
        matrix[b][a] -= w;
        x[a] -= w * difference(pair);
        x[b] += w * difference(pair);
    }
    for i in 0..n {
        for j in 0..=i {
            let sum = matrix[i][j] - (0..j).map(|k| matrix[i][k] * matrix[j][k]).sum::<f64>();
            matrix[i][j] = if i == j { sum.max(1e-12).sqrt() } else { sum / matrix[j][j] };
        }
    }
    for i in 0..n {
        x[i] = (x[i] - (0..i).map(|k| matrix[i][k] * x[k]).sum::<f64>()) / matrix[i][i];
    }
    for i in (0..n).rev() {
        x[i] = (x[i] - (i + 1..n).map(|k| matrix[k][i] * x[k]).sum::<f64>()) / matrix[i][i];
    }
    // The first ones are 0 but for rounding.
    let roots: Vec<f64> = (0..groups).map(|g| placed.iter().position(|p| p.group == g).map_or(0.0, |i| x[i])).collect();
    x.iter().zip(placed).map(|(x, p)| x - roots.get(p.group).copied().unwrap_or(0.0)).collect()
}
