//! Paths of the repository, the build output and the built program.
use crate::{Outcome, process};
use std::{path::PathBuf, process::Command};

/// The package of the preview window, which is built in a step of its own: what it is made of takes long.
pub const WINDOW: &str = "cutroom-preview";

/// The repository's root folder.
pub fn root() -> PathBuf {
    // Found at run time: a build cache may be shared by clones in different folders.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    manifest.parent().unwrap_or(&manifest).to_path_buf()
}

/// A `cargo` command in the repository root.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    // Variables that `cargo xtask` set for this program must not affect nested builds.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"] {
        command.env_remove(name);
    }
    command
}

/// Cargo's build output folder, also if the environment sets another one.
pub fn target_dir() -> Outcome<PathBuf> {
    let json = process::capture(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let value: serde_json::Value = serde_json::from_str(&json).map_err(|e| format!("cargo metadata gave no JSON: {e}"))?;
    value["target_directory"].as_str().map(PathBuf::from).ok_or_else(|| "cargo metadata names no target directory".into())
}

/// Builds the `cutroom` program in the shipped profile (`dist`) and returns its path; if
/// `CUTROOM_BIN` is set, returns that path instead.
pub fn dist_program() -> Outcome<PathBuf> {
    if let Some(path) = std::env::var_os("CUTROOM_BIN") {
        return Ok(path.into());
    }
    process::run(cargo().args(["build", "--profile", "dist", "--package", "cutroom-cli"]))?;
    Ok(target_dir()?.join("dist").join(program_name()))
}

/// Builds the `cutroom` program without link-time optimisation (profile `release`), which does not
/// change any result, and returns its path.
pub fn release_program() -> Outcome<PathBuf> {
    process::run(cargo().args(["build", "--release", "--package", "cutroom-cli"]))?;
    Ok(target_dir()?.join("release").join(program_name()))
}

/// `cutroom` or `cutroom.exe`.
pub fn program_name() -> String {
    format!("cutroom{}", std::env::consts::EXE_SUFFIX)
}
