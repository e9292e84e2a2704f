//! Pictures of the session as textures of the window's device, of red, green, blue and alpha codes
//! for a display (`Rgba8Unorm`).
//!
//! [`Pictures::texture`] is the one place at which a picture comes to the screen: what was drawn on
//! the window's device is shown where it is; planes in host memory are uploaded, each as it is, and
//! converted by a shader.
use crate::{gpu, link::Shown};
use cutroom_api::{ColorModel, Picture, SampleRange, Screen, ScreenCounters, Size, screen_texture};
use eframe::{egui_wgpu::RenderState, wgpu};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Textures that are kept to be drawn into again.
const KEPT: usize = 6;

/// A picture on the device.
#[derive(Clone, Debug)]
pub struct OnScreen {
    /// Its codes.
    pub view: wgpu::TextureView,
    /// Its size in pixels.
    pub size: Size,
    /// The frame of the film.
    pub frame: i64,
    /// Revision of the document.
    pub revision: u64,
    /// Nobody draws into the texture while somebody has this.
    _used: Used,
}

/// What keeps a texture as it is.
#[derive(Clone, Debug)]
enum Used {
    Uploaded(#[expect(dead_code, reason = "held, not read")] Arc<()>),
    Drawn(#[expect(dead_code, reason = "held, not read")] Picture),
}

/// What was done with pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Pictures that were uploaded from host memory.
    pub uploaded: u64,
    /// Pictures on a device that were brought to host memory for the scopes.
    pub read_back_for_scopes: u64,
    /// Pictures that were shown.
    pub presented: u64,
    /// How long the last upload took.
    pub upload: Duration,
}

/// A texture that is drawn into again.
struct Kept {
    size: Size,
    view: wgpu::TextureView,
    used: Arc<()>,
}

/// Brings pictures to the device.
pub struct Pictures {
    device: wgpu::Device,
    queue: wgpu::Queue,
    screen: Screen,
    pipeline: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
    sampler: wgpu::Sampler,
    uniforms: wgpu::Buffer,
    /// The planes of the last picture, with their size in bytes and rows.
    planes: Vec<(wgpu::Texture, (u32, u32))>,
    kept: Vec<Kept>,
    /// What was done.
    pub counters: Counters,
}

impl Pictures {
    /// For the device of a window.
    pub fn new(state: &RenderState, screen: Screen) -> Self {
        let (device, queue) = (state.device.clone(), state.queue.clone());
        let layout = gpu::layout(&device, "planes", 3, 1);
        let shader = include_str!("planes.wgsl");
        let pipeline = gpu::pipeline(&device, shader, &layout, "convert", wgpu::TextureFormat::Rgba8Unorm);
        let sampler = device.create_sampler(&gpu::sampler(wgpu::FilterMode::Linear));
        let uniforms = gpu::uniforms(&device, 32);
        Self {
            device,
            queue,
            screen,
            pipeline,
            layout,
            sampler,
            uniforms,
            planes: Vec::new(),
            kept: Vec::new(),
            counters: Counters::default(),
        }
    }

    /// A picture as a texture; `None` if its planes are none that can be shown.
    pub fn texture(&mut self, shown: &Shown) -> Option<OnScreen> {
        let began = Instant::now();
        let (view, used) = match screen_texture(&shown.picture) {
            Some(view) => (view.clone(), Used::Drawn(shown.picture.clone())),
            None => self.upload(&shown.picture)?,
        };
        self.counters.presented += 1;
        self.counters.upload = began.elapsed();
        Some(OnScreen { view, size: shown.picture.size, frame: shown.frame, revision: shown.revision, _used: used })
    }

    /// What was drawn on the device, and copied from it by whatever renders there.
    pub fn on_device(&self) -> ScreenCounters {
        self.screen.counters()
    }

    /// Pictures that were copied from the device, although no scope asked for them: none, unless the
    /// film is one of high dynamic range, which is tone-mapped from a picture in host memory.
    pub fn read_back(&self) -> u64 {
        self.screen.counters().read_back.saturating_sub(self.counters.read_back_for_scopes)
    }

    /// Uploads planes and converts them.
    fn upload(&mut self, picture: &Picture) -> Option<(wgpu::TextureView, Used)> {
        if picture.format.bits != 8 || picture.planes.len() < 3 {
            return None;
        }
        let is_rgb = picture.format.model == ColorModel::Rgb;
        let (kr, kb) = picture.color.matrix.kr_kb().or(is_rgb.then_some((0.2126, 0.0722)))?;
        let codes = match picture.color.range {
            SampleRange::Full => [0.0, 255.0, 128.0, 255.0],
            SampleRange::Limited => [16.0, 219.0, 128.0, 224.0],
        };
        let values = [kr as f32, kb as f32, f32::from(u8::from(is_rgb)), 0.0];
        let values = values.into_iter().chain(codes.map(|code| code / 255.0));
        self.queue.write_buffer(&self.uniforms, 0, &gpu::bytes(values));
        for n in 0..3 {
            self.upload_plane(n, picture.planes.get(n)?);
        }
        self.counters.uploaded += 1;
        let (view, used) = self.target(picture.size);
        let planes = self.planes.iter().map(|(texture, _)| texture.create_view(&wgpu::TextureViewDescriptor::default()));
        let group = gpu::group(&self.device, &self.layout, &self.uniforms, &planes.collect::<Vec<_>>(), &[&self.sampler]);
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("picture") });
        gpu::draw(&mut encoder, &view, &self.pipeline, &group);
        self.queue.submit([encoder.finish()]);
        Some((view, Used::Uploaded(used)))
    }

    fn upload_plane(&mut self, n: usize, plane: &cutroom_api::Plane) {
        let (width, rows) = (plane.width_bytes() as u32, plane.rows() as u32);
        let size = wgpu::Extent3d { width: width.max(1), height: rows.max(1), depth_or_array_layers: 1 };
        if self.planes.get(n).is_none_or(|(_, known)| *known != (width, rows)) {
            let usage = wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST;
            let texture = self.device.create_texture(&gpu::texture("plane", size, wgpu::TextureFormat::R8Unorm, usage));
            self.planes.truncate(n);
            self.planes.push((texture, (width, rows)));
        }
        let Some((texture, _)) = self.planes.get(n) else { return };
        let mut samples = Vec::with_capacity(plane.width_bytes() * plane.rows());
        (0..plane.rows()).for_each(|y| samples.extend_from_slice(plane.row(y)));
        let layout = wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(width), rows_per_image: Some(rows) };
        self.queue.write_texture(texture.as_image_copy(), &samples, layout, size);
    }

    /// A texture that nobody shows any more, or a new one.
    fn target(&mut self, size: Size) -> (wgpu::TextureView, Arc<()>) {
        if let Some(kept) = self.kept.iter().find(|kept| kept.size == size && Arc::strong_count(&kept.used) == 1) {
            return (kept.view.clone(), Arc::clone(&kept.used));
        }
        let extent = wgpu::Extent3d { width: size.width.max(1), height: size.height.max(1), depth_or_array_layers: 1 };
        let usage = wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::RENDER_ATTACHMENT;
        let texture = self.device.create_texture(&gpu::texture("picture", extent, wgpu::TextureFormat::Rgba8Unorm, usage));
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let used = Arc::new(());
        self.kept.retain(|kept| kept.size == size || Arc::strong_count(&kept.used) > 1);
        if self.kept.len() >= KEPT {
            self.kept.remove(0);
        }
        self.kept.push(Kept { size, view: view.clone(), used: Arc::clone(&used) });
        (view, used)
    }
}

/// The picture in host memory, for the scopes, and whether it had to be brought there.
pub fn for_scopes(picture: &Picture) -> Option<(Picture, bool)> {
    match picture.device {
        Some(_) => picture.on_host().ok().map(|host| (host, true)),
        None => Some((picture.clone(), false)),
    }
}
