//! A server as programs see it: over its address, with real sockets.
mod http;
mod live;
mod support;
