//! The index of numbered pictures: their files by name, and the description of the first one.
use crate::{
    error::MediaError,
    index::MediaIndex,
    info::MediaInfo,
    numbered::{MediaLocation, Row},
    video_index::{FrameEntry, VideoIndex},
};
use cutroom_types::{CancelToken, FrameRate, Span, Time};
use std::{path::Path, sync::Arc};

impl MediaIndex {
    /// Opens a file or numbered pictures. As [`Self::scan_until`] for a file; a row is opened by
    /// listing its folder and scanning its first picture. Pictures of another size or format are
    /// found when they are read.
    ///
    /// # Errors
    /// As [`Self::scan_until`]; a row without files, or with gaps that are errors, or whose first
    /// file is no still image.
    pub fn open(location: &MediaLocation, cancel: &CancelToken) -> Result<Arc<Self>, MediaError> {
        Self::open_with(location, |file| Self::scan_until(file, cancel))
    }

    /// As [`Self::open`]; `scan` gives the index of the file, or of the first picture of a row.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with(
        location: &MediaLocation,
        scan: impl FnOnce(&Path) -> Result<Arc<Self>, MediaError>,
    ) -> Result<Arc<Self>, MediaError> {
        let Some(numbered) = location.numbered else { return scan(&location.path) };
        let row = Row::find(&location.path, numbered)?;
        let first = scan(&row.first())?;
        if !first.info.is_still || first.info.video.len() != 1 {
            let what = "a file that is no single picture, in a row of numbered pictures,".into();
            return Err(MediaError::Unsupported { path: row.first(), what });
        }
        Ok(Arc::new(Self::of_row(&first, row, numbered.frame_rate)?))
    }

    fn of_row(first: &Self, row: Row, rate: FrameRate) -> Result<Self, MediaError> {
        let count = row.frames();
        let (start, end) = (Time::ZERO, rate.time_of_frame(count as i64));
        let mut info = MediaInfo {
            path: row.path().to_owned(),
            container: "numbered pictures".into(),
            duration: end - start,
            is_still: false,
            ..first.info.clone()
        };
        info.warnings.extend(row.gaps_in_words());
        for v in &mut info.video {
            (v.frames, v.span) = (count, Span::new(start, end));
            (v.average_rate, v.nominal_rate) = (Some(rate), Some(rate));
            (v.is_constant_rate, v.frame_duration) = (true, Some(rate.frame_duration()));
        }
        let frame = |n| FrameEntry { start: rate.time_of_frame(n as i64), packet: n as u32 };
        let frames = || (0..count).map(frame).collect();
        let of_row = |v: &VideoIndex| VideoIndex { frames: frames(), end, is_constant_rate: true, is_still: false, ..v.clone() };
        let video = first.tables()?.video.iter().map(of_row).collect();
        Ok(Self::whole(info, video, Vec::new(), Some(row)))
    }
}
