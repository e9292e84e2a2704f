//! The preview window: a face on a running session, beside the command line and the server.
//!
//! The session has a thread of its own ([`running`]). The window sends it orders and takes the
//! newest news ([`link`]): states of the document as plain data ([`film`]), pictures, the
//! transport, notes. Pictures become textures of the window's device ([`picture`]) and are placed
//! by a shader ([`paint`]). Panels draw the [`desk`] and send commands; they change no document
//! themselves, so that what is edited here is in the project's journal as everywhere else.
//!
//! Nothing here knows how frames are decoded or drawn, nor what an edit does.
#![forbid(unsafe_code)]
// An error ends an operation and holds all details; its size does not matter there.
#![allow(clippy::result_large_err)]

pub mod app;
mod before;
pub mod desk;
pub mod film;
pub mod gpu;
pub mod hud;
mod icon;
mod inspector;
pub mod keys;
pub mod layout;
pub mod link;
mod log;
mod media;
pub mod paint;
pub mod picture;
pub mod running;
pub mod scopes;
pub mod stages;
pub mod state;
pub mod timeline;
pub mod transport;
pub mod viewer;
mod window;
mod words;

pub use window::{WindowOptions, open};
