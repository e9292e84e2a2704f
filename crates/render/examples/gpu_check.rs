//! CPU against GPU on this machine: the largest difference over the catalogue, placements and formats, then times of five 1080p
//! layers. `gpu_check [--software]` also takes a software device. Exit code 1 when something differs by more than a code.
#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/gpu_cases/mod.rs"]
mod gpu_cases;
use common::*;
use cutroom_render::{cpu::CpuRenderer, gpu::GpuRenderer};
use cutroom_timeline::{Layer, Transform};
use cutroom_types::PictureFormat;
use std::{error::Error, time::Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let mut gpu = GpuRenderer::new(std::env::args().any(|a| a == "--software"))?;
    let cpu = CpuRenderer::new(0)?;
    println!("{}\n{}", gpu.describe(), cpu.describe());
    let mut failed = 0;
    let (mut total, mut worst, mut differing) = (0, 0.0f64, 0);
    for c in gpu_cases::catalogue(false).into_iter().chain(gpu_cases::catalogue(true)).chain(gpu_cases::shapes()) {
        total += 1;
        match gpu_cases::compare(&cpu, &mut gpu, &c) {
            Ok((most, count)) => {
                (worst, differing) = (worst.max(most), differing + count);
                if most > c.most_codes {
                    failed += 1;
                    println!("FAILED {}: {most:.3} codes, {count} samples", c.name);
                }
            }
            Err(e) => {
                failed += 1;
                println!("FAILED {}: {e}", c.name);
            }
        }
    }
    println!("{total} programs, {failed} failed; largest difference {worst:.3} codes (8 bits), {differing} samples differ");
    for linear in [false, true] {
        times(&cpu, &mut gpu, linear)?;
    }
    if failed > 0 {
        std::process::exit(1);
    }
    Ok(())
}

/// Five layers: one full, four reduced, each with exposure, opacity 0.8.
fn times(cpu: &CpuRenderer, gpu: &mut GpuRenderer, linear: bool) -> Result<(), Box<dyn Error>> {
    let s = size(1920, 1080);
    let names = ["a", "b", "c", "d", "e"];
    let pictures: Vec<_> = (1..=5).map(|k| picture(PictureFormat::YUV420P8, s, k)).collect();
    let list: Vec<_> = names.iter().copied().zip(&pictures).collect();
    let layers = names.iter().zip(0..).map(|(n, k)| {
        if k == 0 {
            return layer(media(n));
        }
        let (x, y) = (if k % 2 == 0 { 400.0 } else { -400.0 }, if k > 2 { 220.0 } else { -220.0 });
        Layer {
            transform: Transform { scale: [0.6; 2], position_px: [x, y], ..Transform::IDENTITY },
            opacity: 0.8,
            effects: vec![effect("exposure", &[("exposure", 0.3)]), effect("saturation", &[("amount", 1.1)])],
            ..layer(media(n))
        }
    });
    let case = gpu_cases::Case {
        name: "five layers".into(),
        plan: plan(canvas(s, linear), layers.collect()),
        pictures: Pictures::of(&list),
        output: output(PictureFormat::YUV420P8),
        most_codes: 1.0,
    };
    let program = gpu_cases::program(&case);
    let started = Instant::now();
    gpu.run(&program, &case.output)?;
    let first_ms = started.elapsed().as_secs_f64() * 1e3;
    // Mean over up to 200 frames or two seconds.
    let mean_ms = |f: &mut dyn FnMut() -> Result<(), Box<dyn Error>>| -> Result<f64, Box<dyn Error>> {
        let started = Instant::now();
        let mut frames = 0;
        while frames < 200 && started.elapsed().as_secs() < 2 {
            f()?;
            frames += 1;
        }
        Ok(started.elapsed().as_secs_f64() * 1e3 / f64::from(frames))
    };
    let device = mean_ms(&mut || Ok(gpu.run_discarding(&program, &case.output)?))?;
    let waiting = mean_ms(&mut || Ok(gpu.run(&program, &case.output).map(drop)?))?;
    let mut under_way = std::collections::VecDeque::new();
    let ring = mean_ms(&mut || {
        if under_way.len() == 3
            && let Some(p) = under_way.pop_front()
        {
            gpu.finish(p)?;
        }
        under_way.push_back(gpu.begin(&program, &case.output)?);
        Ok(())
    })?;
    drop(under_way);
    let on_cpu = mean_ms(&mut || Ok(cpu.run(&program, &case.output).map(drop)?))?;
    let (most, count) = gpu_cases::compare(cpu, gpu, &case)?;
    println!(
        "five 1080p layers, {}: first {first_ms:.1} ms (compile, upload); without readback {device:.3}, with {waiting:.3}, three under way {ring:.3}; \
         CPU {on_cpu:.2} ms a frame; {most:.0} codes apart at most, {count} samples",
        if linear { "linear light" } else { "gamma" }
    );
    Ok(())
}
