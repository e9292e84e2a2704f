//! What there is to use, and what is exchanged.
use axum::Json;
use serde_json::Value;

pub async fn catalog() -> Json<cutroom_api::Catalog> {
    Json(cutroom_api::catalog())
}

pub async fn titles() -> Json<cutroom_api::TitleList> {
    Json(cutroom_api::titles())
}

pub async fn schema() -> Json<Value> {
    Json(cutroom_api::all_schemas())
}
