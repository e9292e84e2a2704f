//! Four lanes as plain arrays. They work on every machine; tests compare the intrinsics with them.
use super::Isa;
use crate::real::Real;

/// Four lanes as plain arrays.
#[derive(Clone, Copy)]
pub struct Portable;

const N: usize = 4;

#[inline(always)]
fn map2(a: [f32; N], b: [f32; N], f: impl Fn(f32, f32) -> f32) -> [f32; N] {
    core::array::from_fn(
        #[inline(always)]
        |i| f(a[i], b[i]),
    )
}

impl Isa for Portable {
    const N: usize = N;
    type F = [f32; N];
    type M = [bool; N];

    #[inline(always)]
    unsafe fn vectorize<R>(f: impl FnOnce() -> R) -> R {
        f()
    }

    #[inline(always)]
    fn splat(x: f32) -> [f32; N] {
        [x; N]
    }

    #[inline(always)]
    fn add(a: [f32; N], b: [f32; N]) -> [f32; N] {
        map2(
            a,
            b,
            #[inline(always)]
            |a, b| a + b,
        )
    }

    #[inline(always)]
    fn sub(a: [f32; N], b: [f32; N]) -> [f32; N] {
        map2(
            a,
            b,
            #[inline(always)]
            |a, b| a - b,
        )
    }

    #[inline(always)]
    fn mul(a: [f32; N], b: [f32; N]) -> [f32; N] {
        map2(
            a,
            b,
            #[inline(always)]
            |a, b| a * b,
        )
    }

    #[inline(always)]
    fn div(a: [f32; N], b: [f32; N]) -> [f32; N] {
        map2(
            a,
            b,
            #[inline(always)]
            |a, b| a / b,
        )
    }

    #[inline(always)]
    fn min(a: [f32; N], b: [f32; N]) -> [f32; N] {
        map2(
            a,
            b,
            #[inline(always)]
            |a, b| if a < b { a } else { b },
        )
    }

    #[inline(always)]
    fn max(a: [f32; N], b: [f32; N]) -> [f32; N] {
        map2(
            a,
            b,
            #[inline(always)]
            |a, b| if a > b { a } else { b },
        )
    }

    #[inline(always)]
    fn abs(a: [f32; N]) -> [f32; N] {
        a.map(f32::abs)
    }

    #[inline(always)]
    fn floor(a: [f32; N]) -> [f32; N] {
        a.map(f32::floor)
    }

    #[inline(always)]
    fn sqrt(a: [f32; N]) -> [f32; N] {
        a.map(f32::sqrt)
    }

    #[inline(always)]
    fn lt(a: [f32; N], b: [f32; N]) -> [bool; N] {
        core::array::from_fn(
            #[inline(always)]
            |i| a[i] < b[i],
        )
    }

    #[inline(always)]
    fn le(a: [f32; N], b: [f32; N]) -> [bool; N] {
        core::array::from_fn(
            #[inline(always)]
            |i| a[i] <= b[i],
        )
    }

    #[inline(always)]
    fn mask_and(a: [bool; N], b: [bool; N]) -> [bool; N] {
        core::array::from_fn(
            #[inline(always)]
            |i| a[i] & b[i],
        )
    }

    #[inline(always)]
    fn mask_or(a: [bool; N], b: [bool; N]) -> [bool; N] {
        core::array::from_fn(
            #[inline(always)]
            |i| a[i] | b[i],
        )
    }

    #[inline(always)]
    fn mask_not(a: [bool; N]) -> [bool; N] {
        a.map(|x| !x)
    }

    #[inline(always)]
    fn select(m: [bool; N], a: [f32; N], b: [f32; N]) -> [f32; N] {
        core::array::from_fn(
            #[inline(always)]
            |i| if m[i] { a[i] } else { b[i] },
        )
    }

    #[inline(always)]
    fn pow2i(a: [f32; N]) -> [f32; N] {
        a.map(Real::pow2i)
    }

    #[inline(always)]
    fn split_exp(a: [f32; N]) -> ([f32; N], [f32; N]) {
        (a.map(|x| x.split_exp().0), a.map(|x| x.split_exp().1))
    }

    #[inline(always)]
    fn hash(x: [f32; N], y: [f32; N], z: [f32; N]) -> [f32; N] {
        core::array::from_fn(
            #[inline(always)]
            |i| Real::hash(x[i], y[i], z[i]),
        )
    }

    #[inline(always)]
    fn load(s: &[f32]) -> [f32; N] {
        [s[0], s[1], s[2], s[3]]
    }

    #[inline(always)]
    fn store(a: [f32; N], s: &mut [f32]) {
        s[..N].copy_from_slice(&a);
    }

    #[inline(always)]
    fn load_u8(s: &[u8]) -> [f32; N] {
        core::array::from_fn(|i| f32::from(s[i]))
    }

    #[inline(always)]
    fn load_u16(s: &[u8]) -> [f32; N] {
        core::array::from_fn(|i| f32::from(u16::from_le_bytes([s[2 * i], s[2 * i + 1]])))
    }

    #[inline(always)]
    fn load_f32(s: &[u8]) -> [f32; N] {
        core::array::from_fn(|i| f32::from_le_bytes([s[4 * i], s[4 * i + 1], s[4 * i + 2], s[4 * i + 3]]))
    }

    #[inline(always)]
    fn store_u8(a: [f32; N], s: &mut [u8]) {
        for (d, a) in s[..N].iter_mut().zip(a) {
            *d = a as u8;
        }
    }

    #[inline(always)]
    fn store_u16(a: [f32; N], s: &mut [u8]) {
        for (d, a) in s[..2 * N].chunks_exact_mut(2).zip(a) {
            d.copy_from_slice(&(a as u16).to_le_bytes());
        }
    }

    #[inline(always)]
    unsafe fn gather(p: &[f32], index: &[u32]) -> [f32; N] {
        core::array::from_fn(|i| p[index[i] as usize])
    }

    #[inline(always)]
    unsafe fn window(p: &[f32], _: u32, index: &[u32]) -> [f32; N] {
        core::array::from_fn(|i| p[index[i] as usize])
    }

    #[inline(always)]
    unsafe fn gather_at(p: &[f32], index: [f32; N]) -> [f32; N] {
        index.map(|i| p[i as usize])
    }

    #[inline(always)]
    unsafe fn gather_xy(p: &[f32], stride: u32, x: [f32; N], y: [f32; N]) -> [f32; N] {
        core::array::from_fn(|i| p[y[i] as usize * stride as usize + x[i] as usize])
    }
}
