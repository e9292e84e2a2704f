//! Fuzz targets: the parsers of files and typed text must accept any bytes without a panic, an
//! overflow or an endless loop, and what they accept must keep its invariants.
//!
//! `cargo xtask fuzz` runs each target under libFuzzer for a chosen time; the test of this package
//! runs the seeds of `corpus` and some thousand variations of them each time. An input that once
//! failed stays in `corpus`. The package does not depend on rendering.
#![forbid(unsafe_code)]

use cutroom_effects::{curve as curve_text, effect::curves, lut::Lut};
use cutroom_interchange::subtitles::{self, CheckLimits, SplitLimits, SubtitleFormat};
use cutroom_media::{heif, heif_items, mp4_boxes, mp4_tables, ogg_end, webp_animation::Animation, write::SequencePattern};
use cutroom_project::split::{Layout, MAX_CELLS};
use cutroom_types::{FrameRate, Size, Time, TimeText, Timecode};
use std::{io::Cursor, path::Path};

/// A parser and the properties that must hold for any input.
pub struct Target {
    /// Name of the target and of its folder of seeds.
    pub name: &'static str,
    /// Panics if a property does not hold.
    pub check: fn(&[u8]),
    /// Endings of the shared media files that are additional seeds, if present.
    pub media: &'static [&'static str],
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target { name: "project", check: project, media: &[] },
    Target { name: "cube", check: cube, media: &[".cube"] },
    Target { name: "three_dl", check: three_dl, media: &[".3dl"] },
    Target { name: "time", check: time, media: &[] },
    Target { name: "boxes", check: boxes, media: &[".mp4", ".mov", ".avif"] },
    Target { name: "webp", check: webp, media: &[".webp"] },
    Target { name: "ogg", check: ogg, media: &[".ogv"] },
    Target { name: "sequence", check: sequence, media: &[] },
    Target { name: "curve", check: curve, media: &[] },
    Target { name: "layout", check: layout, media: &[] },
    Target { name: "subtitles", check: subtitles, media: &[".srt", ".vtt", ".ass", ".ttml"] },
];

/// The cells of a layout of a split screen are as many as it says, and have finite corners and an area.
fn layout(bytes: &[u8]) {
    let Some(Ok(layout)) = text(bytes).map(Layout::parse) else { return };
    let count = layout.cell_count();
    assert!((1..=MAX_CELLS).contains(&count), "{count} cells");
    for (width, height, gap, margin) in [(1920, 1080, 0, 0), (641, 359, 7, 3), (16, 9, 1, 0), (1, 1, 0, 0)] {
        let Ok(cells) = layout.cells(Size { width, height }, gap, margin) else { continue };
        assert_eq!(cells.len(), count);
        for cell in &cells {
            assert!(cell.corners.len() >= 3 && cell.corners.iter().flatten().all(|v| v.is_finite()), "{cell:?}");
            assert!(cell.area() >= 0.9, "{cell:?}");
        }
    }
}

/// Anything is read in each format; what was read is split, checked, and written so that it can be
/// read.
fn subtitles(bytes: &[u8]) {
    for name in ["a.srt", "a.vtt", "a.ass", "a.ttml"] {
        let Ok(mut file) = subtitles::read(bytes, Some(Path::new(name))) else { continue };
        assert!(file.document.cues.windows(2).all(|w| w[0].start <= w[1].start), "the cues are sorted");
        subtitles::split(&mut file.document, &SplitLimits { line_letters: 20, ..SplitLimits::default() });
        subtitles::check(&file.document, &CheckLimits::default());
        for format in SubtitleFormat::ALL {
            let (text, _) = subtitles::write(&file.document, format);
            let _ = subtitles::read(text.as_bytes(), Some(Path::new(&format!("b.{}", format.id()))));
        }
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// A project is read, migrated and validated; saved and read again, it is unchanged.
fn project(bytes: &[u8]) {
    let Some(Ok(project)) = text(bytes).map(cutroom_project::from_json) else { return };
    let problems = cutroom_project::validate(&project);
    let saved = cutroom_project::to_json(&project);
    let again = cutroom_project::from_json(&saved).unwrap_or_else(|e| panic!("what was saved is not read: {e}"));
    assert_eq!(cutroom_project::to_json(&again), saved, "saved twice");
    assert_eq!(cutroom_project::validate(&again), problems, "judged twice");
    let _ = cutroom_project::unknown_fields(&project);
}

/// A LUT has tables of the stated size, finite values and a non-empty domain.
fn lut(bytes: &[u8], extension: &str) {
    let Some(Ok(lut)) = text(bytes).map(|t| Lut::parse(t, extension)) else { return };
    let shaper = lut.shaper.as_ref().map(|s| (s.entries, s.domain, &s.values));
    let cube = lut.cube.as_ref().map(|c| (c.side * c.side * c.side, c.domain, &c.values));
    assert!(shaper.is_some() || cube.is_some());
    let mut count = 0;
    for (entries, [low, high], values) in shaper.into_iter().chain(cube) {
        assert!(entries >= 2 && values.len() == 3 * entries);
        assert!((0..3).all(|k| low[k] < high[k] && (high[k] - low[k]).is_finite()), "{low:?} to {high:?}");
        count += values.len();
    }
    assert!(lut.table().len() == count && lut.table().iter().all(|v| v.is_finite()));
}

fn cube(bytes: &[u8]) {
    lut(bytes, "cube");
}

fn three_dl(bytes: &[u8]) {
    lut(bytes, "3dl");
}

/// Three lines: a time, a rate, and a timecode at that rate. Written and read again, each is
/// unchanged.
fn time(bytes: &[u8]) {
    let mut lines = text(bytes).unwrap_or_default().lines();
    let mut line = || lines.next().unwrap_or_default();
    let time = line().parse::<Time>();
    let rate = line().parse::<FrameRate>();
    if let Ok(time) = time {
        assert_eq!(time.0.to_string().parse(), Ok(time));
    }
    let Ok(rate) = rate else { return };
    assert_eq!(rate.to_string().parse(), Ok(rate));
    if let Ok(time) = time {
        let n = rate.frame_at(time);
        // Only where frame numbers do not overflow.
        if time.0.checked_abs().is_some_and(|t| t < i64::MAX / 4) {
            let start = rate.time_of_frame(n);
            assert!(
                start <= time && time < rate.time_of_frame(n + 1) && rate.frame_at(start) == n,
                "{time:?} at {rate}: frame {n}"
            );
        }
    }
    let written = line();
    if let Ok(Ok(flicks)) = TimeText::parse(written).map(|t| t.flicks(Some(rate))) {
        assert_eq!(flicks.to_string().parse(), Ok(Time(flicks)));
    }
    if let Ok(code) = Timecode::parse(written, rate) {
        assert!(code.frame >= 0, "{code:?}");
        assert_eq!(Timecode::parse(&code.to_string(), rate), Ok(code), "{code}");
    }
}

fn boxes(bytes: &[u8]) {
    if let Some(defect) = mp4_boxes::defect_in(&mut Cursor::new(bytes), bytes.len() as u64) {
        assert!(!defect.is_empty());
    }
    for track in mp4_tables::tracks_in(&mut Cursor::new(bytes)).unwrap_or_default() {
        assert!(track.timescale > 0 && track.movie_timescale > 0 && !track.samples.is_empty());
    }
    if let Some(found) = heif::properties(bytes) {
        assert!(found.orientation.quarter_turns < 4);
    }
    let mut file = Cursor::new(bytes);
    if let Ok(Some(still)) = heif_items::still_in(&mut file) {
        for picture in [Some(&still.picture), still.alpha.as_ref()].into_iter().flatten() {
            assert!(picture.columns > 0 && !picture.tiles.is_empty() && picture.tiles.len() % picture.columns == 0);
            for tile in picture.tiles.iter().take(8) {
                assert!(!still.bytes(&mut file, tile).is_ok_and(|b| b.len() > bytes.len()), "bytes that there are");
                let _ = still.setup(tile);
            }
        }
    }
}

/// Times rise, and each frame has the size of the canvas. Large ones would take too long.
fn webp(bytes: &[u8]) {
    let Ok(mut animation) = Animation::open(Cursor::new(bytes)) else { return };
    let (size, starts) = (animation.size(), animation.starts_ms());
    assert!(starts.len() >= 2 && starts.windows(2).all(|w| w[0] < w[1]));
    if size.width.max(size.height) > 64 {
        return;
    }
    for n in [starts.len() - 2, 0] {
        if let Ok(pixels) = animation.frame(n) {
            assert_eq!(pixels.len(), 4 * size.width as usize * size.height as usize);
        }
    }
}

fn ogg(bytes: &[u8]) {
    assert!(ogg_end::frames_in(&mut Cursor::new(bytes), 0).is_none_or(|frames| frames >= 0));
}

/// A pattern does not cover paths below its own name.
fn sequence(bytes: &[u8]) {
    let Some(name) = text(bytes).filter(|n| !n.contains('\0')) else { return };
    let Ok(pattern) = SequencePattern::parse(Path::new(name), &["png"]) else { return };
    assert!(!pattern.covers(&Path::new(name).join("deeper").join("00000.png")), "{name}");
}

/// The points rise from left to right, and the curve through them stays within their range.
fn curve(bytes: &[u8]) {
    let Some(Ok(points)) = text(bytes).map(curve_text::parse) else { return };
    assert!(points.len() >= 2 && points.windows(2).all(|w| w[0][0] < w[1][0]));
    let values = curves::sampled(&points);
    let (low, high) = points.iter().fold((1.0f32, 0.0f32), |(low, high), p| (low.min(p[1]), high.max(p[1])));
    assert!(values.iter().all(|v| (low - 1e-4..=high + 1e-4).contains(v)), "{points:?}: {values:?}");
}
