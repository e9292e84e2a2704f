//! Effects on single pixels, each in its own domain, as stages of one pass.
use super::{Lowering, PassBuilder};
use crate::{
    RenderError,
    program::{Reg, Stage},
};
use cutroom_effects::{
    Domain, EffectFrame, EffectKind, EffectSpec, Params,
    color::{self, ColorStep, WorkingSpace},
};
use cutroom_kernel::Edge;
use cutroom_timeline::EffectUse;
use cutroom_types::{Affine, ParamValue, Size, TimeDelta};
use std::borrow::Cow;

impl Lowering<'_> {
    /// The stage of an effect that reads its own pixel only; `None` for others.
    pub(super) fn pixel_stage(
        &self,
        spec: &EffectSpec,
        params: Params<'_>,
        effect_frame: &EffectFrame,
        map: &Affine,
        reg: Reg,
    ) -> Result<Option<Stage>, RenderError> {
        let (kernel, uniforms, table) = match spec.kind {
            EffectKind::Point { kernel, prepare } => {
                let uniforms = prepare(params, effect_frame);
                return Ok(Some(Stage::Point { reg, kernel: kernel(params), uniforms, kernel_from_output: *map }));
            }
            EffectKind::Table { kernel, prepare, table } => (kernel(params), prepare(params, effect_frame), table(params)),
            EffectKind::Lut { kernel, prepare } => {
                let path = params.text(0);
                let lut = self.sources.lut(path).ok_or_else(|| RenderError::MissingLut(path.into()))?;
                (kernel(&lut), prepare(params, &lut), lut.table())
            }
            _ => return Ok(None),
        };
        let (inputs, origin, edge) = (Vec::new(), [0.0; 2], Edge::Clamp);
        Ok(Some(Stage::Read { reg, kernel, uniforms, kernel_from_output: *map, inputs, origin, edge, table }))
    }

    /// Appends per-pixel effects on straight colour, each in its own domain.
    pub(super) fn point_effects(
        &self,
        chain: &[EffectUse],
        working: WorkingSpace,
        size: Size,
        content_from_output: &Affine,
        pass: &mut PassBuilder,
        reg: Reg,
    ) -> Result<(), RenderError> {
        let mut linear = working.linear;
        for used in chain {
            let spec = used.effect.spec();
            pass.convert(reg, to_domain(spec.domain, &mut linear, working));
            let values = effect_params(spec, used, working);
            let effect_frame = effect_frame(size, [0; 2], working, used.time);
            pass.stages.extend(self.pixel_stage(spec, Params::new(&values), &effect_frame, content_from_output, reg)?);
            linear |= spec.outputs_linear;
        }
        pass.convert(reg, to_domain(Domain::Working, &mut linear, working));
        Ok(())
    }
}

/// Parameters of an effect, with colours converted to the encoding in which it works.
pub(super) fn effect_params<'a>(spec: &EffectSpec, used: &'a EffectUse, working: WorkingSpace) -> Cow<'a, [ParamValue]> {
    // Colour parameters are display-encoded.
    let wanted = match spec.domain {
        Domain::Working => working,
        Domain::Display => WorkingSpace { linear: false, ..working },
        Domain::Linear => WorkingSpace { linear: true, ..working },
    };
    match spec.domain {
        Domain::Working | Domain::Linear if used.params.iter().any(|v| matches!(v, ParamValue::Color(_))) => {
            Cow::Owned(working_params(&used.params, wanted))
        }
        _ => Cow::Borrowed(&used.params),
    }
}

/// Parameters with colours converted to the working space.
pub(super) fn working_params(params: &[ParamValue], working: WorkingSpace) -> Vec<ParamValue> {
    let convert = |v: &ParamValue| match v {
        ParamValue::Color(c) => ParamValue::Color(color::working_color(c.map(|x| x as f32), working).map(f64::from)),
        other => other.clone(),
    };
    params.iter().map(convert).collect()
}

/// Steps to a domain from linear light if `linear` is set, or else from display-encoded values;
/// updates `linear`.
pub(super) fn to_domain(domain: Domain, linear: &mut bool, working: WorkingSpace) -> Vec<ColorStep> {
    let wanted = match domain {
        Domain::Working => working.linear,
        Domain::Display => false,
        Domain::Linear => true,
    };
    match (std::mem::replace(linear, wanted), wanted) {
        (true, false) => color::display_from_linear(working),
        (false, true) => color::linear_from_display(working),
        _ => Vec::new(),
    }
}

/// Size and colour context passed to an effect.
pub(super) fn effect_frame(size: Size, margin: [u32; 2], working: WorkingSpace, time: TimeDelta) -> EffectFrame {
    let time_secs = time.as_secs_f64() as f32;
    EffectFrame {
        width_px: size.width as f32,
        height_px: size.height as f32,
        linear: working.linear,
        primaries: working.primaries,
        time_secs,
        margin_px: margin.map(|v| v as f32),
    }
}
