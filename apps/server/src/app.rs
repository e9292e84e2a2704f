//! The routes of a server, with what every request passes: access, limits, headers.
use crate::{
    access::Access,
    answer::Refusal,
    limits::{self, Limits},
    openapi,
    options::ServerOptions,
    page,
    projects::Projects,
    routes::table::routes,
    shared::Shared,
};
use axum::{
    Router,
    body::{HttpBody, to_bytes},
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use std::{sync::Arc, time::Instant};
use tower_http::{
    cors::{AllowOrigin, CorsLayer},
    set_header::SetResponseHeaderLayer,
};

/// The routes of a server.
pub fn app(options: &ServerOptions, projects: Arc<Projects>) -> Router {
    let access = Arc::new(Access::new(options));
    let shared = Shared {
        projects,
        access: Arc::clone(&access),
        limits: Arc::new(Limits::new(options)),
        drawing: Arc::new(tokio::sync::Semaphore::new(2)),
        waveforms: Arc::default(),
        machine: Arc::default(),
        openapi: Arc::new(openapi::document()),
    };
    let mut api = Router::new();
    for route in routes() {
        let mut serving = (route.serve)();
        if route.is_costly {
            serving = serving.layer(middleware::from_fn_with_state(shared.clone(), costly));
        }
        api = api.route(route.path, serving);
    }
    let api = api
        .fallback(|| async { Refusal::new(StatusCode::NOT_FOUND, "server.route", "there is no such address") })
        .layer(middleware::from_fn_with_state(shared.clone(), checked))
        .layer(DefaultBodyLimit::max(options.max_body_bytes))
        .layer(middleware::from_fn_with_state(shared.clone(), counted));
    let origins: Vec<HeaderValue> = access.origins().iter().filter_map(|origin| origin.parse().ok()).collect();
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::RANGE, HeaderName::from_static("upload-offset")])
        .expose_headers([header::CONTENT_RANGE, header::ACCEPT_RANGES, header::RETRY_AFTER]);
    // Shared memory of the page's threads needs the first three.
    let isolated = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::overriding(HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    // A medium that is opened as a page must not act as the editor.
    let api = api.layer(isolated("content-security-policy", "default-src 'none'; sandbox"));
    let mut whole = Router::new().nest("/api/v1", api);
    if let Some(page) = &options.page {
        whole = whole.fallback_service(page::service(page));
    }
    whole
        .layer(cors)
        .layer(middleware::from_fn_with_state(shared.clone(), for_this_server))
        .layer(isolated("cross-origin-opener-policy", "same-origin"))
        .layer(isolated("cross-origin-embedder-policy", "require-corp"))
        .layer(isolated("cross-origin-resource-policy", "same-origin"))
        .layer(isolated("x-content-type-options", "nosniff"))
        .layer(isolated("referrer-policy", "no-referrer"))
        .with_state(shared)
}

async fn for_this_server(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    match shared.access.check_host(request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Lets costly requests of an address through as often as its budget allows, a few at a time.
async fn costly(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    match shared.limits.turn(limits::from(&request)).await {
        Ok(_turn) => next.run(request).await,
        Err(refused) => refused,
    }
}

/// Counts a request and times its answer.
async fn counted(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PATCH, Method::DELETE, Method::OPTIONS];
    let method = known.into_iter().find(|method| method == request.method());
    let response = next.run(request).await;
    let method = method.as_ref().map_or("other", Method::as_str);
    shared.projects.figures.note_request(&route, method, response.status().as_u16(), begun.elapsed());
    response
}

async fn checked(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let from = limits::from(&request);
    let guesses = shared.limits.check_guesses(from);
    let allowed = shared.access.check(request.uri(), request.headers());
    // Any page in a browser of this machine can send wrong tokens from here: they must not lock out its user.
    if let (Err(refused), false) = (guesses, from.is_loopback() && allowed.is_ok()) {
        return refused;
    }
    match allowed {
        Ok(()) => {
            let kept = shared.limits.kept_bytes(&request);
            match shared.limits.body_room(kept).await {
                Ok(_room) => as_errors(next.run(limits::timed(request, shared.limits.patience)).await).await,
                Err(refused) => refused,
            }
        }
        Err(refusal) => {
            if Access::has_some(request.uri(), request.headers()) {
                shared.limits.note_guess(from);
            }
            refusal.into_response()
        }
    }
}

/// What the library refuses in plain words, or without any, is said as all errors are.
async fn as_errors(response: Response) -> Response {
    let status = response.status();
    let is_plain = response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let is_short = response.body().size_hint().upper().is_some_and(|bytes| bytes < 4096);
    if !(status.is_client_error() || status.is_server_error()) || !is_plain || !is_short {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let words = to_bytes(body, 4096).await.unwrap_or_default();
    let words = String::from_utf8_lossy(&words).into_owned();
    let (code, usual) = match status {
        StatusCode::METHOD_NOT_ALLOWED => ("server.method", "this address has no such method"),
        StatusCode::PAYLOAD_TOO_LARGE => ("server.too_large", "the body is too large"),
        StatusCode::RANGE_NOT_SATISFIABLE => ("server.request", "the file has no such range"),
        _ => ("server.request", "the request cannot be understood"),
    };
    let refused = Refusal::new(status, code, if words.is_empty() { usual.to_owned() } else { words }).into_response();
    let (of_refused, body) = refused.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.extend(of_refused.headers);
    Response::from_parts(parts, body)
}
