//! A server as programs see it: over its address, with real sockets.
mod files;
mod http;
mod limits;
mod live;
mod noise;
mod operation;
mod security;
mod support;
mod uploads;
