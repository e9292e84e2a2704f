//! Hashes plans as canonical bytes. Every field is included; strings and lists are preceded by
//! their length and variants by a tag, so that different plans have different bytes. −0 and 0 are
//! equal numbers and have equal bytes.
use crate::{
    Align, Alignment, AudioPlan, BlendSpace, Box2, Canvas, Content, EffectUse, Fade, FadeCurve, Fit, FoldLevels, FramePlan, Layer,
    MaskMode, MaskUse, MatteUse, NestedAudio, Outline, Placement, SourceFrame, Transform, Voice,
};
use cutroom_effects::{Entry, EntryRef};
use cutroom_types::{Affine, BezierPath, ParamValue, Vertex};
use std::fmt;

/// BLAKE3 hash of a plan's canonical bytes. Printed in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlanKey(pub [u8; 32]);

impl fmt::Display for PlanKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PlanKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FramePlan {
    /// Key of the whole plan: equal exactly if the plans are.
    pub fn key(&self) -> PlanKey {
        self.hashed(true)
    }

    /// Key of what decides the pixels: without times on the timeline and clip ids (except where a
    /// blend mode's noise depends on the id), so that a still image has one key however long it is
    /// shown. A cache must add what the project states about the media (file, `deinterlace`,
    /// `field_order`), the fingerprints of the files and the version of the code.
    pub fn picture_key(&self) -> PlanKey {
        self.hashed(false)
    }

    fn hashed(&self, names: bool) -> PlanKey {
        let mut bytes = Bytes { hash: blake3::Hasher::new(), names };
        bytes.frame(self);
        bytes.key()
    }
}

impl AudioPlan {
    /// Key of the whole plan: equal exactly if the plans are.
    pub fn key(&self) -> PlanKey {
        let mut bytes = Bytes { hash: blake3::Hasher::new(), names: true };
        bytes.sound(self);
        bytes.key()
    }
}

/// Every struct is destructured without `..`, so that a new field does not compile until it is
/// decided whether it is included.
struct Bytes {
    hash: blake3::Hasher,
    /// Whether timeline times and clip ids are included.
    names: bool,
}

impl Bytes {
    fn key(self) -> PlanKey {
        PlanKey(*self.hash.finalize().as_bytes())
    }

    fn tag(&mut self, v: u8) {
        self.hash.update(&[v]);
    }

    fn flag(&mut self, v: bool) {
        self.tag(u8::from(v));
    }

    fn number(&mut self, v: u64) {
        self.hash.update(&v.to_le_bytes());
    }

    fn count(&mut self, v: usize) {
        self.number(v as u64);
    }

    fn single(&mut self, v: f32) {
        self.hash.update(&(v + 0.0).to_bits().to_le_bytes());
    }

    fn singles(&mut self, values: &[f32]) {
        values.iter().for_each(|v| self.single(*v));
    }

    fn double(&mut self, v: f64) {
        self.number((v + 0.0).to_bits());
    }

    fn doubles(&mut self, values: &[f64]) {
        values.iter().for_each(|v| self.double(*v));
    }

    fn text(&mut self, s: &str) {
        self.count(s.len());
        self.hash.update(s.as_bytes());
    }

    fn entry<T: Entry>(&mut self, entry: EntryRef<T>) {
        self.text(entry.id());
        self.number(u64::from(entry.version()));
    }

    fn points(&mut self, points: &[(i64, f32)]) {
        self.count(points.len());
        for (at, value) in points {
            self.number(*at as u64);
            self.single(*value);
        }
    }

    fn sound(&mut self, plan: &AudioPlan) {
        let AudioPlan { rate_hz, channels, first_sample, samples, voices } = plan;
        self.number(u64::from(*rate_hz));
        self.count(*channels);
        self.number(*first_sample as u64);
        self.count(*samples);
        self.count(voices.len());
        voices.iter().for_each(|v| self.voice(v));
    }

    fn fold(&mut self, fold: FoldLevels) {
        let FoldLevels { center, lfe } = fold;
        for level in [center, lfe] {
            self.flag(level.is_some());
            self.double(level.unwrap_or(0.0));
        }
    }

    fn voice(&mut self, voice: &Voice) {
        let Voice { clip, media, stream, channels, first_sample, end_sample, source_start, speed, gain, nested, fold, pan, fades } =
            voice;
        self.text(clip.as_str());
        self.text(media.as_str());
        self.count(*stream);
        self.count(channels.len());
        channels.iter().for_each(|n| self.count(*n));
        self.number(*first_sample as u64);
        self.number(*end_sample as u64);
        self.number(source_start.0 as u64);
        self.double(*speed);
        self.points(gain);
        self.points(pan);
        self.fold(*fold);
        self.count(nested.len());
        for NestedAudio { channels, fold, pan } in nested {
            self.count(*channels);
            self.fold(*fold);
            self.points(pan);
        }
        self.count(fades.len());
        for Fade { first_sample, end_sample, rising, curve } in fades {
            self.number(*first_sample as u64);
            self.number(*end_sample as u64);
            self.flag(*rising);
            self.tag(match curve {
                FadeCurve::Linear => 0,
                FadeCurve::ConstantPower => 1,
            });
        }
    }

    fn frame(&mut self, plan: &FramePlan) {
        let FramePlan { canvas, time, layers } = plan;
        self.canvas(canvas);
        if self.names {
            self.number(time.0 as u64);
        }
        self.layers(layers);
    }

    fn canvas(&mut self, canvas: &Canvas) {
        let Canvas { size, blend_space, primaries, transfer, background } = canvas;
        self.number(u64::from(size.width) << 32 | u64::from(size.height));
        self.tag(match blend_space {
            BlendSpace::Linear => 0,
            BlendSpace::Gamma => 1,
        });
        self.tag(primaries.code());
        self.tag(transfer.code());
        self.singles(background);
    }

    fn layers(&mut self, layers: &[Layer]) {
        self.count(layers.len());
        layers.iter().for_each(|l| self.layer(l));
    }

    fn layer(&mut self, layer: &Layer) {
        let Layer { clip, content, effects, transform, parent, shutter, masks, masks_after_effects, matte, opacity, blend, time } =
            layer;
        // The noise of some blend modes depends on the clip id.
        if self.names || blend.noise {
            self.text(clip.as_str());
        }
        self.content(content);
        self.number(time.0 as u64);
        self.count(effects.len());
        effects.iter().for_each(|e| self.effect(e));
        self.placement(&Placement { transform: *transform, parent: *parent });
        self.count(shutter.len());
        shutter.iter().for_each(|p| self.placement(p));
        self.count(masks.len());
        masks.iter().for_each(|m| self.mask(m));
        self.flag(*masks_after_effects);
        self.flag(matte.is_some());
        if let Some(matte) = matte {
            let MatteUse { layer, luma, inverted } = &**matte;
            self.layer(layer);
            self.flag(*luma);
            self.flag(*inverted);
        }
        self.single(*opacity);
        self.entry(*blend);
    }

    fn content(&mut self, content: &Content) {
        match content {
            Content::Media(SourceFrame { media, stream, time }) => {
                self.tag(0);
                self.text(media.as_str());
                self.count(*stream);
                self.number(time.0 as u64);
            }
            Content::Composition(plan) => {
                self.tag(1);
                self.frame(plan);
            }
            Content::Solid(color) => {
                self.tag(2);
                self.singles(color);
            }
            Content::Backdrop => self.tag(4),
            Content::Drawing(drawing) => {
                self.tag(5);
                // Debug text names every field, and writes numbers so that they can be read back.
                self.text(&format!("{drawing:?}"));
            }
            Content::Transition { transition, params, progress, from, to, inputs } => {
                self.tag(3);
                self.entry(*transition);
                self.params(params);
                self.single(*progress);
                for side in [from, to] {
                    self.flag(side.is_some());
                    side.iter().for_each(|l| self.layer(l));
                }
                self.layers(inputs);
            }
        }
    }

    fn effect(&mut self, used: &EffectUse) {
        let EffectUse { effect, params, inputs, time } = used;
        self.entry(*effect);
        self.params(params);
        self.layers(inputs);
        self.number(time.0 as u64);
    }

    fn mask(&mut self, mask: &MaskUse) {
        let MaskUse { outline, mode, inverted, opacity, feather_px, edge_feather_px, expansion_px } = mask;
        match outline {
            Outline::Rectangle(shape) => {
                self.tag(0);
                self.shape(shape);
            }
            Outline::Ellipse(shape) => {
                self.tag(1);
                self.shape(shape);
            }
            Outline::Path(BezierPath(vertices)) => {
                self.tag(2);
                self.count(vertices.len());
                for Vertex { point, tangent_in, tangent_out } in vertices {
                    self.doubles(point);
                    self.doubles(tangent_in);
                    self.doubles(tangent_out);
                }
            }
        }
        self.tag(match mode {
            MaskMode::Add => 0,
            MaskMode::Subtract => 1,
            MaskMode::Intersect => 2,
            MaskMode::Difference => 3,
        });
        self.flag(*inverted);
        self.singles(&[*opacity, *feather_px, *expansion_px]);
        self.count(edge_feather_px.len());
        for (edge, feather) in edge_feather_px {
            self.count(*edge);
            self.single(*feather);
        }
    }

    fn shape(&mut self, shape: &Box2) {
        let Box2 { center, size, rotation_degrees, corner_radius_px } = shape;
        self.doubles(center);
        self.doubles(size);
        self.doubles(&[*rotation_degrees, *corner_radius_px]);
    }

    fn placement(&mut self, placement: &Placement) {
        let Placement { transform, parent } = placement;
        let Affine { xx, xy, x0, yx, yy, y0 } = *parent;
        self.doubles(&[xx, xy, x0, yx, yy, y0]);
        let Transform { fit, align, position_px, scale, rotation_degrees, anchor, crop, flip_horizontal, flip_vertical } =
            transform;
        self.tag(match fit {
            Fit::Contain => 0,
            Fit::Cover => 1,
            Fit::Stretch => 2,
            Fit::Native => 3,
        });
        match align {
            None => self.flag(false),
            Some(Alignment { point, margin_px }) => {
                self.flag(true);
                self.tag(match point {
                    Align::TopLeft => 0,
                    Align::Top => 1,
                    Align::TopRight => 2,
                    Align::Left => 3,
                    Align::Center => 4,
                    Align::Right => 5,
                    Align::BottomLeft => 6,
                    Align::Bottom => 7,
                    Align::BottomRight => 8,
                });
                self.doubles(margin_px);
            }
        }
        self.singles(position_px);
        self.singles(scale);
        self.single(*rotation_degrees);
        self.singles(anchor);
        self.singles(crop);
        self.flag(*flip_horizontal);
        self.flag(*flip_vertical);
    }

    fn params(&mut self, params: &[ParamValue]) {
        self.count(params.len());
        for value in params {
            match value {
                ParamValue::Bool(v) => {
                    self.tag(0);
                    self.flag(*v);
                }
                ParamValue::Number(v) => {
                    self.tag(1);
                    self.double(*v);
                }
                ParamValue::Point(v) => {
                    self.tag(2);
                    self.doubles(v);
                }
                ParamValue::Color(v) => {
                    self.tag(3);
                    self.doubles(v);
                }
                ParamValue::Text(v) => {
                    self.tag(4);
                    self.text(v);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_effects::{BlendRef, Catalog, EffectRef, TransitionRef};
    use cutroom_types::{Primaries, Size, Time, Transfer};

    const BOX: Box2 = Box2 { center: [0.5; 2], size: [0.25; 2], rotation_degrees: 0.0, corner_radius_px: 0.0 };

    fn effect(id: &str) -> EffectRef {
        Catalog::builtin().effect(id).unwrap()
    }

    fn transition(id: &str) -> TransitionRef {
        Catalog::builtin().transition(id).unwrap()
    }

    fn blend(id: &str) -> BlendRef {
        Catalog::builtin().blend_mode(id).unwrap()
    }

    fn plan() -> FramePlan {
        let mask = MaskUse {
            outline: Outline::Ellipse(BOX),
            mode: MaskMode::Add,
            inverted: false,
            opacity: 1.0,
            feather_px: 2.0,
            edge_feather_px: vec![(0, 3.0)],
            expansion_px: 0.0,
        };
        let layer = |content| Layer {
            effects: vec![EffectUse::new(effect("exposure"), vec![ParamValue::Number(0.5)])],
            masks: vec![mask.clone()],
            shutter: vec![Placement { transform: Transform::IDENTITY, parent: Affine::IDENTITY }],
            matte: Some(Box::new(MatteUse {
                layer: Layer::new("m".into(), Content::Solid([1.0; 4])),
                luma: false,
                inverted: false,
            })),
            ..Layer::new("c".into(), content)
        };
        let media = || layer(Content::Media(SourceFrame { media: "m".into(), stream: 0, time: Time(5) }));
        let transition = Content::Transition {
            transition: transition("crossfade"),
            params: vec![ParamValue::Bool(true)],
            progress: 0.25,
            from: Some(Box::new(media())),
            to: None,
            inputs: vec![media()],
        };
        FramePlan {
            canvas: Canvas {
                size: Size { width: 16, height: 9 },
                blend_space: BlendSpace::Linear,
                primaries: Primaries::Bt709,
                transfer: Transfer::Bt709,
                background: [0.0, 0.0, 0.0, 1.0],
            },
            time: Time(7),
            layers: vec![media(), layer(transition), layer(Content::Solid([0.5; 4]))],
        }
    }

    /// Each change of one field changes the key; `-0` instead of 0 does not.
    #[test]
    fn every_field_of_a_frame_counts() {
        let changes: Vec<fn(&mut FramePlan)> = vec![
            |_| {},
            |p| p.canvas.size.width = 9,
            |p| p.canvas.size = Size { width: 9, height: 16 },
            |p| p.canvas.blend_space = BlendSpace::Gamma,
            |p| p.canvas.primaries = Primaries::Bt2020,
            |p| p.canvas.transfer = Transfer::Pq,
            |p| p.canvas.background[3] = 0.0,
            |p| p.time = Time(8),
            |p| drop(p.layers.pop()),
            |p| p.layers.swap(0, 2),
            |p| p.layers[0].clip = "d".into(),
            |p| p.layers[0].content = Content::Media(SourceFrame { media: "n".into(), stream: 0, time: Time(5) }),
            |p| p.layers[0].content = Content::Media(SourceFrame { media: "m".into(), stream: 1, time: Time(5) }),
            |p| p.layers[0].content = Content::Media(SourceFrame { media: "m".into(), stream: 0, time: Time(6) }),
            |p| p.layers[0].content = Content::Composition(Box::new(plan())),
            |p| p.layers[2].content = Content::Solid([0.5, 0.5, 0.5, 0.25]),
            |p| p.layers[0].effects.clear(),
            |p| p.layers[0].effects[0].effect = effect("contrast"),
            |p| p.layers[0].effects[0].params[0] = ParamValue::Number(0.5 + f64::EPSILON),
            |p| p.layers[0].effects[0].params[0] = ParamValue::Point([0.5, 0.5]),
            |p| p.layers[0].effects[0].params[0] = ParamValue::Text("0.5".into()),
            |p| p.layers[0].effects[0].params[0] = ParamValue::Color([0.5; 4]),
            |p| p.layers[0].transform.fit = Fit::Cover,
            |p| p.layers[0].transform.align = Some(Alignment { point: Align::Top, margin_px: [0.0; 2] }),
            |p| p.layers[0].transform.align = Some(Alignment { point: Align::Left, margin_px: [0.0; 2] }),
            |p| p.layers[0].transform.align = Some(Alignment { point: Align::Left, margin_px: [1.0, 0.0] }),
            |p| p.layers[0].transform.position_px[1] = 1.0,
            |p| p.layers[0].transform.scale[0] = 2.0,
            |p| p.layers[0].transform.rotation_degrees = 1.0,
            |p| p.layers[0].transform.anchor[0] = 0.0,
            |p| p.layers[0].transform.crop[2] = 0.5,
            |p| p.layers[0].transform.flip_horizontal = true,
            |p| p.layers[0].transform.flip_vertical = true,
            |p| p.layers[0].effects[0].inputs.push(Layer::new("i".into(), Content::Solid([0.0; 4]))),
            |p| p.layers[0].effects[0].time.0 = 1,
            |p| p.layers[0].parent.xy = 0.5,
            |p| p.layers[0].shutter.clear(),
            |p| p.layers[0].shutter[0].parent.y0 = 1.0,
            |p| p.layers[0].shutter[0].transform.scale[0] = 2.0,
            |p| p.layers[0].masks.clear(),
            |p| p.layers[0].masks[0].outline = Outline::Rectangle(BOX),
            |p| p.layers[0].masks[0].outline = Outline::Ellipse(Box2 { center: [0.5, 0.25], ..BOX }),
            |p| p.layers[0].masks[0].outline = Outline::Path(BezierPath::polygon(&[[0.0; 2], [1.0; 2], [0.0, 1.0]])),
            |p| p.layers[0].masks[0].mode = MaskMode::Intersect,
            |p| p.layers[0].masks[0].inverted = true,
            |p| p.layers[0].masks[0].opacity = 0.5,
            |p| p.layers[0].masks[0].feather_px = 1.0,
            |p| p.layers[0].masks[0].expansion_px = 1.0,
            |p| p.layers[0].masks[0].edge_feather_px[0].0 = 1,
            |p| p.layers[0].masks[0].edge_feather_px[0].1 = 1.0,
            |p| p.layers[0].masks_after_effects = true,
            |p| p.layers[0].matte = None,
            |p| p.layers[0].matte.iter_mut().for_each(|m| m.luma = true),
            |p| p.layers[0].matte.iter_mut().for_each(|m| m.inverted = true),
            |p| p.layers[0].matte.iter_mut().for_each(|m| m.layer.opacity = 0.5),
            |p| p.layers[0].opacity = f32::from_bits(1.0f32.to_bits() - 1),
            |p| p.layers[0].blend = blend("screen"),
            |p| p.layers[0].time.0 += 1,
            |p| change_transition(p, |_, _, progress, _, _| *progress = 0.5),
            |p| change_transition(p, |id, _, _, _, _| *id = transition("push-left")),
            |p| change_transition(p, |_, params, _, _, _| params[0] = ParamValue::Bool(false)),
            |p| change_transition(p, |_, _, _, from, to| std::mem::swap(from, to)),
            |p| change_transition(p, |_, _, _, from, _| from.iter_mut().for_each(|l| l.opacity = 0.5)),
            |p| change_inputs(p, |inputs| inputs.clear()),
            |p| change_inputs(p, |inputs| inputs[0].opacity = 0.5),
            |p| change_inputs(p, |inputs| inputs.push(inputs[0].clone())),
        ];
        let mut keys = std::collections::HashMap::new();
        for (i, change) in changes.iter().enumerate() {
            let mut p = plan();
            change(&mut p);
            assert_eq!(keys.insert(p.key(), i), None, "change {i} gives the key of another");
            assert_eq!(p.key(), p.clone().key());
        }
        let mut p = plan();
        p.layers[0].transform.position_px[0] = -0.0;
        assert_eq!((p == plan(), p.key()), (true, plan().key()));
        p.time = Time(99);
        p.layers[0].clip = "else".into();
        assert_eq!(p.picture_key(), plan().picture_key());
        let dissolving = |clip: &str| {
            let mut p = plan();
            p.layers[0].clip = clip.into();
            p.layers[0].blend = blend("dissolve");
            p.picture_key()
        };
        assert_ne!(dissolving("a"), dissolving("b"), "their noise differs");
    }

    type Side = Option<Box<Layer>>;

    fn change_transition(p: &mut FramePlan, f: fn(&mut TransitionRef, &mut Vec<ParamValue>, &mut f32, &mut Side, &mut Side)) {
        if let Content::Transition { transition, params, progress, from, to, .. } = &mut p.layers[1].content {
            f(transition, params, progress, from, to);
        }
    }

    fn change_inputs(p: &mut FramePlan, f: fn(&mut Vec<Layer>)) {
        if let Content::Transition { inputs, .. } = &mut p.layers[1].content {
            f(inputs);
        }
    }

    #[test]
    fn every_field_of_audio_counts() {
        let plan = || AudioPlan {
            rate_hz: 48_000,
            channels: 2,
            first_sample: 3,
            samples: 4,
            voices: vec![Voice {
                clip: "c".into(),
                media: "m".into(),
                stream: 0,
                channels: vec![0],
                first_sample: 1,
                end_sample: 2,
                source_start: Time(3),
                speed: 1.0,
                gain: vec![(0, 1.0)],
                nested: vec![NestedAudio { channels: 2, fold: FoldLevels::default(), pan: vec![(0, 0.0)] }],
                fold: FoldLevels::default(),
                pan: vec![(0, 0.0)],
                fades: vec![Fade { first_sample: 1, end_sample: 2, rising: true, curve: FadeCurve::Linear }],
            }],
        };
        let changes: Vec<fn(&mut AudioPlan)> = vec![
            |_| {},
            |p| p.rate_hz = 44_100,
            |p| p.channels = 1,
            |p| p.first_sample = 4,
            |p| p.samples = 5,
            |p| p.voices.clear(),
            |p| p.voices[0].clip = "d".into(),
            |p| p.voices[0].media = "n".into(),
            |p| p.voices[0].channels = vec![1],
            |p| p.voices[0].stream = 1,
            |p| p.voices[0].first_sample = 0,
            |p| p.voices[0].end_sample = 3,
            |p| p.voices[0].source_start = Time(4),
            |p| p.voices[0].speed = -1.0,
            |p| p.voices[0].gain = vec![(0, 0.5)],
            |p| p.voices[0].gain = vec![(0, 1.0), (1, 1.0)],
            |p| p.voices[0].pan = vec![(1, 0.0)],
            |p| p.voices[0].nested.clear(),
            |p| p.voices[0].nested[0].channels = 1,
            |p| p.voices[0].nested[0].pan = vec![(1, 0.0)],
            |p| p.voices[0].nested[0].fold.center = Some(0.0),
            |p| p.voices[0].fold.center = Some(0.0),
            |p| p.voices[0].fold.lfe = Some(0.0),
            |p| p.voices[0].fades.clear(),
            |p| p.voices[0].fades[0].rising = false,
            |p| p.voices[0].fades[0].end_sample = 9,
            |p| p.voices[0].fades[0].curve = FadeCurve::ConstantPower,
        ];
        let mut keys = std::collections::HashSet::new();
        for (i, change) in changes.iter().enumerate() {
            let mut p = plan();
            change(&mut p);
            assert!(keys.insert(p.key()), "change {i} gives the key of another");
        }
    }
}
