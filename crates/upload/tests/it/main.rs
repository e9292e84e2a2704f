//! Uploads to servers.
mod common;
mod https;
mod put;
mod s3;
