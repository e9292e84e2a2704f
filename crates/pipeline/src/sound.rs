//! The sound of a composition.
use crate::{Footage, PipelineError, decode::DecodeLog};
use cutroom_audio::{AudioError, Layout, MixReport, Mixer, SoundFormat, SoundSource, SourceError};
use cutroom_media::{AudioInfo, SoundReader};
use cutroom_timeline::StreamKind;
use cutroom_types::{MediaId, SoundBlock};
use std::sync::Arc;

/// Mixes blocks of a composition's sound. Blocks may be asked for in any order; in order is fastest.
pub struct SoundProgramme<'a> {
    footage: &'a Footage,
    mixer: Mixer,
    readers: SoundFiles<'a>,
}

impl<'a> SoundProgramme<'a> {
    pub(crate) fn new(footage: &'a Footage) -> Result<Self, PipelineError> {
        let c = footage.composition();
        let mixer = Mixer::new(c.sample_rate_hz, c.channels as usize)?;
        Ok(Self { readers: SoundFiles { footage, open: Vec::new() }, footage, mixer })
    }
    /// Composition samples `first_sample .. first_sample + samples`.
    ///
    /// # Errors
    /// What planning, reading or mixing met.
    pub fn block(&mut self, first_sample: i64, samples: usize) -> Result<SoundBlock, PipelineError> {
        let plan = self.footage.plan_sound(first_sample, samples)?;
        Ok(self.mixer.mix(&plan, &mut self.readers)?)
    }
    /// What happened so far.
    pub fn report(&self) -> MixReport {
        self.mixer.report()
    }
}

/// What readers met goes to the footage's log when they are closed; what the mixer met, here.
impl Drop for SoundProgramme<'_> {
    fn drop(&mut self) {
        for (media, stream, samples) in self.mixer.invalid_source_samples() {
            if let Ok(index) = self.footage.index(media) {
                self.footage.log().add_invalid_samples(&index.info().path, stream, samples);
            }
        }
    }
}

/// Readers that may be open for one stream: two clips of one file may sound at once.
const READERS_PER_STREAM: usize = 4;
/// Readers open in all.
const READERS: usize = 32;
/// A step forward of at most this many seconds is read through; a longer one takes another reader.
const NEAR_SECS: i64 = 2;

/// Sound files behind the mixer, a few positions open in each.
struct SoundFiles<'a> {
    footage: &'a Footage,
    /// The most recently used last.
    open: Vec<OpenSound>,
}

struct OpenSound {
    log: Arc<DecodeLog>,
    media: MediaId,
    stream: usize,
    /// Source sample after the last one read.
    position: i64,
    reader: SoundReader,
}

impl Drop for OpenSound {
    fn drop(&mut self) {
        self.log.add(&self.reader.index().info().path, StreamKind::Audio, self.stream, &self.reader.report());
    }
}

impl SoundFiles<'_> {
    fn info(&self, media: &MediaId, stream: usize) -> Result<&AudioInfo, SourceError> {
        let info = self.footage.index(media)?.info();
        info.audio.get(stream).ok_or_else(|| format!("{} has no sound stream {stream}", info.path.display()).into())
    }
    /// Moves the reader to use to the end of the list; opens one when none is near and there may be more.
    fn bring(&mut self, media: &MediaId, stream: usize, first_sample: i64, rate_hz: u32) -> Result<&mut OpenSound, SourceError> {
        let of_stream = |o: &OpenSound| o.media == *media && o.stream == stream;
        let near = i64::from(rate_hz) * NEAR_SECS;
        // Filters look a little back, so a read may begin before the end of the last one.
        let distance = |o: &OpenSound| first_sample.abs_diff(o.position);
        let mut found = (0..self.open.len())
            .filter(|&i| of_stream(&self.open[i]) && distance(&self.open[i]) <= near.unsigned_abs())
            .min_by_key(|&i| distance(&self.open[i]));
        if found.is_none() && self.open.iter().filter(|o| of_stream(o)).count() >= READERS_PER_STREAM {
            found = (0..self.open.len()).find(|&i| of_stream(&self.open[i]));
        }
        let open = match found {
            Some(i) => self.open.remove(i),
            None => {
                if self.open.len() >= READERS {
                    self.open.remove(0);
                }
                let reader = SoundReader::open_indexed(Arc::clone(self.footage.index(media)?), stream)?;
                let log = Arc::clone(self.footage.log());
                OpenSound { log, media: media.clone(), stream, position: first_sample, reader }
            }
        };
        self.open.push(open);
        let last = self.open.len() - 1;
        Ok(&mut self.open[last])
    }
}

/// The speakers of a stream; the usual ones for the number of its channels where the file does not name them or names unknown ones.
pub(crate) fn layout(info: &AudioInfo) -> Result<Layout, AudioError> {
    let named = info.channel_mask.and_then(Layout::from_mask).filter(|l| l.channels() == info.channels);
    named.map_or_else(|| Layout::usual(info.channels), Ok)
}

impl SoundSource for SoundFiles<'_> {
    fn format(&self, media: &MediaId, stream: usize) -> Result<SoundFormat, SourceError> {
        let info = self.info(media, stream)?;
        Ok(SoundFormat { rate_hz: info.rate_hz, layout: layout(info)? })
    }
    fn read(&mut self, media: &MediaId, stream: usize, first_sample: i64, samples: usize) -> Result<SoundBlock, SourceError> {
        let rate_hz = self.info(media, stream)?.rate_hz;
        let open = self.bring(media, stream, first_sample, rate_hz)?;
        let block = open.reader.read(first_sample, samples)?;
        open.position = first_sample.saturating_add(samples as i64);
        Ok(block)
    }
}
