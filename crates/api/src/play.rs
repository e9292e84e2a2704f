//! Plays a composition without a window: frames are drawn in time with the sound, and how well that
//! went is reported.
use crate::{
    ApiError, BackendChoice, DecodeChoice, DeviceLost, PlaybackFigures, Session, device_lost, session, settings,
    sound_devices::{SoundOutput, SoundOutputReport},
};
use cutroom_engine::{Activity, DrawOutput, Engine, EngineError, EngineSettings, LatePolicy, MAX_SPEED, TransportCommand};
use cutroom_pipeline::{OpenOptions, RenderOptions};
use cutroom_types::{CancelToken, PictureFormat, Progress, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// How often the engine is updated.
const UPDATE: Duration = Duration::from_millis(2);
/// Time for opening what was checked already.
const OPENING: Duration = Duration::from_secs(600);

/// What to play, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlayRequest {
    /// Where to start: seconds, timecode or frame number, see [`crate::parse_frame`]; absent: the first
    /// frame.
    #[serde(default)]
    pub from: Option<String>,
    /// Where to end, not included; absent: after the last frame.
    #[serde(default)]
    pub to: Option<String>,
    /// Speed from -8 to 8 and not 0; a negative one plays backwards from the end.
    #[serde(default = "one")]
    pub speed: f64,
    /// How often the range is played, at least 1.
    #[serde(default = "once")]
    pub times: u32,
    /// Composition id; absent: the project's main one.
    #[serde(default)]
    pub composition: Option<String>,
    /// Pixels drawn for each pixel of the film, 1/64..=4; absent: 1.
    #[serde(default)]
    pub scale: Option<f64>,
    /// Whether every frame is shown, and the sound waits for late ones. Otherwise late frames are
    /// left out.
    #[serde(default)]
    pub every_frame: bool,
    /// What draws.
    #[serde(default)]
    pub backend: BackendChoice,
    /// What decodes video streams.
    #[serde(default)]
    pub decode: DecodeChoice,
    /// Number of the graphics card that draws and decodes, as `cutroom doctor` lists them; absent: the best one.
    #[serde(default)]
    pub gpu: Option<usize>,
    /// Threads; 0 for one per core.
    #[serde(default)]
    pub threads: usize,
    /// The output on which the sound is heard, by its id or name; absent: the system's default, or
    /// nobody hears it if there is none.
    #[serde(default)]
    pub device: Option<String>,
    /// Lets nobody hear the sound: the machine's clock keeps the time.
    #[serde(default)]
    pub null_sink: bool,
}

const fn one() -> f64 {
    1.0
}

const fn once() -> u32 {
    1
}

impl Default for PlayRequest {
    fn default() -> Self {
        Self {
            from: None,
            to: None,
            speed: 1.0,
            times: 1,
            composition: None,
            scale: None,
            every_frame: false,
            backend: BackendChoice::default(),
            decode: DecodeChoice::default(),
            gpu: None,
            threads: 0,
            device: None,
            null_sink: false,
        }
    }
}

/// How well playback kept time. A picture lasts as long as a frame, whatever the speed: at double speed
/// every second frame is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlayReport {
    /// First frame of the range.
    pub from_frame: i64,
    /// Frame after the last one of the range.
    pub to_frame: i64,
    /// Size of the pictures in pixels.
    pub size: Size,
    /// Whether it was played to the end.
    pub complete: bool,
    /// How well it kept time.
    #[serde(flatten)]
    pub figures: PlaybackFigures,
    /// Frames per second of the composition.
    pub frame_rate: f64,
    /// Time from the command to the first picture, in seconds.
    pub start_secs: f64,
    /// Time from the first picture to the end, in seconds.
    pub real_secs: f64,
    /// What played the sound.
    pub sound: SoundOutputReport,
    /// What became of pictures that were decoded on a graphics card; absent if there were none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_pictures: Option<String>,
    /// The failure of a graphics card, if there was one; what was drawn is complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_lost: Option<DeviceLost>,
    /// Problems that did not prevent playing.
    pub warnings: Vec<String>,
}

/// Plays a range of a composition: the clock is that of the sound device or, without one, the machine's.
/// If `cancel` is cancelled, it stops and reports what it has played.
///
/// # Errors
/// Problems of the project, values that make no sense, a named device that cannot be opened, or a
/// failure of decoding, drawing or mixing.
pub fn play(
    session: &Session,
    request: &PlayRequest,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(Progress),
) -> Result<PlayReport, Vec<ApiError>> {
    let one = |e| vec![e];
    let id = session.composition(request.composition.as_deref()).map_err(one)?;
    session.check()?;
    let (rate, total) = session.frames(&id).map_err(one)?;
    let scale = session.scale(&id, request.scale, "scale").map_err(one)?;
    let range = format!("{}..{}", request.from.as_deref().unwrap_or(""), request.to.as_deref().unwrap_or(""));
    let range = crate::parse_range(&range, rate, total).map_err(|e| {
        let given = [("from", &request.from), ("to", &request.to)];
        one(given.iter().filter(|(_, value)| value.is_some()).fold(e, |e, (name, _)| e.field(name)))
    })?;
    if !(request.speed.abs() <= MAX_SPEED && request.speed != 0.0) {
        let error = ApiError::new("usage.speed", format!("`speed` {} is no speed", request.speed)).field("speed");
        return Err(one(error.hint("write a number from -8 to 8 that is not 0; -1 plays backwards")));
    }
    if request.times == 0 {
        let error = ApiError::new("usage.times", "`times` 0 plays nothing").field("times");
        return Err(one(error.hint("write how often the range is played: 1 or more")));
    }
    let card = settings::card(request.gpu).map_err(one)?;
    let options = OpenOptions { decode_threads: request.threads, decode: request.decode.into(), card, ..OpenOptions::default() };
    let opened = session.open_with(&id, options, cancel)?;
    let composition = opened.composition();
    let failed = |e: &EngineError| one(ApiError::from(e));
    let render =
        RenderOptions { backend: request.backend.into(), threads: request.threads, card: request.gpu, ..RenderOptions::default() };
    let output = DrawOutput::Video(PictureFormat::YUV420P8);
    let settings = EngineSettings::new(session.catalog.clone(), Arc::clone(session.library()), render, output);
    let channels = composition.channels as usize;
    let (mut sound, sink) =
        SoundOutput::open(request.device.as_deref(), request.null_sink, composition.sample_rate_hz, channels).map_err(one)?;
    let failures = device_lost::count(&opened);
    let mut engine = Engine::new(EngineSettings {
        sink,
        policy: if request.every_frame { LatePolicy::SlowDown } else { LatePolicy::Drop },
        scale,
        options,
        ..settings.map_err(|e| failed(&e))?
    })
    .map_err(|e| failed(&e))?;
    let began = Instant::now();
    engine.send(session.state(&id));
    engine.until_open(1, OPENING).map_err(|e| failed(&e))?;
    engine.transport(TransportCommand::Loop(Some((range.clone(), request.times))));
    engine.transport(TransportCommand::Seek(if request.speed > 0.0 { range.start } else { range.end - 1 }));
    engine.transport(TransportCommand::Shuttle(request.speed));
    let pictures = ((range.end - range.start) as f64 * f64::from(request.times) / request.speed.abs()).ceil() as u64;
    let (mut first, mut done, mut complete) = (None, 0, true);
    loop {
        engine.update();
        for shown in engine.shown() {
            first.get_or_insert_with(Instant::now);
            done = shown.tick + 1;
        }
        progress(Progress::frames(done.min(pictures), pictures));
        if engine.state().activity == Activity::Paused {
            break;
        }
        if cancel.is_cancelled() {
            complete = false;
            engine.transport(TransportCommand::Pause);
            engine.update();
            break;
        }
        engine.wait(UPDATE);
    }
    if let Some(e) = engine.play_error() {
        return Err(failed(&e));
    }
    let kept = engine.play_report();
    let (sound, heard) = sound.report();
    let first = first.unwrap_or_else(Instant::now);
    let lost = device_lost::since(&opened, failures);
    let problems = lost.as_ref().map(DeviceLost::warning).into_iter().chain(heard);
    Ok(PlayReport {
        from_frame: range.start,
        to_frame: range.end,
        size: scale.size(composition.size),
        complete,
        figures: PlaybackFigures::of(&kept, composition.sample_rate_hz),
        frame_rate: rate.as_f64(),
        start_secs: (first - began).as_secs_f64(),
        real_secs: first.elapsed().as_secs_f64(),
        sound,
        card_pictures: opened.drawn().summary(),
        warnings: session::warnings(session, &opened).into_iter().chain(problems).collect(),
        device_lost: lost,
    })
}
