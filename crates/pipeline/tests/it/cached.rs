//! Frames that are kept: which edits change which keys, and what comes back.
use crate::editing::{brighten, bytes, film, open_in, project, renderer};
use cutroom_cache::{Limits, Store};
use cutroom_pipeline::{Backend, CachedFrames, DrawnBy, FrameCache, FrameKey, Library, OpenComposition, output_spec};
use cutroom_project::{EffectInstance, Project};
use cutroom_timeline::RenderScale;
use cutroom_types::{CancelToken, ParamValue, PictureFormat};
use std::{fs::File, path::Path, sync::Arc, time::SystemTime};

/// Composition frames 0..40: clips of ten frames each on two tracks.
const FRAMES: i64 = 40;

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    film(&dir.path().join("a.mkv"));
    film(&dir.path().join("b.mkv"));
    dir
}

fn open(dir: &Path, project: &Project) -> Arc<OpenComposition> {
    open_in(&Arc::new(Library::new(dir)), project)
}

fn keys(composition: &Arc<OpenComposition>) -> Vec<FrameKey> {
    let frames = CachedFrames::new(composition, Arc::new(FrameCache::new(0)));
    let spec = output_spec(composition.composition(), PictureFormat::YUV420P8);
    (0..FRAMES).map(|n| frames.key(n, &spec, &DrawnBy::other("test")).unwrap().unwrap()).collect()
}

fn differing(a: &[FrameKey], b: &[FrameKey]) -> Vec<i64> {
    (0..FRAMES).filter(|n| a[*n as usize] != b[*n as usize]).collect()
}

#[test]
fn an_edit_changes_only_the_keys_of_its_clip() {
    let dir = folder();
    let p = project(4);
    let before = open(dir.path(), &p);
    let first = keys(&before);
    let mut edited = p.clone();
    brighten(&mut edited, 1, 0.3);
    let after = Arc::new(before.edited(edited, &CancelToken::new()).unwrap());
    assert_eq!(differing(&first, &keys(&after)), (10..20).collect::<Vec<_>>());
    // Undone, in this session and in another one.
    let undone = Arc::new(after.edited(p.clone(), &CancelToken::new()).unwrap());
    assert!(differing(&first, &keys(&undone)).is_empty());
    assert!(differing(&first, &keys(&open(dir.path(), &p))).is_empty());
    // What the document says about how a file is read counts, its name does not.
    let mut renamed = p.clone();
    std::fs::copy(dir.path().join("b.mkv"), dir.path().join("c.mkv")).unwrap();
    renamed.media[1].path = "c.mkv".into();
    assert!(differing(&first, &keys(&open(dir.path(), &renamed))).is_empty());
    renamed.media[1].deinterlace = cutroom_types::Deinterlace::On;
    assert_eq!(differing(&first, &keys(&open(dir.path(), &renamed))).len() as i64, FRAMES);
}

#[test]
fn another_file_or_table_changes_the_keys() {
    let dir = folder();
    let p = project(4);
    let before = open(dir.path(), &p);
    let first = keys(&before);
    // A file of equal length under the same name, used by all frames.
    let path = dir.path().join("b.mkv");
    let mut other = std::fs::read(&path).unwrap();
    *other.last_mut().unwrap() ^= 1;
    std::fs::write(&path, other).unwrap();
    File::options().append(true).open(&path).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    let after = Arc::new(before.edited(p.clone(), &CancelToken::new()).unwrap());
    assert_eq!(differing(&first, &keys(&after)).len() as i64, FRAMES);

    let lut = |last: &str| {
        let text = format!("LUT_3D_SIZE 2\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n{last}\n");
        std::fs::write(dir.path().join("look.cube"), text).unwrap();
    };
    lut("1 1 1");
    let mut graded = p;
    let params = [("file".to_owned(), ParamValue::Text("look.cube".into()).into())].into();
    let effect = EffectInstance { id: "l".into(), effect: "lut".into(), enabled: true, params, extra: Default::default() };
    graded.compositions[0].tracks[1].clip_mut(2).video.effects = vec![effect];
    let with_table = keys(&open(dir.path(), &graded));
    lut("1 1 0.5");
    assert_eq!(differing(&with_table, &keys(&open(dir.path(), &graded))), (20..30).collect::<Vec<_>>());
}

/// Frames come back equal, after an edit and its undoing too, and at other scales and formats others.
#[test]
fn hits_are_equal_pixels() {
    let dir = folder();
    let p = project(4);
    let before = open(dir.path(), &p);
    let spec = output_spec(before.composition(), PictureFormat::YUV420P8);
    let (cache, mut cpu) = (Arc::new(FrameCache::new(1 << 20)), renderer(Backend::Cpu));
    let mut frames = CachedFrames::new(&before, Arc::clone(&cache));
    let wanted = [3, 17, 38, 11];
    let drawn: Vec<_> = wanted.iter().map(|n| bytes(&frames.picture(*n, &mut cpu, &spec).unwrap())).collect();
    assert_eq!((cache.state().entries, cache.state().hits), (4, 0));
    let mut edited = p.clone();
    brighten(&mut edited, 1, 0.3);
    frames.retarget(Arc::new(before.edited(edited, &CancelToken::new()).unwrap()));
    let other = bytes(&frames.picture(17, &mut cpu, &spec).unwrap());
    assert_ne!(other, drawn[1]);
    frames.retarget(Arc::clone(&before));
    for (n, pixels) in wanted.iter().zip(&drawn) {
        assert!(bytes(&frames.picture(*n, &mut cpu, &spec).unwrap()) == *pixels, "frame {n}");
        assert!(bytes(&before.frame(*n, &mut cpu, &spec).unwrap()) == *pixels, "frame {n}, drawn again");
    }
    assert_eq!((cache.state().hits, cache.state().entries), (4, 5));
    let (rgb, by) = (output_spec(before.composition(), PictureFormat::RGB8), DrawnBy::from(&cpu));
    assert_ne!(frames.key(3, &spec, &by).unwrap(), frames.key(3, &rgb, &by).unwrap());
    frames.set_scale(RenderScale::new(0.5).unwrap());
    assert_eq!(frames.picture(3, &mut cpu, &spec).unwrap().size.width, 16);
    assert_eq!(cache.state().entries, 6);
}

/// Frames on disk come back in another session; the memory stays within its budget.
#[test]
fn frames_survive_the_session() {
    let (dir, folder) = (folder(), tempfile::tempdir().unwrap());
    let store = || Arc::new(Store::new(folder.path(), Limits::default()));
    let p = project(4);
    let mut cpu = renderer(Backend::Cpu);
    let mut session = |frames: &[i64]| {
        let opened = open(dir.path(), &p);
        let spec = output_spec(opened.composition(), PictureFormat::YUV420P8);
        // Room for two frames of 32×18.
        let cache = Arc::new(FrameCache::with_store(2000, store()));
        let mut reader = CachedFrames::new(&opened, Arc::clone(&cache));
        let pixels: Vec<_> = frames.iter().map(|n| bytes(&reader.picture(*n, &mut cpu, &spec).unwrap())).collect();
        assert!(cache.state().bytes <= 2000 && cache.state().entries > 0);
        pixels
    };
    let first = session(&[1, 2, 12, 25]);
    let kept = store().state();
    assert_eq!(kept.kinds.iter().map(|k| (k.kind.as_str(), k.entries)).collect::<Vec<_>>(), [("frame", 4)]);
    assert_eq!(session(&[1, 2, 12, 25]), first);
    assert_eq!(store().state().kinds, kept.kinds);
}
