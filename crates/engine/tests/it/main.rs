//! Tests of the engine, one module per topic.
mod jobs_model;
mod jobs_threads;
