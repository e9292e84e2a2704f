//! The table of all routes. The router, the limits and the OpenAPI document are made from it.
use super::{browse, catalog, frames, health, jobs, media, metrics, project, uploads};
use crate::{shared::Shared, socket};
use axum::routing::{MethodRouter, delete, get, patch, post};
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Makes the schema of a type.
type Schemas = fn(&mut SchemaGenerator) -> Schema;

/// What the body of a request is.
pub enum Takes {
    Nothing,
    Json(Schemas),
    /// A command of `/schema`.
    Commands,
    Bytes,
}

/// What the answer is.
pub enum Answers {
    Nothing,
    Json(Schemas),
    AnyJson,
    /// Of this media type.
    Bytes(&'static str),
}

/// A route: a method at an address below `/api/v1`.
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    /// What it does, in words.
    pub about: &'static str,
    pub query: Option<Schemas>,
    pub headers: &'static [&'static str],
    pub takes: Takes,
    /// The status of success.
    pub status: u16,
    pub answers: Answers,
    /// Whether an address has a budget for it.
    pub is_costly: bool,
    pub serve: fn() -> MethodRouter<Shared>,
}

fn reference<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Schema {
    schemas.subschema_for::<T>()
}

/// The schema itself, whose fields are wanted.
fn inline<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Schema {
    T::json_schema(schemas)
}

impl Route {
    fn new(method: &'static str, path: &'static str, about: &'static str, serve: fn() -> MethodRouter<Shared>) -> Self {
        let (takes, answers) = (Takes::Nothing, Answers::Nothing);
        Self { method, path, about, query: None, headers: &[], takes, status: 200, answers, is_costly: false, serve }
    }

    fn query<T: JsonSchema>(mut self) -> Self {
        self.query = Some(inline::<T>);
        self
    }

    fn takes<T: JsonSchema>(mut self) -> Self {
        self.takes = Takes::Json(reference::<T>);
        self
    }

    fn answers<T: JsonSchema>(mut self) -> Self {
        self.answers = Answers::Json(reference::<T>);
        self
    }

    fn any_json(mut self) -> Self {
        self.answers = Answers::AnyJson;
        self
    }

    fn bytes(mut self, kind: &'static str) -> Self {
        self.answers = Answers::Bytes(kind);
        self
    }

    fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    fn costly(mut self) -> Self {
        self.is_costly = true;
        self
    }

    /// A name that no other route has.
    pub fn id(&self) -> String {
        let words = self.path.split('/').filter(|word| !word.is_empty()).map(|word| word.trim_matches(['{', '}']));
        words.fold(self.method.to_lowercase(), |name, word| name + "_" + word).replace('.', "_")
    }
}

/// All routes.
pub fn routes() -> Vec<Route> {
    let commands = |mut route: Route| {
        route.takes = Takes::Commands;
        route
    };
    let piece = |mut route: Route| {
        (route.takes, route.headers) = (Takes::Bytes, &["Upload-Offset"]);
        route
    };
    vec![
        Route::new("GET", "/projects", "The open projects", || get(project::list)).answers::<project::Projects>(),
        Route::new("POST", "/projects", "Opens a project, or finds it if it is open", || post(project::open))
            .takes::<project::Open>()
            .answers::<project::Entry>()
            .costly(),
        Route::new("GET", "/projects/{id}/document", "The document with its revision", || get(project::document)).any_json(),
        commands(
            Route::new("POST", "/projects/{id}/commands", "Carries out a command", || post(project::command))
                .query::<project::At>()
                .answers::<project::Done>(),
        ),
        Route::new("GET", "/projects/{id}/frames/{name}", "A frame: 12.png exactly, 12.jpg for the eye", || get(frames::frame))
            .query::<frames::Look>()
            .bytes("image/png")
            .costly(),
        Route::new("GET", "/projects/{id}/sheet", "A contact sheet of the whole film", || get(frames::sheet))
            .query::<frames::Sheet>()
            .bytes("image/jpeg")
            .costly(),
        Route::new("GET", "/projects/{id}/media", "The media and whether their files are there", || get(media::list))
            .answers::<media::MediaList>(),
        Route::new("GET", "/projects/{id}/media/{media}", "The file of a medium, whole or in ranges", || get(media::file))
            .bytes("application/octet-stream"),
        Route::new("GET", "/projects/{id}/media/{media}/thumbnail", "One picture of a medium", || get(media::thumbnail))
            .query::<media::Thumb>()
            .bytes("image/jpeg")
            .costly(),
        Route::new("GET", "/projects/{id}/media/{media}/filmstrip", "Pictures of a medium side by side", || get(media::filmstrip))
            .query::<media::Strip>()
            .bytes("image/jpeg")
            .costly(),
        Route::new("GET", "/projects/{id}/media/{media}/waveform", "Peaks of a medium's sound", || get(media::waveform))
            .query::<media::Wave>()
            .answers::<cutroom_api::WaveformReport>()
            .costly(),
        Route::new("POST", "/projects/{id}/uploads", "Begins an upload into the project's media folder", || post(uploads::begin))
            .takes::<uploads::Wanted>()
            .answers::<uploads::Begun>()
            .status(201)
            .costly(),
        Route::new("GET", "/projects/{id}/uploads/{upload}", "How far an upload is", || get(uploads::state))
            .answers::<crate::uploads::UploadState>(),
        piece(
            Route::new("PATCH", "/projects/{id}/uploads/{upload}", "Adds a piece of at most 8 MiB", || patch(uploads::add))
                .answers::<uploads::Reached>(),
        ),
        Route::new("DELETE", "/projects/{id}/uploads/{upload}", "Drops an upload", || delete(uploads::drop_it)).status(204),
        Route::new("GET", "/projects/{id}/jobs/{job}/file", "The file of a finished export", || get(jobs::file))
            .bytes("application/octet-stream"),
        Route::new("GET", "/projects/{id}/live", "The WebSocket of a view", || get(socket::live))
            .query::<socket::Shows>()
            .status(101),
        Route::new("GET", "/browse", "Folders and files that may be used", || get(browse::browse))
            .query::<browse::Which>()
            .answers::<browse::Listing>(),
        Route::new("GET", "/catalog", "Effects, blend modes and transitions", || get(catalog::catalog))
            .answers::<cutroom_api::Catalog>(),
        Route::new("GET", "/catalog/{kind}/{id}/picture", "What an effect, a blend mode or a transition does", || {
            get(catalog::picture)
        })
        .bytes("image/png"),
        Route::new("GET", "/titles", "Titles that can be added", || get(catalog::titles)).answers::<cutroom_api::TitleList>(),
        Route::new("GET", "/titles/{id}/picture", "What a title looks like", || get(catalog::title_picture)).bytes("image/png"),
        Route::new("GET", "/schema", "JSON Schemas of everything that is exchanged", || get(catalog::schema)).any_json(),
        Route::new("GET", "/health", "Tries out whether everything works; 503 if not", || get(health::health))
            .answers::<health::Health>()
            .costly(),
        Route::new("GET", "/metrics", "Figures for Prometheus", || get(metrics::metrics)).bytes("application/openmetrics-text"),
        Route::new("GET", "/openapi.json", "This description", || get(metrics::openapi)).any_json(),
    ]
}
