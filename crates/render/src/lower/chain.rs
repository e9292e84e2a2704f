//! Effects that need more than their own pixel: each is drawn from an intermediate of the layer's size; what lies between is strung into passes.
use super::{
    LayerSource, Lowering, Masks, PassBuilder, effect_params, find_effect, raster, to_domain, whole_intermediate, working_space,
};
use crate::{
    api::RenderError,
    program::{PictureId, Sampling, Source, Stage},
};
use cutroom_effects::{Domain, EffectSpec, Params, Shape, Step, color::WorkingSpace};
use cutroom_kernel::Edge;
use cutroom_timeline::{Canvas, EffectUse, Layer};
use cutroom_types::{Affine, Size};
use std::sync::Arc;

/// A layer on its way through a chain.
struct Chain<'l, 'a> {
    lowering: &'l mut Lowering<'a>,
    size: Size,
    canvas: &'l Canvas,
    working: WorkingSpace,
    /// The pass that has the picture in register 0; none when it is stored.
    open: Option<PassBuilder>,
    /// The intermediate that has it, premultiplied, when no pass is open.
    stored: usize,
    /// The colour is linear light, else display-encoded.
    linear: bool,
    /// Colour is multiplied by alpha.
    premultiplied: bool,
    /// Alpha is 1 everywhere.
    opaque: bool,
}

impl Lowering<'_> {
    /// Renders a source at its content size, with effects and masks, into an intermediate.
    pub(super) fn widen(
        &mut self,
        source: LayerSource,
        effects: &[EffectUse],
        masks: Masks,
        canvas: &Canvas,
    ) -> Result<LayerSource, RenderError> {
        let working = working_space(canvas);
        let size = source.content;
        let mut pass = PassBuilder::new(size);
        let bounds = pass.full();
        let window = source.window();
        pass.stages.push(Stage::Sample {
            reg: 0,
            sampling: Sampling { source: source.source, source_from_output: source.source_from_content, window, bounds },
        });
        pass.convert(0, source.decode);
        let mut chain = Chain {
            lowering: self,
            size,
            canvas,
            working,
            open: Some(pass),
            stored: 0,
            linear: working.linear,
            premultiplied: source.premultiplied,
            opaque: !source.has_alpha,
        };
        chain.mask(masks.before);
        for used in effects {
            chain.effect(used)?;
        }
        chain.enter(Domain::Working);
        chain.mask(masks.after);
        let id = chain.store();
        Ok(Self::intermediate_source(id, size))
    }
}

impl Chain<'_, '_> {
    /// Multiplies alpha by a mask, a grey picture of the content's size.
    fn mask(&mut self, mask: Option<PictureId>) {
        let Some(id) = mask else { return };
        let (size, premultiplied) = (self.size, self.premultiplied && !self.opaque);
        let pass = self.pass();
        pass.mask(0, id, size, premultiplied);
        (self.premultiplied, self.opaque) = (premultiplied, false);
    }

    fn effect(&mut self, used: &EffectUse) -> Result<(), RenderError> {
        let spec: &'static EffectSpec = find_effect(used)?;
        let raster = raster(self.size, self.working, used.time);
        let values = effect_params(spec, used, self.working);
        let params = Params(&values);
        self.enter(spec.domain);
        match spec.shape {
            Shape::Point { .. } | Shape::Table { .. } | Shape::Look { .. } => {
                self.straighten();
                if let Some(stage) = self.lowering.pixel_stage(spec, params, &raster, &Affine::IDENTITY, 0)? {
                    self.pass().stages.push(stage);
                }
                self.opaque &= spec.keeps_alpha;
            }
            Shape::Separable { weights } => self.step(Step::Separable(weights(params, &raster)), None, &[]),
            Shape::Field { kernel, prepare, edge } => {
                self.step(Step::Field(kernel(params), prepare(params, &raster), edge), None, &[]);
            }
            Shape::Steps(steps) => {
                let original = self.store();
                for step in steps(params, &raster) {
                    self.step(step, Some(original), &[]);
                }
            }
            Shape::Temporal { steps, .. } => {
                let original = self.store();
                let mut inputs = Vec::with_capacity(used.inputs.len());
                for layer in &used.inputs {
                    inputs.push(self.other_time(layer, spec.domain)?);
                }
                for step in steps(params, &raster, inputs.len()) {
                    self.step(step, Some(original), &inputs);
                }
            }
            Shape::Layered { steps } => {
                // Without what it goes by it changes nothing.
                if used.inputs.is_empty() {
                    return Ok(());
                }
                let original = self.store();
                let mut inputs = Vec::with_capacity(used.inputs.len());
                for layer in &used.inputs {
                    inputs.push(self.lowering.stretched(layer, self.canvas, self.size)?);
                }
                for step in steps(params, &raster) {
                    self.step(step, Some(original), &inputs);
                }
            }
            // Planning has looked at the right time already.
            Shape::Time(_) => {}
        }
        Ok(())
    }

    /// The layer at another time, at this one's size, in an intermediate.
    fn other_time(&mut self, layer: &Layer, domain: Domain) -> Result<usize, RenderError> {
        let source = self.lowering.layer_source(&layer.content, self.canvas)?;
        if source.content != self.size {
            return Err(RenderError::Unsupported("a layer whose picture changes its size under an effect over time".into()));
        }
        let drawn = self.lowering.widen(source, &layer.effects, Masks::default(), self.canvas)?;
        let Source::Intermediate(id) = drawn.source else {
            return Err(RenderError::Unsupported("a picture that is not in memory".into()));
        };
        let mut linear = self.working.linear;
        let steps = to_domain(domain, &mut linear, self.working);
        if steps.is_empty() {
            return Ok(id);
        }
        let mut pass = PassBuilder::new(self.size);
        pass.stages.push(whole_intermediate(id, self.size, 0));
        pass.stages.push(Stage::Unpremultiply { reg: 0 });
        pass.convert(0, steps);
        pass.stages.push(Stage::Premultiply { reg: 0 });
        Ok(self.lowering.add_intermediate(self.size, pass))
    }

    /// One step over premultiplied colour; `original` is what the first step got, `inputs` the layer at other times, or other layers.
    fn step(&mut self, step: Step, original: Option<usize>, inputs: &[usize]) {
        match step {
            Step::Point(kernel, uniforms) => {
                self.premultiply();
                let kernel_from_output = Affine::IDENTITY;
                self.pass().stages.push(Stage::Point { reg: 0, kernel, uniforms, kernel_from_output });
            }
            Step::Separable(weights) => {
                let id = self.store();
                self.stored = self.lowering.convolve(id, self.size, &weights);
            }
            Step::Field(kernel, uniforms, edge) => {
                let id = self.store();
                let mut pass = PassBuilder::new(self.size);
                pass.stages.push(read(kernel, uniforms, [id].into_iter().chain(original).collect(), edge));
                self.open = Some(pass);
            }
            Step::Mix(kernel, uniforms) => {
                let id = self.store();
                let mut pass = PassBuilder::new(self.size);
                pass.use_register(1);
                pass.stages.push(whole_intermediate(original.unwrap_or(id), self.size, 0));
                pass.stages.push(whole_intermediate(id, self.size, 1));
                pass.stages.push(Stage::Mix { from: 0, to: 1, kernel, id: "", uniforms });
                self.open = Some(pass);
            }
            Step::Join(kernel, uniforms, n) => {
                self.premultiply();
                let (size, Some(&input)) = (self.size, inputs.get(n)) else { return };
                let pass = self.pass();
                pass.use_register(1);
                pass.stages.push(whole_intermediate(input, size, 1));
                pass.stages.push(Stage::Mix { from: 0, to: 1, kernel, id: "", uniforms });
            }
            Step::Start(n) => {
                if let Some(&input) = inputs.get(n) {
                    (self.open, self.stored) = (None, input);
                }
            }
            Step::Fields(kernel, uniforms, edge, which) => {
                let id = self.store();
                let others = which.iter().filter_map(|n| inputs.get(*n).copied());
                let mut pass = PassBuilder::new(self.size);
                pass.stages.push(read(kernel, uniforms, [id].into_iter().chain(original).chain(others).collect(), edge));
                self.open = Some(pass);
            }
        }
        self.opaque = false;
        self.premultiplied = true;
    }

    /// The open pass; opened on what is stored when there is none.
    fn pass(&mut self) -> &mut PassBuilder {
        let (size, stored) = (self.size, self.stored);
        self.premultiplied |= self.open.is_none();
        self.open.get_or_insert_with(|| {
            let mut pass = PassBuilder::new(size);
            pass.stages.push(whole_intermediate(stored, size, 0));
            pass
        })
    }

    /// Writes the picture into an intermediate, premultiplied.
    fn store(&mut self) -> usize {
        self.premultiply();
        if let Some(pass) = self.open.take() {
            self.stored = self.lowering.add_intermediate(self.size, pass);
        }
        self.stored
    }

    fn premultiply(&mut self) {
        if self.open.is_some() && !self.premultiplied && !self.opaque {
            self.pass().stages.push(Stage::Premultiply { reg: 0 });
        }
        self.premultiplied = true;
    }

    fn straighten(&mut self) {
        self.pass();
        if self.premultiplied && !self.opaque {
            self.pass().stages.push(Stage::Unpremultiply { reg: 0 });
        }
        self.premultiplied = false;
    }

    fn enter(&mut self, domain: Domain) {
        let steps = to_domain(domain, &mut self.linear, self.working);
        if !steps.is_empty() {
            self.straighten();
            self.pass().convert(0, steps);
        }
    }
}

fn read(kernel: &'static dyn cutroom_kernel::ReadOp, uniforms: cutroom_effects::Uniforms, fields: Vec<usize>, edge: Edge) -> Stage {
    Stage::Read { reg: 0, kernel, uniforms, kernel_from_output: Affine::IDENTITY, fields, edge, table: Arc::default() }
}
