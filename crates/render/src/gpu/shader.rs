//! Prints a tile pass as one compute shader. Its structure (compiled and cached) is separated from
//! its numbers (which change every frame).
use super::{
    numbers::Numbers,
    output::OutputCode,
    sampling::{SampleCode, Texel, TextureUse, Textures, is_everything},
};
use crate::program::{PassTarget, Program, Reg, Stage, TilePass};
use cutroom_kernel::{
    At, Edge, MAX_UNIFORMS, Real, Rgba, TraceReads, rgb,
    trace::{Symbol, Trace, trace},
};
use cutroom_types::{Affine, ColorModel, PictureFormat, Size};
use std::{any::TypeId, collections::BTreeMap, fmt::Write, ops::Range};

/// A stage without its numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum StageCode {
    Fill(Reg),
    Sample(Reg, SampleCode),
    Unpremultiply(Reg),
    Premultiply(Reg),
    Point(Reg, TypeId),
    Read(Reg, TypeId, Vec<usize>, Edge),
    Blend(Reg, Reg, TypeId),
    Mix(Reg, Reg, TypeId),
    Fade(Reg),
}

/// Consecutive stages that run under one condition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Group {
    /// Slot of the bounds outside of which the stages have no effect; `None` if the stages are not
    /// restricted.
    guard: Option<usize>,
    /// A register that is transparent outside the bounds.
    cleared: Option<Reg>,
    stages: Range<usize>,
}

/// Everything that decides a shader's text. Equal structures share a pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Structure {
    groups: Vec<Group>,
    stages: Vec<StageCode>,
    registers: usize,
    output: OutputCode,
    texels: Vec<Texel>,
    /// Whether tables are bound, after the textures.
    pub tables: bool,
}

impl Structure {
    /// Whether a sampler is bound, as the last binding.
    pub fn samples(&self) -> bool {
        self.texels.iter().any(|t| t.gathers())
    }

    /// Number of workgroups for a raster.
    pub fn workgroups(&self, size: Size) -> [u32; 2] {
        self.output.workgroups(size)
    }
}

/// One frame's use of a structure.
pub struct PassLayout {
    /// The structure.
    pub structure: Structure,
    /// Textures in binding order.
    pub textures: Textures,
    /// Numbers that the shader reads directly; those derived from parameters are appended after
    /// them.
    pub numbers: Numbers,
    /// Parameters of the stages, in order.
    params: Vec<f32>,
    /// Tables of the stages, concatenated.
    pub tables: Vec<f32>,
}

/// Splits a pass into structure and numbers. `format` is the output's layout, `cosited` whether its
/// chroma is on the first column and on the first row of its block.
pub fn layout_pass(program: &Program, pass: &TilePass, format: PictureFormat, cosited: [bool; 2]) -> PassLayout {
    let mut textures = Textures::default();
    let mut numbers = Numbers::default();
    numbers.rasters[0] = [pass.size.width, pass.size.height, 0, 0];
    let mut params = Vec::new();
    let mut tables = Vec::new();
    let mut stages = Vec::with_capacity(pass.stages.len());
    for stage in &pass.stages {
        push_params(stage, tables.len(), &mut params);
        stages.push(match stage {
            Stage::Fill { reg, .. } => StageCode::Fill(*reg),
            Stage::Sample { reg, sampling } => {
                StageCode::Sample(*reg, SampleCode::new(program, sampling, &mut textures, &mut numbers))
            }
            Stage::Unpremultiply { reg } => StageCode::Unpremultiply(*reg),
            Stage::Premultiply { reg } => StageCode::Premultiply(*reg),
            Stage::Point { reg, kernel, .. } => StageCode::Point(*reg, kernel.kernel_id()),
            Stage::Read { reg, kernel, inputs, edge, table, .. } => {
                tables.extend_from_slice(table);
                let bound = inputs.iter().map(|id| textures.binding(TextureUse::Intermediate(*id), Texel::Rgba)).collect();
                StageCode::Read(*reg, kernel.kernel_id(), bound, *edge)
            }
            Stage::Blend { backdrop, source, kernel, .. } => StageCode::Blend(*backdrop, *source, kernel.kernel_id()),
            Stage::Mix { from, to, kernel, .. } => StageCode::Mix(*from, *to, kernel.kernel_id()),
            Stage::Fade { reg, .. } => StageCode::Fade(*reg),
        });
    }
    let groups = group(pass, &mut numbers);
    let output = match pass.target {
        PassTarget::Intermediate(_) => OutputCode::Intermediate,
        PassTarget::Output => OutputCode::planes(program, pass, format, cosited, &mut textures, &mut numbers),
        PassTarget::Plane(_) => {
            let one = PictureFormat { model: ColorModel::Gray, chroma_shift_x: 0, chroma_shift_y: 0, alpha: false, ..format };
            OutputCode::planes(program, pass, one, [false; 2], &mut textures, &mut numbers)
        }
    };
    let structure = Structure {
        groups,
        stages,
        registers: pass.registers,
        output,
        texels: textures.texels.clone(),
        tables: !tables.is_empty(),
    };
    PassLayout { structure, textures, numbers, params, tables }
}

/// Groups consecutive stages with common bounds.
fn group(pass: &TilePass, numbers: &mut Numbers) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut guard = |bounds: [u32; 4]| (!is_everything(bounds, pass.size)).then(|| numbers.push(&bounds.map(|b| b as f32)));
    let stages = &pass.stages;
    let mut i = 0;
    while i < stages.len() {
        let (end, slot, cleared) = match &stages[i] {
            Stage::Sample { reg, sampling } => {
                let run = i + 1 + stages[i + 1..].iter().take_while(|s| only_register(s) == Some(*reg)).count();
                match stages.get(run) {
                    // A layer of its own, which need not be computed outside its bounds.
                    Some(Stage::Blend { source, bounds, .. })
                        if source == reg && *bounds == sampling.bounds && !is_read(&stages[run + 1..], *reg) =>
                    {
                        (run + 1, guard(*bounds), None)
                    }
                    _ => (i + 1, guard(sampling.bounds), Some(*reg)),
                }
            }
            Stage::Blend { bounds, .. } => (i + 1, guard(*bounds), None),
            _ => (i + 1, None, None),
        };
        match groups.last_mut() {
            Some(last) if slot.is_none() && last.guard.is_none() => last.stages.end = end,
            _ => groups.push(Group { guard: slot, cleared: cleared.filter(|_| slot.is_some()), stages: i..end }),
        }
        i = end;
    }
    groups
}

/// The register of a stage that reads and writes no other register; `None` for other stages.
fn only_register(s: &Stage) -> Option<Reg> {
    match s {
        Stage::Unpremultiply { reg }
        | Stage::Premultiply { reg }
        | Stage::Point { reg, .. }
        | Stage::Read { reg, .. }
        | Stage::Fade { reg, .. } => Some(*reg),
        Stage::Fill { .. } | Stage::Sample { .. } | Stage::Blend { .. } | Stage::Mix { .. } => None,
    }
}

/// Whether `reg` is read before it is overwritten; register 0 is read at the end.
fn is_read(stages: &[Stage], reg: Reg) -> bool {
    for s in stages {
        match s {
            Stage::Fill { reg: r, .. } | Stage::Sample { reg: r, .. } if *r == reg => return false,
            Stage::Blend { backdrop, source, .. } if *backdrop == reg || *source == reg => return true,
            Stage::Mix { from, to, .. } if *from == reg || *to == reg => return true,
            s if only_register(s) == Some(reg) => return true,
            _ => {}
        }
    }
    reg == 0
}

/// Appends a stage's parameters; [`apply`] reads them in the same order.
fn push_params(stage: &Stage, first_entry: usize, out: &mut Vec<f32>) {
    match stage {
        Stage::Fill { color, .. } => out.extend_from_slice(color),
        Stage::Point { uniforms, kernel_from_output: Affine { xx, xy, x0, yx, yy, y0 }, .. }
        | Stage::Mix { uniforms, kernel_from_output: Affine { xx, xy, x0, yx, yy, y0 }, .. } => {
            out.extend([xx, xy, x0, yx, yy, y0].map(|v| *v as f32));
            out.extend_from_slice(&uniforms.values);
        }
        Stage::Read { uniforms, kernel_from_output: Affine { xx, xy, x0, yx, yy, y0 }, origin, table, .. } => {
            out.extend([xx, xy, x0, yx, yy, y0].map(|v| *v as f32));
            out.extend_from_slice(&uniforms.values);
            out.extend([first_entry as f32, table.len().saturating_sub(1) as f32]);
            out.extend(origin);
        }
        Stage::Blend { opacity, seed, .. } => out.extend([*opacity, *seed]),
        Stage::Fade { opacity, .. } => out.push(*opacity),
        Stage::Sample { .. } | Stage::Unpremultiply { .. } | Stage::Premultiply { .. } => {}
    }
}

/// A shader with the traces that compute its derived numbers.
pub struct Shader {
    /// WGSL of the whole module.
    pub text: String,
    /// For each traced sequence of stages, the trace and the range of the parameters that it reads.
    traces: Vec<(Trace, Range<usize>)>,
}

impl Shader {
    /// Appends the derived numbers to those laid out.
    pub fn derive(&self, pass_layout: &mut PassLayout) {
        for (trace, range) in &self.traces {
            trace.uniforms(&pass_layout.params[range.clone()], &mut pass_layout.numbers.values);
        }
    }

    /// Prints the module for a laid-out pass.
    pub fn print(pass: &TilePass, pass_layout: &PassLayout) -> Self {
        let s = &pass_layout.structure;
        let mut body = String::new();
        let mut traces = Vec::new();
        let mut slot = pass_layout.numbers.values.len();
        let mut param = 0;
        // Writing to a String cannot fail.
        let _ = print_body(pass, s, &mut body, &mut traces, &mut slot, &mut param);
        let mut text = format!(
            "struct Numbers {{ rasters: array<vec4<u32>, {}>, v: array<vec4<f32>, {}> }}\n@group(0) @binding(0) var<uniform> u: Numbers;\n",
            super::numbers::RASTER_ROWS,
            Numbers::rows(slot)
        );
        text.push_str(s.output.binding());
        for (i, texel) in s.texels.iter().enumerate() {
            let _ = writeln!(text, "@group(0) @binding({}) var t{i}: texture_2d<{}>;", i + 2, texel.component());
        }
        if s.tables {
            let _ = writeln!(text, "@group(0) @binding({}) var<storage, read> tables: array<f32>;", s.texels.len() + 2);
        }
        if s.samples() {
            let at = s.texels.len() + 2 + usize::from(s.tables);
            let _ = writeln!(text, "@group(0) @binding({at}) var near: sampler;");
        }
        if body.contains("hash3(") {
            text.push_str(include_str!("hash.wgsl"));
        }
        text.push_str(include_str!("sample.wgsl"));
        for texel in [Texel::Uint, Texel::Float, Texel::Rgba] {
            if s.texels.contains(&texel) {
                text.push_str(&texel.helpers(0));
            }
        }
        if s.stages.iter().any(|c| matches!(c, StageCode::Sample(_, code) if code.reads_second())) {
            text.push_str(&Texel::Uint.helpers(1));
        }
        if s.stages.iter().any(|c| matches!(c, StageCode::Read(_, _, textures, _) if !textures.is_empty())) {
            text.push_str(include_str!("fields.wgsl"));
        }
        let _ = writeln!(
            text,
            "fn shade(px: vec2<u32>) -> vec4<f32> {{\n    let x = f32(px.x) + 0.5;\n    let y = f32(px.y) + 0.5;\n{body}    return r0;\n}}"
        );
        text.push_str(&s.output.main());
        Self { text, traces }
    }
}

fn print_body(
    pass: &TilePass,
    s: &Structure,
    text: &mut String,
    traces: &mut Vec<(Trace, Range<usize>)>,
    slot: &mut usize,
    param: &mut usize,
) -> std::fmt::Result {
    for r in 0..s.registers.max(1) {
        writeln!(text, "    var r{r} = vec4<f32>(0.0);")?;
    }
    for g in &s.groups {
        if let Some(reg) = g.cleared {
            writeln!(text, "    r{reg} = vec4<f32>(0.0);")?;
        }
        if let Some(at) = g.guard {
            let [l, t, r, b] = std::array::from_fn(|k| Numbers::read(at + k));
            writeln!(text, "    if (x > {l} && y > {t} && x < {r} && y < {b}) {{")?;
        }
        let mut i = g.stages.start;
        while i < g.stages.end {
            if let StageCode::Sample(reg, code) = &s.stages[i] {
                code.print(&format!("r{reg}"), text)?;
                i += 1;
                continue;
            }
            let end = (i..g.stages.end).find(|&k| matches!(s.stages[k], StageCode::Sample(..))).unwrap_or(g.stages.end);
            print_run(&pass.stages[i..end], &s.stages[i..end], text, traces, slot, param)?;
            i = end;
        }
        if g.guard.is_some() {
            writeln!(text, "    }}")?;
        }
    }
    Ok(())
}

/// Registers as symbols while a sequence of stages is traced; the first reading of a register
/// creates its inputs.
#[derive(Default)]
struct Registers {
    now: BTreeMap<Reg, Rgba<Symbol>>,
    written: Vec<Reg>,
    read: Vec<Reg>,
}

/// Inputs 0 and 1 are the pixel's centre; register `r` begins at `2 + 4·r`.
const FIRST_REGISTER_INPUT: u32 = 2;

impl Registers {
    fn get(&mut self, reg: Reg) -> Rgba<Symbol> {
        if let Some(c) = self.now.get(&reg) {
            return *c;
        }
        self.read.push(reg);
        let c = |k: u32| Symbol::input(FIRST_REGISTER_INPUT + 4 * reg as u32 + k);
        let c = Rgba { c: rgb(c(0), c(1), c(2)), a: c(3) };
        self.now.insert(reg, c);
        c
    }

    fn set(&mut self, reg: Reg, c: Rgba<Symbol>) {
        self.now.insert(reg, c);
        if !self.written.contains(&reg) {
            self.written.push(reg);
        }
    }
}

fn print_run(
    stages: &[Stage],
    codes: &[StageCode],
    text: &mut String,
    traces: &mut Vec<(Trace, Range<usize>)>,
    slot: &mut usize,
    param: &mut usize,
) -> std::fmt::Result {
    let mut registers = Registers::default();
    let mut count = 0;
    let traced = trace(|| {
        for (s, code) in stages.iter().zip(codes) {
            let textures: Vec<u32> = match code {
                StageCode::Read(_, _, bound, _) => bound.iter().map(|t| *t as u32).collect(),
                _ => Vec::new(),
            };
            apply(s, &textures, &mut registers, &mut count);
        }
        registers.written.iter().flat_map(|r| registers.now.get(r)).flat_map(|c| [c.c.r, c.c.g, c.c.b, c.a]).collect()
    });
    let name = format!("s{}_", traces.len());
    for r in &registers.read {
        writeln!(text, "    let {name}r{r} = r{r};")?;
    }
    let base = *slot;
    let (statements, out) = traced.wgsl(
        &name,
        |i| match i {
            0 => "x".into(),
            1 => "y".into(),
            i => {
                let k = i - FIRST_REGISTER_INPUT;
                format!("{name}r{}.{}", k / 4, ["x", "y", "z", "w"][k as usize % 4])
            }
        },
        |k| Numbers::read(base + k),
    );
    text.push_str(&statements);
    for (r, c) in registers.written.iter().zip(out.chunks(4)) {
        writeln!(text, "    r{r} = vec4<f32>({});", c.join(", "))?;
    }
    *slot += traced.uniform_count();
    let from = *param;
    *param += count as usize;
    traces.push((traced, from..*param));
    Ok(())
}

/// Records one stage. `textures` are those that it reads, `next` is the index of the next
/// parameter.
fn apply(stage: &Stage, textures: &[u32], registers: &mut Registers, next: &mut u32) {
    fn take<const N: usize>(next: &mut u32) -> [Symbol; N] {
        let p = Symbol::params(*next);
        *next += N as u32;
        p
    }
    let (x, y) = (Symbol::input(0), Symbol::input(1));
    let seen = |next: &mut u32| {
        let [xx, xy, x0, yx, yy, y0] = take(next);
        At { x: x * xx + (y * xy + x0), y: x * yx + (y * yy + y0) }
    };
    match stage {
        Stage::Fill { reg, .. } => {
            let [r, g, b, a] = take(next);
            registers.set(*reg, Rgba { c: rgb(r, g, b), a });
        }
        // Sampling is printed, not traced.
        Stage::Sample { .. } => {}
        Stage::Unpremultiply { reg } => {
            let p = registers.get(*reg);
            let k = Symbol::select(p.a.gt(1e-6), Symbol::from(1.0) / p.a.max(1e-6), 0.0);
            registers.set(*reg, Rgba { c: p.c.scale(k), a: p.a });
        }
        Stage::Premultiply { reg } => {
            let p = registers.get(*reg);
            registers.set(*reg, Rgba { c: p.c.scale(p.a), a: p.a });
        }
        Stage::Point { reg, kernel, .. } => {
            let at = seen(next);
            let p: [Symbol; MAX_UNIFORMS] = take(next);
            let px = registers.get(*reg);
            registers.set(*reg, kernel.trace(&p, px, at));
        }
        Stage::Read { reg, kernel, edge, .. } => {
            let at = seen(next);
            let p: [Symbol; MAX_UNIFORMS] = take(next);
            let (table, origin) = (take(next), take(next));
            let px = registers.get(*reg);
            registers.set(*reg, kernel.trace(&p, px, at, TraceReads { textures, origin, edge: *edge, table, uniforms: &p }));
        }
        Stage::Blend { backdrop, source, kernel, .. } => {
            let [opacity, seed] = take(next);
            let below = registers.get(*backdrop);
            let above = registers.get(*source);
            registers.set(*backdrop, kernel.trace(below, Rgba { a: above.a * opacity, ..above }, At { x, y }, seed));
        }
        Stage::Mix { from, to, kernel, .. } => {
            let at = seen(next);
            let p: [Symbol; MAX_UNIFORMS] = take(next);
            let (f, t) = (registers.get(*from), registers.get(*to));
            registers.set(*from, kernel.trace(&p, f, t, at));
        }
        Stage::Fade { reg, .. } => {
            let [opacity] = take(next);
            let p = registers.get(*reg);
            registers.set(*reg, Rgba { c: p.c.scale(opacity), a: p.a * opacity });
        }
    }
}
