//! Errors of uploading a film.
use std::{error::Error, fmt::Write};
use url::Url;

/// An error of an upload. Addresses in it are without user name, password and query, which may be
/// secret.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The text is not an address that can be uploaded to.
    #[error("{url}: not an address to upload to: {reason}")]
    Address {
        /// The text.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no key for the storage.
    #[error("{url}: no key for it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write ~/.aws/credentials")]
    Credentials {
        /// The address.
        url: String,
    },
    /// The system knows no certificate authority, so no server can be trusted.
    #[error("{url}: no certificates of authorities were found on this system{reason}")]
    Certificates {
        /// The address.
        url: String,
        /// Why they could not be read; empty if there are none.
        reason: String,
    },
    /// A request was not answered, or the connection broke.
    #[error("{url}: {doing} failed")]
    Connection {
        /// The address.
        url: String,
        /// What the request was for.
        doing: String,
        /// The cause.
        source: Box<ureq::Error>,
    },
    /// The server refused a request.
    #[error("{url}: {doing} was refused with status {status}{}{reason}", if reason.is_empty() { "" } else { ": " })]
    Refused {
        /// The address.
        url: String,
        /// What the request was for.
        doing: String,
        /// The HTTP status.
        status: u16,
        /// What the server said.
        reason: String,
    },
    /// The server names another address. A film is not sent on to one that nobody has chosen.
    #[error("{url}: the server sends {doing} on to {to} (status {status}); upload to that address")]
    Redirected {
        /// The address.
        url: String,
        /// What the request was for.
        doing: String,
        /// The HTTP status.
        status: u16,
        /// The other address.
        to: String,
    },
    /// There is a file at the address, and it must not be replaced.
    #[error("{url}: there is a file already; it is only replaced if that is asked for")]
    Exists {
        /// The address.
        url: String,
    },
    /// An answer cannot be understood.
    #[error("{url}: the answer to {doing} (status {status}) cannot be understood: {reason}")]
    Answer {
        /// The address.
        url: String,
        /// What the request was for.
        doing: String,
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        reason: String,
    },
    /// What is stored has not the size of what was sent.
    #[error("{url}: {sent} bytes were sent, but {} are stored", stored.map_or_else(|| "none".to_owned(), |n| n.to_string()))]
    Size {
        /// The address.
        url: String,
        /// Number of bytes sent.
        sent: u64,
        /// Number of bytes stored; `None` if there is nothing.
        stored: Option<u64>,
    },
    /// The film needs more parts than S3 allows.
    #[error("{url}: the film is too large for parts of this size: more than {parts} are needed; choose larger ones")]
    TooLarge {
        /// The address.
        url: String,
        /// The most parts there may be.
        parts: u32,
    },
    /// The upload failed, and the parts that were sent could not be removed from the bucket.
    #[error("{url}: parts of the film are left in the bucket, as upload {id}: {abort}")]
    Left {
        /// The address.
        url: String,
        /// The id of the upload in parts, which can be aborted with it.
        id: String,
        /// Why they could not be removed.
        abort: String,
        /// Why the upload failed.
        source: Box<UploadError>,
    },
    /// The thread that sends could not be started.
    #[error("{url}: no thread for sending")]
    Thread {
        /// The address.
        url: String,
        /// The cause.
        source: std::io::Error,
    },
    /// The upload was broken off before the film was complete.
    #[error("{url}: the upload was broken off")]
    Aborted {
        /// The address.
        url: String,
    },
}

impl UploadError {
    /// The message with those of its causes.
    pub fn text(&self) -> String {
        let mut text = self.to_string();
        let mut source = self.source();
        while let Some(cause) = source {
            // Writing to a string does not fail.
            let _ = write!(text, ": {cause}");
            source = cause.source();
        }
        text
    }
}

/// An address without user name, password, query and fragment.
pub(super) fn shown(url: &Url) -> String {
    shown_text(url.as_str())
}

/// Like [`shown`], of a text that may be no address.
pub(super) fn shown_text(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let cases = [
            ("https://me:pass@host:8443/a/b.mp4?X-Amz-Signature=1#x", "https://host:8443/a/b.mp4"),
            ("https://host?token=1", "https://host"),
            ("https://me:p@ss@host", "https://host"),
            ("no address?token=1", "no address"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown_text(text), expected);
        }
        let source = Box::new(ureq::Error::HostNotFound);
        let error = UploadError::Connection { url: "http://a/b".into(), doing: "sending the film".into(), source };
        assert_eq!(error.text(), "http://a/b: sending the film failed: host not found");
    }
}
