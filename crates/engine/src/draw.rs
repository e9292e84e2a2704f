//! The render thread: decodes and draws frames, one after the other, out of the way of updates.
use crate::{EngineError, jobs::NoThread};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};
use cutroom_pipeline::{
    DrawnBy, FrameKey, FrameReader, OpenComposition, OutputSpec, PipelineError, RenderOptions, Renderer, Screen, in_standard_range,
    jpeg_spec, output_spec,
};
use cutroom_project::Composition;
use cutroom_timeline::RenderScale;
use cutroom_types::{CancelToken, ColorTags, Picture, PictureFormat, Primaries, Transfer};
use std::{
    collections::VecDeque,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

/// Maximum number of orders that wait for the render thread.
const MAX_ORDERS: usize = 8;

/// A frame to be drawn.
#[derive(Clone)]
pub struct DrawOrder {
    /// Number of the request.
    pub request: u64,
    /// The frame.
    pub frame: i64,
    /// At which scale.
    pub scale: RenderScale,
    /// Of which composition.
    pub composition: Arc<OpenComposition>,
    /// Whether the frames that follow will probably be ordered next.
    pub is_sequential: bool,
    /// Cancelled when nobody wants the frame any more.
    pub token: CancelToken,
}

/// For what pictures are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawOutput {
    /// For video of a format, in the colours of the composition.
    Video(PictureFormat),
    /// For JPEG files, and displays of standard range: PQ and HLG are tone-mapped.
    Jpeg,
    /// For a window on a display of standard range: codes of red, green and blue, PQ and HLG
    /// tone-mapped.
    Screen,
}

impl DrawOutput {
    fn spec(self, composition: &Composition) -> OutputSpec {
        match self {
            Self::Video(format) => output_spec(composition, format),
            Self::Jpeg => jpeg_spec(composition, true),
            Self::Screen => output_spec(composition, PictureFormat::RGB8),
        }
    }
}

/// What a [`Drawer`] draws: with a frame's plan, this decides its pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Draws {
    /// For what.
    pub output: DrawOutput,
    /// What draws them.
    pub by: DrawnBy,
}

impl Draws {
    /// The key of frame `n` at a scale; `None` if a file cannot be read any more.
    ///
    /// # Errors
    /// The frame cannot be planned.
    pub fn key(&self, open: &OpenComposition, n: i64, scale: RenderScale) -> Result<Option<FrameKey>, PipelineError> {
        let output = self.output.spec(open.composition());
        Ok(open.frame_key(&open.frame_plan(n, scale)?, &output, &self.by))
    }
}

/// Draws frames: the pipeline, or a test.
pub trait Drawer: Send {
    /// What it draws.
    fn draws(&self) -> Draws;

    /// Decodes and draws a frame.
    ///
    /// # Errors
    /// Any failure of planning, decoding or drawing.
    fn draw(&mut self, order: &DrawOrder) -> Result<Picture, EngineError>;
}

/// Draws by the pipeline; its decoders stay open between frames and states of the document.
pub struct PipelineDrawer {
    renderer: Renderer,
    output: DrawOutput,
    reader: Option<FrameReader>,
    /// The frame that the reader delivers next.
    next: Option<i64>,
    scale: RenderScale,
}

impl PipelineDrawer {
    /// A drawer of pictures.
    ///
    /// # Errors
    /// The renderer's back end is not available.
    pub fn new(options: RenderOptions, output: DrawOutput) -> Result<Self, EngineError> {
        Ok(Self::with(Renderer::new(options).map_err(PipelineError::from)?, output))
    }

    /// A drawer of pictures that stay on the device of a window.
    pub fn on_screen(screen: &Screen, options: RenderOptions) -> Self {
        Self::with(Renderer::on_screen(screen, options), DrawOutput::Screen)
    }

    fn with(renderer: Renderer, output: DrawOutput) -> Self {
        Self { renderer, output, reader: None, next: None, scale: RenderScale::FULL }
    }
}

impl Drawer for PipelineDrawer {
    fn draws(&self) -> Draws {
        Draws { output: self.output, by: DrawnBy::from(&self.renderer) }
    }

    fn draw(&mut self, order: &DrawOrder) -> Result<Picture, EngineError> {
        let reader = self.reader.get_or_insert_with(|| order.composition.frames(0..0));
        if !Arc::ptr_eq(reader.composition(), &order.composition) {
            reader.retarget(Arc::clone(&order.composition));
            self.next = None;
        }
        if self.scale != order.scale {
            reader.set_scale(order.scale);
            (self.scale, self.next) = (order.scale, None);
        }
        if self.next != Some(order.frame) {
            let last = if order.is_sequential { order.composition.frame_count() } else { order.frame };
            reader.seek(order.frame..last.max(order.frame + 1));
        }
        // After an error the reader is sought again.
        self.next = None;
        let output = self.output.spec(order.composition.composition());
        let transfer = order.composition.composition().color.transfer;
        let for_standard_range = matches!(self.output, DrawOutput::Jpeg | DrawOutput::Screen);
        let picture = if for_standard_range && transfer.is_hdr() {
            // Those who look at JPEG files have displays of standard range.
            let wide = output_spec(order.composition.composition(), PictureFormat { bits: 16, ..PictureFormat::RGB8 });
            let picture = reader.next_picture(&mut self.renderer, &wide)?;
            let seen = ColorTags { primaries: Primaries::Bt709, transfer: Transfer::Srgb, ..output.color };
            in_standard_range(&picture, &mut self.renderer, &OutputSpec { color: seen, ..output })?
        } else {
            reader.next_picture(&mut self.renderer, &output)?
        };
        self.next = Some(order.frame + 1);
        Ok(picture)
    }
}

/// What the render thread says about an order.
pub(crate) enum DrawAnswer {
    /// It is being drawn.
    Begun(u64),
    /// It ended; `None` if it was cancelled before it began. The last says whether the picture may be
    /// kept: not if a file has turned out to be another one, or if something else drew than keys say.
    Ended(u64, Option<Result<Picture, EngineError>>, bool),
}

/// The render thread with its bounded queues.
pub(crate) struct DrawThread {
    orders: Option<Sender<DrawOrder>>,
    answers: Receiver<DrawAnswer>,
    /// Answers that came while somebody waited for one.
    stash: VecDeque<DrawAnswer>,
    thread: Option<JoinHandle<()>>,
    outstanding: usize,
}

impl DrawThread {
    pub fn new(mut drawer: Box<dyn Drawer>) -> Result<Self, NoThread> {
        let (orders, queue) = bounded::<DrawOrder>(MAX_ORDERS);
        // Each order has two answers, so that the thread never waits for an update.
        let (answer, answers) = bounded(2 * (MAX_ORDERS + 2));
        let by = drawer.draws().by;
        let run = move || {
            for order in queue {
                let mut result = None;
                if !order.token.is_cancelled() {
                    // The engine is gone if there is no receiver.
                    if answer.send(DrawAnswer::Begun(order.request)).is_err() {
                        return;
                    }
                    result = Some(drawer.draw(&order));
                }
                // Nor may it be if a card has failed, and the key says that it drew.
                let keeps = !order.composition.is_stale() && drawer.draws().by == by;
                if answer.send(DrawAnswer::Ended(order.request, result, keeps)).is_err() {
                    return;
                }
            }
        };
        let name = "render".to_owned();
        let thread = thread::Builder::new().name(name.clone()).spawn(run).map_err(|source| NoThread { name, source })?;
        Ok(Self { orders: Some(orders), answers, stash: VecDeque::new(), thread: Some(thread), outstanding: 0 })
    }

    /// Orders a frame; `false` if the queue is full.
    ///
    /// # Errors
    /// The thread has ended.
    pub fn order(&mut self, order: DrawOrder) -> Result<bool, EngineError> {
        if self.outstanding >= MAX_ORDERS {
            return Ok(false);
        }
        match self.orders.as_ref().map(|orders| orders.try_send(order)) {
            Some(Ok(())) => {
                self.outstanding += 1;
                Ok(true)
            }
            Some(Err(TrySendError::Full(_))) => Ok(false),
            Some(Err(TrySendError::Disconnected(_))) | None => Err(EngineError::RenderThread),
        }
    }

    /// The next answer, if there is one.
    ///
    /// # Errors
    /// The thread has ended although orders are not answered.
    pub fn answer(&mut self) -> Result<Option<DrawAnswer>, EngineError> {
        let answer = match self.stash.pop_front() {
            Some(answer) => Some(answer),
            None => match self.answers.try_recv() {
                Ok(answer) => Some(answer),
                Err(crossbeam_channel::TryRecvError::Empty) => None,
                Err(crossbeam_channel::TryRecvError::Disconnected) if self.outstanding == 0 => None,
                Err(crossbeam_channel::TryRecvError::Disconnected) => {
                    self.outstanding = 0;
                    return Err(EngineError::RenderThread);
                }
            },
        };
        if matches!(answer, Some(DrawAnswer::Ended(..))) {
            self.outstanding -= 1;
        }
        Ok(answer)
    }

    /// Orders that are not answered.
    pub fn outstanding(&self) -> usize {
        self.outstanding
    }

    /// Waits until there is an answer, or for `time`.
    pub fn wait(&mut self, time: Duration) {
        if !self.stash.is_empty() {
            return;
        }
        match self.answers.recv_timeout(time) {
            Ok(answer) => self.stash.push_back(answer),
            Err(RecvTimeoutError::Timeout) => {}
            // The next update notices it.
            Err(RecvTimeoutError::Disconnected) => thread::sleep(time),
        }
    }
}

impl Drop for DrawThread {
    fn drop(&mut self) {
        self.orders = None;
        let (_, gone) = bounded(0);
        self.answers = gone;
        // A panic of the thread has been reported by the missing answer.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
