//! What all catalogue entries have in common.

/// A catalogue entry, identified by a stable id and a version.
pub trait Entry: 'static {
    /// Stable id, as in project files.
    fn id(&self) -> &'static str;

    /// Incremented when equal parameters yield different pixels than before.
    fn version(&self) -> u32;
}
