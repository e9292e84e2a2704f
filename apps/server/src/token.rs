//! Texts that cannot be guessed: what every request must have.
use cutroom_api::ApiError;
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// A token that cannot be guessed, of 128 bits.
///
/// # Errors
/// `server.random`: the system has no random numbers.
pub fn new_token() -> Result<String, ApiError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|e| ApiError::new("server.random", e.to_string()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The user's own token, which stays the same so that pages find a server again that was started anew. It
/// is in `cutroom/token` in `XDG_STATE_HOME`, else `~/.local/state`, and only the user may read it. A
/// new one is returned where there is no such folder, or another user may read the file.
///
/// # Errors
/// `server.random`.
pub fn kept_token() -> Result<String, ApiError> {
    let Some(folder) = folder() else { return new_token() };
    let path = folder.join("token");
    if let Some(token) = kept(&path) {
        return Ok(token);
    }
    let token = new_token()?;
    if let Err(e) = keep(&path, &token) {
        tracing::warn!("the token cannot be kept in {}: {e}; pages that are open will need the new address", path.display());
    }
    Ok(token)
}

/// A new token, which is kept from now on instead of the former one.
///
/// # Errors
/// `server.random`.
pub fn other_token() -> Result<String, ApiError> {
    let token = new_token()?;
    if let Err(e) = private_file("token", &token) {
        tracing::warn!("the token cannot be kept: {e}");
    }
    Ok(token)
}

/// Where the user's own files are kept.
fn folder() -> Option<PathBuf> {
    let var = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = var("XDG_STATE_HOME").or_else(|| Some(var("HOME")?.join(".local/state")));
    folder.map(|folder| folder.join("cutroom"))
}

/// Writes a file beside the kept token, which only the user may read.
///
/// # Errors
/// There is no such folder, or it cannot be written.
pub fn private_file(name: &str, text: &str) -> io::Result<PathBuf> {
    let folder = folder().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "neither XDG_STATE_HOME nor HOME is set"))?;
    let path = folder.join(name);
    keep(&path, text)?;
    Ok(path)
}

fn is_token(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn kept(path: &Path) -> Option<String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path).ok()?.permissions().mode();
        if mode & 0o077 != 0 {
            return None;
        }
    }
    fs::read_to_string(path).ok().map(|text| text.trim().to_owned()).filter(|text| is_token(text))
}

fn keep(path: &Path, token: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // Whoever has the old file open sees nothing of the new one.
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)?.write_all(token.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_kept_for_its_user_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/token");
        assert_eq!(kept(&path), None);
        let token = new_token().unwrap();
        keep(&path, &token).unwrap();
        assert_eq!(kept(&path), Some(token.clone()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            assert_eq!(kept(&path), None, "others could have read it");
        }
        keep(&path, &token).unwrap();
        fs::write(&path, "short").unwrap();
        assert_eq!(kept(&path), None);
    }
}
