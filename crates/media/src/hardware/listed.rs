//! What the system lists of devices, without any driver.

/// Whether a folder of the system lists an entry whose name begins so.
pub(super) fn is_listed(folder: &str, prefix: &str) -> bool {
    std::fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(|e| e.file_name().to_string_lossy().starts_with(prefix)))
}
