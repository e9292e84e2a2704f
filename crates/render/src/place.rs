//! Placement of content on a canvas.
use cutroom_timeline::{Fit, Placement};
use cutroom_types::{Affine, Size};

/// Position of a layer on the canvas.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    /// Maps canvas pixel coordinates to content coordinates (upright, square pixels).
    pub content_from_output: Affine,
    /// Visible part of the content in its pixels: left, top, right, bottom.
    pub window: [f64; 4],
    /// Canvas pixels that can be affected: left, top, right, bottom (exclusive).
    pub bounds: [u32; 4],
    /// The placed window contains the whole canvas.
    pub covers_canvas: bool,
    /// Every pixel of the bounds is entirely inside the placed window.
    pub is_full_inside: bool,
}

impl Placed {
    /// Content of the canvas's size, not transformed.
    pub fn whole(canvas: Size) -> Self {
        Self {
            content_from_output: Affine::IDENTITY,
            window: [0.0, 0.0, f64::from(canvas.width), f64::from(canvas.height)],
            bounds: [0, 0, canvas.width, canvas.height],
            covers_canvas: true,
            is_full_inside: true,
        }
    }
}

/// Places content of an upright square-pixel size. The fit is computed from the uncropped content;
/// cropping only hides. `None` when nothing is visible: scaled to zero, cropped away, outside the
/// canvas, or not finite.
pub fn place(placement: &Placement, content: Size, canvas: Size) -> Option<Placed> {
    on_canvas(placement, content, cropped(placement, content)?, canvas)
}

/// The same for content that has already been cropped and has a visible margin on all sides, in its
/// pixels (left and right, top and bottom).
pub fn place_with_margin(placement: &Placement, content: Size, margin: [u32; 2], canvas: Size) -> Option<Placed> {
    let [x, y] = margin.map(f64::from);
    let window = [-x, -y, f64::from(content.width) + x, f64::from(content.height) + y];
    on_canvas(placement, content, window, canvas)
}

/// The same for a window of the content, in its pixels, which may reach beyond it.
pub fn place_window(placement: &Placement, content: Size, window: [f64; 4], canvas: Size) -> Option<Placed> {
    on_canvas(placement, content, window, canvas)
}

/// The part of the content that cropping leaves: left, top, right, bottom in its pixels; `None`
/// when nothing is left.
pub fn cropped(placement: &Placement, content: Size) -> Option<[f64; 4]> {
    let (cw, ch) = (f64::from(content.width), f64::from(content.height));
    let crop = placement.transform.crop.map(|c| f64::from(c).clamp(0.0, 1.0));
    let window = [crop[0] * cw, crop[1] * ch, (1.0 - crop[2]) * cw, (1.0 - crop[3]) * ch];
    (window[0] < window[2] && window[1] < window[3]).then_some(window)
}

fn on_canvas(placement: &Placement, content: Size, window: [f64; 4], canvas: Size) -> Option<Placed> {
    let t = &placement.transform;
    let (cw, ch) = (f64::from(content.width), f64::from(content.height));
    let (w, h) = (f64::from(canvas.width), f64::from(canvas.height));
    let (fit_x, fit_y) = match t.fit {
        Fit::Contain => {
            let k = (w / cw).min(h / ch);
            (k, k)
        }
        Fit::Cover => {
            let k = (w / cw).max(h / ch);
            (k, k)
        }
        Fit::Stretch => (w / cw, h / ch),
        Fit::Native => (1.0, 1.0),
    };
    let [px, py] = t.position_px.map(f64::from);
    let [sx, sy] = t.scale.map(f64::from);
    let [ax, ay] = t.anchor.map(f64::from);
    let (fx, fy) = (if t.flip_horizontal { -1.0 } else { 1.0 }, if t.flip_vertical { -1.0 } else { 1.0 });
    // Content → fitted (about the centre, flipped there) → scaled and rotated about the anchor →
    // placed.
    let fitted = Affine::scale(fit_x * fx, fit_y * fy).after(&Affine::translate(-cw / 2.0, -ch / 2.0));
    let anchor = Affine::translate(-(ax - 0.5) * cw * fit_x, -(ay - 0.5) * ch * fit_y);
    let rotated = Affine::rotate_degrees(f64::from(t.rotation_degrees)).after(&Affine::scale(sx, sy));
    let [hx, hy] = if fit_x == 1.0 && fit_y == 1.0 { home([cw, ch], [ax, ay], canvas, t.rotation_degrees) } else { [0.0; 2] };
    let placed = Affine::translate(w / 2.0 + px + hx, h / 2.0 + py + hy).after(&rotated).after(&anchor).after(&fitted);
    let output_from_content = snap(placement.parent.after(&placed));
    let content_from_output = snap(output_from_content.inverse()?);
    let corners = [(window[0], window[1]), (window[2], window[1]), (window[0], window[3]), (window[2], window[3])]
        .map(|(x, y)| output_from_content.apply(x, y));
    let (mut x0, mut y0, mut x1, mut y1) = (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
    for (x, y) in corners {
        x0 = x0.min(x);
        y0 = y0.min(y);
        x1 = x1.max(x);
        y1 = y1.max(y);
    }
    if !(x0.is_finite() && y0.is_finite() && x1.is_finite() && y1.is_finite()) {
        return None;
    }
    let m = &content_from_output;
    let aligned = m.is_axis_aligned() || (m.xx == 0.0 && m.yy == 0.0);
    // Edges that are not along the axes are softened by half a pixel on both sides.
    let soft = if aligned { 0.0 } else { 0.5 };
    let clamp = |v: f64, max: f64| v.clamp(0.0, max) as u32;
    let bounds =
        [clamp((x0 - soft).floor(), w), clamp((y0 - soft).floor(), h), clamp((x1 + soft).ceil(), w), clamp((y1 + soft).ceil(), h)];
    if is_empty(bounds) {
        return None;
    }
    let covers_canvas = aligned && x0 <= 0.0 && y0 <= 0.0 && x1 >= w && y1 >= h;
    let is_full_inside = aligned
        && x0 <= f64::from(bounds[0])
        && y0 <= f64::from(bounds[1])
        && x1 >= f64::from(bounds[2])
        && y1 >= f64::from(bounds[3]);
    Some(Placed { content_from_output, window, bounds, covers_canvas, is_full_inside })
}

/// By how much content whose size the fit leaves alone is moved, so that without a position its
/// pixels are those of the canvas: an odd width in an even one has no centre on whole pixels. Half a
/// pixel goes towards the top left corner, as in FFmpeg's `overlay` with `(W-w)/2`. It depends on
/// sizes, the anchor and whole quarter turns only, so that content does not jump while it grows.
fn home(content: [f64; 2], anchor: [f64; 2], canvas: Size, rotation_degrees: f32) -> [f64; 2] {
    let from_anchor = [-anchor[0] * content[0], -anchor[1] * content[1]];
    let far = [from_anchor[0] + content[0], from_anchor[1] + content[1]];
    // The nearer edges on the canvas, from the anchor.
    let [x, y] = match rotation_degrees.rem_euclid(360.0) {
        90.0 => [-far[1], from_anchor[0]],
        180.0 => [-far[0], -far[1]],
        270.0 => [from_anchor[1], -far[0]],
        _ => from_anchor,
    };
    let to_whole = |edge: f64| {
        let whole = if edge.fract().abs() == 0.5 { edge.trunc() } else { edge.round() };
        whole - edge
    };
    [to_whole(x + f64::from(canvas.width) / 2.0), to_whole(y + f64::from(canvas.height) / 2.0)]
}

/// Removes rounding noise, so that values meant to be whole pixels are whole.
fn snap(a: Affine) -> Affine {
    let s = |v: f64| {
        let r = (v * 1024.0).round() / 1024.0;
        if (v - r).abs() < 1e-9 { r } else { v }
    };
    Affine { xx: s(a.xx), xy: s(a.xy), x0: s(a.x0), yx: s(a.yx), yy: s(a.yy), y0: s(a.y0) }
}

/// Intersection of two bounds (may be empty).
pub fn clip_bounds(a: [u32; 4], b: [u32; 4]) -> [u32; 4] {
    [a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])]
}

/// Whether the bounds contain no pixel.
pub fn is_empty(b: [u32; 4]) -> bool {
    b[0] >= b[2] || b[1] >= b[3]
}

/// Converts a window of the content to source samples, clamped to the source. The map between the
/// two must be axis-aligned, or rotated by a quarter turn.
pub fn window(source_from_content: &Affine, window: &[f64; 4], source: Size) -> [f32; 4] {
    let (ax, ay) = source_from_content.apply(window[0], window[1]);
    let (bx, by) = source_from_content.apply(window[2], window[3]);
    let (w, h) = (f64::from(source.width), f64::from(source.height));
    [ax.min(bx).clamp(0.0, w), ay.min(by).clamp(0.0, h), ax.max(bx).clamp(0.0, w), ay.max(by).clamp(0.0, h)].map(|v| v as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_timeline::Transform;

    fn place(transform: &Transform, content: Size, canvas: Size) -> Option<Placed> {
        super::place(&Placement { transform: *transform, parent: Affine::IDENTITY }, content, canvas)
    }

    const HD: Size = Size { width: 1920, height: 1080 };

    #[test]
    fn same_size_is_identity() {
        let p = place(&Transform::IDENTITY, HD, HD).unwrap();
        assert_eq!(p.content_from_output, Affine::IDENTITY);
        assert!(p.covers_canvas && p.is_full_inside);
    }

    /// Odd content in an even canvas and the reverse, at every quarter turn and with any flip: whole
    /// pixels, at most half a pixel from the centre, and no jump while it grows.
    #[test]
    fn odd_sizes_lie_on_whole_pixels() {
        for (content, canvas) in
            [((333, 251), (1920, 1080)), ((333, 250), (640, 480)), ((64, 36), (65, 37)), ((333, 251), (332, 250))]
        {
            let [content, canvas] = [content, canvas].map(|(width, height)| Size { width, height });
            for (quarter, fit) in (0..4).flat_map(|q| [Fit::Native, Fit::Contain, Fit::Cover].map(|fit| (q, fit))) {
                let t = Transform {
                    fit,
                    rotation_degrees: 90.0 * quarter as f32,
                    flip_horizontal: quarter == 1,
                    ..Transform::IDENTITY
                };
                let contained = content.width == canvas.width || content.height == canvas.height;
                if fit != Fit::Native && !contained {
                    continue;
                }
                let map = place(&t, content, canvas).unwrap().content_from_output;
                let whole = [map.x0, map.y0].map(|v| v.fract());
                assert_eq!(whole, [0.0; 2], "{content:?} in {canvas:?}, {quarter} quarter turns: {map:?}");
                let (x, y) = map.apply(f64::from(canvas.width) / 2.0, f64::from(canvas.height) / 2.0);
                let off = [x - f64::from(content.width) / 2.0, y - f64::from(content.height) / 2.0];
                assert!(off.iter().all(|o| o.abs() <= 0.5), "{off:?}");
            }
        }
        let (content, native) = (Size { width: 333, height: 251 }, Transform { fit: Fit::Native, ..Transform::IDENTITY });
        // (1920 - 333) / 2 = 793.5, (1080 - 251) / 2 = 414.5.
        assert_eq!(place(&native, content, HD).unwrap().bounds, [793, 414, 793 + 333, 414 + 251]);
        let centre = |scale: f32| {
            let map = place(&Transform { scale: [scale; 2], ..native }, content, HD).unwrap().content_from_output;
            map.inverse().unwrap().apply(166.5, 125.5)
        };
        let (at_rest, growing) = (centre(1.0), centre(1.01));
        assert!((at_rest.0 - growing.0).abs() < 1e-6 && (at_rest.1 - growing.1).abs() < 1e-6, "{at_rest:?} {growing:?}");
        // A position of a fraction stays one, and an anchor on a corner is on the canvas's centre.
        let moved = Transform { position_px: [0.25, 0.0], ..native };
        assert_eq!(place(&moved, content, HD).unwrap().content_from_output.x0.fract(), -0.25);
        let corner = Transform { anchor: [0.0; 2], ..native };
        assert_eq!(place(&corner, content, HD).unwrap().content_from_output.x0, -960.0);
    }

    #[test]
    fn contain_letterboxes() {
        // 4:3 into 16:9: 1440 wide, 240 pixels at each side.
        let p = place(&Transform::IDENTITY, Size { width: 640, height: 480 }, HD).unwrap();
        assert_eq!(p.bounds, [240, 0, 1680, 1080]);
        assert!(!p.covers_canvas && p.is_full_inside);
    }

    #[test]
    fn sixty_per_cent_pip_is_centered_on_its_position() {
        let t = Transform { scale: [0.5, 0.5], position_px: [480.0, 270.0], ..Transform::IDENTITY };
        assert_eq!(place(&t, HD, HD).unwrap().bounds, [960, 540, 1920, 1080]);
    }

    #[test]
    fn crop_hides_without_moving() {
        let t = Transform { crop: [0.25, 0.0, 0.25, 0.5], ..Transform::IDENTITY };
        assert_eq!(place(&t, HD, HD).unwrap().bounds, [480, 0, 1440, 540]);
        assert!(place(&Transform { crop: [0.5, 0.0, 0.5, 0.0], ..t }, HD, HD).is_none());
    }

    #[test]
    fn anchor_stays_on_position() {
        let t = Transform { anchor: [0.0, 0.0], position_px: [-960.0, -540.0], scale: [0.5; 2], ..Transform::IDENTITY };
        assert_eq!(place(&t, HD, HD).unwrap().bounds, [0, 0, 960, 540]);
    }

    #[test]
    fn rotation_turns_clockwise() {
        let t = Transform { rotation_degrees: 90.0, ..Transform::IDENTITY };
        let p = place(&t, HD, HD).unwrap();
        // The content's top left corner is placed at the top right.
        let (x, y) = p.content_from_output.apply(960.0 + 540.0, 540.0 - 960.0);
        assert!(x.abs() < 1e-9 && y.abs() < 1e-9, "{x} {y}");
    }
}
