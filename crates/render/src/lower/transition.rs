//! Transitions: both sides over the whole canvas, then their mixture.
use super::{Drawn, Lowering, PassBuilder, raster, working_params, working_space};
use crate::{
    api::RenderError,
    program::{Planes, Reg, Stage},
};
use cutroom_effects::{self as effects, Params, TransitionShape, TransitionSpec, Uniforms};
use cutroom_timeline::{Canvas, Layer};
use cutroom_types::{Affine, ParamValue, TimeDelta};
use std::sync::Arc;

impl Lowering<'_> {
    /// Both sides into registers (or intermediates, when the kernel reads other pixels than its own) and their mixture into `reg`.
    pub(super) fn draw_transition(
        &mut self,
        id: &str,
        params: &[(String, ParamValue)],
        progress: f32,
        sides: [Option<&Layer>; 2],
        canvas: &Canvas,
        pass: &mut PassBuilder,
        reg: Reg,
    ) -> Result<Option<Drawn>, RenderError> {
        let spec = effects::transition(id).ok_or_else(|| RenderError::Unknown { what: "transition", id: id.into() })?;
        if !matches!(spec.shape, TransitionShape::Mix(_)) {
            return self.draw_field_transition(spec, params, progress, sides, canvas, pass, reg);
        }
        let mut opaque = true;
        for (i, side) in sides.into_iter().enumerate() {
            opaque &= self.draw_side(side, canvas, pass, reg + i)?;
        }
        let uniforms = transition_uniforms(spec, params, progress, canvas);
        if let TransitionShape::Mix(kernel) = spec.shape {
            pass.stages.push(Stage::Mix { from: reg, to: reg + 1, kernel, id: spec.id, uniforms });
        }
        if !opaque {
            pass.stages.push(Stage::Unpremultiply { reg });
        }
        Ok(Some(Drawn { bounds: pass.full(), opaque, picture: None }))
    }

    /// One side of a transition, premultiplied, over the whole canvas; whether it is opaque everywhere.
    fn draw_side(&mut self, side: Option<&Layer>, canvas: &Canvas, pass: &mut PassBuilder, reg: Reg) -> Result<bool, RenderError> {
        pass.use_register(reg);
        let drawn = match side {
            Some(layer) => self.draw_layer(layer, canvas, pass, reg)?.map(|d| (d, layer.opacity)),
            None => None,
        };
        let Some((d, opacity)) = drawn else {
            pass.stages.push(Stage::Fill { reg, color: [0.0; 4] });
            return Ok(false);
        };
        let solid = d.opaque && d.bounds == pass.full() && opacity == 1.0;
        if !solid {
            pass.stages.push(Stage::Premultiply { reg });
        }
        if opacity < 1.0 {
            pass.stages.push(Stage::Fade { reg, opacity });
        }
        Ok(solid)
    }

    fn draw_field_transition(
        &mut self,
        spec: &'static TransitionSpec,
        params: &[(String, ParamValue)],
        progress: f32,
        sides: [Option<&Layer>; 2],
        canvas: &Canvas,
        pass: &mut PassBuilder,
        reg: Reg,
    ) -> Result<Option<Drawn>, RenderError> {
        let mut ids = Vec::with_capacity(2);
        let mut opaque = true;
        for side in sides {
            let mut own = PassBuilder::new(canvas.size);
            let solid = self.draw_side(side, canvas, &mut own, 0)?;
            opaque &= solid;
            ids.push(self.add_intermediate(canvas.size, own, if solid { Planes::Opaque } else { Planes::Rgba }));
        }
        let working = working_space(canvas);
        let uniforms = transition_uniforms(spec, params, progress, canvas);
        match spec.shape {
            TransitionShape::Field(kernel, edge) => {
                pass.use_register(reg);
                pass.stages.push(Stage::Read {
                    reg,
                    kernel,
                    uniforms,
                    kernel_from_output: Affine::IDENTITY,
                    fields: ids,
                    edge,
                    table: Arc::default(),
                });
                // Kernels may leave gaps.
                opaque = false;
            }
            TransitionShape::Blurred(weights, kernel) => {
                let params = working_params(params, working);
                let w = weights(Params(&params), progress, &raster(canvas.size, working, TimeDelta::ZERO));
                for (i, id) in ids.into_iter().enumerate() {
                    let sampling = self.filter(id, &w).sampling(&Affine::IDENTITY, canvas.size);
                    pass.use_register(reg + i);
                    pass.stages.push(Stage::Sample { reg: reg + i, sampling });
                }
                pass.stages.push(Stage::Mix { from: reg, to: reg + 1, kernel, id: spec.id, uniforms });
            }
            TransitionShape::Mix(_) => {}
        }
        if !opaque {
            pass.stages.push(Stage::Unpremultiply { reg });
        }
        Ok(Some(Drawn { bounds: pass.full(), opaque, picture: None }))
    }
}

fn transition_uniforms(spec: &TransitionSpec, params: &[(String, ParamValue)], progress: f32, canvas: &Canvas) -> Uniforms {
    let working = working_space(canvas);
    let params = working_params(params, working);
    (spec.prepare)(Params(&params), progress, &raster(canvas.size, working, TimeDelta::ZERO))
}
