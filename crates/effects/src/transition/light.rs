//! Dissolves and light transitions: each pixel is mixed from the two pictures at its position;
//! light that peaks in the middle may be added.
use super::{COLORED, PLAIN, SEEDED, mixed};
use crate::{noise::value_noise, spec::*};
use cutroom_kernel::{At, K, MAX_UNIFORMS, Mix, MixKernel, Real, Rgba, real::smoothstep, rgb};

/// Adds light to a premultiplied picture, in proportion to its alpha.
#[inline(always)]
fn lit<R: Real>(px: Rgba<R>, light: R, color: [R; 3]) -> Rgba<R> {
    let k = light * px.a;
    Rgba { c: rgb(color[0].mad(k, px.c.r), color[1].mad(k, px.c.g), color[2].mad(k, px.c.b)), a: px.a }
}

/// 0 at both ends, 1 in the middle.
fn peak(p: f32) -> f32 {
    1.0 - (2.0 * p - 1.0).abs()
}

fn eased(p: f32) -> f32 {
    p * p * (3.0 - 2.0 * p)
}

/// Eased progress of a dissolve that takes place between progress `from` and `to`.
fn late(p: f32, from: f32, to: f32) -> f32 {
    eased(((p - from) / (to - from)).clamp(0.0, 1.0))
}

macro_rules! lights {
    ($($(#[$doc:meta])* $spec:ident $kernel:ident $id:literal $name:literal $family:ident $params:ident
        |$v:ident, $p:ident, $r:ident| $u:expr => |$q:ident, $f:ident, $t:ident, $at:ident| $body:expr;)*) => { $(
        $(#[$doc])*
        pub static $spec: TransitionSpec = TransitionSpec::new($id, $name, $params, TransitionFamily::$family, TransitionKind::Mix(&Mix($kernel)), |$v, $p, $r| Uniforms::new(&$u));
        struct $kernel;
        impl MixKernel for $kernel {
            #[inline(always)]
            fn eval<R: Real>($q: &[R; MAX_UNIFORMS], $f: Rgba<R>, $t: Rgba<R>, $at: At<R>) -> Rgba<R> {
                $body
            }
        }
    )* };
}

lights! {
    /// `f · min(1, 2 − 2p) + t · min(1, 2p)`: in the middle both have full weight.
    ADDITIVE Additive "additive-dissolve" "Additive Dissolve" Dissolve PLAIN
        |_v, p, _r| [(2.0 - 2.0 * p).min(1.0), (2.0 * p).min(1.0)] => |q, f, t, _at| Rgba {
            c: rgb(f.c.r * q[0] + t.c.r * q[1], f.c.g * q[0] + t.c.g * q[1], f.c.b * q[0] + t.c.b * q[1]),
            a: (f.a * q[0] + t.a * q[1]).min(1.0),
        };
    /// The lighter of the two fading pictures, per component.
    NON_ADDITIVE NonAdditive "non-additive-dissolve" "Non-Additive Dissolve" Dissolve PLAIN
        |_v, p, _r| [(2.0 - 2.0 * p).min(1.0), (2.0 * p).min(1.0)] => |q, f, t, _at| {
            // A picture with weight 0 is left out: its maximum with 0 would change components below
            // 0, which are out of gamut.
            #[inline(always)]
            fn one<R: Real>(f: R, t: R, q: &[R; MAX_UNIFORMS]) -> R {
                R::select(q[1].le(0.0), f, R::select(q[0].le(0.0), t, (f * q[0]).max(t * q[1])))
            }
            Rgba { c: rgb(one(f.c.r, t.c.r, q), one(f.c.g, t.c.g, q), one(f.c.b, t.c.b, q)), a: one(f.a, t.a, q) }
        };
    /// A white flash hides the cut.
    FLASH Flash "flash" "Flash" Light PLAIN
        |_v, p, _r| [late(p, 0.4, 0.6), peak(p) * peak(p) * 1.2] => |q, f, t, _at|
            lit(mixed(f, t, q[0]), q[1], [R::from(1.0); 3]);
    /// Warm light enters from the left and crosses the picture.
    LIGHT_LEAK LightLeak "light-leak" "Light Leak" Light PLAIN
        |_v, p, r| [late(p, 0.3, 0.7), peak(p), p * 2.0 - 0.5, 1.0 / r.width_px, 1.0 / r.height_px] => |q, f, t, at| {
            let (x, y) = (at.x * q[3], at.y * q[4]);
            let d = (x + (y - 0.5) * 0.4 - q[2]) * 1.8;
            let glow = (d * d * -2.0).exp2() * q[1] * 1.4;
            lit(mixed(f, t, q[0]), glow, [R::from(1.0), R::from(0.55), R::from(0.2)])
        };
    /// A bright band crosses the picture and reveals the incoming one.
    LIGHT_SWEEP LightSweep "light-sweep" "Light Sweep" Light PLAIN
        |_v, p, r| [p * 1.6 - 0.3, 1.0 / r.width_px, 0.4 / r.height_px, peak(p).min(0.25) * 4.0] => |q, f, t, at| {
            let d = at.x * q[1] + (at.y * q[2] - 0.2) - q[0];
            let k = smoothstep(R::from(0.02), R::from(-0.02), d);
            let band = d * 12.0;
            lit(mixed(f, t, k), (band * band * -1.5).exp2() * q[3], [R::from(1.0), R::from(0.97), R::from(0.9)])
        };
    /// Coloured light crosses the picture, each component at its own position.
    CHROMA_LEAK ChromaLeak "chroma-leak" "Chroma Leak" Light PLAIN
        |_v, p, r| [late(p, 0.3, 0.7), peak(p), p * 2.0 - 0.5, 1.0 / r.width_px] => |q, f, t, at| {
            #[inline(always)]
            fn bump<R: Real>(d: R) -> R {
                (d * d * -6.0).exp2()
            }
            let d = at.x * q[3] - q[2];
            lit(mixed(f, t, q[0]), q[1], [bump(d - 0.15), bump(d) * 0.6, bump(d + 0.15)])
        };
    /// A lens flare crosses the picture while the pictures dissolve.
    LENS_FLARE LensFlare "lens-flare" "Lens Flare" Light PLAIN
        |_v, p, r| [late(p, 0.35, 0.65), peak(p), (p * 1.4 - 0.2) * r.width_px, 0.35 * r.height_px, 1.0 / r.height_px, r.width_px, r.height_px]
            => |q, f, t, at| {
            let (x, y) = ((at.x - q[2]) * q[4], (at.y - q[3]) * q[4]);
            let core = K(0.02) / (x * x + y * y + 0.02);
            let streak = (y * y * -900.0).exp2() * 0.3 / (x.abs() * 2.0 + 0.5);
            // A ghost, point-symmetric about the centre.
            let (gx, gy) = ((at.x - (q[5] - q[2])) * q[4], (at.y - (q[6] - q[3])) * q[4]);
            let ring = ((gx * gx + gy * gy).sqrt() - 0.12) * 30.0;
            let ghost = (-(ring * ring)).exp2() * 0.25;
            let light = (core + streak + ghost) * q[1] * 1.5;
            lit(mixed(f, t, q[0]), light, [R::from(1.0), R::from(0.9), R::from(0.75)])
        };
    /// The outgoing picture burns away from random positions, with a glowing rim.
    FILM_BURN FilmBurn "film-burn" "Film Burn" Light COLORED
        |v, p, r| {
            let c = v.color(0);
            [p * 1.3 - 0.15, 8.0 / r.width_px.max(r.height_px), frame_seed(7.0, v.number(1)), c[0], c[1], c[2]]
        } => |q, f, t, at| {
            let (x, y) = (at.x * q[1], at.y * q[1]);
            let n = value_noise(x, y, q[2]) * 0.6 + (value_noise(x * 2.0, y * 2.0, q[2]) * 0.3 + value_noise(x * 4.0, y * 4.0, q[2]) * 0.1);
            let d = q[0] - n;
            let k = smoothstep(R::from(0.0), R::from(0.03), d);
            let rim = (d * d * -1500.0).exp2() * 1.6;
            lit(mixed(f, t, k), rim, [q[3], q[4], q[5]])
        };
    /// Flickers between the two pictures like a worn projector.
    PROJECTOR_FLICKER ProjectorFlicker "projector-flicker" "Projector Flicker" Light SEEDED
        |v, p, _r| {
            let step = (p * 24.0).floor();
            let seed = v.number(0);
            let which = frame_seed(step, seed) / 16_777_216.0;
            let bright = frame_seed(step + 100.0, seed) / 16_777_216.0;
            [f32::from(u8::from(which < p)), 1.0 + (bright - 0.6) * peak(p)]
        } => |q, f, t, _at| {
            let m = mixed(f, t, q[0]);
            Rgba { c: m.c.scale(q[1]), a: m.a }
        };
    /// The corners darken over a brightening centre, then open again.
    VIGNETTE_BLOOM VignetteBloom "vignette-bloom" "Vignette Bloom" Light PLAIN
        |_v, p, r| [late(p, 0.4, 0.6), peak(p), 0.5 * r.width_px, 0.5 * r.height_px, 2.0 / r.width_px, 2.0 / r.height_px] => |q, f, t, at| {
            let (x, y) = ((at.x - q[2]) * q[4], (at.y - q[3]) * q[5]);
            let d = x * x + y * y;
            let m = mixed(f, t, q[0]);
            let k = (K(1.0) - d * q[1] * 0.7).max(0.0) * (q[1] * 0.5 + 1.0);
            lit(Rgba { c: m.c.scale(k), a: m.a }, (d * -3.0).exp2() * q[1] * 0.5, [R::from(1.0); 3])
        };
    /// A ring of light opens from the centre; the incoming picture is inside it.
    PORTAL_RING PortalRing "portal-ring" "Portal Ring" Light PLAIN
        |_v, p, r| {
            let half = 0.5 * (r.width_px * r.width_px + r.height_px * r.height_px).sqrt();
            [0.5 * r.width_px, 0.5 * r.height_px, eased(p) * (half + 2.0) - 1.0, 20.0 / r.height_px, (4.0 * peak(p)).min(1.0)]
        } => |q, f, t, at| {
            let (x, y) = (at.x - q[0], at.y - q[1]);
            let d = q[2] - (x * x + y * y).sqrt();
            let ring = d * q[3];
            lit(mixed(f, t, (d + 0.5).saturate()), (-(ring * ring)).exp2() * q[4], [R::from(0.35), R::from(0.7), R::from(1.0)])
        };
    /// The incoming picture spreads outward from the centre like ink, with an edge frayed by noise.
    INK_BLEED InkBleed "ink-bleed" "Ink Bleed" Stylize SEEDED
        |v, p, r| {
            let half = 0.5 * (r.width_px * r.width_px + r.height_px * r.height_px).sqrt();
            [0.5 * r.width_px, 0.5 * r.height_px, 1.0 / half, 12.0 / (2.0 * half), frame_seed(15.0, v.number(0)), p * 1.56 - 0.25]
        } => |q, f, t, at| {
            let (x, y) = (at.x - q[0], at.y - q[1]);
            let (u, v) = (at.x * q[3], at.y * q[3]);
            let n = value_noise(u, v, q[4]) * 0.6 + value_noise(u * 3.0, v * 3.0, q[4] + 1.0) * 0.4;
            let d = (x * x + y * y).sqrt() * q[2] + (n - 0.5) * 0.5;
            mixed(f, t, smoothstep(R::from(0.0), R::from(0.06), q[5] - d))
        };
    /// Shows both in false colours of heat: dark is blue, bright is red, yellow and white.
    /// Strongest in the middle, where the pictures dissolve.
    THERMAL_BLOOM ThermalBloom "thermal-bloom" "Thermal Bloom" Light PLAIN
        |_v, p, _r| [late(p, 0.35, 0.65), late(peak(p), 0.0, 0.6)] => |q, f, t, _at| {
            let m = mixed(f, t, q[0]);
            let y = m.c.luma().saturate();
            let (r, g) = (smoothstep(R::from(0.15), R::from(0.55), y), smoothstep(R::from(0.45), R::from(0.85), y));
            let b = (K(0.45) - (y - 0.25).abs() * 1.8).max(0.0) + smoothstep(R::from(0.8), R::from(1.0), y);
            Rgba { c: rgb(m.c.r.mix(r * m.a, q[1]), m.c.g.mix(g * m.a, q[1]), m.c.b.mix(b * m.a, q[1])), a: m.a }
        };
    /// Random pixels change to the incoming picture, in clouds.
    NOISE_DISSOLVE NoiseDissolve "noise-dissolve" "Noise Dissolve" Stylize SEEDED
        |v, p, r| [p * 1.1 - 0.05, 12.0 / r.width_px.max(r.height_px), frame_seed(3.0, v.number(0))] => |q, f, t, at| {
            let (x, y) = (at.x * q[1], at.y * q[1]);
            let n = value_noise(x, y, q[2]) * 0.5 + (value_noise(x * 3.0, y * 3.0, q[2]) * 0.3 + at.x.floor().hash(at.y.floor(), q[2]) * 0.2);
            mixed(f, t, smoothstep(R::from(-0.04), R::from(0.04), q[0] - n))
        };
    /// Television static, strongest in the middle.
    TV_STATIC TvStatic "tv-static" "TV Static" Glitch SEEDED
        |v, p, _r| [f32::from(u8::from(p >= 0.5)), late(peak(p), 0.2, 0.8), frame_seed((p * 1000.0).floor(), v.number(0))] => |q, f, t, at| {
            let m = mixed(f, t, q[0]);
            let n = (at.x * 0.5).floor().hash((at.y * 0.5).floor(), q[2]);
            Rgba { c: rgb(m.c.r.mix(n, q[1]), m.c.g.mix(n, q[1]), m.c.b.mix(n, q[1])), a: m.a.mix(R::from(1.0), q[1]) }
        };
}

/// Both pictures are blurred while they dissolve, most in the middle.
pub static BLUR_DISSOLVE: TransitionSpec = TransitionSpec::new(
    "blur-dissolve",
    "Blur Dissolve",
    PLAIN,
    TransitionFamily::Dissolve,
    TransitionKind::Blurred(
        |_, p, r| crate::effect::gaussian_blur::gaussian((0.02 * r.height_px * peak(p)).max(0.05)),
        &Mix(super::crossfade::CrossDissolve),
    ),
    |_, p, _| Uniforms::new(&[p]),
);
