//! Compares what a graphics card decodes with what the processor decodes, frame by frame and bit by
//! bit: `cargo run --release -p cutroom-media --example hardware_check -- [--decode cuda] CLIPS…`.
//!
//! For each clip: every frame in order, copied to host memory by the reader and kept on the card; a
//! hundred random positions; the rate of both decoders; and why the card does not decode it, if it
//! does not. `--open N` opens and closes the first clip N times before the end; `--together N` reads the
//! clips with N readers at once, twice, whose frames must all differ (numbered clips, say), so that one
//! in a wrong place is noticed.
use cutroom_media::{DecodeChoice, MediaIndex, MediaLocation, ReadOptions, VideoReader, hardware_decoders};
use cutroom_types::{CancelToken, DeviceId, Picture};
use std::{error::Error, path::Path, sync::Arc, time::Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut choice, mut clips, mut opens, mut together) = (DecodeChoice::Cuda, Vec::new(), 0, 0);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--decode" => choice = arguments.next().and_then(|id| DecodeChoice::named(&id)).ok_or("no such device")?,
            "--open" => opens = arguments.next().ok_or("how often?")?.parse()?,
            "--together" => together = arguments.next().ok_or("how many?")?.parse()?,
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
    if together > 0 {
        read_together(&clips, choice, together)?;
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

/// Reads the clips with `count` readers at once, each with jumps between its frames, and compares them.
fn read_together(clips: &[String], choice: DecodeChoice, count: usize) -> Result<(), Box<dyn Error>> {
    let mut known = Vec::new();
    for clip in clips {
        let index = Arc::new(MediaIndex::open(&MediaLocation::file(Path::new(clip)), &CancelToken::new())?);
        let pictures = all(&mut reader(&index, DecodeChoice::Software, None)?)?.0;
        let hashes = pictures.iter().map(hash).collect::<Result<Vec<_>, _>>()?;
        let distinct = hashes.iter().collect::<std::collections::HashSet<_>>().len();
        if distinct != hashes.len() {
            println!("{clip}: {distinct} of its {} frames differ, so not all mistakes would be noticed", hashes.len());
        }
        known.push((index, hashes));
    }
    let read = &|k: usize| -> Result<usize, String> {
        let (index, expected) = &known[k % known.len()];
        let mut reader = reader(index, choice, cutroom_media::card()).map_err(|e| e.to_string())?;
        let jumps = (0..expected.len()).step_by(7).map(|n| (n * 31 + k) % expected.len());
        let mut frames = 0;
        for n in (0..expected.len()).chain(jumps) {
            let picture = reader.frame(n).map_err(|e| e.to_string())?.picture;
            if hash(&picture).map_err(|e| e.to_string())? != expected[n] {
                return Err(format!("reader {k}: frame {n} is wrong"));
            }
            frames += 1;
        }
        Ok(frames)
    };
    let round = || -> Result<usize, String> {
        std::thread::scope(|scope| {
            let running: Vec<_> = (0..count).map(|k| scope.spawn(move || read(k))).collect();
            running.into_iter().map(|t| t.join().map_err(|_| "a thread panicked".to_owned())?).sum()
        })
    };
    // What the driver keeps for every thread is there after the first round.
    memory("before streams at once");
    round()?;
    memory("after the first round of them");
    let (started, frames) = (Instant::now(), round()?);
    let rate = frames as f64 / started.elapsed().as_secs_f64();
    memory("after the second");
    println!("{count} streams at once, {frames} frames, all right, {rate:.0} frames a second copied to memory and hashed");
    Ok(())
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
        .map(|out| String::from_utf8_lossy(&out.stdout).trim().replace('\n', ", "));
    println!("memory of the card {when}: {}", said.unwrap_or_else(|e| e.to_string()));
}
