//! Shared by the tests: hand-made plans, signals, the ffmpeg command line as an oracle.
pub mod signals;

use cutroom_audio::{MemorySource, Mixer};
use cutroom_test_support::skipped;
pub use cutroom_test_support::{noise, rms_db, sine};
use cutroom_timeline::{AudioPlan, FoldLevels, Voice};
use cutroom_types::{AudioBlock, Time};
use std::{io::Write, process::Command};

/// A voice over samples `first..end` that plays media "a" from its start at gain 1.
pub fn voice(first: i64, end: i64) -> Voice {
    Voice {
        clip: "clip".into(),
        media: "a".into(),
        stream: 0,
        channels: Vec::new(),
        first_sample: first,
        end_sample: end,
        source_start: Time::ZERO,
        speed: 1.0,
        positions: Vec::new(),
        preserves_pitch: false,
        gain: vec![(0, 1.0)],
        nested: vec![],
        fold: FoldLevels::default(),
        pan: vec![(0, 0.0)],
        fades: vec![],
    }
}

pub fn plan(rate_hz: u32, channels: usize, first_sample: i64, samples: usize, voices: Vec<Voice>) -> AudioPlan {
    AudioPlan { rate_hz, channels, first_sample, samples, voices, feeds: Vec::new(), buses: Vec::new(), settling_samples: 0 }
}

pub fn mix(plan: &AudioPlan, source: &mut MemorySource) -> AudioBlock {
    Mixer::new(plan.rate_hz, plan.channels).unwrap().mix(plan, source).unwrap()
}

/// A source with media "a", which has one stream.
pub fn memory(rate_hz: u32, channels: Vec<Vec<f32>>) -> MemorySource {
    let mut source = MemorySource::new();
    source.insert("a", 0, AudioBlock { rate_hz, channels });
    source
}

/// Filters a block by `ffmpeg -af filter`; returns `None` (and prints that the test is skipped)
/// without ffmpeg on the machine. The block's rate is 0.
pub fn ffmpeg(input: &AudioBlock, layout: &str, filter: &str, out_channels: usize) -> Option<AudioBlock> {
    let dir = std::env::temp_dir().join(format!("cutroom-audio-{}-{:p}", std::process::id(), input));
    std::fs::create_dir_all(&dir).unwrap();
    let raw = dir.join("in.f32");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&raw).unwrap());
    for i in 0..input.len() {
        for c in &input.channels {
            file.write_all(&c[i].to_le_bytes()).unwrap();
        }
    }
    file.into_inner().unwrap().sync_all().unwrap();
    let (rate, channels) = (input.rate_hz.to_string(), input.channels.len().to_string());
    let run = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "f32le", "-ar", &rate, "-ac", &channels, "-channel_layout", layout, "-i"])
        .arg(&raw)
        .args(["-af", &format!("aformat=channel_layouts={layout},{filter}"), "-f", "f32le", "-c:a", "pcm_f32le", "-"])
        .output();
    let _ = std::fs::remove_dir_all(&dir);
    let Ok(run) = run else {
        skipped("impossible here", "no ffmpeg on this machine");
        return None;
    };
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let all: Vec<f32> = run.stdout.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    let channels = (0..out_channels).map(|c| all.iter().skip(c).step_by(out_channels).copied().collect()).collect();
    Some(AudioBlock { rate_hz: 0, channels })
}
