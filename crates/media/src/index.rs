//! The index of a file: every packet of its video and audio streams, from one pass, and source time
//! zero. Contents per stream: [`crate::video_index`] and [`crate::audio_index`].
use crate::{
    activity,
    audio_index::{AudioIndex, AudioScan},
    clock::Clock,
    error::MediaError,
    info::MediaInfo,
    input::{AvPacket, Input},
    mp4_boxes, mp4_tables,
    numbered::{MediaLocation, Row},
    svg,
    video_index::{VideoIndex, VideoScan},
};
use cutroom_types::{CancelToken, Span};
use ffmpeg_next::ffi::AVMediaType;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    path::Path,
    sync::{Arc, OnceLock},
};

/// Everything known about a file after one pass over it. The tables of packets and frames, some MB for
/// an hour, of an index that was stored are loaded when they are needed first.
pub struct MediaIndex {
    pub(crate) info: MediaInfo,
    /// Number of packets of each audio stream.
    pub(crate) sound_packets: Vec<usize>,
    tables: OnceLock<Result<Arc<Tables>, MediaError>>,
    /// Loads the tables; `None` if they are there.
    load: Option<LoadTables>,
    /// The files of numbered pictures.
    pub(crate) row: Option<Row>,
}

/// Packets and frames of a file's streams.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tables {
    pub video: Vec<VideoIndex>,
    pub audio: Vec<AudioIndex>,
}

/// Gives tables that were stored; `None` if they are lost.
pub(crate) type LoadTables = Box<dyn Fn() -> Option<Tables> + Send + Sync>;

impl fmt::Debug for MediaIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaIndex").field("info", &self.info).finish_non_exhaustive()
    }
}

/// Equal in everything that a scan finds; loads the tables.
impl PartialEq for MediaIndex {
    fn eq(&self, other: &Self) -> bool {
        let all = |i: &Self| i.tables().map(|t| (i.info.clone(), i.sound_packets.clone(), t, i.row.clone()));
        all(self).is_ok() && all(self) == all(other)
    }
}

impl MediaIndex {
    /// Reads every packet of the file once. Decodes only the first packets of each audio stream,
    /// and video streams that reorder frames and lack timestamps.
    ///
    /// # Errors
    /// The file is missing, unreadable, not media, or stuck.
    pub fn scan(path: &Path) -> Result<Arc<Self>, MediaError> {
        Self::scan_until(path, &CancelToken::new())
    }

    /// As [`Self::scan`]; `cancel` is checked before the file is opened and at every packet,
    /// also where a stream must be decoded to be understood.
    ///
    /// # Errors
    /// As [`Self::scan`]; [`MediaError::Stopped`] once it is cancelled.
    pub fn scan_until(path: &Path, cancel: &CancelToken) -> Result<Arc<Self>, MediaError> {
        if cancel.is_cancelled() {
            return Err(MediaError::Stopped { path: path.to_owned() });
        }
        let _doing = activity::scanning(path);
        if svg::is_svg(path) {
            let (info, video) = svg::describe(path)?;
            return Ok(Arc::new(Self::whole(info, vec![video], Vec::new(), None)));
        }
        let mut input = Input::open(path)?;
        let mut warnings = Vec::new();
        let mut scans: Vec<StreamScan> = (0..input.stream_count()).map(|i| StreamScan::new(&input, i, cancel)).collect();
        let mut clock = Clock::new(&input);
        let mut packet = AvPacket::new();
        let mut problem = None;
        while input.read(&mut packet, &mut problem)? {
            if cancel.is_cancelled() {
                return Err(MediaError::Stopped { path: path.to_owned() });
            }
            // Streams may appear while reading (MPEG-PS).
            while scans.len() < input.stream_count() {
                scans.push(StreamScan::new(&input, scans.len(), cancel));
            }
            let Ok(stream) = usize::try_from(packet.get().stream_index) else { continue };
            match scans.get_mut(stream) {
                Some(StreamScan::Video(v)) => v.add(&packet, clock.part(stream, &packet)),
                Some(StreamScan::Audio(a)) => a.add(&input, &packet, clock.part(stream, &packet)),
                _ => {}
            }
        }
        warnings.extend(problem);
        warnings.extend(clock.warning());
        warnings.extend(input.film().into_iter().flat_map(|film| film.warnings.clone()));
        let mut tracks = Vec::new();
        if input.format_name().starts_with("mov") {
            warnings.extend(mp4_boxes::defect(path));
            tracks = mp4_tables::tracks(path);
            if tracks.iter().any(|t| t.is_auxiliary) {
                warnings.push("it has an auxiliary track (alpha or depth), which is not read: its picture is shown opaque".into());
            }
        }
        let shifts = clock.shifts();
        let (mut video, mut audio, mut attached) = (Vec::new(), Vec::new(), Vec::new());
        for scan in scans {
            match scan {
                StreamScan::Video(v) if v.is_attached() => attached.push(v.finish(&input, &shifts, &tracks, &mut warnings)?),
                StreamScan::Video(v) => video.push(v.finish(&input, &shifts, &tracks, &mut warnings)?),
                StreamScan::Audio(a) => audio.push(a.finish(&input, &shifts, &mut warnings)?),
                StreamScan::Other => {}
            }
        }
        // Source time zero is the start of the earliest frame or sample; all streams are shifted
        // together.
        let starts = video.iter().filter_map(|v| v.frames.first().map(|f| f.start));
        let zero = starts.chain(audio.iter().filter_map(AudioIndex::start)).min().unwrap_or_default();
        for v in &mut video {
            for f in &mut v.frames {
                f.start = f.start - zero.since_zero();
            }
            v.end = v.end - zero.since_zero();
        }
        for a in &mut audio {
            a.set_zero(zero);
        }
        default_first(&input, "picture", &mut video, |v| v.stream, &mut warnings);
        default_first(&input, "sound", &mut audio, |a| a.stream, &mut warnings);
        let videos = video.len();
        video.append(&mut attached);
        let info = crate::probe::describe(&input, zero, &mut video, videos, &audio, warnings)?;
        Ok(Arc::new(Self::whole(info, video, audio, None)))
    }

    pub(crate) fn whole(info: MediaInfo, video: Vec<VideoIndex>, audio: Vec<AudioIndex>, row: Option<Row>) -> Self {
        let sound_packets = audio.iter().map(|a| a.packets.len()).collect();
        Self { info, sound_packets, tables: OnceLock::from(Ok(Arc::new(Tables { video, audio }))), load: None, row }
    }

    /// An index whose tables are loaded when they are needed first. If they are lost, the file is scanned.
    pub(crate) fn later(info: MediaInfo, sound_packets: Vec<usize>, load: LoadTables) -> Self {
        Self { info, sound_packets, tables: OnceLock::new(), load: Some(load), row: None }
    }

    /// Packets and frames.
    pub(crate) fn tables(&self) -> Result<Arc<Tables>, MediaError> {
        let load = || {
            if let Some(tables) = self.load.as_ref().and_then(|load| load()) {
                return Ok(Arc::new(tables));
            }
            let again = Self::scan(&self.info.path)?;
            if again.info != self.info {
                let reason = "it has changed since it was opened; open it again".into();
                return Err(MediaError::Unreadable { path: self.info.path.clone(), reason });
            }
            again.tables()
        };
        self.tables.get_or_init(load).clone()
    }

    /// The description that [`probe`] returns.
    pub fn info(&self) -> &MediaInfo {
        &self.info
    }

    /// Presentation intervals of a video stream's frames, in order. Attached pictures count after
    /// the other streams.
    pub fn frame_spans(&self, video_stream: usize) -> impl Iterator<Item = Span> + '_ {
        let tables = self.tables().ok();
        let frames = tables.iter().flat_map(|t| t.video.get(video_stream)).map(|v| v.frames.len()).sum();
        (0..frames).filter_map(move |i| Some(tables.as_ref()?.video.get(video_stream)?.span(i)))
    }

    /// The index of a file whose first video stream holds the frames of a stream of another file (a
    /// proxy), with exactly their times: rounding of its container has no effect.
    ///
    /// # Errors
    /// In words, how its number of frames or their times differ from those of the other stream.
    pub fn with_times_of(&self, other: &Self, video_stream: usize) -> Result<Arc<Self>, String> {
        let (tables, others) = (self.tables().map_err(|e| e.to_string())?, other.tables().map_err(|e| e.to_string())?);
        let (Some(own), Some(source)) = (tables.video.first(), others.video.get(video_stream)) else {
            return Err("one of them has no pictures".into());
        };
        if own.frames.len() != source.frames.len() {
            return Err(format!("it has {} frames instead of {}", own.frames.len(), source.frames.len()));
        }
        let start = |v: &VideoIndex| v.frames.first().map(|f| f.start).unwrap_or_default();
        let (own_start, source_start) = (start(own), start(source));
        let off = |n: &usize| ((own.frames[*n].start - own_start) - (source.frames[*n].start - source_start)).0.abs() > TIME_SLACK;
        if let Some(n) = (0..own.frames.len()).find(off) {
            let at = (source.frames[n].start - source_start).as_secs_f64();
            let is = (own.frames[n].start - own_start).as_secs_f64();
            return Err(format!("frame {n} is shown {is:.6} s after the first one instead of {at:.6} s"));
        }
        let mut video = tables.video.clone();
        for (frame, source) in video[0].frames.iter_mut().zip(&source.frames) {
            frame.start = source.start;
        }
        video[0].end = source.end;
        let mut info = self.info.clone();
        info.video[0].span = Span::new(source_start, source.end);
        Ok(Arc::new(Self::whole(info, video, tables.audio.clone(), self.row.clone())))
    }
}

/// Times that differ by at most this many flicks, a millisecond, are those of the same frame.
const TIME_SLACK: i64 = cutroom_types::FLICKS_PER_SECOND / 1000;

/// Moves the first stream that the file marks as default to the beginning, so that it is the one
/// that is used when none is chosen.
fn default_first<T>(input: &Input, kind: &str, streams: &mut [T], stream: impl Fn(&T) -> usize, warnings: &mut Vec<String>) {
    let Some(at) = streams.iter().position(|s| input.is_default(stream(s))).filter(|at| *at > 0) else { return };
    let [default, first] = [&streams[at], &streams[0]].map(&stream);
    streams[..=at].rotate_right(1);
    warnings.push(format!(
        "stream {default} is its default {kind} and counts as {kind} 0; stream {first}, which comes before it, counts as {kind} 1"
    ));
}

/// Describes a file: streams, sizes, tags, exact durations and frame counts. One frame of every
/// stream is decoded; streams that cannot be used have a `defect` and cause a warning.
///
/// # Errors
/// As [`MediaIndex::scan`]; also when no stream can be used.
pub fn probe(path: &Path) -> Result<MediaInfo, MediaError> {
    probe_location(&MediaLocation::file(path))
}

/// As [`probe`], of a file or numbered pictures, of which the first and the last one are decoded.
///
/// # Errors
/// As [`MediaIndex::open`]; also when no stream can be used.
pub fn probe_location(location: &MediaLocation) -> Result<MediaInfo, MediaError> {
    let index = MediaIndex::open(location, &CancelToken::new())?;
    let mut info = index.info.clone();
    let pictures = info.video.iter_mut().chain(&mut info.attached_pictures);
    for (n, v) in pictures.enumerate().filter(|(_, v)| v.codec != svg::NAME) {
        v.defect = index.try_picture(n).err();
    }
    for (n, a) in info.audio.iter_mut().enumerate() {
        a.defect = index.try_audio(n).err();
    }
    let pictures = info.video.iter().chain(&info.attached_pictures).map(|v| (v.stream_index, &v.defect));
    let all: Vec<_> = pictures.chain(info.audio.iter().map(|a| (a.stream_index, &a.defect))).collect();
    if let Some((_, Some(first))) = all.iter().find(|_| all.iter().all(|s| s.1.is_some())) {
        return Err(first.clone());
    }
    let prefix = format!("{}: ", location.path.display());
    let warning = |(stream, defect): &(usize, &Option<MediaError>)| {
        let text = defect.as_ref()?.to_string();
        Some(format!("stream {stream} cannot be used: {}", text.strip_prefix(&prefix).unwrap_or(&text)))
    };
    let warnings: Vec<String> = all.iter().filter_map(warning).collect();
    info.warnings.extend(warnings);
    Ok(info)
}

enum StreamScan {
    Video(VideoScan),
    Audio(AudioScan),
    Other,
}

impl StreamScan {
    fn new(input: &Input, i: usize, cancel: &CancelToken) -> Self {
        match input.kind(i) {
            AVMediaType::AVMEDIA_TYPE_VIDEO => Self::Video(VideoScan::new(input, i, cancel)),
            AVMediaType::AVMEDIA_TYPE_AUDIO => Self::Audio(AudioScan::new(input, i, cancel)),
            _ => Self::Other,
        }
    }
}
