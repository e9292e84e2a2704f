//! Streams a film to an HTTP address (PUT) or to S3-compatible storage while it is rendered,
//! without a file and in constant memory.
//!
//! ```text
//! muxer ── UploadWriter ──(one chunk at a time)── thread ── server
//!          fills a chunk                          sends the chunk before it
//! ```
//!
//! The writer blocks while the thread has not taken its chunk, so that there are never more than
//! two: memory is bounded by twice the largest chunk. A chunk is handed over when another byte
//! follows it, and the last one by [`Upload::finish`]; so the thread knows of each whether more
//! comes. Nothing appears under the address before that: an [`Upload`] that is dropped breaks off
//! the request, or aborts the upload of S3.
//!
//! Not done: the film cannot be written at other places than its end, so its format must be one
//! that needs no going back; a PUT that fails in the middle cannot be repeated; credentials are
//! read from variables and files, not from the metadata services of clouds.
#![forbid(unsafe_code)]

mod address;
mod chunks;
mod error;
mod http;
mod put;
mod s3;
mod settings;
mod writer;

pub use self::{
    address::Destination,
    error::UploadError,
    settings::{S3Settings, UploadSettings},
    writer::{Upload, UploadWriter, begin},
};
pub use rusty_s3::{Bucket, Credentials, UrlStyle};

/// What was uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// Where it is, without user name, password and query.
    pub url: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Number of requests that it was sent in.
    pub parts: u32,
    /// The server's mark of its content, as the server wrote it (mostly in quotes).
    pub etag: Option<String>,
    /// Whether the server has confirmed the size: always asked of S3, where the key may not allow
    /// it.
    pub verified: bool,
}
