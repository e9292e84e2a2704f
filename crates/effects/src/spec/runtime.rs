//! Effects defined at run time, as values, which can capture state; the `fn` pointers of built-in
//! effects cannot.
use super::{EffectFrame, Params, Step};

/// The behaviour of an effect that is registered at run time, for example by a plug-in or a neural
/// network. All colour is premultiplied.
///
/// Its steps may use any kernel, including those of built-in effects.
pub trait RuntimeEffect: Send + Sync {
    /// Returns whether the effect changes nothing with these values, so that it is left out.
    fn is_neutral(&self, params: Params<'_>) -> bool;

    /// Returns how far the effect draws beyond the layer's edges with these values, in pixels of
    /// the layer: `[left and right, top and bottom]`.
    fn outset_px(&self, params: Params<'_>) -> [f32; 2] {
        let _ = params;
        [0.0; 2]
    }

    /// Returns the other times at which the effect needs its picture, in seconds after (negative:
    /// before) the frame drawn; `frame_secs` is the length of a frame. At most
    /// [`super::MAX_TIMES`].
    fn other_times(&self, params: Params<'_>, frame_secs: f64) -> Vec<f64> {
        let _ = (params, frame_secs);
        Vec::new()
    }

    /// Returns the steps. Their input indices count the pictures at [`Self::other_times`] first,
    /// then those of the parameters of kind track, in the table's order; `inputs` is the number of
    /// both.
    fn steps(&self, params: Params<'_>, frame: &EffectFrame, inputs: usize) -> Vec<Step>;
}
