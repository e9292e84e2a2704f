//! What all entries of the catalogue have in common.

/// An entry of the catalogue: what has a stable id and a version.
pub trait Entry: 'static {
    /// Stable id, as in project files.
    fn id(&self) -> &'static str;

    /// Counts up when equal parameters give other pixels than before.
    fn version(&self) -> u32;
}
