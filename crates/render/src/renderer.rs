//! The entry point: a plan and source pictures to a picture.
use crate::{
    OutputSpec, RenderError, SourcePictures,
    cpu::CpuRenderer,
    gpu::{self, GpuRenderer},
    lower::{self, Lowered, LoweringCache},
};
use cutroom_kernel::SimdLevel;
use cutroom_timeline::FramePlan;
use cutroom_types::Picture;

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
    /// Why [`Backend::Auto`] did not use a GPU.
    no_gpu: Option<String>,
}

/// A frame begun by [`Renderer::begin`].
pub enum Submitted {
    /// Finished.
    Ready(Picture),
    /// In flight on the GPU.
    InFlight(Box<gpu::PendingFrame>),
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
        Ok(Self { backend, cache: LoweringCache::default(), no_gpu })
    }

    /// Why no GPU is used; `None` unless [`Backend::Auto`] fell back to the CPU.
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

    /// Draws one frame. If its only layer covers the canvas unmodified and its picture already has
    /// the output's layout and tags, that picture is returned and shares its planes.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn render(&mut self, plan: &FramePlan, sources: &dyn SourcePictures, output: &OutputSpec) -> Result<Picture, RenderError> {
        let submitted = self.begin(plan, sources, output)?;
        self.finish(submitted)
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
        match lower::lower(plan, sources, output, &mut self.cache)? {
            Lowered::Untouched(picture) | Lowered::Turned(picture) => Ok(Submitted::Ready(picture)),
            Lowered::Program(program) => match &mut self.backend {
                ActiveBackend::Cpu(c) => c.run(&program, output).map(Submitted::Ready),
                ActiveBackend::Gpu(g) => g.begin(&program, output).map(|f| Submitted::InFlight(Box::new(f))),
            },
        }
    }

    /// Waits for a frame begun by this renderer.
    ///
    /// # Errors
    /// [`RenderError::Gpu`] when the device failed.
    pub fn finish(&mut self, submitted: Submitted) -> Result<Picture, RenderError> {
        match (submitted, &mut self.backend) {
            (Submitted::Ready(picture), _) => Ok(picture),
            (Submitted::InFlight(frame), ActiveBackend::Gpu(g)) => g.finish(*frame),
            (Submitted::InFlight(_), ActiveBackend::Cpu(_)) => {
                Err(RenderError::Gpu("the frame was begun by another renderer".into()))
            }
        }
    }
}
