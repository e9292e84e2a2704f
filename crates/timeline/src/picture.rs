//! Frames: which layers are seen, from which source times, with which numbers.
use crate::{
    BlendSpace, Canvas, Content, EffectUse, Fit, FramePlan, Layer, PlanError, Timeline, Transform,
    index::{CompositionIndex, Shows},
    params, sampling,
};
use cutroom_project::{self as project, Clip, ClipSource, MediaKind, Project, StreamChoice, Track, Transition};
use cutroom_types::{ClipId, Time, TimeDelta};
use std::ops::Deref;

impl<P: Deref<Target = Project>> Timeline<P> {
    /// Frame `n` of a composition; `depth` is 0 for the root.
    pub(crate) fn plan_picture(&self, composition: usize, n: i64, depth: usize) -> Result<FramePlan, PlanError> {
        let c = &self.project.compositions[composition];
        let background = if depth == 0 { c.background.map(single) } else { [0.0; 4] };
        let canvas = Canvas {
            size: c.size,
            blend_space: match c.blend_space {
                project::BlendSpace::Linear => BlendSpace::Linear,
                project::BlendSpace::Gamma => BlendSpace::Gamma,
            },
            primaries: c.color.primaries,
            transfer: c.color.transfer,
            background,
        };
        let time = c.frame_rate.time_of_frame(n);
        let mut plan = FramePlan { canvas, time, layers: Vec::new() };
        let Some(index) = self.index(composition) else { return Ok(plan) };
        if !(0..index.frame_count).contains(&n) {
            return Ok(plan);
        }
        let sampled = time.saturating_add(index.bias);
        for (track, runs) in &index.seen {
            let after = runs.partition_point(|r| r.start <= sampled);
            let Some(run) = runs[..after].last().filter(|r| sampled < r.end) else { continue };
            let track = &c.tracks[*track];
            let layer = match run.shows {
                Shows::Clip(i) => self.clip_layer(index, track, &track.clips[i], time, depth)?,
                Shows::Transition { transition, from, to } => {
                    let span = (run.start, run.end);
                    let sides = [from, to].map(|c| c.map(|c| &track.clips[c]));
                    self.transition_layer(index, track, &track.transitions[transition], span, sides, time, depth)?
                }
            };
            plan.layers.extend(layer);
        }
        Ok(plan)
    }

    /// One clip's picture; `None` when it has none or cannot be seen.
    fn clip_layer(
        &self,
        index: &CompositionIndex,
        track: &Track,
        clip: &Clip,
        time: Time,
        depth: usize,
    ) -> Result<Option<Layer>, PlanError> {
        let t = time - clip.start;
        let opacity = (clip.video.opacity.value_at(t) * track.opacity.value_at(time.since_zero())).clamp(0.0, 1.0) as f32;
        let transform = place(&clip.video.transform, t);
        let [left, top, right, bottom] = transform.crop;
        if opacity <= 0.0 || transform.scale.contains(&0.0) || left + right >= 1.0 || top + bottom >= 1.0 {
            return Ok(None);
        }
        let Some(content) = self.content(index, clip, time, depth)? else { return Ok(None) };
        let blend =
            cutroom_effects::blend_mode(&clip.video.blend).ok_or_else(|| unknown(&clip.id, "blend mode", &clip.video.blend))?;
        let mut animated = blend.animated;
        let mut effects = Vec::new();
        for e in clip.video.effects.iter().filter(|e| e.enabled) {
            let spec = cutroom_effects::effect(&e.effect).ok_or_else(|| unknown(&clip.id, "effect", &e.effect))?;
            let values = params::resolve(spec.params, &e.params, t, &e.effect, &clip.id)?;
            if !(spec.neutral)(cutroom_effects::Params(&values)) {
                animated |= spec.animated;
                effects.push(EffectUse { id: spec.id.to_owned(), params: values });
            }
        }
        let time = if animated { t } else { TimeDelta::default() };
        Ok(Some(Layer { clip: clip.id.clone(), content, effects, transform, opacity, blend: blend.id.to_owned(), time }))
    }

    fn content(&self, index: &CompositionIndex, clip: &Clip, time: Time, depth: usize) -> Result<Option<Content>, PlanError> {
        let source_time = |bias| sampling::source_time(time, clip.start, clip.source_in, clip.speed, bias);
        Ok(match &clip.source {
            ClipSource::Media(s) => {
                let unknown = || PlanError::UnknownMedia { clip: clip.id.clone(), media: s.media.clone() };
                let media = &self.project.media[*self.media.get(&s.media).ok_or_else(unknown)?];
                let absent =
                    s.video_stream == StreamChoice::First && media.facts.as_ref().is_some_and(|f| f.video_streams == Some(0));
                match (media.kind, s.video_stream.index()) {
                    (MediaKind::Audio, _) | (_, None) => None,
                    _ if absent => None,
                    // A still is the same picture at every time, and so is its plan.
                    (MediaKind::Image, Some(stream)) => {
                        Some(Content::Media { media: s.media.clone(), stream, source_time: Time::ZERO })
                    }
                    (MediaKind::Video, Some(stream)) => {
                        Some(Content::Media { media: s.media.clone(), stream, source_time: source_time(index.bias) })
                    }
                }
            }
            ClipSource::Composition(s) => {
                let unknown = || PlanError::UnknownComposition(s.composition.clone());
                let at = *self.compositions.get(&s.composition).ok_or_else(unknown)?;
                let inner = self.index(at).ok_or_else(unknown)?;
                let n = inner.rate.frame_at(source_time(index.bias.min(inner.bias)));
                // Handles of transitions hold the edge frames, as with files.
                let n = n.min(inner.frame_count - 1);
                if n < 0 {
                    return Ok(None);
                }
                let plan = self.plan_picture(at, n, depth + 1)?;
                if plan.layers.is_empty() { None } else { Some(Content::Composition(Box::new(plan))) }
            }
            ClipSource::Solid(s) => (s.color[3] > 0.0).then(|| Content::Solid(s.color.map(single))),
        })
    }

    fn transition_layer(
        &self,
        index: &CompositionIndex,
        track: &Track,
        x: &Transition,
        (start, end): (Time, Time),
        sides: [Option<&Clip>; 2],
        time: Time,
        depth: usize,
    ) -> Result<Option<Layer>, PlanError> {
        let Some(named) = sides[1].or(sides[0]) else { return Ok(None) };
        let spec = cutroom_effects::transition(&x.kind).ok_or_else(|| unknown(&named.id, "transition", &x.kind))?;
        let values = params::resolve(spec.params, &x.params, time - start, &x.kind, &named.id)?;
        // Counted in whole frames and taken in their middle: the first and the last frame are equally far from pure, also
        // when an odd number of frames lies centred on a cut.
        let frame = |t: Time| sampling::frame_count(index.rate, t.since_zero());
        let (first, count) = (frame(start), frame(end) - frame(start));
        let progress = (((index.rate.frame_at(time) - first) as f64 + 0.5) / count.max(1) as f64).clamp(0.0, 1.0) as f32;
        let mut blend = "normal".to_owned();
        let mut layer_time = TimeDelta::default();
        let mut layers = [None, None];
        for (i, clip) in sides.into_iter().enumerate() {
            let Some(clip) = clip else { continue };
            if let Some(mut layer) = self.clip_layer(index, track, clip, time, depth)? {
                // The pair is blended with what lies below as one; the mode changes over in the middle.
                let own = std::mem::replace(&mut layer.blend, "normal".to_owned());
                if (i == 0) == (progress < 0.5) || sides[1 - i].is_none() {
                    blend = own;
                    layer_time = layer.time;
                }
                layers[i] = Some(Box::new(layer));
            }
        }
        let [from, to] = layers;
        if from.is_none() && to.is_none() {
            return Ok(None);
        }
        let content = Content::Transition { id: spec.id.to_owned(), params: values, progress, from, to };
        Ok(Some(Layer {
            clip: named.id.clone(),
            content,
            effects: Vec::new(),
            transform: Transform::IDENTITY,
            opacity: 1.0,
            blend,
            time: layer_time,
        }))
    }
}

fn unknown(clip: &ClipId, what: &'static str, id: &str) -> PlanError {
    PlanError::Unknown { clip: clip.clone(), what, id: id.to_owned() }
}

/// To single precision; −0 becomes 0, so that equal plans have equal bits.
fn single(v: f64) -> f32 {
    v as f32 + 0.0
}

fn place(x: &project::Transform, t: TimeDelta) -> Transform {
    let crop = |c: &project::Animated<f64>| single(c.value_at(t).clamp(0.0, 1.0));
    Transform {
        fit: match x.fit {
            project::FitMode::Contain => Fit::Contain,
            project::FitMode::Cover => Fit::Cover,
            project::FitMode::Stretch => Fit::Stretch,
            project::FitMode::Native => Fit::Native,
        },
        position_px: x.position_px.value_at(t).map(single),
        scale: x.scale.value_at(t).map(single),
        // Whole turns are gone, so that 360° is neutral.
        rotation_degrees: single(x.rotation_degrees.value_at(t) % 360.0),
        anchor: x.anchor.value_at(t).map(single),
        crop: [crop(&x.crop_left), crop(&x.crop_top), crop(&x.crop_right), crop(&x.crop_bottom)],
        flip_horizontal: x.flip_horizontal,
        flip_vertical: x.flip_vertical,
    }
}
