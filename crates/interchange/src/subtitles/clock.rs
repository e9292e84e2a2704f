//! Times as subtitle formats write them, exact in flicks.
use cutroom_types::{FLICKS_PER_SECOND, Time};
use std::fmt::Write;

/// Times of more hours are refused.
const MAX_HOURS: u64 = 1000;

/// Splits off a number of 1 to 9 digits.
fn number(text: &str) -> Option<(u64, &str)> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    (1..=9).contains(&digits).then(|| Some((text[..digits].parse().ok()?, &text[digits..])))?
}

/// A fraction of a second as decimals, in flicks, to the nearest.
pub(super) fn decimals(digits: &str) -> Option<i64> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // Beyond 12 places nothing changes.
    let digits = &digits[..digits.len().min(12)];
    let scale = 10i128.pow(digits.len() as u32);
    let n: i128 = digits.parse().ok()?;
    i64::try_from((2 * n * i128::from(FLICKS_PER_SECOND) + scale) / (2 * scale)).ok()
}

/// Hours, minutes, seconds and decimals.
pub(super) fn time(hours: u64, minutes: u64, secs: u64, fraction: &str) -> Option<Time> {
    let fraction = if fraction.is_empty() { 0 } else { decimals(fraction)? };
    let secs = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?.checked_add(secs)?;
    (secs <= MAX_HOURS * 3600).then(|| Time(secs as i64 * FLICKS_PER_SECOND + fraction))
}

/// A clock: `H:MM:SS`, `MM:SS` or `SS`, each with decimals after any of `separators`. Numbers may
/// have any number of digits, and minutes and seconds may be 60 or more, as bad files have them.
pub(super) fn parse(text: &str, separators: &[char]) -> Option<Time> {
    let text = text.trim();
    let (first, mut rest) = number(text)?;
    let mut parts = vec![first];
    while parts.len() < 3
        && let Some(after) = rest.strip_prefix(':')
    {
        let (n, more) = number(after.trim_start())?;
        parts.push(n);
        rest = more;
    }
    let fraction = match rest.strip_prefix(separators) {
        Some(digits) if parts.len() > 1 => digits.trim(),
        None if rest.is_empty() && parts.len() > 1 => "",
        _ => return None,
    };
    match parts[..] {
        [h, m, s] => time(h, m, s, fraction),
        [m, s] => time(0, m, s, fraction),
        _ => None,
    }
}

/// `HH:MM:SS` with `separator` and `places` decimals, rounded to the nearest; negative times are
/// zero.
pub(super) fn format(t: Time, separator: char, places: u32, hour_digits: usize) -> String {
    let per_second = 10i128.pow(places);
    let flicks = i128::from(FLICKS_PER_SECOND);
    let units = (2 * i128::from(t.0.max(0)) * per_second + flicks) / (2 * flicks);
    let per_second = 10i64.pow(places);
    let units = units as i64;
    let (secs, fraction) = (units / per_second, units % per_second);
    let mut out = String::new();
    let _ = write!(
        out,
        "{:0hour_digits$}:{:02}:{:02}{separator}{fraction:0w$}",
        secs / 3600,
        secs / 60 % 60,
        secs % 60,
        w = places as usize
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_exact() {
        let ms = |n: i64| Time(n * FLICKS_PER_SECOND / 1000);
        for (text, want) in [
            ("00:00:01,234", Some(ms(1234))),
            ("00:00:013,567", Some(ms(13_567))),
            ("00:00:00,1", Some(ms(100))),
            ("01:02.5", Some(ms(62_500))),
            ("100:00:00.000", Some(ms(360_000_000))),
            ("00:99:00,000", Some(ms(5_940_000))),
            ("00:00:01", Some(ms(1000))),
            ("5", None),
            ("00:00:01,", Some(ms(1000))),
            ("a:00:01,0", None),
            ("00:00:01,0x", None),
            ("2000:00:00,0", None),
            ("99999999999:00:00,0", None),
        ] {
            assert_eq!(parse(text, &[',', '.']), want, "{text}");
        }
        assert_eq!(format(ms(3_723_004), ',', 3, 2), "01:02:03,004");
        assert_eq!(format(ms(3_599_996), '.', 2, 1), "1:00:00.00");
        assert_eq!(format(Time(-5), ',', 3, 2), "00:00:00,000");
        assert_eq!(parse(&format(Time(12_345_678_901), '.', 9, 1), &['.']), Some(Time(12_345_678_901)));
    }
}
