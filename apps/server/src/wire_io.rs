//! A connection that gives up when the other end takes nothing for long, and counts its bytes. What it
//! holds is freed with it, also after it has become a WebSocket.
use crate::figures::Figures;
use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::OwnedSemaphorePermit,
    time::Sleep,
};

/// A connection.
pub struct WireIo<T> {
    inner: T,
    /// Runs while a write waits.
    stalled: Option<Pin<Box<Sleep>>>,
    /// How long the other end may take nothing while something waits to be sent.
    patience: Duration,
    figures: Arc<Figures>,
    _room: OwnedSemaphorePermit,
}

impl<T> WireIo<T> {
    /// A connection that takes the place of `room` as long as it is open.
    pub fn new(inner: T, patience: Duration, figures: Arc<Figures>, room: OwnedSemaphorePermit) -> Self {
        figures.connections.inc();
        Self { inner, stalled: None, patience, figures, _room: room }
    }

    /// Passes on the result of a write, or that it has waited too long.
    fn timed<R>(&mut self, result: Poll<io::Result<R>>, context: &mut Context<'_>) -> Poll<io::Result<R>> {
        if result.is_ready() {
            self.stalled = None;
            return result;
        }
        let patience = self.patience;
        let sleep = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(sleep.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the other end takes nothing")))
    }
}

impl<T> Drop for WireIo<T> {
    fn drop(&mut self) {
        self.figures.connections.dec();
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for WireIo<T> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.inner).poll_read(context, buffer);
        self.figures.received_bytes.inc_by((buffer.filled().len() - before) as u64);
        result
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for WireIo<T> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write(context, bytes);
        let result = self.timed(result, context);
        if let Poll::Ready(Ok(n)) = result {
            self.figures.sent_bytes.inc_by(n as u64);
        }
        result
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        let result = self.timed(result, context);
        if let Poll::Ready(Ok(n)) = result {
            self.figures.sent_bytes.inc_by(n as u64);
        }
        result
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_flush(context);
        self.timed(result, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_shutdown(context);
        self.timed(result, context)
    }
}
