//! Adjustment layers: the layers below are stored in an intermediate, which is the adjustment
//! layer's source.
use super::{LayerSource, Lowering, PassBuilder, intermediate::Stored, whole_intermediate};
use crate::{
    RenderError,
    program::{Planes, Stage},
};
use cutroom_effects::{
    BlendRef,
    blend::{ALPHA_ADD, SILHOUETTE_ALPHA},
};
use cutroom_timeline::{Canvas, Content, Layer};
use std::borrow::Cow;

/// The composited layers below an adjustment layer, in an intermediate.
#[derive(Clone, Copy)]
pub(super) struct Backdrop {
    id: usize,
    opaque: bool,
}

/// Whether a layer, or one of a transition's sides, has the layers below as its source.
pub(super) fn is_adjustment(layer: &Layer) -> bool {
    match &layer.content {
        Content::Backdrop => true,
        Content::Transition { from, to, .. } => from.iter().chain(to).any(|l| is_adjustment(l)),
        _ => false,
    }
}

/// The layers with which an adjustment layer is composited. Over a `translucent` backdrop the
/// adjusted picture replaces the backdrop in proportion to masks, mattes and opacity instead of
/// covering it: that share of the backdrop is removed first, and the alphas are then added.
pub(super) fn adjustment_layers(layer: &Layer, translucent: bool) -> Vec<Cow<'_, Layer>> {
    if !translucent || layer.content != Content::Backdrop || !layer.blend.is_normal() {
        return vec![Cow::Borrowed(layer)];
    }
    let coverage =
        Layer { content: Content::Solid([1.0; 4]), effects: Vec::new(), blend: BlendRef::new(&SILHOUETTE_ALPHA), ..layer.clone() };
    vec![Cow::Owned(coverage), Cow::Owned(Layer { blend: BlendRef::new(&ALPHA_ADD), ..layer.clone() })]
}

impl Lowering<'_> {
    /// Ends the pass by storing what it has drawn in an intermediate, and starts a new one; returns
    /// the stage that loads the intermediate into register 0.
    pub(super) fn store_backdrop(&mut self, pass: &mut PassBuilder) -> Stage {
        let (size, opaque) = (pass.size, !pass.translucent);
        let mut next = PassBuilder::new(size);
        next.translucent = pass.translucent;
        let planes = if opaque { Planes::Opaque } else { Planes::Rgba };
        let id = self.add_intermediate(size, std::mem::replace(pass, next), planes);
        self.backdrop = Some(Backdrop { id, opaque });
        whole_intermediate(id, size, 0)
    }

    /// The backdrop as a layer source.
    pub(super) fn backdrop_source(&self, canvas: &Canvas) -> Result<LayerSource, RenderError> {
        let backdrop = self.backdrop.ok_or_else(|| RenderError::Unsupported("an adjustment of nothing".into()))?;
        Ok(Self::stored_source(&Stored::whole(backdrop.id, canvas.size), canvas.size, backdrop.opaque))
    }
}
