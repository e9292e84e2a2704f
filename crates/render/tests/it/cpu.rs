//! Compares the CPU back end with an independent double-precision model, at every SIMD level and
//! with several numbers of threads.
use crate::support::*;
use cutroom_kernel::SimdLevel;
use cutroom_render::{
    Backend, OutputSpec, RenderError, RenderOptions, Renderer,
    cpu::CpuRenderer,
    lower::{Lowered, LoweringCache, lower},
};
use cutroom_timeline::{Content, Fit, FramePlan, Layer, Transform};
use cutroom_types::{Affine, ChromaLocation, ColorTags, Orientation, ParamValue, Picture, PictureFormat};

fn draw(plan: &FramePlan, pictures: &Pictures, format: PictureFormat) -> Picture {
    Renderer::new(RenderOptions { backend: Backend::Cpu, threads: 2, ..RenderOptions::default() })
        .unwrap()
        .render(plan, pictures, &output(format))
        .unwrap()
}

/// Renders with every level and 1 to 3 threads, asserts equal bytes, and returns the result.
fn draw_everywhere(plan: &FramePlan, pictures: &Pictures, format: PictureFormat) -> Picture {
    let mut first: Option<Picture> = None;
    for level in SimdLevel::ALL.into_iter().filter(|l| l.available()) {
        for threads in [1, 2, 3] {
            let Lowered::Program(program) = lower(plan, pictures, &output(format), &mut LoweringCache::default()).unwrap() else {
                panic!("expected work")
            };
            let p = CpuRenderer::with_level(level, threads).unwrap().run(&program, &output(format)).unwrap();
            match &first {
                None => first = Some(p),
                Some(f) => assert!(bytes(f) == bytes(&p), "{level:?} with {threads} threads differs"),
            }
        }
    }
    first.unwrap()
}

/// Compares with a function from pixel to R'G'B'.
fn expect(p: &Picture, limit: f64, want: impl Fn(usize, usize) -> [f64; 3]) {
    for y in 0..p.size.height as usize {
        for x in 0..p.size.width as usize {
            let w = yuv_of(want(x, y));
            for (k, w) in w.iter().enumerate() {
                let (got, w) = (f64::from(p.sample(k, x, y)), w.clamp(0.0, 255.0));
                assert!((got - w).abs() <= limit, "plane {k} at {x},{y}: {got}, expected {w:.3}");
            }
        }
    }
}

fn mix(a: [f64; 3], b: [f64; 3], t: f64) -> [f64; 3] {
    std::array::from_fn(|i| a[i] + (b[i] - a[i]) * t)
}

#[test]
fn an_untouched_layer_is_passed_through_without_a_copy() {
    let a = picture(PictureFormat::YUV420P8, size(64, 36), 1);
    let p = draw(&plan(canvas(a.size, true), vec![layer(media("a"))]), &Pictures::of(&[("a", &a)]), a.format);
    assert!(std::ptr::eq(p.planes[0].data().as_ptr(), a.planes[0].data().as_ptr()));
}

#[test]
fn a_hidden_layer_is_not_drawn() {
    let (a, b) = (picture(YUV444, size(40, 20), 1), picture(YUV444, size(40, 20), 2));
    let mut top = layer(media("b"));
    top.transform.scale = [1.5; 2];
    let both = plan(canvas(a.size, false), vec![layer(media("a")), top.clone()]);
    let Lowered::Program(p) =
        lower(&both, &Pictures::of(&[("a", &a), ("b", &b)]), &output(YUV444), &mut LoweringCache::default()).unwrap()
    else {
        panic!()
    };
    let of_b = |q: &Picture| b.planes.iter().any(|pl| std::ptr::eq(pl.data().as_ptr(), q.planes[0].data().as_ptr()));
    assert!(!p.pictures.is_empty() && p.pictures.iter().all(of_b));
}

#[test]
fn opacity_in_gamma_and_linear_light() {
    let (a, b) = (picture(YUV444, size(70, 31), 1), picture(YUV444, size(70, 31), 2));
    let mut top = layer(media("b"));
    top.opacity = 0.3;
    for linear in [false, true] {
        let got = draw_everywhere(
            &plan(canvas(a.size, linear), vec![layer(media("a")), top.clone()]),
            &Pictures::of(&[("a", &a), ("b", &b)]),
            YUV444,
        );
        // The curves of linear light are polynomial fits: one code, plus rounding.
        expect(&got, if linear { 1.5 } else { 0.6 }, |x, y| {
            let (p, q) = (pixel(&a, x as i64, y as i64), pixel(&b, x as i64, y as i64));
            if linear {
                mix(p.map(|v| v.signum() * inverse_oetf(v.abs())), q.map(|v| v.signum() * inverse_oetf(v.abs())), 0.3f32.into())
                    .map(|v| v.signum() * oetf(v.abs()))
            } else {
                mix(p, q, 0.3f32.into())
            }
        });
    }
}

#[test]
fn a_dissolve_mixes_the_codes_of_every_plane() {
    for bits in [8, 10] {
        let f = PictureFormat::yuv(bits, 1, 1);
        let (a, b) = (picture(f, size(75, 41), 1), picture(f, size(75, 41), 2));
        let t = 0.3f32;
        let top = layer(Content::Transition {
            transition: transition("crossfade"),
            params: vec![ParamValue::Bool(true)],
            progress: t,
            from: Some(Box::new(layer(media("a")))),
            to: Some(Box::new(layer(media("b")))),
            inputs: vec![],
        });
        let got = draw_everywhere(&plan(canvas(a.size, false), vec![top]), &Pictures::of(&[("a", &a), ("b", &b)]), f);
        for k in 0..3 {
            let s = f.plane_size(k, a.size);
            for y in 0..s.height as usize {
                for x in 0..s.width as usize {
                    let (p, q) = (f64::from(a.sample(k, x, y)), f64::from(b.sample(k, x, y)));
                    let want = p + (q - p) * f64::from(t);
                    assert!((f64::from(got.sample(k, x, y)) - want).abs() <= 0.501, "{bits} bits, plane {k} at {x},{y}");
                }
            }
        }
    }
}

#[test]
fn an_unscaled_picture_keeps_its_chroma_samples_on_a_larger_canvas() {
    let f = PictureFormat::YUV420P8;
    let a = picture(f, size(40, 20), 1);
    let mut small = layer(media("a"));
    small.transform = Transform { fit: Fit::Native, ..Transform::IDENTITY };
    let got = draw_everywhere(&plan(canvas(size(64, 36), false), vec![small]), &Pictures::of(&[("a", &a)]), f);
    for k in 0..3 {
        let shift = usize::from(k > 0);
        let (s, at) = (f.plane_size(k, a.size), [12 >> shift, 8 >> shift]);
        for y in 0..s.height as usize {
            // Left-sited chroma of the first and last column depends on the outside by a quarter.
            for x in shift..s.width as usize - shift {
                assert_eq!(got.sample(k, at[0] + x, at[1] + y), a.sample(k, x, y), "plane {k} at {x},{y}");
            }
        }
        assert_eq!(got.sample(k, 0, 0), if k == 0 { 16 } else { 128 }, "black outside");
    }
}

/// A ramp must keep its slope and position at any scale: chroma sample i is at pixel 2i + 0.5
/// (left) or 2i + 1 (centre).
#[test]
fn scaled_chroma_stays_at_its_location() {
    let f = PictureFormat::yuv(16, 1, 1);
    for (location, site) in [(ChromaLocation::Left, 0.5), (ChromaLocation::Center, 1.0)] {
        let ramp = |pixel: f64| 4000.0 + 100.0 * pixel;
        let planes = (0..3).map(|k| {
            let s = f.plane_size(k, size(400, 40));
            let at = |i: u32| if k == 0 { f64::from(i) + 0.5 } else { 2.0 * f64::from(i) + site };
            (0..s.height).flat_map(|_| (0..s.width).flat_map(|x| (ramp(at(x)) as u16).to_le_bytes())).collect()
        });
        let tags = ColorTags { chroma: location, ..ColorTags::BT709 };
        let a = Picture::from_planes(f, size(400, 40), tags, planes.collect()).unwrap();
        for scale in [0.5f32, 0.75, 1.5] {
            let mut l = layer(media("a"));
            l.transform = Transform { scale: [scale; 2], position_px: [7.0, 0.0], ..Transform::IDENTITY };
            let spec = OutputSpec { format: f, color: tags };
            let got = Renderer::new(RenderOptions { backend: Backend::Cpu, threads: 1, ..RenderOptions::default() })
                .unwrap()
                .render(&plan(canvas(a.size, false), vec![l]), &Pictures::of(&[("a", &a)]), &spec)
                .unwrap();
            for (k, x) in [(0usize, 200usize), (0, 170), (1, 100), (2, 85)] {
                let out = if k == 0 { x as f64 + 0.5 } else { 2.0 * x as f64 + site };
                let want = ramp((out - 207.0) / f64::from(scale) + 200.0);
                let got = f64::from(got.sample(k, x, 10));
                // The triangle of a reduction bends a ramp by a few hundredths of a sample; a wrong
                // location would be 50 off.
                assert!((got - want).abs() <= 12.0, "{location}, scale {scale}, plane {k}, sample {x}: {got}, expected {want}");
            }
        }
    }
}

/// A ramp down and to the right keeps its values when its chroma is subsampled: a sample represents
/// the point that its location names (ITU-T H.273, figure 1).
#[test]
fn written_chroma_stands_at_its_location() {
    let (full, half) = (PictureFormat::yuv(16, 0, 0), PictureFormat::yuv(16, 1, 1));
    let (w, h) = (61, 75);
    let ramp = |x: f64, y: f64| 9000.0 + 100.0 * x + 160.0 * y;
    let plane = |_| {
        let at = |i: u32| (ramp(f64::from(i % w) + 0.5, f64::from(i / w) + 0.5) as u16).to_le_bytes();
        (0..w * h).flat_map(at).collect()
    };
    let a = Picture::from_planes(full, size(w, h), ColorTags::BT709, (0..3).map(plane).collect()).unwrap();
    use ChromaLocation::{Center, Left, Top, TopLeft};
    for (location, sx, sy) in [(Left, 0.5, 1.0), (Center, 1.0, 1.0), (TopLeft, 0.5, 0.5), (Top, 1.0, 0.5)] {
        let spec = OutputSpec { format: half, color: ColorTags { chroma: location, ..ColorTags::BT709 } };
        let mut r = Renderer::new(RenderOptions { backend: Backend::Cpu, threads: 1, ..RenderOptions::default() }).unwrap();
        let got = r.render(&plan(canvas(a.size, false), vec![layer(media("a"))]), &Pictures::of(&[("a", &a)]), &spec).unwrap();
        for k in [1, 2] {
            for (x, y) in (1..30).flat_map(|x| (1..37).map(move |y| (x, y))) {
                let want = ramp(2.0 * f64::from(x) + sx, 2.0 * f64::from(y) + sy);
                let got = f64::from(got.sample(k, x as usize, y as usize));
                assert!((got - want).abs() <= 2.0, "{location}, plane {k} at {x},{y}: {got}, expected {want}");
            }
        }
    }
}

/// A ramp is unchanged both where an invisible layer causes it to be computed and where it is
/// copied, although chroma depends on the rows above.
#[test]
fn chroma_on_the_first_row_beside_what_is_copied() {
    let f = PictureFormat::yuv(10, 1, 1);
    let tags = ColorTags { chroma: ChromaLocation::TopLeft, ..ColorTags::BT709 };
    let (w, h) = (90, 80);
    let code = |k: usize, x: u32, y: u32| if k == 0 { 500 } else { 400 + x + 4 * y };
    let planes = (0..3).map(|k| {
        let s = f.plane_size(k, size(w, h));
        (0..s.width * s.height).flat_map(|i| (code(k, i % s.width, i / s.width) as u16).to_le_bytes()).collect()
    });
    let below = Picture::from_planes(f, size(w, h), tags, planes.collect()).unwrap();
    let transform = Transform { scale: [0.4, 0.3], position_px: [3.0, 5.0], ..Transform::IDENTITY };
    let nothing = Layer { transform, opacity: 1e-6, ..layer(Content::Solid([0.5; 4])) };
    let p = plan(canvas(below.size, true), vec![layer(media("a")), nothing]);
    let spec = OutputSpec { format: f, color: tags };
    for threads in [1, 2] {
        let mut r = Renderer::new(RenderOptions { backend: Backend::Cpu, threads, ..RenderOptions::default() }).unwrap();
        let got = r.render(&p, &Pictures::of(&[("a", &below)]), &spec).unwrap();
        for (k, x, y) in [1, 2].into_iter().flat_map(|k| (0..45).flat_map(move |x| (0..40).map(move |y| (k, x, y)))) {
            let (got, want) = (got.sample(k, x as usize, y as usize), code(k, x, y));
            assert!(got.abs_diff(want) <= 1, "plane {k} at {x},{y}: {got}, expected {want}");
        }
    }
}

/// An independent implementation of the filter in `filter.rs`, directly over pixels: a triangle of
/// support max(step, 1), with clamped edges.
fn resampled(p: &Picture, cx: f64, cy: f64, step: f64) -> [f64; 3] {
    let s = step.max(1.0);
    let axis = |c: f64| -> Vec<(i64, f64)> {
        let taps: Vec<(i64, f64)> = ((c - s).floor() as i64 - 1..=(c + s).ceil() as i64 + 1)
            .map(|i| (i, (1.0 - ((i as f64 + 0.5 - c) / s).abs()).max(0.0)))
            .collect();
        let sum: f64 = taps.iter().map(|t| t.1).sum();
        taps.into_iter().map(|(i, w)| (i, w / sum)).collect()
    };
    let mut acc = [0.0; 3];
    for (y, wy) in axis(cy) {
        for (x, wx) in axis(cx) {
            let c = pixel(p, x, y);
            for k in 0..3 {
                acc[k] += c[k] * wx * wy;
            }
        }
    }
    acc
}

#[test]
fn picture_in_picture_is_filtered_and_covered_as_defined() {
    let (a, b) = (picture(YUV444, size(640, 90), 1), picture(YUV444, size(640, 90), 2));
    for scale in [0.6f32, 0.31, 1.7] {
        let mut top = layer(media("b"));
        top.opacity = 0.8;
        top.transform = Transform { scale: [scale; 2], position_px: [30.25, -7.5], ..Transform::IDENTITY };
        let got = draw_everywhere(
            &plan(canvas(a.size, false), vec![layer(media("a")), top.clone()]),
            &Pictures::of(&[("a", &a), ("b", &b)]),
            YUV444,
        );
        let k = f64::from(scale);
        let (left, up) = (320.0 + 30.25 - 320.0 * k, 45.0 - 7.5 - 45.0 * k);
        expect(&got, 0.75, |x, y| {
            let cover = |i: usize, from: f64, len: f64| ((i as f64 + 1.0).min(from + len) - (i as f64).max(from)).clamp(0.0, 1.0);
            let cov = cover(x, left, 640.0 * k) * cover(y, up, 90.0 * k);
            let over = resampled(&b, (x as f64 + 0.5 - left) / k, (y as f64 + 0.5 - up) / k, 1.0 / k);
            mix(pixel(&a, x as i64, y as i64), over, cov * f64::from(0.8f32))
        });
    }
}

#[test]
fn outside_a_layer_the_bottom_picture_keeps_its_codes() {
    let (a, b) = (picture(PictureFormat::YUV420P8, size(641, 93), 1), picture(PictureFormat::YUV420P8, size(641, 93), 2));
    let mut top = layer(media("b"));
    top.transform = Transform { scale: [0.25; 2], ..Transform::IDENTITY };
    let got = draw_everywhere(
        &plan(canvas(a.size, true), vec![layer(media("a")), top]),
        &Pictures::of(&[("a", &a), ("b", &b)]),
        a.format,
    );
    for k in 0..3 {
        let s = a.format.plane_size(k, a.size);
        for y in 0..s.height as usize {
            for x in (0..s.width as usize / 4).chain(s.width as usize * 3 / 4..s.width as usize) {
                assert_eq!(got.sample(k, x, y), a.sample(k, x, y), "plane {k} at {x},{y}");
            }
        }
    }
}

#[test]
fn rotation_by_quarter_turns_moves_pixels_exactly() {
    let b = picture(YUV444, size(20, 20), 3);
    for (degrees, turns) in [(90.0, 1), (180.0, 2), (270.0, 3)] {
        let mut l = layer(media("b"));
        l.transform.rotation_degrees = degrees;
        let got = draw(&plan(canvas(b.size, false), vec![l]), &Pictures::of(&[("b", &b)]), YUV444);
        let map = Orientation { mirrored: false, quarter_turns: turns }.stored_from_upright(b.size);
        expect(&got, 0.6, |x, y| {
            let (sx, sy) = map.apply(x as f64 + 0.5, y as f64 + 0.5);
            pixel(&b, sx.floor() as i64, sy.floor() as i64)
        });
    }
}

#[test]
fn a_free_rotation_is_bilinear() {
    let b = picture(YUV444, size(60, 40), 3);
    let mut l = layer(media("b"));
    l.transform.rotation_degrees = 15.0;
    l.transform.scale = [1.5; 2];
    let got = draw_everywhere(&plan(canvas(b.size, false), vec![l]), &Pictures::of(&[("b", &b)]), YUV444);
    let turn = Affine::rotate_degrees(15.0);
    let out = Affine::translate(30.0, 20.0).after(&turn).after(&Affine::scale(1.5, 1.5)).after(&Affine::translate(-30.0, -20.0));
    let back = out.inverse().unwrap();
    // Near the centre, where the picture covers everything.
    for (x, y) in [(30usize, 20usize), (25, 15), (37, 22), (20, 20)] {
        let (sx, sy) = back.apply(x as f64 + 0.5, y as f64 + 0.5);
        let want = yuv_of(resampled(&b, sx, sy, 1.0));
        for (k, w) in want.iter().enumerate() {
            assert!((f64::from(got.sample(k, x, y)) - w).abs() < 0.8, "plane {k} at {x},{y}");
        }
    }
}

#[test]
fn transitions_mix_as_their_formulae_say() {
    let (a, b) = (picture(YUV444, size(64, 32), 1), picture(YUV444, size(64, 32), 2));
    let pictures = Pictures::of(&[("a", &a), ("b", &b)]);
    let transition = |id: &str, progress: f32| {
        let transition = crate::support::transition(id);
        let params = transition.defaults();
        let side = |m| Some(Box::new(layer(media(m))));
        let content = Content::Transition { transition, params, progress, from: side("a"), to: side("b"), inputs: vec![] };
        draw_everywhere(&plan(canvas(a.size, false), vec![layer(content)]), &pictures, YUV444)
    };
    let at = |p: &Picture, x: usize, y: usize| pixel(p, x as i64, y as i64);
    expect(&transition("crossfade", 0.25), 0.6, |x, y| mix(at(&a, x, y), at(&b, x, y), 0.25));
    expect(&transition("dip-to-black", 0.25), 0.6, |x, y| at(&a, x, y).map(|v| v * 0.5));
    expect(&transition("dip-to-white", 0.75), 0.6, |x, y| mix(at(&b, x, y), [1.0; 3], 0.5));
    expect(&transition("wipe-right", 0.0), 0.6, |x, y| at(&a, x, y));
    expect(&transition("wipe-right", 1.0), 0.6, |x, y| at(&b, x, y));
    let half = transition("wipe-left", 0.5);
    expect(&half, 255.0, |x, y| at(&a, x, y));
    for (x, from) in [(5, &a), (58, &b)] {
        let w = yuv_of(at(from, x, 9));
        assert!((f64::from(half.sample(0, x, 9)) - w[0]).abs() <= 0.6, "wipe-left halfway, column {x}");
    }
}

#[test]
fn effects_follow_their_formulae() {
    let a = picture(YUV444, size(33, 17), 5);
    let one = |e| {
        let mut l = layer(media("a"));
        l.effects = vec![e];
        draw_everywhere(&plan(canvas(a.size, false), vec![l]), &Pictures::of(&[("a", &a)]), YUV444)
    };
    let at = |x: usize, y: usize| pixel(&a, x as i64, y as i64);
    expect(&one(effect("brightness", &[("amount", 0.1)])), 0.6, |x, y| at(x, y).map(|v| v + 0.1));
    expect(&one(effect("contrast", &[("amount", 1.5)])), 0.6, |x, y| at(x, y).map(|v| (v - 0.5) * 1.5 + 0.5));
    expect(&one(effect("exposure", &[("exposure", 0.5)])), 0.6, |x, y| at(x, y).map(|v| v * 2f64.sqrt()));
    expect(&one(effect("saturation", &[("amount", 0.0)])), 0.6, |x, y| {
        let c = at(x, y);
        [0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]; 3]
    });
}

#[test]
fn blur_spreads_a_point_as_a_gaussian_and_keeps_edges() {
    // Grey with one bright pixel; radius 4 means a deviation of 2 pixels.
    let s = size(41, 41);
    let mut luma = vec![126u8; 41 * 41];
    luma[20 * 41 + 20] = 226;
    let p = Picture::from_planes(YUV444, s, ColorTags::BT709, vec![luma, vec![128; 41 * 41], vec![128; 41 * 41]]).unwrap();
    let mut l = layer(media("a"));
    l.effects = vec![effect("gaussian-blur", &[("radius", 4.0)])];
    let got = draw_everywhere(&plan(canvas(s, false), vec![l]), &Pictures::of(&[("a", &p)]), PictureFormat::yuv(16, 0, 0));
    let norm: f64 = (-6..=6).map(|k| (-f64::from(k * k) / 8.0).exp()).sum();
    for d in 0..=5 {
        let want = 126.0 + 100.0 * (-f64::from(d * d) / 8.0).exp() / (norm * norm);
        let code = f64::from(got.sample(0, 20 + d as usize, 20)) / 256.0;
        assert!((code - want).abs() < 0.02, "distance {d}: {code}, expected {want}");
    }
    // At the border edges are clamped.
    let edge = f64::from(got.sample(0, 0, 20)) / 256.0;
    assert!((edge - 126.0).abs() < 0.02, "{edge}");
}

#[test]
fn chroma_key_removes_green_and_keeps_skin() {
    let s = size(8, 2);
    let (green, skin) = (yuv_of([0.0, 1.0, 0.0]), yuv_of([0.8, 0.6, 0.5]));
    let plane = |k: usize| (0..16).map(|i| (if i % 8 < 4 { green[k] } else { skin[k] }).round() as u8).collect();
    let p = Picture::from_planes(YUV444, s, ColorTags::BT709, vec![plane(0), plane(1), plane(2)]).unwrap();
    let mut l = layer(media("a"));
    l.effects = vec![effect("chroma-key", &[])];
    let got = draw_everywhere(&plan(canvas(s, true), vec![l]), &Pictures::of(&[("a", &p)]), YUV444);
    expect(&got, 1.6, |x, _| if x < 4 { [0.0; 3] } else { [0.8, 0.6, 0.5] });
}

#[test]
fn alpha_blends_straight_pictures_over_a_color() {
    let f = PictureFormat::yuv(8, 0, 0).with_alpha();
    let a = picture(f, size(64, 8), 2);
    let mut c = canvas(a.size, false);
    c.background = [0.5, 0.25, 0.75, 1.0];
    let got = draw_everywhere(&plan(c, vec![layer(media("a"))]), &Pictures::of(&[("a", &a)]), YUV444);
    expect(&got, 0.6, |x, y| mix([0.5, 0.25, 0.75], pixel(&a, x as i64, y as i64), f64::from(a.sample(3, x, y)) / 255.0));
}

#[test]
fn nested_compositions_solids_and_odd_sizes_draw() {
    let a = picture(PictureFormat::YUV420P8, size(37, 23), 2);
    let inner = plan(canvas(size(37, 23), true), vec![layer(media("a"))]);
    let mut nested = layer(Content::Composition(Box::new(inner)));
    nested.transform.scale = [0.5; 2];
    let mut solid = layer(Content::Solid([1.0, 0.0, 0.0, 1.0]));
    solid.transform.scale = [0.25; 2];
    for s in [size(1, 1), size(3, 5), size(37, 23), size(8193, 3)] {
        let p = plan(canvas(s, false), vec![layer(Content::Solid([0.0, 0.0, 1.0, 1.0])), nested.clone(), solid.clone()]);
        for format in
            [PictureFormat::YUV420P8, PictureFormat::yuv(10, 1, 0), PictureFormat::RGB8, PictureFormat::yuv(12, 0, 0).with_alpha()]
        {
            let got = draw_everywhere(&p, &Pictures::of(&[("a", &a)]), format);
            assert_eq!(got.size, s);
        }
    }
    let p = plan(canvas(size(37, 23), false), vec![layer(Content::Solid([0.0, 0.0, 1.0, 1.0])), solid]);
    let got = draw(&p, &Pictures::default(), YUV444);
    let (blue, red) = (yuv_of([0.0, 0.0, 1.0]), yuv_of([1.0, 0.0, 0.0]));
    for k in 0..3 {
        assert!(
            (f64::from(got.sample(k, 0, 0)) - blue[k]).abs() <= 0.6 && (f64::from(got.sample(k, 18, 11)) - red[k]).abs() <= 0.6
        );
    }
}

#[test]
fn missing_pictures_and_absurd_sizes_are_errors() {
    let a = picture(YUV444, size(8, 8), 1);
    let pictures = Pictures::of(&[("a", &a)]);
    let mut renderer = Renderer::new(RenderOptions::default()).unwrap();
    let err = renderer.render(&plan(canvas(size(0, 8), false), vec![]), &pictures, &output(YUV444)).unwrap_err();
    assert!(matches!(err, RenderError::Unsupported(_)), "{err}");
    let err =
        renderer.render(&plan(canvas(size(9, 8), false), vec![layer(media("missing"))]), &pictures, &output(YUV444)).unwrap_err();
    assert!(matches!(err, RenderError::MissingSource { .. }), "{err}");
}
