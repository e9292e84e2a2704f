//! Reading and writing the project file.
use crate::{
    Project, TextPosition,
    duplicate_keys::StrictJson,
    form::{self, Inspection},
    frame_times, locate,
    migrate::{MigrateError, migrate},
};
use serde_json::Value;
use std::{
    io::{ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

/// Maximum size of a project file: 256 MiB, some 300 000 clips.
pub const MAX_FILE_BYTES: u64 = 256 << 20;

/// Why a project could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Path of the file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The file is larger than [`MAX_FILE_BYTES`].
    #[error("the project has {bytes} bytes, more than the {MAX_FILE_BYTES} that are read")]
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// The text is not UTF-8.
    #[error("line {line}: the text is not UTF-8")]
    NotUtf8 {
        /// From 1.
        line: usize,
    },
    /// The text is not JSON.
    #[error("line {line}, column {column}: not valid JSON: {reason}")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// The version is missing, or newer than this program.
    #[error(transparent)]
    Version(#[from] MigrateError),
    /// A value is missing or of the wrong kind.
    #[error("{path} (line {line}): {reason}")]
    Form {
        /// JSON path, such as `compositions[0].tracks[1].clips[3].start`; `.` is the whole
        /// document.
        path: String,
        /// From 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
}

/// Why a project could not be written. An existing file is unchanged, unless only syncing the
/// folder after the rename failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot save {}", path.display())]
pub struct SaveError {
    /// Path of the file.
    pub path: PathBuf,
    /// The cause.
    pub source: std::io::Error,
}

impl LoadError {
    /// Stable error code, for user interfaces and translation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "project.read",
            Self::TooLarge { .. } => "project.too_large",
            Self::NotUtf8 { .. } => "project.not_utf8",
            Self::Syntax { .. } => "project.syntax",
            Self::Version(MigrateError::NoVersion { .. }) => "project.version_missing",
            Self::Version(MigrateError::TooNew { .. }) => "project.version_too_new",
            Self::Form { .. } => "project.form",
        }
    }
}

impl SaveError {
    /// Stable error code, for user interfaces and translation.
    pub fn code(&self) -> &'static str {
        "project.save"
    }
}

/// Reads a project of any known version. This checks the form of the file; [`crate::validate`]
/// checks whether the project makes sense.
///
/// # Errors
/// See [`LoadError`].
pub fn load(path: &Path) -> Result<Project, LoadError> {
    from_json(&read_text(path)?)
}

/// Reads the text of a project file, for [`from_json`] and [`locate`].
///
/// # Errors
/// See [`LoadError`].
pub fn read_text(path: &Path) -> Result<String, LoadError> {
    let fail = |source| LoadError::Read { path: path.into(), source };
    let mut bytes = Vec::new();
    // The limit applies to the bytes read, not to the stated size of the file: the path may be a
    // pipe, and the file may be growing.
    std::fs::File::open(path).map_err(fail)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(LoadError::TooLarge { bytes: std::fs::metadata(path).map_or(bytes.len() as u64, |m| m.len()) });
    }
    String::from_utf8(bytes).map_err(|e| {
        let whole = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        LoadError::NotUtf8 { line: whole.iter().filter(|&&b| b == b'\n').count() + 1 }
    })
}

/// Reads a project from text; see [`load`].
///
/// # Errors
/// See [`LoadError`].
pub fn from_json(text: &str) -> Result<Project, LoadError> {
    let document = document(text)?;
    serde_path_to_error::deserialize(&document).map_err(|e| {
        let path = e.path().to_string();
        let reason = e.into_inner().to_string();
        // The same error in plain words.
        let found = form::inspect(document).problems.into_iter().next();
        let (path, reason) = found.map_or((path, reason), |p| (p.json_path, p.message));
        let line = locate(text, &path).unwrap_or(TextPosition { line: 1, column: 1 }).line;
        LoadError::Form { path, line, reason }
    })
}

/// Reads a project and lists all errors of form, where [`from_json`] names only the first one.
///
/// # Errors
/// See [`LoadError`]; never [`LoadError::Form`].
pub fn inspect(text: &str) -> Result<Inspection, LoadError> {
    let document = document(text)?;
    Ok(match serde_path_to_error::deserialize(&document) {
        Ok(project) => Inspection { project: Some(project), problems: Vec::new() },
        Err(_) => form::inspect(document),
    })
}

/// The JSON of a project, migrated to the current version.
fn document(text: &str) -> Result<Value, LoadError> {
    if text.len() as u64 > MAX_FILE_BYTES {
        return Err(LoadError::TooLarge { bytes: text.len() as u64 });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = serde_json::from_str::<StrictJson>(text).map_err(|e| {
        // serde_json appends the position to its message; here it has its own fields.
        let reason = e.to_string();
        let reason = reason.rsplit_once(" at line ").map_or(reason.as_str(), |(r, _)| r).to_owned();
        LoadError::Syntax { line: e.line(), column: e.column(), reason }
    })?;
    let mut document = migrate(document.0)?;
    frame_times::resolve(&mut document);
    Ok(document)
}

/// The text of a project file: indented, with fields in a fixed order and a line feed at the end.
pub fn to_json(project: &Project) -> String {
    // Maps have string keys and numbers are finite or written as null, so this cannot fail for any
    // project.
    let mut text = serde_json::to_string_pretty(project).unwrap_or_default();
    text.push('\n');
    text
}

/// Writes a project to a hidden file in the same folder, syncs it and renames it to `path`. After a
/// power cut there is either the old or the new file, never a mixture. A symbolic link is followed;
/// the permissions of an existing file are kept.
///
/// # Errors
/// The folder is not writable, the disk is full, or another error of the file system.
pub fn save(project: &Project, path: &Path) -> Result<(), SaveError> {
    let fail = |source| SaveError { path: path.into(), source };
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.into());
    let folder = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let old = std::fs::metadata(&target).ok();
    let mut options = tempfile::Builder::new();
    options.prefix(".cutroom-").suffix(".tmp");
    #[cfg(unix)]
    options.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = options.tempfile_in(folder).map_err(fail)?;
    if let Some(old) = old {
        file.as_file().set_permissions(old.permissions()).map_err(fail)?;
    }
    file.write_all(to_json(project).as_bytes()).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    file.persist(&target).map_err(|e| fail(e.error))?;
    // The rename is durable once the folder is synced. Some file systems do not support that, and
    // the folder may not be readable; these errors are ignored.
    #[cfg(unix)]
    if let Err(e) = std::fs::File::open(folder).and_then(|d| d.sync_all())
        && !matches!(e.kind(), ErrorKind::PermissionDenied | ErrorKind::InvalidInput | ErrorKind::Unsupported)
    {
        return Err(fail(e));
    }
    Ok(())
}
