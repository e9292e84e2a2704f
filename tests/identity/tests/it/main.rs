//! All integration tests of the crate in one binary, one module per subject.
mod export;
mod footage;
mod phases;
mod proxies;
mod speeds;
