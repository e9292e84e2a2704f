//! Shared by the tests of several crates: the folders of the repository and of the shared media,
//! and a record of skipped tests. A development dependency only.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};

/// The repository's folder, found at run time: a build cache may be shared by clones in different
/// folders.
///
/// # Panics
/// If the test's package is not in a workspace.
pub fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    let is_root = |dir: &&Path| dir.join("Cargo.lock").is_file();
    manifest.ancestors().find(is_root).unwrap_or_else(|| panic!("{} is in no workspace", manifest.display())).to_owned()
}

/// Text of a file of the repository.
///
/// # Panics
/// If it cannot be read.
pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The first fenced example in `language` (`json`, `rust`) on a page of the documentation.
///
/// # Panics
/// If there is none.
pub fn example(page: &str, language: &str) -> String {
    let text = read(page);
    let after = text.split_once(&format!("```{language}\n")).unwrap_or_else(|| panic!("{page} shows no {language}")).1;
    after.split("```").next().unwrap_or_default().to_owned()
}

/// Path of a file of the shared test media (`CUTROOM_TEST_MEDIA`, or the folder next to the
/// repository). If it is missing, reports it as skipped and returns `None`.
///
/// # Panics
/// As [`skipped`].
pub fn media(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CUTROOM_TEST_MEDIA").map_or_else(|| root().join("../shared/media"), PathBuf::from);
    let path = folder.join(name);
    if !path.exists() {
        skipped("missing file", &path.display().to_string());
        return None;
    }
    Some(path)
}

/// Reports that a test, or a part of it, is skipped, and records it for `cargo xtask test`. On CI,
/// skips of the kind "no device" are failures, and so are those of the kind "missing file" if the
/// folder of media exists; "impossible here" is never one.
///
/// # Panics
/// If the list of skips cannot be written.
pub fn skipped(kind: &str, what: &str) {
    println!("skipped: {kind}: {what}");
    if let Some(list) = std::env::var_os("CUTROOM_SKIPPED_TESTS") {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(list);
        let written = file.and_then(|mut f| std::io::Write::write_all(&mut f, format!("{kind}: {what}\n").as_bytes()));
        assert!(written.is_ok(), "the list of skips: {written:?}");
    }
}

/// White noise within ±`peak` (xorshift64*, implemented here so that it never changes).
pub fn noise(seed: u64, samples: usize, peak: f32) -> Vec<f32> {
    let mut s = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        s ^= s >> 12;
        s ^= s << 25;
        s ^= s >> 27;
        ((s.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40) as f32 / (1u64 << 24) as f32 * 2.0 - 1.0) * peak
    };
    (0..samples).map(|_| next()).collect()
}

/// `amplitude·sin(2πft)` at `rate_hz`.
pub fn sine(hz: f64, rate_hz: f64, samples: usize, amplitude: f64) -> Vec<f32> {
    (0..samples).map(|n| (amplitude * (std::f64::consts::TAU * (hz * n as f64 / rate_hz).fract()).sin()) as f32).collect()
}

/// Root mean square in dB relative to 1.
pub fn rms_db(x: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut n) = (0.0, 0);
    x.for_each(|v| {
        sum += v * v;
        n += 1;
    });
    10.0 * (sum / f64::from(n)).log10()
}
