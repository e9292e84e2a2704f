//! What others see of this crate.
mod wire;
