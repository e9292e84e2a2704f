//! Runs an export: decodes, draws, mixes and encodes concurrently, in threads connected by bounded
//! channels.
//!
//! ```text
//! decode threads ──▶ draw thread ──pictures──▶ this thread: encode, mux, progress
//! audio files    ──▶ mix thread  ──blocks────▶
//! ```
use crate::{
    ExportError, ExportPlan, ExportTarget, LevelReport, PhaseTimes, UnfinishedFiles,
    hash_file::HashFile,
    leveling::{self, Leveler},
    picture_hash,
};
use crossbeam_channel::{Receiver, Sender, bounded};
use cutroom_media::write::Writer;
use cutroom_pipeline::{AudioMix, OpenComposition, PipelineError, Renderer};
use cutroom_types::{AudioBlock, CancelToken, Picture, Progress, Time};
use std::{io::Write, ops::Range, path::Path, sync::Arc, thread, time::Instant};

/// Maximum number of drawn pictures that wait for the encoder.
pub(crate) const PICTURES_WAITING: usize = 3;
/// Maximum number of audio blocks that wait for the encoder.
pub(crate) const BLOCKS_WAITING: usize = 8;

/// Report of a completed export.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportReport {
    /// Number of pictures; 0 for audio only.
    pub frames: u64,
    /// Number of samples per channel; 0 without audio.
    pub samples: u64,
    /// Duration of the export in seconds.
    pub elapsed_secs: f64,
    /// Description of the renderer: back end, SIMD level, threads; empty for audio only.
    pub drawn_by: String,
    /// Number of samples that exceeded full scale and were clipped.
    pub clipped_samples: u64,
    /// How the audio was brought to a loudness, if it was.
    pub level: Option<LevelReport>,
    /// How long its phases took.
    pub phases: PhaseTimes,
}

/// A drawn picture on its way to the encoder.
pub(crate) struct Drawn {
    pub picture: Picture,
    pub hash: Option<blake3::Hash>,
}

/// Runs an export until it is complete, fails or `cancel` is cancelled. `progress` is called on
/// this thread after every frame; `unfinished` contains the hidden files while it runs. After an
/// error no file was created under the target's name, except after [`ExportError::HashesLast`].
///
/// # Errors
/// See [`ExportError`].
pub fn run(
    composition: &Arc<OpenComposition>,
    plan: &ExportPlan,
    cancel: &CancelToken,
    unfinished: &UnfinishedFiles,
    progress: &mut dyn FnMut(Progress),
) -> Result<ExportReport, ExportError> {
    run_to(composition, plan, None, cancel, unfinished, progress)
}

/// As [`run`], with the film written to a stream while it is made, if there is one; the target's
/// path is then only a name.
///
/// # Errors
/// See [`ExportError`]; what the stream got before an error is not whole.
pub fn run_to(
    composition: &Arc<OpenComposition>,
    plan: &ExportPlan,
    stream: Option<Box<dyn Write + Send>>,
    cancel: &CancelToken,
    unfinished: &UnfinishedFiles,
    progress: &mut dyn FnMut(Progress),
) -> Result<ExportReport, ExportError> {
    let mut renderer = plan.pictures.then(|| Renderer::new(plan.render)).transpose().map_err(PipelineError::from)?;
    let drawn_by = renderer.as_ref().map_or_else(String::new, Renderer::describe);
    let total = (plan.frames.end - plan.frames.start).max(0) as u64;
    let started = Instant::now();
    let (mut leveler, level) = match (&plan.sound, plan.loudness) {
        (Some(sound), Some(target)) => {
            let (leveler, report) = leveling::plan(composition, sound, target, cancel)?;
            (Some(leveler), Some(report))
        }
        _ => (None, None),
    };
    let samples = plan.sound.as_ref().map_or(0..0, |s| s.samples.clone());
    // Declared first, so that it is dropped after the files that it notes.
    let mut notes = Vec::new();
    let mut output = Output::open(plan, stream)?;
    let mut hashes = plan.frame_hashes.as_deref().map(|path| HashFile::create(path, plan.overwrite)).transpose()?;
    let hidden = output.hidden_path().into_iter().chain(hashes.as_ref().map(HashFile::hidden_path));
    notes.extend(hidden.map(|path| unfinished.note(path.to_owned())));

    let mut phases = PhaseTimes::default();
    let (clipped_samples, drawn_in) = thread::scope(|scope| {
        let (to_encoder, pictures) = bounded::<Result<Drawn, ExportError>>(PICTURES_WAITING);
        let (to_muxer, blocks) = bounded::<Result<AudioBlock, ExportError>>(BLOCKS_WAITING);
        let mut drawing = None;
        let pictures = match &mut renderer {
            Some(renderer) => {
                drawing = Some(spawn(scope, "draw", move || draw(composition, plan, plan.frames.clone(), renderer, &to_encoder))?);
                Some(pictures)
            }
            None => None,
        };
        let mixing = match &plan.sound {
            Some(_) => {
                let leveler = leveler.take();
                Some(spawn(scope, "mix", move || mix(composition, plan, leveler, &to_muxer))?)
            }
            None => None,
        };
        let mut sample = samples.start;
        for (n, frame) in plan.frames.clone().enumerate() {
            if cancel.is_cancelled() {
                return Err(ExportError::Cancelled { frame: n as u64, total });
            }
            let at = |source| ExportError::Write { time: plan.rate.time_of_frame(frame), source };
            if let Some(pictures) = &pictures {
                let drawn = receive(pictures, "draw")??;
                let began = Instant::now();
                output.picture(&drawn.picture).map_err(at)?;
                phases.encode_secs += began.elapsed().as_secs_f64();
                if let (Some(file), Some(hash)) = (&mut hashes, drawn.hash) {
                    file.line(n, hash)?;
                }
            }
            // Audio follows the pictures so that neither is buffered for long in the muxer.
            let due = plan.rate.time_of_frame(frame + 1);
            while sample < samples.end && plan.sound.as_ref().is_some_and(|s| Time::of_sample(sample, s.rate_hz) < due) {
                let block = receive(&blocks, "mix")??;
                sample += block.len() as i64;
                output.sound(&block).map_err(at)?;
            }
            progress(Progress::frames(n as u64 + 1, total));
        }
        let drawn_in = drawing.and_then(|handle| handle.join().ok().flatten()).unwrap_or_default();
        Ok((mixing.and_then(|handle| handle.join().ok().flatten()).unwrap_or(0), drawn_in))
    })?;
    (phases.decode_secs, phases.compose_secs) = (drawn_in.decode_secs, drawn_in.compose_secs);
    if cancel.is_cancelled() {
        return Err(ExportError::Cancelled { frame: total, total });
    }
    // The list is on the disk before the output is renamed, so that little can fail after that.
    let list = hashes.map(HashFile::ready).transpose()?;
    output.finish().map_err(|source| ExportError::Finish { source })?;
    if let Some(list) = list {
        list.name(match &plan.target {
            ExportTarget::File { path, .. } => Some(path),
            ExportTarget::Null => None,
        })?;
    }
    Ok(ExportReport {
        frames: if plan.pictures { total } else { 0 },
        samples: (samples.end - samples.start) as u64,
        elapsed_secs: started.elapsed().as_secs_f64(),
        drawn_by,
        clipped_samples,
        level,
        phases,
    })
}

/// Starts a thread whose panic becomes a missing result on its channel, and does not propagate to
/// this one.
pub(crate) fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    name: &'static str,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<thread::ScopedJoinHandle<'scope, Option<T>>, ExportError> {
    let guarded = move || std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).ok();
    thread::Builder::new().name(name.into()).spawn_scoped(scope, guarded).map_err(|source| ExportError::Thread { name, source })
}

/// Receives a result; a thread that ended without one has panicked.
pub(crate) fn receive<T>(channel: &Receiver<T>, thread: &'static str) -> Result<T, ExportError> {
    channel.recv().map_err(|_| ExportError::Panicked { thread })
}

/// Plans, fetches and draws every frame in order. Stops after an error, or when the receiver is
/// dropped.
pub(crate) fn draw(
    composition: &Arc<OpenComposition>,
    plan: &ExportPlan,
    range: Range<i64>,
    renderer: &mut Renderer,
    to_encoder: &Sender<Result<Drawn, ExportError>>,
) -> DrawTimes {
    let mut frames = composition.frames(range.clone());
    frames.set_scale(plan.scale);
    let mut times = DrawTimes::default();
    for frame in range {
        let started = Instant::now();
        let drawn = frames
            .next_picture(renderer, &plan.output)
            .map(|picture| Drawn { hash: plan.frame_hashes.is_some().then(|| picture_hash(&picture)), picture })
            .map_err(|source| ExportError::Frame { frame, time: plan.rate.time_of_frame(frame), source });
        times.compose_secs += started.elapsed().as_secs_f64();
        let failed = drawn.is_err();
        if to_encoder.send(drawn).is_err() || failed {
            break;
        }
    }
    times.decode_secs = frames.waited().as_secs_f64();
    times.compose_secs = (times.compose_secs - times.decode_secs).max(0.0);
    times
}

/// How long a range took to draw, seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct DrawTimes {
    /// Waiting for decoded pictures.
    pub decode_secs: f64,
    /// All else: planning, drawing, hashing.
    pub compose_secs: f64,
}

/// Mixes the audio of the range in blocks, which `leveler` then changes; returns the number of
/// clipped samples.
pub(crate) fn mix(
    composition: &Arc<OpenComposition>,
    plan: &ExportPlan,
    mut leveler: Option<Leveler>,
    to_muxer: &Sender<Result<AudioBlock, ExportError>>,
) -> u64 {
    let Some(sound) = &plan.sound else { return 0 };
    let opened = if leveler.is_some() { AudioMix::unclipped(Arc::clone(composition)) } else { composition.sound() };
    let mut mix = match opened {
        Ok(mix) => mix,
        Err(source) => {
            let _ = to_muxer.send(Err(ExportError::Sound { time: Time::ZERO, source }));
            return 0;
        }
    };
    let mut first = sound.samples.start;
    while first < sound.samples.end {
        let count = (sound.samples.end - first).min(sound.block_samples);
        let block = mix
            .block(first, count as usize)
            .map_err(|source| ExportError::Sound { time: Time::of_sample(first, sound.rate_hz), source });
        let block = block.map(|block| match &mut leveler {
            Some(leveler) => leveler.process(block),
            None => block,
        });
        let failed = block.is_err();
        // A limiter withholds the first samples.
        let is_empty = block.as_ref().is_ok_and(AudioBlock::is_empty);
        if !is_empty && to_muxer.send(block).is_err() || failed {
            return mix.report().clipped_samples;
        }
        first += count;
    }
    if let Some(rest) = leveler.map(|mut leveler| leveler.finish(sound.rate_hz)).filter(|rest| !rest.is_empty()) {
        let _ = to_muxer.send(Ok(rest));
    }
    mix.report().clipped_samples
}

/// The writer of pictures and audio.
enum Output {
    File(Box<Writer>),
    Null,
}

impl Output {
    fn open(plan: &ExportPlan, stream: Option<Box<dyn Write + Send>>) -> Result<Self, ExportError> {
        Ok(match &plan.target {
            ExportTarget::Null => Self::Null,
            ExportTarget::File { path, settings, extras } => {
                let writer = match stream {
                    Some(stream) => Writer::create_stream(&path.with_extension(""), settings, extras, stream),
                    None => Writer::create_with(path, settings, extras, plan.overwrite),
                };
                Self::File(Box::new(writer.map_err(|source| ExportError::Open { source })?))
            }
        })
    }

    fn hidden_path(&self) -> Option<&Path> {
        match self {
            Self::File(writer) => writer.hidden_path(),
            Self::Null => None,
        }
    }

    fn picture(&mut self, picture: &Picture) -> Result<(), cutroom_media::MediaError> {
        match self {
            Self::File(writer) => tracing::info_span!("encode picture").in_scope(|| writer.push_picture(picture)),
            Self::Null => Ok(()),
        }
    }

    fn sound(&mut self, block: &AudioBlock) -> Result<(), cutroom_media::MediaError> {
        match self {
            Self::File(writer) => tracing::info_span!("encode sound").in_scope(|| writer.push_audio(block)),
            Self::Null => Ok(()),
        }
    }

    fn finish(self) -> Result<(), cutroom_media::MediaError> {
        match self {
            Self::File(writer) => tracing::info_span!("finish file").in_scope(|| writer.finish().map(drop)),
            Self::Null => Ok(()),
        }
    }
}
