//! The `cutroom` program under test: `CUTROOM_BIN`, or built once by cargo.
use crate::footage::{run, target_dir};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// Where the program is.
///
/// # Errors
/// When it cannot be built.
pub fn path() -> Result<PathBuf, String> {
    static PATH: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    PATH.get_or_init(|| {
        if let Some(path) = std::env::var_os("CUTROOM_BIN") {
            return Ok(path.into());
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let root = crate::footage::root();
        // The whole workspace, so that features are those of the tests and nothing is built twice.
        run(Command::new(cargo).current_dir(root).args(["build", "--quiet", "--workspace", "--bin", "cutroom"]))?;
        Ok(target_dir().join("debug").join(format!("cutroom{}", std::env::consts::EXE_SUFFIX)))
    })
    .clone()
}

/// A folder for one test's files, emptied.
///
/// # Errors
/// When it cannot be made.
pub fn scratch_dir(name: &str) -> Result<PathBuf, String> {
    let dir = target_dir().join("identity-scratch").join(name);
    if dir.exists() {
        fs::remove_dir_all(&dir).map_err(|e| format!("cannot empty {}: {e}", dir.display()))?;
    }
    fs::create_dir_all(&dir).map_err(|e| format!("cannot create {}: {e}", dir.display()))?;
    Ok(dir)
}

/// Writes `document` beside the film named and exports it with `arguments`.
///
/// # Errors
/// What the program said when it failed.
pub fn export(document: &str, film: &Path, arguments: &[&str]) -> Result<(), String> {
    let project = film.with_extension("json");
    fs::write(&project, document).map_err(|e| format!("cannot write {}: {e}", project.display()))?;
    run(Command::new(path()?).arg("export").arg(&project).arg("-o").arg(film).args(arguments)).map(|_| ())
}
