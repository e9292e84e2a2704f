//! Sends a film in one PUT request, in pieces as they come.
use super::{
    UploadError, UploadSettings, Uploaded,
    chunks::Chunks,
    error::shown,
    http::{Call, Client},
};
use std::io::{self, Read};
use ureq::{
    SendBody,
    http::{Method, header},
};
use url::Url;

/// Servers give up requests whose body stops for long, so it is sent in small chunks.
pub(super) const MOST_BYTES: usize = 1 << 20;

/// Looks whether something is at the address. Servers that cannot be asked, or that allow only PUT,
/// are asked again with the film, by a condition in its request.
///
/// # Errors
/// [`UploadError::Exists`], [`UploadError::Redirected`], [`UploadError::Connection`];
/// [`UploadError::Refused`] if the server is out of order.
pub(super) fn look(client: &Client, url: &Url, settings: &UploadSettings) -> Result<(), UploadError> {
    if settings.overwrite {
        return Ok(());
    }
    let call = || {
        let (url, headers) = (url.clone(), settings.headers.clone());
        Call { doing: "asking for the address".into(), method: Method::HEAD, url, headers }
    };
    let answer = client.send(call, None)?;
    match answer.status {
        200..=299 => Err(UploadError::Exists { url: shown(url) }),
        400..=499 | 501 => Ok(()),
        _ => Err(answer.refusal(&call())),
    }
}

/// Sends a film and waits for the answer.
///
/// # Errors
/// [`UploadError::Exists`], [`UploadError::Redirected`], [`UploadError::Connection`],
/// [`UploadError::Refused`], [`UploadError::Answer`] and [`UploadError::Aborted`].
pub(super) fn send(client: &Client, url: &Url, settings: &UploadSettings, chunks: &Chunks) -> Result<Uploaded, UploadError> {
    let first = chunks.next()?;
    let whole = first.last.then_some(first.bytes.len());
    let mut film = Film { chunks, rest: io::Cursor::new(first.bytes), last: first.last, bytes: 0, begun: false };
    let mut headers = settings.headers.clone();
    let mut add = |name: header::HeaderName, value: &str| headers.push((name.as_str().to_owned(), value.to_owned()));
    add(header::CONTENT_TYPE, &settings.content_type);
    // A server that refuses says so before the film is sent, and a whole film is not read for it.
    add(header::EXPECT, "100-continue");
    if !settings.overwrite {
        add(header::IF_NONE_MATCH, "*");
    }
    if let Some(bytes) = whole {
        add(header::CONTENT_LENGTH, &bytes.to_string());
    }
    let mut call = Call { doing: "sending the film".into(), method: Method::PUT, url: url.clone(), headers };
    let answer = client.repeat(|| {
        let mut answer = client.once(&call, SendBody::from_reader(&mut film));
        if !film.begun && answer.as_ref().is_ok_and(|answer| answer.status == 417) {
            call.headers.retain(|(name, _)| name != header::EXPECT.as_str());
            answer = client.once(&call, SendBody::from_reader(&mut film));
        }
        (answer, !film.begun)
    })?;
    match answer.status {
        200..=299 if film.is_sent() => Ok(Uploaded {
            url: shown(url),
            bytes: film.bytes,
            parts: 1,
            etag: answer.header("etag").map(str::to_owned),
            verified: false,
        }),
        200..=299 => Err(answer.unclear(&call, "it came before the end of the film")),
        412 if !settings.overwrite => Err(UploadError::Exists { url: shown(url) }),
        _ => Err(without_length(answer.refusal(&call), whole.is_some())),
    }
}

/// Says what may be the reason when a server wants to know a film's length first.
fn without_length(error: UploadError, known: bool) -> UploadError {
    match error {
        UploadError::Refused { url, doing, status: status @ (411 | 501), reason } if !known => {
            let hint = "it may take no film whose length is not known before (chunked transfer encoding)";
            let reason = if reason.is_empty() { hint.to_owned() } else { format!("{reason}; {hint}") };
            UploadError::Refused { url, doing, status, reason }
        }
        error => error,
    }
}

/// A film to be read while it is made.
struct Film<'a> {
    chunks: &'a Chunks,
    rest: io::Cursor<Vec<u8>>,
    /// Whether `rest` is of the last chunk.
    last: bool,
    /// Number of bytes read.
    bytes: u64,
    /// Whether it was read from, so that its beginning may be gone.
    begun: bool,
}

impl Film<'_> {
    fn is_sent(&self) -> bool {
        self.last && self.rest.position() == self.rest.get_ref().len() as u64
    }
}

impl Read for Film<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.begun = true;
        loop {
            let n = self.rest.read(buf)?;
            self.bytes += n as u64;
            if n > 0 || self.last || buf.is_empty() {
                return Ok(n);
            }
            // Given back before the next one is waited for.
            self.rest = io::Cursor::default();
            let next = self.chunks.next().map_err(io::Error::other)?;
            (self.rest, self.last) = (io::Cursor::new(next.bytes), next.last);
        }
    }
}
