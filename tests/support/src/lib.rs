//! What tests of several crates need: where the repository and the shared media are, and the count
//! of what does not run. A development dependency only.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};

/// The repository's folder, asked at run time: a build cache may be shared by clones in different
/// places.
///
/// # Panics
/// When the test's package lies in no workspace.
pub fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    let is_root = |dir: &&Path| dir.join("Cargo.lock").is_file();
    manifest.ancestors().find(is_root).unwrap_or_else(|| panic!("{} is in no workspace", manifest.display())).to_owned()
}

/// A file of the repository as text.
///
/// # Panics
/// When it cannot be read.
pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The first example in a language (`json`, `rust`) on a page of the documentation.
///
/// # Panics
/// When there is none.
pub fn example(page: &str, language: &str) -> String {
    let text = read(page);
    let after = text.split_once(&format!("```{language}\n")).unwrap_or_else(|| panic!("{page} shows no {language}")).1;
    after.split("```").next().unwrap_or_default().to_owned()
}

/// A file of the shared test media (`CUTROOM_TEST_MEDIA`, or the folder beside the repository);
/// `None`, said and counted, when it is missing.
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

/// Says that a test, or a part of it, does not run, and counts it for `cargo xtask test`. `kind`:
/// "missing file" and "no device" fail on CI, where set-up provides both; "impossible here" does
/// not.
///
/// # Panics
/// When the list of skips cannot be written.
pub fn skipped(kind: &str, what: &str) {
    println!("skipped: {kind}: {what}");
    if let Some(list) = std::env::var_os("CUTROOM_SKIPPED_TESTS") {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(list);
        let written = file.and_then(|mut f| std::io::Write::write_all(&mut f, format!("{kind}: {what}\n").as_bytes()));
        assert!(written.is_ok(), "the list of skips: {written:?}");
    }
}
