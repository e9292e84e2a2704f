//! One error shape for every face: a stable code, a sentence, what to do, and where.
use crate::{ErrorClass, OPERATIONS, codes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What went wrong, as the command line, the server and scripts show it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApiError {
    /// Stable and machine readable: `media.open.not_found`. The first word is the area: `usage`,
    /// `project`, `media`, `render`, `export`, …. [`crate::CODES`] lists all.
    pub code: String,
    /// One English sentence without a full stop.
    pub message: String,
    /// Underlying reasons, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// What the user can do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Fields of the request concerned, those among them that message and hint name in backticks,
    /// the one at fault first; those inside groups with the group in front: `audio.dither`. A face
    /// says them in its own words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The operation that the hint names in backticks, one of [`crate::OPERATIONS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The file concerned.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "crate::path_serde::option")]
    pub file: Option<PathBuf>,
    /// Place in the project file: `$.compositions[0].tracks[1].clips[3]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json_path: Option<String>,
    /// The clip concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clip: Option<String>,
    /// Seconds on the composition at which it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_secs: Option<f64>,
}

impl ApiError {
    /// An error with nothing but a code, one of [`crate::CODES`], and a sentence.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        debug_assert!(codes::find(code).is_some(), "the error code {code} has no row in codes.rs");
        Self { code: code.to_owned(), message: message.into(), ..Self::default() }
    }

    /// From any error, its chain of sources as causes (those whose text the message repeats are
    /// left out).
    pub fn of(code: &'static str, error: &dyn std::error::Error) -> Self {
        let mut e = Self::new(code, error.to_string());
        let mut next = error.source();
        while let Some(cause) = next {
            let text = cause.to_string();
            if !e.message.contains(&text) && !e.causes.iter().any(|c| c.contains(&text)) {
                e.causes.push(text);
            }
            next = cause.source();
        }
        e
    }

    /// What kind of failure it is. A code that this version does not know, read from elsewhere,
    /// counts as [`ErrorClass::Failed`].
    pub fn class(&self) -> ErrorClass {
        codes::find(&self.code).map_or(ErrorClass::Failed, |row| row.class)
    }

    /// With a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// About a field of the request, after those that were said before.
    pub fn field(mut self, field: &str) -> Self {
        self.fields.push(field.to_owned());
        self
    }

    /// With a hint that names another operation in backticks.
    pub fn hint_at(mut self, operation: &'static str, hint: impl Into<String>) -> Self {
        debug_assert!(OPERATIONS.iter().any(|o| o.name == operation), "there is no operation {operation}");
        self.operation = Some(operation.to_owned());
        self.hint(hint)
    }

    /// About a file.
    pub fn file(mut self, file: impl Into<PathBuf>) -> Self {
        self.file = Some(file.into());
        self
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}
