//! What other editors call things, for those who read their projects. Knows no decoding and no
//! drawing.
#![forbid(unsafe_code)]

pub mod aliases;
