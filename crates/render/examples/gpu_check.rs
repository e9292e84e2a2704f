//! Compares CPU and GPU on this machine: the largest difference over the catalogue, placements and
//! formats, then times of five 1080p and 2160p layers (the device's own time is the median of five
//! runs of 200 frames). `gpu_check [--software] [--times]`: `--software` allows a software device,
//! `--times` only measures times. Exit code 1 when a case differs by more than its limit.
#[path = "../tests/it/gpu_cases/mod.rs"]
#[allow(dead_code, reason = "the example uses a part")]
mod gpu_cases;
#[path = "../tests/it/support/mod.rs"]
#[allow(dead_code, reason = "the example uses a part")]
mod support;
use cutroom_render::{
    cpu::CpuRenderer,
    gpu::GpuRenderer,
    lower::{LoweringCache, lower},
};
use cutroom_timeline::{Layer, Transform};
use cutroom_types::{PictureFormat, Size};
use std::{error::Error, time::Instant};
use support::*;

fn main() -> Result<(), Box<dyn Error>> {
    let mut gpu = GpuRenderer::new(std::env::args().any(|a| a == "--software"))?;
    let cpu = CpuRenderer::new(0)?;
    println!("{}\n{}", gpu.describe(), cpu.describe());
    let mut failed = 0;
    let (mut total, mut worst, mut differing) = (0, 0.0f64, 0);
    let only_times = std::env::args().any(|a| a == "--times");
    for c in
        gpu_cases::catalogue(false).into_iter().chain(gpu_cases::catalogue(true)).chain(gpu_cases::shapes()).filter(|_| !only_times)
    {
        total += 1;
        match gpu_cases::compare(&cpu, &mut gpu, &c) {
            Ok((limit, count)) => {
                worst = worst.max(limit);
                differing += count;
                if limit > c.max_codes {
                    failed += 1;
                    println!("FAILED {}: {limit:.3} codes, {count} samples", c.name);
                }
            }
            Err(e) => {
                failed += 1;
                println!("FAILED {}: {e}", c.name);
            }
        }
    }
    println!("{total} programs, {failed} failed; largest difference {worst:.3} codes (8 bits), {differing} samples differ");
    for (s, what) in [(size(1920, 1080), "1080p"), (size(3840, 2160), "2160p")] {
        for linear in [false, true] {
            for scale in [1.0, 0.6] {
                times(&cpu, &mut gpu, s, what, linear, scale)?;
            }
        }
    }
    if failed > 0 {
        std::process::exit(1);
    }
    Ok(())
}

/// Times five layers with exposure each; the upper four are moved, scaled by `scale`, and have
/// opacity 0.8 and saturation.
fn times(cpu: &CpuRenderer, gpu: &mut GpuRenderer, s: Size, what: &str, linear: bool, scale: f32) -> Result<(), Box<dyn Error>> {
    let far = s.width as f32 / 1920.0;
    let names = ["a", "b", "c", "d", "e"];
    let pictures: Vec<_> = (1..=5).map(|k| picture(PictureFormat::YUV420P8, s, k)).collect();
    let list: Vec<_> = names.iter().copied().zip(&pictures).collect();
    let layers = names.iter().zip(0..).map(|(n, k)| {
        if k == 0 {
            return Layer { effects: vec![effect("exposure", &[("exposure", 0.3)])], ..layer(media(n)) };
        }
        let (x, y) = (if k % 2 == 0 { 400.0 } else { -400.0 }, if k > 2 { 220.0 } else { -220.0 });
        Layer {
            transform: Transform { scale: [scale; 2], position_px: [x * far, y * far], ..Transform::IDENTITY },
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
        max_codes: 1.0,
    };
    let program = gpu_cases::program(&case);
    let started = Instant::now();
    gpu.run(&program, &case.output)?;
    let first_ms = started.elapsed().as_secs_f64() * 1e3;
    // Medians of 200 frames, or of as many as fit in two seconds.
    let median_ms = |f: &mut dyn FnMut() -> Result<(), Box<dyn Error>>| -> Result<f64, Box<dyn Error>> {
        let started = Instant::now();
        let mut times = Vec::new();
        while times.len() < 200 && started.elapsed().as_secs() < 2 {
            let frame = Instant::now();
            f()?;
            times.push(frame.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        Ok(times[times.len() / 2])
    };
    let mut cache = LoweringCache::default();
    let lowering = median_ms(&mut || lower(&case.plan, &case.pictures, &case.output, &mut cache).map(drop).map_err(Into::into))?;
    // An idle device runs at a fraction of its clock rate for some tenths of a second.
    let warm = Instant::now();
    while warm.elapsed().as_secs_f64() < 1.0 {
        gpu.device_and_host_ms(&program, &case.output, 20)?;
    }
    let mut both = (0..5).map(|_| gpu.device_and_host_ms(&program, &case.output, 200)).collect::<Result<Vec<_>, _>>()?;
    both.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (device, host) = both[2];
    let waiting = median_ms(&mut || Ok(gpu.run(&program, &case.output).map(drop)?))?;
    let mut in_flight = std::collections::VecDeque::new();
    let ring = median_ms(&mut || {
        if in_flight.len() == 3
            && let Some(p) = in_flight.pop_front()
        {
            gpu.finish(p)?;
        }
        in_flight.push_back(gpu.begin(&program, &case.output)?);
        Ok(())
    })?;
    drop(in_flight);
    let on_cpu = median_ms(&mut || Ok(cpu.run(&program, &case.output).map(drop)?))?;
    let (limit, count) = gpu_cases::compare(cpu, gpu, &case)?;
    println!(
        "five {what} layers at {scale}, {}: first {first_ms:.1} ms (compile, upload); a frame takes {device:.3} on the device, {host:.3} on the host (and {lowering:.3} to \
         lower); with readback {waiting:.3}, three in flight {ring:.3}; CPU {on_cpu:.2}; {limit:.0} codes apart at most, {count} samples",
        if linear { "linear light" } else { "gamma" }
    );
    Ok(())
}
