//! Chains of effects that read other pixels than their own. Each such effect reads an intermediate
//! of the layer's size; the stages between two of them are fused into passes.
use super::{
    LayerSource, Lowering, Masks, PassBuilder, effect_frame, effect_params,
    intermediate::{Reduction, Stored},
    to_domain, whole_intermediate, working_space,
};
use crate::{
    RenderError,
    mask::with_margin,
    program::{PictureId, Planes, Sampling, SamplingSource, Stage, UNLIMITED},
};
use cutroom_effects::{
    Domain, EffectKind, Params, SeparableWeights, Step, Uniforms,
    color::{ColorStep, WorkingSpace},
};
use cutroom_kernel::{Edge, MixOp, ReadOp};
use cutroom_timeline::{Canvas, EffectUse, Layer};
use cutroom_types::{Affine, Size};
use std::sync::Arc;

/// Maximum number of pictures that a chain reads in one pass: devices bind at least 16 textures, of
/// which a picture with alpha needs four.
const MAX_READS: usize = 12;

/// A layer while its effects are lowered.
pub(super) struct Chain<'l, 'a> {
    pub(super) lowering: &'l mut Lowering<'a>,
    /// Size of the current image.
    pub(super) size: Size,
    /// Size of the content.
    pub(super) content: Size,
    /// Margin of the current image around the content on each side, horizontally and vertically, in
    /// pixels.
    pub(super) margin: [u32; 2],
    /// Margin from the first effect on that draws outside the content.
    target_margin: [u32; 2],
    /// The part of the content that is visible before the first effect; applies to other times as
    /// well.
    crop: Option<[f64; 4]>,
    canvas: &'l Canvas,
    working: WorkingSpace,
    /// The pass whose register 0 holds the image; `None` when it is stored.
    pub(super) open: Option<PassBuilder>,
    /// The intermediate that holds the image, premultiplied, when no pass is open.
    pub(super) stored: Stored,
    /// The source of the open pass, while the pass only reads it.
    pub(super) direct: Option<DirectSource>,
    /// Number of stages of a pass that only reads the source.
    source_stage_count: usize,
    /// Whether colour is linear light; otherwise it is display-encoded.
    linear: bool,
    /// Whether colour is multiplied by alpha.
    pub(super) premultiplied: bool,
    /// Whether alpha is 1 everywhere.
    pub(super) opaque: bool,
    /// Where the image's alpha comes from.
    pub(super) outline: Outline,
}

/// Where the alpha of a chain's image comes from.
#[derive(Clone, Copy)]
pub(super) enum Outline {
    /// From its pixels.
    Own,
    /// From a mask on opaque content, or from the content's edges.
    Masked(Option<PictureId>),
    /// It is that of an intermediate of the image's size.
    Stored(usize),
    /// It is that of one intermediate composited over another one, by a step that is not drawn yet.
    Pending(usize, Stored, &'static dyn MixOp, Uniforms),
}

/// The result of a chain.
pub(super) enum Rasterized {
    /// In an intermediate.
    Stored(LayerSource),
    /// Stages still to be run on a raster of the content's size; they leave the image in register
    /// 0.
    Open {
        /// In order of execution.
        stages: Vec<Stage>,
        /// Number of registers used.
        registers: usize,
        /// Whether colour is multiplied by alpha.
        premultiplied: bool,
        /// Whether alpha is 1 everywhere.
        opaque: bool,
    },
}

/// The input of an effect's first step.
#[derive(Clone)]
pub(super) enum ChainInput {
    /// Cheaper to recompute than to store: stages that leave it in register 0.
    Recompute(Vec<Stage>),
    /// In an intermediate.
    Stored(usize),
}

/// An opaque source whose decoding is an affine map of its samples, so that it may be reduced
/// before it is decoded.
pub(super) struct DirectSource {
    sampling: Sampling,
    decode: Vec<ColorStep>,
}

impl Lowering<'_> {
    /// Renders a source at its content size plus a margin, with effects and masks, into an
    /// intermediate.
    pub(super) fn rasterize_layer(
        &mut self,
        source: LayerSource,
        effects: &[EffectUse],
        masks: Masks,
        margin: [u32; 2],
        canvas: &Canvas,
    ) -> Result<LayerSource, RenderError> {
        match self.run_chain(source, effects, masks, margin, canvas, false)? {
            Rasterized::Stored(source) => Ok(source),
            Rasterized::Open { .. } => Err(RenderError::Unsupported("a chain that was not ended".into())),
        }
    }

    /// The same; with `may_stay_open` the last stages may be left to the caller's pass.
    pub(super) fn run_chain(
        &mut self,
        mut source: LayerSource,
        effects: &[EffectUse],
        masks: Masks,
        margin: [u32; 2],
        canvas: &Canvas,
        may_stay_open: bool,
    ) -> Result<Rasterized, RenderError> {
        let working = working_space(canvas);
        self.turn_source(&mut source, &Affine::IDENTITY);
        let (content, own) = (source.content, source.own_margin(margin));
        let size = with_margin(content, own);
        let mut pass = PassBuilder::new(size);
        let bounds = pass.full();
        let window = source.window();
        let source_from_output = source.source_from_content.after(&inward(own));
        let sampling = Sampling { source: source.source, source_from_output, window, bounds };
        pass.stages.push(Stage::Sample { reg: 0, sampling });
        pass.convert(0, source.decode.clone());
        // A decoding of at most one step is the matrix from code values.
        let affine = source.decode.len() <= 1 && !source.has_alpha && source.crop.is_none();
        let source_stage_count = pass.stages.len();
        let direct = affine.then_some(DirectSource { sampling, decode: source.decode });
        let mut chain = Chain {
            lowering: self,
            size,
            content,
            margin: own,
            target_margin: margin,
            crop: source.crop,
            canvas,
            working,
            open: Some(pass),
            stored: Stored::whole(0, size),
            direct,
            source_stage_count,
            linear: working.linear,
            premultiplied: source.premultiplied,
            // What a crop removes is transparent.
            opaque: !source.has_alpha && source.crop.is_none(),
            outline: if source.has_alpha || source.crop.is_some() { Outline::Own } else { Outline::Masked(None) },
        };
        chain.mask(masks.before);
        for used in effects {
            chain.effect(used)?;
        }
        chain.enter(Domain::Working);
        chain.grow();
        chain.mask(masks.after);
        if let (true, Some(pass)) = (may_stay_open, chain.open.take_if(|_| may_stay_open)) {
            let Chain { premultiplied, opaque, .. } = chain;
            return Ok(Rasterized::Open { stages: pass.stages, registers: pass.registers, premultiplied, opaque });
        }
        if chain.open.is_some() {
            chain.store();
        }
        let (stored, opaque) = (chain.stored, chain.opaque);
        let mut drawn = Self::stored_source(&stored, content, opaque);
        drawn.source_from_content = drawn.source_from_content.after(&outward(margin));
        drawn.margin = margin;
        Ok(Rasterized::Stored(drawn))
    }
}

/// Maps coordinates of the content to those of a raster with a margin.
fn outward([x, y]: [u32; 2]) -> Affine {
    Affine::translate(f64::from(x), f64::from(y))
}

pub(super) fn inward([x, y]: [u32; 2]) -> Affine {
    Affine::translate(-f64::from(x), -f64::from(y))
}

impl Chain<'_, '_> {
    /// Adds the transparent margin, unless the image has it already.
    fn grow(&mut self) {
        if self.margin == self.target_margin {
            return;
        }
        self.store();
        let (from, to) = (self.size, with_margin(self.content, self.target_margin));
        let window = [0.0, 0.0, from.width as f32, from.height as f32];
        let mut pass = PassBuilder::new(to);
        let sampling = Sampling { window, ..self.stored.sampling(&inward(self.target_margin), to) };
        pass.stages.push(Stage::Sample { reg: 0, sampling });
        self.size = to;
        self.margin = self.target_margin;
        if !matches!(self.outline, Outline::Masked(_)) {
            self.outline = Outline::Own;
        }
        self.source_stage_count = pass.stages.len();
        self.open = Some(pass);
        self.direct = None;
        self.opaque = false;
        self.premultiplied = true;
    }

    /// Multiplies alpha by a mask, a grey picture of the raster's size.
    fn mask(&mut self, mask: Option<PictureId>) {
        let Some(id) = mask else { return };
        let (size, premultiplied) = (self.size, self.premultiplied && !self.opaque);
        let pass = self.pass();
        pass.mask(0, id, size, premultiplied);
        self.premultiplied = premultiplied;
        self.opaque = false;
        self.outline = match self.outline {
            Outline::Masked(None) if self.margin == [0; 2] => Outline::Masked(Some(id)),
            _ => Outline::Own,
        };
    }

    fn effect(&mut self, used: &EffectUse) -> Result<(), RenderError> {
        let spec = used.effect.spec();
        let values = effect_params(spec, used, self.working);
        let params = Params::new(&values);
        if spec.outset(params) != [0.0; 2] {
            self.grow();
        }
        let effect_frame = effect_frame(self.content, self.margin, self.working, used.time);
        self.enter(spec.domain);
        if let Some(steps) = spec.wide_steps(params, &effect_frame) {
            self.outline = Outline::Own;
            let mut chain_input = self.chain_input();
            for step in steps {
                self.step(step, Some(&mut chain_input), &[]);
            }
            return Ok(());
        }
        if spec.outlines
            && let EffectKind::Steps(steps) = spec.kind
            && let Some(outline) = self.stored_outline()
        {
            self.outlined(outline, steps(params, &effect_frame));
            return Ok(());
        }
        if !spec.keeps_alpha || spec.needs_intermediate_for(params) {
            self.outline = Outline::Own;
        }
        match spec.kind {
            EffectKind::Point { .. } | EffectKind::Table { .. } | EffectKind::Lut { .. } => {
                self.straighten();
                if let Some(stage) = self.lowering.pixel_stage(spec, params, &effect_frame, &inward(self.margin), 0)? {
                    self.pass().stages.push(stage);
                }
                self.linear |= spec.outputs_linear;
                self.opaque &= spec.keeps_alpha;
            }
            EffectKind::Separable { weights } => self.step(Step::Separable(weights(params, &effect_frame)), None, &[]),
            EffectKind::Sampled { kernel, prepare, edge } => {
                self.step(Step::Sample(kernel(params), prepare(params, &effect_frame), edge), None, &[]);
            }
            EffectKind::Steps(steps) => {
                let mut chain_input = self.chain_input();
                for step in steps(params, &effect_frame) {
                    self.step(step, Some(&mut chain_input), &[]);
                }
            }
            EffectKind::Temporal { steps, .. } => {
                let mut chain_input = self.chain_input();
                let mut inputs = Vec::with_capacity(used.inputs.len());
                for layer in &used.inputs {
                    inputs.push(self.other_time(layer, spec.domain)?);
                }
                for step in steps(params, &effect_frame, inputs.len()) {
                    self.step(step, Some(&mut chain_input), &inputs);
                }
            }
            EffectKind::Layered { steps } => {
                // Without its input layer the effect changes nothing.
                if used.inputs.is_empty() {
                    return Ok(());
                }
                let mut chain_input = self.chain_input();
                let mut inputs = Vec::with_capacity(used.inputs.len());
                for layer in &used.inputs {
                    inputs.push(self.other_layer(layer)?);
                }
                for step in steps(params, &effect_frame) {
                    self.step(step, Some(&mut chain_input), &inputs);
                }
            }
            EffectKind::Runtime(effect) => {
                let mut chain_input = self.chain_input();
                let times = used.inputs.len().saturating_sub(spec.track_count());
                let mut inputs = Vec::with_capacity(used.inputs.len());
                for layer in &used.inputs[..times] {
                    inputs.push(self.other_time(layer, spec.domain)?);
                }
                for layer in &used.inputs[times..] {
                    inputs.push(self.other_layer(layer)?);
                }
                for step in effect.steps(params, &effect_frame, inputs.len()) {
                    self.step(step, Some(&mut chain_input), &inputs);
                }
            }
            // Already applied by planning, which chose the source time.
            EffectKind::Time(_) => {}
        }
        Ok(())
    }

    /// Draws another layer, stretched to the content's size and with clamped edges in the margin,
    /// into an intermediate.
    fn other_layer(&mut self, layer: &Layer) -> Result<usize, RenderError> {
        let id = self.lowering.stretched(layer, self.canvas, self.content)?;
        if self.margin == [0; 2] {
            return Ok(id);
        }
        let mut pass = PassBuilder::new(self.size);
        let sampling = Stored::whole(id, self.content).sampling(&inward(self.margin), self.size);
        pass.stages.push(Stage::Sample { reg: 0, sampling });
        Ok(self.lowering.add_intermediate(self.size, pass, Planes::Rgba))
    }

    /// Draws the layer at another time, at the current image's size, into an intermediate.
    fn other_time(&mut self, layer: &Layer, domain: Domain) -> Result<usize, RenderError> {
        let source = LayerSource { crop: self.crop, ..self.lowering.layer_source(&layer.content, self.canvas)? };
        if source.content != self.content {
            return Err(RenderError::Unsupported("a layer whose picture changes its size under an effect over time".into()));
        }
        let masks = self.lowering.layer_masks(layer, &source, self.margin)?;
        let drawn = self.lowering.rasterize_layer(source, &layer.effects, masks, self.margin, self.canvas)?;
        let SamplingSource::Intermediate(id) = drawn.source else {
            return Err(RenderError::Unsupported("a picture that is not in memory".into()));
        };
        let mut linear = self.working.linear;
        let steps = to_domain(domain, &mut linear, self.working);
        let stored_from_full = drawn.source_from_content.after(&inward(self.margin));
        let stored = Stored { id, size: drawn.source_size, stored_from_full };
        if steps.is_empty() && stored.size == self.size {
            return Ok(id);
        }
        let mut pass = PassBuilder::new(self.size);
        pass.stages.push(Stage::Sample { reg: 0, sampling: stored.sampling(&Affine::IDENTITY, self.size) });
        pass.stages.push(Stage::Unpremultiply { reg: 0 });
        pass.convert(0, steps);
        pass.stages.push(Stage::Premultiply { reg: 0 });
        Ok(self.lowering.add_intermediate(self.size, pass, Planes::Rgba))
    }

    /// Appends one step on premultiplied colour. `chain_input` is the input of the effect's first
    /// step, `inputs` are the layer at other times, or other layers.
    pub(super) fn step(&mut self, step: Step, chain_input: Option<&mut ChainInput>, inputs: &[usize]) {
        match step {
            Step::Point(kernel, uniforms) => {
                self.premultiply();
                let kernel_from_output = inward(self.margin);
                self.pass().stages.push(Stage::Point { reg: 0, kernel, uniforms, kernel_from_output });
            }
            // The filter clamps edges, so an opaque image stays opaque.
            Step::Separable(weights) => return self.filter(&weights),
            Step::Sample(kernel, uniforms, edge) => {
                let id = self.store();
                let first = chain_input.map(|o| self.keep(o));
                let mut pass = PassBuilder::new(self.size);
                pass.stages.push(self.read(kernel, uniforms, [id].into_iter().chain(first).collect(), edge));
                self.open = Some(pass);
            }
            Step::Mix(kernel, uniforms) => {
                if self.open.is_some() {
                    self.store();
                }
                let mut pass = PassBuilder::new(self.size);
                pass.use_register(1);
                match chain_input {
                    Some(ChainInput::Recompute(stages)) => pass.stages.extend(stages.iter().cloned()),
                    Some(ChainInput::Stored(id)) => pass.stages.push(whole_intermediate(*id, self.size, 0)),
                    None => {}
                }
                pass.stages.push(Stage::Sample { reg: 1, sampling: self.stored.sampling(&Affine::IDENTITY, self.size) });
                let kernel_from_output = inward(self.margin);
                pass.stages.push(Stage::Mix { from: 0, to: 1, kernel, id: "", uniforms, kernel_from_output });
                self.open = Some(pass);
            }
            Step::MixInput(kernel, uniforms, n) => {
                self.premultiply();
                let (size, Some(&input)) = (self.size, inputs.get(n)) else { return };
                self.limit_reads();
                let kernel_from_output = inward(self.margin);
                let pass = self.pass();
                pass.use_register(1);
                pass.stages.push(whole_intermediate(input, size, 1));
                pass.stages.push(Stage::Mix { from: 0, to: 1, kernel, id: "", uniforms, kernel_from_output });
            }
            Step::UseInput(n) => {
                if let Some(&input) = inputs.get(n) {
                    self.open = None;
                    self.stored = Stored::whole(input, self.size);
                }
            }
            Step::SampleInputs(kernel, uniforms, edge, which) => {
                let id = self.store();
                let first = chain_input.map(|o| self.keep(o));
                let others = which.iter().filter_map(|n| inputs.get(*n).copied());
                let mut pass = PassBuilder::new(self.size);
                pass.stages.push(self.read(kernel, uniforms, [id].into_iter().chain(first).chain(others).collect(), edge));
                self.open = Some(pass);
            }
        }
        self.opaque = false;
        self.premultiplied = true;
    }

    /// The current image, for use by a later step.
    fn chain_input(&mut self) -> ChainInput {
        if self.open.as_ref().is_some_and(|p| p.stages.len() == self.source_stage_count) {
            self.premultiply();
            return ChainInput::Recompute(self.pass().stages.clone());
        }
        ChainInput::Stored(self.store())
    }

    /// Stores an effect's input in an intermediate, for kernels that read other pixels of it.
    fn keep(&mut self, chain_input: &mut ChainInput) -> usize {
        match chain_input {
            ChainInput::Stored(id) => *id,
            ChainInput::Recompute(stages) => {
                let mut pass = PassBuilder::new(self.size);
                pass.stages = std::mem::take(stages);
                let id = self.lowering.add_intermediate(self.size, pass, Planes::Rgba);
                *chain_input = ChainInput::Stored(id);
                id
            }
        }
    }

    fn filter(&mut self, weights: &SeparableWeights) {
        let untouched = |_: &DirectSource| self.open.as_ref().is_some_and(|p| p.stages.len() == self.source_stage_count);
        if let Some(by) = weights.sigma_px.and_then(Reduction::of)
            && let Some(direct) = self.direct.take().filter(untouched)
        {
            self.open = None;
            self.stored = self.lowering.reduced_gaussian(self.size, Planes::Opaque, by, |full_from_small, small| {
                let source_from_output = direct.sampling.source_from_output.after(full_from_small);
                let bounds = [0, 0, small.width, small.height];
                let sampling = Sampling { source_from_output, window: UNLIMITED, bounds, ..direct.sampling };
                let mut pass = PassBuilder::new(small);
                pass.stages.push(Stage::Sample { reg: 0, sampling });
                pass.convert(0, direct.decode);
                pass.stages
            });
        } else {
            let id = self.store();
            self.stored = self.lowering.filter(id, weights);
        }
        self.premultiplied = true;
    }

    /// A stage that reads intermediates. The kernel's positions are relative to the content,
    /// whatever margin the intermediates have.
    fn read(&self, kernel: &'static dyn ReadOp, uniforms: Uniforms, inputs: Vec<usize>, edge: Edge) -> Stage {
        let (kernel_from_output, origin) = (inward(self.margin), self.margin.map(|v| v as f32));
        Stage::Read { reg: 0, kernel, uniforms, kernel_from_output, inputs, origin, edge, table: Arc::default() }
    }

    /// The open pass; if there is none, opens one that reads the stored image.
    pub(super) fn pass(&mut self) -> &mut PassBuilder {
        let (size, stored) = (self.size, self.stored);
        self.premultiplied |= self.open.is_none();
        self.open.get_or_insert_with(|| {
            let mut pass = PassBuilder::new(size);
            pass.stages.push(Stage::Sample { reg: 0, sampling: stored.sampling(&Affine::IDENTITY, size) });
            pass
        })
    }

    /// Ends a pass that cannot read another picture.
    pub(super) fn limit_reads(&mut self) {
        let reads = |p: &PassBuilder| p.stages.iter().filter(|s| matches!(s, Stage::Sample { .. })).count();
        if self.open.as_ref().is_some_and(|p| reads(p) >= MAX_READS) {
            self.store();
        }
    }

    /// Writes the image into an intermediate of its size, premultiplied.
    pub(super) fn store(&mut self) -> usize {
        self.premultiply();
        if self.stored.size != self.size {
            self.pass();
        }
        if let Some(pass) = self.open.take() {
            let planes = if self.opaque { Planes::Opaque } else { Planes::Rgba };
            self.stored = Stored::whole(self.lowering.add_intermediate(self.size, pass, planes), self.size);
        }
        self.stored.id
    }

    pub(super) fn premultiply(&mut self) {
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
