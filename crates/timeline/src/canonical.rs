//! Hashes plans as canonical bytes. Every field is included; strings and lists are preceded by
//! their length and variants by a tag, so that different plans have different bytes. −0 and 0 are
//! equal numbers and have equal bytes.
use crate::{
    Align, Alignment, AudioPlan, BlendSpace, Box2, Bus, BusChannels, Canvas, Content, EffectUse, Fade, FadeCurve, Feed, Fit,
    FoldLevels, FramePlan, KeySource, Layer, MaskMode, MaskUse, MatteUse, NestedAudio, Outline, ParamCurve, Placement, SoundUse,
    SourceFrame, SourceFrames, SourcePoint, Transform, Voice,
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
        let AudioPlan { rate_hz, channels, first_sample, samples, voices, feeds, buses, settling_samples } = plan;
        self.number(u64::from(*rate_hz));
        self.count(*channels);
        self.number(*first_sample as u64);
        self.count(*samples);
        self.count(voices.len());
        voices.iter().for_each(|v| self.voice(v));
        self.count(feeds.len());
        feeds.iter().for_each(|f| self.feed(f));
        self.count(buses.len());
        buses.iter().for_each(|b| self.bus(b));
        self.number(*settling_samples);
    }

    fn bus(&mut self, bus: &Bus) {
        let Bus { key, channels, voices, feeds, effects } = bus;
        self.text(key);
        match channels {
            BusChannels::Count(count) => {
                self.tag(0);
                self.count(*count);
            }
            BusChannels::Source { clip, media, stream, channels } => {
                self.tag(1);
                self.text(clip.as_str());
                self.text(media.as_str());
                self.count(*stream);
                self.count(channels.len());
                channels.iter().for_each(|n| self.count(*n));
            }
        }
        self.count(voices.len());
        voices.iter().for_each(|v| self.voice(v));
        self.count(feeds.len());
        feeds.iter().for_each(|f| self.feed(f));
        self.count(effects.len());
        for SoundUse { effect, id, params, curves, key } in effects {
            self.entry(*effect);
            self.text(id.as_str());
            self.params(params);
            self.count(curves.len());
            for ParamCurve { param, points } in curves {
                self.count(*param);
                self.count(points.len());
                for (at, value) in points {
                    self.number(*at as u64);
                    self.double(*value);
                }
            }
            match key {
                KeySource::Own => self.tag(0),
                KeySource::Bus(bus) => {
                    self.tag(1);
                    self.count(*bus);
                }
                KeySource::Silent => self.tag(2),
            }
        }
    }

    fn feed(&mut self, feed: &Feed) {
        let Feed { bus, first_sample, end_sample, gain, nested, fold, pan, fades } = feed;
        self.count(*bus);
        self.number(*first_sample as u64);
        self.number(*end_sample as u64);
        self.points(gain);
        self.route(nested, *fold, pan);
        self.fades(fades);
    }

    fn route(&mut self, nested: &[NestedAudio], fold: FoldLevels, pan: &[(i64, f32)]) {
        self.points(pan);
        self.fold(fold);
        self.count(nested.len());
        for NestedAudio { channels, fold, pan } in nested {
            self.count(*channels);
            self.fold(*fold);
            self.points(pan);
        }
    }

    fn fades(&mut self, fades: &[Fade]) {
        self.count(fades.len());
        for Fade { first_sample, end_sample, rising, curve } in fades {
            self.number(*first_sample as u64);
            self.number(*end_sample as u64);
            self.flag(*rising);
            self.tag(match curve {
                FadeCurve::Linear => 0,
                FadeCurve::ConstantPower => 1,
                FadeCurve::S => 2,
                FadeCurve::Logarithmic => 3,
            });
        }
    }

    fn fold(&mut self, fold: FoldLevels) {
        let FoldLevels { center, lfe } = fold;
        for level in [center, lfe] {
            self.flag(level.is_some());
            self.double(level.unwrap_or(0.0));
        }
    }

    fn voice(&mut self, voice: &Voice) {
        let Voice {
            clip,
            media,
            stream,
            channels,
            first_sample,
            end_sample,
            source_start,
            speed,
            positions,
            preserves_pitch,
            gain,
            nested,
            fold,
            pan,
            fades,
        } = voice;
        self.text(clip.as_str());
        self.text(media.as_str());
        self.count(*stream);
        self.count(channels.len());
        channels.iter().for_each(|n| self.count(*n));
        self.number(*first_sample as u64);
        self.number(*end_sample as u64);
        self.number(source_start.0 as u64);
        self.double(*speed);
        self.count(positions.len());
        for SourcePoint { sample, source, speed } in positions {
            self.number(*sample as u64);
            self.number(source.0 as u64);
            self.double(*speed);
        }
        self.flag(*preserves_pitch);
        self.points(gain);
        self.route(nested, *fold, pan);
        self.fades(fades);
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
            Content::Media(SourceFrame { media, stream, time, frames }) => {
                self.tag(0);
                self.text(media.as_str());
                self.count(*stream);
                self.number(time.0 as u64);
                match frames {
                    SourceFrames::Nearest => self.tag(0),
                    SourceFrames::Blend(length) => {
                        self.tag(1);
                        self.number(length.0 as u64);
                    }
                    SourceFrames::Flow => self.tag(2),
                }
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
        let Transform {
            fit,
            native_scale,
            render_scale,
            align,
            position_px,
            scale,
            rotation_degrees,
            anchor,
            crop,
            flip_horizontal,
            flip_vertical,
        } = transform;
        let fit = match fit {
            Fit::Contain => 0,
            Fit::Cover => 1,
            Fit::Stretch => 2,
            Fit::Native => 3,
        };
        if [*native_scale, *render_scale] == [1.0; 2] {
            self.tag(fit);
        } else {
            self.tag(fit + 4);
            self.doubles(&[*native_scale, *render_scale]);
        }
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
mod tests;
