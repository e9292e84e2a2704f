//! Compares real files with the ffmpeg and ffprobe programs: counts, tags and the samples of every
//! frame.

use crate::oracle::{adler, adler_as, ffmpeg_frames, ffprobe};
use cutroom_media::{MediaIndex, ReadOptions, VideoReader};
use cutroom_test_support::media;
use cutroom_types::{Deinterlace, Time};

/// A clip and the number of its frames that are compared.
struct Clip {
    name: &'static str,
    stream: usize,
    max_frames: usize,
    /// Arguments of ffmpeg before `-i`.
    decoder: &'static [&'static str],
}

const fn clip(name: &'static str, max_frames: usize) -> Clip {
    Clip { name, stream: 0, max_frames, decoder: &[] }
}

const CLIPS: &[Clip] = &[
    clip("bbb_1080p60_h264_bframes_aac6ch.mp4", 20),
    clip("graffiti_1080p60_h264_dovi9.mp4", 12),
    clip("gopro_max_heromode.mp4", 100),
    clip("sony_a7m3_1080i25_avchd.mts", 100),
    clip("iphone_hlg_hevc10_rot90_editlist.mp4", 20),
    clip("pixel_pq_hevc10_sdr_container.mp4", 12),
    clip("portrait_pq_av1_10bit.mp4", 30),
    clip("phone_ducks_720p_h264.mp4", 40),
    clip("phone_fire_720p_vfr_rot180.mp4", 25),
    clip("iphone_720p_rot90.mov", 100),
    clip("roadtrip_vp9_10bit_23976.webm", 100),
    clip("bbb_1080p60_vp8_vorbis51.webm", 15),
    clip("long_1080p60_av1_6min_SYNTHETIC.mp4", 10),
    clip("prores_proxy_1080p25_SYNTHETIC.mov", 8),
    clip("alpha_qtrle_1080p25_SYNTHETIC.mov", 10),
    Clip { decoder: &["-c:v", "libvpx-vp9"], ..clip("alpha_vp9_ui_1598x833.webm", 16) },
    clip("anamorphic_mpeg1_sar64-45.mpg", 100),
    clip("nasa_2video_2audio_2subs.mp4", 60),
    Clip { stream: 1, ..clip("nasa_2video_2audio_2subs.mp4", 60) },
    clip("carpark_12.5fps_aac.mp4", 40),
    clip("kodak_mjpeg_pcm.avi", 100),
    clip("images/carrots.exr", 1),
    clip("images/nuke_10bit_rgb_SYNTHETIC.dpx", 1),
    clip("images/cosmos_pq_p3_444_10bit.avif", 1),
    clip("images/portrait_exif_orientation6.jpg", 1),
    clip("images/unsplash_photo.jpg", 1),
    clip("images/watermark_alpha.png", 1),
    clip("images/rgba_16bit.tiff", 1),
];

#[test]
fn every_clip_gives_ffmpegs_frames_in_any_order() {
    let only = std::env::var("CUTROOM_TEST_CLIP").ok();
    for c in CLIPS.iter().filter(|c| only.as_ref().is_none_or(|o| c.name.contains(o.as_str()))) {
        let Some(path) = media(c.name) else { continue };
        let began = std::time::Instant::now();
        let index = MediaIndex::scan(&path).unwrap_or_else(|e| panic!("{e}"));
        let info = index.info().video[c.stream].clone();
        let options = ReadOptions { deinterlace: Deinterlace::Off, ..ReadOptions::default() };
        let mut reader = VideoReader::open_indexed(index.clone(), c.stream, options).unwrap_or_else(|e| panic!("{e}"));
        let expected = ffmpeg_frames(&path, c.stream, c.decoder, &info, c.max_frames, &[]);
        let n = expected.len();
        assert_eq!(n, info.frames.min(c.max_frames), "{}: frames", c.name);
        let mut sequential = Vec::new();
        for (i, want) in expected.iter().enumerate() {
            let f = reader.frame(i).unwrap_or_else(|e| panic!("{}: frame {i}: {e}", c.name));
            assert_eq!(f.index, i);
            assert_eq!(adler_as(&f.picture, &info.pixel_format), *want, "{}: frame {i} ({})", c.name, f.picture.format);
            sequential.push(adler(&f.picture));
        }
        let all = info.frames;
        // Every time inside a frame's interval returns that frame.
        for i in [0, n / 3, n - 1] {
            let span = index.frame_spans(c.stream).nth(i).unwrap();
            if span.duration.0 > 0 && !index.info().is_still {
                for t in [span.start, Time(span.start.0 + span.duration.0 / 2), Time(span.end().0 - 1)] {
                    assert_eq!(reader.frame_at(t).unwrap().index, i, "{} at {t:?}", c.name);
                }
            }
        }
        // Scattered, then backwards, with a fresh reader.
        let mut reader = VideoReader::open_indexed(index.clone(), c.stream, options).unwrap();
        let mut k = 7usize;
        for _ in 0..n.min(4) {
            k = (k * 7919 + 13) % n;
            assert_eq!(adler(&reader.frame(k).unwrap().picture), sequential[k], "{}: frame {k} reached by a jump", c.name);
        }
        for i in (n.saturating_sub(6)..n).rev() {
            assert_eq!(adler(&reader.frame(i).unwrap().picture), sequential[i], "{}: frame {i} backwards", c.name);
        }
        reader.frame(all - 1).unwrap_or_else(|e| panic!("{}: last frame: {e}", c.name));
        eprintln!("{}#{}: {n} of {all} frames, {:.1} s, {:?}", c.name, c.stream, began.elapsed().as_secs_f32(), reader.report());
        if c.name != "long_1080p60_av1_6min_SYNTHETIC.mp4" && c.max_frames > 1 && !c.name.starts_with("alpha_vp9") {
            let select = format!("v:{}", c.stream);
            let count = ffprobe(&path, &["-count_frames", "-select_streams", &select, "-show_entries", "stream=nb_read_frames"]);
            assert_eq!(count.lines().next(), Some(all.to_string().as_str()), "{}: frame count", c.name);
        }
    }
}

#[test]
fn real_interlaced_footage_is_made_whole() {
    let Some(path) = media("sony_a7m3_1080i25_avchd.mts") else { return };
    let index = MediaIndex::scan(&path).unwrap();
    let info = index.info().video[0].clone();
    let want = ffmpeg_frames(&path, 0, &[], &info, 13, &["-vf", "bwdif=mode=send_frame:deint=interlaced"]);
    let mut reader = VideoReader::open_indexed(index, 0, ReadOptions::default()).unwrap();
    for i in [0, 1, 2, 3, 12, 7, 6] {
        assert_eq!(adler(&reader.frame(i).unwrap().picture), want[i], "frame {i}");
    }
}
