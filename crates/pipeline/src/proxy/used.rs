//! Uses proxies: finds those of a composition's files, checks that they fit, and chooses one for each
//! picture of a frame.
use super::{ProxyRow, ProxyScale, ProxyUse, VERSION, make::usual_folder, proxy_color, proxy_path, row_path, times_hash};
use crate::facts::upright_size;
use cutroom_media::{Fingerprint, MediaIndex, MediaLocation};
use cutroom_project::Media;
use cutroom_render::place;
use cutroom_timeline::{Content, FramePlan, Layer, SourceFrame};
use cutroom_types::{CancelToken, ColorTags, MediaId, Picture, Size};
use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::SystemTime,
};

/// Tolerance when the pixels of a proxy are compared with those that are drawn.
const ENOUGH: f64 = 0.99;

/// What a proxy's pictures stand for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ProxyPictures {
    size: Size,
    color: ColorTags,
    are_primaries_guessed: bool,
}

impl ProxyPictures {
    /// A picture of the proxy's file as one of the source.
    pub fn stand_in(&self, picture: Picture) -> Picture {
        Picture {
            stands_for: Some(self.size),
            sample_aspect: (1, 1),
            color: self.color,
            are_primaries_guessed: self.are_primaries_guessed,
            ..picture
        }
    }
}

/// A proxy that fits its source.
#[derive(Clone, Debug)]
pub(crate) struct OpenProxy {
    pub scale: ProxyScale,
    /// The index of its file, with the times of the source.
    pub index: Arc<MediaIndex>,
    pub pictures: ProxyPictures,
}

/// Size in bytes and time of modification of a file.
type Stamp = (u64, Option<SystemTime>);

/// A proxy that was checked: the stamp of its file, the index of its source, and the proxy.
type Checked = (Stamp, Arc<MediaIndex>, OpenProxy);

/// Where the proxies of a library lie, and what is known about them.
#[derive(Default)]
pub(crate) struct Proxies {
    folder: OnceLock<PathBuf>,
    fingerprints: Mutex<HashMap<MediaLocation, (Vec<Stamp>, Fingerprint)>>,
    open: Mutex<HashMap<PathBuf, Checked>>,
}

fn stamp(path: &Path) -> io::Result<Stamp> {
    let found = fs::metadata(path)?;
    Ok((found.len(), found.modified().ok()))
}

impl Proxies {
    /// Sets another folder than that of the project; only the first call counts.
    pub fn set_folder(&self, folder: &Path) {
        let _ = self.folder.set(folder.to_owned());
    }

    fn fingerprint(&self, location: &MediaLocation) -> io::Result<Fingerprint> {
        let stamps = location.files().iter().map(|file| stamp(file)).collect::<io::Result<Vec<_>>>()?;
        let known = |kept: &HashMap<MediaLocation, (Vec<Stamp>, Fingerprint)>| {
            kept.get(location).filter(|(of, _)| *of == stamps).map(|(_, fingerprint)| *fingerprint)
        };
        if let Some(known) = known(&self.fingerprints.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(known);
        }
        let made = Fingerprint::of(location)?;
        self.fingerprints.lock().unwrap_or_else(PoisonError::into_inner).insert(location.clone(), (stamps, made));
        Ok(made)
    }
}

impl Proxies {
    /// The folder: that of a project in `project` unless another one was set.
    pub fn folder(&self, project: &Path) -> PathBuf {
        self.folder.get().cloned().unwrap_or_else(|| usual_folder(project))
    }

    /// The proxies in `folder` of a stream, the largest first; why others cannot be used is added to
    /// `notes`.
    pub fn of(
        &self,
        folder: &Path,
        media: &Media,
        location: &MediaLocation,
        index: &Arc<MediaIndex>,
        stream: usize,
        notes: &mut Vec<String>,
        cancel: &CancelToken,
    ) -> Vec<OpenProxy> {
        if !folder.is_dir() {
            return Vec::new();
        }
        let Ok(fingerprint) = self.fingerprint(location) else { return Vec::new() };
        let mut found = Vec::new();
        for scale in ProxyScale::ALL {
            let path = proxy_path(folder, &fingerprint, stream, scale);
            match self.checked(&path, &fingerprint, media, index, stream, scale, cancel) {
                Ok(Some(proxy)) => found.push(proxy),
                Ok(None) => {}
                Err(reason) => notes.push(format!(
                    "{}: the proxy {} of {} is not used: {reason}; make it again",
                    path.display(),
                    scale.text(),
                    location.path.display()
                )),
            }
        }
        found
    }

    /// A proxy, if there is one and it fits; why it does not.
    fn checked(
        &self,
        path: &Path,
        fingerprint: &Fingerprint,
        media: &Media,
        index: &Arc<MediaIndex>,
        stream: usize,
        scale: ProxyScale,
        cancel: &CancelToken,
    ) -> Result<Option<OpenProxy>, String> {
        let stamp = match stamp(path) {
            Ok(stamp) => stamp,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e.to_string()),
        };
        let row = fs::read_to_string(row_path(path)).map_err(|e| format!("what it was made of is not known: {e}"))?;
        let row: ProxyRow = serde_json::from_str(&row).map_err(|e| format!("what it was made of cannot be read: {e}"))?;
        let video = index.info().video.get(stream).ok_or("its source has no such picture")?;
        if row.version != VERSION {
            return Err("another version made it".into());
        }
        if (&row.source, row.stream, row.scale) != (&fingerprint.to_string(), stream, scale) {
            return Err("it was made of another file".into());
        }
        if (row.deinterlace, row.field_order) != (media.deinterlace, media.field_order) {
            return Err("its source was deinterlaced in another way".into());
        }
        if row.frames != index.frame_spans(stream).count() || row.times != times_hash(index, stream) {
            return Err("its source had other frames, or at other times".into());
        }
        if row.color != proxy_color(video) || row.source_size != upright_size(video) {
            return Err("its source had another size or colour".into());
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, source, proxy)) = open.get(path)
            && *of == stamp
            && Arc::ptr_eq(source, index)
        {
            return Ok(Some(proxy.clone()));
        }
        let file = MediaIndex::scan_until(path, cancel).map_err(|e| e.to_string())?;
        let pictures = ProxyPictures { size: row.source_size, color: row.color, are_primaries_guessed: video.guessed.primaries };
        let proxy = OpenProxy { scale, index: file.with_times_of(index, stream)?, pictures };
        open.insert(path.to_owned(), (stamp, Arc::clone(index), proxy.clone()));
        Ok(Some(proxy))
    }
}

/// Which of the proxies of a stream is read where `pixels` of its source's pixels, in each direction,
/// are drawn as one.
pub(crate) fn choose(proxies: &[OpenProxy], wanted: ProxyUse, pixels: f64) -> Option<&OpenProxy> {
    let limit = match wanted {
        ProxyUse::Off => return None,
        ProxyUse::Auto => pixels / ENOUGH,
        ProxyUse::Always(scale) => f64::from(scale.divisor()),
    };
    proxies.iter().rfind(|p| f64::from(p.scale.divisor()) <= limit)
}

/// For each source frame of a plan the least number of source pixels that are drawn as one, in each
/// direction. Effects that enlarge are not considered; frames that are not placed on a canvas count
/// as drawn completely.
pub(crate) fn pixels_drawn_as_one(plan: &FramePlan, sizes: &BTreeMap<(MediaId, usize), Size>) -> HashMap<SourceFrame, f64> {
    let mut found = HashMap::new();
    plan.layers.iter().for_each(|layer| collect(layer, plan.canvas.size, sizes, &mut found));
    found
}

fn collect(layer: &Layer, canvas: Size, sizes: &BTreeMap<(MediaId, usize), Size>, found: &mut HashMap<SourceFrame, f64>) {
    match &layer.content {
        Content::Media(frame) => {
            let pixels = sizes.get(&(frame.media.clone(), frame.stream)).map_or(1.0, |size| step(layer, *size, canvas));
            let least = found.entry(frame.clone()).or_insert(pixels);
            *least = least.min(pixels);
        }
        Content::Composition(plan) => {
            plan.layers.iter().for_each(|layer| collect(layer, plan.canvas.size, sizes, found));
        }
        Content::Transition { from, to, inputs, .. } => {
            from.iter().chain(to).for_each(|side| collect(side, canvas, sizes, found));
            inputs.iter().for_each(|input| collect(input, canvas, sizes, found));
        }
        Content::Solid(_) | Content::Backdrop | Content::Drawing(_) => {}
    }
    layer.effects.iter().flat_map(|e| &e.inputs).for_each(|input| collect(input, canvas, sizes, found));
    layer.matte.iter().for_each(|matte| collect(&matte.layer, canvas, sizes, found));
}

/// Source pixels that are drawn as one by a layer's placement, in the direction in which they are
/// fewer.
fn step(layer: &Layer, content: Size, canvas: Size) -> f64 {
    let of = |transform: &cutroom_timeline::Transform, parent: &cutroom_types::Affine| {
        let (x, y) = place::fitted(transform, content, canvas);
        let largest = (parent.xx.hypot(parent.yx)).max(parent.xy.hypot(parent.yy));
        let scale = (x * f64::from(transform.scale[0].abs())).max(y * f64::from(transform.scale[1].abs())) * largest;
        if scale > 0.0 { 1.0 / scale } else { 1.0 }
    };
    let shutter = layer.shutter.iter().map(|p| of(&p.transform, &p.parent));
    shutter.fold(of(&layer.transform, &layer.parent), f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_timeline::RenderScale;
    use cutroom_timeline::{BlendSpace, Canvas};
    use cutroom_types::{ClipId, Primaries, Time, Transfer};

    #[test]
    fn the_size_at_which_a_clip_is_drawn_decides() {
        let size = |width, height| Size { width, height };
        let frame = |media: &str| SourceFrame::nearest(MediaId::from(media), 0, Time::ZERO);
        let mut small = Layer::new(ClipId::from("s"), Content::Media(frame("small")));
        small.transform.scale = [0.25, 0.25];
        let full = Layer::new(ClipId::from("f"), Content::Media(frame("full")));
        let (twice, mut enlarged) = (full.clone(), full.clone());
        enlarged.transform.scale = [4.0, 4.0];
        enlarged.content = Content::Media(frame("enlarged"));
        let canvas = Canvas {
            size: size(1920, 1080),
            blend_space: BlendSpace::Gamma,
            primaries: Primaries::Bt709,
            transfer: Transfer::Bt709,
            background: [0.0; 4],
        };
        let plan = FramePlan { canvas, time: Time::ZERO, layers: vec![small, full, twice, enlarged] };
        let media = ["small", "full", "enlarged"];
        let sizes = media.iter().map(|m| ((MediaId::from(*m), 0), size(1920, 1080))).collect();
        let at = |plan: &FramePlan| media.map(|m| pixels_drawn_as_one(plan, &sizes)[&frame(m)]);
        assert_eq!(at(&plan), [4.0, 1.0, 0.25]);
        assert_eq!(at(&plan.at_scale(RenderScale::new(0.5).unwrap())), [8.0, 2.0, 0.5]);
    }
}
