//! The `cutroom` program under test: `CUTROOM_BIN`, or built once by cargo.
use crate::footage::{run, target_dir};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// Path of the program.
///
/// # Errors
/// If it cannot be built.
pub fn path() -> Result<PathBuf, String> {
    static PATH: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    PATH.get_or_init(|| {
        if let Some(path) = std::env::var_os("CUTROOM_BIN") {
            return Ok(path.into());
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let root = crate::footage::root();
        // The whole workspace, so that the features are those of the tests and nothing is built
        // twice.
        run(Command::new(cargo).current_dir(root).args([
            "build",
            "--quiet",
            "--workspace",
            "--exclude",
            "cutroom-preview",
            "--bin",
            "cutroom",
        ]))?;
        Ok(target_dir().join("debug").join(format!("cutroom{}", std::env::consts::EXE_SUFFIX)))
    })
    .clone()
}

/// An empty folder for one test's files.
///
/// # Errors
/// If it cannot be created or emptied.
pub fn scratch_dir(name: &str) -> Result<PathBuf, String> {
    let dir = target_dir().join("identity-scratch").join(name);
    if dir.exists() {
        fs::remove_dir_all(&dir).map_err(|e| format!("cannot empty {}: {e}", dir.display()))?;
    }
    fs::create_dir_all(&dir).map_err(|e| format!("cannot create {}: {e}", dir.display()))?;
    Ok(dir)
}

/// Writes `document` next to `film` and exports it to `film` with `arguments`.
///
/// # Errors
/// The standard error of the program, if it fails.
pub fn export(document: &str, film: &Path, arguments: &[&str]) -> Result<(), String> {
    let project = film.with_extension("json");
    fs::write(&project, document).map_err(|e| format!("cannot write {}: {e}", project.display()))?;
    run(Command::new(path()?).arg("export").arg(&project).arg("-o").arg(film).args(arguments)).map(|_| ())
}
