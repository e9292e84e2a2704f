//! An open composition: a validated document with its scanned files, from which frames and audio
//! are made. It borrows nothing, so that a session can store it, and is reopened cheaply after an
//! edit.
use crate::{
    AudioMix, DrawnFrames, FrameReader, Library, OpenSource, PipelineError,
    decode::VideoStream,
    decoder_pool::FrameSource,
    effect_sounds,
    facts::{facts_of, read_options, upright_size},
    fonts,
    frames::DrawnOn,
    handles,
    luts::{self, Luts},
    offline::{self, Offline},
    proxy::{OpenProxy, ProxyScale, ProxyUse, choose, pixels_drawn_as_one},
    svg,
    validate::validate_media,
};
use cutroom_cache::Key;
use cutroom_drawing::{FontSet, Svg};
use cutroom_effects::Catalog;
use cutroom_media::{DecodeChoice, MediaError, MediaIndex, ReadOptions};
use cutroom_project::{Composition, MediaFacts, Problem, Project, TrackKind};
use cutroom_render::{OutputSpec, Renderer, graph::FrameGraph};
use cutroom_timeline::{
    AudioPlan, FramePlan, LeftOut, PlanError, PlanKey, RenderScale, SourceFrame, StreamKind, Timeline, reachable, source_uses,
};
use cutroom_types::{CancelToken, CompositionId, DeviceId, MediaId, Picture, Size};
use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// A scanned file that the composition uses.
#[derive(Clone, Debug)]
pub(crate) struct Scanned {
    pub path: PathBuf,
    pub index: Result<Arc<MediaIndex>, MediaError>,
}

/// How the files of a composition are decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenOptions {
    /// Threads per decoder; 0 for an equal share of the cores, assuming one decoder per video
    /// track.
    pub decode_threads: usize,
    /// Number of other users of the cores in addition to the decoders: an encoder that uses all
    /// cores counts as one.
    pub others: usize,
    /// Which proxies are read instead of their files.
    pub proxies: ProxyUse,
    /// Whether a slate and silence stand for files that are missing; otherwise they are problems.
    pub offline: bool,
    /// What decodes video streams.
    pub decode: DecodeChoice,
    /// The card that decodes; `None`: the one that draws, or else the first.
    pub card: Option<DeviceId>,
}

/// A composition whose document and files are valid, ready to return frames and audio. It can be
/// shared between threads.
#[derive(Clone)]
pub struct OpenComposition {
    timeline: Timeline<Arc<Project>>,
    library: Arc<Library>,
    files: BTreeMap<MediaId, Arc<MediaIndex>>,
    luts: Luts,
    fonts: FontSet,
    /// Hash of the files of fonts that are not shipped.
    font_files: Key,
    /// What identifies the content of the files, found when it is needed first.
    contents: Arc<BTreeMap<MediaId, OnceLock<Option<Key>>>>,
    /// The media that are drawings.
    svgs: BTreeMap<MediaId, Arc<Svg>>,
    /// Warnings, in words: where transitions and audio need more than their files contain, and what
    /// is unusual about the files.
    notes: Vec<String>,
    options: OpenOptions,
    /// Threads per decoder.
    decode_threads: usize,
    /// The proxies of video streams, the largest first, and the upright sizes of those streams.
    proxies: BTreeMap<(MediaId, usize), Vec<OpenProxy>>,
    sizes: BTreeMap<(MediaId, usize), Size>,
    /// Media whose files are missing, and for which something stands in.
    offline: BTreeMap<MediaId, Offline>,
    /// Whether a file was opened that is not the one that was scanned any more.
    is_stale: Arc<AtomicBool>,
}

impl OpenComposition {
    /// Validates the document, scans the files that the composition uses and that the library has
    /// not scanned yet, and validates the clips against them. `cancel` is checked often during a
    /// scan; files that are not scanned because of it are reported as problems.
    ///
    /// # Errors
    /// All problems: those of the document, then those of media files and clips, then those of LUT
    /// files.
    pub fn open(
        project: Project,
        composition: &CompositionId,
        catalog: &Catalog,
        library: &Arc<Library>,
        options: OpenOptions,
        cancel: &CancelToken,
    ) -> Result<Self, Vec<Problem>> {
        let make = |project| Timeline::new(project, composition, catalog);
        Self::make(project, composition, catalog, library, options, cancel, make)
    }

    /// The same composition after an edit of the project: unchanged files are not scanned again,
    /// and unchanged tracks are not prepared again.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn edited(&self, project: Project, cancel: &CancelToken) -> Result<Self, Vec<Problem>> {
        self.reopened(project, self.options, cancel)
    }

    /// As [`Self::edited`], with files that are decoded in another way.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn reopened(&self, project: Project, options: OpenOptions, cancel: &CancelToken) -> Result<Self, Vec<Problem>> {
        let (composition, catalog) = (&self.composition().id, self.timeline.catalog());
        Self::make(project, composition, catalog, &self.library, options, cancel, |project| self.timeline.after(project))
    }

    /// Whether media, proxies, look-up tables and fonts have the content that they had for another state,
    /// as far as both use them, so that frames differ by the documents only.
    pub fn reads_what(&self, before: &Self) -> bool {
        let luts = |c: &Self| c.luts.iter().map(|(path, (_, content))| (path.clone(), *content)).collect::<BTreeMap<_, _>>();
        let proxies = |c: &Self| c.proxies().collect::<Vec<_>>();
        let same = |(media, index): (&MediaId, &Arc<MediaIndex>)| {
            let old = before.files.get(media);
            old.is_none_or(|old| Arc::ptr_eq(old, index) && self.content_of(media) == before.content_of(media))
        };
        let (old, new) = (luts(before), luts(self));
        self.files.iter().all(same)
            && self.offline.keys().eq(before.offline.keys())
            && new.iter().all(|(path, content)| old.get(path).is_none_or(|old| old == content))
            && self.font_files == before.font_files
            && self.options.proxies == before.options.proxies
            && proxies(self) == proxies(before)
    }

    /// Whether a file has been found to be another one than when it was opened: pictures that were drawn
    /// since may show either.
    pub fn is_stale(&self) -> bool {
        self.is_stale.load(Ordering::Relaxed)
    }

    /// The proxies of the video streams that it uses.
    pub fn proxies(&self) -> impl Iterator<Item = (MediaId, usize, ProxyScale)> {
        self.proxies.iter().flat_map(|((media, stream), some)| some.iter().map(|p| (media.clone(), *stream, p.scale)))
    }

    fn make(
        mut project: Project,
        composition: &CompositionId,
        catalog: &Catalog,
        library: &Arc<Library>,
        options: OpenOptions,
        cancel: &CancelToken,
        timeline: impl FnOnce(Arc<Project>) -> Result<Timeline<Arc<Project>>, PlanError>,
    ) -> Result<Self, Vec<Problem>> {
        // The facts stored in the project may be out of date; they are replaced by those of the
        // scan.
        let stored: Vec<Option<MediaFacts>> = project.media.iter_mut().map(|m| m.facts.take()).collect();
        let mut problems = cutroom_timeline::validate(&project, catalog);
        let refuse =
            |e: PlanError| Problem { json_path: "compositions".into(), clip: None, code: e.code(), message: e.to_string() };
        let used = || Ok((reachable(&project, composition)?, source_uses(&project, composition, catalog)?));
        let (compositions, uses) = match used() {
            Ok(used) => used,
            // Validation has reported the cause already, unless it is the requested composition's
            // id.
            Err(_) if !problems.is_empty() => return Err(problems),
            Err(e) => return Err(vec![refuse(e)]),
        };
        let named: HashSet<&MediaId> = uses.iter().map(|u| &u.media).collect();
        let in_use: Vec<_> = project.media.iter().filter(|m| named.contains(&m.id)).collect();
        let locations: Vec<_> = in_use.iter().map(|m| library.location(m)).collect();
        let indexes = library.scan(&locations, cancel);
        let mut scanned: BTreeMap<MediaId, Scanned> = in_use
            .iter()
            .zip(locations.into_iter().zip(indexes))
            .map(|(media, (location, index))| (media.id.clone(), Scanned { path: location.path, index }))
            .collect();
        let mut offline = BTreeMap::new();
        if options.offline {
            offline = offline::take(&mut scanned, &project, &stored, composition, &uses);
        }
        for (media, stored) in project.media.iter_mut().zip(stored) {
            if offline.contains_key(&media.id) {
                media.facts = stored;
                continue;
            }
            media.facts = scanned.get(&media.id).and_then(|s| s.index.as_ref().ok()).map(|index| facts_of(index.info()));
        }
        let found = validate_media(&project, &uses, &scanned);
        problems.extend(found.problems);
        let mut notes = found.warnings;
        let luts = luts::read(&project, &compositions, catalog, library, &mut problems, &mut notes);
        effect_sounds::check(&project, &compositions, catalog, library, &mut problems);
        let (fonts, font_files) = fonts::gather(&project, &compositions, library, &mut problems, &mut notes);
        let found = scanned.iter().filter(|(_, s)| s.index.is_ok()).map(|(id, s)| (id, s.path.as_path())).collect();
        let svgs = svg::read(&project, &found, &mut problems, &mut notes);
        if !problems.is_empty() {
            return Err(problems);
        }
        notes.extend(handles::warnings(&project, composition, catalog, &scanned));
        notes.extend(offline.iter().map(|(id, lost)| lost.warning(id)));
        let (mut proxies, mut sizes) = (BTreeMap::new(), BTreeMap::new());
        if options.proxies != ProxyUse::Off {
            for used in uses.iter().filter(|u| u.kind == StreamKind::Video) {
                let key = (used.media.clone(), used.stream);
                let (Some(media), Some(Scanned { index: Ok(index), .. })) = (project.media(&used.media), scanned.get(&used.media))
                else {
                    continue;
                };
                let Some(video) =
                    index.info().video.get(used.stream).filter(|_| !index.info().is_still && !sizes.contains_key(&key))
                else {
                    continue;
                };
                let found = library.proxies_of(media, index, used.stream, &mut notes, cancel);
                sizes.insert(key.clone(), upright_size(video));
                if !found.is_empty() {
                    proxies.insert(key, found);
                }
            }
        }
        let timeline = timeline(Arc::new(project)).map_err(|e| vec![refuse(e)])?;
        let contents = scanned.keys().map(|id| (id.clone(), OnceLock::new())).collect();
        let files = scanned.into_iter().filter_map(|(id, s)| s.index.ok().map(|index| (id, index))).collect();
        let decode_threads = match options.decode_threads {
            0 => shared_cores(timeline.composition(), options.others),
            threads => threads,
        };
        let contents = Arc::new(contents);
        let library = Arc::clone(library);
        Ok(Self {
            timeline,
            library,
            files,
            luts,
            fonts,
            font_files,
            contents,
            svgs,
            notes,
            options,
            decode_threads,
            proxies,
            sizes,
            offline,
            is_stale: Arc::default(),
        })
    }

    /// The same composition with decoders that share the cores with `others` other users, unless
    /// the number of their threads was given when it was opened.
    #[must_use]
    pub fn beside(&self, others: usize) -> Self {
        let options = OpenOptions { others, ..self.options };
        let decode_threads = match options.decode_threads {
            0 => shared_cores(self.composition(), others),
            threads => threads,
        };
        Self { options, decode_threads, ..self.clone() }
    }

    /// The document, with the facts of the files that the composition uses.
    pub fn project(&self) -> &Project {
        self.timeline.project()
    }

    /// The media that are drawings.
    pub(crate) fn svgs(&self) -> &BTreeMap<MediaId, Arc<Svg>> {
        &self.svgs
    }

    /// The composition that is open.
    pub fn composition(&self) -> &Composition {
        self.timeline.composition()
    }

    /// The library that holds the files.
    pub fn library(&self) -> &Arc<Library> {
        &self.library
    }

    /// Number of frames of the composition.
    pub fn frame_count(&self) -> i64 {
        self.timeline.frame_count()
    }

    /// Whether any clip is audible in a range of samples.
    ///
    /// # Errors
    /// [`PipelineError::Plan`].
    pub fn has_audio(&self, samples: &Range<i64>) -> Result<bool, PipelineError> {
        Ok(self.timeline.has_audio(samples)?)
    }

    /// A reader of a range of frames, which decodes ahead.
    pub fn frames(self: &Arc<Self>, frames: Range<i64>) -> FrameReader {
        FrameReader::new(Arc::clone(self), frames)
    }

    /// Draws one frame. To draw several, use one [`FrameReader`], which keeps its decoders open.
    ///
    /// # Errors
    /// Any error of planning, decoding or drawing.
    pub fn frame(self: &Arc<Self>, n: i64, renderer: &mut Renderer, output: &OutputSpec) -> Result<Picture, PipelineError> {
        self.frames(n..n + 1).next_picture(renderer, output)
    }

    /// Draws one frame at another scale.
    ///
    /// # Errors
    /// As [`Self::frame`].
    pub fn frame_at_scale(
        self: &Arc<Self>,
        n: i64,
        scale: RenderScale,
        renderer: &mut Renderer,
        output: &OutputSpec,
    ) -> Result<Picture, PipelineError> {
        let mut frames = self.frames(n..n + 1);
        frames.set_scale(scale);
        frames.next_picture(renderer, output)
    }

    /// The passes that draw one frame, and the key of its pixels.
    ///
    /// # Errors
    /// As drawing it.
    pub fn graph(self: &Arc<Self>, n: i64, output: &OutputSpec) -> Result<(PlanKey, FrameGraph), PipelineError> {
        let (plan, graph) = self.frames(n..n + 1).next_graph(output)?;
        Ok((plan.picture_key(), graph))
    }

    /// A mixer of the composition's audio.
    ///
    /// # Errors
    /// A rate or channel count that cannot be mixed.
    pub fn sound(self: &Arc<Self>) -> Result<AudioMix, PipelineError> {
        AudioMix::new(Arc::clone(self))
    }

    /// Warnings, in words: frames that transitions hold and audio that is silent because a source
    /// is too short, what the scan found unusual about the files, and what decoders that are closed
    /// had to conceal.
    pub fn warnings(&self) -> Vec<String> {
        let files = self.files.values().map(|index| index.info());
        let odd = files.flat_map(|i| i.warnings.iter().map(|w| format!("{}: {w}", i.path.display())));
        self.notes.iter().cloned().chain(odd).chain(self.library.log().lines()).collect()
    }

    /// How frames of compositions of its library were drawn so far.
    pub fn drawn(&self) -> DrawnFrames {
        self.library.log().drawn()
    }

    /// What draws, and how it gets the pictures that are decoded on a graphics card, in words.
    pub fn drawn_by(&self, renderer: &Renderer) -> String {
        let card = self.drawn().summary().map_or(String::new(), |summary| format!("; {summary}"));
        renderer.describe() + &card
    }

    /// The fonts of its texts.
    pub fn fonts(&self) -> &FontSet {
        &self.fonts
    }

    pub(crate) fn font_files(&self) -> Key {
        self.font_files
    }

    /// What identifies the content of a media's file as it was when this was asked first; `None` if it cannot
    /// be read.
    pub(crate) fn content_of(&self, media: &MediaId) -> Option<Key> {
        let find = || self.library.content(&self.library.location(self.project().media(media)?));
        *self.contents.get(media)?.get_or_init(find)
    }

    /// Finds what identifies the content of all files, so that keys of frames cost little from then on: a
    /// file that is met for the first time is read in part.
    pub fn find_contents(&self) {
        self.contents.keys().for_each(|media| _ = self.content_of(media));
    }

    /// The LUTs of effects, by path as written in the document.
    pub(crate) fn luts(&self) -> &Luts {
        &self.luts
    }

    /// Plan of frame `n` at a scale; nothing is decoded.
    ///
    /// # Errors
    /// [`PipelineError::Plan`].
    pub fn frame_plan(&self, n: i64, scale: RenderScale) -> Result<FramePlan, PipelineError> {
        let plan = self.plan(n)?;
        Ok(if scale == RenderScale::FULL { plan } else { plan.at_scale(scale) })
    }

    pub(crate) fn plan(&self, n: i64) -> Result<FramePlan, PipelineError> {
        Ok(self.timeline.frame(n)?)
    }

    pub(crate) fn explain(&self, n: i64) -> Result<(FramePlan, Vec<LeftOut>), PipelineError> {
        Ok(self.timeline.explain(n)?)
    }

    pub(crate) fn timeline_sound(&self, first_sample: i64, samples: usize) -> Result<AudioPlan, PlanError> {
        self.timeline.sound(first_sample, samples)
    }

    /// The number of its samples.
    pub(crate) fn sample_count(&self) -> i64 {
        self.timeline.sample_count()
    }

    pub(crate) fn plan_audio(&self, first_sample: i64, samples: usize) -> Result<AudioPlan, PipelineError> {
        Ok(self.timeline.sound(first_sample, samples)?)
    }

    pub(crate) fn index(&self, media: &MediaId) -> Result<&Arc<MediaIndex>, PipelineError> {
        self.files.get(media).ok_or_else(|| PipelineError::NoMedia { id: media.clone() })
    }

    /// The options with which decoders of a media are opened; `None` if the project has no such
    /// media.
    fn read_options(&self, media: &MediaId) -> Option<ReadOptions> {
        self.project().media(media).map(|m| ReadOptions {
            decode: self.options.decode,
            card: self.options.card,
            ..read_options(m, self.decode_threads)
        })
    }

    /// Media whose files are missing, and for which something stands in.
    pub(crate) fn offline(&self, media: &MediaId) -> Option<&Offline> {
        self.offline.get(media)
    }

    /// The proxy, counted from 1 in the order of [`ProxyScale::ALL`], that is read for each of the
    /// source frames of a plan; 0 for the file itself.
    ///
    /// [`ProxyScale::ALL`]: crate::ProxyScale::ALL
    pub(crate) fn read_from(&self, plan: &FramePlan, frames: &[SourceFrame]) -> Vec<usize> {
        if self.proxies.is_empty() {
            return vec![0; frames.len()];
        }
        let drawn = pixels_drawn_as_one(plan, &self.sizes);
        let of = |frame: &SourceFrame| {
            let proxies = self.proxies.get(&(frame.media.clone(), frame.stream))?;
            let pixels = drawn.get(frame).copied().unwrap_or(1.0);
            choose(proxies, self.options.proxies, pixels).map(|proxy| 1 + proxy.scale as usize)
        };
        frames.iter().map(|frame| of(frame).unwrap_or(0)).collect()
    }

    fn proxy(&self, media: &MediaId, stream: usize, number: usize) -> Option<&OpenProxy> {
        self.proxies.get(&(media.clone(), stream))?.iter().find(|p| 1 + p.scale as usize == number)
    }

    /// Whether decoders of a media, or of its proxy of this number, that were opened for `before` can be
    /// used for this composition.
    pub(crate) fn reads_as(&self, before: &Self, media: &MediaId, number: usize) -> bool {
        if number > 0 {
            let files = |c: &Self| -> Vec<usize> {
                let streams = c.proxies.iter().filter(|((m, _), _)| m == media).flat_map(|(_, some)| some);
                streams.map(|p| Arc::as_ptr(&p.index).addr()).collect()
            };
            let options = |c: &Self| (c.decode_threads, c.options.decode, c.options.card);
            return files(self) == files(before) && options(self) == options(before);
        }
        let same_file = match (self.files.get(media), before.files.get(media)) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            _ => false,
        };
        same_file && self.read_options(media) == before.read_options(media)
    }

    /// The function with which a decode thread opens a stream, or its proxy of this number. Frames that
    /// are decoded on the device that draws stay there.
    pub(crate) fn opener(self: &Arc<Self>, number: usize, drawn_on: &Arc<DrawnOn>) -> Arc<OpenSource> {
        let (composition, drawn_on) = (Arc::clone(self), Arc::clone(drawn_on));
        Arc::new(move |media, stream| {
            if let Some(lost) = composition.offline(media) {
                return Ok(Box::new(lost.slate()?) as Box<dyn FrameSource>);
            }
            let (keep_on, in_software) = (drawn_on.keep_on(), drawn_on.in_software());
            if let Some(proxy) = composition.proxy(media, stream, number) {
                let log = Arc::clone(composition.library.log());
                let OpenOptions { decode, card, .. } = composition.options;
                let threads = composition.decode_threads;
                let decode = if in_software { DecodeChoice::Software } else { decode };
                let options = ReadOptions { threads, decode, keep_on, card, ..ReadOptions::default() };
                return Ok(Box::new(VideoStream::open_proxy(&proxy.index, proxy.pictures, options, log)?) as Box<dyn FrameSource>);
            }
            let unknown = || PipelineError::NoMedia { id: media.clone() };
            let (index, options) = (composition.index(media)?, composition.read_options(media).ok_or_else(unknown)?);
            let decode = if in_software { DecodeChoice::Software } else { options.decode };
            let options = ReadOptions { keep_on, decode, ..options };
            let location = composition.project().media(media).map(|m| composition.library.location(m));
            if location.is_some_and(|location| !composition.library.is_as_scanned(&location)) {
                composition.is_stale.store(true, Ordering::Relaxed);
            }
            let log = Arc::clone(composition.library.log());
            Ok(Box::new(VideoStream::open(index, stream, options, log)?) as Box<dyn FrameSource>)
        })
    }
}

/// The threads per decoder: an equal share of the cores, assuming one decoder per video track. More
/// threads only wait for each other and displace frames from the caches: with x264 and two decoders
/// on two cores, one thread each reduced the time of the whole export by 4 %.
fn shared_cores(composition: &Composition, others: usize) -> usize {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let sources = composition.tracks.iter().filter(|t| t.kind == TrackKind::Video).count().max(1);
    (cores / (sources + others)).max(1)
}
