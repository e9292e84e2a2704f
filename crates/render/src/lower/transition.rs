//! Transitions: both sides are drawn over the whole canvas and then mixed.
use super::{Drawn, Lowering, PassBuilder, effect_frame, working_params, working_space};
use crate::{
    RenderError,
    program::{Planes, Reg, Sampling, SamplingSource, Stage},
};
use cutroom_effects::{ParamKind, Params, TransitionKind, TransitionRef, TransitionSpec, Uniforms, color};
use cutroom_kernel::{At, MAX_UNIFORMS, Mix, MixKernel, Real, Rgba, rgb};
use cutroom_timeline::{Canvas, Layer};
use cutroom_types::{Affine, ParamValue, Size, TimeDelta};
use std::sync::Arc;

/// Sum of two premultiplied colours.
struct Sum;

impl MixKernel for Sum {
    #[inline(always)]
    fn eval<R: Real>(_: &[R; MAX_UNIFORMS], f: Rgba<R>, t: Rgba<R>, _: At<R>) -> Rgba<R> {
        Rgba { c: rgb(f.c.r + t.c.r, f.c.g + t.c.g, f.c.b + t.c.b), a: f.a + t.a }
    }
}

impl Lowering<'_> {
    /// Draws both sides into registers (or into intermediates, if the kernel reads other pixels
    /// than its own) and their mixture into `reg`.
    pub(super) fn draw_transition(
        &mut self,
        transition: TransitionRef,
        params: &[ParamValue],
        progress: f32,
        sides: [Option<&Layer>; 2],
        inputs: &[Layer],
        canvas: &Canvas,
        pass: &mut PassBuilder,
        reg: Reg,
    ) -> Result<Option<Drawn>, RenderError> {
        let spec = transition.spec();
        if !matches!(spec.kind, TransitionKind::Mix(_) | TransitionKind::Driven { .. }) {
            return self.draw_sampled_transition(spec, params, progress, sides, canvas, pass, reg);
        }
        let mut opaque = true;
        for (i, side) in sides.into_iter().enumerate() {
            opaque &= self.draw_side(side, canvas, pass, reg + i)?;
        }
        let uniforms = transition_uniforms(spec, params, progress, canvas);
        match spec.kind {
            TransitionKind::Driven { outgoing, incoming } => {
                let named = spec.params.iter().any(|p| p.kind == ParamKind::Media);
                self.draw_straight(if named { inputs.first() } else { sides[0] }, canvas, pass, reg + 2)?;
                pass.stages.push(Stage::mix([reg, reg + 2], outgoing, spec.id, uniforms));
                pass.stages.push(Stage::mix([reg + 1, reg + 2], incoming, spec.id, uniforms));
                let uniforms = Uniforms::new(&[]);
                pass.stages.push(Stage::mix([reg, reg + 1], &Mix(Sum), "sum", uniforms));
            }
            TransitionKind::Mix(kernel) => pass.stages.push(Stage::mix([reg, reg + 1], kernel, spec.id, uniforms)),
            TransitionKind::Sampled(..) | TransitionKind::Blurred(..) | TransitionKind::Steps(_) => {}
        }
        if !opaque {
            pass.stages.push(Stage::Unpremultiply { reg });
        }
        Ok(Some(Drawn { bounds: pass.full(), opaque, picture: None }))
    }

    /// Draws a layer over the whole canvas, straight and display-encoded; transparent if there is
    /// none.
    fn draw_straight(
        &mut self,
        layer: Option<&Layer>,
        canvas: &Canvas,
        pass: &mut PassBuilder,
        reg: Reg,
    ) -> Result<(), RenderError> {
        let working = working_space(canvas);
        if !self.draw_side(layer, canvas, pass, reg)? {
            pass.stages.push(Stage::Unpremultiply { reg });
        }
        pass.convert(reg, color::display_from_working(working));
        Ok(())
    }

    /// Draws a layer over the whole canvas and stretches it to an intermediate of another size,
    /// premultiplied and display-encoded.
    pub(super) fn stretched(&mut self, layer: &Layer, canvas: &Canvas, size: Size) -> Result<usize, RenderError> {
        let mut pass = PassBuilder::new(canvas.size);
        self.draw_straight(Some(layer), canvas, &mut pass, 0)?;
        pass.stages.push(Stage::Premultiply { reg: 0 });
        let id = self.add_intermediate(canvas.size, pass, Planes::Rgba);
        if size == canvas.size {
            return Ok(id);
        }
        let (w, h) = (f64::from(canvas.size.width), f64::from(canvas.size.height));
        let mut pass = PassBuilder::new(size);
        let sampling = Sampling {
            source: SamplingSource::Intermediate(id),
            source_from_output: Affine::scale(w / f64::from(size.width), h / f64::from(size.height)),
            window: [0.0, 0.0, w as f32, h as f32],
            bounds: pass.full(),
        };
        pass.stages.push(Stage::Sample { reg: 0, sampling });
        Ok(self.add_intermediate(size, pass, Planes::Rgba))
    }

    /// Draws one side of a transition over the whole canvas, premultiplied; returns whether it is
    /// opaque everywhere.
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

    fn draw_sampled_transition(
        &mut self,
        spec: &'static TransitionSpec,
        params: &[ParamValue],
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
        match spec.kind {
            TransitionKind::Sampled(kernel, edge) => {
                pass.use_register(reg);
                pass.stages.push(Stage::Read {
                    reg,
                    kernel,
                    uniforms,
                    kernel_from_output: Affine::IDENTITY,
                    inputs: ids,
                    origin: [0.0; 2],
                    edge,
                    table: Arc::default(),
                });
                // Kernels may leave gaps.
                opaque = false;
            }
            TransitionKind::Steps(make) => {
                let values = working_params(params, working);
                let steps = make(Params::new(&values), progress, &effect_frame(canvas.size, [0; 2], working, TimeDelta::ZERO));
                let last = steps.len().saturating_sub(1);
                for (i, step) in steps.into_iter().enumerate() {
                    let stage = |reg, inputs: &[usize]| Stage::Read {
                        reg,
                        kernel: step.kernel,
                        uniforms: step.uniforms,
                        kernel_from_output: Affine::IDENTITY,
                        inputs: inputs.to_vec(),
                        origin: [0.0; 2],
                        edge: step.edge,
                        table: Arc::default(),
                    };
                    if i == last {
                        pass.use_register(reg);
                        pass.stages.push(stage(reg, &ids));
                        continue;
                    }
                    let Size { width, height } = canvas.size;
                    let size = Size { width: width.div_ceil(step.reduction), height: height.div_ceil(step.reduction) };
                    let mut own = PassBuilder::new(size);
                    own.use_register(0);
                    own.stages.push(stage(0, &ids));
                    ids.push(self.add_intermediate(size, own, Planes::Rgba));
                }
                opaque = false;
            }
            TransitionKind::Blurred(weights, kernel) => {
                let params = working_params(params, working);
                let w = weights(Params::new(&params), progress, &effect_frame(canvas.size, [0; 2], working, TimeDelta::ZERO));
                for (i, id) in ids.into_iter().enumerate() {
                    let sampling = self.filter(id, &w).sampling(&Affine::IDENTITY, canvas.size);
                    pass.use_register(reg + i);
                    pass.stages.push(Stage::Sample { reg: reg + i, sampling });
                }
                pass.stages.push(Stage::mix([reg, reg + 1], kernel, spec.id, uniforms));
            }
            TransitionKind::Mix(_) | TransitionKind::Driven { .. } => {}
        }
        if !opaque {
            pass.stages.push(Stage::Unpremultiply { reg });
        }
        Ok(Some(Drawn { bounds: pass.full(), opaque, picture: None }))
    }
}

fn transition_uniforms(spec: &TransitionSpec, params: &[ParamValue], progress: f32, canvas: &Canvas) -> Uniforms {
    let working = working_space(canvas);
    let params = working_params(params, working);
    (spec.prepare)(Params::new(&params), progress, &effect_frame(canvas.size, [0; 2], working, TimeDelta::ZERO))
}
