//! Finds the frames of a composition that are pictures of a file as they are, without drawing.
use crate::{FrameReader, OpenComposition, PipelineError};
use cutroom_drawing::{FontSet, Svg};
use cutroom_effects::lut::Lut;
use cutroom_media::MediaIndex;
use cutroom_render::{OutputSpec, SourcePictures, lower};
use cutroom_timeline::{SourceFrame, SourceFrames};
use cutroom_types::{MediaId, Picture};
use std::{collections::HashMap, sync::Arc};

/// Tells of frames whether they are pictures of a file as they are. One picture of each stream is decoded,
/// to learn its layout; streams whose layout changes are not for this.
pub struct UntouchedFrames {
    composition: Arc<OpenComposition>,
    reader: FrameReader,
    samples: Samples,
    output: OutputSpec,
}

impl UntouchedFrames {
    /// Of a composition that is drawn at full scale.
    pub fn new(composition: &Arc<OpenComposition>, output: OutputSpec) -> Self {
        let samples = Samples { composition: Arc::clone(composition), pictures: HashMap::new() };
        Self { composition: Arc::clone(composition), reader: composition.frames(0..0), samples, output }
    }

    /// The picture that frame `n` is, with the file's index; `None` if it is drawn.
    ///
    /// # Errors
    /// Any error of planning, or of decoding the first picture of a stream.
    pub fn source(&mut self, n: i64) -> Result<Option<(SourceFrame, Arc<MediaIndex>)>, PipelineError> {
        let plan = self.composition.plan(n)?;
        let frames = plan.source_frames();
        if frames.iter().any(|f| f.frames != SourceFrames::Nearest || self.composition.svgs().contains_key(&f.media)) {
            return Ok(None);
        }
        for frame in &frames {
            let key = (frame.media.clone(), frame.stream);
            if !self.samples.pictures.contains_key(&key) {
                let picture = self.reader.sample(frame)?;
                self.samples.pictures.insert(key, picture);
            }
        }
        let Some(frame) = lower::untouched_source(&plan, &self.samples, &self.output)? else { return Ok(None) };
        let index = Arc::clone(self.composition.index(&frame.media)?);
        Ok(Some((frame, index)))
    }
}

/// One picture for all of a stream.
struct Samples {
    composition: Arc<OpenComposition>,
    pictures: HashMap<(MediaId, usize), Picture>,
}

impl SourcePictures for Samples {
    fn picture(&self, frame: &SourceFrame) -> Option<Picture> {
        self.pictures.get(&(frame.media.clone(), frame.stream)).cloned()
    }

    fn lut(&self, path: &str) -> Option<Arc<Lut>> {
        self.composition.luts().get(path).map(|(lut, _)| Arc::clone(lut))
    }

    fn vector(&self, frame: &SourceFrame) -> Option<Arc<Svg>> {
        self.composition.svgs().get(&frame.media).cloned()
    }

    fn fonts(&self) -> &FontSet {
        self.composition.fonts()
    }
}
