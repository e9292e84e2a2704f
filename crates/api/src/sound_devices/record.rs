//! Records a voice-over: plays the film from a little before the punch-in, writes what the input
//! captures to a file, and lays it on a track where it was heard.
use super::{SoundOutputReport, from_device, hardware_input, hardware_output};
use crate::{ApiError, import_media, session::Session, write_project};
use cutroom_devices::{
    Event, InputBackend, OutputBackend, Player, PlayerOptions, RecordedBlock, Recorder, RecorderOptions, Request, SoundProgramme,
    TimerOutput,
};
use cutroom_media::write::{AudioSettings, WriteSettings, Writer};
use cutroom_pipeline::{AudioMix, OpenComposition};
use cutroom_project::{Clip, ClipSource, Operation, Project, Track, TrackKind};
use cutroom_types::{AudioBlock, CancelToken, FrameRate, Progress, Time, TimeDelta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, sync_channel},
    },
    time::{Duration, Instant},
};

/// Folder of recordings beside a project.
const FOLDER: &str = "recordings";
/// Blocks that wait to be written.
const WAITING: usize = 512;
/// How long the last samples may take to come after the punch-out.
const PATIENCE: Duration = Duration::from_secs(5);

/// What to record, and where to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordRequest {
    /// The audio track that gets the recording, in place of what it has there; it is not heard
    /// meanwhile. Absent: a new one.
    #[serde(default)]
    pub track: Option<String>,
    /// The WAV file to write, which must not exist; absent: a new one in `recordings` beside the
    /// project.
    #[serde(default)]
    pub file: Option<PathBuf>,
    /// Punch-in: seconds, timecode or frame number; absent: the start.
    #[serde(default)]
    pub from: Option<String>,
    /// Punch-out, not included; absent: recording goes on until it is stopped.
    #[serde(default)]
    pub to: Option<String>,
    /// Composition id; absent: the project's main one.
    #[serde(default)]
    pub composition: Option<String>,
    /// Seconds of the film that are played before the punch-in, 0 to 60.
    #[serde(default = "preroll")]
    pub preroll_secs: f64,
    /// The input, by its id or name; absent: the system's default.
    #[serde(default)]
    pub input: Option<String>,
    /// The output on which the film is heard, by its id or name; absent: the system's default.
    #[serde(default)]
    pub device: Option<String>,
    /// Lets nobody hear the film: the machine's clock keeps the time.
    #[serde(default)]
    pub null_sink: bool,
    /// Channels of the recording, 1 to 8; an input that has others records those it has.
    #[serde(default = "mono")]
    pub channels: usize,
    /// Latency of the way from output to input that the drivers do not tell, in milliseconds, -1000 to
    /// 1000: what `sound_latency` measures. The recording is laid so much earlier.
    #[serde(default)]
    pub latency_ms: f64,
    /// The project file to write; absent: the one that was read.
    #[serde(default)]
    pub output: Option<PathBuf>,
    /// Replace an existing project file.
    #[serde(default)]
    pub overwrite: bool,
}

const fn preroll() -> f64 {
    1.0
}

const fn mono() -> usize {
    1
}

impl Default for RecordRequest {
    fn default() -> Self {
        Self {
            track: None,
            file: None,
            from: None,
            to: None,
            composition: None,
            preroll_secs: preroll(),
            input: None,
            device: None,
            null_sink: false,
            channels: mono(),
            latency_ms: 0.0,
            output: None,
            overwrite: false,
        }
    }
}

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecordReport {
    /// The project file written.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub project: PathBuf,
    /// The sound file.
    #[serde(serialize_with = "crate::path_serde::path")]
    pub file: PathBuf,
    /// The new clip.
    pub clip: String,
    /// Its track.
    pub track: String,
    /// Where it starts in the composition, in seconds.
    pub from_secs: f64,
    /// Where it ends.
    pub to_secs: f64,
    /// Its highest sample in dBFS; absent for digital silence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_db: Option<f64>,
    /// Samples at or above full scale.
    pub clipped_samples: u64,
    /// Silence in the place of sound that was lost, in seconds.
    pub lost_secs: f64,
    /// What the film was played on.
    pub sound: SoundOutputReport,
    /// Problems that did not end the recording.
    pub warnings: Vec<String>,
}

/// Records from an input into a project while its film is played. Stopping it with `cancel` keeps what was
/// recorded.
///
/// # Errors
/// Problems of the project or the request; `device.*`: a device cannot be opened, or nothing was
/// recorded. The project is not changed then.
pub fn record(
    session: &Session,
    request: &RecordRequest,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(Progress),
) -> Result<RecordReport, Vec<ApiError>> {
    let output: Box<dyn OutputBackend> = match request.null_sink {
        true => Box::new(TimerOutput::default()),
        false => Box::new(hardware_output(request.device.as_deref())),
    };
    record_on(output, Box::new(hardware_input(request.input.as_deref())), session, request, cancel, progress)
}

/// A request that makes sense.
struct Take {
    track: Option<Track>,
    file: PathBuf,
    /// First sample to be recorded, and the one before which recording ends.
    from: i64,
    to: Option<i64>,
    rate: FrameRate,
    rate_hz: u32,
}

fn record_on(
    output: Box<dyn OutputBackend>,
    input: Box<dyn InputBackend>,
    session: &Session,
    request: &RecordRequest,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(Progress),
) -> Result<RecordReport, Vec<ApiError>> {
    let one = |e: ApiError| vec![e];
    if let Some(output) = &request.output {
        session.check_output("output", output, request.overwrite).map_err(one)?;
        session.check_beside("output", output).map_err(one)?;
    }
    session.check()?;
    let id = session.composition(request.composition.as_deref()).map_err(one)?;
    let take = check(session, request)?;
    let heard = match &take.track {
        Some(track) => session.with_project(without(session, track)),
        None => session.with_project(session.project.clone()),
    };
    let opened = heard.open_composition(&id, 0, cancel)?;
    if let Some(folder) = take.file.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|e| one(ApiError::new("project.save", format!("{}: {e}", folder.display())).field("file")))?;
    }
    let rate_hz = take.rate_hz;
    let preroll = (request.preroll_secs * f64::from(rate_hz)) as i64;
    let first_sample = (take.from - preroll).max(0);
    let channels = opened.composition().channels as usize;
    let options = PlayerOptions { rate_hz, channels, first_sample, ..PlayerOptions::default() };
    let player = Player::new(output, film(&opened)?, options).map_err(|e| one(from_device(&e, "device")))?;
    let options = RecorderOptions {
        channels: request.channels,
        latency_samples: (request.latency_ms * f64::from(rate_hz) / 1e3).round() as i64,
        punch_in: Some(take.from),
        punch_out: take.to,
        ..RecorderOptions::default()
    };
    let (give, blocks) = sync_channel(WAITING);
    let recorder = Recorder::new(input, player.clock(), options, move |block| {
        // The other side is gone only when recording is over.
        let _ = give.send(block);
    });
    let recorder = recorder.map_err(|e| one(from_device(&e, "input")))?;
    let mut file = TakeFile {
        path: take.file.clone(),
        writer: None,
        first: take.from,
        written: 0,
        channels: 0,
        lost: 0,
        peak: 0.0,
        clipped: 0,
    };
    player.play().map_err(|e| one(from_device(&e, "device")))?;
    let total = take.to.map_or(0, |to| to - take.from);
    let frame = |samples: i64| take.rate.frame_at(Time::of_sample(samples, rate_hz)).max(0) as u64;
    let mut show = |written: i64| progress(Progress::frames(frame(written), frame(total.max(written))));
    let mut fault = capture(&mut file, &player, &recorder, &blocks, take.to, cancel, &mut show).map_err(one)?;
    let _ = player.pause();
    let status = recorder_end(recorder, &blocks, &mut file).map_err(one)?;
    fault = fault.or(status.fault);
    let mut warnings: Vec<String> = fault.into_iter().map(|fault| format!("recording ended early: {fault}")).collect();
    if file.written == 0 {
        let error = ApiError::new("device.nothing_recorded", "recording ended before the punch-in, so the project was not changed");
        return Err(one(error.hint(warnings.pop().unwrap_or_else(|| "let it run longer, or shorten `preroll_secs`".into()))));
    }
    let writer = file.writer.take().ok_or_else(|| one(ApiError::new("device.nothing_recorded", "nothing was recorded")))?;
    writer.finish().map_err(|e| one(ApiError::from(e)))?;
    if file.lost > 0 {
        warnings.push("some sound was lost, because the machine was too busy; there is silence in its place".into());
    }
    while let Some(event) = player.next_event() {
        match event {
            Event::DeviceLost { device, message } => warnings.push(format!("\"{device}\" was lost: {message}")),
            Event::ProgrammeFailed { message, .. } => warnings.push(message),
            _ => {}
        }
    }
    let figures = player.status();
    let sound = SoundOutputReport {
        device: (!request.null_sink).then_some(figures.device),
        latency_ms: figures.latency_secs * 1e3,
        drift_ppm: figures.drift_ppm,
        under_runs: figures.under_runs,
    };
    drop(player);
    let (project, clip, track) = lay(session, &id, &take, &file)?;
    let path = request.output.clone().unwrap_or_else(|| session.path().to_owned());
    let kept = |e: ApiError| one(e.hint(format!("the recording is kept in {}", take.file.display())));
    write_project::write(session, "record", &project, &path).map_err(kept)?;
    let secs = |sample: i64| Time::of_sample(sample, rate_hz).as_secs_f64();
    Ok(RecordReport {
        project: path,
        clip,
        track,
        from_secs: secs(file.first),
        to_secs: secs(file.first + file.written),
        peak_db: (file.peak > 0.0).then(|| 20.0 * f64::from(file.peak).log10()),
        clipped_samples: file.clipped,
        lost_secs: file.lost as f64 / f64::from(rate_hz),
        file: take.file,
        sound,
        warnings,
    })
}

fn check(session: &Session, request: &RecordRequest) -> Result<Take, Vec<ApiError>> {
    let one = |e: ApiError| vec![e];
    let id = session.composition(request.composition.as_deref()).map_err(one)?;
    let (rate, _) = session.frames(&id).map_err(one)?;
    let number = |name: &'static str, value: f64, range: std::ops::RangeInclusive<f64>| match range.contains(&value) {
        true => Ok(()),
        false => {
            let error = ApiError::new("device.setting", format!("`{name}` {value} is not possible")).field(name);
            Err(one(error.hint(format!("{} to {}", range.start(), range.end()))))
        }
    };
    number("preroll_secs", request.preroll_secs, 0.0..=60.0)?;
    number("latency_ms", request.latency_ms, -1000.0..=1000.0)?;
    number("channels", request.channels as f64, 1.0..=8.0)?;
    let composition = session.project.composition(&id);
    let rate_hz = composition.map_or(48_000, |c| c.sample_rate_hz);
    // A voice-over may go on after the film's end.
    let at = |name: &'static str, text: &Option<String>| {
        let Some(text) = text else { return Ok(None) };
        let frame = crate::parse_frame(text, rate);
        frame.map(|frame| Some(rate.time_of_frame(frame).to_sample(rate_hz))).map_err(|e| one(e.field(name)))
    };
    let (from, to) = (at("from", &request.from)?.unwrap_or(0), at("to", &request.to)?);
    if let Some(to) = to.filter(|to| *to <= from) {
        let to = Time::of_sample(to, rate_hz).as_secs_f64();
        let error = ApiError::new("usage.range", format!("`to` {to} s is not after `from`")).field("to");
        return Err(one(error.hint("name a later time, or leave `to` out to record until it is stopped")));
    }
    let tracks = composition.map(|c| c.tracks.as_slice()).unwrap_or_default();
    let track = match &request.track {
        None => None,
        Some(name) => match tracks.iter().find(|t| t.id.as_str() == name) {
            Some(track) if track.kind == TrackKind::Audio => Some(track.clone()),
            found => {
                let message = match found {
                    Some(_) => format!("track \"{name}\" is not for sound"),
                    None => format!("there is no track \"{name}\""),
                };
                let audio: Vec<&str> = tracks.iter().filter(|t| t.kind == TrackKind::Audio).map(|t| t.id.as_str()).collect();
                let hint = match audio.is_empty() {
                    true => "leave it out to get a new track".into(),
                    false => format!("audio tracks: {}; leave it out to get a new one", audio.join(", ")),
                };
                return Err(one(ApiError::new("usage.track", message).hint(hint).field("track")));
            }
        },
    };
    let file = match &request.file {
        Some(file) if file.extension().is_some_and(|e| e.eq_ignore_ascii_case("wav")) => file.clone(),
        Some(file) => {
            let error = ApiError::new("usage.path", format!("{} is not named as a WAV file", file.display()));
            return Err(one(error.hint("recordings are WAV files: end the name with .wav").field("file")));
        }
        None => free_name(session.folder()),
    };
    session.check_output("file", &file, false).map_err(one)?;
    Ok(Take { track, file, from, to, rate, rate_hz })
}

/// The first name of a take that is free.
fn free_name(folder: &Path) -> PathBuf {
    let name = |n: u32| folder.join(FOLDER).join(format!("take-{n}.wav"));
    (1..).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(0))
}

/// The project without the sound of the track that is recorded to.
fn without(session: &Session, track: &Track) -> Project {
    let mut project = session.project.clone();
    let tracks = project.compositions.iter_mut().flat_map(|c| &mut c.tracks);
    tracks.filter(|t| t.id == track.id).for_each(|t| t.muted = true);
    project
}

/// The film's sound, then silence for as long as recording goes on.
fn film(opened: &Arc<OpenComposition>) -> Result<Box<dyn SoundProgramme>, Vec<ApiError>> {
    let (rate_hz, channels) = (opened.composition().sample_rate_hz, opened.composition().channels as usize);
    let end = Time(opened.composition().length().0).to_sample(rate_hz);
    let mut mix: AudioMix = opened.sound().map_err(|e| vec![ApiError::from(e)])?.live();
    let programme = move |request: Request| -> Result<AudioBlock, Box<dyn Error + Send + Sync>> {
        let there = usize::try_from(end - request.first_sample).unwrap_or(0).min(request.samples);
        let mut block = match there {
            0 => AudioBlock::silent(rate_hz, channels, 0),
            there => mix.block(request.first_sample, there)?,
        };
        block.channels.iter_mut().for_each(|channel| channel.resize(request.samples, 0.0));
        Ok(block)
    };
    Ok(Box::new(programme))
}

/// The sound file while it is written.
struct TakeFile {
    path: PathBuf,
    /// Opened with the first block, when the number of channels is known.
    writer: Option<Writer>,
    /// Composition sample with which the file begins.
    first: i64,
    /// Samples in it.
    written: i64,
    channels: usize,
    lost: i64,
    peak: f32,
    clipped: u64,
}

impl TakeFile {
    /// Puts a block where it belongs. What the file has there already stays; a gap becomes silence.
    fn put(&mut self, block: RecordedBlock) -> Result<(), ApiError> {
        let Some(first) = block.first_sample.filter(|_| !block.audio.is_empty()) else { return Ok(()) };
        if self.writer.is_none() {
            self.channels = block.audio.channels.len().min(8);
            let sound = AudioSettings { bits: Some(32), ..AudioSettings::new("pcm", block.audio.rate_hz, self.channels as u32) };
            let settings = WriteSettings { container: "wav".into(), video: None, sound: Some(sound), metadata: Vec::new() };
            self.writer = Some(Writer::create(&self.path, &settings, false).map_err(|e| ApiError::from(e).field("file"))?);
        }
        let gap = first - (self.first + self.written);
        if gap > 0 {
            self.write(AudioBlock::silent(block.audio.rate_hz, self.channels, gap as usize))?;
            self.lost += gap;
        }
        let mut audio = block.audio;
        audio.channels.truncate(self.channels);
        let over = usize::try_from(-gap).unwrap_or(0).min(audio.len());
        audio.channels.iter_mut().for_each(|channel| drop(channel.drain(..over)));
        if block.lost {
            self.lost += audio.len() as i64;
        }
        for sample in audio.channels.iter().flatten() {
            self.peak = self.peak.max(sample.abs());
            self.clipped += u64::from(sample.abs() >= 1.0);
        }
        self.write(audio)
    }

    fn write(&mut self, audio: AudioBlock) -> Result<(), ApiError> {
        self.written += audio.len() as i64;
        match &mut self.writer {
            Some(writer) if !audio.is_empty() => writer.push_audio(&audio).map_err(|e| ApiError::from(e).field("file")),
            _ => Ok(()),
        }
    }
}

/// Writes what comes until the punch-out, or until it is stopped. Returns why it ended early, if it did.
fn capture(
    file: &mut TakeFile,
    player: &Player,
    recorder: &Recorder,
    blocks: &Receiver<RecordedBlock>,
    to: Option<i64>,
    cancel: &CancelToken,
    show: &mut dyn FnMut(i64),
) -> Result<Option<String>, ApiError> {
    let mut after = None;
    loop {
        match blocks.recv_timeout(Duration::from_millis(20)) {
            Ok(block) => file.put(block)?,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(recorder.status().fault),
        }
        show(file.written);
        if cancel.is_cancelled() || to.is_some_and(|to| file.first + file.written >= to) {
            return Ok(None);
        }
        if to.is_some_and(|to| player.position() > to) {
            let after: &mut Instant = after.get_or_insert_with(Instant::now);
            if after.elapsed() > PATIENCE {
                return Ok(Some("the input is late by seconds".into()));
            }
        }
        if let Some(fault) = recorder.status().fault {
            return Ok(Some(fault));
        }
    }
}

/// Ends the recorder, which hands on the last blocks meanwhile, and writes those.
fn recorder_end(
    recorder: Recorder,
    blocks: &Receiver<RecordedBlock>,
    file: &mut TakeFile,
) -> Result<cutroom_devices::RecorderStatus, ApiError> {
    let ending = std::thread::spawn(move || recorder.finish());
    while let Ok(block) = blocks.recv() {
        file.put(block)?;
    }
    ending.join().map_err(|_| ApiError::new("device.ended", "the thread that records has ended"))
}

/// Lays the recording on its track; the changed project, the clip and the track.
fn lay(
    session: &Session,
    composition: &cutroom_types::CompositionId,
    take: &Take,
    file: &TakeFile,
) -> Result<(Project, String, String), Vec<ApiError>> {
    let one = |e: ApiError| vec![e];
    let found = import_media::find(session, std::slice::from_ref(&take.file), None, false, &CancelToken::new())?;
    let media = match (found.media.first(), found.report.duplicates.first()) {
        (Some(media), _) => media.id.clone(),
        (None, Some(same)) => same.media.as_str().into(),
        (None, None) => return Err(one(ApiError::new("device.nothing_recorded", "the recording cannot be read again"))),
    };
    let mut steps: Vec<Operation> = found.media.iter().map(|m| Operation::AddMedia { media: Box::new(m.clone()) }).collect();
    let name = take.file.file_stem().map_or_else(|| "recording".into(), |stem| stem.to_string_lossy().into_owned());
    let taken = |id: &str| {
        let tracks = || session.project.compositions.iter().flat_map(|c| &c.tracks);
        tracks().any(|t| t.id.as_str() == id || t.clips.iter().any(|c| c.id.as_str() == id))
    };
    let free = |wanted: &str| {
        let names = std::iter::once(wanted.to_owned()).chain((2..).map(|n| format!("{wanted}-{n}")));
        names.into_iter().find(|id| !taken(id)).unwrap_or_default()
    };
    let track = match &take.track {
        Some(track) => track.id.clone(),
        None => {
            let id = free("voice-over");
            let mut track = Track::new(&id, TrackKind::Audio);
            track.name = "Voice-over".into();
            let at = Operation::AddTrack { composition: composition.clone(), track: Box::new(track), above: None };
            steps.push(at);
            id.as_str().into()
        }
    };
    let (start, end) = (Time::of_sample(file.first, take.rate_hz), Time::of_sample(file.first + file.written, take.rate_hz));
    let mut clip = Clip::new(&free(&name), ClipSource::media(media.as_str()), start, TimeDelta((end - start).0));
    clip.name = name;
    let id = clip.id.to_string();
    steps.push(Operation::Overwrite { track: track.clone(), clip: Box::new(clip) });
    let plan = Operation::All { steps }.plan(&session.project).map_err(|e| one(ApiError::of(e.code(), &e)))?;
    Ok((plan.project, id, track.to_string()))
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
