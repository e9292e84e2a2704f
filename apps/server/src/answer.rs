//! Errors as answers: a status and `{"errors": [...]}`.
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cutroom_api::{ApiError, CODES, ErrorClass};
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

/// What is answered instead of what was asked for.
#[derive(JsonSchema)]
#[allow(dead_code)]
pub struct Errors {
    /// One or more.
    errors: Vec<ApiError>,
}

/// Errors with the status that they are answered with.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    errors: Vec<ApiError>,
    /// Other fields of the answer.
    beside: Map<String, Value>,
}

impl Refusal {
    /// One error with a status of its own.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self::with(status, ApiError::new(code, message))
    }

    /// An error with a status of its own.
    pub fn with(status: StatusCode, error: ApiError) -> Self {
        Self { status, errors: vec![error], beside: Map::new() }
    }

    /// With another field in the answer.
    pub fn beside(mut self, name: &str, value: Value) -> Self {
        self.beside.insert(name.to_owned(), value);
        self
    }

    /// The errors.
    pub fn errors(self) -> Vec<ApiError> {
        self.errors
    }

    /// What somebody else made wrong, or this program.
    pub fn of(errors: Vec<ApiError>) -> Self {
        let class = errors.first().and_then(|e| CODES.iter().find(|row| row.code == e.code)).map(|row| row.class);
        let is_lost = errors.first().is_some_and(|e| e.code == "media.open.not_found" || e.code == "project.read");
        let is_outside = errors.first().is_some_and(|e| e.code == "server.outside");
        let status = match class {
            _ if is_outside => StatusCode::FORBIDDEN,
            _ if is_lost => StatusCode::NOT_FOUND,
            Some(ErrorClass::Usage) => StatusCode::BAD_REQUEST,
            Some(ErrorClass::Project | ErrorClass::Media) => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { status, errors, beside: Map::new() }
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::of(vec![error])
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut answer = self.beside;
        answer.insert("errors".into(), json!(self.errors));
        (self.status, Json(answer)).into_response()
    }
}

/// What a route returns.
pub type Answer<T> = Result<T, Refusal>;
