//! A checked composition with its files: what frames and sound of it are made from.
use crate::{
    FrameSource, FrameStream, OpenSource, PipelineError, SoundProgramme,
    check::check_media,
    decode::{DecodeLog, VideoStream, read_options},
    handles,
    looks::{self, Looks},
};
use cutroom_effects::Catalog;
use cutroom_media::{MediaError, MediaIndex, MediaInfo, VideoInfo};
use cutroom_project::{Composition, MediaFacts, Problem, Project, TrackKind};
use cutroom_render::{OutputSpec, Renderer, graph::FrameGraph};
use cutroom_timeline::{FramePlan, LeftOut, PlanKey, SoundPlan, SourceUse, Timeline, reached, source_uses};
use cutroom_types::{CancelToken, CompositionId, MediaId, Picture, Size, TimeDelta};
use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

/// Files scanned at once.
const SCANNING_THREADS: usize = 4;

/// A file after its one scan.
#[derive(Clone, Debug)]
pub(crate) struct Scanned {
    pub path: PathBuf,
    pub index: Result<Arc<MediaIndex>, MediaError>,
}

/// A composition whose document and files were found good, ready to give frames and sound. Shared freely between threads.
pub struct Footage {
    timeline: Timeline<Arc<Project>>,
    files: Arc<BTreeMap<MediaId, Arc<MediaIndex>>>,
    looks: Looks,
    /// What transitions and sound miss beyond the ends of their files, in words.
    notes: Vec<String>,
    /// For each decoder; 0 for one per core.
    decode_threads: usize,
    log: Arc<DecodeLog>,
}

impl Footage {
    /// Checks the document, scans the files that the composition uses (once each), and checks what it wants of them. Relative
    /// paths start at `folder`; `decode_threads` are for each decoder, 0 for what [`Self::share_cores`] finds with nothing else at work.
    ///
    /// # Errors
    /// Everything that is wrong, in document order.
    pub fn open(
        project: Project,
        folder: &Path,
        composition: &CompositionId,
        catalog: &Catalog,
        decode_threads: usize,
    ) -> Result<Self, Vec<Problem>> {
        Self::open_until(project, folder, composition, catalog, decode_threads, &CancelToken::new())
    }
    /// As [`Self::open`]; `cancel` is looked at often while files are scanned, and what is not
    /// scanned then is a problem.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_until(
        mut project: Project,
        folder: &Path,
        composition: &CompositionId,
        catalog: &Catalog,
        decode_threads: usize,
        cancel: &CancelToken,
    ) -> Result<Self, Vec<Problem>> {
        // Facts in the file may be old; they are found anew.
        project.media.iter_mut().for_each(|m| m.facts = None);
        let mut problems = cutroom_project::validate(&project);
        problems.extend(cutroom_timeline::check(&project, catalog));
        let refuse = |e: cutroom_timeline::PlanError| Problem {
            json_path: "compositions".into(),
            clip: None,
            code: e.code(),
            message: e.to_string(),
        };
        let used = || Ok((reached(&project, composition)?, source_uses(&project, composition, catalog)?));
        let (compositions, uses) = match used() {
            Ok(used) => used,
            // Validation has said it already, unless it is about the composition asked for.
            Err(_) if !problems.is_empty() => return Err(problems),
            Err(e) => return Err(vec![refuse(e)]),
        };
        let scanned = scan(&project, folder, &uses, cancel);
        for media in &mut project.media {
            media.facts = scanned.get(&media.id).and_then(|s| s.index.as_ref().ok()).map(|index| facts_of(index.info()));
        }
        let found = check_media(&project, &uses, &scanned);
        problems.extend(found.problems);
        let mut notes = found.warnings;
        let looks = looks::read(&project, &compositions, catalog, folder, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        notes.extend(handles::warnings(&project, composition, catalog, &scanned));
        let timeline = Timeline::new(Arc::new(project), composition, catalog).map_err(|e| vec![refuse(e)])?;
        let files = scanned.into_iter().filter_map(|(id, s)| s.index.ok().map(|index| (id, index))).collect();
        let mut footage = Self { timeline, files: Arc::new(files), looks, notes, decode_threads, log: Arc::default() };
        if decode_threads == 0 {
            footage.share_cores(0);
        }
        Ok(footage)
    }
    /// Gives each decoder an equal part of the cores, with a source per video track and `others` beside them (an encoder that fills
    /// all cores counts as one). Threads beyond that only wait for each other and push frames out of the caches: with x264 and
    /// two decoders on two cores, one thread each took 4 % off the whole export.
    pub fn share_cores(&mut self, others: usize) {
        let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let sources = self.composition().tracks.iter().filter(|t| t.kind == TrackKind::Video).count().max(1);
        self.decode_threads = (cores / (sources + others)).max(1);
    }
    /// The document, with the facts of the files in use.
    pub fn project(&self) -> &Project {
        self.timeline.project()
    }
    /// The composition.
    pub fn composition(&self) -> &Composition {
        self.timeline.composition()
    }
    /// Frames of the composition.
    pub fn frame_count(&self) -> i64 {
        self.timeline.frame_count()
    }
    /// Whether anything can be heard in a run of samples.
    ///
    /// # Errors
    /// [`PipelineError::Plan`].
    pub fn has_sound(&self, samples: &Range<i64>) -> Result<bool, PipelineError> {
        Ok(self.timeline.has_sound(samples)?)
    }
    /// The run of frames, decoded ahead.
    pub fn frames(&self, frames: Range<i64>) -> FrameStream<'_> {
        FrameStream::new(self, frames)
    }
    /// One frame.
    ///
    /// # Errors
    /// What planning, decoding or drawing met.
    pub fn frame(&self, n: i64, renderer: &mut Renderer, output: &OutputSpec) -> Result<Picture, PipelineError> {
        self.frames(n..n + 1).next_picture(renderer, output)
    }
    /// The work that drawing one frame takes, and the key of its pixels.
    ///
    /// # Errors
    /// As drawing it.
    pub fn graph(&self, n: i64, output: &OutputSpec) -> Result<(PlanKey, FrameGraph), PipelineError> {
        let (plan, graph) = self.frames(n..n + 1).next_graph(output)?;
        Ok((plan.picture_key(), graph))
    }
    /// The sound programme.
    ///
    /// # Errors
    /// A rate or channel count that cannot be mixed.
    pub fn sound(&self) -> Result<SoundProgramme<'_>, PipelineError> {
        SoundProgramme::new(self)
    }
    /// Frames that transitions hold and sound that is silent for want of material, what was odd about the files while they were scanned, and what decoders that have ended had to conceal, in words.
    pub fn warnings(&self) -> Vec<String> {
        let files = self.files.values().map(|index| index.info());
        let odd = files.flat_map(|i| i.warnings.iter().map(|w| format!("{}: {w}", i.path.display())));
        self.notes.iter().cloned().chain(odd).chain(self.log.lines()).collect()
    }
    /// What readers met that have ended.
    pub(crate) fn log(&self) -> &Arc<DecodeLog> {
        &self.log
    }
    /// Looks that effects name, by path as written.
    pub(crate) fn looks(&self) -> &Looks {
        &self.looks
    }
    pub(crate) fn plan(&self, n: i64) -> Result<FramePlan, PipelineError> {
        Ok(self.timeline.frame(n)?)
    }
    pub(crate) fn explain(&self, n: i64) -> Result<(FramePlan, Vec<LeftOut>), PipelineError> {
        Ok(self.timeline.explain(n)?)
    }
    pub(crate) fn plan_sound(&self, first_sample: i64, samples: usize) -> Result<SoundPlan, PipelineError> {
        Ok(self.timeline.sound(first_sample, samples)?)
    }
    pub(crate) fn index(&self, media: &MediaId) -> Result<&Arc<MediaIndex>, PipelineError> {
        self.files.get(media).ok_or_else(|| PipelineError::NoMedia { id: media.clone() })
    }
    /// What a decoding thread opens a stream with.
    pub(crate) fn opener(&self) -> Arc<OpenSource> {
        let (files, log) = (Arc::clone(&self.files), Arc::clone(&self.log));
        let media = self.project().media.iter();
        let options: BTreeMap<_, _> = media.map(|m| (m.id.clone(), read_options(m, self.decode_threads))).collect();
        Arc::new(move |media, stream| {
            let unknown = || PipelineError::NoMedia { id: media.clone() };
            let (index, options) = files.get(media).zip(options.get(media).copied()).ok_or_else(unknown)?;
            Ok(Box::new(VideoStream::open(index, stream, options, Arc::clone(&log))?) as Box<dyn FrameSource>)
        })
    }
}

/// A stream's size in square pixels after its orientation has been applied.
pub fn upright_size(v: &VideoInfo) -> Size {
    let (n, d) = (u64::from(v.sample_aspect.0), u64::from(v.sample_aspect.1.max(1)));
    let width = (u64::from(v.size.width) * n + d / 2) / d;
    v.orientation.apply(Size { width: u32::try_from(width).unwrap_or(u32::MAX), height: v.size.height })
}

/// What the document may know of a file.
pub fn facts_of(info: &MediaInfo) -> MediaFacts {
    let picture = info.video.first();
    MediaFacts {
        duration: (!info.is_still && info.duration > TimeDelta::ZERO).then_some(info.duration),
        size: picture.map(upright_size),
        frame_rate: picture.filter(|_| !info.is_still).and_then(|v| v.nominal_rate.or(v.average_rate)),
        video_streams: Some(info.video.len()),
        audio_streams: Some(info.audio.len()),
        ..MediaFacts::default()
    }
}

/// Where a media's file is.
pub fn media_path(folder: &Path, path: &str) -> PathBuf {
    // Shorter in messages than "./film.mp4".
    if folder == Path::new(".") { path.into() } else { folder.join(path) }
}

/// Scans the files in use, several at once.
fn scan(project: &Project, folder: &Path, uses: &[SourceUse], cancel: &CancelToken) -> BTreeMap<MediaId, Scanned> {
    let wanted: HashSet<&MediaId> = uses.iter().map(|u| &u.media).collect();
    let used: Vec<_> = project.media.iter().filter(|m| wanted.contains(&m.id)).collect();
    let mut scanned = BTreeMap::new();
    for some in used.chunks(SCANNING_THREADS) {
        thread::scope(|scope| {
            let open = |path: PathBuf| {
                let index = MediaIndex::scan_until(&path, cancel);
                Scanned { path, index }
            };
            let running: Vec<_> = some.iter().map(|m| (m, scope.spawn(move || open(media_path(folder, &m.path))))).collect();
            for (media, thread) in running {
                let path = media_path(folder, &media.path);
                let defect = || MediaError::NotMedia { path: path.clone(), reason: "scanning it panicked".into() };
                let result = thread.join().unwrap_or_else(|_| Scanned { path: path.clone(), index: Err(defect()) });
                scanned.insert(media.id.clone(), result);
            }
        });
    }
    scanned
}
