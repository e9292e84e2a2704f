//! Frames of a composition, in order, with decoding ahead.
use crate::{Footage, Lanes, Pending, PipelineError, looks::Looks};
use cutroom_effects::look::Look;
use cutroom_render::{
    Begun, OutputSpec, Renderer, SourcePictures,
    graph::{self, FrameGraph},
};
use cutroom_timeline::{FramePlan, LeftOut, SourceFrame};
use cutroom_types::Picture;
use std::{
    collections::{HashMap, VecDeque},
    ops::Range,
    sync::Arc,
};

/// Frames whose source pictures are asked for before they are drawn. Bounds the decoded pictures held for each source.
const FRAMES_AHEAD: usize = 4;
/// Nothing more is asked for ahead while this many pictures are: frames may need hundreds.
const PICTURES_AHEAD: usize = 128;

/// A frame's plan and its pictures.
type Asked = (FramePlan, Vec<Pending>);

/// The frames of a run, planned and decoded ahead of [`FrameStream::next_picture`].
pub struct FrameStream<'a> {
    footage: &'a Footage,
    lanes: Lanes,
    /// Frames asked for and not drawn yet; an error of one waits for its turn.
    ahead: VecDeque<Result<Asked, PipelineError>>,
    /// Frames that are being drawn, the next one first.
    under_way: VecDeque<Result<Begun, PipelineError>>,
    to_plan: Range<i64>,
}

impl<'a> FrameStream<'a> {
    pub(crate) fn new(footage: &'a Footage, frames: Range<i64>) -> Self {
        Self { lanes: Lanes::new(footage.opener()), footage, ahead: VecDeque::new(), under_way: VecDeque::new(), to_plan: frames }
    }

    /// Draws the next frame of the run. After the last one it goes on with the frames that follow.
    ///
    /// # Errors
    /// What planning, decoding or drawing met.
    pub fn next_picture(&mut self, renderer: &mut Renderer, output: &OutputSpec) -> Result<Picture, PipelineError> {
        let first = match self.under_way.pop_front() {
            Some(begun) => begun?,
            None => self.begin(renderer, output)?,
        };
        // An error of a later frame waits for its turn.
        while 1 + self.under_way.len() < renderer.frames_under_way() && self.has_more() && self.under_way.iter().all(Result::is_ok)
        {
            let begun = self.begin(renderer, output);
            self.under_way.push_back(begun);
        }
        Ok(renderer.finish(first)?)
    }

    /// The next frame's plan and the work that it takes.
    pub(crate) fn next_graph(&mut self, output: &OutputSpec) -> Result<(FramePlan, FrameGraph), PipelineError> {
        let (plan, left_out) = self.footage.explain(self.to_plan.start)?;
        self.to_plan.start += 1;
        let pending = self.lanes.request(plan.source_frames())?;
        let pictures = self.fetched(pending)?;
        let mut graph = graph::graph(&plan, &pictures, output)?;
        graph.eliminated.extend(left_out.iter().map(LeftOut::to_string));
        Ok((plan, graph))
    }

    fn fetched(&self, pending: Vec<Pending>) -> Result<Fetched<'a>, PipelineError> {
        Ok(Fetched { pictures: pending.into_iter().map(Pending::wait).collect::<Result<_, _>>()?, looks: self.footage.looks() })
    }

    fn has_more(&self) -> bool {
        !self.ahead.is_empty() || self.to_plan.start < self.to_plan.end
    }

    /// Begins the next frame and asks for the pictures of those after it.
    fn begin(&mut self, renderer: &mut Renderer, output: &OutputSpec) -> Result<Begun, PipelineError> {
        let (plan, pending) = match self.ahead.pop_front() {
            Some(frame) => frame?,
            None => self.ask()?,
        };
        let pictures = |frame: &Result<Asked, _>| frame.as_ref().map_or(0, |(_, pending)| pending.len());
        while self.ahead.len() < FRAMES_AHEAD
            && self.to_plan.start < self.to_plan.end
            && self.ahead.iter().all(Result::is_ok)
            && self.ahead.iter().map(pictures).sum::<usize>() < PICTURES_AHEAD
        {
            let frame = self.ask();
            self.ahead.push_back(frame);
        }
        let pictures = self.fetched(pending)?;
        Ok(renderer.begin(&plan, &pictures, output)?)
    }

    fn ask(&mut self) -> Result<Asked, PipelineError> {
        let plan = self.footage.plan(self.to_plan.start)?;
        self.to_plan.start += 1;
        let pending = self.lanes.request(plan.source_frames())?;
        Ok((plan, pending))
    }
}

/// What one frame is drawn from.
struct Fetched<'a> {
    pictures: HashMap<SourceFrame, Picture>,
    looks: &'a Looks,
}

impl SourcePictures for Fetched<'_> {
    fn picture(&self, frame: &SourceFrame) -> Option<Picture> {
        self.pictures.get(frame).cloned()
    }
    fn look(&self, path: &str) -> Option<Arc<Look>> {
        self.looks.get(path).cloned()
    }
}
