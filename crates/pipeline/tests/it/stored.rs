//! What is known about files survives the session.
use crate::editing::{bytes, film, open_in, project, renderer};
use cutroom_cache::{Limits, Store};
use cutroom_media::{MediaIndex, MediaLocation};
use cutroom_pipeline::{Backend, Library, file_fingerprint, output_spec, probe};
use cutroom_types::PictureFormat;
use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

struct Bench {
    dir: tempfile::TempDir,
    store: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let bench = Self { dir: tempfile::tempdir().unwrap(), store: tempfile::tempdir().unwrap() };
        film(&bench.path("a.mkv"));
        // Another file, or both would be scanned at once or one after the other.
        std::fs::write(bench.path("b.mkv"), [std::fs::read(bench.path("a.mkv")).unwrap(), vec![0; 64]].concat()).unwrap();
        bench.settle("a.mkv", 100);
        bench.settle("b.mkv", 100);
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Sets a file's time of modification, seconds ago.
    fn settle(&self, name: &str, secs: u64) {
        let file = File::options().append(true).open(self.path(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(secs)).unwrap();
    }

    fn store(&self) -> Arc<Store> {
        Arc::new(Store::new(self.store.path(), Limits::default()))
    }

    /// Opens the project in a new session: number of scans, and the pixels of frame 3.
    fn session(&self) -> (usize, Vec<u8>) {
        let library = Arc::new(Library::with_store(self.dir.path(), self.store()));
        let opened = open_in(&library, &project(4));
        let spec = output_spec(opened.composition(), PictureFormat::YUV420P8);
        let picture = opened.frame(3, &mut renderer(Backend::Cpu), &spec).unwrap();
        (library.scans(), bytes(&picture))
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    all.flat_map(|p| if p.is_dir() { files(&p) } else { vec![p] }).collect()
}

#[test]
fn a_second_session_scans_nothing() {
    let bench = Bench::new();
    let (scans, pixels) = bench.session();
    assert_eq!(scans, 2);
    assert_eq!(bench.session(), (0, pixels.clone()));
    // A file that was only renamed or copied is known by its content.
    std::fs::copy(bench.path("a.mkv"), bench.path("c.mkv")).unwrap();
    std::fs::rename(bench.path("c.mkv"), bench.path("a.mkv")).unwrap();
    assert_eq!(bench.session().0, 0);
    // One that was changed in place is not, not even if nothing that is hashed has changed.
    bench.settle("b.mkv", 50);
    assert_eq!(bench.session().0, 1);
    assert_eq!(bench.session().0, 0);
    let mut other = std::fs::read(bench.path("b.mkv")).unwrap();
    *other.last_mut().unwrap() = 1;
    std::fs::write(bench.path("b.mkv"), other).unwrap();
    bench.settle("b.mkv", 40);
    assert_eq!(bench.session(), (1, pixels));
}

/// Tables of an hour leave the memory after the scan; what is read does not change by that.
#[test]
fn long_files_are_read_from_the_tables_of_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let long = dir.path().join("long.mkv");
    let source = "testsrc=size=16x16:rate=1000:duration=40";
    let args = ["-v", "error", "-f", "lavfi", "-i", source, "-c:v", "ffv1"];
    assert!(std::process::Command::new("ffmpeg").args(args).arg(&long).status().unwrap().success());
    let sizes = MediaIndex::scan(&long).unwrap().stored().unwrap();
    assert!(sizes.tables.len() > 256 << 10 && sizes.head.len() < 1000, "{} {}", sizes.tables.len(), sizes.head.len());
    let folder = tempfile::tempdir().unwrap();
    let mut p = project(4);
    p.media.iter_mut().for_each(|m| m.path = "long.mkv".into());
    let mut frames = Vec::new();
    for store in
        [Store::none("not wanted"), Store::new(folder.path(), Limits::default()), Store::new(folder.path(), Limits::default())]
    {
        let opened = open_in(&Arc::new(Library::with_store(dir.path(), Arc::new(store))), &p);
        let spec = output_spec(opened.composition(), PictureFormat::YUV420P8);
        frames.push(bytes(&opened.frame(37, &mut renderer(Backend::Cpu), &spec).unwrap()));
    }
    assert!(frames[0] == frames[1] && frames[0] == frames[2]);
}

/// Every file of the store is damaged in turn: all is found again by scanning.
#[test]
fn a_damaged_store_is_rebuilt() {
    let bench = Bench::new();
    let first = bench.session();
    let all = files(bench.store.path());
    assert_eq!(all.len(), 2 * 3 + 1, "fingerprint, index and tables of two files, and how much there is: {all:?}");
    for path in all {
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert_eq!(bench.session().1, first.1, "{}", path.display());
    }
    assert_eq!(bench.session(), (0, first.1));
}

#[test]
fn probes_and_fingerprints_are_kept() {
    let bench = Bench::new();
    let (location, store) = (MediaLocation::file(&bench.path("a.mkv")), bench.store());
    let probed = probe(&store, &location).unwrap();
    assert_eq!(probe(&store, &location).unwrap(), probed);
    assert_eq!(probed, cutroom_media::probe_location(&location).unwrap());
    let fingerprint = file_fingerprint(&store, &location.path).unwrap();
    assert_eq!(fingerprint, cutroom_media::Fingerprint::of_file(&location.path).unwrap());
    let text = format!("{:?}", store.state());
    assert!(text.contains("probe") && text.contains("fingerprint"), "{text}");
}
