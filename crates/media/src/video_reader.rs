//! A reader of pictures by presentation time: of a file's video stream, or of numbered pictures.
use crate::{
    error::MediaError,
    index::MediaIndex,
    report::DecodeReport,
    row_reader::RowReader,
    svg,
    video::{DecodedFrame, ReadOptions, StreamReader},
};
use cutroom_types::Time;
use std::{path::Path, sync::Arc};

/// Reads one video stream, or numbered pictures.
pub struct VideoReader(Kind);

enum Kind {
    Stream(Box<StreamReader>),
    Row(Box<RowReader>),
}

impl VideoReader {
    /// Opens a file; `video_stream` counts as in [`crate::MediaInfo::video`], with attached
    /// pictures after the others.
    ///
    /// # Errors
    /// The file cannot be opened, or has no such stream, or no decoder for it.
    pub fn open(path: &Path, video_stream: usize, options: ReadOptions) -> Result<Self, MediaError> {
        Self::open_indexed(MediaIndex::scan(path)?, video_stream, options)
    }

    /// As [`Self::open`], with an existing index, of numbered pictures too.
    ///
    /// # Errors
    /// As [`Self::open`]; also when the stream has no frames.
    pub fn open_indexed(index: Arc<MediaIndex>, video_stream: usize, options: ReadOptions) -> Result<Self, MediaError> {
        if index.info.container == svg::NAME {
            return Err(MediaError::Unsupported {
                path: index.info.path.clone(),
                what: "reading an SVG without drawing it".into(),
            });
        }
        let tables = index.tables()?;
        match index.row.clone().filter(|_| video_stream < tables.video.len()) {
            Some(row) => Ok(Self(Kind::Row(Box::new(RowReader::new(index, tables, row, options))))),
            None => Ok(Self(Kind::Stream(Box::new(StreamReader::open_indexed(index, video_stream, options)?)))),
        }
    }

    /// The index that the reader uses.
    pub fn index(&self) -> &Arc<MediaIndex> {
        match &self.0 {
            Kind::Stream(r) => r.index(),
            Kind::Row(r) => r.index(),
        }
    }

    /// Number of frames in the stream.
    pub fn frame_count(&self) -> usize {
        match &self.0 {
            Kind::Stream(r) => r.frame_count(),
            Kind::Row(r) => r.frame_count(),
        }
    }

    /// Number of frames that the decoder has output so far: the cost of the requests.
    pub fn decoded_frames(&self) -> u64 {
        match &self.0 {
            Kind::Stream(r) => r.decoded_frames(),
            Kind::Row(r) => r.decoded_frames(),
        }
    }

    /// Problems met so far.
    pub fn report(&self) -> DecodeReport {
        match &self.0 {
            Kind::Stream(r) => r.report(),
            Kind::Row(r) => r.report(),
        }
    }

    /// The frame shown at `t`; the first frame before the start, the last one after the end.
    ///
    /// # Errors
    /// The stream yields no frames at all, the source is stuck, or its frames have a layout that is
    /// not supported. Of numbered pictures also: a file is gone, cannot be decoded, or differs from
    /// the first one.
    pub fn frame_at(&mut self, t: Time) -> Result<DecodedFrame, MediaError> {
        match &mut self.0 {
            Kind::Stream(r) => r.frame_at(t),
            Kind::Row(r) => {
                let i = r.frame_at(t);
                r.frame(i)
            }
        }
    }

    /// Frame number `i` in presentation order; numbers past the end return the last frame.
    ///
    /// # Errors
    /// As [`Self::frame_at`].
    pub fn frame(&mut self, i: usize) -> Result<DecodedFrame, MediaError> {
        match &mut self.0 {
            Kind::Stream(r) => r.frame(i),
            Kind::Row(r) => r.frame(i),
        }
    }
}
