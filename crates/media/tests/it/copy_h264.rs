//! Copying of H.264: the film of a span, judged by the ffmpeg program.
use crate::copy_film::{film_of, frame_hashes, numbered, numbers, open};
use crate::oracle::make;
use cutroom_media::copy::Reason;
use std::{ops::Range, path::Path};

/// A film of `span` of a file with numbers: every number is there, once. Returns the copied frames.
fn copied(path: &Path, dir: &Path, span: Range<usize>) -> Range<usize> {
    let mut footage = open(path, Some("25".parse().unwrap())).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let (plans, film) =
        film_of(&mut footage, dir, std::slice::from_ref(&span)).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert_eq!(numbers(&film), span.collect::<Vec<_>>(), "{}", path.display());
    plans[0].copy.clone()
}

const GOP: &str = "keyint=25:min-keyint=25:scenecut=0";

#[test]
fn closed_groups_of_every_kind() {
    let dir = tempfile::tempdir().unwrap();
    for (name, params, more) in [
        ("pyramid", "bframes=4:b-pyramid=normal:ref=4", &[][..]),
        ("flat", "bframes=2:b-pyramid=none", &[]),
        ("plain", "bframes=0", &[]),
        ("slices", "slices=4:bframes=3", &[]),
        ("vlc", "cabac=0:bframes=2", &["-profile:v", "main"]),
        ("baseline", "bframes=0", &["-profile:v", "baseline"]),
        ("ten", "bframes=3", &["-pix_fmt", "yuv420p10le"]),
        ("chroma", "bframes=3", &["-pix_fmt", "yuv422p"]),
    ] {
        let params = format!("{GOP}:{params}");
        let path =
            numbered(dir.path(), &format!("{name}.mp4"), 100, &[&["-c:v", "libx264", "-x264-params", &params][..], more].concat());
        // From 10 on: the first IDR picture is 25. To 90: a run ends where no later packet shows an
        // earlier frame, which is at the latest at the last frame of a mini-group before 90.
        let copy = copied(&path, dir.path(), 10..90);
        assert!(copy.start == 25 && (86..=90).contains(&copy.end), "{name}: {copy:?}");
    }
    assert_eq!(copied(&dir.path().join("pyramid.mp4"), dir.path(), 0..100), 0..100);
}

/// Spans of several places, one after the other, in any order: copies meet at IDR pictures.
#[test]
fn several_spans_and_their_seams() {
    let dir = tempfile::tempdir().unwrap();
    let path = numbered(dir.path(), "a.mp4", 200, &["-c:v", "libx264", "-x264-params", &format!("{GOP}:bframes=3")]);
    let mut footage = open(&path, None).unwrap();
    let spans = [75..125, 25..60, 100..140, 3..40, 160..200];
    let (plans, film) = film_of(&mut footage, dir.path(), &spans).unwrap();
    assert_eq!(numbers(&film), spans.iter().cloned().flatten().collect::<Vec<_>>());
    assert_eq!(plans[0].copy, 75..125);
    assert_eq!((plans[0].encode_before.len(), plans[0].encode_after.len()), (0, 0));
    let too_short = footage.source.copy_span(180..190).unwrap_err();
    assert_eq!(too_short.code(), "no_entry", "{too_short}");
    let too_short = footage.source.copy_span(172..178).unwrap_err();
    assert!(matches!(too_short, Reason::TooShort { frames } if frames <= 3), "{too_short}");
}

/// An open group cannot be a beginning, but may be inside of a copy.
#[test]
fn open_groups() {
    let dir = tempfile::tempdir().unwrap();
    let params = format!("{GOP}:bframes=3:open-gop=1");
    let path = numbered(dir.path(), "open.mp4", 100, &["-c:v", "libx264", "-x264-params", &params]);
    let copy = copied(&path, dir.path(), 0..90);
    assert!(copy.start == 0 && copy.end > 85, "{copy:?}");
    let footage = open(&path, None).unwrap();
    let reason = footage.source.copy_span(10..90).unwrap_err();
    assert_eq!(reason, Reason::NoEntry { first: 10, last: 89 });
    assert!(reason.to_string().contains("key frames refer to earlier pictures"), "{reason}");
}

/// Other containers: start codes, times rounded to milliseconds, a start that is not zero.
#[test]
fn containers_and_edit_lists() {
    let dir = tempfile::tempdir().unwrap();
    let codec = ["-c:v", "libx264", "-x264-params", &format!("{GOP}:bframes=3")];
    let mp4 = numbered(dir.path(), "a.mp4", 100, &codec);
    let whole = frame_hashes(&mp4);
    for name in ["a.ts", "a.mkv", "a.mov", "a.avi", "offset.mp4"] {
        let offset = ["-output_ts_offset", "1.5"];
        let more = if name == "offset.mp4" { &offset[..] } else { &[] };
        let path = make(dir.path(), name, &[&["-i", mp4.to_str().unwrap(), "-c", "copy"][..], more].concat());
        assert_eq!(frame_hashes(&path), whole, "{name}");
        let copy = copied(&path, dir.path(), 10..90);
        assert!(copy.start == 25 && copy.end >= 86, "{name}: {copy:?}");
    }
    // An edit list that begins at frame 30, of which the pictures from 25 on are decoded.
    let path = make(dir.path(), "cut.mp4", &["-ss", "1.2", "-i", mp4.to_str().unwrap(), "-c", "copy"]);
    let mut footage = open(&path, None).unwrap();
    let (plans, film) = film_of(&mut footage, dir.path(), std::slice::from_ref(&(0..65))).unwrap();
    assert_eq!(numbers(&film), (30..95).collect::<Vec<_>>());
    assert_eq!(plans[0].copy.start, 20);
    let reason = footage.source.copy_span(0..19).unwrap_err();
    assert_eq!(reason, Reason::Hidden { frame: 0 });
}

/// Two recordings with other parameter sets of the same number, one behind the other.
#[test]
fn changing_parameter_sets() {
    let dir = tempfile::tempdir().unwrap();
    let one = numbered(dir.path(), "1.ts", 60, &["-c:v", "libx264", "-x264-params", &format!("{GOP}:bframes=3:ref=2")]);
    let two = numbered(dir.path(), "2.ts", 110, &["-c:v", "libx264", "-x264-params", &format!("{GOP}:bframes=2:ref=5:cabac=0")]);
    let list = dir.path().join("list.txt");
    std::fs::write(&list, format!("file '{}'\nfile '{}'\n", one.display(), two.display())).unwrap();
    let joined = make(dir.path(), "joined.ts", &["-f", "concat", "-safe", "0", "-i", list.to_str().unwrap(), "-c", "copy"]);
    let mut footage = open(&joined, Some("25".parse().unwrap())).unwrap();
    let reason = footage.source.copy_span(0..50).unwrap_err();
    assert_eq!(reason, Reason::ChangedSets { frame: 0 });
    let (plans, film) = film_of(&mut footage, dir.path(), std::slice::from_ref(&(50..150))).unwrap();
    assert_eq!(numbers(&film), (50..60).chain(0..90).collect::<Vec<_>>());
    assert_eq!((plans[0].encode_before.clone(), plans[0].copy.start), (50..60, 60));
}

#[test]
fn what_is_not_copied() {
    let dir = tempfile::tempdir().unwrap();
    let gop = format!("{GOP}:bframes=2");
    let x264 = ["-c:v", "libx264", "-x264-params", &gop];
    let plain = numbered(dir.path(), "a.mp4", 60, &x264);
    // Frames 20 to 29 are missing.
    let vfr = make(
        dir.path(),
        "vfr.mp4",
        &[&["-i", plain.to_str().unwrap(), "-vf", "select=not(between(n\\,20\\,29))", "-fps_mode", "vfr"][..], &x264].concat(),
    );
    let footage = open(&vfr, Some("25".parse().unwrap())).unwrap();
    match footage.source.copy_span(0..50).unwrap_err() {
        Reason::VariableRate { frame, late_ms, .. } => assert!(frame == 20 && (late_ms - 400.0).abs() < 0.1, "{frame} {late_ms}"),
        other => panic!("{other}"),
    }
    assert_eq!(footage.source.copy_span(0..20).unwrap().copy.start, 0);
    let woven = make(
        dir.path(),
        "woven.mp4",
        &["-i", plain.to_str().unwrap(), "-c:v", "libx264", "-flags", "+ildct+ilme", "-x264-params", "tff=1"],
    );
    assert_eq!(open(&woven, None).err(), Some(Reason::Interlaced));
    let vp9 = make(dir.path(), "a.webm", &["-i", plain.to_str().unwrap(), "-frames:v", "5", "-c:v", "libvpx-vp9"]);
    assert_eq!(open(&vp9, None).err().map(|r| r.code()), Some("codec"));
    // A film that is not like the stream.
    let footage = open(&plain, None).unwrap();
    let fits = |change: &dyn Fn(&mut cutroom_media::write::VideoSettings), container: &str| {
        let mut settings = footage.settings.clone();
        change(&mut settings);
        footage.source.fits(&settings, container).err().map(|r| r.to_string())
    };
    assert_eq!(fits(&|_| (), "mp4"), None);
    assert_eq!(fits(&|_| (), "webm").unwrap(), "webm does not hold h264");
    assert_eq!(fits(&|s| s.size.width = 64, "mp4").unwrap(), "its size is 128×96, that of the film is 64×96");
    assert_eq!(fits(&|s| s.codec = "h265".into(), "mp4").unwrap(), "its codec is h264, that of the film is h265");
    assert_eq!(fits(&|s| s.sample_aspect = (4, 3), "mkv").unwrap(), "its sample aspect is 1:1, that of the film is 4:3");
    assert!(fits(&|s| s.profile = Some("baseline".into()), "mp4").unwrap().contains("profile is high"));
    assert!(fits(&|s| s.frame_rate = "24".parse().unwrap(), "mp4").unwrap().contains("that of the film is 24"));
    assert!(fits(&|s| s.color.range = cutroom_types::Range::Full, "mp4").unwrap().contains("colour"));
}

/// Damage that is seen without decoding keeps packets out of copies.
#[test]
fn damaged_packets_are_in_no_copy() {
    let dir = tempfile::tempdir().unwrap();
    let path = numbered(dir.path(), "a.mp4", 100, &["-c:v", "libx264", "-x264-params", &format!("{GOP}:bframes=0")]);
    let places = crate::oracle::ffprobe(&path, &["-select_streams", "v:0", "-show_entries", "packet=pos"]);
    let at: usize = places.lines().nth(60).unwrap().parse().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    // The length before the first unit points far outside of the packet.
    bytes[at] = 0x7F;
    let path = dir.path().join("damaged.mp4");
    std::fs::write(&path, bytes).unwrap();
    let footage = open(&path, None).unwrap();
    // From 0 to before 60, or from 75 on.
    assert_eq!(footage.source.copy_span(0..100).unwrap().copy, 0..60);
    assert_eq!(footage.source.copy_span(30..100).unwrap().copy, 75..100);
    let reason = footage.source.copy_span(30..70).map(|s| s.copy);
    assert!(matches!(reason, Ok(Range { start: 50, end: 60 })), "{reason:?}");
}
