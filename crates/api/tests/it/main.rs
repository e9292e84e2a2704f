//! Tests of the public interface of this crate.
mod proxies;
mod scripts;
mod titles;
mod wire;
