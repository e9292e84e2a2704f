//! The error shape of all operations: a stable code, a message, a hint, and the location.
use crate::{ErrorClass, OPERATIONS, codes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// An error, as the command line, the server and scripts show it.
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
    /// Fields of the request concerned, the one at fault first. They include every field that
    /// message and hint name in backticks. A field of a group has the group's name in front:
    /// `audio.dither`. Front ends replace the names with their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The operation that the hint names in backticks, one of [`crate::OPERATIONS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The file concerned.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "crate::path_serde::option")]
    pub file: Option<PathBuf>,
    /// JSON path in the project file: `$.compositions[0].tracks[1].clips[3]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json_path: Option<String>,
    /// The clip concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clip: Option<String>,
    /// Time on the composition at which it happened, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_secs: Option<f64>,
}

impl ApiError {
    /// An error with only a code, one of [`crate::CODES`], and a message.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        debug_assert!(codes::find(code).is_some(), "the error code {code} has no row in codes.rs");
        Self { code: code.to_owned(), message: message.into(), ..Self::default() }
    }

    /// An error with the message of `error` and its chain of sources as causes. Sources whose text
    /// is already part of the message or of a cause are left out.
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

    /// Class of the failure. A code that this version does not define counts as
    /// [`ErrorClass::Failed`].
    pub fn class(&self) -> ErrorClass {
        codes::find(&self.code).map_or(ErrorClass::Failed, |row| row.class)
    }

    /// Sets the hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds a field of the request, after those added before.
    pub fn field(mut self, field: &str) -> Self {
        self.fields.push(field.to_owned());
        self
    }

    /// Sets a hint that names another operation in backticks.
    pub fn hint_at(mut self, operation: &'static str, hint: impl Into<String>) -> Self {
        debug_assert!(OPERATIONS.iter().any(|o| o.name == operation), "there is no operation {operation}");
        self.operation = Some(operation.to_owned());
        self.hint(hint)
    }

    /// Sets the file concerned.
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
