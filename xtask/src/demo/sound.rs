//! The demo's sound: speech by `espeak-ng`, music by a small chord synthesiser, and a WAV writer.
use crate::{Outcome, process};
use std::{f32::consts::TAU, fs, path::Path, process::Command};

const RATE_HZ: u32 = 44_100;
const BEAT_SECS: f32 = 0.5;

/// Root note (MIDI) of each chord and whether it is minor: the progression I–vi–IV–V in D.
const CHORDS: &[(u8, bool)] = &[(50, false), (47, true), (43, false), (45, false)];

/// Speaks `text` into a mono WAV file, unless the file exists.
pub fn speak(text: &str, path: &Path) -> Outcome {
    if path.exists() {
        return Ok(());
    }
    println!("  speech: espeak-ng");
    let mut command = Command::new("espeak-ng");
    process::run(command.args(["-v", "en-gb", "-s", "150", "-p", "45", "-w"]).arg(path).arg(text))
}

/// Writes `secs` of stereo music, 44.1 kHz 16-bit.
pub fn compose(secs: f32, path: &Path) -> Outcome {
    println!("  music: {secs:.1} s of chords");
    let samples = (secs * RATE_HZ as f32) as usize;
    let mut left = vec![0.0f32; samples];
    let mut right = vec![0.0f32; samples];
    let mut note = |start_secs: f32, hold_secs: f32, midi: u8, level: f32, pan: f32, bright: f32| {
        let first = (start_secs * RATE_HZ as f32) as usize;
        let step = 440.0 * 2f32.powf((f32::from(midi) - 69.0) / 12.0) / RATE_HZ as f32;
        let count = ((hold_secs + 1.2) * RATE_HZ as f32) as usize;
        for i in 0..count.min(samples.saturating_sub(first)) {
            let secs = i as f32 / RATE_HZ as f32;
            let envelope = (secs / 0.01).min(1.0) * (-secs * 1.6).exp() * (1.0 - ((secs - hold_secs) / 1.2).clamp(0.0, 1.0));
            let phase = (i as f32 * step).fract() * TAU;
            let tone = phase.sin() + bright * ((2.0 * phase).sin() * 0.5 + (3.0 * phase).sin() * 0.25) * (-secs * 4.0).exp();
            left[first + i] += tone * envelope * level * (1.0 - pan).min(1.0);
            right[first + i] += tone * envelope * level * (1.0 + pan).min(1.0);
        }
    };
    let bars = (secs / (4.0 * BEAT_SECS)).ceil() as usize;
    for bar in 0..bars {
        let (root, minor) = CHORDS[bar % CHORDS.len()];
        let third = if minor { 3 } else { 4 };
        let chord = [root + 12, root + 12 + third, root + 19, root + 24];
        let start = bar as f32 * 4.0 * BEAT_SECS;
        note(start, 1.8, root - 12, 0.20, 0.0, 0.4);
        for (voice, &midi) in chord.iter().enumerate() {
            note(start, 1.8, midi, 0.06, voice as f32 * 0.4 - 0.6, 0.3);
        }
        for eighth in 0..8 {
            let midi = chord[[0, 2, 1, 3, 2, 1, 3, 2][eighth]] + 12;
            note(start + eighth as f32 * BEAT_SECS / 2.0, 0.2, midi, 0.09, if eighth % 2 == 0 { -0.5 } else { 0.5 }, 1.0);
        }
    }
    let peak = left.iter().chain(&right).fold(0.0f32, |peak, s| peak.max(s.abs())).max(1e-6);
    let scale = 0.7 / peak * 32767.0;
    let interleaved: Vec<i16> = left.iter().zip(&right).flat_map(|(l, r)| [(l * scale) as i16, (r * scale) as i16]).collect();
    fs::write(path, wav(&interleaved, 2, RATE_HZ)).map_err(|e| format!("cannot write {}: {e}", path.display()))
}

/// The bytes of a 16-bit PCM RIFF file.
fn wav(interleaved: &[i16], channels: u16, rate_hz: u32) -> Vec<u8> {
    let data_bytes = interleaved.len() as u32 * 2;
    let mut file = Vec::with_capacity(44 + data_bytes as usize);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + data_bytes).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16u32.to_le_bytes());
    file.extend_from_slice(&1u16.to_le_bytes());
    file.extend_from_slice(&channels.to_le_bytes());
    file.extend_from_slice(&rate_hz.to_le_bytes());
    file.extend_from_slice(&(rate_hz * u32::from(channels) * 2).to_le_bytes());
    file.extend_from_slice(&(channels * 2).to_le_bytes());
    file.extend_from_slice(&16u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&data_bytes.to_le_bytes());
    file.extend(interleaved.iter().flat_map(|s| s.to_le_bytes()));
    file
}
