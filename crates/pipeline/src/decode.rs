//! Media readers as sources of frames, with their complaints collected.
use crate::{FrameSource, PipelineError};
use cutroom_media::{DecodeReport, MediaIndex, ReadOptions, VideoReader};
use cutroom_types::{Picture, Time};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

/// What decoders had to conceal, by file.
#[derive(Default)]
pub(crate) struct DecodeLog(Mutex<BTreeMap<PathBuf, DecodeReport>>);

impl DecodeLog {
    pub fn add(&self, file: PathBuf, report: DecodeReport) {
        if report.is_clean() {
            return;
        }
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = files.entry(file).or_default();
        sum.errors += report.errors;
        sum.concealed_frames += report.concealed_frames;
        sum.missing_frames += report.missing_frames;
        sum.messages.extend(report.messages);
        sum.messages.dedup();
    }
    /// One line for each file.
    pub fn lines(&self) -> Vec<String> {
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let line = |(file, r): (&PathBuf, &DecodeReport)| {
            let first = r.messages.first().map_or(String::new(), |m| format!(" ({m})"));
            format!(
                "{}: {} decoding errors, {} frames concealed, {} frames missing and replaced by their neighbour{first}",
                file.display(),
                r.errors,
                r.concealed_frames,
                r.missing_frames
            )
        };
        files.iter().map(line).collect()
    }
}

/// A video stream of a file.
pub(crate) struct VideoStream {
    reader: VideoReader,
    log: Arc<DecodeLog>,
}

impl VideoStream {
    pub fn open(index: &Arc<MediaIndex>, stream: usize, threads: usize, log: Arc<DecodeLog>) -> Result<Self, PipelineError> {
        let options = ReadOptions { threads, ..ReadOptions::default() };
        Ok(Self { reader: VideoReader::open_indexed(Arc::clone(index), stream, options)?, log })
    }
}

impl FrameSource for VideoStream {
    fn picture_at(&mut self, time: Time) -> Result<Picture, PipelineError> {
        Ok(self.reader.frame_at(time)?.picture)
    }
}

impl Drop for VideoStream {
    fn drop(&mut self) {
        self.log.add(self.reader.index().info().path.clone(), self.reader.report());
    }
}
