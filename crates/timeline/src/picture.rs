//! Plans frames: which layers are visible, at which source times, with which values.
use crate::{
    Alignment, Canvas, Content, EffectUse, Fit, FramePlan, Layer, LeftOut, LeftOutReason, MatteUse, Placement, PlanError,
    SourceFrame, SourceFrames, Timeline, Transform, cues, draw,
    entries::ClipEntries,
    index::{CompositionIndex, SegmentContent, VisibleTrack},
    limits::{MAX_PICTURES, TOO_MANY_PICTURES},
    mask,
    sampling::{self, FrameLengths},
};
use cutroom_effects::{BlendRef, EffectKind, NORMAL, ParamKind, ParamSpec, Params};
use cutroom_project::{
    self as project, Clip, ClipSource, ClipTimes, Composition, EffectInstance, FrameInterpolation, MediaKind, Project,
    StreamChoice, Track,
};
use cutroom_types::{Affine, ClipId, FLICKS_PER_SECOND, MediaId, ParamValue, Size, Time, TimeDelta, TrackId};
use std::{cell::RefCell, ops::Deref, sync::Arc};

/// State of planning one frame.
#[derive(Clone, Copy)]
struct PlanContext<'a> {
    composition: &'a Composition,
    index: &'a CompositionIndex,
    /// Depth of nesting, 0 for the root.
    depth: usize,
    /// Length of the chain of tracks, each used by the one before as a matte or by an effect.
    uses: usize,
    /// Time of the frame that layers are planned for.
    time: Time,
    /// Whether layers are in the frame itself, above those of the tracks below.
    stacked: bool,
    /// Index of the current track.
    track: usize,
    /// Number of pictures that enclosing effects over time need, this one included.
    pictures: u64,
    /// Collects the effects that are left out, if requested.
    left_out: Option<&'a RefCell<Vec<LeftOut>>>,
}

/// A clip with the catalogue entries that it names.
#[derive(Clone, Copy)]
struct ClipAt<'a> {
    clip: &'a Clip,
    entries: &'a ClipEntries,
}

impl<'a> PlanContext<'a> {
    /// Clip `i` of the current track.
    fn clip(&self, i: usize) -> ClipAt<'a> {
        ClipAt { clip: &self.composition.tracks[self.track].clips[i], entries: &self.index.tracks[self.track].entries.clips[i] }
    }

    /// Records an effect that is not in the plan, once even if it is met at several times of a
    /// frame.
    fn leave_out(&self, clip: &Clip, effect: &EffectInstance, reason: LeftOutReason) {
        let Some(list) = self.left_out else { return };
        let left_out = LeftOut { clip: clip.id.clone(), effect: effect.id.clone(), kind: effect.effect.clone(), reason };
        let mut list = list.borrow_mut();
        if !list.contains(&left_out) {
            list.push(left_out);
        }
    }
}

impl<P: Deref<Target = Project>> Timeline<P> {
    /// Plan of frame `n` of a composition. For the root, `depth` is 0 and `pictures` 1.
    pub(crate) fn plan_picture(
        &self,
        composition: usize,
        n: i64,
        depth: usize,
        pictures: u64,
        left_out: Option<&RefCell<Vec<LeftOut>>>,
    ) -> Result<FramePlan, PlanError> {
        let c = &self.project.compositions[composition];
        let time = c.frame_rate.time_of_frame(n);
        let mut plan = FramePlan { canvas: canvas(c, depth), time, layers: Vec::new() };
        let Some(index) = self.index(composition) else { return Ok(plan) };
        if !(0..index.frame_count).contains(&n) {
            return Ok(plan);
        }
        let context = PlanContext { composition: c, index, depth, uses: 0, time, stacked: true, track: 0, pictures, left_out };
        for visible in index.visible.iter().filter(|s| s.drawn) {
            plan.layers.extend(self.track_layer(&context, visible, time)?);
        }
        Ok(plan)
    }

    /// The layer that a track shows at `time`.
    fn track_layer(&self, context: &PlanContext<'_>, visible: &VisibleTrack, time: Time) -> Result<Option<Layer>, PlanError> {
        let context = &PlanContext { track: visible.track, ..*context };
        let sampled = time.saturating_add(context.index.half_frame);
        let segments = &context.index.tracks[visible.track].segments;
        let after = segments.partition_point(|r| r.start <= sampled);
        let Some(segment) = segments[..after].last().filter(|r| sampled < r.end) else { return Ok(None) };
        let track = &context.composition.tracks[visible.track];
        match segment.content {
            SegmentContent::Clip(i) => self.clip_layer(context, track, context.clip(i), time),
            SegmentContent::Transition { transition, from, to } => {
                let span = (segment.start, segment.end);
                let sides = [from, to].map(|c| c.map(|c| context.clip(c)));
                self.transition_layer(context, track, transition, span, sides, time)
            }
        }
    }

    /// The layer of one clip; `None` if it has no picture or is not visible.
    fn clip_layer(&self, context: &PlanContext<'_>, track: &Track, at: ClipAt<'_>, time: Time) -> Result<Option<Layer>, PlanError> {
        let clip = at.clip;
        let t = time - clip.start;
        let video = &clip.video;
        let opacity = (video.opacity.value_at(t) * track.opacity.value_at(time.since_zero())).clamp(0.0, 1.0) as f32;
        let placement = self.placement(context, clip, time);
        let [left, top, right, bottom] = placement.transform.crop;
        let shutter = self.shutter(context, clip, time, placement);
        let hidden = |p: &Placement| p.transform.scale.contains(&0.0) || p.parent.determinant() == 0.0;
        let blend = at.entries.blend.ok_or_else(|| unknown(&clip.id, "blend mode", &video.blend))?;
        // A blend mode that changes the backdrop outside the layer also does so if nothing of the
        // layer is visible.
        let nothing = || {
            let layer = Layer::new(clip.id.clone(), Content::Solid([0.0; 4]));
            blend.affects_transparent.then_some(Layer { opacity: 0.0, blend, ..layer })
        };
        if opacity <= 0.0 || (hidden(&placement) && shutter.iter().all(hidden)) || left + right >= 1.0 || top + bottom >= 1.0 {
            return Ok(nothing());
        }
        let Some(layer) = self.source_layer(context, at, t, video.effects.len(), context.pictures)? else { return Ok(None) };
        let matte = match &video.matte {
            Some(m) => match self.matte(context, m, time)? {
                Some(matte) => Some(matte),
                None if m.inverted => None,
                None => return Ok(nothing()),
            },
            None => None,
        };
        Ok(Some(Layer {
            transform: placement.transform,
            parent: placement.parent,
            shutter,
            masks: mask::masks(&video.masks, t),
            masks_after_effects: video.mask_order == project::MaskOrder::AfterEffects,
            matte: matte.map(Box::new),
            opacity,
            blend,
            time: if blend.time_dependent { t } else { TimeDelta::ZERO },
            ..layer
        }))
    }

    /// A clip's content `t` after its start with its first `count` effects, not placed; `None` if
    /// it is empty. `pictures` is the number of pictures of the clip that the frame needs so far.
    fn source_layer(
        &self,
        context: &PlanContext<'_>,
        at: ClipAt<'_>,
        t: TimeDelta,
        count: usize,
        pictures: u64,
    ) -> Result<Option<Layer>, PlanError> {
        let clip = at.clip;
        // From the last effect to the first, since one may change the time at which those before it
        // are shown.
        let mut t = t;
        let mut effects = Vec::new();
        for (i, e) in clip.video.effects[..count].iter().enumerate().rev() {
            if !e.enabled {
                context.leave_out(clip, e, LeftOutReason::Disabled);
                continue;
            }
            let used = at.entries.effects[i].as_ref().map_err(|fault| fault.of(&clip.id, "effect", &e.effect))?;
            let effect = used.entry;
            let spec = effect.spec();
            let params = used.values(spec.params, &e.params, t).map_err(|bad| bad.of(&clip.id, &e.effect))?;
            let given = Params::new(&params);
            if spec.is_neutral(given) {
                context.leave_out(clip, e, LeftOutReason::Neutral);
                continue;
            }
            if let EffectKind::Time(time_map) = spec.kind {
                let tolerance = sampling::tolerance(context.index.rate);
                let seconds = time_map(given, TimeDelta(t.0.saturating_add(tolerance.0)).as_secs_f64());
                t = TimeDelta((seconds * FLICKS_PER_SECOND as f64).round() as i64);
                context.leave_out(clip, e, LeftOutReason::OnlyTime);
                continue;
            }
            let mut inputs = Vec::new();
            if spec.is_temporal() {
                let offsets = spec.other_times(given, context.index.rate.frame_duration().as_secs_f64());
                inputs = self.at_other_times(context, at, t, i, pictures, &offsets)?;
            }
            let tracks = spec.params.iter().zip(&params).filter(|(p, _)| p.kind == ParamKind::Track);
            let mut is_complete = true;
            for (_, value) in tracks {
                let ParamValue::Text(track) = value else { continue };
                match self.other_track(context, &TrackId::from(Arc::clone(track)), clip.start.saturating_add(t))? {
                    Some(layer) => inputs.push(layer),
                    None => is_complete = false,
                }
            }
            if !is_complete {
                // Without a picture of each track that it uses, the effect is left out.
                context.leave_out(clip, e, LeftOutReason::EmptyTrack);
                continue;
            }
            let time = if spec.time_dependent { t } else { TimeDelta::ZERO };
            effects.push(EffectUse { effect, params, inputs, time });
        }
        effects.reverse();
        let Some(content) = self.content(&PlanContext { pictures, ..*context }, at, clip.start.saturating_add(t))? else {
            return Ok(None);
        };
        Ok(Some(Layer { effects, ..Layer::new(clip.id.clone(), content) }))
    }

    /// The pictures that an effect over time needs of a clip with its first `count` effects, at
    /// offsets in seconds from `t`.
    fn at_other_times(
        &self,
        context: &PlanContext<'_>,
        at: ClipAt<'_>,
        t: TimeDelta,
        count: usize,
        pictures: u64,
        offsets_secs: &[f64],
    ) -> Result<Vec<Layer>, PlanError> {
        let clip = at.clip;
        let pictures = pictures * (offsets_secs.len() as u64 + 1);
        if pictures > MAX_PICTURES {
            let composition = context.composition.id.clone();
            return Err(PlanError::Nesting { composition, reason: TOO_MANY_PICTURES });
        }
        // Before the clip's start and after its end its own edge frames are held. In the handles of
        // a transition, which are outside, the frame drawn is the edge.
        let last = clip.duration.0.saturating_sub(context.index.rate.frame_duration().0).max(0);
        let (first, last) = (t.0.min(0), t.0.max(last));
        let mut inputs = Vec::new();
        for offset_secs in offsets_secs {
            let time = t.0.saturating_add((offset_secs * FLICKS_PER_SECOND as f64).round() as i64);
            let time = TimeDelta(time.clamp(first, last));
            let Some(mut input) = self.source_layer(context, at, time, count, pictures)? else { continue };
            if clip.video.mask_order == project::MaskOrder::BeforeEffects {
                input.masks = mask::masks(&clip.video.masks, time);
            }
            inputs.push(input);
        }
        Ok(inputs)
    }

    fn placement(&self, context: &PlanContext<'_>, clip: &Clip, time: Time) -> Placement {
        let mut parent = Affine::IDENTITY;
        let mut next = clip.video.parent.as_ref();
        // A chain longer than the number of null objects is a cycle.
        for _ in 0..=context.index.nulls.len() {
            let Some((track, null)) = next.and_then(|p| context.index.nulls.get(p)) else { break };
            let null = &context.composition.tracks[*track].clips[*null];
            let x = transform_at(&null.video.transform, time - null.start, context.composition.size);
            parent = mask::null_map(&x, context.composition.size).after(&parent);
            next = null.video.parent.as_ref();
        }
        let mut transform = transform_at(&clip.video.transform, time - clip.start, context.composition.size);
        if matches!(clip.source, ClipSource::Text(_) | ClipSource::Shape(_) | ClipSource::Subtitles(_)) {
            // Text and shapes are drawn at their own size.
            transform.fit = Fit::Native;
        }
        Placement { transform, parent }
    }

    /// Placements while the shutter is open; empty if nothing moves.
    fn shutter(&self, context: &PlanContext<'_>, clip: &Clip, time: Time, still: Placement) -> Vec<Placement> {
        let blur = &context.composition.motion_blur;
        if !clip.video.motion_blur || blur.shutter_angle_degrees <= 0.0 {
            return Vec::new();
        }
        let frame = context.index.rate.frame_duration().0 as f64;
        let at = |i: u32| {
            let open = (f64::from(i) + 0.5) / f64::from(blur.samples.max(1));
            let degrees = blur.shutter_phase_degrees + blur.shutter_angle_degrees * open;
            self.placement(context, clip, time.saturating_add(TimeDelta((frame * degrees / 360.0).round() as i64)))
        };
        let placements: Vec<Placement> = (0..blur.samples.min(64)).map(at).collect();
        if placements.iter().all(|p| *p == still) { Vec::new() } else { placements }
    }

    /// The layer that another track of the composition shows at `time`, for use by a layer; `None`
    /// if the track is empty there or disabled.
    fn other_track(&self, context: &PlanContext<'_>, track: &TrackId, time: Time) -> Result<Option<Layer>, PlanError> {
        if context.uses > context.composition.tracks.len() {
            let composition = context.composition.id.clone();
            return Err(PlanError::Nesting { composition, reason: "tracks use each other's pictures in a cycle" });
        }
        let Some(visible) = context.index.visible.iter().find(|s| context.composition.tracks[s.track].id == *track) else {
            return Ok(None);
        };
        self.track_layer(&PlanContext { uses: context.uses + 1, stacked: false, ..*context }, visible, time)
    }

    /// The pictures that a transition's parameters name, stretched to the canvas, `since_start`
    /// after its start.
    fn pictures(
        &self,
        context: &PlanContext<'_>,
        clip: &ClipId,
        (table, values): (&[ParamSpec], &[ParamValue]),
        since_start: TimeDelta,
    ) -> Result<Vec<Layer>, PlanError> {
        let mut inputs = Vec::new();
        for (spec, value) in table.iter().zip(values) {
            let (ParamKind::Media, ParamValue::Text(id)) = (spec.kind, value) else { continue };
            let id = MediaId::from(Arc::clone(id));
            let unknown = || PlanError::UnknownMedia { clip: clip.clone(), media: id.clone() };
            let media = &self.project.media[*self.media.get(&id).ok_or_else(unknown)?];
            let source_time = match media.kind {
                MediaKind::Image => Time::ZERO,
                _ => sampling::source_time(
                    Time(since_start.0),
                    Time::ZERO,
                    &ClipTimes::constant(Time::ZERO, 1.0),
                    context.index.lengths(media.frame_duration(0)),
                ),
            };
            let transform = Transform { fit: Fit::Stretch, ..Transform::IDENTITY };
            inputs.push(Layer { transform, ..Layer::new(clip.clone(), Content::Media(SourceFrame::nearest(id, 0, source_time))) });
        }
        Ok(inputs)
    }

    fn matte(&self, context: &PlanContext<'_>, m: &project::Matte, time: Time) -> Result<Option<MatteUse>, PlanError> {
        let layer = self.other_track(context, &m.track, time)?;
        Ok(layer.map(|layer| MatteUse { layer, luma: m.channel == project::MatteChannel::Luma, inverted: m.inverted }))
    }

    /// The tracks below, composited at some time; `None` if there is nothing, not even a
    /// background.
    fn backdrop(&self, context: &PlanContext<'_>, time: Time) -> Result<Option<FramePlan>, PlanError> {
        let mut plan = FramePlan { canvas: canvas(context.composition, context.depth), time, layers: Vec::new() };
        let tracks = context.index.visible.iter().filter(|s| s.drawn && s.track < context.track);
        let context = PlanContext { time, stacked: true, ..*context };
        for visible in tracks {
            plan.layers.extend(self.track_layer(&context, visible, time)?);
        }
        Ok((!plan.layers.is_empty() || plan.canvas.background[3] > 0.0).then_some(plan))
    }

    /// The source time and the frames around it of a picture that is not simply a frame of the
    /// source; `None` where it is.
    fn in_between(
        &self,
        context: &PlanContext<'_>,
        at: ClipAt<'_>,
        time: Time,
        lengths: FrameLengths,
    ) -> Option<(Time, SourceFrames)> {
        let clip = at.clip;
        let frame = lengths.source.filter(|_| clip.video.freeze.is_none() && clip.video.frames != FrameInterpolation::Nearest)?;
        let (start, end) = sampling::covered(time, clip.start, &at.entries.times, lengths);
        let length = (end - start).0;
        match clip.video.frames {
            FrameInterpolation::Nearest => None,
            FrameInterpolation::Blend => {
                let shutter = context.composition.motion_blur.shutter_angle_degrees / 360.0;
                let open = TimeDelta((length as f64 * shutter).round() as i64);
                Some((start, SourceFrames::Blend(open.max(frame))))
            }
            FrameInterpolation::Flow => Some((start, SourceFrames::Flow)),
            // Rates that differ by less than 2 %, such as 24 and 23.976, count as equal.
            FrameInterpolation::Auto => (length < frame.0 / 50 * 49).then_some((start, SourceFrames::Flow)),
        }
    }

    fn content(&self, context: &PlanContext<'_>, at: ClipAt<'_>, time: Time) -> Result<Option<Content>, PlanError> {
        let (index, depth) = (context.index, context.depth);
        let ClipAt { clip, entries: ClipEntries { times, .. } } = at;
        let source_time = |frame| match clip.video.freeze {
            Some(at) => sampling::source_time(clip.start, clip.start, &ClipTimes::constant(at, 1.0), index.lengths(frame)),
            None => sampling::source_time(time, clip.start, times, index.lengths(frame)),
        };
        Ok(match &clip.source {
            ClipSource::Media(s) => {
                let unknown = || PlanError::UnknownMedia { clip: clip.id.clone(), media: s.media.clone() };
                let media = &self.project.media[*self.media.get(&s.media).ok_or_else(unknown)?];
                let absent =
                    s.video_stream == StreamChoice::First && media.facts.as_ref().is_some_and(|f| f.video_streams == Some(0));
                match (media.kind, s.video_stream.index()) {
                    (MediaKind::Audio, _) | (_, None) => None,
                    _ if absent => None,
                    // A still image is the same at every time, and so is its plan.
                    (MediaKind::Image, Some(stream)) => {
                        Some(Content::Media(SourceFrame::nearest(s.media.clone(), stream, Time::ZERO)))
                    }
                    (MediaKind::Video, Some(stream)) => {
                        let lengths = index.lengths(media.frame_duration(stream));
                        let in_between = self.in_between(context, at, time, lengths);
                        let (time, frames) = match (in_between, media.period().filter(|_| s.repeat && clip.video.freeze.is_none()))
                        {
                            (Some((time, frames)), None) => (time.max(Time::ZERO), frames),
                            (Some((time, frames)), Some(period)) => (Time(time.0.rem_euclid(period.0)), frames),
                            (None, None) => (source_time(lengths.source), SourceFrames::Nearest),
                            (None, Some(period)) => {
                                let time = sampling::unclamped_source_time(time, clip.start, times, lengths);
                                (Time(time.0.rem_euclid(period.0)), SourceFrames::Nearest)
                            }
                        };
                        Some(Content::Media(SourceFrame { media: s.media.clone(), stream, time, frames }))
                    }
                }
            }
            ClipSource::Composition(s) => {
                let unknown = || PlanError::UnknownComposition(s.composition.clone());
                let at = *self.compositions.get(&s.composition).ok_or_else(unknown)?;
                let inner = self.index(at).ok_or_else(unknown)?;
                let n = inner.rate.frame_at(source_time(Some(inner.rate.frame_duration())));
                // In handles of transitions the edge frames are held, as with files.
                let n = n.min(inner.frame_count - 1);
                if n < 0 {
                    return Ok(None);
                }
                let plan = self.plan_picture(at, n, depth + 1, context.pictures, context.left_out)?;
                if plan.layers.is_empty() { None } else { Some(Content::Composition(Box::new(plan))) }
            }
            ClipSource::Adjustment(_) if context.stacked && time == context.time => Some(Content::Backdrop),
            ClipSource::Adjustment(_) => self.backdrop(context, time)?.map(|plan| Content::Composition(Box::new(plan))),
            ClipSource::Null(_) => None,
            ClipSource::Text(s) => {
                let names = draw::Names { project: &self.project, composition: context.composition, clip, time };
                draw::text(s, &names, time - clip.start).map(|d| Content::Drawing(Arc::new(d)))
            }
            ClipSource::Subtitles(s) => {
                let t = time - clip.start;
                let nested = |layers| {
                    let canvas = canvas(context.composition, context.depth + 1);
                    Content::Composition(Box::new(FramePlan { canvas, time, layers }))
                };
                let shown = clip.source_in.saturating_add(t);
                let mut layers = cues::layers(s, context.composition, &clip.id, shown, t, |layer| nested(vec![layer]));
                let plain = Transform { fit: Fit::Native, ..Transform::IDENTITY };
                let is_plain = |l: &Layer| l.transform == plain && l.opacity >= 1.0 && l.masks.is_empty();
                match &layers[..] {
                    [] => None,
                    [only] if is_plain(only) => layers.pop().map(|layer| layer.content),
                    _ => Some(nested(layers)),
                }
            }
            ClipSource::Shape(s) => draw::shapes(s, context.composition, time - clip.start).map(|d| Content::Drawing(Arc::new(d))),
            ClipSource::Solid(s) => (s.color[3] > 0.0).then(|| Content::Solid(s.color.map(single))),
        })
    }

    fn transition_layer(
        &self,
        context: &PlanContext<'_>,
        track: &Track,
        transition: usize,
        (start, end): (Time, Time),
        sides: [Option<ClipAt<'_>>; 2],
        time: Time,
    ) -> Result<Option<Layer>, PlanError> {
        let index = context.index;
        let Some(ClipAt { clip: named, .. }) = sides[1].or(sides[0]) else { return Ok(None) };
        let x = &track.transitions[transition];
        let used = index.tracks[context.track].entries.transitions[transition].as_ref();
        let used = used.map_err(|fault| fault.of(&named.id, "transition", &x.kind))?;
        let spec = used.entry.spec();
        let params = used.values(spec.params, &x.params, time - start).map_err(|bad| bad.of(&named.id, &x.kind))?;
        // Progress is counted in whole frames and taken in their middle: the first and the last
        // frame are equally far from 0 and 1, also if an odd number of frames is centred on a cut.
        let frame = |t: Time| sampling::frame_count(index.rate, t.since_zero());
        let (first, count) = (frame(start), frame(end) - frame(start));
        let progress = (((index.rate.frame_at(time) - first) as f64 + 0.5) / count.max(1) as f64).clamp(0.0, 1.0) as f32;
        let normal = BlendRef::new(&NORMAL);
        let mut blend = normal;
        let mut layer_time = TimeDelta::default();
        let mut layers = [None, None];
        for (i, clip) in sides.into_iter().enumerate() {
            let Some(clip) = clip else { continue };
            if let Some(mut layer) = self.clip_layer(context, track, clip, time)? {
                // Both sides are blended with the backdrop as one; the blend mode changes in the
                // middle.
                let own = std::mem::replace(&mut layer.blend, normal);
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
        let inputs = self.pictures(context, &named.id, (spec.params, &params), time - start)?;
        let content = Content::Transition { transition: used.entry, params, progress, from, to, inputs };
        Ok(Some(Layer { blend, time: layer_time, ..Layer::new(named.id.clone(), content) }))
    }
}

/// The canvas of a composition; `depth` is 0 for the root, which alone has a background.
fn canvas(c: &Composition, depth: usize) -> Canvas {
    Canvas {
        size: c.size,
        blend_space: c.blend_space,
        primaries: c.color.primaries,
        transfer: c.color.transfer,
        background: if depth == 0 { c.background.map(single) } else { [0.0; 4] },
    }
}

fn unknown(clip: &ClipId, what: &'static str, id: &str) -> PlanError {
    PlanError::Unknown { clip: clip.clone(), what, id: id.to_owned() }
}

/// Converts to single precision; −0 becomes 0, so that equal plans have equal bits.
fn single(v: f64) -> f32 {
    v as f32 + 0.0
}

fn transform_at(x: &project::Transform, t: TimeDelta, canvas: Size) -> Transform {
    let crop = |c: &project::Animated<f64>| single(c.value_at(t).clamp(0.0, 1.0));
    Transform {
        fit: x.fit,
        native_scale: 1.0,
        render_scale: 1.0,
        // −0 becomes 0, as in `single`.
        align: x.align.map(|point| Alignment { point, margin_px: x.margin.px(canvas).map(|v| v + 0.0) }),
        position_px: x.position_px.value_at(t).map(single),
        scale: x.scale.value_at(t).map(single),
        // Whole turns are removed, so that 360° is neutral.
        rotation_degrees: single(x.rotation_degrees.value_at(t) % 360.0),
        anchor: x.anchor.value_at(t).map(single),
        crop: [crop(&x.crop_left), crop(&x.crop_top), crop(&x.crop_right), crop(&x.crop_bottom)],
        flip_horizontal: x.flip_horizontal,
        flip_vertical: x.flip_vertical,
    }
}
