//! The entry point: a plan and source pictures to a picture.
use crate::{
    Frame, FrameReport, OutputSpec, RenderError, SourcePictures,
    cpu::CpuRenderer,
    gpu::{self, Gpu, GpuRenderer, Screen},
    lower::{self, Lowered, LoweringCache},
    program::Program,
    recovery::{GpuFault, Recovery},
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
    /// Number of the graphics card, as [`gpu::cards`] has them; `None` for the best one. Software counts
    /// as a card here if it is named.
    pub card: Option<usize>,
    /// Instruction set of the CPU back end; `None` for the one that [`SIMD_VARIABLE`] names, or
    /// else the widest available. All produce the same bits.
    pub simd: Option<SimdLevel>,
    /// A failure of the GPU that is brought about, for tests; `None` for the one that
    /// [`crate::FAULT_VARIABLE`] names, or else none.
    pub fault: Option<GpuFault>,
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
    /// What is known of failures of the GPU.
    recovery: Recovery,
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
    /// Number of the device that draws it.
    device: u32,
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
    /// [`RenderError::NoCard`] for a card that there is not; [`RenderError::Unsupported`] for an
    /// instruction set that the machine lacks.
    pub fn new(options: RenderOptions) -> Result<Self, RenderError> {
        let gpu = |software| GpuRenderer::on_card(options.card, software).map(|g| ActiveBackend::Gpu(Box::new(g)));
        let cpu = || CpuRenderer::with_level(options.simd_level()?, options.threads).map(|c| ActiveBackend::Cpu(Box::new(c)));
        let (backend, no_gpu) = match options.backend {
            Backend::Gpu => (gpu(true)?, None),
            Backend::Cpu => (cpu()?, None),
            // No GPU is the normal case on servers, not a failure.
            Backend::Auto => match gpu(false) {
                Ok(backend) => (backend, None),
                Err(RenderError::Gpu(why)) => (cpu()?, Some(why)),
                Err(e @ RenderError::NoCard { .. }) => return Err(e),
                Err(e) => (cpu()?, Some(e.to_string())),
            },
        };
        let fault = if options.fault.is_some() { options.fault } else { GpuFault::from_environment()? };
        let recovery = Recovery::new(true, fault);
        Ok(Self { backend, cache: LoweringCache::default(), options, no_gpu, recovery })
    }

    /// Draws on a device that is open already, such as a window's. With [`Backend::Auto`] it continues
    /// on the CPU if the device fails; its owner may make another renderer.
    pub fn with_gpu(gpu: Gpu, options: RenderOptions) -> Self {
        let backend = ActiveBackend::Gpu(Box::new(GpuRenderer::with_gpu(gpu)));
        let recovery = Recovery::new(false, options.fault);
        Self { backend, cache: LoweringCache::default(), options, no_gpu: None, recovery }
    }

    /// Draws on the device of a window; frames of [`gpu::SCREEN_FORMAT`] stay there. With
    /// [`Backend::Auto`] it continues on the CPU if the device is lost.
    pub fn on_screen(screen: &Screen, options: RenderOptions) -> Self {
        let backend = ActiveBackend::Gpu(Box::new(GpuRenderer::on_screen(screen)));
        let recovery = Recovery::new(false, options.fault);
        Self { backend, cache: LoweringCache::default(), options, no_gpu: None, recovery }
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
        if let (ActiveBackend::Gpu(g), Some(kind)) = (&self.backend, self.recovery.begin()) {
            g.fail(kind);
        }
        let begun = loop {
            match &mut self.backend {
                ActiveBackend::Cpu(_) => break None,
                ActiveBackend::Gpu(g) => match g.begin(&program, output) {
                    Ok(frame) => break Some(frame),
                    Err(error) => self.leave_gpu(error)?,
                },
            }
        };
        let device = self.recovery.device;
        match begun {
            Some(frame) => Ok(Submitted::InFlight(Box::new(InFlight { frame, program, output: *output, turned_on_host, device }))),
            None => self.draw_on_cpu(program, output, turned_on_host).map(|frame| Submitted::Ready(Box::new(frame))),
        }
    }

    /// Waits for a frame begun by this renderer. A frame whose device has failed is drawn again on another
    /// one, or on the CPU, as are all that follow; if the GPU was asked for, only on another one.
    ///
    /// # Errors
    /// [`RenderError::Gpu`] when the device failed.
    pub fn finish(&mut self, submitted: Submitted) -> Result<Frame, RenderError> {
        let mut frame = match submitted {
            Submitted::Ready(frame) => *frame,
            Submitted::InFlight(in_flight) => self.finish_on_gpu(*in_flight)?,
        };
        if frame.report.backend != "none" {
            frame.report.device_lost = self.recovery.report();
        }
        Ok(frame)
    }

    fn finish_on_gpu(&mut self, in_flight: InFlight) -> Result<Frame, RenderError> {
        let InFlight { frame, program, output, turned_on_host, device } = in_flight;
        let mut begun = (device == self.recovery.device).then_some(frame);
        if begun.is_none() && self.recovery.reason.is_none() {
            return Err(RenderError::Gpu("the frame was begun by another renderer".into()));
        }
        loop {
            let ActiveBackend::Gpu(g) = &mut self.backend else { return self.draw_on_cpu(program, &output, turned_on_host) };
            let drawn = match begun.take() {
                Some(frame) => Ok(frame),
                None => g.begin(&program, &output),
            };
            let drawn = drawn.and_then(|frame| Ok((frame.sources.clone(), g.finish(frame)?)));
            match drawn {
                Ok((sources, picture)) => {
                    self.recovery.finished();
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
        }
    }

    /// Continues on another device, or on the CPU, after a failure of the GPU.
    ///
    /// # Errors
    /// The failure itself, if it is not the device's, or if nothing else may draw.
    fn leave_gpu(&mut self, error: RenderError) -> Result<(), RenderError> {
        let has_failed = matches!(&self.backend, ActiveBackend::Gpu(g) if g.has_failed());
        let must_be_gpu = self.options.backend == Backend::Gpu;
        if !has_failed || must_be_gpu && !self.recovery.owns_device {
            return Err(error);
        }
        // In one line.
        let mut reason = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        if matches!(&self.backend, ActiveBackend::Gpu(g) if g.is_lost()) && !reason.contains("the device was lost") {
            reason = format!("the device was lost: {reason}");
        }
        let may_reopen = self.recovery.failed(&reason);
        // The memory of the device is given back before another one is opened.
        let cpu = CpuRenderer::with_level(self.options.simd_level()?, self.options.threads)?;
        self.backend = ActiveBackend::Cpu(Box::new(cpu));
        if may_reopen {
            match GpuRenderer::on_card(self.options.card, must_be_gpu) {
                Ok(another) => {
                    self.backend = ActiveBackend::Gpu(Box::new(another));
                    return Ok(());
                }
                Err(why) => reason = format!("{reason}; no other device could be opened: {why}"),
            }
        }
        self.no_gpu = Some(reason.clone());
        self.recovery.reason = Some(reason);
        if must_be_gpu { Err(error) } else { Ok(()) }
    }

    fn draw_on_cpu(&mut self, mut program: Program, output: &OutputSpec, turned_on_host: usize) -> Result<Frame, RenderError> {
        let ActiveBackend::Cpu(cpu) = &mut self.backend else {
            return Err(RenderError::Gpu("the frame was begun by another renderer".into()));
        };
        if let (Backend::Gpu, Some(why)) = (self.options.backend, &self.no_gpu) {
            return Err(RenderError::Gpu(why.clone()));
        }
        let mut device_pictures = turned_on_host;
        for picture in program.pictures.iter_mut().filter(|p| p.device.is_some()) {
            *picture = picture.on_host()?;
            device_pictures += 1;
        }
        let picture = cpu.run(&program, output)?;
        let report = FrameReport {
            device_pictures,
            fell_back: self.recovery.reason.as_ref().and(self.no_gpu.clone()),
            ..FrameReport::of("cpu")
        };
        Ok(Frame { picture, report })
    }
}
