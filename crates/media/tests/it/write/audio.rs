//! Length and values of written audio after FFmpeg has decoded it.
use crate::write::material::{output, probe, tones, video, write};
use cutroom_media::write::{AudioSettings, WriteSettings, Writer, audio_codecs};
use cutroom_types::{AudioBlock, Size};
use std::path::Path;

/// Interleaved float samples, as FFmpeg decodes them.
fn decode(path: &Path) -> Vec<f32> {
    let raw = output("ffmpeg", &["-v", "error", "-i", path.to_str().unwrap(), "-map", "0:a", "-f", "f32le", "-"]);
    raw.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
}

fn only_audio(container: &str, sound: AudioSettings) -> WriteSettings {
    WriteSettings { container: container.into(), video: None, sound: Some(sound), metadata: vec![] }
}

/// 44 101 samples in blocks of odd lengths, for every codec in every container: the number and the
/// offset of the decoded samples.
#[test]
fn lengths_are_exact() {
    const PUSHED: usize = 44_101;
    let folder = tempfile::tempdir().unwrap();
    for codec in audio_codecs() {
        // Of packages FFmpeg plays the priming of AAC, too.
        for container in codec.containers().filter(|c| !c.is_package()) {
            let id = container.id;
            let path = folder.path().join(format!("{}.{}", codec.id, container.extensions[0]));
            let mut writer = Writer::create(&path, &only_audio(id, AudioSettings::new(codec.id, 48000, 2)), false).unwrap();
            let all = tones(48000, 2, 0, PUSHED);
            let mut at = 0;
            for step in [1, 7, 1024, 0, 3000, 13].into_iter().cycle() {
                let end = (at + step).min(PUSHED);
                let channels = all.channels.iter().map(|c| c[at..end].to_vec()).collect();
                writer.push_audio(&AudioBlock { rate_hz: 48000, channels }).unwrap();
                at = end;
                if at == PUSHED {
                    break;
                }
            }
            assert_eq!(writer.finish().unwrap().audio_samples, PUSHED as u64);
            let back = decode(&path);
            let (got, what) = (back.len() / 2, format!("{} in {id}", codec.id));
            eprintln!(
                "{what}: {got} of {PUSHED} samples, {}",
                probe(&path, "a:0", "stream=start_time,duration").replace('\n', " ")
            );
            // FFmpeg 5.1 plays the last frame of AAC (1024 samples), and in mp4 of Opus (960),
            // completely although the edit list ends before; in mkv and mka also the priming of
            // AAC.
            let (skip, expected) = match (codec.id, id) {
                ("aac", "mkv" | "mka") => (1024, 1024 + PUSHED),
                // Neither states priming nor where the sound ends.
                ("aac", "ts" | "aac") => (1024, 1024 + PUSHED.next_multiple_of(1024)),
                ("mp3", "ts") => (1105, (PUSHED + 1105).next_multiple_of(1152)),
                ("aac", _) => (0, PUSHED.next_multiple_of(1024)),
                ("opus", "mp4") => (0, (PUSHED + 312).next_multiple_of(960) - 312),
                _ => (0, PUSHED),
            };
            assert_eq!(got, expected, "{what}");
            // The samples match best without a shift.
            let error = |shift: isize| -> f64 {
                (2000..40_000)
                    .map(|i| {
                        let want = f64::from(all.channels[0][i]);
                        let is = f64::from(back[2 * (i + skip).wrapping_add_signed(shift)]);
                        (want - is).powi(2)
                    })
                    .sum()
            };
            let best = (-3..=3).min_by(|a, b| error(*a).total_cmp(&error(*b))).unwrap();
            assert_eq!(best, 0, "{what}");
            let rms = (error(0) / 38_000.0).sqrt();
            assert!(rms < if codec.bits().is_empty() { 0.01 } else { 1e-5 + 0.5 / 32768.0 }, "{what}: {rms}");
        }
    }
}

/// Where the container has an edit list, it ends the audio at the last sample pushed.
#[test]
fn edit_lists_are_exact() {
    let folder = tempfile::tempdir().unwrap();
    for (codec, id, rate_hz) in [("aac", "mp4", 44_100), ("aac", "mov", 48_000), ("aac", "m4a", 44_100), ("opus", "mp4", 48_000)] {
        let path = folder.path().join(format!("{codec}.{id}"));
        let mut writer = Writer::create(&path, &only_audio(id, AudioSettings::new(codec, rate_hz, 1)), false).unwrap();
        writer.push_audio(&tones(rate_hz, 1, 0, 50_001)).unwrap();
        writer.finish().unwrap();
        // ISO/IEC 14496-12 §8.6.6: version, flags, count, then duration in movie units and media
        // time in track units.
        let bytes = std::fs::read(&path).unwrap();
        let at = bytes.windows(4).position(|w| w == b"elst").unwrap() + 4;
        let word = |n: usize| u32::from_be_bytes(bytes[at + 4 * n..at + 4 * n + 4].try_into().unwrap());
        let priming = if codec == "aac" { 1024 } else { 312 };
        assert_eq!((word(0), word(1), word(2), word(3)), (0, 1, 50_001, priming), "{codec} in {id}");
    }
}

/// Lossy codecs keep the order of channels. The tones are 20 Hz apart, and low enough to pass
/// low-frequency channels.
#[test]
fn lossy_codecs_keep_the_order_of_channels() {
    let folder = tempfile::tempdir().unwrap();
    let step = |c: usize| std::f64::consts::TAU * (40.0 + 20.0 * c as f64) / 48_000.0;
    for codec in audio_codecs().iter().filter(|c| c.bits().is_empty()) {
        for (&channels, id) in codec.channels.iter().flat_map(|c| codec.containers().map(move |container| (c, container.id))) {
            let path = folder.path().join(format!("{}{channels}.{id}", codec.id));
            let mut writer = Writer::create(&path, &only_audio(id, AudioSettings::new(codec.id, 48000, channels)), false).unwrap();
            let tone = |c: usize| (0..48_000).map(|i| (0.1 * (step(c) * f64::from(i)).sin()) as f32).collect();
            writer.push_audio(&AudioBlock { rate_hz: 48000, channels: (0..channels as usize).map(tone).collect() }).unwrap();
            writer.finish().unwrap();
            let back = decode(&path);
            for c in 0..channels as usize {
                // Half a second contains whole periods of every tone, so that they are orthogonal.
                let level = |k: usize| -> f64 {
                    let (mut re, mut im) = (0.0, 0.0);
                    for i in 12_000..36_000 {
                        let (value, phase) = (f64::from(back[i * channels as usize + c]), step(k) * i as f64);
                        re += value * phase.cos();
                        im += value * phase.sin();
                    }
                    re.hypot(im) / 12_000.0
                };
                // At bit rates for music the level of such a low tone is not preserved well.
                let own = level(c);
                let other = (0..channels as usize).filter(|k| *k != c).map(level).fold(0.0, f64::max);
                assert!(
                    own > 0.03 && own > 2.0 * other,
                    "{} in {id}: channel {c} of {channels} has {own}, others {other}",
                    codec.id
                );
            }
        }
    }
}

/// Every channel count of every row can be written and is decoded as that many channels of its
/// default layout.
#[test]
fn every_channel_count() {
    let folder = tempfile::tempdir().unwrap();
    for codec in audio_codecs() {
        for &channels in codec.channels {
            let id = codec.containers().last().unwrap().id;
            let path = folder.path().join(format!("{}{channels}.{id}", codec.id));
            let mut writer = Writer::create(&path, &only_audio(id, AudioSettings::new(codec.id, 48000, channels)), false)
                .unwrap_or_else(|e| panic!("{} {channels}: {e}", codec.id));
            writer.push_audio(&tones(48000, channels as usize, 0, 9600)).unwrap();
            writer.finish().unwrap();
            assert_eq!(probe(&path, "a:0", "stream=channels"), channels.to_string(), "{}", codec.id);
            if codec.bits().is_empty() {
                continue;
            }
            let (back, want) = (decode(&path), tones(48000, channels as usize, 0, 9600));
            for (c, channel) in want.channels.iter().enumerate() {
                assert!((channel[1000] - back[1000 * channels as usize + c]).abs() < 1e-4, "{} {channels}: channel {c}", codec.id);
            }
        }
    }
}

/// Lossless formats preserve every sample: s16 and s24 as rounded, float bit for bit.
#[test]
fn lossless_values_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut block = tones(44_100, 2, 0, 5000);
    block.channels[0][10] = 1.5;
    block.channels[1][11] = -7.0;
    for (codec, id, bits) in [
        ("flac", "mkv", 16),
        ("flac", "mp4", 24),
        ("pcm", "mov", 16),
        ("pcm", "mkv", 24),
        ("pcm", "mov", 32),
        ("pcm", "wav", 16),
        ("pcm", "wav", 24),
        ("pcm", "wav", 32),
        ("flac", "flac", 24),
    ] {
        let path = folder.path().join(format!("{codec}{bits}.{id}"));
        let mut sound = AudioSettings::new(codec, 44_100, 2);
        sound.bits = Some(bits);
        let mut writer = Writer::create(&path, &only_audio(id, sound), false).unwrap();
        writer.push_audio(&block).unwrap();
        writer.finish().unwrap();
        let back = decode(&path);
        assert_eq!(back.len(), 2 * 5000, "{codec} {bits}");
        let full = f64::from(1u32 << (bits - 1));
        for i in 0..5000 {
            for c in 0..2 {
                let x = block.channels[c][i];
                let want =
                    if bits == 32 { x } else { ((f64::from(x) * full).round_ties_even().clamp(-full, full - 1.0) / full) as f32 };
                assert_eq!(back[2 * i + c], want, "{codec} {bits} sample {i} channel {c}");
            }
        }
    }
}

/// Audio starts together with the video, by the first timestamps of both streams.
#[test]
fn audio_and_picture_start_together() {
    let folder = tempfile::tempdir().unwrap();
    for (codec, audio, id) in
        [("h264", "aac", "mp4"), ("vp9", "opus", "webm"), ("vp9", "opus", "mp4"), ("h264", "flac", "mkv"), ("h264", "aac", "mkv")]
    {
        let path = folder.path().join(format!("{codec}-{audio}.{id}"));
        let settings = WriteSettings {
            container: id.into(),
            video: Some(video(codec, None, Size { width: 64, height: 64 })),
            sound: Some(AudioSettings::new(audio, 48000, 1)),
            metadata: vec![],
        };
        write(&path, &settings, 25);
        let start = |s: &str| probe(&path, s, "stream=start_time").parse::<f64>().unwrap();
        let (picture, sound) = (start("v:0"), start("a:0"));
        // In Matroska, FFmpeg reports the time of Opus's first priming sample, 312 samples before
        // the audio.
        let want = match (audio, id) {
            ("opus", "webm") => (0.0, -0.0065),
            ("aac", "mkv") => (0.0213, 0.0),
            _ => (0.0, 0.0),
        };
        assert!((picture - want.0).abs() < 0.001 && (sound - want.1).abs() < 0.001, "{id}: {picture} {sound}");
    }
}
