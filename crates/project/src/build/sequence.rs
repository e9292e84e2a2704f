//! Builds a project from clips, one after another.
use crate::{
    Alignment, Clip, ClipSource, Composition, CompositionColor, Extra, Media, MediaFacts, MediaKind, Project, Track, TrackKind,
    Transition,
};
use cutroom_types::{Align, FLICKS_PER_SECOND, Fit, FrameRate, Gaps, HdrMetadata, Primaries, Size, Time, TimeDelta, Transfer};
use std::collections::BTreeMap;

/// Longest priming of an encoder: HE-AAC at 44.1 kHz has up to 5186 samples, 0.118 s.
const MAX_PRIMING: TimeDelta = TimeDelta(FLICKS_PER_SECOND * 12 / 100);

/// Size of a composition whose clips have no picture.
const USUAL_SIZE: Size = Size { width: 1920, height: 1080 };

/// What is known about a media file.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFacts {
    /// Path as the project stores it.
    pub path: String,
    /// Kind of media.
    pub kind: MediaKind,
    /// Rate and treatment of gaps of numbered pictures; `None` for a file.
    pub numbered: Option<(FrameRate, Gaps)>,
    /// Facts to store in the project.
    pub facts: MediaFacts,
    /// Its first video stream.
    pub picture: Option<PictureFacts>,
    /// Length of its longest stream.
    pub duration: TimeDelta,
    /// End of its first audio stream, from the start of the file; `None` without sound.
    pub sound_end: Option<TimeDelta>,
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
    /// Usual length of a frame.
    pub frame_duration: Option<TimeDelta>,
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

/// A file, or a part of it, in a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequenceClip {
    /// Index of the file in [`Sequence::sources`].
    pub source: usize,
    /// Start of the part in source time; `None`: where the file starts.
    pub from: Option<Time>,
    /// End of the part in source time; `None`: where the file ends. Not for still images.
    pub to: Option<Time>,
}

/// Clips to place one after another.
#[derive(Clone, Copy, Debug)]
pub struct Sequence<'a> {
    /// The files, each once.
    pub sources: &'a [SourceFacts],
    /// The clips in playing order.
    pub clips: &'a [SequenceClip],
    /// Length of still images in frames, 1 or more.
    pub still_frames: i64,
    /// Length, in frames, of a dissolve at every cut; 0 for plain cuts. An even number is centred on
    /// the cut; for an odd one, which has no middle frame boundary, the cut lies at its start.
    pub dissolve_frames: i64,
    /// How pictures are fitted to the canvas.
    pub fit: Fit,
    /// Where pictures lie that the canvas shows only in part, or that do not fill it; `None`: in its
    /// centre.
    pub align: Option<Align>,
}

/// Clips by index, and for each a length of its sound.
pub type Unheard = Vec<(usize, TimeDelta)>;

/// A project made from a sequence.
#[derive(Clone, Debug)]
pub struct Sequenced {
    /// The project.
    pub project: Project,
    /// Sound that is left out: indices of the clips, and how much of each.
    pub unheard: Unheard,
}

/// A clip is too short for the dissolves at its ends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{path} is too short for the dissolve: it has {frames} frames of the film; a dissolve of {dissolve_frames} frames {ends} needs {needed_frames}"
)]
pub struct SequenceError {
    /// Index of the clip in [`Sequence::clips`].
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

/// The frame rate to use: the usual length of a frame, as one of the standard rates if it is one to
/// within the rounding of its container. Skipped frames do not count. Otherwise for a constant rate
/// the stated one, or the counted one if that is implausible (phones write 90000), and for a variable
/// rate the counted one, rounded to a whole number. Rates outside 1..=240 are ignored.
fn usual_rate(p: &PictureFacts) -> Option<FrameRate> {
    let sane = |r: &FrameRate| (1.0..=240.0).contains(&r.as_f64());
    let nominal = p.nominal_rate.filter(sane);
    let average = p.average_rate.filter(sane);
    // For interlaced video some containers state the rate of interlaced fields.
    let counts_fields = |n: &FrameRate| average.is_some_and(|a| (n.as_f64() / a.as_f64() - 2.0).abs() < 0.05);
    let nominal =
        nominal.and_then(|n| if counts_fields(&n) && p.is_constant_rate { FrameRate::from_f64(n.as_f64() / 2.0) } else { Some(n) });
    if p.is_constant_rate {
        // Containers that round state 19001/317 for 60000/1001.
        return nominal.or(average).map(|r| standard(r.frame_duration(), 1e-5).unwrap_or(r));
    }
    let usual = p.frame_duration.and_then(|length| {
        // Where the container rounds to milliseconds (Matroska) or 1/600 s (phones), 29.97 and 30 may
        // look alike; then what it states decides.
        let rounded = [1000, 600].iter().any(|ticks| length.0 % (FLICKS_PER_SECOND / ticks) == 0);
        let tolerance = (1e-3 / length.as_secs_f64()).min(0.03);
        let stated = nominal.filter(|_| rounded).and_then(|n| standard(n.frame_duration(), 5e-4));
        let fits = |r: &FrameRate| difference(r.frame_duration(), length) <= tolerance;
        stated.filter(fits).or_else(|| standard(length, tolerance))
    });
    usual.or_else(|| average.and_then(|r| FrameRate::from_f64(r.as_f64().round()))).or(nominal)
}

/// The standard rate whose frames are nearest in length to `length`, to within the fraction
/// `tolerance` of it.
fn standard(length: TimeDelta, tolerance: f64) -> Option<FrameRate> {
    const WHOLE: [u32; 11] = [120, 100, 60, 50, 48, 30, 25, 24, 15, 12, 10];
    const BROADCAST: [u32; 5] = [120, 60, 48, 30, 24];
    let rates = WHOLE.iter().map(|n| (*n, 1)).chain(BROADCAST.iter().map(|n| (n * 1000, 1001)));
    let lengths = rates.filter_map(|(n, d)| FrameRate::new(n, d)).map(|r| (difference(r.frame_duration(), length), r));
    let nearest = lengths.min_by(|a, b| a.0.total_cmp(&b.0))?;
    (nearest.0 <= tolerance).then_some(nearest.1)
}

/// Difference of two lengths, as a fraction of `b`.
fn difference(a: TimeDelta, b: TimeDelta) -> f64 {
    (a.0 as f64 / b.0 as f64 - 1.0).abs()
}

impl Sequence<'_> {
    /// The project: clips with a picture follow each other on one track, files with sound only on
    /// another, where they end with the pictures. It is valid if `composition` is.
    ///
    /// # Errors
    /// A clip is too short for its dissolves.
    ///
    /// # Panics
    /// If a clip has an index that is out of range for `sources`.
    pub fn project(&self, name: &str, mut composition: Composition) -> Result<Sequenced, SequenceError> {
        let (tracks, unheard) = self.tracks(composition.frame_rate, composition.size)?;
        composition.tracks = tracks;
        let mut project = Project::new(name, composition);
        for (n, source) in self.sources.iter().enumerate() {
            let mut media = Media::new(&media_id(n), &source.path, source.kind);
            media.facts = Some(source.facts.clone());
            if let Some((rate, gaps)) = source.numbered {
                (media.frame_rate, media.gaps) = (Some(rate), gaps);
            }
            project.media.push(media);
        }
        Ok(Sequenced { project, unheard })
    }

    /// Start in source time and number of whole frames of the composition that a clip has; `None`
    /// without a picture.
    pub fn frames(&self, clip: &SequenceClip, rate: FrameRate) -> Option<(Time, i64)> {
        let source = &self.sources[clip.source];
        let picture = source.picture?;
        if source.kind == MediaKind::Image {
            return Some((Time::ZERO, self.still_frames));
        }
        let head = Time(head_of(picture, rate).0);
        let from = clip.from.map_or(head, |from| from.max(head));
        let to = clip.to.map_or(Time(picture.end.0), |to| to.min(Time(picture.end.0)));
        Some((from, rate.nearest_frame(to - from).max(1)))
    }

    fn tracks(&self, rate: FrameRate, canvas: Size) -> Result<(Vec<Track>, Unheard), SequenceError> {
        let mut video = Track::new("v1", TrackKind::Video);
        let mut unheard = Vec::new();
        // Frames of a dissolve before and after its cut.
        let dissolve = self.dissolve_frames;
        let (before, after) = if dissolve % 2 == 0 { (dissolve / 2, dissolve / 2) } else { (0, dissolve) };
        let has_picture = |c: &SequenceClip| self.sources[c.source].picture.is_some();
        let first = self.clips.iter().position(has_picture);
        let last = self.clips.iter().rposition(has_picture);
        let mut frame = 0;
        for (i, c) in self.clips.iter().enumerate() {
            let source = &self.sources[c.source];
            let Some((from, whole)) = self.frames(c, rate) else { continue };
            let (first, last) = (first == Some(i), last == Some(i));
            let is_still = source.kind == MediaKind::Image;
            // The frames that a dissolve shows outside the clip are cut off the clip, so that no
            // frame is held.
            let head = if first || is_still { 0 } else { before };
            let tail = if last || is_still { 0 } else { after };
            let frames = whole - head - tail;
            // Its dissolves inside the clip must not overlap.
            let inside = after * i64::from(!first) + before * i64::from(!last);
            if frames < inside.max(1) {
                return Err(SequenceError {
                    clip: i,
                    path: source.path.clone(),
                    is_still,
                    frames: whole,
                    dissolve_frames: dissolve,
                    needed_frames: head + tail + inside.max(1),
                    ends: if first || last { "at one end" } else { "at each end" },
                });
            }
            let start = rate.time_of_frame(frame);
            let length = rate.time_of_frame(frame + frames) - start;
            let mut clip = Clip::new(&clip_id(i), ClipSource::media(&media_id(c.source)), start, length);
            clip.source_in = rate.time_of_frame(head).saturating_add(from.since_zero());
            clip.video.transform.fit = self.fit;
            clip.video.transform.align = self.align.filter(|_| source.picture.is_some());
            if self.fit == Fit::Contain && source.picture.is_some_and(|p| differs_by_a_pixel(p.size, canvas)) {
                clip.video.transform.fit = Fit::Native;
            }
            if let Some(picture) = source.picture.filter(|_| !is_still && c.to.is_none())
                && let Some(sound) = source.sound_end.filter(|end| *end > picture.end)
            {
                unheard.push((i, sound - picture.end));
            }
            if dissolve > 0 && !first {
                let at = |frame| rate.time_of_frame(frame);
                let number = video.transitions.len() + 1;
                video.transitions.push(Transition {
                    id: format!("x{number}").into(),
                    kind: "crossfade".into(),
                    from: video.clips.last().map(|c| c.id.clone()),
                    to: Some(clip.id.clone()),
                    duration: if before > 0 { length_around(rate, frame, before) } else { at(frame + after) - at(frame) },
                    alignment: if before > 0 { Alignment::Center } else { Alignment::Start },
                    params: BTreeMap::new(),
                    audio_crossfade: true,
                    audio_fade_shape: cutroom_types::FadeCurve::ConstantPower,
                    extra: Extra::default(),
                });
            }
            video.clips.push(clip.into());
            frame += frames;
        }
        let end = (!video.clips.is_empty()).then(|| rate.time_of_frame(frame));
        let audio = self.sound(end, &mut unheard);
        unheard.sort_by_key(|(clip, _)| *clip);
        Ok(([video, audio].into_iter().filter(|t| !t.clips.is_empty()).collect(), unheard))
    }

    /// The track of the files with sound only, up to the end of the pictures.
    fn sound(&self, end: Option<Time>, unheard: &mut Unheard) -> Track {
        let mut audio = Track::new("a1", TrackKind::Audio);
        let mut at = Time::ZERO;
        for (i, c) in self.clips.iter().enumerate() {
            let source = &self.sources[c.source];
            if source.picture.is_some() {
                continue;
            }
            let from = c.from.unwrap_or_default();
            let whole = c.to.unwrap_or(Time(source.duration.0)).min(Time(source.duration.0)) - from;
            let length = end.map_or(whole, |end| whole.min(end - at));
            if length < whole {
                unheard.push((i, whole - length.max(TimeDelta::ZERO)));
            }
            if length <= TimeDelta::ZERO {
                continue;
            }
            let mut clip = Clip::new(&clip_id(i), ClipSource::media(&media_id(c.source)), at, length);
            clip.source_in = from;
            at = clip.span().end();
            audio.clips.push(clip.into());
        }
        audio
    }
}

/// Whether pictures are a pixel wider, narrower, higher or lower than the canvas, which was made
/// even: scaled to fit they would lose their sharpness for that pixel.
fn differs_by_a_pixel(picture: Size, canvas: Size) -> bool {
    let near = |a: u32, b: u32| a.abs_diff(b) <= 1;
    picture != canvas && near(picture.width, canvas.width) && near(picture.height, canvas.height)
}

/// Where in a source its clip begins: at its start, or where its picture starts if that is more than
/// half a frame and at most [`MAX_PRIMING`] later. Remuxing MP4 to Matroska moves the picture by the
/// sound's priming; the first frame would be shown twice.
fn head_of(picture: PictureFacts, rate: FrameRate) -> TimeDelta {
    let limit = MAX_PRIMING.max(rate.frame_duration());
    if picture.start.0 > rate.frame_duration().0 / 2 && picture.start <= limit { picture.start } else { TimeDelta::ZERO }
}

fn clip_id(n: usize) -> String {
    format!("c{}", n + 1)
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
