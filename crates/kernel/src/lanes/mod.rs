//! SIMD lanes: [`V`] implements [`Real`] on an instruction set [`Isa`]; [`dispatch!`] selects one
//! at run time.
use crate::real::{Mask, Real};
use core::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

pub mod portable;
#[cfg(target_arch = "x86_64")]
pub mod x86;

/// Maximum number of lanes of any instruction set; buffers are padded to a multiple of it.
pub const MAX_LANES: usize = 16;

/// The primitives of one instruction set. All are exact in the sense of IEEE 754, so every
/// implementation returns the same bits.
pub trait Isa: Copy + Send + Sync + 'static {
    /// Number of lanes.
    const N: usize;
    /// Vector of `N` floats.
    type F: Copy;
    /// Vector of `N` booleans.
    type M: Copy;

    /// Runs `f`, which must be `#[inline(always)]`, with the instruction set enabled.
    ///
    /// # Safety
    /// The machine must support the instruction set ([`SimdLevel::available`]).
    unsafe fn vectorize<R>(f: impl FnOnce() -> R) -> R;

    /// The same value in every lane.
    fn splat(x: f32) -> Self::F;

    /// a + b.
    fn add(a: Self::F, b: Self::F) -> Self::F;

    /// a − b.
    fn sub(a: Self::F, b: Self::F) -> Self::F;

    /// a · b.
    fn mul(a: Self::F, b: Self::F) -> Self::F;

    /// a / b.
    fn div(a: Self::F, b: Self::F) -> Self::F;

    /// a < b ? a : b.
    fn min(a: Self::F, b: Self::F) -> Self::F;

    /// a > b ? a : b.
    fn max(a: Self::F, b: Self::F) -> Self::F;

    /// Clears the sign bits.
    fn abs(a: Self::F) -> Self::F;

    /// Rounds down.
    fn floor(a: Self::F) -> Self::F;

    /// Square root of each lane.
    fn sqrt(a: Self::F) -> Self::F;

    /// a < b.
    fn lt(a: Self::F, b: Self::F) -> Self::M;

    /// a <= b.
    fn le(a: Self::F, b: Self::F) -> Self::M;

    /// a and b.
    fn mask_and(a: Self::M, b: Self::M) -> Self::M;

    /// a or b.
    fn mask_or(a: Self::M, b: Self::M) -> Self::M;

    /// Not a.
    fn mask_not(a: Self::M) -> Self::M;

    /// m ? a : b.
    fn select(m: Self::M, a: Self::F, b: Self::F) -> Self::F;

    /// See [`Real::pow2i`].
    fn pow2i(a: Self::F) -> Self::F;

    /// See [`Real::split_exp`].
    fn split_exp(a: Self::F) -> (Self::F, Self::F);

    /// See [`Real::hash`].
    fn hash(x: Self::F, y: Self::F, z: Self::F) -> Self::F;

    /// Loads `N` floats; `s` must hold at least `N`.
    fn load(s: &[f32]) -> Self::F;

    /// Stores `N` floats; `s` must hold at least `N`.
    fn store(a: Self::F, s: &mut [f32]);

    /// Converts `N` bytes to floats; `s` must hold at least `N`.
    fn load_u8(s: &[u8]) -> Self::F;

    /// Converts `N` little-endian 16-bit integers to floats; `s` must hold at least `2·N` bytes.
    fn load_u16(s: &[u8]) -> Self::F;

    /// Loads `N` little-endian floats; `s` must hold at least `4·N` bytes.
    fn load_f32(s: &[u8]) -> Self::F;

    /// Truncates floats in 0..256 to `N` bytes.
    fn store_u8(a: Self::F, s: &mut [u8]);

    /// Truncates floats in 0..65536 to `N` little-endian 16-bit integers.
    fn store_u16(a: Self::F, s: &mut [u8]);

    /// `p[index[lane]]`.
    ///
    /// # Safety
    /// Every index must be below `p.len()`; `index` must hold `N` values.
    unsafe fn gather(p: &[f32], index: &[u32]) -> Self::F;

    /// `p[index[lane]]` for indices in `base..base + 2·N`: two loads and a permutation on machines
    /// that have one, several times faster than [`Self::gather`].
    ///
    /// # Safety
    /// `p` must hold `base + 2·N` values; `index` must hold `N` values, each in `base..base + 2·N`.
    unsafe fn window(p: &[f32], base: u32, index: &[u32]) -> Self::F;

    /// `p[index[lane]]` with the indices as integral floats below 2^24.
    ///
    /// # Safety
    /// Every index must be in `0..p.len()`.
    unsafe fn gather_at(p: &[f32], index: Self::F) -> Self::F;

    /// `p[y · stride + x]` with x and y as integral floats.
    ///
    /// # Safety
    /// Every such index must be below `p.len()`, and neither x nor y may be negative.
    unsafe fn gather_xy(p: &[f32], stride: u32, x: Self::F, y: Self::F) -> Self::F;
}

/// `N` lanes as a [`Real`].
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct V<I: Isa>(pub I::F);

/// `N` booleans as a [`Mask`].
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct VMask<I: Isa>(pub I::M);

impl<I: Isa> Mask for VMask<I> {}

impl<I: Isa> BitAnd for VMask<I> {
    type Output = Self;

    #[inline(always)]
    fn bitand(self, o: Self) -> Self {
        Self(I::mask_and(self.0, o.0))
    }
}

impl<I: Isa> BitOr for VMask<I> {
    type Output = Self;

    #[inline(always)]
    fn bitor(self, o: Self) -> Self {
        Self(I::mask_or(self.0, o.0))
    }
}

impl<I: Isa> Not for VMask<I> {
    type Output = Self;

    #[inline(always)]
    fn not(self) -> Self {
        Self(I::mask_not(self.0))
    }
}

impl<I: Isa> From<f32> for V<I> {
    #[inline(always)]
    fn from(x: f32) -> Self {
        Self(I::splat(x))
    }
}

impl<I: Isa> Neg for V<I> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self(I::sub(I::splat(-0.0), self.0))
    }
}

macro_rules! lane_ops { ($($t:ident $f:ident),*) => { $(
    impl<I: Isa> $t for V<I> {
        type Output = Self;
        #[inline(always)]
        fn $f(self, o: Self) -> Self { Self(I::$f(self.0, o.0)) }
    }
    impl<I: Isa> $t<f32> for V<I> {
        type Output = Self;
        #[inline(always)]
        fn $f(self, o: f32) -> Self { Self(I::$f(self.0, I::splat(o))) }
    }
)* } }
lane_ops!(Add add, Sub sub, Mul mul, Div div);

impl<I: Isa> Real for V<I> {
    type M = VMask<I>;

    #[inline(always)]
    fn min(self, o: impl Into<Self>) -> Self {
        Self(I::min(self.0, o.into().0))
    }

    #[inline(always)]
    fn max(self, o: impl Into<Self>) -> Self {
        Self(I::max(self.0, o.into().0))
    }

    #[inline(always)]
    fn abs(self) -> Self {
        Self(I::abs(self.0))
    }

    #[inline(always)]
    fn floor(self) -> Self {
        Self(I::floor(self.0))
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        Self(I::sqrt(self.0))
    }

    #[inline(always)]
    fn lt(self, o: impl Into<Self>) -> VMask<I> {
        VMask(I::lt(self.0, o.into().0))
    }

    #[inline(always)]
    fn le(self, o: impl Into<Self>) -> VMask<I> {
        VMask(I::le(self.0, o.into().0))
    }

    #[inline(always)]
    fn select(m: VMask<I>, a: impl Into<Self>, b: impl Into<Self>) -> Self {
        Self(I::select(m.0, a.into().0, b.into().0))
    }

    #[inline(always)]
    fn pow2i(self) -> Self {
        Self(I::pow2i(self.0))
    }

    #[inline(always)]
    fn split_exp(self) -> (Self, Self) {
        let (e, m) = I::split_exp(self.0);
        (Self(e), Self(m))
    }

    #[inline(always)]
    fn hash(self, y: impl Into<Self>, z: impl Into<Self>) -> Self {
        Self(I::hash(self.0, y.into().0, z.into().0))
    }
}

impl<I: Isa> V<I> {
    /// Loads `N` floats; `s` must hold at least `N`.
    #[inline(always)]
    pub fn load(s: &[f32]) -> Self {
        Self(I::load(s))
    }

    /// Stores `N` floats; `s` must hold at least `N`.
    #[inline(always)]
    pub fn store(self, s: &mut [f32]) {
        I::store(self.0, s);
    }
}

/// An instruction set that kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SimdLevel {
    /// Plain arrays that the compiler vectorises; available on every machine.
    Portable,
    /// 4 lanes.
    Sse4,
    /// 8 lanes.
    Avx2,
    /// 16 lanes.
    Avx512,
}

impl SimdLevel {
    /// Every level, narrowest first.
    pub const ALL: [Self; 4] = [Self::Portable, Self::Sse4, Self::Avx2, Self::Avx512];

    /// Stable name, as accepted by [`Self::named`].
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Sse4 => "sse4",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// Whether this machine supports it.
    pub fn available(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        return match self {
            Self::Portable => true,
            Self::Sse4 => is_x86_feature_detected!("sse4.2"),
            Self::Avx2 => is_x86_feature_detected!("avx2"),
            Self::Avx512 => ["avx512f", "avx512dq", "avx512bw", "avx512vl"].iter().all(|f| match *f {
                "avx512f" => is_x86_feature_detected!("avx512f"),
                "avx512dq" => is_x86_feature_detected!("avx512dq"),
                "avx512bw" => is_x86_feature_detected!("avx512bw"),
                _ => is_x86_feature_detected!("avx512vl"),
            }),
        };
        #[cfg(not(target_arch = "x86_64"))]
        return self == Self::Portable;
    }

    /// The widest level that this machine supports.
    pub fn best() -> Self {
        Self::ALL.into_iter().rev().find(|l| l.available()).unwrap_or(Self::Portable)
    }

    /// The level with this name.
    ///
    /// # Errors
    /// A message when no level has this name, or this machine does not support it.
    pub fn named(name: &str) -> Result<Self, String> {
        let Some(level) = Self::ALL.into_iter().find(|l| l.name() == name) else {
            return Err(format!("\"{name}\" is none of {}", Self::ALL.map(Self::name).join(", ")));
        };
        if level.available() { Ok(level) } else { Err(format!("this processor lacks {name}")) }
    }
}

/// Calls `f::<Isa>(args)` for a run-time [`SimdLevel`]: `dispatch!(level, f(args))`. The
/// instruction set is the first generic parameter of `f`; others are given as `f::<T>(args)`.
#[macro_export]
macro_rules! dispatch {
    ($level:expr, $f:ident $(:: <$($g:ty),*>)? ($($a:expr),* $(,)?)) => {
        match $level {
            #[cfg(target_arch = "x86_64")]
            $crate::SimdLevel::Sse4 => $f::<$crate::lanes::x86::Sse4 $($(, $g)*)?>($($a),*),
            #[cfg(target_arch = "x86_64")]
            $crate::SimdLevel::Avx2 => $f::<$crate::lanes::x86::Avx2 $($(, $g)*)?>($($a),*),
            #[cfg(target_arch = "x86_64")]
            $crate::SimdLevel::Avx512 => $f::<$crate::lanes::x86::Avx512 $($(, $g)*)?>($($a),*),
            #[allow(unreachable_patterns, reason = "other levels exist on x86 only")]
            _ => $f::<$crate::lanes::portable::Portable $($(, $g)*)?>($($a),*),
        }
    };
}
