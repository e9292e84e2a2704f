//! Helpers of several test modules.
pub mod any;
pub mod schema;
