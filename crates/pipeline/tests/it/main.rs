//! All integration tests of the crate in one binary, one module a subject.
mod editing;
