//! `cutroom schema`.
use crate::failure::Failure;

/// Prints the JSON Schema of the project file.
pub fn schema() -> Result<(), Failure> {
    super::print_json(&cutroom_api::schema())
}
