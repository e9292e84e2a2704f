//! What lowering keeps from one frame to the next.
use crate::{mask::MaskCache, turn_planes::TurnCache};

/// Pictures made by lowering that later frames are likely to need again.
#[derive(Default)]
pub struct LoweringCache {
    pub(super) masks: MaskCache,
    pub(super) turned: TurnCache,
}
