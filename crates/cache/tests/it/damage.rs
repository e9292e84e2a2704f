//! Damaged and foreign files, folders that cannot be written, and several processes.
use cutroom_cache::{Key, Limits, Selection, Store};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

fn key(n: u8) -> Key {
    Key([n; 32])
}

fn store(dir: &Path) -> Store {
    Store::new(dir, Limits::default())
}

/// The file of an entry, by the documented layout.
fn file(dir: &Path, kind: &str, n: u8) -> PathBuf {
    let name = format!("{n:02x}").repeat(32);
    dir.join(kind).join(&name[..2]).join(&name[2..])
}

#[test]
fn a_truncated_or_changed_file_is_removed_and_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path());
    store.put("index", key(1), b"twelve bytes");
    let path = file(dir.path(), "index", 1);
    let whole = fs::read(&path).unwrap();
    assert_eq!(whole.len(), 48 + 12);
    let damaged = (0..whole.len()).map(|n| whole[..n].to_vec());
    let flipped = (0..whole.len()).map(|n| {
        let mut bytes = whole.clone();
        bytes[n] ^= 0x10;
        bytes
    });
    let longer = [&whole[..], b"x"].concat();
    for bytes in damaged.chain(flipped).chain([longer]) {
        fs::write(&path, &bytes).unwrap();
        assert_eq!(store.get("index", key(1)), None, "{} bytes", bytes.len());
        assert!(!path.exists());
        store.put("index", key(1), b"twelve bytes");
        assert_eq!(store.get("index", key(1)).unwrap(), b"twelve bytes");
    }
    // Whole, but another entry's.
    fs::create_dir_all(file(dir.path(), "index", 2).parent().unwrap()).unwrap();
    fs::copy(&path, file(dir.path(), "index", 2)).unwrap();
    assert_eq!(store.get("index", key(2)), None);
    fs::create_dir_all(file(dir.path(), "probe", 1).parent().unwrap()).unwrap();
    fs::copy(&path, file(dir.path(), "probe", 1)).unwrap();
    assert_eq!(store.get("probe", key(1)), None);
}

#[test]
fn verifying_removes_damaged_entries_and_leaves_foreign_files() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path());
    (0..4).for_each(|n| store.put("index", key(n), &[n; 100]));
    fs::write(file(dir.path(), "index", 2), b"short").unwrap();
    let foreign = [dir.path().join("notes.txt"), dir.path().join("index/readme"), dir.path().join("index/02/photo.jpg")];
    foreign.iter().for_each(|f| fs::write(f, b"mine").unwrap());
    let verified = store.verify();
    assert_eq!((verified.good, verified.removed, verified.foreign), (3, 1, 3));
    let removed = store.remove(&Selection::default());
    assert_eq!((removed.removed, removed.left, removed.removed_bytes), (3, 0, 3 * 148));
    assert!(foreign.iter().all(|f| fs::read(f).unwrap() == b"mine"));
    assert_eq!(store.state().kinds, []);
}

#[test]
fn age_and_kind_select() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path());
    let day = Duration::from_secs(24 * 3600);
    for (kind, n, days) in [("index", 1, 0), ("index", 2, 8), ("probe", 3, 8), ("probe", 4, 31)] {
        store.put(kind, key(n), b"x");
        let used = fs::File::options().append(true).open(file(dir.path(), kind, n)).unwrap();
        used.set_modified(SystemTime::now() - day * days).unwrap();
    }
    let left = fs::File::create(dir.path().join("index/01/.new-abc")).unwrap();
    left.set_modified(SystemTime::now() - day).unwrap();
    let week = Selection { kind: Some("index".into()), older_than: Some(day * 7) };
    assert_eq!(store.remove(&week).removed, 1);
    assert!(store.get("index", key(1)).is_some() && store.get("index", key(2)).is_none());
    // By itself only what is older than 30 days, and what a killed process left.
    assert_eq!(store.prune().removed, 1);
    assert!(store.get("probe", key(3)).is_some() && store.get("probe", key(4)).is_none());
    assert!(!dir.path().join("index/01/.new-abc").exists());
}

/// Nothing fails where nothing can be written, and the store says so.
#[test]
fn a_folder_that_cannot_be_written_is_no_error() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("file"), b"").unwrap();
    let store = store(&dir.path().join("file/below"));
    store.put("index", key(1), b"x");
    assert_eq!(store.get("index", key(1)), None);
    assert!(store.remarks()[0].contains("cannot be written"), "{:?}", store.remarks());
    let none = Store::none("CUTROOM_CACHE is \"off\"");
    none.put("index", key(1), b"x");
    assert_eq!((none.get("index", key(1)), none.verify().good, none.prune().left), (None, 0, 0));
    assert!(none.remarks()[0].contains("off"));
}

/// Several writers of the same keys: readers see a whole value of one of them or none.
#[test]
fn writers_do_not_disturb_each_other() {
    let dir = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..3_u8 {
            let dir = dir.path();
            scope.spawn(move || {
                // A store of its own, as another process has.
                let store = Store::new(dir, Limits { budget_bytes: 200_000, ..Limits::default() });
                for round in 0..60_u8 {
                    store.put("frame", key(round % 8), &vec![writer; 20_000]);
                    if let Some(value) = store.get("frame", key((round + writer) % 8)) {
                        assert!(value.len() == 20_000 && value.iter().all(|b| *b == value[0]));
                    }
                }
            });
        }
    });
    let left = store(dir.path()).verify();
    assert!(left.removed == 0 && left.good > 0 && left.foreign == 0, "{left:?}");
}
