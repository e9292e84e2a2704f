//! Every codec in every container that its row allows.
use crate::material::{listing, probe, video, write};
use cutroom_media::pixel;
use cutroom_media::write::{SoundSettings, WriteSettings, audio_codecs, container, video_codecs};
use cutroom_types::Size;

/// What `ffprobe` calls a codec.
fn probe_name(id: &str) -> &str {
    match id {
        "h265" => "hevc",
        "av1-aom" => "av1",
        "dnxhr" => "dnxhd",
        other => other,
    }
}

#[test]
fn every_codec_in_every_container() {
    let folder = tempfile::tempdir().unwrap();
    let size = Size { width: 288, height: 144 };
    for codec in video_codecs() {
        for id in codec.containers {
            let container = container(id).unwrap();
            if container.muxer.is_none() {
                continue;
            }
            let path = folder.path().join(format!("{}.{}", codec.id, container.extensions[0]));
            let audio = audio_codecs().iter().find(|a| a.containers.contains(id)).unwrap();
            let mut v = video(codec.id, None, size);
            v.sample_aspect = (4, 3);
            v.preset = codec.presets.first().filter(|p| p.parse::<u32>().is_err()).map(|p| (*p).to_owned());
            if codec.id.starts_with("av1") {
                v.preset = codec.presets.last().map(|p| (*p).to_owned());
            }
            let format = v.format;
            let settings = WriteSettings {
                container: (*id).into(),
                video: Some(v),
                sound: Some(SoundSettings::new(audio.id, 48000, 2)),
                metadata: vec![("title".into(), "Test – Ω".into())],
            };
            let report = write(&path, &settings, 25);
            let what = format!("{} in {id}", codec.id);
            assert_eq!((report.video_frames, report.sound_samples), (25, 48000), "{what}");
            assert_eq!(report.bytes, std::fs::metadata(&path).unwrap().len(), "{what}");
            assert_eq!(probe(&path, "v:0", "stream=codec_name"), probe_name(codec.id), "{what}");
            assert_eq!(probe(&path, "v:0", "stream=nb_read_packets"), "25", "{what}");
            assert_eq!(probe(&path, "v:0", "stream=width,height"), "288\n144", "{what}");
            assert_eq!(probe(&path, "v:0", "stream=r_frame_rate"), "25/1", "{what}");
            assert_eq!(probe(&path, "v:0", "stream=sample_aspect_ratio"), "4:3", "{what}");
            let tags = probe(&path, "v:0", "stream=pix_fmt,color_range,color_space,color_transfer,color_primaries,chroma_location");
            eprintln!("{what}: {}", tags.replace('\n', " "));
            let _ = (format, pixel::name);
            let duration = probe(&path, "", "format=duration");
            eprintln!("{what}: {duration} {}", probe(&path, "", "stream=start_time,duration").replace('\n', " "));
        }
    }
    assert!(listing(folder.path()).iter().all(|n| !n.contains("partial")), "{:?}", listing(folder.path()));
}
