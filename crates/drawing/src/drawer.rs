//! Draws drawings, and keeps what the next frames are likely to need again.
use crate::{
    DrawingError, FontSet, Target, coverage::PixelRect, glyph::GlyphCache, layout, placed::TextLayout, shape, surface::Surface,
    text,
};
use cutroom_effects::color::WorkingSpace;
use cutroom_timeline::drawing::{Drawing, DrawingContent, TextBlock};
use cutroom_types::{ColorTags, Picture, PictureFormat, Size};
use std::sync::Arc;

/// Bytes of drawn pictures that are kept.
const KEPT_BYTES: usize = 256 << 20;
/// Number of layouts that are kept.
const KEPT_LAYOUTS: usize = 64;
/// Largest side of a drawn picture in pixels.
const MAX_SIDE_PX: i32 = 16_384;

/// A drawing as a picture.
#[derive(Clone, Debug)]
pub struct DrawnPicture {
    /// Premultiplied RGBA floats of the working space; `None` if nothing is visible.
    pub picture: Option<Picture>,
    /// Position of its top left pixel, in its own pixels from the top left corner of the content.
    pub origin: [i32; 2],
    /// Size of the content, in canvas pixels: that of the text's box or of the shapes' group,
    /// rounded up so that a centred drawing falls on whole pixels.
    pub content: Size,
    /// Pixels per canvas pixel.
    pub scale: f64,
}

/// Draws, and keeps glyphs, layouts and pictures.
#[derive(Default)]
pub struct Drawer {
    glyphs: GlyphCache,
    layouts: Vec<(blake3::Hash, Arc<TextLayout>)>,
    /// From the least to the most recently used.
    pictures: Vec<(blake3::Hash, DrawnPicture)>,
}

impl Drawer {
    /// Draws with `scale` pixels per canvas pixel, in colours of `working`.
    ///
    /// # Errors
    /// See [`DrawingError`].
    pub fn draw(
        &mut self,
        drawing: &Drawing,
        scale: f64,
        working: WorkingSpace,
        fonts: &FontSet,
    ) -> Result<DrawnPicture, DrawingError> {
        let key = blake3::hash(format!("{drawing:?} {scale} {working:?} {}", fonts.version()).as_bytes());
        if let Some(at) = self.pictures.iter().position(|(k, _)| *k == key) {
            let found = self.pictures.remove(at);
            self.pictures.push(found);
            return Ok(self.pictures[self.pictures.len() - 1].1.clone());
        }
        let drawn = self.draw_new(drawing, scale, working, fonts)?;
        self.pictures.push((key, drawn.clone()));
        while self.pictures.len() > 1 && self.pictures.iter().map(|(_, p)| bytes(p)).sum::<usize>() > KEPT_BYTES {
            self.pictures.remove(0);
        }
        Ok(drawn)
    }

    /// Arranges a text, or returns the arrangement of before.
    ///
    /// # Errors
    /// The text is too long, or does not fit and must.
    pub fn layout(&mut self, block: &TextBlock, fonts: &FontSet) -> Result<Arc<TextLayout>, DrawingError> {
        // Animations and colours do not change the arrangement; most texts differ only in them.
        let key = layout_key(block, fonts);
        if let Some((_, found)) = self.layouts.iter().find(|(k, _)| *k == key) {
            return Ok(Arc::clone(found));
        }
        let layout = Arc::new(layout::arrange(block, &mut fonts.clone())?);
        if self.layouts.len() >= KEPT_LAYOUTS {
            self.layouts.remove(0);
        }
        self.layouts.push((key, Arc::clone(&layout)));
        Ok(layout)
    }

    fn draw_new(
        &mut self,
        drawing: &Drawing,
        scale: f64,
        working: WorkingSpace,
        fonts: &FontSet,
    ) -> Result<DrawnPicture, DrawingError> {
        match &drawing.content {
            DrawingContent::Text(block) => {
                let layout = self.layout(block, fonts)?;
                let (content, inset) = content_size(layout.size, drawing.canvas);
                let target = target(drawing.canvas, content, inset, scale, working);
                let surface = text::draw(block, &layout, &mut self.glyphs, &target)?;
                Ok(finished(&surface, content, scale))
            }
            DrawingContent::Shapes(group) => {
                let (content, inset) = content_size(group.size_px.map(f64::from), drawing.canvas);
                let target = target(drawing.canvas, content, inset, scale, working);
                let surface = shape::draw(group, &target)?;
                Ok(finished(&surface, content, scale))
            }
        }
    }
}

fn layout_key(block: &TextBlock, fonts: &FontSet) -> blake3::Hash {
    let mut hash = blake3::Hasher::new();
    hash.update(format!("{:?} {}", block.flow, fonts.version()).as_bytes());
    for run in &block.runs {
        let mut style = run.style.clone();
        (style.fill, style.strokes) = (None, Vec::new());
        hash.update(format!("{:?} {style:?}", run.text).as_bytes());
    }
    hash.finalize()
}

/// Size of the content for a box: rounded up to whole pixels, with the parity of the canvas, so
/// that a centred picture falls on its pixels; and the distance of the box from its corner.
fn content_size(size: [f64; 2], canvas: Size) -> (Size, [f64; 2]) {
    let side = |v: f64, canvas: u32| {
        let whole = (v - 1e-6).ceil().clamp(1.0, f64::from(MAX_SIDE_PX)) as u32;
        whole + u32::from(whole % 2 != canvas % 2)
    };
    let content = Size { width: side(size[0], canvas.width), height: side(size[1], canvas.height) };
    (content, [(f64::from(content.width) - size[0]) / 2.0, (f64::from(content.height) - size[1]) / 2.0])
}

/// What may be drawn: the content, and a canvas around it on each side.
fn target(canvas: Size, content: Size, inset: [f64; 2], scale: f64, working: WorkingSpace) -> Target {
    let span = |canvas: u32, content: u32| {
        let (low, high) = (-f64::from(canvas) * scale, f64::from(content + canvas) * scale);
        let middle = ((low + high) / 2.0) as i32;
        ((low.floor() as i32).max(middle - MAX_SIDE_PX / 2), (high.ceil() as i32).min(middle + MAX_SIDE_PX / 2))
    };
    let ((x0, x1), (y0, y1)) = (span(canvas.width, content.width), span(canvas.height, content.height));
    Target { scale, working, inset, limits: PixelRect { x0, y0, x1, y1 } }
}

fn finished(surface: &Surface, content: Size, scale: f64) -> DrawnPicture {
    let pixels = surface.pixels;
    let size = Size { width: pixels.width() as u32, height: pixels.height() as u32 };
    let planes = (0..4).map(|c| surface.values.iter().flat_map(|v| v[c].to_le_bytes()).collect()).collect();
    let is_empty = surface.values.iter().all(|v| v[3] == 0.0);
    let picture =
        (!is_empty).then(|| Picture::from_planes(PictureFormat::RGB_FLOAT.with_alpha(), size, ColorTags::SRGB, planes)).flatten();
    DrawnPicture { picture, origin: [pixels.x0, pixels.y0], content, scale }
}

fn bytes(drawn: &DrawnPicture) -> usize {
    drawn.picture.as_ref().map_or(64, |p| p.size.width as usize * p.size.height as usize * 16)
}
