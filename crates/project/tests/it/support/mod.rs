//! What several subjects need.
pub mod any;
pub mod schema;
