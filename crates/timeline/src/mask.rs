//! Evaluates masks and null objects of the project at an instant.
use crate::{Box2, MaskUse, Outline, Transform};
use cutroom_project::{self as project, BoxShape, Mask, MaskShape};
use cutroom_types::{Affine, Size, TimeDelta};

/// The enabled masks at `t` after the clip's start.
pub(crate) fn masks(masks: &[Mask], t: TimeDelta) -> Vec<MaskUse> {
    masks.iter().filter(|m| m.enabled).map(|m| mask(m, t)).collect()
}

fn mask(m: &Mask, t: TimeDelta) -> MaskUse {
    let [dx, dy] = m.offset.value_at(t);
    let place = |b: &BoxShape| {
        let [x, y] = b.center.value_at(t);
        Box2 {
            center: [x + dx, y + dy],
            size: b.size.value_at(t).map(|v| v.max(0.0)),
            rotation_degrees: b.rotation_degrees.value_at(t) % 360.0,
            corner_radius_px: b.corner_radius_px.value_at(t).max(0.0),
        }
    };
    let outline = match &m.shape {
        MaskShape::Rectangle(b) => Outline::Rectangle(place(b)),
        MaskShape::Ellipse(b) => Outline::Ellipse(Box2 { corner_radius_px: 0.0, ..place(b) }),
        MaskShape::Path(p) => {
            let mut path = p.path.value_at(t);
            path.0.iter_mut().for_each(|v| v.point = [v.point[0] + dx, v.point[1] + dy]);
            Outline::Path(path)
        }
    };
    let count = match &outline {
        Outline::Path(p) => p.0.len(),
        _ => 4,
    };
    let mut edge_feather_px: Vec<(usize, f32)> = m
        .edge_feather_px
        .iter()
        .filter_map(|(key, feather)| Some((project::mask::edge_of_key(key, count)?, single(feather.value_at(t).max(0.0)))))
        .collect();
    edge_feather_px.sort_by_key(|e| e.0);
    MaskUse {
        outline,
        mode: m.mode,
        inverted: m.inverted,
        opacity: single(m.opacity.value_at(t).clamp(0.0, 1.0)),
        feather_px: single(m.feather_px.value_at(t).max(0.0)),
        edge_feather_px,
        expansion_px: single(m.expansion_px.value_at(t)),
    }
}

/// The map that a null object applies to clips that have it as their parent, in canvas pixels:
/// scale and rotation about its anchor, which is a fraction of the canvas, then its position.
pub(crate) fn null_map(x: &Transform, canvas: Size) -> Affine {
    let (w, h) = (f64::from(canvas.width), f64::from(canvas.height));
    let [px, py] = x.position_px.map(f64::from);
    let [sx, sy] = x.scale.map(f64::from);
    let [ax, ay] = x.anchor.map(f64::from);
    let rotated = Affine::rotate_degrees(f64::from(x.rotation_degrees)).after(&Affine::scale(sx, sy));
    Affine::translate(w / 2.0 + px, h / 2.0 + py).after(&rotated).after(&Affine::translate(-ax * w, -ay * h))
}

fn single(v: f64) -> f32 {
    v as f32 + 0.0
}
