//! Checks the times that FFmpeg gives to the frames of MP4 and MOV against the file's own tables,
//! and mends them.
//!
//! A track's edit list says which stretches of its media are presented, one after the other. FFmpeg
//! 5.1 moves the frames of a stretch to its beginning when the first frame that it shows begins
//! later (the stretch begins within a frame, or at a frame that does not decode), so that picture
//! and sound are apart; and it knows only the rate 1. Packets and samples are matched by their
//! position in the file. FFmpeg lists a stretch's packets from a keyframe on; packets before the
//! stretch are marked to be discarded.
use crate::{
    mp4_tables::{Edit, Sample, Track},
    video_packet::VideoPacket,
};

/// What of a frame an edit shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Not,
    Partly,
    Whole,
}

/// An edit that is not empty, in ticks of the track.
struct Stretch {
    /// Composition times that it shows: from, to.
    media: (i64, i64),
    /// Presentation time of its beginning.
    start: i64,
}

/// Result of the comparison.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Mended {
    /// Presentation time, in ticks of the track, up to which the last frame is shown; only where
    /// that is later than the container's length of the frame says.
    pub end: Option<i64>,
    /// What could not be mended, in words.
    pub warning: Option<String>,
}

/// Gives packets (in FFmpeg's order, with FFmpeg's times) the presentation times of the tables.
/// What FFmpeg discards is shown if an edit shows it whole and a keyframe precedes it; what an edit
/// shows in part is shown if FFmpeg does so.
pub(crate) fn mend(packets: &mut [VideoPacket], track: &Track) -> Mended {
    let (stretches, unusual) = stretches(track);
    let by_time = sorted_by_time(&track.samples);
    let Some(places) = places(packets, track, &stretches, &by_time) else {
        return Mended { end: None, warning: difference(packets, track, &stretches, &by_time).or(unusual) };
    };
    let mut found_key = false;
    for (p, &(sample, stretch)) in packets.iter_mut().zip(&places) {
        let s = &stretches[stretch];
        let pts = track.samples[sample].time - s.media.0 + s.start;
        found_key |= p.key;
        p.mend = pts.saturating_sub(p.pts);
        p.pts = pts;
        p.hidden = match shown(sample, s, &by_time, &track.samples) {
            Shown::Not => true,
            Shown::Partly => p.hidden,
            Shown::Whole => p.hidden && !(p.discarded && found_key),
        };
    }
    let last = packets.iter().zip(&places).filter(|(p, _)| !p.hidden).max_by_key(|(p, _)| p.pts);
    let end = last.and_then(|(p, &(sample, stretch))| {
        let s = &stretches[stretch];
        // Only if the file is complete: the stretch's last frame is there.
        let is_last = stretch + 1 == stretches.len() && next_time(sample, &by_time, &track.samples).is_none_or(|t| t >= s.media.1);
        let tick = (i64::from(track.timescale) / i64::from(track.movie_timescale)).max(1);
        let end = s.media.1.checked_sub(s.media.0)?.checked_add(s.start)?;
        (is_last && s.media.1 != i64::MAX && end > p.pts + track.samples[sample].duration + tick).then_some(end)
    });
    Mended { end, warning: unusual }
}

/// The stretches of a track, and a warning when it has some that are not understood.
fn stretches(track: &Track) -> (Vec<Stretch>, Option<String>) {
    let ticks = |movie: u64| {
        let n = i128::from(movie) * i128::from(track.timescale);
        let d = i128::from(track.movie_timescale);
        i64::try_from((2 * n + d) / (2 * d)).unwrap_or(i64::MAX / 4).min(i64::MAX / 4)
    };
    if track.edits.is_empty() {
        return (vec![Stretch { media: (i64::MIN / 4, i64::MAX), start: i64::MIN / 4 }], None);
    }
    let (mut out, mut unusual, mut at) = (Vec::new(), None, 0u64);
    for Edit { duration, media_time, rate } in &track.edits {
        if let Some(from) = *media_time {
            let to = if *duration == 0 { i64::MAX } else { from.saturating_add(ticks(*duration)) };
            out.push(Stretch { media: (from, to), start: ticks(at) });
            if *rate != 1 << 16 && *duration > 0 {
                let speed = f64::from(*rate) / 65536.0;
                unusual = Some(format!("its edit list plays a part at {speed} times the speed; it is played at the usual one"));
            }
        }
        at = at.saturating_add(*duration);
    }
    (out, unusual)
}

/// Samples in the order of their composition times: (time, ordinal).
fn sorted_by_time(samples: &[Sample]) -> Vec<(i64, usize)> {
    let mut sorted: Vec<(i64, usize)> = samples.iter().enumerate().map(|(n, s)| (s.time, n)).collect();
    sorted.sort_unstable();
    sorted
}

fn next_time(sample: usize, by_time: &[(i64, usize)], samples: &[Sample]) -> Option<i64> {
    by_time.get(by_time.partition_point(|&(t, _)| t <= samples[sample].time)).map(|b| b.0)
}

fn shown(sample: usize, stretch: &Stretch, by_time: &[(i64, usize)], samples: &[Sample]) -> Shown {
    let (start, (from, to)) = (samples[sample].time, stretch.media);
    let end = next_time(sample, by_time, samples).unwrap_or(start + samples[sample].duration.max(1));
    match () {
        () if end <= from || start >= to => Shown::Not,
        () if start >= from && end <= to => Shown::Whole,
        () => Shown::Partly,
    }
}

/// For each packet its sample and its stretch; `None` when they cannot be told.
fn places(packets: &[VideoPacket], track: &Track, stretches: &[Stretch], by_time: &[(i64, usize)]) -> Option<Vec<(usize, usize)>> {
    let samples = &track.samples;
    let mut by_pos: Vec<(u64, usize)> = samples.iter().enumerate().map(|(n, s)| (s.pos, n)).collect();
    by_pos.sort_unstable();
    let mut out: Vec<(usize, usize)> = Vec::with_capacity(packets.len());
    let mut stretch = 0;
    for p in packets {
        let pos = u64::try_from(p.pos).ok()?;
        let before = out.last().map(|l| l.0);
        // Empty samples share the position of the next one.
        let next = before.map_or(0, |n| n + 1);
        let sample = if samples.get(next).is_some_and(|s| s.pos == pos) {
            next
        } else {
            by_pos.get(by_pos.partition_point(|b| b.0 < pos)).filter(|b| b.0 == pos)?.1
        };
        let shown_in = |n: usize| stretches.get(n).is_some_and(|s| shown(sample, s, by_time, samples) != Shown::Not);
        let is_on = match before {
            Some(n) if sample <= n => true,
            Some(_) => !shown_in(stretch) && !p.hidden && shown_in(stretch + 1) || (sample > next && !shown_in(stretch)),
            None => false,
        };
        stretch += usize::from(is_on && (stretch + 1 < stretches.len() || before.is_some_and(|n| sample <= n)));
        if stretch >= stretches.len() {
            return None;
        }
        out.push((sample, stretch));
    }
    Some(out)
}

/// Compares FFmpeg's times with those of the tables where packets cannot be matched.
fn difference(packets: &[VideoPacket], track: &Track, stretches: &[Stretch], by_time: &[(i64, usize)]) -> Option<String> {
    if track.edits.is_empty() {
        return None;
    }
    let mut found: Vec<i64> = packets.iter().filter(|p| !p.hidden).map(|p| p.pts).collect();
    found.sort_unstable();
    let of = |s: &Stretch| {
        let from = by_time.partition_point(|b| b.0 < s.media.0);
        let to = by_time.partition_point(|b| b.0 < s.media.1);
        let (start, media) = (s.start, s.media.0);
        by_time[from..to.max(from)].iter().map(move |b| b.0 - media + start).collect::<Vec<_>>()
    };
    let wanted: Vec<i64> = stretches.iter().flat_map(of).collect();
    let most = found.iter().zip(&wanted).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
    let secs = most as f64 / f64::from(track.timescale);
    (secs > 0.001 || found.len() != wanted.len()).then(|| {
        format!(
            "its edit list presents {} frames, of which {} were found, up to {secs:.3} s away from where it puts them; picture and \
             sound may be apart",
            wanted.len(),
            found.len()
        )
    })
}
