//! Texts whose pieces appear one after another.
use super::{
    Title, TitleParam,
    TitleParamKind::{Color, Text},
    stage::{Stage, Words, soft_shadow},
};
use crate::{
    Ease,
    text::{AnimationPhase, TextAlign, TextUnit},
};
use cutroom_types::TimeDelta;

/// Words that jump in.
pub(super) const WORD_POP: Title = Title {
    id: "word-pop",
    name: "Word pop",
    about: "Words in the middle that pop up one after another",
    params: &[
        TitleParam { id: "text", about: "the words", kind: Text("One word after another") },
        TitleParam { id: "color", about: "colour of the letters", kind: Color("#ffffff") },
        TitleParam { id: "outline", about: "colour of their outline", kind: Color("#000000") },
    ],
    usual_secs: 3.0,
    is_moving: true,
    shows_film_time: false,
    draw: word_pop,
};

fn word_pop(s: &mut Stage<'_>) {
    let words = s.text("text");
    let count = words.split_whitespace().count().max(1);
    let [width, height] = s.safe();
    let room = [width.min(s.px(130.0)), height * 0.7];
    let color = s.color("color");
    let mut text = Words { text: words, size: s.px(11.0), weight: 900.0, color, room, align: TextAlign::Center }.source();
    text.style.strokes = Some(vec![crate::Stroke {
        paint: crate::Paint::solid(s.color("outline")),
        width_px: s.px(0.8).min(1000.0).into(),
        position: crate::paint::StrokePosition::Outside,
        join: crate::paint::StrokeJoin::Round,
        cap: crate::paint::StrokeCap::Butt,
        dashes_px: Vec::new(),
        dash_offset_px: crate::Animated::default(),
    }]);
    let small = |a: &mut crate::text::TextAnimation| a.scale = [0.3, 0.3];
    text.animations = s.units(TextUnit::Word, count, (0.0, 1.0), (Ease::OutBack, Ease::InCubic), small);
    // The words share up to half of the title, a word at most 0.35 s.
    let each = (s.duration_secs() * 0.5 / count as f64).min(0.35);
    for a in &mut text.animations {
        if a.phase == AnimationPhase::In {
            a.duration = TimeDelta::from_secs_f64(each);
            a.stagger = TimeDelta::from_secs_f64(each);
        } else {
            (a.unit, a.stagger, a.scale) = (TextUnit::Text, TimeDelta::ZERO, [1.0; 2]);
            a.duration = TimeDelta::from_secs_f64(s.leave_secs() * 0.5);
        }
    }
    s.put("text", text, [0.0; 2]);
}

/// Letters as if typed.
pub(super) const TYPEWRITER: Title = Title {
    id: "typewriter",
    name: "Typewriter",
    about: "A text that is typed letter by letter",
    params: &[
        TitleParam { id: "text", about: "the text", kind: Text("London, 1843.\nThe first program is written.") },
        TitleParam { id: "color", about: "colour of the letters", kind: Color("#ffffff") },
    ],
    usual_secs: 5.0,
    is_moving: true,
    shows_film_time: false,
    draw: typewriter,
};

fn typewriter(s: &mut Stage<'_>) {
    let words = s.text("text");
    let letters = words.chars().filter(|c| !c.is_whitespace()).count().max(1);
    let [width, height] = s.safe();
    let (room, color) = ([width.min(s.px(140.0)), height * 0.7], s.color("color"));
    let mut text = Words { text: words, size: s.px(5.6), weight: 500.0, color, room, align: TextAlign::Left }.source();
    text.line_height = 1.2;
    text.shadows = soft_shadow(s.px(0.5));
    text.animations = s.arriving([0.0, 0.0], (0.0, 1.0));
    // Typing takes up to 0.6 of the title, a letter at most 80 ms.
    let each = (s.duration_secs() * 0.6 / letters as f64).min(0.08);
    for a in text.animations.iter_mut().filter(|a| a.phase == AnimationPhase::In) {
        (a.unit, a.duration, a.stagger) = (TextUnit::Character, TimeDelta::ZERO, TimeDelta::from_secs_f64(each));
    }
    s.put("text", text, [0.0; 2]);
}
