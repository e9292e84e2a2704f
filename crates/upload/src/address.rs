//! Addresses that films are uploaded to.
use super::{S3Settings, UploadError, error::shown, error::shown_text};
use rusty_s3::{Bucket, BucketError, Credentials, UrlStyle};
use std::fmt;
use url::Url;

/// Region of a bucket if none is set.
const REGION: &str = "us-east-1";

/// Where a film is uploaded to.
#[derive(Clone)]
pub enum Destination {
    /// An `http:` or `https:` address that takes PUT requests. A user name and a password in it are
    /// sent.
    Put(Url),
    /// An object in S3-compatible storage.
    S3 {
        /// The bucket, with endpoint, region and how addresses are formed.
        bucket: Bucket,
        /// The object's key.
        key: String,
        /// The key to the storage, which signs requests.
        credentials: Credentials,
    },
}

impl Destination {
    /// Reads `http://…`, `https://…` or `s3://bucket/key`; `None` if the text is none of these. The
    /// key of an object is taken as it is written, without decoding.
    ///
    /// # Errors
    /// [`UploadError::Address`], and [`UploadError::Credentials`] for S3 without any.
    pub fn parse(text: &str, settings: &S3Settings) -> Option<Result<Self, UploadError>> {
        let (scheme, rest) = text.split_once("://")?;
        match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => Some(Url::parse(text).map(Self::Put).map_err(|e| wrong(text, e))),
            "s3" => Some(s3(text, rest, settings)),
            _ => None,
        }
    }

    /// Its address without user name, password and query. Of an object: the address of its
    /// endpoint.
    pub fn shown(&self) -> String {
        shown(&self.url())
    }

    pub(super) fn url(&self) -> Url {
        match self {
            Self::Put(url) => url.clone(),
            Self::S3 { bucket, key, .. } => bucket.object_url(key),
        }
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Destination({})", self.shown())
    }
}

fn s3(text: &str, rest: &str, settings: &S3Settings) -> Result<Destination, UploadError> {
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    let in_names = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if bucket.is_empty() || !bucket.chars().all(in_names) || bucket.starts_with('.') {
        return Err(wrong(text, "it names no bucket"));
    }
    if key.is_empty() || key.ends_with('/') {
        return Err(wrong(text, "it names no file in the bucket"));
    }
    // In the address they would be taken for folders and resolved.
    if key.split('/').any(|name| name == "." || name == "..") {
        return Err(wrong(text, "no part of it may be . or .."));
    }
    let region = settings.region.clone().unwrap_or_else(|| REGION.to_owned());
    // Certificates are for one name before the endpoint's, and endpoints of one's own are often
    // numbers.
    let fits_host = !bucket.contains(['.', '_']) && !bucket.contains(|c: char| c.is_ascii_uppercase());
    let (endpoint, style) = match &settings.endpoint {
        Some(endpoint) => (Url::parse(endpoint).map_err(|e| wrong(endpoint, e))?, UrlStyle::Path),
        None => (amazon(&region).map_err(|e| wrong(text, e))?, if fits_host { UrlStyle::VirtualHost } else { UrlStyle::Path }),
    };
    let style = settings.style.unwrap_or(style);
    let bucket = Bucket::new(endpoint, style, bucket.to_owned(), region).map_err(|e| match e {
        BucketError::ParseError(e) => wrong(text, e),
        BucketError::UnsupportedScheme | BucketError::MissingHost => wrong(text, "its endpoint is no http or https address"),
    })?;
    let missing = || UploadError::Credentials { url: shown(&bucket.object_url(key)) };
    let credentials = settings.credentials.clone().ok_or_else(missing)?;
    Ok(Destination::S3 { bucket, key: key.to_owned(), credentials })
}

fn amazon(region: &str) -> Result<Url, url::ParseError> {
    let country = if region.starts_with("cn-") { ".cn" } else { "" };
    Url::parse(&format!("https://s3.{region}.amazonaws.com{country}"))
}

fn wrong(text: &str, reason: impl ToString) -> UploadError {
    UploadError::Address { url: shown_text(text), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_paths() {
        let own = S3Settings { credentials: Some(Credentials::new("id", "secret")), ..S3Settings::default() };
        let shown = |text| Destination::parse(text, &own).map(|d| d.map(|d| d.shown()).map_err(|e| e.to_string()));
        for path in ["film.mp4", "/tmp/film.mp4", "C:\\film.mp4", "ftp://host/film.mp4", "a:b"] {
            assert!(shown(path).is_none(), "{path}");
        }
        let right = [
            ("http://host/film.mp4?token=1", "http://host/film.mp4"),
            ("HTTPS://me:pass@host/film.mp4", "https://host/film.mp4"),
            ("s3://films/a/b c.mp4", "https://films.s3.us-east-1.amazonaws.com/a/b%20c.mp4"),
            ("s3://films.old/b.mp4", "https://s3.us-east-1.amazonaws.com/films.old/b.mp4"),
        ];
        for (text, expected) in right {
            assert_eq!(shown(text).unwrap().unwrap(), expected);
        }
        for text in
            ["http://", "s3://", "s3:///film.mp4", "s3://films", "s3://films/", "s3://films/a/", "s3://films/../a", "s3://f@b/a"]
        {
            assert!(shown(text).unwrap().unwrap_err().contains("not an address"), "{text}");
        }
        let none = Destination::parse("s3://films/a.mp4", &S3Settings::default()).unwrap();
        assert!(none.unwrap_err().to_string().contains("AWS_ACCESS_KEY_ID"));
    }

    #[test]
    fn settings_form_the_address() {
        let credentials = Some(Credentials::new("id", "secret"));
        let endpoint = Some("http://127.0.0.1:9000".to_owned());
        let own = S3Settings { endpoint, credentials: credentials.clone(), ..S3Settings::default() };
        let of = |settings: &S3Settings| Destination::parse("s3://films/a.mp4", settings).unwrap().unwrap().shown();
        assert_eq!(of(&own), "http://127.0.0.1:9000/films/a.mp4");
        let wrong = S3Settings { endpoint: Some("127.0.0.1:9000".into()), ..own };
        let error = Destination::parse("s3://films/a.mp4", &wrong).unwrap().unwrap_err();
        assert!(error.to_string().starts_with("127.0.0.1:9000: not an address"), "{error}");
        let china = S3Settings { region: Some("cn-north-1".into()), credentials, ..S3Settings::default() };
        assert_eq!(of(&china), "https://films.s3.cn-north-1.amazonaws.com.cn/a.mp4");
        let path = S3Settings { style: Some(UrlStyle::Path), ..china };
        assert_eq!(of(&path), "https://s3.cn-north-1.amazonaws.com.cn/films/a.mp4");
    }
}
