//! Measures how much faster than real time audio is mixed:
//! `cargo run --release -p cutroom-audio --example mix_speed`.
use cutroom_audio::{MemorySource, Mixer};
use cutroom_timeline::{AudioPlan, Fade, FadeCurve, FoldLevels, Voice};
use cutroom_types::{AudioBlock, Time};
use std::time::Instant;

const SECONDS: usize = 20;
const BLOCK_SAMPLES: usize = 2_000;

fn main() {
    let tone = |rate_hz: u32, channels: usize| AudioBlock {
        rate_hz,
        channels: vec![(0..rate_hz as usize * SECONDS).map(|n| (n as f32 * 0.05).sin() * 0.2).collect(); channels],
    };
    println!("{:<44} {:>12}", "into 48 kHz stereo, blocks of 2000 samples", "× real time");
    for (name, rate_hz, channels, speed, voices) in [
        ("48 kHz stereo (copied)", 48_000, 2, 1.0, 1),
        ("44.1 kHz stereo", 44_100, 2, 1.0, 1),
        ("44.1 kHz mono", 44_100, 1, 1.0, 1),
        ("96 kHz stereo", 96_000, 2, 1.0, 1),
        ("48 kHz 5.1 (folded)", 48_000, 6, 1.0, 1),
        ("44.1 kHz 5.1 (folded, converted)", 44_100, 6, 1.0, 1),
        ("48 kHz stereo, speed 1.1 (table interpolated)", 48_000, 2, 1.1, 1),
        ("48 kHz stereo, 16 voices with fades and pan", 48_000, 2, 1.0, 16),
    ] {
        let mut source = MemorySource::new();
        source.insert("a", 0, tone(rate_hz, channels));
        let end = (SECONDS * 48_000) as i64;
        let voice = Voice {
            clip: "c".into(),
            media: "a".into(),
            stream: 0,
            channels: Vec::new(),
            first_sample: 0,
            end_sample: end,
            source_start: Time::ZERO,
            speed,
            positions: Vec::new(),
            preserves_pitch: false,
            gain: vec![(0, 0.1), (end, 0.2)],
            nested: vec![],
            fold: FoldLevels::default(),
            pan: if voices > 1 { vec![(0, -0.5), (end, 0.5)] } else { vec![(0, 0.0)] },
            fades: vec![Fade { first_sample: 0, end_sample: 48_000, rising: true, curve: FadeCurve::ConstantPower }],
        };
        let mut mixer = Mixer::new(48_000, 2).expect("48 kHz stereo is supported");
        let mut run = || {
            let start = Instant::now();
            for first in (0..SECONDS * 48_000).step_by(BLOCK_SAMPLES) {
                let plan = AudioPlan {
                    rate_hz: 48_000,
                    channels: 2,
                    first_sample: first as i64,
                    samples: BLOCK_SAMPLES,
                    voices: vec![voice.clone(); voices],
                    feeds: Vec::new(),
                    buses: Vec::new(),
                    settling_samples: 0,
                };
                mixer.mix(&plan, &mut source).expect("the plan is valid");
            }
            start.elapsed().as_secs_f64()
        };
        let best = (0..3).map(|_| run()).fold(f64::INFINITY, f64::min);
        println!("{name:<44} {:>12.0}", SECONDS as f64 / best);
    }
}
