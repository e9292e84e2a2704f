//! A container file under its hidden name, with its streams: packets in, a complete file or nothing
//! out.
use crate::{
    MediaError,
    write::{
        container::Container,
        encoder::{AvPacket, Encoder},
        extras::FileExtras,
        mux::{Muxer, Priming, StreamFacts},
        partial::PartialFile,
        settings::WriteSettings,
        validate::Checked,
    },
};
use cutroom_types::HdrMetadata;
use ffmpeg_next::ffi::AVRational;
use std::path::Path;

/// The streams of a file.
pub(crate) struct Streams<'a> {
    /// The encoder that pictures come from, or one of the same settings.
    pub video: Option<&'a Encoder>,
    /// That of sound.
    pub sound: Option<&'a Encoder>,
    /// What the file has beside them.
    pub extras: &'a FileExtras,
    /// Ticks in which packets of pictures have times of their own; `None` for a constant frame rate.
    pub ticks_per_second: Option<i32>,
}

/// An open file. Dropping it before [`Self::commit`] removes it.
pub(crate) struct FilmFile {
    // Declared in this order, so that the muxer closes the file before it is removed.
    muxer: Muxer,
    partial: PartialFile,
    video: usize,
    sound: usize,
}

impl FilmFile {
    /// Whether encoders must leave their parameter sets to the container.
    pub fn wants_global_header(container: &Container, name: &'static str, path: &Path) -> Result<bool, MediaError> {
        Ok(Muxer::new(container, name, path)?.wants_global_header())
    }

    /// Creates the file in the folder of `path` and writes its header. `name`: FFmpeg's name of the muxer.
    pub fn create(
        path: &Path,
        settings: &WriteSettings,
        checked: &Checked,
        name: &'static str,
        streams: &Streams,
        overwrite: bool,
    ) -> Result<Self, MediaError> {
        let partial = PartialFile::create(path, overwrite)?;
        let mut muxer = Muxer::new(checked.container, name, partial.path())?;
        let (mut video_index, mut audio_index) = (0, 0);
        if let (Some(encoder), Some(v)) = (streams.video, &checked.video) {
            let rate = v.settings.frame_rate;
            let facts = StreamFacts {
                frame_rate: Some(AVRational { num: rate.num() as i32, den: rate.den() as i32 }),
                fourcc: v.codec.fourcc.iter().find(|(c, _)| *c == checked.container.id).map(|(_, code)| *code),
                hdr: v.settings.hdr,
                priming: Priming::Muxer,
            };
            video_index = muxer.add_stream(encoder, &facts)?;
            if let Some(ticks) = streams.ticks_per_second {
                muxer.set_ticks(video_index, ticks);
            }
        }
        if let Some(encoder) = streams.sound {
            let priming = match (checked.container.millisecond_times, checked.sound.as_ref().map(|a| a.codec.id)) {
                (false, _) => Priming::Muxer,
                (true, Some("opus")) => Priming::Declared,
                (true, _) => Priming::ShiftAll,
            };
            let facts = StreamFacts { frame_rate: None, fourcc: None, hdr: HdrMetadata::default(), priming };
            audio_index = muxer.add_stream(encoder, &facts)?;
        }
        let extras = streams.extras;
        for track in &extras.texts {
            muxer.add_text(track)?;
        }
        muxer.add_chapters(&extras.chapters)?;
        if let (Some(timecode), true) = (&extras.timecode, streams.video.is_some()) {
            muxer.set_timecode(video_index, timecode)?;
        }
        let cover = match &extras.cover {
            Some(cover) => muxer.add_cover(cover, checked.container)?.map(|stream| (stream, cover)),
            None => None,
        };
        for (key, value) in &settings.metadata {
            muxer.set_metadata(key, value)?;
        }
        let mut options = muxer_options(checked);
        // A late start is stored in this unit.
        options.extend(streams.ticks_per_second.filter(|_| name == "mov").map(|ticks| ("movie_timescale", ticks.to_string())));
        muxer.open(partial.path(), &options).map_err(|e| under_name(e, path))?;
        if let Some((stream, cover)) = cover {
            muxer.write_cover(stream, cover, path)?;
        }
        muxer.push_texts(&extras.texts, path)?;
        Ok(Self { muxer, partial, video: video_index, sound: audio_index })
    }

    /// The final path.
    pub fn target(&self) -> &Path {
        self.partial.target()
    }

    /// The hidden path that is written.
    pub fn hidden_path(&self) -> &Path {
        self.partial.path()
    }

    /// Adds a packet of the pictures.
    pub fn picture(&mut self, packet: AvPacket) -> Result<(), MediaError> {
        self.muxer.push(self.video, packet, self.partial.target())
    }

    /// Adds a packet of the sound.
    pub fn sound(&mut self, packet: AvPacket) -> Result<(), MediaError> {
        self.muxer.push(self.sound, packet, self.partial.target())
    }

    /// No picture follows.
    pub fn end_pictures(&mut self) -> Result<(), MediaError> {
        self.muxer.end(self.video, self.partial.target())
    }

    /// No sound follows.
    pub fn end_sound(&mut self) -> Result<(), MediaError> {
        self.muxer.end(self.sound, self.partial.target())
    }

    /// Writes the index, syncs and gives the file its final name; returns its size in bytes.
    pub fn commit(mut self) -> Result<u64, MediaError> {
        self.muxer.finish(self.partial.target())?;
        drop(self.muxer);
        self.partial.commit()
    }
}

/// Replaces the hidden path in an error by the path that the user knows.
fn under_name(error: MediaError, path: &Path) -> MediaError {
    match error {
        MediaError::Write { reason, .. } => MediaError::Write { path: path.to_owned(), reason },
        other => other,
    }
}

fn muxer_options(checked: &Checked) -> Vec<(&'static str, String)> {
    let mut options: Vec<(&str, String)> = checked.container.options.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
    if let (Some(a), Some("mp4" | "mov" | "ipod")) = (&checked.sound, checked.container.muxer) {
        // Edit lists count in this unit; the default of 1/1000 s cannot express where the audio
        // ends.
        options.push(("movie_timescale", a.settings.rate_hz.to_string()));
    }
    options
}
