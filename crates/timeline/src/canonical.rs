//! Plans as canonical bytes, hashed. Every field counts; strings and lists carry their length, variants a tag, so that
//! different plans give different bytes. −0 and 0 are equal numbers and give equal bytes.
use crate::{
    BlendSpace, Content, EffectUse, Fade, FadeCurve, Fit, FramePlan, Layer, MaskMode, MaskUse, NestedSound, Outline, Placing,
    SoundPlan, Transform,
};
use cutroom_types::{Affine, ParamValue};

impl FramePlan {
    /// BLAKE3 of the whole plan, in hexadecimal: equal exactly when the plans are.
    pub fn key(&self) -> String {
        let mut bytes = Bytes { hash: blake3::Hasher::new(), names: true };
        bytes.frame(self);
        bytes.hash.finalize().to_hex().to_string()
    }
    /// BLAKE3 of what decides the pixels: without times on the timeline and clip ids (but where a blend mode's noise depends on them), so that a still
    /// gives one key however long it stands. A cache adds what the document's media entries say (file, `deinterlace`, `field_order`), the files'
    /// fingerprints and the code's version.
    pub fn picture_key(&self) -> String {
        let mut bytes = Bytes { hash: blake3::Hasher::new(), names: false };
        bytes.frame(self);
        bytes.hash.finalize().to_hex().to_string()
    }
}

impl SoundPlan {
    /// BLAKE3 of the whole plan, in hexadecimal: equal exactly when the plans are.
    pub fn key(&self) -> String {
        let mut b = Bytes { hash: blake3::Hasher::new(), names: true };
        b.number(u64::from(self.rate_hz));
        b.number(self.channels as u64);
        b.number(self.first_sample as u64);
        b.number(self.samples as u64);
        b.number(self.voices.len() as u64);
        for v in &self.voices {
            b.text(v.clip.as_str());
            b.text(v.media.as_str());
            for n in [v.stream as u64, v.first_sample as u64, v.end_sample as u64, v.source_start.0 as u64] {
                b.number(n);
            }
            b.double(v.speed);
            b.points(&v.gain);
            b.points(&v.pan);
            b.number(v.nested.len() as u64);
            for NestedSound { channels, pan } in &v.nested {
                b.number(*channels as u64);
                b.points(pan);
            }
            b.number(v.fades.len() as u64);
            for Fade { first_sample, end_sample, rising, curve } in &v.fades {
                b.number(*first_sample as u64);
                b.number(*end_sample as u64);
                b.tag(u8::from(*rising));
                b.tag(match curve {
                    FadeCurve::Linear => 0,
                    FadeCurve::ConstantPower => 1,
                });
            }
        }
        b.hash.finalize().to_hex().to_string()
    }
}

struct Bytes {
    hash: blake3::Hasher,
    /// Whether timeline times and clip ids count.
    names: bool,
}

impl Bytes {
    fn tag(&mut self, v: u8) {
        self.hash.update(&[v]);
    }
    fn points(&mut self, points: &[(i64, f32)]) {
        self.number(points.len() as u64);
        for (at, value) in points {
            self.number(*at as u64);
            self.single(*value);
        }
    }
    fn number(&mut self, v: u64) {
        self.hash.update(&v.to_le_bytes());
    }
    fn single(&mut self, v: f32) {
        self.hash.update(&(v + 0.0).to_bits().to_le_bytes());
    }
    fn double(&mut self, v: f64) {
        self.number((v + 0.0).to_bits());
    }
    fn text(&mut self, s: &str) {
        self.number(s.len() as u64);
        self.hash.update(s.as_bytes());
    }
    fn frame(&mut self, plan: &FramePlan) {
        let c = &plan.canvas;
        self.number(u64::from(c.size.width) << 32 | u64::from(c.size.height));
        self.tag(match c.blend_space {
            BlendSpace::Linear => 0,
            BlendSpace::Gamma => 1,
        });
        self.tag(c.primaries.code());
        self.tag(c.transfer.code());
        c.background.iter().for_each(|v| self.single(*v));
        if self.names {
            self.number(plan.time.0 as u64);
        }
        self.number(plan.layers.len() as u64);
        plan.layers.iter().for_each(|l| self.layer(l));
    }
    fn layer(&mut self, l: &Layer) {
        // The noise of some blend modes is the clip's own.
        if self.names || cutroom_effects::blend_mode(&l.blend).is_some_and(|b| b.noise) {
            self.text(l.clip.as_str());
        }
        match &l.content {
            Content::Media { media, stream, source_time } => {
                self.tag(0);
                self.text(media.as_str());
                self.number(*stream as u64);
                self.number(source_time.0 as u64);
            }
            Content::Composition(plan) => {
                self.tag(1);
                self.frame(plan);
            }
            Content::Solid(color) => {
                self.tag(2);
                color.iter().for_each(|v| self.single(*v));
            }
            Content::Below => self.tag(4),
            Content::Transition { id, params, progress, from, to, inputs } => {
                self.tag(3);
                self.text(id);
                self.params(params);
                self.single(*progress);
                for side in [from, to] {
                    self.tag(u8::from(side.is_some()));
                    side.iter().for_each(|l| self.layer(l));
                }
                self.number(inputs.len() as u64);
                inputs.iter().for_each(|l| self.layer(l));
            }
        }
        self.number(l.time.0 as u64);
        self.number(l.effects.len() as u64);
        for EffectUse { id, params, inputs, time } in &l.effects {
            self.text(id);
            self.params(params);
            self.number(inputs.len() as u64);
            inputs.iter().for_each(|l| self.layer(l));
            self.number(time.0 as u64);
        }
        self.placing(&Placing { transform: l.transform, parent: l.parent });
        self.number(l.shutter.len() as u64);
        l.shutter.iter().for_each(|p| self.placing(p));
        self.number(l.masks.len() as u64);
        l.masks.iter().for_each(|m| self.mask(m));
        self.tag(u8::from(l.masks_after_effects));
        self.tag(u8::from(l.matte.is_some()));
        if let Some(m) = &l.matte {
            self.layer(&m.layer);
            self.tag(u8::from(m.luma));
            self.tag(u8::from(m.inverted));
        }
        self.single(l.opacity);
        self.text(&l.blend);
    }
    fn mask(&mut self, m: &MaskUse) {
        match &m.outline {
            Outline::Rectangle(b) | Outline::Ellipse(b) => {
                self.tag(u8::from(matches!(m.outline, Outline::Ellipse(_))));
                for v in b.center.into_iter().chain(b.size).chain([b.rotation_degrees, b.corner_radius_px]) {
                    self.double(v);
                }
            }
            Outline::Path(path) => {
                self.tag(2);
                self.number(path.0.len() as u64);
                for v in path.0.iter().flat_map(|v| [v.point, v.tangent_in, v.tangent_out]).flatten() {
                    self.double(v);
                }
            }
        }
        self.tag(match m.mode {
            MaskMode::Add => 0,
            MaskMode::Subtract => 1,
            MaskMode::Intersect => 2,
            MaskMode::Difference => 3,
        });
        self.tag(u8::from(m.inverted));
        for v in [m.opacity, m.feather_px, m.expansion_px] {
            self.single(v);
        }
        self.number(m.edge_feather_px.len() as u64);
        for (edge, feather) in &m.edge_feather_px {
            self.number(*edge as u64);
            self.single(*feather);
        }
    }
    fn placing(&mut self, p: &Placing) {
        let Affine { xx, xy, x0, yx, yy, y0 } = p.parent;
        for v in [xx, xy, x0, yx, yy, y0] {
            self.double(v);
        }
        let Transform { fit, position_px, scale, rotation_degrees, anchor, crop, flip_horizontal, flip_vertical } = p.transform;
        self.tag(match fit {
            Fit::Contain => 0,
            Fit::Cover => 1,
            Fit::Stretch => 2,
            Fit::Native => 3,
        });
        for v in position_px.into_iter().chain(scale).chain([rotation_degrees]).chain(anchor).chain(crop) {
            self.single(v);
        }
        self.tag(u8::from(flip_horizontal));
        self.tag(u8::from(flip_vertical));
    }
    fn params(&mut self, params: &[(String, ParamValue)]) {
        self.number(params.len() as u64);
        for (id, value) in params {
            self.text(id);
            match value {
                ParamValue::Bool(v) => {
                    self.tag(0);
                    self.tag(u8::from(*v));
                }
                ParamValue::Number(v) => {
                    self.tag(1);
                    self.double(*v);
                }
                ParamValue::Point(v) => {
                    self.tag(2);
                    v.iter().for_each(|x| self.double(*x));
                }
                ParamValue::Color(v) => {
                    self.tag(3);
                    v.iter().for_each(|x| self.double(*x));
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
    use crate::{Box2, Canvas, MatteUse, Voice};
    use cutroom_types::{BezierPath, Primaries, Size, Time, Transfer};

    const BOX: Box2 = Box2 { center: [0.5; 2], size: [0.25; 2], rotation_degrees: 0.0, corner_radius_px: 0.0 };

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
            effects: vec![EffectUse::new("e", vec![("p".into(), ParamValue::Number(0.5))])],
            masks: vec![mask.clone()],
            shutter: vec![Placing { transform: Transform::IDENTITY, parent: Affine::IDENTITY }],
            matte: Some(Box::new(MatteUse {
                layer: Layer::new("m".into(), Content::Solid([1.0; 4])),
                luma: false,
                inverted: false,
            })),
            ..Layer::new("c".into(), content)
        };
        let media = || layer(Content::Media { media: "m".into(), stream: 0, source_time: Time(5) });
        let transition = Content::Transition {
            id: "x".into(),
            params: vec![("q".into(), ParamValue::Bool(true))],
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

    /// Each change of one field gives a key of its own, and `-0` none.
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
            |p| p.layers[0].content = Content::Media { media: "n".into(), stream: 0, source_time: Time(5) },
            |p| p.layers[0].content = Content::Media { media: "m".into(), stream: 1, source_time: Time(5) },
            |p| p.layers[0].content = Content::Media { media: "m".into(), stream: 0, source_time: Time(6) },
            |p| p.layers[0].content = Content::Composition(Box::new(plan())),
            |p| p.layers[2].content = Content::Solid([0.5, 0.5, 0.5, 0.25]),
            |p| p.layers[0].effects.clear(),
            |p| p.layers[0].effects[0].id = "f".into(),
            |p| p.layers[0].effects[0].params[0].0 = "r".into(),
            |p| p.layers[0].effects[0].params[0].1 = ParamValue::Number(0.5 + f64::EPSILON),
            |p| p.layers[0].effects[0].params[0].1 = ParamValue::Point([0.5, 0.5]),
            |p| p.layers[0].effects[0].params[0].1 = ParamValue::Text("0.5".into()),
            |p| p.layers[0].effects[0].params[0].1 = ParamValue::Color([0.5; 4]),
            |p| p.layers[0].transform.fit = Fit::Cover,
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
            |p| p.layers[0].blend = "screen".into(),
            |p| p.layers[0].time.0 += 1,
            |p| change_transition(p, |_, _, progress, _, _| *progress = 0.5),
            |p| change_transition(p, |id, _, _, _, _| *id = "y".into()),
            |p| change_transition(p, |_, params, _, _, _| params[0].1 = ParamValue::Bool(false)),
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
            (p.layers[0].clip, p.layers[0].blend) = (clip.into(), "dissolve".into());
            p.picture_key()
        };
        assert_ne!(dissolving("a"), dissolving("b"), "their noise differs");
    }

    type Side = Option<Box<Layer>>;
    #[expect(clippy::type_complexity, reason = "the parts of one variant, in its order")]
    fn change_transition(p: &mut FramePlan, f: fn(&mut String, &mut Vec<(String, ParamValue)>, &mut f32, &mut Side, &mut Side)) {
        if let Content::Transition { id, params, progress, from, to, .. } = &mut p.layers[1].content {
            f(id, params, progress, from, to);
        }
    }
    fn change_inputs(p: &mut FramePlan, f: fn(&mut Vec<Layer>)) {
        if let Content::Transition { inputs, .. } = &mut p.layers[1].content {
            f(inputs);
        }
    }

    #[test]
    fn every_field_of_sound_counts() {
        let plan = || SoundPlan {
            rate_hz: 48_000,
            channels: 2,
            first_sample: 3,
            samples: 4,
            voices: vec![Voice {
                clip: "c".into(),
                media: "m".into(),
                stream: 0,
                first_sample: 1,
                end_sample: 2,
                source_start: Time(3),
                speed: 1.0,
                gain: vec![(0, 1.0)],
                nested: vec![NestedSound { channels: 2, pan: vec![(0, 0.0)] }],
                pan: vec![(0, 0.0)],
                fades: vec![Fade { first_sample: 1, end_sample: 2, rising: true, curve: FadeCurve::Linear }],
            }],
        };
        let changes: Vec<fn(&mut SoundPlan)> = vec![
            |_| {},
            |p| p.rate_hz = 44_100,
            |p| p.channels = 1,
            |p| p.first_sample = 4,
            |p| p.samples = 5,
            |p| p.voices.clear(),
            |p| p.voices[0].clip = "d".into(),
            |p| p.voices[0].media = "n".into(),
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
