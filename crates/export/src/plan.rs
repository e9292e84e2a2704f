//! The plan of an export, complete before any work starts.
use crate::{CopiedSegment, LoudnessTarget, SmartPlan};
use cutroom_media::write::{FileExtras, Rate, WriteSettings, container, video_codec};
use cutroom_pipeline::{OutputSpec, RenderOptions};
use cutroom_timeline::RenderScale;
use cutroom_types::FrameRate;
use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

/// One export: a range of frames of a composition, and its target.
#[derive(Clone, Debug)]
pub struct ExportPlan {
    /// Frame rate of the composition.
    pub rate: FrameRate,
    /// Frames of the composition, end not included; frame 0 of the file is the first of them.
    pub frames: Range<i64>,
    /// Plane layout and tags of every picture.
    pub output: OutputSpec,
    /// The segments that pictures are made in, in order; they are the frames above. One segment: the
    /// film is made as a whole.
    pub segments: Vec<Segment>,
    /// How segments are copied and others encoded to match; `None`: all are encoded with the settings of
    /// the target.
    pub smart: Option<Arc<SmartPlan>>,
    /// Whether segments are measured first, so that a bit rate is shared among them by need.
    pub two_passes: bool,
    /// Options of the renderer.
    pub render: RenderOptions,
    /// Pixels drawn for each pixel of the composition.
    pub scale: RenderScale,
    /// Whether frames are drawn; `false` for audio only.
    pub pictures: bool,
    /// What the audio is brought to; `None` leaves it as it is.
    pub loudness: Option<LoudnessTarget>,
    /// The audio to mix; `None` for an output without an audio stream.
    pub sound: Option<AudioRange>,
    /// The target.
    pub target: ExportTarget,
    /// File for a list with one line "frame hash" per picture.
    pub frame_hashes: Option<PathBuf>,
    /// Replace existing files with the names of target and list.
    pub overwrite: bool,
}

impl ExportPlan {
    /// Whether the video encoder alone uses all cores.
    pub fn encodes_heavily(&self) -> bool {
        let ExportTarget::File { settings, .. } = &self.target else { return false };
        settings.video.as_ref().is_some_and(|v| video_codec(&v.codec).is_ok_and(|codec| codec.fills_cores))
    }

    /// Whether pictures are decoded as they were drawn.
    pub fn is_lossless(&self) -> bool {
        let ExportTarget::File { settings, .. } = &self.target else { return false };
        settings.video.as_ref().is_some_and(|v| v.rate == Rate::Lossless || matches!(v.codec.as_str(), "ffv1" | "png" | "qtrle"))
    }

    /// Bit rate of the pictures in kbit/s, if one is to be reached.
    pub fn video_kbps(&self) -> Option<u32> {
        let ExportTarget::File { settings, .. } = &self.target else { return None };
        match settings.video.as_ref()?.rate {
            Rate::BitrateKbps(kbps) => Some(kbps),
            _ => None,
        }
    }

    /// Bits per second of pictures and sound, where they are given.
    pub fn bits_per_second(&self) -> Option<u64> {
        let ExportTarget::File { settings, .. } = &self.target else { return None };
        let kbps = |rate| match rate {
            Rate::BitrateKbps(kbps) => Some(u64::from(kbps)),
            _ => None,
        };
        let video = settings.video.as_ref().map_or(Some(0), |v| kbps(v.rate))?;
        let sound = settings.sound.as_ref().and_then(|s| s.bitrate_kbps).unwrap_or(0);
        Some((video + u64::from(sound)) * 1000)
    }

    /// The one file that is written, if it is one.
    pub fn file(&self) -> Option<&Path> {
        let ExportTarget::File { path, settings, .. } = &self.target else { return None };
        container(&settings.container).ok().filter(|c| c.muxer.is_some()).map(|_| path.as_path())
    }

    /// Adds text tracks, chapters, a cover and a time code to the file, if one is written.
    pub fn set_extras(&mut self, added: FileExtras) {
        if let ExportTarget::File { extras, .. } = &mut self.target {
            **extras = added;
        }
    }

    /// Human-readable description: codecs, size and rates.
    pub fn describe(&self) -> String {
        let ExportTarget::File { settings, extras, .. } = &self.target else { return self.output.format.to_string() };
        let video = settings
            .video
            .as_ref()
            .map(|v| format!("{}x{} at {} fps, {} {}", v.size.width, v.size.height, v.frame_rate, v.codec, v.format));
        let sound = settings.sound.as_ref().map(|s| format!("{} {} Hz, {} channels", s.codec, s.rate_hz, s.channels));
        let texts = extras.texts.iter().map(|t| format!("subtitles {} {}", t.codec.id(), t.language));
        video.into_iter().chain(sound).chain(texts).collect::<Vec<_>>().join("; ")
    }
}

/// A segment of the film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Frames of the composition, end not included.
    pub frames: Range<i64>,
    /// How it is made.
    pub kind: SegmentKind,
}

/// How a segment is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SegmentKind {
    /// Its frames are drawn and encoded.
    Encode,
    /// Coded pictures are copied from a file.
    Copy(Box<CopiedSegment>),
}

/// The audio samples that belong to a range of frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioRange {
    /// Samples per second.
    pub rate_hz: u32,
    /// From round(time of the first frame) to round(time of the frame after the last), in
    /// composition samples.
    pub samples: Range<i64>,
    /// Number of samples per mixed block.
    pub block_samples: i64,
}

impl AudioRange {
    /// The samples of a range of frames.
    pub fn of_frames(frames: &Range<i64>, rate: FrameRate, rate_hz: u32) -> Self {
        let sample = |frame| rate.time_of_frame(frame).to_sample(rate_hz);
        Self { rate_hz, samples: sample(frames.start)..sample(frames.end), block_samples: i64::from(rate_hz / 10).max(1) }
    }
}

/// Target of an export.
#[derive(Clone, Debug)]
pub enum ExportTarget {
    /// No output: everything is rendered and mixed, nothing is encoded.
    Null,
    /// A media file or an image sequence.
    File {
        /// Final name.
        path: PathBuf,
        /// Container, codecs and their settings.
        settings: Box<WriteSettings>,
        /// What the file has beside pictures and sound, with times in the file.
        extras: Box<FileExtras>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_ranges_share_no_sample_and_miss_none() {
        let rate = FrameRate::new(30000, 1001).unwrap();
        let whole = AudioRange::of_frames(&(0..1000), rate, 44_100);
        let mut end = 0;
        for n in 0..1000 {
            let part = AudioRange::of_frames(&(n..n + 1), rate, 44_100);
            assert_eq!(part.samples.start, end);
            end = part.samples.end;
        }
        assert_eq!(whole.samples, 0..end);
        // 1000 frames at 29.97 fps last 33.366… s.
        assert_eq!(end, (1000.0_f64 * 1001.0 / 30000.0 * 44_100.0).round() as i64);
    }
}
