//! Builds a project from clips, one after another.
use crate::{
    Alignment, Clip, ClipSource, Composition, CompositionColor, Extra, Media, MediaFacts, MediaKind, Project, Track, TrackKind,
    Transition,
};
use cutroom_types::{Fit, FrameRate, HdrMetadata, Primaries, Size, Time, TimeDelta, Transfer};
use std::collections::BTreeMap;

/// Size of a composition whose clips have no picture.
const USUAL_SIZE: Size = Size { width: 1920, height: 1080 };

/// What is known about a media file.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFacts {
    /// Path as the project stores it.
    pub path: String,
    /// Kind of media.
    pub kind: MediaKind,
    /// Facts to store in the project.
    pub facts: MediaFacts,
    /// Its first video stream.
    pub picture: Option<PictureFacts>,
    /// Length of its longest stream.
    pub duration: TimeDelta,
}

/// What is known about a video stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PictureFacts {
    /// Upright size in square pixels.
    pub size: Size,
    /// Frame rate that the file states.
    pub nominal_rate: Option<FrameRate>,
    /// Frame rate from counting frames.
    pub average_rate: Option<FrameRate>,
    /// Whether all frames are shown for the same time.
    pub is_constant_rate: bool,
    /// Start of the first frame, from the start of the file.
    pub start: TimeDelta,
    /// End of the last frame, from the start of the file.
    pub end: TimeDelta,
    /// Primaries.
    pub primaries: Primaries,
    /// Transfer characteristics.
    pub transfer: Transfer,
    /// Mastering display and light level.
    pub hdr: HdrMetadata,
}

/// Clips to place one after another.
#[derive(Clone, Copy, Debug)]
pub struct Sequence<'a> {
    /// The files, each once.
    pub sources: &'a [SourceFacts],
    /// The clips in playing order, as indices into `sources`.
    pub order: &'a [usize],
    /// Length of still images in frames, 1 or more.
    pub still_frames: i64,
    /// Half the length, in frames, of a dissolve that is centred on every cut; 0 for plain cuts.
    pub half_dissolve_frames: i64,
}

/// A clip is too short for the dissolves at its ends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{path} is too short for the dissolve: it has {frames} frames of the film; a dissolve of {dissolve_frames} frames {ends} needs {needed_frames}"
)]
pub struct SequenceError {
    /// Index of the clip in [`Sequence::order`].
    pub clip: usize,
    /// Path of its file as the project would store it.
    pub path: String,
    /// Whether it is a still image, which can be made longer.
    pub is_still: bool,
    /// Number of frames of the composition that it has.
    pub frames: i64,
    /// Length of a dissolve in frames.
    pub dissolve_frames: i64,
    /// Number of frames that it needs.
    pub needed_frames: i64,
    /// "at one end" or "at each end".
    pub ends: &'static str,
}

impl SequenceError {
    /// Stable error code.
    pub fn code(&self) -> &'static str {
        "usage.dissolve"
    }
}

impl SourceFacts {
    /// Whether it is a video with a picture.
    pub fn is_moving(&self) -> bool {
        self.kind == MediaKind::Video && self.picture.is_some()
    }
}

/// An empty composition "main" for clips in playing order. `size` and `rate` are used if given.
/// Otherwise the size is that of the first clip with a picture, rounded up to even numbers
/// (1920×1080 without pictures), and the rate is that of the first video, or 25. The colour is that
/// of the first video, so that it can be passed through unchanged.
pub fn composition_for<'a>(
    clips: impl Iterator<Item = &'a SourceFacts> + Clone,
    size: Option<Size>,
    rate: Option<FrameRate>,
) -> Composition {
    let moving = clips.clone().find(|c| c.is_moving()).and_then(|c| c.picture);
    let picture = clips.into_iter().find_map(|c| c.picture);
    let size = size.unwrap_or_else(|| picture.map_or(USUAL_SIZE, |p| even(p.size)));
    let rate = rate.or_else(|| moving.and_then(|p| usual_rate(&p)));
    let rate = rate.unwrap_or_else(|| FrameRate::new(25, 1).expect("25 fps is a rate"));
    let mut composition = Composition::new("main", size, rate);
    if let Some(p) = moving {
        let HdrMetadata { mastering_display, content_light } = p.hdr;
        let (primaries, transfer, extra) = (p.primaries, p.transfer, Extra::default());
        composition.color = CompositionColor { primaries, transfer, mastering_display, content_light, extra };
    }
    composition
}

fn even(size: Size) -> Size {
    let side = |n: u32| (n.max(2) + 1) & !1;
    Size { width: side(size.width), height: side(size.height) }
}

/// The frame rate to use. For a constant rate this is the stated one, or the counted one if that is
/// implausible (phones write 90000); for a variable rate it is the counted one, rounded to a whole
/// number, or else the stated one. Rates outside 1..=240 are ignored.
fn usual_rate(p: &PictureFacts) -> Option<FrameRate> {
    let sane = |r: &FrameRate| (1.0..=240.0).contains(&r.as_f64());
    let nominal = p.nominal_rate.filter(sane);
    let average = p.average_rate.filter(sane);
    // For interlaced video some containers state the rate of interlaced fields.
    let counts_fields = |n: &FrameRate| average.is_some_and(|a| (n.as_f64() / a.as_f64() - 2.0).abs() < 0.05);
    let nominal = nominal.and_then(|n| if counts_fields(&n) { FrameRate::from_f64(n.as_f64() / 2.0) } else { Some(n) });
    if p.is_constant_rate { nominal.or(average) } else { average.and_then(|r| FrameRate::from_f64(r.as_f64().round())).or(nominal) }
}

impl Sequence<'_> {
    /// The project: clips with a picture follow each other on one track, files with sound only on
    /// another. It is valid if `composition` is.
    ///
    /// # Errors
    /// A clip is too short for its dissolves.
    ///
    /// # Panics
    /// If `order` has an index that is out of range for `sources`.
    pub fn project(&self, name: &str, mut composition: Composition) -> Result<Project, SequenceError> {
        composition.tracks = self.tracks(composition.frame_rate, composition.size)?;
        let mut project = Project::new(name, composition);
        for (n, source) in self.sources.iter().enumerate() {
            let mut media = Media::new(&media_id(n), &source.path, source.kind);
            media.facts = Some(source.facts.clone());
            project.media.push(media);
        }
        Ok(project)
    }

    /// Number of whole frames of the composition that a source has; `None` without a picture.
    fn frames(&self, source: &SourceFacts, rate: FrameRate) -> Option<i64> {
        let picture = source.picture?;
        let length = || picture.end - head_of(picture, rate);
        Some(if source.kind == MediaKind::Image { self.still_frames } else { rate.nearest_frame(length()).max(1) })
    }

    fn tracks(&self, rate: FrameRate, canvas: Size) -> Result<Vec<Track>, SequenceError> {
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
            // The frames that a dissolve shows outside the clip are cut off the clip, so that no
            // frame is held.
            let beyond = |at_end: bool| if at_end || is_still { 0 } else { half };
            let (head, tail) = (beyond(first), beyond(last));
            let frames = whole - head - tail;
            // The halves of its dissolves inside the clip must not overlap.
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
            let lead = source.picture.filter(|_| !is_still).map_or(TimeDelta::ZERO, |p| head_of(p, rate));
            clip.source_in = rate.time_of_frame(head).saturating_add(lead);
            if source.picture.is_some_and(|p| differs_by_a_pixel(p.size, canvas)) {
                clip.video.transform.fit = Fit::Native;
            }
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

/// Whether pictures are a pixel wider, narrower, higher or lower than the canvas, which was made
/// even: scaled to fit they would lose their sharpness for that pixel.
fn differs_by_a_pixel(picture: Size, canvas: Size) -> bool {
    let near = |a: u32, b: u32| a.abs_diff(b) <= 1;
    picture != canvas && near(picture.width, canvas.width) && near(picture.height, canvas.height)
}

/// Where in a source its clip begins: at its start, or where its picture starts if that is more than
/// half a frame and at most one frame later. Remuxing MP4 to Matroska moves the picture by the sound's
/// priming, 21 ms; the first frame would be shown twice.
fn head_of(picture: PictureFacts, rate: FrameRate) -> TimeDelta {
    let frame = rate.frame_duration();
    if picture.start.0 > frame.0 / 2 && picture.start <= frame { picture.start } else { TimeDelta::ZERO }
}

fn media_id(n: usize) -> String {
    format!("m{}", n + 1)
}

/// Length of a dissolve centred on the cut before frame `cut`: twice the distance to the frame
/// `half` earlier or later, whichever is smaller (they differ if frames are not whole flicks), so
/// that neighbouring dissolves do not overlap.
fn length_around(rate: FrameRate, cut: i64, half: i64) -> TimeDelta {
    let at = |frame| rate.time_of_frame(frame);
    (at(cut) - at(cut - half)).min(at(cut + half) - at(cut)).scale(2, 1)
}
