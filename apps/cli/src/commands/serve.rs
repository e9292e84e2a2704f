//! `cutroom serve`.
use crate::{
    args::{BackendArg, DecodeArg, GpuArg},
    failure::Failure,
    interrupt, text,
};
use clap::Args;
use cutroom_api::ApiError;
use cutroom_server::{Page, Projects, Server, ServerOptions, TlsFiles, has_editor, new_token, other_token};
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

/// How often an interrupt is looked for.
const PAUSE: Duration = Duration::from_millis(50);

/// Arguments of `cutroom serve`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom serve film.json
  cutroom serve film.json --listen 127.0.0.1:0 --no-token

Edits, previews and exports over HTTP and WebSocket, for several programs at once; docs/server.md says how. The address with the token is
printed. Each project is edited with its journal: what was answered is on the disk. Ctrl-C ends the server.

Files are read in the folders of the projects, in those of the files that they name when the server is started, and in --root folders only.

Exit codes: 0 ended by Ctrl-C, 1 failed, 2 usage, 3 invalid project.")]
pub struct ServeArgs {
    /// The projects to open
    #[arg(required = true)]
    pub projects: Vec<PathBuf>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7777")]
    pub listen: SocketAddr,
    /// What every request must have; without it one is made
    #[arg(long, value_name = "TEXT", conflicts_with = "no_token")]
    pub token: Option<String>,
    /// Let every program of this machine in; only on loopback
    #[arg(long)]
    pub no_token: bool,
    /// A folder whose projects may be opened, too, beside those of the projects
    #[arg(long, value_name = "FOLDER")]
    pub root: Vec<PathBuf>,
    /// Another origin whose pages may use the server
    #[arg(long, value_name = "URL")]
    pub origin: Vec<String>,
    /// Read what the projects name in their own folders and --root folders only, too
    #[arg(long)]
    pub strict: bool,
    /// Another name under which this machine may be asked, such as cutting.local
    #[arg(long, value_name = "NAME")]
    pub host: Vec<String>,
    /// A PEM file with a certificate: connections are secret (https)
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The PEM file with its key
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// A folder with a page to serve at /, such as web/dist, instead of the editor inside of the program
    #[arg(long, value_name = "FOLDER")]
    pub page: Option<PathBuf>,
    /// Serve no page
    #[arg(long, conflicts_with = "page")]
    pub no_page: bool,
    /// What renders the frames
    #[arg(long, value_enum, default_value_t)]
    pub backend: BackendArg,
    /// What decodes video; frames are the same whoever does
    #[arg(long, value_enum, default_value_t)]
    pub decode: DecodeArg,
    /// Graphics card that draws and decodes, by the number that `cutroom doctor` lists
    #[arg(long, value_name = "N|auto", default_value = "auto")]
    pub gpu: GpuArg,
    /// Worker threads; 0 means one per core
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
}

/// A server that has begun.
pub struct Served {
    /// Addresses of the projects: their pages, or their documents if no page is served.
    pub addresses: Vec<String>,
}

/// Runs a server until it is interrupted.
pub fn serve(args: &ServeArgs) -> Result<(), Failure> {
    let token = match (&args.token, args.no_token) {
        (_, true) => None,
        (Some(token), false) if token.len() >= 8 && token.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c)) => {
            Some(token.clone())
        }
        (Some(_), false) => {
            let error = ApiError::new("usage.arguments", "a token has at least 8 characters: letters, digits and - . _ ~");
            return Err(error.into());
        }
        (None, false) => Some(new_token()?),
    };
    let page = match (&args.page, args.no_page) {
        (Some(folder), _) => Some(Page::Folder(folder.clone())),
        (None, false) if has_editor() => Some(Page::Embedded),
        _ => None,
    };
    let options = ServerOptions {
        address: args.listen,
        token,
        roots: args.root.clone(),
        origins: args.origin.clone(),
        hosts: args.host.clone(),
        strict: args.strict,
        tls: args.tls_cert.clone().zip(args.tls_key.clone()).map(|(certificate, key)| TlsFiles { certificate, key }),
        page,
        backend: args.backend.into(),
        decode: args.decode.into(),
        gpu: args.gpu.0,
        threads: args.threads,
        worker: Some(super::worker_program()?),
        ..ServerOptions::default()
    };
    run(options, &args.projects, false, |_| {})
}

/// Serves projects, whose folders may be used, until it is interrupted. Their addresses are printed.
/// `moves`: another port is taken if that of the options is in use.
pub fn run(options: ServerOptions, paths: &[PathBuf], moves: bool, begun: impl FnOnce(Served)) -> Result<(), Failure> {
    let (cancel, unfinished) = interrupt::cancellation()?;
    let folder = |project: &PathBuf| {
        let parent = project.parent().filter(|p| !p.as_os_str().is_empty());
        parent.map_or_else(|| PathBuf::from("."), PathBuf::from)
    };
    let roots = paths.iter().map(folder).chain(options.roots.iter().cloned()).collect();
    let options = ServerOptions { roots, ..options };
    let projects = Arc::new(Projects::new(&options, unfinished));
    let mut opened = Vec::new();
    for path in paths {
        opened.push(projects.open_first(path).map_err(|refusal| Failure::from(refusal.errors()))?.id.clone());
    }
    let (server, options) = match Server::start(&options, Arc::clone(&projects)) {
        Err(e) if moves && e.code == "server.address" => {
            // Whoever is at the usual port may have been sent the kept token by a page that is still open.
            let address = SocketAddr::new(options.address.ip(), 0);
            let options = ServerOptions { address, token: Some(other_token()?), ..options };
            (Server::start(&options, projects)?, options)
        }
        started => (started?, options),
    };
    if options.tls.is_none() && !options.address.ip().is_loopback() {
        text::say(
            "warning: everybody between here and there can read all of this, the token too; --tls-cert and --tls-key prevent it\n",
        );
    }
    let scheme = if options.tls.is_some() { "https" } else { "http" };
    let at = server.address();
    let token = options.token.as_ref().map(|token| format!("token={token}")).unwrap_or_default();
    let address = |id: &String| match &options.page {
        Some(_) => format!("{scheme}://{at}/?project={id}&{token}"),
        None => format!("{scheme}://{at}/api/v1/projects/{id}/document?{token}"),
    };
    let addresses: Vec<String> = opened.iter().map(|id| address(id).trim_end_matches(['?', '&']).to_owned()).collect();
    addresses.iter().try_for_each(|address| super::print(&format!("{address}\n")))?;
    begun(Served { addresses });
    while !cancel.is_cancelled() {
        std::thread::sleep(PAUSE);
    }
    text::say("ending; edits that were answered are in the journals\n");
    drop(server);
    Ok(())
}
