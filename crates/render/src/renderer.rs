//! The entry point: a plan and source pictures to a picture.
use crate::{
    Frame, FrameReport, OutputSpec, RenderError, SourcePictures,
    cpu::CpuRenderer,
    gpu::{self, Gpu, GpuRenderer, Screen},
    lower::{self, Lowered, LoweringCache},
    program::Program,
};
use cutroom_kernel::SimdLevel;
use cutroom_timeline::FramePlan;
use cutroom_types::{DeviceId, Picture};

/// Back end that draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// A hardware GPU if one is available, otherwise the CPU.
    #[default]
    Auto,
    /// SIMD on the CPU; the same bits on every machine.
    Cpu,
    /// wgpu; uses a software Vulkan device if there is no hardware GPU.
    Gpu,
}

/// Options of [`Renderer::new`].
#[derive(Clone, Copy, Debug, Default)]
pub struct RenderOptions {
    /// Back end.
    pub backend: Backend,
    /// Number of worker threads of the CPU back end; 0 means one per core.
    pub threads: usize,
    /// Instruction set of the CPU back end; `None` for the one that [`SIMD_VARIABLE`] names, or
    /// else the widest available. All produce the same bits.
    pub simd: Option<SimdLevel>,
}

/// Environment variable that names a [`SimdLevel`], for debugging; only [`Renderer::new`] reads it.
pub const SIMD_VARIABLE: &str = "CUTROOM_SIMD";

impl RenderOptions {
    fn simd_level(&self) -> Result<SimdLevel, RenderError> {
        let named = || match std::env::var(SIMD_VARIABLE) {
            Ok(name) => SimdLevel::named(&name).map_err(|why| RenderError::Unsupported(format!("as {SIMD_VARIABLE} asks: {why}"))),
            Err(_) => Ok(SimdLevel::best()),
        };
        self.simd.map_or_else(named, Ok)
    }
}

/// Draws plans. Create one per thread that draws; it owns scratch memory and compiled pipelines.
pub struct Renderer {
    backend: ActiveBackend,
    cache: LoweringCache,
    options: RenderOptions,
    /// Why [`Backend::Auto`] does not use a GPU, or no longer.
    no_gpu: Option<String>,
    /// Why the GPU was left while it drew.
    lost: Option<String>,
}

/// A frame begun by [`Renderer::begin`].
pub enum Submitted {
    /// Finished.
    Ready(Box<Frame>),
    /// In flight on the GPU.
    InFlight(Box<InFlight>),
}

/// A frame in flight, with what it is drawn from: if the device is lost, it is drawn again without
/// it.
pub struct InFlight {
    frame: gpu::PendingFrame,
    program: Program,
    output: OutputSpec,
    /// Source pictures that were brought to host memory before.
    turned_on_host: usize,
}

enum ActiveBackend {
    Cpu(Box<CpuRenderer>),
    Gpu(Box<GpuRenderer>),
}

impl Renderer {
    /// Creates a renderer with the requested back end.
    ///
    /// # Errors
    /// [`RenderError::Gpu`] when `Backend::Gpu` is requested and no device works;
    /// [`RenderError::Unsupported`] for an instruction set that the machine lacks.
    pub fn new(options: RenderOptions) -> Result<Self, RenderError> {
        let gpu = |allow_software| GpuRenderer::new(allow_software).map(|g| ActiveBackend::Gpu(Box::new(g)));
        let cpu = || CpuRenderer::with_level(options.simd_level()?, options.threads).map(|c| ActiveBackend::Cpu(Box::new(c)));
        let (backend, no_gpu) = match options.backend {
            Backend::Gpu => (gpu(true)?, None),
            Backend::Cpu => (cpu()?, None),
            // No GPU is the normal case on servers, not a failure.
            Backend::Auto => match gpu(false) {
                Ok(backend) => (backend, None),
                Err(RenderError::Gpu(why)) => (cpu()?, Some(why)),
                Err(e) => (cpu()?, Some(e.to_string())),
            },
        };
        Ok(Self { backend, cache: LoweringCache::default(), options, no_gpu, lost: None })
    }

    /// Draws on a device that is open already, such as a window's. With [`Backend::Auto`] it continues
    /// on the CPU if the device is lost.
    pub fn with_gpu(gpu: Gpu, options: RenderOptions) -> Self {
        let backend = ActiveBackend::Gpu(Box::new(GpuRenderer::with_gpu(gpu)));
        Self { backend, cache: LoweringCache::default(), options, no_gpu: None, lost: None }
    }

    /// Draws on the device of a window; frames of [`gpu::SCREEN_FORMAT`] stay there. With
    /// [`Backend::Auto`] it continues on the CPU if the device is lost.
    pub fn on_screen(screen: &Screen, options: RenderOptions) -> Self {
        let backend = ActiveBackend::Gpu(Box::new(GpuRenderer::on_screen(screen)));
        Self { backend, cache: LoweringCache::default(), options, no_gpu: None, lost: None }
    }

    /// Why no GPU is used; `None` unless [`Backend::Auto`] fell back to the CPU, at the start or later.
    pub fn why_no_gpu(&self) -> Option<&str> {
        self.no_gpu.as_deref()
    }

    /// Description of the back end: `"cpu (avx512, 2 threads)"`, or the adapter's name and driver.
    pub fn describe(&self) -> String {
        match &self.backend {
            ActiveBackend::Cpu(c) => c.describe(),
            ActiveBackend::Gpu(g) => g.describe(),
        }
    }

    /// The device whose decoded pictures are drawn without a copy through host memory.
    pub fn imports_from(&self) -> Option<DeviceId> {
        match &self.backend {
            ActiveBackend::Cpu(_) => None,
            ActiveBackend::Gpu(g) => g.imports_from(),
        }
    }

    /// Draws one frame. If its only layer covers the canvas unmodified and its picture already has
    /// the output's layout and tags, that picture is returned and shares its planes.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn render(&mut self, plan: &FramePlan, sources: &dyn SourcePictures, output: &OutputSpec) -> Result<Picture, RenderError> {
        let submitted = self.begin(plan, sources, output)?;
        Ok(self.finish(submitted)?.picture)
    }

    /// Maximum number of frames that may be begun and not yet finished: more than one on a GPU,
    /// which draws while the host prepares the next frame.
    pub fn frames_in_flight(&self) -> usize {
        match &self.backend {
            ActiveBackend::Cpu(_) => 1,
            ActiveBackend::Gpu(_) => gpu::FRAMES_IN_FLIGHT,
        }
    }

    /// Begins one frame. Frames must be finished in the order in which they were begun.
    ///
    /// # Errors
    /// See [`RenderError`]; also when more than [`Self::frames_in_flight`] frames are in flight.
    pub fn begin(&mut self, plan: &FramePlan, sources: &dyn SourcePictures, output: &OutputSpec) -> Result<Submitted, RenderError> {
        self.cache.turned_on_host = 0;
        let lowered = lower::lower(plan, sources, output, &mut self.cache)?;
        let turned_on_host = self.cache.turned_on_host;
        let program = match lowered {
            Lowered::Program(program) => program,
            Lowered::Untouched(picture) | Lowered::Turned(picture) => {
                let device_pictures = turned_on_host + usize::from(picture.device.is_some());
                let report = FrameReport { device_pictures, ..FrameReport::of("none") };
                return Ok(Submitted::Ready(Box::new(Frame { picture: picture.on_host()?, report })));
            }
        };
        let begun = match &mut self.backend {
            ActiveBackend::Cpu(_) => None,
            ActiveBackend::Gpu(g) => match g.begin(&program, output) {
                Ok(frame) => Some(frame),
                Err(error) => {
                    self.leave_gpu(error)?;
                    None
                }
            },
        };
        match begun {
            Some(frame) => Ok(Submitted::InFlight(Box::new(InFlight { frame, program, output: *output, turned_on_host }))),
            None => self.draw_on_cpu(program, output, turned_on_host).map(|frame| Submitted::Ready(Box::new(frame))),
        }
    }

    /// Waits for a frame begun by this renderer. A frame whose device was lost is drawn again on the
    /// CPU, as are all that follow, unless the GPU was asked for.
    ///
    /// # Errors
    /// [`RenderError::Gpu`] when the device failed.
    pub fn finish(&mut self, submitted: Submitted) -> Result<Frame, RenderError> {
        let InFlight { frame, program, output, turned_on_host } = match submitted {
            Submitted::Ready(frame) => return Ok(*frame),
            Submitted::InFlight(in_flight) => *in_flight,
        };
        if let ActiveBackend::Gpu(g) = &mut self.backend {
            let sources = frame.sources.clone();
            match g.finish(frame) {
                Ok(picture) => {
                    let report = FrameReport {
                        device_pictures: turned_on_host + sources.count,
                        zero_copy_pictures: sources.count - sources.through_host,
                        fell_back: sources.reason,
                        ..FrameReport::of("gpu")
                    };
                    return Ok(Frame { picture, report });
                }
                Err(error) => self.leave_gpu(error)?,
            }
        } else if self.lost.is_none() {
            return Err(RenderError::Gpu("the frame was begun by another renderer".into()));
        }
        self.draw_on_cpu(program, &output, turned_on_host)
    }

    /// Continues on the CPU after a failure of the GPU.
    ///
    /// # Errors
    /// The failure itself, unless the device is lost and need not be used.
    fn leave_gpu(&mut self, error: RenderError) -> Result<(), RenderError> {
        let is_lost = matches!(&self.backend, ActiveBackend::Gpu(g) if g.is_lost());
        if !is_lost || self.options.backend == Backend::Gpu {
            return Err(error);
        }
        let cpu = CpuRenderer::with_level(self.options.simd_level()?, self.options.threads)?;
        self.backend = ActiveBackend::Cpu(Box::new(cpu));
        self.no_gpu = Some(error.to_string());
        self.lost = self.no_gpu.clone();
        Ok(())
    }

    fn draw_on_cpu(&mut self, mut program: Program, output: &OutputSpec, turned_on_host: usize) -> Result<Frame, RenderError> {
        let ActiveBackend::Cpu(cpu) = &mut self.backend else {
            return Err(RenderError::Gpu("the frame was begun by another renderer".into()));
        };
        let mut device_pictures = turned_on_host;
        for picture in program.pictures.iter_mut().filter(|p| p.device.is_some()) {
            *picture = picture.on_host()?;
            device_pictures += 1;
        }
        let picture = cpu.run(&program, output)?;
        let report = FrameReport { device_pictures, fell_back: self.lost.clone(), ..FrameReport::of("cpu") };
        Ok(Frame { picture, report })
    }
}
