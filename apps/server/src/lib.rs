//! Running sessions behind HTTP and one WebSocket for each view.
//!
//! Each open project has a thread of its own with its [`cutroom_api::LiveSession`]; routes and sockets
//! send it requests and receive what happens. Nothing here knows how a film is edited or drawn.
#![forbid(unsafe_code)]
// An error ends a request and holds all details; its size does not matter there.
#![allow(clippy::result_large_err)]

mod access;
mod answer;
mod app;
mod beside;
mod encoding;
mod exports;
mod figures;
mod flow;
mod ladder;
mod limits;
mod openapi;
mod options;
mod page;
mod paths;
mod project;
mod projects;
mod routes;
mod serve;
mod shared;
mod socket;
mod tls;
mod token;
mod uploads;
mod view;
mod wire_io;

pub use app::app;
pub use options::{Page, Rate, ServerOptions, UploadLimits};
pub use page::has_editor;
pub use projects::Projects;
pub use serve::Server;
pub use tls::TlsFiles;
pub use token::{kept_token, new_token, other_token, private_file};
