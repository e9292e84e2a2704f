//! Prints how long each sound effect takes for a frame (one sample of each channel) of stereo at
//! 48 kHz, with its defaults and with parameters at which it has something to do.
use cutroom_effects::sound::{BLOCK_SAMPLES, Channel, Measured, SoundBlock, SoundFormat, SoundParams, SoundSetup, SoundSpec};
use cutroom_effects::{ParamKind, Params, SOUND_EFFECTS};
use cutroom_types::ParamValue;
use std::time::Instant;

/// Blocks of a run, and runs: the fastest counts, since others use the machine too.
const BLOCKS: usize = 300;
const RUNS: usize = 25;

fn main() {
    println!("{:32} {:>10} {:>10}", "ns per stereo frame", "defaults", "busy");
    for spec in SOUND_EFFECTS {
        println!("{:32} {:10.1} {:10.1}", spec.id, nanos(spec, &spec.defaults()), nanos(spec, &busy(spec)));
    }
}

/// Numbers in decibels moved a quarter of their range from the default, all switches on.
fn busy(spec: &SoundSpec) -> Vec<ParamValue> {
    let value = |kind: &ParamKind, is_db: bool| match *kind {
        ParamKind::Number { default, min, max, .. } if is_db && default == 0.0 => ParamValue::Number(0.25 * (max - min) + min),
        ParamKind::Bool { .. } => ParamValue::Bool(true),
        _ => kind.default_value(),
    };
    spec.params.iter().map(|p| value(&p.kind, p.unit == cutroom_effects::Unit::Decibels)).collect()
}

fn nanos(spec: &SoundSpec, values: &[ParamValue]) -> f64 {
    let format = SoundFormat { rate_hz: 48_000, channels: 2 };
    let measured = Measured { integrated_lufs: -30.0, true_peak_dbtp: -10.0, sample_peak_dbfs: -10.0, rms_dbfs: -20.0 };
    let mut processor = (spec.make)(SoundSetup { format, params: Params::new(values), file: None, measured: Some(measured) });
    let numbers: Vec<f64> = values
        .iter()
        .map(|v| match v {
            ParamValue::Number(x) => *x,
            ParamValue::Bool(b) => f64::from(u8::from(*b)),
            _ => 0.0,
        })
        .collect();
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 16_777_216.0 - 0.5
    };
    let sound: Vec<[Channel; 2]> = (0..64).map(|_| std::array::from_fn(|_| std::array::from_fn(|_| noise()))).collect();
    let mut fastest = f64::INFINITY;
    for run in 0..RUNS {
        let start = Instant::now();
        for n in run * BLOCKS..(run + 1) * BLOCKS {
            let mut channels = sound[n % sound.len()];
            let params = SoundParams { from: &numbers, to: &numbers, changed: n == 0 };
            let position = (n * BLOCK_SAMPLES) as i64;
            processor.process(SoundBlock { position, channels: &mut channels, key: &[], params });
            std::hint::black_box(&channels);
        }
        fastest = fastest.min(start.elapsed().as_secs_f64());
    }
    fastest * 1e9 / (BLOCKS * BLOCK_SAMPLES) as f64
}
