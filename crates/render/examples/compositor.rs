//! Times the compositor on frames held in memory, 1080p YUV in and out.
//!
//! `compositor [--scene NAME] [--space gamma|linear] [--frames N] [--threads N] [--raw A.yuv B.yuv]
//! [--write OUT.yuv] [--write-look LOOK.cube]`; raw files hold 1920×1080 8-bit 4:2:0 frames, which
//! are repeated. Scenes: `inset` (a second layer at 60 %, opacity 0.8, +0.3 stop exposure,
//! saturation 1.1), `one` and `six` (that many point effects), `five` (five layers, each with
//! opacity, a blend mode and a colour effect), or the id of an effect. Prints `ms_per_frame`.
//! `--write-look` only writes the LUT of the `lut` scene.
use cutroom_effects::{Catalog, lut::Lut};
use cutroom_render::{Backend, OutputSpec, RenderOptions, Renderer, SourcePictures};
use cutroom_timeline::{BlendSpace, Canvas, Content, EffectUse, FramePlan, Layer, SourceFrame, Transform};
use cutroom_types::{ColorTags, ParamValue, Picture, PictureFormat, Primaries, Size, Time, Transfer};
use std::{error::Error, io::Write, sync::Arc, time::Instant};

const SIZE: Size = Size { width: 1920, height: 1080 };

struct Memory {
    clips: [Vec<Picture>; 2],
    frame: usize,
    lut: Arc<Lut>,
}

impl SourcePictures for Memory {
    fn picture(&self, frame: &SourceFrame) -> Option<Picture> {
        let clip = &self.clips[usize::from(frame.media.as_str() == "b")];
        Some(clip[self.frame % clip.len()].clone())
    }

    fn lut(&self, _: &str) -> Option<Arc<Lut>> {
        Some(self.lut.clone())
    }
}

fn picture(bytes: &[u8]) -> Option<Picture> {
    let (n, c) = (1920 * 1080, 960 * 540);
    let planes = vec![bytes[..n].to_vec(), bytes[n..n + c].to_vec(), bytes[n + c..n + 2 * c].to_vec()];
    Picture::from_planes(PictureFormat::YUV420P8, SIZE, ColorTags::BT709, planes)
}

/// Gradients with noise, so that no value is special.
fn synthetic(seed: u32) -> Option<Picture> {
    let mut s = seed;
    let mut noise = move || {
        s ^= s << 13;
        s ^= s >> 17;
        s ^= s << 5;
        s
    };
    let luma = (0..1920 * 1080u32).map(|i| (16 + (i % 1920 * 3 + i / 1920 * 2 + seed * 7) / 16 % 190 + noise() % 9) as u8);
    let mut bytes: Vec<u8> = luma.collect();
    bytes.extend((0..2 * 960 * 540u32).map(|i| (88 + (i % 960 + i / 960) / 12 % 77 + noise() % 3) as u8));
    picture(&bytes)
}

fn layer(media: &str, transform: Transform, opacity: f32, effects: Vec<EffectUse>) -> Layer {
    let content = Content::Media(SourceFrame::nearest(media.into(), 0, Time::ZERO));
    Layer { effects, transform, opacity, ..Layer::new(media.into(), content) }
}

/// An effect with default parameters except those given.
fn effect(id: &str, set: &[(&str, f64)]) -> Result<EffectUse, String> {
    let spec = Catalog::builtin().effect(id).ok_or_else(|| format!("there is no scene and no effect {id}"))?;
    let params = spec.params.iter().map(|p| {
        let given = set.iter().find(|(name, _)| *name == p.id).map(|(_, v)| ParamValue::Number(*v));
        given.unwrap_or_else(|| p.kind.default_value())
    });
    Ok(EffectUse::new(spec, params.collect()))
}

fn layers(scene: &str) -> Result<Vec<Layer>, String> {
    let pip = Transform { scale: [0.6; 2], position_px: [300.0, 160.0], ..Transform::IDENTITY };
    let exposure = effect("exposure", &[("exposure", 0.3)])?;
    let saturation = effect("saturation", &[("amount", 1.1)])?;
    let over = |effects| vec![layer("a", Transform::IDENTITY, 1.0, effects)];
    let curve = |points: &str| ParamValue::Text(points.into());
    Ok(match scene {
        "inset" => {
            vec![layer("a", Transform::IDENTITY, 1.0, vec![]), layer("b", pip, 0.8, vec![exposure, saturation])]
        }
        "one" => over(vec![effect("contrast", &[("amount", 1.1)])?]),
        "six" => over(vec![
            effect("contrast", &[("amount", 1.1)])?,
            exposure,
            saturation,
            effect("temperature", &[("temperature", 0.2)])?,
            effect("brightness", &[("amount", 0.05)])?,
            effect("levels", &[("inputBlack", 0.02), ("inputWhite", 0.95)])?,
        ]),
        "five" => {
            let shift =
                |i: f32| Transform { scale: [0.8; 2], position_px: [80.0 * i - 160.0, 40.0 * i - 80.0], ..Transform::IDENTITY };
            let catalog = Catalog::builtin();
            let top = |i: usize, blend: &str, e: EffectUse| Layer {
                blend: catalog.blend_mode(blend).expect("a blend mode of the lists"),
                ..layer(if i.is_multiple_of(2) { "a" } else { "b" }, shift(i as f32), 0.8, vec![e])
            };
            vec![
                layer("a", Transform::IDENTITY, 1.0, vec![exposure.clone()]),
                top(1, "normal", saturation.clone()),
                top(2, "screen", exposure.clone()),
                top(3, "multiply", saturation),
                top(4, "overlay", exposure),
            ]
        }
        "curves" => {
            let mut e = effect("curves", &[])?;
            for (param, v) in e.effect.spec().params.iter().zip(&mut e.params) {
                match param.id {
                    "master" => *v = curve("0,0 0.25,0.2 0.75,0.82 1,1"),
                    "red" => *v = curve("0,0.02 0.5,0.55 1,1"),
                    _ => {}
                }
            }
            over(vec![e])
        }
        "lut" => {
            let mut e = effect("lut", &[])?;
            e.params[0] = ParamValue::Text("look.cube".into());
            over(vec![e])
        }
        "gaussian-blur" => over(vec![effect("gaussian-blur", &[("radius", 20.0)])?]),
        other => over(vec![effect(other, &[])?]),
    })
}

/// A warm LUT of 33³ entries, as text of a `.cube` file.
fn lut() -> String {
    let mut text = "LUT_3D_SIZE 33\n".to_owned();
    for i in 0..33u32.pow(3) {
        let [r, g, b] = [i % 33, i / 33 % 33, i / 1089].map(|v| f64::from(v) / 32.0);
        let s = |v: f64| v * v * (3.0 - 2.0 * v) * 0.5 + v * 0.5;
        text += &format!("{:.6} {:.6} {:.6}\n", s(r).min(1.0), s(g) * 0.97 + 0.01, s(b) * 0.85 + 0.04 * r);
    }
    text
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().collect();
    let value = |name: &str, n: usize| args.iter().position(|a| a == name).and_then(|i| args.get(i + n)).cloned();
    let linear = value("--space", 1).is_some_and(|s| s == "linear");
    let frames: usize = value("--frames", 1).map_or(Ok(200), |v| v.parse())?;
    let threads = value("--threads", 1).map_or(Ok(0), |v| v.parse())?;
    let clip = |n: usize| -> Result<Vec<Picture>, Box<dyn Error>> {
        match value("--raw", n) {
            Some(path) => Ok(std::fs::read(path)?.chunks_exact(1920 * 1080 * 3 / 2).filter_map(picture).collect()),
            None => Ok((0..8).filter_map(|k| synthetic(n as u32 * 100 + k + 1)).collect()),
        }
    };
    let text = lut();
    if let Some(path) = value("--write-look", 1) {
        std::fs::write(path, &text)?;
        return Ok(());
    }
    let mut memory = Memory { clips: [clip(1)?, clip(2)?], frame: 0, lut: Arc::new(Lut::parse(&text, "cube")?) };
    let scene = value("--scene", 1).unwrap_or_else(|| "inset".into());
    let canvas = Canvas {
        size: SIZE,
        blend_space: if linear { BlendSpace::Linear } else { BlendSpace::Gamma },
        primaries: Primaries::Bt709,
        transfer: Transfer::Bt709,
        background: [0.0, 0.0, 0.0, 1.0],
    };
    let plan = FramePlan { canvas, time: Time::ZERO, layers: layers(&scene)? };
    let output = OutputSpec { format: PictureFormat::YUV420P8, color: ColorTags::BT709 };
    let mut renderer = Renderer::new(RenderOptions { backend: Backend::Cpu, threads, ..RenderOptions::default() })?;
    let mut times: Vec<f64> = Vec::with_capacity(frames);
    let mut file = value("--write", 1).map(std::fs::File::create).transpose()?;
    for frame in 0..frames {
        memory.frame = frame;
        let start = Instant::now();
        let picture = renderer.render(&plan, &memory, &output)?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
        if let Some(file) = &mut file {
            for plane in &picture.planes {
                file.write_all(plane.data())?;
            }
        }
    }
    times.sort_by(f64::total_cmp);
    println!("{} {}", renderer.describe(), if linear { "linear" } else { "gamma" });
    println!("ms_per_frame {:.3} (median {:.3})", times.iter().sum::<f64>() / frames as f64, times[frames / 2]);
    Ok(())
}
