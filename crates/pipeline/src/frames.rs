//! Reads frames of a composition with decoding ahead: a range in order, or single frames at any
//! position.
use crate::{DecoderPool, DeviceLost, OpenComposition, Pending, PipelineError, ProxyScale};
use cutroom_drawing::{FontSet, Svg};
use cutroom_effects::lut::Lut;
use cutroom_render::{
    FrameReport, OutputSpec, RenderError, Renderer, SourcePictures, Submitted,
    graph::{self, FrameGraph},
};
use cutroom_timeline::{FramePlan, LeftOut, RenderScale, SourceFrame};
use cutroom_types::{DeviceId, Picture};
use std::{
    collections::{HashMap, VecDeque},
    ops::Range,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Maximum number of frames whose source pictures are requested before they are drawn. It bounds
/// the decoded pictures held for each source.
const FRAMES_AHEAD: usize = 4;
/// No further frame is requested ahead while this many pictures are: a frame may need hundreds.
const PICTURES_AHEAD: usize = 128;

/// The files themselves, and the scales of proxies.
const POOLS: usize = 1 + ProxyScale::ALL.len();

/// A frame's plan and its requested pictures.
type RequestedFrame = (FramePlan, Vec<Pending>);

/// Reads frames of an open composition; they are planned and decoded ahead of
/// [`FrameReader::next_picture`]. Its decoders stay open when it continues at another position
/// ([`FrameReader::seek`]) and when the composition is edited ([`FrameReader::retarget`]).
pub struct FrameReader {
    composition: Arc<OpenComposition>,
    /// The decoders of files, and those of their proxies of each scale.
    pools: [DecoderPool; POOLS],
    /// Frames that are requested and not drawn yet. An error is returned when its frame is due.
    /// Pictures of entries that are dropped are not decoded.
    ahead: VecDeque<Result<RequestedFrame, PipelineError>>,
    /// Frames that are being drawn, in order.
    in_flight: VecDeque<Result<Submitted, PipelineError>>,
    /// How many of the first of those are no longer needed: they are finished in order and
    /// discarded.
    stale: usize,
    to_plan: Range<i64>,
    scale: RenderScale,
    /// Time spent waiting for decoded pictures.
    waited: Duration,
    drawn_on: Arc<DrawnOn>,
}

/// What decoders know of what draws.
#[derive(Default)]
pub(crate) struct DrawnOn {
    /// The device on which the first renderer draws pictures that were decoded there; known before
    /// the first decoder is opened.
    device: OnceLock<Option<DeviceId>>,
    /// Whether a card has lost what it had decoded, so that the processor decodes from then on.
    in_software: AtomicBool,
}

impl DrawnOn {
    /// The device on which decoded pictures stay.
    pub fn keep_on(&self) -> Option<DeviceId> {
        self.device.get().copied().flatten()
    }

    /// Whether decoders are to be opened without a card.
    pub fn in_software(&self) -> bool {
        self.in_software.load(Ordering::Relaxed)
    }
}

impl FrameReader {
    pub(crate) fn new(composition: Arc<OpenComposition>, frames: Range<i64>) -> Self {
        let drawn_on = Arc::default();
        let pools = std::array::from_fn(|number| DecoderPool::new(composition.opener(number, &drawn_on)));
        Self {
            composition,
            pools,
            ahead: VecDeque::new(),
            in_flight: VecDeque::new(),
            stale: 0,
            to_plan: frames,
            scale: RenderScale::FULL,
            waited: Duration::ZERO,
            drawn_on,
        }
    }

    /// How long it has waited for decoded pictures.
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// The composition that is read.
    pub fn composition(&self) -> &Arc<OpenComposition> {
        &self.composition
    }

    /// Draws at another scale from the next frame on, for previews; sources are decoded as before, unless
    /// proxies are used.
    pub fn set_scale(&mut self, scale: RenderScale) {
        if scale == self.scale {
            return;
        }
        let start = self.next_number();
        self.seek(start..self.to_plan.end.max(start));
        self.scale = scale;
    }

    /// Continues with another range of frames. Requests ahead are cancelled unless their decoding
    /// has begun.
    pub fn seek(&mut self, frames: Range<i64>) {
        self.ahead.clear();
        self.stale = self.in_flight.len();
        self.to_plan = frames;
    }

    /// Reads another state of the composition from the next frame on: requests ahead are cancelled
    /// and repeated, and decoders of files whose reading is unchanged are kept.
    pub fn retarget(&mut self, composition: Arc<OpenComposition>) {
        let start = self.next_number();
        self.seek(start..self.to_plan.end.max(start));
        let before = std::mem::replace(&mut self.composition, composition);
        let now = &self.composition;
        for (number, pool) in self.pools.iter_mut().enumerate() {
            pool.retarget(now.opener(number, &self.drawn_on), |media| now.reads_as(&before, media, number));
        }
    }

    /// Draws the next frame of the range. After the last one it continues with the frames that
    /// follow it.
    ///
    /// # Errors
    /// Any error of planning, decoding or drawing.
    pub fn next_picture(&mut self, renderer: &mut Renderer, output: &OutputSpec) -> Result<Picture, PipelineError> {
        self.again_if_lost(|reader| reader.draw_next(renderer, output))
    }

    /// Does something, and once more with decoders without a card if decoded pictures are lost with their
    /// card.
    fn again_if_lost<T>(&mut self, mut work: impl FnMut(&mut Self) -> Result<T, PipelineError>) -> Result<T, PipelineError> {
        let n = self.next_number();
        match work(self) {
            Err(PipelineError::Render(RenderError::Download(why))) if !self.drawn_on.in_software() => {
                tracing::warn!(frame = n, %why, "decoded pictures are lost with their card; the processor decodes them again");
                self.drawn_on.in_software.store(true, Ordering::Relaxed);
                for (number, pool) in self.pools.iter_mut().enumerate() {
                    pool.retarget(self.composition.opener(number, &self.drawn_on), |_| false);
                }
                self.ahead.clear();
                // They are made of such pictures, too.
                self.in_flight.clear();
                self.stale = 0;
                self.to_plan = n..self.to_plan.end.max(n);
                work(self)
            }
            other => other,
        }
    }

    /// The number of the frame that is delivered next.
    fn next_number(&self) -> i64 {
        self.to_plan.start - (self.ahead.len() + self.in_flight.len() - self.stale) as i64
    }

    /// Keeps how frame `n` was drawn.
    fn note(&self, n: i64, report: &FrameReport, renderer: &Renderer) {
        let log = self.composition.library().log();
        if let Some(reason) = report.device_lost.clone() {
            let continued_by = renderer.describe();
            tracing::warn!(frame = n, reason, continued_by, "a graphics device failed, and the frame was drawn again");
            log.add_lost(DeviceLost { from_frame: n, reason, continued_by });
        }
        log.add_drawn(report);
    }

    fn draw_next(&mut self, renderer: &mut Renderer, output: &OutputSpec) -> Result<Picture, PipelineError> {
        self.drawn_on.device.get_or_init(|| renderer.imports_from());
        let n = self.next_number();
        let stale: Vec<_> = self.in_flight.drain(..std::mem::take(&mut self.stale)).flatten().collect();
        for stale in stale {
            let frame = tracing::info_span!("finish").in_scope(|| renderer.finish(stale))?;
            if frame.report.device_lost.is_some() {
                self.note(n, &frame.report, renderer);
            }
        }
        let first = match self.in_flight.pop_front() {
            Some(submitted) => submitted?,
            None => self.begin(renderer, output)?,
        };
        // An error of a later frame is returned when that frame is due.
        while 1 + self.in_flight.len() < renderer.frames_in_flight() && self.has_more() && self.in_flight.iter().all(Result::is_ok)
        {
            let submitted = self.begin(renderer, output);
            self.in_flight.push_back(submitted);
        }
        let frame = tracing::info_span!("finish").in_scope(|| renderer.finish(first))?;
        self.note(n, &frame.report, renderer);
        Ok(frame.picture)
    }

    /// Draws the next frame of the range in several forms, each at its scale; it is decoded once. For a reader
    /// that is drawn at full scale otherwise.
    ///
    /// # Errors
    /// As [`Self::next_picture`].
    pub fn next_in_forms(
        &mut self,
        renderer: &mut Renderer,
        forms: &[(RenderScale, OutputSpec)],
    ) -> Result<Vec<Picture>, PipelineError> {
        self.again_if_lost(|reader| reader.draw_forms(renderer, forms))
    }

    fn draw_forms(&mut self, renderer: &mut Renderer, forms: &[(RenderScale, OutputSpec)]) -> Result<Vec<Picture>, PipelineError> {
        self.drawn_on.device.get_or_init(|| renderer.imports_from());
        let n = self.next_number();
        let (plan, pictures) = self.next_fetched()?;
        let draw = |(scale, output): &(RenderScale, OutputSpec)| {
            let scaled = (*scale != RenderScale::FULL).then(|| plan.at_scale(*scale));
            let submitted = renderer.begin(scaled.as_ref().unwrap_or(&plan), &pictures, output)?;
            let frame = renderer.finish(submitted)?;
            self.note(n, &frame.report, renderer);
            Ok(frame.picture)
        };
        tracing::info_span!("draw forms", forms = forms.len()).in_scope(|| forms.iter().map(draw).collect())
    }

    /// Draws frame `n`, whatever the reader's position; nothing is decoded ahead.
    ///
    /// # Errors
    /// As [`Self::next_picture`].
    pub fn picture(&mut self, n: i64, renderer: &mut Renderer, output: &OutputSpec) -> Result<Picture, PipelineError> {
        self.seek(n..n + 1);
        self.next_picture(renderer, output)
    }

    /// The plan of the next frame and the passes that draw it.
    pub(crate) fn next_graph(&mut self, output: &OutputSpec) -> Result<(FramePlan, FrameGraph), PipelineError> {
        let (plan, left_out) = self.composition.explain(self.to_plan.start)?;
        let plan = self.scaled(plan);
        self.to_plan.start += 1;
        let pending = self.request(&plan)?;
        let pictures = self.fetched(pending)?;
        let mut graph = graph::graph(&plan, &pictures, output)?;
        graph.eliminated.extend(left_out.iter().map(LeftOut::to_string));
        Ok((plan, graph))
    }

    /// One source picture, whatever the reader's position.
    pub(crate) fn sample(&mut self, frame: &SourceFrame) -> Result<Picture, PipelineError> {
        let mut pending = self.pools[0].request(vec![frame.clone()])?;
        let pending = pending.pop().ok_or_else(|| PipelineError::Stopped { media: frame.media.clone() })?;
        Ok(pending.wait()?.1)
    }

    fn fetched(&self, pending: Vec<Pending>) -> Result<Fetched, PipelineError> {
        let _span = tracing::info_span!("wait for pictures", pictures = pending.len()).entered();
        let pictures = pending.into_iter().map(Pending::wait).collect::<Result<_, _>>()?;
        Ok(Fetched { pictures, composition: Arc::clone(&self.composition) })
    }

    fn has_more(&self) -> bool {
        !self.ahead.is_empty() || self.to_plan.start < self.to_plan.end
    }

    /// Begins drawing the next frame, and requests the pictures of the frames after it.
    fn begin(&mut self, renderer: &mut Renderer, output: &OutputSpec) -> Result<Submitted, PipelineError> {
        let (plan, pictures) = self.next_fetched()?;
        Ok(tracing::info_span!("draw").in_scope(|| renderer.begin(&plan, &pictures, output))?)
    }

    /// The plan of the next frame with its pictures; requests those of the frames after it.
    fn next_fetched(&mut self) -> Result<(FramePlan, Fetched), PipelineError> {
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
        let started = Instant::now();
        let pictures = self.fetched(pending);
        self.waited += started.elapsed();
        Ok((plan, pictures?))
    }

    fn scaled(&self, plan: FramePlan) -> FramePlan {
        if self.scale == RenderScale::FULL { plan } else { plan.at_scale(self.scale) }
    }

    fn request_frame(&mut self) -> Result<RequestedFrame, PipelineError> {
        let _span = tracing::info_span!("plan", frame = self.to_plan.start).entered();
        let plan = self.scaled(self.composition.plan(self.to_plan.start)?);
        self.to_plan.start += 1;
        let pending = self.request(&plan)?;
        Ok((plan, pending))
    }

    /// Requests the pictures of a frame that are decoded.
    fn request(&mut self, plan: &FramePlan) -> Result<Vec<Pending>, PipelineError> {
        let mut frames = plan.source_frames();
        frames.retain(|frame| !self.composition.svgs().contains_key(&frame.media));
        let from = self.composition.read_from(plan, &frames);
        let mut pending = Vec::with_capacity(frames.len());
        for (number, pool) in self.pools.iter_mut().enumerate() {
            let own = frames.iter().zip(&from).filter(|(_, from)| **from == number).map(|(frame, _)| frame.clone());
            pending.extend(pool.request(own.collect())?);
        }
        Ok(pending)
    }
}

/// The source pictures and LUTs of one frame.
struct Fetched {
    pictures: HashMap<SourceFrame, Picture>,
    composition: Arc<OpenComposition>,
}

impl SourcePictures for Fetched {
    fn picture(&self, frame: &SourceFrame) -> Option<Picture> {
        self.pictures.get(frame).cloned()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FrameSource, Library, OpenOptions, output_spec};
    use cutroom_effects::Catalog;
    use cutroom_media::write::{Rate, VideoSettings, WriteSettings, Writer};
    use cutroom_render::{Backend, RenderOptions};
    use cutroom_timeline::SourceFrames;
    use cutroom_types::{
        CancelToken, ColorTags, DeviceFrame, DownloadError, FrameRate, Packing, PictureFormat, Plane, Size, Surface, SurfaceMemory,
        Time,
    };

    /// A surface on a card that was reset.
    struct Gone;

    impl Surface for Gone {
        fn memory(&self) -> SurfaceMemory {
            SurfaceMemory::Unshared
        }

        fn download(&self) -> Result<Vec<Plane>, DownloadError> {
            Err(DownloadError("the card was reset".into()))
        }
    }

    /// A decoder whose pictures were on it.
    struct OnCard;

    impl FrameSource for OnCard {
        fn picture_at(&mut self, _: Time, _: SourceFrames) -> Result<Picture, PipelineError> {
            let surface = Arc::new(Gone);
            let frame = DeviceFrame { device: DeviceId([1; 16]), packing: Packing::Nv12, surface, only: None };
            Ok(Picture::on_device(PictureFormat::YUV420P8, Size { width: 16, height: 16 }, ColorTags::BT709, frame))
        }
    }

    /// Writes lossless grey frames, each of another grey.
    fn film(path: &std::path::Path) {
        let (size, rate) = (Size { width: 16, height: 16 }, FrameRate::new(25, 1).unwrap());
        let mut video = VideoSettings::new("ffv1", size, rate).unwrap();
        video.rate = Rate::Lossless;
        let settings = WriteSettings { container: "mkv".into(), video: Some(video), sound: None, metadata: vec![] };
        let mut writer = Writer::create(path, &settings, false).unwrap();
        for n in 0..25 {
            let planes = vec![vec![16 + 5 * n; 16 * 16], vec![128; 8 * 8], vec![128; 8 * 8]];
            writer.push_picture(&Picture::from_planes(PictureFormat::YUV420P8, size, ColorTags::BT709, planes).unwrap()).unwrap();
        }
        writer.finish().unwrap();
    }

    #[test]
    fn pictures_that_are_lost_with_their_card_are_decoded_again() {
        let dir = tempfile::tempdir().unwrap();
        film(&dir.path().join("a.mkv"));
        let document = r#"{"schema_version": 2, "main": "m", "media": [{"id": "a", "path": "a.mkv"}], "compositions": [
            {"id": "m", "size": {"width": 32, "height": 32}, "frame_rate": 25, "tracks": [{"id": "v", "clips": [
                {"id": "c", "source": {"type": "media", "media": "a"}, "start": 0, "duration": "1s"}]}]}]}"#;
        let project: cutroom_project::Project = serde_json::from_str(document).unwrap();
        let library = Arc::new(Library::new(dir.path()));
        let main = project.main.clone();
        let opened =
            OpenComposition::open(project, &main, &Catalog::builtin(), &library, OpenOptions::default(), &CancelToken::new());
        let film = Arc::new(opened.unwrap());
        let mut renderer = Renderer::new(RenderOptions { backend: Backend::Cpu, ..RenderOptions::default() }).unwrap();
        let spec = output_spec(film.composition(), PictureFormat::YUV420P8);
        let bytes = |picture: &Picture| (0..picture.planes[0].rows()).flat_map(|y| picture.planes[0].row(y).to_vec()).collect();
        let mut draw = |reader: &mut FrameReader| -> Vec<u8> { bytes(&reader.next_picture(&mut renderer, &spec).unwrap()) };
        let mut reader = film.frames(5..15);
        let expected: Vec<_> = (5..15).map(|_| draw(&mut reader)).collect();
        let mut reader = film.frames(5..15);
        let first: Vec<_> = (5..8).map(|_| draw(&mut reader)).collect();
        // The card is reset: what was decoded ahead is gone.
        reader.ahead.clear();
        reader.to_plan = 8..15;
        reader.pools[0] = DecoderPool::new(Arc::new(|_, _| Ok(Box::new(OnCard) as Box<dyn FrameSource>)));
        let rest: Vec<_> = (8..15).map(|_| draw(&mut reader)).collect();
        assert!([first, rest].concat() == expected && reader.drawn_on.in_software());
    }
}
