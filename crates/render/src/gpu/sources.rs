//! What became of the source pictures of a frame.

/// How the pictures of one frame that are on a device came to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DevicePictures {
    /// Number of them.
    pub count: usize,
    /// Number of those that were copied through host memory.
    pub through_host: usize,
    /// Why, for the first of those.
    pub reason: Option<String>,
}
