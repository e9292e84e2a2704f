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
use cutroom_pipeline::{AudioMix, OpenComposition, OutputSpec, PipelineError, Renderer};
use cutroom_timeline::RenderScale;
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

/// A drawn frame on its way to the encoders.
pub(crate) struct Drawn {
    /// In the forms that were asked for.
    pub pictures: Vec<Picture>,
    /// Of the first of them.
    pub hash: Option<blake3::Hash>,
}

/// Runs an export, or several of the same frames at once, until they are complete, fail or `cancel` is
/// cancelled. `progress` is called on this thread after every frame; `unfinished` contains the hidden files
/// while it runs. After an error no file was created under a target's name that was not complete, except
/// after [`ExportError::HashesLast`].
///
/// Of several, each frame is decoded once, and drawn once for each
/// form of picture. The first one has the list of hashes, and is written to the stream, if there is one; its
/// path is then only a name. Returns a report of each.
///
/// # Errors
/// See [`ExportError`]. When an output cannot be completed, those before it are complete already.
pub fn run_all(
    composition: &Arc<OpenComposition>,
    plans: &[&ExportPlan],
    mut stream: Option<Box<dyn Write + Send>>,
    cancel: &CancelToken,
    unfinished: &UnfinishedFiles,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<ExportReport>, ExportError> {
    let [main, ..] = plans else { return Ok(Vec::new()) };
    let (rate, frames) = (main.rate, main.frames.clone());
    let forms = Forms::of(plans);
    let mut renderer = (!forms.list.is_empty()).then(|| Renderer::new(main.render)).transpose().map_err(PipelineError::from)?;
    let total = (frames.end - frames.start).max(0) as u64;
    let started = Instant::now();
    // Declared first, so that it is dropped after the files that it notes.
    let mut notes = Vec::new();
    let mut outputs = Vec::new();
    for plan in plans {
        let (leveler, level) = match (&plan.sound, plan.loudness) {
            (Some(sound), Some(target)) => {
                let (leveler, report) = leveling::plan(composition, sound, target, cancel)?;
                (Some(leveler), Some(report))
            }
            _ => (None, None),
        };
        let output = Output::open(plan, stream.take())?;
        notes.extend(output.hidden_path().map(|path| unfinished.note(path.to_owned())));
        outputs.push(Track { plan, output, leveler, level, sample: 0, clipped: 0 });
    }
    let mut hashes = main.frame_hashes.as_deref().map(|path| HashFile::create(path, main.overwrite)).transpose()?;
    notes.extend(hashes.as_ref().map(|hashes| unfinished.note(hashes.hidden_path().to_owned())));

    let mut phases = PhaseTimes::default();
    let drawn_in = thread::scope(|scope| {
        let (to_encoder, pictures) = bounded::<Result<Drawn, ExportError>>(PICTURES_WAITING);
        let mut drawing = None;
        let pictures = match &mut renderer {
            Some(renderer) => {
                let (list, frames) = (&forms.list, frames.clone());
                drawing = Some(spawn(scope, "draw", move || draw_forms(composition, main, list, frames, renderer, &to_encoder))?);
                Some(pictures)
            }
            None => None,
        };
        // Dropped with this closure, so that no thread waits for an export that has failed.
        let (mut mixing, mut sounds) = (Vec::new(), Vec::new());
        for track in &mut outputs {
            let (plan, leveler) = (track.plan, track.leveler.take());
            let Some(sound) = &plan.sound else {
                sounds.push(None);
                continue;
            };
            let (to_muxer, blocks) = bounded::<Result<AudioBlock, ExportError>>(BLOCKS_WAITING);
            sounds.push(Some(blocks));
            track.sample = sound.samples.start;
            mixing.push(spawn(scope, "mix", move || mix(composition, plan, leveler, &to_muxer))?);
        }
        for (n, frame) in frames.clone().enumerate() {
            if cancel.is_cancelled() {
                return Err(ExportError::Cancelled { frame: n as u64, total });
            }
            let drawn = pictures.as_ref().map(|pictures| receive(pictures, "draw")).transpose()?.transpose()?;
            let began = Instant::now();
            for (track, form) in outputs.iter_mut().zip(&forms.of_plan) {
                let picture = form.zip(drawn.as_ref()).and_then(|(form, drawn)| drawn.pictures.get(form));
                if let Some(picture) = picture {
                    let at = |source| ExportError::Write { time: rate.time_of_frame(frame), source };
                    track.output.picture(picture).map_err(at)?;
                }
            }
            phases.encode_secs += began.elapsed().as_secs_f64();
            if let (Some(file), Some(hash)) = (&mut hashes, drawn.and_then(|drawn| drawn.hash)) {
                file.line(n, hash)?;
            }
            // Audio follows the pictures so that neither is buffered for long in the muxer.
            let due = rate.time_of_frame(frame + 1);
            let mut with_sound = outputs.iter_mut().zip(&sounds).filter_map(|(track, blocks)| Some((track, blocks.as_ref()?)));
            with_sound.try_for_each(|(track, blocks)| track.sound_until(due, frame, blocks))?;
            progress(Progress::frames(n as u64 + 1, total));
        }
        let drawn_in = drawing.and_then(|handle| handle.join().ok().flatten()).unwrap_or_default();
        let mut clipped = mixing.into_iter().map(|handle| handle.join().ok().flatten().unwrap_or(0));
        let with_sound = outputs.iter_mut().filter(|track| track.plan.sound.is_some());
        with_sound.for_each(|track| track.clipped = clipped.next().unwrap_or(0));
        Ok(drawn_in)
    })?;
    (phases.decode_secs, phases.compose_secs) = (drawn_in.decode_secs, drawn_in.compose_secs);
    if cancel.is_cancelled() {
        return Err(ExportError::Cancelled { frame: total, total });
    }
    // The list is on the disk before the output is renamed, so that little can fail after that.
    let mut list = hashes.map(HashFile::ready).transpose()?;
    let drawn_by = renderer.as_ref().map_or_else(String::new, |renderer| composition.drawn_by(renderer));
    let mut reports = Vec::new();
    for track in outputs {
        let Track { plan, output, level, clipped, .. } = track;
        output.finish().map_err(|source| ExportError::Finish { source })?;
        if let Some(list) = list.take() {
            list.name(match &plan.target {
                ExportTarget::File { path, .. } => Some(path),
                ExportTarget::Null => None,
            })?;
        }
        reports.push(ExportReport {
            frames: if plan.pictures { total } else { 0 },
            samples: plan.sound.as_ref().map_or(0, |s| (s.samples.end - s.samples.start) as u64),
            elapsed_secs: started.elapsed().as_secs_f64(),
            drawn_by: if plan.pictures { drawn_by.clone() } else { String::new() },
            clipped_samples: clipped,
            level,
            phases,
        });
    }
    Ok(reports)
}

/// The forms of pictures that several exports need.
struct Forms {
    /// Scale, and planes and tags, of each.
    list: Vec<(RenderScale, OutputSpec)>,
    /// The form of each export; `None` without pictures.
    of_plan: Vec<Option<usize>>,
}

impl Forms {
    fn of(plans: &[&ExportPlan]) -> Self {
        let mut list: Vec<(RenderScale, OutputSpec)> = Vec::new();
        let mut form = |plan: &ExportPlan| {
            let wanted = (plan.scale, plan.output);
            list.iter().position(|known| *known == wanted).unwrap_or_else(|| {
                list.push(wanted);
                list.len() - 1
            })
        };
        let of_plan = plans.iter().map(|plan| plan.pictures.then(|| form(plan))).collect();
        Self { list, of_plan }
    }
}

/// One output of several.
struct Track<'a> {
    plan: &'a ExportPlan,
    output: Output,
    leveler: Option<Leveler>,
    level: Option<LevelReport>,
    /// The sample that is next.
    sample: i64,
    clipped: u64,
}

impl Track<'_> {
    /// Writes the mixed sound that is heard before `due`, the end of a frame.
    fn sound_until(
        &mut self,
        due: Time,
        frame: i64,
        blocks: &Receiver<Result<AudioBlock, ExportError>>,
    ) -> Result<(), ExportError> {
        let Some(sound) = &self.plan.sound else { return Ok(()) };
        while self.sample < sound.samples.end && Time::of_sample(self.sample, sound.rate_hz) < due {
            let block = receive(blocks, "mix")??;
            self.sample += block.len() as i64;
            let at = |source| ExportError::Write { time: self.plan.rate.time_of_frame(frame), source };
            self.output.sound(&block).map_err(at)?;
        }
        Ok(())
    }
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

/// Plans, fetches and draws every frame in order, in the form of a plan. Stops after an error, or when the
/// receiver is dropped.
pub(crate) fn draw(
    composition: &Arc<OpenComposition>,
    plan: &ExportPlan,
    range: Range<i64>,
    renderer: &mut Renderer,
    to_encoder: &Sender<Result<Drawn, ExportError>>,
) -> DrawTimes {
    draw_forms(composition, plan, &[(plan.scale, plan.output)], range, renderer, to_encoder)
}

/// As [`draw`], in several forms.
fn draw_forms(
    composition: &Arc<OpenComposition>,
    plan: &ExportPlan,
    forms: &[(RenderScale, OutputSpec)],
    range: Range<i64>,
    renderer: &mut Renderer,
    to_encoder: &Sender<Result<Drawn, ExportError>>,
) -> DrawTimes {
    let mut frames = composition.frames(range.clone());
    if let [(scale, _)] = forms {
        frames.set_scale(*scale);
    }
    let mut times = DrawTimes::default();
    for frame in range {
        let started = Instant::now();
        let drawn = match forms {
            // One form is drawn ahead.
            [(_, output)] => frames.next_picture(renderer, output).map(|picture| vec![picture]),
            forms => frames.next_in_forms(renderer, forms),
        };
        let drawn = drawn
            .map(|pictures| Drawn { hash: pictures.first().filter(|_| plan.frame_hashes.is_some()).map(picture_hash), pictures })
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
