//! Compares audio with the ffmpeg program, sample by sample, in order and after jumps.

use crate::oracle::ffmpeg;
use cutroom_media::{AudioReader, MediaIndex};
use cutroom_test_support::media;
use std::path::Path;

/// Samples of ffmpeg as interleaved f32, by channel. Where the stream begins after source time
/// zero, the `lead` samples before it are missing.
fn reference(path: &Path, stream: usize, channels: usize) -> Vec<Vec<f32>> {
    let map = format!("0:a:{stream}");
    let raw = ffmpeg(&["-i", path.to_str().unwrap(), "-map", &map, "-f", "f32le", "-c:a", "pcm_f32le", "-"]);
    let all: Vec<f32> = raw.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    (0..channels).map(|c| all.iter().skip(c).step_by(channels).copied().collect()).collect()
}

fn difference(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max)
}

/// Compares a stream with ffmpeg, in order and after jumps. `gaps`: where the container's
/// timestamps jump, and by how many samples; ffmpeg's raw output closes such gaps.
fn check(path: &Path, stream: usize, gaps: &[(usize, usize)]) {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let index = MediaIndex::scan(path).unwrap();
    let info = index.info().audio[stream].clone();
    let lead = info.span.start.to_sample(info.rate_hz).max(0) as usize;
    let mut want = reference(path, stream, info.channels);
    for w in &mut want {
        for at in gaps {
            w.splice(at.0..at.0, std::iter::repeat_n(0.0, at.1));
        }
    }
    let decoded = want[0].len();
    let total = decoded.min(info.samples as usize);
    // ffmpeg and the reader drop the same samples at the end, up to the container's declared
    // padding. MP4 may present less of the last packet than is decoded.
    let counted = info.samples as usize;
    assert!(counted <= decoded && decoded - counted < 2048, "{name}: {counted} samples counted, ffmpeg gives {decoded}");
    let mut reader = AudioReader::open_indexed(index.clone(), stream).unwrap();
    // In order, in blocks of an odd length.
    let mut got: Vec<Vec<f32>> = vec![Vec::new(); info.channels];
    let mut at = 0i64;
    while got[0].len() < lead + total {
        let n = 4801.min(lead + total - got[0].len());
        let block = reader.read(at, n).unwrap();
        assert_eq!((block.rate_hz, block.channels.len(), block.len()), (info.rate_hz, info.channels, n));
        for (g, b) in got.iter_mut().zip(&block.channels) {
            g.extend_from_slice(b);
        }
        at += n as i64;
    }
    for (c, w) in want.iter().enumerate() {
        assert!(got[c][..lead].iter().all(|&v| v == 0.0), "{name}: silence before the start");
        let got = &got[c][lead..];
        // Later samples come from a fresh decoder, which adds other noise or whose filters still
        // settle.
        let same = if ["aac", "ac3", "eac3", "opus"].contains(&info.codec.as_str()) { 30_000.min(total) } else { total };
        let d = difference(&got[..same], w);
        assert!(d < 1e-6, "{name}: channel {c} differs by {d} from ffmpeg");
        let power = |x: &mut dyn Iterator<Item = f32>| x.map(|v| f64::from(v) * f64::from(v)).sum::<f64>();
        let noise = power(&mut got.iter().zip(w).map(|(a, b)| a - b));
        let ratio = noise / power(&mut w.iter().copied()).max(1e-9);
        assert!(ratio < 1e-4, "{name}: channel {c} differs by {ratio:e} of its power from ffmpeg");
    }
    // Silence outside the stream.
    let before = reader.read(-500, 500).unwrap();
    assert!(before.channels.iter().flatten().all(|&v| v == 0.0), "{name}: before the start");
    let after = reader.read((lead + total) as i64 + 10, 100).unwrap();
    assert!(after.channels.iter().flatten().all(|&v| v == 0.0), "{name}: after the end");
    // After jumps.
    let mut reader = AudioReader::open_indexed(index, stream).unwrap();
    let mut k = 11usize;
    for _ in 0..12 {
        k = (k * 48_271 + 7919) % (lead + total);
        let n = 2000.min(lead + total - k);
        let block = reader.read(k as i64, n).unwrap();
        for (c, b) in block.channels.iter().enumerate() {
            let d = difference(b, &got[c][k..k + n]);
            assert!(d == 0.0, "{name}: channel {c} at {k} differs by {d} from reading in order");
        }
    }
    eprintln!(
        "{name}#{stream}: {} {} ch {} Hz, {total} samples, {lead} lead, {:?}",
        info.codec,
        info.channels,
        info.rate_hz,
        reader.report()
    );
}

#[test]
fn every_audio_stream_equals_ffmpegs() {
    for (name, stream) in [
        ("bbb_1080p60_h264_bframes_aac6ch.mp4", 0),
        ("gopro_max_heromode.mp4", 0),
        ("sony_a7m3_1080i25_avchd.mts", 0),
        ("iphone_hlg_hevc10_rot90_editlist.mp4", 0),
        ("pixel_pq_hevc10_sdr_container.mp4", 0),
        ("portrait_pq_av1_10bit.mp4", 0),
        ("phone_ducks_720p_h264.mp4", 0),
        ("phone_fire_720p_vfr_rot180.mp4", 0),
        ("iphone_720p_rot90.mov", 0),
        ("bbb_1080p60_vp8_vorbis51.webm", 0),
        ("alpha_qtrle_1080p25_SYNTHETIC.mov", 0),
        ("anamorphic_mpeg1_sar64-45.mpg", 0),
        ("nasa_2video_2audio_2subs.mp4", 0),
        ("nasa_2video_2audio_2subs.mp4", 1),
        ("carpark_12.5fps_aac.mp4", 0),
        ("kodak_mjpeg_pcm.avi", 0),
        ("speech_jfk_16k_mono.wav", 0),
        ("music_vibe_ace_44k_stereo.ogg", 0),
        ("eac3_51_48k.mp4", 0),
        ("loudness/itu_bs2217_RelGateTest_-10LKFS.wav", 0),
    ] {
        let Some(path) = media(name) else { continue };
        let gaps: Vec<(usize, usize)> = match name {
            "phone_fire_720p_vfr_rot180.mp4" => vec![(1024, 8471 - 1024)],
            // Packets of 256 samples at intervals of 1536, as the file states.
            "eac3_51_48k.mp4" => (0..53).map(|n| (n * 1536 + 256, 1280)).collect(),
            _ => Vec::new(),
        };
        check(&path, stream, &gaps);
    }
}

#[test]
fn priming_is_cut_in_every_container() {
    let dir = tempfile::tempdir().unwrap();
    for (name, args) in [
        ("a.wav", &["-c:a", "pcm_s24le"][..]),
        ("a.flac", &["-c:a", "flac"]),
        ("flac.mkv", &["-c:a", "flac"]),
        ("alac.m4a", &["-c:a", "alac"]),
        ("aac.m4a", &["-c:a", "aac"]),
        ("aac.mkv", &["-c:a", "aac"]),
        ("a.mp3", &["-c:a", "libmp3lame"]),
        ("mp3.mkv", &["-c:a", "libmp3lame"]),
        ("opus.ogg", &["-c:a", "libopus"]),
        ("opus.webm", &["-c:a", "libopus"]),
        ("opus.mp4", &["-c:a", "libopus"]),
        ("narrow.opus", &["-ar", "8000", "-c:a", "libopus", "-b:a", "12k", "-application", "voip"]),
        ("vorbis.ogg", &["-c:a", "libvorbis"]),
        ("ac3.ts", &["-c:a", "ac3"]),
    ] {
        let path = dir.path().join(name);
        let source = "aevalsrc=0.4*sin(2*PI*(200+300*t)*t)|0.3*sin(2*PI*777*t)*gt(mod(t\\,0.5)\\,0.25):s=48000:d=12";
        ffmpeg(&[&["-f", "lavfi", "-i", source][..], args, &[path.to_str().unwrap()]].concat());
        check(&path, 0, &[]);
        let samples = MediaIndex::scan(&path).unwrap().info().audio[0].samples;
        eprintln!("{name}: {samples} of 576000");
    }
}

/// Matroska stores milliseconds: whole numbers of samples at 48 kHz, to which the starts of packets
/// are rounded. A jump returns the same samples as reading from the start.
#[test]
fn pcm_in_matroska_keeps_its_place_after_a_jump() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pcm.mkv");
    let sweep = "aevalsrc=0.4*sin(2*PI*(200+20*t)*t):s=48000:d=60";
    ffmpeg(&["-f", "lavfi", "-i", sweep, "-c:a", "pcm_s16le", path.to_str().unwrap()]);
    let index = MediaIndex::scan(&path).unwrap();
    let whole = AudioReader::open_indexed(index.clone(), 0).unwrap().read(0, 60 * 48_000).unwrap().channels.remove(0);
    for first in (1..20).map(|k| k * 143_311) {
        let jumped = AudioReader::open_indexed(index.clone(), 0).unwrap().read(first as i64, 4096).unwrap().channels.remove(0);
        assert!(jumped == whole[first..first + 4096], "at sample {first}");
    }
}

/// Decoders that add noise, or only converge, return the same samples after a jump as in order,
/// because each chapter has a decoder of its own.
#[test]
fn a_jump_gives_what_reading_on_gives_bit_for_bit() {
    let dir = tempfile::tempdir().unwrap();
    // Noise in high bands is what AAC replaces by synthetic noise and AC-3 dithers.
    let source = "anoisesrc=c=pink:r=48000:d=40:a=0.5:seed=3,aformat=channel_layouts=stereo";
    for (name, args) in [
        ("aac.m4a", &["-c:a", "aac", "-b:a", "64k"][..]),
        ("aac.aac", &["-c:a", "aac", "-b:a", "64k"]),
        ("aac.ts", &["-c:a", "aac", "-b:a", "64k"]),
        ("ac3.mkv", &["-c:a", "ac3", "-b:a", "96k"]),
        ("eac3.mp4", &["-c:a", "eac3", "-b:a", "64k"]),
        ("opus.webm", &["-c:a", "libopus", "-b:a", "32k"]),
        ("narrow.opus", &["-ar", "8000", "-c:a", "libopus", "-b:a", "10k", "-application", "voip"]),
        ("wma.asf", &["-c:a", "wmav2", "-b:a", "48k"]),
        ("vorbis.ogg", &["-c:a", "libvorbis", "-b:a", "48k"]),
        ("a.mp3", &["-c:a", "libmp3lame", "-b:a", "48k"]),
    ] {
        let path = dir.path().join(name);
        ffmpeg(&[&["-f", "lavfi", "-i", source][..], args, &[path.to_str().unwrap()]].concat());
        let index = MediaIndex::scan(&path).unwrap();
        let samples = index.info().audio[0].samples as usize;
        let whole = AudioReader::open_indexed(index.clone(), 0).unwrap().read(0, samples).unwrap().channels;
        let mut jumping = AudioReader::open_indexed(index.clone(), 0).unwrap();
        for first in (1..30).map(|k| k * 1_143_311 % (samples - 9000)) {
            for (c, got) in jumping.read(first as i64, 9000).unwrap().channels.iter().enumerate() {
                let d = difference(got, &whole[c][first..first + 9000]);
                assert!(d == 0.0, "{name}: channel {c} at {first} differs by {d}");
            }
        }
        assert!(jumping.report().is_clean(), "{name}: {:?}", jumping.report());
    }
}

/// Backward playback in blocks of the mixer's size, in streams that can only be read from the
/// beginning and in one that supports seeks.
#[test]
fn backwards_reads_a_stream_a_few_times_over() {
    let dir = tempfile::tempdir().unwrap();
    const BLOCK: usize = 4096;
    for (name, codec) in [("a.mp3", "libmp3lame"), ("a.aac", "aac"), ("a.ac3", "ac3"), ("a.m4a", "aac")] {
        let path = dir.path().join(name);
        let sweep = "aevalsrc=0.4*sin(2*PI*(200+20*t)*t):s=48000:d=60";
        ffmpeg(&["-f", "lavfi", "-i", sweep, "-c:a", codec, path.to_str().unwrap()]);
        let index = MediaIndex::scan(&path).unwrap();
        let samples = index.info().audio[0].samples as usize;
        let mut forward = AudioReader::open_indexed(index.clone(), 0).unwrap();
        let whole = forward.read(0, samples).unwrap().channels.remove(0);
        let packets = forward.packets_read();
        let mut reader = AudioReader::open_indexed(index, 0).unwrap();
        for first in (0..samples - BLOCK).rev().step_by(BLOCK) {
            let block = reader.read(first as i64, BLOCK).unwrap();
            let d = difference(&block.channels[0], &whole[first..first + BLOCK]);
            assert!(d == 0.0, "{name} at {first}: {d}");
        }
        // Three passes of 20 s, or thirty of 2 s with the packets that settle the decoder; block by
        // block it would be 700.
        assert!(reader.packets_read() < 5 * packets, "{name}: {} of {packets}", reader.packets_read());
        assert!(reader.report().is_clean(), "{name}: {:?}", reader.report());
    }
}

/// Samples of all channels, in order and by jumps, against the plain decode of files that follow
/// each other.
fn check_chain(path: &Path, want: &[Vec<f32>]) {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let index = MediaIndex::scan(path).unwrap();
    let info = index.info().audio[0].clone();
    assert_eq!(info.samples as usize, want[0].len(), "{name}");
    assert!(index.info().warnings.iter().any(|w| w.contains("follow each other")), "{name}: {:?}", index.info().warnings);
    let whole = AudioReader::open_indexed(index.clone(), 0).unwrap().read(0, want[0].len()).unwrap();
    for (c, w) in want.iter().enumerate() {
        // Opus decoders converge: FFmpeg's goes on where a fresh one begins.
        let d = difference(&whole.channels[c], w);
        let at = whole.channels[c].iter().zip(w).position(|(a, b)| (a - b).abs() >= 2e-3);
        assert!(d < 2e-3, "{name}: channel {c} differs by {d} from sample {at:?} on");
    }
    let mut reader = AudioReader::open_indexed(index, 0).unwrap();
    let mut k = 11usize;
    for _ in 0..10 {
        k = (k * 48_271 + 7919) % want[0].len();
        let n = 3000.min(want[0].len() - k);
        let block = reader.read(k as i64, n).unwrap();
        for (c, b) in block.channels.iter().enumerate() {
            assert_eq!(difference(b, &whole.channels[c][k..k + n]), 0.0, "{name}: channel {c} at {k}");
        }
    }
}

#[test]
fn streams_that_follow_each_other_in_ogg_are_all_played() {
    if let Some(path) = media("found/chain.opus") {
        check_chain(&path, &reference(&path, 0, 1));
    }
    let dir = tempfile::tempdir().unwrap();
    for (codec, name) in [("libvorbis", "vorbis"), ("flac", "flac"), ("libopus", "opus")] {
        let (mut joined, mut want) = (Vec::new(), vec![Vec::new(); 2]);
        for (n, secs) in [1.3, 0.7, 2.1].into_iter().enumerate() {
            let part = dir.path().join(format!("{n}.ogg"));
            let source = format!("aevalsrc=0.4*sin(2*PI*(300*t+{}*t*t))|0.3*sin(700*t):s=48000:d={secs}", 100 * (n + 1));
            // Serial numbers differ, as the format demands.
            let serial = format!("{}", 17 + n);
            ffmpeg(&["-f", "lavfi", "-i", &source, "-c:a", codec, "-serial_offset", &serial, "-y", part.to_str().unwrap()]);
            reference(&part, 0, 2).into_iter().zip(&mut want).for_each(|(w, all)| all.extend(w));
            joined.extend(std::fs::read(&part).unwrap());
        }
        let path = dir.path().join(format!("{name}.ogg"));
        std::fs::write(&path, joined).unwrap();
        check_chain(&path, &want);
    }
}

#[test]
fn found_files_play_as_a_plain_decode() {
    for name in ["found/flac44_3s.mkv", "found/dts48_3s.mkv"] {
        if let Some(path) = media(name) {
            check(&path, 0, &[]);
        }
    }
}
