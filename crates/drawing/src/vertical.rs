//! Vertical lines, as in Japanese: columns from right to left, letters upright, and other scripts
//! turned clockwise (Unicode Standard Annex 50).
use crate::placed::TextLayout;
use kurbo::{Affine, Point, Rect, Vec2};

/// Turns horizontal lines into columns. The text was shaped with the feature `vert`, so that
/// punctuation has its vertical form; letters of East Asian fonts are squares, so that advances are
/// the same in both directions.
pub(crate) fn turn(layout: &mut TextLayout, text: &str) {
    let [length, across] = layout.size;
    // A quarter turn clockwise: the first line becomes the rightmost column.
    let turned = |p: Point| Point::new(across - p.y, p.x);
    let turned_rect = |r: Rect| Rect::from_points(turned(Point::new(r.x0, r.y0)), turned(Point::new(r.x1, r.y1)));
    let quarter = Affine::new([0.0, 1.0, -1.0, 0.0, across, 0.0]);
    for g in &mut layout.glyphs {
        let letter = text[g.byte..].chars().next().unwrap_or(' ');
        let cell = turned_rect(g.cell);
        if is_upright(letter) {
            // The em box of the letter is centred in its cell: 88 % of it are above the baseline
            // in East Asian fonts (OpenType, "Vertical metrics").
            let em = f64::from(g.size_px);
            let middle = cell.center();
            let offset = g.box_from_glyph.translation() - Vec2::new(g.cell.x0, g.box_from_glyph.translation().y);
            g.box_from_glyph = Affine::translate(Vec2::new(middle.x - em / 2.0, middle.y + em * 0.38) + offset);
        } else {
            g.box_from_glyph = quarter * g.box_from_glyph;
        }
        g.cell = cell;
    }
    layout.lines.iter_mut().for_each(|l| *l = turned_rect(*l));
    layout.decorations.iter_mut().for_each(|(r, _)| *r = turned_rect(*r));
    layout.size = [across, length];
}

/// Whether a letter stands upright in vertical lines: the ranges of Vertical_Orientation U and Tu
/// (UAX 50) of East Asian scripts and emoji.
fn is_upright(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x11FF | 0x203C | 0x2042 | 0x2047..=0x2049 | 0x2460..=0x24FF | 0x25A0..=0x25FF
        | 0x2600..=0x2619 | 0x2620..=0x27BF | 0x2E80..=0x3007 | 0x3012..=0x3013 | 0x3020..=0x302F
        | 0x3031..=0xA4CF | 0xA960..=0xA97F | 0xAC00..=0xD7FF | 0xF900..=0xFAFF | 0xFE10..=0xFE1F
        | 0xFE30..=0xFE48 | 0xFE50..=0xFE57 | 0xFE5F..=0xFE62 | 0xFE67..=0xFE6F | 0xFF01..=0xFF07
        | 0xFF0A..=0xFF0C | 0xFF0E..=0xFF19 | 0xFF1F..=0xFF3A | 0xFF3C | 0xFF3E | 0xFF40..=0xFF5A
        | 0xFFE0..=0xFFE2 | 0xFFE4..=0xFFE7 | 0x1F000..=0x1FAFF | 0x20000..=0x3FFFD
        // Brackets and the like have vertical forms (Tr), which `vert` substitutes: they stand.
        | 0x3008..=0x3011 | 0x3014..=0x301F | 0x3030 | 0xFF08..=0xFF09 | 0xFF0D | 0xFF1A..=0xFF1E
        | 0xFF3B | 0xFF3D | 0xFF3F | 0xFF5B..=0xFF60 | 0xFFE3)
}
