//! Where the store lies and how large it may grow, from the environment.
use std::{ffi::OsString, path::PathBuf, time::Duration};

/// Environment variable that names the store's folder; `off` for none.
pub const FOLDER_VARIABLE: &str = "CUTROOM_CACHE";
/// Environment variable with the budget, see [`parse_bytes`].
pub const BUDGET_VARIABLE: &str = "CUTROOM_CACHE_BUDGET";
/// The budget unless it is given: 20 GiB.
pub const DEFAULT_BUDGET_BYTES: u64 = 20 << 30;
/// Entries that were not used for longer are removed: 30 days.
pub const MAX_AGE: Duration = Duration::from_secs(30 * 24 * 3600);

/// The folder that the environment names: `CUTROOM_CACHE`, else `$XDG_CACHE_HOME/cutroom/store`, else
/// `~/.cache/cutroom/store`.
///
/// # Errors
/// Why there is none, in words.
pub(crate) fn folder(var: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, String> {
    match var(FOLDER_VARIABLE).filter(|v| !v.is_empty()) {
        Some(off) if off == "off" => return Err(format!("{FOLDER_VARIABLE} is \"off\"")),
        Some(folder) => return Ok(folder.into()),
        None => {}
    }
    // The XDG Base Directory Specification: relative paths are ignored.
    let named = var("XDG_CACHE_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
    let home = || var("HOME").filter(|v| !v.is_empty()).map(|home| PathBuf::from(home).join(".cache"));
    let base = named.or_else(home).ok_or(format!("neither {FOLDER_VARIABLE} nor HOME is set"))?;
    Ok(base.join("cutroom/store"))
}

/// A number of bytes: `5000`, `64K`, `500M`, `20G`, `2T`, with or without `iB` or `B`; powers of 1024.
pub fn parse_bytes(text: &str) -> Option<u64> {
    let upper = text.trim().to_ascii_uppercase();
    let short = upper.strip_suffix("IB").or_else(|| upper.strip_suffix('B')).unwrap_or(&upper);
    let (digits, shift) = match short.char_indices().next_back()? {
        (at, 'K') => (&short[..at], 10),
        (at, 'M') => (&short[..at], 20),
        (at, 'G') => (&short[..at], 30),
        (at, 'T') => (&short[..at], 40),
        _ => (short, 0),
    };
    let number: u64 = digits.trim().parse().ok()?;
    number.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_follows_the_environment() {
        let of = |vars: &[(&str, &str)]| {
            let owned: Vec<(String, OsString)> = vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).into())).collect();
            folder(|name| owned.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone()))
        };
        assert_eq!(of(&[("HOME", "/h")]).unwrap(), PathBuf::from("/h/.cache/cutroom/store"));
        assert_eq!(of(&[("HOME", "/h"), ("XDG_CACHE_HOME", "/x")]).unwrap(), PathBuf::from("/x/cutroom/store"));
        assert_eq!(of(&[("HOME", "/h"), ("XDG_CACHE_HOME", "x")]).unwrap(), PathBuf::from("/h/.cache/cutroom/store"));
        assert_eq!(of(&[("HOME", "/h"), ("CUTROOM_CACHE", "/c")]).unwrap(), PathBuf::from("/c"));
        assert!(of(&[("HOME", "/h"), ("CUTROOM_CACHE", "off")]).is_err());
        assert!(of(&[]).is_err());
    }

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [("5000", Some(5000)), ("64K", Some(65_536)), ("1 GiB", Some(1 << 30)), ("2T", Some(2 << 40))] {
            assert_eq!(parse_bytes(text), bytes, "{text}");
        }
        for none in ["", "G", "-1", "1.5G", "99999999999T", "many"] {
            assert_eq!(parse_bytes(none), None, "{none}");
        }
    }
}
