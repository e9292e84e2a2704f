//! Every codec in every container that its row allows.
use crate::write::material::{Facts, listing, probe, video, write};
use cutroom_media::pixel;
use cutroom_media::write::{AudioSettings, WriteSettings, audio_codecs, video_codecs};
use cutroom_types::{ChromaLocation, ColorTags, Matrix, PictureFormat, Primaries, Range, Size, Transfer};

/// FFmpeg's name of a codec, as `ffprobe` prints it.
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
        for container in codec.containers() {
            let id = container.id;
            if container.muxer.is_none() {
                continue;
            }
            let path = folder.path().join(format!("{}.{}", codec.id, container.extensions[0]));
            let audio = audio_codecs().iter().find(|a| container.audio.contains(&a.id));
            let mut v = video(codec.id, None, size);
            v.sample_aspect = (4, 3);
            v.preset = codec.presets.first().filter(|p| p.parse::<u32>().is_err()).map(|p| (*p).to_owned());
            if codec.id.starts_with("av1") {
                v.preset = codec.presets.last().map(|p| (*p).to_owned());
            }
            let (format, color) = (v.format, v.color);
            let settings = WriteSettings {
                container: id.into(),
                video: Some(v),
                sound: audio.map(|a| AudioSettings::new(a.id, 48000, 2)),
                metadata: vec![("title".into(), "Test – Ω".into())],
            };
            let report = write(&path, &settings, 25);
            let what = format!("{} in {id}", codec.id);
            let samples = if audio.is_some() { 48_000 } else { 0 };
            assert_eq!((report.video_frames, report.audio_samples), (25, samples), "{what}");
            if !container.is_package() {
                assert_eq!(report.bytes, std::fs::metadata(&path).unwrap().len(), "{what}");
            }
            if id == "webp" {
                // FFmpeg reads no animation; `webp_keeps_time_and_has_quality` and
                // `gif_and_webp_keep_alpha` do.
                continue;
            }
            let facts = Facts::of(&path);
            let tags = |key: &str| facts.stream("video", key);
            assert_eq!(tags("codec_name"), probe_name(codec.id), "{what}");
            assert_eq!((tags("width"), tags("height")), ("288", "144"), "{what}");
            if !container.is_package() {
                assert_eq!(tags("nb_read_packets"), "25", "{what}");
                assert_eq!(tags("r_frame_rate"), "25/1", "{what}");
            }
            if !["gif", "dash"].contains(&id) {
                assert_eq!(tags("sample_aspect_ratio"), "4:3", "{what}");
            }
            if codec.id == "mjpeg" {
                // The decoder knows it from JPEG; 470 and 170 name the same matrix.
                assert_eq!(tags("color_space"), "bt470bg", "{what}");
            } else if container.carries_color || codec.id.starts_with("h26") {
                assert_eq!(tags("color_space"), color.matrix.name(), "{what}");
            }
            if container.carries_color || codec.id.starts_with("h26") {
                assert_eq!(tags("color_transfer"), color.transfer.name(), "{what}");
                assert_eq!(tags("color_primaries"), color.primaries.name(), "{what}");
            }
            // FFmpeg says nothing of the range of palettes.
            if (codec.carries_range || container.carries_range) && codec.id != "gif" {
                assert_eq!(tags("color_range"), color.range.name(), "{what}");
            }
            if container.millisecond_times || ["h264", "h265", "av1"].contains(&codec.id) {
                assert_eq!(tags("chroma_location"), color.chroma.name(), "{what}");
            }
            if !["png", "qtrle", "mjpeg", "gif"].contains(&codec.id) {
                assert_eq!(tags("pix_fmt"), pixel::name(pixel::av_format(format).unwrap()), "{what}");
            }
            if ["mp4", "mov"].contains(&id) {
                assert_eq!(facts.format("duration"), "1.000000", "{what}");
                for kind in ["video", "audio"] {
                    let is = (facts.stream(kind, "start_time"), facts.stream(kind, "duration"));
                    assert_eq!(is, ("0.000000", "1.000000"), "{what}: {kind}");
                }
                assert_eq!(tags("nb_frames"), "25", "{what}");
            }
            if !["ts", "gif", "hls", "dash"].contains(&id) {
                assert_eq!(facts.format("tags.title"), "Test – Ω", "{what}");
            }
        }
    }
    assert!(listing(folder.path()).iter().all(|n| !n.contains("partial")), "{:?}", listing(folder.path()));
}

/// Tags other than the default ones, in stream and container.
#[test]
fn unusual_tags_and_rates_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let pq = ColorTags {
        primaries: Primaries::Bt2020,
        transfer: Transfer::Pq,
        matrix: Matrix::Bt2020Ncl,
        range: Range::Limited,
        chroma: ChromaLocation::TopLeft,
    };
    let full = ColorTags { range: Range::Full, ..ColorTags::guess(720, 480) };
    for (codec, id, bits, color, rate) in [
        ("h265", "mp4", 10, pq, "24000/1001"),
        ("h265", "mov", 10, pq, "60"),
        ("h264", "mp4", 10, pq, "50"),
        ("vp9", "webm", 10, pq, "30000/1001"),
        ("av1", "mkv", 10, pq, "25"),
        ("h264", "mp4", 8, full, "30000/1001"),
        ("h265", "mkv", 8, full, "12.5"),
        ("vp9", "mp4", 8, full, "60000/1001"),
        ("av1", "mp4", 8, full, "120"),
    ] {
        let mut v = video(codec, Some(PictureFormat::yuv(bits, 1, 1)), Size { width: 128, height: 96 });
        v.color = color;
        v.frame_rate = rate.parse().unwrap();
        let path = folder.path().join(format!("{codec}-{bits}.{id}"));
        let rate = v.frame_rate;
        write(&path, &WriteSettings { container: id.into(), video: Some(v), sound: None, metadata: vec![] }, 10);
        let got = |entry: &str| probe(&path, "v:0", &format!("stream={entry}"));
        let what = path.display();
        assert_eq!(got("color_primaries"), color.primaries.name(), "{what}");
        assert_eq!(got("color_transfer"), color.transfer.name(), "{what}");
        assert_eq!(got("color_space"), color.matrix.name(), "{what}");
        assert_eq!(got("color_range"), color.range.name(), "{what}");
        assert_eq!(got("avg_frame_rate"), format!("{}/{}", rate.num(), rate.den()), "{what}");
        assert_eq!(got("nb_read_packets"), "10", "{what}");
        // AV1 and VP9 support two positions each; mp4 and mov leave them to the stream.
        if codec.starts_with("h26") || id == "webm" {
            assert_eq!(got("chroma_location"), color.chroma.name(), "{what}");
        }
    }
    assert_eq!(probe(&folder.path().join("h265-10.mp4"), "v:0", "stream=codec_tag_string"), "hvc1");
}

/// The four-character codes of SMPTE RDD 36's profiles, as Apple's "ProRes" white paper lists them.
#[test]
fn prores_is_named_by_its_profile() {
    let folder = tempfile::tempdir().unwrap();
    for (profile, fourcc, title) in [
        ("proxy", "apco", "Proxy"),
        ("lt", "apcs", "LT"),
        ("standard", "apcn", "Standard"),
        ("hq", "apch", "HQ"),
        ("4444", "ap4h", "4444"),
        ("4444xq", "ap4x", "XQ"),
    ] {
        let mut v = video("prores", None, Size { width: 64, height: 64 });
        v.format = cutroom_media::write::video_codec("prores").unwrap().default_format(Some(profile));
        v.profile = Some(profile.into());
        for container in ["mov", "mkv"] {
            let path = folder.path().join(format!("{profile}.{container}"));
            write(&path, &WriteSettings { container: container.into(), video: Some(v.clone()), sound: None, metadata: vec![] }, 2);
            let got = |entry: &str| probe(&path, "v:0", &format!("stream={entry}"));
            assert_eq!(got("codec_tag_string"), fourcc, "{profile} in {container}");
            assert_eq!(got("profile"), title, "{profile} in {container}");
        }
    }
}
