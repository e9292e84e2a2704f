//! One video stream of a media file, or numbered pictures, frame by frame as they are decoded, for analysing them.
use crate::{Library, PipelineError, file_store};
use cutroom_cache::Store;
use cutroom_media::{DecodedFrame, MediaError, MediaIndex, MediaLocation, ReadOptions, VideoInfo, VideoReader};
use cutroom_types::{CancelToken, Span};
use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

/// An open video stream.
pub struct PictureFile {
    path: PathBuf,
    reader: VideoReader,
    info: VideoInfo,
    cancel: CancelToken,
}

impl PictureFile {
    /// Opens a stream of a file, counted as `probe` does.
    ///
    /// # Errors
    /// The file cannot be read, or has no such stream.
    pub fn open(store: &Arc<Store>, path: &Path, stream: usize, cancel: &CancelToken) -> Result<Self, PipelineError> {
        Self::of(file_store::index(store, path, cancel).0?, stream, ReadOptions::default(), cancel)
    }

    /// Opens a stream of a medium in a library.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn of_library(
        library: &Library,
        location: &MediaLocation,
        stream: usize,
        options: ReadOptions,
        cancel: &CancelToken,
    ) -> Result<Self, PipelineError> {
        let scanned = library.scan(std::slice::from_ref(location), cancel).pop();
        let stopped = || MediaError::Stopped { path: location.path.clone() };
        Self::of(scanned.unwrap_or_else(|| Err(stopped()))?, stream, options, cancel)
    }

    fn of(index: Arc<MediaIndex>, stream: usize, options: ReadOptions, cancel: &CancelToken) -> Result<Self, PipelineError> {
        let (path, count) = (index.info().path.clone(), index.info().video.len());
        let Some(info) = index.info().video.get(stream).cloned() else {
            return Err(MediaError::NoStream { path, kind: "video", index: stream, count }.into());
        };
        let reader = VideoReader::open_indexed(index, stream, options)?;
        Ok(Self { path, reader, info, cancel: cancel.clone() })
    }

    /// Description of the stream.
    pub fn info(&self) -> &VideoInfo {
        &self.info
    }

    /// Number of frames.
    pub fn frame_count(&self) -> usize {
        self.reader.frame_count()
    }

    /// The frames that are presented during a span of source time.
    ///
    /// # Errors
    /// Frames that cannot be decoded.
    pub fn frames_in(&mut self, span: Span) -> Result<Range<usize>, PipelineError> {
        let last = self.reader.frame_at(span.end())?;
        let end = last.index + usize::from(last.span.start < span.end());
        let first = self.reader.frame_at(span.start)?.index;
        Ok(first..end.max(first + 1).min(self.frame_count()))
    }

    /// Decodes frames in order of time.
    ///
    /// # Errors
    /// Frames that cannot be decoded; [`MediaError::Stopped`] once it is cancelled.
    pub fn each_frame(&mut self, frames: Range<usize>, mut each: impl FnMut(&DecodedFrame)) -> Result<(), PipelineError> {
        for frame in frames {
            if self.cancel.is_cancelled() {
                return Err(MediaError::Stopped { path: self.path.clone() }.into());
            }
            each(&self.reader.frame(frame)?);
        }
        Ok(())
    }
}
