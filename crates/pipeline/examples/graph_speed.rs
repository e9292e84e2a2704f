//! Measures how much faster than real time tracks with effects are mixed:
//! `cargo run --release -p cutroom-pipeline --example graph_speed`.
//!
//! 32 stereo tracks at 48 kHz, each with a parametric equalizer (three bands on) and a compressor, on
//! one thread. With a folder as the argument, it instead writes the sound of each track there as 32-bit float
//! WAV of a second, which other programs repeat; with `once`, it mixes once with the effects and prints
//! nothing else, for the workload `mix` of `cargo xtask bench`.
use cutroom_audio::{AudioFormat, AudioSource, ChannelLayout, Mixer, SourceError};
use cutroom_effects::Catalog;
use cutroom_project::Project;
use cutroom_timeline::Timeline;
use cutroom_types::{AudioBlock, MediaId};
use serde_json::{Value, json};
use std::{path::Path, time::Instant};

const HZ: u32 = 48_000;
const TRACKS: usize = 32;
const SECONDS: usize = 60;
/// The sound of a track repeats after this many seconds, so that it stays near the processor.
const LOOP_SECONDS: usize = 1;
/// A video frame at 24 per second, as players and exports ask for.
const BLOCK_SAMPLES: usize = 2_000;

/// Sound in memory, by track, that repeats.
struct Loops(Vec<AudioBlock>);

impl Loops {
    fn get(&self, media: &MediaId) -> Result<&AudioBlock, SourceError> {
        let track = media.as_str().trim_start_matches('m').parse().ok().and_then(|n: usize| self.0.get(n));
        track.ok_or_else(|| "there is no such track".into())
    }
}

impl AudioSource for Loops {
    fn format(&self, media: &MediaId, _: usize) -> Result<AudioFormat, SourceError> {
        let block = self.get(media)?;
        Ok(AudioFormat { rate_hz: block.rate_hz, layout: ChannelLayout::usual(block.channels.len())? })
    }

    fn read(&mut self, media: &MediaId, _: usize, first: i64, samples: usize) -> Result<AudioBlock, SourceError> {
        let block = self.get(media)?;
        let mut at = first.rem_euclid(block.len() as i64) as usize;
        let mut channels = vec![Vec::with_capacity(samples); block.channels.len()];
        while channels[0].len() < samples {
            let count = (samples - channels[0].len()).min(block.len() - at);
            channels.iter_mut().zip(&block.channels).for_each(|(to, from)| to.extend_from_slice(&from[at..at + count]));
            at = 0;
        }
        Ok(AudioBlock { rate_hz: block.rate_hz, channels })
    }
}

/// Tones of decaying partials, and a burst of noise at every half second: loud and quiet parts, so
/// that compressors work.
fn music(track: usize) -> AudioBlock {
    let mut seed = track as u64 * 2 + 1;
    let mut noise = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 40) as f64 / f64::from(1 << 23) - 1.0
    };
    let pitch = 55.0 + 5.0 * track as f64;
    let mut channels = vec![Vec::new(); 2];
    for n in 0..LOOP_SECONDS * HZ as usize {
        let t = n as f64 / f64::from(HZ);
        let (beat, chord) = (t % 0.5, 2.0 * t);
        for (side, channel) in channels.iter_mut().enumerate() {
            let partial = |k: f64| (std::f64::consts::TAU * pitch * k * t + side as f64).sin() / k;
            let tone = [1.0, 2.0, 3.0, 4.0, 6.0].into_iter().map(partial).sum::<f64>() * (-chord).exp();
            channel.push((0.15 * tone + 0.3 * noise() * (-beat * 25.0).exp() + 0.001 * noise()) as f32);
        }
    }
    AudioBlock { rate_hz: HZ, channels }
}

fn project(effects: bool) -> Project {
    let track = |n: usize| {
        let equalizer = json!({"lowCut": true, "bell1Gain": 4, "bell3Gain": -6, "bell3Q": 2});
        let used = json!([
            {"id": format!("q{n}"), "effect": "audio-parametric-eq", "params": equalizer},
            {"id": format!("c{n}"), "effect": "audio-compressor", "params": {"threshold": -24, "ratio": 3}}
        ]);
        let source = json!({"type": "media", "media": format!("m{n}")});
        let clip = json!({"id": format!("k{n}"), "source": source, "start": 0, "duration": format!("{SECONDS}s")});
        let used = if effects { used } else { json!([]) };
        json!({"id": format!("t{n}"), "kind": "audio", "gain_db": -15, "clips": [clip], "audio": {"effects": used}})
    };
    let media = |n: usize| json!({"id": format!("m{n}"), "path": format!("m{n}.wav"), "kind": "audio"});
    let document = json!({
        "schema_version": cutroom_project::SCHEMA_VERSION,
        "media": (0..TRACKS).map(media).collect::<Vec<Value>>(),
        "main": "main",
        "compositions": [{
            "id": "main", "size": {"width": 16, "height": 16}, "frame_rate": "24", "sample_rate_hz": HZ, "channels": 2,
            "tracks": (0..TRACKS).map(track).collect::<Vec<Value>>()
        }]
    });
    cutroom_project::from_json(&document.to_string()).expect("the project is valid")
}

/// Seconds of processor time that this process has had, where the system says so (Linux).
fn processor_secs() -> Option<f64> {
    let line = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? as f64 * 1e-9)
}

fn write(folder: &Path, sound: &Loops) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (track, block) in sound.0.iter().enumerate() {
        let data = (LOOP_SECONDS * HZ as usize * 2 * 4) as u32;
        let mut file = Vec::with_capacity(data as usize + 44);
        // A WAVE file of IEEE floats (format 3), two channels.
        file.extend_from_slice(b"RIFF");
        file.extend_from_slice(&(data + 36).to_le_bytes());
        file.extend_from_slice(b"WAVEfmt \x10\0\0\0\x03\0\x02\0");
        file.extend_from_slice(&HZ.to_le_bytes());
        file.extend_from_slice(&(HZ * 8).to_le_bytes());
        file.extend_from_slice(b"\x08\0\x20\0data");
        file.extend_from_slice(&data.to_le_bytes());
        for n in 0..LOOP_SECONDS * HZ as usize {
            block.channels.iter().for_each(|c| file.extend_from_slice(&c[n % c.len()].to_le_bytes()));
        }
        std::fs::write(folder.join(format!("m{track}.wav")), file)?;
    }
    Ok(())
}

/// Mixes all of it: seconds of wall time, and of the processor.
fn mixed(sound: &mut Loops, effects: bool) -> (f64, f64) {
    let project = project(effects);
    let timeline = Timeline::new(&project, &project.main, &Catalog::builtin()).expect("it can be prepared");
    let mut mixer = Mixer::new(HZ, 2).expect("48 kHz stereo is supported");
    let (wall, processor) = (Instant::now(), processor_secs());
    for first in (0..SECONDS * HZ as usize).step_by(BLOCK_SAMPLES) {
        let plan = &mut |first, samples| timeline.sound(first, samples);
        mixer.programme(first as i64, BLOCK_SAMPLES, plan, sound).expect("the plan is valid");
    }
    let wall = wall.elapsed().as_secs_f64();
    (wall, processor.zip(processor_secs()).map_or(wall, |(from, to)| to - from))
}

fn main() {
    let mut sound = Loops((0..TRACKS).map(music).collect());
    match std::env::args().nth(1).as_deref() {
        Some("once") => {
            let (wall, processor) = mixed(&mut sound, true);
            println!("realtime {:.2} of_processor {:.2}", SECONDS as f64 / wall, SECONDS as f64 / processor);
            return;
        }
        Some(folder) => return write(Path::new(folder), &sound).expect("the folder can be written"),
        None => {}
    }
    println!("{:<36} {:>16} {:>16}", "32 stereo tracks, 60 s, one thread", "× real time", "of processor");
    for (name, effects) in [("no effects", false), ("equalizer and compressor on each", true)] {
        let mut best = (f64::INFINITY, f64::INFINITY);
        for _ in 0..3 {
            let (wall, used) = mixed(&mut sound, effects);
            best = (best.0.min(wall), best.1.min(used));
        }
        println!("{name:<36} {:>16.1} {:>16.1}", SECONDS as f64 / best.0, SECONDS as f64 / best.1);
    }
}
