//! A server that runs: its threads, its address, its end.
use crate::{app::app, options::ServerOptions, projects::Projects};
use cutroom_api::ApiError;
use std::{
    net::SocketAddr,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};
use tokio::sync::oneshot;

/// How long open connections may go on when the server ends.
const GRACE: Duration = Duration::from_secs(3);

/// A running server. When it is dropped it ends: connections are closed, jobs are cancelled, and the
/// journals have what was answered.
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
    /// address cannot be used.
    pub fn start(options: &ServerOptions, projects: Arc<Projects>) -> Result<Self, ApiError> {
        if options.token.is_none() && !options.address.ip().is_loopback() {
            let error = ApiError::new("server.token", format!("{} is not loopback and needs a token", options.address));
            return Err(error.hint("give a token, or listen on 127.0.0.1"));
        }
        let failed = |e: std::io::Error| ApiError::of("server.address", &e);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind(options.address)).map_err(|e| {
            let error = ApiError::of("server.address", &e);
            error.hint(format!("{} is in use, or not an address of this machine; port 0 takes a free one", options.address))
        })?;
        let address = listener.local_addr().map_err(failed)?;
        let (stop, stopped) = oneshot::channel();
        let routes = app(options, Arc::clone(&projects));
        let run = move || {
            runtime.block_on(async move {
                let (end, ended) = oneshot::channel::<()>();
                let serving = axum::serve(listener, routes).with_graceful_shutdown(async move {
                    let _ = stopped.await;
                    let _ = end.send(());
                });
                tokio::select! {
                    _ = serving => {}
                    // Views would go on for ever.
                    _ = async { let _ = ended.await; tokio::time::sleep(GRACE).await } => {}
                }
            });
            runtime.shutdown_timeout(GRACE);
            projects.close();
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
