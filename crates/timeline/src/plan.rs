//! The result of planning: plain, complete, hashable data. Animated values are evaluated, neutral
//! effects are left out. `render` draws a [`FramePlan`], `audio` mixes an [`AudioPlan`]; both
//! receive nothing else of the project.
use crate::drawing::Drawing;
use cutroom_effects::{BlendRef, EffectRef, NORMAL, TransitionRef};
use cutroom_types::{Affine, BezierPath, ClipId, MediaId, ParamValue, Primaries, Size, Time, TimeDelta, Transfer};
pub use cutroom_types::{Align, BlendSpace, FadeCurve, Fit, MaskMode};
use std::{collections::HashSet, sync::Arc};

/// The raster that layers are placed on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Canvas {
    /// Size in square pixels.
    pub size: Size,
    /// Blending space.
    pub blend_space: BlendSpace,
    /// Primaries of the working space and of the result.
    pub primaries: Primaries,
    /// Transfer characteristics of the result (and of the working space when blending in gamma).
    pub transfer: Transfer,
    /// Background below all layers: straight RGBA, display-encoded, 0..=1. Its alpha is 0 for
    /// nested compositions.
    pub background: [f32; 4],
}

/// One output frame.
#[derive(Clone, Debug, PartialEq)]
pub struct FramePlan {
    /// The canvas.
    pub canvas: Canvas,
    /// Composition time of the frame.
    pub time: Time,
    /// Layers from bottom to top. Invisible ones (opacity 0, scale 0) are left out, except those
    /// whose blend mode still changes the backdrop.
    pub layers: Vec<Layer>,
}

/// One placed picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// The clip it comes from, for messages and for the noise of some blend modes.
    pub clip: ClipId,
    /// What is drawn.
    pub content: Content,
    /// Effects in order of application, in the layer's own raster before placement.
    pub effects: Vec<EffectUse>,
    /// Placement on the canvas.
    pub transform: Transform,
    /// The map of the null objects that are its parents, applied after `transform`, in canvas
    /// pixels.
    pub parent: Affine,
    /// Placements while the shutter is open, to be averaged instead of `transform` and `parent`;
    /// empty: not blurred.
    pub shutter: Vec<Placement>,
    /// Masks, combined in order into one coverage that multiplies alpha; empty: everything is
    /// visible.
    pub masks: Vec<MaskUse>,
    /// Whether masks are applied to the result of the effects; otherwise to their input.
    pub masks_after_effects: bool,
    /// Another track's picture that multiplies alpha on the canvas.
    pub matte: Option<Box<MatteUse>>,
    /// 0..=1, multiplies alpha.
    pub opacity: f32,
    /// The blend mode, by default [`NORMAL`].
    pub blend: BlendRef,
    /// Time since the clip's start if the blend mode is time-dependent, otherwise zero.
    pub time: TimeDelta,
}

impl Layer {
    /// A layer that is fitted, centred, opaque and without effects.
    pub fn new(clip: ClipId, content: Content) -> Self {
        Self {
            clip,
            content,
            effects: Vec::new(),
            transform: Transform::IDENTITY,
            parent: Affine::IDENTITY,
            shutter: Vec::new(),
            masks: Vec::new(),
            masks_after_effects: false,
            matte: None,
            opacity: 1.0,
            blend: BlendRef::new(&NORMAL),
            time: TimeDelta::ZERO,
        }
    }

    /// The layers directly inside this one, which may have children of their own: inputs of its
    /// effects, its matte, the layers of a nested composition, the sides and inputs of a
    /// transition. Code that walks a plan recurses over these.
    pub fn children(&self) -> impl Iterator<Item = &Layer> {
        let (nested, sides, inputs): (&[Layer], _, &[Layer]) = match &self.content {
            Content::Composition(plan) => (&plan.layers, [None, None], &[]),
            Content::Transition { from, to, inputs, .. } => (&[], [from.as_deref(), to.as_deref()], inputs),
            Content::Media(_) | Content::Solid(_) | Content::Backdrop | Content::Drawing(_) => (&[], [None, None], &[]),
        };
        let of_effects = self.effects.iter().flat_map(|e| &e.inputs);
        let matte = self.matte.iter().map(|m| &m.layer);
        of_effects.chain(matte).chain(nested).chain(sides.into_iter().flatten()).chain(inputs)
    }

    /// Collects the source frames of this layer and of all layers inside it, in drawing order, with
    /// repetitions.
    fn collect_source_frames<'a>(&'a self, found: &mut Vec<&'a SourceFrame>) {
        self.children().for_each(|layer| layer.collect_source_frames(found));
        if let Content::Media(frame) = &self.content {
            found.push(frame);
        }
    }
}

impl FramePlan {
    /// Every source frame of the plan, in drawing order, each once.
    pub fn source_frames(&self) -> Vec<SourceFrame> {
        let mut found = Vec::new();
        self.layers.iter().for_each(|layer| layer.collect_source_frames(&mut found));
        let mut known = HashSet::new();
        found.into_iter().filter(|frame| known.insert(*frame)).cloned().collect()
    }
}

/// Transform and parent of a layer at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// See [`Layer::transform`].
    pub transform: Transform,
    /// See [`Layer::parent`].
    pub parent: Affine,
}

/// A mask at an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct MaskUse {
    /// Outline on the upright content: (0, 0) is its top left corner, (1, 1) its bottom right.
    pub outline: Outline,
    /// How it is combined with the masks before it.
    pub mode: MaskMode,
    /// Whether the outside is covered instead of the inside.
    pub inverted: bool,
    /// 0..=1, multiplies its coverage.
    pub opacity: f32,
    /// Width of the soft edge, half of it on each side. This and the following lengths are canvas
    /// pixels on the fitted content, before its own scale.
    pub feather_px: f32,
    /// Different widths along single curves: index of the curve's first vertex, and width.
    pub edge_feather_px: Vec<(usize, f32)>,
    /// Distance by which the outline moves outwards; negative is inwards.
    pub expansion_px: f32,
}

/// Outline of a mask.
#[derive(Clone, Debug, PartialEq)]
pub enum Outline {
    /// A rectangle, with square or rounded corners.
    Rectangle(Box2),
    /// The ellipse that touches the sides of a box.
    Ellipse(Box2),
    /// A path, filled by the even-odd rule.
    Path(BezierPath),
}

/// A box on the content.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Box2 {
    /// Centre, as fractions of the content.
    pub center: [f64; 2],
    /// Width and height, as fractions of the content.
    pub size: [f64; 2],
    /// Clockwise rotation about its centre, in pixel geometry.
    pub rotation_degrees: f64,
    /// Corner radius of a rectangle, in canvas pixels on the fitted content.
    pub corner_radius_px: f64,
}

/// A matte at an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct MatteUse {
    /// What the other track shows.
    pub layer: Layer,
    /// Whether its display-encoded luma is used; otherwise its alpha.
    pub luma: bool,
    /// Whether 1 minus that value is used.
    pub inverted: bool,
}

/// One picture of a file: the frame of a stream whose presentation interval contains `time`, or one
/// made of several of its frames.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceFrame {
    /// The media.
    pub media: MediaId,
    /// Index among the file's video streams.
    pub stream: usize,
    /// Time since the start of the file.
    pub time: Time,
    /// What is made of the frames around it.
    pub frames: SourceFrames,
}

/// What is made of the frames of a stream around a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceFrames {
    /// The frame whose presentation interval contains the time.
    #[default]
    Nearest,
    /// The mean of the frames that are presented from the time on for this long, each weighted by
    /// how long.
    Blend(TimeDelta),
    /// The picture at this instant, moved along the optical flow from the frame that starts before
    /// it towards the one after.
    Flow,
}

impl SourceFrame {
    /// The frame whose presentation interval contains `time`.
    pub fn nearest(media: MediaId, stream: usize, time: Time) -> Self {
        Self { media, stream, time, frames: SourceFrames::Nearest }
    }
}

/// What a layer shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A frame of a media stream.
    Media(SourceFrame),
    /// A nested composition, drawn on its own canvas.
    Composition(Box<FramePlan>),
    /// One colour over the whole canvas; straight RGBA, display-encoded, 0..=1.
    Solid([f32; 4]),
    /// The backdrop: the layers below, composited over the background, on the whole canvas.
    /// Transparent where nothing is below.
    Backdrop,
    /// Text or shapes, at their own size.
    Drawing(Arc<Drawing>),
    /// Two neighbours during a transition. Each carries its own placement; the enclosing layer's
    /// transform is identity, its effects are empty.
    Transition {
        /// The catalogue entry.
        transition: TransitionRef,
        /// Every parameter, in the order of the entry's parameter table.
        params: Vec<ParamValue>,
        /// 0 at the start (all `from`) to 1 at the end (all `to`).
        progress: f32,
        /// Outgoing side; `None` for a transition from nothing.
        from: Option<Box<Layer>>,
        /// Incoming side; `None` for a transition to nothing.
        to: Option<Box<Layer>>,
        /// Pictures of its parameters of kind media, in their order, over the whole canvas.
        inputs: Vec<Layer>,
    },
}

/// One effect with evaluated parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectUse {
    /// The catalogue entry.
    pub effect: EffectRef,
    /// Every parameter, in the order of the entry's parameter table. Lengths are canvas pixels on
    /// the fitted content, before its own scale.
    pub params: Vec<ParamValue>,
    /// Pictures in addition to the layer's own, in the order that the entry asks for: the layer's
    /// picture at other times with the effects before this one, or what other tracks show at this
    /// time.
    pub inputs: Vec<Layer>,
    /// Time since the clip's start if the effect is time-dependent, otherwise zero.
    pub time: TimeDelta,
}

impl EffectUse {
    /// An effect that uses only the layer's own picture.
    pub fn new(effect: EffectRef, params: Vec<ParamValue>) -> Self {
        Self { effect, params, inputs: Vec::new(), time: TimeDelta::ZERO }
    }
}

/// A point of the canvas, with distances from its sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alignment {
    /// The point.
    pub point: Align,
    /// Distances in canvas pixels from the sides that the point names, inwards: from the left or
    /// right side, from the upper or lower one.
    pub margin_px: [f64; 2],
}

/// Placement. Applied to the upright, square-pixel content in this order: crop, fit (centred),
/// flip, scale about the anchor, rotation about the anchor, translation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transform {
    /// How the content is fitted to the canvas.
    pub fit: Fit,
    /// Canvas pixels for each pixel of content that is shown at its own size (`Fit::Native`): 1, or
    /// `render_scale` if the content keeps its pixels at any.
    pub native_scale: f64,
    /// The scale at which the plan is drawn, see [`crate::RenderScale`].
    pub render_scale: f64,
    /// Where the bounding box of the cropped, scaled and rotated content lies on the canvas, before
    /// `position_px` moves it; `None`: the anchor is at the canvas's centre.
    pub align: Option<Alignment>,
    /// Position of the anchor in canvas pixels from the centre of the canvas, +y down; (0, 0) is
    /// centred. With `align`, an offset from the place that it gives.
    pub position_px: [f32; 2],
    /// Horizontal and vertical scale factors; 1 is the fitted size.
    pub scale: [f32; 2],
    /// Clockwise degrees.
    pub rotation_degrees: f32,
    /// Fixed point of scale and rotation, as a fraction of the fitted content, (0.5, 0.5) = centre.
    /// `position_px` is the position of this point.
    pub anchor: [f32; 2],
    /// Cut from the left, top, right, bottom edges, as fractions 0..1 of the content.
    pub crop: [f32; 4],
    /// Mirror left–right.
    pub flip_horizontal: bool,
    /// Mirror top–bottom.
    pub flip_vertical: bool,
}

impl Transform {
    /// Fitted and centred, without changes.
    pub const IDENTITY: Self = Self {
        fit: Fit::Contain,
        native_scale: 1.0,
        render_scale: 1.0,
        align: None,
        position_px: [0.0; 2],
        scale: [1.0; 2],
        rotation_degrees: 0.0,
        anchor: [0.5; 2],
        crop: [0.0; 4],
        flip_horizontal: false,
        flip_vertical: false,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(content: Content) -> Layer {
        Layer::new(ClipId::from("c"), content)
    }

    fn media(id: &str, flicks: i64) -> Layer {
        layer(Content::Media(SourceFrame::nearest(id.into(), 0, Time(flicks))))
    }

    fn plan(layers: Vec<Layer>) -> FramePlan {
        let canvas = Canvas {
            size: Size { width: 4, height: 2 },
            blend_space: BlendSpace::Gamma,
            primaries: Primaries::Bt709,
            transfer: Transfer::Bt709,
            background: [0.0, 0.0, 0.0, 1.0],
        };
        FramePlan { canvas, time: Time::ZERO, layers }
    }

    #[test]
    fn source_frames_are_found_everywhere_and_named_once() {
        let dissolve = layer(Content::Transition {
            transition: TransitionRef::new(cutroom_effects::TRANSITIONS[0]),
            params: vec![],
            progress: 0.5,
            from: Some(Box::new(media("a", 1))),
            to: Some(Box::new(media("b", 2))),
            inputs: vec![media("d", 4)],
        });
        let nested = layer(Content::Composition(Box::new(plan(vec![media("c", 3), media("a", 1)]))));
        let echo = EffectUse { inputs: vec![media("e", 5)], ..EffectUse::new(EffectRef::new(cutroom_effects::EFFECTS[0]), vec![]) };
        let matte = Box::new(MatteUse { layer: media("f", 6), luma: true, inverted: false });
        let cut = Layer { effects: vec![echo], matte: Some(matte), ..media("g", 7) };
        let all = plan(vec![media("a", 9), dissolve, nested, cut, layer(Content::Solid([0.0; 4]))]).source_frames();
        let names: Vec<_> = all.iter().map(|f| (f.media.as_str(), f.time.0)).collect();
        assert_eq!(names, [("a", 9), ("a", 1), ("b", 2), ("d", 4), ("c", 3), ("e", 5), ("f", 6), ("g", 7)]);
    }
}
