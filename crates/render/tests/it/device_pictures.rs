//! Pictures on a device: packed planes are drawn as planar ones are, to the bit, and what is copied
//! through host memory is reported.
use crate::{gpu_cases, support::*};
use cutroom_render::{
    Backend, GpuFault, GpuFaultKind, RenderOptions, Renderer,
    gpu::{Gpu, GpuRenderer, Screen, screen_texture},
};
use cutroom_test_support::skipped;
use cutroom_timeline::{Fit, FramePlan, Layer, Transform};
use cutroom_types::{
    ColorTags, DeviceFrame, DeviceId, DownloadError, Orientation, Packing, Picture, PictureFormat, Plane, Surface, SurfaceMemory,
};
use std::sync::Arc;

/// A surface that nothing can import.
struct Held(Vec<Plane>);

impl Surface for Held {
    fn memory(&self) -> SurfaceMemory {
        SurfaceMemory::Unshared
    }

    fn download(&self) -> Result<Vec<Plane>, DownloadError> {
        Ok(self.0.clone())
    }
}

/// A surface whose memory is gone.
struct Gone;

impl Surface for Gone {
    fn memory(&self) -> SurfaceMemory {
        SurfaceMemory::Unshared
    }

    fn download(&self) -> Result<Vec<Plane>, DownloadError> {
        Err(DownloadError("the device is gone".into()))
    }
}

/// The picture on a device, packed; `None` if its format cannot be.
fn packed(p: &Picture) -> Option<Picture> {
    let packing = Packing::semi_planar(p.format)?;
    let shift = packing.place(0).shift;
    let words = |k: usize, y: usize| -> Vec<Vec<u8>> {
        let bytes = p.format.bytes_per_sample();
        let store = |v: &[u8]| match v {
            [v] => vec![*v],
            [a, b] => (u16::from_le_bytes([*a, *b]) << shift).to_le_bytes().to_vec(),
            _ => panic!("samples of {bytes} bytes"),
        };
        p.planes[k].row(y).chunks(bytes).map(store).collect()
    };
    let rows = |n: usize| p.planes[n].rows();
    let luma: Vec<u8> = (0..rows(0)).flat_map(|y| words(0, y).concat()).collect();
    let pairs = |y: usize| words(1, y).into_iter().zip(words(2, y)).flat_map(|(b, r)| [b, r].concat());
    let chroma: Vec<u8> = (0..rows(1)).flat_map(pairs).collect();
    let plane = |bytes: Vec<u8>, rows: usize| {
        let width = bytes.len() / rows;
        Plane::new(Arc::new(bytes), 0, width, width, rows).unwrap()
    };
    let surface = Arc::new(Held(vec![plane(luma, rows(0)), plane(chroma, rows(1))]));
    let frame = DeviceFrame { device: DeviceId([1; 16]), packing, surface, only: None };
    Some(Picture { planes: Vec::new(), device: Some(frame), ..p.clone() })
}

fn bytes_of(p: &Picture) -> Vec<Vec<u8>> {
    p.planes.iter().map(|plane| (0..plane.rows()).flat_map(|y| plane.row(y).to_vec()).collect()).collect()
}

/// A plan of two pictures of a format, for which each way of reading occurs somewhere.
fn plans(linear: bool) -> Vec<(&'static str, FramePlan)> {
    let cv = canvas(size(96, 54), linear);
    let shown = |scale: f32, degrees: f32, opacity: f32| Layer {
        opacity,
        transform: Transform { scale: [scale; 2], rotation_degrees: degrees, fit: Fit::Contain, ..Transform::IDENTITY },
        ..layer(media("b"))
    };
    let exposed = Layer { effects: vec![effect("exposure", &[("exposure", 0.4)])], ..layer(media("a")) };
    vec![
        ("untouched", plan(cv, vec![layer(media("a"))])),
        ("a small one over a copy", plan(cv, vec![layer(media("a")), shown(0.5, 0.0, 0.7)])),
        ("enlarged", plan(cv, vec![layer(media("a")), shown(1.7, 0.0, 0.5)])),
        ("reduced", plan(cv, vec![exposed.clone(), shown(0.3, 0.0, 1.0)])),
        ("rotated", plan(cv, vec![exposed, shown(0.8, 20.0, 0.9)])),
    ]
}

#[test]
fn packed_planes_are_drawn_as_planar_ones() {
    let Some(mut gpu) = gpu() else { return };
    let cpu = RenderOptions { backend: Backend::Cpu, ..RenderOptions::default() };
    let mut on_cpu = Renderer::new(cpu).unwrap();
    for format in [PictureFormat::YUV420P8, PictureFormat::yuv(10, 1, 1)] {
        let pictures = [picture(format, size(96, 54), 3), picture(format, size(64, 36), 8)];
        let turned = Picture { orientation: Orientation { mirrored: false, quarter_turns: 1 }, ..pictures[1].clone() };
        for (linear, second) in [(true, &pictures[1]), (false, &pictures[1]), (false, &turned)] {
            let planar = Pictures::of(&[("a", &pictures[0]), ("b", second)]);
            let on_device = Pictures::of(&[("a", &packed(&pictures[0]).unwrap()), ("b", &packed(second).unwrap())]);
            for (name, plan) in plans(linear) {
                let want = on_cpu.render(&plan, &planar, &output(format)).unwrap();
                let begun = on_cpu.begin(&plan, &on_device, &output(format)).unwrap();
                let got = on_cpu.finish(begun).unwrap();
                assert!(bytes_of(&got.picture) == bytes_of(&want), "{name}, {format}, on the CPU");
                assert!(got.report.device_pictures > 0 && !got.report.was_zero_copy(), "{name}: {:?}", got.report);
                let case = |pictures: Pictures| gpu_cases::Case {
                    name: name.into(),
                    plan: plan.clone(),
                    pictures,
                    output: output(format),
                    max_codes: 0.0,
                };
                if name == "untouched" {
                    continue;
                }
                let (planar, on_device) = (Pictures(planar.0.clone()), Pictures(on_device.0.clone()));
                let [want, got] = [case(planar), case(on_device)].map(|c| gpu.run(&gpu_cases::program(&c), &c.output).unwrap());
                let first = |p: &Picture| [p.sample(0, 0, 0), p.sample(1, 0, 0), p.sample(0, 48, 27), p.sample(2, 24, 13)];
                assert!(
                    bytes_of(&got) == bytes_of(&want),
                    "{name}, {format}, on the GPU: {:?}, not {:?}",
                    first(&got),
                    first(&want)
                );
            }
        }
    }
}

#[test]
fn what_cannot_be_imported_is_copied_once_and_reported() {
    let options = RenderOptions { backend: Backend::Gpu, ..RenderOptions::default() };
    let mut renderer = match Gpu::open(true) {
        Ok(gpu) => Renderer::with_gpu(gpu, options),
        Err(e) => return skipped("no device", &e.to_string()),
    };
    let format = PictureFormat::YUV420P8;
    let (a, b) = (picture(format, size(96, 54), 3), picture(format, size(64, 36), 8));
    let (_, plan) = plans(true).remove(1);
    let mut report = |pictures: &Pictures| {
        let begun = renderer.begin(&plan, pictures, &output(format)).unwrap();
        renderer.finish(begun).unwrap().report
    };
    let mixed = Pictures::of(&[("a", &a), ("b", &packed(&b).unwrap())]);
    for _ in 0..2 {
        let report = report(&mixed);
        assert_eq!((report.backend, report.device_pictures, report.zero_copy_pictures), ("gpu", 1, 0));
        assert!(report.fell_back.is_some());
    }
    let host = report(&Pictures::of(&[("a", &a), ("b", &b)]));
    assert_eq!((host.device_pictures, host.fell_back, host.backend), (0, None, "gpu"));
    let frame = DeviceFrame { device: DeviceId([1; 16]), packing: Packing::Nv12, surface: Arc::new(Gone), only: None };
    let gone = Picture::on_device(format, size(64, 36), ColorTags::BT709, frame);
    let failed = renderer.begin(&plan, &Pictures::of(&[("a", &a), ("b", &gone)]), &output(format));
    assert!(failed.is_err_and(|e| e.to_string().contains("the device is gone")));
}

/// A device is taken away while a frame is in flight: the frame and the next one come from the CPU,
/// and say so; with a GPU that was asked for, they fail.
#[test]
fn a_frame_whose_device_is_lost_is_drawn_again() {
    let format = PictureFormat::YUV420P8;
    let (a, b) = (picture(format, size(96, 54), 3), picture(format, size(64, 36), 8));
    let pictures = Pictures::of(&[("a", &a), ("b", &b)]);
    let (_, plan) = plans(true).remove(1);
    let mut on_cpu = Renderer::new(RenderOptions { backend: Backend::Cpu, ..RenderOptions::default() }).unwrap();
    let want = on_cpu.render(&plan, &pictures, &output(format)).unwrap();
    for backend in [Backend::Auto, Backend::Gpu] {
        let gpu = match Gpu::open(true) {
            Ok(gpu) => gpu,
            Err(e) => return skipped("no device", &e.to_string()),
        };
        let device = gpu.device.clone();
        let mut renderer = Renderer::with_gpu(gpu, RenderOptions { backend, ..RenderOptions::default() });
        assert!(renderer.render(&plan, &pictures, &output(format)).is_ok());
        device.destroy();
        let begun = renderer.begin(&plan, &pictures, &output(format));
        if backend == Backend::Gpu {
            assert!(begun.and_then(|begun| renderer.finish(begun)).is_err());
            continue;
        }
        let frame = renderer.finish(begun.unwrap()).unwrap();
        assert!(frame.report.backend == "cpu" && bytes_of(&frame.picture) == bytes_of(&want));
        assert!(frame.report.fell_back.is_some() && renderer.why_no_gpu().is_some());
        assert!(renderer.render(&plan, &pictures, &output(format)).is_ok());
    }
}

/// A device of the renderer's own fails while frames are in flight: all are drawn, again where needed, by
/// a new device, to the same bits, and the first of them says so.
#[test]
fn another_device_takes_the_place_of_one_that_fails() {
    let format = PictureFormat::YUV420P8;
    let (a, b) = (picture(format, size(96, 54), 3), picture(format, size(64, 36), 8));
    let pictures = Pictures::of(&[("a", &a), ("b", &b)]);
    let plans = || plans(true).into_iter().skip(1).chain(plans(false).into_iter().skip(1)).map(|(_, plan)| plan);
    let draw = |fault| {
        let options = RenderOptions { backend: Backend::Gpu, fault, ..RenderOptions::default() };
        let mut renderer = Renderer::new(options).ok()?;
        let (mut begun, mut frames) = (std::collections::VecDeque::new(), Vec::new());
        for plan in plans() {
            if begun.len() == renderer.frames_in_flight() {
                frames.push(renderer.finish(begun.pop_front().unwrap()).unwrap());
            }
            begun.push_back(renderer.begin(&plan, &pictures, &output(format)).unwrap());
        }
        frames.extend(begun.into_iter().map(|begun| renderer.finish(begun).unwrap()));
        Some(frames)
    };
    let Some(want) = draw(None) else { return skipped("no device", "Vulkan has no device") };
    assert!(want.iter().all(|frame| frame.report.device_lost.is_none()));
    for kind in [GpuFaultKind::Lost, GpuFaultKind::OutOfMemory] {
        for at in [0, 4, 7] {
            let got = draw(Some(GpuFault { kind, frame: at })).unwrap();
            assert_eq!(got.len(), want.len());
            for (n, (got, want)) in got.iter().zip(&want).enumerate() {
                assert!(bytes_of(&got.picture) == bytes_of(&want.picture), "{kind:?} at {at}, frame {n}");
                assert_eq!((got.report.backend, got.report.fell_back.as_ref()), ("gpu", None), "{kind:?} at {at}, frame {n}");
            }
            let said: Vec<usize> = (0..got.len()).filter(|n| got[*n].report.device_lost.is_some()).collect();
            // Those in flight when it failed may be drawn again, too.
            let at = at as usize;
            assert!(said.len() == 1 && (at.saturating_sub(2)..=at).contains(&said[0]), "{kind:?} at {at}: {said:?}");
        }
    }
}

#[test]
fn shaders_of_packed_pictures_are_valid() {
    for format in [PictureFormat::YUV420P8, PictureFormat::yuv(10, 1, 1)] {
        let (a, b) = (picture(format, size(96, 54), 3), picture(format, size(64, 36), 8));
        let pictures = || Pictures::of(&[("a", &packed(&a).unwrap()), ("b", &packed(&b).unwrap())]);
        for (name, plan) in plans(true).into_iter().chain(plans(false)).filter(|(name, _)| *name != "untouched") {
            let case = gpu_cases::Case { name: name.into(), plan, pictures: pictures(), output: output(format), max_codes: 0.0 };
            for text in GpuRenderer::shaders(&gpu_cases::program(&case), &case.output) {
                let module = naga::front::wgsl::parse_str(&text).unwrap_or_else(|e| panic!("{name}: {}", e.emit_to_string(&text)));
                let flags = naga::valid::ValidationFlags::all();
                naga::valid::Validator::new(flags, naga::valid::Capabilities::all()).validate(&module).unwrap();
            }
        }
    }
}

/// Frames for a window stay on the device: the same codes as those that are read back, nothing read
/// back before somebody asks, and textures that go round.
#[test]
fn frames_for_a_screen_stay_on_the_device() {
    let gpu = match Gpu::open(true) {
        Ok(gpu) => gpu,
        Err(e) => return skipped("no device", &e.to_string()),
    };
    let screen = Screen::new(gpu.device.clone(), gpu.queue.clone(), gpu.description.clone(), |_| {});
    let options = RenderOptions { backend: Backend::Gpu, ..RenderOptions::default() };
    let (mut on_screen, mut on_host) = (Renderer::on_screen(&screen, options), Renderer::with_gpu(screen.gpu().clone(), options));
    let format = PictureFormat::YUV420P8;
    // Rows that end within a word.
    let (a, b) = (picture(format, size(95, 54), 3), picture(format, size(64, 36), 8));
    let pictures = Pictures::of(&[("a", &a), ("b", &b)]);
    let rgb = output(PictureFormat::RGB8);
    let mut draw = |plan: &FramePlan| {
        let begun = on_screen.begin(plan, &pictures, &rgb).unwrap();
        on_screen.finish(begun).unwrap().picture
    };
    for (name, plan) in plans(true) {
        let drawn = draw(&plan);
        assert!(drawn.planes.is_empty() && screen_texture(&drawn).is_some(), "{name}");
        let before = screen.counters().read_back;
        let want = on_host.render(&plan, &pictures, &rgb).unwrap();
        assert!(screen_texture(&want).is_none());
        assert!(bytes_of(&drawn.on_host().unwrap()) == bytes_of(&want), "{name}");
        assert_eq!(screen.counters().read_back, before + 1, "{name}");
    }
    let counted = screen.counters();
    assert_eq!((counted.drawn, counted.read_back), (5, 5));
    let (_, plan) = plans(true).remove(1);
    for _ in 0..20 {
        draw(&plan);
    }
    let after = screen.counters();
    assert_eq!((after.drawn, after.read_back, after.texture_bytes), (25, 5, counted.texture_bytes));
    // Other layouts are read back, and counted.
    let begun = on_screen.begin(&plan, &pictures, &output(format)).unwrap();
    let video = on_screen.finish(begun).unwrap().picture;
    assert!(screen_texture(&video).is_none() && !video.planes.is_empty());
    assert_eq!(screen.counters().read_back, 6);
}
