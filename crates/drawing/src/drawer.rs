//! Draws drawings, and keeps what the next frames are likely to need again.
use crate::{
    DrawingError, FontSet, Target,
    coverage::PixelRect,
    glyph::GlyphCache,
    layout,
    placed::TextLayout,
    shape,
    surface::{InkMap, Surface},
    text,
};
use cutroom_effects::color::WorkingSpace;
use cutroom_timeline::drawing::{Drawing, DrawingContent, TextBlock, TextFlow, TextStyle};
use cutroom_types::{Picture, Size};
use std::sync::{Arc, OnceLock};

/// Bytes of drawn pictures that are kept.
const KEPT_BYTES: usize = 256 << 20;
/// Number of drawn pictures that are kept, whatever their size: all are compared with what is wanted.
const KEPT_PICTURES: usize = 256;
/// Number of pictures of moving letters that are kept: none is wanted again, except by layers of the
/// same frame.
const KEPT_PASSING: usize = 4;
/// Number of layouts that are kept.
const KEPT_LAYOUTS: usize = 64;
/// Largest side of a drawn picture in pixels.
const MAX_SIDE_PX: i32 = 16_384;

/// A drawing as a picture.
#[derive(Clone, Debug)]
pub struct DrawnPicture {
    /// What is visible; `None`: nothing.
    ink: Option<Arc<Ink>>,
    /// Position of its top left pixel, in its own pixels from the top left corner of the content.
    pub origin: [i32; 2],
    /// Size of the content, in canvas pixels: that of the text's box or of the shapes' group,
    /// rounded up so that a centred drawing falls on whole pixels.
    pub content: Size,
    /// Pixels per canvas pixel.
    pub scale: f64,
}

#[derive(Debug)]
struct Ink {
    id: u64,
    surface: Surface,
    map: Arc<InkMap>,
    /// The same in planes, once they are asked for.
    picture: OnceLock<Option<Picture>>,
}

impl DrawnPicture {
    /// Premultiplied RGBA floats of the working space, pixel by pixel; `None` if nothing is visible.
    pub fn surface(&self) -> Option<&Surface> {
        self.ink.as_ref().map(|ink| &ink.surface)
    }

    /// Which parts of it are visible.
    pub fn ink_map(&self) -> Option<&Arc<InkMap>> {
        self.ink.as_ref().map(|ink| &ink.map)
    }

    /// The same in planes.
    pub fn picture(&self) -> Option<Picture> {
        let ink = self.ink.as_ref()?;
        ink.picture.get_or_init(|| ink.surface.picture()).clone()
    }

    /// A number that no other picture of its drawer has; 0 if nothing is visible.
    pub fn id(&self) -> u64 {
        self.ink.as_ref().map_or(0, |ink| ink.id)
    }

    fn bytes(&self) -> usize {
        let Some(ink) = &self.ink else { return 64 };
        let planes = ink.picture.get().is_some();
        ink.surface.values.len() * 16 * (1 + usize::from(planes))
    }
}

/// Draws, and keeps glyphs, layouts and pictures.
#[derive(Default)]
pub struct Drawer {
    glyphs: GlyphCache,
    layouts: Vec<(LayoutKey, Arc<TextLayout>)>,
    /// From the least to the most recently used.
    pictures: Vec<Kept>,
    /// Number of pictures drawn so far.
    drawn: u64,
    /// Memory of a picture that is gone: the first write to fresh pages takes as long as drawing.
    spare: Vec<[f32; 4]>,
}

struct Kept {
    drawing: Drawing,
    scale: f64,
    working: WorkingSpace,
    fonts: u64,
    picture: DrawnPicture,
}

impl Kept {
    /// Whether it is of moving letters, so that the next frame needs another one.
    fn is_passing(&self) -> bool {
        matches!(&self.drawing.content, DrawingContent::Text(block) if !block.animations.is_empty())
    }
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
        let is_same = |k: &Kept| k.scale == scale && k.fonts == fonts.version() && k.working == working && k.drawing == *drawing;
        // The most recent first: a still drawing is found at once.
        if let Some(at) = self.pictures.iter().rposition(is_same) {
            let found = self.pictures.remove(at);
            let picture = found.picture.clone();
            self.pictures.push(found);
            return Ok(picture);
        }
        let picture = self.draw_new(drawing, scale, working, fonts)?;
        let kept = Kept { drawing: drawing.clone(), scale, working, fonts: fonts.version(), picture: picture.clone() };
        self.pictures.push(kept);
        self.forget();
        Ok(picture)
    }

    /// Drops pictures until few enough are kept.
    fn forget(&mut self) {
        let passing = self.pictures.iter().filter(|k| k.is_passing()).count();
        if passing > KEPT_PASSING
            && let Some(at) = self.pictures.iter().position(Kept::is_passing)
        {
            self.drop_picture(at);
        }
        while self.pictures.len() > 1
            && (self.pictures.len() > KEPT_PICTURES || self.pictures.iter().map(|k| k.picture.bytes()).sum::<usize>() > KEPT_BYTES)
        {
            self.drop_picture(0);
        }
    }

    fn drop_picture(&mut self, at: usize) {
        let ink = self.pictures.remove(at).picture.ink;
        if let Some(ink) = ink.and_then(Arc::into_inner)
            && ink.surface.values.capacity() > self.spare.capacity()
        {
            self.spare = ink.surface.values;
        }
    }

    /// Arranges a text, or returns the arrangement of before.
    ///
    /// # Errors
    /// The text is too long, or does not fit and must.
    pub fn layout(&mut self, block: &TextBlock, fonts: &FontSet) -> Result<Arc<TextLayout>, DrawingError> {
        // Animations and colours do not change the arrangement; most texts differ only in them.
        let key = LayoutKey::new(block, fonts);
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
        let memory = std::mem::take(&mut self.spare);
        let (surface, content) = match &drawing.content {
            DrawingContent::Text(block) => {
                let layout = self.layout(block, fonts)?;
                let (content, inset) = content_size(layout.size, drawing.canvas);
                let target = target(drawing.canvas, content, inset, scale, working);
                (text::draw(block, &layout, &mut self.glyphs, &target, memory)?, content)
            }
            DrawingContent::Shapes(group) => {
                let (content, inset) = content_size(group.size_px.map(f64::from), drawing.canvas);
                let target = target(drawing.canvas, content, inset, scale, working);
                (shape::draw(group, &target, memory)?, content)
            }
        };
        let origin = [surface.pixels.x0, surface.pixels.y0];
        self.drawn += 1;
        let map = Arc::new(InkMap::new(&surface));
        let ink = (!map.is_empty()).then(|| Arc::new(Ink { id: self.drawn, surface, map, picture: OnceLock::new() }));
        Ok(DrawnPicture { ink, origin, content, scale })
    }
}

/// Everything that decides the arrangement of a text.
#[derive(PartialEq)]
struct LayoutKey {
    flow: TextFlow,
    /// The runs, with styles that have no paint.
    runs: Vec<(Arc<str>, TextStyle)>,
    fonts: u64,
}

impl LayoutKey {
    fn new(block: &TextBlock, fonts: &FontSet) -> Self {
        let plain = |style: &TextStyle| {
            let mut style = style.clone();
            (style.fill, style.strokes) = (None, Vec::new());
            style
        };
        let runs = block.runs.iter().map(|r| (Arc::clone(&r.text), plain(&r.style))).collect();
        Self { flow: block.flow.clone(), runs, fonts: fonts.version() }
    }
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
