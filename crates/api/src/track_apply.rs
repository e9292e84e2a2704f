//! What follows a tracked point or plane: a clip's position, a mask's offset, parameters of an effect.
use crate::{ApiError, cache, session::Session};
use cutroom_effects::{ParamKind, ParamSpec};
use cutroom_media::MediaLocation;
use cutroom_pipeline::{media_path, upright_size};
use cutroom_project::{Animated, Clip, ClipSource, Composition, Curve, Edit, Keyframe, Project};
use cutroom_types::{Affine, ClipId, ParamValue, Size, TimeDelta};

/// What follows, found in the project.
pub(crate) struct Target<'a> {
    /// The clip that is changed.
    pub clip: &'a Clip,
    text: String,
    what: What,
}

enum What {
    Position,
    Mask(usize),
    Effect(usize, Follows),
}

/// Parameters that follow.
enum Follows {
    /// The ids of x and y, which become the point.
    Point([&'static ParamSpec; 2]),
    /// Left, top, right, bottom: a rectangle that keeps its size and its place beside the point, or
    /// encloses a plane.
    Region([&'static ParamSpec; 4]),
    /// x and y of the corners: top left, top right, bottom right, bottom left.
    Corners([&'static ParamSpec; 8]),
}

/// The positions of a frame, for one target.
pub(crate) struct TargetFrame {
    /// Since the start of the target's clip.
    pub time: TimeDelta,
    pub canvas_px: Vec<[f64; 2]>,
    /// As fractions of the picture of the target's clip; empty where that is not visible.
    pub fractions: Vec<[f64; 2]>,
    /// What the parents of the target's clip do.
    pub parent: Affine,
}

fn mean(of: &[[f64; 2]]) -> [f64; 2] {
    let n = of.len().max(1) as f64;
    of.iter().fold([0.0; 2], |s, p| [s[0] + p[0] / n, s[1] + p[1] / n])
}

impl<'a> Target<'a> {
    /// Finds `position:CLIP`, `mask:MASK` or `effect:EFFECT:PARAM` in a composition.
    pub fn new(
        session: &'a Session,
        composition: &'a Composition,
        tracked: &ClipId,
        text: &str,
        is_plane: bool,
    ) -> Result<Self, ApiError> {
        let wrong = |message: String, hint: &str| ApiError::new("usage.apply", message).hint(hint).field("apply");
        let make = |clip, what| Ok(Self { clip, text: text.to_owned(), what });
        let clips = || composition.tracks.iter().flat_map(|t| &t.clips).map(|c| &**c);
        let elsewhere = "it must be in the composition of the clip that is followed";
        match text.split_once(':') {
            Some(("position", id)) => {
                let (found, _, clip) = session.clip(id).map_err(|e| e.field("apply"))?;
                if found.id != composition.id {
                    return Err(wrong(format!("clip \"{id}\" is in composition \"{}\"", found.id), elsewhere));
                }
                if clip.id == *tracked {
                    let hint = "name another clip, or hold this one still with the operation `stabilize`";
                    return Err(wrong(format!("clip \"{id}\" cannot follow itself"), hint));
                }
                make(clip, What::Position)
            }
            Some(("mask", id)) => {
                let mut all = clips().flat_map(|c| c.video.masks.iter().enumerate().map(move |(i, m)| (c, i, m)));
                match all.find(|(_, _, m)| m.id.as_str() == id) {
                    Some((clip, i, _)) => make(clip, What::Mask(i)),
                    None => Err(wrong(format!("composition \"{}\" has no mask \"{id}\"", composition.id), elsewhere)),
                }
            }
            Some(("effect", rest)) if rest.contains(':') => {
                let (id, param) = rest.rsplit_once(':').unwrap_or((rest, ""));
                let mut all = clips().flat_map(|c| c.video.effects.iter().enumerate().map(move |(i, e)| (c, i, e)));
                let Some((clip, i, effect)) = all.find(|(_, _, e)| e.id.as_str() == id) else {
                    return Err(wrong(format!("composition \"{}\" has no effect \"{id}\"", composition.id), elsewhere));
                };
                let spec = session.catalog.effect(&effect.effect).map(|e| e.spec());
                let params = spec.map_or(&[][..], |s| s.params);
                make(clip, What::Effect(i, follows(&effect.effect, params, param, is_plane)?))
            }
            _ => Err(wrong(
                format!("\"{text}\" names nothing that could follow"),
                "write position:CLIP, mask:MASK or effect:EFFECT:PARAM, with ids of the project",
            )),
        }
    }

    /// Whether positions relative to the target's picture are needed.
    pub fn needs_picture(&self) -> bool {
        !matches!(self.what, What::Position)
    }

    /// Upright size of the picture of the target's clip.
    pub fn picture_size(&self, session: &Session, composition: &Composition) -> Result<Size, ApiError> {
        match &self.clip.source {
            ClipSource::Media(source) => {
                let media = session.project.media(&source.media);
                let info = media.map(|m| cache::probe(&MediaLocation::file(&media_path(session.folder(), &m.path)))).transpose()?;
                let stream = info.as_ref().and_then(|i| i.video.get(source.video_stream.index()?));
                stream.map(upright_size).ok_or_else(|| {
                    let message = format!("clip \"{}\", which is to follow, has no picture", self.clip.id);
                    ApiError::new("usage.apply", message).hint("name something on a clip with a picture").field("apply")
                })
            }
            ClipSource::Composition(source) => {
                Ok(session.project.composition(&source.composition).map_or(composition.size, |c| c.size))
            }
            ClipSource::Shape(source) => Ok(match source.size_px {
                Some([width, height]) => Size { width: width.ceil() as u32, height: height.ceil() as u32 },
                None => composition.size,
            }),
            ClipSource::Text(_) => {
                let message = format!("clip \"{}\" is a text, whose size its letters decide", self.clip.id);
                let hint = "let its position follow: position:CLIP";
                Err(ApiError::new("usage.apply", message).hint(hint).field("apply"))
            }
            ClipSource::Subtitles(_) | ClipSource::Solid(_) | ClipSource::Adjustment(_) | ClipSource::Null(_) => {
                Ok(composition.size)
            }
        }
    }

    /// The edit that writes the keyframes, and their number.
    pub fn edit(&self, project: &Project, frames: &[TargetFrame]) -> Result<(Edit, usize), ApiError> {
        let frames: Vec<&TargetFrame> = frames.iter().filter(|f| !self.needs_picture() || !f.fractions.is_empty()).collect();
        let Some(first) = frames.first() else {
            let message = format!("{}: clip \"{}\" is not shown in any frame of the range", self.text, self.clip.id);
            return Err(ApiError::new("usage.apply", message)
                .hint("choose a range in which both clips are shown: `from`, `to`")
                .field("apply")
                .field("from")
                .field("to"));
        };
        // An earlier target may have changed the same clip.
        let mut clip = project.clips().find(|c| c.id == self.clip.id).unwrap_or(self.clip).clone();
        match &self.what {
            What::Position => {
                let base = clip.video.transform.position_px.value_at(first.time);
                let start = mean(&first.canvas_px);
                let value = |f: &TargetFrame| {
                    let now = mean(&f.canvas_px);
                    let way = [now[0] - start[0], now[1] - start[1]];
                    // On the canvas of the parents, without their own shift.
                    let back = f.parent.inverse().unwrap_or(Affine::IDENTITY);
                    let (x, y) = back.apply(way[0], way[1]);
                    let (x0, y0) = back.apply(0.0, 0.0);
                    [base[0] + x - x0, base[1] + y - y0]
                };
                clip.video.transform.position_px = curve(&frames, value, |v| v.map(rounded));
            }
            What::Mask(at) => {
                let start = mean(&first.fractions);
                let mask = &mut clip.video.masks[*at];
                let base = mask.offset.value_at(first.time);
                let value = |f: &TargetFrame| {
                    let now = mean(&f.fractions);
                    [base[0] + now[0] - start[0], base[1] + now[1] - start[1]]
                };
                mask.offset = curve(&frames, value, |v| v.map(rounded));
            }
            What::Effect(at, follows) => {
                let params = &mut clip.video.effects[*at].params;
                let start = mean(&first.fractions);
                let written: Vec<(&ParamSpec, Animated<ParamValue>)> = match follows {
                    Follows::Point(specs) => {
                        (0..2).map(|k| (specs[k], number(&frames, specs[k], &|f| mean(&f.fractions)[k]))).collect()
                    }
                    Follows::Corners(specs) => {
                        (0..8).map(|k| (specs[k], number(&frames, specs[k], &|f| f.fractions[k / 2][k % 2]))).collect()
                    }
                    Follows::Region(specs) => (0..4)
                        .map(|k| {
                            let value = params.get(specs[k].id).map(|v| v.value_at(first.time));
                            let base = match (value, specs[k].kind) {
                                (Some(ParamValue::Number(value)), _) => value,
                                (_, ParamKind::Number { default, .. }) => default,
                                _ => 0.0,
                            };
                            let axis = k % 2;
                            let side = |f: &TargetFrame| {
                                let all = f.fractions.iter().map(|p| p[axis]);
                                match f.fractions.len() {
                                    1 => base + f.fractions[0][axis] - start[axis],
                                    _ if k < 2 => all.fold(f64::MAX, f64::min),
                                    _ => all.fold(f64::MIN, f64::max),
                                }
                            };
                            (specs[k], number(&frames, specs[k], &side))
                        })
                        .collect(),
                };
                for (spec, value) in written {
                    params.insert(spec.id.to_owned(), value);
                }
            }
        }
        Ok((Edit::ReplaceClip { clip: clip.into() }, frames.len()))
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// One keyframe per frame; a constant if nothing moves.
fn curve<T: Clone + PartialEq>(frames: &[&TargetFrame], value: impl Fn(&TargetFrame) -> T, tidy: impl Fn(T) -> T) -> Animated<T> {
    let keys: Vec<Keyframe<T>> = frames.iter().map(|f| Keyframe::new(f.time, tidy(value(f)))).collect();
    let first = keys[0].value.clone();
    if keys.iter().all(|k| k.value == first) {
        return Animated::Constant(first);
    }
    Curve::new(keys).map_or(Animated::Constant(first), Animated::Curve)
}

/// The curve of a number, kept within the parameter's range.
fn number(frames: &[&TargetFrame], spec: &ParamSpec, value: &dyn Fn(&TargetFrame) -> f64) -> Animated<ParamValue> {
    let limited = |v: f64| match spec.kind {
        ParamKind::Number { min, max, .. } => v.clamp(min, max),
        _ => v,
    };
    curve(frames, |f| ParamValue::Number(rounded(limited(value(f)))), |v| v)
}

/// The parameters of an effect that a name stands for.
fn follows(effect: &str, params: &'static [ParamSpec], name: &str, is_plane: bool) -> Result<Follows, ApiError> {
    let find = |id: &str| params.iter().find(|p| p.id == id && matches!(p.kind, ParamKind::Number { animatable: true, .. }));
    let all = |ids: &[&str]| ids.iter().map(|id| find(id)).collect::<Option<Vec<_>>>();
    let corner_ids =
        ["topLeftX", "topLeftY", "topRightX", "topRightY", "bottomRightX", "bottomRightY", "bottomLeftX", "bottomLeftY"];
    let corners = || -> Option<[&'static ParamSpec; 8]> { all(&corner_ids)?.try_into().ok() };
    let region = || -> Option<[&'static ParamSpec; 4]> { all(&["left", "top", "right", "bottom"])?.try_into().ok() };
    // Only fractions of the picture are places in it.
    let place = |p: &&ParamSpec| p.unit == cutroom_effects::Unit::None;
    let pair = |name: &str| Some([find(&format!("{name}X")).filter(place)?, find(&format!("{name}Y")).filter(place)?]);
    if name == "corners" && !is_plane && corners().is_some() {
        let error = ApiError::new("usage.apply", "four corners cannot follow a single point");
        return Err(error.hint("follow a plane: `plane`").field("apply").field("plane"));
    }
    let found = match name {
        "corners" => corners().map(Follows::Corners),
        "region" => region().map(Follows::Region),
        _ => pair(name).map(Follows::Point),
    };
    found.ok_or_else(|| {
        let mut known: Vec<String> = Vec::new();
        known.extend(corners().map(|_| "corners".to_owned()));
        known.extend(region().map(|_| "region".to_owned()));
        known.extend(params.iter().filter_map(|p| p.id.strip_suffix('X')).filter(|n| pair(n).is_some()).map(str::to_owned));
        let message = format!("effect \"{effect}\" has no place in the picture named \"{name}\"");
        let hint =
            if known.is_empty() { "none of its parameters is one".to_owned() } else { format!("it has {}", known.join(", ")) };
        ApiError::new("usage.apply", message).hint(hint).field("apply")
    })
}
