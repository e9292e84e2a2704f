//! Decibels for every sample of a detector or a gain: by a table and a short series, with an error
//! below 10⁻¹¹ dB. They cost a fraction of those of `libm`, and are as well the same on every machine,
//! as they consist of additions, multiplications and shifts.
use std::f64::consts::{LN_2, LN_10};

/// Binary digits of a table's index.
const LEVEL_DIGITS: u32 = 9;
const FACTOR_DIGITS: u32 = 8;
const LEVEL_ENTRIES: usize = 1 << LEVEL_DIGITS;
const FACTOR_ENTRIES: usize = 1 << FACTOR_DIGITS;
/// Decibels of a factor of e and of 2.
const DB_PER_E: f64 = 20.0 / LN_10;
const DB_PER_OCTAVE: f64 = DB_PER_E * LN_2;

/// For the middle c of each part of 1..2: 1/c, and c in dB.
static LEVELS: [(f64, f64); LEVEL_ENTRIES] = levels();
/// 2^(i/256).
static FACTORS: [f64; FACTOR_ENTRIES] = factors();

/// ln c = 2·artanh((c − 1)/(c + 1)) (Abramowitz & Stegun 4.1.27).
const fn levels() -> [(f64, f64); LEVEL_ENTRIES] {
    let mut table = [(0.0, 0.0); LEVEL_ENTRIES];
    let mut i = 0;
    while i < LEVEL_ENTRIES {
        let c = 1.0 + (i as f64 + 0.5) / LEVEL_ENTRIES as f64;
        let y = (c - 1.0) / (c + 1.0);
        // The smallest terms first.
        let (mut sum, mut k) = (0.0, 41);
        while k > 0 {
            sum = sum * y * y + 1.0 / k as f64;
            k -= 2;
        }
        table[i] = (1.0 / c, 2.0 * y * sum * DB_PER_E);
        i += 1;
    }
    table
}

const fn factors() -> [f64; FACTOR_ENTRIES] {
    let mut table = [1.0; FACTOR_ENTRIES];
    let mut i = 0;
    while i < FACTOR_ENTRIES {
        let x = i as f64 * LN_2 / FACTOR_ENTRIES as f64;
        // The exponential series, nested.
        let (mut sum, mut k) = (1.0, 24);
        while k > 0 {
            sum = 1.0 + sum * x / k as f64;
            k -= 1;
        }
        table[i] = sum;
        i += 1;
    }
    table
}

/// The level of a factor in dB, at least −300, also for NaN.
#[inline]
pub(super) fn decibels(factor: f64) -> f64 {
    let bits = (if factor > 1e-15 { factor } else { 1e-15 }).to_bits();
    let exponent = (bits >> 52) as i32 - 1023;
    let part = (bits >> (52 - LEVEL_DIGITS)) as usize % LEVEL_ENTRIES;
    let mantissa = f64::from_bits((bits & ((1 << 52) - 1)) | 1f64.to_bits());
    let (inverse, level) = LEVELS[part];
    // ln(1 + r) = r − r²/2 + r³/3 − …; |r| < 2⁻¹⁰.
    let r = mantissa * inverse - 1.0;
    let series = r + r * r * (r * (1.0 / 3.0) - 0.5);
    (f64::from(exponent) * DB_PER_OCTAVE + level) + series * DB_PER_E
}

/// The factor of a level in dB, which is within ±6000.
#[inline]
pub(super) fn linear(db: f64) -> f64 {
    /// Added to a number, it rounds it to a whole one, which is then in the lowest bits.
    const ROUNDING: f64 = 6_755_399_441_055_744.0;
    let shifted = db * (FACTOR_ENTRIES as f64 / DB_PER_OCTAVE) + ROUNDING;
    let whole = shifted.to_bits().wrapping_sub(ROUNDING.to_bits()) as i64;
    let r = (db - (shifted - ROUNDING) * (DB_PER_OCTAVE / FACTOR_ENTRIES as f64)) * (1.0 / DB_PER_E);
    // e^r = 1 + r + r²/2 + r³/6 + …; |r| < 0.0014.
    let series = 1.0 + (r + r * r * (0.5 + r * (1.0 / 6.0)));
    let exponent = (whole >> FACTOR_DIGITS) + 1023;
    FACTORS[whole as usize % FACTOR_ENTRIES] * f64::from_bits((exponent as u64) << 52) * series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_near_those_of_the_library() {
        for n in -3_000..3_000 {
            let db = f64::from(n) * 0.0971;
            let factor = libm::exp(db / DB_PER_E);
            assert!((linear(db) / factor - 1.0).abs() < 1e-12, "{db} dB");
            assert!((decibels(factor) - db).abs() < 1e-11, "{db} dB");
            assert!((linear(20.0 * db) / libm::exp(20.0 * db / DB_PER_E) - 1.0).abs() < 3e-12, "{} dB", 20.0 * db);
            let near = 1.0 + f64::from(n) * 3e-4;
            assert!((decibels(near) - DB_PER_E * libm::log(near)).abs() < 1e-11, "level of {near}");
        }
        for x in [0.0, -1.0, f64::NAN, 1e-320, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(decibels(x).is_finite(), "{x}");
        }
        assert_eq!(linear(0.0), 1.0);
    }
}
