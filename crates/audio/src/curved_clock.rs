//! Source positions of a voice whose speed changes: cubics between the points of its plan.
//!
//! A position depends only on the points next to it, which stand on a fixed grid, so that the mix
//! does not depend on how it is divided. The low-pass of the resampler has to follow the speed: each
//! point has a filter level, four per octave, and between points of different levels the results of
//! both filters are mixed by the distance.
use crate::resample::{Filter, FilterCache};
use cutroom_timeline::{SourcePoint, Voice};
use cutroom_types::FLICKS_PER_SECOND;
use std::sync::Arc;

/// Filter levels per octave of speed.
const LEVELS: f64 = 4.0;

/// A point of the plan, in samples.
#[derive(Clone, Copy, Debug)]
struct Point {
    sample: i64,
    /// Source samples since the start of the file.
    position: f64,
    /// Source samples per composition sample.
    slope: f64,
}

/// The map from composition samples to source positions of one voice.
#[derive(Clone, Debug)]
pub(crate) struct CurvedClock {
    points: Vec<Point>,
}

/// Filters of consecutive samples.
#[derive(Clone)]
enum Filters {
    One(Arc<Filter>),
    /// The second one's share rises from 0 to 1 between two points.
    Two(Arc<Filter>, Arc<Filter>),
}

impl CurvedClock {
    /// `None` for a voice of constant speed.
    pub fn new(voice: &Voice, source_rate_hz: u32, rate_hz: u32) -> Option<Self> {
        let position = |p: &SourcePoint| p.source.0 as f64 * f64::from(source_rate_hz) / FLICKS_PER_SECOND as f64;
        let ratio = f64::from(source_rate_hz) / f64::from(rate_hz);
        let point = |p: &SourcePoint| Point { sample: p.sample, position: position(p), slope: p.speed * ratio };
        let points: Vec<Point> = voice.positions.iter().map(point).collect();
        (!points.is_empty()).then_some(Self { points })
    }

    /// The points around sample `n`, and its place between them, 0..=1; one point twice outside.
    fn around(&self, n: i64) -> (Point, Point, f64) {
        let after = self.points.partition_point(|p| p.sample <= n);
        let a = self.points[after.saturating_sub(1)];
        let Some(&b) = self.points.get(after).filter(|_| after > 0) else { return (a, a, 0.0) };
        (a, b, (n - a.sample) as f64 / (b.sample - a.sample) as f64)
    }

    /// Source position at composition sample `n`, in source samples; beyond the points it goes on at
    /// the speed there.
    pub fn at(&self, n: i64) -> f64 {
        let (a, b, t) = self.around(n);
        if a.sample == b.sample {
            return a.position + (n - a.sample) as f64 * a.slope;
        }
        let length = (b.sample - a.sample) as f64;
        let (change, from, to) = (b.position - a.position, a.slope * length, b.slope * length);
        // Cubic Hermite interpolation, from the first point on.
        let (t2, t3) = (t * t, t * t * t);
        a.position + (3.0 * t2 - 2.0 * t3) * change + (t3 - 2.0 * t2 + t) * from + (t3 - t2) * to
    }

    /// Largest number of source samples per composition sample.
    pub fn stretch(&self) -> f64 {
        self.points.iter().map(|p| p.slope.abs()).fold(1.0, f64::max)
    }

    fn filters(&self, n: i64, filters: &mut FilterCache) -> Filters {
        let (a, b, _) = self.around(n);
        let level = |p: Point| (libm::log2(p.slope.abs().max(1.0)) * LEVELS).ceil();
        let mut get = |level: f64| filters.interpolating(libm::exp2(level / LEVELS));
        if level(a) == level(b) { Filters::One(get(level(a))) } else { Filters::Two(get(level(a)), get(level(b))) }
    }

    /// The source samples that are needed for `count` composition samples from `from` on: the first,
    /// and how many.
    pub fn needed(&self, from: i64, count: usize, filters: &mut FilterCache) -> (i64, usize) {
        let mut range = (i64::MAX, i64::MIN);
        let mut half = 0;
        for n in from..from + count as i64 {
            let whole = self.at(n).floor() as i64;
            range = (range.0.min(whole), range.1.max(whole));
        }
        for n in self.intervals(from, count) {
            half = half.max(match self.filters(n, filters) {
                Filters::One(f) => f.half,
                Filters::Two(f, g) => f.half.max(g.half),
            });
        }
        let first = range.0 + 1 - half as i64;
        (first, (range.1 + half as i64 - first + 1) as usize)
    }

    /// The first of the samples in each interval between points.
    fn intervals(&self, from: i64, count: usize) -> Vec<i64> {
        let inside = |p: &&Point| (from + 1..from + count as i64).contains(&p.sample);
        std::iter::once(from).chain(self.points.iter().filter(inside).map(|p| p.sample)).collect()
    }

    /// Writes `out.len()` samples from composition sample `from` on. `input[0]` is source sample
    /// `input_first`; the input covers [`Self::needed`].
    pub fn run(&self, from: i64, input: &[f32], input_first: i64, filters: &mut FilterCache, out: &mut [f32]) {
        let mut starts = self.intervals(from, out.len());
        starts.push(from + out.len() as i64);
        for pair in starts.windows(2) {
            let used = self.filters(pair[0], filters);
            for n in pair[0]..pair[1] {
                let position = self.at(n);
                let whole = position.floor();
                let value = |f: &Filter| {
                    let start = (whole as i64 + 1 - f.half as i64 - input_first) as usize;
                    f.value_at(&input[start..start + 2 * f.half], position - whole)
                };
                out[(n - from) as usize] = match &used {
                    Filters::One(f) => value(f),
                    Filters::Two(f, g) => {
                        let t = self.around(n).2 as f32;
                        value(f) * (1.0 - t) + value(g) * t
                    }
                };
            }
        }
    }
}
