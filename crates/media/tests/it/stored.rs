//! Indexes that come from bytes are those of a scan.
use cutroom_media::{MediaIndex, MediaInfo, ReadOptions, VideoReader, probe};
use cutroom_test_support::media;
use std::path::{Path, PathBuf};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// All clips, the broken ones too: tables, warnings and everything else, at another path.
#[test]
fn every_index_comes_back_equal() {
    let Some(folder) = media("README.md").map(|p| p.parent().unwrap().to_owned()) else { return };
    let mut all = Vec::new();
    files(&folder, &mut all);
    let (mut equal, mut warned, mut defects) = (0, 0, 0);
    for path in all {
        let Ok(scanned) = MediaIndex::scan(&path) else { continue };
        let stored = scanned.stored().unwrap();
        let tables = stored.tables.clone();
        let restored = MediaIndex::restored(&path, &stored.head, move || Some(tables.clone())).unwrap();
        assert!(restored == scanned, "{}", path.display());
        let elsewhere = MediaIndex::restored(Path::new("/other/film"), &stored.head, || None).unwrap();
        assert_eq!(elsewhere.info(), &MediaInfo { path: "/other/film".into(), ..scanned.info().clone() });
        assert!(MediaIndex::restored(&path, &stored.head[..stored.head.len() - 1], || None).is_none());
        equal += 1;
        warned += usize::from(!scanned.info().warnings.is_empty());
        let Ok(probed) = probe(&path) else { continue };
        match probed.stored() {
            Some(bytes) => assert_eq!(MediaInfo::restored(&path, &bytes).unwrap(), probed),
            None => defects += 1,
        }
    }
    assert!(equal > 40 && warned > 3 && defects > 0, "{equal} indexes, {warned} with warnings, {defects} with defects");
}

/// A stored index whose tables are lost is scanned again when a reader needs them; if the file is
/// another one by then, the reader says so.
#[test]
fn lost_tables_are_scanned_again() {
    let Some(path) = media("carpark_12.5fps_aac.mp4") else { return };
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("film.mp4");
    std::fs::copy(&path, &copy).unwrap();
    let stored = MediaIndex::scan(&copy).unwrap().stored().unwrap();
    let restored = || MediaIndex::restored(&copy, &stored.head, || Some(vec![1, 2, 3])).unwrap();
    let mut reader = VideoReader::open_indexed(restored(), 0, ReadOptions::default()).unwrap();
    assert_eq!(reader.frame(3).unwrap().index, 3);
    let other = media("phone_ducks_720p_h264.mp4").unwrap();
    std::fs::remove_file(&copy).unwrap();
    std::fs::copy(other, &copy).unwrap();
    let error = VideoReader::open_indexed(restored(), 0, ReadOptions::default()).err().unwrap();
    assert!(error.code() == "media.open.unreadable" && error.to_string().contains("changed"), "{error}");
}
