//! What lowering keeps from one frame to the next.
use super::{overlay::OverlayCache, vector::VectorCache};
use crate::{mask::MaskCache, turn_planes::TurnCache};
use cutroom_drawing::Drawer;

/// Pictures made by lowering that later frames are likely to need again.
#[derive(Default)]
pub struct LoweringCache {
    pub(super) masks: MaskCache,
    pub(super) turned: TurnCache,
    pub(super) drawer: Drawer,
    pub(super) overlays: OverlayCache,
    pub(super) vectors: VectorCache,
    /// Pictures on a device that were copied to host memory in order to be turned, since this was reset.
    pub(crate) turned_on_host: usize,
}
