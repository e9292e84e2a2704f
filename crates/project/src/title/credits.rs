//! Credits that pass by at one speed.
//!
//! They start just outside the canvas and end outside of it. If a whole number of pixels a frame
//! makes them no more than a quarter faster, that is their speed: then no letter flickers.
use super::{
    Title, TitleParam,
    TitleParamKind::{Color, Text},
    stage::{Stage, Words, curve, ems, soft_shadow},
};
use crate::{
    Animated, Ease,
    text::{TextAlign, TextRun, TextStyle, VerticalAlign},
};

/// Most lines of one clip; the rest follows in further ones, since rasters are limited.
const LINES_OF_CLIP: usize = 20;
/// Longest text of a crawl in pixels: the largest raster, with some room.
const MAX_CRAWL_PX: f64 = 16_000.0;
/// Part of the exact speed that a whole number of pixels may add.
const MAX_FASTER: f64 = 0.25;

const LINES: &str = "# Written by\nAda Lovelace\n\n# Engine\nCharles Babbage\n\n# Translation\nLuigi Menabrea\n\n# Thanks to\nMary Somerville\nAugustus De Morgan";

/// From the bottom to the top.
pub(super) const CREDITS_ROLL: Title = Title {
    id: "credits-roll",
    name: "Credits, rolling",
    about: "Lines that roll from the bottom to the top at one speed",
    params: &[
        TitleParam { id: "lines", about: "the lines; one that begins with `# ` is a heading", kind: Text(LINES) },
        TitleParam { id: "color", about: "colour of the letters", kind: Color("#ffffff") },
        TitleParam { id: "accent", about: "colour of headings", kind: Color("#b8c0cc") },
    ],
    usual_secs: 12.0,
    is_moving: true,
    shows_film_time: false,
    draw: roll,
};

/// From the right to the left.
pub(super) const CREDITS_CRAWL: Title = Title {
    id: "credits-crawl",
    name: "Credits, crawling",
    about: "One line at the bottom that crawls from the right to the left at one speed",
    params: &[
        TitleParam {
            id: "text",
            about: "the line; ends of lines become dots",
            kind: Text("Written by Ada Lovelace\nEngine by Charles Babbage\nTranslated by Luigi Menabrea"),
        },
        TitleParam { id: "color", about: "colour of the letters", kind: Color("#ffffff") },
    ],
    usual_secs: 10.0,
    is_moving: true,
    shows_film_time: false,
    draw: crawl,
};

/// Places of something that is moved from `from` by at least `way` pixels in the length of the
/// title, towards smaller numbers.
fn passage(s: &Stage<'_>, from: f64, way: f64) -> (f64, f64) {
    let rate = s.canvas().frame_rate;
    let frames = rate.frames_in(s.canvas().duration).max(1);
    let exact = way / frames as f64;
    let whole = exact.ceil();
    let step = if whole <= exact * (1.0 + MAX_FASTER) { whole } else { exact };
    let end = rate.time_of_frame(frames).as_secs_f64();
    (end, from - step * frames as f64)
}

fn roll(s: &mut Stage<'_>) {
    let lines = s.text("lines");
    let lines: Vec<&str> = lines.lines().collect();
    let (size, pitch) = (s.px(4.6), s.whole_px(6.6));
    let [canvas_width, canvas_height] = s.size();
    // Boxes have the parity of the canvas, so that they fall on whole pixels.
    let even = |v: f64, canvas: f64| v + (v - canvas).rem_euclid(2.0);
    let width = even(s.safe()[0].floor(), canvas_width);
    let chunks: Vec<&[&str]> = lines.chunks(LINES_OF_CLIP).collect();
    let heights: Vec<f64> = chunks.iter().map(|c| even(c.len() as f64 * pitch, canvas_height)).collect();
    let whole: f64 = heights.iter().sum();
    let way = canvas_height + whole;
    let mut above = 0.0;
    for (i, (chunk, height)) in chunks.iter().zip(&heights).enumerate() {
        let from = canvas_height / 2.0 + above + height / 2.0;
        above += height;
        let (end, to) = passage(s, from, way);
        let color = s.color("color");
        let room = [width, *height];
        let mut text = Words { text: String::new(), size, weight: 400.0, color, room, align: TextAlign::Center }.source();
        text.vertical_align = VerticalAlign::Top;
        // Inter's lines are 1.21 em high.
        text.line_height = (pitch / (size * 1.21)).clamp(0.1, 10.0);
        for (n, line) in chunk.iter().enumerate() {
            let heading = line.strip_prefix("# ");
            let end = if n + 1 < chunk.len() { "\n" } else { "" };
            let words = format!("{}{end}", crate::placeholder::escape(heading.unwrap_or(line)));
            let style = match heading {
                Some(_) => {
                    TextStyle { weight: Some(600.0), fill: Some(crate::Paint::solid(s.color("accent"))), ..TextStyle::default() }
                }
                None => TextStyle::default(),
            };
            text.runs.push(TextRun { text: words, style });
        }
        text.shadows = soft_shadow(s.px(0.4));
        let place = curve(vec![(0.0, [0.0, from], Ease::Linear), (end, [0.0, to], Ease::Linear)]);
        s.put_moving(&format!("lines-{}", i + 1), text, place, Animated::one());
    }
}

fn crawl(s: &mut Stage<'_>) {
    let line = s.text("text").lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("   \u{2022}   ");
    let size = s.px(4.6);
    let [canvas_width, canvas_height] = s.size();
    let even = |v: f64, canvas: f64| v + (v - canvas).rem_euclid(2.0);
    let width = even((ems(&line) * size * 1.05).ceil().clamp(2.0, MAX_CRAWL_PX), canvas_width);
    let height = even((size * 1.4).ceil(), canvas_height);
    let from = canvas_width / 2.0 + width / 2.0;
    let (end, to) = passage(s, from, canvas_width + width);
    let y = (s.bottom() - s.px(2.0) - height / 2.0).round();
    let color = s.color("color");
    let mut text = Words { text: line, size, weight: 500.0, color, room: [width, height], align: TextAlign::Left }.source();
    text.shadows = soft_shadow(s.px(0.4));
    let place = curve(vec![(0.0, [from, y], Ease::Linear), (end, [to, y], Ease::Linear)]);
    s.put_moving("line", text, place, Animated::one());
}
