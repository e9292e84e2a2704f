//! Tests of the public interface of this crate.
mod scripts;
mod titles;
mod wire;
