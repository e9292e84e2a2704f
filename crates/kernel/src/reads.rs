//! Sampled kernels: they read other pixels of their inputs, or tables.
//!
//! Such a kernel is generic over [`Reads`] in addition to [`Real`]. On the CPU it gathers from
//! planes of `f32`; in a shader the same calls become texture loads, reads of a storage buffer and
//! loops.
use crate::{
    SimdLevel, dispatch,
    image::{Edge, InputImage, image_color, table_entry, taps},
    lanes::{Isa, V},
    ops::{
        At, Extent, MAX_UNIFORMS, TILE_PITCH, TILE_ROWS, Tile, each_group, host_uniforms, load, position, short_name, splat_all,
        store,
    },
    real::{Real, Rgba, rgb},
    trace::{SampleSource, Symbol},
};
use std::any::TypeId;

/// Maximum number of iterations of one loop.
pub const MAX_LOOP_ITERATIONS: f32 = 4096.0;

/// What a kernel may read in addition to its own pixel.
pub trait Reads<R: Real>: Copy {
    /// Entry `index` of the table, rounded down and clamped to the table.
    fn table(self, index: R) -> R;

    /// Colour of input `n` at a position, bilinear. Positions are in pixels of the kernel's raster,
    /// whose first pixel has its centre at (0.5, 0.5).
    fn sample(self, n: usize, x: R, y: R) -> Rgba<R>;

    /// Sum of `f(i)` for i = 0, 1, … below the value of uniform `slot` (a whole number up to
    /// [`MAX_LOOP_ITERATIONS`]). Mark the closure `#[inline(always)]`.
    fn sum(self, slot: usize, f: impl Fn(R) -> Rgba<R>) -> Rgba<R>;

    /// The maximum of 0 and all `f(i)`, component by component, for the same i as in [`Self::sum`].
    fn max(self, slot: usize, f: impl Fn(R) -> Rgba<R>) -> Rgba<R>;
}

/// A kernel that computes a colour from other pixels or a table.
pub trait ReadKernel: Send + Sync + 'static {
    /// Returns the colour at `at`. `px` is the result of the previous stage for kernels with a
    /// table, and unspecified for kernels that sample.
    fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, at: At<R>, s: S) -> Rgba<R>;
}

/// The inputs of one run of a kernel.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// Inputs by number. A missing input is transparent black.
    pub images: &'a [InputImage<'a>],
    /// Position in the inputs of the kernel's position (0, 0), in pixels.
    pub origin: [f32; 2],
    /// How they continue outside their edges.
    pub edge: Edge,
    /// The table; every entry of an empty one is 0.
    pub table: &'a [f32],
}

/// The object form of a [`ReadKernel`].
pub trait ReadOp: Send + Sync {
    /// Runs over a tile in place.
    fn run(&self, level: SimdLevel, uniforms: &[f32], inputs: Inputs<'_>, tile: &mut Tile, extent: Extent);

    /// Evaluates one pixel on the host; the result has the same bits as that of the lanes.
    fn eval_host(&self, uniforms: &[f32], inputs: Inputs<'_>, px: Rgba<f32>, at: At<f32>) -> Rgba<f32>;

    /// Records the kernel in the running [`crate::trace::trace`].
    fn trace(&self, p: &[Symbol; MAX_UNIFORMS], px: Rgba<Symbol>, at: At<Symbol>, reads: TraceReads<'_>) -> Rgba<Symbol>;

    /// Distinguishes kernels: equal ids have equal traces.
    fn kernel_id(&self) -> TypeId;

    /// Name of the kernel type, for display.
    fn name(&self) -> &'static str;
}

/// Turns a kernel into a [`ReadOp`].
pub struct Read<T>(pub T);

/// [`Reads`] on SIMD lanes.
#[derive(Clone, Copy)]
struct LaneReads<'a> {
    inputs: Inputs<'a>,
    uniforms: &'a [f32],
}

/// The weighted sum of four samples of plane `k`; coordinates and weights are those of [`taps`].
#[inline(always)]
fn weighed<I: Isa>(f: &InputImage<'_>, k: usize, x: [V<I>; 2], y: [V<I>; 2], u: [V<I>; 2], v: [V<I>; 2]) -> V<I> {
    let (p, stride) = (f.planes[k], f.width as u32);
    // SAFETY: `taps` clamps coordinates to the image, whose planes hold `width · height` samples
    // (`InputImage::new`).
    let (a, b, c, d) = unsafe {
        (
            V::<I>(I::gather_xy(p, stride, x[0].0, y[0].0)),
            V::<I>(I::gather_xy(p, stride, x[1].0, y[0].0)),
            V::<I>(I::gather_xy(p, stride, x[0].0, y[1].0)),
            V::<I>(I::gather_xy(p, stride, x[1].0, y[1].0)),
        )
    };
    (a * u[0] + b * u[1]) * v[0] + (c * u[0] + d * u[1]) * v[1]
}

impl<I: Isa> Reads<V<I>> for LaneReads<'_> {
    #[inline(always)]
    fn table(self, index: V<I>) -> V<I> {
        let table = self.inputs.table;
        if table.is_empty() || table.len() > 1 << 24 {
            return V::from(0.0);
        }
        let i = index.clamp(0.0, (table.len() - 1) as f32);
        // SAFETY: the clamped index (NaN becomes 0) is inside the table, and exact below 2^24.
        V(unsafe { I::gather_at(table, i.0) })
    }

    #[inline(always)]
    fn sample(self, n: usize, x: V<I>, y: V<I>) -> Rgba<V<I>> {
        let Some(f) = self.inputs.images.get(n) else {
            return Rgba { c: rgb(V::from(0.0), V::from(0.0), V::from(0.0)), a: V::from(0.0) };
        };
        let [dx, dy] = self.inputs.origin;
        let ([x0, x1], [u0, u1]) = taps(x + dx, f.width as f32, self.inputs.edge);
        let ([y0, y1], [v0, v1]) = taps(y + dy, f.height as f32, self.inputs.edge);
        let (x, y, u, v) = ([x0, x1], [y0, y1], [u0, u1], [v0, v1]);
        Rgba {
            c: rgb(weighed(f, 0, x, y, u, v), weighed(f, 1, x, y, u, v), weighed(f, 2, x, y, u, v)),
            a: weighed(f, 3, x, y, u, v),
        }
    }

    #[inline(always)]
    fn sum(self, slot: usize, f: impl Fn(V<I>) -> Rgba<V<I>>) -> Rgba<V<I>> {
        let zero = V::<I>::from(0.0);
        let mut acc = Rgba { c: rgb(zero, zero, zero), a: zero };
        let iterations = turn_count(self.uniforms[slot]);
        let mut i = 0.0;
        while i < iterations {
            let v = f(V::from(i));
            acc = Rgba { c: rgb(acc.c.r + v.c.r, acc.c.g + v.c.g, acc.c.b + v.c.b), a: acc.a + v.a };
            i += 1.0;
        }
        acc
    }

    #[inline(always)]
    fn max(self, slot: usize, f: impl Fn(V<I>) -> Rgba<V<I>>) -> Rgba<V<I>> {
        let zero = V::<I>::from(0.0);
        let mut acc = Rgba { c: rgb(zero, zero, zero), a: zero };
        let iterations = turn_count(self.uniforms[slot]);
        let mut i = 0.0;
        while i < iterations {
            let v = f(V::from(i));
            acc = Rgba { c: rgb(acc.c.r.max(v.c.r), acc.c.g.max(v.c.g), acc.c.b.max(v.c.b)), a: acc.a.max(v.a) };
            i += 1.0;
        }
        acc
    }
}

/// [`Reads`] on the host, one pixel at a time.
#[derive(Clone, Copy)]
struct HostReads<'a> {
    inputs: Inputs<'a>,
    uniforms: &'a [f32; MAX_UNIFORMS],
}

/// The number of iterations of a loop, clamped to `0..=MAX_LOOP_ITERATIONS`.
#[inline(always)]
pub(crate) fn turn_count(iterations: f32) -> f32 {
    Real::min(Real::max(iterations, 0.0), MAX_LOOP_ITERATIONS)
}

impl Reads<f32> for HostReads<'_> {
    fn table(self, index: f32) -> f32 {
        table_entry(self.inputs.table, index)
    }

    fn sample(self, n: usize, x: f32, y: f32) -> Rgba<f32> {
        let [dx, dy] = self.inputs.origin;
        let [r, g, b, a] = image_color(self.inputs.images.get(n), self.inputs.edge, x + dx, y + dy);
        Rgba { c: rgb(r, g, b), a }
    }

    fn sum(self, slot: usize, f: impl Fn(f32) -> Rgba<f32>) -> Rgba<f32> {
        self.looped(slot, f, |a, b| a + b)
    }

    fn max(self, slot: usize, f: impl Fn(f32) -> Rgba<f32>) -> Rgba<f32> {
        self.looped(slot, f, Real::max)
    }
}

impl HostReads<'_> {
    fn looped(self, slot: usize, f: impl Fn(f32) -> Rgba<f32>, join: impl Fn(f32, f32) -> f32) -> Rgba<f32> {
        let mut acc = Rgba { c: rgb(0.0, 0.0, 0.0), a: 0.0 };
        let iterations = turn_count(self.uniforms[slot]);
        let mut i = 0.0;
        while i < iterations {
            let v = f(i);
            acc = Rgba { c: rgb(join(acc.c.r, v.c.r), join(acc.c.g, v.c.g), join(acc.c.b, v.c.b)), a: join(acc.a, v.a) };
            i += 1.0;
        }
        acc
    }
}

/// [`Reads`] in a trace: what identifies the stage's inputs in the shader.
#[derive(Clone, Copy)]
pub struct TraceReads<'a> {
    /// Number of each input's texture.
    pub textures: &'a [u32],
    /// Position in the inputs of the kernel's position (0, 0), in pixels.
    pub origin: [Symbol; 2],
    /// How they continue outside their edges.
    pub edge: Edge,
    /// Index of the first entry of the stage's table among the shader's tables, and the largest
    /// index within the table.
    pub table: [Symbol; 2],
    /// The stage's uniforms.
    pub uniforms: &'a [Symbol; MAX_UNIFORMS],
}

impl Reads<Symbol> for TraceReads<'_> {
    fn table(self, index: Symbol) -> Symbol {
        Symbol::table(index.clamp(0.0, self.table[1]).floor() + self.table[0])
    }

    fn sample(self, n: usize, x: Symbol, y: Symbol) -> Rgba<Symbol> {
        let Some(texture) = self.textures.get(n) else {
            let zero = Symbol::from(0.0);
            return Rgba { c: rgb(zero, zero, zero), a: zero };
        };
        let [dx, dy] = self.origin;
        let [r, g, b, a] = Symbol::sample(SampleSource { texture: *texture, edge: self.edge }, x + dx, y + dy);
        Rgba { c: rgb(r, g, b), a }
    }

    fn sum(self, slot: usize, f: impl Fn(Symbol) -> Rgba<Symbol>) -> Rgba<Symbol> {
        self.looped(slot, false, f)
    }

    fn max(self, slot: usize, f: impl Fn(Symbol) -> Rgba<Symbol>) -> Rgba<Symbol> {
        self.looped(slot, true, f)
    }
}

impl TraceReads<'_> {
    fn looped(self, slot: usize, max: bool, f: impl Fn(Symbol) -> Rgba<Symbol>) -> Rgba<Symbol> {
        let iterations = self.uniforms[slot].clamp(0.0, MAX_LOOP_ITERATIONS);
        let [r, g, b, a] = Symbol::looped(iterations, max, |i| {
            let v = f(i);
            [v.c.r, v.c.g, v.c.b, v.a]
        });
        Rgba { c: rgb(r, g, b), a }
    }
}

#[inline(never)]
fn run_read<I: Isa, T: ReadKernel>(uniforms: &[f32], inputs: Inputs<'_>, tile: &mut Tile, e: Extent) {
    let mut all = [0.0; MAX_UNIFORMS];
    all[..uniforms.len()].copy_from_slice(uniforms);
    // SAFETY: `dispatch!` selects an instruction set that `SimdLevel` found on this machine.
    unsafe {
        I::vectorize(
            #[inline(always)]
            || {
                let p = splat_all::<I>(&all);
                let reads = LaneReads { inputs, uniforms: &all };
                each_group!(I, e, |j, x, y| {
                    let px = T::eval(&p, load::<I>(tile, j), position::<I>(&e, x, y), reads);
                    store(px, tile, j);
                });
            },
        );
    }
}

impl<T: ReadKernel> ReadOp for Read<T> {
    fn run(&self, level: SimdLevel, uniforms: &[f32], inputs: Inputs<'_>, tile: &mut Tile, extent: Extent) {
        dispatch!(level, run_read::<T>(uniforms, inputs, tile, extent));
    }

    fn eval_host(&self, uniforms: &[f32], inputs: Inputs<'_>, px: Rgba<f32>, at: At<f32>) -> Rgba<f32> {
        let p = host_uniforms(uniforms);
        T::eval(&p, px, at, HostReads { inputs, uniforms: &p })
    }

    fn trace(&self, p: &[Symbol; MAX_UNIFORMS], px: Rgba<Symbol>, at: At<Symbol>, reads: TraceReads<'_>) -> Rgba<Symbol> {
        T::eval(p, px, at, reads)
    }

    fn kernel_id(&self) -> TypeId {
        TypeId::of::<T>()
    }

    fn name(&self) -> &'static str {
        short_name::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Shifted;

    impl ReadKernel for Shifted {
        #[inline(always)]
        fn eval<R: Real, S: Reads<R>>(p: &[R; MAX_UNIFORMS], _: Rgba<R>, at: At<R>, s: S) -> Rgba<R> {
            s.sample(0, at.x + p[0], at.y + p[1])
        }
    }

    /// Oracle: the definition of each edge mode, sample by sample, at whole offsets.
    #[test]
    fn edges_are_as_defined_at_every_level() {
        let (w, h) = (5usize, 3usize);
        let plane: Vec<f32> = (0..w * h).map(|i| i as f32 + 1.0).collect();
        let image = InputImage::new([&plane; 4], w, h).unwrap();
        let at = |edge: Edge, i: i64, n: i64| match edge {
            Edge::Transparent => (0..n).contains(&i).then_some(i),
            Edge::Clamp => Some(i.clamp(0, n - 1)),
            Edge::Mirror => Some(if i.rem_euclid(2 * n) < n { i.rem_euclid(2 * n) } else { 2 * n - 1 - i.rem_euclid(2 * n) }),
            Edge::Repeat => Some(i.rem_euclid(n)),
        };
        for edge in [Edge::Transparent, Edge::Clamp, Edge::Mirror, Edge::Repeat] {
            for level in SimdLevel::ALL.into_iter().filter(|l| l.available()) {
                for (dx, dy, origin) in
                    [(0i64, 0i64, [0.0; 2]), (2, 1, [0.0; 2]), (-7, 4, [0.0; 2]), (11, -5, [0.0; 2]), (2, 1, [3.0, -2.0])]
                {
                    let mut tile = Tile::boxed();
                    let extent = Extent { width: w, rows: 2, at: [0.5, 0.5, 1.0, 0.0, 0.0, 1.0] };
                    let inputs = Inputs { images: &[image], origin, edge, table: &[] };
                    let shift = [dx as f32 - origin[0], dy as f32 - origin[1]];
                    Read(Shifted).run(level, &shift, inputs, &mut tile, extent);
                    for y in 0..2i64 {
                        for x in 0..w as i64 {
                            let from = at(edge, x + dx, w as i64).zip(at(edge, y + dy, h as i64));
                            let want = from.map_or(0.0, |(x, y)| plane[y as usize * w + x as usize]);
                            let got = tile.planes[2][y as usize * TILE_PITCH + x as usize];
                            assert!((got - want).abs() < 1e-4, "{edge:?} {level:?} ({dx}, {dy}) at ({x}, {y}): {got}, not {want}");
                        }
                    }
                }
            }
        }
    }

    struct Steps;

    impl ReadKernel for Steps {
        #[inline(always)]
        fn eval<R: Real, S: Reads<R>>(_: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>, s: S) -> Rgba<R> {
            let total = s.sum(
                0,
                #[inline(always)]
                |i| {
                    let v = s.table(i);
                    Rgba { c: rgb(v, i, px.c.b), a: R::from(1.0) }
                },
            );
            let max = s.max(
                0,
                #[inline(always)]
                |i| Rgba { c: rgb(s.table(i), i, -i), a: i * 0.5 },
            );
            Rgba { c: rgb(total.c.r, total.c.g, max.c.r), a: total.a + max.a }
        }
    }

    #[test]
    fn loops_and_tables() {
        for level in SimdLevel::ALL.into_iter().filter(|l| l.available()) {
            let mut tile = Tile::boxed();
            let extent = Extent { width: 3, rows: 1, at: [0.5, 0.5, 1.0, 0.0, 0.0, 1.0] };
            let inputs = Inputs { images: &[], origin: [0.0; 2], edge: Edge::Clamp, table: &[4.0, 9.0, 2.0] };
            // Five iterations: the table's last entry counts three times.
            Read(Steps).run(level, &[5.0], inputs, &mut tile, extent);
            assert_eq!([0, 1, 2, 3].map(|k| tile.planes[k][1]), [19.0, 10.0, 9.0, 7.0], "{level:?}");
        }
    }
}
