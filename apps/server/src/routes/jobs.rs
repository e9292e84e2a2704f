//! What came out of jobs.
use super::send_file;
use crate::{
    answer::{Answer, Refusal},
    shared::Shared,
};
use axum::{
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use std::fmt::Write;

/// The file of a finished export, to be kept under its name.
pub async fn file(State(shared): State<Shared>, Path((id, job)): Path<(String, u64)>, request: Request) -> Answer<Response> {
    let missing = || {
        let message = format!("job {job} has made no file, or is not finished");
        Refusal::new(StatusCode::NOT_FOUND, "server.no_file", message)
    };
    let path = shared.projects.get(&id)?.exports.get(job).ok_or_else(missing)?;
    shared.projects.check_file(&path)?;
    if !path.is_file() {
        return Err(missing());
    }
    let mut response = send_file(&path, request).await?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if let Ok(value) = HeaderValue::from_str(&attachment(&name)) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// The header that makes a browser keep a file: with a plain name for old ones, and the right one for
/// others (RFC 6266, RFC 5987).
fn attachment(name: &str) -> String {
    let plain: String = name.chars().map(|c| if (' '..='~').contains(&c) && !"\"\\%".contains(c) { c } else { '_' }).collect();
    let mut coded = String::new();
    for byte in name.bytes() {
        // `attr-char` of RFC 5987, section 3.2.1.
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            coded.push(char::from(byte));
        } else {
            // Writing into a text cannot fail.
            let _ = write!(coded, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{coded}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_of_files_are_kept() {
        // The example of RFC 5987, section 3.2.2.
        assert_eq!(super::attachment("£ rates"), "attachment; filename=\"_ rates\"; filename*=UTF-8''%C2%A3%20rates");
        let nasty = super::attachment("a\"b\r\nX: y.mp4");
        assert!(!nasty.contains('\r') && nasty.starts_with("attachment; filename=\"a_b__X: y.mp4\";"), "{nasty}");
    }
}
