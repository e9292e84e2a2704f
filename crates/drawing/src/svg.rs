//! SVG files: parsed by `usvg`, which resolves styles, `use`, and text (with the shipped fonts alone, so
//! that it is the same everywhere), and drawn by `resvg` at the size at which they are shown.
//!
//! Nothing but the file itself is read: pictures inside of it and links to other files are left out,
//! with a warning. What is too much to draw is an error.
mod references;

use crate::{DrawingError, fonts};
use cutroom_types::{AlphaMode, ColorTags, Picture, PictureFormat, Size};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{
        self, Group, ImageHrefResolver, Node, Options, Paint, Tree,
        filter::Kind,
        fontdb::{Database, Source},
        roxmltree,
    },
};
use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

/// Maximum size of a file in bytes.
pub const MAX_BYTES: u64 = 16 << 20;
/// Largest side in canvas pixels.
const MAX_SIDE_PX: f32 = 16_384.0;
/// Maximum number of elements, each counted as often as it is drawn.
const MAX_ELEMENTS: u64 = 200_000;
/// Maximum number of groups with a raster of their own: opacity, masks, clip paths, filters, blend modes.
const MAX_GROUPS: u64 = 2_000;
/// Maximum number of nodes of the file, attributes not counted.
const MAX_NODES: u32 = 400_000;
/// Maximum number of nested elements.
const MAX_DEPTH: usize = 500;
/// Maximum number of operations per pixel of a filter.
const MAX_FILTER_OPERATIONS: u64 = 1_000;
/// Maximum number of pixels of a drawn picture.
const MAX_PIXELS: f64 = 64e6;
/// Stack of the thread that reads: more than the deepest file needs.
const STACK_BYTES: usize = 64 << 20;

/// A parsed file.
#[derive(Debug)]
pub struct Svg {
    tree: Tree,
    has_images: bool,
}

impl Svg {
    /// Reads a file's content.
    ///
    /// # Errors
    /// [`DrawingError::Svg`] if it is no SVG, or too large or complex.
    pub fn read(bytes: &[u8]) -> Result<Self, DrawingError> {
        if bytes.len() as u64 > MAX_BYTES {
            return Err(refused(format!("a file of {} MiB; the most is {} MiB", bytes.len() >> 20, MAX_BYTES >> 20)));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| refused("it is not UTF-8; save it as plain SVG".into()))?;
        if depth(text) > MAX_DEPTH {
            return Err(refused(format!("elements are nested more than {MAX_DEPTH} times")));
        }
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, || parse(text));
            let parsed = thread.map_err(|e| refused(format!("no thread can be started: {e}")))?.join();
            parsed.unwrap_or_else(|_| Err(refused("the parser failed".into())))
        })
    }

    /// Size in canvas pixels, rounded up.
    pub fn size(&self) -> Size {
        let side = |v: f32| (v - 1e-3).ceil().clamp(1.0, MAX_SIDE_PX) as u32;
        Size { width: side(self.tree.size().width()), height: side(self.tree.size().height()) }
    }

    /// Whether it has pictures, which are not drawn.
    pub fn has_images(&self) -> bool {
        self.has_images
    }

    /// Draws it with `scale` pixels per canvas pixel, or fewer if that would be too many: premultiplied
    /// 8-bit sRGB, and the scale along both axes.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn draw(&self, scale: f64) -> Result<(Picture, [f64; 2]), DrawingError> {
        let own = self.size();
        let [w, h] = [f64::from(own.width), f64::from(own.height)];
        let scale = scale.min((MAX_PIXELS / (w * h)).sqrt()).min(f64::from(MAX_SIDE_PX) / w.max(h));
        let [width, height] = [w, h].map(|v| (v * scale - 1e-6).ceil().max(1.0) as u32);
        let mut pixmap = Pixmap::new(width, height).ok_or_else(|| refused(format!("no memory for {width}×{height} pixels")))?;
        let scales = [f64::from(width) / w, f64::from(height) / h];
        resvg::render(&self.tree, Transform::from_scale(scales[0] as f32, scales[1] as f32), &mut pixmap.as_mut());
        let planes = (0..4).map(|c| pixmap.data().iter().skip(c).step_by(4).copied().collect()).collect();
        let picture = Picture::from_planes(PictureFormat::RGB8.with_alpha(), Size { width, height }, ColorTags::SRGB, planes);
        let picture = picture.ok_or_else(|| refused("its planes do not fit".into()))?;
        Ok((Picture { alpha: AlphaMode::Premultiplied, ..picture }, scales))
    }
}

fn refused(reason: String) -> DrawingError {
    DrawingError::Svg { reason }
}

fn parse(text: &str) -> Result<Svg, DrawingError> {
    let has_images = AtomicBool::new(false);
    let no_image = || {
        has_images.store(true, Ordering::Relaxed);
        None
    };
    let options = Options {
        font_family: "sans-serif".into(),
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| no_image()),
            resolve_string: Box::new(|_, _| no_image()),
        },
        fontdb: shipped(),
        ..Options::default()
    };
    let xml = roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, ..roxmltree::ParsingOptions::default() };
    let document = roxmltree::Document::parse_with_options(text, xml).map_err(|e| refused(e.to_string()))?;
    if references::weight(&document) > MAX_ELEMENTS {
        return Err(refused(format!(
            "more than {MAX_ELEMENTS} elements are drawn, those of `use` and of patterns counted each time"
        )));
    }
    let tree = Tree::from_xmltree(&document, &options).map_err(|e| refused(e.to_string()))?;
    drop(options);
    let size = tree.size();
    if size.width() > MAX_SIDE_PX || size.height() > MAX_SIDE_PX {
        return Err(refused(format!("{}×{} pixels; sides go up to {MAX_SIDE_PX}", size.width(), size.height())));
    }
    let mut work = Work::default();
    work.group(tree.root())?;
    Ok(Svg { tree, has_images: has_images.into_inner() })
}

/// The shipped fonts, as `usvg` wants them.
fn shipped() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    let make = || {
        let mut database = Database::new();
        for (_, bytes) in fonts::SHIPPED {
            database.load_font_source(Source::Binary(Arc::new(bytes)));
        }
        // Its own name says that it is variable.
        let plain = database.faces().next().and_then(|f| f.families.first()).map(|f| f.0.clone()).unwrap_or_default();
        database.set_serif_family("Noto Serif");
        database.set_sans_serif_family(&plain);
        database.set_monospace_family(&plain);
        database.set_cursive_family(&plain);
        database.set_fantasy_family(plain);
        Arc::new(database)
    };
    Arc::clone(FONTS.get_or_init(make))
}

/// Depth of the elements of a text, at least: entities are not expanded.
fn depth(text: &str) -> usize {
    let (mut now, mut most) = (0usize, 0);
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if rest.starts_with('/') {
            now = now.saturating_sub(1);
        } else if !rest.starts_with(['!', '?']) {
            now += usize::from(!rest.split('>').next().is_some_and(|tag| tag.ends_with('/')));
            most = most.max(now);
        }
    }
    most
}

/// How much is drawn.
#[derive(Default)]
struct Work {
    elements: u64,
    groups: u64,
    depth: usize,
}

impl Work {
    fn group(&mut self, group: &Group) -> Result<(), DrawingError> {
        self.depth += 1;
        if self.depth > 4 * MAX_DEPTH {
            return Err(refused("groups, patterns, masks and clip paths refer to each other too deeply".into()));
        }
        self.groups += u64::from(group.should_isolate());
        if self.groups > MAX_GROUPS {
            return Err(refused(format!(
                "more than {MAX_GROUPS} groups with opacity, a mask, a clip path, a filter or a blend mode"
            )));
        }
        let mut clip = group.clip_path();
        while let Some(own) = clip {
            self.group(own.root())?;
            clip = own.clip_path();
        }
        let mut mask = group.mask();
        while let Some(own) = mask {
            self.group(own.root())?;
            mask = own.mask();
        }
        for primitive in group.filters().iter().flat_map(|f| f.primitives()) {
            let operations = match primitive.kind() {
                Kind::Turbulence(t) => u64::from(t.num_octaves()) * 50,
                Kind::ConvolveMatrix(c) => u64::from(c.matrix().columns()) * u64::from(c.matrix().rows()),
                Kind::Morphology(m) => (m.radius_x().get() + m.radius_y().get()) as u64,
                _ => 1,
            };
            if operations > MAX_FILTER_OPERATIONS {
                return Err(refused("a filter needs more than 1000 operations for each pixel".into()));
            }
        }
        for node in group.children() {
            self.node(node)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn node(&mut self, node: &Node) -> Result<(), DrawingError> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(refused(format!(
                "more than {MAX_ELEMENTS} elements are drawn, those of `use` and of patterns counted each time"
            )));
        }
        let paints: [Option<&Paint>; 2] = match node {
            Node::Group(group) => return self.group(group),
            Node::Text(text) => return self.group(text.flattened()),
            Node::Path(path) => [path.fill().map(usvg::Fill::paint), path.stroke().map(usvg::Stroke::paint)],
            Node::Image(_) => [None, None],
        };
        for paint in paints.into_iter().flatten() {
            if let Paint::Pattern(pattern) = paint {
                self.group(pattern.root())?;
            }
        }
        Ok(())
    }
}
