//! Folders that the server may use, for choosing files.
use super::beside;
use crate::{answer::Answer, answer::Refusal, shared::Shared};
use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
};
use cutroom_api::{FileRoots, is_media_name};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

/// Greatest number of entries that are listed.
const MAX_ENTRIES: usize = 10_000;

#[derive(Deserialize, JsonSchema)]
pub struct Which {
    /// The folder; absent: the list of those that may be used.
    path: Option<String>,
}

/// What a folder holds.
#[derive(Serialize, JsonSchema)]
pub struct Listing {
    /// The folder; null for the list of those that may be used.
    path: Option<String>,
    /// The folder above, if it may be used.
    parent: Option<String>,
    /// Folders first, by name; hidden ones are left out.
    entries: Vec<Found>,
    /// Whether there were more than 10 000.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

#[derive(Serialize, JsonSchema)]
pub struct Found {
    name: String,
    path: String,
    kind: Kind,
    /// Of files.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    /// When it was changed, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    modified_secs: Option<f64>,
    /// Whether it has the name of a media file.
    media: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Folder,
    File,
}

pub async fn browse(State(shared): State<Shared>, Query(which): Query<Which>) -> Answer<Json<Listing>> {
    let roots = shared.projects.roots().clone();
    let listing = beside(move || match which.path {
        None => Ok(tops(&roots)),
        Some(path) => listed(&roots, Path::new(&path)),
    });
    Ok(Json(listing.await??))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn tops(roots: &FileRoots) -> Listing {
    let mut all: Vec<PathBuf> = roots.all().into_iter().filter(|root| root.is_dir()).collect();
    all.sort();
    // A folder in another one is found there.
    let inner: Vec<PathBuf> = all.iter().filter(|a| all.iter().any(|b| *a != b && a.starts_with(b))).cloned().collect();
    all.retain(|root| !inner.contains(root));
    let entry = |root: PathBuf| Found {
        name: root.file_name().map_or_else(|| shown(&root), |name| name.to_string_lossy().into_owned()),
        path: shown(&root),
        kind: Kind::Folder,
        bytes: None,
        modified_secs: None,
        media: false,
    };
    Listing { path: None, parent: None, entries: all.into_iter().map(entry).collect(), cut: false }
}

fn listed(roots: &FileRoots, path: &Path) -> Answer<Listing> {
    let outside = || {
        let message = format!("{} is in none of the folders that this server may use", path.display());
        Refusal::new(StatusCode::FORBIDDEN, "server.outside", message)
    };
    // Whether something outside exists is not told.
    if !path.is_absolute() || !roots.hold(path) {
        return Err(outside());
    }
    let missing = |e: std::io::Error| Refusal::new(StatusCode::NOT_FOUND, "server.folder", format!("{}: {e}", path.display()));
    let real = path.canonicalize().map_err(missing)?;
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(&real).map_err(missing)?.flatten() {
        // Names that are no text cannot be named by commands.
        let Ok(name) = entry.file_name().into_string() else { continue };
        let inner = entry.path();
        if name.starts_with('.') || !roots.hold(&inner) {
            continue;
        }
        let Ok(meta) = std::fs::metadata(&inner) else { continue };
        let kind = if meta.is_dir() { Kind::Folder } else { Kind::File };
        if kind == Kind::File && !meta.is_file() {
            continue;
        }
        let modified = meta.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        entries.push(Found {
            media: kind == Kind::File && is_media_name(&inner),
            path: shown(&inner),
            name,
            kind,
            bytes: (kind == Kind::File).then_some(meta.len()),
            modified_secs: modified.map(|at| at.as_secs_f64()),
        });
    }
    entries.sort_by_cached_key(|entry| (entry.kind, entry.name.to_lowercase(), entry.name.clone()));
    let cut = entries.len() > MAX_ENTRIES;
    entries.truncate(MAX_ENTRIES);
    let parent = real.parent().filter(|parent| roots.hold(parent)).map(shown);
    Ok(Listing { path: Some(shown(&real)), parent, entries, cut })
}
