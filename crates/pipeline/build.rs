//! Hashes the sources that decide what a scan finds and what a frame looks like: what older code made
//! must not be found in the store.
use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash, Hasher},
    path::{Path, PathBuf},
};

/// The crates that decide what a scan finds.
const SCANNING: &[&str] = &["media", "types"];
/// The crates that decide pixels and samples.
const DRAWING: &[&str] =
    &["analysis", "audio", "drawing", "effects", "kernel", "media", "pipeline", "project", "render", "timeline", "types"];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|e| e.path()) {
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn code(crates: &[&str]) -> String {
    let mut hasher = DefaultHasher::new();
    for name in crates {
        let folder = Path::new("..").join(name).join("src");
        let mut found = Vec::new();
        files(&folder, &mut found);
        found.sort();
        for path in found {
            (path.to_string_lossy(), fs::read(&path).unwrap_or_default()).hash(&mut hasher);
        }
        println!("cargo::rerun-if-changed=../{name}/src");
    }
    // Dependencies draw and decode as well.
    fs::read("../../Cargo.lock").unwrap_or_default().hash(&mut hasher);
    println!("cargo::rerun-if-changed=../../Cargo.lock");
    format!("{:016x}", hasher.finish())
}

fn main() {
    println!("cargo::rustc-env=CUTROOM_SCAN_CODE={}", code(SCANNING));
    println!("cargo::rustc-env=CUTROOM_DRAWING_CODE={}", code(DRAWING));
}
