//! The exported film matches the timeline, frame by frame and click by click: random cut lists over
//! every kind of footage and many frame rates, exported by the program and decoded by FFmpeg.
use cutroom_identity::{
    Cut, FLICKS_PER_SECOND, Footage, Half, Rate, Timeline, Timing, clicks,
    footage::{Coding, SAMPLE_RATE_HZ, Spec},
    program, reader,
};
use std::{path::PathBuf, sync::Arc};

const FILM: Rate = Rate::new(24000, 1001);
const PAL: Rate = Rate::new(25, 1);
const NTSC: Rate = Rate::new(30000, 1001);
const R30: Rate = Rate::new(30, 1);
const R50: Rate = Rate::new(50, 1);
const NTSC60: Rate = Rate::new(60000, 1001);
const R60: Rate = Rate::new(60, 1);

const VARIABLE: Timing = Timing::Variable { ticks_per_second: 600, pattern: &[10, 20, 25, 7, 60, 11, 20] };

/// Every kind of footage; the code is in the upper half at even indices, in the lower half at odd
/// ones.
fn footage() -> Vec<Arc<Footage>> {
    let kinds = [
        (Timing::Constant(FILM), Coding::BFrames),
        (Timing::Constant(PAL), Coding::Plain),
        (Timing::Constant(NTSC), Coding::BFrames),
        (Timing::Constant(R30), Coding::OpenGop),
        (Timing::Constant(R50), Coding::BFrames),
        (Timing::Constant(NTSC60), Coding::OpenGop),
        (Timing::Constant(R60), Coding::BFrames),
        (VARIABLE, Coding::BFrames),
        (Timing::Constant(PAL), Coding::EditList { first: 31 }),
        (Timing::Constant(R50), Coding::Transport),
        (Timing::Constant(PAL), Coding::OpenGop),
        (Timing::Constant(R50), Coding::Matroska),
    ];
    let make = |(i, (timing, coding)): (usize, (Timing, Coding))| {
        let half = if i % 2 == 0 { Half::Upper } else { Half::Lower };
        Arc::new(Footage::make(Spec { clip: 100 + i as u8, half, timing, coding, frames: 120 }).unwrap())
    };
    kinds.into_iter().enumerate().map(make).collect()
}

/// Marsaglia's xorshift64, so that every run uses the same films.
struct Random(u64);

impl Random {
    fn below(&mut self, end: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as i64
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as i64) as usize]
    }
}

/// Clips of random footage with random source times on the sample grid, cut at frames of the
/// composition. With `dissolves`, neighbours draw into different halves and two of three cuts are
/// dissolves.
fn random_timeline(rate: Rate, cuts: usize, dissolves: bool, pool: &[Arc<Footage>], seed: u64) -> Timeline {
    let mut random = Random(seed * 0x9e37_79b9 + 1);
    let sample = FLICKS_PER_SECOND / SAMPLE_RATE_HZ;
    let mut timeline = Timeline { rate, cuts: Vec::new() };
    let mut frame = 0;
    for i in 0..cuts {
        let half = if i % 2 == 0 { Half::Upper } else { Half::Lower };
        let candidates: Vec<_> = pool.iter().filter(|f| !dissolves || f.half == half).cloned().collect();
        let footage = random.pick(&candidates).clone();
        let frames = if dissolves { 20 + random.below(10) } else { 1 + random.below(20) };
        let duration = rate.start_of(frame + frames) - rate.start_of(frame);
        let source_in = random.below(((footage.end - duration) / sample).max(1)) * sample;
        let dissolve = if dissolves && i % 3 != 2 && i + 1 < cuts { rate.start_of(2 * (1 + random.below(8))) } else { 0 };
        timeline.cuts.push(Cut { footage, start: rate.start_of(frame), duration, source_in, dissolve });
        frame += frames;
    }
    timeline
}

/// Exports a timeline, compares every picture, and returns the film's path.
fn export_and_compare(name: &str, timeline: &Timeline, extension: &str, arguments: &[&str]) -> PathBuf {
    let film = program::scratch_dir(name).unwrap().join(format!("film.{extension}"));
    program::export(&timeline.document(320, 180), &film, arguments).unwrap();
    let seen = reader::pictures(&film).unwrap();
    let mut wrong = Vec::new();
    for (n, halves) in seen.iter().enumerate() {
        let wanted = timeline.shown(n as i64);
        for (half, mark) in halves.iter().enumerate() {
            let want = wanted.iter().find(|s| s.half == half);
            let right = match (want, mark) {
                (None, Ok(None)) => true,
                // Too faint to be read.
                (Some(w), Ok(None)) => w.weight < 0.05,
                (Some(w), Ok(Some(m))) => (w.clip, w.frame) == (m.clip, m.frame) && (w.weight - f64::from(m.weight)).abs() < 0.03,
                _ => false,
            };
            if !right {
                wrong.push(format!("frame {n} half {half}: wanted {want:?}, the film shows {mark:?}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{name}: {} of {} frames are wrong:\n{}",
        wrong.len(),
        seen.len(),
        wrong[..wrong.len().min(12)].join("\n")
    );
    assert_eq!(seen.len() as i64, timeline.frame_count(), "{name}: frames in the film");
    let unit = if extension == "mkv" || extension == "webm" { FLICKS_PER_SECOND / 1000 } else { 1 };
    for (n, start) in reader::starts(&film).unwrap().into_iter().enumerate() {
        let claimed = timeline.rate.start_of(n as i64);
        assert!((start - claimed).abs() <= unit, "{name}: frame {n} starts at {start} flicks, not at {claimed}");
    }
    film
}

const LOSSLESS: &[&str] = &["--video-codec", "ffv1", "--audio-codec", "flac"];
const USUAL: &[&str] = &["--video-codec", "h264", "--crf", "12", "--preset", "veryfast"];

#[test]
fn cuts_at_every_rate() {
    let pool = footage();
    for (i, rate) in [FILM, PAL, NTSC, R30, R50, NTSC60, R60].into_iter().enumerate() {
        let timeline = random_timeline(rate, 14, false, &pool, 1 + i as u64);
        export_and_compare(&format!("cuts-{i}"), &timeline, "mp4", USUAL);
    }
}

#[test]
fn dissolves_at_mixed_rates() {
    let pool = footage();
    for (i, rate) in [FILM, PAL, NTSC, R60].into_iter().enumerate() {
        let timeline = random_timeline(rate, 7, true, &pool, 50 + i as u64);
        export_and_compare(&format!("dissolves-{i}"), &timeline, "mkv", LOSSLESS);
    }
}

#[test]
fn every_kind_of_footage_alone_and_whole() {
    for footage in footage() {
        // At its own frame rate if it has one, so that every frame must appear once.
        let rate = match footage.clip - 100 {
            0 => FILM,
            2 => NTSC,
            3 => R30,
            4 | 9 | 11 => R50,
            5 => NTSC60,
            6 | 7 => R60,
            _ => PAL,
        };
        let name = format!("whole-{}", footage.clip);
        let duration = footage.end;
        let timeline = Timeline { rate, cuts: vec![Cut { footage, start: 0, duration, source_in: 0, dissolve: 0 }] };
        export_and_compare(&name, &timeline, "mp4", USUAL);
    }
}

#[test]
fn gaps_are_black_and_nothing_else_is() {
    let pool = footage();
    let mut timeline = random_timeline(PAL, 3, false, &pool, 99);
    let mut shift = PAL.start_of(2);
    for cut in &mut timeline.cuts {
        cut.start += shift;
        shift += PAL.start_of(5);
    }
    export_and_compare("gaps", &timeline, "mp4", USUAL);
}

#[test]
fn clicks_fall_where_the_timeline_puts_them() {
    let pool: Vec<_> = footage().into_iter().filter(|f| !f.clicks().is_empty()).collect();
    // Rates at which frames start on whole samples, so that no clip is resampled and the numbers
    // can be read.
    for (i, rate) in [FILM, PAL, R30, R60].into_iter().enumerate() {
        for dissolves in [false, true] {
            let name = format!("clicks-{i}-{dissolves}");
            let timeline = random_timeline(rate, 9, dissolves, &pool, 200 + i as u64);
            let film = export_and_compare(&name, &timeline, "mkv", LOSSLESS);
            let wanted = timeline.clicks(SAMPLE_RATE_HZ, 150);
            assert!(wanted.len() > 20, "{name}: only {} clicks to compare", wanted.len());
            for channel in 0..2 {
                let sound = reader::sound(&film, channel).unwrap();
                let frames = timeline.frame_count();
                let samples = rate.start_of(frames) / (FLICKS_PER_SECOND / SAMPLE_RATE_HZ);
                assert_eq!(sound.len() as i64, samples, "{name}: samples for {frames} frames");
                let heard = clicks::read(&sound);
                for (sample, frame) in &wanted {
                    let found = heard.iter().find(|c| (c.sample - sample).abs() <= 1 && c.frame == *frame);
                    let near: Vec<_> = heard.iter().filter(|c| (c.sample - sample).abs() < 1000).collect();
                    let click = found.unwrap_or_else(|| panic!("{name}: no click {frame} at sample {sample}; near it: {near:?}"));
                    assert!((click.gain - 1.0).abs() < 0.01, "{name}: click {frame} has gain {}", click.gain);
                }
            }
        }
    }
}

#[test]
fn clicks_between_samples_are_off_by_one_at_most() {
    let pool: Vec<_> = footage().into_iter().filter(|f| !f.clicks().is_empty()).collect();
    for (i, rate) in [NTSC, NTSC60].into_iter().enumerate() {
        let name = format!("clicks-between-{i}");
        let timeline = random_timeline(rate, 9, false, &pool, 300 + i as u64);
        let film = export_and_compare(&name, &timeline, "mkv", LOSSLESS);
        let peaks = clicks::peaks(&reader::sound(&film, 0).unwrap(), 0.3 * clicks::CLICK);
        for (sample, frame) in timeline.clicks(SAMPLE_RATE_HZ, 150) {
            assert!(peaks.iter().any(|p| (p - sample).abs() <= 1), "{name}: no click {frame} at sample {sample}");
        }
    }
}
