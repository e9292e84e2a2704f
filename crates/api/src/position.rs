//! Parses positions, ranges and lengths on a composition from text.
use crate::ApiError;
use cutroom_types::{FrameRate, Time, TimeDelta, Timecode};
use std::ops::Range;

/// Parses seconds (`12.5s`), a timecode (`00:00:12:13`) or a frame number (`312`) as a frame number
/// of a composition.
///
/// # Errors
/// `usage.position` if it is none of these, or negative.
pub fn parse_frame(text: &str, rate: FrameRate) -> Result<i64, ApiError> {
    let text = text.trim();
    let error = |reason: String| {
        ApiError::new("usage.position", format!("\"{text}\" is not a place on the timeline: {reason}"))
            .hint("write seconds (12.5s), a timecode (HH:MM:SS:FF) or a frame number (312)")
    };
    let frame = if text.contains(':') {
        Timecode::parse(text, rate).map_err(|e| error(e.to_string()))?.frame
    } else if text.ends_with('s') {
        rate.frame_at(text.parse::<Time>().map_err(|e| error(e.to_string()))?)
    } else {
        text.parse().map_err(|_| error("not a number".into()))?
    };
    if frame < 0 { Err(error("it is before the start".into())) } else { Ok(frame) }
}

/// Parses `A..B`, end excluded; either side may be left out. `total` is the length in frames.
///
/// # Errors
/// `usage.range` if it is empty or outside the composition, `usage.position` for an invalid end.
pub fn parse_range(text: &str, rate: FrameRate, total: i64) -> Result<Range<i64>, ApiError> {
    let error = |reason: String| {
        ApiError::new("usage.range", format!("\"{text}\" is not a part of the timeline: {reason}"))
            .hint("write A..B with B not included, such as 10s..20s, 0..250 or 00:00:10:00..")
    };
    let (a, b) = text.split_once("..").ok_or_else(|| error("there is no \"..\"".into()))?;
    let side = |s: &str, otherwise: i64| if s.trim().is_empty() { Ok(otherwise) } else { parse_frame(s, rate) };
    let range = side(a, 0)?..side(b, total)?;
    if range.start >= range.end {
        return Err(error("it is empty".into()));
    }
    if range.end > total {
        return Err(error(format!("the composition has {total} frames ({} at {rate} fps)", Timecode { frame: total, rate })));
    }
    Ok(range)
}

/// Parses a length in seconds (`0.5s`) or frames (`12f`), rounded to whole frames.
///
/// # Errors
/// `usage.length` if it is neither, negative, or longer than 100 million frames.
pub fn parse_length_frames(text: &str, rate: FrameRate) -> Result<i64, ApiError> {
    let error = || {
        ApiError::new("usage.length", format!("\"{text}\" is not a length of time")).hint("write seconds (0.5s) or frames (12f)")
    };
    let t = text.trim();
    let frames = match t.strip_suffix('f') {
        Some(n) => n.parse::<i64>().map_err(|_| error())?,
        None => rate.nearest_frame(t.parse::<TimeDelta>().map_err(|_| error())?),
    };
    if (0..=100_000_000).contains(&frames) && (t.ends_with('s') || t.ends_with('f')) { Ok(frames) } else { Err(error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let r = FrameRate::new(25, 1).unwrap();
        for (text, frame) in [("12.5s", 312), ("0", 0), ("312", 312), ("00:00:12:13", 313), ("0.04s", 1), ("0.039s", 0)] {
            assert_eq!(parse_frame(text, r).unwrap(), frame, "{text}");
        }
        for bad in ["", "-1", "-1s", "1.5", "x", "00:00:00:25", "nans", "1e3s"] {
            assert_eq!(parse_frame(bad, r).unwrap_err().code, "usage.position", "{bad}");
        }
    }

    #[test]
    fn ranges() {
        let r = FrameRate::new(25, 1).unwrap();
        assert_eq!(parse_range("1s..2s", r, 100).unwrap(), 25..50);
        assert_eq!(parse_range("..", r, 100).unwrap(), 0..100);
        assert_eq!(parse_range("10..", r, 100).unwrap(), 10..100);
        for bad in ["5..5", "9..3", "0..101", "7", "100.."] {
            assert_eq!(parse_range(bad, r, 100).unwrap_err().code, "usage.range", "{bad}");
        }
    }

    #[test]
    fn lengths() {
        let ntsc = FrameRate::new(30000, 1001).unwrap();
        assert_eq!(parse_length_frames("12f", ntsc).unwrap(), 12);
        assert_eq!(parse_length_frames("0.5s", ntsc).unwrap(), 15);
        assert_eq!(parse_length_frames("1s", ntsc).unwrap(), 30);
        for bad in ["-1s", "5", "f", "s", "1e9f"] {
            assert!(parse_length_frames(bad, ntsc).is_err(), "{bad}");
        }
    }
}
