//! Opening, editing and reading compositions: files are scanned once, readers keep their decoders,
//! and frames are the same as after opening from scratch.
use cutroom_effects::Catalog;
use cutroom_media::write::{Rate, VideoSettings, WriteSettings, Writer};
use cutroom_pipeline::{
    Backend, FileChange, Library, MediaWatcher, OpenComposition, OpenOptions, RenderOptions, Renderer, WatchOptions, output_spec,
};
use cutroom_project::{Clip, ClipSource, Composition, EffectInstance, Media, MediaKind, Project, Track, TrackKind};
use cutroom_timeline::RenderScale;
use cutroom_types::{CancelToken, ColorTags, FrameRate, ParamValue, Picture, PictureFormat, Size, Time};
use std::{path::Path, sync::Arc, time::Duration};

pub const SIZE: Size = Size { width: 32, height: 18 };
const FRAMES: u8 = 50;

pub fn rate() -> FrameRate {
    FrameRate::new(25, 1).unwrap()
}

/// Writes lossless grey frames: luma is 16 plus twice the frame's number.
pub fn film(path: &Path) {
    let mut video = VideoSettings::new("ffv1", SIZE, rate()).unwrap();
    video.rate = Rate::Lossless;
    let settings = WriteSettings { container: "mkv".into(), video: Some(video), sound: None, metadata: vec![] };
    let mut writer = Writer::create(path, &settings, false).unwrap();
    for n in 0..FRAMES {
        let planes = vec![vec![16 + 2 * n; 32 * 18], vec![128; 16 * 9], vec![128; 16 * 9]];
        writer.push_picture(&Picture::from_planes(PictureFormat::YUV420P8, SIZE, ColorTags::BT709, planes).unwrap()).unwrap();
    }
    writer.finish().unwrap();
}

pub fn project(clips: i64) -> Project {
    let mut main = Composition::new("main", SIZE, rate());
    for t in 0..2 {
        let mut track = Track::new(&format!("t{t}"), TrackKind::Video);
        for k in 0..clips {
            let (start, end) = (rate().time_of_frame(k * 10), rate().time_of_frame((k + 1) * 10));
            let mut clip = Clip::new(&format!("c{t}-{k}"), ClipSource::media(if t == 0 { "a" } else { "b" }), start, end - start);
            clip.source_in = rate().time_of_frame(k % 4 * 10);
            clip.video.opacity = 0.5.into();
            track.clips.push(clip.into());
        }
        main.tracks.push(track);
    }
    let mut project = Project::new("film", main);
    project.media = vec![Media::new("a", "a.mkv", MediaKind::Video), Media::new("b", "b.mkv", MediaKind::Video)];
    project
}

struct Bench {
    dir: tempfile::TempDir,
    library: Arc<Library>,
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        film(&dir.path().join("a.mkv"));
        film(&dir.path().join("b.mkv"));
        let library = Arc::new(Library::new(dir.path()));
        Self { dir, library }
    }

    fn open(&self, project: &Project) -> Arc<OpenComposition> {
        open_in(&self.library, project)
    }
}

pub fn open_in(library: &Arc<Library>, project: &Project) -> Arc<OpenComposition> {
    let options = OpenOptions { decode_threads: 1, ..OpenOptions::default() };
    let opened = OpenComposition::open(project.clone(), &project.main, &Catalog::builtin(), library, options, &CancelToken::new());
    Arc::new(opened.unwrap_or_else(|problems| panic!("{problems:?}")))
}

pub fn renderer(backend: Backend) -> Renderer {
    Renderer::new(RenderOptions { backend, threads: 1, ..RenderOptions::default() }).unwrap()
}

pub fn bytes(p: &Picture) -> Vec<u8> {
    p.planes.iter().flat_map(|plane| (0..plane.rows()).flat_map(|y| plane.row(y).to_vec())).collect()
}

pub fn brighten(project: &mut Project, clip: usize, amount: f64) {
    let params = [("amount".to_owned(), ParamValue::Number(amount).into())].into();
    let effect = EffectInstance { id: "e".into(), effect: "brightness".into(), enabled: true, params, extra: Default::default() };
    project.compositions[0].tracks[1].clip_mut(clip).video.effects = vec![effect];
}

#[test]
fn files_are_scanned_once_and_again_when_they_changed() {
    let bench = Bench::new();
    let mut p = project(4);
    let first = bench.open(&p);
    assert_eq!(bench.library.scans(), 2);
    brighten(&mut p, 0, 0.25);
    let edited = first.edited(p.clone(), &CancelToken::new()).unwrap();
    assert_eq!((bench.library.scans(), edited.frame_count()), (2, 40));
    bench.open(&p);
    assert_eq!(bench.library.scans(), 2);
    // A file that was replaced on the disk is scanned again; its length differs.
    let path = bench.dir.path().join("b.mkv");
    std::fs::copy(bench.dir.path().join("a.mkv"), &path).unwrap();
    let longer = [std::fs::read(&path).unwrap(), vec![0; 64]].concat();
    std::fs::write(&path, longer).unwrap();
    bench.open(&p);
    assert_eq!(bench.library.scans(), 3);
}

/// A file that is replaced while it is open is reported, and the next frame is the new file's.
#[test]
fn a_replaced_file_is_noticed_and_shown() {
    let bench = Bench::new();
    let mut p = project(1);
    p.compositions[0].tracks.truncate(1);
    p.compositions[0].tracks[0].clip_mut(0).video.opacity = 1.0.into();
    p.media.truncate(1);
    let opened = bench.open(&p);
    let location = bench.library.location(&p.media[0]);
    let options = WatchOptions { settled: Duration::from_millis(60), ..WatchOptions::default() };
    let watcher = MediaWatcher::new(vec![(p.media[0].id.clone(), location)], options).unwrap();
    let mut renderer = renderer(Backend::Cpu);
    let spec = output_spec(opened.composition(), PictureFormat::YUV420P8);
    let mut reader = opened.frames(0..10);
    let luma = |picture: &Picture| picture.sample(0, 3, 3);
    assert_eq!(luma(&reader.next_picture(&mut renderer, &spec).unwrap()), 16);
    // The frames of the new file are those of the old one backwards.
    let (new, old) = (bench.dir.path().join("new.mkv"), bench.dir.path().join("a.mkv"));
    let args = ["-v", "error", "-i", old.to_str().unwrap(), "-vf", "reverse", "-c:v", "ffv1"];
    assert!(std::process::Command::new("ffmpeg").args(args).arg(&new).status().unwrap().success());
    std::fs::rename(&new, &old).unwrap();
    let event = watcher.events().recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!((event.media.as_str(), event.change), ("a", FileChange::Replaced));
    let edited = Arc::new(opened.edited(p, &CancelToken::new()).unwrap());
    reader.retarget(edited);
    assert_eq!(luma(&reader.next_picture(&mut renderer, &spec).unwrap()), 16 + 2 * 48);
}

/// A reader that is retargeted in the middle returns, frame by frame, the same as a new reader of
/// the same composition.
#[test]
fn a_retargeted_reader_gives_the_edited_frames() {
    check_retargeting(Backend::Cpu);
}

/// The same with several frames in flight when the composition is edited.
#[test]
fn a_retargeted_reader_delivers_what_was_in_flight() {
    assert!(renderer(Backend::Gpu).frames_in_flight() > 1);
    check_retargeting(Backend::Gpu);
}

fn check_retargeting(backend: Backend) {
    let renderer = || renderer(backend);
    let bench = Bench::new();
    let mut p = project(4);
    let before = bench.open(&p);
    brighten(&mut p, 1, 0.3);
    p.compositions[0].tracks[0].clip_mut(2).source_in = Time::ZERO;
    let after = Arc::new(before.edited(p.clone(), &CancelToken::new()).unwrap());
    let spec = output_spec(before.composition(), PictureFormat::YUV420P8);
    let frames_of = |c: &Arc<OpenComposition>| {
        let (mut renderer, mut reader) = (renderer(), c.frames(0..c.frame_count()));
        (0..c.frame_count()).map(|_| bytes(&reader.next_picture(&mut renderer, &spec).unwrap())).collect::<Vec<_>>()
    };
    let (old, new) = (frames_of(&before), frames_of(&open_in(&Arc::new(Library::new(bench.dir.path())), &p)));
    assert!((0..40).any(|n| old[n] != new[n]), "the edit shows");
    for cut in [0, 1, 9, 17, 39] {
        let (mut renderer, mut reader) = (renderer(), before.frames(0..40));
        for (n, want) in old.iter().enumerate().take(cut) {
            assert!(bytes(&reader.next_picture(&mut renderer, &spec).unwrap()) == *want, "frame {n} before the edit at {cut}");
        }
        reader.retarget(Arc::clone(&after));
        for (n, want) in new.iter().enumerate().skip(cut) {
            assert!(bytes(&reader.next_picture(&mut renderer, &spec).unwrap()) == *want, "frame {n} after the edit at {cut}");
        }
        // Also single frames at any position.
        for n in [33, 2, 21, 20, 39] {
            assert!(bytes(&reader.picture(n, &mut renderer, &spec).unwrap()) == new[n as usize], "frame {n} by itself");
        }
    }
}

/// A reader whose scale changes in the middle delivers every frame, from then on in that size.
#[test]
fn a_reader_changes_its_scale_between_frames() {
    let bench = Bench::new();
    let open = bench.open(&project(4));
    let (spec, whole) = (output_spec(open.composition(), PictureFormat::YUV420P8), open.composition().size);
    let half = RenderScale::new(0.5).unwrap();
    let (mut renderer, mut reader) = (renderer(Backend::Cpu), open.frames(0..40));
    for n in 0..12 {
        if n == 5 {
            reader.set_scale(half);
        }
        if n == 9 {
            reader.set_scale(RenderScale::FULL);
        }
        let scale = if (5..9).contains(&n) { half } else { RenderScale::FULL };
        let got = reader.next_picture(&mut renderer, &spec).unwrap();
        assert_eq!(got.size, scale.size(whole), "frame {n}");
        assert!(bytes(&got) == bytes(&open.frame_at_scale(n, scale, &mut renderer, &spec).unwrap()), "frame {n}");
    }
}

/// Problems of an edit are reported like those of opening, and the composition that was open stays
/// usable.
#[test]
fn a_bad_edit_is_refused_whole() {
    let bench = Bench::new();
    let mut p = project(4);
    let open = bench.open(&p);
    p.compositions[0].tracks[0].clip_mut(0).source = ClipSource::media("nothing");
    let problems = open.edited(p, &CancelToken::new()).err().unwrap();
    assert_eq!(problems[0].json_path, "compositions[0].tracks[0].clips[0].source.media");
    let spec = output_spec(open.composition(), PictureFormat::YUV420P8);
    assert!(open.frame(0, &mut renderer(Backend::Cpu), &spec).is_ok());
}
