//! A server that runs: its threads, its address, its connections, its end.
use crate::{
    app::app,
    figures::Figures,
    limits::Peer,
    options::ServerOptions,
    projects::{Projects, is_over},
    tls::acceptor,
    wire_io::WireIo,
};
use axum::Router;
use cutroom_api::ApiError;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// How long open connections may go on when the server ends.
const GRACE: Duration = Duration::from_secs(3);
/// How long the beginning of TLS may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Greatest size of a head in bytes.
const MAX_HEAD_BYTES: usize = 64 << 10;
/// How many are told at the same time that there are too many connections; others are closed.
const MAX_REFUSALS: usize = 64;
/// Open files that are wanted: a few for each connection.
#[cfg(unix)]
const FILES: u64 = 16_384;
/// What a connection is told for which there is no room.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 2\r\nConnection: close\r\n\
    \r\n{\"errors\":[{\"code\":\"server.full\",\"message\":\"the server has no room for another connection\"}]}\n";

/// A running server. When it is dropped it ends: requests under way are answered, connections are
/// closed, jobs are cancelled, and the journals have what was answered.
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server for open projects.
    ///
    /// # Errors
    /// `server.token` for another address than loopback without a token, `server.address` if the
    /// address cannot be used, `server.tls`.
    pub fn start(options: &ServerOptions, projects: Arc<Projects>) -> Result<Self, ApiError> {
        if options.token.as_deref().is_none_or(str::is_empty) && !options.address.ip().is_loopback() {
            let error = ApiError::new("server.token", format!("{} is not loopback and needs a token", options.address));
            return Err(error.hint("give a token, or listen on 127.0.0.1"));
        }
        let tls = options.tls.as_ref().map(acceptor).transpose()?;
        allow_files();
        let failed = |e: io::Error| ApiError::of("server.address", &e);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
        let listener = runtime.block_on(TcpListener::bind(options.address)).map_err(|e| {
            let error = ApiError::of("server.address", &e);
            error.hint(format!("{} is in use, or not an address of this machine; port 0 takes a free one", options.address))
        })?;
        let address = listener.local_addr().map_err(failed)?;
        let (stop, stopped) = oneshot::channel();
        let room = Arc::new(Semaphore::new(options.max_connections));
        let all = u32::try_from(options.max_connections).unwrap_or(u32::MAX);
        let accepting = Accepting {
            listener,
            tls,
            routes: app(options, Arc::clone(&projects)),
            figures: Arc::clone(&projects.figures),
            room: Arc::clone(&room),
            refusals: Arc::new(Semaphore::new(MAX_REFUSALS)),
            ending: projects.ending(),
            patience: options.patience,
        };
        let run = move || {
            runtime.block_on(async move {
                tokio::select! {
                    () = accepting.run() => {}
                    // Also if the one who would stop it is gone.
                    _ = stopped => {}
                }
                projects.end();
                // All places are free when all connections are closed.
                let _ = timeout(GRACE, room.acquire_many(all)).await;
                // Their commands are carried out before the journals are closed.
                let _ = tokio::task::spawn_blocking(move || projects.close()).await;
            });
            runtime.shutdown_timeout(GRACE);
        };
        let thread = thread::Builder::new().name("server".into()).spawn(run).map_err(|e| ApiError::of("engine.thread", &e))?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

struct Accepting {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    routes: Router,
    figures: Arc<Figures>,
    room: Arc<Semaphore>,
    refusals: Arc<Semaphore>,
    ending: watch::Receiver<bool>,
    patience: Duration,
}

impl Accepting {
    /// Accepts connections for ever.
    async fn run(self) {
        loop {
            match self.listener.accept().await {
                Ok((stream, from)) => self.take(stream, from),
                Err(e) => {
                    // Too many open files, say: some will be closed.
                    tracing::warn!("a connection cannot be accepted: {e}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    fn take(&self, stream: TcpStream, from: SocketAddr) {
        // Without it small messages would only wait.
        let _ = stream.set_nodelay(true);
        let Ok(room) = Arc::clone(&self.room).try_acquire_owned() else {
            self.figures.refused.inc();
            if let (None, Ok(turn)) = (&self.tls, Arc::clone(&self.refusals).try_acquire_owned()) {
                tokio::spawn(refuse(stream, turn));
            }
            return;
        };
        let stream = WireIo::new(stream, self.patience, Arc::clone(&self.figures), room);
        let (routes, patience, ending) = (self.routes.clone(), self.patience, self.ending.clone());
        match self.tls.clone() {
            None => _ = tokio::spawn(serve(stream, routes, from, patience, ending)),
            Some(tls) => {
                tokio::spawn(async move {
                    // Who cannot begin is gone, or speaks another language.
                    if let Ok(Ok(secret)) = timeout(HANDSHAKE, tls.accept(stream)).await {
                        serve(secret, routes, from, patience, ending).await;
                    }
                });
            }
        }
    }
}

/// Answers the requests of a connection until either end closes it, or the server ends.
async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    routes: Router,
    from: SocketAddr,
    patience: Duration,
    mut ending: watch::Receiver<bool>,
) {
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(Peer(from.ip()));
        routes.clone().oneshot(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience).max_buf_size(MAX_HEAD_BYTES);
    let mut connection = std::pin::pin!(http.serve_connection(TokioIo::new(stream), service).with_upgrades());
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = is_over(&mut ending) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(e) = ended {
        tracing::debug!("a connection broke: {e}");
    }
}

/// Tells a connection that there is no room for it.
async fn refuse(mut stream: TcpStream, _turn: OwnedSemaphorePermit) {
    let telling = async {
        stream.write_all(FULL).await?;
        stream.shutdown().await?;
        // What comes is read, so that the answer is not lost with the connection.
        let mut rest = [0; 4096];
        while stream.read(&mut rest).await? > 0 {}
        io::Result::Ok(())
    };
    // It is told once; whether it hears that is its own affair.
    let _ = timeout(Duration::from_secs(1), telling).await;
}

/// Lets the process open as many files as the system allows it, up to what many connections need.
fn allow_files() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let wanted = maximum.map_or(FILES, |most| most.min(FILES));
        if current.is_some_and(|now| now < wanted) {
            // With fewer there are fewer connections.
            let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum });
        }
    }
}
