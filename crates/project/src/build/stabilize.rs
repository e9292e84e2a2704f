//! Stabilising a clip: which part of a project is measured, and the edit that stores the result.
//! The motion of the camera is measured elsewhere.
use crate::{Animated, Clip, Composition, Curve, Edit, EffectInstance, Extra, Keyframe, Params, Project, Track, TrackKind};
use cutroom_types::{BlendSpace, ClipId, CompositionId, Fit, FrameRate, ParamValue, Size, Span, Time, TimeDelta};
use std::collections::HashSet;

/// Catalogue id of the effect that compensates camera shake.
pub const STABILIZE_EFFECT: &str = "stabilize";

/// The part of a clip that is measured: the clip alone, without effects, including what transitions
/// show of it before its start and after its end.
#[derive(Clone, Debug)]
pub struct Measured {
    clip: Clip,
    rate: FrameRate,
    /// Frame number in the composition of the first measured frame.
    first: i64,
    /// The measured span, relative to the start of frame `first`.
    span: Span,
}

impl Measured {
    /// Prepares a clip of a track in a composition of frame rate `rate`. `length` is that of the
    /// clip's source. A frame shows the clip if its middle, `half_frame`
    /// after its start, is in the clip.
    pub fn new(track: &Track, clip: &Clip, length: TimeDelta, rate: FrameRate, half_frame: TimeDelta) -> Self {
        let shown = shown(track, clip, length);
        let first = rate.frames_in(TimeDelta((shown.start.0 - half_frame.0).max(0)));
        let origin = rate.time_of_frame(first);
        let start = Time((shown.start.0 - origin.0).max(0));
        let span = Span { start, duration: TimeDelta(shown.end().0 - origin.0 - start.0) };
        Self { clip: clip.clone(), rate, first, span }
    }

    /// Frame rate of the composition.
    pub fn rate(&self) -> FrameRate {
        self.rate
    }

    /// Length of the composition that [`Measured::alone`] adds.
    pub fn length(&self) -> TimeDelta {
        self.span.end().since_zero()
    }

    /// Time of frame `n` of that composition, relative to the start of the clip.
    pub fn time_of_frame(&self, n: i64) -> TimeDelta {
        self.rate.time_of_frame(self.first + n) - self.clip.start
    }

    /// A copy of the project with an additional composition of this size that shows only the clip,
    /// without its effects, and the id of that composition.
    pub fn alone(&self, project: &Project, size: Size) -> (Project, CompositionId) {
        let mut project = project.clone();
        // A prefix that no id of the project begins with.
        let names = || {
            let (tracks, clips) = (project.tracks().map(|t| t.id.as_str()), project.clips().map(|c| c.id.as_str()));
            project.compositions.iter().map(|c| c.id.as_str()).chain(tracks).chain(clips)
        };
        let mut own = String::from("measured");
        while names().any(|n| n.starts_with(&own)) {
            own.push('\'');
        }
        let (track_id, clip_id) = (format!("{own} track"), format!("{own} clip"));
        let before = self.rate.time_of_frame(self.first) + self.span.start.since_zero() - self.clip.start;
        let mut clip = Clip::new(&clip_id, self.clip.source.clone(), self.span.start, self.span.duration);
        clip.speed = self.clip.speed;
        let source_in = self.clip.source_in.saturating_add(TimeDelta((before.0 as f64 * clip.speed).round() as i64));
        clip.source_in = source_in.max(Time::ZERO);
        // Because both times were rounded, the clip may start a flick before its source.
        clip.source_in = Time(clip.source_in.0 - clip.source_span().start.0.min(0));
        clip.audio.enabled = false;
        clip.video.transform.fit = Fit::Stretch;
        let mut track = Track::new(&track_id, TrackKind::Video);
        track.clips.push(clip.into());
        let mut composition = Composition::new(&own, size, self.rate);
        composition.blend_space = BlendSpace::Gamma;
        composition.tracks.push(track);
        project.compositions.push(composition);
        (project, own.as_str().into())
    }
}

/// The span of a clip with what its transitions show before its start and after its end, limited to
/// a source of this length.
fn shown(track: &Track, clip: &Clip, length: TimeDelta) -> Span {
    let (mut start, mut end) = (clip.start, clip.span().end());
    let span_of = |id: &Option<ClipId>| id.as_ref().and_then(|id| track.clip(id)).map(Clip::span);
    for t in track.transitions.iter().filter(|t| [&t.from, &t.to].contains(&&Some(clip.id.clone()))) {
        if let Some(span) = t.span_between(span_of(&t.from), span_of(&t.to)) {
            start = start.min(span.start);
            end = end.max(span.end());
        }
    }
    let source = clip.source_span();
    let room = |flicks: i64| TimeDelta((flicks.max(0) as f64 / clip.speed.abs()) as i64);
    let (before, after) = (room(source.start.0), room(length.0.saturating_sub(source.end().0)));
    let (before, after) = if clip.speed > 0.0 { (before, after) } else { (after, before) };
    let start = start.max(Time(clip.start.0.saturating_sub(before.0))).max(Time::ZERO);
    let end = end.min(clip.span().end().saturating_add(after));
    Span { start, duration: end - start }
}

/// Correction of one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StabilizeFrame {
    /// Time since the start of the clip.
    pub time: TimeDelta,
    /// Horizontal shift in widths of the picture, −1..=1.
    pub shift_x: f64,
    /// Vertical shift in heights of the picture, −1..=1.
    pub shift_y: f64,
    /// Clockwise rotation.
    pub rotation_degrees: f64,
    /// Scale factor, 0.25..=4.
    pub scale: f64,
}

/// The edit that inserts the effect `stabilize` before a clip's other effects, or replaces an
/// existing one. It has keyframes, and one zoom (1..=2) for all frames. Shifts and scales are
/// clamped to the ranges of [`StabilizeFrame`]; numbers are rounded to millionths. `None` if the
/// project has no such clip.
pub fn stabilize(project: &Project, clip: &ClipId, frames: &[StabilizeFrame], zoom: f64) -> Option<Edit> {
    let mut clip = project.clips().find(|c| c.id == *clip)?.clone();
    let number = |value: f64| ParamValue::Number((value * 1e6).round() / 1e6);
    let curve = |value: &dyn Fn(&StabilizeFrame) -> f64| {
        let keys: Vec<_> = frames.iter().map(|f| Keyframe::new(f.time, number(value(f)))).collect();
        match keys.split_first() {
            Some((first, rest)) if rest.iter().all(|k| k.value == first.value) => Animated::Constant(first.value.clone()),
            _ => Curve::new(keys).map_or_else(|| Animated::Constant(ParamValue::Number(0.0)), Animated::Curve),
        }
    };
    let params = [
        ("shiftX", curve(&|f| f.shift_x.clamp(-1.0, 1.0))),
        ("shiftY", curve(&|f| f.shift_y.clamp(-1.0, 1.0))),
        ("rotation", curve(&|f| f.rotation_degrees)),
        ("scale", curve(&|f| f.scale.clamp(0.25, 4.0))),
        ("zoom", Animated::Constant(number(zoom))),
    ];
    let params = params.into_iter().map(|(id, v)| (id.to_owned(), v)).collect();
    let taken: HashSet<&str> = project.effects().map(|e| e.id.as_str()).collect();
    let id = (1..).map(|n| format!("stabilize-{n}")).find(|name| !taken.contains(name.as_str())).unwrap_or_default();
    let effects = &mut clip.video.effects;
    // The source was measured without effects, so this effect comes first.
    let former = effects.iter().position(|e| e.effect == STABILIZE_EFFECT).map(|at| effects.remove(at));
    let new = EffectInstance {
        id: id.as_str().into(),
        effect: STABILIZE_EFFECT.into(),
        enabled: true,
        params: Params::new(),
        extra: Extra::default(),
    };
    effects.insert(0, EffectInstance { enabled: true, params, ..former.unwrap_or(new) });
    Some(Edit::ReplaceClip { clip: clip.into() })
}
