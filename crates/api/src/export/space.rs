//! Watches the free space of the disk that an export is written to.
use crate::ApiError;
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// An export stops when there is less than this: a full disk harms other programs too.
const LEAST_BYTES: u64 = 32 << 20;
/// It is looked at this often.
const INTERVAL: Duration = Duration::from_millis(500);

/// The disk of an output.
pub(super) struct Space {
    folder: Option<PathBuf>,
    output: PathBuf,
    looked: Option<Instant>,
}

impl Space {
    /// The disk that the folder of `output` is on; without an output none is watched.
    pub fn of(output: Option<&Path>) -> Self {
        let parent = output.and_then(Path::parent).map(|p| if p.as_os_str().is_empty() { Path::new(".") } else { p });
        Self { folder: parent.map(Into::into), output: output.unwrap_or(Path::new("")).to_owned(), looked: None }
    }

    /// Why a film of `expected` bytes does not fit; parts and the joined film are there at the same time.
    pub fn check(&self, expected: Option<u64>, parted: bool) -> Option<ApiError> {
        let free = self.free()?;
        let needed = expected.unwrap_or(0).saturating_mul(if parted { 2 } else { 1 }).saturating_add(LEAST_BYTES);
        (free < needed).then(|| self.error(free, &format!("it needs about {}", in_words(needed))))
    }

    /// Why the export must stop.
    pub fn look(&mut self) -> Option<ApiError> {
        if self.looked.is_some_and(|at| at.elapsed() < INTERVAL) {
            return None;
        }
        self.looked = Some(Instant::now());
        let free = self.free().filter(|free| *free < LEAST_BYTES)?;
        Some(self.error(free, &format!("it stops at {}", in_words(LEAST_BYTES))))
    }

    fn error(&self, free: u64, why: &str) -> ApiError {
        let message = format!("{}: the disk has {} free for the export; {why}", self.output.display(), in_words(free));
        ApiError::new("export.space", message).hint("make room, or choose an output on another disk").file(&self.output)
    }

    /// Bytes that this user may still write.
    #[cfg(unix)]
    fn free(&self) -> Option<u64> {
        let stat = rustix::fs::statvfs(self.folder.as_deref()?).ok()?;
        // File systems that do not know say 0 of 0.
        (stat.f_blocks > 0).then(|| stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    #[cfg(not(unix))]
    fn free(&self) -> Option<u64> {
        None
    }
}

fn in_words(bytes: u64) -> String {
    match bytes {
        0..=0xf_ffff => format!("{bytes} bytes"),
        0x10_0000..=0x3fff_ffff => format!("{:.0} MiB", bytes as f64 / f64::from(1u32 << 20)),
        _ => format!("{:.1} GiB", bytes as f64 / f64::from(1u32 << 30)),
    }
}
