//! The editor's page: the one inside of the program, or a folder.
use crate::{answer::Refusal, options::Page};
use axum::{
    Router,
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};
use tower_http::{compression::CompressionLayer, services::ServeDir, set_header::SetResponseHeaderLayer};

/// What `npm run build` made. A program for development reads the folder when it runs.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Embedded;

/// Names of files there contain a hash of what is in them.
const HASHED: &str = "/assets/";
/// The page runs its own scripts only, and talks to its own server only.
const POLICY: &str = "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; \
    connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Whether this program has the editor's page inside.
pub fn has_editor() -> bool {
    Embedded::get("index.html").is_some()
}

/// Serves a page for all addresses that nothing else has. The page itself is no secret: what it shows
/// needs the token.
pub fn service(page: &Page) -> Router {
    let files = match page {
        Page::Folder(folder) => Router::new().fallback_service(ServeDir::new(folder)),
        Page::Embedded => Router::new().fallback(embedded),
    };
    let policy = HeaderName::from_static("content-security-policy");
    files
        .layer(middleware::from_fn(kept))
        .layer(SetResponseHeaderLayer::overriding(policy, HeaderValue::from_static(POLICY)))
        .layer(CompressionLayer::new().gzip(true))
}

/// A file of the page that is inside of the program.
async fn embedded(uri: Uri) -> Response {
    let name = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    match Embedded::get(name) {
        Some(EmbeddedFile { data, metadata }) => {
            let kind = content_type(name);
            let tag: String = metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
            ([(header::CONTENT_TYPE, kind.to_owned()), (header::ETAG, format!("\"{tag}\""))], Body::from(data.into_owned()))
                .into_response()
        }
        None => Refusal::new(StatusCode::NOT_FOUND, "server.route", "there is no such address").into_response(),
    }
}

/// The type of a file that Vite writes.
fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

/// Says how long browsers may keep a file: those whose names have a hash for ever, others are asked for
/// again.
async fn kept(request: axum::extract::Request, next: Next) -> Response {
    let is_hashed = request.uri().path().starts_with(HASHED);
    let mut response = next.run(request).await;
    if response.status().is_success() {
        let value = if is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
    }
    response
}
