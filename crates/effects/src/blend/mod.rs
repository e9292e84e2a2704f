//! Blend modes, one file each.
pub mod normal;
