//! Formats the source files. `cargo fmt` follows only `mod` lines; files that a macro declares
//! (those of the catalogue) are passed to rustfmt by name.
use crate::{Outcome, process, workspace};
use std::process::Command;

/// Formats all files, or only checks them.
pub fn format(check: bool) -> Outcome {
    let flag = check.then_some("--check");
    process::run(Command::new("cargo").args(["fmt", "--all"]).args(flag).current_dir(workspace::root()))?;
    let dir = workspace::root().join("crates/effects/src/effect");
    let entries = std::fs::read_dir(&dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    let mut files: Vec<_> =
        entries.filter_map(|e| e.ok().map(|e| e.path())).filter(|p| p.extension().is_some_and(|x| x == "rs")).collect();
    files.sort();
    process::run(Command::new("rustfmt").args(["--edition", "2024"]).args(flag).args(files).current_dir(workspace::root()))
}
