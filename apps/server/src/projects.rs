//! The open projects.
use crate::{
    answer::{Answer, Refusal},
    options::ServerOptions,
    paths::Roots,
    project::{Project, Unfinished},
};
use axum::http::StatusCode;
use cutroom_api::{ApiError, LiveOptions};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The open projects of a server, by their numbers in addresses.
pub struct Projects {
    open: Mutex<BTreeMap<String, Arc<Project>>>,
    /// Folders whose projects and files may be used.
    roots: Roots,
    live: LiveOptions,
    views: Arc<tokio::sync::Semaphore>,
}

impl Projects {
    /// No open projects. Roots that do not exist are left out.
    pub fn new(options: &ServerOptions, unfinished: Unfinished) -> Self {
        let live = LiveOptions { backend: options.backend, threads: options.threads, unfinished, ..LiveOptions::default() };
        let roots = Roots::new(options.roots.iter().cloned());
        let views = Arc::new(tokio::sync::Semaphore::new(options.max_views));
        Self { open: Mutex::default(), roots, live, views }
    }

    /// Opens a project, or finds it if it is open. This reads its file and its journal.
    ///
    /// # Errors
    /// `server.outside` for a path outside of the roots, and those of opening a project.
    pub fn open(&self, path: &Path) -> Answer<Arc<Project>> {
        let real = path.canonicalize().map_err(|e| ApiError::of("project.read", &e).file(path))?;
        if !self.roots.hold(&real) {
            let message = format!("{} is in none of the folders that this server may use", path.display());
            return Err(Refusal::new(StatusCode::FORBIDDEN, "server.outside", message));
        }
        let mut open = self.open_projects();
        if let Some(project) = open.values().find(|project| project.path == real) {
            return Ok(Arc::clone(project));
        }
        let stem = real.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
        let stem: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let numbered = (1_u32..).map(|n| if n == 1 { stem.clone() } else { format!("{stem}-{n}") });
        let id = numbered.into_iter().find(|id| !id.is_empty() && !open.contains_key(id)).unwrap_or_default();
        let project = Arc::new(Project::open(id.clone(), &real, self.roots.clone(), self.live.clone())?);
        open.insert(id, Arc::clone(&project));
        Ok(project)
    }

    /// An open project.
    ///
    /// # Errors
    /// 404.
    pub fn get(&self, id: &str) -> Answer<Arc<Project>> {
        let found = self.open_projects().get(id).cloned();
        found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "server.project", format!("no project \"{id}\" is open")))
    }

    /// Whether a file may be read.
    ///
    /// # Errors
    /// `server.outside`.
    pub fn check_file(&self, path: &Path) -> Answer<()> {
        if self.roots.hold(path) {
            return Ok(());
        }
        let message = format!("{} is in none of the folders that this server may use", path.display());
        Err(Refusal::new(StatusCode::FORBIDDEN, "server.outside", message))
    }

    /// All open projects.
    pub fn all(&self) -> Vec<Arc<Project>> {
        self.open_projects().values().cloned().collect()
    }

    /// Closes all projects; their journals have what was answered.
    pub fn close(&self) {
        let open = std::mem::take(&mut *self.open_projects());
        drop(open);
    }

    /// Room for one more view, as long as it is held.
    ///
    /// # Errors
    /// 503 if there are too many.
    pub fn room(&self) -> Answer<tokio::sync::OwnedSemaphorePermit> {
        let full = |_| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "server.full", "the server has no room for another view");
        Arc::clone(&self.views).try_acquire_owned().map_err(full)
    }

    fn open_projects(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Project>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
