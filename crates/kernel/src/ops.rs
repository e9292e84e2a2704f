//! Kernel shapes and the objects that run them: a generic kernel becomes one entry per instruction
//! set and one trace.
use crate::{
    SimdLevel, dispatch,
    lanes::{Isa, MAX_LANES, V},
    real::{Real, Rgba, rgb},
    trace::Symbol,
};
use std::any::TypeId;

/// Most numbers a kernel may take from its uniforms.
pub const MAX_UNIFORMS: usize = 32;
/// Floats from one row of a tile to the next; a tile is at most this wide.
pub const TILE_PITCH: usize = 512;
/// Rows of a tile.
pub const TILE_ROWS: usize = 2;

/// Where a pixel lies: centre coordinates in pixels of the raster the kernel works on, so the first
/// is (0.5, 0.5).
#[derive(Clone, Copy)]
pub struct At<R> {
    /// Right.
    pub x: R,
    /// Down.
    pub y: R,
}

/// A register: four planes of a small rectangle, row `j` at `j · TILE_PITCH`, padded to whole
/// lanes.
#[repr(align(64))]
pub struct Tile {
    /// R (or Y), G (Cb), B (Cr), A.
    pub planes: [[f32; TILE_PITCH * TILE_ROWS]; 4],
}

impl Tile {
    /// All zero, on the heap.
    pub fn boxed() -> Box<Self> {
        Box::new(Self { planes: [[0.0; TILE_PITCH * TILE_ROWS]; 4] })
    }
}

/// The part of a tile in use and where it lies.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Columns in use, `1..=TILE_PITCH`.
    pub width: usize,
    /// Rows in use, `1..=TILE_ROWS`.
    pub rows: usize,
    /// Position of the first pixel's centre in the kernel's raster, and how it advances:
    /// `[x0, y0, dx/col, dy/col, dx/row, dy/row]`.
    pub at: [f32; 6],
}

/// Colour in, colour out. Colour is straight (not multiplied by alpha).
pub trait PointKernel: Send + Sync + 'static {
    /// Each component of the colour is a sum of constant multiples of the pixel's and a constant,
    /// whatever the position; alpha stays. Neighbouring kernels of this kind become one.
    const AFFINE: bool = false;

    /// `p` holds the prepared uniforms in the order that the kernel documents.
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, at: At<R>) -> Rgba<R>;
}

/// Straight source colour and its alpha over a backdrop: gives the new premultiplied backdrop.
pub trait BlendKernel: Send + Sync + 'static {
    /// `backdrop` is premultiplied, `source` straight. `at` is the pixel of the canvas, `seed` a
    /// whole number that tells clips, and for some modes frames, apart.
    fn eval<R: Real>(backdrop: Rgba<R>, source: Rgba<R>, at: At<R>, seed: R) -> Rgba<R>;
}

/// Two premultiplied pictures into one: transitions.
pub trait MixKernel: Send + Sync + 'static {
    /// `p` holds the prepared uniforms; both inputs and the result are premultiplied.
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], from: Rgba<R>, to: Rgba<R>, at: At<R>) -> Rgba<R>;
}

/// The object form of a [`PointKernel`].
pub trait PointOp: Send + Sync {
    /// Runs over a tile in place. `uniforms` beyond its length count as zero.
    fn run(&self, level: SimdLevel, uniforms: &[f32], tile: &mut Tile, extent: Extent);

    /// Evaluates one pixel on the host, with the same bits as the lanes.
    fn eval_host(&self, uniforms: &[f32], px: Rgba<f32>, at: At<f32>) -> Rgba<f32>;

    /// Records the kernel in the running [`crate::trace::trace`].
    fn trace(&self, p: &[Symbol; MAX_UNIFORMS], px: Rgba<Symbol>, at: At<Symbol>) -> Rgba<Symbol>;

    /// See [`PointKernel::AFFINE`].
    fn is_affine(&self) -> bool;

    /// Tells kernels apart: equal ids have equal traces.
    fn kernel_id(&self) -> TypeId;

    /// The kernel type's name, for people.
    fn name(&self) -> &'static str;
}

/// The object form of a [`BlendKernel`].
pub trait BlendOp: Send + Sync {
    /// Blends `source` into `backdrop`, its alpha multiplied by `opacity`.
    fn run(&self, level: SimdLevel, opacity: f32, seed: f32, backdrop: &mut Tile, source: &Tile, extent: Extent);

    /// One pixel on the host.
    fn eval_host(&self, backdrop: Rgba<f32>, source: Rgba<f32>, at: At<f32>, seed: f32) -> Rgba<f32>;

    /// Records the kernel in the running [`crate::trace::trace`].
    fn trace(&self, backdrop: Rgba<Symbol>, source: Rgba<Symbol>, at: At<Symbol>, seed: Symbol) -> Rgba<Symbol>;

    /// Tells kernels apart: equal ids have equal traces.
    fn kernel_id(&self) -> TypeId;

    /// The kernel type's name, for people.
    fn name(&self) -> &'static str;
}

/// The object form of a [`MixKernel`].
pub trait MixOp: Send + Sync {
    /// Replaces `from` by the mixture.
    fn run(&self, level: SimdLevel, uniforms: &[f32], from: &mut Tile, to: &Tile, extent: Extent);

    /// One pixel on the host.
    fn eval_host(&self, uniforms: &[f32], from: Rgba<f32>, to: Rgba<f32>, at: At<f32>) -> Rgba<f32>;

    /// Records the kernel in the running [`crate::trace::trace`].
    fn trace(&self, p: &[Symbol; MAX_UNIFORMS], from: Rgba<Symbol>, to: Rgba<Symbol>, at: At<Symbol>) -> Rgba<Symbol>;

    /// Tells kernels apart: equal ids have equal traces.
    fn kernel_id(&self) -> TypeId;

    /// The kernel type's name, for people.
    fn name(&self) -> &'static str;
}

/// Makes a [`PointOp`] of a kernel: `&Point(Exposure)`.
pub struct Point<T>(pub T);

/// Makes a [`BlendOp`] of a kernel.
pub struct Blend<T>(pub T);

/// Makes a [`MixOp`] of a kernel.
pub struct Mix<T>(pub T);

/// The last part of a type's path.
pub(crate) fn short_name<T>() -> &'static str {
    let path = std::any::type_name::<T>();
    path.rsplit("::").next().unwrap_or(path)
}

const IOTA: [f32; MAX_LANES] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0];

#[inline(always)]
pub(crate) fn splat_all<I: Isa>(uniforms: &[f32]) -> [V<I>; MAX_UNIFORMS] {
    let mut p = [V::<I>::from(0.0); MAX_UNIFORMS];
    for (d, s) in p.iter_mut().zip(uniforms) {
        *d = V::from(*s);
    }
    p
}

pub(crate) fn host_uniforms(uniforms: &[f32]) -> [f32; MAX_UNIFORMS] {
    let mut p = [0.0; MAX_UNIFORMS];
    p[..uniforms.len()].copy_from_slice(uniforms);
    p
}

/// Reads lane group `j` of a tile.
#[inline(always)]
pub(crate) fn load<I: Isa>(t: &Tile, j: usize) -> Rgba<V<I>> {
    let [r, g, b, a] = &t.planes;
    Rgba { c: rgb(V::load(&r[j..]), V::load(&g[j..]), V::load(&b[j..])), a: V::load(&a[j..]) }
}

#[inline(always)]
pub(crate) fn store<I: Isa>(px: Rgba<V<I>>, t: &mut Tile, j: usize) {
    let [r, g, b, a] = &mut t.planes;
    px.c.r.store(&mut r[j..]);
    px.c.g.store(&mut g[j..]);
    px.c.b.store(&mut b[j..]);
    px.a.store(&mut a[j..]);
}

/// Pixel centres of the lane group at column `x`, row `y`.
#[inline(always)]
pub(crate) fn position<I: Isa>(e: &Extent, x: usize, y: usize) -> At<V<I>> {
    let col = V::<I>::load(&IOTA) + x as f32;
    let (x0, y0) = (e.at[0] + e.at[4] * y as f32, e.at[1] + e.at[5] * y as f32);
    At { x: col.mad(e.at[2], x0), y: col.mad(e.at[3], y0) }
}

/// Calls `$body` for every lane group: `$j` its offset in the planes, `$x` and `$y` its column and
/// row.
macro_rules! each_group {
    ($i:ident, $e:ident, |$j:ident, $x:ident, $y:ident| $body:block) => {
        let mut $y = 0;
        while $y < $e.rows.min(TILE_ROWS) {
            let mut $x = 0;
            while $x < $e.width.min(TILE_PITCH) {
                let $j = $y * TILE_PITCH + $x;
                $body
                $x += $i::N;
            }
            $y += 1;
        }
    };
}

pub(crate) use each_group;

#[inline(never)]
fn run_point<I: Isa, T: PointKernel>(uniforms: &[f32], tile: &mut Tile, e: Extent) {
    // SAFETY: `dispatch!` picks an instruction set that `SimdLevel` found on this machine.
    unsafe {
        I::vectorize(
            #[inline(always)]
            || {
                let p = splat_all::<I>(uniforms);
                each_group!(I, e, |j, x, y| {
                    let px = T::eval(&p, load::<I>(tile, j), position::<I>(&e, x, y));
                    store(px, tile, j);
                });
            },
        );
    }
}

#[inline(never)]
fn run_blend<I: Isa, T: BlendKernel>(opacity: f32, seed: f32, backdrop: &mut Tile, source: &Tile, e: Extent) {
    // SAFETY: as in `run_point`.
    unsafe {
        I::vectorize(
            #[inline(always)]
            || {
                let (k, seed) = (V::<I>::from(opacity), V::<I>::from(seed));
                each_group!(I, e, |j, x, y| {
                    let mut s = load::<I>(source, j);
                    s.a = s.a * k;
                    let px = T::eval(load::<I>(backdrop, j), s, position::<I>(&e, x, y), seed);
                    store(px, backdrop, j);
                });
            },
        );
    }
}

#[inline(never)]
fn run_mix<I: Isa, T: MixKernel>(uniforms: &[f32], from: &mut Tile, to: &Tile, e: Extent) {
    // SAFETY: as in `run_point`.
    unsafe {
        I::vectorize(
            #[inline(always)]
            || {
                let p = splat_all::<I>(uniforms);
                each_group!(I, e, |j, x, y| {
                    let px = T::eval(&p, load::<I>(from, j), load::<I>(to, j), position::<I>(&e, x, y));
                    store(px, from, j);
                });
            },
        );
    }
}

impl<T: PointKernel> PointOp for Point<T> {
    fn run(&self, level: SimdLevel, uniforms: &[f32], tile: &mut Tile, extent: Extent) {
        dispatch!(level, run_point::<T>(uniforms, tile, extent));
    }

    fn eval_host(&self, uniforms: &[f32], px: Rgba<f32>, at: At<f32>) -> Rgba<f32> {
        T::eval(&host_uniforms(uniforms), px, at)
    }

    fn trace(&self, p: &[Symbol; MAX_UNIFORMS], px: Rgba<Symbol>, at: At<Symbol>) -> Rgba<Symbol> {
        T::eval(p, px, at)
    }

    fn is_affine(&self) -> bool {
        T::AFFINE
    }

    fn kernel_id(&self) -> TypeId {
        TypeId::of::<T>()
    }

    fn name(&self) -> &'static str {
        short_name::<T>()
    }
}

impl<T: BlendKernel> BlendOp for Blend<T> {
    fn run(&self, level: SimdLevel, opacity: f32, seed: f32, backdrop: &mut Tile, source: &Tile, extent: Extent) {
        dispatch!(level, run_blend::<T>(opacity, seed, backdrop, source, extent));
    }

    fn eval_host(&self, backdrop: Rgba<f32>, source: Rgba<f32>, at: At<f32>, seed: f32) -> Rgba<f32> {
        T::eval(backdrop, source, at, seed)
    }

    fn trace(&self, backdrop: Rgba<Symbol>, source: Rgba<Symbol>, at: At<Symbol>, seed: Symbol) -> Rgba<Symbol> {
        T::eval(backdrop, source, at, seed)
    }

    fn kernel_id(&self) -> TypeId {
        TypeId::of::<T>()
    }

    fn name(&self) -> &'static str {
        short_name::<T>()
    }
}

impl<T: MixKernel> MixOp for Mix<T> {
    fn run(&self, level: SimdLevel, uniforms: &[f32], from: &mut Tile, to: &Tile, extent: Extent) {
        dispatch!(level, run_mix::<T>(uniforms, from, to, extent));
    }

    fn eval_host(&self, uniforms: &[f32], from: Rgba<f32>, to: Rgba<f32>, at: At<f32>) -> Rgba<f32> {
        T::eval(&host_uniforms(uniforms), from, to, at)
    }

    fn trace(&self, p: &[Symbol; MAX_UNIFORMS], from: Rgba<Symbol>, to: Rgba<Symbol>, at: At<Symbol>) -> Rgba<Symbol> {
        T::eval(p, from, to, at)
    }

    fn kernel_id(&self) -> TypeId {
        TypeId::of::<T>()
    }

    fn name(&self) -> &'static str {
        short_name::<T>()
    }
}
