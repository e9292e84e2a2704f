//! The file of the running program.
use std::path::PathBuf;

/// The file of this program. On Linux, where its name may be another file's by now, by a name that is only
/// valid in this process.
pub(super) fn program_file() -> std::io::Result<PathBuf> {
    let linux = PathBuf::from("/proc/self/exe");
    if cfg!(target_os = "linux") && linux.exists() { Ok(linux) } else { std::env::current_exe() }
}
