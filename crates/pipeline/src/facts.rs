//! What the document and a scanned file say about each other: facts that the document stores, sizes,
//! and how pictures are read.
use cutroom_media::{MediaInfo, ReadOptions, VideoInfo};
use cutroom_project::{Media, MediaFacts};
use cutroom_types::{Size, TimeDelta};

/// The options with which a file's pictures are read, according to the document.
pub(crate) fn read_options(media: &Media, threads: usize) -> ReadOptions {
    ReadOptions { threads, deinterlace: media.deinterlace, field_order: media.field_order, ..ReadOptions::default() }
}

/// A stream's size in square pixels, with its orientation applied.
pub fn upright_size(v: &VideoInfo) -> Size {
    let (n, d) = (u64::from(v.sample_aspect.0), u64::from(v.sample_aspect.1.max(1)));
    let width = (u64::from(v.size.width) * n + d / 2) / d;
    v.orientation.apply(Size { width: u32::try_from(width).unwrap_or(u32::MAX), height: v.size.height })
}

/// The facts about a file that the document stores.
pub fn facts_of(info: &MediaInfo) -> MediaFacts {
    let picture = info.video.first();
    MediaFacts {
        duration: (!info.is_still && info.duration > TimeDelta::ZERO).then_some(info.duration),
        size: picture.map(upright_size),
        frame_rate: picture.filter(|_| !info.is_still).and_then(|v| v.nominal_rate.or(v.average_rate)),
        picture_end: picture.filter(|_| !info.is_still).map(|v| v.span.end().since_zero()),
        frame_durations: info.video.iter().map(|v| v.frame_duration.filter(|_| !info.is_still).unwrap_or_default()).collect(),
        video_streams: Some(info.video.len()),
        audio_streams: Some(info.audio.len()),
        ..MediaFacts::default()
    }
}
