//! The sound of a composition.
use crate::{Footage, PipelineError, decode::DecodeLog};
use cutroom_audio::{AudioError, Layout, MixReport, Mixer, SoundFormat, SoundSource, SourceError};
use cutroom_media::{AudioInfo, SoundReader};
use cutroom_timeline::{SoundPlan, StreamKind};
use cutroom_types::{MediaId, SoundBlock};
use std::{collections::BTreeMap, sync::Arc};

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
        Ok(Self { readers: SoundFiles { footage, open: Vec::new(), voices: 0, of_stream: BTreeMap::new() }, footage, mixer })
    }
    /// Composition samples `first_sample .. first_sample + samples`.
    ///
    /// # Errors
    /// What planning, reading or mixing met.
    pub fn block(&mut self, first_sample: i64, samples: usize) -> Result<SoundBlock, PipelineError> {
        let plan = self.footage.plan_sound(first_sample, samples)?;
        self.readers.make_room(&plan);
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

/// Readers that stay open for one stream even if fewer of its clips sound at once.
const READERS_PER_STREAM: usize = 4;
/// Readers that stay open in all, likewise.
const READERS: usize = 32;
/// Most readers open in all, however many clips sound at once: each has a file open.
const MOST_READERS: usize = 400;
/// A step forward of at most this many seconds is read through; a longer one takes another reader.
const NEAR_SECS: i64 = 2;

/// Sound files behind the mixer, a few positions open in each.
struct SoundFiles<'a> {
    footage: &'a Footage,
    /// The most recently used last.
    open: Vec<OpenSound>,
    /// Voices of the block that is mixed, in all and by stream. They are read in turn, so with fewer readers than voices every read would be a
    /// jump.
    voices: usize,
    of_stream: BTreeMap<(MediaId, usize), usize>,
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
    /// Expects the voices of a plan, and closes what is too much for it.
    fn make_room(&mut self, plan: &SoundPlan) {
        self.voices = plan.voices.len();
        self.of_stream.clear();
        for v in &plan.voices {
            *self.of_stream.entry((v.media.clone(), v.stream)).or_default() += 1;
        }
        let most = self.most();
        self.open.drain(..self.open.len().saturating_sub(most));
    }
    fn most(&self) -> usize {
        self.voices.clamp(READERS, MOST_READERS)
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
        let sounding = self.of_stream.get(&(media.clone(), stream)).copied().unwrap_or(0);
        if found.is_none() && self.open.iter().filter(|o| of_stream(o)).count() >= sounding.max(READERS_PER_STREAM) {
            found = (0..self.open.len()).find(|&i| of_stream(&self.open[i]));
        }
        let open = match found {
            Some(i) => self.open.remove(i),
            None => {
                if self.open.len() >= self.most() {
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

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_effects::Catalog;
    use cutroom_project::{Clip, ClipSource, Composition, Media, MediaKind, Project, Track, TrackKind};
    use cutroom_types::{FrameRate, Size, Time, TimeDelta};

    const SECONDS: u32 = 60;

    /// A mono file at 8 kHz whose samples count up.
    fn wave(path: &std::path::Path) {
        let samples = 8000 * SECONDS;
        let mut bytes = b"RIFF".to_vec();
        bytes.extend((36 + 2 * samples).to_le_bytes());
        bytes.extend(b"WAVEfmt ");
        bytes.extend(16u32.to_le_bytes());
        for v in [1u16, 1, 8000, 0, 16000, 0, 2, 16] {
            bytes.extend(v.to_le_bytes());
        }
        bytes.extend(b"data");
        bytes.extend((2 * samples).to_le_bytes());
        bytes.extend((0..samples).flat_map(|i| ((i % 251) as i16).to_le_bytes()));
        std::fs::write(path, bytes).unwrap();
    }

    /// However many clips sound at once, each reads on where it was: every packet of the file is read once or little more for each clip.
    #[test]
    fn each_sounding_clip_has_a_reader() {
        let dir = tempfile::tempdir().unwrap();
        let rate = FrameRate::new(25, 1).unwrap();
        let mut composition = Composition::new("main", Size { width: 64, height: 36 }, rate);
        let mut media = Vec::new();
        // Forty files of which one sounds ten times over.
        for n in 0..40 {
            let (id, name) = (format!("m{n}"), format!("{n}.wav"));
            wave(&dir.path().join(&name));
            media.push(Media::new(&id, &name, MediaKind::Audio));
            for k in 0..if n == 0 { 10 } else { 1 } {
                let mut track = Track::new(&format!("a{n}-{k}"), TrackKind::Audio);
                let source = ClipSource::media(&id);
                let mut clip = Clip::new(&format!("c{n}-{k}"), source, Time::ZERO, TimeDelta::from_secs_f64(5.0));
                clip.source_in = Time::from_secs_f64(5.0 * f64::from(k));
                track.clips.push(clip);
                composition.tracks.push(track);
            }
        }
        let id = composition.id.clone();
        let mut project = Project::new("film", composition);
        project.media = media;
        let footage = Footage::open(project, dir.path(), &id, &Catalog::builtin(), 1).unwrap();
        let mut programme = footage.sound().unwrap();
        for block in 0..50 {
            programme.block(block * 4800, 4800).unwrap();
        }
        assert_eq!(programme.readers.open.len(), 49);
        // Packets hold 1024 samples at most; a jump would read some of them anew each time.
        let read: u64 = programme.readers.open.iter().map(|o| o.reader.packets_read()).sum();
        let once = 49 * 5 * 8000 / 1024;
        assert!(read < 2 * once, "{read} packets read, {once} hold all that sounds");
    }
}
