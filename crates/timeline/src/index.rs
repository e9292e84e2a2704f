//! Compositions prepared for planning: per track the sorted segments in which one clip or one
//! transition is active, so that a frame needs one binary search per track.
use crate::{
    AudioPlan, FramePlan, LeftOut, PlanError,
    cuts::placed_transitions,
    entries::TrackEntries,
    entries::{SoundUses, sound_uses},
    limits::{FrameDemand, demand},
    sampling,
    sound_demand::{self, SoundDemand, TrackSound},
};
use cutroom_effects::Catalog;
use cutroom_project::{Clip, ClipSource, Composition, MAX_NESTING, Project, Track, TrackKind};
use cutroom_types::{ClipId, CompositionId, FrameRate, MediaId, Time, TimeDelta, TrackId};
use std::{
    cell::RefCell,
    collections::HashMap,
    ops::{Deref, Range},
    sync::Arc,
};

/// A composition prepared for planning. `P` is `&Project` or `Arc<Project>`; after an edit
/// [`Timeline::after`] creates a new timeline.
#[derive(Clone)]
pub struct Timeline<P: Deref<Target = Project>> {
    pub(crate) catalog: Catalog,
    pub(crate) project: P,
    pub(crate) root: usize,
    /// Parallel to `project.compositions`; `None` for those not reached from the root.
    pub(crate) indices: Vec<Option<Arc<CompositionIndex>>>,
    pub(crate) compositions: HashMap<CompositionId, usize>,
    pub(crate) media: HashMap<MediaId, usize>,
}

/// What is visible and audible in one composition.
#[derive(Clone, Debug)]
pub(crate) struct CompositionIndex {
    pub(crate) rate: FrameRate,
    /// See [`sampling::half_frame`].
    pub(crate) half_frame: TimeDelta,
    pub(crate) length: TimeDelta,
    pub(crate) frame_count: i64,
    /// Parallel to the composition's tracks.
    pub(crate) tracks: Vec<Arc<TrackIndex>>,
    /// Upper bound of what a frame needs.
    demand: FrameDemand,
    /// Enabled video tracks, bottom to top.
    pub(crate) visible: Vec<VisibleTrack>,
    /// Track and clip indices of the null objects.
    pub(crate) nulls: HashMap<ClipId, (usize, usize)>,
    /// Indices of the audible tracks.
    pub(crate) audible: Vec<usize>,
    /// Sound effects of the output, and of each bus.
    pub(crate) output_sound: SoundUses,
    pub(crate) buses: Vec<SoundUses>,
    /// Tracks and buses that sound effects follow.
    pub(crate) keys: Vec<Arc<str>>,
    /// Whether it has effects, buses or sends itself.
    pub(crate) has_mixer: bool,
    /// What sound effects need, those of nested compositions included.
    pub(crate) sound: SoundDemand,
}

/// An enabled video track.
#[derive(Clone, Debug)]
pub(crate) struct VisibleTrack {
    /// Its index.
    pub(crate) track: usize,
    /// Whether it is drawn itself; otherwise it is only used as a matte or by effects.
    pub(crate) drawn: bool,
}

/// One track prepared for planning. It is reused after edits of other tracks.
#[derive(Clone, Debug)]
pub(crate) struct TrackIndex {
    /// Catalogue entries that its clips and transitions name.
    pub(crate) entries: TrackEntries,
    /// What it shows, in time order; empty for audio tracks.
    pub(crate) segments: Vec<Segment>,
    /// What is audible of it: the spans of its clips in time order, which may overlap during a
    /// cross-fade.
    pub(crate) sound: Vec<AudioSegment>,
    /// What the effects of its clips need, and what they follow.
    pub(crate) clip_sound: SoundDemand,
    pub(crate) clip_keys: Vec<Arc<str>>,
}

impl TrackIndex {
    fn new(track: &Track, catalog: &Catalog) -> Self {
        let entries = TrackEntries::new(track, catalog);
        let (mut clip_sound, mut clip_keys) = (SoundDemand::default(), Vec::new());
        for (clip, entries) in track.clips.iter().zip(&entries.clips).filter(|(c, _)| !c.audio.effects.is_empty()) {
            clip_sound = clip_sound.or(sound_demand::demand(&clip.audio.effects, &entries.sound));
            clip_keys.extend(sound_demand::keys(&clip.audio.effects, &entries.sound));
        }
        Self {
            entries,
            clip_sound,
            clip_keys,
            segments: if track.kind == TrackKind::Video { picture_segments(track) } else { Vec::new() },
            sound: audio_segments(track),
        }
    }
}

/// A span of time in which a track shows the same clip or transition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub(crate) start: Time,
    pub(crate) end: Time,
    pub(crate) content: SegmentContent,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum SegmentContent {
    Clip(usize),
    Transition { transition: usize, from: Option<usize>, to: Option<usize> },
}

/// A span of time in which a clip is audible, with its fades, in composition time.
#[derive(Clone, Debug)]
pub(crate) struct AudioSegment {
    pub(crate) clip: usize,
    pub(crate) start: Time,
    pub(crate) end: Time,
    pub(crate) fades: Vec<AudioFade>,
    /// Latest end of this segment and those before it.
    pub(crate) latest_end: Time,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct AudioFade {
    pub(crate) start: Time,
    pub(crate) end: Time,
    pub(crate) rising: bool,
    pub(crate) curve: crate::FadeCurve,
}

impl<P: Deref<Target = Project>> Timeline<P> {
    /// Prepares `composition` and everything nested in it. What clips and transitions name is
    /// looked up in `catalog` here and not again; what the catalogue does not have is an error of
    /// the frames that use it.
    ///
    /// # Errors
    /// A composition does not exist, contains itself, or nests too deep or too wide.
    pub fn new(project: P, composition: &CompositionId, catalog: &Catalog) -> Result<Self, PlanError> {
        let compositions: HashMap<_, _> = project.compositions.iter().enumerate().map(|(i, c)| (c.id.clone(), i)).collect();
        let media = project.media.iter().enumerate().map(|(i, m)| (m.id.clone(), i)).collect();
        let root = *compositions.get(composition).ok_or_else(|| PlanError::UnknownComposition(composition.clone()))?;
        let mut preparing = Preparing {
            project: &project,
            catalog,
            compositions: &compositions,
            before: None,
            path: Vec::new(),
            indices: Vec::new(),
        };
        let indices = preparing.all(root)?;
        Ok(Self { catalog: catalog.clone(), project, root, indices, compositions, media })
    }

    /// The same composition after an edit of the project. Tracks are compared one by one, and those
    /// that are unchanged are not prepared again.
    ///
    /// # Errors
    /// As [`Timeline::new`].
    pub fn after(&self, project: P) -> Result<Self, PlanError> {
        let composition = &self.composition().id;
        let compositions: HashMap<_, _> = project.compositions.iter().enumerate().map(|(i, c)| (c.id.clone(), i)).collect();
        let media = project.media.iter().enumerate().map(|(i, m)| (m.id.clone(), i)).collect();
        let root = *compositions.get(composition).ok_or_else(|| PlanError::UnknownComposition(composition.clone()))?;
        let before = Before { project: &self.project, compositions: &self.compositions, indices: &self.indices };
        let mut preparing = Preparing {
            project: &project,
            catalog: &self.catalog,
            compositions: &compositions,
            before: Some(before),
            path: Vec::new(),
            indices: Vec::new(),
        };
        let indices = preparing.all(root)?;
        Ok(Self { catalog: self.catalog.clone(), project, root, indices, compositions, media })
    }

    /// The catalogue in which names were looked up.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The root composition.
    pub fn composition(&self) -> &Composition {
        &self.project.compositions[self.root]
    }

    /// The project that is planned from.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// Number of frames of the composition.
    pub fn frame_count(&self) -> i64 {
        self.index(self.root).map_or(0, |i| i.frame_count)
    }

    /// Number of samples of the composition: its length to the nearest sample.
    pub fn sample_count(&self) -> i64 {
        Time(self.composition().length().0).to_sample(self.composition().sample_rate_hz)
    }

    /// Plan of frame `n`; frames outside the composition have no layers.
    ///
    /// # Errors
    /// The frame uses something that the catalogue does not have, a parameter value that it does
    /// not allow, media that does not exist, or too many pictures of one clip.
    pub fn frame(&self, n: i64) -> Result<FramePlan, PlanError> {
        self.plan_picture(self.root, n, 0, 1, None)
    }

    /// Plan of frame `n`, and the effects of its clips that are not in it, each with the reason.
    ///
    /// # Errors
    /// See [`Timeline::frame`].
    pub fn explain(&self, n: i64) -> Result<(FramePlan, Vec<LeftOut>), PlanError> {
        let left_out = RefCell::default();
        let plan = self.plan_picture(self.root, n, 0, 1, Some(&left_out))?;
        Ok((plan, left_out.into_inner()))
    }

    /// Plan of the frame that contains `time`.
    ///
    /// # Errors
    /// See [`Timeline::frame`].
    pub fn frame_at(&self, time: Time) -> Result<FramePlan, PlanError> {
        self.frame(self.composition().frame_rate.frame_at(time))
    }

    /// Plan of `samples` samples from `first_sample` on.
    ///
    /// # Errors
    /// A clip names media that does not exist.
    pub fn sound(&self, first_sample: i64, samples: usize) -> Result<AudioPlan, PlanError> {
        self.plan_audio(first_sample, samples)
    }

    /// Whether anything is audible in a range of samples. Clips with animated gains count as
    /// audible.
    ///
    /// # Errors
    /// A clip names media that does not exist.
    pub fn has_audio(&self, samples: &Range<i64>) -> Result<bool, PlanError> {
        self.has_voice(samples)
    }

    pub(crate) fn index(&self, composition: usize) -> Option<&CompositionIndex> {
        self.indices.get(composition)?.as_deref()
    }
}

/// An earlier timeline, from which unchanged tracks are reused.
struct Before<'a> {
    project: &'a Project,
    compositions: &'a HashMap<CompositionId, usize>,
    indices: &'a [Option<Arc<CompositionIndex>>],
}

impl Before<'_> {
    fn composition(&self, id: &CompositionId) -> Option<(&Composition, &Arc<CompositionIndex>)> {
        let at = *self.compositions.get(id)?;
        Some((&self.project.compositions[at], self.indices[at].as_ref()?))
    }
}

/// Prepares a composition and those nested in it.
struct Preparing<'a> {
    project: &'a Project,
    catalog: &'a Catalog,
    compositions: &'a HashMap<CompositionId, usize>,
    before: Option<Before<'a>>,
    /// Compositions being prepared, outermost first.
    path: Vec<usize>,
    /// Prepared compositions.
    indices: Vec<Option<Arc<CompositionIndex>>>,
}

impl Preparing<'_> {
    fn all(&mut self, root: usize) -> Result<Vec<Option<Arc<CompositionIndex>>>, PlanError> {
        self.indices = vec![None; self.project.compositions.len()];
        self.prepare(root)?;
        Ok(std::mem::take(&mut self.indices))
    }

    /// Prepares a composition, depth first; returns an upper bound of what a frame of it needs.
    fn prepare(&mut self, at: usize) -> Result<FrameDemand, PlanError> {
        let composition = &self.project.compositions[at];
        let refuse = |reason| Err(PlanError::Nesting { composition: composition.id.clone(), reason });
        if let Some(known) = &self.indices[at] {
            return Ok(known.demand);
        }
        if self.path.contains(&at) {
            return refuse("it contains itself");
        }
        if self.path.len() >= MAX_NESTING {
            const { assert!(MAX_NESTING == 32, "the message says how many") };
            return refuse("compositions are nested more than 32 deep");
        }
        self.path.push(at);
        let mut contents = Vec::with_capacity(composition.tracks.len());
        for track in &composition.tracks {
            let mut of_clips = Vec::with_capacity(track.clips.len());
            if !track.clips.facts().any_nesting() {
                of_clips.resize(track.clips.len(), FrameDemand::ONE);
                contents.push(of_clips);
                continue;
            }
            for clip in &track.clips {
                of_clips.push(match &clip.source {
                    ClipSource::Composition(s) => {
                        let unknown = || PlanError::UnknownComposition(s.composition.clone());
                        let inner = *self.compositions.get(&s.composition).ok_or_else(unknown)?;
                        FrameDemand::ONE.with(self.prepare(inner)?)
                    }
                    _ => FrameDemand::ONE,
                });
            }
            contents.push(of_clips);
        }
        self.path.pop();
        let demand = demand(composition, &contents, self.catalog);
        if let Some(reason) = demand.problem() {
            return refuse(reason);
        }
        let before = self.before.as_ref().and_then(|b| b.composition(&composition.id));
        let nested = |id: &CompositionId| self.indices[*self.compositions.get(id)?].as_ref().map(|index| index.sound);
        let index = CompositionIndex::new(composition, demand, self.catalog, before, &|id| nested(id).unwrap_or_default());
        self.indices[at] = Some(Arc::new(index));
        Ok(demand)
    }
}

impl CompositionIndex {
    /// What decides the sampling point in a source whose frames are usually this long.
    pub(crate) fn lengths(&self, source: Option<TimeDelta>) -> sampling::FrameLengths {
        sampling::FrameLengths { output: self.rate.frame_duration(), source }
    }

    /// Tracks that are unchanged since `before` keep their index.
    fn new(
        c: &Composition,
        demand: FrameDemand,
        catalog: &Catalog,
        before: Option<(&Composition, &Arc<Self>)>,
        nested: &dyn Fn(&CompositionId) -> SoundDemand,
    ) -> Self {
        let picture_solo = c.tracks.iter().any(|t| t.solo && t.enabled && t.kind == TrackKind::Video);
        let enabled = || c.tracks.iter().enumerate().filter(|(_, t)| t.enabled);
        let known: HashMap<&TrackId, (&Track, &Arc<TrackIndex>)> = before
            .into_iter()
            .flat_map(|(c, index)| c.tracks.iter().zip(&index.tracks))
            .map(|(track, index)| (&track.id, (track, index)))
            .collect();
        let prepared = |t: &Track| match known.get(&t.id) {
            Some((before, index)) if *before == t => Arc::clone(index),
            _ => Arc::new(TrackIndex::new(t, catalog)),
        };
        let tracks: Vec<Arc<TrackIndex>> = c.tracks.iter().map(prepared).collect();
        let output_sound = sound_uses(&c.audio.effects, catalog);
        let buses: Vec<SoundUses> = c.audio.buses.iter().map(|b| sound_uses(&b.effects, catalog)).collect();
        let of_tracks: Vec<TrackSound<'_>> = tracks
            .iter()
            .map(|t| TrackSound { uses: &t.entries.sound, clip_sound: t.clip_sound, clip_keys: &t.clip_keys })
            .collect();
        let mixer = sound_demand::overview(c, &of_tracks, &output_sound, &buses, nested);
        Self {
            output_sound,
            buses,
            keys: mixer.keys,
            has_mixer: mixer.has_mixer,
            sound: mixer.demand,
            rate: c.frame_rate,
            half_frame: sampling::half_frame(c.frame_rate),
            length: c.length(),
            frame_count: sampling::frame_count(c.frame_rate, c.length()),
            tracks,
            demand,
            visible: enabled()
                .filter(|(_, t)| t.kind == TrackKind::Video)
                .map(|(track, t)| VisibleTrack { track, drawn: !t.matte_only && (t.solo || !picture_solo) })
                .collect(),
            nulls: c
                .tracks
                .iter()
                .enumerate()
                .filter(|(_, t)| t.clips.facts().any_null())
                .flat_map(|(i, t)| t.clips.iter().enumerate().map(move |(k, clip)| (i, k, clip)))
                .filter(|(_, _, clip)| matches!(clip.source, ClipSource::Null(_)))
                .map(|(i, k, clip)| (clip.id.clone(), (i, k)))
                .collect(),
            audible: sound_demand::Heard::of(c).tracks().collect(),
        }
    }
}

fn enabled_clips(track: &Track) -> impl Iterator<Item = (usize, &Clip)> {
    track.clips.iter().map(|c| &**c).enumerate().filter(|(_, c)| c.enabled)
}

fn picture_segments(track: &Track) -> Vec<Segment> {
    let mut segments: Vec<Segment> = enabled_clips(track)
        .map(|(i, c)| Segment { start: c.span().start, end: c.span().end(), content: SegmentContent::Clip(i) })
        .collect();
    let place: HashMap<usize, usize> = enabled_clips(track).enumerate().map(|(segment, (clip, _))| (clip, segment)).collect();
    for (transition, span, from, to) in placed_transitions(track) {
        if let Some(segment) = from.map(|c| &mut segments[place[&c]]) {
            segment.end = segment.end.min(span.start);
        }
        if let Some(segment) = to.map(|c| &mut segments[place[&c]]) {
            segment.start = segment.start.max(span.end());
        }
        segments.push(Segment { start: span.start, end: span.end(), content: SegmentContent::Transition { transition, from, to } });
    }
    segments.retain(|r| r.start < r.end);
    segments.sort_by_key(|r| r.start);
    segments
}

fn audio_segments(track: &Track) -> Vec<AudioSegment> {
    let mut heads = HashMap::new();
    let mut tails = HashMap::new();
    for (i, span, from, to) in placed_transitions(track) {
        if crate::params::cross_fades_audio(&track.transitions[i]) {
            let curve = track.transitions[i].audio_fade_shape;
            to.map(|c| heads.insert(c, (span, curve)));
            from.map(|c| tails.insert(c, (span, curve)));
        }
    }
    let mut segments: Vec<AudioSegment> = enabled_clips(track)
        .filter(|(_, c)| c.audio.enabled)
        .map(|(i, c)| {
            let (mut start, mut end, mut fades) = (c.span().start, c.span().end(), Vec::new());
            let curve = c.audio.fade_shape;
            // A transition's fade replaces the clip's own at that end.
            if let Some((s, curve)) = heads.get(&i) {
                start = start.min(s.start);
                fades.push(AudioFade { start: s.start, end: s.end(), rising: true, curve: *curve });
            } else {
                start = start.saturating_add(-c.audio.lead);
                if c.audio.fade_in > TimeDelta::ZERO {
                    fades.push(AudioFade { start, end: start.saturating_add(c.audio.fade_in), rising: true, curve });
                }
            }
            if let Some((s, curve)) = tails.get(&i) {
                end = end.max(s.end());
                fades.push(AudioFade { start: s.start, end: s.end(), rising: false, curve: *curve });
            } else {
                end = end.saturating_add(c.audio.tail);
                if c.audio.fade_out > TimeDelta::ZERO {
                    fades.push(AudioFade { start: Time(end.0.saturating_sub(c.audio.fade_out.0)), end, rising: false, curve });
                }
            }
            AudioSegment { clip: i, start, end, fades, latest_end: end }
        })
        .filter(|segment| segment.start < segment.end)
        .collect();
    segments.sort_by_key(|r| (r.start, r.end));
    for i in 1..segments.len() {
        segments[i].latest_end = segments[i].latest_end.max(segments[i - 1].latest_end);
    }
    segments
}
