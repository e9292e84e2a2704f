//! The CPU back end: runs stages over cache-sized tiles, with bands of rows in parallel. Produces
//! the same bits on every machine and with any number of threads.
mod kept;
mod pack;
mod planes;
mod sample;
mod segments;
pub(crate) mod stage_kernels;

use crate::{
    OutputSpec, RenderError,
    buffer_pool::BufferPool,
    program::{Intermediate, NormalOpaque, Pass, PassTarget, Planes, Program, SamplingSource, Stage, TilePass},
};
use cutroom_kernel::{
    Blend, BlendOp, Extent, InputImage, Inputs, PointOp, SimdLevel, TILE_PITCH, TILE_ROWS, Tile, lanes::MAX_LANES, rows,
};
use cutroom_types::{Affine, Picture, PictureFormat, Plane, Size};
use kept::{KeptWork, Reuse};
use pack::{Above, Band, Lines, Packer};
use rayon::prelude::*;
use sample::{PlaneBuffer, Sampler, SamplerInput, TableCache};
use segments::{PlacedInk, placed_ink, segments};
use stage_kernels::{FADE, PREMULTIPLY, UNPREMULTIPLY};
use std::sync::{Arc, Mutex, PoisonError};

/// Rows that one job computes; a multiple of the height of every chroma block.
const BAND_ROWS: usize = 24;

/// Draws programs on the CPU.
pub struct CpuRenderer {
    level: SimdLevel,
    pool: rayon::ThreadPool,
    buffers: BufferPool,
    /// Unused planes of intermediates, for reuse.
    spare: Mutex<Vec<Vec<f32>>>,
    /// Ones as the alpha of opaque intermediates, for kernels that read them.
    ones: Mutex<Arc<Vec<f32>>>,
    tables: TableCache,
    kept: Mutex<KeptWork>,
}

/// Maximum number of samples in unused planes of intermediates: eight RGBA pictures of 3840×2160.
const MAX_SPARE: usize = 8 * 4 * 3840 * 2160;

/// Scratch memory of one job.
struct Scratch {
    tiles: Vec<Box<Tile>>,
    lines: Lines,
    above: Above,
    gather: Vec<f32>,
}

/// A stage with its prepared sampler and the output pixels it can change.
struct PreparedStage<'a> {
    stage: &'a Stage,
    sampler: Option<Sampler<'a>>,
    inputs: Vec<InputImage<'a>>,
    bounds: [u32; 4],
    /// The register is also read outside the bounds, so it is cleared there.
    clear_outside: bool,
    /// Of a blend of text or shapes as they are: the parts that can change.
    ink: Option<PlacedInk<'a>>,
}

impl CpuRenderer {
    /// Creates a renderer with the widest available SIMD level. `threads` 0 means one per core.
    ///
    /// # Errors
    /// [`RenderError::Unsupported`] when threads cannot be started.
    pub fn new(threads: usize) -> Result<Self, RenderError> {
        Self::with_level(SimdLevel::best(), threads)
    }

    /// Creates a renderer with a given SIMD level.
    ///
    /// # Errors
    /// As [`Self::new`], and when the machine lacks the level.
    pub fn with_level(level: SimdLevel, threads: usize) -> Result<Self, RenderError> {
        if !level.available() {
            return Err(RenderError::Unsupported(format!("with {} instructions on this processor", level.name())));
        }
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|i| format!("render-{i}"))
            .build()
            .map_err(|e| RenderError::Unsupported(format!("with this many threads: {e}")))?;
        Ok(Self {
            level,
            pool,
            buffers: BufferPool::default(),
            spare: Mutex::default(),
            ones: Mutex::default(),
            tables: TableCache::default(),
            kept: Mutex::default(),
        })
    }

    /// Description such as `"cpu (avx512, 2 threads)"`.
    pub fn describe(&self) -> String {
        format!("cpu ({}, {} threads)", self.level.name(), self.pool.current_num_threads())
    }

    /// Runs all passes.
    ///
    /// # Errors
    /// [`RenderError::Unsupported`] for an output layout that no encoder uses (4:1:0, 4:1:1, chroma
    /// on the last row of its block).
    pub fn run(&self, program: &Program, output: &OutputSpec) -> Result<Picture, RenderError> {
        let mut intermediates: Vec<Option<PlaneBuffer>> = program.intermediates.iter().map(|_| None).collect();
        let kept = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let reuse = kept().begin(program, &mut intermediates);
        let result = self.run_passes(program, &mut intermediates, &reuse, output);
        let rest = kept().end(program, intermediates, &reuse.keep);
        rest.into_iter().for_each(|r| self.give_back(r));
        result
    }

    fn run_passes(
        &self,
        program: &Program,
        intermediates: &mut [Option<PlaneBuffer>],
        reuse: &Reuse,
        output: &OutputSpec,
    ) -> Result<Picture, RenderError> {
        let last_use = last_uses(program);
        for (at, pass) in program.passes.iter().enumerate().filter(|(at, _)| reuse.runs[*at]) {
            match pass {
                Pass::Tiles(tiles) => match tiles.target {
                    PassTarget::Intermediate(id) => {
                        let buffer = self.run_to_buffer(program, intermediates, tiles, program.intermediates[id].planes)?;
                        intermediates[id] = Some(buffer);
                    }
                    PassTarget::Output => return self.run_to_output(program, intermediates, tiles, output),
                    // Only the GPU back end runs planes as tiles.
                    PassTarget::Plane(_) => return Err(RenderError::Unsupported("one plane as tiles".into())),
                },
                Pass::Plane(_) => return self.run_planes(program, intermediates, output),
                Pass::Convolve { from, to, horizontal, weights } => {
                    let Intermediate { size, planes, .. } = program.intermediates[*to];
                    let mut out = self.take_buffer(size, planes.count());
                    if let Some(source) = &intermediates[*from] {
                        self.convolve(source, &mut out, *horizontal, weights);
                    }
                    intermediates[*to] = Some(out);
                }
            }
            for id in last_use.iter().enumerate().filter(|(id, last)| **last == at && !reuse.keep[*id]).map(|(id, _)| id) {
                if let Some(buffer) = intermediates[id].take() {
                    self.give_back(buffer);
                }
            }
        }
        Err(RenderError::Unsupported("a program without an output pass".into()))
    }

    /// A raster with arbitrary content.
    fn take_buffer(&self, size: Size, planes: usize) -> PlaneBuffer {
        let n = size.width as usize * size.height as usize;
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        let mut plane = || {
            let found = spare.iter().position(|p| p.len() == n).map(|i| spare.swap_remove(i));
            found.unwrap_or_else(|| vec![0.0; n])
        };
        PlaneBuffer { size, planes: (0..planes).map(|_| plane()).collect() }
    }

    fn give_back(&self, buffer: PlaneBuffer) {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        spare.extend(buffer.planes);
        // The oldest are freed first.
        let mut kept: usize = spare.iter().map(Vec::len).sum();
        while kept > MAX_SPARE {
            kept -= spare.remove(0).len();
        }
    }

    /// At least `n` ones.
    fn ones(&self, n: usize) -> Arc<Vec<f32>> {
        let mut ones = self.ones.lock().unwrap_or_else(PoisonError::into_inner);
        if ones.len() < n {
            *ones = Arc::new(vec![1.0; n]);
        }
        ones.clone()
    }

    fn prepare<'a>(
        &self,
        program: &'a Program,
        intermediates: &'a [Option<PlaneBuffer>],
        ones: &'a [f32],
        pass: &'a TilePass,
    ) -> Result<Vec<PreparedStage<'a>>, RenderError> {
        let full = [0, 0, pass.size.width, pass.size.height];
        let gray = matches!(pass.target, PassTarget::Intermediate(id) if program.intermediates[id].planes == Planes::Gray);
        let mut register_bounds = vec![full; pass.registers];
        let mut prepared: Vec<PreparedStage> = Vec::with_capacity(pass.stages.len());
        // The text or shapes that each register holds as they are.
        let mut inks: Vec<Option<PlacedInk<'_>>> = vec![None; pass.registers];
        for stage in &pass.stages {
            let buffer = |id: usize| {
                intermediates[id]
                    .as_ref()
                    .ok_or_else(|| RenderError::Unsupported("a pass that reads an intermediate before it is drawn".into()))
            };
            let mut inputs = Vec::new();
            let (sampler, bounds) = match stage {
                Stage::Sample { reg, sampling } => {
                    let input = match sampling.source {
                        SamplingSource::Picture(id) => SamplerInput::Picture(&program.pictures[id]),
                        SamplingSource::Intermediate(id) => SamplerInput::Intermediate(buffer(id)?),
                    };
                    register_bounds[*reg] = sampling.bounds;
                    let sampler = Sampler::new(*sampling, &input, &self.tables);
                    (Some(if gray { sampler.first_only() } else { sampler }), sampling.bounds)
                }
                Stage::Fill { reg, .. } => {
                    register_bounds[*reg] = full;
                    (None, full)
                }
                Stage::Unpremultiply { reg } | Stage::Premultiply { reg } | Stage::Point { reg, .. } | Stage::Fade { reg, .. } => {
                    (None, register_bounds[*reg])
                }
                Stage::Read { reg, inputs: ids, .. } => {
                    for &id in ids {
                        let r = buffer(id)?;
                        let plane = |k: usize| r.planes.get(k).map_or(ones, Vec::as_slice);
                        let planes = [plane(0), plane(1), plane(2), plane(3)];
                        inputs.extend(InputImage::new(planes, r.size.width as usize, r.size.height as usize));
                    }
                    // A kernel that reads intermediates writes the whole register, whatever it held
                    // before.
                    if !ids.is_empty() {
                        register_bounds[*reg] = full;
                    }
                    (None, register_bounds[*reg])
                }
                Stage::Blend { bounds, backdrop, source, .. } => {
                    let s = register_bounds[*source];
                    if bounds != &s {
                        // Pixels outside the source change too: there it is transparent.
                        for p in prepared.iter_mut().filter(|p| matches!(p.stage, Stage::Sample { reg, .. } if reg == source)) {
                            p.clear_outside = true;
                        }
                    }
                    // What the backdrop holds outside the bounds remains, so later stages on it
                    // must cover the union.
                    let b = &mut register_bounds[*backdrop];
                    *b = [b[0].min(bounds[0]), b[1].min(bounds[1]), b[2].max(bounds[2]), b[3].max(bounds[3])];
                    (None, *bounds)
                }
                Stage::Mix { from, to, .. } => {
                    for p in &mut prepared {
                        if let Stage::Sample { reg, .. } = p.stage
                            && (reg == from || reg == to)
                        {
                            p.clear_outside = true;
                        }
                    }
                    register_bounds[*from] = full;
                    (None, full)
                }
            };
            let clear_outside = matches!(stage, Stage::Sample { reg: 0, .. });
            let ink = match stage {
                Stage::Blend { backdrop, source, mode, .. } => {
                    inks[*backdrop] = None;
                    inks[*source].filter(|_| mode.is_normal())
                }
                Stage::Unpremultiply { .. } => None,
                Stage::Sample { reg, sampling } => {
                    inks[*reg] = placed_ink(program, sampling);
                    None
                }
                Stage::Fill { reg, .. }
                | Stage::Premultiply { reg }
                | Stage::Point { reg, .. }
                | Stage::Read { reg, .. }
                | Stage::Fade { reg, .. }
                | Stage::Mix { from: reg, .. } => {
                    inks[*reg] = None;
                    None
                }
            };
            prepared.push(PreparedStage { stage, sampler, inputs, bounds, clear_outside, ink });
        }
        Ok(prepared)
    }

    fn scratch(pass: &TilePass) -> Scratch {
        Scratch {
            tiles: (0..pass.registers).map(|_| Tile::boxed()).collect(),
            lines: Lines::default(),
            above: Above::default(),
            gather: Vec::new(),
        }
    }

    fn run_to_buffer(
        &self,
        program: &Program,
        intermediates: &[Option<PlaneBuffer>],
        pass: &TilePass,
        planes: Planes,
    ) -> Result<PlaneBuffer, RenderError> {
        let (w, h) = (pass.size.width as usize, pass.size.height as usize);
        let ones = self.ones_for(intermediates, pass);
        let prepared = self.prepare(program, intermediates, &ones, pass)?;
        let mut out = self.take_buffer(pass.size, planes.count());
        let mut bands: Vec<(usize, Vec<&mut [f32]>)> = Vec::new();
        let mut iters: Vec<_> = out.planes.iter_mut().map(|p| p.chunks_mut(BAND_ROWS * w)).collect();
        for y in (0..h).step_by(BAND_ROWS) {
            bands.push((y, iters.iter_mut().filter_map(Iterator::next).collect()));
        }
        self.pool.install(|| {
            bands.par_iter_mut().for_each_init(
                || Self::scratch(pass),
                |scratch, (y0, planes)| {
                    let rows = BAND_ROWS.min(h - *y0);
                    for y in (0..rows).step_by(TILE_ROWS) {
                        let n_rows = TILE_ROWS.min(rows - y);
                        for x in (0..w).step_by(TILE_PITCH) {
                            let n = TILE_PITCH.min(w - x);
                            run_stages(self.level, &prepared, scratch, x, *y0 + y, n, n_rows);
                            for (k, plane) in planes.iter_mut().enumerate() {
                                for r in 0..n_rows {
                                    let source = &scratch.tiles[0].planes[k][r * TILE_PITCH..r * TILE_PITCH + n];
                                    plane[(y + r) * w + x..(y + r) * w + x + n].copy_from_slice(source);
                                }
                            }
                        }
                    }
                },
            );
        });
        Ok(out)
    }

    /// Ones for the alpha of opaque intermediates that a pass reads.
    fn ones_for(&self, intermediates: &[Option<PlaneBuffer>], pass: &TilePass) -> Arc<Vec<f32>> {
        let read =
            pass.stages.iter().filter_map(|s| if let Stage::Read { inputs, .. } = s { Some(inputs) } else { None }).flatten();
        let opaque = read.filter_map(|id| intermediates[*id].as_ref()).filter(|r| r.planes.len() < 4);
        self.ones(opaque.map(|r| r.planes[0].len()).max().unwrap_or(0))
    }

    fn run_to_output(
        &self,
        program: &Program,
        intermediates: &[Option<PlaneBuffer>],
        pass: &TilePass,
        output: &OutputSpec,
    ) -> Result<Picture, RenderError> {
        let format = output.format;
        if format.chroma_shift_x > 1 || format.chroma_shift_y > 1 {
            return Err(RenderError::Unsupported(format!("into {format}")));
        }
        let (w, h) = (pass.size.width as usize, pass.size.height as usize);
        let ones = self.ones_for(intermediates, pass);
        let prepared = self.prepare(program, intermediates, &ones, pass)?;
        let packer = Packer::new(self.level, output, w)?;
        let copy = pass.base_copy.map(|id| &program.pictures[id]);
        let plane_rows = |k: usize, rows: usize| if format.is_chroma(k) { rows.div_ceil(1 << format.chroma_shift_y) } else { rows };
        let mut buffers: Vec<Vec<u8>> =
            (0..format.plane_count()).map(|k| self.buffers.take(packer.stride(k) * plane_rows(k, h))).collect();
        let mut bands: Vec<Band> = Vec::new();
        {
            let mut iters: Vec<_> =
                buffers.iter_mut().enumerate().map(|(k, b)| b.chunks_mut(packer.stride(k) * plane_rows(k, BAND_ROWS))).collect();
            for y in (0..h).step_by(BAND_ROWS) {
                bands.push(Band { y, rows: BAND_ROWS.min(h - y), planes: iters.iter_mut().filter_map(Iterator::next).collect() });
            }
        }
        self.pool.install(|| {
            bands.par_iter_mut().with_max_len(1).for_each_init(
                || Self::scratch(pass),
                |scratch, band| {
                    if packer.wants_above() {
                        scratch.above.forget(w);
                    }
                    for y in (0..band.rows).step_by(TILE_ROWS) {
                        let rows = TILE_ROWS.min(band.rows - y);
                        let mut carry = None;
                        for (x0, x1, untouched) in segments(&prepared, copy.is_some(), w, band.y + y, rows) {
                            if let (true, Some(picture)) = (untouched, copy) {
                                copy_rows(picture, &packer, format, band, x0, x1, y, rows);
                                carry = None;
                                if packer.wants_above() {
                                    scratch.above.lose(x0, x1 - x0);
                                }
                                continue;
                            }
                            for x in (x0..x1).step_by(TILE_PITCH) {
                                let n = TILE_PITCH.min(x1 - x);
                                let at = band.y + y;
                                let over = packer.wants_above() && at > 0;
                                // Unknown at the top of a band and below copied columns.
                                if over && !scratch.above.knows(x, n) {
                                    run_stages(self.level, &prepared, scratch, x, at - TILE_ROWS, n, TILE_ROWS);
                                    let Scratch { tiles, above, .. } = scratch;
                                    above.take(&tiles[0], TILE_ROWS - 1, x, n);
                                }
                                run_stages(self.level, &prepared, scratch, x, at, n, rows);
                                let Scratch { tiles, lines, above, .. } = scratch;
                                packer.store(band, &mut tiles[0], &mut carry, over.then_some(&*above), lines, x, y, n, rows);
                                if packer.wants_above() {
                                    above.take(&tiles[0], rows - 1, x, n);
                                }
                            }
                        }
                    }
                },
            );
        });
        drop(bands);
        self.picture(buffers, pass.size, output)
    }

    /// Makes a picture of tightly packed planes.
    fn picture(&self, buffers: Vec<Vec<u8>>, size: Size, output: &OutputSpec) -> Result<Picture, RenderError> {
        let format = output.format;
        let planes = buffers
            .into_iter()
            .enumerate()
            .map(|(k, bytes)| {
                let plane = format.plane_size(k, size);
                let stride = plane.width as usize * format.bytes_per_sample();
                Plane::new(self.buffers.lend(bytes), 0, stride, stride, plane.height as usize)
            })
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| RenderError::Unsupported("an output whose planes do not fit".into()))?;
        Ok(Picture::upright(format, size, output.color, planes))
    }

    fn convolve(&self, source: &PlaneBuffer, out: &mut PlaneBuffer, horizontal: bool, weights: &[f32]) {
        let (w, h) = (source.size.width as usize, source.size.height as usize);
        let reach = weights.len() - 1;
        let level = self.level;
        for (from, to) in source.planes.iter().zip(out.planes.iter_mut()) {
            self.pool.install(|| {
                if horizontal {
                    to.par_chunks_mut(w * 8).zip(from.par_chunks(w * 8)).for_each_init(
                        || vec![0.0f32; w + 2 * reach],
                        |padded, (out, rows_in)| {
                            for (out, row) in out.chunks_mut(w).zip(rows_in.chunks(w)) {
                                padded[..reach].fill(row[0]);
                                padded[reach..reach + w].copy_from_slice(row);
                                padded[reach + w..].fill(row[w - 1]);
                                let taps: Vec<&[f32]> = (0..=2 * reach).map(|k| &padded[k..k + w]).collect();
                                rows::convolve(level, &taps, weights, out);
                            }
                        },
                    );
                } else {
                    to.par_chunks_mut(w).enumerate().for_each(|(y, out)| {
                        let taps: Vec<&[f32]> = (0..=2 * reach)
                            .map(|k| {
                                let at = (y + k).saturating_sub(reach).min(h - 1);
                                &from[at * w..at * w + w]
                            })
                            .collect();
                        rows::convolve(level, &taps, weights, out);
                    });
                }
            });
        }
    }
}

/// For each intermediate, the pass that reads it last.
fn last_uses(program: &Program) -> Vec<usize> {
    let mut last = vec![usize::MAX; program.intermediates.len()];
    for (at, pass) in program.passes.iter().enumerate() {
        pass.for_each_input(|id| last[id] = at);
    }
    last
}

fn copy_rows(
    picture: &Picture,
    packer: &Packer,
    format: PictureFormat,
    band: &mut Band,
    x0: usize,
    x1: usize,
    y: usize,
    rows: usize,
) {
    let b = format.bytes_per_sample();
    for (k, out) in band.planes.iter_mut().enumerate() {
        let (sx, sy) = if format.is_chroma(k) { (format.chroma_shift_x, format.chroma_shift_y) } else { (0, 0) };
        let (from, to) = ((x0 >> sx) * b, x1.div_ceil(1 << sx) * b);
        for r in 0..rows.div_ceil(1 << sy) {
            let row = (y >> sy) + r;
            let source = picture.planes[k].row((band.y >> sy) + row);
            let at = row * packer.stride(k);
            out[at + from..at + to].copy_from_slice(&source[from..to]);
        }
    }
}

fn run_stages(level: SimdLevel, prepared: &[PreparedStage], scratch: &mut Scratch, x: usize, y: usize, width: usize, rows: usize) {
    let tiles = &mut scratch.tiles;
    let plain = Extent { width, rows, at: [x as f32 + 0.5, y as f32 + 0.5, 1.0, 0.0, 0.0, 1.0] };
    let kernel_extent = |m: &Affine| {
        let (x0, y0) = m.apply(x as f64 + 0.5, y as f64 + 0.5);
        Extent { width, rows, at: [x0 as f32, y0 as f32, m.xx as f32, m.yx as f32, m.xy as f32, m.yy as f32] }
    };
    for p in prepared {
        let [l, t, r, b] = p.bounds.map(|v| v as usize);
        let inside = l < x + width && r > x && t < y + rows && b > y;
        if !inside {
            if let (Stage::Sample { reg, .. }, true) = (p.stage, p.clear_outside) {
                for plane in &mut tiles[*reg].planes {
                    plane.fill(0.0);
                }
            }
            continue;
        }
        match p.stage {
            Stage::Fill { reg, color } => {
                for (plane, v) in tiles[*reg].planes.iter_mut().zip(color) {
                    for r in 0..rows {
                        let end = r * TILE_PITCH + width.next_multiple_of(MAX_LANES).min(TILE_PITCH);
                        plane[r * TILE_PITCH..end].fill(*v);
                    }
                }
            }
            Stage::Sample { reg, .. } => {
                if let Some(sampler) = &p.sampler {
                    sampler.read(level, &mut tiles[*reg], &mut scratch.gather, x, y, width, rows);
                }
            }
            Stage::Unpremultiply { reg } => UNPREMULTIPLY.run(level, &[], &mut tiles[*reg], plain),
            Stage::Premultiply { reg } => PREMULTIPLY.run(level, &[], &mut tiles[*reg], plain),
            Stage::Fade { reg, opacity } => FADE.run(level, &[*opacity], &mut tiles[*reg], plain),
            Stage::Point { reg, kernel, uniforms, kernel_from_output } => {
                kernel.run(level, &uniforms.values, &mut tiles[*reg], kernel_extent(kernel_from_output));
            }
            Stage::Read { reg, kernel, uniforms, kernel_from_output, origin, edge, table, .. } => {
                let inputs = Inputs { images: &p.inputs, origin: *origin, edge: *edge, table };
                kernel.run(level, &uniforms.values, inputs, &mut tiles[*reg], kernel_extent(kernel_from_output));
            }
            Stage::Blend { backdrop, source, kernel, mode, opacity, seed, opaque_backdrop, .. } => {
                if let Ok([b, s]) = tiles.get_disjoint_mut([*backdrop, *source]) {
                    if *opaque_backdrop && mode.is_normal() {
                        Blend(NormalOpaque).run(level, *opacity, 0.0, b, s, plain);
                    } else {
                        kernel.run(level, *opacity, *seed, b, s, plain);
                    }
                }
            }
            Stage::Mix { from, to, kernel, uniforms, kernel_from_output, .. } => {
                if let Ok([f, t]) = tiles.get_disjoint_mut([*from, *to]) {
                    kernel.run(level, &uniforms.values, f, t, kernel_extent(kernel_from_output));
                }
            }
        }
    }
}
