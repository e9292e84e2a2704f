//! SSE4.2, AVX2 and AVX-512 lanes over `core::arch`. Nothing uses FMA, so results are bit-identical
//! across all three.
//!
//! Every function here is `#[inline(always)]` and is only reached from inside [`Isa::vectorize`] of
//! the same type, into whose `target_feature` context it is inlined. Every `SAFETY` comment below
//! relies on that.
use super::Isa;
use core::arch::x86_64::*;

/// 4 lanes.
#[derive(Clone, Copy)]
pub struct Sse4;

/// 8 lanes.
#[derive(Clone, Copy)]
pub struct Avx2;

/// 16 lanes.
#[derive(Clone, Copy)]
pub struct Avx512;

/// Defines lane primitives from intrinsics that access no memory.
macro_rules! lane {
    ($(fn $name:ident($($a:ident: $t:ty),*) -> $r:ty = $e:expr;)*) => { $(
        #[inline(always)]
        fn $name($($a: $t),*) -> $r {
            // SAFETY: inlined into `vectorize`'s target-feature context (module documentation); no
            // memory is accessed.
            unsafe { $e }
        }
    )* };
}

/// Defines lane primitives that read or write a slice, after asserting its length.
macro_rules! mem {
    ($(fn $name:ident($($a:ident: $t:ty),*) $(-> $r:ty)? where $len:expr, $need:expr => $e:expr;)*) => { $(
        #[inline(always)]
        fn $name($($a: $t),*) $(-> $r)? {
            assert!($len >= $need);
            // SAFETY: inlined into `vectorize`'s target-feature context; the assertion keeps the
            // access inside the slice.
            unsafe { $e }
        }
    )* };
}

/// pcg3d on all lanes; the comment on `Real::hash` gives the source.
macro_rules! pcg3d {
    ($x:ident $y:ident $z:ident: $int:ident $set:ident $mul:ident $add:ident $xor:ident $shift:ident $float:ident $scale:ident $setf:ident) => {{
        let (m, c) = ($set(1_664_525), $set(1_013_904_223));
        let a = $add($mul($int($x), m), c);
        let b = $add($mul($int($y), m), c);
        let d = $add($mul($int($z), m), c);
        let a = $add(a, $mul(b, d));
        let b = $add(b, $mul(d, a));
        let d = $add(d, $mul(a, b));
        let (a, b, d) = ($xor(a, $shift::<16>(a)), $xor(b, $shift::<16>(b)), $xor(d, $shift::<16>(d)));
        let a = $add(a, $mul(b, d));
        $scale($float($shift::<8>(a)), $setf(1.0 / 16_777_216.0))
    }};
}

impl Isa for Sse4 {
    const N: usize = 4;
    type F = __m128;
    type M = __m128;

    #[inline(always)]
    unsafe fn vectorize<R>(f: impl FnOnce() -> R) -> R {
        #[target_feature(enable = "sse4.2,popcnt")]
        fn enabled<R>(f: impl FnOnce() -> R) -> R {
            f()
        }
        // SAFETY: the caller guarantees the instruction set.
        unsafe { enabled(f) }
    }
    lane! {
        fn splat(x: f32) -> __m128 = _mm_set1_ps(x);
        fn add(a: __m128, b: __m128) -> __m128 = _mm_add_ps(a, b);
        fn sub(a: __m128, b: __m128) -> __m128 = _mm_sub_ps(a, b);
        fn mul(a: __m128, b: __m128) -> __m128 = _mm_mul_ps(a, b);
        fn div(a: __m128, b: __m128) -> __m128 = _mm_div_ps(a, b);
        fn min(a: __m128, b: __m128) -> __m128 = _mm_min_ps(a, b);
        fn max(a: __m128, b: __m128) -> __m128 = _mm_max_ps(a, b);
        fn sqrt(a: __m128) -> __m128 = _mm_sqrt_ps(a);
        fn abs(a: __m128) -> __m128 = _mm_andnot_ps(_mm_set1_ps(-0.0), a);
        fn floor(a: __m128) -> __m128 = _mm_floor_ps(a);
        fn lt(a: __m128, b: __m128) -> __m128 = _mm_cmplt_ps(a, b);
        fn le(a: __m128, b: __m128) -> __m128 = _mm_cmple_ps(a, b);
        fn mask_and(a: __m128, b: __m128) -> __m128 = _mm_and_ps(a, b);
        fn mask_or(a: __m128, b: __m128) -> __m128 = _mm_or_ps(a, b);
        fn mask_not(a: __m128) -> __m128 = _mm_xor_ps(a, _mm_castsi128_ps(_mm_set1_epi32(-1)));
        fn select(m: __m128, a: __m128, b: __m128) -> __m128 = _mm_blendv_ps(b, a, m);
        fn hash(x: __m128, y: __m128, z: __m128) -> __m128 = pcg3d!(x y z: _mm_cvttps_epi32 _mm_set1_epi32 _mm_mullo_epi32 _mm_add_epi32 _mm_xor_si128 _mm_srli_epi32 _mm_cvtepi32_ps _mm_mul_ps _mm_set1_ps);
        fn pow2i(a: __m128) -> __m128 = _mm_castsi128_ps(_mm_slli_epi32::<23>(_mm_castps_si128(_mm_add_ps(a, _mm_set1_ps(8_388_735.0)))));
        fn split_exp(a: __m128) -> (__m128, __m128) = { let i = _mm_castps_si128(a); (_mm_sub_ps(_mm_cvtepi32_ps(_mm_srli_epi32::<23>(i)), _mm_set1_ps(126.0)), _mm_castsi128_ps(_mm_or_si128(_mm_and_si128(i, _mm_set1_epi32(0x7f_ffff)), _mm_set1_epi32(0x3f00_0000)))) };
    }
    mem! {
        fn load(s: &[f32]) -> __m128 where s.len(), 4 => _mm_loadu_ps(s.as_ptr());
        fn store(a: __m128, s: &mut [f32]) where s.len(), 4 => _mm_storeu_ps(s.as_mut_ptr(), a);
        fn load_u8(s: &[u8]) -> __m128 where s.len(), 4 => _mm_cvtepi32_ps(_mm_cvtepu8_epi32(_mm_loadu_si32(s.as_ptr())));
        fn load_u16(s: &[u8]) -> __m128 where s.len(), 8 => _mm_cvtepi32_ps(_mm_cvtepu16_epi32(_mm_loadl_epi64(s.as_ptr().cast())));
        fn load_f32(s: &[u8]) -> __m128 where s.len(), 16 => _mm_loadu_ps(s.as_ptr().cast());
        fn store_u8(a: __m128, s: &mut [u8]) where s.len(), 4 => { let i = _mm_cvttps_epi32(a); let w = _mm_packus_epi32(i, i); _mm_storeu_si32(s.as_mut_ptr(), _mm_packus_epi16(w, w)) };
        fn store_u16(a: __m128, s: &mut [u8]) where s.len(), 8 => { let i = _mm_cvttps_epi32(a); _mm_storel_epi64(s.as_mut_ptr().cast(), _mm_packus_epi32(i, i)) };
    }

    #[inline(always)]
    unsafe fn gather(p: &[f32], index: &[u32]) -> __m128 {
        debug_assert!(index[..Self::N].iter().all(|&i| (i as usize) < p.len()));
        // SAFETY: the caller guarantees `N` indices, all inside `p`; target features as in the
        // module documentation.
        unsafe {
            _mm_setr_ps(
                *p.get_unchecked(index[0] as usize),
                *p.get_unchecked(index[1] as usize),
                *p.get_unchecked(index[2] as usize),
                *p.get_unchecked(index[3] as usize),
            )
        }
    }

    #[inline(always)]
    unsafe fn window(p: &[f32], _: u32, index: &[u32]) -> __m128 {
        // SAFETY: the caller's guarantees include those of `gather`.
        unsafe { Self::gather(p, index) }
    }

    #[inline(always)]
    unsafe fn gather_at(p: &[f32], index: __m128) -> __m128 {
        // SAFETY: the caller guarantees indices inside `p`; target features as in the module
        // documentation.
        unsafe {
            {
                let mut k = [0i32; 4];
                _mm_storeu_si128(k.as_mut_ptr().cast(), _mm_cvttps_epi32(index));
                _mm_setr_ps(
                    *p.get_unchecked(k[0] as usize),
                    *p.get_unchecked(k[1] as usize),
                    *p.get_unchecked(k[2] as usize),
                    *p.get_unchecked(k[3] as usize),
                )
            }
        }
    }

    #[inline(always)]
    unsafe fn gather_xy(p: &[f32], stride: u32, x: __m128, y: __m128) -> __m128 {
        // SAFETY: the caller guarantees positions inside `p`; target features as in the module
        // documentation.
        unsafe {
            let mut k = [0i32; 4];
            let at = _mm_add_epi32(_mm_mullo_epi32(_mm_cvttps_epi32(y), _mm_set1_epi32(stride as i32)), _mm_cvttps_epi32(x));
            _mm_storeu_si128(k.as_mut_ptr().cast(), at);
            _mm_setr_ps(
                *p.get_unchecked(k[0] as usize),
                *p.get_unchecked(k[1] as usize),
                *p.get_unchecked(k[2] as usize),
                *p.get_unchecked(k[3] as usize),
            )
        }
    }
}

impl Isa for Avx2 {
    const N: usize = 8;
    type F = __m256;
    type M = __m256;

    #[inline(always)]
    unsafe fn vectorize<R>(f: impl FnOnce() -> R) -> R {
        #[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
        fn enabled<R>(f: impl FnOnce() -> R) -> R {
            f()
        }
        // SAFETY: the caller guarantees the instruction set.
        unsafe { enabled(f) }
    }
    lane! {
        fn splat(x: f32) -> __m256 = _mm256_set1_ps(x);
        fn add(a: __m256, b: __m256) -> __m256 = _mm256_add_ps(a, b);
        fn sub(a: __m256, b: __m256) -> __m256 = _mm256_sub_ps(a, b);
        fn mul(a: __m256, b: __m256) -> __m256 = _mm256_mul_ps(a, b);
        fn div(a: __m256, b: __m256) -> __m256 = _mm256_div_ps(a, b);
        fn min(a: __m256, b: __m256) -> __m256 = _mm256_min_ps(a, b);
        fn max(a: __m256, b: __m256) -> __m256 = _mm256_max_ps(a, b);
        fn sqrt(a: __m256) -> __m256 = _mm256_sqrt_ps(a);
        fn abs(a: __m256) -> __m256 = _mm256_andnot_ps(_mm256_set1_ps(-0.0), a);
        fn floor(a: __m256) -> __m256 = _mm256_floor_ps(a);
        fn lt(a: __m256, b: __m256) -> __m256 = _mm256_cmp_ps::<_CMP_LT_OQ>(a, b);
        fn le(a: __m256, b: __m256) -> __m256 = _mm256_cmp_ps::<_CMP_LE_OQ>(a, b);
        fn mask_and(a: __m256, b: __m256) -> __m256 = _mm256_and_ps(a, b);
        fn mask_or(a: __m256, b: __m256) -> __m256 = _mm256_or_ps(a, b);
        fn mask_not(a: __m256) -> __m256 = _mm256_xor_ps(a, _mm256_castsi256_ps(_mm256_set1_epi32(-1)));
        fn select(m: __m256, a: __m256, b: __m256) -> __m256 = _mm256_blendv_ps(b, a, m);
        fn hash(x: __m256, y: __m256, z: __m256) -> __m256 = pcg3d!(x y z: _mm256_cvttps_epi32 _mm256_set1_epi32 _mm256_mullo_epi32 _mm256_add_epi32 _mm256_xor_si256 _mm256_srli_epi32 _mm256_cvtepi32_ps _mm256_mul_ps _mm256_set1_ps);
        fn pow2i(a: __m256) -> __m256 = _mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_castps_si256(_mm256_add_ps(a, _mm256_set1_ps(8_388_735.0)))));
        fn split_exp(a: __m256) -> (__m256, __m256) = { let i = _mm256_castps_si256(a); (_mm256_sub_ps(_mm256_cvtepi32_ps(_mm256_srli_epi32::<23>(i)), _mm256_set1_ps(126.0)), _mm256_castsi256_ps(_mm256_or_si256(_mm256_and_si256(i, _mm256_set1_epi32(0x7f_ffff)), _mm256_set1_epi32(0x3f00_0000)))) };
    }
    mem! {
        fn load(s: &[f32]) -> __m256 where s.len(), 8 => _mm256_loadu_ps(s.as_ptr());
        fn store(a: __m256, s: &mut [f32]) where s.len(), 8 => _mm256_storeu_ps(s.as_mut_ptr(), a);
        fn load_u8(s: &[u8]) -> __m256 where s.len(), 8 => _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(s.as_ptr().cast())));
        fn load_u16(s: &[u8]) -> __m256 where s.len(), 16 => _mm256_cvtepi32_ps(_mm256_cvtepu16_epi32(_mm_loadu_si128(s.as_ptr().cast())));
        fn load_f32(s: &[u8]) -> __m256 where s.len(), 32 => _mm256_loadu_ps(s.as_ptr().cast());
        fn store_u8(a: __m256, s: &mut [u8]) where s.len(), 8 => { let i = _mm256_cvttps_epi32(a); let w = _mm_packus_epi32(_mm256_castsi256_si128(i), _mm256_extracti128_si256::<1>(i)); _mm_storel_epi64(s.as_mut_ptr().cast(), _mm_packus_epi16(w, w)) };
        fn store_u16(a: __m256, s: &mut [u8]) where s.len(), 16 => { let i = _mm256_cvttps_epi32(a); _mm_storeu_si128(s.as_mut_ptr().cast(), _mm_packus_epi32(_mm256_castsi256_si128(i), _mm256_extracti128_si256::<1>(i))) };
    }

    #[inline(always)]
    unsafe fn gather(p: &[f32], index: &[u32]) -> __m256 {
        debug_assert!(index[..Self::N].iter().all(|&i| (i as usize) < p.len()));
        // SAFETY: the caller guarantees `N` indices, all inside `p`; target features as in the
        // module documentation.
        unsafe { _mm256_i32gather_ps::<4>(p.as_ptr(), _mm256_loadu_si256(index.as_ptr().cast())) }
    }

    #[inline(always)]
    unsafe fn window(p: &[f32], base: u32, index: &[u32]) -> __m256 {
        debug_assert!(base as usize + 16 <= p.len() && index[..8].iter().all(|&i| (base..base + 16).contains(&i)));
        // SAFETY: the caller guarantees 16 values from `base` on and 8 indices to them; target
        // features as in the module documentation.
        unsafe {
            let from = p.as_ptr().add(base as usize);
            let i = _mm256_sub_epi32(_mm256_loadu_si256(index.as_ptr().cast()), _mm256_set1_epi32(base as i32));
            let (low, high) = (_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8)));
            let upper = _mm256_castsi256_ps(_mm256_cmpgt_epi32(i, _mm256_set1_epi32(7)));
            _mm256_blendv_ps(_mm256_permutevar8x32_ps(low, i), _mm256_permutevar8x32_ps(high, i), upper)
        }
    }

    #[inline(always)]
    unsafe fn gather_at(p: &[f32], index: __m256) -> __m256 {
        // SAFETY: the caller guarantees indices inside `p`; target features as in the module
        // documentation.
        unsafe { _mm256_i32gather_ps::<4>(p.as_ptr(), _mm256_cvttps_epi32(index)) }
    }

    #[inline(always)]
    unsafe fn gather_xy(p: &[f32], stride: u32, x: __m256, y: __m256) -> __m256 {
        // SAFETY: the caller guarantees positions inside `p`; target features as in the module
        // documentation.
        unsafe {
            let row = _mm256_mullo_epi32(_mm256_cvttps_epi32(y), _mm256_set1_epi32(stride as i32));
            _mm256_i32gather_ps::<4>(p.as_ptr(), _mm256_add_epi32(row, _mm256_cvttps_epi32(x)))
        }
    }
}

impl Isa for Avx512 {
    const N: usize = 16;
    type F = __m512;
    type M = __mmask16;

    #[inline(always)]
    unsafe fn vectorize<R>(f: impl FnOnce() -> R) -> R {
        #[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl,avx2,bmi1,bmi2,popcnt,lzcnt")]
        fn enabled<R>(f: impl FnOnce() -> R) -> R {
            f()
        }
        // SAFETY: the caller guarantees the instruction set.
        unsafe { enabled(f) }
    }
    lane! {
        fn splat(x: f32) -> __m512 = _mm512_set1_ps(x);
        fn add(a: __m512, b: __m512) -> __m512 = _mm512_add_ps(a, b);
        fn sub(a: __m512, b: __m512) -> __m512 = _mm512_sub_ps(a, b);
        fn mul(a: __m512, b: __m512) -> __m512 = _mm512_mul_ps(a, b);
        fn div(a: __m512, b: __m512) -> __m512 = _mm512_div_ps(a, b);
        fn min(a: __m512, b: __m512) -> __m512 = _mm512_min_ps(a, b);
        fn max(a: __m512, b: __m512) -> __m512 = _mm512_max_ps(a, b);
        fn sqrt(a: __m512) -> __m512 = _mm512_sqrt_ps(a);
        fn abs(a: __m512) -> __m512 = _mm512_abs_ps(a);
        fn floor(a: __m512) -> __m512 = _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC }>(a);
        fn lt(a: __m512, b: __m512) -> __mmask16 = _mm512_cmp_ps_mask::<_CMP_LT_OQ>(a, b);
        fn le(a: __m512, b: __m512) -> __mmask16 = _mm512_cmp_ps_mask::<_CMP_LE_OQ>(a, b);
        fn select(m: __mmask16, a: __m512, b: __m512) -> __m512 = _mm512_mask_blend_ps(m, b, a);
        fn hash(x: __m512, y: __m512, z: __m512) -> __m512 = pcg3d!(x y z: _mm512_cvttps_epi32 _mm512_set1_epi32 _mm512_mullo_epi32 _mm512_add_epi32 _mm512_xor_si512 _mm512_srli_epi32 _mm512_cvtepi32_ps _mm512_mul_ps _mm512_set1_ps);
        fn pow2i(a: __m512) -> __m512 = _mm512_castsi512_ps(_mm512_slli_epi32::<23>(_mm512_castps_si512(_mm512_add_ps(a, _mm512_set1_ps(8_388_735.0)))));
        fn split_exp(a: __m512) -> (__m512, __m512) = { let i = _mm512_castps_si512(a); (_mm512_sub_ps(_mm512_cvtepi32_ps(_mm512_srli_epi32::<23>(i)), _mm512_set1_ps(126.0)), _mm512_castsi512_ps(_mm512_or_si512(_mm512_and_si512(i, _mm512_set1_epi32(0x7f_ffff)), _mm512_set1_epi32(0x3f00_0000)))) };
    }
    mem! {
        fn load(s: &[f32]) -> __m512 where s.len(), 16 => _mm512_loadu_ps(s.as_ptr());
        fn store(a: __m512, s: &mut [f32]) where s.len(), 16 => _mm512_storeu_ps(s.as_mut_ptr(), a);
        fn load_u8(s: &[u8]) -> __m512 where s.len(), 16 => _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(s.as_ptr().cast())));
        fn load_u16(s: &[u8]) -> __m512 where s.len(), 32 => _mm512_cvtepi32_ps(_mm512_cvtepu16_epi32(_mm256_loadu_si256(s.as_ptr().cast())));
        fn load_f32(s: &[u8]) -> __m512 where s.len(), 64 => _mm512_loadu_ps(s.as_ptr().cast());
        fn store_u8(a: __m512, s: &mut [u8]) where s.len(), 16 => _mm_storeu_si128(s.as_mut_ptr().cast(), _mm512_cvtusepi32_epi8(_mm512_cvttps_epi32(a)));
        fn store_u16(a: __m512, s: &mut [u8]) where s.len(), 32 => _mm256_storeu_si256(s.as_mut_ptr().cast(), _mm512_cvtusepi32_epi16(_mm512_cvttps_epi32(a)));
    }

    #[inline(always)]
    fn mask_and(a: __mmask16, b: __mmask16) -> __mmask16 {
        a & b
    }

    #[inline(always)]
    fn mask_or(a: __mmask16, b: __mmask16) -> __mmask16 {
        a | b
    }

    #[inline(always)]
    fn mask_not(a: __mmask16) -> __mmask16 {
        !a
    }

    #[inline(always)]
    unsafe fn gather(p: &[f32], index: &[u32]) -> __m512 {
        debug_assert!(index[..Self::N].iter().all(|&i| (i as usize) < p.len()));
        // SAFETY: the caller guarantees `N` indices, all inside `p`; target features as in the
        // module documentation.
        unsafe { _mm512_i32gather_ps::<4>(_mm512_loadu_si512(index.as_ptr().cast()), p.as_ptr()) }
    }

    #[inline(always)]
    unsafe fn window(p: &[f32], base: u32, index: &[u32]) -> __m512 {
        debug_assert!(base as usize + 32 <= p.len() && index[..16].iter().all(|&i| (base..base + 32).contains(&i)));
        // SAFETY: the caller guarantees 32 values from `base` on and 16 indices to them; target
        // features as in the module documentation.
        unsafe {
            let from = p.as_ptr().add(base as usize);
            let i = _mm512_sub_epi32(_mm512_loadu_si512(index.as_ptr().cast()), _mm512_set1_epi32(base as i32));
            _mm512_permutex2var_ps(_mm512_loadu_ps(from), i, _mm512_loadu_ps(from.add(16)))
        }
    }

    #[inline(always)]
    unsafe fn gather_at(p: &[f32], index: __m512) -> __m512 {
        // SAFETY: the caller guarantees indices inside `p`; target features as in the module
        // documentation.
        unsafe { _mm512_i32gather_ps::<4>(_mm512_cvttps_epi32(index), p.as_ptr()) }
    }

    #[inline(always)]
    unsafe fn gather_xy(p: &[f32], stride: u32, x: __m512, y: __m512) -> __m512 {
        // SAFETY: the caller guarantees positions inside `p`; target features as in the module
        // documentation.
        unsafe {
            let row = _mm512_mullo_epi32(_mm512_cvttps_epi32(y), _mm512_set1_epi32(stride as i32));
            _mm512_i32gather_ps::<4>(_mm512_add_epi32(row, _mm512_cvttps_epi32(x)), p.as_ptr())
        }
    }
}
