//! Measures how fast streams are decoded and composed with a graphics card, and compares the frames
//! with those of software decoding:
//! `cargo run --release -p cutroom-pipeline --example card_speed -- [--decode cuda] [--streams 5] CLIP…`.
//!
//! For each clip: one stream of it, and so many over each other, each with opacity, scale, exposure and
//! saturation, in linear light, decoded, drawn, and read back as 8-bit 4:2:0 of the clip's size; and
//! the decoder alone. Clocks are raised first, then both are measured in turns, and medians of
//! [`ROUNDS`] count. Milliseconds a frame and rates are those after the first [`WARM_UP`] frames.
//! Hashes of all frames are compared between the two ways to decode, on the GPU and on the processor.
//! The lines that begin with `|` are a table. `--exhaust` takes all memory of the card in the middle of
//! the first clip, and shows what becomes of its frames.
use cutroom_effects::Catalog;
use cutroom_media::{DecodeChoice, MediaIndex, MediaLocation, ReadOptions, VideoReader};
use cutroom_pipeline::{Backend, Library, OpenComposition, OpenOptions, RenderOptions, Renderer, output_spec};
use cutroom_project::Project;
use cutroom_render::{gpu, wgpu};
use cutroom_types::{CancelToken, Picture, PictureFormat, Size};
use serde_json::{Value, json};
use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

/// Frames that are not measured: decoders start, shaders are compiled.
const WARM_UP: usize = 20;
/// Frames whose hashes are compared when the processor draws.
const COMPARED_ON_CPU: i64 = 12;
/// How often everything is measured.
const ROUNDS: usize = 3;
/// An idle card runs at a fraction of its clock: it works so long before it is measured.
const RAISING: Duration = Duration::from_secs(2);
/// Frames a second of the films.
const RATE: f64 = 30.0;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut decode, mut streams, mut clips, mut exhausts) = (DecodeChoice::Cuda, 5, Vec::new(), false);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--decode" => decode = arguments.next().and_then(|id| DecodeChoice::named(&id)).ok_or("no such device")?,
            "--streams" => streams = arguments.next().ok_or("how many?")?.parse()?,
            "--exhaust" => exhausts = true,
            _ => clips.push(PathBuf::from(argument)),
        }
    }
    if let (Some(clip), true) = (clips.first(), exhausts) {
        return exhaust(clip, decode);
    }
    let mut rows = Vec::new();
    for clip in &clips {
        rows.extend(measure(clip, decode, streams)?);
    }
    println!("| clip | streams | ms a frame | in software | of the decoder's rate | without a copy | bar |");
    println!("|---|---|---|---|---|---|---|");
    rows.iter().for_each(|row| println!("{row}"));
    Ok(())
}

/// Rows of the table of a clip.
fn measure(clip: &Path, decode: DecodeChoice, streams: usize) -> Result<Vec<String>, Box<dyn Error>> {
    let index = Arc::new(MediaIndex::open(&MediaLocation::file(clip), &CancelToken::new())?);
    let size = index.info().video.first().ok_or("no picture")?.size;
    let name = clip.file_stem().unwrap_or_default().to_string_lossy();
    println!("{name}: {}×{}", size.width, size.height);
    let started = Instant::now();
    let (mut alone, mut frames) = (Vec::new(), 0);
    while started.elapsed() < RAISING {
        frames = decoder_alone(&index, decode)?.1;
    }
    let [mut gpu, mut cpu] = [
        Renderer::new(RenderOptions::default())?,
        Renderer::new(RenderOptions { backend: Backend::Cpu, ..RenderOptions::default() })?,
    ];
    let mut rows = Vec::new();
    for count in [1, streams] {
        let document = project(clip, size, count, frames as f64 / RATE);
        let (on_card, in_software) = (Film::open(clip, &document, decode)?, Film::open(clip, &document, DecodeChoice::Software)?);
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            alone.push(decoder_alone(&index, decode)?.0);
            times.push(on_card.run(&mut gpu, None, false)?.ms);
        }
        let software_ms = in_software.run(&mut gpu, None, false)?.ms;
        let (ms, alone) = (median(&times), median(&alone));
        let share = 100.0 * 1000.0 / ms * count as f64 / alone;
        let card = on_card.run(&mut gpu, None, true)?;
        println!("  {count} streams: {times:.3?} ms a frame; decoder alone {alone:.0} frames a second; {}", card.by);
        compare("on the GPU", &card.hashes, &in_software.run(&mut gpu, None, true)?.hashes)?;
        let [a, b] = [&on_card, &in_software].map(|film| film.run(&mut cpu, Some(COMPARED_ON_CPU), true));
        compare("on the processor", &a?.hashes, &b?.hashes)?;
        let how = if card.by.contains("drawn without a copy") { "all" } else { "**not all**" };
        let bar = bar(size, count, ms, share);
        rows.push(format!("| {name} | {count} | {ms:.2} | {software_ms:.2} | {share:.0} % | {how} | {bar} |"));
    }
    Ok(rows)
}

/// What is asked of a film of so many streams, and whether it is met.
fn bar(size: Size, streams: usize, ms: f64, share: f64) -> String {
    let (what, is_met) = match (size.height, streams) {
        (1080, 1) => ("≥ 90 % of the decoder's rate".to_owned(), share >= 90.0),
        (1080, 5) => ("≤ 1.9 ms".to_owned(), ms <= 1.9),
        (2160, 5) => ("≤ 7 ms".to_owned(), ms <= 7.0),
        _ => return String::new(),
    };
    what + if is_met { " met" } else { " **missed**" }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Draws frames before and after all memory of the card is taken; those after it need more.
fn exhaust(clip: &Path, decode: DecodeChoice) -> Result<(), Box<dyn Error>> {
    let index = MediaIndex::open(&MediaLocation::file(clip), &CancelToken::new())?;
    let size = index.info().video.first().ok_or("no picture")?.size;
    let document = project(clip, size, 5, 2.0);
    let film = Film::open(clip, &document, decode)?;
    let mut renderer = Renderer::new(RenderOptions::default())?;
    let mut reader = film.0.frames(0..film.0.frame_count());
    let [small, large] =
        [PictureFormat::YUV420P8, PictureFormat::RGB_FLOAT].map(|format| output_spec(film.0.composition(), format));
    for _ in 0..10 {
        reader.next_picture(&mut renderer, &small)?;
    }
    println!("10 frames by {}", renderer.describe());
    let other = gpu::Gpu::open_card(None, false)?;
    let (mut taken, mut bytes, mut mib) = (Vec::new(), other.limits.max_buffer_size.min(4 << 30), 0);
    while bytes >= 1 << 20 {
        let usage = wgpu::BufferUsages::STORAGE;
        let descriptor = wgpu::BufferDescriptor { label: None, size: bytes, usage, mapped_at_creation: false };
        let buffer = other.device.create_buffer(&descriptor);
        match other.check() {
            Ok(()) => {
                mib += bytes >> 20;
                taken.push(buffer);
            }
            Err(_) => bytes /= 2,
        }
    }
    println!("{mib} MiB of the card are taken by {} buffers", taken.len());
    let began = Instant::now();
    let after: Vec<u64> =
        (0..10).map(|_| Ok(hash(&reader.next_picture(&mut renderer, &large)?))).collect::<Result<_, Box<dyn Error>>>()?;
    println!("{} frames after that by {} in {:.1} s", after.len(), renderer.describe(), began.elapsed().as_secs_f64());
    for lost in film.0.drawn().lost {
        println!("{lost:?}");
    }
    drop((reader, taken, other));
    let mut again = Renderer::new(RenderOptions { backend: Backend::Cpu, ..RenderOptions::default() })?;
    let mut reader = film.0.frames(10..20);
    let expected: Vec<u64> =
        (0..10).map(|_| Ok(hash(&reader.next_picture(&mut again, &large)?))).collect::<Result<_, Box<dyn Error>>>()?;
    let same = after.iter().zip(&expected).filter(|(a, b)| a == b).count();
    println!("{same} of them are, to the bit, those of the processor");
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

/// Frames a second of one decoder whose frames stay where they are decoded, and how many there are.
fn decoder_alone(index: &Arc<MediaIndex>, decode: DecodeChoice) -> Result<(f64, usize), Box<dyn Error>> {
    let options = ReadOptions { decode, keep_on: cutroom_media::card(), ..ReadOptions::default() };
    let mut reader = VideoReader::open_indexed(Arc::clone(index), 0, options)?;
    let mut started = Instant::now();
    for n in 0..reader.frame_count() {
        reader.frame(n)?;
        if n + 1 == WARM_UP {
            started = Instant::now();
        }
    }
    let frames = reader.frame_count();
    Ok(((frames - WARM_UP) as f64 / started.elapsed().as_secs_f64(), frames))
}

fn project(clip: &Path, size: Size, streams: usize, secs: f64) -> Value {
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
            "duration": format!("{secs}s"),
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
    /// Of all frames, if they were asked for.
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

    /// Draws `frames` of the film, or all. Hashing takes time in which decoders work ahead, so what is hashed
    /// is not measured.
    fn run(&self, renderer: &mut Renderer, frames: Option<i64>, hashes: bool) -> Result<Run, Box<dyn Error>> {
        let film = &self.0;
        let spec = output_spec(film.composition(), PictureFormat::YUV420P8);
        let count = frames.unwrap_or(film.frame_count());
        let mut reader = film.frames(0..count);
        let (mut list, mut started) = (Vec::new(), Instant::now());
        for n in 0..count as usize {
            let picture = reader.next_picture(renderer, &spec)?;
            if hashes {
                list.push(hash(&picture));
            }
            if n + 1 == WARM_UP {
                started = Instant::now();
            }
        }
        let ms = started.elapsed().as_secs_f64() * 1000.0 / (count as usize).saturating_sub(WARM_UP).max(1) as f64;
        drop(reader);
        for warning in film.warnings() {
            println!("  warning: {warning}");
        }
        Ok(Run { ms, hashes: list, by: film.drawn_by(renderer) })
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
