//! Rules on the text of the repository: where `unsafe` may be, machine paths, unfinished work, long
//! files, examples in doc comments.
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders in which `unsafe` may be written, and why.
pub const UNSAFE_IN: &[(&str, &str)] = &[
    ("crates/media/", "FFmpeg's C interface"),
    ("crates/kernel/", "SIMD intrinsics and their run-time dispatch"),
    ("crates/render/src/gpu/import/", "sharing memory between Vulkan and what decodes"),
    ("crates/render/src/gpu/vulkan.rs", "what wgpu does not say of Vulkan devices"),
];

/// Rust files that may exceed [`MAX_LINES`], and why.
pub const LONG_FILES: &[(&str, &str)] = &[];

/// Maximum number of lines of a file without a reason in [`LONG_FILES`].
pub const MAX_LINES: usize = 600;

/// A text file of the repository.
pub struct Source {
    /// Path relative to the repository root, with `/`.
    pub path: String,
    /// Contents.
    pub text: String,
}

/// Reads every text file of the repository that people write, sorted by path.
///
/// # Errors
/// If a folder cannot be listed.
pub fn read_all(root: &Path) -> Result<Vec<Source>, String> {
    const SKIPPED: &[&str] = &[".git", "target", "demo", "node_modules", "Cargo.lock", "proptest-regressions"];
    let mut pending: Vec<PathBuf> = vec![root.to_path_buf()];
    let mut sources = Vec::new();
    while let Some(dir) = pending.pop() {
        let entries = fs::read_dir(&dir).map_err(|e| format!("cannot list {}: {e}", dir.display()))?;
        for entry in entries {
            let entry = entry.map_err(|e| format!("cannot list {}: {e}", dir.display()))?;
            if SKIPPED.contains(&entry.file_name().to_string_lossy().as_ref()) {
                continue;
            }
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                sources.push(Source { path: relative, text });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

/// Lines with `unsafe` code outside [`UNSAFE_IN`].
pub fn misplaced_unsafe(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|s| s.path.ends_with(".rs") && !UNSAFE_IN.iter().any(|(dir, _)| s.path.starts_with(dir))) {
        for (number, line) in source.text.lines().enumerate() {
            if has_unsafe(line) {
                found.push(format!("{}:{}: unsafe is only for {}", source.path, number + 1, places()));
            }
        }
    }
    found
}

/// Crate roots outside [`UNSAFE_IN`] that do not forbid `unsafe`.
pub fn unguarded_roots(sources: &[Source]) -> Vec<String> {
    let is_root = |s: &&Source| s.path.ends_with("src/lib.rs") || s.path.ends_with("src/main.rs");
    let mut found = Vec::new();
    for source in sources.iter().filter(is_root) {
        let folder = source.path.rsplit_once("src/").map_or("", |(f, _)| f);
        // A crate that contains an exempt folder may deny instead, so that the folder can allow it.
        let inside = UNSAFE_IN.iter().find(|(dir, _)| dir.starts_with(folder));
        let guarded = match inside {
            Some((dir, _)) if *dir == folder => true,
            Some(_) => source.text.contains("#![deny(unsafe_code)]") || source.text.contains("#![forbid(unsafe_code)]"),
            None => source.text.contains("#![forbid(unsafe_code)]"),
        };
        if !guarded {
            found.push(format!("{} lacks #![forbid(unsafe_code)]", source.path));
        }
    }
    found
}

/// Lines that name a folder of a particular machine.
pub fn machine_paths(sources: &[Source]) -> Vec<String> {
    let homes = [["/ro", "ot/"], ["/ho", "me/"], ["/wo", "rk/"], ["/Us", "ers/"], ["C:\\Us", "ers"]].map(|p| p.concat());
    lines_with(sources, &homes, "names a folder of one machine")
}

/// Lines that mark unfinished work.
pub fn unfinished(sources: &[Source]) -> Vec<String> {
    let marks = [["TO", "DO"], ["FIX", "ME"], ["XX", "X:"], ["todo", "!("], ["unimple", "mented!("]].map(|p| p.concat());
    lines_with(sources, &marks, "leaves work unfinished")
}

/// Rust files over [`MAX_LINES`] without a reason in [`LONG_FILES`], and reasons that are no longer
/// needed.
pub fn long_files(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|s| s.path.ends_with(".rs")) {
        let lines = source.text.lines().count();
        let excused = LONG_FILES.iter().any(|(path, _)| *path == source.path);
        if lines > MAX_LINES && !excused {
            found.push(format!("{} has {lines} lines: split it, or give a reason in tests/rules/src/sources.rs", source.path));
        }
        if lines <= MAX_LINES && excused {
            found.push(format!("{} has {lines} lines and needs no excuse any more", source.path));
        }
    }
    found
}

/// Doc comments that open a block of Rust code. `cargo xtask test` runs no documentation tests, so
/// such a block would never be compiled.
pub fn documentation_tests(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|s| s.path.ends_with(".rs")) {
        let mut inside = false;
        for (number, line) in source.text.lines().enumerate() {
            let comment = line.trim_start();
            let Some(fence) =
                comment.strip_prefix("///").or(comment.strip_prefix("//!")).and_then(|c| c.trim().strip_prefix("```"))
            else {
                continue;
            };
            inside = !inside;
            if inside && fence != "text" {
                found.push(format!("{}:{}: write the example as a test, or mark the block as text", source.path, number + 1));
            }
        }
    }
    found
}

fn lines_with(sources: &[Source], marks: &[String], complaint: &str) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for (number, line) in source.text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark.as_str())) {
                found.push(format!("{}:{}: {complaint}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    found
}

fn places() -> String {
    UNSAFE_IN.iter().map(|(dir, _)| *dir).collect::<Vec<_>>().join(", ")
}

/// Whether a line of Rust contains the keyword `unsafe` outside comments and attribute names.
pub fn has_unsafe(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    ["{", "fn ", "impl ", "impl<", "extern ", "trait "].iter().any(|next| code.contains(&["unsafe", next].join(" ")))
}
