//! Glyphs are those of HarfBuzz, and lines break by Unicode's rules.
use crate::support::{layout, style, text};
use cutroom_timeline::drawing::TextDirection;
use serde_json::Value;
use std::sync::Arc;

/// Family and units per em of the shipped fonts that are compared.
const FONTS: [(&str, &str, f32); 6] = [
    ("Inter.ttf", "Inter", 2048.0),
    ("NotoSansJP-Regular.otf", "Noto Sans JP", 1000.0),
    ("NotoSansArabic-Regular.ttf", "Noto Sans Arabic", 1000.0),
    ("NotoSansDevanagari-Regular.ttf", "Noto Sans Devanagari", 1000.0),
    ("NotoColorEmoji.ttf", "Noto Color Emoji", 1024.0),
    ("NotoSerif-Regular.ttf", "Noto Serif", 1000.0),
];

#[test]
fn glyph_runs_are_those_of_harfbuzz() {
    let data: Value = serde_json::from_str(include_str!("data/hb_shape.json")).unwrap();
    for case in data["cases"].as_array().unwrap() {
        let (_, family, units) = FONTS.into_iter().find(|f| case["font"] == f.0).unwrap();
        let mut own = style(units);
        own.families = vec![Arc::from(family)];
        let placed = layout(&text(case["text"].as_str().unwrap(), own));
        let expected: Vec<[i64; 4]> = serde_json::from_value(case["glyphs"].clone()).unwrap();
        let ids: Vec<i64> = placed.glyphs.iter().map(|g| i64::from(g.id)).collect();
        assert_eq!(ids, expected.iter().map(|g| g[0]).collect::<Vec<_>>(), "{}", case["name"]);
        let mut pen = 0.0;
        for (glyph, [_, advance, dx, dy]) in placed.glyphs.iter().zip(&expected) {
            let at = glyph.box_from_glyph.translation();
            // Positions on variable axes are rounded to 1/16384, advances to a unit.
            assert!((at.x - (pen + *dx as f64)).abs() <= 2.0, "{}: x {} for {}", case["name"], at.x, pen + *dx as f64);
            let baseline = placed.glyphs[0].box_from_glyph.translation().y + expected[0][3] as f64;
            assert!((at.y - (baseline - *dy as f64)).abs() <= 2.0, "{}: y {}", case["name"], at.y);
            pen += *advance as f64;
        }
    }
}

/// Texts of the lines.
fn lines(content: &str, width_px: f32) -> Vec<String> {
    let mut block = text(content, style(20.0));
    block.flow.width_px = Some(width_px);
    let placed = layout(&block);
    let mut lines = vec![Vec::new(); placed.lines.len()];
    for g in &placed.glyphs {
        lines[g.units[2]].push(g.byte);
    }
    let ends: Vec<usize> = lines.iter().map(|l| *l.iter().min().unwrap()).skip(1).chain([content.len()]).collect();
    let starts = lines.iter().map(|l| *l.iter().min().unwrap());
    starts.zip(ends).map(|(a, b)| content[a..b].trim_end().to_owned()).collect()
}

/// UAX 14: rules LB13 (no break before closing punctuation), LB14 (none after an opening bracket),
/// LB21 (after a hyphen), LB18 (after spaces).
#[test]
fn lines_break_by_the_rules_of_unicode() {
    assert_eq!(lines("one two three", 75.0), ["one two", "three"]);
    assert_eq!(lines("well-known fact", 75.0), ["well-", "known", "fact"]);
    // Letters of 20 px: five to a line, but none begins with punctuation or ends with a bracket.
    assert_eq!(lines("日本語の字、幕です。", 101.0), ["日本語の", "字、幕で", "す。"]);
    assert_eq!(lines("日本語で「漢字」だ", 101.0), ["日本語で", "「漢字」だ"]);
}

/// UAX 9: in a right-to-left paragraph, Latin words and numbers keep their order.
#[test]
fn mixed_directions_are_in_visual_order() {
    let content = "مرحبا abc 12 سلام";
    let placed = layout(&text(content, style(20.0)));
    let x_of = |needle: &str| {
        let byte = content.find(needle).unwrap();
        placed.glyphs.iter().find(|g| g.byte == byte).unwrap().box_from_glyph.translation().x
    };
    assert!(x_of("سلام") < x_of("abc") && x_of("abc") < x_of("bc") && x_of("12") < x_of("مرحبا"));
    // Letters are counted in logical order.
    let first = placed.glyphs.iter().find(|g| g.byte == 0).unwrap();
    assert_eq!((first.units[0], first.units[1]), (0, 0));
    let mut block = text("abc", style(20.0));
    block.flow.direction = TextDirection::RightToLeft;
    block.flow.width_px = Some(200.0);
    block.flow.align = cutroom_timeline::drawing::TextAlign::Start;
    let right = layout(&block).lines[0].x1;
    assert!((right - 200.0).abs() < 0.01, "{right}");
}

/// Vertical Japanese: columns from right to left, letters one em apart from top to bottom, and
/// brackets in their vertical forms.
#[test]
fn vertical_lines_are_columns() {
    let mut block = text("縦書き「あ」\n次", style(20.0));
    block.flow.vertical = true;
    let placed = layout(&block);
    let horizontal = layout(&text("「", style(20.0))).glyphs[0].id;
    let cells: Vec<_> = placed.glyphs.iter().map(|g| g.cell.center()).collect();
    for pair in cells[..6].windows(2) {
        assert!((pair[1].x - pair[0].x).abs() < 0.01 && (pair[1].y - pair[0].y - 20.0).abs() < 0.01, "{pair:?}");
    }
    assert!(cells[6].x < cells[0].x - 20.0 && (cells[6].y - cells[0].y).abs() < 0.01);
    assert_ne!(placed.glyphs[3].id, horizontal, "the bracket has its vertical form");
}
