//! Loudness of the ITU-R BS.2217 files, whose names state their loudness, and levels of known
//! signals.
use crate::support::sine;
use cutroom_audio::{integrated_loudness_lufs, loudness};
use cutroom_test_support::media;
use cutroom_types::AudioBlock;

#[test]
fn itu_files_measure_as_named() {
    for (name, expected) in [("itu_bs2217_RelGateTest_-10LKFS.wav", -10.0), ("itu_bs2217_AbsGateTest_-69.5LKFS.wav", -69.5)] {
        let Some(path) = media(&format!("loudness/{name}")) else { continue };
        let mut wav = hound::WavReader::open(&path).unwrap();
        let (spec, scale) = (wav.spec(), 1.0 / (1u32 << (wav.spec().bits_per_sample - 1)) as f32);
        let mut channels = vec![Vec::new(); usize::from(spec.channels)];
        for (i, s) in wav.samples::<i32>().enumerate() {
            channels[i % usize::from(spec.channels)].push(s.unwrap() as f32 * scale);
        }
        let lufs = integrated_loudness_lufs(&AudioBlock { rate_hz: spec.sample_rate, channels }).unwrap();
        assert!((lufs - expected).abs() <= 0.1, "{name}: {lufs}");
    }
}

/// EBU Tech 3341 case 1: a stereo 1 kHz sine at −23 dBFS measures −23 LUFS.
#[test]
fn known_tones() {
    let tone = sine(1_000.0, 48_000.0, 480_000, 10f64.powf(-23.0 / 20.0));
    let block = AudioBlock { rate_hz: 48_000, channels: vec![tone.clone(), tone] };
    assert!((integrated_loudness_lufs(&block).unwrap() + 23.0).abs() < 0.1);
    let l = loudness(&block);
    assert!((l.peak_dbfs + 23.0).abs() < 0.01 && (l.rms_dbfs + 26.01).abs() < 0.01, "{l:?}");
    assert_eq!(loudness(&AudioBlock::silent(48_000, 2, 10)).peak_dbfs, f64::NEG_INFINITY);
    assert_eq!(integrated_loudness_lufs(&AudioBlock::silent(48_000, 2, 48_000)).unwrap(), f64::NEG_INFINITY);
}
