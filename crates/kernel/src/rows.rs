//! Row primitives.
