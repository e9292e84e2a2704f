//! What a plan says of pictures that are copied.
use cutroom_media::copy::{CopySource, CopySpan, EdgeSettings};
use std::ops::Range;

/// What is copied instead of being encoded.
#[derive(Debug)]
pub struct SmartPlan {
    /// How everything else is encoded, so that it fits to what is copied.
    pub edges: EdgeSettings,
    /// Parameter sets of copied and of encoded pictures.
    pub parameters: Vec<u8>,
    /// The streams that are copied from.
    pub sources: Vec<CopySource>,
}

/// A copied segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedSegment {
    /// Index among [`SmartPlan::sources`].
    pub source: usize,
    /// The frames of that stream.
    pub span: CopySpan,
}

/// Frames of the film that are not copied, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotCopied {
    /// Frames of the film.
    pub frames: Range<i64>,
    /// The reason, in words.
    pub reason: String,
}
