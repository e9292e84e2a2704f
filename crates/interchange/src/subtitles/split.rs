//! Breaks long cues into lines and into several cues that can be read.
use super::document::{Cue, Run, SubtitleDocument, Sung};
use cutroom_types::{Time, TimeDelta};
use unicode_segmentation::UnicodeSegmentation;

/// Limits of cues.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SplitLimits {
    /// Most letters of a line, 1 or more.
    pub line_letters: usize,
    /// Most lines of a cue, 1 or more.
    pub lines: usize,
    /// Most letters a second: a cue that is faster is shown longer, as far as the next one allows.
    pub letters_per_second: f64,
}

impl Default for SplitLimits {
    fn default() -> Self {
        Self { line_letters: 42, lines: 2, letters_per_second: 20.0 }
    }
}

/// Letters as a reader sees them: an accent counts with its letter.
pub(super) fn letters(line: &str) -> usize {
    line.graphemes(true).count()
}

/// Breaks cues whose lines are too long or too many. The pieces of a cue share its time by their
/// letters, without gaps. Cues that are too fast then are shown longer, up to the next one's start.
/// Returns how many cues were changed.
pub fn split(document: &mut SubtitleDocument, limits: &SplitLimits) -> usize {
    let limits = SplitLimits { line_letters: limits.line_letters.max(1), lines: limits.lines.max(1), ..*limits };
    let mut changed = 0;
    let mut cues = Vec::with_capacity(document.cues.len());
    for cue in document.cues.drain(..) {
        let text = cue.text();
        let fits = text.lines().count() <= limits.lines && text.lines().all(|l| letters(l) <= limits.line_letters);
        if fits {
            cues.push(cue);
        } else {
            changed += 1;
            cues.extend(pieces(&cue, &text, &limits));
        }
    }
    document.cues = cues;
    document.sort();
    for n in 0..document.cues.len() {
        let next = document.cues.get(n + 1).map(|c| c.start);
        let cue = &mut document.cues[n];
        let total: usize = cue.text().lines().map(letters).sum();
        let needed = total as f64 / limits.letters_per_second;
        if needed.is_finite() && cue.end > cue.start && cue.duration().as_secs_f64() < needed {
            let wanted = cue.start.saturating_add(TimeDelta::from_secs_f64(needed));
            let end = next.map_or(wanted, |next| wanted.min(next)).max(cue.end);
            changed += usize::from(end > cue.end);
            cue.end = end;
        }
    }
    changed
}

/// Byte ranges of the lines into which a text is broken.
fn lines(text: &str, limits: &SplitLimits) -> Vec<std::ops::Range<usize>> {
    let total = letters(text);
    // Lines of about equal length look better than a full one and a single word.
    let wanted = total.div_ceil(limits.line_letters).max(1);
    let aim = total.div_ceil(wanted).max(1);
    let mut lines = Vec::new();
    let (mut start, mut count, mut space) = (None, 0usize, None::<usize>);
    for (at, letter) in text.grapheme_indices(true) {
        let is_space = letter.chars().all(char::is_whitespace);
        let Some(from) = start else {
            if !is_space {
                (start, count, space) = (Some(at), 1, None);
            }
            continue;
        };
        if is_space {
            if count >= aim {
                lines.push(from..at);
                start = None;
                continue;
            }
            space = Some(at);
        }
        count += 1;
        if count > limits.line_letters {
            // Where there is no space, as in Japanese, it is broken between letters.
            let end = space.unwrap_or(at);
            lines.push(from..end);
            space = None;
            if end == at && is_space {
                start = None;
                continue;
            }
            let next = (text.len() - text[end..].trim_start().len()).min(at);
            (start, count) = (Some(next), letters(&text[next..at]) + 1);
        }
    }
    if let Some(from) = start {
        let end = from + text[from..].trim_end().len();
        lines.push(from..end);
    }
    lines.retain(|l| !l.is_empty());
    lines
}

fn pieces(cue: &Cue, text: &str, limits: &SplitLimits) -> Vec<Cue> {
    // Line breaks of the old lines are spaces, which keeps every byte at its place.
    let flat: String = text.replace('\n', " ");
    let lines = lines(&flat, limits);
    let groups: Vec<_> = lines.chunks(limits.lines).collect();
    let weight = |lines: &[std::ops::Range<usize>]| lines.iter().map(|l| letters(&flat[l.clone()])).sum::<usize>() as i128;
    let total: i128 = groups.iter().map(|g| weight(g)).sum::<i128>().max(1);
    let length = i128::from(cue.duration().0.max(0));
    let mut before = 0i128;
    let mut out = Vec::with_capacity(groups.len());
    let bare = Cue { id: None, runs: Vec::new(), ..cue.clone() };
    let mut runs = Position { run: 0, start: 0 };
    for (n, group) in groups.iter().enumerate() {
        let at = |letters: i128| Time(cue.start.0.saturating_add((length * letters / total) as i64));
        let start = at(before);
        before += weight(group);
        let end = if n + 1 == groups.len() { cue.end } else { at(before) };
        // A name stands for one cue.
        let id = if n == 0 { cue.id.clone() } else { None };
        let mut piece = Cue { start, end, id, ..bare.clone() };
        for (k, line) in group.iter().enumerate() {
            if let Some(last) = piece.runs.last_mut().filter(|_| k > 0) {
                last.text.push('\n');
            }
            runs.copy(&cue.runs, line.clone(), start - cue.start, &mut piece);
        }
        out.push(piece);
    }
    out
}

/// A place in a list of runs.
struct Position {
    run: usize,
    /// Where the run begins in the whole text, bytes.
    start: usize,
}

impl Position {
    /// Adds the runs of a range of the text, which begins at or after this place.
    fn copy(&mut self, runs: &[Run], range: std::ops::Range<usize>, late: TimeDelta, piece: &mut Cue) {
        while let Some(run) = runs.get(self.run) {
            let end = self.start + run.text.len();
            let (from, to) = (range.start.max(self.start), range.end.min(end));
            if from < to {
                let moved = |t: TimeDelta| TimeDelta((t.0 - late.0).max(0));
                let sung = run.sung.map(|s| Sung { from: moved(s.from), to: moved(s.to) });
                piece.push(&run.text[from - self.start..to - self.start].replace('\n', " "), &run.style, sung);
            }
            if end >= range.end {
                break;
            }
            self.start = end;
            self.run += 1;
        }
    }
}
