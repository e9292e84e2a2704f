//! Drawn frames in memory, by what decides their pixels.
//!
//! [`FrameCache`] knows no frame numbers and no documents: after an undo the same keys return, and
//! so do the pictures. [`FrameIndex`] says which key a frame of the current document has, as far as it
//! has been planned, so that a cached frame is found without planning it again.
use cutroom_media::MediaIndex;
use cutroom_pipeline::{OpenComposition, PipelineError};
use cutroom_project::Media;
use cutroom_timeline::{PlanKey, RenderScale};
use cutroom_types::{Deinterlace, FieldOrder, MediaId, Picture};
use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    sync::Arc,
};

/// What decides the pixels of a frame: equal keys, equal pixels, within one engine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameKey {
    /// The plan.
    pub plan: PlanKey,
    /// How the plan's media are read, see [`Readings`]; in the order of the media's first frames in
    /// the plan.
    readings: Arc<[u32]>,
}

/// Numbers for files as they were when they were scanned, with what the document says about their
/// reading. A file that is replaced gets another number.
#[derive(Default)]
pub struct Readings(Vec<Reading>);

struct Reading {
    /// Held, so that no other index can have its address.
    index: Arc<MediaIndex>,
    deinterlace: Deinterlace,
    field_order: FieldOrder,
}

impl Readings {
    /// The key of frame `n` at a scale.
    ///
    /// # Errors
    /// The frame cannot be planned.
    pub fn key(&mut self, composition: &OpenComposition, n: i64, scale: RenderScale) -> Result<FrameKey, PipelineError> {
        let plan = composition.frame_plan(n, scale)?;
        let mut media: Vec<MediaId> = Vec::new();
        for frame in plan.source_frames() {
            if !media.contains(&frame.media) {
                media.push(frame.media);
            }
        }
        let of = |id: &MediaId| Some((composition.media_index(id)?, composition.project().media(id)?));
        let readings = media.iter().filter_map(of).map(|(index, media)| self.number(index, media)).collect();
        Ok(FrameKey { plan: plan.picture_key(), readings })
    }

    fn number(&mut self, index: &Arc<MediaIndex>, media: &Media) -> u32 {
        let same =
            |r: &Reading| Arc::ptr_eq(&r.index, index) && r.deinterlace == media.deinterlace && r.field_order == media.field_order;
        let known = self.0.iter().position(same);
        let number = known.unwrap_or_else(|| {
            let (deinterlace, field_order) = (media.deinterlace, media.field_order);
            self.0.push(Reading { index: Arc::clone(index), deinterlace, field_order });
            self.0.len() - 1
        });
        u32::try_from(number).unwrap_or(u32::MAX)
    }
}

/// Figures of a cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheFigures {
    /// Number of frames.
    pub frames: usize,
    /// Their size in bytes.
    pub bytes: usize,
    /// Requests that were answered.
    pub hits: u64,
    /// Requests that were not.
    pub misses: u64,
}

/// Drawn frames within a budget of memory; the least recently used ones give way.
pub struct FrameCache {
    budget_bytes: usize,
    entries: HashMap<FrameKey, Entry>,
    /// Keys by the time of their last use.
    by_use: BTreeMap<u64, FrameKey>,
    uses: u64,
    figures: CacheFigures,
}

struct Entry {
    picture: Picture,
    bytes: usize,
    used: u64,
}

impl FrameCache {
    /// An empty cache.
    pub fn new(budget_bytes: usize) -> Self {
        let figures = CacheFigures::default();
        Self { budget_bytes, entries: HashMap::new(), by_use: BTreeMap::new(), uses: 0, figures }
    }

    /// A frame, which counts as used now.
    pub fn get(&mut self, key: &FrameKey) -> Option<Picture> {
        let Some(entry) = self.entries.get_mut(key) else {
            self.figures.misses += 1;
            return None;
        };
        self.figures.hits += 1;
        self.by_use.remove(&entry.used);
        self.uses += 1;
        entry.used = self.uses;
        self.by_use.insert(entry.used, key.clone());
        Some(entry.picture.clone())
    }

    /// Whether a frame is there, without using it.
    pub fn contains(&self, key: &FrameKey) -> bool {
        self.entries.contains_key(key)
    }

    /// Adds a frame; returns the keys of those that gave way. A frame that exceeds the budget alone is
    /// not kept.
    pub fn put(&mut self, key: FrameKey, picture: Picture) -> Vec<FrameKey> {
        let bytes = bytes(&picture);
        if bytes > self.budget_bytes || self.contains(&key) {
            return Vec::new();
        }
        self.uses += 1;
        self.by_use.insert(self.uses, key.clone());
        self.entries.insert(key, Entry { picture, bytes, used: self.uses });
        self.figures.bytes += bytes;
        let mut gone = Vec::new();
        while self.figures.bytes > self.budget_bytes
            && let Some((_, oldest)) = self.by_use.pop_first()
        {
            self.figures.bytes -= self.entries.remove(&oldest).map_or(0, |entry| entry.bytes);
            gone.push(oldest);
        }
        gone
    }

    /// Removes all frames.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.by_use.clear();
        self.figures.bytes = 0;
    }

    /// Figures of the cache.
    pub fn figures(&self) -> CacheFigures {
        CacheFigures { frames: self.entries.len(), ..self.figures }
    }
}

/// Memory of a picture's samples.
fn bytes(picture: &Picture) -> usize {
    picture.planes.iter().map(|plane| plane.rows() * plane.stride_bytes()).sum()
}

/// Which key the frames of the current document have, as far as they were planned.
#[derive(Default)]
pub struct FrameIndex(BTreeMap<u64, BTreeMap<i64, FrameKey>>);

impl FrameIndex {
    /// The key of a frame at a scale.
    pub fn get(&self, n: i64, scale: RenderScale) -> Option<&FrameKey> {
        self.of(scale)?.get(&n)
    }

    /// Notes the key of a frame.
    pub fn set(&mut self, n: i64, scale: RenderScale, key: FrameKey) {
        self.0.entry(scale.value().to_bits()).or_default().insert(n, key);
    }

    /// Forgets a range of frames.
    pub fn forget(&mut self, frames: &Range<i64>) {
        if frames.is_empty() {
            return;
        }
        for keys in self.0.values_mut() {
            let mut later = keys.split_off(&frames.start);
            let mut kept = later.split_off(&frames.end);
            keys.append(&mut kept);
        }
    }

    /// Forgets all frames.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Number of frames whose key is known.
    pub fn len(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// Whether no key is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The frame nearest to `n` that `is_there`, the earlier one of two.
    pub fn nearest(&self, n: i64, scale: RenderScale, is_there: impl Fn(&FrameKey) -> bool) -> Option<(i64, &FrameKey)> {
        let keys = self.of(scale)?;
        let before = keys.range(..=n).rev().find(|(_, key)| is_there(key));
        let within = before.map_or(i64::MAX, |(at, _)| n.saturating_add(n - at));
        let after = keys.range(n..within.max(n)).find(|(_, key)| is_there(key));
        after.or(before).map(|(at, key)| (*at, key))
    }

    fn of(&self, scale: RenderScale) -> Option<&BTreeMap<i64, FrameKey>> {
        self.0.get(&scale.value().to_bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_types::{ColorTags, PictureFormat, Size};

    fn key(n: u8) -> FrameKey {
        FrameKey { plan: PlanKey([n; 32]), readings: Arc::new([]) }
    }

    fn picture() -> Picture {
        let size = Size { width: 10, height: 10 };
        Picture::from_planes(PictureFormat::RGB8, size, ColorTags::SRGB, vec![vec![0; 100]; 3]).unwrap()
    }

    #[test]
    fn the_least_recently_used_frames_give_way() {
        let mut cache = FrameCache::new(3 * 300);
        (0..3).for_each(|n| assert!(cache.put(key(n), picture()).is_empty()));
        assert!(cache.get(&key(0)).is_some());
        assert_eq!(cache.put(key(3), picture()), [key(1)]);
        assert!(cache.get(&key(1)).is_none() && cache.contains(&key(0)) && cache.contains(&key(2)));
        assert_eq!(cache.figures(), CacheFigures { frames: 3, bytes: 900, hits: 1, misses: 1 });
        assert!(FrameCache::new(299).put(key(0), picture()).is_empty());
    }

    #[test]
    fn the_nearest_frame_that_is_there_is_found_on_both_sides() {
        let mut index = FrameIndex::default();
        let full = RenderScale::FULL;
        [(0, 1), (10, 2), (20, 3)].into_iter().for_each(|(n, k)| index.set(n, full, key(k)));
        let at = |n: i64, without: u8| index.nearest(n, full, |k| *k != key(without)).map(|(at, _)| at);
        assert_eq!([4, 5, 6, 10, 99, -5].map(|n| at(n, 0)), [0, 0, 10, 10, 20, 0].map(Some));
        assert_eq!([9, 11].map(|n| at(n, 2)), [0, 20].map(Some));
        index.forget(&(5..20));
        assert_eq!((index.len(), index.get(20, full), index.get(10, full)), (2, Some(&key(3)), None));
    }
}
