//! Draws every catalogue entry at settings that are not neutral and writes PPM files for visual
//! inspection: `gallery FOLDER [NAME…]`. Effects that read other times get a moving scene. The
//! variable `LINEAR` selects blending in linear light.
#[path = "../tests/it/gpu_cases/mod.rs"]
#[allow(dead_code, reason = "the example uses a part")]
mod gpu_cases;
#[path = "../tests/it/support/mod.rs"]
#[allow(dead_code, reason = "the example uses a part")]
mod support;

use cutroom_effects::lut::Lut;
use cutroom_render::{RenderOptions, Renderer, SourcePictures};
use cutroom_timeline::{Content, EffectUse, FramePlan, Layer, SourceFrame};
use cutroom_types::{Picture, PictureFormat, Time};
use std::{io::Write, path::Path, sync::Arc};
use support::*;

/// A picture with edges, gradients, saturated colours and detail.
fn scene(s: cutroom_types::Size, warm: bool, left_px: f64) -> Picture {
    let (w, h) = (s.width as usize, s.height as usize);
    let mut planes = vec![vec![0u8; w * h]; 3];
    for y in 0..h {
        for x in 0..w {
            let (u, v) = ((x as f64 + left_px) / w as f64, y as f64 / h as f64);
            let mut c = if warm {
                [0.95 - 0.5 * v, 0.65 - 0.4 * v, 0.25 + 0.3 * v]
            } else {
                [0.15 + 0.2 * v, 0.35 + 0.3 * u, 0.75 - 0.3 * v]
            };
            let (dx, dy) = (u - if warm { 0.65 } else { 0.3 }, (v - 0.4) * h as f64 / w as f64);
            if dx.hypot(dy) < 0.12 {
                c = if warm { [1.0, 0.95, 0.8] } else { [0.9, 0.15, 0.2] };
            }
            if v > 0.75 && ((u * 24.0) as i64 + (v * 20.0) as i64) % 2 == 0 {
                c = if warm { [0.2, 0.1, 0.05] } else { [0.05, 0.25, 0.1] };
            }
            if (u * 12.0).fract() < 0.04 && v < 0.3 {
                c = [1.0, 1.0, 1.0];
            }
            let code = yuv_of(c);
            for (p, k) in planes.iter_mut().zip(code) {
                p[y * w + x] = (k + 0.5) as u8;
            }
        }
    }
    Picture::from_planes(YUV444, s, cutroom_types::ColorTags::BT709, planes).expect("planes of the right size")
}

/// Still pictures, and "moving": the warm scene at frame n, which reaches its position at frame 0.
struct Scenes(Pictures, cutroom_types::Size);

impl SourcePictures for Scenes {
    fn picture(&self, frame: &SourceFrame) -> Option<Picture> {
        match frame.media.as_str() {
            "moving" => Some(scene(self.1, true, -5.0 * frame.time.0 as f64)),
            _ => self.0.picture(frame),
        }
    }

    fn lut(&self, path: &str) -> Option<Arc<Lut>> {
        self.0.lut(path)
    }
}

fn write(dir: &Path, name: &str, plan: &FramePlan, pictures: &Scenes, renderer: &mut Renderer) {
    let spec = cutroom_render::OutputSpec { format: PictureFormat::RGB8, color: cutroom_types::ColorTags::SRGB };
    let spec = cutroom_render::OutputSpec {
        color: cutroom_types::ColorTags { transfer: cutroom_types::Transfer::Bt709, ..spec.color },
        ..spec
    };
    let p = renderer.render(plan, pictures, &spec).expect("a frame");
    let mut bytes = format!("P6\n{} {}\n255\n", p.size.width, p.size.height).into_bytes();
    for y in 0..p.size.height as usize {
        for x in 0..p.size.width as usize {
            bytes.extend([0, 1, 2].map(|k| p.sample(k, x, y) as u8));
        }
    }
    let file = std::fs::File::create(dir.join(format!("{name}.ppm")));
    file.and_then(|mut f| f.write_all(&bytes)).expect("a writable folder");
}

fn main() {
    let mut args = std::env::args().skip(1);
    let dir = args.next().expect("a folder");
    let only: Vec<String> = args.collect();
    std::fs::create_dir_all(&dir).expect("a folder");
    let dir = Path::new(&dir);
    let s = size(320, 180);
    let (a, b) = (scene(s, true, 0.0), scene(s, false, 0.0));
    let pictures = Scenes(Pictures::of(&[("a", &a), ("b", &b)]), s);
    let mut renderer = Renderer::new(RenderOptions::default()).expect("a renderer");
    let wanted = |name: &str| only.is_empty() || only.iter().any(|o| name.contains(o.as_str()));
    let linear = std::env::var_os("LINEAR").is_some();
    for e in cutroom_effects::EFFECTS.iter().filter(|e| gpu_cases::is_drawn(e)) {
        let name = format!("effect-{}", e.id);
        if wanted(&name) {
            let used = effect(e.id, &[]);
            let at = |secs: f64| Content::Media(SourceFrame::nearest("moving".into(), 0, Time((secs * 25.0).round() as i64)));
            let inputs = gpu_cases::other_times(&used).into_iter().map(|secs| layer(at(secs))).collect();
            let used = EffectUse { inputs, ..used };
            let top = Layer { effects: vec![used], ..layer(media("a")) };
            write(dir, &name, &plan(canvas(s, linear), vec![top]), &pictures, &mut renderer);
        }
    }
    for m in cutroom_effects::BLEND_MODES {
        let name = format!("blend-{}", m.id);
        if wanted(&name) {
            let top = Layer {
                blend: blend_mode(m.id),
                opacity: 0.9,
                transform: cutroom_timeline::Transform { scale: [0.8; 2], ..cutroom_timeline::Transform::IDENTITY },
                ..layer(media("b"))
            };
            write(dir, &name, &plan(canvas(s, linear), vec![layer(media("a")), top]), &pictures, &mut renderer);
        }
    }
    for t in cutroom_effects::TRANSITIONS {
        for step in [1, 4, 6, 9] {
            let name = format!("transition-{}-{step}", t.id);
            if wanted(&name) {
                let top = gpu_cases::transition(t.id, step as f32 / 10.0, layer(media("a")), layer(media("b")));
                write(dir, &name, &plan(canvas(s, linear), vec![top]), &pictures, &mut renderer);
            }
        }
    }
}
