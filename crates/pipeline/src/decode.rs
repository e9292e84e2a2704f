//! Decodes video streams for the decoder pool, and collects the decode reports of video and audio
//! readers, and how frames were drawn.
use crate::{FrameSource, PipelineError, in_between::InBetween, proxy::ProxyPictures};
use cutroom_media::{DecodeReport, MediaIndex, ReadOptions, VideoReader};
use cutroom_render::FrameReport;
use cutroom_timeline::{SourceFrames, StreamKind};
use cutroom_types::{Deinterlace, Picture, Time};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// The decode reports of closed readers, and counts of invalid audio samples, by file and stream
/// (`true` for audio); and how frames were drawn.
#[derive(Default)]
pub(crate) struct DecodeLog {
    streams: Mutex<BTreeMap<(PathBuf, bool, usize), StreamLog>>,
    drawn: Mutex<DrawnFrames>,
}

/// How frames were drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrawnFrames {
    /// Number of frames; those that are a source picture count.
    pub frames: u64,
    /// Source pictures of all frames that were decoded on a graphics device.
    pub device_pictures: u64,
    /// Those of them that were drawn without a copy through host memory.
    pub zero_copy_pictures: u64,
    /// The first few distinct reasons why the GPU did not draw although it might have, or why
    /// pictures were copied through host memory.
    pub fell_back: Vec<String>,
    /// The first failures of graphics devices in the middle of frames.
    pub lost: Vec<DeviceLost>,
}

/// A failure of a graphics device after which something else drew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceLost {
    /// The first frame of the composition that was drawn, again or only, by something else.
    pub from_frame: i64,
    /// What the device said.
    pub reason: String,
    /// What drew from there on: a new device, or the processor.
    pub continued_by: String,
}

/// Maximum number of reasons that are kept.
const MAX_REASONS: usize = 8;

impl DrawnFrames {
    fn add(&mut self, frame: &FrameReport) {
        self.frames += 1;
        self.device_pictures += frame.device_pictures as u64;
        self.zero_copy_pictures += frame.zero_copy_pictures as u64;
        // What draws after a failure is named there.
        let is_known = |why: &String| self.lost.iter().any(|lost| why.starts_with(&lost.reason));
        if let Some(why) = &frame.fell_back
            && !is_known(why)
            && self.fell_back.len() < MAX_REASONS
            && !self.fell_back.contains(why)
        {
            self.fell_back.push(why.clone());
        }
    }

    /// What was decoded on a graphics device, in words; `None` if nothing was.
    pub fn summary(&self) -> Option<String> {
        let (all, direct) = (self.device_pictures, self.zero_copy_pictures);
        let how = match direct {
            0 => "copied through memory",
            n if n == all => "drawn without a copy",
            _ => "partly copied through memory",
        };
        (all > 0).then(|| format!("pictures decoded on the graphics card and {how}"))
    }
}

#[derive(Default)]
struct StreamLog {
    report: DecodeReport,
    /// Number of samples that were NaN or infinite.
    invalid_samples: u64,
}

impl DecodeLog {
    /// Adds the report of a reader of a stream.
    pub fn add(&self, file: &Path, kind: StreamKind, stream: usize, report: &DecodeReport) {
        if !report.is_clean() || !report.remarks.is_empty() {
            self.with(file, kind, stream, |log| log.report.add(report));
        }
    }

    /// Adds a number of samples of a stream that were NaN or infinite.
    pub fn add_invalid_samples(&self, file: &Path, stream: usize, samples: u64) {
        self.with(file, StreamKind::Audio, stream, |log| log.invalid_samples += samples);
    }

    /// Adds the report of a frame.
    pub fn add_drawn(&self, frame: &FrameReport) {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner).add(frame);
    }

    /// Adds a failure of a graphics device.
    pub fn add_lost(&self, lost: DeviceLost) {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.lost.len() < MAX_REASONS {
            drawn.lost.push(lost);
        }
    }

    /// How frames were drawn so far.
    pub fn drawn(&self) -> DrawnFrames {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn with(&self, file: &Path, kind: StreamKind, stream: usize, change: impl FnOnce(&mut StreamLog)) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        change(streams.entry((file.into(), kind == StreamKind::Audio, stream)).or_default());
    }

    /// One line for each kind of problem of each stream.
    pub fn lines(&self) -> Vec<String> {
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = Vec::new();
        for ((file, is_audio, stream), StreamLog { report: r, invalid_samples }) in &*streams {
            let kind = if *is_audio { "sound" } else { "picture" };
            let of = format!("{}: {kind} stream {stream}", file.display());
            let first = r.messages.first().map_or(String::new(), |m| format!(" ({m})"));
            if !r.is_clean() && *is_audio {
                lines.push(format!("{of}: {} decoding errors; what could not be decoded is silent{first}", r.errors));
            } else if !r.is_clean() {
                lines.push(format!(
                    "{of}: {} decoding errors, {} frames concealed, {} frames missing and replaced by their neighbour{first}",
                    r.errors, r.concealed_frames, r.missing_frames
                ));
            }
            lines.extend(r.remarks.iter().map(|m| format!("{of}: {m}")));
            if *invalid_samples > 0 {
                lines.push(format!("{of}: {invalid_samples} samples are not numbers or infinite; they are silent"));
            }
        }
        lines.extend(self.drawn().fell_back.iter().map(|why| format!("drawing: {why}")));
        lines
    }
}

/// A reader of one video stream, which adds its report to the log when dropped.
pub(crate) struct VideoStream {
    reader: VideoReader,
    in_between: InBetween,
    stream: usize,
    /// What the pictures stand for if they are those of a proxy.
    proxy: Option<ProxyPictures>,
    log: Arc<DecodeLog>,
}

impl VideoStream {
    pub fn open(index: &Arc<MediaIndex>, stream: usize, options: ReadOptions, log: Arc<DecodeLog>) -> Result<Self, PipelineError> {
        let reader = VideoReader::open_indexed(Arc::clone(index), stream, options)?;
        Ok(Self { reader, in_between: InBetween::default(), stream, proxy: None, log })
    }

    /// The pictures of a proxy, which stand for those of its source.
    pub fn open_proxy(
        index: &Arc<MediaIndex>,
        pictures: ProxyPictures,
        options: ReadOptions,
        log: Arc<DecodeLog>,
    ) -> Result<Self, PipelineError> {
        let options = ReadOptions { deinterlace: Deinterlace::Off, ..options };
        let mut stream = Self::open(index, 0, options, log)?;
        stream.proxy = Some(pictures);
        Ok(stream)
    }
}

impl FrameSource for VideoStream {
    fn picture_at(&mut self, time: Time, frames: SourceFrames) -> Result<Picture, PipelineError> {
        let picture = self.in_between.picture(&mut self.reader, time, frames)?;
        Ok(match &self.proxy {
            Some(pictures) => pictures.stand_in(picture),
            None => picture,
        })
    }
}

impl Drop for VideoStream {
    fn drop(&mut self) {
        let (path, report) = (&self.reader.index().info().path, self.reader.report());
        if let Some(why) = &report.fell_back {
            tracing::info!(file = %path.display(), stream = self.stream, why, "decoded by the processor");
        }
        self.log.add(path, StreamKind::Video, self.stream, &report);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_frames_were_drawn_is_added_up_and_reasons_are_named_once() {
        let log = DecodeLog::default();
        assert_eq!((log.drawn().summary(), log.lines()), (None, Vec::new()));
        let frame = |zero_copy_pictures, fell_back: Option<&str>| FrameReport {
            device_pictures: 2,
            zero_copy_pictures,
            fell_back: fell_back.map(str::to_owned),
            ..FrameReport::of("gpu")
        };
        for report in
            [frame(2, None), frame(1, Some("the pool is full")), frame(1, Some("the pool is full")), FrameReport::of("cpu")]
        {
            log.add_drawn(&report);
        }
        let drawn = log.drawn();
        assert_eq!((drawn.frames, drawn.device_pictures, drawn.zero_copy_pictures), (4, 6, 4));
        assert_eq!(log.lines(), ["drawing: the pool is full"]);
        assert_eq!(drawn.summary().unwrap(), "pictures decoded on the graphics card and partly copied through memory");
    }
}
