//! Finds clips whose picture would depend on itself.
use crate::{Clip, ClipSource, Composition, Track};
use cutroom_types::{Span, Time, TimeDelta, TrackId};
use std::{cell::OnceCell, collections::HashMap};

/// Dependencies between the pictures of a composition's clips. A clip uses the tracks that `used`
/// returns for it; an adjustment layer also uses the tracks below it.
pub struct Cycles<'a> {
    composition: &'a Composition,
    tracks: HashMap<&'a TrackId, usize>,
    /// By track index.
    visible: Vec<Visible>,
    used: Box<Used<'a>>,
    /// By track and clip: clips that use each other, directly or through others, have the same
    /// number. Computed on first use.
    rings: OnceCell<Vec<Vec<usize>>>,
}

/// Returns the tracks that a clip uses.
type Used<'a> = dyn Fn(&Clip) -> Vec<TrackId> + 'a;

/// When the clips of a track are visible; disabled tracks and clips never are.
struct Visible {
    /// By clip index; `None` for clips that are never visible.
    spans: Vec<Option<Span>>,
    /// Clips in order of their starts: index, span, and the latest end of this and all earlier
    /// clips.
    in_order: Vec<(usize, Span, Time)>,
}

impl<'a> Cycles<'a> {
    /// Prepares a composition. `used` returns the tracks that a clip uses, including that of its
    /// matte.
    pub fn new(composition: &'a Composition, used: impl Fn(&Clip) -> Vec<TrackId> + 'a) -> Self {
        let tracks = composition.tracks.iter().zip(0..).map(|(t, i)| (&t.id, i)).collect();
        let visible = composition.tracks.iter().map(Visible::new).collect();
        Self { composition, tracks, visible, used: Box::new(used), rings: OnceCell::new() }
    }

    /// Whether the picture of a clip that uses track `first` depends on itself at any time.
    pub fn would_cycle(&self, track: usize, clip: usize, first: &TrackId) -> bool {
        let (Some(span), Some(&first)) = (self.visible[track].spans[clip], self.tracks.get(first)) else { return false };
        let rings = self.rings.get_or_init(|| self.rings());
        self.visible[first].during(span).any(|c| rings[first][c] == rings[track][clip])
    }

    /// The clips whose pictures a clip uses during `span`, as track and clip indices.
    fn uses(&self, (track, clip): (usize, usize), span: Span) -> impl Iterator<Item = (usize, usize)> {
        let found = &self.composition.tracks[track].clips[clip];
        let named: Vec<usize> = (self.used)(found).iter().filter_map(|id| self.tracks.get(id)).copied().collect();
        let below = if matches!(found.source, ClipSource::Adjustment(_)) { 0..track } else { 0..0 };
        let below = below.filter(|&t| !self.composition.tracks[t].matte_only);
        named.into_iter().chain(below).flat_map(move |t| self.visible[t].during(span).map(move |c| (t, c)))
    }

    /// Strongly connected components: Tarjan, "Depth-first search and linear graph algorithms",
    /// SIAM J. Comput. 1 (1972), without recursion. Clips that are never visible have number 0 and
    /// use nothing.
    fn rings(&self) -> Vec<Vec<usize>> {
        let by_clip = || self.visible.iter().map(|s| vec![0; s.spans.len()]).collect::<Vec<_>>();
        // The order in which clips are met, from 1 on, and the earliest open clip that is reachable
        // from each.
        let (mut met, mut earliest, mut rings) = (by_clip(), by_clip(), by_clip());
        let (mut count, mut open) = (0, Vec::new());
        let nodes = self.visible.iter().enumerate().flat_map(|(t, s)| s.in_order.iter().map(move |(c, span, _)| ((t, *c), *span)));
        for (root, span) in nodes {
            if met[root.0][root.1] > 0 {
                continue;
            }
            let mut next = Some((root, span));
            let mut path = Vec::new();
            loop {
                if let Some((node, span)) = next.take() {
                    count += 1;
                    met[node.0][node.1] = count;
                    earliest[node.0][node.1] = count;
                    open.push(node);
                    path.push((node, self.uses(node, span)));
                }
                let Some((node, uses)) = path.last_mut() else { break };
                let node = *node;
                if let Some(to) = uses.next() {
                    if met[to.0][to.1] == 0 {
                        next = self.visible[to.0].spans[to.1].map(|span| (to, span));
                    } else if rings[to.0][to.1] == 0 {
                        earliest[node.0][node.1] = earliest[node.0][node.1].min(met[to.0][to.1]);
                    }
                    continue;
                }
                path.pop();
                let reached = earliest[node.0][node.1];
                if let Some((user, _)) = path.last() {
                    earliest[user.0][user.1] = earliest[user.0][user.1].min(reached);
                }
                if reached == met[node.0][node.1] {
                    while let Some(member) = open.pop() {
                        rings[member.0][member.1] = reached;
                        if member == node {
                            break;
                        }
                    }
                }
            }
        }
        rings
    }
}

impl Visible {
    /// Clips are extended on both sides by the longest of their transitions, an upper bound of
    /// their handles.
    fn new(track: &Track) -> Self {
        if !track.enabled {
            return Self { spans: vec![None; track.clips.len()], in_order: Vec::new() };
        }
        let mut beyond = HashMap::new();
        for x in &track.transitions {
            for side in x.from.iter().chain(&x.to) {
                let max = beyond.entry(side).or_insert(TimeDelta::ZERO);
                *max = x.duration.max(*max);
            }
        }
        let span = |clip: &Clip| {
            let more = beyond.get(&clip.id).copied().unwrap_or_default();
            let start = Time(clip.start.0.saturating_sub(more.0));
            Span { start, duration: TimeDelta(clip.span().end().saturating_add(more).0.saturating_sub(start.0)) }
        };
        let spans: Vec<_> = track.clips.iter().map(|c| c.enabled.then(|| span(c))).collect();
        let mut in_order: Vec<_> = spans.iter().zip(0..).filter_map(|(s, i)| Some((i, (*s)?, s.as_ref()?.end()))).collect();
        in_order.sort_by_key(|s| s.1.start);
        for i in 1..in_order.len() {
            in_order[i].2 = in_order[i].2.max(in_order[i - 1].2);
        }
        Self { spans, in_order }
    }

    /// The clips that are visible during a span.
    fn during(&self, span: Span) -> impl Iterator<Item = usize> {
        let from = self.in_order.partition_point(|s| s.2 <= span.start);
        let to = self.in_order.partition_point(|s| s.1.start < span.end());
        let some = self.in_order.get(from..to).unwrap_or_default();
        some.iter().filter(move |s| s.1.end() > span.start).map(|s| s.0)
    }
}
