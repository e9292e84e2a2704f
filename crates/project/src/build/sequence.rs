//! A project from clips, one after the other.
use crate::{
    Alignment, Clip, ClipSource, Composition, CompositionColor, Extra, Media, MediaFacts, MediaKind, Project, Track, TrackKind,
    Transition,
};
use cutroom_types::{FrameRate, Primaries, Size, Time, TimeDelta, Transfer};
use std::collections::BTreeMap;

/// A size that films without pictures have.
const USUAL_SIZE: Size = Size { width: 1920, height: 1080 };

/// A media file, as building goes by it.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFacts {
    /// As the document stores it.
    pub path: String,
    /// What it is.
    pub kind: MediaKind,
    /// What the document may know of it.
    pub facts: MediaFacts,
    /// Of its first stream of pictures.
    pub picture: Option<PictureFacts>,
    /// Of its longest stream.
    pub duration: TimeDelta,
}

/// A stream of pictures, as building goes by it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PictureFacts {
    /// Upright, in square pixels.
    pub size: Size,
    /// As the file states it.
    pub nominal_rate: Option<FrameRate>,
    /// As it was counted.
    pub average_rate: Option<FrameRate>,
    /// Whether every frame is shown equally long.
    pub is_constant_rate: bool,
    /// Where the last frame ends, from the start of the file.
    pub end: TimeDelta,
    /// Colour tag.
    pub primaries: Primaries,
    /// Colour tag.
    pub transfer: Transfer,
}

/// Clips that follow each other.
#[derive(Clone, Copy, Debug)]
pub struct Sequence<'a> {
    /// The files, each once.
    pub sources: &'a [SourceFacts],
    /// The clips in playing order, as indices into `sources`.
    pub order: &'a [usize],
    /// How long still images are shown, 1 frame or more.
    pub still_frames: i64,
    /// Half the length of a dissolve on every cut, which lies on both sides alike; 0 for cuts.
    pub half_dissolve_frames: i64,
}

/// A clip is too short for the dissolves at its ends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{path} is too short for the dissolve: it has {frames} frames of the film; a dissolve of {dissolve_frames} frames {ends} needs {needed_frames}"
)]
pub struct SequenceError {
    /// Its index in the order.
    pub clip: usize,
    /// Its path, as the document would store it.
    pub path: String,
    /// Whether it is a still image, which can be made longer.
    pub is_still: bool,
    /// Frames that it has.
    pub frames: i64,
    /// Length of a dissolve.
    pub dissolve_frames: i64,
    /// Frames that it would have to have.
    pub needed_frames: i64,
    /// "at one end" or "at each end".
    pub ends: &'static str,
}

impl SequenceError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        "usage.dissolve"
    }
}

impl SourceFacts {
    /// Whether it has pictures that move.
    pub fn is_moving(&self) -> bool {
        self.kind == MediaKind::Video && self.picture.is_some()
    }
}

/// An empty composition "main" for clips in playing order: size and rate are those given, or else
/// the first clip's with a picture (made even) and the first moving clip's, whose colour it has so
/// that the clip can pass untouched. `None` if neither has a rate.
pub fn composition_for<'a>(
    clips: impl Iterator<Item = &'a SourceFacts> + Clone,
    size: Option<Size>,
    rate: Option<FrameRate>,
) -> Option<Composition> {
    let moving = clips.clone().find(|c| c.is_moving()).and_then(|c| c.picture);
    let picture = clips.into_iter().find_map(|c| c.picture);
    let size = size.unwrap_or_else(|| picture.map_or(USUAL_SIZE, |p| even(p.size)));
    let rate = rate.or_else(|| moving.map_or(FrameRate::new(25, 1), |p| usual_rate(&p)))?;
    let mut composition = Composition::new("main", size, rate);
    if let Some(p) = moving {
        composition.color = CompositionColor { primaries: p.primaries, transfer: p.transfer, ..CompositionColor::default() };
    }
    Some(composition)
}

fn even(size: Size) -> Size {
    let side = |n: u32| (n.max(2) + 1) & !1;
    Size { width: side(size.width), height: side(size.height) }
}

/// The stated rate, or the counted one when the statement is odd (phones write 90000).
fn usual_rate(p: &PictureFacts) -> Option<FrameRate> {
    let sane = |r: &FrameRate| (1.0..=240.0).contains(&r.as_f64());
    let nominal = p.nominal_rate.filter(sane);
    let average = p.average_rate.filter(sane);
    // Of interlaced pictures some containers state the rate of fields.
    let counts_fields = |n: &FrameRate| average.is_some_and(|a| (n.as_f64() / a.as_f64() - 2.0).abs() < 0.05);
    let nominal = nominal.and_then(|n| if counts_fields(&n) { FrameRate::from_f64(n.as_f64() / 2.0) } else { Some(n) });
    if p.is_constant_rate { nominal.or(average) } else { average.and_then(|r| FrameRate::from_f64(r.as_f64().round())).or(nominal) }
        .or_else(|| FrameRate::new(25, 1))
}

impl Sequence<'_> {
    /// The project: pictures follow each other on one track, files with sound only on another. It
    /// is valid where the composition is.
    ///
    /// # Errors
    /// A clip too short for the dissolve.
    ///
    /// # Panics
    /// When `order` has an index beyond `sources`.
    pub fn project(&self, name: &str, mut composition: Composition) -> Result<Project, SequenceError> {
        composition.tracks = self.tracks(composition.frame_rate)?;
        let mut project = Project::new(name, composition);
        for (n, source) in self.sources.iter().enumerate() {
            let mut media = Media::new(&media_id(n), &source.path, source.kind);
            media.facts = Some(source.facts.clone());
            project.media.push(media);
        }
        Ok(project)
    }

    /// Whole frames of the film that a clip has; `None` without a picture.
    fn frames(&self, source: &SourceFacts, rate: FrameRate) -> Option<i64> {
        let picture = source.picture?;
        Some(if source.kind == MediaKind::Image { self.still_frames } else { rate.nearest_frame(picture.end).max(1) })
    }

    fn tracks(&self, rate: FrameRate) -> Result<Vec<Track>, SequenceError> {
        let mut video = Track::new("v1", TrackKind::Video);
        let mut audio = Track::new("a1", TrackKind::Audio);
        let half = self.half_dissolve_frames;
        let has_picture = |i: &usize| self.sources[*i].picture.is_some();
        let first = self.order.iter().position(has_picture);
        let last = self.order.iter().rposition(has_picture);
        let mut frame = 0;
        let mut audio_end = Time::ZERO;
        for (i, &n) in self.order.iter().enumerate() {
            let source = &self.sources[n];
            let id = format!("c{}", i + 1);
            let Some(whole) = self.frames(source, rate) else {
                let clip = Clip::new(&id, ClipSource::media(&media_id(n)), audio_end, source.duration);
                audio_end = clip.span().end();
                audio.clips.push(clip.into());
                continue;
            };
            let (first, last) = (first == Some(i), last == Some(i));
            let is_still = source.kind == MediaKind::Image;
            // What a dissolve runs into beyond a cut is taken off the clip, so that no frame is
            // held.
            let beyond = |at_end: bool| if at_end || is_still { 0 } else { half };
            let (head, tail) = (beyond(first), beyond(last));
            let frames = whole - head - tail;
            // The halves of its dissolves that lie on the clip itself do not overlap.
            let inside = half * (i64::from(!first) + i64::from(!last));
            if frames < inside.max(1) {
                return Err(SequenceError {
                    clip: i,
                    path: source.path.clone(),
                    is_still,
                    frames: whole,
                    dissolve_frames: 2 * half,
                    needed_frames: head + tail + inside.max(1),
                    ends: if first || last { "at one end" } else { "at each end" },
                });
            }
            let start = rate.time_of_frame(frame);
            let mut clip = Clip::new(&id, ClipSource::media(&media_id(n)), start, rate.time_of_frame(frame + frames) - start);
            clip.source_in = rate.time_of_frame(head);
            if half > 0 && !first {
                video.transitions.push(Transition {
                    id: format!("x{}", video.transitions.len() + 1).into(),
                    kind: "crossfade".into(),
                    from: video.clips.last().map(|c| c.id.clone()),
                    to: Some(clip.id.clone()),
                    duration: length_around(rate, frame, half),
                    alignment: Alignment::Center,
                    params: BTreeMap::new(),
                    audio_crossfade: true,
                    extra: Extra::default(),
                });
            }
            video.clips.push(clip.into());
            frame += frames;
        }
        Ok([video, audio].into_iter().filter(|t| !t.clips.is_empty()).collect())
    }
}

fn media_id(n: usize) -> String {
    format!("m{}", n + 1)
}

/// Twice the way from the cut before frame `cut` to the frame `half` earlier or later: the nearer
/// one, where frames are not whole flicks, so that neighbouring dissolves can touch.
fn length_around(rate: FrameRate, cut: i64, half: i64) -> TimeDelta {
    let at = |frame| rate.time_of_frame(frame);
    (at(cut) - at(cut - half)).min(at(cut + half) - at(cut)).scale(2, 1)
}
