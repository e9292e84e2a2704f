//! What titles are made with: lengths relative to the canvas, times of entrance and exit, texts that
//! fit their boxes, and layers.
use super::{TitleCanvas, TitleValue, TitleValues};
use crate::{
    Animated, Clip, ClipSource, ClipVideo, Composition, Curve, Ease, Keyframe, Paint, Shadow, ShapeSource, TextSource, Track,
    TrackKind,
    paint::Color,
    placeholder,
    shape::{CombinedOutline, Outline, Shape},
    text::{AnimationPhase, Overflow, TextAlign, TextAnimation, TextStyle, TextUnit, VerticalAlign},
};
use cutroom_types::{Fit, MaskMode, Time, TimeDelta};

/// Part of the canvas's sides that titles stay inside of.
const SAFE: f64 = 0.9;

/// A title under construction.
pub(super) struct Stage<'a> {
    values: &'a TitleValues,
    canvas: TitleCanvas,
    id: &'a str,
    tracks: Vec<Track>,
}

/// A text and its box, in canvas pixels.
pub(super) struct Words {
    /// The text as it is shown, without names in braces.
    pub text: String,
    /// Size of the letters.
    pub size: f64,
    /// Weight, 1..=1000.
    pub weight: f64,
    /// Fill.
    pub color: [f64; 4],
    /// Width and height of the box.
    pub room: [f64; 2],
    /// Alignment in the box.
    pub align: TextAlign,
}

impl<'a> Stage<'a> {
    pub(super) fn new(values: &'a TitleValues, canvas: &TitleCanvas, id: &'a str) -> Self {
        Self { values, canvas: *canvas, id, tracks: Vec::new() }
    }

    /// The finished composition.
    pub(super) fn composition(self, name: &str) -> Composition {
        let mut made = Composition::new(self.id, self.canvas.size, self.canvas.frame_rate);
        made.name = name.into();
        made.duration = Some(self.canvas.duration);
        made.background = [0.0; 4];
        made.tracks = self.tracks;
        made
    }

    /// A text value. Braces in it are letters when it is drawn.
    pub(super) fn text(&self, id: &str) -> String {
        match self.values.0.get(id) {
            Some(TitleValue::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    pub(super) fn color(&self, id: &str) -> [f64; 4] {
        match self.values.0.get(id) {
            Some(TitleValue::Color(color)) => *color,
            _ => [1.0; 4],
        }
    }

    pub(super) fn number(&self, id: &str) -> f64 {
        match self.values.0.get(id) {
            Some(TitleValue::Number(number)) => *number,
            _ => 0.0,
        }
    }

    /// The canvas, in pixels.
    pub(super) fn size(&self) -> [f64; 2] {
        [f64::from(self.canvas.size.width), f64::from(self.canvas.size.height)]
    }

    /// Width and height of the part that titles stay inside of.
    pub(super) fn safe(&self) -> [f64; 2] {
        self.size().map(|v| v * SAFE)
    }

    /// Left edge of the safe part, from the middle.
    pub(super) fn left(&self) -> f64 {
        -self.safe()[0] / 2.0
    }

    /// Lower edge of the safe part, from the middle.
    pub(super) fn bottom(&self) -> f64 {
        self.safe()[1] / 2.0
    }

    /// Hundredths of the canvas's height in pixels; on canvases that are much higher than wide, of
    /// five quarters of their width.
    pub(super) fn px(&self, hundredths: f64) -> f64 {
        let [width, height] = self.size();
        hundredths * height.min(1.25 * width) / 100.0
    }

    /// Whole pixels that are nearest to [`Self::px`], for edges; at least one.
    pub(super) fn whole_px(&self, hundredths: f64) -> f64 {
        self.px(hundredths).round().max(1.0)
    }

    pub(super) fn duration_secs(&self) -> f64 {
        self.canvas.duration.as_secs_f64()
    }

    pub(super) fn canvas(&self) -> &TitleCanvas {
        &self.canvas
    }

    /// Length of the entrance in seconds.
    pub(super) fn enter_secs(&self) -> f64 {
        (self.duration_secs() * 0.25).min(0.8)
    }

    /// Length of the exit in seconds.
    pub(super) fn leave_secs(&self) -> f64 {
        (self.duration_secs() * 0.2).min(0.6)
    }

    /// `from` at the start, `rest` between the parts `(start, end)` of the entrance and the exit,
    /// `from` again at the end. The parts are fractions, 0..=1; the exit mirrors them.
    pub(super) fn in_out<T: Clone>(&self, from: T, rest: T, (start, end): (f64, f64)) -> Animated<T> {
        let (enter, leave, whole) = (self.enter_secs(), self.leave_secs(), self.duration_secs());
        curve(vec![
            (enter * start, from.clone(), Ease::OutCubic),
            (enter * end, rest.clone(), Ease::Linear),
            (whole - leave * end, rest, Ease::InCubic),
            (whole - leave * start, from, Ease::Linear),
        ])
    }

    /// Opacity that rises during the entrance and falls during the exit.
    pub(super) fn fade(&self) -> Animated<f64> {
        self.in_out(0.0, 1.0, (0.0, 1.0))
    }

    /// Animations of a text: in the part `(start, end)` of entrance and exit its units come from
    /// `look`, and go to it. `count` is the number of units.
    pub(super) fn units(
        &self,
        unit: TextUnit,
        count: usize,
        (start, end): (f64, f64),
        ease: (Ease, Ease),
        look: impl Fn(&mut TextAnimation),
    ) -> Vec<TextAnimation> {
        let made = |phase, secs: f64, ease| {
            let span = secs * (end - start);
            // Each unit takes half of the span if there are several; the starts share the rest.
            let own = if count > 1 { span * 0.5 } else { span };
            let stagger = if count > 1 { (span - own) / (count - 1) as f64 } else { 0.0 };
            let mut animation = TextAnimation {
                phase,
                unit,
                duration: TimeDelta::from_secs_f64(own),
                stagger: TimeDelta::from_secs_f64(stagger),
                delay: TimeDelta::from_secs_f64(secs * start),
                ease,
                ..plain_animation()
            };
            look(&mut animation);
            animation
        };
        vec![made(AnimationPhase::In, self.enter_secs(), ease.0), made(AnimationPhase::Out, self.leave_secs(), ease.1)]
    }

    /// A whole text that fades in and out, coming from `offset_px`.
    pub(super) fn arriving(&self, offset_px: [f64; 2], part: (f64, f64)) -> Vec<TextAnimation> {
        self.units(TextUnit::Text, 1, part, (Ease::OutCubic, Ease::InCubic), |a| a.offset_px = offset_px)
    }

    /// Adds a layer above those before.
    pub(super) fn layer(&mut self, name: &str, source: ClipSource, video: ClipVideo) {
        let id = format!("{}-{name}", self.id);
        let mut clip = Clip::new(&id, source, Time::ZERO, self.canvas.duration);
        clip.name = name.into();
        clip.video = video;
        let mut track = Track::new(&format!("{id}-track"), TrackKind::Video);
        track.clips.push(clip.into());
        self.tracks.push(track);
    }

    /// Adds shapes, whose positions count from the middle of the canvas.
    pub(super) fn shapes(&mut self, name: &str, shapes: Vec<Shape>) {
        let video = ClipVideo::default();
        self.layer(name, ClipSource::Shape(Box::new(ShapeSource { shapes, ..ShapeSource::default() })), video);
    }

    /// Adds a text whose box has its middle at `center`, in pixels from the middle of the canvas.
    pub(super) fn put(&mut self, name: &str, text: TextSource, center: [f64; 2]) {
        self.put_moving(name, text, center.into(), Animated::one());
    }

    /// Adds a text whose place and opacity change.
    pub(super) fn put_moving(&mut self, name: &str, text: TextSource, place: Animated<[f64; 2]>, opacity: Animated<f64>) {
        if text.text.is_empty() && text.runs.is_empty() {
            return;
        }
        let mut video = ClipVideo { opacity, ..ClipVideo::default() };
        video.transform.fit = Fit::Native;
        video.transform.position_px = place;
        self.layer(name, ClipSource::Text(Box::new(text)), video);
    }
}

impl Words {
    /// The text; it becomes smaller if it does not fit into its box.
    pub(super) fn source(self) -> TextSource {
        TextSource {
            text: placeholder::escape(&self.text),
            style: TextStyle {
                size_px: Some(self.size.clamp(1.0, 5000.0)),
                weight: Some(self.weight),
                fill: Some(Paint::solid(self.color)),
                ..TextStyle::default()
            },
            align: self.align,
            vertical_align: VerticalAlign::Middle,
            width_px: Some(self.room[0].max(1.0)),
            height_px: Some(self.room[1].max(1.0)),
            overflow: Overflow::Shrink,
            line_height: 1.0,
            ..TextSource::default()
        }
    }
}

/// A soft shadow that keeps letters legible on any picture.
pub(super) fn soft_shadow(px: f64) -> Vec<Shadow> {
    vec![Shadow {
        color: Animated::Constant(Color([0.0, 0.0, 0.0, 0.6])),
        offset_px: [0.0, px * 0.4].into(),
        blur_px: (px * 2.0).min(500.0).into(),
        spread_px: 0.0.into(),
    }]
}

/// A curve through times in seconds; later keys of one time are left out.
pub(super) fn curve<T>(keys: Vec<(f64, T, Ease)>) -> Animated<T> {
    let mut list: Vec<Keyframe<T>> = Vec::with_capacity(keys.len());
    for (secs, value, ease) in keys {
        let time = TimeDelta::from_secs_f64(secs);
        if list.last().is_none_or(|k| k.time < time) {
            list.push(Keyframe { ease, ..Keyframe::new(time, value) });
        }
    }
    // There is at least one key wherever this is used.
    Curve::new(list).map_or_else(|| unreachable!("a curve without keys"), Animated::Curve)
}

/// A filled shape of one outline.
pub(super) fn filled(outline: Outline, color: [f64; 4]) -> Shape {
    Shape {
        outlines: vec![CombinedOutline { mode: MaskMode::default(), outline }],
        fill: Paint::solid(color),
        strokes: Vec::new(),
        trim: None,
        round_px: Animated::default(),
        opacity: Animated::one(),
        copies: None,
    }
}

/// A rectangle.
pub(super) fn rectangle(center: impl Into<Animated<[f64; 2]>>, size: impl Into<Animated<[f64; 2]>>, radius: f64) -> Outline {
    Outline::Rectangle { center: center.into(), size: size.into(), radius: radius.into(), rotation_degrees: Animated::default() }
}

/// Width that a line of text is expected to need, in ems of its letters: rather too much than too
/// little.
pub(super) fn ems(text: &str) -> f64 {
    let of = |c: char| match c {
        'i' | 'l' | 'j' | 't' | 'f' | 'r' | 'I' | '.' | ',' | ':' | ';' | '\'' | '!' | '|' | ' ' | '(' | ')' => 0.36,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.95,
        'A'..='Z' | '0'..='9' => 0.72,
        '\u{2e80}'.. => 1.1,
        _ => 0.6,
    };
    text.lines().map(|line| line.chars().map(of).sum::<f64>()).fold(0.0, f64::max)
}

fn plain_animation() -> TextAnimation {
    TextAnimation {
        phase: AnimationPhase::In,
        unit: TextUnit::Text,
        duration: TimeDelta::ZERO,
        stagger: TimeDelta::ZERO,
        delay: TimeDelta::ZERO,
        order: crate::text::UnitOrder::Forward,
        seed: 0,
        ease: Ease::Linear,
        opacity: 0.0,
        offset_px: [0.0; 2],
        scale: [1.0; 2],
        rotation_degrees: 0.0,
        blur_px: 0.0,
        color: None,
    }
}
