//! The parts of an export that are kept apart until the film is joined: coded pictures of a segment,
//! and coded sound of the whole film, each in a packet file.
use crate::{
    MediaError,
    write::{
        audio_track::AudioTrack,
        film_file::FilmFile,
        packet_file::{PacketFileReport, PacketFileWriter},
        settings::WriteSettings,
        validate::{Checked, check},
        writer::PictureTrack,
    },
};
use cutroom_types::{AudioBlock, Picture};
use std::path::Path;

/// Encodes the pictures of one segment into a packet file. The segment begins with a keyframe, and none
/// of its pictures refers to another segment.
pub struct SegmentWriter {
    // Dropped before the file, to which it does not refer.
    track: PictureTrack,
    /// Its parameter sets before the first picture.
    parameters: Vec<u8>,
    file: PacketFileWriter,
}

impl SegmentWriter {
    /// Opens the encoder, then creates or replaces the file. `settings` are those of the whole film;
    /// `film`, its final name, is only used in messages.
    ///
    /// # Errors
    /// As for [`super::Writer::create`].
    pub fn create(path: &Path, film: &Path, settings: &WriteSettings) -> Result<Self, MediaError> {
        crate::init();
        let checked = check(settings)?;
        let global_header = global_header(&checked, film)?;
        let video = checked.video.as_ref().ok_or_else(|| missing("pictures"))?;
        let track = PictureTrack::open(video, global_header)?;
        let parameters = track.encoder.extradata().to_vec();
        Ok(Self { track, parameters, file: PacketFileWriter::create(path)? })
    }

    /// Encodes the next picture, as [`super::Writer::push_picture`].
    ///
    /// # Errors
    /// As for it.
    pub fn push_picture(&mut self, picture: &Picture) -> Result<(), MediaError> {
        let file = &mut self.file;
        self.track.push(picture, &mut |packet| file.push(&packet))
    }

    /// Drains the encoder, and writes and syncs the file.
    ///
    /// # Errors
    /// [`MediaError::Encode`], [`MediaError::Write`].
    pub fn finish(mut self) -> Result<PacketFileReport, MediaError> {
        let file = &mut self.file;
        self.track.finish(&mut |packet| file.push(&packet))?;
        self.file.finish(self.track.pushed, &self.parameters)
    }
}

/// Encodes the sound of a film into a packet file.
pub struct SoundWriter {
    track: AudioTrack,
    /// Its parameter sets before the first sample: FLAC changes them at its end, in its last packet.
    parameters: Vec<u8>,
    file: PacketFileWriter,
}

impl SoundWriter {
    /// Opens the encoder, then creates or replaces the file; parameters as for
    /// [`SegmentWriter::create`].
    ///
    /// # Errors
    /// As for [`super::Writer::create`].
    pub fn create(path: &Path, film: &Path, settings: &WriteSettings) -> Result<Self, MediaError> {
        crate::init();
        let checked = check(settings)?;
        let global_header = global_header(&checked, film)?;
        let sound = checked.sound.as_ref().ok_or_else(|| missing("sound"))?;
        let track = AudioTrack::open(sound, global_header)?;
        let parameters = track.encoder.extradata().to_vec();
        Ok(Self { track, parameters, file: PacketFileWriter::create(path)? })
    }

    /// Encodes the samples that follow, as [`super::Writer::push_audio`].
    ///
    /// # Errors
    /// As for it.
    pub fn push_audio(&mut self, block: &AudioBlock) -> Result<(), MediaError> {
        let file = &mut self.file;
        self.track.push(block, |packet| file.push(&packet))
    }

    /// Drains the encoder, and writes and syncs the file.
    ///
    /// # Errors
    /// [`MediaError::Encode`], [`MediaError::Write`].
    pub fn finish(mut self) -> Result<PacketFileReport, MediaError> {
        let file = &mut self.file;
        self.track.finish(|packet| file.push(&packet))?;
        self.file.finish(self.track.pushed, &self.parameters)
    }
}

/// Whether encoders must leave their parameter sets to the container of the film.
pub(crate) fn global_header(checked: &Checked, film: &Path) -> Result<bool, MediaError> {
    let name = checked.container.muxer.ok_or_else(|| missing("one file"))?;
    FilmFile::wants_global_header(checked.container, name, film)
}

fn missing(what: &str) -> MediaError {
    MediaError::Settings { reason: format!("parts of an export need {what}, which these settings do not have") }
}
