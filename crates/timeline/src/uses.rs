//! Lists what a composition uses of its source files, for code that can open them.
use crate::{PlanError, cuts::placed_transitions};
use cutroom_effects::{Catalog, EffectRef, ParamKind, ParamSpec};
use cutroom_project::{Clip, ClipSource, EffectInstance, MediaKind, Params, Place, Project, StreamChoice, TrackKind, TrackPlace};
use cutroom_types::{ClipId, CompositionId, FrameRate, MediaId, ParamValue, Span, Time, TimeDelta, TrackId};
use std::collections::{BTreeSet, HashMap};

/// Picture or sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamKind {
    /// A video stream.
    Video,
    /// An audio stream.
    Audio,
}

/// A span of a stream that a clip or a transition uses.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceUse {
    /// The media.
    pub media: MediaId,
    /// Picture or sound.
    pub kind: StreamKind,
    /// Index among the streams of the kind.
    pub stream: usize,
    /// Whether it is an error if the file has no such stream. It is for streams given by number,
    /// for the picture of an image or a video on a video track, for the sound of a clip on an audio
    /// track or of audio media, and for parameters; it is not for other sound, which is used if
    /// there is any.
    pub required: bool,
    /// Source seconds per timeline second, positive in both directions of playing.
    pub speed: f64,
    /// Source time used by the clip itself, without handles: where the source lacks those, the edge
    /// frame is held.
    pub span: Span,
    /// Whether it is a still image or shown as one, for which the span does not matter.
    pub still: bool,
    /// Whether the source repeats where its end is reached, so that its length does not matter.
    pub repeats: bool,
    /// Number of channels that the audio stream must have at least; 0 for video.
    pub channels: usize,
    /// Frame rate of the composition that uses it.
    pub frame_rate: FrameRate,
    /// What uses it.
    pub user: SourceUser,
    /// The clip; for a transition the incoming one, or else the outgoing one.
    pub clip: ClipId,
    /// Position of the clip or the transition in the project.
    pub place: Place,
}

impl SourceUse {
    /// JSON path of the clip or the parameter.
    pub fn json_path(&self) -> String {
        match self.user {
            SourceUser::Clip => self.place.to_string(),
            SourceUser::Parameter(id) => self.place.field(format_args!("params.{id}")).to_string(),
        }
    }
}

/// What uses a span of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceUser {
    /// A clip, as its source.
    Clip,
    /// A parameter of a transition, by its id; after the end of the stream its last frame is held.
    Parameter(&'static str),
}

/// Ids and values of the parameters of a kind that names something; empty values are left out.
pub(crate) fn named<'a>(
    table: &'a [ParamSpec],
    kind: ParamKind,
    given: &'a Params,
) -> impl Iterator<Item = (&'static str, &'a str)> + use<'a> {
    let wanted = table.iter().filter(move |p| p.kind == kind);
    let values = wanted.flat_map(|p| given.get(p.id).into_iter().flat_map(|v| v.values()).map(|v| (p.id, v)));
    values.filter_map(|(id, v)| match v {
        ParamValue::Text(text) if !text.is_empty() => Some((id, &**text)),
        _ => None,
    })
}

/// Tracks whose pictures a clip uses: those of its matte and of its enabled effects.
pub(crate) fn tracks_of<'a>(clip: &'a Clip, catalog: &'a Catalog) -> impl Iterator<Item = TrackId> + use<'a> {
    let effects = clip.video.effects.iter().filter(|e| e.enabled);
    let named = effects.filter_map(|e| Some(tracks_named(catalog.effect(&e.effect)?, e))).flatten();
    clip.video.matte.iter().map(|m| m.track.clone()).chain(named)
}

/// The tracks that an effect's parameters name.
pub(crate) fn tracks_named<'a>(spec: EffectRef, e: &'a EffectInstance) -> impl Iterator<Item = TrackId> + use<'a> {
    named(spec.spec().params, ParamKind::Track, &e.params).map(|(_, track)| TrackId::from(track))
}

/// Indices in the project, ascending, of the composition and of those nested in it, directly or
/// through others, by enabled clips on enabled tracks.
///
/// # Errors
/// The composition, or one nested in it, does not exist.
pub fn reachable(project: &Project, composition: &CompositionId) -> Result<Vec<usize>, PlanError> {
    // Of compositions with the same id, the first counts.
    let places: HashMap<_, _> = project.compositions.iter().enumerate().rev().map(|(at, c)| (&c.id, at)).collect();
    let find = |id: &CompositionId| places.get(id).copied().ok_or_else(|| PlanError::UnknownComposition(id.clone()));
    let (mut open, mut reachable) = (vec![find(composition)?], BTreeSet::new());
    while let Some(at) = open.pop() {
        if reachable.insert(at) {
            let clips = project.compositions[at].tracks.iter().filter(|t| t.enabled).flat_map(|t| &t.clips).filter(|c| c.enabled);
            for clip in clips {
                if let ClipSource::Composition(s) = &clip.source {
                    open.push(find(&s.composition)?);
                }
            }
        }
    }
    Ok(reachable.into_iter().collect())
}

/// Every span of a stream that `composition` and the compositions nested in it use, in document
/// order. Disabled clips and tracks, and the sound of muted tracks, are left out; each nested
/// composition is listed once, with all its clips.
///
/// # Errors
/// The composition, one nested in it, or a media that is used does not exist.
pub fn source_uses(project: &Project, composition: &CompositionId, catalog: &Catalog) -> Result<Vec<SourceUse>, PlanError> {
    let mut uses = Vec::new();
    let media: HashMap<_, _> = project.media.iter().rev().map(|m| (&m.id, m)).collect();
    for at in reachable(project, composition)? {
        for (j, track) in project.compositions[at].tracks.iter().enumerate().filter(|(_, t)| t.enabled) {
            let place = TrackPlace { composition: at, track: j };
            for (k, clip) in track.clips.iter().enumerate().filter(|(_, c)| c.enabled) {
                let source = match &clip.source {
                    ClipSource::Composition(_)
                    | ClipSource::Solid(_)
                    | ClipSource::Text(_)
                    | ClipSource::Shape(_)
                    | ClipSource::Subtitles(_)
                    | ClipSource::Adjustment(_)
                    | ClipSource::Null(_) => continue,
                    ClipSource::Media(s) => s,
                };
                let unknown = || PlanError::UnknownMedia { clip: clip.id.clone(), media: source.media.clone() };
                let media = *media.get(&source.media).ok_or_else(unknown)?;
                let facts = media.facts.as_ref();
                let mut note = |kind, choice: StreamChoice, required: bool, known: Option<usize>| {
                    let Some(stream) = choice.index() else { return };
                    if choice == StreamChoice::First && known == Some(0) && !required {
                        return;
                    }
                    uses.push(SourceUse {
                        media: source.media.clone(),
                        kind,
                        stream,
                        required: required || matches!(choice, StreamChoice::Index(_)),
                        speed: clip.times().constant_speed().unwrap_or(1.0).abs(),
                        span: clip.source_span(),
                        still: media.kind == MediaKind::Image || kind == StreamKind::Video && clip.video.freeze.is_some(),
                        repeats: source.repeat,
                        channels: match kind {
                            StreamKind::Audio => clip.audio.channels.iter().map(|n| *n as usize + 1).max().unwrap_or(0),
                            StreamKind::Video => 0,
                        },
                        frame_rate: project.compositions[at].frame_rate,
                        user: SourceUser::Clip,
                        clip: clip.id.clone(),
                        place: place.clip(k).into(),
                    });
                };
                if track.kind == TrackKind::Video && media.kind != MediaKind::Audio {
                    note(StreamKind::Video, source.video_stream, true, facts.and_then(|f| f.video_streams));
                }
                if clip.audio.enabled && !track.muted && media.kind != MediaKind::Image {
                    let required = track.kind == TrackKind::Audio || media.kind == MediaKind::Audio;
                    note(StreamKind::Audio, source.audio_stream, required, facts.and_then(|f| f.audio_streams));
                }
            }
            for (k, _, from, to) in placed_transitions(track).into_iter().filter(|_| track.kind == TrackKind::Video) {
                let x = &track.transitions[k];
                let (Some(spec), Some(clip)) = (catalog.transition(&x.kind), to.or(from)) else { continue };
                let clip = track.clips[clip].id.clone();
                for (param, id) in named(spec.spec().params, ParamKind::Media, &x.params) {
                    let id = MediaId::from(id);
                    let media = *media.get(&id).ok_or_else(|| PlanError::UnknownMedia { clip: clip.clone(), media: id.clone() })?;
                    let used = SourceUse {
                        media: id,
                        kind: StreamKind::Video,
                        stream: 0,
                        required: true,
                        speed: 1.0,
                        span: Span {
                            start: Time::ZERO,
                            duration: if media.kind == MediaKind::Image { TimeDelta::ZERO } else { x.duration },
                        },
                        still: media.kind == MediaKind::Image,
                        repeats: false,
                        channels: 0,
                        frame_rate: project.compositions[at].frame_rate,
                        user: SourceUser::Parameter(param),
                        clip: clip.clone(),
                        place: place.transition(k).into(),
                    };
                    uses.push(used);
                }
            }
        }
    }
    Ok(uses)
}
