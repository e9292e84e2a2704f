//! How a server runs.
use cutroom_api::BackendChoice;
use std::{net::SocketAddr, path::PathBuf};

/// A page that a server serves.
#[derive(Clone, Debug)]
pub enum Page {
    /// The editor inside of the program.
    Embedded,
    /// A folder, such as `web/dist`.
    Folder(PathBuf),
}

/// How a server runs.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Where it listens; port 0 for one that is free.
    pub address: SocketAddr,
    /// What every request must have; `None`: nothing, which is refused on other addresses than loopback.
    pub token: Option<String>,
    /// Folders whose projects may be opened, with the folders in them.
    pub roots: Vec<PathBuf>,
    /// Other origins whose pages may use the server, such as `http://127.0.0.1:5173`.
    pub origins: Vec<String>,
    /// The page that is served at `/`; absent: none.
    pub page: Option<Page>,
    /// What draws.
    pub backend: BackendChoice,
    /// Threads for drawing; 0 for one per core.
    pub threads: usize,
    /// Greatest size of a request's body in bytes.
    pub max_body_bytes: usize,
    /// Greatest number of views of all projects.
    pub max_views: usize,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            token: None,
            roots: Vec::new(),
            origins: Vec::new(),
            page: None,
            backend: BackendChoice::default(),
            threads: 0,
            max_body_bytes: 16 << 20,
            max_views: 64,
        }
    }
}
