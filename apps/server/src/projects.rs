//! The open projects.
use crate::{
    answer::{Answer, Refusal},
    figures::Figures,
    options::{ServerOptions, UploadLimits},
    paths::Roots,
    project::{Project, Unfinished},
    uploads::Uploads,
};
use axum::http::StatusCode;
use cutroom_api::{ApiError, BackendChoice, FileRoots, LiveOptions, Session};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// Greatest number of open projects.
const MAX_PROJECTS: usize = 64;

/// Waits until the server ends.
pub async fn is_over(ending: &mut watch::Receiver<bool>) {
    // Without a server there is nothing to wait for either.
    let _ = ending.wait_for(|ends| *ends).await.map(drop);
}

/// The open projects of a server, by their numbers in addresses.
pub struct Projects {
    open: Mutex<BTreeMap<String, Arc<Project>>>,
    /// Held while one is opened.
    opening: Mutex<()>,
    /// Folders whose projects and files may be used.
    roots: Roots,
    live: LiveOptions,
    views: Arc<tokio::sync::Semaphore>,
    max_views: usize,
    /// Whether what projects name at the start may be read only in the roots.
    strict: bool,
    upload_limits: UploadLimits,
    /// What is counted.
    pub figures: Arc<Figures>,
    /// The uploads.
    pub uploads: Uploads,
    /// Uploads are begun one after the other, so that limits hold.
    pub beginning: tokio::sync::Mutex<()>,
    /// Whether the server ends.
    ending: watch::Sender<bool>,
}

impl Projects {
    /// No open projects. Roots that do not exist are left out.
    pub fn new(options: &ServerOptions, unfinished: Unfinished) -> Self {
        let live = LiveOptions {
            backend: options.backend,
            decode: options.decode,
            gpu: options.gpu,
            threads: options.threads,
            unfinished,
            worker: options.worker.clone(),
            ..LiveOptions::default()
        };
        let roots = Roots(FileRoots::new(options.roots.iter().cloned()));
        let views = Arc::new(tokio::sync::Semaphore::new(options.max_views));
        Self {
            open: Mutex::default(),
            opening: Mutex::default(),
            roots,
            live,
            views,
            max_views: options.max_views,
            strict: options.strict,
            upload_limits: options.uploads,
            figures: Arc::default(),
            uploads: Uploads::default(),
            beginning: tokio::sync::Mutex::default(),
            ending: watch::Sender::new(false),
        }
    }

    /// Opens a project for the one who starts the server: the folders of the files that it names then may
    /// be used, too, unless the server is strict.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_first(&self, path: &Path) -> Answer<Arc<Project>> {
        if !self.strict {
            // What cannot be opened is reported below.
            let named = Session::open(path).map(|session| session.named_files()).unwrap_or_default();
            named.iter().for_each(|file| self.allow(file));
        }
        self.open(path)
    }

    /// Allows the folder of a file; only the file where the folder is one of all users or of a user.
    fn allow(&self, file: &Path) {
        let Ok(real) = file.canonicalize() else { return };
        let home = std::env::var_os("HOME").map(PathBuf::from).and_then(|home| home.canonicalize().ok());
        let is_wide = |folder: &Path| {
            let holds_home = home.as_ref().is_some_and(|home| home.starts_with(folder));
            folder.parent().is_none() || holds_home || folder == std::env::temp_dir() || folder.parent() == Some(Path::new("/"))
        };
        let folder = real.parent().filter(|folder| !is_wide(folder));
        self.roots.0.add(folder.unwrap_or(&real));
    }

    /// Folders and files that may be used.
    pub fn roots(&self) -> &FileRoots {
        &self.roots.0
    }

    /// How much may be uploaded at a time.
    pub fn upload_limits(&self) -> UploadLimits {
        self.upload_limits
    }

    /// What draws.
    pub fn backend(&self) -> BackendChoice {
        self.live.backend
    }

    /// Number of open views.
    pub fn open_views(&self) -> usize {
        self.max_views.saturating_sub(self.views.available_permits())
    }

    /// Tells views that the server ends.
    pub fn end(&self) {
        self.ending.send_replace(true);
    }

    /// Whether the server ends.
    pub fn ending(&self) -> watch::Receiver<bool> {
        self.ending.subscribe()
    }

    /// Opens a project, or finds it if it is open. This reads its file and its journal.
    ///
    /// # Errors
    /// `server.outside` for a path outside of the roots, and those of opening a project.
    pub fn open(&self, path: &Path) -> Answer<Arc<Project>> {
        let real = path.canonicalize().map_err(|e| ApiError::of("project.read", &e).file(path))?;
        if !self.roots.0.hold(&real) {
            let message = format!("{} is in none of the folders that this server may use", path.display());
            return Err(Refusal::new(StatusCode::FORBIDDEN, "server.outside", message));
        }
        // Others are used meanwhile; openings wait for each other, so that none is opened twice.
        let _turn = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let open: BTreeMap<String, Arc<Project>> = self.open_projects().clone();
        if let Some(project) = open.values().find(|project| project.path == real) {
            return Ok(Arc::clone(project));
        }
        if !real.is_file() {
            let message = format!("{} is no file", path.display());
            return Err(ApiError::new("project.read", message).file(path).into());
        }
        if open.len() >= MAX_PROJECTS {
            let message = format!("{MAX_PROJECTS} projects are open; the server has no room for another one");
            return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "server.full", message));
        }
        let stem = real.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
        let stem: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let numbered = (1_u32..).map(|n| if n == 1 { stem.clone() } else { format!("{stem}-{n}") });
        let id = numbered.into_iter().find(|id| !id.is_empty() && !open.contains_key(id)).unwrap_or_default();
        let project = Arc::new(Project::open(id.clone(), &real, self.roots.clone(), self.live.clone(), Arc::clone(&self.figures))?);
        self.open_projects().insert(id, Arc::clone(&project));
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
        if self.roots.0.hold(path) {
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
