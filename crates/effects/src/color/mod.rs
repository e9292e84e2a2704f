//! Colour conversions.
