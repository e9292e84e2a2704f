//! Evaluates text and shapes at an instant: document in, plan out.
use crate::drawing::{
    self as plan, CombinedOutline, CopyStep, Drawing, DrawingContent, GradientKind, ShapeGroup, ShapeOutline, StrokeCap,
    StrokeJoin, StrokePosition, TextAlign, TextBlock, TextFlow, UnitAmounts, UnitAnimation, UnitLook,
};
use cutroom_project::{
    Animated, Clip, ClipSource, Color, Composition, Paint, Project, Shadow, ShapeSource, Stroke, TextSource, TrackKind,
    paint::{self as document_paint},
    placeholder::{self, TextPiece},
    shape::{Arrangement, Copies, Outline},
    text::{self, Counter, LetterCase, TextAnimation, TextStyle},
};
use cutroom_types::{BezierPath, Size, Time, TimeDelta, Timecode};
use std::sync::Arc;

/// Height of the canvas by which default letters are smaller.
const DEFAULT_SIZE: f64 = 15.0;
/// Width of default letters' em on no canvas smaller than this, in pixels.
const MIN_DEFAULT_SIZE_PX: f64 = 8.0;

/// What a text may name.
pub(crate) struct Names<'a> {
    pub(crate) project: &'a Project,
    pub(crate) composition: &'a Composition,
    pub(crate) clip: &'a Clip,
    /// Time in the composition.
    pub(crate) time: Time,
}

/// A text `t` after its clip's start; `None` if it is empty.
pub(crate) fn text(source: &TextSource, names: &Names<'_>, t: TimeDelta) -> Option<Drawing> {
    let canvas = names.composition.size;
    let first = (!source.text.is_empty()).then_some((&source.text, None));
    let runs: Vec<plan::TextRun> = first
        .into_iter()
        .chain(source.runs.iter().map(|r| (&r.text, Some(&r.style))))
        .map(|(text, own)| {
            let merged = own.map_or_else(|| source.style.clone(), |own| merged(&source.style, own));
            let text = cased(&expanded(text, source.counter.as_ref(), names, t), merged.case.unwrap_or_default());
            plan::TextRun { text: Arc::from(text), style: style(&merged, t, canvas.height) }
        })
        .filter(|run| !run.text.is_empty())
        .collect();
    let letters = runs.iter().map(|r| r.text.chars().count()).sum::<usize>();
    if runs.is_empty() {
        return None;
    }
    let animations = source.animations.iter().filter_map(|a| animation(a, names.clip, t, letters)).collect();
    Some(block(source, runs, canvas, t, animations))
}

/// The block of a text whose pieces are evaluated.
pub(crate) fn block(
    source: &TextSource,
    runs: Vec<plan::TextRun>,
    canvas: Size,
    t: TimeDelta,
    animations: Vec<UnitAnimation>,
) -> Drawing {
    let block = TextBlock {
        flow: flow(source),
        background: source.background.as_ref().and_then(|b| {
            Some(plan::TextBackground {
                paint: paint(&b.paint, t)?,
                per_line: b.per_line,
                padding_px: b.padding_px.map(single),
                radius_px: single(b.radius_px),
            })
        }),
        shadows: shadows(&source.shadows, t),
        path: source.path.as_ref().map(|p| plan::TextPath {
            path: p.path.value_at(t),
            closed: p.closed,
            offset_px: single(p.offset_px.value_at(t)),
        }),
        animations,
        runs,
    };
    Drawing { canvas, content: DrawingContent::Text(Box::new(block)) }
}

/// Shapes `t` after their clip's start; `None` if there are none.
pub(crate) fn shapes(source: &ShapeSource, composition: &Composition, t: TimeDelta) -> Option<Drawing> {
    let canvas = composition.size;
    let size = source.size_px.unwrap_or([f64::from(canvas.width), f64::from(canvas.height)]);
    let shapes: Vec<plan::Shape> = source.shapes.iter().map(|s| shape(s, t)).filter(|s| s.opacity > 0.0).collect();
    if shapes.is_empty() {
        return None;
    }
    let group = ShapeGroup { size_px: size.map(single), shapes, shadows: shadows(&source.shadows, t) };
    Some(Drawing { canvas, content: DrawingContent::Shapes(Box::new(group)) })
}

fn single(v: f64) -> f32 {
    v as f32
}

fn color(c: &Animated<Color>, t: TimeDelta) -> [f32; 4] {
    c.value_at(t).0.map(|v| single(v.clamp(0.0, 1.0)))
}

fn paint(p: &Paint, t: TimeDelta) -> Option<plan::Paint> {
    let g = match p {
        Paint::None => return None,
        Paint::Color(c) => return Some(plan::Paint::Solid(color(c, t))),
        Paint::Gradient(g) => g,
    };
    let point = |p: &Animated<[f64; 2]>| p.value_at(t).map(single);
    let kind = match g.gradient {
        document_paint::GradientKind::Linear => GradientKind::Linear { from: point(&g.from), to: point(&g.to) },
        document_paint::GradientKind::Radial => {
            GradientKind::Radial { center: point(&g.center), radius: single(g.radius.value_at(t)) }
        }
        document_paint::GradientKind::Conic => {
            GradientKind::Conic { center: point(&g.center), angle_degrees: single(g.angle_degrees.value_at(t)) }
        }
    };
    let stops = g.stops.iter().map(|s| (single(s.at), color(&s.color, t))).collect();
    Some(plan::Paint::Gradient(Box::new(plan::Gradient { kind, stops })))
}

fn strokes(strokes: &[Stroke], t: TimeDelta) -> Vec<plan::Stroke> {
    let stroke = |s: &Stroke| {
        let width_px = single(s.width_px.value_at(t));
        Some(plan::Stroke {
            paint: paint(&s.paint, t)?,
            width_px: (width_px > 0.0).then_some(width_px)?,
            position: match s.position {
                document_paint::StrokePosition::Center => StrokePosition::Center,
                document_paint::StrokePosition::Outside => StrokePosition::Outside,
                document_paint::StrokePosition::Inside => StrokePosition::Inside,
            },
            join: match s.join {
                document_paint::StrokeJoin::Round => StrokeJoin::Round,
                document_paint::StrokeJoin::Miter => StrokeJoin::Miter,
                document_paint::StrokeJoin::Bevel => StrokeJoin::Bevel,
            },
            cap: match s.cap {
                document_paint::StrokeCap::Butt => StrokeCap::Butt,
                document_paint::StrokeCap::Round => StrokeCap::Round,
                document_paint::StrokeCap::Square => StrokeCap::Square,
            },
            dashes_px: s.dashes_px.iter().map(|d| single(*d)).collect(),
            dash_offset_px: single(s.dash_offset_px.value_at(t)),
        })
    };
    strokes.iter().filter_map(stroke).collect()
}

fn shadows(shadows: &[Shadow], t: TimeDelta) -> Vec<plan::Shadow> {
    let shadow = |s: &Shadow| plan::Shadow {
        color: color(&s.color, t),
        offset_px: s.offset_px.value_at(t).map(single),
        sigma_px: single(s.blur_px.value_at(t).max(0.0) / 2.0),
        spread_px: single(s.spread_px.value_at(t).max(0.0)),
    };
    shadows.iter().map(shadow).filter(|s| s.color[3] > 0.0).collect()
}

/// The style of a piece inside of a text.
pub(crate) fn merged(outer: &TextStyle, own: &TextStyle) -> TextStyle {
    let mut axes = outer.axes.clone();
    axes.extend(own.axes.clone());
    let mut features = outer.features.clone();
    features.extend(own.features.clone());
    TextStyle {
        font: own.font.clone().or_else(|| outer.font.clone()),
        size_px: own.size_px.or(outer.size_px),
        weight: own.weight.or(outer.weight),
        italic: own.italic.or(outer.italic),
        width: own.width.or(outer.width),
        axes,
        features,
        language: own.language.clone().or_else(|| outer.language.clone()),
        tracking_px: own.tracking_px.clone().or_else(|| outer.tracking_px.clone()),
        word_spacing_px: own.word_spacing_px.or(outer.word_spacing_px),
        baseline_shift_px: own.baseline_shift_px.or(outer.baseline_shift_px),
        underline: own.underline.or(outer.underline),
        strikethrough: own.strikethrough.or(outer.strikethrough),
        case: own.case.or(outer.case),
        fill: own.fill.clone().or_else(|| outer.fill.clone()),
        strokes: own.strokes.clone().or_else(|| outer.strokes.clone()),
    }
}

pub(crate) fn style(s: &TextStyle, t: TimeDelta, canvas_height: u32) -> plan::TextStyle {
    let tag = |tag: &str| <[u8; 4]>::try_from(tag.as_bytes()).ok();
    let default_size = (f64::from(canvas_height) / DEFAULT_SIZE).max(MIN_DEFAULT_SIZE_PX);
    plan::TextStyle {
        families: s.font.iter().flat_map(|f| f.names()).map(|name| Arc::from(name.as_str())).collect(),
        size_px: single(s.size_px.unwrap_or(default_size)),
        weight: single(s.weight.unwrap_or(400.0)),
        italic: s.italic.unwrap_or(false),
        width: single(s.width.unwrap_or(1.0)),
        axes: s.axes.iter().filter_map(|(name, v)| Some((tag(name)?, single(*v)))).collect(),
        features: s.features.iter().filter_map(|(name, v)| Some((tag(name)?, *v))).collect(),
        language: s.language.as_deref().map(Arc::from),
        tracking_px: s.tracking_px.as_ref().map_or(0.0, |v| single(v.value_at(t))),
        word_spacing_px: single(s.word_spacing_px.unwrap_or(0.0)),
        baseline_shift_px: single(s.baseline_shift_px.unwrap_or(0.0)),
        underline: s.underline.unwrap_or(false),
        strikethrough: s.strikethrough.unwrap_or(false),
        fill: s.fill.as_ref().map_or(Some(plan::Paint::Solid([1.0; 4])), |f| paint(f, t)),
        strokes: strokes(s.strokes.as_deref().unwrap_or_default(), t),
    }
}

fn flow(source: &TextSource) -> TextFlow {
    TextFlow {
        align: match source.align {
            text::TextAlign::Center => TextAlign::Center,
            text::TextAlign::Left => TextAlign::Left,
            text::TextAlign::Right => TextAlign::Right,
            text::TextAlign::Start => TextAlign::Start,
            text::TextAlign::End => TextAlign::End,
            text::TextAlign::Justify => TextAlign::Justify,
        },
        vertical_align: match source.vertical_align {
            text::VerticalAlign::Middle => plan::VerticalAlign::Middle,
            text::VerticalAlign::Top => plan::VerticalAlign::Top,
            text::VerticalAlign::Bottom => plan::VerticalAlign::Bottom,
        },
        line_height: single(source.line_height),
        paragraph_spacing_px: single(source.paragraph_spacing_px),
        width_px: source.width_px.map(single),
        height_px: source.height_px.map(single),
        overflow: match source.overflow {
            text::Overflow::Visible => plan::Overflow::Visible,
            text::Overflow::Shrink => plan::Overflow::Shrink,
            text::Overflow::Clip => plan::Overflow::Clip,
            text::Overflow::Error => plan::Overflow::Error,
        },
        direction: match source.direction {
            text::TextDirection::Auto => plan::TextDirection::Auto,
            text::TextDirection::LeftToRight => plan::TextDirection::LeftToRight,
            text::TextDirection::RightToLeft => plan::TextDirection::RightToLeft,
        },
        vertical: source.vertical,
    }
}

pub(crate) fn cased(text: &str, case: LetterCase) -> String {
    match case {
        LetterCase::AsWritten => text.to_owned(),
        LetterCase::Upper => text.to_uppercase(),
        LetterCase::Lower => text.to_lowercase(),
    }
}

/// A text with its names replaced.
fn expanded(text: &str, counter: Option<&Counter>, names: &Names<'_>, t: TimeDelta) -> String {
    // Validation reports what cannot be read; then the text is shown as it is.
    let Ok(pieces) = placeholder::pieces(text) else { return text.to_owned() };
    let rate = names.composition.frame_rate;
    let piece = |piece: TextPiece<'_>| match piece {
        TextPiece::Plain(text) => text.to_owned(),
        TextPiece::Name("frame") => rate.frame_at(names.time).to_string(),
        TextPiece::Name("timecode") => Timecode { frame: rate.frame_at(names.time), rate }.to_string(),
        TextPiece::Name("time") => clock(names.time),
        TextPiece::Name("clip") if names.clip.name.is_empty() => names.clip.id.to_string(),
        TextPiece::Name("clip") => names.clip.name.clone(),
        TextPiece::Name("composition") if names.composition.name.is_empty() => names.composition.id.to_string(),
        TextPiece::Name("composition") => names.composition.name.clone(),
        TextPiece::Name("file") => file_below(names),
        TextPiece::Name("counter") => counter.map_or_else(String::new, |c| counted(c, t)),
        TextPiece::Name(name) => names.project.variables.get(name).cloned().unwrap_or_else(|| format!("{{{name}}}")),
    };
    pieces.into_iter().map(piece).collect()
}

/// Name of the media file that the nearest track below shows at the time; empty if none does.
fn file_below(names: &Names<'_>) -> String {
    let tracks = &names.composition.tracks;
    let own = tracks.iter().position(|t| t.clips.iter().any(|c| c.id == names.clip.id)).unwrap_or(0);
    let is_shown = |c: &Clip| c.enabled && c.start <= names.time && names.time < c.start + c.duration;
    let below = tracks[..own].iter().rev().filter(|t| t.enabled && t.kind == TrackKind::Video);
    let source = below.flat_map(|t| t.clips.iter().filter(|c| is_shown(c))).find_map(|c| match &c.source {
        ClipSource::Media(m) => Some(&m.media),
        _ => None,
    });
    let media = source.and_then(|id| names.project.media.iter().find(|m| m.id == *id));
    media.map_or_else(String::new, |m| m.path.rsplit('/').next().unwrap_or_default().to_owned())
}

/// Hours (if there are any), minutes and seconds.
fn clock(time: Time) -> String {
    let seconds = time.0.max(0) / cutroom_types::FLICKS_PER_SECOND;
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m}:{s:02}") }
}

fn counted(c: &Counter, t: TimeDelta) -> String {
    let value = c.value.value_at(t);
    let digits = format!("{:.*}", c.decimals.min(9) as usize, value.abs());
    let (whole, decimals) = digits.split_once('.').unwrap_or((&digits, ""));
    let whole = format!("{whole:0>width$}", width = c.digits as usize);
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push_str(&c.separator);
        }
        grouped.push(digit);
    }
    // What is rounded to 0 has no sign.
    let is_zero = digits.chars().all(|d| d == '0' || d == '.');
    let sign = if value < 0.0 && !is_zero { "-" } else { "" };
    if decimals.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{decimals}") }
}

/// An animation `t` after the clip's start; `None` while it changes nothing.
fn animation(a: &TextAnimation, clip: &Clip, t: TimeDelta, letters: usize) -> Option<UnitAnimation> {
    let stagger = a.stagger.as_secs_f64();
    let duration = a.duration.as_secs_f64();
    // There are no more units than letters.
    let all = duration + stagger * letters.saturating_sub(1) as f64;
    let is_reversed = a.phase == text::AnimationPhase::In;
    let time_secs = match a.phase {
        text::AnimationPhase::In => (t - a.delay).as_secs_f64().min(all),
        text::AnimationPhase::Out => (t + a.delay - clip.duration).as_secs_f64().max(-all),
    };
    if (is_reversed && time_secs >= all) || (!is_reversed && time_secs <= -all) {
        return None;
    }
    Some(UnitAnimation {
        unit: match a.unit {
            text::TextUnit::Character => plan::TextUnit::Character,
            text::TextUnit::Word => plan::TextUnit::Word,
            text::TextUnit::Line => plan::TextUnit::Line,
            text::TextUnit::Text => plan::TextUnit::Text,
        },
        amounts: UnitAmounts {
            time_secs,
            from_end: !is_reversed,
            stagger_secs: stagger,
            duration_secs: duration,
            order: match a.order {
                text::UnitOrder::Forward => plan::UnitOrder::Forward,
                text::UnitOrder::Backward => plan::UnitOrder::Backward,
                text::UnitOrder::FromMiddle => plan::UnitOrder::FromMiddle,
                text::UnitOrder::ToMiddle => plan::UnitOrder::ToMiddle,
                text::UnitOrder::Random => plan::UnitOrder::Random(a.seed),
            },
            is_reversed,
            ease: a.ease,
        },
        target: UnitLook {
            opacity: single(a.opacity),
            offset_px: a.offset_px.map(single),
            scale: a.scale.map(single),
            rotation_degrees: single(a.rotation_degrees),
            sigma_px: single(a.blur_px / 2.0),
            color: a.color.map(|c| c.0.map(single)),
        },
    })
}

fn shape(s: &cutroom_project::shape::Shape, t: TimeDelta) -> plan::Shape {
    plan::Shape {
        outlines: s.outlines.iter().map(|o| CombinedOutline { outline: outline(&o.outline, t), mode: o.mode }).collect(),
        fill: paint(&s.fill, t),
        strokes: strokes(&s.strokes, t),
        trim: s.trim.as_ref().map(|trim| plan::Trim {
            start: single(trim.start.value_at(t)),
            end: single(trim.end.value_at(t)),
            offset: single(trim.offset.value_at(t)),
        }),
        round_px: single(s.round_px.value_at(t)),
        copies: s.copies.as_ref().map_or(plan::Copies::ONCE, |c| copies(c, t)),
        opacity: single(s.opacity.value_at(t).clamp(0.0, 1.0)),
    }
}

fn outline(o: &Outline, t: TimeDelta) -> ShapeOutline {
    let at = |p: &Animated<[f64; 2]>| p.value_at(t);
    let of = |v: &Animated<f64>| v.value_at(t);
    match o {
        Outline::Rectangle { center, size, radius, rotation_degrees } => ShapeOutline::Rectangle {
            center: at(center),
            size: at(size),
            radius: of(radius),
            rotation_degrees: of(rotation_degrees),
        },
        Outline::Ellipse { center, size, rotation_degrees } => {
            ShapeOutline::Ellipse { center: at(center), size: at(size), rotation_degrees: of(rotation_degrees) }
        }
        Outline::Polygon { center, sides, radius, rotation_degrees } => ShapeOutline::Star {
            center: at(center),
            points: *sides,
            outer: of(radius),
            inner: None,
            rotation_degrees: of(rotation_degrees),
        },
        Outline::Star { center, points, radius, inner_radius, rotation_degrees } => ShapeOutline::Star {
            center: at(center),
            points: *points,
            outer: of(radius),
            inner: Some(of(inner_radius)),
            rotation_degrees: of(rotation_degrees),
        },
        Outline::Line { from, to } => ShapeOutline::Line { from: at(from), to: at(to) },
        Outline::Arrow { from, to, width, head, both } => {
            ShapeOutline::Arrow { from: at(from), to: at(to), width: of(width), head: at(head), both: *both }
        }
        Outline::Path { path, open } => ShapeOutline::Path { path: value(path, t), closed: !open },
    }
}

fn value(path: &Animated<BezierPath>, t: TimeDelta) -> BezierPath {
    path.value_at(t)
}

fn copies(c: &Copies, t: TimeDelta) -> plan::Copies {
    let arrangement = match &c.arrangement {
        Arrangement::Line { count, offset } => plan::Arrangement::Line { count: *count, offset: offset.value_at(t) },
        Arrangement::Grid { columns, rows, spacing } => {
            plan::Arrangement::Grid { columns: *columns, rows: *rows, spacing: spacing.value_at(t) }
        }
        Arrangement::Circle { count, radius, start_degrees, sweep_degrees, turned } => plan::Arrangement::Circle {
            count: *count,
            radius: radius.value_at(t),
            start_degrees: start_degrees.value_at(t),
            sweep_degrees: sweep_degrees.value_at(t),
            turned: *turned,
        },
        Arrangement::Path { count, path, closed, turned } => {
            plan::Arrangement::Path { count: *count, path: value(path, t), closed: *closed, turned: *turned }
        }
    };
    let step =
        CopyStep { rotation_degrees: c.rotation_degrees.value_at(t), scale: c.scale.value_at(t), opacity: c.opacity.value_at(t) };
    plan::Copies { arrangement, step }
}
