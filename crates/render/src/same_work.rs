//! Finds equal work: each intermediate gets a key that states how it is computed and from which
//! memory, passes that would write an intermediate once more are removed, and a back end may keep
//! what the next frame computes again.
use crate::program::{
    Intermediate, IntermediateId, Pass, PassTarget, PlaneBase, Program, Sampling, SamplingSource, Stage, WorkKey,
};
use cutroom_types::Picture;
use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
};

/// Longest table, in entries, whose content is part of a key; work with longer ones has no key.
const MAX_TABLE: usize = 4096;

/// Draws equal intermediates once, and gives intermediates their keys.
pub(crate) fn merge(program: &mut Program) {
    if program.intermediates.is_empty() {
        return;
    }
    let pictures: Vec<WorkKey> = program.pictures.iter().map(picture_key).collect();
    let old = std::mem::take(&mut program.intermediates);
    // For each old intermediate its new index.
    let mut renamed: Vec<Option<IntermediateId>> = vec![None; old.len()];
    let mut by_key: HashMap<WorkKey, IntermediateId> = HashMap::new();
    let mut passes = Vec::with_capacity(program.passes.len());
    for mut pass in std::mem::take(&mut program.passes) {
        visit_inputs(&mut pass, &mut |id| *id = renamed[*id].unwrap_or(*id));
        let Some(target) = pass.target() else {
            passes.push(pass);
            continue;
        };
        let raster = old[target];
        let key = key(&pass, &raster, &pictures, &program.intermediates);
        if let Some(same) = key.and_then(|k| by_key.get(&k)) {
            renamed[target] = Some(*same);
            continue;
        }
        let id = program.intermediates.len();
        program.intermediates.push(Intermediate { key, ..raster });
        if let Some(key) = key {
            by_key.insert(key, id);
        }
        renamed[target] = Some(id);
        match &mut pass {
            Pass::Tiles(tiles) => tiles.target = PassTarget::Intermediate(id),
            Pass::Convolve { to, .. } => *to = id,
            Pass::Plane(_) => {}
        }
        passes.push(pass);
    }
    program.passes = passes;
}

/// Calls `f` with the index of each intermediate that a pass reads.
pub(crate) fn visit_inputs(pass: &mut Pass, f: &mut dyn FnMut(&mut IntermediateId)) {
    let source = |s: &mut Sampling, f: &mut dyn FnMut(&mut IntermediateId)| {
        if let SamplingSource::Intermediate(id) = &mut s.source {
            f(id);
        }
    };
    match pass {
        Pass::Tiles(tiles) => {
            for stage in &mut tiles.stages {
                match stage {
                    Stage::Sample { sampling, .. } => source(sampling, f),
                    Stage::Read { inputs, .. } => inputs.iter_mut().for_each(&mut *f),
                    _ => {}
                }
            }
        }
        Pass::Convolve { from, .. } => f(from),
        Pass::Plane(plane) => {
            if let PlaneBase::Plane(s) = &mut plane.base {
                source(s, f);
            }
            plane.over.iter_mut().for_each(|o| source(&mut o.sampling, f));
        }
    }
}

/// Writes what is hashed into BLAKE3, whose collisions can be neglected.
struct Wide(blake3::Hasher);

impl Hasher for Wide {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

impl Wide {
    fn new() -> Self {
        Self(blake3::Hasher::new())
    }

    fn floats(&mut self, values: &[f32]) {
        values.len().hash(self);
        values.iter().for_each(|v| v.to_bits().hash(self));
    }

    fn map(&mut self, m: &cutroom_types::Affine) {
        [m.xx, m.xy, m.x0, m.yx, m.yy, m.y0].map(f64::to_bits).hash(self);
    }

    fn key(&self) -> WorkKey {
        *self.0.finalize().as_bytes()
    }
}

/// The memory that a picture is in, and how it is read.
fn picture_key(p: &Picture) -> WorkKey {
    let mut h = Wide::new();
    (p.format, p.size, p.color.chroma, p.alpha).hash(&mut h);
    for plane in &p.planes {
        (plane.data().as_ptr() as usize, plane.stride_bytes()).hash(&mut h);
    }
    if let Some(frame) = &p.device {
        (frame.address(), frame.only).hash(&mut h);
    }
    h.key()
}

/// `None` if a pass reads something that has no key.
fn key(pass: &Pass, raster: &Intermediate, pictures: &[WorkKey], done: &[Intermediate]) -> Option<WorkKey> {
    let mut h = Wide::new();
    (raster.size, raster.planes).hash(&mut h);
    std::mem::discriminant(pass).hash(&mut h);
    match pass {
        Pass::Tiles(tiles) => {
            for stage in &tiles.stages {
                stage_key(stage, pictures, done, &mut h)?;
            }
        }
        Pass::Convolve { from, horizontal, weights, .. } => {
            (done[*from].key?, horizontal).hash(&mut h);
            h.floats(weights);
        }
        Pass::Plane(_) => return None,
    }
    Some(h.key())
}

fn stage_key(stage: &Stage, pictures: &[WorkKey], done: &[Intermediate], h: &mut Wide) -> Option<()> {
    std::mem::discriminant(stage).hash(h);
    match stage {
        Stage::Fill { reg, color } => {
            reg.hash(h);
            h.floats(color);
        }
        Stage::Sample { reg, sampling } => {
            let of = match sampling.source {
                SamplingSource::Picture(id) => (0, pictures[id]),
                SamplingSource::Intermediate(id) => (1, done[id].key?),
            };
            (reg, of, sampling.bounds).hash(h);
            h.map(&sampling.source_from_output);
            h.floats(&sampling.window);
        }
        Stage::Unpremultiply { reg } | Stage::Premultiply { reg } => reg.hash(h),
        Stage::Point { reg, kernel, uniforms, kernel_from_output } => {
            (reg, kernel.kernel_id()).hash(h);
            h.floats(&uniforms.values);
            h.map(kernel_from_output);
        }
        Stage::Read { reg, kernel, uniforms, kernel_from_output, inputs, origin, edge, table } => {
            if table.len() > MAX_TABLE {
                return None;
            }
            (reg, kernel.kernel_id(), edge, inputs.len()).hash(h);
            for id in inputs {
                done[*id].key?.hash(h);
            }
            h.floats(&uniforms.values);
            h.map(kernel_from_output);
            h.floats(origin);
            h.floats(table);
        }
        Stage::Blend { backdrop, source, kernel, mode: _, opacity, seed, opaque_backdrop, bounds } => {
            (backdrop, source, kernel.kernel_id(), opaque_backdrop, bounds).hash(h);
            h.floats(&[*opacity, *seed]);
        }
        Stage::Mix { from, to, kernel, id, uniforms, kernel_from_output } => {
            (from, to, kernel.kernel_id(), id).hash(h);
            h.floats(&uniforms.values);
            h.map(kernel_from_output);
        }
        Stage::Fade { reg, opacity } => {
            reg.hash(h);
            h.floats(&[*opacity]);
        }
    }
    Some(())
}
