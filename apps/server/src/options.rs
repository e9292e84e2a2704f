//! How a server runs.
use crate::tls::TlsFiles;
use cutroom_api::{BackendChoice, DecodeChoice, WorkerProgram};
use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// How much may be uploaded to a server.
#[derive(Clone, Copy, Debug)]
pub struct UploadLimits {
    /// Uploads that are not finished.
    pub open: usize,
    /// Their bytes, those that are still to come included.
    pub bytes: u64,
}

/// A page that a server serves.
#[derive(Clone, Debug)]
pub enum Page {
    /// The editor inside of the program.
    Embedded,
    /// A folder, such as `web/dist`.
    Folder(PathBuf),
}

/// How often something may be done.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// At once.
    pub burst: f64,
    /// And each second.
    pub per_sec: f64,
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
    /// Other names of this server than those of loopback and of its address, such as `cutting.local`;
    /// requests for others are refused on loopback, and everywhere if there is one.
    pub hosts: Vec<String>,
    /// Whether files that a project names when the server is started may be read only in the roots, too.
    pub strict: bool,
    /// What makes connections secret; `None`: they are not.
    pub tls: Option<TlsFiles>,
    /// The page that is served at `/`; absent: none.
    pub page: Option<Page>,
    /// What draws.
    pub backend: BackendChoice,
    /// What decodes video streams.
    pub decode: DecodeChoice,
    /// Number of the graphics card that draws and decodes; `None`: the best one.
    pub gpu: Option<usize>,
    /// Threads for drawing; 0 for one per core.
    pub threads: usize,
    /// The program whose processes make exports; `None`: they are made in this one.
    pub worker: Option<WorkerProgram>,
    /// Greatest size of a request's body in bytes.
    pub max_body_bytes: usize,
    /// Greatest number of views of all projects.
    pub max_views: usize,
    /// Greatest number of connections.
    pub max_connections: usize,
    /// How long a client may keep the server waiting: for the head of a request, for a body (longer if it
    /// is large), or for room to send something.
    pub patience: Duration,
    /// How often an address may ask for what costs much: others, and this machine.
    pub costly: [Rate; 2],
    /// How much may be uploaded at a time.
    pub uploads: UploadLimits,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            token: None,
            roots: Vec::new(),
            origins: Vec::new(),
            hosts: Vec::new(),
            strict: false,
            tls: None,
            page: None,
            backend: BackendChoice::default(),
            decode: DecodeChoice::default(),
            gpu: None,
            threads: 0,
            worker: None,
            max_body_bytes: 16 << 20,
            max_views: 64,
            max_connections: 1024,
            costly: [Rate { burst: 300.0, per_sec: 60.0 }, Rate { burst: 2000.0, per_sec: 1000.0 }],
            patience: Duration::from_secs(30),
            uploads: UploadLimits { open: 64, bytes: 1 << 40 },
        }
    }
}
