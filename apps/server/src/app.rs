//! The routes of a server, with what every request passes: access, limits, headers.
use crate::{access::Access, answer::Refusal, options::ServerOptions, page, projects::Projects, routes, shared::Shared, socket};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use std::sync::Arc;
use tower_http::{
    cors::{AllowOrigin, CorsLayer},
    set_header::SetResponseHeaderLayer,
};

/// The routes of a server.
pub fn app(options: &ServerOptions, projects: Arc<Projects>) -> Router {
    let access = Arc::new(Access::new(options.token.clone(), options.origins.clone()));
    let shared = Shared { projects, access: Arc::clone(&access), drawing: Arc::new(tokio::sync::Semaphore::new(2)) };
    let of_project = Router::new()
        .route("/document", get(routes::project::document))
        .route("/commands", post(routes::project::command))
        .route("/frames/{name}", get(routes::frames::frame))
        .route("/media/{media}", get(routes::media::file))
        .route("/media/{media}/thumbnail", get(routes::media::thumbnail))
        .route("/media/{media}/filmstrip", get(routes::media::filmstrip))
        .route("/media/{media}/waveform", get(routes::media::waveform))
        .route("/live", get(socket::live));
    let api = Router::new()
        .route("/projects", get(routes::project::list).post(routes::project::open))
        .nest("/projects/{id}", of_project)
        .route("/catalog", get(routes::catalog::catalog))
        .route("/catalog/{kind}/{id}/picture", get(routes::catalog::picture))
        .route("/titles", get(routes::catalog::titles))
        .route("/titles/{id}/picture", get(routes::catalog::title_picture))
        .route("/schema", get(routes::catalog::schema))
        .route("/health", get(routes::health::health))
        .fallback(|| async { Refusal::new(StatusCode::NOT_FOUND, "server.route", "there is no such address") })
        .layer(middleware::from_fn_with_state(shared.clone(), checked))
        .layer(DefaultBodyLimit::max(options.max_body_bytes));
    let origins: Vec<HeaderValue> = access.origins().iter().filter_map(|origin| origin.parse().ok()).collect();
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::RANGE])
        .expose_headers([header::CONTENT_RANGE, header::ACCEPT_RANGES]);
    // Shared memory of the page's threads needs all three.
    let isolated = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::overriding(HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    let mut whole = Router::new().nest("/api/v1", api);
    if let Some(page) = &options.page {
        whole = whole.fallback_service(page::service(page));
    }
    whole
        .layer(cors)
        .layer(isolated("cross-origin-opener-policy", "same-origin"))
        .layer(isolated("cross-origin-embedder-policy", "require-corp"))
        .layer(isolated("cross-origin-resource-policy", "same-origin"))
        .layer(isolated("x-content-type-options", "nosniff"))
        .layer(isolated("referrer-policy", "no-referrer"))
        .with_state(shared)
}

async fn checked(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    match shared.access.check(request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}
