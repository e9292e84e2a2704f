//! Wave: displaces rows and columns along sine waves.
use crate::spec::*;
use cutroom_kernel::{At, Edge, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba};

/// Displaces rows by `amplitudeX · width · sin(2π · frequencyX · y / height)`, columns likewise;
/// `speed` waves pass per second. `speed` cannot be keyframed, since it multiplies all of the time
/// since the clip's start.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("amplitudeX", "Amplitude x", 0.02, 0.0, 0.1, Unit::None),
        ParamSpec::number("amplitudeY", "Amplitude y", 0.02, 0.0, 0.1, Unit::None),
        ParamSpec::number("frequencyX", "Frequency x", 5.0, 1.0, 20.0, Unit::None),
        ParamSpec::number("frequencyY", "Frequency y", 5.0, 1.0, 20.0, Unit::None),
        ParamSpec::quality("speed", "Speed", 0.0, 0.0, 5.0),
    ],
    domain: Domain::Working,
    neutral: |p| p.number(0) == 0.0 && p.number(1) == 0.0,
    keeps_alpha: false,
    time_dependent: true,
    ..EffectSpec::new(
        "wave",
        "Wave",
        EffectFamily::Distort,
        "Moves rows and columns along sine waves.",
        EffectKind::Sampled {
            kernel: |_| &Read(Wave),
            prepare: |p, r| {
                let phase = (p.number(4) * r.time_secs).fract() * core::f32::consts::TAU;
                let turns = |f: f32, side: f32| f * core::f32::consts::TAU / side;
                Uniforms::new(&[
                    p.number(0) * r.width_px,
                    turns(p.number(2), r.height_px),
                    p.number(1) * r.height_px,
                    turns(p.number(3), r.width_px),
                    phase,
                ])
            },
            edge: Edge::Mirror,
        },
    )
};

struct Wave;

impl ReadKernel for Wave {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        s.sample(0, at.x + (at.y * p[1] + p[4]).sin() * p[0], at.y + (at.x * p[3] + p[4]).sin() * p[2])
    }
}
