//! Joins the parts of an export: packets are copied into one container, nothing is encoded.
use crate::{
    MediaError,
    write::{
        audio_track::AudioTrack,
        encoder::AvPacket,
        extras::{self, FileExtras},
        film_file::{FilmFile, Streams},
        packet_file::{PacketFileReader, PacketFileReport, hexadecimal},
        segment::global_header,
        settings::WriteSettings,
        validate::{check, check_texts},
        writer::{PictureTrack, WriteReport},
    },
};
use std::path::{Path, PathBuf};

/// A finished part of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its packet file.
    pub path: PathBuf,
    /// What was reported when it was written.
    pub report: PacketFileReport,
}

/// What a film is joined from.
#[derive(Debug)]
pub struct Parts<'a> {
    /// Its segments in order of presentation; empty for sound alone.
    pub segments: &'a [Part],
    /// Its sound.
    pub sound: Option<&'a Part>,
    /// What the file has beside them.
    pub extras: &'a FileExtras,
    /// Parameter sets of the pictures, where some are copied; `None`: those of the encoder.
    pub parameters: Option<&'a [u8]>,
}

/// A film that is being joined. Dropping it before it is finished removes what was written.
pub struct JoinedFilm {
    file: FilmFile,
    pictures: Option<PictureParts>,
    sound: Option<SoundPart>,
}

/// The packets of the segments, one segment after the other.
struct PictureParts {
    left: std::vec::IntoIter<Part>,
    open: Option<PacketFileReader>,
    /// Pictures of the segments before the open one.
    first: i64,
    /// Pictures of the open segment.
    units: i64,
    /// Packets passed on.
    packets: i64,
    /// Packets by which decoding runs ahead of presentation, in the whole film.
    delay: i64,
    frames: u64,
}

struct SoundPart {
    reader: PacketFileReader,
    waiting: Option<AvPacket>,
    samples: u64,
}

impl PictureParts {
    fn new(segments: &[Part]) -> Self {
        let delay = segments.iter().map(|s| s.report.delay).max().unwrap_or(0) as i64;
        let frames = segments.iter().map(|s| s.report.units).sum();
        Self { left: Vec::from(segments).into_iter(), open: None, first: 0, units: 0, packets: 0, delay, frames }
    }

    /// The next packet with its times in the film. Each is one picture long and is decoded `delay`
    /// pictures before its place, so that decoding times rise evenly over the seams.
    fn next(&mut self) -> Result<Option<AvPacket>, MediaError> {
        loop {
            if let Some(reader) = &mut self.open {
                if let Some(mut packet) = reader.next()? {
                    let (pts, _, duration) = packet.times();
                    packet.set_all_times(pts + self.first, self.packets - self.delay, duration);
                    self.packets += 1;
                    return Ok(Some(packet));
                }
                self.open = None;
                self.first += self.units;
            }
            let Some(part) = self.left.next() else { return Ok(None) };
            if part.report.packets != part.report.units {
                let reason = format!("it has {} packets for {} pictures", part.report.packets, part.report.units);
                return Err(MediaError::Damaged { path: part.path, reason });
            }
            self.open = Some(PacketFileReader::open(&part.path, &part.report)?);
            self.units = part.report.units as i64;
        }
    }
}

impl SoundPart {
    fn next(&mut self) -> Result<Option<AvPacket>, MediaError> {
        match self.waiting.take() {
            Some(packet) => Ok(Some(packet)),
            None => self.reader.next(),
        }
    }
}

impl JoinedFilm {
    /// Checks that the parts were coded with the parameter sets of these settings, then creates the
    /// file under a hidden name in the folder of `path`.
    ///
    /// # Errors
    /// As for [`super::Writer::create`]; [`MediaError::Damaged`] for a part that is missing or was coded
    /// with other parameter sets.
    pub fn create(path: &Path, settings: &WriteSettings, parts: &Parts, overwrite: bool) -> Result<Self, MediaError> {
        crate::init();
        let checked = check(settings)?;
        check_texts(checked.container, &parts.extras.texts)?;
        extras::check(checked.container, parts.extras)?;
        let global_header = global_header(&checked, path)?;
        let name = checked.container.muxer.unwrap_or_default();
        // Encoders state what the container must know of the streams; they encode nothing.
        let video = checked.video.as_ref().map(|v| PictureTrack::open(v, global_header)).transpose()?;
        let sound = checked.sound.as_ref().map(|a| AudioTrack::open(a, global_header)).transpose()?;
        let mut wanted = Vec::new();
        wanted.extend(
            video.iter().flat_map(|t| parts.segments.iter().map(|part| (part, parts.parameters.unwrap_or(t.encoder.extradata())))),
        );
        wanted.extend(sound.iter().flat_map(|t| parts.sound.map(|part| (part, t.encoder.extradata()))));
        for (part, parameters) in wanted {
            if part.report.parameters != hexadecimal(parameters) {
                let wanted = hexadecimal(parameters);
                let reason = format!("its parameter sets are {} instead of {wanted}, those of the film", part.report.parameters);
                return Err(MediaError::Damaged { path: part.path.clone(), reason });
            }
        }
        let sound_part = match parts.sound.filter(|_| sound.is_some()) {
            Some(part) => {
                let reader = PacketFileReader::open(&part.path, &part.report)?;
                Some(SoundPart { reader, waiting: None, samples: part.report.units })
            }
            None => None,
        };
        let streams = Streams {
            video: video.as_ref().map(|t| &t.encoder),
            sound: sound.as_ref().map(|t| &t.encoder),
            extras: parts.extras,
            ticks_per_second: None,
            parameters: parts.parameters,
        };
        let file = FilmFile::create(path, settings, &checked, name, &streams, overwrite)?;
        let pictures = video.is_some().then(|| PictureParts::new(parts.segments));
        Ok(Self { file, pictures, sound: sound_part })
    }

    /// The hidden file that contains what is written so far.
    pub fn hidden_path(&self) -> Option<&Path> {
        self.file.hidden_path()
    }

    /// Copies all packets and gives the file its final name. `seconds_per_unit`: lengths of a picture and
    /// of a sample, by which the streams are interleaved. `step` is called after each picture with the
    /// number of pictures copied; what it refuses ends the joining.
    ///
    /// # Errors
    /// [`MediaError::Damaged`] for a part that is not as it was written; [`MediaError::Write`];
    /// [`MediaError::Exists`]; what `step` returns. After an error nothing is left on the disk.
    pub fn finish(
        mut self,
        picture_secs: f64,
        sample_secs: f64,
        step: &mut dyn FnMut(u64) -> Result<(), MediaError>,
    ) -> Result<WriteReport, MediaError> {
        let (mut done, mut frames, mut samples) = (0, 0, 0);
        if let Some(mut pictures) = self.pictures.take() {
            frames = pictures.frames;
            while let Some(packet) = pictures.next()? {
                self.file.picture(packet)?;
                done += 1;
                self.sound_until(done as f64 * picture_secs / sample_secs)?;
                step(done)?;
            }
            self.file.end_pictures()?;
        }
        self.sound_until(f64::INFINITY)?;
        if let Some(sound) = self.sound.take() {
            samples = sound.samples;
            self.file.end_sound()?;
        }
        let path = self.file.target().to_owned();
        let bytes = self.file.commit()?;
        Ok(WriteReport { path, bytes, video_frames: frames, audio_samples: samples })
    }

    /// Passes on the sound that begins before sample `end`.
    fn sound_until(&mut self, end: f64) -> Result<(), MediaError> {
        let Some(sound) = &mut self.sound else { return Ok(()) };
        while let Some(packet) = sound.next()? {
            if packet.times().0 as f64 >= end {
                sound.waiting = Some(packet);
                break;
            }
            self.file.sound(packet)?;
        }
        Ok(())
    }
}
