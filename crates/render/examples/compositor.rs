//! Times the compositor on frames held in memory: a 1080p picture-in-picture (second layer 60 %, opacity 0.8, +0.3 stop exposure,
//! saturation 1.1), YUV in and out.
//!
//! `compositor [--space gamma|linear] [--frames N] [--threads N] [--raw A.yuv B.yuv] [--write OUT.yuv]`; raw files hold 1920×1080 8-bit 4:2:0
//! frames, which are cycled. Prints `ms_per_frame`.
use cutroom_render::{Backend, OutputSpec, RenderOptions, Renderer, SourcePictures};
use cutroom_timeline::{BlendSpace, Canvas, Content, EffectUse, FramePlan, Layer, Transform};
use cutroom_types::{ColorTags, MediaId, ParamValue, Picture, PictureFormat, Primaries, Size, Time, Transfer};
use std::{error::Error, io::Write, time::Instant};

const SIZE: Size = Size { width: 1920, height: 1080 };

struct Memory {
    clips: [Vec<Picture>; 2],
    frame: usize,
}
impl SourcePictures for Memory {
    fn picture(&self, media: &MediaId, _: usize, _: Time) -> Option<Picture> {
        let clip = &self.clips[usize::from(media.as_str() == "b")];
        Some(clip[self.frame % clip.len()].clone())
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
    let content = Content::Media { media: media.into(), stream: 0, source_time: Time::ZERO };
    Layer { effects, transform, opacity, ..Layer::new(media.into(), content) }
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
    let mut memory = Memory { clips: [clip(1)?, clip(2)?], frame: 0 };
    let number = |id: &str, v: f64| (id.to_owned(), ParamValue::Number(v));
    let grade = vec![
        EffectUse::new("exposure", vec![number("exposure", 0.3), number("offset", 0.0), number("gamma", 1.0)]),
        EffectUse::new("saturation", vec![number("amount", 1.1)]),
    ];
    let pip = Transform { scale: [0.6; 2], position_px: [300.0, 160.0], ..Transform::IDENTITY };
    let canvas = Canvas {
        size: SIZE,
        blend_space: if linear { BlendSpace::Linear } else { BlendSpace::Gamma },
        primaries: Primaries::Bt709,
        transfer: Transfer::Bt709,
        background: [0.0, 0.0, 0.0, 1.0],
    };
    let plan = FramePlan {
        canvas,
        time: Time::ZERO,
        layers: vec![layer("a", Transform::IDENTITY, 1.0, vec![]), layer("b", pip, 0.8, grade)],
    };
    let output = OutputSpec { format: PictureFormat::YUV420P8, color: ColorTags::BT709 };
    let mut renderer = Renderer::new(RenderOptions { backend: Backend::Cpu, threads })?;
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
