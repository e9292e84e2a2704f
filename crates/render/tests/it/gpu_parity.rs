//! CPU and GPU draw the same plans with a difference of at most one 8-bit code, unless a case
//! allows more. Runs on any available Vulkan device, lavapipe included.
use crate::gpu_cases::Case;
use cutroom_render::cpu::CpuRenderer;

pub fn check(cases: Vec<Case>) {
    let Some(mut gpu) = crate::support::gpu() else { return };
    let cpu = CpuRenderer::new(1).unwrap();
    let mut wrong = Vec::new();
    for c in &cases {
        match crate::gpu_cases::compare(&cpu, &mut gpu, c) {
            Ok((limit, count)) => {
                println!("{:40} {limit:.3} codes, {count} samples differ", c.name);
                if limit > c.max_codes {
                    wrong.push(format!("{}: {limit:.2} codes", c.name));
                }
            }
            Err(e) => wrong.push(format!("{}: {e}", c.name)),
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", gpu.describe(), wrong.join("\n"));
}

#[test]
fn catalogue_in_gamma() {
    check(crate::gpu_cases::catalogue(false));
}

#[test]
fn catalogue_in_linear_light() {
    check(crate::gpu_cases::catalogue(true));
}

#[test]
fn placements_formats_and_sizes() {
    check(crate::gpu_cases::shapes());
}
