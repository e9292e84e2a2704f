//! Tests of texts and shapes on shipped fonts.
mod letters;
mod shapes;
mod shaping;
mod support;
mod svg;
