//! Masks on a layer's content, and other layers as mattes: both multiply the layer's alpha.
use super::{Drawn, LayerSource, Lowering, Masks, PassBuilder, working_space};
use crate::{
    RenderError,
    program::{Reg, Stage},
};
use cutroom_effects::{Uniforms, color};
use cutroom_kernel::{At, MAX_UNIFORMS, Mix, MixKernel, Real, Rgba};
use cutroom_timeline::{Canvas, Layer, MatteUse};

/// Multiplies the alpha of a straight colour by a straight matte. If uniform 0 is 1 the matte's
/// luma (BT.709 weights) counts as well as its alpha; uniforms 1 and 2 are factor and offset of the
/// result.
struct CutByMatte;

impl MixKernel for CutByMatte {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, matte: Rgba<R>, _: At<R>) -> Rgba<R> {
        let luma = matte.c.luma().clamp(0.0, 1.0);
        let value = R::from(1.0).mix(luma, p[0]) * matte.a;
        Rgba { c: px.c, a: px.a * (value * p[1] + p[2]) }
    }
}

impl Lowering<'_> {
    /// The layer's masks as one grey picture of the content's size, with the margin when they are
    /// applied after effects that may have drawn there.
    pub(super) fn layer_masks(&mut self, layer: &Layer, source: &LayerSource, margin: [u32; 2]) -> Result<Masks, RenderError> {
        if layer.masks.is_empty() {
            return Ok(Masks::default());
        }
        let late = layer.masks_after_effects && !layer.effects.is_empty();
        let picture =
            self.cache.masks.picture(&layer.masks, source.content, if late { margin } else { source.own_margin(margin) })?;
        let id = self.program.pictures.len();
        self.program.pictures.push(picture);
        Ok(if late { Masks { before: None, after: Some(id) } } else { Masks { before: Some(id), after: None } })
    }

    /// Multiplies the alpha of what is drawn in `reg` by a matte. `None` when nothing is visible
    /// any more.
    pub(super) fn cut_by_matte(
        &mut self,
        matte: &MatteUse,
        drawn: Drawn,
        canvas: &Canvas,
        pass: &mut PassBuilder,
        reg: Reg,
    ) -> Result<Option<Drawn>, RenderError> {
        if self.draw_layer(&matte.layer, canvas, pass, reg + 1)?.is_none() {
            return Ok(matte.inverted.then_some(drawn));
        }
        let working = working_space(canvas);
        if matte.luma && working.linear {
            pass.convert(reg + 1, color::display_from_linear(working));
        }
        let (factor, offset) = if matte.inverted { (-matte.layer.opacity, 1.0) } else { (matte.layer.opacity, 0.0) };
        let uniforms = Uniforms::new(&[f32::from(u8::from(matte.luma)), factor, offset]);
        pass.stages.push(Stage::mix([reg, reg + 1], &Mix(CutByMatte), "matte", uniforms));
        Ok(Some(Drawn { opaque: false, picture: None, ..drawn }))
    }
}
