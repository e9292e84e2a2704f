//! Animated changes from one layout to another.
use super::{
    Cell, CellClip, Layout, Millis, SplitError,
    screen::{Placed, cell_tracks, clip_ids, outline, place},
};
use crate::{Animatable, Animated, Clip, ClipSource, Composition, Curve, Ease, Keyframe, shape::Outline};
use cutroom_types::{BezierPath, Size, Time, TimeDelta};
use std::sync::Arc;

/// A change to another layout.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The new layout.
    pub to: &'a Layout,
    /// Composition time at which the cells begin to move.
    pub at: Time,
    /// How long they move; more than zero.
    pub duration: TimeDelta,
    /// How they move.
    pub ease: Ease,
}

/// Adds a change to a split screen. Cell `n` of the old layout becomes cell `n` of the new one; the
/// picture of a cell moves with it and fills it all the time. Cells that the new layout does not have
/// leave to the nearest edge of the canvas. Cells that the old layout does not have come from the
/// nearest edge: first those that left earlier, then those of `clips`, which begin with the change.
///
/// # Errors
/// The composition is no split screen, it changes later already, or there are too few or too many
/// clips.
pub fn change(composition: &mut Composition, change: &Change<'_>, clips: &[CellClip]) -> Result<(), SplitError> {
    let id = composition.id.as_str().to_owned();
    let lost = |reason: String| SplitError::NoSplit { composition: id.clone(), reason };
    let Some(mut style) = composition.split.clone() else {
        return Err(lost("it was not made by `split_new` or `split_add`".into()));
    };
    let canvas = composition.size;
    let cells = change.to.cells(canvas, style.gap_px, style.margin_px)?;
    let known = style.cells.len();
    let needed = cells.len().saturating_sub(known);
    if clips.len() != needed {
        let (layout, cells, clips) = (change.to.text().to_owned(), cells.len(), known + clips.len());
        return Err(SplitError::Clips { layout, cells, clips });
    }
    let shown = Layout::parse(&style.layout).map_or(known, |old| old.cell_count());
    let mut changed = composition.clone();
    for n in 0..known {
        let [own, shape, border] = clip_ids(&id, n);
        let clip = find(&mut changed, &shape).ok_or_else(|| lost(format!("it has no clip \"{shape}\"")))?;
        let start = clip.start;
        let now = path_of(clip).map(|path| path.value_at(change.at - start));
        let now = cell_of(&now.ok_or_else(|| lost(format!("the clip \"{shape}\" is no path")))?, canvas);
        let (from, to) = match cells.get(n) {
            Some(to) if n < shown => (None, to.clone()),
            Some(to) => (Some(to.moved(to.way_out(canvas))), to.clone()),
            None if n < shown => (None, now.moved(now.way_out(canvas))),
            // It has left already.
            None => continue,
        };
        let visible = (n < shown, n < cells.len());
        let fit = style.cells[n];
        for clip in [&shape, &border] {
            if let Some(clip) = find(&mut changed, clip) {
                move_outline(clip, change, from.as_ref(), &to, canvas)?;
                show(clip, change, visible)?;
            }
        }
        let clip = find(&mut changed, &own).ok_or_else(|| lost(format!("it has no clip \"{own}\"")))?;
        let t = change.at - clip.start;
        let still =
            Placed { position: clip.video.transform.position_px.value_at(t), scale: clip.video.transform.scale.value_at(t)[0] };
        let both = |cell: &Cell| [true, false].map(|moving| place(cell, &fit, canvas, moving));
        // A picture that was placed by hand starts from there.
        let before = both(&now);
        let leaves_from = [still, if still == before[1] { before[0] } else { still }];
        // A cell that comes is hidden before, and one that leaves afterwards.
        let (from, to) = match (from, cells.get(n)) {
            (Some(from), Some(to)) => ([both(&from)[0]; 2], both(to)),
            (None, Some(to)) => (leaves_from, both(to)),
            (_, None) => (leaves_from, [both(&to)[0]; 2]),
        };
        if fit.size.is_some() {
            move_picture(clip, change, from, to)?;
        }
        show(clip, change, visible)?;
    }
    for (n, clip) in (known..).zip(clips) {
        let to = &cells[n];
        let from = to.moved(to.way_out(canvas));
        let length = TimeDelta(composition.length().0.saturating_sub(change.at.0).max(1));
        let mut tracks = cell_tracks(&id, n, &from, clip, change.at, length, &style, canvas);
        let [own, shape, border] = clip_ids(&id, n);
        for track in &mut tracks {
            let clip_id = track.clips[0].id.as_str().to_owned();
            let moving = track.clip_mut(0);
            if clip_id == own {
                if clip.fit.size.is_some() {
                    let [moving_to, still] = [true, false].map(|moving| place(to, &clip.fit, canvas, moving));
                    move_picture(moving, change, [place(&from, &clip.fit, canvas, true); 2], [moving_to, still])?;
                }
            } else if clip_id == shape || clip_id == border {
                move_outline(moving, change, None, to, canvas)?;
            }
        }
        changed.tracks.extend(tracks);
        style.cells.push(clip.fit);
    }
    style.layout = change.to.text().to_owned();
    changed.split = Some(style);
    *composition = changed;
    Ok(())
}

fn find<'a>(composition: &'a mut Composition, id: &str) -> Option<&'a mut Clip> {
    composition.tracks.iter_mut().flat_map(|t| &mut t.clips).find(|c| c.id.as_str() == id).map(Arc::make_mut)
}

fn path_of(clip: &mut Clip) -> Option<&mut Animated<BezierPath>> {
    let ClipSource::Shape(source) = &mut clip.source else { return None };
    match &mut source.shapes.first_mut()?.outlines.first_mut()?.outline {
        Outline::Path { path, .. } => Some(path),
        _ => None,
    }
}

/// The cell of an outline.
fn cell_of(path: &BezierPath, canvas: Size) -> Cell {
    let half = [f64::from(canvas.width) / 2.0, f64::from(canvas.height) / 2.0];
    Cell { corners: path.0.iter().map(|v| v.point).collect() }.moved(half)
}

fn move_outline(clip: &mut Clip, change: &Change<'_>, from: Option<&Cell>, to: &Cell, canvas: Size) -> Result<(), SplitError> {
    let (id, start) = (clip.id.as_str().to_owned(), clip.start);
    let Some(path) = path_of(clip) else { return Ok(()) };
    moved(path, change, start, &id, from.map(|c| outline(c, canvas)), outline(to, canvas))
}

/// Moves a picture from its place at rest to the next one: `from` is the place before the movement
/// and at its start, `to` at its end and after it.
fn move_picture(clip: &mut Clip, change: &Change<'_>, from: [Placed; 2], to: [Placed; 2]) -> Result<(), SplitError> {
    let (id, start) = (clip.id.as_str().to_owned(), clip.start);
    let begin = change.at - start;
    // Both places differ where a picture rests pixel for pixel: then the movement is a flick shorter.
    // A change at the very start has no frame before it.
    let is_early = from[0] != from[1] && begin > TimeDelta::ZERO;
    let is_late = to[0] != to[1];
    let first = TimeDelta(begin.0 + i64::from(is_early));
    let last = TimeDelta(begin.0.saturating_add(change.duration.0) - i64::from(is_late));
    let key = |time, placed: Placed, ease| (time, placed, ease);
    let mut keys = vec![key(first, from[1], change.ease), key(last, to[0], Ease::Hold)];
    if is_early {
        keys.insert(0, key(begin, from[0], Ease::Hold));
    }
    if is_late {
        keys.push(key(TimeDelta(last.0 + 1), to[1], Ease::Hold));
    }
    let transform = &mut clip.video.transform;
    let of = |value: fn(Placed) -> [f64; 2]| keys.iter().map(|(t, p, e)| (*t, value(*p), *e)).collect::<Vec<_>>();
    append(&mut transform.position_px, start, &id, of(|p| p.position))?;
    append(&mut transform.scale, start, &id, of(|p| [p.scale; 2]))
}

/// Hides what has left, so that it costs nothing, and shows what comes again.
fn show(clip: &mut Clip, change: &Change<'_>, visible: (bool, bool)) -> Result<(), SplitError> {
    let (id, start) = (clip.id.as_str().to_owned(), clip.start);
    let held = Change { ease: Ease::Hold, ..*change };
    match visible {
        (true, false) => moved(&mut clip.video.opacity, &held, start, &id, None, 0.0),
        (false, true) => moved(&mut clip.video.opacity, &held, start, &id, Some(1.0), 1.0),
        _ => Ok(()),
    }
}

/// Appends keyframes that lead from the value at the time of the change, or from `from`, to `to`.
fn moved<T: Animatable>(
    value: &mut Animated<T>,
    change: &Change<'_>,
    start: Time,
    clip: &str,
    from: Option<T>,
    to: T,
) -> Result<(), SplitError> {
    let begin = change.at - start;
    let end = TimeDelta(begin.0.saturating_add(change.duration.0));
    let now = from.unwrap_or_else(|| value.value_at(begin));
    if matches!(value, Animated::Constant(_)) && now == to {
        *value = Animated::Constant(to);
        return Ok(());
    }
    // A later change may begin elsewhere, while the cell is hidden.
    append(value, start, clip, vec![(begin, now, change.ease), (end, to, Ease::Hold)])
}

/// Appends keyframes after those that there are.
fn append<T: Animatable>(
    value: &mut Animated<T>,
    start: Time,
    clip: &str,
    new: Vec<(TimeDelta, T, Ease)>,
) -> Result<(), SplitError> {
    let Some(first) = new.first().map(|k| k.0) else { return Ok(()) };
    let mut keys: Vec<Keyframe<T>> = value.keyframes().to_vec();
    if let Some(last) = keys.last().filter(|k| k.time > first) {
        let secs = start.saturating_add(last.time).as_secs_f64();
        return Err(SplitError::Later { clip: clip.to_owned(), secs: Millis((secs * 1000.0).round() as i64) });
    }
    keys.retain(|k| k.time < first);
    keys.extend(new.into_iter().map(|(time, value, ease)| Keyframe { ease, ..Keyframe::new(time, value) }));
    if let Some(curve) = Curve::new(keys) {
        *value = Animated::Curve(curve);
    }
    Ok(())
}
