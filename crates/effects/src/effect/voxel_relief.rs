//! Renders the picture as a field of columns.
//!
//! The picture's plane is horizontal and the picture has a height of 1; columns of up to `height`
//! stand on it. Each pixel's ray walks through the grid from above, from crossing to crossing of
//! the grid's lines, and meets the three nearest columns. The coverage of a column changes over the
//! width of a pixel along its outline, so that small changes of the picture (or a storage format of
//! lower precision) change the relief little.
use super::pixelate::{oblong_blocks, whole};
use crate::spec::*;
use cutroom_kernel::{At, Edge, K, MAX_UNIFORMS, Mix, MixKernel, Read, ReadKernel, Reads, Real, Rgb, Rgba, rgb};

/// Columns whose height depends on the BT.709 luma of display-encoded colour, seen from `tilt`
/// degrees above the picture's plane (90 would be from straight above), from the lower edge rotated
/// by `yaw`; `perspective` is the inverse of the distance of the eye in picture heights.
///
/// The light comes from `lightAngle` degrees anticlockwise from the right. `colorMix` interpolates
/// between grey and the picture's colour; `edgeDarkness` darkens sides towards their foot and tops
/// along their rim. `maxSteps` limits the number of grid lines that a ray crosses in each
/// dimension; after them it meets the floor. `temporalBlend` is the weight of the result of the
/// frame before, which contains a share of the one before it, and so on; frames with a weight below
/// half an 8-bit code, or more than [`MAX_FRAMES`] back, are merged with the next one. `reset`
/// ignores earlier frames.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("columns", "Columns", 96.0, 12.0, 180.0, Unit::None),
        ParamSpec::number("height", "Height", 0.36, 0.0, 1.0, Unit::None),
        ParamSpec::number("baseHeight", "Base height", 0.015, 0.0, 0.25, Unit::None),
        ParamSpec::number("gap", "Gap", 0.06, 0.0, 0.5, Unit::None),
        ParamSpec::number("tilt", "Tilt", 87.0, 20.0, 88.0, Unit::Degrees),
        ParamSpec::number("yaw", "Yaw", 0.0, -45.0, 45.0, Unit::Degrees),
        ParamSpec::number("perspective", "Perspective", 0.22, 0.0, 1.0, Unit::None),
        ParamSpec::number("heightContrast", "Height contrast", 1.08, 0.0, 4.0, Unit::None),
        ParamSpec::number("ambient", "Ambient", 0.58, 0.0, 1.0, Unit::None),
        ParamSpec::number("lightStrength", "Light strength", 0.48, 0.0, 2.0, Unit::None),
        ParamSpec::number("colorMix", "Color mix", 0.95, 0.0, 1.0, Unit::None),
        ParamSpec::number("temporalBlend", "Temporal blend", 0.08, 0.0, 0.95, Unit::None),
        ParamSpec::number("lightAngle", "Light angle", 310.0, 0.0, 360.0, Unit::Degrees),
        ParamSpec::number("lightElevation", "Light elevation", 45.0, 0.0, 90.0, Unit::Degrees),
        ParamSpec::number("floorBrightness", "Floor brightness", 0.1, 0.0, 1.0, Unit::None),
        ParamSpec::number("edgeDarkness", "Edge darkness", 0.68, 0.0, 1.0, Unit::None),
        ParamSpec::quality("maxSteps", "Steps at most", 72.0, 24.0, 144.0),
        ParamSpec::switch("reset", "Reset", false),
    ],
    domain: Domain::Display,
    keeps_alpha: false,
    ..EffectSpec::new(
        "voxel-relief",
        "Voxel Relief",
        EffectFamily::Stylize,
        "Raises the picture into columns as high as it is bright.",
        EffectKind::Temporal {
            times: |p, frame_secs| (1..=frames_back(p)).map(|k| -(k as f64) * frame_secs).collect(),
            steps: |p, r, seen| {
                let mut steps = earlier(p, seen);
                let grid = Grid::new(p, r);
                steps.extend(oblong_blocks(grid.cell_px, [0.0; 2], whole(r)));
                steps.push(Step::Sample(&Read(Relief), uniforms(p, r, &grid), Edge::Clamp));
                steps
            },
        },
    )
};

/// Maximum number of frames before the one drawn that are requested.
pub const MAX_FRAMES: usize = 16;

fn frames_back(p: Params<'_>) -> usize {
    let weight = p.number(11);
    if p.bool(17) || weight <= 0.0 {
        return 0;
    }
    let mut share = weight;
    (1..MAX_FRAMES)
        .find(|_| {
            share *= weight;
            share < 0.5 / 255.0
        })
        .unwrap_or(MAX_FRAMES)
}

/// Returns steps that fold the earlier pictures, oldest first, and finally the one drawn.
fn earlier(p: Params<'_>, seen: usize) -> Vec<Step> {
    let keep = Uniforms::new(&[p.number(11)]);
    let between = (0..seen.saturating_sub(1)).rev().map(|k| Step::MixInput(&Mix(Newer), keep, k));
    let last = Step::Mix(&Mix(Older), keep);
    seen.checked_sub(1).map_or_else(Vec::new, |oldest| [Step::UseInput(oldest)].into_iter().chain(between).chain([last]).collect())
}

#[inline(always)]
fn share<R: Real>(new: Rgba<R>, old: Rgba<R>, keep: R) -> Rgba<R> {
    Rgba { c: rgb(new.c.r.mix(old.c.r, keep), new.c.g.mix(old.c.g, keep), new.c.b.mix(old.c.b, keep)), a: new.a.mix(old.a, keep) }
}

/// Mixes the fold so far (`from`) with a later picture (`to`).
struct Newer;

impl MixKernel for Newer {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], old: Rgba<R>, new: Rgba<R>, _: At<R>) -> Rgba<R> {
        share(new, old, p[0])
    }
}

/// Mixes the picture drawn (`from`) with the fold of the earlier ones (`to`).
struct Older;

impl MixKernel for Older {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], new: Rgba<R>, old: Rgba<R>, _: At<R>) -> Rgba<R> {
        share(new, old, p[0])
    }
}

struct Grid {
    columns: f32,
    rows: f32,
    cell_px: [f32; 2],
    /// Columns and rows of the margin on each side of the frame.
    beyond: [f32; 2],
}

impl Grid {
    /// Returns a grid of nearly square cells that are at least a pixel large.
    fn new(p: Params<'_>, r: &EffectFrame) -> Self {
        let columns = p.number(0).round().min(r.width_px.floor()).max(1.0);
        let rows = (r.height_px * columns / r.width_px).round().min(r.height_px.floor()).max(1.0);
        let cell_px = [r.width_px / columns, r.height_px / rows];
        let beyond = std::array::from_fn(|k| (r.margin_px[k] / cell_px[k]).ceil());
        Self { columns, rows, cell_px, beyond }
    }
}

/// Returns `[iterations, columns, rows, cell width, cell height (px), half a column's width in
/// cells, cos and sin of yaw, of tilt, perspective, half the raster (2), 1 / its height, maximum
/// top, height, base, contrast, ambient, light (3), colorMix, edgeDarkness, floorBrightness, first
/// column, end of the columns, first row, end of the rows]`.
fn uniforms(p: Params<'_>, r: &EffectFrame, grid: &Grid) -> Uniforms {
    let cos_sin = |degrees: f32| (Real::cos(degrees.to_radians()), Real::sin(degrees.to_radians()));
    let ((cy, sy), (ct, st)) = (cos_sin(p.number(5)), cos_sin(p.number(4)));
    let (cl, sl) = cos_sin(p.number(13));
    let (ca, sa) = cos_sin(p.number(12));
    let strength = p.number(9);
    let perspective = p.number(6);
    let highest = p.number(1) + p.number(2);
    // The rays of the corners cross the ground fastest.
    let aspect = r.width_px / r.height_px;
    let mut crossings = 0.0f32;
    let [right, bottom] = r.margin_px.map(|m| m / r.height_px);
    let [right, bottom] = [0.5 * aspect + right, 0.5 + bottom];
    for (u, v) in [(-right, -bottom), (right, -bottom), (-right, bottom), (right, bottom)] {
        let ([dx, dy, down], _) = ray([cy, sy, ct, st], perspective, u, v);
        // From the maximum top, with some tolerance, to the floor.
        let time = (highest + 2.0 / r.height_px) / down.max(MIN_FALL);
        crossings = crossings.max(dx.abs() * time * grid.columns / aspect).max(dy.abs() * time * grid.rows);
    }
    let iterations = (crossings.ceil() + 2.0).min(p.number(16).round());
    Uniforms::new(&[
        iterations,
        grid.columns,
        grid.rows,
        grid.cell_px[0],
        grid.cell_px[1],
        0.5 - 0.5 * p.number(3),
        cy,
        sy,
        ct,
        st,
        perspective,
        0.5 * r.width_px,
        0.5 * r.height_px,
        1.0 / r.height_px,
        highest,
        p.number(1),
        p.number(2),
        p.number(7),
        p.number(8),
        strength * cl * ca,
        // y is positive downward.
        -strength * cl * sa,
        strength * sl,
        p.number(10),
        p.number(15),
        p.number(14),
        -grid.beyond[0],
        grid.columns + grid.beyond[0],
        -grid.beyond[1],
        grid.rows + grid.beyond[1],
    ])
}

/// Minimum downward speed of a ray; rays above the horizon are transparent.
const MIN_FALL: f32 = 2e-3;

/// Returns the ray of a position on the screen (in picture heights from the centre): its direction
/// (right, down the picture, towards the floor), then its position at time 0, on the screen.
#[inline(always)]
fn ray<R: Real>([cy, sy, ct, st]: [R; 4], perspective: R, u: R, v: R) -> ([R; 3], [R; 3]) {
    // The screen is perpendicular to the line from the centre to the eye, (sy·ct, cy·ct, st); its
    // downward direction is (sy·st, cy·st, −ct).
    let at = [u * cy + v * sy * st, v * cy * st - u * sy, -(v * ct)];
    let to = [at[0] * perspective - sy * ct, at[1] * perspective - cy * ct, st - at[2] * perspective];
    (to, at)
}

/// A ray in cells (right, down) and picture heights (up), from where it enters the volume of the
/// columns.
#[derive(Clone, Copy)]
struct Walk<R> {
    /// Start position.
    start: [R; 3],
    /// Speeds, the last one downward; never 0.
    speed: [R; 3],
    /// Reciprocals of the speeds.
    pace: [R; 3],
    /// Signs of the speeds right and down.
    sign: [R; 2],
    /// Half a pixel, as a time, at faces perpendicular to each axis.
    soft: [R; 3],
    /// Time at which the ray reaches the floor.
    floor: R,
    /// Time to add so that a position on a grid line counts as in the cell after it.
    beyond: R,
}

/// A column that a ray may meet.
struct Column<R> {
    /// Times at which the ray enters the column's extent along each axis.
    enter: [R; 3],
    /// Height of its top.
    top: R,
    /// Share of the pixel that it covers.
    cover: R,
    /// Premultiplied colour.
    color: Rgba<R>,
}

#[inline(always)]
fn column<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], w: &Walk<R>, i: R, j: R, s: S) -> Column<R> {
    let color = s.sample(0, (i + 0.5) * p[3], (j + 0.5) * p[4]);
    let top = ((color.c.luma() - 0.5) * p[17] + 0.5).saturate() * p[15] + p[16];
    let (mid_x, mid_y) = ((i + 0.5 - w.start[0]) * w.pace[0], (j + 0.5 - w.start[1]) * w.pace[1]);
    let (half_x, half_y) = (p[5] * w.pace[0].abs(), p[5] * w.pace[1].abs());
    let enter = [mid_x - half_x, mid_y - half_y, (w.start[2] - top) * w.pace[2]];
    let leave = [mid_x + half_x, mid_y + half_y];
    // Returns how long the ray is inside the column grown by `soft`, which may be negative; below 0
    // if it misses it.
    #[inline(always)]
    fn stay<R: Real>(w: &Walk<R>, enter: [R; 3], leave: [R; 2], soft: [R; 3]) -> R {
        let (from, to) = ((enter[0] - soft[0]).max(enter[1] - soft[1]), (leave[0] + soft[0]).min(leave[1] + soft[1]));
        (to - from.max(enter[2] - soft[2])).min(w.floor + soft[2] - from)
    }
    let grown = stay(w, enter, leave, w.soft);
    let shrunk = stay(w, enter, leave, [-w.soft[0], -w.soft[1], -w.soft[2]]);
    let there = i.gt(p[25] - 0.5) & j.gt(p[27] - 0.5) & i.lt(p[26] - 0.5) & j.lt(p[28] - 0.5) & color.a.gt(0.0);
    let cover = R::select(there, (grown / (grown - shrunk).max(1e-9)).saturate(), 0.0);
    Column { enter, top, cover, color }
}

/// Returns the cell that a ray is in at a time.
#[inline(always)]
fn cell_at<R: Real>(w: &Walk<R>, time: R) -> (R, R) {
    let t = time + w.beyond;
    ((t * w.speed[0] + w.start[0]).floor(), (t * w.speed[1] + w.start[1]).floor())
}

/// Returns the proximity of the first column after time `after` that covers part of the pixel: 2 at
/// the ray's start, 1 at the floor, 0 if there is none.
#[inline(always)]
fn nearest<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], w: &Walk<R>, after: R, s: S) -> R {
    let first = (w.start[0].floor(), w.start[1].floor());
    let per_time = K(1.0) / w.floor;
    let found = s.max(
        0,
        #[inline(always)]
        |n| {
            // The cell entered at the n-th line in x and the one entered at the (n+1)-th line in y;
            // the cell at the start counts as the first one in x.
            let line = first.0 + R::select(w.sign[0].gt(0.0), n, K(1.0) - n);
            let x_time = R::select(n.lt(0.5), 0.0, (line - w.start[0]) * w.pace[0]);
            let line = first.1 + R::select(w.sign[1].gt(0.0), n + 1.0, -n);
            let y_time = (line - w.start[1]) * w.pace[1];
            #[inline(always)]
            fn near<R: Real, S: Reads<R>>(
                p: &[R; MAX_UNIFORMS],
                w: &Walk<R>,
                [i, j]: [R; 2],
                time: R,
                per_time: R,
                after: R,
                s: S,
            ) -> R {
                let c = column(p, w, i, j, s);
                let counts = c.cover.gt(0.0) & time.le(w.floor) & time.gt(after);
                R::select(counts, K(2.0) - time * per_time, 0.0)
            }
            let x_cell = [first.0 + w.sign[0] * n, cell_at(w, x_time).1];
            let y_cell = [cell_at(w, y_time).0, first.1 + w.sign[1] * (n + 1.0)];
            let k = near(p, w, x_cell, x_time, per_time, after, s).max(near(p, w, y_cell, y_time, per_time, after, s));
            Rgba { c: rgb(k, k, k), a: k }
        },
    );
    found.a
}

/// Returns a column's shaded colour where the ray meets it.
#[inline(always)]
fn lit<R: Real>(p: &[R; MAX_UNIFORMS], w: &Walk<R>, c: &Column<R>, [i, j]: [R; 2]) -> Rgb<R> {
    let [x, y, z] = c.enter;
    let side = x.max(y);
    // Edges between faces are as soft as outlines.
    let on_top = ((z - side) / ((R::select(x.gt(y), w.soft[0], w.soft[1]) + w.soft[2]) * 2.0) + 0.5).saturate();
    let across = ((x - y) / ((w.soft[0] + w.soft[1]) * 2.0) + 0.5).saturate();
    let time = side.max(z);
    let up = ((w.start[2] - time * w.speed[2]) / c.top.max(1e-4)).saturate();
    let facing = (-(w.sign[1] * p[20])).max(0.0).mix((-(w.sign[0] * p[19])).max(0.0), across);
    let wall = (p[18] + facing) * (K(1.0) - p[23] * (K(1.0) - up));
    let (dx, dy) = ((time * w.speed[0] + w.start[0] - i - 0.5).abs(), (time * w.speed[1] + w.start[1] - j - 0.5).abs());
    let rim = ((dx.max(dy) / p[5] - 0.6) * 2.5).saturate();
    let top = (p[18] + p[21]) * (K(1.0) - p[23] * rim * rim * 0.5);
    let light = wall.mix(top, on_top);
    let gray = c.color.c.luma();
    c.color.c.map(
        #[inline(always)]
        |v| gray.mix(v, p[22]) * light,
    )
}

struct Relief;

impl ReadKernel for Relief {
    #[inline(always)]
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
        let (u, v) = ((at.x - p[11]) * p[13], (at.y - p[12]) * p[13]);
        let (to, from) = ray([p[6], p[7], p[8], p[9]], p[10], u, v);
        let sees = to[2].gt(MIN_FALL);
        let fall = to[2].max(MIN_FALL);
        // Cells per picture height.
        let (per_x, per_y) = (K(1.0) / (p[3] * p[13]), p[2]);
        let sign = [R::select(to[0].lt(0.0), -1.0, 1.0), R::select(to[1].lt(0.0), -1.0, 1.0)];
        let speed = [sign[0] * (to[0] * per_x).abs().max(1e-4), sign[1] * (to[1] * per_y).abs().max(1e-4)];
        let place = [from[0] * per_x + p[1] * 0.5, from[1] * per_y + p[2] * 0.5];
        // Enters the box of the grid, with a margin of one cell on all sides; not from behind the
        // eye.
        let to_floor = from[2] / fall;
        #[inline(always)]
        fn inside<R: Real>(place: R, speed: R, first: R, end: R) -> (R, R) {
            let (a, b) = ((first - 1.0 - place) / speed, (end + 1.0 - place) / speed);
            (a.min(b), a.max(b))
        }
        let (x0, x1) = inside(place[0], speed[0], p[25], p[26]);
        let (y0, y1) = inside(place[1], speed[1], p[27], p[28]);
        let begin = ((from[2] - p[14] - p[13]) / fall).max(x0).max(y0).max(K(-0.999) / p[10].max(1e-3));
        let sees = sees & begin.lt(to_floor) & begin.lt(x1.min(y1));
        // Half a pixel at the floor, along each axis.
        let half = (p[10] * to_floor + 1.0).max(0.01) * p[13] * 0.5;
        #[inline(always)]
        fn across<R: Real>(a: R, b: R) -> R {
            (a * a + b * b).sqrt().max(0.02)
        }
        let pace = [K(1.0) / speed[0], K(1.0) / speed[1], K(1.0) / fall];
        let w = Walk {
            start: [place[0] + speed[0] * begin, place[1] + speed[1] * begin, from[2] - fall * begin],
            speed: [speed[0], speed[1], fall],
            pace,
            sign,
            soft: [
                half * per_x * across(p[6], p[7] * p[9]) * pace[0].abs(),
                half * per_y * across(p[7], p[6] * p[9]) * pace[1].abs(),
                half * p[8].max(0.02) * pace[2],
            ],
            floor: (to_floor - begin).max(1e-6),
            beyond: K(1e-3) / (speed[0].abs() + speed[1].abs()),
        };
        let zero = R::from(0.0);
        let mut sum = Rgba { c: rgb(zero, zero, zero), a: zero };
        let mut after = R::from(-1.0);
        for _ in 0..3 {
            let k = nearest(p, &w, after, s);
            let time = (K(2.0) - k) * w.floor;
            let (i, j) = cell_at(&w, time);
            let c = column(p, &w, i, j, s);
            let light = lit(p, &w, &c, [i, j]);
            let share = R::select(k.gt(0.5), c.cover, 0.0) * (K(1.0) - sum.a);
            sum = Rgba {
                c: rgb(light.r.mad(share, sum.c.r), light.g.mad(share, sum.c.g), light.b.mad(share, sum.c.b)),
                a: c.color.a.mad(share, sum.a),
            };
            after = R::select(k.gt(0.5), time + w.beyond, w.floor);
        }
        // The floor between the columns, within the picture.
        let (x, y) = (w.floor * speed[0] + w.start[0], w.floor * speed[1] + w.start[1]);
        let ground = s.sample(0, x * p[3], y * p[4]);
        #[inline(always)]
        fn within<R: Real>(a: R, first: R, end: R, half: R) -> R {
            ((a - first).min(end - a) / (half * 2.0) + 0.5).saturate()
        }
        let floor = within(x, p[25], p[26], half * per_x) * within(y, p[27], p[28], half * per_y) * (K(1.0) - sum.a);
        let dark = p[24] * floor;
        let seen = R::select(sees, 1.0, 0.0);
        Rgba {
            c: rgb(
                ground.c.r.mad(dark, sum.c.r) * seen,
                ground.c.g.mad(dark, sum.c.g) * seen,
                ground.c.b.mad(dark, sum.c.b) * seen,
            ),
            a: ground.a.mad(floor, sum.a) * seen,
        }
    }
}
