//! The cache on disk: what it holds, making room in it, checking it.
use crate::ApiError;
use cutroom_cache::{Pruned, Selection, Store};
use cutroom_media::{MediaError, MediaInfo, MediaLocation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, sync::Arc, time::Duration};

/// What the cache on disk holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CacheReport {
    /// Its folder; absent if there is none.
    #[serde(serialize_with = "crate::path_serde::option")]
    pub folder: Option<PathBuf>,
    /// Bytes of all files.
    pub bytes: u64,
    /// Number of entries.
    pub entries: u64,
    /// Bytes that it may hold.
    pub budget_bytes: u64,
    /// Entries that were not used for so many days are removed.
    pub max_age_days: f64,
    /// How long the entry was not used that was not used for longest, in seconds; absent when empty.
    pub oldest_secs: Option<f64>,
    /// Entries by kind, sorted.
    pub kinds: Vec<CacheKind>,
    /// What does not work: there is no folder, or it cannot be written.
    pub remarks: Vec<String>,
}

/// The entries of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CacheKind {
    /// The kind: "index", "thumbnail", "waveform" …
    pub kind: String,
    /// Number of entries.
    pub entries: u64,
    /// Bytes of their files.
    pub bytes: u64,
}

/// Which entries to remove. Without a choice those that are too old, and then those that were not used for
/// longest until the rest is within the budget.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PruneCacheRequest {
    /// All.
    #[serde(default)]
    pub all: bool,
    /// Those that were not used for longer: "7d", "12h", "30m", "45s".
    #[serde(default)]
    pub older_than: Option<String>,
    /// Those of one kind, as the report of the cache names it.
    #[serde(default)]
    pub kind: Option<String>,
}

/// What was removed from the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PruneCacheReport {
    /// Entries removed.
    pub removed: u64,
    /// Their bytes.
    pub removed_bytes: u64,
    /// Entries left.
    pub left: u64,
    /// Their bytes.
    pub left_bytes: u64,
}

/// Result of checking every file of the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VerifyCacheReport {
    /// Entries that are whole.
    pub good: u64,
    /// Entries that were damaged and have been removed; they are made again when they are needed.
    pub removed: u64,
    /// Files in the folder that do not belong to the cache; they were left alone.
    pub foreign: u64,
}

/// The store that the environment names.
pub(crate) fn store() -> Arc<Store> {
    Arc::new(Store::from_environment())
}

/// Describes a file; what was found before is taken from the store.
pub(crate) fn probe(location: &MediaLocation) -> Result<MediaInfo, MediaError> {
    cutroom_pipeline::probe(&store(), location)
}

/// Shows what the cache on disk holds, and changes nothing.
pub fn cache() -> CacheReport {
    let store = store();
    let (state, limits) = (store.state(), store.limits());
    let kinds: Vec<CacheKind> =
        state.kinds.into_iter().map(|k| CacheKind { kind: k.kind, entries: k.entries, bytes: k.bytes }).collect();
    CacheReport {
        folder: store.folder().ok().map(Into::into),
        bytes: kinds.iter().map(|k| k.bytes).sum(),
        entries: kinds.iter().map(|k| k.entries).sum(),
        budget_bytes: limits.budget_bytes,
        max_age_days: limits.max_age.as_secs_f64() / 86_400.0,
        oldest_secs: state.oldest.map(|time| time.elapsed().unwrap_or_default().as_secs_f64()),
        kinds,
        remarks: store.remarks(),
    }
}

/// Removes entries from the cache on disk.
///
/// # Errors
/// `usage.cache`: an age or a kind that makes no sense.
pub fn prune_cache(request: &PruneCacheRequest) -> Result<PruneCacheReport, ApiError> {
    let store = store();
    let older_than = request.older_than.as_deref().map(age).transpose()?;
    if let Some(kind) = &request.kind {
        let known: Vec<String> = store.state().kinds.into_iter().map(|k| k.kind).collect();
        if !known.contains(kind) {
            let there = if known.is_empty() { "the cache is empty".into() } else { format!("there are {}", known.join(", ")) };
            let error = ApiError::new("usage.cache", format!("the cache holds nothing of the kind \"{kind}\""));
            return Err(error.hint(there).field("kind"));
        }
    }
    let is_chosen = request.all || older_than.is_some() || request.kind.is_some();
    let Pruned { removed, removed_bytes, left, left_bytes } =
        if is_chosen { store.remove(&Selection { kind: request.kind.clone(), older_than }) } else { store.prune() };
    Ok(PruneCacheReport { removed, removed_bytes, left, left_bytes })
}

/// Reads every file of the cache on disk, and removes those that are damaged.
pub fn verify_cache() -> VerifyCacheReport {
    let verified = store().verify();
    VerifyCacheReport { good: verified.good, removed: verified.removed, foreign: verified.foreign }
}

/// An age: a whole number with `s`, `m`, `h`, `d` or `w`.
fn age(text: &str) -> Result<Duration, ApiError> {
    let parsed = || {
        let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let secs = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            "w" => 604_800,
            _ => return None,
        };
        digits.parse::<u64>().ok()?.checked_mul(secs).map(Duration::from_secs)
    };
    parsed().ok_or_else(|| {
        ApiError::new("usage.cache", format!("\"{text}\" is no age"))
            .hint("write a whole number with a unit: 45s, 30m, 12h, 7d, 2w")
            .field("older_than")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_units() {
        assert_eq!(age("7d").unwrap(), Duration::from_secs(604_800));
        assert_eq!(age("0s").unwrap(), Duration::ZERO);
        for bad in ["", "7", "d", "-1d", "1.5h", "7 d", "7tage", "9é", "99999999999999999w"] {
            assert_eq!(age(bad).unwrap_err().code, "usage.cache", "{bad}");
        }
    }
}
