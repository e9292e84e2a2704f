//! Checks subtitles by the limits that broadcasters and streaming services set.
use super::{
    document::{Alignment, SubtitleDocument},
    split::letters,
};
use cutroom_types::{FLICKS_PER_SECOND, Time, TimeDelta};
use serde::{Deserialize, Serialize};

/// Limits of a check.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckLimits {
    /// Most letters a second.
    pub letters_per_second: f64,
    /// Most letters of a line.
    pub line_letters: usize,
    /// Most lines.
    pub lines: usize,
    /// Shortest cue.
    pub shortest: TimeDelta,
    /// Longest cue.
    pub longest: TimeDelta,
}

impl Default for CheckLimits {
    /// What is usual for adults: 20 letters a second, two lines of 42 letters, 5/6 s to 7 s.
    fn default() -> Self {
        Self {
            letters_per_second: 20.0,
            line_letters: 42,
            lines: 2,
            shortest: TimeDelta(FLICKS_PER_SECOND * 5 / 6),
            longest: TimeDelta(7 * FLICKS_PER_SECOND),
        }
    }
}

/// What is wrong with a cue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// It ends before it starts, or at the same time.
    Length,
    /// It is shown for too short a time.
    TooShort,
    /// It is shown for too long.
    TooLong,
    /// It begins while an earlier one is shown at the same place.
    Overlap,
    /// It has more letters a second than can be read.
    Speed,
    /// A line is too long.
    LineLength,
    /// It has too many lines.
    LineCount,
    /// It has no text.
    Empty,
}

/// Something wrong with a cue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Number of the cue, from 1, in order of time.
    pub cue: usize,
    /// When it starts.
    pub start: Time,
    /// What is wrong.
    pub kind: FindingKind,
    /// In words.
    pub message: String,
}

/// Everything that is beyond the limits, in order of the cues.
pub fn check(document: &SubtitleDocument, limits: &CheckLimits) -> Vec<Finding> {
    let mut found = Vec::new();
    // For each place and layer the earlier cue that ends last.
    let mut shown: std::collections::BTreeMap<(u8, i32), (usize, Time)> = std::collections::BTreeMap::new();
    for (n, cue) in document.cues.iter().enumerate() {
        let mut add = |kind, message: String| found.push(Finding { cue: n + 1, start: cue.start, kind, message });
        let text = cue.text();
        let (length, secs) = (cue.duration(), cue.duration().as_secs_f64());
        if length <= TimeDelta::ZERO {
            add(FindingKind::Length, format!("it is shown for {secs:.3} s"));
        } else if length < limits.shortest {
            add(
                FindingKind::TooShort,
                format!("it is shown for {secs:.3} s, at least {:.3} s are usual", limits.shortest.as_secs_f64()),
            );
        } else if length > limits.longest {
            add(
                FindingKind::TooLong,
                format!("it is shown for {secs:.3} s, at most {:.3} s are usual", limits.longest.as_secs_f64()),
            );
        }
        if text.trim().is_empty() {
            add(FindingKind::Empty, "it has no text".into());
        }
        let total: usize = text.lines().map(letters).sum();
        if length > TimeDelta::ZERO && total as f64 > limits.letters_per_second * secs {
            let speed = total as f64 / secs;
            add(
                FindingKind::Speed,
                format!("{total} letters in {secs:.3} s are {speed:.1} a second, of at most {}", limits.letters_per_second),
            );
        }
        let longest = text.lines().map(letters).max().unwrap_or(0);
        if longest > limits.line_letters {
            add(FindingKind::LineLength, format!("a line has {longest} letters, of at most {}", limits.line_letters));
        }
        let lines = text.lines().count();
        if lines > limits.lines {
            add(FindingKind::LineCount, format!("it has {lines} lines, of at most {}", limits.lines));
        }
        // Cues that say where they stand may be shown at the same time.
        if cue.position.is_none() && cue.region.is_none() {
            let place = (cue.alignment.map_or(2, Alignment::number), cue.layer);
            if let Some((earlier, _)) = shown.get(&place).filter(|(_, end)| *end > cue.start) {
                add(FindingKind::Overlap, format!("cue {} is still shown when it begins", earlier + 1));
            }
            let last = shown.entry(place).or_insert((n, cue.end));
            if cue.end >= last.1 {
                *last = (n, cue.end);
            }
        }
    }
    found
}
