//! All integration tests of the crate in one binary, one module per subject.
mod cached;
mod editing;
mod stored;
