//! Sends a film to S3-compatible storage: whole if it is one chunk, else in parts that S3 puts
//! together.
//!
//! S3 takes at most 10 000 parts. The first 5000 have the size that is set, and each thousand after
//! them twice the size of the one before. So parts of 16 MiB last for about 1 TiB, and a film of
//! less than 78 GiB needs no larger ones; two parts are in memory, 1 GiB at the very end.
//! (Cloudflare's R2 wants parts of one size: there larger films need a larger size from the
//! beginning.)
use super::{
    UploadError, UploadSettings, Uploaded,
    chunks::{Chunk, Chunks},
    error::shown,
    http::{Answer, Call, Client},
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use md5::{Digest, Md5};
use rusty_s3::{
    Bucket, Credentials, S3Action,
    actions::{CompleteMultipartUploadResponse, CreateMultipartUpload},
};
use std::{fmt::Write, time::Duration};
use ureq::http::{Method, header};

/// Smallest part that S3 takes, except for the last.
pub(super) const LEAST_BYTES: usize = 5 << 20;
/// Largest part that S3 takes.
const MOST_BYTES: u64 = 5 << 30;
const MOST_PARTS: u32 = 10_000;
/// How long a signed request may be on its way.
const VALID: Duration = Duration::from_secs(3600);

/// Size in bytes of part `number` (from 1), if the first has `first`.
pub(super) fn part_bytes(first: usize, number: u32) -> usize {
    let doubled = number.saturating_sub(4001).min(MOST_PARTS - 4001) / 1000;
    let most = usize::try_from(MOST_BYTES).unwrap_or(usize::MAX);
    first.saturating_mul(1 << doubled).min(most)
}

/// An object to be stored.
#[derive(Clone, Copy)]
pub(super) struct Object<'a> {
    pub client: &'a Client,
    pub bucket: &'a Bucket,
    pub key: &'a str,
    pub credentials: &'a Credentials,
    pub settings: &'a UploadSettings,
}

/// What is stored under a key.
enum Stored {
    Nothing,
    Object {
        bytes: Option<u64>,
        etag: Option<String>,
    },
    /// The key does not allow to look.
    Unknown,
}

impl Object<'_> {
    /// Looks whether the bucket is there, and whether the object is if that must not be replaced.
    ///
    /// # Errors
    /// [`UploadError::Exists`], [`UploadError::Connection`], [`UploadError::Refused`],
    /// [`UploadError::Redirected`].
    pub fn look(self) -> Result<(), UploadError> {
        let call = || signed(self.bucket.head_bucket(Some(self.credentials)), "looking for the bucket", &[]);
        let answer = self.client.send(call, None)?;
        // Keys that may only write are told 403.
        if !answer.is_success() && !matches!(answer.status, 401 | 403 | 405 | 501) {
            let elsewhere = answer.header("x-amz-bucket-region").filter(|region| *region != self.bucket.region());
            let reason = match elsewhere {
                Some(region) => format!("the bucket is in the region {region}, not {}", self.bucket.region()),
                None if answer.status == 404 => format!("there is no bucket {}", self.bucket.name()),
                None => return Err(answer.refusal(&call())),
            };
            let (url, doing) = (self.url(), call().doing);
            return Err(UploadError::Refused { url, doing, status: answer.status, reason });
        }
        match self.settings.overwrite {
            false if matches!(self.stored()?, Stored::Object { .. }) => Err(UploadError::Exists { url: self.url() }),
            _ => Ok(()),
        }
    }

    /// Sends the film and asks for its size.
    ///
    /// # Errors
    /// Any but those of addresses.
    pub fn send(self, chunks: &Chunks) -> Result<Uploaded, UploadError> {
        let first = chunks.next()?;
        let uploaded = if first.last { self.send_whole(&first.bytes) } else { self.send_in_parts(first, chunks) }?;
        let stored = match self.stored() {
            Ok(Stored::Object { bytes: Some(bytes), .. }) => Some(bytes),
            Ok(Stored::Nothing) => None,
            // The film has been confirmed; only the question about it was not answered.
            Ok(Stored::Object { bytes: None, .. } | Stored::Unknown) | Err(_) => return Ok(uploaded),
        };
        if stored != Some(uploaded.bytes) {
            return Err(UploadError::Size { url: self.url(), sent: uploaded.bytes, stored });
        }
        Ok(Uploaded { verified: true, ..uploaded })
    }

    fn send_whole(self, bytes: &[u8]) -> Result<Uploaded, UploadError> {
        let digest = Md5::digest(bytes);
        let call = |conditional| {
            let mut headers =
                vec![(header::CONTENT_TYPE.as_str(), self.settings.content_type.clone()), ("content-md5", BASE64.encode(digest))];
            headers.extend(conditional_header(conditional));
            let mut call = signed(self.bucket.put_object(Some(self.credentials), self.key), "sending the film", &headers);
            // A key that is refused is told so before the film is sent.
            call.headers.push((header::EXPECT.as_str().to_owned(), "100-continue".to_owned()));
            call
        };
        let answer = self.send_if_absent(call, bytes)?;
        let bytes = bytes.len() as u64;
        let etag = match answer.status {
            200..=299 => answer.header("etag").map(str::to_owned),
            _ => self.is_ours_after(&answer, bytes, hex(&digest)).ok_or_else(|| self.refusal(&answer, &call(false)))?,
        };
        Ok(Uploaded { url: self.url(), bytes, parts: 1, etag, verified: false })
    }

    fn send_in_parts(self, first: Chunk, chunks: &Chunks) -> Result<Uploaded, UploadError> {
        let id = self.create()?;
        let sent = self.send_parts(&id, first, chunks);
        sent.map_err(|error| match self.abort(&id) {
            Ok(()) => error,
            Err(abort) => UploadError::Left { url: self.url(), id, abort: abort.text(), source: Box::new(error) },
        })
    }

    /// Begins an upload in parts; returns its id.
    fn create(self) -> Result<String, UploadError> {
        let headers = [(header::CONTENT_TYPE.as_str(), self.settings.content_type.clone())];
        let action = || self.bucket.create_multipart_upload(Some(self.credentials), self.key);
        let call = || signed(action(), "beginning the upload", &headers);
        let answer = self.client.send(call, Some(&[]))?;
        if !answer.is_success() {
            return Err(answer.refusal(&call()));
        }
        let created = CreateMultipartUpload::parse_response(&answer.text).map_err(|e| answer.unclear(&call(), e))?;
        Ok(created.upload_id().to_owned())
    }

    fn send_parts(self, id: &str, first: Chunk, chunks: &Chunks) -> Result<Uploaded, UploadError> {
        let (mut etags, mut digests, mut bytes) = (Vec::new(), Md5::new(), 0);
        let mut chunk = first;
        for number in 1..=MOST_PARTS {
            let digest = Md5::digest(&chunk.bytes);
            etags.push(self.send_part(id, number, &chunk.bytes, &BASE64.encode(digest))?);
            digests.update(digest);
            bytes += chunk.bytes.len() as u64;
            if chunk.last {
                let etag = self.complete(id, &etags, bytes, format!("{}-{number}", hex(&digests.finalize())))?;
                return Ok(Uploaded { url: self.url(), bytes, parts: number, etag, verified: false });
            }
            // Given back before the next one is waited for.
            drop(chunk);
            chunk = chunks.next()?;
        }
        Err(UploadError::TooLarge { url: self.url(), parts: MOST_PARTS })
    }

    /// Returns the part's ETag. The storage compares the part with its sum before it takes it.
    fn send_part(self, id: &str, number: u32, bytes: &[u8], sum: &str) -> Result<String, UploadError> {
        let headers = [("content-md5", sum.to_owned())];
        // At most 10 000.
        let part = u16::try_from(number).unwrap_or(u16::MAX);
        let action = || self.bucket.upload_part(Some(self.credentials), self.key, part, id);
        let call = || signed(action(), &format!("sending part {number}"), &headers);
        let answer = self.client.send(call, Some(bytes))?;
        if !answer.is_success() {
            return Err(answer.refusal(&call()));
        }
        answer.header("etag").map(str::to_owned).ok_or_else(|| answer.unclear(&call(), "it has no ETag"))
    }

    /// Puts the parts together; returns the ETag of the film. `expected`: what that mostly is.
    fn complete(self, id: &str, etags: &[String], bytes: u64, expected: String) -> Result<Option<String>, UploadError> {
        let action = || {
            let etags = etags.iter().map(String::as_str);
            self.bucket.complete_multipart_upload(Some(self.credentials), self.key, id, etags)
        };
        let call = |conditional| {
            let headers: Vec<_> = conditional_header(conditional).into_iter().collect();
            signed(action(), "putting the parts together", &headers)
        };
        let answer = self.send_if_absent(call, action().body().as_bytes())?;
        if !answer.is_success() {
            return self.is_ours_after(&answer, bytes, expected).ok_or_else(|| self.refusal(&answer, &call(false)));
        }
        match CompleteMultipartUploadResponse::parse(&answer.text) {
            Ok(complete) => Ok(Some(complete.etag().to_owned())),
            // S3 answers before it has put them together, and says below that it could not.
            Err(_) if answer.tag("Code").is_some() => Err(answer.refusal(&call(false))),
            Err(e) => Err(answer.unclear(&call(false), e)),
        }
    }

    /// Removes the parts that were sent.
    fn abort(self, id: &str) -> Result<(), UploadError> {
        let action = || self.bucket.abort_multipart_upload(Some(self.credentials), self.key, id);
        let call = || signed(action(), "removing the parts", &[]);
        let answer = self.client.afterwards().send(call, None)?;
        // 404: they are gone.
        if answer.is_success() || answer.status == 404 { Ok(()) } else { Err(answer.refusal(&call())) }
    }

    /// Sends a request that makes the object, with the condition that there is none, unless it may
    /// be replaced. Storage that knows no such condition says so; whether there is one was asked
    /// before.
    fn send_if_absent(self, call: impl Fn(bool) -> Call, body: &[u8]) -> Result<Answer, UploadError> {
        let conditional = !self.settings.overwrite;
        let answer = self.client.send(|| call(conditional), Some(body))?;
        if conditional && answer.status == 501 { self.client.send(|| call(false), Some(body)) } else { Ok(answer) }
    }

    /// A second try is refused if the first was not as unsuccessful as it looked. Returns the ETag
    /// if that is so, that is if the film is there.
    fn is_ours_after(self, answer: &Answer, sent: u64, expected: String) -> Option<Option<String>> {
        if answer.tried == 1 || !matches!(answer.status, 404 | 412) {
            return None;
        }
        match self.stored().ok()? {
            Stored::Object { bytes: Some(bytes), etag: Some(etag) } if bytes == sent && etag.trim_matches('"') == expected => {
                Some(Some(etag))
            }
            _ => None,
        }
    }

    fn refusal(self, answer: &Answer, call: &Call) -> UploadError {
        match answer.status {
            412 if !self.settings.overwrite => UploadError::Exists { url: self.url() },
            _ => answer.refusal(call),
        }
    }

    fn stored(self) -> Result<Stored, UploadError> {
        let call = || signed(self.bucket.head_object(Some(self.credentials), self.key), "asking for the object", &[]);
        let answer = self.client.send(call, None)?;
        Ok(match answer.status {
            200..=299 => Stored::Object {
                bytes: answer.header("content-length").and_then(|n| n.parse().ok()),
                etag: answer.header("etag").map(str::to_owned),
            },
            404 => Stored::Nothing,
            401 | 403 | 405 | 501 => Stored::Unknown,
            _ => return Err(answer.refusal(&call())),
        })
    }

    fn url(self) -> String {
        shown(&self.bucket.object_url(self.key))
    }
}

fn conditional_header(conditional: bool) -> Option<(&'static str, String)> {
    conditional.then(|| (header::IF_NONE_MATCH.as_str(), "*".to_owned()))
}

/// A request with its signature in the address; the headers are signed too.
fn signed<'a, A: S3Action<'a>>(mut action: A, doing: &str, headers: &[(&'static str, String)]) -> Call {
    for (name, value) in headers {
        action.headers_mut().insert(*name, value.clone());
    }
    let method = match A::METHOD {
        rusty_s3::Method::Head => Method::HEAD,
        rusty_s3::Method::Get => Method::GET,
        rusty_s3::Method::Post => Method::POST,
        rusty_s3::Method::Put => Method::PUT,
        rusty_s3::Method::Delete => Method::DELETE,
    };
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Call { doing: doing.to_owned(), method, url: action.sign(VALID), headers }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_grow_so_that_10_000_last() {
        let of = |number| part_bytes(16 << 20, number) >> 20;
        assert_eq!([1, 5000, 5001, 6000, 6001, 9001, 10_000, 10_001].map(of), [16, 16, 32, 32, 64, 512, 512, 512]);
        let total: u64 = (1..=MOST_PARTS).map(|n| part_bytes(16 << 20, n) as u64).sum();
        assert_eq!(total >> 30, 1046);
        assert_eq!(part_bytes(4 << 30, 9001), 5 << 30);
    }
}
