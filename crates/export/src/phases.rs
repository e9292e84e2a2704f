//! How long the phases of an export take.

/// How long the phases of making a part took, seconds; they overlap, since they run in threads of their
/// own.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PhaseTimes {
    /// Waiting for decoded pictures.
    pub decode_secs: f64,
    /// Drawing and mixing.
    pub compose_secs: f64,
    /// Encoding and writing.
    pub encode_secs: f64,
}
