//! Pictures that are turned by quarter turns or mirrored: planes are moved, and where they cannot
//! be, chroma is read at its position.
use crate::support::*;
use cutroom_render::{
    Backend, RenderOptions, Renderer,
    lower::{Lowered, LoweringCache, lower},
};
use cutroom_timeline::{Fit, FramePlan, Layer};
use cutroom_types::{ChromaLocation, ColorTags, Orientation, Picture, PictureFormat, Size};

fn draw(plan: &FramePlan, pictures: &Pictures, format: PictureFormat) -> Picture {
    Renderer::new(RenderOptions { backend: Backend::Cpu, threads: 1, ..RenderOptions::default() })
        .unwrap()
        .render(plan, pictures, &output(format))
        .unwrap()
}

fn is_turned(plan: &FramePlan, pictures: &Pictures, format: PictureFormat) -> bool {
    matches!(lower(plan, pictures, &output(format), &mut LoweringCache::default()), Ok(Lowered::Turned(_)))
}

/// Asserts that every plane is the source's plane, moved as the orientation says, to within `limit`
/// codes.
fn expect_turned(got: &Picture, source: &Picture, by: Orientation, limit: u32, visible: impl Fn(usize, usize) -> bool) {
    assert_eq!(got.size, by.apply(source.size));
    for k in 0..got.format.plane_count() {
        let map = by.stored_from_upright(source.format.plane_size(k, source.size));
        let s = got.format.plane_size(k, got.size);
        for (x, y) in (0..s.height as usize).flat_map(|y| (0..s.width as usize).map(move |x| (x, y))) {
            let (sx, sy) = map.apply(x as f64 + 0.5, y as f64 + 0.5);
            if visible(x * got.size.width as usize / s.width as usize, y * got.size.height as usize / s.height as usize) {
                let want = source.sample(k, sx as usize, sy as usize);
                let got_code = got.sample(k, x, y);
                assert!(got_code.abs_diff(want) <= limit, "{by:?}: plane {k} of {} at {x},{y}: {got_code}, not {want}", got.format);
            }
        }
    }
}

/// As a file's own orientation, and as a transform of a clip that hides another.
#[test]
fn quarter_turns_and_mirroring_move_whole_planes() {
    for format in [PictureFormat::YUV420P8, PictureFormat::yuv(10, 1, 1), PictureFormat::yuv(12, 0, 0), PictureFormat::RGB8] {
        let color = if format.model == PictureFormat::RGB8.model { ColorTags::SRGB } else { ColorTags::BT709 };
        let stored = Picture { color, ..picture(format, size(70, 38), 5) };
        for exif in 2..=8 {
            let by = Orientation::from_exif(exif);
            let below = Picture { color, ..picture(format, by.apply(stored.size), 1) };
            let tagged = Picture { orientation: by, ..stored.clone() };
            let mut moved = layer(media("plain"));
            moved.transform.fit = Fit::Native;
            moved.transform.flip_horizontal = by.mirrored;
            moved.transform.rotation_degrees = 90.0 * f32::from(by.quarter_turns);
            let pictures = Pictures::of(&[("below", &below), ("tagged", &tagged), ("plain", &stored)]);
            for top in [layer(media("tagged")), moved] {
                let p = plan(canvas(below.size, true), vec![layer(media("below")), top]);
                let spec = cutroom_render::OutputSpec { format, color };
                let lowered = lower(&p, &pictures, &spec, &mut LoweringCache::default()).unwrap();
                let Lowered::Turned(got) = lowered else { panic!("{format}, {by:?}: planes were drawn") };
                expect_turned(&got, &stored, by, 0, |_, _| true);
            }
        }
    }
}

/// A turned clip below an inset is the turned planes where the inset is not, blended in gamma and
/// in linear light.
#[test]
fn what_is_above_leaves_turned_planes_alone() {
    let format = PictureFormat::YUV420P8;
    let stored = picture(format, size(96, 64), 5);
    let by = Orientation::from_exif(6);
    let (tagged, inset) = (Picture { orientation: by, ..stored.clone() }, picture(format, size(64, 96), 2));
    let mut above = layer(media("inset"));
    above.transform.scale = [0.25; 2];
    above.opacity = 0.7;
    for linear in [false, true] {
        let p = plan(canvas(size(64, 96), linear), vec![layer(media("tagged")), above.clone()]);
        let got = draw(&p, &Pictures::of(&[("tagged", &tagged), ("inset", &inset)]), format);
        // Chroma of what is next to the inset is shared with it, and tiles are 16 columns wide.
        expect_turned(&got, &stored, by, 0, |x, y| !(16..48).contains(&x) || !(32..64).contains(&y));
    }
}

/// A picture whose planes grow evenly along both axes, chroma at its location.
fn ramp(format: PictureFormat, size: Size, color: ColorTags) -> Picture {
    let buffers = (0..3)
        .map(|k| {
            let s = format.plane_size(k, size);
            let [gx, gy] = cutroom_render::filter::format_grid(format, color.chroma, k);
            let at = |i: u32, g: cutroom_render::filter::GridAxis| (f64::from(i) + 0.5 - g.offset) / g.scale;
            (0..s.width * s.height).map(|i| value(k, at(i % s.width, gx), at(i / s.width, gy)).round() as u8).collect()
        })
        .collect();
    Picture::from_planes(format, size, color, buffers).unwrap()
}

/// The ramp's code at a position of the stored picture in pixels. Whole at every sample.
fn value(k: usize, x: f64, y: f64) -> f64 {
    [17.0, 30.0, 250.0][k] + [4.0, 4.0, -4.0][k] * x + [2.0, 2.0, -2.0][k] * y
}

/// Where planes cannot simply be moved (4:2:2 turned by a quarter, odd sizes, another scale),
/// chroma is read where it is: the ramp's formula at the mapped positions of all samples that are
/// not next to an edge.
#[test]
fn chroma_stays_where_it_belongs() {
    let (c420, c422) = (PictureFormat::YUV420P8, PictureFormat::yuv(8, 1, 0));
    let cases = [
        ("4:2:2", c422, ChromaLocation::Left, size(40, 28), size(28, 40)),
        ("odd", c420, ChromaLocation::Left, size(39, 27), size(27, 39)),
        ("enlarged", c420, ChromaLocation::Left, size(40, 28), size(42, 60)),
        ("centred", c420, ChromaLocation::Center, size(40, 28), size(42, 60)),
        ("both co-sited", c420, ChromaLocation::TopLeft, size(40, 28), size(42, 60)),
        ("letterboxed", c420, ChromaLocation::Left, size(40, 28), size(56, 60)),
    ];
    for (name, format, chroma, stored, canvas_size) in cases {
        let color = ColorTags { chroma, ..ColorTags::BT709 };
        for exif in 2..=8 {
            if name == "4:2:2" && !matches!(exif, 5..=8) {
                continue;
            }
            let by = Orientation::from_exif(exif);
            let canvas_size = if exif < 5 { Size { width: canvas_size.height, height: canvas_size.width } } else { canvas_size };
            let source = Picture { orientation: by, ..ramp(format, stored, color) };
            let p = plan(canvas(canvas_size, false), vec![layer(media("a"))]);
            let pictures = Pictures::of(&[("a", &source)]);
            assert!(!is_turned(&p, &pictures, format), "{name} {exif}");
            let spec = cutroom_render::OutputSpec { format, color };
            let Lowered::Program(program) = lower(&p, &pictures, &spec, &mut LoweringCache::default()).unwrap() else { panic!() };
            let got = cutroom_render::cpu::CpuRenderer::new(1).unwrap().run(&program, &spec).unwrap();
            let upright = by.apply(stored);
            let scale = (f64::from(canvas_size.width) / f64::from(upright.width))
                .min(f64::from(canvas_size.height) / f64::from(upright.height));
            let map = by.stored_from_upright(stored);
            for k in 0..3 {
                let s = format.plane_size(k, canvas_size);
                let [gx, gy] = cutroom_render::filter::format_grid(format, chroma, k);
                for (x, y) in (0..s.height).flat_map(|y| (0..s.width).map(move |x| (x, y))) {
                    let at = |i: u32, g: cutroom_render::filter::GridAxis| (f64::from(i) + 0.5 - g.offset) / g.scale;
                    let along = |v: f64, whole: u32, own: u32| (v - f64::from(whole) / 2.0) / scale + f64::from(own) / 2.0;
                    let (ux, uy) =
                        (along(at(x, gx), canvas_size.width, upright.width), along(at(y, gy), canvas_size.height, upright.height));
                    let inside = |v: f64, end: u32| v > 3.5 && v < f64::from(end) - 3.5;
                    if inside(ux, upright.width) && inside(uy, upright.height) {
                        let (sx, sy) = map.apply(ux, uy);
                        let (got, want) = (f64::from(got.sample(k, x as usize, y as usize)), value(k, sx, sy));
                        // Half a code for each rounding; half a pixel would be one or two codes.
                        assert!((got - want).abs() <= 0.76, "{name}, EXIF {exif}: plane {k} at {x},{y}: {got}, not {want}");
                    }
                }
            }
        }
    }
}

/// Effects that read other pixels see the turned picture.
#[test]
fn a_turned_picture_is_filtered_as_the_upright_one() {
    let upright = picture(YUV444, size(40, 60), 4);
    let by = Orientation::from_exif(6);
    // The same pixels stored on their side, by a lookup.
    let map = Orientation::from_exif(8).stored_from_upright(upright.size);
    let buffers = (0..3)
        .map(|k| {
            let at = |i: usize| map.apply((i % 60) as f64 + 0.5, (i / 60) as f64 + 0.5);
            (0..2400).map(|i| upright.sample(k, at(i).0 as usize, at(i).1 as usize) as u8).collect()
        })
        .collect();
    let stored = Picture { orientation: by, ..Picture::from_planes(YUV444, size(60, 40), upright.color, buffers).unwrap() };
    let filtered = |p: &Picture| {
        let layer = Layer { effects: vec![effect("gaussian-blur", &[("radius", 3.0)])], ..layer(media("a")) };
        draw(&plan(canvas(upright.size, false), vec![layer]), &Pictures::of(&[("a", p)]), YUV444)
    };
    assert!(bytes(&filtered(&upright)) == bytes(&filtered(&stored)));
}

/// A picture turned and scaled is the picture scaled, then turned, but for the rounding of rows
/// before columns.
#[test]
fn turning_and_scaling_may_be_exchanged() {
    let stored = picture(YUV444, size(60, 40), 4);
    let by = Orientation::from_exif(6);
    let pictures = Pictures::of(&[("stored", &stored), ("tagged", &Picture { orientation: by, ..stored.clone() })]);
    for scale in [0.3f32, 0.9, 1.7] {
        let placed = |id: &str, canvas_size| {
            let mut l = layer(media(id));
            l.transform.scale = [scale; 2];
            draw(&plan(canvas(canvas_size, false), vec![l]), &pictures, YUV444)
        };
        expect_turned(&placed("tagged", size(40, 60)), &placed("stored", size(60, 40)), by, 1, |_, _| true);
    }
}
