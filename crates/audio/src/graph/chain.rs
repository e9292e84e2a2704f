//! The effects of a bus, one after the other.
use super::Step;
use crate::AudioError;
use cutroom_effects::{
    ParamKind, Params,
    sound::{BLOCK_SAMPLES, Channel, SoundBlock, SoundFormat, SoundParams, SoundProcessor, SoundSetup},
};
use cutroom_timeline::{Bus, SoundUse};
use cutroom_types::ParamValue;
use std::{collections::VecDeque, fmt};

/// The effects of a bus at work.
#[derive(Debug, Default)]
pub(super) struct Chain {
    links: Vec<Link>,
    latency: usize,
}

/// One effect.
struct Link {
    /// What it was made from; only its curves may change.
    used: SoundUse,
    processor: Box<dyn SoundProcessor>,
    latency: usize,
    /// Parameters at the start of the next block, and after it.
    from: Vec<f64>,
    to: Vec<f64>,
    /// Whether a block has been processed, and whether parameters changed in the last one.
    begun: bool,
    changed: bool,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.used)
    }
}

impl Chain {
    /// The effects of a bus, which takes samples from `start` on.
    pub fn new(bus: &Bus, start: i64, channels: usize, step: &mut Step<'_>) -> Result<Self, AudioError> {
        let format = SoundFormat { rate_hz: step.shared.rate_hz, channels };
        let mut chain = Self::default();
        for (i, used) in bus.effects.iter().enumerate() {
            let spec = used.effect.spec();
            // The values at the first sample.
            let mut values = used.params.clone();
            for curve in &used.curves {
                let value = at(&curve.points, start - chain.latency as i64);
                match spec.params[curve.param].kind {
                    ParamKind::Bool { .. } => values[curve.param] = ParamValue::Bool(value >= 0.5),
                    ParamKind::Number { .. } => values[curve.param] = ParamValue::Number(value),
                    // Validation refuses others; they keep their first value.
                    _ => {}
                }
            }
            let file_param = spec.params.iter().position(|p| matches!(p.kind, ParamKind::File { .. }));
            let file = match file_param.map(|i| &values[i]) {
                Some(ParamValue::Text(path)) if !path.is_empty() => {
                    let error = |cause| AudioError::EffectFile { effect: used.id.clone(), path: path.to_string(), cause };
                    Some(step.source.file(path, format.rate_hz).map_err(error)?)
                }
                _ => None,
            };
            let measured = match spec.measures {
                true => Some(
                    step.source
                        .measured(&bus.key, i)
                        .map_err(|cause| AudioError::NotMeasured { effect: used.id.clone(), cause })?,
                ),
                false => None,
            };
            let setup = SoundSetup { format, params: Params::new(&values), file: file.as_ref(), measured };
            let numbers: Vec<f64> = values.iter().map(number).collect();
            let latency = latency(used, format.rate_hz, channels);
            chain.links.push(Link {
                used: used.clone(),
                processor: (spec.make)(setup),
                latency,
                from: numbers.clone(),
                to: numbers,
                begun: false,
                changed: false,
            });
            chain.latency += latency;
        }
        Ok(chain)
    }

    /// Samples by which its output is later than its input.
    pub fn latency(&self) -> usize {
        self.latency
    }

    /// The latency of one effect.
    pub fn latency_of(&self, effect: usize) -> usize {
        self.links[effect].latency
    }

    /// Whether it was made from these effects, apart from curves.
    pub fn runs(&self, effects: &[SoundUse]) -> bool {
        let same = |(link, used): (&Link, &SoundUse)| {
            let curves = |u: &SoundUse| u.curves.iter().map(|c| c.param).collect::<Vec<_>>();
            let own = &link.used;
            (own.effect, &own.id, &own.params, curves(own)) == (used.effect, &used.id, &used.params, curves(used))
        };
        self.links.len() == effects.len() && self.links.iter().zip(effects).all(same)
    }

    /// Processes whole blocks from `first` on, and appends the result to `output`. `keys` are what each
    /// effect follows.
    pub fn process(
        &mut self,
        first: i64,
        input: &[Vec<f64>],
        keys: &[Option<Vec<Vec<f32>>>],
        effects: &[SoundUse],
        output: &mut [VecDeque<f32>],
    ) {
        let samples = input.first().map_or(0, Vec::len);
        let mut block: Vec<Channel> = vec![[0.0; BLOCK_SAMPLES]; input.len()];
        let mut key_block = block.clone();
        for start in (0..samples).step_by(BLOCK_SAMPLES) {
            let range = start..start + BLOCK_SAMPLES;
            for (block, input) in block.iter_mut().zip(input) {
                block.iter_mut().zip(&input[range.clone()]).for_each(|(b, x)| *b = finite(*x));
            }
            let position = first + start as i64;
            // An effect hears late what those before it put out.
            let mut time = position;
            for ((link, used), key) in self.links.iter_mut().zip(effects).zip(keys) {
                for (block, key) in key_block.iter_mut().zip(key.iter().flatten()) {
                    block.copy_from_slice(&key[range.clone()]);
                }
                let key_block = if key.is_some() { &key_block[..] } else { &[] };
                link.process(position, time, used, &mut block, key_block);
                time -= link.latency as i64;
            }
            output.iter_mut().zip(&block).for_each(|(output, block)| output.extend(block));
        }
    }
}

impl Link {
    /// Processes the block at `position`, whose sound is that of `time`.
    fn process(&mut self, position: i64, time: i64, used: &SoundUse, block: &mut [Channel], key: &[Channel]) {
        let was_changing = self.changed;
        self.changed = false;
        for curve in &used.curves {
            let (a, b) = (at(&curve.points, time), at(&curve.points, time + BLOCK_SAMPLES as i64));
            let is_switch = matches!(used.effect.spec().params[curve.param].kind, ParamKind::Bool { .. });
            (self.from[curve.param], self.to[curve.param]) = if is_switch { (a.round(), a.round()) } else { (a, b) };
            self.changed |= a != b;
        }
        let changed = self.changed || was_changing || !self.begun;
        self.begun = true;
        self.processor.process(SoundBlock {
            position,
            channels: block,
            key,
            params: SoundParams { from: &self.from, to: &self.to, changed },
        });
    }
}

/// A sample of single precision that is a number.
fn finite(x: f64) -> f32 {
    if x.is_nan() { 0.0 } else { x.clamp(-f64::from(f32::MAX), f64::from(f32::MAX)) as f32 }
}

/// The latency of an effect, samples.
pub(super) fn latency(used: &SoundUse, rate_hz: u32, channels: usize) -> usize {
    (used.effect.spec().latency_samples)(Params::new(&used.params), SoundFormat { rate_hz, channels })
}

fn number(value: &ParamValue) -> f64 {
    match value {
        ParamValue::Number(v) => *v,
        ParamValue::Bool(v) => f64::from(u8::from(*v)),
        _ => 0.0,
    }
}

/// The value of points at a sample: straight lines, held outside.
fn at(points: &[(i64, f64)], sample: i64) -> f64 {
    let after = points.partition_point(|p| p.0 <= sample);
    match (after.checked_sub(1).map(|i| points[i]), points.get(after)) {
        (Some(a), Some(b)) => a.1 + (b.1 - a.1) * ((sample - a.0) as f64 / (b.0 - a.0) as f64),
        (Some(a), None) => a.1,
        (None, Some(b)) => b.1,
        (None, None) => 0.0,
    }
}
