//! What stands for a file that is missing: a labelled slate of its size, and silence.
use crate::{FrameSource, Library, OpenComposition, OpenOptions, PipelineError, composition::Scanned, output_spec};
use cutroom_effects::Catalog;
use cutroom_media::MediaError;
use cutroom_project::{Composition, MediaFacts, Project};
use cutroom_render::{Backend, RenderOptions, Renderer};
use cutroom_timeline::{SourceFrames, SourceUse};
use cutroom_types::{CancelToken, CompositionId, MediaId, Picture, PictureFormat, Size, Time};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

/// Limits of a slate's sides in pixels, whatever the document says.
const SIDES_PX: std::ops::RangeInclusive<u32> = 16..=8192;

/// A missing file.
#[derive(Clone, Debug)]
pub(crate) struct Offline {
    path: PathBuf,
    /// Why it cannot be read.
    why: String,
    size: Size,
    /// Number of its sound's channels.
    pub channels: usize,
    slate: Arc<OnceLock<Picture>>,
}

/// A picture that is shown at all times.
pub(crate) struct Slate(Picture);

impl FrameSource for Slate {
    fn picture_at(&mut self, _: Time, _: SourceFrames) -> Result<Picture, PipelineError> {
        Ok(self.0.clone())
    }
}

/// Whether a file is not there, as opposed to one that cannot be used.
fn is_missing(error: &MediaError) -> bool {
    matches!(error.code(), "media.open.not_found" | "media.open.unreadable" | "media.open.outside" | "media.read.timed_out")
}

/// Takes the media whose files are missing out of `scanned`. `stored` are the facts of the document's
/// media, in their order.
pub(crate) fn take(
    scanned: &mut BTreeMap<MediaId, Scanned>,
    project: &Project,
    stored: &[Option<MediaFacts>],
    composition: &CompositionId,
    uses: &[SourceUse],
) -> BTreeMap<MediaId, Offline> {
    let canvas = project.composition(composition).map_or(Size { width: 320, height: 180 }, |c| c.size);
    let mut found = BTreeMap::new();
    for (media, facts) in project.media.iter().zip(stored) {
        let Some(Scanned { path, index: Err(error) }) = scanned.get(&media.id) else { continue };
        if !is_missing(error) {
            continue;
        }
        let size = facts.as_ref().and_then(|f| f.size).unwrap_or(canvas);
        let side = |n: u32| n.clamp(*SIDES_PX.start(), *SIDES_PX.end());
        let needed = uses.iter().filter(|u| u.media == media.id).map(|u| u.channels).max().unwrap_or(0);
        let lost = Offline {
            path: path.clone(),
            why: error.to_string(),
            size: Size { width: side(size.width), height: side(size.height) },
            channels: needed.max(2),
            slate: Arc::default(),
        };
        found.insert(media.id.clone(), lost);
    }
    found.keys().for_each(|id| {
        scanned.remove(id);
    });
    found
}

impl Offline {
    /// The warning about it.
    pub fn warning(&self, id: &MediaId) -> String {
        format!("media \"{id}\" is offline; a slate and silence stand for it: {}", self.why)
    }

    /// Its slate.
    pub fn slate(&self) -> Result<Slate, PipelineError> {
        if let Some(drawn) = self.slate.get() {
            return Ok(Slate(drawn.clone()));
        }
        let drawn = draw(&self.path, self.size)?;
        Ok(Slate(self.slate.get_or_init(|| drawn).clone()))
    }
}

/// Draws the slate of a file.
fn draw(path: &Path, size: Size) -> Result<Picture, PipelineError> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().replace('{', "{{");
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    let line = |id: &str, text: &str, size_px: f64, y: f64| {
        serde_json::json!({"id": id, "clips": [{"id": id, "start": 0, "duration": "1s",
            "source": {"type": "text", "text": text, "overflow": "shrink", "width_px": 0.9 * width, "height_px": 2.5 * size_px,
                "style": {"size_px": size_px}},
            "video": {"transform": {"position_px": [0.0, y]}}}]})
    };
    let large = (width / 10.0).min(height / 6.0).max(2.0);
    let document = serde_json::json!({"schema_version": cutroom_project::SCHEMA_VERSION, "main": "slate", "media": [], "compositions": [
        {"id": "slate", "size": {"width": size.width, "height": size.height}, "frame_rate": 25, "background": "#5a1a20", "tracks": [
            line("offline", "offline", large, -0.12 * height), line("name", &name, large / 2.0, 0.14 * height)]}]});
    let defect = |reason: String| PipelineError::Slate { path: path.to_owned(), reason };
    let project = cutroom_project::from_json(&document.to_string()).map_err(|e| defect(e.to_string()))?;
    let id = project.main.clone();
    let (library, options) = (Arc::new(Library::new(Path::new("."))), OpenOptions { decode_threads: 1, ..OpenOptions::default() });
    let opened = OpenComposition::open(project, &id, &Catalog::builtin(), &library, options, &CancelToken::new());
    let opened =
        Arc::new(opened.map_err(|problems| defect(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))?);
    let mut renderer = Renderer::new(RenderOptions { backend: Backend::Cpu, threads: 1, ..RenderOptions::default() })?;
    let composition: &Composition = opened.composition();
    let spec = output_spec(composition, PictureFormat::RGB8);
    opened.frame(0, &mut renderer, &spec)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slates of any size and name are drawn, and say something.
    #[test]
    fn slates_have_any_size_and_name() {
        for (name, width, height) in [("a {b} \"c\".mp4", 320, 180), ("x", 16, 16), ("long ".repeat(40).as_str(), 90, 600)] {
            let picture = draw(Path::new(name), Size { width, height }).unwrap();
            assert_eq!(picture.size, Size { width, height });
            let samples: std::collections::BTreeSet<u32> = (0..height as usize)
                .flat_map(|y| (0..width as usize).map(move |x| (x, y)))
                .map(|(x, y)| picture.sample(0, x, y))
                .collect();
            assert!(samples.len() > 1, "{name}: nothing is written");
        }
    }
}
