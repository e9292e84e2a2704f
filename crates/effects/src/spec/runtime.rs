//! Effects made at run time: what `fn` pointers cannot capture, a value can.
use super::{EffectFrame, Params, Step};

/// The behaviour of an effect that is registered at run time, by a plug-in or a network for
/// example. All colour is premultiplied.
///
/// Its steps may use any kernel, those of built-in effects among them.
pub trait RuntimeEffect: Send + Sync {
    /// Whether these values change nothing, so that the effect is left out.
    fn is_neutral(&self, params: Params<'_>) -> bool;

    /// How far it draws beyond the layer's edges with these values: pixels of the layer to the
    /// sides, and up and down.
    fn outset_px(&self, params: Params<'_>) -> [f32; 2] {
        let _ = params;
        [0.0; 2]
    }

    /// The other times at which it needs the picture, in seconds after (negative: before) the one
    /// drawn; `frame_secs` is the length of a frame. At most [`super::MAX_TIMES`].
    fn other_times(&self, params: Params<'_>, frame_secs: f64) -> Vec<f64> {
        let _ = (params, frame_secs);
        Vec::new()
    }

    /// What it does. Step inputs count the pictures at [`Self::other_times`] first, then those of
    /// its parameters of kind track, in the table's order; `inputs` is how many there are.
    fn steps(&self, params: Params<'_>, frame: &EffectFrame, inputs: usize) -> Vec<Step>;
}
