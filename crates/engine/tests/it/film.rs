//! Films, drawers and engines of the tests.
use cutroom_effects::Catalog;
use cutroom_engine::{DocumentState, DrawOrder, DrawOutput, Drawer, Draws, Engine, EngineError, EngineSettings};
use cutroom_pipeline::{DrawnBy, Library, RenderOptions};
use cutroom_project::{Clip, ClipSource, Composition, EffectInstance, Project, Track, TrackKind};
use cutroom_types::{ColorModel, ColorTags, FrameRate, ParamValue, Picture, PictureFormat, Size, Time};
use std::{path::Path, sync::Arc, time::Duration};

pub const SIZE: Size = Size { width: 16, height: 16 };

pub fn rate() -> FrameRate {
    FrameRate::new(25, 1).unwrap()
}

pub fn at(frame: i64) -> Time {
    rate().time_of_frame(frame)
}

/// A clip of one colour over frames `from..to`.
pub fn clip(id: &str, from: i64, to: i64) -> Clip {
    // A colour of its own: FNV-1a of the id.
    let hash = id.bytes().fold(0x811c_9dc5_u32, |h, byte| (h ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let level = |k: usize| f64::from(hash.to_le_bytes()[k]) / 255.0;
    Clip::new(id, ClipSource::solid([level(0), level(1), level(2), 1.0]), at(from), at(to) - at(from))
}

/// `tracks` tracks with `clips` clips of `frames` frames, one after the other.
pub fn film(tracks: usize, clips: i64, frames: i64) -> Project {
    let mut main = Composition::new("main", SIZE, rate());
    for t in 0..tracks {
        let mut track = Track::new(&format!("t{t}"), TrackKind::Video);
        track.clips = (0..clips).map(|k| clip(&format!("c{t}-{k}"), k * frames, (k + 1) * frames).into()).collect();
        main.tracks.push(track);
    }
    Project::new("film", main)
}

pub fn effect(id: &str, name: &str, params: &[(&str, ParamValue)]) -> EffectInstance {
    let params = params.iter().map(|(id, value)| ((*id).to_owned(), value.clone().into())).collect();
    EffectInstance { id: id.into(), effect: name.into(), enabled: true, params, extra: Default::default() }
}

pub fn brightness(amount: f64) -> EffectInstance {
    effect("e", "brightness", &[("amount", ParamValue::Number(amount))])
}

pub fn state(project: &Project, revision: u64) -> DocumentState {
    let composition = project.main.clone();
    DocumentState { project: Arc::new(project.clone()), composition, revision, touched: None }
}

/// A picture of one sample: the frame's number, modulo 256.
pub fn numbered(frame: i64) -> Picture {
    let format = PictureFormat { model: ColorModel::Gray, ..PictureFormat::RGB8 };
    let sample = frame.rem_euclid(256) as u8;
    Picture::from_planes(format, Size { width: 1, height: 1 }, ColorTags::SRGB, vec![vec![sample]]).unwrap()
}

pub fn number(picture: &Picture) -> i64 {
    i64::from(picture.sample(0, 0, 0))
}

/// What the drawers of the tests say that they draw.
pub fn draws() -> Draws {
    Draws { output: DrawOutput::Video(PictureFormat::YUV420P8), by: DrawnBy::other("test") }
}

/// Draws the frame's number, at once.
pub struct Known;

impl Drawer for Known {
    fn draws(&self) -> Draws {
        draws()
    }

    fn draw(&mut self, order: &DrawOrder) -> Result<Picture, EngineError> {
        Ok(numbered(order.frame))
    }
}

pub fn settings() -> EngineSettings {
    let library = Arc::new(Library::new(Path::new(".")));
    let render = RenderOptions { threads: 1, ..RenderOptions::default() };
    EngineSettings::new(Catalog::builtin(), library, render, draws().output).unwrap()
}

/// An engine with an open film, whose frames are drawn by `drawer`.
pub fn engine(project: &Project, drawer: impl Drawer + 'static) -> Engine {
    opened(project, EngineSettings { drawer: Box::new(drawer), ..settings() })
}

pub fn opened(project: &Project, settings: EngineSettings) -> Engine {
    let mut engine = Engine::new(settings).unwrap();
    engine.send(state(project, 1));
    engine.until_open(1, Duration::from_secs(20)).unwrap();
    engine
}

/// Updates until nothing is under way.
pub fn settle(engine: &mut Engine) {
    for _ in 0..20_000 {
        engine.update();
        if engine.is_idle() {
            return;
        }
        engine.wait(Duration::from_millis(1));
    }
    panic!("the engine does not come to rest: {:?}", engine.state());
}
