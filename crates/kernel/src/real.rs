//! The trait of numbers that kernels are generic over, and colours of such numbers.
use core::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

/// A literal as left-hand operand: `K(1.0) - x`.
#[derive(Clone, Copy, Debug)]
pub struct K(pub f32);

/// The result of a comparison, one boolean per lane.
pub trait Mask: Copy + BitAnd<Output = Self> + BitOr<Output = Self> + Not<Output = Self> {}

/// A number: one `f32` on the host, 4 to 16 in SIMD lanes, or a node of a traced expression.
///
/// Every operation is IEEE single precision, rounded once; `mad` rounds twice. Transcendental
/// functions are polynomials of this trait, so that all targets agree.
pub trait Real:
    Copy
    + From<f32>
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<f32, Output = Self>
    + Sub<f32, Output = Self>
    + Mul<f32, Output = Self>
    + Div<f32, Output = Self>
{
    /// Booleans of the same number of lanes.
    type M: Mask;

    /// `self * m + a`, rounded twice.
    #[inline(always)]
    fn mad(self, m: impl Into<Self>, a: impl Into<Self>) -> Self {
        self * m.into() + a.into()
    }

    /// `self < o ? self : o`: `o` if either is NaN.
    fn min(self, o: impl Into<Self>) -> Self;

    /// `self > o ? self : o`: `o` if either is NaN.
    fn max(self, o: impl Into<Self>) -> Self;

    /// Clears the sign bit.
    fn abs(self) -> Self;

    /// Largest integer that is not above self; defined for |x| < 2^31.
    fn floor(self) -> Self;

    /// Square root.
    fn sqrt(self) -> Self;

    /// `self < o`, false with NaN.
    fn lt(self, o: impl Into<Self>) -> Self::M;

    /// `self <= o`, false with NaN.
    fn le(self, o: impl Into<Self>) -> Self::M;

    /// `self > o`.
    #[inline(always)]
    fn gt(self, o: impl Into<Self>) -> Self::M {
        o.into().lt(self)
    }

    /// `self >= o`.
    #[inline(always)]
    fn ge(self, o: impl Into<Self>) -> Self::M {
        o.into().le(self)
    }

    /// `m ? a : b`, lane by lane.
    fn select(m: Self::M, a: impl Into<Self>, b: impl Into<Self>) -> Self;

    /// 2^self for whole numbers in −126..=127.
    fn pow2i(self) -> Self;

    /// For normal x > 0: `(e, m)` with `x = m · 2^e`, m in 0.5..1.
    fn split_exp(self) -> (Self, Self);

    /// A pseudo-random number in 0..1, the same on every machine for the same three whole numbers
    /// (each below 2^31): the upper 24 bits of the first result of pcg3d (Jarzynski and Olano,
    /// "Hash Functions for GPU Rendering", JCGT 9(3), 2020).
    fn hash(self, y: impl Into<Self>, z: impl Into<Self>) -> Self;

    /// 2^self, clamped to the range of normal numbers; relative error below 2e-7 (minimax on
    /// −0.5..0.5).
    #[inline(always)]
    fn exp2(self) -> Self {
        let x = self.max(-126.0).min(126.99);
        let n = (x + 0.5).floor();
        poly(x - n, &[1.0, 6.931_472e-1, 2.402_264_8e-1, 5.550_332_5e-2, 9.618_437e-3, 1.339_887_4e-3, 1.535_336_2e-4]) * n.pow2i()
    }

    /// log2 of self; values below the smallest normal number are replaced by it. Absolute error
    /// below 1e-6.
    #[inline(always)]
    fn log2(self) -> Self {
        let (e, m) = self.max(1.2e-38).split_exp();
        let small = m.lt(core::f32::consts::FRAC_1_SQRT_2);
        let m = Self::select(small, m + m, m);
        let e = Self::select(small, e - 1.0, e);
        let s = (m - 1.0) / (m + 1.0);
        let s2 = s * s;
        (poly(s2, &[2.885_39, 0.961_796_7, 0.577_078, 0.412_198_58]) * s) + e
    }

    /// self^y for self ≥ 0; the result for 0 is close to 0, not exact.
    #[inline(always)]
    fn pow(self, y: impl Into<Self>) -> Self {
        (self.log2() * y.into()).exp2()
    }

    /// Sine of an angle in radians; absolute error below 1e-6 for |x| below a few thousand.
    #[inline(always)]
    fn sin(self) -> Self {
        sin_turns(self * 0.159_154_94)
    }

    /// Cosine of an angle in radians.
    #[inline(always)]
    fn cos(self) -> Self {
        sin_turns(self.mad(0.159_154_94, 0.25))
    }

    /// Fractional part: `self − floor(self)`.
    #[inline(always)]
    fn fract(self) -> Self {
        self - self.floor()
    }

    /// Clamps to `a..=b`; NaN becomes `a`.
    #[inline(always)]
    fn clamp(self, a: impl Into<Self>, b: impl Into<Self>) -> Self {
        self.max(a).min(b)
    }

    /// Clamps to 0..=1; NaN becomes 0.
    #[inline(always)]
    fn saturate(self) -> Self {
        self.max(0.0).min(1.0)
    }

    /// Linear interpolation: `self + (o − self)·t`.
    #[inline(always)]
    fn mix(self, o: Self, t: Self) -> Self {
        (o - self).mad(t, self)
    }
}

/// Angle of (x, y) in radians, −π..=π; 0 at the origin. Absolute error below 2e-6.
#[inline(always)]
pub fn atan2<R: Real>(y: R, x: R) -> R {
    let (ax, ay) = (x.abs(), y.abs());
    let t = ax.min(ay) / ax.max(ay).max(1e-30);
    // Abramowitz and Stegun, Handbook of Mathematical Functions, 4.4.49.
    let a = poly(
        t * t,
        &[
            1.0,
            -0.333_331_45,
            0.199_935_51,
            -0.142_089,
            0.106_562_64,
            -0.075_289_64,
            0.042_909_614,
            -0.016_165_737,
            0.002_866_225_7,
        ],
    ) * t;
    let a = R::select(ay.gt(ax), K(core::f32::consts::FRAC_PI_2) - a, a);
    let a = R::select(x.lt(0.0), K(core::f32::consts::PI) - a, a);
    R::select(y.lt(0.0), -a, a)
}

#[inline(always)]
fn sin_turns<R: Real>(t: R) -> R {
    let t = t - (t + 0.5).floor();
    let t = R::select(t.abs().gt(0.25), R::select(t.lt(0.0), -0.5, 0.5) - t, t);
    let x = t * core::f32::consts::TAU;
    let x2 = x * x;
    poly(x2, &[1.0, -1.666_666_6e-1, 8.333_331e-3, -1.984_09e-4, 2.752_6e-6, -2.39e-8]) * x
}

/// Polynomial by Horner's rule; coefficients in ascending powers.
#[inline(always)]
pub fn poly<R: Real, const N: usize>(x: R, c: &[f32; N]) -> R {
    let mut a = R::from(c[N - 1]);
    let mut i = N - 1;
    while i > 0 {
        i -= 1;
        a = a.mad(x, c[i]);
    }
    a
}

/// 0 below `a`, 1 above `b`, 3t² − 2t³ between them, where t runs from 0 to 1.
#[inline(always)]
pub fn smoothstep<R: Real>(a: R, b: R, x: R) -> R {
    let t = ((x - a) / (b - a)).saturate();
    t * t * (K(3.0) - t * 2.0)
}

macro_rules! literal_ops { ($($tr:ident $f:ident),*) => { $(
    impl<R: Real> $tr<R> for K {
        type Output = R;
        #[inline(always)]
        fn $f(self, o: R) -> R { $tr::$f(R::from(self.0), o) }
    }
)* } }
literal_ops!(Add add, Sub sub, Mul mul, Div div);

/// Three components: a colour without alpha.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rgb<R> {
    /// Red, or luma.
    pub r: R,
    /// Green, or Cb.
    pub g: R,
    /// Blue, or Cr.
    pub b: R,
}

/// Colour and alpha. Each kernel states whether the colour is straight or premultiplied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rgba<R> {
    /// Colour.
    pub c: Rgb<R>,
    /// Alpha, 0..=1.
    pub a: R,
}

/// A colour from its components.
#[inline(always)]
pub fn rgb<R>(r: R, g: R, b: R) -> Rgb<R> {
    Rgb { r, g, b }
}

impl<R: Real> Rgb<R> {
    /// Applies `f` to each component. Mark the closure `#[inline(always)]`.
    #[inline(always)]
    pub fn map(self, f: impl Fn(R) -> R) -> Self {
        rgb(f(self.r), f(self.g), f(self.b))
    }

    /// Combines two colours component by component. Mark the closure `#[inline(always)]`.
    #[inline(always)]
    pub fn zip(self, o: Self, f: impl Fn(R, R) -> R) -> Self {
        rgb(f(self.r, o.r), f(self.g, o.g), f(self.b, o.b))
    }

    /// Sum of the components weighted by `k`.
    #[inline(always)]
    pub fn dot(self, k: [R; 3]) -> R {
        self.r * k[0] + (self.g * k[1] + self.b * k[2])
    }

    /// Weighted sum with the BT.709 luma coefficients: luma of encoded, luminance of linear
    /// colours.
    #[inline(always)]
    pub fn luma(self) -> R {
        self.r.mad(0.2126, self.g.mad(0.7152, self.b * 0.0722))
    }

    /// Each component times `k`.
    #[inline(always)]
    pub fn scale(self, k: R) -> Self {
        rgb(self.r * k, self.g * k, self.b * k)
    }

    /// Each component plus `k`.
    #[inline(always)]
    pub fn offset(self, k: R) -> Self {
        rgb(self.r + k, self.g + k, self.b + k)
    }

    /// Largest component.
    #[inline(always)]
    pub fn max_component(self) -> R {
        self.r.max(self.g).max(self.b)
    }

    /// Smallest component.
    #[inline(always)]
    pub fn min_component(self) -> R {
        self.r.min(self.g).min(self.b)
    }
}

/// Boolean for `f32` on the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostMask(pub bool);

impl Mask for HostMask {}

impl BitAnd for HostMask {
    type Output = Self;

    fn bitand(self, o: Self) -> Self {
        Self(self.0 & o.0)
    }
}

impl BitOr for HostMask {
    type Output = Self;

    fn bitor(self, o: Self) -> Self {
        Self(self.0 | o.0)
    }
}

impl Not for HostMask {
    type Output = Self;

    fn not(self) -> Self {
        Self(!self.0)
    }
}

/// The host evaluates kernels and uniforms with the same rounding as the lanes.
impl Real for f32 {
    type M = HostMask;

    #[inline(always)]
    fn min(self, o: impl Into<f32>) -> f32 {
        let o = o.into();
        if self < o { self } else { o }
    }

    #[inline(always)]
    fn max(self, o: impl Into<f32>) -> f32 {
        let o = o.into();
        if self > o { self } else { o }
    }

    #[inline(always)]
    fn abs(self) -> f32 {
        f32::abs(self)
    }

    #[inline(always)]
    fn floor(self) -> f32 {
        f32::floor(self)
    }

    #[inline(always)]
    fn sqrt(self) -> f32 {
        f32::sqrt(self)
    }

    #[inline(always)]
    fn lt(self, o: impl Into<f32>) -> HostMask {
        HostMask(self < o.into())
    }

    #[inline(always)]
    fn le(self, o: impl Into<f32>) -> HostMask {
        HostMask(self <= o.into())
    }

    #[inline(always)]
    fn select(m: HostMask, a: impl Into<f32>, b: impl Into<f32>) -> f32 {
        if m.0 { a.into() } else { b.into() }
    }

    #[inline(always)]
    fn pow2i(self) -> f32 {
        // Adding 2^23 + 127 leaves the biased exponent in the low bits.
        f32::from_bits((self + 8_388_735.0).to_bits() << 23)
    }

    #[inline(always)]
    fn split_exp(self) -> (f32, f32) {
        let b = self.to_bits();
        ((b >> 23) as i32 as f32 - 126.0, f32::from_bits(b & 0x7f_ffff | 0x3f00_0000))
    }

    #[inline(always)]
    fn hash(self, y: impl Into<f32>, z: impl Into<f32>) -> f32 {
        let start = |v: f32| (v as i32 as u32).wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (mut a, mut b, mut c) = (start(self), start(y.into()), start(z.into()));
        a = a.wrapping_add(b.wrapping_mul(c));
        b = b.wrapping_add(c.wrapping_mul(a));
        c = c.wrapping_add(a.wrapping_mul(b));
        a = a ^ (a >> 16);
        b = b ^ (b >> 16);
        c = c ^ (c >> 16);
        a = a.wrapping_add(b.wrapping_mul(c));
        (a >> 8) as f32 * (1.0 / 16_777_216.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle: the functions of the standard library in double precision.
    #[test]
    fn polynomials_are_accurate() {
        for i in 0..20_000 {
            let x = (i as f32 - 10_000.0) * 0.0037;
            let rel = (f64::from(Real::exp2(x)) / f64::from(x).exp2() - 1.0).abs();
            assert!(rel < 1e-6, "exp2({x}) off by {rel}");
            let y = (i as f32 + 1.0) * 0.01;
            assert!((f64::from(Real::log2(y)) - f64::from(y).log2()).abs() < 2e-6, "log2({y})");
            assert!((f64::from(Real::sin(x)) - f64::from(x).sin()).abs() < 5e-6, "sin({x})");
            assert!((f64::from(Real::cos(x)) - f64::from(x).cos()).abs() < 5e-6, "cos({x})");
            let (u, v) = (f64::from(x).cos() * 3.0, f64::from(x).sin() * 3.0);
            assert!((f64::from(atan2(v as f32, u as f32)) - v.atan2(u)).abs() < 5e-6, "atan2({v}, {u})");
        }
    }
}
