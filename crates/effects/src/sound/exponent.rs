//! Logarithms and powers for every sample of a detector or a gain: by a table and a short series, with
//! a relative error below 10⁻¹³. They cost a fraction of those of `libm`, and are as well the same on
//! every machine, as they consist of additions, multiplications and shifts.
use std::f64::consts::{LN_2, LOG2_10};

/// Binary digits of a table's index.
const LOG_DIGITS: u32 = 7;
const POWER_DIGITS: u32 = 5;
const LOG_ENTRIES: usize = 1 << LOG_DIGITS;
const POWER_ENTRIES: usize = 1 << POWER_DIGITS;

/// For the middle c of each part of 1..2: 1/c and log₂ c.
static LOGARITHMS: [(f64, f64); LOG_ENTRIES] = logarithms();
/// 2^(i/32).
static POWERS: [f64; POWER_ENTRIES] = powers();

/// ln c = 2·artanh((c − 1)/(c + 1)) (Abramowitz & Stegun 4.1.27).
const fn logarithms() -> [(f64, f64); LOG_ENTRIES] {
    let mut table = [(0.0, 0.0); LOG_ENTRIES];
    let mut i = 0;
    while i < LOG_ENTRIES {
        let c = 1.0 + (i as f64 + 0.5) / LOG_ENTRIES as f64;
        let y = (c - 1.0) / (c + 1.0);
        // The smallest terms first.
        let (mut sum, mut k) = (0.0, 41);
        while k > 0 {
            sum = sum * y * y + 1.0 / k as f64;
            k -= 2;
        }
        table[i] = (1.0 / c, 2.0 * y * sum / LN_2);
        i += 1;
    }
    table
}

const fn powers() -> [f64; POWER_ENTRIES] {
    let mut table = [1.0; POWER_ENTRIES];
    let mut i = 0;
    while i < POWER_ENTRIES {
        let x = i as f64 * LN_2 / POWER_ENTRIES as f64;
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

/// log₂ x of a positive number that is not subnormal.
#[inline]
fn log2(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = (bits >> 52) as i64 - 1023;
    let part = (bits >> (52 - LOG_DIGITS)) as usize % LOG_ENTRIES;
    let mantissa = f64::from_bits((bits & ((1 << 52) - 1)) | 1f64.to_bits());
    let (inverse, log) = LOGARITHMS[part];
    // ln(1 + r) = r − r²/2 + r³/3 − …; |r| < 2⁻⁸.
    let r = mantissa * inverse - 1.0;
    let series = r * (1.0 + r * (-1.0 / 2.0 + r * (1.0 / 3.0 + r * (-1.0 / 4.0 + r * (1.0 / 5.0)))));
    exponent as f64 + (log + series * (1.0 / LN_2))
}

/// 2^x, for −1000..=1000.
#[inline]
fn exp2(x: f64) -> f64 {
    /// Added to a number, it rounds it to a whole one, which is then in the lowest bits.
    const ROUNDING: f64 = 6_755_399_441_055_744.0;
    let shifted = x * POWER_ENTRIES as f64 + ROUNDING;
    let whole = shifted.to_bits().wrapping_sub(ROUNDING.to_bits()) as i64;
    let r = (x - (shifted - ROUNDING) / POWER_ENTRIES as f64) * LN_2;
    // e^r, |r| < 0.011.
    let series = 1.0 + r * (1.0 + r * (1.0 / 2.0 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0)))));
    let exponent = (whole >> POWER_DIGITS) + 1023;
    POWERS[whole as usize % POWER_ENTRIES] * series * f64::from_bits((exponent as u64) << 52)
}

/// The level of a factor in dB, at least −300, also for NaN.
#[inline]
pub(super) fn decibels(factor: f64) -> f64 {
    log2(if factor > 1e-15 { factor } else { 1e-15 }) * (20.0 / LOG2_10)
}

/// The factor of a level in dB, which is kept within ±6000.
#[inline]
pub(super) fn linear(db: f64) -> f64 {
    exp2(db.clamp(-6000.0, 6000.0) * (LOG2_10 / 20.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_near_those_of_the_library() {
        for n in -3_000..3_000 {
            let x = f64::from(n) * 0.3217;
            let power = libm::exp2(x);
            assert!((exp2(x) / power - 1.0).abs() < 1e-13, "2^{x}");
            assert!((log2(power) - x).abs() < 1e-13 * x.abs().max(1.0), "log₂ of 2^{x}");
            let near = 1.0 + f64::from(n) * 3e-4;
            assert!((log2(near) - libm::log2(near)).abs() < 1e-13, "log₂ of {near}");
        }
        for x in [0.0, -1.0, f64::NAN, 1e-320, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(decibels(x).is_finite() && (linear(x).is_finite() || x.is_nan()), "{x}");
        }
        assert!((decibels(0.1) + 20.0).abs() < 1e-12 && (linear(-20.0) - 0.1).abs() < 1e-13);
    }
}
