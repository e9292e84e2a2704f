//! The entry point: plan + source pictures → picture.
use crate::{
    OutputSpec, RenderError, SourcePictures,
    cpu::CpuRenderer,
    gpu::{self, GpuRenderer},
    lower::{self, Lowered},
    mask::MaskCache,
};
use cutroom_kernel::SimdLevel;
use cutroom_timeline::FramePlan;
use cutroom_types::Picture;

/// Which machine draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// A real GPU when there is one, otherwise the CPU.
    #[default]
    Auto,
    /// SIMD on the CPU; bit-identical everywhere.
    Cpu,
    /// wgpu; also takes a software Vulkan device when there is no other.
    Gpu,
}

/// How to draw.
#[derive(Clone, Copy, Debug, Default)]
pub struct RenderOptions {
    /// Machine.
    pub backend: Backend,
    /// Worker threads; 0 means one per core.
    pub threads: usize,
    /// Instruction set of the CPU back end; `None` for what [`SIMD_VARIABLE`] names, else the
    /// widest there is. All give the same bits.
    pub simd: Option<SimdLevel>,
}

/// Environment variable that names a [`SimdLevel`], for finding faults; [`Renderer::new`] alone
/// reads it.
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

/// Draws plans. Make one per thread that wants frames; it keeps scratch memory and compiled
/// pipelines.
pub struct Renderer {
    backend: ActiveBackend,
    masks: MaskCache,
    /// Why [`Backend::Auto`] took no GPU.
    no_gpu: Option<String>,
}

/// A frame of [`Renderer::begin`].
pub enum Submitted {
    /// Drawn.
    Ready(Picture),
    /// On the device.
    InFlight(Box<gpu::PendingFrame>),
}

enum ActiveBackend {
    Cpu(CpuRenderer),
    Gpu(Box<GpuRenderer>),
}

impl Renderer {
    /// Chooses the machine.
    ///
    /// # Errors
    /// [`RenderError::Gpu`] when `Backend::Gpu` is asked for and no device works;
    /// [`RenderError::Unsupported`] for an instruction set that the machine lacks.
    pub fn new(options: RenderOptions) -> Result<Self, RenderError> {
        let gpu = |allow_software| GpuRenderer::new(allow_software).map(|g| ActiveBackend::Gpu(Box::new(g)));
        let cpu = || CpuRenderer::with_level(options.simd_level()?, options.threads).map(ActiveBackend::Cpu);
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
        Ok(Self { backend, masks: MaskCache::default(), no_gpu })
    }

    /// Why no GPU was taken, when the choice was free.
    pub fn why_no_gpu(&self) -> Option<&str> {
        self.no_gpu.as_deref()
    }

    /// What draws: `"cpu (avx512, 2 threads)"` or the adapter's name.
    pub fn describe(&self) -> String {
        match &self.backend {
            ActiveBackend::Cpu(c) => c.describe(),
            ActiveBackend::Gpu(g) => g.describe(),
        }
    }

    /// Draws one frame. A single untouched full-canvas layer whose picture already has the output's
    /// layout and tags is returned as it is, sharing its planes.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn render(&mut self, plan: &FramePlan, sources: &dyn SourcePictures, output: &OutputSpec) -> Result<Picture, RenderError> {
        let submitted = self.begin(plan, sources, output)?;
        self.finish(submitted)
    }

    /// Frames that may be begun and not yet finished: more than one on a GPU, which draws while the
    /// host prepares the next.
    pub fn frames_in_flight(&self) -> usize {
        match &self.backend {
            ActiveBackend::Cpu(_) => 1,
            ActiveBackend::Gpu(_) => gpu::FRAMES_IN_FLIGHT,
        }
    }

    /// Begins one frame; finish them in the order they were begun.
    ///
    /// # Errors
    /// See [`RenderError`]; also when more than [`Self::frames_in_flight`] were begun.
    pub fn begin(&mut self, plan: &FramePlan, sources: &dyn SourcePictures, output: &OutputSpec) -> Result<Submitted, RenderError> {
        match lower::lower(plan, sources, output, &mut self.masks)? {
            Lowered::Untouched(picture) => Ok(Submitted::Ready(picture)),
            Lowered::Program(program) => match &mut self.backend {
                ActiveBackend::Cpu(c) => c.run(&program, output).map(Submitted::Ready),
                ActiveBackend::Gpu(g) => g.begin(&program, output).map(|f| Submitted::InFlight(Box::new(f))),
            },
        }
    }

    /// Waits for a frame that was begun here.
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
