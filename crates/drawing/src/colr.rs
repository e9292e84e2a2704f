//! Glyphs with colours of their own: COLR tables (versions 0 and 1), and PNG pictures.
use crate::{
    coverage::{Coverage, FillRule, PixelRect, pixels_of},
    font_ref::{font_of, outline_of, with_location},
    placed::PlacedGlyph,
    surface::{Ink, InkKind, Repeat, Surface},
};
use cutroom_effects::color::{WorkingSpace, working_color};
use kurbo::{Affine, BezPath, Point, Rect, Shape};
use skrifa::{
    FontRef, GlyphId, MetadataProvider,
    bitmap::{BitmapData, BitmapGlyph, Origin},
    color::{Brush, Color, ColorPainter, ColorStop, CompositeMode, Extend, Transform},
    instance::{LocationRef, Size},
    metrics::BoundingBox,
    raw::TableProvider,
};

/// Maximum depth of layers of a glyph.
const MAX_LAYERS: usize = 16;
/// Index that means the text's own colour (OpenType, "COLR").
const FOREGROUND: u16 = 0xFFFF;
/// Maximum side of a glyph's picture in pixels.
const MAX_BITMAP_SIDE: u32 = 2048;

/// Whether a glyph has a picture.
pub(crate) fn has_bitmap(font: &FontRef<'_>, id: GlyphId) -> bool {
    font.bitmap_strikes().glyph_for_size(Size::new(128.0), id).is_some()
}

/// Draws a glyph with colours. `pixels_from_units` maps font units, +y up, to pixels. `None` if it
/// has none, or if they cannot be read.
pub(crate) fn draw(
    glyph: &PlacedGlyph,
    pixels_from_units: Affine,
    foreground: [f32; 4],
    working: WorkingSpace,
    limits: PixelRect,
) -> Option<Surface> {
    let font = font_of(glyph)?;
    let id = GlyphId::new(glyph.id);
    let Some(color) = font.color_glyphs().get(id) else {
        return bitmap(&font, id, glyph, pixels_from_units, working, limits);
    };
    let palettes = font.color_palettes();
    let palette = palettes.get(0);
    with_location(&glyph.coords, |location| {
        let bounds = color.bounding_box(location, Size::unscaled());
        let units = f64::from(font.head().map_or(1000, |h| h.units_per_em()));
        // Glyphs without a box of their own stay within a few em.
        let bounds = bounds.map_or(Rect::new(-units, -units, 3.0 * units, 2.0 * units), |b| rect(&b));
        let pixels = pixels_of((pixels_from_units * bounds.to_path(0.1)).bounding_box(), limits);
        if pixels.is_empty() {
            return Some(Surface::new(PixelRect::EMPTY));
        }
        let mut painter = Painter {
            font: &font,
            location,
            colors: palette.as_ref().map_or(&[], |p| p.colors()),
            foreground,
            working,
            pixels,
            transforms: vec![pixels_from_units],
            clips: Vec::new(),
            layers: vec![Surface::new(pixels)],
            modes: Vec::new(),
            skipped: 0,
        };
        color.paint(location, &mut painter).ok()?;
        painter.layers.into_iter().next()
    })
}

struct Painter<'a> {
    font: &'a FontRef<'a>,
    location: LocationRef<'a>,
    colors: &'a [Color],
    foreground: [f32; 4],
    working: WorkingSpace,
    pixels: PixelRect,
    transforms: Vec<Affine>,
    clips: Vec<Coverage>,
    layers: Vec<Surface>,
    modes: Vec<CompositeMode>,
    /// Layers beyond the maximum depth, which are drawn into the one below.
    skipped: usize,
}

impl Painter<'_> {
    fn transform(&self) -> Affine {
        self.transforms.last().copied().unwrap_or(Affine::IDENTITY)
    }

    fn color(&self, index: u16, alpha: f32) -> [f32; 4] {
        let [r, g, b, a] = match self.colors.get(usize::from(index)) {
            _ if index == FOREGROUND => self.foreground,
            Some(c) => [c.red(), c.green(), c.blue(), c.alpha()].map(|v| f32::from(v) / 255.0),
            None => [0.0, 0.0, 0.0, 1.0],
        };
        [r, g, b, a * alpha]
    }

    fn stops(&self, stops: &[ColorStop]) -> Vec<(f32, [f32; 4])> {
        let mut stops: Vec<_> = stops.iter().map(|s| (s.offset, self.color(s.palette_index, s.alpha))).collect();
        stops.sort_by(|a, b| a.0.total_cmp(&b.0));
        stops
    }

    fn ink(&self, brush: &Brush<'_>, pixels_from_brush: Affine) -> Ink {
        let gradient = |kind, stops: &[ColorStop], extend: Extend| {
            let repeat = match extend {
                Extend::Repeat => Repeat::Repeat,
                Extend::Reflect => Repeat::Reflect,
                _ => Repeat::Clamp,
            };
            Ink::gradient(kind, &self.stops(stops), repeat, pixels_from_brush, self.working)
        };
        match *brush {
            Brush::Solid { palette_index, alpha } => Ink::Solid(working_color(self.color(palette_index, alpha), self.working)),
            Brush::LinearGradient { p0, p1, color_stops, extend } => {
                gradient(InkKind::Linear(point(p0.x, p0.y), point(p1.x, p1.y)), color_stops, extend)
            }
            Brush::RadialGradient { c0, r0, c1, r1, color_stops, extend } => {
                let kind = InkKind::Radial(point(c0.x, c0.y), f64::from(r0), point(c1.x, c1.y), f64::from(r1));
                gradient(kind, color_stops, extend)
            }
            Brush::SweepGradient { c0, start_angle, end_angle, color_stops, extend } => {
                let (start, end) = (f64::from(start_angle).to_radians(), f64::from(end_angle).to_radians());
                gradient(InkKind::Conic(point(c0.x, c0.y), start, end), color_stops, extend)
            }
        }
    }

    fn clip(&mut self, path: &BezPath) {
        let limits = self.clips.last().map_or(self.pixels, Coverage::pixels);
        let path = self.transform() * path.clone();
        let mut clip = Coverage::of_path(&path, FillRule::NonZero, limits).unwrap_or_else(|_| Coverage::empty(PixelRect::EMPTY));
        if let Some(outer) = self.clips.last() {
            clip.combine(outer, |a, b| a * b);
        }
        self.clips.push(clip);
    }

    fn paint(&mut self, ink: &Ink) {
        let whole;
        let clip = match self.clips.last() {
            Some(clip) => clip,
            None => {
                whole = Coverage { values: vec![1.0; self.pixels.width() * self.pixels.height()], ..Coverage::empty(self.pixels) };
                &whole
            }
        };
        if let Some(layer) = self.layers.last_mut() {
            layer.draw(clip, ink, 1.0);
        }
    }
}

impl ColorPainter for Painter<'_> {
    fn push_transform(&mut self, t: Transform) {
        let inner = Affine::new([t.xx, t.yx, t.xy, t.yy, t.dx, t.dy].map(f64::from));
        self.transforms.push(self.transform() * inner);
    }

    fn pop_transform(&mut self) {
        self.transforms.pop();
    }

    fn push_clip_glyph(&mut self, id: GlyphId) {
        let path = outline_of(self.font, id, self.location);
        self.clip(&path);
    }

    fn push_clip_box(&mut self, bounds: BoundingBox) {
        self.clip(&rect(&bounds).to_path(0.1));
    }

    fn pop_clip(&mut self) {
        self.clips.pop();
    }

    fn fill(&mut self, brush: Brush<'_>) {
        let ink = self.ink(&brush, self.transform());
        self.paint(&ink);
    }

    fn push_layer(&mut self, mode: CompositeMode) {
        if self.layers.len() >= MAX_LAYERS {
            self.skipped += 1;
            return;
        }
        self.layers.push(Surface::new(self.pixels));
        self.modes.push(mode);
    }

    fn pop_layer(&mut self) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        let (Some(layer), Some(mode)) = (self.layers.pop(), self.modes.pop()) else { return };
        if let Some(below) = self.layers.last_mut() {
            below.merge(&layer, |b, s| composite(mode, b, s));
        }
    }
}

/// W3C Compositing and Blending 1, on premultiplied colour: `s` drawn onto `b`.
fn composite(mode: CompositeMode, b: [f32; 4], s: [f32; 4]) -> [f32; 4] {
    let (ab, a_s) = (b[3], s[3]);
    let porter_duff = |fs: f32, fb: f32| std::array::from_fn(|c| s[c] * fs + b[c] * fb);
    let blend = |f: fn(f32, f32) -> f32| {
        let straight = |v: f32, a: f32| if a > 0.0 { v / a } else { 0.0 };
        let mut out: [f32; 4] = std::array::from_fn(|c| {
            let mixed = f(straight(b[c], ab), straight(s[c], a_s)) * a_s * ab;
            mixed + s[c] * (1.0 - ab) + b[c] * (1.0 - a_s)
        });
        out[3] = a_s + ab - a_s * ab;
        out
    };
    match mode {
        CompositeMode::Clear => [0.0; 4],
        CompositeMode::Src => s,
        CompositeMode::Dest => b,
        CompositeMode::DestOver => porter_duff(1.0 - ab, 1.0),
        CompositeMode::SrcIn => porter_duff(ab, 0.0),
        CompositeMode::DestIn => porter_duff(0.0, a_s),
        CompositeMode::SrcOut => porter_duff(1.0 - ab, 0.0),
        CompositeMode::DestOut => porter_duff(0.0, 1.0 - a_s),
        CompositeMode::SrcAtop => porter_duff(ab, 1.0 - a_s),
        CompositeMode::DestAtop => porter_duff(1.0 - ab, a_s),
        CompositeMode::Xor => porter_duff(1.0 - ab, 1.0 - a_s),
        CompositeMode::Plus => std::array::from_fn(|c| (s[c] + b[c]).min(1.0)),
        CompositeMode::Multiply => blend(|b, s| b * s),
        CompositeMode::Screen => blend(|b, s| b + s - b * s),
        CompositeMode::Darken => blend(f32::min),
        CompositeMode::Lighten => blend(f32::max),
        CompositeMode::Difference => blend(|b, s| (b - s).abs()),
        CompositeMode::Exclusion => blend(|b, s| b + s - 2.0 * b * s),
        CompositeMode::Overlay => blend(|b, s| if b <= 0.5 { 2.0 * b * s } else { 1.0 - 2.0 * (1.0 - b) * (1.0 - s) }),
        CompositeMode::HardLight => blend(|b, s| if s <= 0.5 { 2.0 * b * s } else { 1.0 - 2.0 * (1.0 - b) * (1.0 - s) }),
        // The other modes are not used by emoji fonts; they are drawn over.
        _ => porter_duff(1.0, 1.0 - a_s),
    }
}

/// A glyph's picture, scaled: each pixel is the mean of what it covers.
fn bitmap(
    font: &FontRef<'_>,
    id: GlyphId,
    glyph: &PlacedGlyph,
    pixels_from_units: Affine,
    working: WorkingSpace,
    limits: PixelRect,
) -> Option<Surface> {
    let found = font.bitmap_strikes().glyph_for_size(Size::new(glyph.size_px.max(1.0)), id)?;
    let picture = decode(&found)?;
    let units = f64::from(font.head().ok()?.units_per_em());
    let per_pixel = units / f64::from(found.ppem_x.max(1.0));
    let (w, h) = (picture.width as f64, picture.height as f64);
    let left = f64::from(found.bearing_x) + f64::from(found.inner_bearing_x) * per_pixel;
    let base = f64::from(found.bearing_y) + f64::from(found.inner_bearing_y) * per_pixel;
    let top = match found.placement_origin {
        Origin::TopLeft => base,
        Origin::BottomLeft => base + h * per_pixel,
    };
    let units_from_picture = Affine::new([per_pixel, 0.0, 0.0, -per_pixel, left, top]);
    let pixels_from_picture = pixels_from_units * units_from_picture;
    let pixels = pixels_of((pixels_from_picture * Rect::new(0.0, 0.0, w, h).to_path(0.1)).bounding_box(), limits);
    if pixels.is_empty() || pixels_from_picture.determinant() == 0.0 {
        return Some(Surface::new(PixelRect::EMPTY));
    }
    let picture_from_pixels = pixels_from_picture.inverse();
    let step = picture_from_pixels.determinant().abs().sqrt();
    let samples = (step.ceil() as i32 * 2).clamp(2, 16);
    let mut surface = Surface::new(pixels);
    for (i, px) in surface.values.iter_mut().enumerate() {
        let (x, y) = (pixels.x0 + (i % pixels.width()) as i32, pixels.y0 + (i / pixels.width()) as i32);
        let mut sum = [0.0f32; 4];
        for k in 0..samples * samples {
            let offset = |k: i32| (f64::from(k) + 0.5) / f64::from(samples);
            let p = picture_from_pixels * Point::new(f64::from(x) + offset(k % samples), f64::from(y) + offset(k / samples));
            let v = picture.at(p.x.floor() as i64, p.y.floor() as i64);
            for c in 0..3 {
                sum[c] += v[c] * v[3];
            }
            sum[3] += v[3];
        }
        let n = (samples * samples) as f32;
        if sum[3] > 0.0 {
            let straight = working_color([sum[0] / sum[3], sum[1] / sum[3], sum[2] / sum[3], sum[3] / n], working);
            *px = [straight[0] * straight[3], straight[1] * straight[3], straight[2] * straight[3], straight[3]];
        }
    }
    Some(surface)
}

struct Bitmap {
    width: usize,
    height: usize,
    /// Straight RGBA.
    values: Vec<[f32; 4]>,
}

impl Bitmap {
    fn at(&self, x: i64, y: i64) -> [f32; 4] {
        if x < 0 || y < 0 || x >= self.width as i64 || y >= self.height as i64 {
            return [0.0; 4];
        }
        self.values[y as usize * self.width + x as usize]
    }
}

fn decode(glyph: &BitmapGlyph<'_>) -> Option<Bitmap> {
    let BitmapData::Png(bytes) = glyph.data else { return None };
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16 | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().ok()?;
    let info = reader.info();
    if info.width > MAX_BITMAP_SIDE || info.height > MAX_BITMAP_SIDE {
        return None;
    }
    let mut buffer = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut buffer).ok()?;
    let channels = frame.color_type.samples();
    let values = buffer[..frame.buffer_size()].chunks_exact(channels).map(|c| {
        let v = |i: usize| f32::from(c[i]) / 255.0;
        if channels == 2 { [v(0), v(0), v(0), v(1)] } else { [v(0), v(1), v(2), v(3)] }
    });
    Some(Bitmap { width: frame.width as usize, height: frame.height as usize, values: values.collect() })
}

fn rect(b: &BoundingBox) -> Rect {
    Rect::new(f64::from(b.x_min), f64::from(b.y_min), f64::from(b.x_max), f64::from(b.y_max))
}

fn point(x: f32, y: f32) -> Point {
    Point::new(f64::from(x), f64::from(y))
}
