//! Plans as canonical bytes, hashed. Every field counts; strings and lists carry their length, variants a tag, so that
//! different plans give different bytes. −0 and 0 are equal numbers and give equal bytes.
use crate::{BlendSpace, Content, EffectUse, Fade, FadeCurve, Fit, FramePlan, Layer, SoundPlan, Transform};
use cutroom_types::ParamValue;

impl FramePlan {
    /// BLAKE3 of the whole plan, in hexadecimal: equal exactly when the plans are.
    pub fn key(&self) -> String {
        let mut bytes = Bytes { hash: blake3::Hasher::new(), names: true };
        bytes.frame(self);
        bytes.hash.finalize().to_hex().to_string()
    }
    /// BLAKE3 of what decides the pixels: without times on the timeline and clip ids, so that a still gives one key however long it
    /// stands. A cache adds the media's fingerprints and the code's version.
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
            for points in [&v.gain, &v.pan] {
                b.number(points.len() as u64);
                for (at, value) in points {
                    b.number(*at as u64);
                    b.single(*value);
                }
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
        if self.names {
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
            Content::Transition { id, params, progress, from, to } => {
                self.tag(3);
                self.text(id);
                self.params(params);
                self.single(*progress);
                for side in [from, to] {
                    self.tag(u8::from(side.is_some()));
                    side.iter().for_each(|l| self.layer(l));
                }
            }
        }
        self.number(l.effects.len() as u64);
        for EffectUse { id, params } in &l.effects {
            self.text(id);
            self.params(params);
        }
        let Transform { fit, position_px, scale, rotation_degrees, anchor, crop, flip_horizontal, flip_vertical } = l.transform;
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
        self.single(l.opacity);
        self.text(&l.blend);
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
