//! Tests of the public interface of this crate.
mod titles;
mod wire;
