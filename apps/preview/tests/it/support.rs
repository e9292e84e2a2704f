//! A window on a project of numbered frames: the grey of frame n is [`grey`] of n.
use cutroom_api::{Editor, JournalOptions, LiveOptions, Session};
use cutroom_preview::{
    app::{PreviewApp, Setup},
    desk::Desk,
    film::Film,
    running::RunOptions,
    stages::Stages,
};
use eframe::{
    egui::{self, Key, Modifiers, Pos2, Rect, accesskit::Role},
    egui_wgpu::{RenderState, Renderer, RendererOptions, ScreenDescriptor},
    wgpu,
};
use egui_kittest::{
    Harness, TestRenderer,
    kittest::{NodeT, Queryable},
};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

const LONG: Duration = Duration::from_secs(60);
/// Frames of the file, and of the film.
pub const FRAMES: i64 = 75;

/// The grey of frame `n` of the file, as a code of full range: limited luma of 20 + 2n is what
/// FFmpeg wrote.
pub fn grey(n: i64) -> f64 {
    (20.0 + 2.0 * n as f64 - 16.0) * 255.0 / 219.0
}

/// Writes the file and the film: two clips of it, frames 0 to 49 and 50 to 74, and a red one above.
pub fn film(dir: &Path) -> PathBuf {
    let source = format!("nullsrc=size=64x36:rate=25,geq=lum='20+2*N':cb=128:cr=128,trim=end_frame={FRAMES}");
    let args = ["-v", "error", "-y", "-f", "lavfi", "-i", &source, "-c:v", "ffv1", "-pix_fmt", "yuv420p"];
    assert!(Command::new("ffmpeg").args(args).arg(dir.join("a.mkv")).status().unwrap().success());
    let media = json!({"type": "media", "media": "a"});
    let effects = json!({"effects": [{"id": "e1", "effect": "invert"}]});
    let text = json!({"schema_version": 2, "main": "m", "media": [{"id": "a", "path": "a.mkv"}], "compositions": [
        {"id": "m", "size": {"width": 64, "height": 36}, "frame_rate": 25,
         "markers": [{"id": "k", "time": "1s", "name": "here", "color": "#00ff00"}],
         "tracks": [
            {"id": "v1", "clips": [
                {"id": "c1", "source": media, "start": 0, "duration": "2s"},
                {"id": "c2", "source": media, "start": "2s", "duration": "1s", "source_in": "2s"}]},
            {"id": "v2", "clips": [
                {"id": "red", "name": "Red", "source": {"type": "solid", "color": [1.0, 0.0, 0.0, 1.0]}, "start": "2.4s",
                 "duration": "0.4s", "video": effects}]}]}]});
    let path = dir.join("film.json");
    std::fs::write(&path, text.to_string()).unwrap();
    path
}

/// A software device; `None`, recorded as skipped, without one.
fn device(target_format: wgpu::TextureFormat) -> Option<RenderState> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: wgpu::Backends::VULKAN,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::VULKAN));
    let software = adapters.into_iter().find(|a| a.get_info().device_type == wgpu::DeviceType::Cpu);
    let Some(adapter) = software else {
        cutroom_test_support::skipped("no device", "a software Vulkan device");
        return None;
    };
    let descriptor = wgpu::DeviceDescriptor { required_limits: adapter.limits(), ..wgpu::DeviceDescriptor::default() };
    let (device, queue) = pollster::block_on(adapter.request_device(&descriptor)).unwrap();
    let renderer = Renderer::new(&device, target_format, RendererOptions::PREDICTABLE);
    let renderer = Arc::new(egui::mutex::RwLock::new(renderer));
    Some(RenderState { adapter, available_adapters: Vec::new(), instance, device, queue, target_format, renderer })
}

/// Hands textures to the device.
struct Textures(RenderState);

impl TestRenderer for Textures {
    fn setup_eframe(&self, context: &mut eframe::CreationContext<'_>, frame: &mut eframe::Frame) {
        context.wgpu_render_state = Some(self.0.clone());
        frame.wgpu_render_state = Some(self.0.clone());
    }

    fn handle_delta(&mut self, delta: &mut egui::TexturesDelta) {
        let mut renderer = self.0.renderer.write();
        for (id, images) in delta.set.drain() {
            images.iter().for_each(|image| renderer.update_texture(&self.0.device, &self.0.queue, id, image));
        }
        delta.free.drain().for_each(|id| renderer.free_texture(&id));
    }
}

/// A window with its project.
pub struct Window {
    pub harness: Harness<'static, PreviewApp>,
    pub dir: Arc<tempfile::TempDir>,
    state: RenderState,
}

/// Pixels of the window.
pub struct Pixels {
    width: usize,
    bytes: Vec<u8>,
    scale: f32,
}

impl Pixels {
    /// Red, green, blue at a place in points.
    pub fn at(&self, at: Pos2) -> [f64; 3] {
        let [x, y] = [at.x, at.y].map(|v| (v * self.scale) as usize);
        let pixel = &self.bytes[(y * self.width + x) * 4..][..4];
        [pixel[2], pixel[1], pixel[0]].map(f64::from)
    }
}

impl Window {
    /// A window on a new film; `None` without a device.
    pub fn open() -> Option<Self> {
        let dir = Arc::new(tempfile::tempdir().unwrap());
        film(dir.path());
        Self::again(&dir, |_| {})
    }

    /// A window on the film in a folder.
    pub fn again(dir: &Arc<tempfile::TempDir>, change: impl FnOnce(&mut RunOptions)) -> Option<Self> {
        Self::on(dir, wgpu::TextureFormat::Bgra8Unorm, change)
    }

    /// The same on a surface of a format.
    pub fn on(dir: &Arc<tempfile::TempDir>, format: wgpu::TextureFormat, change: impl FnOnce(&mut RunOptions)) -> Option<Self> {
        let state = device(format)?;
        let path = dir.path().join("film.json");
        let live = LiveOptions { backend: cutroom_api::BackendChoice::Cpu, threads: 1, ..LiveOptions::default() };
        let mut run = RunOptions { live, null_sink: true, scale: 1.0, ..RunOptions::default() };
        change(&mut run);
        let session = Session::open(&path).unwrap();
        let (editor, notes) = if run.read_only {
            (Editor::new(session, None, true).unwrap(), Vec::new())
        } else {
            Editor::open(session, JournalOptions::default()).unwrap()
        };
        let setup = Setup {
            run,
            started: Instant::now(),
            layout_file: Some(dir.path().join("layout.json")),
            stages: Stages::default(),
            notes,
            failed: Arc::<Mutex<_>>::default(),
        };
        let builder = Harness::builder().with_size([1280.0, 800.0]).renderer(Textures(state.clone()));
        let harness = builder.build_eframe(|context| PreviewApp::new(context, editor, setup).unwrap());
        let mut window = Self { harness, dir: Arc::clone(dir), state };
        window.until("the first picture", |desk| desk.now.is_some() && desk.film.is_some());
        Some(window)
    }

    pub fn desk(&self) -> &Desk {
        &self.harness.state().desk
    }

    pub fn film(&self) -> Arc<Film> {
        self.desk().film.clone().unwrap()
    }

    /// Draws until something is so.
    pub fn until(&mut self, what: &str, is_so: impl Fn(&Desk) -> bool) {
        let end = Instant::now() + LONG;
        loop {
            self.harness.step();
            if is_so(self.desk()) {
                return;
            }
            let desk = self.desk();
            assert!(Instant::now() < end, "{what} does not come: {:?}, {:?}", desk.transport, desk.notes);
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Draws until the session has answered all commands, and the picture at rest is that of the
    /// playhead.
    pub fn settle(&mut self) {
        // What was pressed is sent when it is drawn.
        self.harness.step();
        self.until("the picture at rest", |desk| {
            let shown = desk.shown.as_ref().zip(desk.film.as_ref());
            let is_newest = shown.is_some_and(|(shown, film)| {
                shown.frame == desk.transport.frame && shown.revision == film.revision && !shown.plays && shown.waited.is_some()
            });
            desk.link.sent() == desk.answered && !desk.plays() && is_newest
        });
    }

    /// Presses a key and lets it go.
    pub fn press(&mut self, key: Key) {
        self.chord(Modifiers::NONE, key);
    }

    pub fn chord(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.step();
    }

    /// Clicks what readers call so.
    pub fn click(&mut self, name: &str) {
        self.harness.get_by_label(name).click();
        self.harness.step();
        self.harness.step();
    }

    /// Clicks what has this role and name.
    pub fn click_role(&mut self, role: Role, name: &str) {
        self.harness.get_by_role_and_label(role, name).click();
        self.harness.step();
        self.harness.step();
    }

    /// Where that is.
    pub fn rect(&self, name: &str) -> Rect {
        self.rect_of(&self.harness.get_by_label(name), name)
    }

    /// Where what has this role and name is.
    pub fn rect_by(&self, role: Role, name: &str) -> Rect {
        self.rect_of(&self.harness.get_by_role_and_label(role, name), name)
    }

    fn rect_of(&self, node: &egui_kittest::Node<'_>, name: &str) -> Rect {
        let bounds = node.accesskit_node().bounding_box();
        let bounds = bounds.unwrap_or_else(|| panic!("{name} has no place"));
        let scale = f64::from(self.harness.ctx.pixels_per_point());
        let [x0, y0, x1, y1] = [bounds.x0, bounds.y0, bounds.x1, bounds.y1].map(|v| (v / scale) as f32);
        Rect::from_min_max(Pos2::new(x0, y0), Pos2::new(x1, y1))
    }

    pub fn has(&self, name: &str) -> bool {
        self.harness.query_by_label(name).is_some()
    }

    /// Drags from one place to another.
    pub fn drag(&mut self, from: Pos2, to: Pos2) {
        self.harness.hover_at(from);
        self.harness.drag_at(from);
        for part in [0.3, 0.7, 1.0] {
            self.harness.hover_at(from + (to - from) * part);
        }
        self.harness.step();
        self.harness.drop_at(to);
        self.harness.step();
    }

    /// What the last clicks and keys led to in the journal: the document as a new session opens it.
    pub fn reopened(self) -> Editor {
        let dir = Arc::clone(&self.dir);
        drop(self);
        let session = Session::open(&dir.path().join("film.json")).unwrap();
        Editor::open(session, JournalOptions::default()).unwrap().0
    }

    /// Draws the window on its device.
    pub fn pixels(&mut self) -> Pixels {
        let (device, queue) = (&self.state.device, &self.state.queue);
        let scale = self.harness.ctx.pixels_per_point();
        let size = self.harness.ctx.content_rect().size() * scale;
        let size_in_pixels = [size.x.round() as u32, size.y.round() as u32];
        let screen = ScreenDescriptor { pixels_per_point: scale, size_in_pixels };
        let shapes = self.harness.ctx.tessellate(self.harness.output().shapes.clone(), scale);
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut renderer = self.state.renderer.write();
        let mut commands = renderer.update_buffers(device, queue, &mut encoder, &shapes, &screen);
        let [width, height] = size_in_pixels;
        let extent = wgpu::Extent3d { width, height, depth_or_array_layers: 1 };
        let usage = wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC;
        let target = cutroom_preview::gpu::texture("window", extent, self.state.target_format, usage);
        let target = device.create_texture(&target);
        let view = target.create_view(&wgpu::TextureViewDescriptor::default());
        {
            let ops = wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color::BLACK), store: wgpu::StoreOp::Store };
            let attachment = wgpu::RenderPassColorAttachment { view: &view, resolve_target: None, ops, depth_slice: None };
            let pass = wgpu::RenderPassDescriptor { color_attachments: &[Some(attachment)], ..Default::default() };
            renderer.render(&mut encoder.begin_render_pass(&pass).forget_lifetime(), &shapes, &screen);
        }
        let row = (width * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: u64::from(row * height),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let layout = wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(row), rows_per_image: Some(height) };
        let to = wgpu::TexelCopyBufferInfo { buffer: &buffer, layout };
        encoder.copy_texture_to_buffer(target.as_image_copy(), to, extent);
        commands.push(encoder.finish());
        queue.submit(commands);
        buffer.slice(..).map_async(wgpu::MapMode::Read, |mapped| mapped.unwrap());
        device.poll(wgpu::PollType::wait_indefinitely()).unwrap();
        let bytes = buffer.slice(..).get_mapped_range().unwrap().to_vec();
        Pixels { width: row as usize / 4, bytes, scale }
    }

    /// The colour in the middle of the viewer.
    pub fn middle(&mut self) -> [f64; 3] {
        self.harness.step();
        let at = self.rect(&format!("Frame {}", self.desk().frame())).center();
        self.pixels().at(at)
    }
}

/// The spans of a track's clips of a film, in frames, by id.
pub fn spans(film: &Film, track: &str) -> Vec<(String, i64, i64)> {
    let row = film.rows.iter().find(|row| row.id == track).unwrap();
    row.pieces.iter().map(|piece| (piece.id().to_owned(), piece.start, piece.end)).collect()
}

/// The same of a session.
pub fn spans_of(session: &Session, track: &str) -> Vec<(String, i64, i64)> {
    let composition = session.project().main_composition().unwrap();
    let track = composition.tracks.iter().find(|t| t.id.as_str() == track).unwrap();
    let rate = composition.frame_rate;
    let span = |start, end| (rate.frame_at(start), rate.frame_at(end));
    let mut spans: Vec<_> = track
        .clips
        .iter()
        .map(|clip| {
            let (start, end) = span(clip.start, clip.span().end());
            (clip.id.to_string(), start, end)
        })
        .collect();
    spans.sort_by_key(|(_, start, _)| *start);
    spans
}

/// Named spans, to compare with.
pub fn named(spans: &[(&str, i64, i64)]) -> Vec<(String, i64, i64)> {
    spans.iter().map(|(id, start, end)| ((*id).to_owned(), *start, *end)).collect()
}

/// A document as JSON.
pub fn document(session: &Session) -> Value {
    serde_json::from_str(&session.document_json()).unwrap()
}
