//! Evaluates subtitles at an instant: which cues are shown, what they look like, and where they stand.
use crate::{
    Content, Fit, Layer, MaskUse, Transform,
    draw::{block, cased, merged, style},
    drawing::{self as plan, Drawing, DrawingContent},
    plan::{Box2, Outline},
};
use cutroom_project::{
    Composition, SubtitlesSource,
    subtitles::{Cue, CueLayout, CuePlace, HighlightMode},
    text::{self, TextStyle},
};
use cutroom_types::{ClipId, MaskMode, Size, Time, TimeDelta};
use std::sync::Arc;

/// Width of the box of lines that are not wrapped, in widths of the canvas.
const NO_WRAP: f64 = 8.0;

/// The layers of a clip's cues that are shown at `time` of the subtitles, `t` after the clip's start: one
/// for each place, as large as the canvas inside of its margins, and one for each cue that has a layout
/// of its own. `nest` makes a layer whose content another layer masks.
pub(crate) fn layers(
    source: &SubtitlesSource,
    composition: &Composition,
    id: &ClipId,
    time: Time,
    t: TimeDelta,
    nest: impl Fn(Layer) -> Content,
) -> Vec<Layer> {
    let canvas = composition.size;
    let mut places: Vec<(CuePlace, Vec<&Cue>)> = Vec::new();
    let mut layers = Vec::new();
    for cue in source.at(time) {
        let place = cue.place.unwrap_or(source.place);
        if let Some(layout) = &cue.layout {
            layers.extend(alone(cue, layout, source, canvas, id, time, t, &nest));
            continue;
        }
        match places.iter_mut().find(|(p, _)| *p == place) {
            Some((_, cues)) => cues.push(cue),
            None => places.push((place, vec![cue])),
        }
    }
    for (place, cues) in places {
        // The first cue stays where it is while others come: at the bottom, and at the top if they hang
        // from there.
        let is_top = matches!(place, CuePlace::TopLeft | CuePlace::Top | CuePlace::TopRight);
        let ordered: Vec<&Cue> = if is_top { cues } else { cues.into_iter().rev().collect() };
        let size = [0, 1].map(|i| 1.0 - 2.0 * source.margin[i]);
        layers.extend(drawing(&ordered, source, place, canvas, size, time, t).map(|d| layer(id, d)));
    }
    layers
}

fn layer(id: &ClipId, drawing: Drawing) -> Layer {
    let mut layer = Layer::new(id.clone(), Content::Drawing(Arc::new(drawing)));
    layer.transform.fit = Fit::Native;
    layer
}

/// Cues above each other in a box in the middle of the canvas, whose size is given as fractions of it.
fn drawing(
    cues: &[&Cue],
    source: &SubtitlesSource,
    place: CuePlace,
    canvas: Size,
    size: [f64; 2],
    time: Time,
    t: TimeDelta,
) -> Option<Drawing> {
    let mut look = source.look.clone();
    let mut runs = Vec::new();
    for (i, cue) in cues.iter().enumerate() {
        if i > 0 {
            runs.push(run("\n", &look.style, t, canvas.height));
        }
        runs.extend(cue_runs(cue, source, &look.style, time, t, canvas.height));
    }
    if runs.is_empty() {
        return None;
    }
    (look.width_px, look.height_px) = (Some(f64::from(canvas.width) * size[0]), Some(f64::from(canvas.height) * size[1]));
    (look.align, look.vertical_align) = sides(place);
    look.animations.clear();
    let drawing = block(&look, runs, canvas, t, Vec::new());
    matches!(&drawing.content, DrawingContent::Text(b) if !b.runs.is_empty()).then_some(drawing)
}

/// A cue with a layout of its own.
#[allow(clippy::too_many_arguments)]
fn alone(
    cue: &Cue,
    layout: &CueLayout,
    source: &SubtitlesSource,
    canvas: Size,
    id: &ClipId,
    time: Time,
    t: TimeDelta,
    nest: &impl Fn(Layer) -> Content,
) -> Option<Layer> {
    let place = cue.place.unwrap_or(source.place);
    let since = time - cue.start;
    let [left, right, vertical] = layout.margins.unwrap_or([source.margin[0], source.margin[0], source.margin[1]]);
    let width = if layout.no_wrap { NO_WRAP } else { (1.0 - left - right).max(0.01) };
    let drawing = drawing(&[cue], source, place, canvas, [width, 1.0], time, t)?;
    // The point of the box that stands at the position, from its left upper corner, as fractions.
    let [x, y] = point(place);
    let position = layout.position.as_ref().map_or_else(
        || [left + (1.0 - left - right) * x, vertical + (1.0 - 2.0 * vertical) * y],
        |position| position.value_at(since),
    );
    let mut made = layer(id, drawing);
    let side = [canvas.width, canvas.height].map(f64::from);
    made.opacity = layout.opacity.value_at(since).clamp(0.0, 1.0) as f32;
    made.transform = Transform {
        anchor: [x as f32, y as f32],
        position_px: [0, 1].map(|i| ((position[i] - 0.5) * side[i]) as f32),
        scale: layout.scale.map(|v| v as f32),
        rotation_degrees: layout.rotation_degrees as f32,
        ..made.transform
    };
    if made.opacity <= 0.0 || layout.scale.contains(&0.0) {
        return None;
    }
    let Some([left, top, right, bottom]) = layout.clip else { return Some(made) };
    if right <= left || bottom <= top {
        return None;
    }
    let area = Box2 {
        center: [(left + right) / 2.0, (top + bottom) / 2.0],
        size: [right - left, bottom - top],
        rotation_degrees: 0.0,
        corner_radius_px: 0.0,
    };
    let mut clipped = Layer::new(id.clone(), nest(made));
    clipped.masks.push(MaskUse {
        outline: Outline::Rectangle(area),
        mode: MaskMode::Add,
        inverted: false,
        opacity: 1.0,
        feather_px: 0.0,
        edge_feather_px: Vec::new(),
        expansion_px: 0.0,
    });
    Some(clipped)
}

/// The point of a text that stands at its position, as fractions of its box.
fn point(place: CuePlace) -> [f64; 2] {
    use text::{TextAlign as X, VerticalAlign as Y};
    let (x, y) = sides(place);
    let x = match x {
        X::Left => 0.0,
        X::Right => 1.0,
        _ => 0.5,
    };
    let y = match y {
        Y::Top => 0.0,
        Y::Bottom => 1.0,
        Y::Middle => 0.5,
    };
    [x, y]
}

fn sides(place: CuePlace) -> (text::TextAlign, text::VerticalAlign) {
    use text::{TextAlign as X, VerticalAlign as Y};
    match place {
        CuePlace::Bottom => (X::Center, Y::Bottom),
        CuePlace::BottomLeft => (X::Left, Y::Bottom),
        CuePlace::BottomRight => (X::Right, Y::Bottom),
        CuePlace::Left => (X::Left, Y::Middle),
        CuePlace::Center => (X::Center, Y::Middle),
        CuePlace::Right => (X::Right, Y::Middle),
        CuePlace::TopLeft => (X::Left, Y::Top),
        CuePlace::Top => (X::Center, Y::Top),
        CuePlace::TopRight => (X::Right, Y::Top),
    }
}

fn run(text: &str, own: &TextStyle, t: TimeDelta, canvas_height: u32) -> plan::TextRun {
    let text = cased(text, own.case.unwrap_or_default());
    plan::TextRun { text: Arc::from(text), style: style(own, t, canvas_height) }
}

/// The pieces of a cue at a time.
fn cue_runs(
    cue: &Cue,
    source: &SubtitlesSource,
    outer: &TextStyle,
    time: Time,
    t: TimeDelta,
    canvas_height: u32,
) -> Vec<plan::TextRun> {
    let mut runs = Vec::new();
    if !cue.text.is_empty() {
        runs.push(run(&cue.text, outer, t, canvas_height));
    }
    for (i, piece) in cue.runs.iter().enumerate().filter(|(_, r)| !r.text.is_empty()) {
        let mut own = merged(outer, &piece.style);
        if let (Some(h), Some(start)) = (&source.highlight, piece.start) {
            let next = cue.runs[i + 1..].iter().find_map(|r| r.start).unwrap_or(cue.end);
            let is_lit = start <= time && (h.mode == HighlightMode::Spoken || time < next);
            if is_lit {
                own = merged(&own, &h.style);
            }
        }
        runs.push(run(&piece.text, &own, t, canvas_height));
    }
    runs
}
