//! Sound against the ffmpeg program, sample by sample, in order and by jumps.
mod oracle;

use cutroom_media::{MediaIndex, SoundReader};
use cutroom_test_support::media;
use oracle::ffmpeg;
use std::path::Path;

/// What ffmpeg gives as interleaved f32, by channel. Where the stream begins after source time zero, `lead` samples are missing there.
fn reference(path: &Path, stream: usize, channels: usize) -> Vec<Vec<f32>> {
    let map = format!("0:a:{stream}");
    let raw = ffmpeg(&["-i", path.to_str().unwrap(), "-map", &map, "-f", "f32le", "-c:a", "pcm_f32le", "-"]);
    let all: Vec<f32> = raw.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    (0..channels).map(|c| all.iter().skip(c).step_by(channels).copied().collect()).collect()
}

fn difference(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max)
}

/// `gaps`: where the container's timestamps jump, and by how many samples; ffmpeg's raw output closes such gaps.
fn check(path: &Path, stream: usize, jump_tolerance: f32, gaps: &[(usize, usize)]) {
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
    // ffmpeg drops nothing at the end that we keep, and the other way round, up to the container's declared padding.
    // MP4 may present less of the last packet than it decodes to.
    let counted = info.samples as usize;
    assert!(counted <= decoded && decoded - counted < 2048, "{name}: {counted} samples counted, ffmpeg gives {decoded}");
    let mut reader = SoundReader::open_indexed(index.clone(), stream).unwrap();
    // In order, in odd portions.
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
        let d = difference(&got[c][lead..], w);
        assert!(d < 1e-6, "{name}: channel {c} differs by {d} from ffmpeg");
    }
    // Outside the stream: silence.
    let before = reader.read(-500, 500).unwrap();
    assert!(before.channels.iter().flatten().all(|&v| v == 0.0), "{name}: before the start");
    let after = reader.read((lead + total) as i64 + 10, 100).unwrap();
    assert!(after.channels.iter().flatten().all(|&v| v == 0.0), "{name}: after the end");
    // By jumps.
    let mut reader = SoundReader::open_indexed(index, stream).unwrap();
    let mut k = 11usize;
    for _ in 0..12 {
        k = (k * 48_271 + 7919) % (lead + total);
        let n = 2000.min(lead + total - k);
        let block = reader.read(k as i64, n).unwrap();
        for (c, b) in block.channels.iter().enumerate() {
            let d = difference(b, &got[c][k..k + n]);
            assert!(d <= jump_tolerance, "{name}: channel {c} at {k} differs by {d} from reading in order");
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
fn every_sound_stream_equals_ffmpegs() {
    for (name, stream, tolerance) in [
        ("bbb_1080p60_h264_bframes_aac6ch.mp4", 0, 1e-4),
        ("gopro_max_heromode.mp4", 0, 1e-4),
        ("sony_a7m3_1080i25_avchd.mts", 0, 1e-4),
        ("iphone_hlg_hevc10_rot90_editlist.mp4", 0, 1e-4),
        ("pixel_pq_hevc10_sdr_container.mp4", 0, 1e-4),
        ("portrait_pq_av1_10bit.mp4", 0, 1e-4),
        ("phone_ducks_720p_h264.mp4", 0, 1e-4),
        ("phone_fire_720p_vfr_rot180.mp4", 0, 1e-4),
        ("iphone_720p_rot90.mov", 0, 1e-4),
        ("bbb_1080p60_vp8_vorbis51.webm", 0, 1e-6),
        ("alpha_qtrle_1080p25_SYNTHETIC.mov", 0, 1e-4),
        ("anamorphic_mpeg1_sar64-45.mpg", 0, 1e-6),
        ("nasa_2video_2audio_2subs.mp4", 0, 1e-4),
        ("nasa_2video_2audio_2subs.mp4", 1, 1e-4),
        ("carpark_12.5fps_aac.mp4", 0, 1e-4),
        ("kodak_mjpeg_pcm.avi", 0, 0.0),
        ("speech_jfk_16k_mono.wav", 0, 0.0),
        ("music_vibe_ace_44k_stereo.ogg", 0, 1e-6),
        ("eac3_51_48k.mp4", 0, 1e-3),
        ("loudness/itu_bs2217_RelGateTest_-10LKFS.wav", 0, 0.0),
    ] {
        let Some(path) = media(name) else { continue };
        let gaps: Vec<(usize, usize)> = match name {
            "phone_fire_720p_vfr_rot180.mp4" => vec![(1024, 8471 - 1024)],
            // Packets of 256 samples, 1536 apart: the file says so, odd as it is.
            "eac3_51_48k.mp4" => (0..53).map(|n| (n * 1536 + 256, 1280)).collect(),
            _ => Vec::new(),
        };
        check(&path, stream, tolerance, &gaps);
    }
}

#[test]
fn priming_is_cut_in_every_container() {
    let dir = tempfile::tempdir().unwrap();
    for (name, args, tolerance) in [
        ("a.wav", &["-c:a", "pcm_s24le"][..], 0.0),
        ("a.flac", &["-c:a", "flac"], 0.0),
        ("flac.mkv", &["-c:a", "flac"], 0.0),
        ("alac.m4a", &["-c:a", "alac"], 0.0),
        ("aac.m4a", &["-c:a", "aac"], 1e-3),
        ("aac.mkv", &["-c:a", "aac"], 1e-3),
        ("a.mp3", &["-c:a", "libmp3lame"], 1e-3),
        ("mp3.mkv", &["-c:a", "libmp3lame"], 1e-3),
        ("opus.ogg", &["-c:a", "libopus"], 2e-2),
        ("opus.webm", &["-c:a", "libopus"], 2e-2),
        ("opus.mp4", &["-c:a", "libopus"], 2e-2),
        ("vorbis.ogg", &["-c:a", "libvorbis"], 1e-6),
        ("ac3.ts", &["-c:a", "ac3"], 1e-2),
    ] {
        let path = dir.path().join(name);
        let source = "aevalsrc=0.4*sin(2*PI*(200+300*t)*t)|0.3*sin(2*PI*777*t)*gt(mod(t\\,0.5)\\,0.25):s=48000:d=5";
        ffmpeg(&[&["-f", "lavfi", "-i", source][..], args, &[path.to_str().unwrap()]].concat());
        check(&path, 0, tolerance, &[]);
        let samples = MediaIndex::scan(&path).unwrap().info().audio[0].samples;
        eprintln!("{name}: {samples} of 240000");
    }
}

/// Matroska counts milliseconds: whole samples at 48 kHz, but where packets begin is rounded to them. A jump lands on the same samples as reading from the start.
#[test]
fn pcm_in_matroska_keeps_its_place_after_a_jump() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pcm.mkv");
    let sweep = "aevalsrc=0.4*sin(2*PI*(200+20*t)*t):s=48000:d=60";
    ffmpeg(&["-f", "lavfi", "-i", sweep, "-c:a", "pcm_s16le", path.to_str().unwrap()]);
    let index = MediaIndex::scan(&path).unwrap();
    let whole = SoundReader::open_indexed(index.clone(), 0).unwrap().read(0, 60 * 48_000).unwrap().channels.remove(0);
    for first in (1..20).map(|k| k * 143_311) {
        let jumped = SoundReader::open_indexed(index.clone(), 0).unwrap().read(first as i64, 4096).unwrap().channels.remove(0);
        assert!(jumped == whole[first..first + 4096], "at sample {first}");
    }
}

/// Backwards in blocks of the mixer's size, in streams that can only be read from the beginning and in one that can be sought in.
#[test]
fn backwards_reads_a_stream_a_few_times_over() {
    let dir = tempfile::tempdir().unwrap();
    const BLOCK: usize = 4096;
    // AC-3 and AAC fill what they do not code with noise, which begins anew; a sample's displacement would be 0.1.
    for (name, codec, most) in
        [("a.mp3", "libmp3lame", 1e-3), ("a.aac", "aac", 1e-2), ("a.ac3", "ac3", 1e-2), ("a.m4a", "aac", 1e-2)]
    {
        let path = dir.path().join(name);
        let sweep = "aevalsrc=0.4*sin(2*PI*(200+20*t)*t):s=48000:d=60";
        ffmpeg(&["-f", "lavfi", "-i", sweep, "-c:a", codec, path.to_str().unwrap()]);
        let index = MediaIndex::scan(&path).unwrap();
        let samples = index.info().audio[0].samples as usize;
        let mut forward = SoundReader::open_indexed(index.clone(), 0).unwrap();
        let whole = forward.read(0, samples).unwrap().channels.remove(0);
        let packets = forward.packets_read();
        let mut reader = SoundReader::open_indexed(index, 0).unwrap();
        for first in (0..samples - BLOCK).rev().step_by(BLOCK) {
            let block = reader.read(first as i64, BLOCK).unwrap();
            let d = difference(&block.channels[0], &whole[first..first + BLOCK]);
            assert!(d < most, "{name} at {first}: {d}");
        }
        // Three times 20 s, or thirty times 2 s with the packets that settle the decoder; block by block it would be 700 times.
        assert!(reader.packets_read() < 5 * packets, "{name}: {} of {packets}", reader.packets_read());
        assert!(reader.report().is_clean(), "{name}: {:?}", reader.report());
    }
}
