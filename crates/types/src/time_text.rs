//! Reads times as people write them. Options and the project file use this one parser; they differ
//! only in what a bare number means (a frame on the command line, flicks in the file).
use crate::{
    FrameRate, Time, TimeDelta, Timecode,
    time::{FLICKS_PER_SECOND, ParseTimeError},
};
use std::str::FromStr;

/// A time or length as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeText<'a> {
    /// A bare whole number, such as `312`.
    Number(i64),
    /// Flicks: of seconds (`12.5s`), milliseconds (`500ms`), a clock (`1:02.5`, `1:00:02.5`), or
    /// frames of a stated rate (`300f@30000/1001`).
    Flicks(i64),
    /// Frames (`50f`) at a rate that the context must give.
    Frames(i64),
    /// A timecode (`HH:MM:SS:FF`, `HH:MM:SS;FF`) at a rate that the context must give.
    Timecode(&'a str),
}

impl<'a> TimeText<'a> {
    /// Reads any of the forms.
    ///
    /// # Errors
    /// The text is none of them, or beyond the range of an instant.
    pub fn parse(text: &'a str) -> Result<Self, ParseTimeError> {
        let t = text.trim();
        let error = || ParseTimeError::time(text);
        if let Some((frames, rate)) = t.split_once("f@") {
            let rate: FrameRate = rate.parse()?;
            return Ok(Self::Flicks(rate.time_of_frame(frames.trim().parse().map_err(|_| error())?).0));
        }
        if t.contains(':') {
            return clock(t).ok_or_else(error);
        }
        if let Some(ms) = t.strip_suffix("ms") {
            return decimal(ms, FLICKS_PER_SECOND / 1000).map(Self::Flicks).ok_or_else(error);
        }
        if let Some(secs) = t.strip_suffix('s') {
            return decimal(secs, FLICKS_PER_SECOND).map(Self::Flicks).ok_or_else(error);
        }
        if let Some(frames) = t.strip_suffix('f') {
            return frames.trim_end().parse().map(Self::Frames).map_err(|_| error());
        }
        t.parse().map(Self::Number).map_err(|_| error())
    }

    /// The time in flicks, at `rate` if it counts frames. A bare number counts flicks.
    ///
    /// # Errors
    /// It counts frames and there is no rate, or the timecode does not exist at that rate.
    pub fn flicks(self, rate: Option<FrameRate>) -> Result<i64, ParseTimeError> {
        let text = match self {
            Self::Number(n) | Self::Flicks(n) => return Ok(n),
            Self::Frames(n) => format!("{n}f"),
            Self::Timecode(text) => text.to_owned(),
        };
        let rate = rate.ok_or(ParseTimeError::NoRate { text })?;
        match self {
            Self::Number(n) | Self::Flicks(n) => Ok(n),
            Self::Frames(n) => Ok(rate.time_of_frame(n).0),
            Self::Timecode(text) => Ok(rate.time_of_frame(Timecode::parse(text, rate)?.frame).0),
        }
    }
}

/// `M:SS`, `H:MM:SS`, both with decimals, or a timecode of four numbers. Minutes of `M:SS` may
/// exceed 59.
fn clock(text: &str) -> Option<TimeText<'_>> {
    let (negative, body) = text.strip_prefix('-').map_or((false, text), |b| (true, b));
    let parts: Vec<&str> = body.split([':', ';']).collect();
    if parts.len() == 4 {
        let digits = |p: &&str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit());
        // A timecode is an instant of a film, which has none before its start.
        return (!negative && parts.iter().all(digits)).then_some(TimeText::Timecode(text));
    }
    let number = |p: &&str| -> Option<i64> { p.bytes().all(|b| b.is_ascii_digit()).then(|| p.parse().ok())? };
    let (minutes, secs) = match &parts[..] {
        [m, s] => (number(m)?, s),
        [h, m, s] => (number(h)?.checked_mul(60)?.checked_add(number(m).filter(|m| *m < 60)?)?, s),
        _ => return None,
    };
    let whole = secs.split('.').next()?;
    if body.contains(';') || whole.len() > 2 || number(&whole)? > 59 {
        return None;
    }
    let flicks = minutes.checked_mul(60 * FLICKS_PER_SECOND)?.checked_add(decimal(secs, FLICKS_PER_SECOND)?)?;
    Some(TimeText::Flicks(if negative { -flicks } else { flicks }))
}

/// A decimal number times `unit_flicks`, to the nearest flick, halves away from zero. Its digits are
/// read exactly, however many there are; 27 decimals are far finer than a flick.
fn decimal(text: &str, unit_flicks: i64) -> Option<i64> {
    const DECIMALS: usize = 27;
    let text = text.trim();
    let (negative, body) = text.strip_prefix('-').map_or((false, text), |b| (true, b));
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fraction = &fraction[..fraction.len().min(DECIMALS)];
    let scale = 10i128.pow(fraction.len() as u32);
    let part = if fraction.is_empty() { 0 } else { fraction.parse::<i128>().ok()? * i128::from(unit_flicks) };
    let part = i64::try_from((2 * part + scale).div_euclid(2 * scale)).ok()?;
    let flicks = whole.parse::<i64>().ok()?.checked_mul(unit_flicks)?.checked_add(part)?;
    Some(if negative { -flicks } else { flicks })
}

impl FromStr for Time {
    type Err = ParseTimeError;

    fn from_str(s: &str) -> Result<Self, ParseTimeError> {
        TimeText::parse(s)?.flicks(None).map(Self)
    }
}

impl FromStr for TimeDelta {
    type Err = ParseTimeError;

    fn from_str(s: &str) -> Result<Self, ParseTimeError> {
        s.parse::<Time>().map(|t| Self(t.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flicks(text: &str, rate: &str) -> Option<i64> {
        TimeText::parse(text).ok()?.flicks(rate.parse().ok()).ok()
    }

    /// Expected values by hand: seconds × 705 600 000, and SMPTE ST 12-1 for drop-frame.
    #[test]
    fn every_form_is_exact() {
        const S: i64 = FLICKS_PER_SECOND;
        let ntsc = "30000/1001".parse::<FrameRate>().unwrap();
        for (text, rate, expected) in [
            ("12.5s", "", S * 25 / 2),
            ("-0.5s", "", -S / 2),
            ("8.370000000000001s", "", 5_905_872_000),
            ("0.33333333333333333333333333333333333333333s", "", S / 3),
            ("0.0000000007086s", "", 0),
            ("0.00000000070862s", "", 1),
            ("500ms", "", S / 2),
            ("0.5 ms", "", S / 2000),
            ("1:02.5", "", S * 125 / 2),
            ("90:00", "", S * 5400),
            ("-0:01.5", "", -S * 3 / 2),
            ("1:00:02.25", "", S * 3602 + S / 4),
            ("300f@30000/1001", "", ntsc.time_of_frame(300).0),
            ("50f", "25", 2 * S),
            ("-50f", "25", -2 * S),
            ("00:00:02:00", "25", 2 * S),
            ("00:01:00;02", "29.97", ntsc.time_of_frame(1800).0),
            ("01:00:00;00", "29.97", ntsc.time_of_frame(107_892).0),
            ("312", "", 312),
        ] {
            assert_eq!(flicks(text, rate), Some(expected), "{text} at {rate}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for bad in [
            "",
            "s",
            "ms",
            "f",
            "-",
            "1e3s",
            "1.s.s",
            ".5s",
            "--1s",
            "1:2:3:4:5",
            "1:",
            ":1",
            "1:60",
            "1:60:00",
            "0:00;5",
            "1:-2",
            "-00:00:01:00",
            "00:00:00:25",
            "00:01:00;00x",
            "99999999999999s",
            "nans",
            "1,5s",
            "0x5",
            "1:001",
        ] {
            assert_eq!(flicks(bad, "25"), None, "{bad}");
        }
        assert_eq!(flicks("00:01:00;00", "29.97"), None, "a number that is dropped");
    }

    #[test]
    fn what_counts_frames_needs_a_rate() {
        for text in ["50f", "00:00:02:00"] {
            let error = text.parse::<Time>().unwrap_err().to_string();
            assert!(error.contains("the rate is not known here") && error.contains("f@25"), "{error}");
        }
    }
}
