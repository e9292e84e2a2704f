//! Tests of the engine, one module per topic.
mod devices;
mod dirty;
mod engine;
mod film;
mod jobs_model;
mod jobs_threads;
mod mirror;
mod playback;
