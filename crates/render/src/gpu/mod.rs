//! The GPU back end: every tile pass is one compute shader, printed from a trace of the same
//! kernels that the CPU runs.
//!
//! A pass is split into its *structure*, which decides the shader's text and is compiled once, and
//! its *numbers*, which are written to a uniform buffer every frame. Source planes are uploaded
//! unconverted and cached while they are in use; the last pass packs the output's planes, which are
//! read back through a ring of three buffers, so that up to three frames are in flight. Frames for a
//! window that is drawn by the same device stay there ([`Screen`]).
mod cards;
mod device;
#[allow(unsafe_code, reason = "sharing memory between Vulkan and what decodes")]
mod import;
mod numbers;
mod output;
mod pipeline;
mod readback;
mod sampling;
mod screen;
mod shader;
mod sources;
mod upload;
#[allow(unsafe_code, reason = "what wgpu does not say of Vulkan devices")]
mod vulkan;

use crate::{
    OutputSpec, RenderError, filter,
    program::{Intermediate, IntermediateId, Pass, PassTarget, Program, TilePass},
    recovery::GpuFaultKind,
};
pub use cards::{Card, alike, are_several_listed, cards, named};
use cutroom_types::{DeviceId, Picture, Size};
pub use device::Gpu;
use numbers::Numbers;
use output::PlaneLayout;
use pipeline::{Bound, Writes};
pub use readback::{FRAMES_IN_FLIGHT, PendingFrame};
use readback::{FrameTarget, Ring};
use sampling::{Texel, TextureUse};
use screen::ScreenFrame;
pub use screen::{SCREEN_FORMAT, SCREEN_TEXTURE, Screen, ScreenCounters, screen_texture};
use shader::{Shader, Structure};
pub use sources::DevicePictures;
use std::{collections::HashMap, sync::Arc};
use upload::Uploads;

/// Intermediates in `f16`: below white the step is 2⁻¹¹, an eighth of an 8-bit code.
const INTERMEDIATE: wgpu::TextureFormat = wgpu::TextureFormat::Rgba16Float;
/// Maximum number of compiled passes; when it is reached, all are dropped and compiled again as
/// needed.
const MAX_COMPILED: usize = 256;

/// Maximum number of buffers with weights or tables kept on the device.
const MAX_TABLES: usize = 32;

/// Draws programs on a GPU.
pub struct GpuRenderer {
    gpu: Gpu,
    near: wgpu::Sampler,
    compiled: HashMap<Structure, Arc<Compiled>>,
    convolve: Option<Bound>,
    /// Where frames stay, instead of being read back.
    screen: Option<Screen>,
    to_screen: Option<Bound>,
    uploads: Uploads,
    intermediates: Vec<(Size, wgpu::TextureView)>,
    uniforms: Option<wgpu::Buffer>,
    /// Recently used weights and tables, the oldest first.
    tables: Vec<(Vec<f32>, wgpu::Buffer)>,
    ring: Ring,
}

struct Compiled {
    bound: Bound,
    shader: Shader,
}

/// A pass with everything that its dispatch binds.
struct PreparedPass {
    bound: Bound,
    /// Offset and size in the frame's uniform bytes.
    numbers: (u64, u64),
    /// Texture that is written; `None` for the output's planes.
    target: Option<wgpu::TextureView>,
    textures: Vec<wgpu::TextureView>,
    /// Weights or tables.
    storage: Option<wgpu::Buffer>,
    /// Whether the sampler is bound.
    samples: bool,
    workgroups: [u32; 2],
}

/// The texture that a frame ends in, and the packed planes that it is made of.
struct ToScreen<'a> {
    planes: &'a wgpu::Buffer,
    layout: &'a PlaneLayout,
    frame: &'a ScreenFrame,
}

/// Counters for measurements and tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GpuCounters {
    /// Number of compiled passes in the cache.
    pub compiled: usize,
    /// Number of planes uploaded so far.
    pub uploaded_planes: u64,
}

impl GpuRenderer {
    /// Opens the best GPU: discrete before integrated before others; a software device (lavapipe)
    /// only if allowed.
    ///
    /// # Errors
    /// [`RenderError::Gpu`] when no device works.
    pub fn new(allow_software: bool) -> Result<Self, RenderError> {
        Gpu::open(allow_software).map(Self::with_gpu)
    }

    /// Opens the GPU of a number, as [`cards`] has them, or the best one.
    ///
    /// # Errors
    /// As [`Gpu::open_card`].
    pub fn on_card(number: Option<usize>, allow_software: bool) -> Result<Self, RenderError> {
        Gpu::open_card(number, allow_software).map(Self::with_gpu)
    }

    /// Draws on a device that is open already.
    pub fn with_gpu(gpu: Gpu) -> Self {
        // The default sampler clamps to the edge and does not filter.
        let near = gpu.device.create_sampler(&wgpu::SamplerDescriptor::default());
        let uploads = Uploads::new(import::Importer::of(&gpu));
        Self {
            gpu,
            near,
            compiled: HashMap::new(),
            convolve: None,
            screen: None,
            to_screen: None,
            uploads,
            intermediates: Vec::new(),
            uniforms: None,
            tables: Vec::new(),
            ring: Ring::default(),
        }
    }

    /// Draws on the device of a window; frames of [`SCREEN_FORMAT`] stay there.
    pub fn on_screen(screen: &Screen) -> Self {
        Self { screen: Some(screen.clone()), ..Self::with_gpu(screen.gpu().clone()) }
    }

    /// The device whose decoded pictures it draws without a copy through host memory; `None` if it
    /// can share none.
    pub fn imports_from(&self) -> Option<DeviceId> {
        self.uploads.imports_from()
    }

    /// Whether nothing more can be drawn with the device.
    pub fn has_failed(&self) -> bool {
        self.gpu.has_failed()
    }

    /// Whether the device is lost.
    pub fn is_lost(&self) -> bool {
        self.gpu.is_lost()
    }

    /// Makes the device fail, for tests.
    pub fn fail(&self, kind: GpuFaultKind) {
        self.gpu.fail(kind);
    }

    /// Description such as `"gpu (NVIDIA H200 (NVIDIA 570.1))"`.
    pub fn describe(&self) -> String {
        format!("gpu ({})", self.gpu.description)
    }

    /// Numbers of compiled passes and uploaded planes.
    pub fn counters(&self) -> GpuCounters {
        GpuCounters { compiled: self.compiled.len(), uploaded_planes: self.uploads.upload_count }
    }

    /// Draws one frame and waits for it.
    ///
    /// # Errors
    /// [`RenderError::Gpu`] when the device fails, [`RenderError::Unsupported`] for rasters and
    /// tables that exceed its limits.
    pub fn run(&mut self, program: &Program, output: &OutputSpec) -> Result<Picture, RenderError> {
        let pending = self.begin(program, output)?;
        self.finish(pending)
    }

    /// Submits a frame without waiting. Up to [`readback::FRAMES_IN_FLIGHT`] frames may be in
    /// flight.
    ///
    /// # Errors
    /// As [`Self::run`], and when too many frames are in flight.
    pub fn begin(&mut self, program: &Program, output: &OutputSpec) -> Result<PendingFrame, RenderError> {
        self.gpu.check()?;
        let size = program.size;
        let layout = PlaneLayout::of(output.format, size)?;
        let screen = self.screen.as_ref().filter(|_| output.format == SCREEN_FORMAT);
        let screen = screen.map(|screen| screen.frame(size));
        let slot = self.ring.take(&self.gpu, u64::from(layout.words) * 4, screen.is_none())?;
        let to = screen.as_ref().map(|frame| ToScreen { planes: &slot.planes, layout: &layout, frame });
        let mut prepared_passes = self.prepare(program, output, to.as_ref())?;
        if !self.uploads.wait_for_imports() {
            // Once more, through host memory.
            prepared_passes = self.prepare(program, output, to.as_ref())?;
        }
        let submission = self.submit(&prepared_passes, &slot.planes, slot.readback.as_ref());
        self.uploads.submitted(&submission);
        let sources = self.uploads.report();
        let target = match screen {
            Some(frame) => FrameTarget::Screen(Box::new(frame)),
            None => {
                self.screen.iter().for_each(Screen::note_read_back);
                FrameTarget::host(&slot, layout, self.ring.memory.clone())
            }
        };
        let pending = PendingFrame { slot, submission, target, size, output: *output, sources };
        self.gpu.check()?;
        Ok(pending)
    }

    /// Waits for a frame, and copies its planes to host memory unless it stays on the device.
    ///
    /// # Errors
    /// [`RenderError::Gpu`] when the device failed.
    pub fn finish(&mut self, pending: PendingFrame) -> Result<Picture, RenderError> {
        pending.finish(&self.gpu)
    }

    /// Measures milliseconds per frame on the device and on the host. The first number is the
    /// device's time without the host: the frame's dispatches, `repeats` times in one submission.
    /// The second is the host's time to prepare and submit a frame.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn device_and_host_ms(
        &mut self,
        program: &Program,
        output: &OutputSpec,
        repeats: usize,
    ) -> Result<(f64, f64), RenderError> {
        let ms = |t: std::time::Instant| t.elapsed().as_secs_f64() * 1e3 / repeats as f64;
        let prepared_passes = self.prepare(program, output, None)?;
        let layout = PlaneLayout::of(output.format, program.size)?;
        let slot = self.ring.take(&self.gpu, u64::from(layout.words) * 4, true)?;
        self.uploads.wait_for_imports();
        let first = self.submit(&prepared_passes, &slot.planes, None);
        self.uploads.submitted(&first);
        self.gpu.wait(first)?;
        let all: Vec<&PreparedPass> = (0..repeats).flat_map(|_| &prepared_passes).collect();
        let started = std::time::Instant::now();
        let submission = self.submit(&all, &slot.planes, None);
        self.gpu.wait(submission)?;
        let device = ms(started);
        let started = std::time::Instant::now();
        let mut last = None;
        for _ in 0..repeats {
            let prepared_passes = self.prepare(program, output, None)?;
            let submission = self.submit(&prepared_passes, &slot.planes, None);
            self.uploads.submitted(&submission);
            last = Some(submission);
        }
        let host = ms(started);
        if let Some(last) = last {
            self.gpu.wait(last)?;
        }
        Ok((device, host))
    }

    /// WGSL of every tile and plane pass, in order.
    pub fn shaders(program: &Program, output: &OutputSpec) -> Vec<String> {
        let cosited = filter::sites(output.color.chroma).map(|s| s == filter::Site::First);
        let print = |t: &TilePass| Shader::print(t, &shader::layout_pass(program, t, output.format, cosited)).text;
        let texts = program.passes.iter().filter_map(|p| match p {
            Pass::Tiles(t) => Some(print(t)),
            Pass::Plane(p) => Some(print(&p.to_tiles())),
            Pass::Convolve { .. } => None,
        });
        texts.collect()
    }

    fn prepare(
        &mut self,
        program: &Program,
        output: &OutputSpec,
        to_screen: Option<&ToScreen>,
    ) -> Result<Vec<PreparedPass>, RenderError> {
        self.uploads.next_frame();
        self.size_intermediates(&program.intermediates)?;
        let mut prepared_passes = Vec::with_capacity(program.passes.len());
        let mut bytes = Vec::new();
        for pass in &program.passes {
            let prepared = match pass {
                Pass::Tiles(tiles) => self.prepare_tiles(program, tiles, output, &mut bytes)?,
                Pass::Plane(plane) => self.prepare_tiles(program, &plane.to_tiles(), output, &mut bytes)?,
                Pass::Convolve { from, to, horizontal, weights } => {
                    self.prepare_convolve(*from, *to, *horizontal, weights, &mut bytes)?
                }
            };
            prepared_passes.push(prepared);
        }
        if let Some(to) = to_screen {
            prepared_passes.push(self.prepare_to_screen(program.size, to, &mut bytes)?);
        }
        self.write_uniforms(&bytes);
        Ok(prepared_passes)
    }

    /// The pass from packed planes to a window's texture.
    fn prepare_to_screen(&mut self, size: Size, to: &ToScreen, bytes: &mut Vec<u8>) -> Result<PreparedPass, RenderError> {
        let bound = match &self.to_screen {
            Some(b) => b.clone(),
            None => {
                let text = screen::SCREEN_SHADER.to_string();
                let bound = pipeline::compile(&self.gpu, text, Writes::Texture(SCREEN_TEXTURE), &[], true, false)?;
                self.to_screen.insert(bound).clone()
            }
        };
        let numbers = Numbers { rasters: screen::screen_rasters(size, to.layout), ..Numbers::default() };
        let numbers = self.append_numbers(&numbers, bytes);
        let workgroups = [size.width.div_ceil(16), size.height.div_ceil(16)];
        let (target, storage) = (Some(to.frame.view.clone()), Some(to.planes.clone()));
        Ok(PreparedPass { bound, numbers, target, textures: Vec::new(), storage, samples: false, workgroups })
    }

    fn size_intermediates(&mut self, wanted: &[Intermediate]) -> Result<(), RenderError> {
        let max = self.gpu.limits.max_texture_dimension_2d;
        for (i, Intermediate { size, .. }) in wanted.iter().enumerate() {
            if self.intermediates.get(i).is_some_and(|(s, _)| s == size) {
                continue;
            }
            if size.width == 0 || size.height == 0 || size.width > max || size.height > max {
                return Err(RenderError::Unsupported(format!("{}×{} on this GPU (at most {max})", size.width, size.height)));
            }
            let texture = self.gpu.device.create_texture(&wgpu::TextureDescriptor {
                label: Some("intermediate"),
                size: wgpu::Extent3d { width: size.width, height: size.height, depth_or_array_layers: 1 },
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format: INTERMEDIATE,
                usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::STORAGE_BINDING,
                view_formats: &[],
            });
            let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
            if i < self.intermediates.len() {
                self.intermediates[i] = (*size, view);
            } else {
                self.intermediates.push((*size, view));
            }
        }
        Ok(())
    }

    fn intermediate(&self, id: IntermediateId) -> Result<&(Size, wgpu::TextureView), RenderError> {
        self.intermediates.get(id).ok_or_else(|| RenderError::Unsupported("a pass over an intermediate that does not exist".into()))
    }

    /// Appends the numbers of one pass; returns their offset and size in bytes.
    fn append_numbers(&self, numbers: &Numbers, bytes: &mut Vec<u8>) -> (u64, u64) {
        bytes.resize(bytes.len().next_multiple_of(self.gpu.limits.min_uniform_buffer_offset_alignment as usize), 0);
        let offset = bytes.len() as u64;
        numbers.append_to(bytes);
        (offset, bytes.len() as u64 - offset)
    }

    fn prepare_tiles(
        &mut self,
        program: &Program,
        pass: &TilePass,
        output: &OutputSpec,
        bytes: &mut Vec<u8>,
    ) -> Result<PreparedPass, RenderError> {
        let cosited = if pass.target == PassTarget::Output { filter::written_sites(output)? } else { [false; 2] };
        let mut pass_layout = shader::layout_pass(program, pass, output.format, cosited);
        let compiled = match self.compiled.get(&pass_layout.structure) {
            Some(c) => c.clone(),
            None => {
                let shader = Shader::print(pass, &pass_layout);
                let writes = match pass.target {
                    PassTarget::Intermediate(_) => Writes::Texture(INTERMEDIATE),
                    PassTarget::Output | PassTarget::Plane(_) => Writes::Words,
                };
                let bound = pipeline::compile(
                    &self.gpu,
                    shader.text.clone(),
                    writes,
                    &pass_layout.textures.texels,
                    pass_layout.structure.tables,
                    pass_layout.structure.samples(),
                )?;
                if self.compiled.len() >= MAX_COMPILED {
                    self.compiled.clear();
                }
                let compiled = Arc::new(Compiled { bound, shader });
                self.compiled.insert(pass_layout.structure.clone(), compiled.clone());
                compiled
            }
        };
        compiled.shader.derive(&mut pass_layout);
        let target = match pass.target {
            PassTarget::Intermediate(id) => Some(self.intermediate(id)?.1.clone()),
            PassTarget::Output | PassTarget::Plane(_) => {
                let size = program.size;
                let layout = PlaneLayout::of(output.format, size)?;
                let first = if let PassTarget::Plane(k) = pass.target { k } else { 0 };
                pass_layout.numbers.rasters[1..].iter_mut().zip(&layout.planes[first..]).for_each(|(to, from)| *to = *from);
                None
            }
        };
        let numbers = self.append_numbers(&pass_layout.numbers, bytes);
        let mut textures = Vec::with_capacity(pass_layout.textures.uses.len());
        for use_ in &pass_layout.textures.uses {
            textures.push(match use_ {
                TextureUse::Plane(id, k) => self.uploads.view(&self.gpu, &program.pictures[*id], *k)?,
                TextureUse::Intermediate(id) => self.intermediate(*id)?.1.clone(),
            });
        }
        let workgroups = pass_layout.structure.workgroups(pass.size);
        let storage = if pass_layout.structure.tables { Some(self.upload_tables(&pass_layout.tables)?) } else { None };
        let samples = pass_layout.structure.samples();
        Ok(PreparedPass { bound: compiled.bound.clone(), numbers, target, textures, storage, samples, workgroups })
    }

    fn prepare_convolve(
        &mut self,
        from: IntermediateId,
        to: IntermediateId,
        horizontal: bool,
        weights: &[f32],
        bytes: &mut Vec<u8>,
    ) -> Result<PreparedPass, RenderError> {
        let bound = match &self.convolve {
            Some(b) => b.clone(),
            None => {
                let text = include_str!("convolve.wgsl").to_string();
                let bound = pipeline::compile(&self.gpu, text, Writes::Texture(INTERMEDIATE), &[Texel::Rgba], true, false)?;
                self.convolve = Some(bound.clone());
                bound
            }
        };
        let (size, source) = self.intermediate(from)?.clone();
        let target = Some(self.intermediate(to)?.1.clone());
        let mut numbers = Numbers::default();
        numbers.rasters[0] = [size.width, size.height, u32::from(horizontal), u32::from(!horizontal)];
        numbers.rasters[1][0] = weights.len() as u32;
        let buffer = self.upload_tables(weights)?;
        let numbers = self.append_numbers(&numbers, bytes);
        let workgroups = [size.width.div_ceil(16), size.height.div_ceil(16)];
        Ok(PreparedPass { bound, numbers, target, textures: vec![source], storage: Some(buffer), samples: false, workgroups })
    }

    /// A storage buffer with these values; recently used ones are not uploaded again.
    fn upload_tables(&mut self, values: &[f32]) -> Result<wgpu::Buffer, RenderError> {
        if values.len() as u64 * 4 > self.gpu.limits.max_storage_buffer_binding_size {
            return Err(RenderError::Unsupported(format!("tables of {} numbers on this GPU", values.len())));
        }
        if let Some(i) = self.tables.iter().position(|(v, _)| v == values) {
            let kept = self.tables.remove(i);
            let buffer = kept.1.clone();
            self.tables.push(kept);
            return Ok(buffer);
        }
        let buffer = self.gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("tables"),
            size: (values.len().max(1) * 4) as u64,
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.gpu.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(values));
        if self.tables.len() >= MAX_TABLES {
            self.tables.remove(0);
        }
        self.tables.push((values.to_vec(), buffer.clone()));
        Ok(buffer)
    }

    /// Writes are ordered before the next submission and after earlier ones, so one buffer serves
    /// all frames in flight.
    fn write_uniforms(&mut self, bytes: &[u8]) {
        let len = bytes.len() as u64;
        if self.uniforms.as_ref().is_none_or(|b| b.size() < len) {
            self.uniforms = Some(self.gpu.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("numbers"),
                size: len.next_power_of_two(),
                usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            }));
        }
        if let Some(b) = &self.uniforms {
            self.gpu.queue.write_buffer(b, 0, bytes);
        }
    }

    fn submit<J: std::borrow::Borrow<PreparedPass>>(
        &self,
        prepared_passes: &[J],
        planes: &wgpu::Buffer,
        readback: Option<&wgpu::Buffer>,
    ) -> wgpu::SubmissionIndex {
        let device = &self.gpu.device;
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        self.uploads.encode_copies(&mut encoder);
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for prepared in prepared_passes {
                let prepared = prepared.borrow();
                let Some(uniforms) = &self.uniforms else { continue };
                let numbers = wgpu::BufferBinding {
                    buffer: uniforms,
                    offset: prepared.numbers.0,
                    size: std::num::NonZeroU64::new(prepared.numbers.1),
                };
                let mut resources = vec![
                    wgpu::BindingResource::Buffer(numbers),
                    match &prepared.target {
                        Some(view) => wgpu::BindingResource::TextureView(view),
                        None => planes.as_entire_binding(),
                    },
                ];
                resources.extend(prepared.textures.iter().map(wgpu::BindingResource::TextureView));
                resources.extend(prepared.storage.iter().map(|b| b.as_entire_binding()));
                if prepared.samples {
                    resources.push(wgpu::BindingResource::Sampler(&self.near));
                }
                let entries: Vec<wgpu::BindGroupEntry> =
                    resources.into_iter().zip(0..).map(|(resource, binding)| wgpu::BindGroupEntry { binding, resource }).collect();
                let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
                    label: None,
                    layout: &prepared.bound.layout,
                    entries: &entries,
                });
                pass.set_pipeline(&prepared.bound.pipeline);
                pass.set_bind_group(0, &group, &[]);
                pass.dispatch_workgroups(prepared.workgroups[0], prepared.workgroups[1], 1);
            }
        }
        if let Some(to) = readback {
            encoder.copy_buffer_to_buffer(planes, 0, to, 0, to.size());
        }
        self.gpu.queue.submit([encoder.finish()])
    }
}
