//! What films can be made with, and what is exchanged.
use crate::answer::{Answer, Refusal};
use axum::{
    Json,
    extract::Path,
    http::{StatusCode, header},
    response::IntoResponse,
};
use cutroom_api::{Catalog, TitleList};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde_json::Value;

/// Pictures of effects, blend modes and transitions, those of the documentation.
#[derive(RustEmbed)]
#[folder = "../../docs/catalog"]
struct CatalogPictures;

/// Pictures of titles.
#[derive(RustEmbed)]
#[folder = "../../docs/titles"]
struct TitlePictures;

/// Effects, blend modes and transitions.
pub async fn catalog() -> Json<Catalog> {
    Json(cutroom_api::catalog())
}

/// Titles.
pub async fn titles() -> Json<TitleList> {
    Json(cutroom_api::titles())
}

/// The JSON Schema of everything that is exchanged.
pub async fn schema() -> Json<Value> {
    Json(cutroom_api::all_schemas())
}

/// What an effect, a blend mode or a transition does, as a small picture.
pub async fn picture(Path((kind, id)): Path<(String, String)>) -> Answer<impl IntoResponse> {
    let kind = match kind.as_str() {
        "effects" => "effect",
        "blend_modes" => "blend",
        "transitions" => "transition",
        other => return Err(missing(other, &id)),
    };
    png(CatalogPictures::get(&format!("{kind}-{id}.png"))).ok_or_else(|| missing(kind, &id))
}

/// What a title looks like.
pub async fn title_picture(Path(id): Path<String>) -> Answer<impl IntoResponse> {
    png(TitlePictures::get(&format!("{id}.png"))).ok_or_else(|| missing("title", &id))
}

fn missing(kind: &str, id: &str) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "server.route", format!("there is no picture of {kind} \"{id}\""))
}

fn png(file: Option<EmbeddedFile>) -> Option<impl IntoResponse> {
    // It changes only with the program.
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "private, max-age=3600")];
    file.map(|file| (headers, file.data.into_owned()))
}
