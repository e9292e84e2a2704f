//! Motion blur: the mean of a layer's placements while the shutter is open.
use super::{Drawn, LayerSource, Lowering, Masks, PassBuilder, outset, step};
use crate::{
    RenderError, place,
    program::{Reg, SamplingSource, Stage},
};
use cutroom_effects::Uniforms;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};
use cutroom_timeline::{Canvas, Layer};
use cutroom_types::Affine;
use std::sync::Arc;

/// Table entries per placement.
const NUMBERS: usize = 6;

/// The mean of input 0 under several maps from output to input, each of six table entries. Uniform
/// 0 is their number, uniform 1 the factor of the sum.
struct Shutter;

impl ReadKernel for Shutter {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let total = s.sum(
            0,
            #[inline(always)]
            |i| {
                let m = i * NUMBERS as f32;
                let x = at.x * s.table(m) + at.y * s.table(m + 1.0) + s.table(m + 2.0);
                let y = at.x * s.table(m + 3.0) + at.y * s.table(m + 4.0) + s.table(m + 5.0);
                s.sample(0, x, y)
            },
        );
        Rgba { c: total.c.scale(p[1]), a: total.a * p[1] }
    }
}

impl Lowering<'_> {
    /// Draws the mean of a layer's placements during the shutter into `reg`.
    pub(super) fn draw_moving(
        &mut self,
        mut source: LayerSource,
        layer: &Layer,
        canvas: &Canvas,
        pass: &mut PassBuilder,
        reg: Reg,
    ) -> Result<Option<Drawn>, RenderError> {
        let Some(cropped) = layer.shutter.first().and_then(|p| place::cropped(p, source.content)) else { return Ok(None) };
        let margin = outset::margin(layer, source.content, source.overhang(), canvas);
        let masks = self.layer_masks(layer, &source, margin)?;
        let place = |p| match margin {
            [0, 0] => place::place(p, source.content, canvas.size),
            _ => place::place_with_margin(p, source.content, margin, canvas.size),
        };
        let placements: Vec<_> = layer.shutter.iter().filter_map(place).collect();
        let Some(first) = placements.first() else { return Ok(None) };
        let is_cropped = layer.transform.crop != [0.0; 4];
        let cut_last = is_cropped && margin == [0, 0] && !layer.effects.is_empty();
        source.crop = (is_cropped && !cut_last).then_some(cropped);
        let mut source = self.rasterize_layer(source, &layer.effects, masks, margin, canvas)?;
        if cut_last {
            // As without a shutter, the crop is applied after the effects.
            source.crop = Some(cropped);
            source = self.rasterize_layer(source, &[], Masks::default(), margin, canvas)?;
        }
        let min = placements.iter().map(|p| step(&p.content_from_output)).fold(f64::INFINITY, f64::min);
        if min > 1.0 + 1e-6 {
            source = self.reduce(source, min, canvas)?;
        }
        let SamplingSource::Intermediate(id) = source.source else {
            return Err(RenderError::Unsupported("a moving picture that is not in memory".into()));
        };
        let mut bounds = first.bounds;
        let mut table = Vec::with_capacity(placements.len() * NUMBERS);
        for p in &placements {
            let Affine { xx, xy, x0, yx, yy, y0 } = source.source_from_content.after(&p.content_from_output);
            table.extend([xx, xy, x0, yx, yy, y0].map(|v| v as f32));
            let b = p.bounds;
            bounds = [bounds[0].min(b[0]), bounds[1].min(b[1]), bounds[2].max(b[2]), bounds[3].max(b[3])];
        }
        // Placements outside the canvas contribute transparent pixels.
        let uniforms = Uniforms::new(&[placements.len() as f32, 1.0 / layer.shutter.len() as f32]);
        pass.use_register(reg);
        pass.stages.push(Stage::Read {
            reg,
            kernel: &Read(Shutter),
            uniforms,
            kernel_from_output: Affine::IDENTITY,
            inputs: vec![id],
            origin: [0.0; 2],
            edge: Edge::Transparent,
            table: Arc::from(table),
        });
        pass.stages.push(Stage::Unpremultiply { reg });
        let full = pass.full();
        // Bilinear edges reach half a pixel further.
        let bounds =
            [bounds[0].saturating_sub(1), bounds[1].saturating_sub(1), bounds[2].saturating_add(1), bounds[3].saturating_add(1)];
        Ok(Some(Drawn { bounds: place::clip_bounds(bounds, full), opaque: false, picture: None }))
    }
}
