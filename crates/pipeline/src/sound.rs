//! The audio of a composition: reads its sources and mixes them.
use crate::{OpenComposition, PipelineError, decode::DecodeLog, effect_measure, effect_sounds};
use cutroom_audio::{AudioError, AudioFormat, AudioSource, ChannelLayout, MixReport, Mixer, SourceError};
use cutroom_effects::sound::Measured;
use cutroom_media::{AudioInfo, AudioReader};
use cutroom_timeline::{AudioPlan, StreamKind};
use cutroom_types::{AudioBlock, MediaId};
use std::{collections::BTreeMap, sync::Arc};

/// Mixes blocks of a composition's audio. Blocks can be requested in any order; ascending order is
/// fastest.
pub struct AudioMix {
    mixer: Mixer,
    readers: AudioFiles,
    is_live: bool,
    /// What was mixed last, and where it begins: a player at another speed asks for some of it again.
    last: Option<(i64, AudioBlock)>,
}

impl AudioMix {
    pub(crate) fn new(composition: Arc<OpenComposition>) -> Result<Self, PipelineError> {
        let mixer = mixer(&composition)?;
        let readers = AudioFiles { composition, open: Vec::new(), voices: 0, of_stream: BTreeMap::new() };
        Ok(Self { readers, mixer, is_live: false, last: None })
    }

    /// The same for listening while editing, see [`Mixer::set_live`].
    #[must_use]
    pub fn live(mut self) -> Self {
        self.is_live = true;
        self.mixer.set_live();
        self
    }

    /// The same without clipping to full scale, for a limiter that follows.
    ///
    /// # Errors
    /// As [`OpenComposition::sound`].
    pub fn unclipped(composition: Arc<OpenComposition>) -> Result<Self, PipelineError> {
        let mut mix = Self::new(composition)?;
        mix.mixer = mixer(mix.composition())?.unclipped();
        Ok(mix)
    }

    /// The composition that is mixed.
    pub fn composition(&self) -> &Arc<OpenComposition> {
        &self.readers.composition
    }

    /// Mixes another state of the composition from the next block on. Readers of files whose
    /// reading is unchanged are kept; [`Self::report`] starts again at zero.
    ///
    /// # Errors
    /// A rate or channel count that cannot be mixed.
    pub fn retarget(&mut self, composition: Arc<OpenComposition>) -> Result<(), PipelineError> {
        let mut mixer = mixer(&composition)?;
        self.log_invalid_samples();
        if self.is_live {
            mixer.set_live();
        }
        self.mixer = if self.mixer.clips() { mixer } else { mixer.unclipped() };
        self.last = None;
        let before = std::mem::replace(&mut self.readers.composition, composition);
        let now = &self.readers.composition;
        self.readers.open.retain(|o| now.reads_as(&before, &o.media, 0));
        Ok(())
    }

    fn log_invalid_samples(&self) {
        let composition = &self.readers.composition;
        for (media, stream, samples) in self.mixer.invalid_source_samples() {
            if let Ok(index) = composition.index(media) {
                composition.library().log().add_invalid_samples(&index.info().path, stream, samples);
            }
        }
    }

    /// Mixes composition samples `first_sample .. first_sample + samples`.
    ///
    /// # Errors
    /// Any error of planning, reading or mixing.
    pub fn block(&mut self, first_sample: i64, samples: usize) -> Result<AudioBlock, PipelineError> {
        let _span = tracing::info_span!("mix", first_sample, samples).entered();
        let plan = self.readers.composition.plan_audio(first_sample, samples)?;
        self.readers.make_room(&plan);
        if plan.is_plain() {
            return Ok(self.mixer.mix(&plan, &mut self.readers)?);
        }
        // What was mixed before is not asked for again, which would start all effects anew.
        let mut block = AudioBlock::silent(plan.rate_hz, plan.channels, 0);
        if let Some((start, last)) = &self.last {
            let end = start + last.len() as i64;
            if (*start..end).contains(&first_sample) {
                let from = (first_sample - start) as usize;
                let to = (from + samples).min(last.len());
                block.channels.iter_mut().zip(&last.channels).for_each(|(b, l)| b.extend_from_slice(&l[from..to]));
            }
        }
        if block.len() == samples {
            return Ok(block);
        }
        let next = first_sample.saturating_add(block.len() as i64);
        let rest = samples - block.len();
        let composition = Arc::clone(&self.readers.composition);
        let mut known = Some(plan);
        let mut plans = |first, samples| match known.take_if(|p| p.first_sample == first && p.samples == samples) {
            Some(known) => Ok(known),
            None => composition.timeline_sound(first, samples),
        };
        let mixed = self.mixer.programme(next, rest, &mut plans, &mut self.readers)?;
        block.channels.iter_mut().zip(mixed.channels).for_each(|(b, m)| b.extend(m));
        self.last = Some((first_sample, block.clone()));
        Ok(block)
    }

    /// What an effect of a bus receives, in the channels of the composition. Blocks are asked for one
    /// after the other.
    pub(crate) fn before_effect(
        &mut self,
        bus: &str,
        effect: usize,
        first_sample: i64,
        samples: usize,
    ) -> Result<AudioBlock, PipelineError> {
        let composition = Arc::clone(&self.readers.composition);
        let before = |first, samples| {
            let plan = composition.timeline_sound(first, samples)?;
            let nothing = AudioPlan { voices: Vec::new(), feeds: Vec::new(), buses: Vec::new(), ..plan.clone() };
            let channels = plan.channels;
            Ok(plan.before_effect(bus, effect).map_or(nothing, |plan| AudioPlan { channels, ..plan }))
        };
        let plan = before(first_sample, samples).map_err(AudioError::from)?;
        self.readers.make_room(&plan);
        Ok(self.mixer.programme(first_sample, samples, &mut { before }, &mut self.readers)?)
    }

    /// Statistics of the blocks mixed so far.
    pub fn report(&self) -> MixReport {
        self.mixer.report()
    }
}

fn mixer(composition: &OpenComposition) -> Result<Mixer, PipelineError> {
    let c = composition.composition();
    Ok(Mixer::new(c.sample_rate_hz, c.channels as usize)?)
}

/// Readers add their reports to the library's log when they are closed; the mixer's are added here.
impl Drop for AudioMix {
    fn drop(&mut self) {
        self.log_invalid_samples();
    }
}

/// Number of readers of one stream that stay open even if fewer of its clips are audible at the
/// same time.
const READERS_PER_STREAM: usize = 4;
/// Number of readers that stay open in all even if fewer clips are audible at the same time.
const READERS: usize = 32;
/// Maximum number of open readers, however many clips are audible at the same time: each has a file
/// open.
const MAX_READERS: usize = 400;
/// Maximum distance in seconds of a read from a reader's position that continues with that reader;
/// a longer jump uses another one.
const NEAR_SECS: i64 = 2;

/// The mixer's source: audio files, each with readers at a few positions.
struct AudioFiles {
    composition: Arc<OpenComposition>,
    /// Open readers, the most recently used last.
    open: Vec<OpenAudio>,
    /// Number of voices of the current block, in all and by stream. They are read in turn, so with
    /// fewer readers than voices every read would be a jump.
    voices: usize,
    of_stream: BTreeMap<(MediaId, usize), usize>,
}

struct OpenAudio {
    log: Arc<DecodeLog>,
    media: MediaId,
    stream: usize,
    /// Source sample after the last one read.
    position: i64,
    reader: AudioReader,
}

impl Drop for OpenAudio {
    fn drop(&mut self) {
        self.log.add(&self.reader.index().info().path, StreamKind::Audio, self.stream, &self.reader.report());
    }
}

impl AudioFiles {
    fn info(&self, media: &MediaId, stream: usize) -> Result<&AudioInfo, SourceError> {
        let info = self.composition.index(media)?.info();
        info.audio.get(stream).ok_or_else(|| format!("{} has no sound stream {stream}", info.path.display()).into())
    }

    /// Counts the voices of a plan, and closes the least recently used readers above its maximum.
    fn make_room(&mut self, plan: &AudioPlan) {
        self.voices = plan.all_voices().count();
        self.of_stream.clear();
        for v in plan.all_voices() {
            *self.of_stream.entry((v.media.clone(), v.stream)).or_default() += 1;
        }
        let max = self.max();
        self.open.drain(..self.open.len().saturating_sub(max));
    }

    fn max(&self) -> usize {
        self.voices.clamp(READERS, MAX_READERS)
    }

    /// The reader to use for a read, moved to the end of the list; opens one if none is near and
    /// the limits allow it.
    fn bring(&mut self, media: &MediaId, stream: usize, first_sample: i64, rate_hz: u32) -> Result<&mut OpenAudio, SourceError> {
        let of_stream = |o: &OpenAudio| o.media == *media && o.stream == stream;
        let near = i64::from(rate_hz) * NEAR_SECS;
        // Filters read some samples again, so a read may begin before the end of the previous one.
        let distance = |o: &OpenAudio| first_sample.abs_diff(o.position);
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
                if self.open.len() >= self.max() {
                    self.open.remove(0);
                }
                let reader = AudioReader::open_indexed(Arc::clone(self.composition.index(media)?), stream)?;
                let log = Arc::clone(self.composition.library().log());
                OpenAudio { log, media: media.clone(), stream, position: first_sample, reader }
            }
        };
        self.open.push(open);
        let last = self.open.len() - 1;
        Ok(&mut self.open[last])
    }
}

/// The speakers of a stream; those of the default layout for its channel count if the file does not
/// name them or names unsupported ones.
pub(crate) fn layout(info: &AudioInfo) -> Result<ChannelLayout, AudioError> {
    let named = info.channel_mask.and_then(ChannelLayout::from_mask).filter(|l| l.channels() == info.channels);
    named.map_or_else(|| ChannelLayout::usual(info.channels), Ok)
}

impl AudioSource for AudioFiles {
    fn format(&self, media: &MediaId, stream: usize) -> Result<AudioFormat, SourceError> {
        if let Some(lost) = self.composition.offline(media) {
            let rate_hz = self.composition.composition().sample_rate_hz;
            return Ok(AudioFormat { rate_hz, layout: ChannelLayout::usual(lost.channels)? });
        }
        let info = self.info(media, stream)?;
        Ok(AudioFormat { rate_hz: info.rate_hz, layout: layout(info)? })
    }

    fn read(&mut self, media: &MediaId, stream: usize, first_sample: i64, samples: usize) -> Result<AudioBlock, SourceError> {
        if let Some(lost) = self.composition.offline(media) {
            let rate_hz = self.composition.composition().sample_rate_hz;
            return Ok(AudioBlock { rate_hz, channels: vec![vec![0.0; samples]; lost.channels] });
        }
        let rate_hz = self.info(media, stream)?.rate_hz;
        let open = self.bring(media, stream, first_sample, rate_hz)?;
        let block = open.reader.read(first_sample, samples)?;
        open.position = first_sample.saturating_add(samples as i64);
        Ok(block)
    }

    fn measured(&mut self, bus: &str, effect: usize) -> Result<Measured, SourceError> {
        Ok(effect_measure::measured(&self.composition, bus, effect)?)
    }

    fn file(&mut self, path: &str, rate_hz: u32) -> Result<Arc<AudioBlock>, SourceError> {
        let library = self.composition.library();
        library.effect_sound(&library.path(path), rate_hz, effect_sounds::read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Library, OpenOptions};
    use cutroom_effects::Catalog;
    use cutroom_project::{Clip, ClipSource, Composition, Media, MediaKind, Project, Track, TrackKind};
    use cutroom_types::{CancelToken, FrameRate, Size, Time, TimeDelta};

    const SECONDS: u32 = 60;

    /// Writes a mono file at 8 kHz whose samples count up.
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

    /// However many clips are audible at the same time, each continues with its own reader: each
    /// packet of the file is read about once per clip.
    #[test]
    fn each_sounding_clip_has_a_reader() {
        let dir = tempfile::tempdir().unwrap();
        let rate = FrameRate::new(25, 1).unwrap();
        let mut composition = Composition::new("main", Size { width: 64, height: 36 }, rate);
        let mut media = Vec::new();
        // Forty files, one of which is audible in ten clips at the same time.
        for n in 0..40 {
            let (id, name) = (format!("m{n}"), format!("{n}.wav"));
            wave(&dir.path().join(&name));
            media.push(Media::new(&id, &name, MediaKind::Audio));
            for k in 0..if n == 0 { 10 } else { 1 } {
                let mut track = Track::new(&format!("a{n}-{k}"), TrackKind::Audio);
                let source = ClipSource::media(&id);
                let mut clip = Clip::new(&format!("c{n}-{k}"), source, Time::ZERO, TimeDelta::from_secs_f64(5.0));
                clip.source_in = Time::from_secs_f64(5.0 * f64::from(k));
                track.clips.push(clip.into());
                composition.tracks.push(track);
            }
        }
        let id = composition.id.clone();
        let mut project = Project::new("film", composition);
        project.media = media;
        let library = Arc::new(Library::new(dir.path()));
        let options = OpenOptions { decode_threads: 1, ..OpenOptions::default() };
        let opened = OpenComposition::open(project, &id, &Catalog::builtin(), &library, options, &CancelToken::new());
        let mut programme = Arc::new(opened.unwrap()).sound().unwrap();
        for block in 0..50 {
            programme.block(block * 4800, 4800).unwrap();
        }
        assert_eq!(programme.readers.open.len(), 49);
        // Packets hold at most 1024 samples; each jump would read some of them again.
        let read: u64 = programme.readers.open.iter().map(|o| o.reader.packets_read()).sum();
        let once = 49 * 5 * 8000 / 1024;
        assert!(read < 2 * once, "{read} packets read, {once} hold all that sounds");
    }
}
