//! What coded streams say of themselves: parameter sets, units and pictures at which decoding may begin.
pub(crate) mod bits;
pub(crate) mod h264;
pub(crate) mod h265;
pub(crate) mod sets;
pub(crate) mod units;
mod watch;

pub(crate) use watch::{Entry, SetsFrom, Watch};
