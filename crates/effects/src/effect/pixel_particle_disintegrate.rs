//! Breaks the picture into particles that fly off.
//!
//! Every cell of a grid is a particle of one of [`SLOTS`]·[`WAYS`] groups: the slot determines when
//! it is released, the way in which direction it flies. A first step writes each cell's group to a
//! raster. All particles of a group have the same trajectory, so that the second step, for each
//! pixel, reverses a group's flight once to find the cells that may be at the pixel: the two
//! nearest ones in each dimension. What bends trajectories (curls, gusts) is a displacement field
//! over the particles' current positions, and is reversed with them.
use crate::{noise::value_noise, spec::*};
use cutroom_kernel::{At, Edge, K, MAX_UNIFORMS, Read, ReadKernel, Reads, Real, Rgba, real::smoothstep, rgb};

/// Square cells of `cellSize` pixels are released one after another, fly and fade; at progress 1
/// none remains. Cells that are not released show the picture.
///
/// Lengths are in picture heights. `spread` is how far particles scatter, `direction` and `gravity`
/// how far they drift and fall, `depth` how much they approach or recede, `curlStrength` and
/// `turbulence` how much they curl (coarsely and finely), `spin` the maximum number of turns in a
/// lifetime. The release time of a cell is a mix of chance (`stagger`), its position along the
/// direction (`windSweep`; the leeward side first) and patches of noise (`gustStrength`, sharpened
/// by `releaseContrast`), `gustScale` of them per picture height; gusts also push particles. `tail`
/// lengthens each particle's life.
///
/// Limits: particles are at most 1.4 cells large, so that including their deviation from the
/// group's trajectory they stay within a cell of it. There are 48 groups, of which only those in
/// flight are computed, with four cells read for each; where particles of different groups overlap,
/// their colours are averaged. Cells are enlarged until there are at most `maxExportParticles` and
/// `maxInstances` of them. `maxPreviewParticles` exists for compatibility with files of other
/// systems and has no effect: previews show what exports do.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("progress", "Progress", 0.0, 0.0, 1.0, Unit::None),
        ParamSpec::number("cellSize", "Cell size", 8.0, 2.0, 256.0, Unit::CanvasPx),
        ParamSpec::number("particleSize", "Particle size", 1.2, 0.1, 1.4, Unit::Cells),
        ParamSpec::number("spread", "Spread", 0.55, 0.0, 3.0, Unit::None),
        ParamSpec::number("depth", "Depth", 0.45, 0.0, 1.0, Unit::None),
        ParamSpec::number("curlStrength", "Curl strength", 0.35, 0.0, 1.0, Unit::None),
        ParamSpec::number("turbulence", "Turbulence", 0.2, 0.0, 1.0, Unit::None),
        ParamSpec::number("directionX", "Direction X", 0.0, -3.0, 3.0, Unit::None),
        ParamSpec::number("directionY", "Direction Y", -0.25, -3.0, 3.0, Unit::None),
        ParamSpec::number("gravity", "Gravity", 0.35, -3.0, 3.0, Unit::None),
        ParamSpec::number("spin", "Spin", 0.7, 0.0, 8.0, Unit::Turns),
        ParamSpec::number("stagger", "Stagger", 0.35, 0.0, 1.0, Unit::None),
        ParamSpec::number("gustStrength", "Gust strength", 0.75, 0.0, 2.0, Unit::None),
        ParamSpec::number("gustScale", "Gust scale", 5.5, 0.5, 20.0, Unit::None),
        ParamSpec::number("windSweep", "Wind sweep", 0.35, 0.0, 1.0, Unit::None),
        ParamSpec::number("releaseContrast", "Release contrast", 0.65, 0.0, 1.0, Unit::None),
        ParamSpec::number("tail", "Tail", 0.45, 0.0, 1.0, Unit::None),
        ParamSpec::quality("seed", "Seed", 1.0, 0.0, 65535.0),
        ParamSpec::quality("maxPreviewParticles", "Preview particles at most", 60_000.0, 1000.0, 1_000_000.0),
        ParamSpec::quality("maxExportParticles", "Export particles at most", 180_000.0, 1000.0, 1_000_000.0),
        ParamSpec::quality("maxInstances", "Instances at most", 220_000.0, 1000.0, 1_000_000.0),
        ParamSpec::number("softness", "Softness", 0.55, 0.0, 1.0, Unit::None),
        ParamSpec::choice("shape", "Shape", "square", &["square", "soft-circle", "shard"]),
    ],
    neutral: |p| p.number(0) == 0.0,
    keeps_alpha: false,
    ..EffectSpec::new(
        "pixel-particle-disintegrate",
        "Pixel Particle Disintegrate",
        EffectFamily::Stylize,
        "Breaks the picture into particles that the wind takes.",
        EffectKind::Steps(|p, r| {
            vec![
                Step::Sample(&Read(Groups), grouping(p, r), Edge::Clamp),
                Step::Sample(&Read(Particles), flights(p, r), Edge::Clamp),
            ]
        }),
    )
};

/// Number of release times.
const SLOTS: f32 = 12.0;
/// Number of directions of flight among the particles of a slot.
const WAYS: f32 = 4.0;

/// Returns the side of a cell in pixels.
fn cell_px(p: Params<'_>, r: &EffectFrame) -> f32 {
    let max = p.number(19).min(p.number(20)).round();
    p.number(1).max(2.0).max((r.width_px * r.height_px / max).sqrt())
}

/// Returns the influence of chance, sweep and patches on the release. Sums above 1 count as 1.
fn causes(p: Params<'_>) -> [f32; 3] {
    [p.number(11), p.number(14), 0.5 * p.number(12)]
}

/// Returns the time between slots and a particle's life, as fractions of the progress.
fn times(p: Params<'_>) -> (f32, f32) {
    let window = (0.8 - 0.7 * p.number(16)) * causes(p).iter().sum::<f32>().min(1.0);
    (window / (SLOTS - 1.0), 1.0 - window)
}

/// Returns the wind's direction as a unit vector; to the right if there is no wind.
fn wind(p: Params<'_>) -> [f32; 2] {
    let (x, y) = (p.number(7), p.number(8));
    let length = (x * x + y * y).sqrt();
    if length > 1e-6 { [x / length, y / length] } else { [1.0, 0.0] }
}

fn seed(p: Params<'_>) -> f32 {
    frame_seed(5.0, p.number(17))
}

/// Uniforms of [`Groups`]: `[1 / cell, cell, seed, weights of chance, sweep and patches, contrast,
/// patches per pixel, sweep: at the origin, per pixel right and down]`.
fn grouping(p: Params<'_>, r: &EffectFrame) -> Uniforms {
    let cell = cell_px(p, r);
    let all = causes(p).iter().sum::<f32>().max(1e-6);
    let [chance, sweep, patches] = causes(p).map(|v| v / all);
    // 0 at the most leeward corner, 1 at the most windward one.
    let [x, y] = wind(p);
    let (across, along) = (x * r.width_px, y * r.height_px);
    let span = (across.abs() + along.abs()).max(1e-6);
    let origin = (across.max(0.0) + along.max(0.0)) / span;
    let contrast = 1.0 + 4.0 * p.number(15);
    let scale = p.number(13) / r.height_px;
    Uniforms::new(&[1.0 / cell, cell, seed(p), chance, sweep, patches, contrast, scale, origin, -x / span, -y / span])
}

/// Writes the group of the pixel's cell to red, and two random numbers of the cell, which half
/// floats represent exactly, to green and blue.
struct Groups;

impl ReadKernel for Groups {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, _: S) -> Rgba<R> {
        let (i, j) = ((at.x * p[0]).floor(), (at.y * p[0]).floor());
        let (x, y) = ((i + 0.5) * p[1], (j + 0.5) * p[1]);
        let patch = ((value_noise(x * p[7], y * p[7], p[2] + 1.0) - 0.5) * p[6] + 0.5).saturate();
        let sweep = (x * p[9] + y * p[10] + p[8]).saturate();
        let order = i.hash(j, p[2] + 2.0) * p[3] + sweep * p[4] + patch * p[5];
        let slot = (order * SLOTS).floor().clamp(0.0, SLOTS - 1.0);
        let way = (i.hash(j, p[2] + 3.0) * WAYS).floor();
        #[inline(always)]
        fn coarse<R: Real>(v: R) -> R {
            (v * 512.0).floor() * (1.0 / 512.0)
        }
        Rgba { c: rgb(slot * WAYS + way, coarse(i.hash(j, p[2] + 4.0)), coarse(i.hash(j, p[2] + 5.0))), a: R::from(1.0) }
    }
}

/// Uniforms of [`Particles`]: `[iterations, first group, progress, time between slots, 1 / life,
/// cell, 1 / cell, half the raster (2), height, 1 / height, spread, depth, direction (2), gravity,
/// spin, particle size, softness, shape, seed, curls, turbulence, gusts (2), patches per pixel,
/// first and last column, first and last row]`.
fn flights(p: Params<'_>, r: &EffectFrame) -> Uniforms {
    let cell = cell_px(p, r);
    let (between, life) = times(p);
    let progress = p.number(0);
    // Slots that are released and not gone, with some tolerance for rounding, since the kernel
    // checks again.
    let loose = |slot: &f32| progress - slot * between > -1e-4 && progress - slot * between < life + 1e-4;
    let slots: Vec<f32> = (0..SLOTS as u32).map(|k| k as f32).filter(loose).collect();
    let [x, y] = wind(p);
    let gust = p.number(12) * 0.3 / p.number(13).max(1.0);
    // Range of cells that contain a pixel, including those in the margin.
    let cell_of = |at: f32| (at / cell).floor();
    let [x_px, y_px] = r.margin_px;
    let kind = ["square", "soft-circle", "shard"].iter().position(|s| *s == p.text(22)).unwrap_or(0);
    Uniforms::new(&[
        slots.len() as f32 * WAYS,
        slots.first().copied().unwrap_or(0.0) * WAYS,
        progress,
        between,
        1.0 / life,
        cell,
        1.0 / cell,
        0.5 * r.width_px,
        0.5 * r.height_px,
        r.height_px,
        1.0 / r.height_px,
        p.number(3),
        p.number(4),
        p.number(7),
        p.number(8),
        p.number(9),
        p.number(10),
        p.number(2),
        p.number(21),
        kind as f32,
        seed(p),
        0.05 * p.number(5),
        0.012 * p.number(6),
        gust * x,
        gust * y,
        p.number(13) / r.height_px,
        cell_of(0.5 - x_px),
        cell_of(r.width_px + x_px - 0.5),
        cell_of(0.5 - y_px),
        cell_of(r.height_px + y_px - 0.5),
    ])
}

/// Returns the curl of value noise: a divergence-free vector field, of magnitude about 1.
#[inline(always)]
fn curl<R: Real>(x: R, y: R, seed: R) -> (R, R) {
    const STEP: f32 = 0.02;
    let down = value_noise(x, y + STEP, seed) - value_noise(x, y - STEP, seed);
    let right = value_noise(x + STEP, y, seed) - value_noise(x - STEP, y, seed);
    (down * (0.5 / STEP), -(right * (0.5 / STEP)))
}

/// Returns a particle's age as a fraction of its life: 0 before its release, 1 when it is gone.
#[inline(always)]
fn age<R: Real>(p: &[R; MAX_UNIFORMS], group: R) -> R {
    let slot = ((group + 0.5) * (1.0 / WAYS)).floor();
    ((p[2] - slot * p[3]) * p[4]).saturate()
}

/// Returns the signed distance to the particle's outline, in cells; `grown` (0..=1) blends from the
/// cell's square to the shape.
#[inline(always)]
fn distance<R: Real>(kind: R, x: R, y: R, size: R, grown: R) -> R {
    let square = x.abs().max(y.abs()) - size * 0.5;
    let circle = (x * x + y * y).sqrt() - size * 0.5;
    // An irregular triangle.
    let shard = (y - size * 0.25).max(x * 0.9 - y * 0.44 - size * 0.28).max(x * -0.75 - y * 0.66 - size * 0.22);
    square.mix(R::select(kind.gt(1.5), shard, R::select(kind.gt(0.5), circle, square)), grown)
}

struct Particles;

impl ReadKernel for Particles {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        // Displacement by the air at this pixel at the end of a life, in pixels.
        let (u, v) = (at.x * p[10], at.y * p[10]);
        let (coarse, fine) = (curl(u * 3.0, v * 3.0, p[20] + 6.0), curl(u * 9.0, v * 9.0, p[20] + 7.0));
        let gust = value_noise(at.x * p[25], at.y * p[25], p[20] + 8.0);
        let air_x = (coarse.0 * p[21] + fine.0 * p[22] + gust * p[23]) * p[9];
        let air_y = (coarse.1 * p[21] + fine.1 * p[22] + gust * p[24]) * p[9];
        let (x, y) = (at.x - p[7], at.y - p[8]);
        let flying = s.sum(
            0,
            #[inline(always)]
            |n| {
                let group = p[1] + n;
                let a = age(p, group);
                let way = group - ((group + 0.5) * (1.0 / WAYS)).floor() * WAYS;
                #[inline(always)]
                fn chance<R: Real>(p: &[R; MAX_UNIFORMS], group: R, what: f32) -> R {
                    group.hash(R::from(what), p[20] + 9.0)
                }
                let turn = (way + chance(p, group, 0.0)) * (core::f32::consts::TAU / WAYS);
                let far = a * (K(2.0) - a) * (chance(p, group, 1.0) * 0.65 + 0.35) * p[11] * 0.6;
                let drift = (a + a * a) * 0.5;
                let (fly_x, fly_y) = (turn.cos() * far + p[13] * drift, turn.sin() * far + p[14] * drift + p[15] * a * a * 0.5);
                let near = (chance(p, group, 2.0) - 0.5) * 1.2 * p[12] * a + 1.0;
                let per = K(1.0) / near;
                // Position before the group's flight, in cells.
                let from_x = ((x - air_x * a) * per + p[7] - fly_x * p[9]) * p[6];
                let from_y = ((y - air_y * a) * per + p[8] - fly_y * p[9]) * p[6];
                let spin = (chance(p, group, 3.0) * 2.0 - 1.0) * p[16] * a * core::f32::consts::TAU;
                let (cos, sin) = (spin.cos(), spin.sin());
                let grown = (a * 6.0).min(1.0);
                let size = R::from(1.0).mix(p[17], grown) * (K(1.0) - a * a * 0.6);
                let edge = R::select(p[19].gt(0.5) & p[19].lt(1.5), 0.5, 0.15);
                let soft = p[6] * per + p[18] * grown * size * edge;
                // Maximum deviation of a particle that keeps it within a cell of its group's
                // trajectory.
                let stray = (K(0.98) - size * 0.7072 - soft * 0.5).max(0.0) * (p[11] * a * 4.0).min(1.0);
                let (i0, j0) = ((from_x - 0.5).floor(), (from_y - 0.5).floor());
                let zero = R::from(0.0);
                let (mut cover, mut tex_x, mut tex_y) = (zero, zero, zero);
                for (di, dj) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
                    let (i, j) = (i0 + di, j0 + dj);
                    let cell = s.sample(0, (i + 0.5) * p[5], (j + 0.5) * p[5]).c;
                    let dx = from_x - i - 0.5 - (cell.g * 2.0 - 1.0) * stray;
                    let dy = from_y - j - 0.5 - (cell.b * 2.0 - 1.0) * stray;
                    let (rx, ry) = (dx * cos + dy * sin, dy * cos - dx * sin);
                    let here = (K(0.5) - distance(p[19], rx, ry, size, grown) / soft).saturate();
                    let one_of_them = (cell.r - group).abs().lt(0.25);
                    let there = i.gt(p[26] - 0.5) & j.gt(p[28] - 0.5) & i.lt(p[27] + 0.5) & j.lt(p[29] + 0.5);
                    let here = R::select(one_of_them & there, here, 0.0);
                    let best = here.gt(cover);
                    cover = R::select(best, here, cover);
                    tex_x = R::select(best, rx / size + i + 0.5, tex_x);
                    tex_y = R::select(best, ry / size + j + 0.5, tex_y);
                }
                let c = s.sample(1, tex_x * p[5], tex_y * p[5]);
                let share = R::select(a.gt(0.0), cover * (K(1.0) - smoothstep(R::from(0.55), R::from(1.0), a)), 0.0);
                Rgba { c: c.c.scale(share), a: c.a * share }
            },
        );
        let k = K(1.0) / flying.a.max(1.0);
        let still = R::select(age(p, s.sample(0, at.x, at.y).c.r).le(0.0), 1.0, 0.0) * (K(1.0) - flying.a * k);
        let here = s.sample(1, at.x, at.y);
        let c = flying.c.zip(
            here.c,
            #[inline(always)]
            |f, h| f * k + h * still,
        );
        Rgba { c, a: flying.a * k + here.a * still }
    }
}
