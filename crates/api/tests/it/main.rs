//! Tests of the public interface of this crate.
mod live;
mod proxies;
mod saving;
mod scripts;
mod titles;
mod wire;
