//! An export that is ready to be made: its settings are checked, its media files open.
use super::{
    AudioOptions, ExportPhase, ExportProgress, ExportReport, ExportRequest, PhaseTimes, SmartChoice, Verified, VideoOptions,
    asked::Asked, extras, hardware, program,
};
use crate::{
    ApiError, BackendChoice, DeviceLost, ProxyChoice, device_lost,
    loudness::LevelReport,
    overwrite_guard::{self, WrittenFile},
    parse_range,
    session::{self, Session},
    settings::{self, parse_pixel_format},
    subtitles_export::{self, Drafts},
};
use cutroom_export::{
    AudioChoices, Draft, ExportPlan, ExportSettings, NotCopied, PartId, SegmentKind, SettingsError, UnfinishedFiles, VideoChoices,
};
use cutroom_media::{ffmpeg_identity, write::PacketFileReport};
use cutroom_pipeline::{OpenComposition, OpenOptions, PipelineError, RenderOptions};
use cutroom_render::gpu;
use cutroom_timeline::{RenderScale, Timeline};
use cutroom_types::{CancelToken, CompositionId, FrameRate, Time};
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::UNIX_EPOCH,
};

impl ExportRequest {
    /// The settings for the export plan of a composition of `total` frames.
    pub(super) fn settings(&self, rate: FrameRate, total: i64, scale: RenderScale) -> Result<ExportSettings, ApiError> {
        Ok(ExportSettings {
            output: self.output.clone(),
            frames: self.range.as_deref().map(|text| parse_range(text, rate, total)).transpose().map_err(|e| e.field("range"))?,
            video: VideoChoices { scale, ..self.video.choices()? },
            audio: self.audio.choices(),
            lossless: self.lossless,
            render: RenderOptions {
                backend: self.backend.into(),
                threads: self.threads,
                card: self.gpu,
                ..RenderOptions::default()
            },
            frame_hashes: self.frame_hashes.clone(),
            overwrite: self.overwrite,
            metadata: self.metadata.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
            segment_secs: self.segment_secs,
        })
    }
}

impl ExportRequest {
    /// All its paths.
    pub(super) fn paths_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let texts = self.subtitles.iter_mut().map(|s| &mut s.file).chain(self.also.iter_mut().map(|also| &mut also.output));
        let others = [&mut self.output, &mut self.proxy_folder, &mut self.frame_hashes, &mut self.cover, &mut self.presets_file];
        others.into_iter().flatten().chain(texts)
    }

    /// The same with paths that do not depend on the current folder.
    pub(super) fn absolute(&self) -> Self {
        let mut request = self.clone();
        for path in request.paths_mut() {
            *path = std::path::absolute(&*path).unwrap_or_else(|_| path.clone());
        }
        request
    }
}

impl VideoOptions {
    fn choices(&self) -> Result<VideoChoices, ApiError> {
        let Self {
            off, codec, crf, bitrate_bps, max_bitrate_bps, two_passes, preset, profile, pixel_format, stacked_alpha, ..
        } = self.clone();
        let pixel_format = pixel_format.as_deref().map(parse_pixel_format).transpose();
        let pixel_format = pixel_format.map_err(|e| e.field("video.pixel_format"))?;
        Ok(VideoChoices {
            off,
            codec,
            crf,
            bitrate_bps,
            max_bitrate_bps,
            two_passes,
            preset,
            profile,
            pixel_format,
            scale: RenderScale::FULL,
            stacked_alpha,
        })
    }
}

impl AudioOptions {
    fn choices(&self) -> AudioChoices {
        let Self { off, codec, bitrate_bps, bits, dither, loudness_lufs, true_peak_dbtp } = self.clone();
        AudioChoices { off, codec, bitrate_bps, bits, dither, loudness_lufs, true_peak_dbtp }
    }
}

/// Reasons for not copying that are named.
const MOST_REASONS: usize = 8;

/// Most processes of an export.
const MAX_JOBS: usize = 256;

/// An export with its plan and open files.
pub(super) struct Prepared {
    pub composition: Arc<OpenComposition>,
    pub plan: ExportPlan,
    pub outline: Outline,
    /// Further outputs of the same frames.
    pub also: Vec<Self>,
}

/// What the one who asked for an export needs to know of its plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Outline {
    /// Hash of everything that the film depends on; empty if it is made as a whole.
    pub plan: String,
    /// The build of the program; empty if it is made as a whole.
    pub build: String,
    /// Frames of each segment, end not included.
    pub segments: Vec<[i64; 2]>,
    /// Frames that are copied.
    pub copied_frames: u64,
    /// Whether the parts are made one by one and joined.
    pub parted: bool,
    /// Whether segments are measured first.
    pub two_passes: bool,
    /// Whether there is sound.
    pub sound: bool,
    /// Whether frames are drawn.
    pub pictures: bool,
    /// Number of frames of the film.
    pub total: u64,
    /// Samples per channel.
    pub samples: u64,
    pub rate: FrameRate,
    pub duration_secs: f64,
    /// Codecs, size and rate, human-readable.
    pub format: String,
    /// Bytes that the film will have, where its bit rates are given.
    pub bytes_expected: Option<u64>,
    pub warnings: Vec<String>,
    pub fields: Vec<String>,
    /// Cards of this machine that segments are spread over, the one that is used now first; empty for one or
    /// none.
    #[serde(default)]
    pub cards: Vec<usize>,
    /// Those of further outputs.
    #[serde(default)]
    pub also: Vec<Self>,
}

/// What is known of a part, or of a whole film, that was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Made {
    /// Its packets, if it is a part.
    #[serde(default)]
    pub packets: Option<PacketFileReport>,
    /// Back end, SIMD level and threads.
    #[serde(default)]
    pub drawn_by: String,
    #[serde(default)]
    pub clipped_samples: u64,
    #[serde(default)]
    pub level: Option<LevelReport>,
    #[serde(default)]
    pub phases: PhaseTimes,
    #[serde(default)]
    pub elapsed_secs: f64,
    /// Size and BLAKE3 of the film.
    #[serde(default)]
    pub file: Option<(u64, String)>,
    #[serde(default)]
    pub segments_reused: usize,
    #[serde(default)]
    pub verified: Option<Verified>,
    /// The first failure of a graphics card while it was made.
    #[serde(default)]
    pub device_lost: Option<DeviceLost>,
    /// Problems that were met while it was made, such as damage in files.
    #[serde(default)]
    pub problems: Vec<String>,
    /// Further outputs.
    #[serde(default)]
    pub also: Vec<Self>,
}

/// Problems of several parts: of those that differ in their counts only, the one that counts most.
pub(super) fn merged_problems<'a>(all: impl Iterator<Item = &'a String>) -> Vec<String> {
    let counted = |text: &str| text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse::<u64>().ok()).sum::<u64>();
    let kind = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let mut merged: Vec<String> = Vec::new();
    for problem in all {
        match merged.iter_mut().find(|known| kind(known) == kind(problem)) {
            Some(known) if counted(known) < counted(problem) => known.clone_from(problem),
            Some(_) => {}
            None => merged.push(problem.clone()),
        }
    }
    merged
}

impl PhaseTimes {
    pub(super) fn add(&mut self, other: &Self) {
        self.decode_secs += other.decode_secs;
        self.compose_secs += other.compose_secs;
        self.encode_secs += other.encode_secs;
        self.finalize_secs += other.finalize_secs;
    }
}

impl From<cutroom_export::PhaseTimes> for PhaseTimes {
    fn from(t: cutroom_export::PhaseTimes) -> Self {
        Self { decode_secs: t.decode_secs, compose_secs: t.compose_secs, encode_secs: t.encode_secs, finalize_secs: 0.0 }
    }
}

impl Prepared {
    /// Opens the composition and completes the plan.
    ///
    /// # Errors
    /// As [`super::export`].
    pub fn new(session: &Session, request: &ExportRequest, cancel: &CancelToken) -> Result<Self, Vec<ApiError>> {
        let one = |e| vec![e];
        let asked = Asked::new(session, request).map_err(one)?.also;
        let also: Vec<Self> = asked.iter().map(|also| Self::new(session, &also.request, cancel)).collect::<Result<_, _>>()?;
        let id = session.composition(request.composition.as_deref()).map_err(one)?;
        session.check()?;
        let (software, stands_in) = hardware::usable(request).map_err(one)?;
        let request = software.as_ref().unwrap_or(request);
        let Drafts { tracks, film, warnings: text_warnings } =
            subtitles_export::drafts(session, &id, &request.subtitles, &request.subtitles_from).map_err(one)?;
        let changed = film.map(|project| session.changed(project));
        let session = changed.as_ref().unwrap_or(session);
        let draft = draft(request, session, &id).map_err(one)?;
        let frames = [draft.frames().start, draft.frames().end];
        let film = session.project.composition(&id);
        let [from, to] = film.map_or([Time::ZERO; 2], |film| frames.map(|n| film.frame_rate.time_of_frame(n)));
        let (texts, losses) =
            subtitles_export::text_tracks(tracks, draft.container(), request.output.as_deref(), from, to).map_err(one)?;
        if let Some(folder) = &request.proxy_folder {
            session.library().set_proxy_folder(folder);
        }
        let options = OpenOptions {
            decode_threads: request.threads,
            others: 0,
            proxies: request.proxies.into(),
            offline: request.offline,
            decode: request.decode.into(),
            card: settings::card(request.gpu).map_err(one)?,
        };
        let mut composition = session.open_with(&id, options, cancel)?;
        let audible = draft.audio_in_question().map(|samples| composition.has_audio(samples)).transpose();
        let audible = audible.map_err(|e| one(e.into()))?.unwrap_or(false);
        let (mut plan, notes) = draft.complete(audible).map_err(|e| one(e.into()))?;
        if let Some(film) = session.project.composition(&id) {
            plan.set_extras(extras::extras(request, film, texts, [from, to]).map_err(one)?);
        }
        if request.threads == 0 && plan.encodes_heavily() {
            composition = Arc::new(composition.beside(1));
        }
        let copying = plan_smart(request, &composition, &mut plan, cancel).map_err(one)?;
        let mut warnings = session::warnings(session, &composition);
        let mut fields: Vec<String> = notes.iter().filter_map(|note| note.field).map(str::to_owned).collect();
        if request.proxies != ProxyChoice::Off {
            warnings
                .push("pictures of proxies are in the film, which are softer than those of the files: `proxies` was given".into());
            fields.push("proxies".into());
        }
        warnings.extend(notes.into_iter().map(|note| note.message));
        warnings.extend(text_warnings.into_iter().chain(losses));
        warnings.extend(copying);
        if stands_in.is_some() {
            fields.push("video.codec".into());
        }
        warnings.extend(stands_in);
        let time = |frame| plan.rate.time_of_frame(frame);
        let duration_secs = (time(plan.frames.end) - time(plan.frames.start)).as_secs_f64();
        let parted = plan.segments.len() > 1 || plan.two_passes || plan.smart.is_some();
        let outline = Outline {
            plan: if parted { plan_hash(session, request, &plan) } else { String::new() },
            build: if parted { build().to_owned() } else { String::new() },
            segments: plan.segments.iter().map(|s| [s.frames.start, s.frames.end]).collect(),
            copied_frames: plan
                .segments
                .iter()
                .filter(|s| s.kind != SegmentKind::Encode)
                .map(|s| (s.frames.end - s.frames.start) as u64)
                .sum(),
            parted,
            two_passes: plan.two_passes,
            sound: plan.sound.is_some(),
            pictures: plan.pictures,
            total: (plan.frames.end - plan.frames.start).max(0) as u64,
            samples: plan.sound.as_ref().map_or(0, |s| (s.samples.end - s.samples.start) as u64),
            rate: plan.rate,
            duration_secs,
            format: plan.describe(),
            bytes_expected: plan.bits_per_second().map(|bps| (bps as f64 * duration_secs / 8.0) as u64),
            warnings,
            fields,
            cards: if parted && plan.pictures { cards(request) } else { Vec::new() },
            also: also.iter().map(|also| also.outline.clone()).collect(),
        };
        Ok(Self { composition, plan, outline, also })
    }

    /// Problems that were met since the export was opened.
    pub fn problems(&self) -> Vec<String> {
        self.composition.warnings().into_iter().filter(|w| !self.outline.warnings.contains(w)).collect()
    }

    /// Makes the film as a whole.
    ///
    /// # Errors
    /// What stopped it.
    pub fn make_whole(
        &self,
        cancel: &CancelToken,
        unfinished: &UnfinishedFiles,
        progress: &mut dyn FnMut(ExportProgress),
    ) -> Result<Made, ApiError> {
        self.make(None, cancel, unfinished, progress)
    }

    /// As [`Self::make_whole`], written to a stream, if there is one.
    ///
    /// # Errors
    /// What stopped it.
    pub fn make(
        &self,
        stream: Option<Box<dyn io::Write + Send>>,
        cancel: &CancelToken,
        unfinished: &UnfinishedFiles,
        progress: &mut dyn FnMut(ExportProgress),
    ) -> Result<Made, ApiError> {
        let is_stream = stream.is_some();
        let mut note = |p: cutroom_types::Progress| {
            progress(ExportProgress { phase: ExportPhase::Compose, frame: p.done, total: p.total });
        };
        let plans: Vec<&ExportPlan> = [self].into_iter().chain(&self.also).map(|prepared| &prepared.plan).collect();
        let failures = device_lost::count(&self.composition);
        let reports = cutroom_export::run_all(&self.composition, &plans, stream, cancel, unfinished, &mut note)?;
        let made = |(prepared, report): (&Self, cutroom_export::ExportReport)| Made {
            drawn_by: report.drawn_by,
            clipped_samples: report.clipped_samples,
            level: report.level.map(LevelReport::from),
            phases: report.phases.into(),
            elapsed_secs: report.elapsed_secs,
            file: prepared.plan.file().and_then(hash_of_file),
            ..Made::default()
        };
        let mut all = [self].into_iter().chain(&self.also).zip(reports).map(made);
        let main = all.next().unwrap_or_default();
        let file = main.file.clone().filter(|_| !is_stream);
        let also = all.collect();
        let device_lost = device_lost::since(&self.composition, failures);
        Ok(Made { file, also, device_lost, problems: self.problems(), ..main })
    }
}

impl Outline {
    /// The report of a film that was made, and of further outputs.
    pub fn report_all(&self, asked: &Asked, made: &Made) -> ExportReport {
        let mut report = asked.finish(self.report(&asked.request, made));
        let others = asked.also.iter().zip(&self.also).zip(&made.also);
        report.also = others.map(|((asked, outline), made)| outline.report_all(asked, made)).collect();
        report
    }

    /// The parts that the film is made of, in the order in which they are begun.
    pub fn parts(&self) -> Vec<PartId> {
        let sound = self.sound.then_some(PartId::Sound);
        let measured = 0..if self.two_passes { self.segments.len() } else { 0 };
        let pictures = measured.map(PartId::Measure).chain((0..self.segments.len()).map(PartId::Segment));
        sound.into_iter().chain(pictures).collect()
    }

    /// The report of a film that was made.
    fn report(&self, request: &ExportRequest, made: &Made) -> ExportReport {
        let elapsed = made.elapsed_secs.max(1e-9);
        let mut warnings = self.warnings.clone();
        warnings.extend(made.problems.iter().cloned());
        if let (Some(level), Some(target)) = (&made.level, request.audio.loudness_lufs) {
            match level.after.integrated_lufs {
                None => warnings.push("the sound is too quiet to have a loudness; its level was left as it is".into()),
                Some(reached) if (reached - target).abs() > 0.5 => warnings.push(format!(
                    "the sound is at {reached:.1} LUFS instead of {target}: more is not reached with this largest true peak and gain"
                )),
                Some(_) => {}
            }
        }
        if made.clipped_samples > 0 {
            warnings.push(format!("{} sound samples were beyond full scale and were clipped", made.clipped_samples));
        }
        warnings.extend(made.device_lost.as_ref().map(DeviceLost::warning));
        let frames = if self.pictures { self.total } else { 0 };
        ExportReport {
            output: request.output.clone(),
            frames,
            samples: self.samples,
            duration_secs: self.duration_secs,
            format: self.format.clone(),
            drawn_by: made.drawn_by.clone(),
            elapsed_secs: made.elapsed_secs,
            fps: frames as f64 / elapsed,
            speed: self.duration_secs / elapsed,
            dropped_frames: 0,
            bytes: made.file.as_ref().map(|(bytes, _)| *bytes),
            hash: made.file.as_ref().map(|(_, hash)| hash.clone()),
            segments: self.segments.len(),
            copied_frames: self.copied_frames,
            segments_reused: made.segments_reused,
            phases: made.phases,
            verified: made.verified,
            level: made.level,
            device_lost: made.device_lost.clone(),
            also: Vec::new(),
            warnings,
            fields: self.fields.clone(),
        }
    }
}

/// The cards that segments are spread over.
fn cards(request: &ExportRequest) -> Vec<usize> {
    let is_one = request.gpu.is_some() || request.backend == BackendChoice::Cpu || !gpu::are_several_listed();
    let alike = if is_one { Vec::new() } else { gpu::alike(&gpu::cards()) };
    if alike.len() > 1 { alike } else { Vec::new() }
}

/// Plans what is copied, if that was asked for; returns what is to be said about it.
fn plan_smart(
    request: &ExportRequest,
    composition: &Arc<OpenComposition>,
    plan: &mut ExportPlan,
    cancel: &CancelToken,
) -> Result<Vec<String>, ApiError> {
    let error = |message: String| ApiError::new("usage.smart", message).field("smart");
    match request.smart {
        SmartChoice::Off => return Ok(Vec::new()),
        _ if request.proxies != ProxyChoice::Off => return Err(error("proxies are not copied into a film".into())),
        _ if request.video.two_passes => {
            return Err(error("what is copied has the bit rate of its file: two passes do not go with it".into()));
        }
        _ => {}
    }
    let secs = request.segment_secs.unwrap_or(cutroom_export::USUAL_SECS);
    let not_copied = cutroom_export::plan_copies(composition, plan, secs, cancel)?;
    let first = plan.frames.start;
    let line = |n: &NotCopied| format!("frames {} to {}: {}", n.frames.start - first, n.frames.end - 1 - first, n.reason);
    let shown: Vec<String> = not_copied.iter().take(MOST_REASONS).map(line).collect();
    let more = not_copied.len().saturating_sub(MOST_REASONS);
    let text = shown.join("; ") + &if more > 0 { format!("; and {more} more") } else { String::new() };
    let is_edge = |n: &NotCopied| n.reason.starts_with("the rest of a group");
    if request.smart == SmartChoice::Require && (plan.smart.is_none() || !not_copied.iter().all(is_edge)) {
        return Err(error(format!("not all of the film can be copied: {text}")).hint("with `smart` auto the rest is encoded"));
    }
    if not_copied.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![format!("not copied but encoded: {text}")])
}

/// Size and BLAKE3 of a file; `None` if it is no file.
pub(super) fn hash_of_file(path: &Path) -> Option<(u64, String)> {
    let mut file = File::open(path).ok().filter(|file| file.metadata().is_ok_and(|m| m.is_file()))?;
    let mut hasher = blake3::Hasher::new();
    let bytes = io::copy(&mut file, &mut hasher).ok()?;
    Some((bytes, hasher.finalize().to_hex().to_string()))
}

/// What identifies this build of the program and its FFmpeg: parts of two builds are never mixed.
pub(super) fn build() -> &'static str {
    static BUILD: OnceLock<String> = OnceLock::new();
    BUILD.get_or_init(|| {
        let program = program::program_file().ok().and_then(|path| hash_of_file(&path)).map_or_else(String::new, |(_, hash)| hash);
        let text = format!("{} {program} {}", env!("CARGO_PKG_VERSION"), ffmpeg_identity());
        blake3::hash(text.as_bytes()).to_hex().to_string()
    })
}

/// Why parts of another build are not gone on with.
pub(super) fn other_build() -> ApiError {
    let error = ApiError::new("export.build", "this export was begun by another build of cutroom, or with another FFmpeg");
    error.hint("run all of it with the same program and the same libraries, or export again from the beginning")
}

/// Hash of everything that the film depends on: the document, the request, the files that are read, the
/// division into segments, and the build.
fn plan_hash(session: &Session, request: &ExportRequest, plan: &ExportPlan) -> String {
    let extension = request.output.as_deref().and_then(Path::extension).map(|e| e.to_string_lossy().into_owned());
    // How many processes and which cards work at it, and where it goes, does not matter; some encoders write other bits with
    // another number of threads.
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let request = ExportRequest {
        output: extension.map(Into::into),
        overwrite: false,
        jobs: None,
        gpu: None,
        threads: if request.threads == 0 { cores() } else { request.threads },
        stuck_secs: None,
        frame_hashes: request.frame_hashes.is_some().then(Default::default),
        ..request.absolute()
    };
    let mut hasher = blake3::Hasher::new();
    hasher.update(build().as_bytes());
    hasher.update(session.document_json().as_bytes());
    hasher.update(format!("{request:?}").as_bytes());
    hasher.update(format!("{:?}", plan.segments).as_bytes());
    let mut files: Vec<_> = session.named_files().into_iter().map(|path| path.canonicalize().unwrap_or(path)).collect();
    files.sort();
    files.dedup();
    for file in files {
        let facts = file.metadata().ok().map(|m| {
            let changed = m.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
            (m.len(), changed.map_or(0, |t| t.as_nanos()))
        });
        hasher.update(format!("{} {facts:?}", file.display()).as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// Refuses numbers of processes and seconds that make no sense.
fn check_work(request: &ExportRequest) -> Result<(), ApiError> {
    let error = |field, message: String| ApiError::new("usage.settings", message).field(field);
    if let Some(jobs) = request.jobs.filter(|jobs| *jobs > MAX_JOBS) {
        return Err(error("jobs", format!("`jobs` {jobs} is more than the {MAX_JOBS} processes that make sense")));
    }
    if let Some(secs) = request.segment_secs.filter(|s| *s != 0.0 && !(0.1..=3600.0).contains(s)) {
        return Err(error("segment_secs", format!("`segment_secs` is {secs}; it must be 0, or 0.1 to 3600")));
    }
    if let Some(secs) = request.stuck_secs.filter(|s| !(1.0..=1e6).contains(s)) {
        return Err(error("stuck_secs", format!("`stuck_secs` is {secs}; it must be 1 to 1000000")));
    }
    Ok(())
}

/// Decides everything that depends on document and request only, and checks that no input or
/// existing file would be replaced.
pub(super) fn draft(request: &ExportRequest, session: &Session, id: &CompositionId) -> Result<Draft, ApiError> {
    check_work(request)?;
    let timeline = Timeline::new(&session.project, id, &session.catalog).map_err(PipelineError::from)?;
    let (composition, total) = (timeline.composition(), timeline.frame_count());
    let scale = session.scale(id, request.video.scale, "video.scale")?;
    let settings = request.settings(composition.frame_rate, total, scale)?;
    let draft = Draft::new(settings, composition, total).map_err(|e| match e {
        SettingsError::Empty { .. } => ApiError::from(e).file(session.path()),
        other => other.into(),
    })?;
    let output = request.output.as_deref().map(|path| match draft.sequence() {
        Some(pattern) => WrittenFile::sequence("output", path, pattern),
        None => WrittenFile::file("output", path),
    });
    let list = request.frame_hashes.as_deref().map(|path| WrittenFile::file("frame_hashes", path));
    let inputs = session.inputs().and_subtitles(&request.subtitles);
    overwrite_guard::check(&output.into_iter().chain(list).collect::<Vec<_>>(), &inputs, request.overwrite)?;
    Ok(draft)
}
