//! Waveforms that are handed out while they are measured.
use cutroom_cache::{Limits, Store};
use cutroom_pipeline::{WaveDetail, Waveform, WaveformBuilds, waveform};
use cutroom_test_support::noise;
use cutroom_types::CancelToken;
use std::{path::Path, sync::Arc, time::Duration};

const HZ: u32 = 8000;
const SECS: usize = 600;

/// Ten minutes of noise that gets louder and is cut off in the middle of a bucket, as a WAVE file of floats.
fn write_noise(path: &Path) -> usize {
    let sound: Vec<f32> =
        noise(3, SECS * HZ as usize + 77, 1.0).iter().enumerate().map(|(n, x)| x * (n / 999) as f32 / 9999.0).collect();
    let data = (sound.len() * 4) as u32;
    let mut file = Vec::new();
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(data + 36).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt \x10\0\0\0\x03\0\x01\0");
    file.extend_from_slice(&HZ.to_le_bytes());
    file.extend_from_slice(&(HZ * 4).to_le_bytes());
    file.extend_from_slice(b"\x04\0\x20\0data");
    file.extend_from_slice(&data.to_le_bytes());
    sound.iter().for_each(|x| file.extend_from_slice(&x.to_le_bytes()));
    std::fs::write(path, file).unwrap();
    sound.len()
}

fn is_beginning(part: &Waveform, whole: &Waveform) {
    assert_eq!((part.level, &part.levels, part.samples), (whole.level, &whole.levels, whole.samples));
    let (some, all) = (&part.channels[0], &whole.channels[0]);
    assert_eq!(some[..], all[..some.len()]);
    let size = part.levels[part.level];
    assert_eq!(part.measured, (some.len() as u64 * size).min(part.samples));
    let (some, all) = (&part.columns(333)[0], &whole.columns(333)[0]);
    assert_eq!(some[..], all[..some.len()]);
    assert_eq!(all.len(), 333);
    assert_eq!(part.is_complete(), some.len() == 333);
}

#[test]
fn what_is_measured_so_far_is_the_beginning_of_all() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("noise.wav");
    let samples = write_noise(&path);
    let never = CancelToken::new();
    let none = Arc::new(Store::none("not wanted"));
    for detail in [WaveDetail::Level(0), WaveDetail::Level(3), WaveDetail::Buckets(700)] {
        let whole = waveform(&none, &path, 0, detail, &never).unwrap();
        assert!(whole.is_complete() && whole.samples == samples as u64);
        let builds = WaveformBuilds::new(Arc::clone(&none));
        let mut parts = 0;
        loop {
            let part = builds.so_far(&path, 0, detail, Duration::ZERO, &never).unwrap();
            is_beginning(&part, &whole);
            parts += 1;
            if part.is_complete() {
                break;
            }
        }
        println!("{detail:?}: asked {parts} times");
        // Once more: it is still there.
        assert_eq!(builds.so_far(&path, 0, detail, Duration::ZERO, &never).unwrap(), whole);
    }
}

#[test]
fn finished_waveforms_are_in_the_store() {
    let (dir, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = dir.path().join("noise.wav");
    write_noise(&path);
    let store = Arc::new(Store::new(folder.path(), Limits::default()));
    let never = CancelToken::new();
    let builds = WaveformBuilds::new(Arc::clone(&store));
    let found = builds.so_far(&path, 0, WaveDetail::Level(2), Duration::from_secs(600), &never).unwrap();
    assert!(found.is_complete());
    // Read from the store by others, which have no time to measure.
    drop(builds);
    let others = WaveformBuilds::new(store);
    assert_eq!(others.so_far(&path, 0, WaveDetail::Level(2), Duration::ZERO, &never).unwrap(), found);
    let no_file = others.so_far(&dir.path().join("none.wav"), 0, WaveDetail::Level(0), Duration::ZERO, &never);
    assert!(no_file.is_err());
    assert!(others.so_far(&path, 1, WaveDetail::Level(0), Duration::ZERO, &never).is_err());
}
