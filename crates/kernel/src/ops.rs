//! The kinds of kernels and the objects that run them: each generic kernel is compiled once per
//! instruction set and can be traced.
use crate::{
    SimdLevel, dispatch,
    lanes::{Isa, MAX_LANES, V},
    real::{Real, Rgba, rgb},
    trace::Symbol,
};
use std::any::TypeId;

/// Maximum number of uniforms of a kernel.
pub const MAX_UNIFORMS: usize = 32;
/// Distance from one row of a tile to the next, in floats, which is also the maximum width of a
/// tile.
pub const TILE_PITCH: usize = 512;
/// Maximum number of rows of a tile.
pub const TILE_ROWS: usize = 2;

/// Position of a pixel's centre, in pixels of the raster on which the kernel works: the first pixel
/// is at (0.5, 0.5).
#[derive(Clone, Copy)]
pub struct At<R> {
    /// Increases to the right.
    pub x: R,
    /// Increases downwards.
    pub y: R,
}

/// A register: four planes of a small rectangle. Row `j` starts at `j · TILE_PITCH` and is padded
/// to a multiple of the lanes.
#[repr(align(64))]
pub struct Tile {
    /// R (or Y), G (or Cb), B (or Cr), A.
    pub planes: [[f32; TILE_PITCH * TILE_ROWS]; 4],
}

impl Tile {
    /// A tile of zeros on the heap.
    pub fn boxed() -> Box<Self> {
        Box::new(Self { planes: [[0.0; TILE_PITCH * TILE_ROWS]; 4] })
    }
}

/// The part of a tile that is in use, and its position in the kernel's raster.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Number of columns in use, `1..=TILE_PITCH`.
    pub width: usize,
    /// Number of rows in use, `1..=TILE_ROWS`.
    pub rows: usize,
    /// Position of the first pixel's centre in the kernel's raster, and its increments:
    /// `[x0, y0, dx/col, dy/col, dx/row, dy/row]`.
    pub at: [f32; 6],
}

/// A kernel that computes a pixel from its own colour only. Colours are straight (not multiplied by
/// alpha).
pub trait PointKernel: Send + Sync + 'static {
    /// Whether each colour component of the result is an affine function of the pixel's components,
    /// with coefficients that do not depend on the position, and alpha is unchanged. Adjacent
    /// kernels of this kind are merged into one.
    const AFFINE: bool = false;

    /// Returns the new colour; `p` holds the prepared uniforms in the order that the kernel
    /// documents.
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, at: At<R>) -> Rgba<R>;
}

/// A kernel that blends a straight source colour over a premultiplied backdrop.
pub trait BlendKernel: Send + Sync + 'static {
    /// Returns the new premultiplied backdrop. `backdrop` is premultiplied, `source` straight; `at`
    /// is a position on the canvas, `seed` a whole number that differs between clips, and for some
    /// modes between frames.
    fn eval<R: Real>(backdrop: Rgba<R>, source: Rgba<R>, at: At<R>, seed: R) -> Rgba<R>;
}

/// A kernel that mixes two premultiplied pictures: a transition.
pub trait MixKernel: Send + Sync + 'static {
    /// Returns the mixture; `p` holds the prepared uniforms. Both inputs and the result are
    /// premultiplied.
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], from: Rgba<R>, to: Rgba<R>, at: At<R>) -> Rgba<R>;
}

/// The object form of a [`PointKernel`].
pub trait PointOp: Send + Sync {
    /// Runs over a tile in place. Uniforms after the end of `uniforms` are 0.
    fn run(&self, level: SimdLevel, uniforms: &[f32], tile: &mut Tile, extent: Extent);

    /// Evaluates one pixel on the host; the result has the same bits as that of the lanes.
    fn eval_host(&self, uniforms: &[f32], px: Rgba<f32>, at: At<f32>) -> Rgba<f32>;

    /// Records the kernel in the running [`crate::trace::trace`].
    fn trace(&self, p: &[Symbol; MAX_UNIFORMS], px: Rgba<Symbol>, at: At<Symbol>) -> Rgba<Symbol>;

    /// See [`PointKernel::AFFINE`].
    fn is_affine(&self) -> bool;

    /// Distinguishes kernels: equal ids have equal traces.
    fn kernel_id(&self) -> TypeId;

    /// Name of the kernel type, for display.
    fn name(&self) -> &'static str;
}

/// The object form of a [`BlendKernel`].
pub trait BlendOp: Send + Sync {
    /// Blends `source` into `backdrop` in place; `opacity` multiplies the source's alpha.
    fn run(&self, level: SimdLevel, opacity: f32, seed: f32, backdrop: &mut Tile, source: &Tile, extent: Extent);

    /// Evaluates one pixel on the host; the result has the same bits as that of the lanes.
    fn eval_host(&self, backdrop: Rgba<f32>, source: Rgba<f32>, at: At<f32>, seed: f32) -> Rgba<f32>;

    /// Records the kernel in the running [`crate::trace::trace`].
    fn trace(&self, backdrop: Rgba<Symbol>, source: Rgba<Symbol>, at: At<Symbol>, seed: Symbol) -> Rgba<Symbol>;

    /// Distinguishes kernels: equal ids have equal traces.
    fn kernel_id(&self) -> TypeId;

    /// Name of the kernel type, for display.
    fn name(&self) -> &'static str;
}

/// The object form of a [`MixKernel`].
pub trait MixOp: Send + Sync {
    /// Replaces `from` by the mixture of both. Uniforms after the end of `uniforms` are 0.
    fn run(&self, level: SimdLevel, uniforms: &[f32], from: &mut Tile, to: &Tile, extent: Extent);

    /// Evaluates one pixel on the host; the result has the same bits as that of the lanes.
    fn eval_host(&self, uniforms: &[f32], from: Rgba<f32>, to: Rgba<f32>, at: At<f32>) -> Rgba<f32>;

    /// Records the kernel in the running [`crate::trace::trace`].
    fn trace(&self, p: &[Symbol; MAX_UNIFORMS], from: Rgba<Symbol>, to: Rgba<Symbol>, at: At<Symbol>) -> Rgba<Symbol>;

    /// Distinguishes kernels: equal ids have equal traces.
    fn kernel_id(&self) -> TypeId;

    /// Name of the kernel type, for display.
    fn name(&self) -> &'static str;
}

/// Turns a kernel into a [`PointOp`]: `&Point(Exposure)`.
pub struct Point<T>(pub T);

/// Turns a kernel into a [`BlendOp`].
pub struct Blend<T>(pub T);

/// Turns a kernel into a [`MixOp`].
pub struct Mix<T>(pub T);

/// The last segment of a type's path.
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

/// Loads the lane group at offset `j` in the planes of a tile.
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

/// Positions of the pixel centres of the lane group at column `x`, row `y`.
#[inline(always)]
pub(crate) fn position<I: Isa>(e: &Extent, x: usize, y: usize) -> At<V<I>> {
    let col = V::<I>::load(&IOTA) + x as f32;
    let (x0, y0) = (e.at[0] + e.at[4] * y as f32, e.at[1] + e.at[5] * y as f32);
    At { x: col.mad(e.at[2], x0), y: col.mad(e.at[3], y0) }
}

/// Executes `$body` for every lane group: `$j` is its offset in the planes, `$x` and `$y` are its
/// column and row.
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
    // SAFETY: `dispatch!` selects an instruction set that `SimdLevel` found on this machine.
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
