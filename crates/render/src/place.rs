//! Placement of content on a canvas.
use cutroom_timeline::{Alignment, Fit, Placement, Transform};
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

/// Canvas pixels for each pixel of the fitted content, along both axes.
pub fn fitted(transform: &Transform, content: Size, canvas: Size) -> (f64, f64) {
    let x = f64::from(canvas.width) / f64::from(content.width);
    let y = f64::from(canvas.height) / f64::from(content.height);
    match transform.fit {
        Fit::Contain => (x.min(y), x.min(y)),
        Fit::Cover => (x.max(y), x.max(y)),
        Fit::Stretch => (x, y),
        Fit::Native => (transform.native_scale, transform.native_scale),
    }
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
    let (fit_x, fit_y) = fitted(t, content, canvas);
    let [px, py] = t.position_px.map(f64::from);
    let [sx, sy] = t.scale.map(f64::from);
    let [ax, ay] = t.anchor.map(f64::from);
    let (fx, fy) = (if t.flip_horizontal { -1.0 } else { 1.0 }, if t.flip_vertical { -1.0 } else { 1.0 });
    // Content → fitted (about the centre, flipped there) → scaled and rotated about the anchor →
    // placed.
    let fitted = Affine::scale(fit_x * fx, fit_y * fy).after(&Affine::translate(-cw / 2.0, -ch / 2.0));
    let anchor = Affine::translate(-(ax - 0.5) * cw * fit_x, -(ay - 0.5) * ch * fit_y);
    let rotated = Affine::rotate_degrees(f64::from(t.rotation_degrees)).after(&Affine::scale(sx, sy));
    // At another render scale it is moved as much as on the whole canvas.
    let (native, render) = (t.native_scale, t.render_scale);
    let whole = Size { width: (w / render).round() as u32, height: (h / render).round() as u32 };
    let own = [cw, ch].map(|v| (v * native / render).round());
    let home = |anchor| match fit_x == native && fit_y == native {
        true => home(own, anchor, whole, t.rotation_degrees).map(|v| v * render),
        false => [0.0; 2],
    };
    let placed = match t.align {
        None => {
            let [hx, hy] = home([ax, ay]);
            Affine::translate(w / 2.0 + px + hx, h / 2.0 + py + hy).after(&rotated).after(&anchor).after(&fitted)
        }
        Some(align) => {
            let turned = rotated.after(&fitted);
            // Effects may draw around it, but what the crop leaves is aligned.
            let visible = cropped(placement, content)?;
            let [x, y] = fitted.apply((visible[0] + visible[2]) / 2.0, (visible[1] + visible[3]) / 2.0).into();
            let middle = [x / (cw * fit_x) + 0.5, y / (ch * fit_y) + 0.5];
            let [x, y] = aligned(align, bounding_box(&turned, visible), [w, h], home(middle));
            Affine::translate(x + px, y + py).after(&turned)
        }
    };
    let output_from_content = snap(placement.parent.after(&placed));
    let content_from_output = snap(output_from_content.inverse()?);
    let [x0, y0, x1, y1] = bounding_box(&output_from_content, window);
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

/// The box around a mapped rectangle: left, top, right, bottom.
fn bounding_box(map: &Affine, [l, t, r, b]: [f64; 4]) -> [f64; 4] {
    let corners = [(l, t), (r, t), (l, b), (r, b)].map(|(x, y)| map.apply(x, y));
    let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    corners.iter().fold(start, |[x0, y0, x1, y1], &(x, y)| [x0.min(x), y0.min(y), x1.max(x), y1.max(y)])
}

/// The translation that aligns a box on the canvas. In the middle of a side it is moved to whole
/// pixels as other content is (`home`); at a side it touches the margin exactly.
fn aligned(align: Alignment, [x0, y0, x1, y1]: [f64; 4], canvas: [f64; 2], home: [f64; 2]) -> [f64; 2] {
    let along = |axis: usize, from: f64, to: f64| match align.point.sides()[axis] {
        -1 => align.margin_px[axis] - from,
        1 => canvas[axis] - align.margin_px[axis] - to,
        _ => (canvas[axis] - from - to) / 2.0 + home[axis],
    };
    [along(0, x0, x1), along(1, y0, y1)]
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

/// Distance in source samples between neighbouring output pixels, the larger of both axes.
pub fn step(map: &Affine) -> f64 {
    map.xx.hypot(map.yx).max(map.xy.hypot(map.yy))
}

/// Whether a position is whole, but for rounding.
pub fn is_integer(x: f64) -> bool {
    (x - x.round()).abs() < 1e-9
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
    use cutroom_timeline::Align;

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

    /// The box around the four corners of what the crop leaves, by the definition of each step: fit,
    /// flip, scale, rotation; then the margin. Sources of odd, anamorphic and turned sizes come here
    /// as their upright size.
    #[test]
    fn aligned_pictures_touch_their_margins() {
        let canvas = Size { width: 320, height: 180 };
        let contents = [(333, 251), (64, 36), (1, 1), (4096, 2160), (720, 1280), (1024, 576)];
        let fits = [Fit::Contain, Fit::Cover, Fit::Stretch, Fit::Native];
        let cases = contents.iter().flat_map(|c| fits.map(|f| (*c, f))).flat_map(|(c, f)| Align::ALL.map(|p| (c, f, p)));
        for (n, ((cw, ch), fit, point)) in cases.enumerate() {
            let margin_px = [f64::from(n as u32 % 7) - 2.5, f64::from(n as u32 % 5)];
            let t = Transform {
                fit,
                native_scale: 1.0,
                render_scale: 1.0,
                align: Some(Alignment { point, margin_px }),
                position_px: if n % 3 == 0 { [10.0, -5.5] } else { [0.0; 2] },
                scale: [[1.0, 1.0], [0.25, 0.25], [0.5, -0.75]][n % 3],
                rotation_degrees: [0.0, 90.0, 180.0, 270.0, 30.0, -7.5, 135.0][n % 7],
                anchor: [[0.5, 0.5], [0.0, 1.0]][n % 2],
                crop: [[0.0; 4], [0.25, 0.0, 0.125, 0.5]][n % 2],
                flip_horizontal: n % 4 == 1,
                flip_vertical: n % 5 == 2,
            };
            let (w, h) = (320.0f64, 180.0f64);
            let (cw, ch) = (f64::from(cw), f64::from(ch));
            let whole = match fit {
                Fit::Contain => [(w / cw).min(h / ch); 2],
                Fit::Cover => [(w / cw).max(h / ch); 2],
                Fit::Stretch => [w / cw, h / ch],
                Fit::Native => [1.0; 2],
            };
            let [l, top, r, b] = t.crop.map(f64::from);
            let (sin, cos) = f64::from(t.rotation_degrees).to_radians().sin_cos();
            let corners = [(l, top), (1.0 - r, top), (l, 1.0 - b), (1.0 - r, 1.0 - b)].map(|(u, v)| {
                let (u, v) = (if t.flip_horizontal { 1.0 - u } else { u }, if t.flip_vertical { 1.0 - v } else { v });
                let (x, y) = ((u - 0.5) * cw * whole[0] * f64::from(t.scale[0]), (v - 0.5) * ch * whole[1] * f64::from(t.scale[1]));
                [x * cos - y * sin, x * sin + y * cos]
            });
            let size = [0, 1].map(|k| {
                let along = corners.map(|c| c[k]);
                along.iter().fold(f64::MIN, |m, v| m.max(*v)) - along.iter().fold(f64::MAX, |m, v| m.min(*v))
            });
            let content = Size { width: cw as u32, height: ch as u32 };
            // What lies outside the canvas altogether is not drawn; here at most the middle is.
            let Some(placed) = place(&t, content, canvas) else { continue };
            let from = bounding_box(&placed.content_from_output.inverse().unwrap(), placed.window);
            for k in [0, 1] {
                let (side, position) = ([w, h][k], f64::from(t.position_px[k]));
                let (expected, tolerance) = match point.sides()[k] {
                    -1 => (margin_px[k] + position, 1e-6),
                    1 => (side - margin_px[k] + position - size[k], 1e-6),
                    // Half a pixel towards whole ones, if the fit leaves the size alone.
                    _ => ((side - size[k]) / 2.0 + position, if whole == [1.0; 2] { 0.5 + 1e-6 } else { 1e-6 }),
                };
                assert!((from[k] - expected).abs() <= tolerance, "{t:?} {content:?}, axis {k}: {from:?}, expected {expected}");
                assert!((from[k + 2] - from[k] - size[k]).abs() <= 1e-6);
            }
        }
    }

    #[test]
    fn aligned_pictures_stay_on_whole_pixels_and_at_their_place() {
        let content = Size { width: 333, height: 251 };
        let at =
            |point, margin_px| Transform { fit: Fit::Native, align: Some(Alignment { point, margin_px }), ..Transform::IDENTITY };
        let bounds = |t: Transform| place(&t, content, HD).unwrap().bounds;
        assert_eq!(bounds(at(Align::TopLeft, [40.0, 20.0])), [40, 20, 373, 271]);
        assert_eq!(bounds(at(Align::BottomRight, [40.0, 20.0])), [1920 - 40 - 333, 1080 - 20 - 251, 1880, 1060]);
        // (1920 - 333) / 2 = 793.5: as without `align`.
        assert_eq!(bounds(at(Align::Top, [0.0; 2])), [793, 0, 1126, 251]);
        // A corner stays where it is while the picture grows.
        for scale in [0.1, 0.5, 1.5] {
            let t = Transform { scale: [scale; 2], ..at(Align::BottomRight, [40.0, 20.0]) };
            assert_eq!(bounds(t)[2..], [1880, 1060], "{scale}");
        }
        // In the centre it is as if it were not aligned, unless a crop is on one side only.
        let centre = at(Align::Center, [9.0; 2]);
        assert_eq!(bounds(centre), bounds(Transform { align: None, ..centre }));
        let half = Transform { crop: [0.0, 0.0, 0.5, 0.0], ..centre };
        // 960 - 166.5 / 2 = 876.75: the nearest whole pixel.
        assert_eq!(bounds(half)[0], 877);
        // What effects draw around the picture does not move it.
        let placement = Placement { transform: at(Align::TopLeft, [40.0, 20.0]), parent: Affine::IDENTITY };
        let shadowed = place_with_margin(&placement, content, [5, 6], HD).unwrap();
        assert_eq!(shadowed.bounds, [35, 14, 378, 277]);
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
