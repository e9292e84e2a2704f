//! Fits cues to speech: an offset, and the ratio of two frame rates, by the correlation of the times at
//! which a text is shown with those at which somebody speaks; then, if wished, each edge to the
//! nearest edge of speech.
use super::document::SubtitleDocument;
use cutroom_types::{FLICKS_PER_SECOND, Time};

/// Frame rates of films and television, numerator and denominator.
const RATES: [(i64, i64); 4] = [(24000, 1001), (24, 1), (25, 1), (30000, 1001)];
/// Largest offset, seconds.
const MAX_OFFSET_SECS: i64 = 60;
/// A change of length must be better by this.
const STRETCH_COSTS: f64 = 0.01;

/// How cues fit speech: each time becomes `time · ratio + offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitting {
    /// Factor of times, numerator and denominator.
    pub ratio: (i64, i64),
    /// Added after that, in flicks.
    pub offset: i64,
    /// Correlation of texts with speech, −1..=1.
    pub correlation: f64,
}

impl Fitting {
    /// What becomes of a time.
    pub fn at(&self, time: Time) -> i64 {
        let (n, d) = (i128::from(self.ratio.0), i128::from(self.ratio.1));
        ((2 * i128::from(time.0) * n + d).div_euclid(2 * d) + i128::from(self.offset)) as i64
    }
}

/// Finds how the cues fit speech, which is given in steps of `1 / steps_per_second`. `None` without
/// cues or without speech.
pub fn find(document: &SubtitleDocument, speech: &[bool], steps_per_second: u32) -> Option<Fitting> {
    let spans = spans(document);
    let spoken = speech.iter().filter(|s| **s).count();
    if spans.is_empty() || spoken == 0 || spoken == speech.len() {
        return None;
    }
    // Number of spoken steps before each.
    let mut before = vec![0i64; speech.len() + 1];
    for (n, on) in speech.iter().enumerate() {
        before[n + 1] = before[n] + i64::from(*on);
    }
    let flicks = FLICKS_PER_SECOND / i64::from(steps_per_second.max(1));
    let steps = |flicks_of: i128| (2 * flicks_of + i128::from(flicks)).div_euclid(2 * i128::from(flicks)) as i64;
    let reach = MAX_OFFSET_SECS * i64::from(steps_per_second);
    let mut best: Option<(f64, Fitting)> = None;
    for ratio in ratios() {
        let scaled = |t: i64| steps(i128::from(t) * i128::from(ratio.0) / i128::from(ratio.1));
        let spans: Vec<(i64, i64)> = spans.iter().map(|(a, b)| (scaled(*a), scaled(*b))).collect();
        let shown: i64 = spans.iter().map(|(a, b)| b - a).sum();
        for offset in -reach..=reach {
            let inside = |t: i64| (t + offset).clamp(0, speech.len() as i64) as usize;
            let both: i64 = spans.iter().map(|(a, b)| before[inside(*b)] - before[inside(*a)]).sum();
            let correlation = correlation(both, shown, before[speech.len()], speech.len() as i64);
            let costs = if ratio.0 == ratio.1 { 0.0 } else { STRETCH_COSTS };
            if best.as_ref().is_none_or(|(most, _)| correlation - costs > *most) {
                best = Some((correlation - costs, Fitting { ratio, offset: offset * flicks, correlation }));
            }
        }
    }
    best.map(|(_, fitting)| fitting)
}

/// Correlation of two signals of zeros and ones, of `all` steps.
fn correlation(both: i64, first: i64, second: i64, all: i64) -> f64 {
    let [both, first, second, all] = [both, first, second, all.max(first + 1)].map(|v| v as f64);
    let spread = first * (all - first) * second * (all - second);
    if spread <= 0.0 { 0.0 } else { (all * both - first * second) / spread.sqrt() }
}

/// The ratios of all pairs of rates, 1 first.
fn ratios() -> Vec<(i64, i64)> {
    let mut all = vec![(1, 1)];
    for a in RATES {
        all.extend(RATES.iter().filter(|b| **b != a).map(|b| (a.0 * b.1, a.1 * b.0)));
    }
    all
}

/// The times in flicks at which any cue with a text is shown, in order, without overlaps.
fn spans(document: &SubtitleDocument) -> Vec<(i64, i64)> {
    let mut all: Vec<(i64, i64)> = Vec::new();
    for cue in document.cues.iter().filter(|c| c.end > c.start && c.runs.iter().any(|r| !r.text.trim().is_empty())) {
        match all.last_mut() {
            Some(last) if cue.start.0 <= last.1 => last.1 = last.1.max(cue.end.0),
            _ => all.push((cue.start.0, cue.end.0)),
        }
    }
    all
}

/// Moves starts and ends to the nearest start and end of speech within `reach` flicks, where cues do not
/// come to overlap by it. Returns how many cues have changed.
pub fn snap(document: &mut SubtitleDocument, speech: &[bool], steps_per_second: u32, reach: i64) -> usize {
    let flicks = FLICKS_PER_SECOND / i64::from(steps_per_second.max(1));
    let was = |n: usize| n > 0 && speech[n - 1];
    let edges = |rising: bool| -> Vec<i64> {
        let is_edge = |n: &usize| was(*n) != rising && (*n < speech.len() && speech[*n]) == rising;
        (0..=speech.len()).filter(is_edge).map(|n| n as i64 * flicks).collect()
    };
    let (starts, ends) = (edges(true), edges(false));
    let nearest = |edges: &[i64], t: i64| {
        let after = edges.partition_point(|e| *e < t);
        let around = [after.checked_sub(1), Some(after)].into_iter().flatten().filter_map(|n| edges.get(n).copied());
        around.min_by_key(|e| (e - t).abs()).filter(|e| (e - t).abs() <= reach)
    };
    let mut changed = 0;
    for n in 0..document.cues.len() {
        let cue = &document.cues[n];
        let start = nearest(&starts, cue.start.0).unwrap_or(cue.start.0);
        let end = nearest(&ends, cue.end.0).unwrap_or(cue.end.0);
        let start = match n.checked_sub(1).map(|p| document.cues[p].end.0) {
            Some(before) if before <= cue.start.0 => start.max(before),
            _ => start,
        };
        let end = match document.cues.get(n + 1).map(|c| c.start.0) {
            Some(next) if next >= cue.end.0 => end.min(next),
            _ => end,
        };
        if start < end && (start, end) != (cue.start.0, cue.end.0) {
            let cue = &mut document.cues[n];
            (cue.start, cue.end) = (Time(start), Time(end));
            changed += 1;
        }
    }
    document.sort();
    changed
}

#[cfg(test)]
mod tests {
    use super::super::document::Cue;
    use super::*;

    /// Speech at irregular times, and cues that are late and slow, or have nothing to do with it.
    #[test]
    fn offset_and_ratio_are_found() {
        let second = FLICKS_PER_SECOND as f64;
        let mut state = 7u64;
        let mut random = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(1u32 << 31)
        };
        let mut words: Vec<(f64, f64)> = Vec::new();
        let mut t = 65.0;
        while t < 400.0 {
            let end = t + 0.6 + 2.5 * random();
            words.push((t, end));
            t = end + 0.3 + 4.0 * random();
        }
        let mut speech = vec![false; 50_000];
        for (a, b) in &words {
            speech[(a * 100.0) as usize..(b * 100.0) as usize].fill(true);
        }
        for (ratio, offset) in [((1, 1), -20.0), ((25 * 1001, 24000), 7.3), ((24000, 25 * 1001), -45.5), ((24, 25), 0.0)] {
            // What the file says if these turn it into the truth.
            let back = |t: f64| Time((((t - offset) * f64::from(ratio.1) / f64::from(ratio.0)) * second) as i64);
            let cues = words.iter().map(|(a, b)| Cue::plain(back(*a), back(*b), "x")).collect();
            let mut document = SubtitleDocument { cues, ..SubtitleDocument::default() };
            let found = find(&document, &speech, 100).unwrap();
            assert!(found.correlation > 0.95, "{found:?}");
            for (cue, (a, _)) in document.cues.iter().zip(&words) {
                let off = found.at(cue.start) as f64 / second - a;
                assert!(off.abs() < 0.05, "{ratio:?} {offset}: {off} in {found:?}");
            }
            document.cues.iter_mut().for_each(|c| (c.start, c.end) = (Time(found.at(c.start)), Time(found.at(c.end))));
            snap(&mut document, &speech, 100, FLICKS_PER_SECOND / 5);
            let on_edge = |c: &Cue| c.start.0 % (FLICKS_PER_SECOND / 100) == 0 && c.end.0 % (FLICKS_PER_SECOND / 100) == 0;
            assert!(document.cues.iter().all(on_edge));
        }
        let cues =
            (0..60).map(|n| Cue::plain(Time(n * 5 * FLICKS_PER_SECOND), Time((n * 5 + 1) * FLICKS_PER_SECOND), "x")).collect();
        let other = SubtitleDocument { cues, ..SubtitleDocument::default() };
        assert!(find(&other, &speech, 100).unwrap().correlation < 0.3);
        assert_eq!(find(&other, &[false; 100], 100), None);
    }
}
