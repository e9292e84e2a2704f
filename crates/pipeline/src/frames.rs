//! Frames of a composition with decoding ahead: a run in order, or wherever somebody looks.
use crate::{DecoderPool, OpenComposition, Pending, PipelineError};
use cutroom_effects::lut::Lut;
use cutroom_render::{
    OutputSpec, Renderer, SourcePictures, Submitted,
    graph::{self, FrameGraph},
};
use cutroom_timeline::{FramePlan, LeftOut, SourceFrame};
use cutroom_types::Picture;
use std::{
    collections::{HashMap, VecDeque},
    ops::Range,
    sync::Arc,
};

/// Frames whose source pictures are asked for before they are drawn. Bounds the decoded pictures
/// held for each source.
const FRAMES_AHEAD: usize = 4;
/// Nothing more is asked for ahead while this many pictures are: frames may need hundreds.
const PICTURES_AHEAD: usize = 128;

/// A frame's plan and its pictures.
type RequestedFrame = (FramePlan, Vec<Pending>);

/// Reads frames of an open composition: planned and decoded ahead of [`FrameReader::next_picture`].
/// Its decoders stay open when it goes elsewhere ([`FrameReader::seek`]) and when the composition
/// is edited ([`FrameReader::retarget`]).
pub struct FrameReader {
    composition: Arc<OpenComposition>,
    threads: DecoderPool,
    /// Frames asked for and not drawn yet; an error of one waits for its turn. What is dropped from
    /// here is not decoded.
    ahead: VecDeque<Result<RequestedFrame, PipelineError>>,
    /// Frames that are being drawn, the next one first.
    in_flight: VecDeque<Result<Submitted, PipelineError>>,
    /// How many of those nobody wants any more: they are finished, in order, and thrown away.
    stale: usize,
    to_plan: Range<i64>,
}

impl FrameReader {
    pub(crate) fn new(composition: Arc<OpenComposition>, frames: Range<i64>) -> Self {
        let threads = DecoderPool::new(composition.opener());
        Self { composition, threads, ahead: VecDeque::new(), in_flight: VecDeque::new(), stale: 0, to_plan: frames }
    }

    /// The composition that is read.
    pub fn composition(&self) -> &Arc<OpenComposition> {
        &self.composition
    }

    /// Goes on with another run of frames. What was asked for ahead is cancelled, as far as its
    /// decoding has not begun.
    pub fn seek(&mut self, frames: Range<i64>) {
        self.ahead.clear();
        self.stale = self.in_flight.len();
        self.to_plan = frames;
    }

    /// Reads another state of the composition from the next frame on: what was asked for ahead is
    /// cancelled and asked for anew, and decoders of files that are read as before go on.
    pub fn retarget(&mut self, composition: Arc<OpenComposition>) {
        let start = self.to_plan.start - self.ahead.len() as i64;
        self.seek(start..self.to_plan.end.max(start));
        let before = std::mem::replace(&mut self.composition, composition);
        let now = &self.composition;
        self.threads.retarget(now.opener(), |media| now.reads_as(&before, media));
    }

    /// Draws the next frame of the run. After the last one it goes on with the frames that follow.
    ///
    /// # Errors
    /// What planning, decoding or drawing met.
    pub fn next_picture(&mut self, renderer: &mut Renderer, output: &OutputSpec) -> Result<Picture, PipelineError> {
        for stale in self.in_flight.drain(..self.stale).flatten() {
            renderer.finish(stale)?;
        }
        self.stale = 0;
        let first = match self.in_flight.pop_front() {
            Some(submitted) => submitted?,
            None => self.begin(renderer, output)?,
        };
        // An error of a later frame waits for its turn.
        while 1 + self.in_flight.len() < renderer.frames_in_flight() && self.has_more() && self.in_flight.iter().all(Result::is_ok)
        {
            let submitted = self.begin(renderer, output);
            self.in_flight.push_back(submitted);
        }
        Ok(renderer.finish(first)?)
    }

    /// Draws frame `n`, wherever the reader was; nothing is decoded ahead.
    ///
    /// # Errors
    /// As [`Self::next_picture`].
    pub fn picture(&mut self, n: i64, renderer: &mut Renderer, output: &OutputSpec) -> Result<Picture, PipelineError> {
        self.seek(n..n + 1);
        self.next_picture(renderer, output)
    }

    /// The next frame's plan and the work that it takes.
    pub(crate) fn next_graph(&mut self, output: &OutputSpec) -> Result<(FramePlan, FrameGraph), PipelineError> {
        let (plan, left_out) = self.composition.explain(self.to_plan.start)?;
        self.to_plan.start += 1;
        let pending = self.threads.request(plan.source_frames())?;
        let pictures = self.fetched(pending)?;
        let mut graph = graph::graph(&plan, &pictures, output)?;
        graph.eliminated.extend(left_out.iter().map(LeftOut::to_string));
        Ok((plan, graph))
    }

    fn fetched(&self, pending: Vec<Pending>) -> Result<Fetched, PipelineError> {
        let pictures = pending.into_iter().map(Pending::wait).collect::<Result<_, _>>()?;
        Ok(Fetched { pictures, composition: Arc::clone(&self.composition) })
    }

    fn has_more(&self) -> bool {
        !self.ahead.is_empty() || self.to_plan.start < self.to_plan.end
    }

    /// Begins the next frame and asks for the pictures of those after it.
    fn begin(&mut self, renderer: &mut Renderer, output: &OutputSpec) -> Result<Submitted, PipelineError> {
        let (plan, pending) = match self.ahead.pop_front() {
            Some(frame) => frame?,
            None => self.request_frame()?,
        };
        let pictures = |frame: &Result<RequestedFrame, _>| frame.as_ref().map_or(0, |(_, pending)| pending.len());
        while self.ahead.len() < FRAMES_AHEAD
            && self.to_plan.start < self.to_plan.end
            && self.ahead.iter().all(Result::is_ok)
            && self.ahead.iter().map(pictures).sum::<usize>() < PICTURES_AHEAD
        {
            let frame = self.request_frame();
            self.ahead.push_back(frame);
        }
        let pictures = self.fetched(pending)?;
        Ok(renderer.begin(&plan, &pictures, output)?)
    }

    fn request_frame(&mut self) -> Result<RequestedFrame, PipelineError> {
        let plan = self.composition.plan(self.to_plan.start)?;
        self.to_plan.start += 1;
        let pending = self.threads.request(plan.source_frames())?;
        Ok((plan, pending))
    }
}

/// What one frame is drawn from.
struct Fetched {
    pictures: HashMap<SourceFrame, Picture>,
    composition: Arc<OpenComposition>,
}

impl SourcePictures for Fetched {
    fn picture(&self, frame: &SourceFrame) -> Option<Picture> {
        self.pictures.get(frame).cloned()
    }

    fn lut(&self, path: &str) -> Option<Arc<Lut>> {
        self.composition.luts().get(path).cloned()
    }
}
