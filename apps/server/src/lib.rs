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
mod encoding;
mod flow;
mod ladder;
mod options;
mod page;
mod paths;
mod project;
mod projects;
mod routes;
mod serve;
mod shared;
mod socket;
mod token;
mod view;

pub use app::app;
pub use options::{Page, ServerOptions};
pub use page::has_editor;
pub use projects::Projects;
pub use serve::Server;
pub use token::{kept_token, new_token};
