//! Damaged or unusual sources: what an export reports about them.
use crate::support::{Bench, Ran, ffmpeg, frame_md5};
use cutroom_test_support::media;
use serde_json::json;
use std::{path::Path, process::Command};

/// Position and size of every packet of a stream, by ffprobe.
fn packets(file: &Path, stream: &str) -> Vec<(usize, usize)> {
    let out = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", stream, "-show_entries", "packet=pos,size", "-of", "csv=p=0"])
        .arg(file)
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let numbers = |line: &str| line.split(',').filter_map(|n| n.parse().ok()).collect::<Vec<usize>>();
    text.lines().map(numbers).filter(|n| n.len() == 2).map(|n| (n[1], n[0])).collect()
}

/// The words of the messages, regardless of line wrapping.
fn words(ran: &Ran) -> String {
    ran.err.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ")
}

/// The number in front of `what` in the messages.
fn count_before(text: &str, what: &str) -> u64 {
    let at = text.find(what).unwrap_or_else(|| panic!("no \"{what}\" in: {text}"));
    text[..at].split_whitespace().next_back().unwrap().parse().unwrap()
}

#[test]
fn damaged_audio_is_said() {
    let b = Bench::new();
    let path = b.clip("a.mp4", 50, "25");
    b.ok(&["new", "p.json", "a.mp4"]);
    let whole = b.ok(&["export", "p.json", "-o", "whole.mp4"]);
    assert!(!whole.err.contains("decoding errors"), "{}", whole.err);
    let mut bytes = std::fs::read(&path).unwrap();
    let sound = packets(&path, "a:0");
    for &(at, size) in &sound[40..50] {
        bytes[at..at + size].iter_mut().for_each(|v| *v ^= 0xFF);
    }
    std::fs::write(&path, bytes).unwrap();
    let ran = b.ok(&["export", "p.json", "-o", "damaged.mp4"]);
    let text = words(&ran);
    assert!(text.contains("a.mp4: sound stream 0:") && count_before(&text, "decoding errors; what") > 0, "{text}");
    assert!(!text.contains("picture stream"), "{text}");
}

#[test]
fn samples_that_are_no_numbers_are_counted() {
    let b = Bench::new();
    let path = b.path("a.wav");
    ffmpeg(&["-f", "lavfi", "-i", "sine=sample_rate=48000:duration=1", "-ac", "2", "-c:a", "pcm_f32le"], &path);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = packets(&path, "a:0")[0].0 + 8 * 4000;
    for n in 0..7 {
        bytes[at + 4 * n..at + 4 * n + 4].copy_from_slice(&[f32::NAN, f32::INFINITY][n % 2].to_le_bytes());
    }
    std::fs::write(&path, bytes).unwrap();
    b.clip("v.mp4", 25, "25");
    b.ok(&["new", "p.json", "v.mp4"]);
    let mut document = b.read_json("p.json");
    document["media"].as_array_mut().unwrap().push(json!({ "id": "noise", "path": "a.wav", "kind": "audio" }));
    document["compositions"][0]["tracks"].as_array_mut().unwrap().push(json!({ "id": "s", "kind": "audio", "clips": [
        { "id": "s1", "source": { "type": "media", "media": "noise" }, "start": "0s", "duration": "1s" } ] }));
    b.write("p.json", &document.to_string());
    let text = words(&b.ok(&["export", "p.json", "-o", "o.mp4"]));
    assert!(text.contains("a.wav: sound stream 0: 7 samples are not numbers or infinite"), "{text}");
}

#[test]
fn deinterlacing_can_be_switched_off() {
    let Some(source) = media("sony_a7m3_1080i25_avchd.mts") else { return };
    let b = Bench::new();
    b.ok(&["new", "p.json", source.to_str().unwrap(), "--fps", "25"]);
    let mut document = b.read_json("p.json");
    let mut frames = |deinterlace: Option<&str>| {
        document["media"][0]["deinterlace"] = deinterlace.map_or(json!("auto"), |d| json!(d));
        b.write("p.json", &document.to_string());
        b.ok(&["export", "p.json", "-o", "o.mkv", "--video-codec", "ffv1", "--range", "0..5", "--overwrite"]);
        frame_md5(&b.path("o.mkv"))
    };
    let plain = reference_md5(&source, &[]);
    let whole = reference_md5(&source, &["-vf", "bwdif=mode=send_frame:deint=interlaced"]);
    assert_ne!(plain, whole);
    assert_eq!(frames(Some("off")), plain, "woven");
    assert_eq!(frames(None), whole, "made whole");
    document["media"][0]["deinterlace"] = json!("perhaps");
    b.write("p.json", &document.to_string());
    assert_eq!(b.run(&["validate", "p.json"]).code, 3);
}

/// MD5 of the first five pictures, by FFmpeg.
fn reference_md5(file: &Path, filters: &[&str]) -> Vec<String> {
    let out = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(file)
        .args(["-map", "0:v:0", "-fps_mode", "passthrough"])
        .args(filters)
        .args(["-frames:v", "5", "-f", "framemd5", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    text.lines().filter(|l| !l.starts_with('#')).map(|l| l.rsplit(',').next().unwrap().trim().to_owned()).collect()
}

/// A film of black pictures with the sound of a file on an audio track, in a composition with
/// `channels` channels.
fn audio_film(b: &Bench, file: &str, channels: usize, secs: &str) {
    let document = json!({ "schema_version": 2, "main": "main",
        "media": [{ "id": "s", "path": file, "kind": "audio" }],
        "compositions": [{ "id": "main", "size": { "width": 64, "height": 36 }, "frame_rate": "25", "channels": channels,
            "tracks": [{ "id": "a", "kind": "audio", "clips": [
                { "id": "c1", "source": { "type": "media", "media": "s" }, "start": "0s", "duration": secs }] }] }] });
    b.write("p.json", &document.to_string());
}

/// Interleaved samples of the first sound stream, by FFmpeg.
fn samples(file: &Path, filter: &str) -> Vec<f32> {
    let out = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(file)
        .args(["-map", "0:a:0", "-af", filter, "-f", "f32le", "-c:a", "pcm_f32le", "-"])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    out.stdout.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

/// Centre and LFE at levels of their own, against FFmpeg's `pan` with the matrix of ITU-R BS.775.
#[test]
fn center_and_lfe_are_folded_at_their_levels() {
    let b = Bench::new();
    let tones: Vec<String> = (0..6).map(|c| format!("0.2*sin(2*PI*{}*t)", 300 + 170 * c)).collect();
    let tones = format!("aevalsrc={}:c=5.1:s=48000:d=0.4", tones.join("|"));
    ffmpeg(&["-f", "lavfi", "-i", &tones, "-c:a", "pcm_s24le"], &b.path("tones.wav"));
    audio_film(&b, "tones.wav", 2, "0.4s");
    let document: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(b.path("p.json")).unwrap()).unwrap();
    for levels in
        [json!({"center_mix_db": 3, "lfe_mix_db": -6}), json!({"center_mix_db": -144}), json!({"lfe_mix_db": -10.5}), json!({})]
    {
        let mut document = document.clone();
        document["compositions"][0]["tracks"][0]["clips"][0]["audio"] = levels.clone();
        b.write("p.json", &document.to_string());
        b.ok(&["export", "p.json", "-o", "o.mkv", "--video-codec", "ffv1", "--audio-codec", "flac", "--overwrite"]);
        let level = |name: &str, usual: f64| {
            levels[name].as_f64().map_or(usual, |db| if db <= -144.0 { 0.0 } else { 10f64.powf(db / 20.0) })
        };
        let half = std::f64::consts::FRAC_1_SQRT_2;
        let (c, w) = (level("center_mix_db", half), level("lfe_mix_db", 0.0));
        let sum = 1.0 + c + w + half;
        let row = |front: &str, back: &str| format!("{}*{front}+{}*FC+{}*LFE+{}*{back}", 1.0 / sum, c / sum, w / sum, half / sum);
        let pan = format!("pan=stereo|FL={}|FR={}", row("FL", "BL"), row("FR", "BR"));
        let (ours, want) = (samples(&b.path("o.mkv"), "anull"), samples(&b.path("tones.wav"), &format!("aformat=flt,{pan}")));
        assert_eq!(ours.len(), want.len(), "{levels}");
        let max = ours.iter().zip(&want).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        // One step of 16 bits.
        assert!(max <= 1.0 / 32768.0, "{levels}: {max}");
    }
    let mut document = document;
    document["compositions"][0]["tracks"][0]["clips"][0]["audio"] = json!({"center_mix_db": 13});
    b.write("p.json", &document.to_string());
    let refused = b.run(&["validate", "p.json"]);
    assert!(refused.code == 3 && refused.err.contains("audio.center_mix_db"), "{} {}", refused.code, refused.err);
}

/// A different tone in each channel. FFmpeg's resampler folds the layout that the file names.
#[test]
fn channels_are_what_the_file_names() {
    for (layout, channels) in [("3.0", 3), ("quad", 4), ("5.0", 5), ("5.1(side)", 6), ("6.1", 7), ("7.1", 8)] {
        let b = Bench::new();
        let tones: Vec<String> = (0..channels).map(|c| format!("0.2*sin(2*PI*{}*t)", 300 + 170 * c)).collect();
        let tones = format!("aevalsrc={}:c={layout}:s=48000:d=0.4", tones.join("|"));
        ffmpeg(&["-f", "lavfi", "-i", &tones, "-c:a", "pcm_s24le"], &b.path("tones.wav"));
        for (to, outputs) in [("stereo", 2), ("5.1", 6)] {
            audio_film(&b, "tones.wav", outputs, "0.4s");
            let ran = b.ok(&["export", "p.json", "-o", "o.mkv", "--video-codec", "ffv1", "--audio-codec", "flac", "--overwrite"]);
            assert!(!ran.err.contains("speakers") && !ran.err.contains("taken as"), "{layout}: {}", ran.err);
            let fold = format!("aresample=out_chlayout={to}:rematrix_maxval=1:out_sample_fmt=flt");
            let (ours, want) = (samples(&b.path("o.mkv"), "anull"), samples(&b.path("tones.wav"), &fold));
            assert_eq!(ours.len(), want.len(), "{layout} to {to}");
            let max = ours.iter().zip(&want).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            // One step of 16 bits.
            assert!(max <= 1.0 / 32768.0, "{layout} to {to}: {max}");
        }
    }
}

#[test]
fn a_layout_with_unknown_speakers_is_said() {
    let b = Bench::new();
    ffmpeg(
        &["-f", "lavfi", "-i", "anoisesrc=d=0.2:r=48000", "-af", "pan=7.1(wide)|FL=c0|FLC=c0", "-c:a", "pcm_s16le"],
        &b.path("w.wav"),
    );
    audio_film(&b, "w.wav", 2, "0.2s");
    let text = words(&b.ok(&["export", "p.json", "-o", "o.mkv", "--video-codec", "ffv1"]));
    assert!(text.contains("w.wav: sound stream 0: its layout 7.1(wide) has unknown speakers"), "{text}");
}

/// Streams that must be rejected before any work, and what the message must contain.
#[test]
fn unusable_streams_are_found_before_any_work() {
    let refused = |b: &Bench, holds: &[&str]| {
        let ran = b.run(&["validate", "p.json"]);
        let text = words(&ran);
        assert_eq!(ran.code, 4, "{text}");
        assert!(holds.iter().chain(&["clips[0]", "c1"]).all(|w| text.contains(w)), "{holds:?} in: {text}");
        let before = b.names();
        assert_eq!(b.run(&["export", "p.json", "-o", "o.mkv"]).code, 4);
        assert_eq!(b.names(), before);
    };
    let b = Bench::new();
    ffmpeg(
        &["-f", "lavfi", "-i", "anullsrc=cl=16c:r=48000:d=0.2".replace("16c", "hexadecagonal").as_str(), "-c:a", "pcm_s16le"],
        &b.path("m.wav"),
    );
    audio_film(&b, "m.wav", 2, "0.2s");
    refused(&b, &["m.wav", "16 channels", "media.open.unsupported", "source.media"]);
    ffmpeg(&["-f", "lavfi", "-i", "anullsrc=cl=mono:r=3000:d=0.2", "-c:a", "pcm_s16le"], &b.path("r.wav"));
    audio_film(&b, "r.wav", 2, "0.2s");
    refused(&b, &["r.wav", "3000 Hz", "resample"]);
    // Pictures: a matrix that is invalid with its transfer, and a codec that FFmpeg does not have.
    let b = Bench::new();
    let v = b.clip("a.mp4", 10, "25");
    b.ok(&["new", "p.json", "a.mp4"]);
    let tagged = b.path("t.mp4");
    ffmpeg(&["-i", v.to_str().unwrap(), "-c", "copy", "-bsf:v", "h264_metadata=matrix_coefficients=14"], &tagged);
    std::fs::copy(&tagged, &v).unwrap();
    refused(&b, &["a.mp4", "ictcp with the transfer bt709"]);
    let mut bytes = std::fs::read(&v).unwrap();
    for at in 0..bytes.len() - 4 {
        if &bytes[at..at + 4] == b"avc1" {
            bytes[at..at + 4].copy_from_slice(b"zzzz");
        }
    }
    std::fs::write(&v, bytes).unwrap();
    refused(&b, &["a.mp4", "no decoder"]);
    // Layouts that cannot be drawn.
    b.clip("a.mp4", 10, "25");
    let ran = b.run(&["export", "p.json", "-o", "o.mkv", "--video-codec", "ffv1", "--pix-fmt", "yuv411p"]);
    assert!(ran.code != 0 && words(&ran).contains("cannot hold"), "{}", ran.err);
    let mut document = b.read_json("p.json");
    document["compositions"][0]["channels"] = json!(9);
    b.write("p.json", &document.to_string());
    assert_eq!(b.run(&["validate", "p.json"]).code, 3);
}

/// 1 s of picture with 2 s of sound, and the reverse.
#[test]
fn each_stream_ends_where_it_ends() {
    let b = Bench::new();
    let make = |name: &str, picture: &str, sound: &str| {
        let (v, a) =
            (format!("testsrc2=size=64x36:rate=25:duration={picture}"), format!("sine=sample_rate=48000:duration={sound}"));
        ffmpeg(&["-f", "lavfi", "-i", &v, "-f", "lavfi", "-i", &a, "-c:v", "ffv1", "-c:a", "flac"], &b.path(name));
    };
    make("long_sound.mkv", "1", "2");
    make("short_sound.mkv", "2", "1");
    let film = |file: &str, track: &str, secs: &str| {
        audio_film(&b, file, 2, secs);
        let mut document = b.read_json("p.json");
        document["media"][0]["kind"] = json!("video");
        document["compositions"][0]["tracks"][0]["kind"] = json!(track);
        b.write("p.json", &document.to_string());
        b.run(&["validate", "p.json"])
    };
    let ran = film("long_sound.mkv", "video", "1.08s");
    let text = words(&ran);
    assert_eq!(ran.code, 4, "{text}");
    assert!(text.contains("whose picture is 1.000 s long; shorten it by 0.080 s"), "{text}");
    assert_eq!(film("long_sound.mkv", "video", "1s").code, 0);
    assert_eq!(film("long_sound.mkv", "audio", "2s").code, 0);
    assert_eq!(film("short_sound.mkv", "audio", "2s").code, 4);
    assert_eq!(film("short_sound.mkv", "video", "2s").code, 0);
    let text = words(&b.ok(&["export", "p.json", "-o", "o.mkv", "--video-codec", "ffv1"]));
    assert!(text.contains("whose sound ends at 1.000 s; the last 1.000 s of the clip are silent"), "{text}");
}

/// 1080i25 has 25 frames per second, even if the container states 50 fields.
#[test]
fn films_of_interlaced_clips_count_frames() {
    let Some(source) = media("sony_a7m3_1080i25_avchd.mts") else { return };
    let b = Bench::new();
    b.ok(&["new", "p.json", source.to_str().unwrap()]);
    let project: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(b.path("p.json")).unwrap()).unwrap();
    assert_eq!(project["compositions"][0]["frame_rate"], "25");
}

/// A HEIC photo and an HDR AVIF are stills, an animated WebP is a film; a row of them is one, too.
#[test]
fn heic_avif_and_webp_are_clips() {
    let files = ["images/cheers_1440x960.heic", "images/cosmos_pq_p3_444_10bit.avif", "found/v.webp"].map(media);
    let [Some(heic), Some(avif), Some(webp)] = files else { return };
    let b = Bench::new();
    let probed = |path: &Path| b.ok(&["probe", path.to_str().unwrap()]).out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(probed(&heic).contains("heif, still image video 0 hevc 1440x960 yuv420p"), "{}", probed(&heic));
    assert!(probed(&avif).contains("still image video 0 av1 High 1024x428 yuv444p10le"), "{}", probed(&avif));
    assert!(probed(&webp).contains("webp, 1.970 s video 0 webp 160x100 rgba"), "{}", probed(&webp));
    let size = ["--size", "48x32", "--fps", "25", "--still", "0.2s"];
    let new = |paths: &[&Path]| {
        let paths: Vec<&str> = paths.iter().map(|p| p.to_str().unwrap()).collect();
        b.ok(&[&["new", "p.json", "--overwrite"], &paths[..], &size].concat());
    };
    new(&[&heic, &webp]);
    b.ok(&["export", "p.json", "-o", "o.mkv", "--video-codec", "ffv1"]);
    // 0.2 s and the 1.97 s of the animation.
    assert_eq!(packets(&b.path("o.mkv"), "v:0").len(), 54);
    new(&[&avif]);
    b.ok(&["frame", "p.json", "-o", "f.png"]);
    // Width, height, 8 bits, RGB: tone-mapped into a film of BT.709.
    assert_eq!(&std::fs::read(b.path("f.png")).unwrap()[16..26], [0, 0, 0, 48, 0, 0, 0, 32, 8, 2]);
    for n in 0..3 {
        std::fs::copy(&heic, b.path(&format!("r{n}.heic"))).unwrap();
    }
    b.ok(&["new", "r.json", "r%d.heic", "--frame-rate", "25", "--size", "48x32"]);
    b.ok(&["export", "r.json", "-o", "r.mkv", "--video-codec", "ffv1"]);
    assert_eq!(packets(&b.path("r.mkv"), "v:0").len(), 3);
}

/// `new` refuses a clip that cannot be drawn, and says which streams it leaves.
#[test]
fn new_refuses_what_cannot_be_drawn() {
    let b = Bench::new();
    std::fs::write(b.path("list.txt"), "milk, bread and butter\n".repeat(200)).unwrap();
    let ran = b.run(&["new", "p.json", "list.txt"]);
    assert!(ran.code == 4 && ran.err.contains("media.open.not_media") && words(&ran).contains("it is text"), "{}", ran.err);
    // An animation that ends before its first frame.
    std::fs::write(b.path("a.webp"), b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x07\0\0\x07\0\0").unwrap();
    for arguments in [&["probe", "a.webp"][..], &["new", "p.json", "a.webp"]] {
        let ran = b.run(arguments);
        assert!(ran.code == 4 && words(&ran).contains("its animation has no frames"), "{arguments:?}: {}", ran.err);
    }
    assert!(!b.path("p.json").exists());
    let source = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=0.4", "-f", "lavfi", "-i", "sine=duration=0.4"];
    let maps = ["-map", "0", "-map", "1", "-map", "1", "-pix_fmt", "yuv420p", "-c:a", "aac", "-disposition:a:0", "0"];
    ffmpeg(&[&source[..], &maps, &["-disposition:a:1", "default"]].concat(), &b.path("two.mkv"));
    let ran = b.ok(&["new", "p.json", "two.mkv"]);
    let said = words(&ran);
    assert!(said.contains("stream 2 is its default sound and counts as sound 0"), "{said}");
    assert!(said.contains("its sound 0 (aac) is used; it has another, which source.audio_stream of a clip chooses"), "{said}");
}
