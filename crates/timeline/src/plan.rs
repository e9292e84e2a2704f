//! What planning produces: plain, complete, hashable data. Everything animated is already a number,
//! everything neutral is already gone. `render` draws a [`FramePlan`], `audio` mixes an
//! [`AudioPlan`]; both are told nothing else.
use cutroom_effects::{BlendRef, EffectRef, NORMAL, TransitionRef};
use cutroom_types::{Affine, BezierPath, ClipId, MediaId, ParamValue, Primaries, Size, Time, TimeDelta, Transfer};
pub use cutroom_types::{BlendSpace, FadeCurve, Fit, MaskMode};
use std::collections::HashSet;

/// The raster that layers are placed on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Canvas {
    /// Square pixels.
    pub size: Size,
    /// Blending space.
    pub blend_space: BlendSpace,
    /// Primaries of the working space and of the result.
    pub primaries: Primaries,
    /// Transfer characteristics of the result (and of the working space when blending in gamma).
    pub transfer: Transfer,
    /// Straight RGBA, display-encoded, 0..=1; drawn under all layers. Alpha 0 for nested
    /// compositions.
    pub background: [f32; 4],
}

/// One output frame.
#[derive(Clone, Debug, PartialEq)]
pub struct FramePlan {
    /// The raster.
    pub canvas: Canvas,
    /// Composition time of the frame.
    pub time: Time,
    /// Bottom to top. Layers that cannot be seen (opacity 0, scale 0) are not listed.
    pub layers: Vec<Layer>,
}

/// One placed picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// The clip it comes from, for messages.
    pub clip: ClipId,
    /// What is drawn.
    pub content: Content,
    /// In order of application, in the layer's own raster before placement.
    pub effects: Vec<EffectUse>,
    /// Placement on the canvas.
    pub transform: Transform,
    /// From where `transform` places it to where the null objects that it is bound to take it, in
    /// canvas pixels.
    pub parent: Affine,
    /// Placements while the shutter is open, to be averaged instead of `transform` and `parent`;
    /// empty: not blurred.
    pub shutter: Vec<Placement>,
    /// Joined in order into one coverage that multiplies alpha; empty: all is seen.
    pub masks: Vec<MaskUse>,
    /// Masks cut what the effects made, else what they get.
    pub masks_after_effects: bool,
    /// Another track's picture that multiplies alpha on the canvas.
    pub matte: Option<Box<MatteUse>>,
    /// 0..=1, multiplies alpha.
    pub opacity: f32,
    /// The blend mode, by default [`NORMAL`].
    pub blend: BlendRef,
    /// Time since the clip's start when the blend mode changes with it by itself, else zero.
    pub time: TimeDelta,
}

impl Layer {
    /// Fitted and centred, opaque, unchanged.
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

    /// The layers that this one is made of, each with layers of its own: pictures that its effects
    /// take besides it, its matte, those of a nested composition, a transition's sides and
    /// pictures. Whoever walks a plan walks these.
    pub fn children(&self) -> impl Iterator<Item = &Layer> {
        let (nested, sides, inputs): (&[Layer], _, &[Layer]) = match &self.content {
            Content::Composition(plan) => (&plan.layers, [None, None], &[]),
            Content::Transition { from, to, inputs, .. } => (&[], [from.as_deref(), to.as_deref()], inputs),
            Content::Media(_) | Content::Solid(_) | Content::Backdrop => (&[], [None, None], &[]),
        };
        let of_effects = self.effects.iter().flat_map(|e| &e.inputs);
        let matte = self.matte.iter().map(|m| &m.layer);
        of_effects.chain(matte).chain(nested).chain(sides.into_iter().flatten()).chain(inputs)
    }

    /// Its source picture and those of all layers that it is made of, in drawing order, with
    /// repetitions.
    fn collect_source_frames<'a>(&'a self, found: &mut Vec<&'a SourceFrame>) {
        self.children().for_each(|layer| layer.collect_source_frames(found));
        if let Content::Media(frame) = &self.content {
            found.push(frame);
        }
    }
}

impl FramePlan {
    /// Every source picture that the plan names, in drawing order, each once.
    pub fn source_frames(&self) -> Vec<SourceFrame> {
        let mut found = Vec::new();
        self.layers.iter().for_each(|layer| layer.collect_source_frames(&mut found));
        let mut known = HashSet::new();
        found.into_iter().filter(|frame| known.insert(*frame)).cloned().collect()
    }
}

/// A placement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// See [`Layer::transform`].
    pub transform: Transform,
    /// See [`Layer::parent`].
    pub parent: Affine,
}

/// A mask with numbers filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct MaskUse {
    /// What it encloses, on the upright content: (0, 0) its top left corner, (1, 1) its bottom
    /// right.
    pub outline: Outline,
    /// How it joins those before it.
    pub mode: MaskMode,
    /// Outside counts instead of inside.
    pub inverted: bool,
    /// 0..=1.
    pub opacity: f32,
    /// Width of the soft edge in content pixels, half on each side.
    pub feather_px: f32,
    /// Other widths along single curves: the curve's first vertex and its width.
    pub edge_feather_px: Vec<(usize, f32)>,
    /// The outline moves outwards by this, in content pixels.
    pub expansion_px: f32,
}

/// What a mask encloses.
#[derive(Clone, Debug, PartialEq)]
pub enum Outline {
    /// With round corners.
    Rectangle(Box2),
    /// Touching the sides of its box.
    Ellipse(Box2),
    /// By the even-odd rule.
    Path(BezierPath),
}

/// A box on the content.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Box2 {
    /// Fractions.
    pub center: [f64; 2],
    /// Fractions.
    pub size: [f64; 2],
    /// Clockwise about its centre, in pixels' geometry.
    pub rotation_degrees: f64,
    /// Of a rectangle, in content pixels.
    pub corner_radius_px: f64,
}

/// A matte.
#[derive(Clone, Debug, PartialEq)]
pub struct MatteUse {
    /// What the other track shows.
    pub layer: Layer,
    /// Its display-encoded luma counts, else its alpha.
    pub luma: bool,
    /// 1 minus that.
    pub inverted: bool,
}

/// One picture of a file: the frame of a stream whose presentation interval holds `time`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceFrame {
    /// Which file.
    pub media: MediaId,
    /// Index among the file's video streams.
    pub stream: usize,
    /// Time since the start of the file.
    pub time: Time,
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
    /// What the layers below it make together over the background, over the whole canvas; nothing
    /// where nothing lies below.
    Backdrop,
    /// Two neighbours during a transition. Each carries its own placement; the enclosing layer's
    /// transform is identity, its effects are empty.
    Transition {
        /// What it is.
        transition: TransitionRef,
        /// Every parameter, in the order of its table.
        params: Vec<ParamValue>,
        /// 0 at the start (all `from`) to 1 at the end (all `to`).
        progress: f32,
        /// Outgoing side; `None` for a transition from nothing.
        from: Option<Box<Layer>>,
        /// Incoming side.
        to: Option<Box<Layer>>,
        /// Pictures of its parameters of kind media, in their order, over the whole canvas.
        inputs: Vec<Layer>,
    },
}

/// One effect with numbers filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectUse {
    /// What it is.
    pub effect: EffectRef,
    /// Every parameter, in the order of its table.
    pub params: Vec<ParamValue>,
    /// Pictures besides the layer's own: it at other times with the effects before this one, or
    /// what other tracks show at this time, in the order that the entry asks for.
    pub inputs: Vec<Layer>,
    /// Time since the clip's start when the effect changes with it by itself, else zero.
    pub time: TimeDelta,
}

impl EffectUse {
    /// An effect on the layer's own picture.
    pub fn new(effect: EffectRef, params: Vec<ParamValue>) -> Self {
        Self { effect, params, inputs: Vec::new(), time: TimeDelta::ZERO }
    }
}

/// Placement. Applied to the upright, square-pixel content in this order: crop, fit (centred),
/// flip, scale about the anchor, rotation about the anchor, translation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transform {
    /// How the content meets the canvas.
    pub fit: Fit,
    /// Canvas pixels from the centre of the canvas, +y down; (0, 0) is centred.
    pub position_px: [f32; 2],
    /// Factor, 1 = as fitted.
    pub scale: [f32; 2],
    /// Clockwise degrees.
    pub rotation_degrees: f32,
    /// Point of the fitted content that scale and rotation keep still, as a fraction of it,
    /// (0.5, 0.5) = centre. The anchor point is what `position_px` places.
    pub anchor: [f32; 2],
    /// Cut from the left, top, right, bottom edges, as fractions 0..1 of the content.
    pub crop: [f32; 4],
    /// Mirror left–right.
    pub flip_horizontal: bool,
    /// Mirror top–bottom.
    pub flip_vertical: bool,
}

impl Transform {
    /// Fitted and centred.
    pub const IDENTITY: Self = Self {
        fit: Fit::Contain,
        position_px: [0.0; 2],
        scale: [1.0; 2],
        rotation_degrees: 0.0,
        anchor: [0.5; 2],
        crop: [0.0; 4],
        flip_horizontal: false,
        flip_vertical: false,
    };
}

/// The sound of a run of samples of a composition.
#[derive(Clone, Debug, PartialEq)]
pub struct AudioPlan {
    /// Samples per second of the composition.
    pub rate_hz: u32,
    /// Channels of the composition (1, 2, 6 …; native order).
    pub channels: usize,
    /// First composition sample covered.
    pub first_sample: i64,
    /// Samples covered.
    pub samples: usize,
    /// Everything audible in the run, in track and time order. Positions are absolute composition
    /// samples, so the mix does not depend on how the programme is cut into runs.
    pub voices: Vec<Voice>,
}

/// One clip's sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Voice {
    /// The clip, for messages.
    pub clip: ClipId,
    /// Which file.
    pub media: MediaId,
    /// Index among the file's audio streams.
    pub stream: usize,
    /// Composition sample at which the voice starts.
    pub first_sample: i64,
    /// Composition sample after its last.
    pub end_sample: i64,
    /// Time since the start of the file heard at `first_sample`.
    pub source_start: Time,
    /// Source seconds per composition second; negative plays backwards.
    pub speed: f64,
    /// Linear gain over composition samples: straight lines between points, held outside. Never
    /// empty.
    pub gain: Vec<(i64, f32)>,
    /// Nested compositions that it passes before the plan's own, innermost first; empty for clips
    /// of the plan's composition.
    pub nested: Vec<NestedAudio>,
    /// -1 left … 0 centre … 1 right in the plan's composition: points like `gain`.
    pub pan: Vec<(i64, f32)>,
    /// Fades and cross-fades, multiplied.
    pub fades: Vec<Fade>,
}

/// What a nested composition does to the channels of a voice: they are folded into its own and
/// panned there, and what comes out is the source of the composition around it.
#[derive(Clone, Debug, PartialEq)]
pub struct NestedAudio {
    /// Its channels, as [`AudioPlan::channels`].
    pub channels: usize,
    /// As [`Voice::pan`].
    pub pan: Vec<(i64, f32)>,
}

/// A gain ramp over `[first_sample, end_sample)`. Outside its run the gain is 1, but for a `rising`
/// fade samples before it are silent, and for a falling one samples after it are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fade {
    /// Composition sample of the start.
    pub first_sample: i64,
    /// Composition sample after the end.
    pub end_sample: i64,
    /// From silence up, or down to silence.
    pub rising: bool,
    /// Shape.
    pub curve: FadeCurve,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(content: Content) -> Layer {
        Layer::new(ClipId::from("c"), content)
    }

    fn media(id: &str, flicks: i64) -> Layer {
        layer(Content::Media(SourceFrame { media: id.into(), stream: 0, time: Time(flicks) }))
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
