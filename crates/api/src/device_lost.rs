//! What reports say of a graphics card that failed.
use cutroom_pipeline::OpenComposition;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The failure of a graphics card in the middle of a film, which something else went on with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeviceLost {
    /// The first frame of the composition that something else drew.
    pub from_frame: i64,
    /// What the card's driver said.
    pub reason: String,
    /// What drew from there on: the card again, by a new device, or the processor.
    pub continued_by: String,
}

impl DeviceLost {
    /// A warning about it.
    pub(crate) fn warning(&self) -> String {
        let Self { from_frame, reason, continued_by } = self;
        format!("a graphics card failed; from frame {from_frame} on, {continued_by} drew: {reason}")
    }
}

/// How many failures are known of the films of a library.
pub(crate) fn count(composition: &OpenComposition) -> usize {
    composition.drawn().lost.len()
}

/// The first failure but `known` ones.
pub(crate) fn since(composition: &OpenComposition, known: usize) -> Option<DeviceLost> {
    let lost = composition.drawn().lost.into_iter().nth(known)?;
    let cutroom_pipeline::DeviceLost { from_frame, reason, continued_by } = lost;
    Some(DeviceLost { from_frame, reason, continued_by })
}
