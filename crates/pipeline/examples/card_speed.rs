//! Measures how fast streams are decoded and composed with a graphics card, and compares the frames
//! with those of software decoding:
//! `cargo run --release -p cutroom-pipeline --example card_speed -- [--decode cuda] [--streams 5] CLIP…`.
//!
//! For each clip: so many streams of it over each other, each with opacity, scale, exposure and
//! saturation, in linear light, decoded, drawn, and read back as 8-bit 4:2:0 of the clip's size; one
//! stream, with exposure; and the decoder alone. Frames per second and milliseconds a frame are those
//! after the first [`WARM_UP`] frames. Hashes of all frames are compared between the two ways to
//! decode, on the GPU and on the processor.
use cutroom_effects::Catalog;
use cutroom_media::{DecodeChoice, MediaIndex, MediaLocation, ReadOptions, VideoReader};
use cutroom_pipeline::{Backend, Library, OpenComposition, OpenOptions, RenderOptions, Renderer, output_spec};
use cutroom_project::Project;
use cutroom_types::{CancelToken, Picture, PictureFormat, Size};
use serde_json::{Value, json};
use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

/// Frames that are not measured: decoders start, shaders are compiled.
const WARM_UP: usize = 20;
/// Frames whose hashes are compared when the processor draws.
const COMPARED_ON_CPU: i64 = 12;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut decode, mut streams, mut clips) = (DecodeChoice::Cuda, 5, Vec::new());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--decode" => decode = arguments.next().and_then(|id| DecodeChoice::named(&id)).ok_or("no such device")?,
            "--streams" => streams = arguments.next().ok_or("how many?")?.parse()?,
            _ => clips.push(PathBuf::from(argument)),
        }
    }
    for clip in &clips {
        measure(clip, decode, streams)?;
    }
    Ok(())
}

fn measure(clip: &Path, decode: DecodeChoice, streams: usize) -> Result<(), Box<dyn Error>> {
    let index = Arc::new(MediaIndex::open(&MediaLocation::file(clip), &CancelToken::new())?);
    let size = index.info().video.first().ok_or("no picture")?.size;
    println!("{}: {}×{}", clip.display(), size.width, size.height);
    // The first time raises the clocks.
    decoder_alone(&index, decode)?;
    let alone = decoder_alone(&index, decode)?;
    println!("  the decoder alone: {alone:.0} frames a second");
    for count in [1, streams] {
        let document = project(clip, size, count);
        let run = |decode, backend, frames| Film::open(clip, &document, decode)?.run(backend, frames);
        let card = run(decode, Backend::Auto, None)?;
        let software = run(DecodeChoice::Software, Backend::Auto, None)?;
        let rate = 1000.0 / card.ms;
        println!(
            "  {count} streams: {:.3} ms a frame ({:.0} % of the decoder's rate over all streams), in software {:.3} ms; {}",
            card.ms,
            100.0 * rate * count as f64 / alone,
            software.ms,
            card.by,
        );
        compare("on the GPU", &card.hashes, &software.hashes)?;
        let [card, software] = [decode, DecodeChoice::Software].map(|decode| run(decode, Backend::Cpu, Some(COMPARED_ON_CPU)));
        let card = card?;
        compare("on the processor", &card.hashes, &software?.hashes)?;
        println!("  {}", card.by);
    }
    Ok(())
}

fn compare(drawn: &str, card: &[u64], software: &[u64]) -> Result<(), String> {
    match card.iter().zip(software).position(|(a, b)| a != b) {
        None if card.len() == software.len() => {
            println!("  {} frames drawn {drawn} have the same hashes for both decoders", card.len());
            Ok(())
        }
        at => Err(format!("drawn {drawn}, frame {at:?} differs between the decoders")),
    }
}

/// Frames a second of one decoder whose frames stay where they are decoded.
fn decoder_alone(index: &Arc<MediaIndex>, decode: DecodeChoice) -> Result<f64, Box<dyn Error>> {
    let options = ReadOptions { decode, keep_on: cutroom_media::card(), ..ReadOptions::default() };
    let mut reader = VideoReader::open_indexed(Arc::clone(index), 0, options)?;
    let mut started = Instant::now();
    for n in 0..reader.frame_count() {
        reader.frame(n)?;
        if n + 1 == WARM_UP {
            started = Instant::now();
        }
    }
    Ok((reader.frame_count() - WARM_UP) as f64 / started.elapsed().as_secs_f64())
}

fn project(clip: &Path, size: Size, streams: usize) -> Value {
    let name = clip.file_name().unwrap_or_default().to_string_lossy();
    let media: Vec<Value> = (0..streams).map(|n| json!({"id": format!("m{n}"), "path": name})).collect();
    let track = |n: usize| {
        let look = |effect: &str, params: Value| json!({"id": format!("{effect}{n}"), "effect": effect, "params": params});
        let effects =
            json!([look("exposure", json!({"exposure": 0.1 + 0.05 * n as f64})), look("saturation", json!({"amount": 1.2})),]);
        let scale = 1.0 - 0.12 * n as f64;
        let opacity = if n == 0 { 1.0 } else { 0.8 };
        let video = json!({"opacity": opacity, "transform": {"scale": [scale, scale]}, "effects": effects});
        json!({"id": format!("v{n}"), "clips": [{
            "id": format!("c{n}"),
            "source": {"type": "media", "media": format!("m{n}")},
            "start": 0,
            "duration": "4s",
            "video": video,
            "audio": {"enabled": false},
        }]})
    };
    json!({
        "schema_version": 2,
        "main": "film",
        "media": media,
        "compositions": [{
            "id": "film",
            "size": {"width": size.width, "height": size.height},
            "frame_rate": "30",
            "tracks": (0..streams).map(track).collect::<Vec<_>>(),
        }],
    })
}

/// An open film.
struct Film(Arc<OpenComposition>);

/// What drawing a film took and gave.
struct Run {
    /// Milliseconds a frame after the warm-up.
    ms: f64,
    hashes: Vec<u64>,
    by: String,
}

impl Film {
    fn open(clip: &Path, document: &Value, decode: DecodeChoice) -> Result<Self, Box<dyn Error>> {
        let project: Project = serde_json::from_value(document.clone())?;
        let library = Arc::new(Library::new(clip.parent().ok_or("the clip has no folder")?));
        let options = OpenOptions { decode, ..OpenOptions::default() };
        let main = project.main.clone();
        let opened = OpenComposition::open(project, &main, &Catalog::builtin(), &library, options, &CancelToken::new());
        Ok(Self(Arc::new(opened.map_err(|problems| format!("{problems:?}"))?)))
    }

    fn run(&self, backend: Backend, frames: Option<i64>) -> Result<Run, Box<dyn Error>> {
        let film = &self.0;
        let mut renderer = Renderer::new(RenderOptions { backend, ..RenderOptions::default() })?;
        let spec = output_spec(film.composition(), PictureFormat::YUV420P8);
        let count = frames.unwrap_or(film.frame_count());
        let mut reader = film.frames(0..count);
        let (mut hashes, mut hashing, mut started) = (Vec::new(), 0.0, Instant::now());
        for n in 0..count as usize {
            let picture = reader.next_picture(&mut renderer, &spec)?;
            let before = Instant::now();
            hashes.push(hash(&picture));
            hashing += before.elapsed().as_secs_f64();
            if n + 1 == WARM_UP {
                (started, hashing) = (Instant::now(), 0.0);
            }
        }
        let secs = started.elapsed().as_secs_f64() - hashing;
        let ms = secs * 1000.0 / (count as usize).saturating_sub(WARM_UP).max(1) as f64;
        drop(reader);
        for warning in film.warnings() {
            println!("  warning: {warning}");
        }
        Ok(Run { ms, hashes, by: film.drawn_by(&renderer) })
    }
}

fn hash(picture: &Picture) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for plane in &picture.planes {
        (0..plane.rows()).for_each(|y| {
            hasher.update(plane.row(y));
        });
    }
    hasher.finalize().as_bytes()[..8].iter().fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}
