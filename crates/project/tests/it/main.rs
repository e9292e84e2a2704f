//! All integration tests of the crate in one binary, one module per subject.
#![recursion_limit = "512"]
mod build;
mod cycles;
mod document;
mod edit;
mod form;
mod journal;
mod limits;
mod mixer;
mod operations;
mod shared_list;
mod support;
mod unknown;
