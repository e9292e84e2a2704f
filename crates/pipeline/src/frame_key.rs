//! Keys of frames: equal keys, equal pixels, in this session and in later ones. [`OpenComposition::frame_key`]
//! is the only way to one.
use crate::{OpenComposition, file_store::DRAWING_CODE};
use cutroom_cache::{Key, KeyHasher};
use cutroom_media::ffmpeg_identity;
use cutroom_render::{OutputSpec, Renderer};
use cutroom_timeline::{Content, FramePlan, Layer};
use cutroom_types::{MediaId, ParamValue};
use std::collections::BTreeSet;

/// Decides the pixels of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FrameKey(pub(crate) Key);

impl FrameKey {
    /// Its first 32 bits, to tell pictures apart in messages.
    pub fn first_bits(&self) -> u32 {
        u32::from_be_bytes([self.0.0[0], self.0.0[1], self.0.0[2], self.0.0[3]])
    }
}

/// What draws, as far as it decides pixels: all CPUs draw the same; each GPU draws a little differently.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DrawnBy(String);

impl DrawnBy {
    /// Anything else than a renderer, by name.
    pub fn other(name: &str) -> Self {
        Self(format!("other ({name})"))
    }
}

impl From<&Renderer> for DrawnBy {
    fn from(renderer: &Renderer) -> Self {
        let described = renderer.describe();
        Self(if described.starts_with("cpu ") { "cpu".into() } else { described })
    }
}

/// What a plan uses besides its own numbers.
#[derive(Default)]
struct Used<'a> {
    media: BTreeSet<&'a MediaId>,
    /// Texts of parameters; those that name look-up tables are paths.
    texts: BTreeSet<&'a str>,
    letters: bool,
}

impl<'a> Used<'a> {
    fn add(&mut self, layer: &'a Layer) {
        layer.children().for_each(|child| self.add(child));
        let mut params: Vec<&[ParamValue]> = layer.effects.iter().map(|e| e.params.as_slice()).collect();
        match &layer.content {
            Content::Media(frame) => _ = self.media.insert(&frame.media),
            Content::Drawing(_) => self.letters = true,
            Content::Transition { params: of_transition, .. } => params.push(of_transition),
            Content::Composition(_) | Content::Solid(_) | Content::Backdrop => {}
        }
        for value in params.into_iter().flatten() {
            if let ParamValue::Text(text) = value {
                self.texts.insert(text);
            }
        }
    }
}

impl OpenComposition {
    /// The key of a frame: a hash of the plan (with the ids and versions of its effects), the format of the
    /// result, the content of each file that it shows and how the document says it is read, the content of
    /// look-up tables and of fonts, the code that decodes and draws, the kind of the renderer, and FFmpeg's
    /// libraries. `None` if a file cannot be read any more.
    pub fn frame_key(&self, plan: &FramePlan, output: &OutputSpec, by: &DrawnBy) -> Option<FrameKey> {
        let mut used = Used::default();
        plan.layers.iter().for_each(|layer| used.add(layer));
        let mut key = KeyHasher::new("frame").with(DRAWING_CODE).with(&by.0).with(ffmpeg_identity()).with(plan.picture_key().0);
        // Within one build, which the key contains, these texts mean the same.
        key = key.with(format!("{output:?}"));
        for id in used.media {
            let media = self.project().media(id)?;
            key = key.with(id.as_str()).with(self.content_of(id)?.0);
            key =
                key.with(format!("{:?} {:?} {:?}", media.deinterlace, media.field_order, self.library().location(media).numbered));
            // Texts inside of drawings.
            used.letters |= self.svgs().contains_key(id);
        }
        // Proxies that are read instead of files.
        for number in self.read_from(plan, &plan.source_frames()) {
            key = key.with((number as u64).to_le_bytes());
        }
        for (path, (_, content)) in self.luts().iter().filter(|(path, _)| used.texts.contains(&***path)) {
            key = key.with(path.as_bytes()).with(content.0);
        }
        if used.letters {
            key = key.with(self.font_files().0);
        }
        Some(FrameKey(key.key()))
    }
}
