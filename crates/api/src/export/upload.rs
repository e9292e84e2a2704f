//! Exports to addresses: the film is sent while it is made.
use super::{
    ExportReport, ExportRequest,
    asked::Asked,
    prepared::Prepared,
    supervisor::{Watch, supervise},
    template,
};
use crate::{ApiError, formats::can_stream, session::Session};
use cutroom_types::CancelToken;
use cutroom_upload::{Destination, S3Settings, Upload, UploadSettings, UploadWriter, Uploaded, begin};
use std::{
    fmt,
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// How a film is sent to an address.
#[derive(Clone, Default, PartialEq)]
pub struct UploadOptions {
    /// Headers that are sent to HTTP addresses, for example `Authorization`.
    pub headers: Vec<(String, String)>,
    /// Size of the pieces in bytes; `None`: 16 MiB. Twice as much is in memory.
    pub chunk_bytes: Option<usize>,
}

impl fmt::Debug for UploadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers are mostly secret.
        write!(f, "UploadOptions({} headers, {:?})", self.headers.len(), self.chunk_bytes)
    }
}

/// Whether a text is an address that films can be sent to: `http://`, `https://` or `s3://`.
pub fn is_address(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|scheme| matches!(scheme.as_str(), "http" | "https" | "s3"))
}

/// The file name that an address ends with, without what is behind a question mark.
pub fn name_in_address(address: &str) -> PathBuf {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    PathBuf::from(path.rsplit('/').next().unwrap_or_default())
}

/// Renders a project and sends it to `address`, an HTTP address that takes PUT, or `s3://bucket/key`, whose
/// storage and key are found as Amazon's tools find them. The request's output is a name that says the
/// container. Containers that can be streamed are sent while they are made, in this process; others, and
/// those made in segments, are made as a temporary file first, in processes as `watch` says.
///
/// # Errors
/// As [`super::export`], `usage.address`, `usage.exists`, and codes that begin with `upload`. After an error
/// there is nothing at the address that was not there before.
pub fn export_to_address(
    session: &Session,
    request: &ExportRequest,
    address: &str,
    options: &UploadOptions,
    watch: Watch,
) -> Result<ExportReport, Vec<ApiError>> {
    let one = |e: ApiError| vec![e];
    let name = request.output.clone().unwrap_or_else(|| name_in_address(address));
    let extension = name.extension().unwrap_or_default().to_string_lossy().into_owned();
    let container = cutroom_media::write::container_for_path(&name);
    if container.is_some_and(|c| c.muxer.is_none() || c.is_package()) {
        let message = format!("{}: it consists of many files, and an address takes one", name.display());
        return Err(one(
            ApiError::new("usage.address", message).hint("export it to a folder and send that, or choose another container")
        ));
    }
    let filled = template::filled(Path::new(address), session, request).map_err(one)?;
    let address = filled.to_str().unwrap_or(address);
    let destination = Destination::parse(address, &S3Settings::from_env(|name| std::env::var(name).ok()));
    let destination = match destination {
        Some(parsed) => parsed.map_err(|e| one(e.into()))?,
        None => return Err(one(ApiError::new("usage.address", format!("{address}: no address that films can be sent to")))),
    };
    let shown = destination.shown();
    let usual = UploadSettings::default();
    let settings = UploadSettings {
        chunk_bytes: options.chunk_bytes.unwrap_or(usual.chunk_bytes),
        headers: options.headers.clone(),
        content_type: media_type(&extension).into(),
        overwrite: request.overwrite,
        ..usual
    };
    let start = || begin(destination, settings).map_err(|e| one(e.into()));
    let streams = can_stream(&extension) && request.jobs.is_none() && request.segment_secs.is_none() && !request.verify;
    let (mut report, uploaded) = match streams {
        true => {
            // A name that no file has, under which messages speak of it.
            let output = Some(PathBuf::from(&shown).with_extension(&extension));
            let asked = Asked::new(session, &ExportRequest { output, ..request.clone() }).map_err(one)?;
            let prepared = Prepared::new(session, &asked.request, watch.cancel)?;
            let (writer, upload) = start()?;
            let made = prepared.make(Some(Box::new(writer)), watch.cancel, watch.unfinished, watch.progress).map_err(one)?;
            (prepared.outline.report_all(&asked, &made), finish(upload)?)
        }
        false => {
            let folder = tempfile::Builder::new().prefix("cutroom-").tempdir().map_err(|e| one(temporary(&e)))?;
            let request = ExportRequest { output: Some(folder.path().join(&name)), ..request.clone() };
            super::check(session, &request)?;
            let asked = Asked::new(session, &request).map_err(one)?;
            // Before the work: a server that refuses says so now.
            let (mut writer, upload) = start()?;
            let cancel = watch.cancel;
            let report = supervise(session, &asked, None, watch)?;
            let film = report.output.clone().unwrap_or_default();
            let sent = send(&film, &mut writer, cancel).map_err(one).and_then(|()| finish(upload));
            // What was rendered is not lost because a server refuses it.
            let sent = sent.map_err(|mut errors| {
                let _ = folder.keep();
                if let Some(error) = errors.first_mut() {
                    error.hint = Some(format!("the finished film is kept as {}", film.display()));
                }
                errors
            });
            (report, sent?)
        }
    };
    report.bytes = Some(uploaded.bytes);
    report.output = Some(PathBuf::from(shown));
    Ok(report)
}

fn temporary(e: &io::Error) -> ApiError {
    ApiError::new("export.folder", format!("cannot make or read a temporary file: {e}"))
}

fn send(file: &Path, to: &mut UploadWriter, cancel: &CancelToken) -> Result<(), ApiError> {
    let mut file = File::open(file).map_err(|e| temporary(&e))?;
    let mut piece = vec![0; 1 << 20];
    loop {
        if cancel.is_cancelled() {
            return Err(ApiError::new("export.cancelled", "stopped while the finished film was sent"));
        }
        let bytes = file.read(&mut piece).map_err(|e| temporary(&e))?;
        if bytes == 0 {
            return Ok(());
        }
        to.write_all(piece.get(..bytes).unwrap_or_default()).map_err(|e| ApiError::new("upload.aborted", e.to_string()))?;
    }
}

fn finish(upload: Upload) -> Result<Uploaded, Vec<ApiError>> {
    upload.finish().map_err(|e| vec![e.into()])
}

/// What servers and browsers call the contents of a file.
fn media_type(extension: &str) -> &'static str {
    match extension.to_ascii_lowercase().as_str() {
        "mp4" | "m4v" => "video/mp4",
        "m4a" => "audio/mp4",
        "mov" => "video/quicktime",
        "mkv" => "video/x-matroska",
        "mka" => "audio/x-matroska",
        "webm" => "video/webm",
        "ts" => "video/mp2t",
        "avi" => "video/x-msvideo",
        "wav" => "audio/wav",
        "flac" => "audio/flac",
        "mp3" => "audio/mpeg",
        "aac" => "audio/aac",
        "ogg" | "opus" => "audio/ogg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_files() {
        assert!(is_address("S3://films/a.mp4") && is_address("https://host/a.mp4?x=1"));
        assert!(!is_address("a.mp4") && !is_address("file:///a.mp4") && !is_address("C:\\films\\a.mp4"));
        assert_eq!(name_in_address("https://host/films/a.mp4?token=a/b"), Path::new("a.mp4"));
        assert_eq!(name_in_address("s3://films/b.mkv"), Path::new("b.mkv"));
    }
}
