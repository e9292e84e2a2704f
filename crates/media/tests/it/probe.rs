//! Compares the results of `probe` for the real files with their README rows and ffprobe.

use crate::oracle::ffprobe;
use cutroom_media::{MediaInfo, ScanOrder, probe};
use cutroom_test_support::media;
use cutroom_types::{FrameRate, Orientation, PictureFormat, Primaries, Range, Size, Time, Transfer};

fn info(name: &str) -> Option<MediaInfo> {
    media(name).map(|p| probe(&p).unwrap_or_else(|e| panic!("{e}")))
}

#[test]
fn orientation_and_aspect() {
    let turned = |quarter_turns| Orientation { mirrored: false, quarter_turns };
    for (name, want) in [
        // ffprobe's "rotation -90" is clockwise.
        ("iphone_hlg_hevc10_rot90_editlist.mp4", turned(1)),
        ("iphone_720p_rot90.mov", turned(1)),
        ("phone_fire_720p_vfr_rot180.mp4", turned(2)),
        ("images/portrait_exif_orientation6.jpg", turned(1)),
        ("carpark_12.5fps_aac.mp4", Orientation::UPRIGHT),
        ("broken/no_timescale.mp4", Orientation::UPRIGHT),
    ] {
        let Some(i) = info(name) else { continue };
        assert_eq!(i.video[0].orientation, want, "{name}");
    }
    if let Some(i) = info("anamorphic_mpeg1_sar64-45.mpg") {
        assert_eq!(i.video[0].sample_aspect, (64, 45));
    }
}

#[test]
fn color_and_layout() {
    if let Some(i) = info("iphone_hlg_hevc10_rot90_editlist.mp4") {
        let v = &i.video[0];
        assert_eq!(
            (v.color.primaries, v.color.transfer, v.format),
            (Primaries::Bt2020, Transfer::Hlg, Some(PictureFormat::yuv(10, 1, 1)))
        );
        assert!(!v.guessed.transfer);
        // Its irregular steps are outside the edit list; what is presented is 29.97 fps.
        assert!(v.is_constant_rate && v.average_rate == FrameRate::new(30000, 1001), "{:?}", v.average_rate);
    }
    if let Some(i) = info("pixel_pq_hevc10_sdr_container.mp4") {
        assert_eq!(i.video[0].color.transfer, Transfer::Pq, "from the bitstream");
    }
    if let Some(i) = info("gopro_max_heromode.mp4") {
        assert_eq!((i.video[0].color.range, i.video[0].pixel_format.as_str()), (Range::Full, "yuvj420p"));
        assert_eq!(i.other.iter().filter(|o| o.kind == "data").count(), 3);
    }
    if let Some(i) = info("prores_proxy_1080p25_SYNTHETIC.mov") {
        assert!(i.video[0].guessed.primaries && i.video[0].color.primaries == Primaries::Bt709);
    }
    for (name, format) in [
        ("alpha_vp9_ui_1598x833.webm", PictureFormat::YUV420P8.with_alpha()),
        ("alpha_qtrle_1080p25_SYNTHETIC.mov", PictureFormat::RGB8.with_alpha()),
        ("images/watermark_alpha.png", PictureFormat::RGB8.with_alpha()),
        ("images/rgba_16bit.tiff", PictureFormat { bits: 16, ..PictureFormat::RGB8 }.with_alpha()),
        ("images/carrots.exr", PictureFormat::RGB_FLOAT.with_alpha()),
        ("images/nuke_10bit_rgb_SYNTHETIC.dpx", PictureFormat { bits: 10, ..PictureFormat::RGB8 }),
        ("images/cosmos_pq_p3_444_10bit.avif", PictureFormat::yuv(10, 0, 0)),
    ] {
        let Some(i) = info(name) else { continue };
        assert_eq!(i.video[0].format, Some(format), "{name}");
        assert_eq!(i.is_still, name.starts_with("images/"), "{name}");
        assert_eq!(i.video[0].alpha, format.alpha, "{name}");
    }
}

#[test]
fn streams_rates_and_durations() {
    if let Some(i) = info("nasa_2video_2audio_2subs.mp4") {
        let sizes: Vec<Size> = i.video.iter().map(|v| v.size).collect();
        assert_eq!(sizes, [Size { width: 320, height: 180 }, Size { width: 480, height: 270 }]);
        assert_eq!((i.audio.len(), i.texts.len(), i.other.len()), (2, 2, 0));
        assert_eq!((i.video[0].average_rate, i.video[1].average_rate), (FrameRate::new(25, 1), FrameRate::new(30000, 1001)));
        let starts = i.video.iter().map(|v| v.span.start).chain(i.audio.iter().map(|a| a.span.start));
        assert_eq!(starts.min(), Some(Time::ZERO));
    }
    if let Some(i) = info("music_vibe_ace_44k_stereo.ogg") {
        assert_eq!((i.video.len(), i.attached_pictures.len(), i.audio.len()), (0, 1, 1));
        assert_eq!((i.audio[0].rate_hz, i.audio[0].channels, i.audio[0].layout.as_str()), (44100, 2, "stereo"));
    }
    if let Some(i) = info("bbb_1080p60_h264_bframes_aac6ch.mp4") {
        assert!(i.audio[0].is_layout_guessed && i.audio[0].layout == "5.1" && i.warnings.iter().any(|w| w.contains("5.1")));
        assert_eq!((i.video[0].frames, i.video[0].average_rate, i.video[0].is_constant_rate), (120, FrameRate::new(60, 1), true));
    }
    if let Some(i) = info("sony_a7m3_1080i25_avchd.mts") {
        assert_eq!((i.video[0].scan_order, i.video[0].average_rate), (ScanOrder::TopFirst, FrameRate::new(25, 1)));
    }
    if let Some(i) = info("roadtrip_vp9_10bit_23976.webm") {
        assert_eq!((i.video[0].frames, i.video[0].average_rate), (72, FrameRate::new(24000, 1001)));
        assert!(i.video[0].is_constant_rate);
    }
    if let Some(i) = info("phone_fire_720p_vfr_rot180.mp4") {
        assert!(!i.video[0].is_constant_rate);
    }
    if let Some(i) = info("carpark_12.5fps_aac.mp4") {
        assert_eq!(i.video[0].average_rate, FrameRate::new(25, 2));
    }
    // Durations of well-formed files are the container's.
    for name in [
        "carpark_12.5fps_aac.mp4",
        "prores_proxy_1080p25_SYNTHETIC.mov",
        "speech_jfk_16k_mono.wav",
        "long_1080p60_av1_6min_SYNTHETIC.mp4",
    ] {
        let (Some(i), Some(path)) = (info(name), media(name)) else { continue };
        let stated: f64 = ffprobe(&path, &["-show_entries", "format=duration"]).trim().parse().unwrap();
        let ours = i.duration.as_secs_f64();
        assert!((ours - stated).abs() < 0.06, "{name}: {ours} s, ffprobe says {stated} s");
    }
}
