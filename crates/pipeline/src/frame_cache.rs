//! Frames that were drawn before: in memory within a budget, and on disk if wanted. They are found by what
//! decides their pixels, so that an edit leaves all others valid and undoing it finds the old ones.
use crate::{DrawnBy, FrameKey, FrameReader, OpenComposition, PipelineError};
use cutroom_cache::{MemoryCache, MemoryCacheState, Store};
use cutroom_render::{OutputSpec, Renderer};
use cutroom_timeline::RenderScale;
use cutroom_types::{AlphaMode, ColorTags, Orientation, Picture, PictureFormat, Plane, Size};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Kind of the entries with a drawn frame.
const FRAMES: &str = "frame";

/// Drawn frames, shared by all readers of a session.
pub struct FrameCache {
    memory: MemoryCache<Picture>,
    disk: Option<Arc<Store>>,
}

/// A picture as bytes, rows without padding.
#[derive(Serialize, Deserialize)]
struct StoredPicture {
    format: PictureFormat,
    size: Size,
    color: ColorTags,
    are_primaries_guessed: bool,
    is_premultiplied: bool,
    sample_aspect: (u32, u32),
    orientation: Orientation,
    /// Of each plane: bytes in a row, and the rows.
    planes: Vec<(usize, Vec<u8>)>,
}

impl FrameCache {
    /// A cache in memory of so many bytes.
    pub fn new(budget_bytes: usize) -> Self {
        Self { memory: MemoryCache::new(budget_bytes), disk: None }
    }

    /// The same; frames are also kept in a store, from which they come back in later sessions.
    pub fn with_store(budget_bytes: usize, store: Arc<Store>) -> Self {
        Self { disk: Some(store), ..Self::new(budget_bytes) }
    }

    /// A frame that was drawn before.
    pub fn get(&self, FrameKey(key): FrameKey) -> Option<Picture> {
        self.memory.get(key).or_else(|| {
            let picture = from_bytes(&self.disk.as_ref()?.get(FRAMES, key)?)?;
            self.memory.put(key, picture.clone(), bytes_of(&picture));
            Some(picture)
        })
    }

    /// Keeps a frame.
    pub fn put(&self, FrameKey(key): FrameKey, picture: &Picture) {
        self.memory.put(key, picture.clone(), bytes_of(picture));
        if let (Some(store), Some(bytes)) = (&self.disk, to_bytes(picture)) {
            store.put(FRAMES, key, &bytes);
        }
    }

    /// Whether a frame is in memory; this does not count as using it.
    pub fn holds(&self, FrameKey(key): FrameKey) -> bool {
        self.memory.holds(key)
    }

    /// What is in memory, and how often frames were found there.
    pub fn state(&self) -> MemoryCacheState {
        self.memory.state()
    }

    /// Frees the memory.
    pub fn clear(&self) {
        self.memory.clear();
    }
}

fn bytes_of(picture: &Picture) -> usize {
    if picture.device.is_some() {
        // Four components for each pixel, as textures have them.
        let pixels = picture.size.width as usize * picture.size.height as usize;
        return pixels * picture.format.bytes_per_sample() * 4;
    }
    picture.planes.iter().map(|p| p.rows() * p.stride_bytes()).sum()
}

/// `None` for a picture on a device, which stays there.
fn to_bytes(p: &Picture) -> Option<Vec<u8>> {
    if p.device.is_some() {
        return None;
    }
    let rows = |plane: &Plane| (0..plane.rows()).flat_map(|y| plane.row(y).iter().copied()).collect::<Vec<u8>>();
    let stored = StoredPicture {
        format: p.format,
        size: p.size,
        color: p.color,
        are_primaries_guessed: p.are_primaries_guessed,
        is_premultiplied: p.alpha == AlphaMode::Premultiplied,
        sample_aspect: p.sample_aspect,
        orientation: p.orientation,
        planes: p.planes.iter().map(|plane| (plane.width_bytes(), rows(plane))).collect(),
    };
    postcard::to_stdvec(&stored).ok()
}

fn from_bytes(bytes: &[u8]) -> Option<Picture> {
    let s: StoredPicture = postcard::from_bytes(bytes).ok()?;
    let plane = |(width, bytes): (usize, Vec<u8>)| {
        let rows = bytes.len() / width.max(1);
        Plane::new(Arc::new(bytes), 0, width, width, rows)
    };
    Some(Picture {
        format: s.format,
        size: s.size,
        color: s.color,
        are_primaries_guessed: s.are_primaries_guessed,
        alpha: if s.is_premultiplied { AlphaMode::Premultiplied } else { AlphaMode::Straight },
        sample_aspect: s.sample_aspect,
        orientation: s.orientation,
        // Drawn frames stand for themselves; only proxies stand for others.
        stands_for: None,
        planes: s.planes.into_iter().map(plane).collect::<Option<_>>()?,
        device: None,
    })
}

/// Reads single frames of a composition; those that were drawn before come from a [`FrameCache`].
pub struct CachedFrames {
    reader: FrameReader,
    cache: Arc<FrameCache>,
    scale: RenderScale,
}

impl CachedFrames {
    /// A reader of a composition, with decoders of its own.
    pub fn new(composition: &Arc<OpenComposition>, cache: Arc<FrameCache>) -> Self {
        Self { reader: composition.frames(0..0), cache, scale: RenderScale::FULL }
    }

    /// Reads another state of the composition; see [`FrameReader::retarget`].
    pub fn retarget(&mut self, composition: Arc<OpenComposition>) {
        self.reader.retarget(composition);
    }

    /// Draws at another scale from now on.
    pub fn set_scale(&mut self, scale: RenderScale) {
        self.scale = scale;
        self.reader.set_scale(scale);
    }

    /// The key of frame `n`; see [`OpenComposition::frame_key`].
    ///
    /// # Errors
    /// Any error of planning.
    pub fn key(&self, n: i64, output: &OutputSpec, by: &DrawnBy) -> Result<Option<FrameKey>, PipelineError> {
        let composition = self.reader.composition();
        Ok(composition.frame_key(&composition.frame_plan(n, self.scale)?, output, by))
    }

    /// Frame `n`, drawn if it is not in the cache.
    ///
    /// # Errors
    /// Any error of planning, decoding or drawing.
    pub fn picture(&mut self, n: i64, renderer: &mut Renderer, output: &OutputSpec) -> Result<Picture, PipelineError> {
        let by = DrawnBy::from(&*renderer);
        let Some(key) = self.key(n, output, &by)? else { return self.reader.picture(n, renderer, output) };
        if let Some(picture) = self.cache.get(key) {
            return Ok(picture);
        }
        let picture = self.reader.picture(n, renderer, output)?;
        // A card may have failed meanwhile.
        if by == DrawnBy::from(&*renderer) {
            self.cache.put(key, &picture);
        }
        Ok(picture)
    }
}
