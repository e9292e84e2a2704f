//! Arranges text: fonts, shaping, line breaks and directions by parley; vertical lines by turning
//! horizontal ones.
use crate::{
    DrawingError, FontSet,
    placed::{PlacedGlyph, TextLayout},
    vertical,
};
use cutroom_timeline::drawing::{Overflow, TextAlign, TextBlock, TextDirection, TextFlow, TextStyle, VerticalAlign};
use kurbo::{Affine, Rect, Vec2};
use parley::{
    Alignment, AlignmentOptions, BaseDirection, LayoutContext, LineHeight, OverflowWrap, StyleProperty,
    layout::{BreakReason, Cluster, Line},
    setting::Tag,
    style::{
        FontFamily, FontFamilyName, FontFeature, FontFeatures, FontStyle, FontVariation, FontVariations, FontWeight, FontWidth,
    },
};
use std::{borrow::Cow, sync::Arc};

/// Maximum length of a text in bytes.
pub const MAX_TEXT_BYTES: usize = 200_000;
/// Smallest factor by which text is shrunk to fit.
const MIN_SHRINK: f32 = 0.05;
/// Number of halvings of the interval in which the largest fitting size lies.
const SHRINK_STEPS: usize = 8;

/// Arranges a block of text.
///
/// # Errors
/// The text is too long, or does not fit and must.
pub fn arrange(block: &TextBlock, fonts: &mut FontSet) -> Result<TextLayout, DrawingError> {
    let bytes: usize = block.runs.iter().map(|r| r.text.len()).sum();
    if bytes > MAX_TEXT_BYTES {
        return Err(DrawingError::TooComplex {
            what: "a text",
            limit: format!("{MAX_TEXT_BYTES} bytes, and this one has {bytes}; divide it into several clips"),
        });
    }
    let layout = arrange_at(block, fonts, 1.0);
    let flow = &block.flow;
    let fits = |l: &TextLayout| fits(l, flow);
    if fits(&layout) {
        return Ok(layout);
    }
    match flow.overflow {
        Overflow::Visible | Overflow::Clip => Ok(layout),
        Overflow::Error => {
            let text: String = block.runs.iter().flat_map(|r| r.text.chars()).take(40).collect();
            let needed = needed(&layout);
            let side = |v: Option<f32>| v.map_or("any".to_owned(), |v| format!("{v:.0}"));
            Err(DrawingError::Overflow {
                text,
                needs: format!("{:.0}×{:.0} px", needed[0].ceil(), needed[1].ceil()),
                has: format!("{}×{} px", side(flow.width_px), side(flow.height_px)),
            })
        }
        Overflow::Shrink => {
            let (mut low, mut high) = (MIN_SHRINK, 1.0);
            let mut best = None;
            for _ in 0..SHRINK_STEPS {
                let middle = (low + high) / 2.0;
                let layout = arrange_at(block, fonts, middle);
                if fits(&layout) {
                    low = middle;
                    best = Some(layout);
                } else {
                    high = middle;
                }
            }
            Ok(best.unwrap_or_else(|| arrange_at(block, fonts, MIN_SHRINK)))
        }
    }
}

/// Width and height that the lines need.
fn needed(layout: &TextLayout) -> [f64; 2] {
    let all = layout.lines.iter().copied().reduce(|a, b| a.union(b)).unwrap_or(Rect::ZERO);
    [all.width(), all.height()]
}

fn fits(layout: &TextLayout, flow: &TextFlow) -> bool {
    let [width, height] = needed(layout);
    let inside = |v: f64, limit: Option<f32>| limit.is_none_or(|limit| v <= f64::from(limit) + 0.01);
    inside(width, flow.width_px) && inside(height, flow.height_px)
}

/// Arranges a block with all sizes multiplied by `shrink`.
fn arrange_at(block: &TextBlock, fonts: &mut FontSet, shrink: f32) -> TextLayout {
    let flow = &block.flow;
    let text: String = block.runs.iter().map(|r| &*r.text).collect();
    let mut context = LayoutContext::<usize>::new();
    let fallbacks: Vec<String> = fonts.fallbacks().to_vec();
    let mut builder = context.ranged_builder(fonts.context(), &text, 1.0, false);
    builder.set_base_direction(match flow.direction {
        TextDirection::Auto => BaseDirection::Auto,
        TextDirection::LeftToRight => BaseDirection::Ltr,
        TextDirection::RightToLeft => BaseDirection::Rtl,
    });
    builder.push_default(StyleProperty::LineHeight(LineHeight::MetricsRelative(flow.line_height)));
    // A line is at least as high as the default style says: no higher than the smallest letters.
    let smallest = block.runs.iter().map(|r| r.style.size_px).fold(f32::INFINITY, f32::min);
    builder.push_default(StyleProperty::FontSize(smallest * shrink));
    builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::BreakWord));
    let mut at = 0;
    for (i, run) in block.runs.iter().enumerate() {
        let range = at..at + run.text.len();
        at = range.end;
        style(&run.style, i, &fallbacks, flow.vertical, shrink, |property| builder.push(property, range.clone()));
    }
    let mut layout = builder.build(&text);
    // Vertical lines are as long as the box is high.
    let (length, across) = if flow.vertical { (flow.height_px, flow.width_px) } else { (flow.width_px, flow.height_px) };
    layout.break_all_lines(length);
    let alignment = match flow.align {
        TextAlign::Start => Alignment::Start,
        TextAlign::Center => Alignment::Center,
        TextAlign::End => Alignment::End,
        TextAlign::Left => Alignment::Left,
        TextAlign::Right => Alignment::Right,
        TextAlign::Justify => Alignment::Justify,
    };
    layout.align(alignment, AlignmentOptions { align_when_overflowing: true, ..AlignmentOptions::default() });

    let length = length.unwrap_or_else(|| layout.width());
    let mut placed = Placing { text: &text, block, spacing: 0.0, shrink, out: TextLayout::empty(shrink) };
    let mut after_paragraph = false;
    for (n, line) in layout.lines().enumerate() {
        if after_paragraph {
            placed.spacing += f64::from(flow.paragraph_spacing_px * shrink);
        }
        after_paragraph = line.break_reason() == BreakReason::Explicit;
        // What follows the last line feed is a line without text.
        if n > 0 && line.text_range().is_empty() {
            continue;
        }
        placed.line(n, &line);
    }
    let mut out = placed.out;
    let height = out.lines.iter().map(|l| l.y1).fold(0.0, f64::max);
    out.size = [f64::from(length), height];
    number_units(&mut out, &text);
    if let Some(box_height) = across.map(f64::from) {
        let free = box_height - height;
        let down = match flow.vertical_align {
            VerticalAlign::Top => 0.0,
            VerticalAlign::Middle => free / 2.0,
            VerticalAlign::Bottom => free,
        };
        out.shift(Vec2::new(0.0, down));
        out.size[1] = box_height;
    }
    if flow.vertical {
        vertical::turn(&mut out, &text);
    }
    out
}

/// Sets the properties of a style.
fn style<'a>(
    style: &'a TextStyle,
    index: usize,
    fallbacks: &'a [String],
    vertical: bool,
    shrink: f32,
    mut set: impl FnMut(StyleProperty<'a, usize>),
) {
    let own = style.families.iter().map(|f| &**f);
    let families: Vec<FontFamilyName<'_>> = own.chain(fallbacks.iter().map(String::as_str)).map(FontFamilyName::named).collect();
    let size_px = style.size_px * shrink;
    set(StyleProperty::Brush(index));
    set(StyleProperty::FontFamily(FontFamily::List(Cow::Owned(families))));
    set(StyleProperty::FontSize(size_px));
    set(StyleProperty::FontWeight(FontWeight::new(style.weight)));
    set(StyleProperty::FontStyle(if style.italic { FontStyle::Italic } else { FontStyle::Normal }));
    set(StyleProperty::FontWidth(FontWidth::from_ratio(style.width)));
    // Optical sizes count in CSS pixels, as in browsers (CSS Fonts 4, font-optical-sizing).
    let optical = (!style.axes.iter().any(|a| a.0 == *b"opsz")).then_some((*b"opsz", size_px));
    let axes = style.axes.iter().copied().chain(optical);
    let axes = axes.map(|(tag, value)| FontVariation { tag: Tag::from_bytes(tag), value }).collect::<Vec<_>>();
    set(StyleProperty::FontVariations(FontVariations::List(Cow::Owned(axes))));
    let vertical = vertical.then_some((*b"vert", 1));
    let features = style.features.iter().copied().chain(vertical);
    let features = features.map(|(tag, value)| FontFeature { tag: Tag::from_bytes(tag), value }).collect::<Vec<_>>();
    set(StyleProperty::FontFeatures(FontFeatures::List(Cow::Owned(features))));
    if let Some(language) = style.language.as_deref().and_then(|l| parley::style::Language::parse(l).ok()) {
        set(StyleProperty::Locale(Some(language)));
    }
    set(StyleProperty::LetterSpacing(style.tracking_px * shrink));
    set(StyleProperty::WordSpacing(style.word_spacing_px * shrink));
}

/// State of placing the glyphs of a layout.
struct Placing<'a> {
    text: &'a str,
    block: &'a TextBlock,
    /// Space between paragraphs so far.
    spacing: f64,
    shrink: f32,
    out: TextLayout,
}

impl Placing<'_> {
    fn line(&mut self, n: usize, line: &Line<'_, usize>) {
        let metrics = line.metrics();
        let baseline = f64::from(metrics.baseline) + self.spacing;
        let mut x = f64::from(metrics.offset);
        let left = x;
        for run in line.runs() {
            let font = run.font();
            let coords: Arc<[i16]> = run.normalized_coords().iter().map(|c| c.to_bits()).collect();
            let (ascent, descent) = (f64::from(run.font_metrics().ascent), f64::from(run.font_metrics().descent));
            let synthesis = run.synthesis();
            for cluster in run.visual_clusters() {
                let index = *cluster_style(&cluster);
                let style = &self.block.runs[index].style;
                let raised = f64::from(style.baseline_shift_px * self.shrink);
                let start = x;
                for glyph in cluster.glyphs() {
                    if glyph.id == 0 {
                        self.note_missing(&cluster);
                    }
                    let origin = Vec2::new(x + f64::from(glyph.x), baseline + f64::from(glyph.y) - raised);
                    self.out.glyphs.push(PlacedGlyph {
                        font: font.clone(),
                        id: glyph.id,
                        size_px: run.font_size(),
                        coords: Arc::clone(&coords),
                        embolden: synthesis.embolden(),
                        skew_degrees: synthesis.skew().unwrap_or(0.0),
                        box_from_glyph: Affine::translate(origin),
                        cell: Rect::new(x, baseline - raised - ascent, x + f64::from(glyph.advance), baseline - raised + descent),
                        run: index,
                        units: [0, 0, n],
                        byte: cluster.text_range().start,
                    });
                    x += f64::from(glyph.advance);
                }
                let metrics = run.font_metrics();
                let mut decorate = |offset: f32, size: f32| {
                    let top = baseline - raised - f64::from(offset);
                    let rect = Rect::new(start, top, x, top + f64::from(size).max(1.0));
                    match self.out.decorations.last_mut() {
                        // Parts of one line join.
                        Some((last, run)) if *run == index && last.y0 == rect.y0 && (last.x1 - rect.x0).abs() < 0.01 => {
                            last.x1 = rect.x1;
                        }
                        _ => self.out.decorations.push((rect, index)),
                    }
                };
                match (style.underline, style.strikethrough) {
                    (false, false) => {}
                    (true, _) => decorate(metrics.underline_offset, metrics.underline_size),
                    (_, true) => decorate(metrics.strikethrough_offset, metrics.strikethrough_size),
                }
            }
        }
        let right = left + f64::from(metrics.advance - metrics.hanging_advance);
        let (top, bottom) = (f64::from(metrics.block_min_coord), f64::from(metrics.block_max_coord));
        self.out.lines.push(Rect::new(left, top + self.spacing, right.max(left), bottom + self.spacing));
    }

    fn note_missing(&mut self, cluster: &Cluster<'_, usize>) {
        let letters = self.text[cluster.text_range()].chars();
        self.out.missing.extend(letters.filter(|c| !c.is_control() && !c.is_whitespace()));
    }
}

fn cluster_style<'a>(cluster: &Cluster<'a, usize>) -> &'a usize {
    &cluster.style().brush
}

/// Numbers letters and words in logical order, whatever their direction.
fn number_units(layout: &mut TextLayout, text: &str) {
    let is_space = |byte: usize| text[byte..].chars().next().is_none_or(char::is_whitespace);
    let mut letters: Vec<usize> = layout.glyphs.iter().map(|g| g.byte).filter(|b| !is_space(*b)).collect();
    letters.sort_unstable();
    letters.dedup();
    let mut words = Vec::new();
    let mut was_space = true;
    for (byte, c) in text.char_indices() {
        if was_space && !c.is_whitespace() {
            words.push(byte);
        }
        was_space = c.is_whitespace();
    }
    for g in &mut layout.glyphs {
        g.units[0] = letters.partition_point(|b| *b <= g.byte).saturating_sub(1);
        g.units[1] = words.partition_point(|b| *b <= g.byte).saturating_sub(1);
    }
    layout.units = [letters.len(), words.len(), layout.lines.len()];
}
