//! Compares what a graphics card decodes with what the processor decodes, frame by frame and bit by
//! bit: `cargo run --release -p cutroom-media --example hardware_check -- [--decode cuda] CLIPS…`.
//!
//! For each clip: every frame in order, copied to host memory by the reader and kept on the card; a
//! hundred random positions; the rate of both decoders; and why the card does not decode it, if it
//! does not. `--open N` opens and closes the first clip N times before the end.
use cutroom_media::{DecodeChoice, MediaIndex, MediaLocation, ReadOptions, VideoReader, hardware_decoders};
use cutroom_types::{CancelToken, DeviceId, Picture};
use std::{error::Error, path::Path, sync::Arc, time::Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut choice, mut clips, mut opens) = (DecodeChoice::Cuda, Vec::new(), 0);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--decode" => choice = arguments.next().and_then(|id| DecodeChoice::named(&id)).ok_or("no such device")?,
            "--open" => opens = arguments.next().ok_or("how often?")?.parse()?,
            _ => clips.push(argument),
        }
    }
    for row in hardware_decoders() {
        println!("{:14} {} {}", row.id, if row.works { "works:" } else { "no:" }, row.what);
    }
    let mut failed = false;
    for clip in &clips {
        match check(Path::new(clip), choice) {
            Ok(line) => println!("{line}"),
            Err(error) => {
                failed = true;
                println!("{clip}: FAILED: {error}");
            }
        }
    }
    if let (Some(clip), true) = (clips.first(), opens > 0) {
        open_often(Path::new(clip), choice, opens)?;
    }
    if failed { Err("what is marked FAILED".into()) } else { Ok(()) }
}

fn reader(index: &Arc<MediaIndex>, decode: DecodeChoice, keep_on: Option<DeviceId>) -> Result<VideoReader, Box<dyn Error>> {
    let options = ReadOptions { decode, keep_on, ..ReadOptions::default() };
    Ok(VideoReader::open_indexed(Arc::clone(index), 0, options)?)
}

/// A hash of the samples and of what says what they mean.
fn hash(picture: &Picture) -> Result<u64, Box<dyn Error>> {
    let host = picture.on_host()?;
    let mut hasher = blake3::Hasher::new();
    let meaning = (host.format, host.size, host.color, host.sample_aspect, host.orientation);
    hasher.update(format!("{meaning:?}").as_bytes());
    for plane in &host.planes {
        (0..plane.rows()).for_each(|y| {
            hasher.update(plane.row(y));
        });
    }
    Ok(u64::from_le_bytes(hasher.finalize().as_bytes()[..8].try_into()?))
}

/// All frames in order, and how many a second.
fn all(reader: &mut VideoReader) -> Result<(Vec<Picture>, f64), Box<dyn Error>> {
    let started = Instant::now();
    let pictures = (0..reader.frame_count()).map(|n| reader.frame(n).map(|f| f.picture)).collect::<Result<Vec<_>, _>>()?;
    let rate = pictures.len() as f64 / started.elapsed().as_secs_f64();
    Ok((pictures, rate))
}

fn check(clip: &Path, choice: DecodeChoice) -> Result<String, Box<dyn Error>> {
    let index = Arc::new(MediaIndex::open(&MediaLocation::file(clip), &CancelToken::new())?);
    let mut software = reader(&index, DecodeChoice::Software, None)?;
    let (expected, software_rate) = all(&mut software)?;
    let expected = expected.iter().map(hash).collect::<Result<Vec<_>, _>>()?;
    let differs = |what: &str, n: usize| format!("{what}: frame {n} of {} differs", expected.len());
    let mut copied = reader(&index, choice, None)?;
    let (pictures, copied_rate) = all(&mut copied)?;
    for (n, picture) in pictures.iter().enumerate() {
        if picture.device.is_some() || hash(picture)? != expected[n] {
            return Err(differs("copied", n).into());
        }
    }
    let report = copied.report();
    drop(pictures);
    let mut kept = reader(&index, choice, cutroom_media::card())?;
    let (pictures, kept_rate) = all(&mut kept)?;
    let on_card = pictures.iter().filter(|p| p.device.is_some()).count();
    for (n, picture) in pictures.iter().enumerate() {
        if hash(picture)? != expected[n] {
            return Err(differs("kept", n).into());
        }
    }
    drop(pictures);
    // As in a known generator (Numerical Recipes); any sequence would do.
    let mut seed = 1u32;
    for _ in 0..100 {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let n = (seed >> 8) as usize % expected.len();
        if hash(&kept.frame(n)?.picture)? != expected[n] {
            return Err(differs("after a seek", n).into());
        }
    }
    if software.report().is_clean() != kept.report().is_clean() {
        return Err(format!("reports differ: {:?}, {:?}", software.report(), kept.report()).into());
    }
    let by = report.decoded_by.unwrap_or("the processor");
    let why = report.fell_back.map_or(String::new(), |why| format!(" ({why})"));
    Ok(format!(
        "{}: {} frames equal, {on_card} kept on the card, 100 seeks right, by {by}{why}; frames a second: {software_rate:.0} by the processor, {copied_rate:.0} copied, {kept_rate:.0} kept",
        clip.display(),
        expected.len(),
    ))
}

fn open_often(clip: &Path, choice: DecodeChoice, count: usize) -> Result<(), Box<dyn Error>> {
    let index = Arc::new(MediaIndex::open(&MediaLocation::file(clip), &CancelToken::new())?);
    let open = |n: usize| -> Result<(), String> {
        let mut reader = reader(&index, choice, cutroom_media::card()).map_err(|e| e.to_string())?;
        reader.frame(n % reader.frame_count()).map(|_| ()).map_err(|e| e.to_string())
    };
    // What the driver keeps for every thread is there after the first round.
    const THREADS: usize = 8;
    let round = |each: usize| -> Result<(), String> {
        std::thread::scope(|scope| {
            let work = |k: usize| scope.spawn(move || (0..each).try_for_each(|n| open(n * THREADS + k)));
            let running: Vec<_> = (0..THREADS).map(work).collect();
            running.into_iter().try_for_each(|t| t.join().map_err(|_| "a thread panicked".to_owned())?)
        })
    };
    round(1)?;
    memory("after the first round");
    let started = Instant::now();
    round(count.div_ceil(THREADS))?;
    memory("after the last");
    println!("{count} times opened and closed in {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// Prints how much of the card's memory is used, as its own tool says.
fn memory(when: &str) {
    let asked = ["--query-gpu=memory.used", "--format=csv,noheader"];
    let said = std::process::Command::new("nvidia-smi")
        .args(asked)
        .output()
        .map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    println!("memory of the card {when}: {}", said.unwrap_or_else(|e| e.to_string()));
}
