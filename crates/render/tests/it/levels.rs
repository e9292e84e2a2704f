//! One arithmetic: every comparison case produces the same bytes at every SIMD level, and every
//! kernel in those cases the same bits in lanes, on the host and in the trace from which its shader
//! is printed. That WGSL computes what the trace specifies is tested with a device
//! (`gpu_parity.rs`).
use crate::gpu_cases;
use crate::support::bytes;
use cutroom_kernel::{
    At, Edge, Extent, InputImage, Inputs, MAX_UNIFORMS, Rgba, SimdLevel, TILE_PITCH, Tile, TraceReads, rgb,
    trace::{Readings, Symbol, Trace, trace},
};
use cutroom_render::{
    cpu::CpuRenderer,
    program::{Pass, Program, Stage},
};
use std::collections::HashSet;

fn levels() -> impl Iterator<Item = SimdLevel> {
    SimdLevel::ALL.into_iter().filter(|l| l.available())
}

fn same_at_every_level(cases: Vec<gpu_cases::Case>) {
    let renderers: Vec<(SimdLevel, CpuRenderer)> = levels().map(|l| (l, CpuRenderer::with_level(l, 0).unwrap())).collect();
    for c in &cases {
        let program = gpu_cases::program(c);
        let frames = renderers.iter().map(|(level, cpu)| {
            let frame = cpu.run(&program, &c.output).unwrap_or_else(|e| panic!("{}: {e}", c.name));
            (level, bytes(&frame))
        });
        let frames: Vec<_> = frames.collect();
        for (level, frame) in &frames {
            assert!(*frame == frames[0].1, "{}: {level:?} differs from {:?}", c.name, frames[0].0);
        }
    }
}

#[test]
fn catalogue_in_gamma() {
    same_at_every_level(gpu_cases::catalogue(false));
}

#[test]
fn catalogue_in_linear_light() {
    same_at_every_level(gpu_cases::catalogue(true));
}

#[test]
fn placements_formats_and_sizes() {
    same_at_every_level(gpu_cases::shapes());
}

/// Number of compared columns, in two rows.
const WIDTH: usize = 37;
/// Size of the pictures that kernels read.
const FIELD: [usize; 2] = [41, 29];
/// From outside the pictures to outside them, so that every edge is crossed, in fractional steps.
const EXTENT: Extent = Extent { width: WIDTH, rows: 2, at: [-3.2, -5.7, 2.63, 1.41, -0.37, 8.9] };

/// Reproducible pseudo-random numbers from −0.5 to 1.5, with exact 0 and 1 among them.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        match self.0 % 11 {
            0 => 0.0,
            1 => 1.0,
            _ => (self.0 >> 8) as f32 / 8_388_608.0 - 0.5,
        }
    }

    fn tile(&mut self) -> Box<Tile> {
        let mut tile = Tile::boxed();
        tile.planes.as_flattened_mut().fill_with(|| self.next());
        tile
    }
}

/// Input: two registers, and pictures to read.
struct Material {
    px: Box<Tile>,
    other: Box<Tile>,
    planes: Vec<[Vec<f32>; 4]>,
}

impl Material {
    fn new() -> Self {
        let mut noise = Noise(7);
        let count = FIELD[0] * FIELD[1];
        let planes = (0..8).map(|_| std::array::from_fn(|_| (0..count).map(|_| noise.next()).collect())).collect();
        Self { px: noise.tile(), other: noise.tile(), planes }
    }

    fn images(&self, count: usize) -> Vec<InputImage<'_>> {
        assert!(count <= self.planes.len(), "{count} inputs");
        self.planes[..count]
            .iter()
            .map(|p| InputImage::new(p.each_ref().map(|p| p.as_slice()), FIELD[0], FIELD[1]).unwrap())
            .collect()
    }
}

/// One computation in its three forms.
struct Forms<'a> {
    name: String,
    lanes: &'a dyn Fn(SimdLevel, &mut Tile, &Tile),
    host: &'a dyn Fn(Rgba<f32>, Rgba<f32>, At<f32>) -> Rgba<f32>,
    /// Of inputs 0 to 9: two colours and a position.
    trace: Trace,
    params: &'a [f32],
    readings: Readings<'a>,
}

impl Forms<'_> {
    fn compare(&self, m: &Material) {
        let at_every_level: Vec<(SimdLevel, Box<Tile>)> = levels()
            .map(|level| {
                let mut tile = Tile::boxed();
                tile.planes = m.px.planes;
                (self.lanes)(level, &mut tile, &m.other);
                (level, tile)
            })
            .collect();
        for i in 0..EXTENT.rows * WIDTH {
            let (x, y) = (i % WIDTH, i / WIDTH);
            let j = y * TILE_PITCH + x;
            let (px, other, at) = (pixel(&m.px, j), pixel(&m.other, j), position(x, y));
            let want = bits((self.host)(px, other, at));
            for (level, tile) in &at_every_level {
                assert_eq!(bits(pixel(tile, j)), want, "{}: {level:?} and the host at ({x}, {y})", self.name);
            }
            let inputs = [px.c.r, px.c.g, px.c.b, px.a, other.c.r, other.c.g, other.c.b, other.a, at.x, at.y];
            let got = self.trace.evaluate_reading(self.params, &inputs, self.readings);
            assert_eq!(bits(color(&got)), want, "{}: the trace and the host at ({x}, {y})", self.name);
        }
    }
}

fn color<R: Copy>(v: &[R]) -> Rgba<R> {
    Rgba { c: rgb(v[0], v[1], v[2]), a: v[3] }
}

fn pixel(tile: &Tile, j: usize) -> Rgba<f32> {
    color(&tile.planes.each_ref().map(|p| p[j]))
}

/// The centre of a pixel, rounded as in lanes.
fn position(x: usize, y: usize) -> At<f32> {
    let [x0, y0, dx, dy, rx, ry] = EXTENT.at;
    let (x0, y0) = (x0 + rx * y as f32, y0 + ry * y as f32);
    At { x: x as f32 * dx + x0, y: x as f32 * dy + y0 }
}

fn bits(c: Rgba<f32>) -> [u32; 4] {
    [c.c.r, c.c.g, c.c.b, c.a].map(|v| if v.is_nan() { f32::NAN.to_bits() } else { v.to_bits() })
}

fn traced(f: impl FnOnce(&[Symbol; MAX_UNIFORMS], Rgba<Symbol>, Rgba<Symbol>, At<Symbol>) -> Rgba<Symbol>) -> Trace {
    trace(|| {
        let v: Vec<Symbol> = (0..10).map(Symbol::input).collect();
        let c = f(&Symbol::params(0), color(&v), color(&v[4..]), At { x: v[8], y: v[9] });
        vec![c.c.r, c.c.g, c.c.b, c.a]
    })
}

/// Compares one stage's kernel; `false` for stages without one.
fn compare(name: &str, stage: &Stage, m: &Material) -> bool {
    let nothing = Readings::default();
    match stage {
        Stage::Point { kernel, uniforms, .. } => Forms {
            name: format!("{name}, {}", kernel.name()),
            lanes: &|level, px, _| kernel.run(level, &uniforms.values, px, EXTENT),
            host: &|px, _, at| kernel.eval_host(&uniforms.values, px, at),
            trace: traced(|p, px, _, at| kernel.trace(p, px, at)),
            params: &uniforms.values,
            readings: nothing,
        }
        .compare(m),
        Stage::Mix { kernel, uniforms, .. } => Forms {
            name: format!("{name}, {}", kernel.name()),
            lanes: &|level, px, other| kernel.run(level, &uniforms.values, px, other, EXTENT),
            host: &|px, other, at| kernel.eval_host(&uniforms.values, px, other, at),
            trace: traced(|p, px, other, at| kernel.trace(p, px, other, at)),
            params: &uniforms.values,
            readings: nothing,
        }
        .compare(m),
        Stage::Blend { kernel, opacity, seed, .. } => Forms {
            name: format!("{name}, {}", kernel.name()),
            lanes: &|level, px, other| kernel.run(level, *opacity, *seed, px, other, EXTENT),
            host: &|px, other, at| kernel.eval_host(px, Rgba { a: other.a * *opacity, ..other }, at, *seed),
            trace: traced(|p, px, other, at| kernel.trace(px, Rgba { a: other.a * p[0], ..other }, at, p[1])),
            params: &[*opacity, *seed],
            readings: nothing,
        }
        .compare(m),
        Stage::Read { kernel, uniforms, inputs: images, origin, edge, table, .. } => {
            let images = m.images(images.len());
            let inputs = Inputs { images: &images, origin: *origin, edge: *edge, table };
            let textures: Vec<u32> = (0..images.len() as u32).collect();
            // After the kernel's own parameters: the origin, the index of the table's first entry
            // in the shader's tables, and the index of its last entry in the table.
            let mut params = [0.0; MAX_UNIFORMS + 4];
            params[..uniforms.values.len()].copy_from_slice(&uniforms.values);
            params[MAX_UNIFORMS..].copy_from_slice(&[origin[0], origin[1], 1.0, table.len().max(1) as f32 - 1.0]);
            // Another table comes before it; a shader without tables has one entry.
            let tables = [&[-7.5][..], if table.is_empty() { &[0.0][..] } else { &table[..] }].concat();
            Forms {
                name: format!("{name}, {}", kernel.name()),
                lanes: &|level, px, _| kernel.run(level, &uniforms.values, inputs, px, EXTENT),
                host: &|px, _, at| kernel.eval_host(&uniforms.values, inputs, px, at),
                trace: traced(|p, px, _, at| {
                    let (origin, table) = (Symbol::params(MAX_UNIFORMS as u32), Symbol::params(MAX_UNIFORMS as u32 + 2));
                    kernel.trace(p, px, at, TraceReads { textures: &textures, origin, edge: *edge, table, uniforms: p })
                }),
                params: &params,
                readings: Readings { tables: &tables, textures: &images },
            }
            .compare(m);
        }
        Stage::Fill { .. }
        | Stage::Sample { .. }
        | Stage::Unpremultiply { .. }
        | Stage::Premultiply { .. }
        | Stage::Fade { .. } => return false,
    }
    true
}

/// Identifies a computation: stages with equal keys need to be compared once only.
fn key(stage: &Stage) -> String {
    match stage {
        Stage::Point { kernel, uniforms, .. } => format!("{:?} {:?}", kernel.kernel_id(), uniforms.values),
        Stage::Mix { kernel, uniforms, .. } => format!("{:?} {:?}", kernel.kernel_id(), uniforms.values),
        Stage::Blend { kernel, opacity, seed, .. } => format!("{:?} {opacity} {seed}", kernel.kernel_id()),
        Stage::Read { kernel, uniforms, inputs: images, origin, edge, table, .. } => {
            let table: Vec<u8> = table.iter().flat_map(|v| v.to_le_bytes()).collect();
            let (id, values, table) = (kernel.kernel_id(), &uniforms.values, blake3::hash(&table));
            format!("{id:?} {values:?} {} {origin:?} {edge:?} {table}", images.len())
        }
        _ => String::new(),
    }
}

fn stages(program: &Program) -> impl Iterator<Item = &Stage> {
    let tiles = program.passes.iter().filter_map(|p| if let Pass::Tiles(tiles) = p { Some(tiles) } else { None });
    tiles.flat_map(|t| &t.stages)
}

#[test]
fn lanes_host_and_trace_have_the_same_bits() {
    let material = Material::new();
    let (mut seen, mut edges) = (HashSet::new(), HashSet::new());
    let mut kernels = HashSet::new();
    for c in gpu_cases::catalogue(false).into_iter().chain(gpu_cases::catalogue(true)).chain(gpu_cases::shapes()) {
        let program = gpu_cases::program(&c);
        for stage in stages(&program).filter(|s| seen.insert(key(s))) {
            if compare(&c.name, stage, &material) {
                kernels.insert(key(stage).split(' ').next().map(str::to_owned));
            }
            if let Stage::Read { edge, .. } = stage {
                edges.insert(*edge);
            }
        }
    }
    println!("{} kernels in {} stages", kernels.len(), seen.len());
    for edge in [Edge::Transparent, Edge::Clamp, Edge::Mirror] {
        assert!(edges.contains(&edge), "no case reads with {edge:?}");
    }
    assert!(kernels.len() > 150, "{} kernels", kernels.len());
}
