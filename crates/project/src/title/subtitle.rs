//! Styles of subtitles, for texts that are shown at the bottom of a film.
use crate::{
    Animated, Paint, Shadow, Stroke, TextSource,
    paint::{Color, StrokeCap, StrokeJoin, StrokePosition},
    text::{Families, TextAlign, TextBackground, TextStyle, VerticalAlign},
};
use cutroom_types::Size;

/// A style of subtitles.
pub struct SubtitleStyle {
    /// Id, in lower case with hyphens.
    pub id: &'static str,
    /// What it looks like, in one sentence without a full stop.
    pub about: &'static str,
    /// Lengths are given in hundredths of the canvas's height, by a function that returns pixels.
    make: fn(&dyn Fn(f64) -> f64) -> TextSource,
}

/// All styles.
pub const SUBTITLE_STYLES: &[SubtitleStyle] = &[
    SubtitleStyle { id: "classic", about: "White with a black outline", make: |px| outlined(px, WHITE, BLACK, 0.35, 500.0) },
    SubtitleStyle {
        id: "netflix",
        about: "White, semibold, with a soft shadow",
        make: |px| TextSource { shadows: vec![shadow(px, BLACK, 0.25, 0.9, 0.1)], ..plain(px, 5.0, 600.0, WHITE) },
    },
    SubtitleStyle {
        id: "youtube",
        about: "White on a dark box around each line",
        make: |px| boxed(px, plain(px, 4.6, 400.0, WHITE), [0.03, 0.03, 0.03, 0.75], true),
    },
    SubtitleStyle {
        id: "bold-yellow",
        about: "Heavy and yellow with a thick black outline",
        make: |px| outlined(px, [1.0, 0.9, 0.1, 1.0], BLACK, 0.6, 800.0),
    },
    SubtitleStyle {
        id: "boxed",
        about: "White on one black box",
        make: |px| boxed(px, plain(px, 4.8, 500.0, WHITE), BLACK, false),
    },
    SubtitleStyle {
        id: "outline",
        about: "Only the outline of the letters, on a shadow",
        make: |px| {
            let mut text = plain(px, 5.4, 800.0, WHITE);
            text.style.fill = Some(Paint::None);
            text.style.strokes = Some(vec![stroke(px, WHITE, 0.3, StrokePosition::Center)]);
            text.shadows = vec![shadow(px, BLACK, 0.0, 1.0, 0.3)];
            text
        },
    },
    SubtitleStyle {
        id: "karaoke",
        about: "Bold and white with a violet outline, for words that are coloured one after another",
        make: |px| outlined(px, WHITE, [0.35, 0.1, 0.75, 1.0], 0.5, 800.0),
    },
    SubtitleStyle {
        id: "minimal",
        about: "Small and light with a faint shadow",
        make: |px| TextSource { shadows: vec![shadow(px, [0.0, 0.0, 0.0, 0.7], 0.1, 0.6, 0.0)], ..plain(px, 3.9, 400.0, WHITE) },
    },
    SubtitleStyle {
        id: "cinematic",
        about: "A warm serif with a soft shadow",
        make: |px| {
            let mut text = plain(px, 4.7, 400.0, [1.0, 0.96, 0.86, 1.0]);
            text.style.font = Some(Families::One("Noto Serif".into()));
            text.style.tracking_px = Some(px(0.08).into());
            text.shadows = vec![shadow(px, BLACK, 0.15, 1.0, 0.1)];
            text
        },
    },
    SubtitleStyle {
        id: "news",
        about: "Bold and white on a blue box",
        make: |px| boxed(px, plain(px, 4.4, 700.0, WHITE), [0.04, 0.2, 0.5, 0.94], false),
    },
    SubtitleStyle {
        id: "neon",
        about: "White that glows cyan",
        make: |px| TextSource {
            shadows: vec![shadow(px, [0.0, 0.75, 1.0, 0.8], 0.0, 3.2, 0.4), shadow(px, [0.1, 0.9, 1.0, 1.0], 0.0, 1.0, 0.15)],
            ..plain(px, 5.0, 600.0, [0.93, 1.0, 1.0, 1.0])
        },
    },
    SubtitleStyle {
        id: "handwritten",
        about: "A slanted serif with a thin dark outline",
        make: |px| {
            let mut text = outlined(px, WHITE, [0.1, 0.08, 0.05, 1.0], 0.25, 400.0);
            text.style.font = Some(Families::One("Noto Serif".into()));
            text.style.italic = Some(true);
            text
        },
    },
];

const WHITE: [f64; 4] = [1.0; 4];
const BLACK: [f64; 4] = [0.0, 0.0, 0.0, 1.0];

/// The style of this id for a canvas, as a text without words: its lines break at 80 % of the
/// canvas's width. Add the text, and a transform that places it. `None` for an unknown id.
pub fn subtitle_style(id: &str, canvas: Size) -> Option<TextSource> {
    let style = SUBTITLE_STYLES.iter().find(|s| s.id == id)?;
    let (width, height) = (f64::from(canvas.width), f64::from(canvas.height));
    let unit = height.min(1.25 * width) / 100.0;
    let mut text = (style.make)(&|hundredths| hundredths * unit);
    text.width_px = Some((width * 0.8).max(1.0));
    text.align = TextAlign::Center;
    text.vertical_align = VerticalAlign::Bottom;
    Some(text)
}

fn plain(px: &dyn Fn(f64) -> f64, size: f64, weight: f64, color: [f64; 4]) -> TextSource {
    TextSource {
        style: TextStyle {
            size_px: Some(px(size).clamp(1.0, 5000.0)),
            weight: Some(weight),
            fill: Some(Paint::solid(color)),
            ..TextStyle::default()
        },
        line_height: 1.0,
        ..TextSource::default()
    }
}

fn stroke(px: &dyn Fn(f64) -> f64, color: [f64; 4], width: f64, position: StrokePosition) -> Stroke {
    Stroke {
        paint: Paint::solid(color),
        width_px: px(width).min(1000.0).into(),
        position,
        join: StrokeJoin::Round,
        cap: StrokeCap::Butt,
        dashes_px: Vec::new(),
        dash_offset_px: Animated::default(),
    }
}

fn outlined(px: &dyn Fn(f64) -> f64, fill: [f64; 4], line: [f64; 4], width: f64, weight: f64) -> TextSource {
    let mut text = plain(px, 5.0, weight, fill);
    text.style.strokes = Some(vec![stroke(px, line, width, StrokePosition::Outside)]);
    text
}

fn boxed(px: &dyn Fn(f64) -> f64, text: TextSource, color: [f64; 4], per_line: bool) -> TextSource {
    let padding_px = if per_line { [px(0.9), px(0.15)] } else { [px(1.6), px(0.9)] };
    let background = TextBackground { paint: Paint::solid(color), per_line, padding_px, radius_px: px(0.4) };
    TextSource { background: Some(background), ..text }
}

fn shadow(px: &dyn Fn(f64) -> f64, color: [f64; 4], down: f64, blur: f64, spread: f64) -> Shadow {
    Shadow {
        color: Animated::Constant(Color(color)),
        offset_px: [0.0, px(down)].into(),
        blur_px: px(blur).min(500.0).into(),
        spread_px: px(spread).min(500.0).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clip, ClipSource, Composition, Project, Track, TrackKind};
    use cutroom_types::{Time, TimeDelta};

    #[test]
    fn every_style_is_valid_at_every_size_and_relative_to_it() {
        assert_eq!(SUBTITLE_STYLES.len(), 12);
        let mut looks = Vec::new();
        for style in SUBTITLE_STYLES {
            for (width, height) in [(1280, 720), (1080, 1920), (3840, 2160), (64, 36)] {
                let size = Size { width, height };
                let mut text = subtitle_style(style.id, size).unwrap();
                assert!(text.text.is_empty() && text.runs.is_empty());
                text.text = "Hello".into();
                let mut track = Track::new("t", TrackKind::Video);
                let source = ClipSource::Text(Box::new(text.clone()));
                track.clips.push(Clip::new("c", source, Time::ZERO, TimeDelta::from_secs_f64(1.0)).into());
                let mut film = Composition::new("film", size, "25".parse().unwrap());
                film.tracks.push(track);
                let problems = crate::validate(&Project::new("film", film));
                assert!(problems.is_empty(), "{}: {problems:?}", style.id);
                if width == 3840 {
                    let half = subtitle_style(style.id, Size { width: 1920, height: 1080 }).unwrap();
                    assert_eq!(text.style.size_px.unwrap(), 2.0 * half.style.size_px.unwrap(), "{}", style.id);
                    looks.push(format!("{:?}", text));
                }
            }
        }
        looks.sort();
        looks.dedup();
        assert_eq!(looks.len(), 12, "two styles look the same");
        assert_eq!(subtitle_style("none", Size { width: 64, height: 36 }), None);
    }
}
