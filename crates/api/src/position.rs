//! Parses positions, ranges and lengths on a composition from text.
use crate::ApiError;
use cutroom_types::{FrameRate, Time, TimeDelta, TimeText, Timecode};
use std::ops::Range;

/// Parses a place as a frame number of a composition: a frame number (`312`, `312f`), or any other
/// form of [`TimeText`], which means the frame that contains that time.
///
/// # Errors
/// `usage.position` if it is none of these, or negative.
pub fn parse_frame(text: &str, rate: FrameRate) -> Result<i64, ApiError> {
    let text = text.trim();
    let error = |reason: String| {
        ApiError::new("usage.position", format!("\"{text}\" is not a place on the timeline: {reason}"))
            .hint("write seconds (12.5s), a clock (1:02.5), a timecode (HH:MM:SS:FF) or a frame number (312)")
    };
    // The hint names the forms; the parser's own list is for the project file.
    let frame = match TimeText::parse(text).map_err(|_| error("it has none of the forms".into()))? {
        TimeText::Number(n) | TimeText::Frames(n) => n,
        TimeText::Flicks(flicks) => rate.frame_at(Time(flicks)),
        TimeText::Timecode(text) => {
            let code = Timecode::parse(text, rate);
            code.map_err(|_| error(format!("at {rate} frames a second there is no such timecode")))?.frame
        }
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
    if total < 1 {
        return Err(error("the composition has no frames".into()));
    }
    if range.start >= total {
        let end = Timecode { frame: total, rate };
        return Err(error(format!(
            "it begins at frame {}, but the composition ends at {total} ({end} at {rate} fps)",
            range.start
        )));
    }
    if range.start >= range.end {
        return Err(error("it is empty".into()));
    }
    if range.end > total {
        let end = Timecode { frame: total, rate };
        let frames = count(total);
        return Err(error(format!("the composition has {frames} and ends at {total} ({end} at {rate} fps)")));
    }
    Ok(range)
}

/// A number of frames in words.
pub(crate) fn count(frames: i64) -> String {
    if frames == 1 { "1 frame".to_owned() } else { format!("{frames} frames") }
}

/// Parses a length in frames (`12f`) or in any other form of [`TimeText`] but a bare number, rounded
/// to whole frames.
///
/// # Errors
/// `usage.length` if it is neither, negative, or longer than 100 million frames.
pub fn parse_length_frames(text: &str, rate: FrameRate) -> Result<i64, ApiError> {
    let error = || {
        ApiError::new("usage.length", format!("\"{text}\" is not a length of time"))
            .hint("write seconds (0.5s, 500ms), a clock (1:02.5) or frames (12f)")
    };
    let frames = match TimeText::parse(text).map_err(|_| error())? {
        TimeText::Number(_) => return Err(error()),
        TimeText::Frames(n) => n,
        TimeText::Flicks(flicks) => rate.nearest_frame(TimeDelta(flicks)),
        TimeText::Timecode(text) => Timecode::parse(text, rate).map_err(|_| error())?.frame,
    };
    if (0..=100_000_000).contains(&frames) { Ok(frames) } else { Err(error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let r = FrameRate::new(25, 1).unwrap();
        for (text, frame) in [
            ("1:02.5", 1562),
            ("312f", 312),
            ("500ms", 12),
            ("00:00:12;13", 313),
            ("12.5s", 312),
            ("0", 0),
            ("312", 312),
            ("00:00:12:13", 313),
            ("0.04s", 1),
            ("0.039s", 0),
        ] {
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
        assert_eq!(parse_length_frames("500ms", ntsc).unwrap(), 15);
        assert_eq!(parse_length_frames("0:01", ntsc).unwrap(), 30);
        for bad in ["-1s", "5", "f", "s", "1e9f"] {
            assert!(parse_length_frames(bad, ntsc).is_err(), "{bad}");
        }
    }
}
