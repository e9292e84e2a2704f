//! Warnings about transitions that need more of a clip's source than it contains: frames that are
//! held, and silence.
use crate::composition::Scanned;
use cutroom_effects::Catalog;
use cutroom_project::{ClipSource, Composition, MediaKind, Project, TrackKind};
use cutroom_timeline::{ClipHandle, handles, sampling};
use cutroom_types::{CompositionId, MediaId, Span, Time, TimeDelta};
use std::collections::BTreeMap;

/// One warning for each clip that a transition shows or plays outside its source. The document and
/// its files must be valid.
pub(crate) fn warnings(
    project: &Project,
    composition: &CompositionId,
    catalog: &Catalog,
    scanned: &BTreeMap<MediaId, Scanned>,
) -> Vec<String> {
    let handles = handles(project, composition, catalog).unwrap_or_default();
    handles.iter().filter_map(|h| warning(h, &Material::of(h, project, scanned)?)).collect()
}

/// The extent of a clip's source.
struct Material {
    /// Name of the source, for messages.
    name: String,
    /// End of its picture; `None` without a picture and for stills, which have no end.
    picture_end: Option<Time>,
    sound: Option<Span>,
}

impl Material {
    fn of(h: &ClipHandle<'_>, project: &Project, scanned: &BTreeMap<MediaId, Scanned>) -> Option<Self> {
        let is_seen = h.track.kind == TrackKind::Video;
        match &h.clip.source {
            ClipSource::Media(s) => {
                let (media, file) = (project.media(&s.media)?, scanned.get(&s.media)?);
                let info = file.index.as_ref().ok()?.info();
                let is_moving = is_seen && media.kind == MediaKind::Video && !info.is_still;
                let video = s.video_stream.index().filter(|_| is_moving).and_then(|i| info.video.get(i));
                let audio = s.audio_stream.index().filter(|_| media.kind != MediaKind::Image).and_then(|i| info.audio.get(i));
                Some(Self {
                    name: file.path.display().to_string(),
                    picture_end: video.map(|v| v.span.end()),
                    sound: audio.map(|a| a.span),
                })
            }
            ClipSource::Composition(s) => {
                let c = project.composition(&s.composition)?;
                let frames = sampling::frame_count(c.frame_rate, c.length());
                Some(Self {
                    name: format!("composition \"{}\"", c.id),
                    picture_end: is_seen.then(|| c.frame_rate.time_of_frame(frames)),
                    sound: has_audio(project, c, 0).then(|| Span { start: Time::ZERO, duration: c.length() }),
                })
            }
            ClipSource::Solid(_)
            | ClipSource::Text(_)
            | ClipSource::Shape(_)
            | ClipSource::Subtitles(_)
            | ClipSource::Adjustment(_)
            | ClipSource::Null(_) => None,
        }
    }
}

/// Whether any clip in a composition has audio; nesting deeper than planning allows counts as none.
fn has_audio(project: &Project, c: &Composition, depth: usize) -> bool {
    let clips = c.tracks.iter().filter(|t| t.enabled && !t.muted).flat_map(|t| &t.clips);
    depth < 32
        && clips.filter(|clip| clip.enabled && clip.audio.enabled).any(|clip| match &clip.source {
            ClipSource::Media(s) => project.media(&s.media).is_some_and(|m| {
                let streams = m.facts.as_ref().and_then(|f| f.audio_streams).unwrap_or(0);
                m.kind != MediaKind::Image && s.audio_stream.index().is_some_and(|i| i < streams)
            }),
            ClipSource::Composition(s) => project.composition(&s.composition).is_some_and(|c| has_audio(project, c, depth + 1)),
            ClipSource::Solid(_)
            | ClipSource::Text(_)
            | ClipSource::Shape(_)
            | ClipSource::Subtitles(_)
            | ClipSource::Adjustment(_)
            | ClipSource::Null(_) => false,
        })
}

fn warning(h: &ClipHandle<'_>, source: &Material) -> Option<String> {
    let frame = h.rate.frame_duration();
    let held = source.picture_end.map_or(0, |end| h.held_frames(end));
    // Streams of one file rarely end at the same instant: less than a frame is not reported.
    let silent = source.sound.filter(|_| h.is_audible).map(|s| h.silence(s)).filter(|s| *s >= frame);
    if held == 0 && silent.is_none() {
        return None;
    }
    let held_span = h.rate.time_of_frame(held).since_zero();
    let secs = |t: TimeDelta| format!("{:.3} s", t.as_secs_f64());
    let (edge, beyond) = if h.after_end { ("last", "after the end") } else { ("first", "before the start") };
    let picture = (held > 0)
        .then(|| format!("its {edge} frame is held for {held} frame{} ({})", if held == 1 { "" } else { "s" }, secs(held_span)));
    let sound = silent.map(|s| format!("its sound is silent for {}", secs(s)));
    let parts: Vec<String> = picture.into_iter().chain(sound).collect();
    Some(format!(
        "{}: {} has too little {beyond} of clip \"{}\" for the transition \"{}\": {}; trim the clip's {} by {}, or shorten the transition",
        h.place,
        source.name,
        h.clip.id,
        h.transition.id,
        parts.join(" and "),
        if h.after_end { "end" } else { "start" },
        secs(held_span.max(silent.unwrap_or(TimeDelta::ZERO))),
    ))
}
