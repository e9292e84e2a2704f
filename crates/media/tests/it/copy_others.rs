//! Copying of H.265 and of codecs whose pictures are all coded by themselves, and of every clip of
//! the shared media.
use crate::copy_film::{film_of, numbered, numbers, open};
use cutroom_media::{
    MediaIndex,
    copy::{CodedPacket, CopySource},
};
use cutroom_test_support::media;

const GOP: &str = "keyint=25:min-keyint=25:scenecut=0:log-level=none";

fn x265(params: &str) -> [String; 4] {
    ["-c:v", "libx265", "-x265-params", &format!("{GOP}:{params}")].map(str::to_owned)
}

#[test]
fn h265_of_closed_and_open_groups() {
    let dir = tempfile::tempdir().unwrap();
    for (name, params, more) in [
        ("closed.mp4", "open-gop=0:bframes=3", &[][..]),
        ("flat.mp4", "open-gop=0:bframes=2:b-pyramid=0", &[]),
        ("plain.mp4", "open-gop=0:bframes=0", &[]),
        ("ten.mp4", "open-gop=0:bframes=3", &["-pix_fmt", "yuv420p10le"]),
        ("tenths.mp4", "open-gop=0:bframes=3:ref=5", &[]),
        ("open.mp4", "open-gop=1:bframes=4", &[]),
        ("radl.mp4", "open-gop=0:bframes=4:radl=2", &[]),
        ("open.mkv", "open-gop=1:bframes=4", &[]),
        ("open.ts", "open-gop=1:bframes=4", &[]),
        ("hvc1.mp4", "open-gop=1:bframes=4", &["-tag:v", "hvc1"]),
    ] {
        let codec = x265(params);
        let codec: Vec<&str> = codec.iter().map(String::as_str).chain(more.iter().copied()).collect();
        let path = numbered(dir.path(), name, 100, &codec);
        let mut footage = open(&path, None).unwrap_or_else(|e| panic!("{name}: {e}"));
        // The second group is copied after the fourth, and the other way round.
        let spans = [60..100, 10..55, 0..30];
        let (plans, film) = film_of(&mut footage, dir.path(), &spans).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(numbers(&film), spans.iter().cloned().flatten().collect::<Vec<_>>(), "{name}");
        let starts: Vec<usize> = plans.iter().map(|p| p.copy.start).collect();
        let leading = if name.starts_with("radl") { 2 } else { 0 };
        assert_eq!(starts, [75 - leading, 25 - leading, 0], "{name}");
        assert!(plans[0].copy.end == 100 && plans[1].copy.end > 50 && plans[2].copy.end > 24, "{name}: {plans:?}");
    }
}

/// Copies that follow each other without anything encoded in between; they begin with CRA pictures.
#[test]
fn copies_behind_copies() {
    let dir = tempfile::tempdir().unwrap();
    let codec = x265("open-gop=1:bframes=4");
    let codec: Vec<&str> = codec.iter().map(String::as_str).collect();
    let path = numbered(dir.path(), "a.mp4", 100, &codec);
    let mut footage = open(&path, None).unwrap();
    let spans = [50..100, 25..100, 75..100];
    let (plans, film) = film_of(&mut footage, dir.path(), &spans).unwrap();
    assert_eq!(numbers(&film), spans.iter().cloned().flatten().collect::<Vec<_>>());
    assert!(plans.iter().zip(&spans).all(|(p, span)| p.copy == *span), "{plans:?}");
}

#[test]
fn codecs_without_references() {
    let dir = tempfile::tempdir().unwrap();
    let large = ["-vf", "scale=256:120"];
    for (name, codec, filter) in [
        ("prores.mov", &["-c:v", "prores_ks", "-profile:v", "1"][..], &[][..]),
        ("4444.mov", &["-c:v", "prores_ks", "-profile:v", "4", "-pix_fmt", "yuva444p10le"], &[]),
        ("dnxhr.mov", &["-c:v", "dnxhd", "-profile:v", "dnxhr_sq", "-pix_fmt", "yuv422p"], &large),
        ("intra.mp4", &["-c:v", "libx264", "-g", "1", "-preset", "ultrafast"], &[]),
    ] {
        let path = numbered(dir.path(), name, 30, &[filter, codec].concat());
        let mut footage = open(&path, None).unwrap_or_else(|e| panic!("{name}: {e}"));
        let (plans, _) = film_of(&mut footage, dir.path(), &[7..30, 3..4, 9..11]).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(plans.iter().all(|p| p.encode_before.is_empty() && p.encode_after.is_empty()), "{name}");
    }
    // JPEG is copied, though films are not yet written as it.
    let jpeg = numbered(dir.path(), "a.avi", 20, &["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"]);
    let index = MediaIndex::scan(&jpeg).unwrap();
    let source = CopySource::open(&index, 0, "25".parse().unwrap()).unwrap();
    let span = source.copy_span(3..11).unwrap();
    let mut found = Vec::new();
    let mut add = |p: CodedPacket<'_>| {
        found.push((p.pts, p.data.starts_with(&[0xFF, 0xD8])));
        Ok(())
    };
    source.packets(&span, &mut add).unwrap();
    assert_eq!((span.copy.clone(), found), (3..11, (0..8).map(|n| (n, true)).collect()));
}

/// Every clip of the shared media is copied where it can be, whole and in part.
#[test]
fn real_clips() {
    let dir = tempfile::tempdir().unwrap();
    for (name, expected) in [
        ("bbb_1080p60_h264_bframes_aac6ch.mp4", Ok(120)),
        ("graffiti_1080p60_h264_dovi9.mp4", Ok(60)),
        ("gopro_max_heromode.mp4", Ok(300)),
        ("phone_ducks_720p_h264.mp4", Ok(100)),
        ("nasa_2video_2audio_2subs.mp4", Ok(325)),
        ("carpark_12.5fps_aac.mp4", Ok(370)),
        ("prores_proxy_1080p25_SYNTHETIC.mov", Ok(125)),
        ("sony_a7m3_1080i25_avchd.mts", Err("interlaced")),
        ("iphone_hlg_hevc10_rot90_editlist.mp4", Err("turned")),
        ("iphone_720p_rot90.mov", Err("turned")),
        ("phone_fire_720p_vfr_rot180.mp4", Err("turned")),
        ("pixel_pq_hevc10_sdr_container.mp4", Err("variable_rate")),
        ("portrait_pq_av1_10bit.mp4", Err("codec")),
        ("roadtrip_vp9_10bit_23976.webm", Err("codec")),
        ("anamorphic_mpeg1_sar64-45.mpg", Err("codec")),
        ("alpha_qtrle_1080p25_SYNTHETIC.mov", Err("codec")),
    ] {
        let Some(path) = media(name) else { continue };
        let result = open(&path, None).and_then(|mut footage| {
            let frames = footage.reader.frame_count();
            let (plans, _) = film_of(&mut footage, dir.path(), std::slice::from_ref(&(0..frames)))?;
            Ok(plans[0].copy.len())
        });
        println!("{name}: {result:?}");
        match (result, expected) {
            (Ok(found), Ok(wanted)) => assert!(found >= wanted, "{name}: {found} frames"),
            (Err(reason), Err(code)) => assert_eq!(reason.code(), code, "{name}: {reason}"),
            (found, wanted) => panic!("{name}: {found:?} instead of {wanted:?}"),
        }
    }
}
