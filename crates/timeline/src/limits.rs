//! Upper bounds of what a frame needs. They guard against projects whose work multiplies: by
//! nesting, by tracks that use each other's pictures, and by effects over time.
use crate::{params::resolve, uses};
use cutroom_effects::{Catalog, EffectRef, ParamKind, ParamSpec, Params};
use cutroom_project::{Animated, Clip, ClipSource, Composition, EffectInstance, Track, TrackKind};
use cutroom_types::{FrameRate, ParamValue, TimeDelta, TrackId};
use std::collections::HashMap;

/// Maximum number of layers of a frame, including those of nested compositions and those at other
/// times.
pub(crate) const MAX_LAYERS: u64 = 10_000;
/// Maximum number of pictures of one clip that a frame needs, including effects over time around
/// the clip: each multiplies the number that those before it need.
pub(crate) const MAX_PICTURES: u64 = 256;
/// Maximum length of a chain of tracks that use each other. Longer chains have more than
/// [`MAX_LAYERS`] layers together.
const MAX_USES: usize = 150;

/// Message for more than [`MAX_PICTURES`] pictures.
pub(crate) const TOO_MANY_PICTURES: &str = "the effects over time on a clip need more than 256 pictures for one frame";

/// Upper bound of what one frame needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrameDemand {
    pub(crate) layers: u64,
    /// Pictures of one clip.
    pub(crate) pictures: u64,
}

impl FrameDemand {
    pub(crate) const ONE: Self = Self { layers: 1, pictures: 1 };
    const NONE: Self = Self { layers: 0, pictures: 0 };

    /// The demand of both in one frame.
    pub(crate) fn with(self, other: Self) -> Self {
        Self { layers: self.layers.saturating_add(other.layers), pictures: self.pictures.max(other.pictures) }
    }

    /// The demand of either one in a frame.
    fn or(self, other: Self) -> Self {
        Self { layers: self.layers.max(other.layers), pictures: self.pictures.max(other.pictures) }
    }

    fn times(self, n: u64) -> Self {
        Self { layers: self.layers.saturating_mul(n), pictures: self.pictures.saturating_mul(n) }
    }

    /// Why the demand exceeds the limits; `None` if it does not.
    pub(crate) fn problem(self) -> Option<&'static str> {
        if self.layers > MAX_LAYERS {
            Some("its frames would have more than 10000 layers, those of nested compositions and at other times counted")
        } else if self.pictures > MAX_PICTURES {
            Some(
                "effects over time, those of adjustment layers and around nested compositions counted, need more than 256 pictures of one clip for one frame",
            )
        } else {
            None
        }
    }
}

/// Upper bound of what a frame of `composition` needs. `contents` is the demand of its clips'
/// contents, by track and clip.
pub(crate) fn demand(composition: &Composition, contents: &[Vec<FrameDemand>], catalog: &Catalog) -> FrameDemand {
    let tracks = composition.tracks.iter().zip(0..).map(|(t, i)| (&t.id, i)).collect();
    let mut widths = Demands { composition, catalog, tracks, contents, known: vec![[None; 2]; contents.len()] };
    widths.drawn(contents.len(), FrameDemand::NONE, 0)
}

/// Number of pictures of a clip that its own effects over time need for one frame.
pub(crate) fn pictures(clip: &Clip, rate: FrameRate, catalog: &Catalog) -> u64 {
    needs(clip, rate, catalog).0
}

/// Upper bound of the number of pictures that one frame needs of a clip's content, and of each
/// track that its effects name.
fn needs(clip: &Clip, rate: FrameRate, catalog: &Catalog) -> (u64, Vec<(TrackId, u64)>) {
    let (mut pictures, mut others) = (1u64, Vec::new());
    // An effect over time needs the result of those before it at each of its times.
    for e in clip.video.effects.iter().rev().filter(|e| e.enabled) {
        let Some(spec) = catalog.effect(&e.effect) else { continue };
        if spec.is_temporal() {
            pictures = pictures.saturating_mul(1 + max_times(spec, e, rate));
        }
        others.extend(uses::tracks_named(spec, e).map(|track| (track, pictures)));
    }
    (pictures, others)
}

/// Maximum number of other times that an effect asks for. Animated numbers count with their value
/// at time zero, their minimum and their maximum; animated switches with both states.
fn max_times(spec: EffectRef, e: &EffectInstance, rate: FrameRate) -> u64 {
    let Ok(values) = resolve(spec.spec().params, &e.params, TimeDelta::ZERO) else { return 0 };
    let frame_secs = rate.frame_duration().as_secs_f64();
    let moves = |param: &ParamSpec| matches!(e.params.get(param.id), Some(Animated::Curve(_)));
    let mut largest = 0;
    for end in 0..3 {
        for switch in [None, Some(false), Some(true)] {
            let mut values = values.clone();
            for (param, value) in spec.params.iter().zip(&mut values).filter(|(p, _)| moves(p)) {
                match (&param.kind, switch) {
                    (ParamKind::Number { min, .. }, _) if end == 1 => *value = ParamValue::Number(*min),
                    (ParamKind::Number { max, .. }, _) if end == 2 => *value = ParamValue::Number(*max),
                    (ParamKind::Bool { .. }, Some(switch)) => *value = ParamValue::Bool(switch),
                    _ => {}
                }
            }
            largest = largest.max(spec.other_times(Params::new(&values), frame_secs).len() as u64);
        }
    }
    largest
}

struct Demands<'a> {
    composition: &'a Composition,
    catalog: &'a Catalog,
    tracks: HashMap<&'a TrackId, usize>,
    contents: &'a [Vec<FrameDemand>],
    /// Demand of each track if it is drawn in the frame, and if it is used by another track.
    known: Vec<[Option<FrameDemand>; 2]>,
}

impl Demands<'_> {
    /// Demand of track `at`. `apart` is whether another track uses it instead of being drawn in the
    /// frame; `depth` is the length of the chain of tracks that use it.
    fn track(&mut self, at: usize, apart: bool, depth: usize) -> FrameDemand {
        if depth > MAX_USES {
            return FrameDemand::ONE.times(MAX_LAYERS + 1);
        }
        if let Some(known) = self.known[at][usize::from(apart)] {
            return known;
        }
        // Ends the recursion on a cycle, which validation reports.
        self.known[at][usize::from(apart)] = Some(FrameDemand::ONE);
        let composition = self.composition;
        let track = &composition.tracks[at];
        let mut largest = FrameDemand::ONE;
        let mut clips = HashMap::new();
        for (clip, content) in track.clips.iter().zip(&self.contents[at]).filter(|(clip, _)| clip.enabled) {
            let demand = self.clip(at, clip, *content, apart, depth);
            largest = largest.or(demand);
            clips.insert(&clip.id, demand);
        }
        for x in &track.transitions {
            // The transition itself, and at most one picture per parameter.
            let own = 1 + self.catalog.transition(&x.kind).map_or(0, |t| t.params.len() as u64);
            let sides = [&x.from, &x.to].into_iter().flatten().filter_map(|id| clips.get(id));
            largest = largest.or(sides.fold(FrameDemand { layers: own, pictures: 1 }, |all, side| all.with(*side)));
        }
        self.known[at][usize::from(apart)] = Some(largest);
        largest
    }

    fn clip(&mut self, at: usize, clip: &Clip, content: FrameDemand, apart: bool, depth: usize) -> FrameDemand {
        let (pictures, others) = needs(clip, self.composition.frame_rate, self.catalog);
        // Drawn in the frame and at the frame's own time, an adjustment layer uses what is drawn
        // anyway.
        let is_copied = matches!(clip.source, ClipSource::Adjustment(_)) && (apart || self.is_seen_at_other_times(clip));
        let content = if is_copied { self.drawn(at, content, depth + 1) } else { content };
        let matte = clip.video.matte.iter().map(|m| (m.track.clone(), 1));
        others.into_iter().chain(matte).fold(content.times(pictures.min(MAX_PICTURES)), |all, (track, pictures)| {
            let track = self.tracks.get(&track).copied();
            track.map_or(all, |t| all.with(self.track(t, true, depth + 1).times(pictures.min(MAX_PICTURES))))
        })
    }

    /// `all` with the demand of drawing the first `count` tracks.
    fn drawn(&mut self, count: usize, all: FrameDemand, depth: usize) -> FrameDemand {
        let is_drawn = |t: &Track| t.enabled && !t.matte_only && t.kind == TrackKind::Video;
        let tracks = (0..count).filter(|&t| is_drawn(&self.composition.tracks[t])).collect::<Vec<_>>();
        tracks.into_iter().fold(all, |all, t| all.with(self.track(t, false, depth)))
    }

    fn is_seen_at_other_times(&self, clip: &Clip) -> bool {
        let is_temporal = |id: &str| self.catalog.effect(id).is_some_and(|e| e.is_temporal());
        clip.video.effects.iter().any(|e| e.enabled && is_temporal(&e.effect))
    }
}
