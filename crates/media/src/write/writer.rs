//! The writer: pictures and samples in, a complete file or nothing out.
use crate::MediaError;
use crate::write::audio_track::AudioTrack;
use crate::write::container::{Container, container, containers};
use crate::write::device::CardFrames;
use crate::write::encoder::{AvPacket, Encoder};
use crate::write::extras::{self, FileExtras};
use crate::write::film_file::{FilmFile, Place, Streams};
use crate::write::frame::{AvFrame, frame_format, video_frame};
use crate::write::palette::Palette;
use crate::write::png_chunks;
use crate::write::refuse::refuse;
use crate::write::sequence::Sequence;
use crate::write::settings::{VideoSettings, WriteSettings};
use crate::write::stack::stacked;
use crate::write::validate::{Checked, CheckedVideo, check, check_codec, check_texts};
use crate::write::video::{HardwareApi, Input, video_codec};
use cutroom_types::{AlphaMode, AudioBlock, ColorModel, ColorTags, Orientation, Picture};
use std::collections::VecDeque;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteReport {
    /// The file, or the pattern or folder of a sequence.
    pub path: PathBuf,
    /// Size of the file or files in bytes.
    pub bytes: u64,
    /// Number of pictures.
    pub video_frames: u64,
    /// Number of samples per channel.
    pub audio_samples: u64,
}

/// Writes one file. Nothing exists under the final name until [`Writer::finish`] has succeeded;
/// dropping the writer before that, also after an error, removes what was written.
pub struct Writer {
    // Fields are in the order of creation. Encoders are dropped before the sink, to which they do
    // not refer.
    video: Option<PictureTrack>,
    sound: Option<AudioTrack>,
    sink: Sink,
    /// Start and length of the pictures that are in the encoder, for a file with times of its own.
    times: Option<VecDeque<(i64, i64)>>,
    failed: bool,
}

enum Sink {
    File(FilmFile),
    Sequence(Sequence),
}

impl Sink {
    fn target(&self) -> &Path {
        match self {
            Self::File(file) => file.target(),
            Self::Sequence(s) => s.target(),
        }
    }

    fn picture_packet(&mut self, packet: AvPacket) -> Result<(), MediaError> {
        match self {
            Self::File(file) => file.picture(packet),
            Self::Sequence(s) => {
                let mut bytes = packet.bytes().to_vec();
                if s.are_png {
                    png_chunks::add_cicp(&mut bytes, s.color);
                }
                s.push(&bytes)
            }
        }
    }

    fn audio_packet(&mut self, packet: AvPacket) -> Result<(), MediaError> {
        match self {
            Self::File(file) => file.sound(packet),
            Self::Sequence(_) => Err(MediaError::Internal { operation: "writing sound", reason: "a sequence has none".into() }),
        }
    }
}

impl Writer {
    /// Checks the settings, opens the encoders, then creates the file under a hidden name in the
    /// folder of `final_path`.
    ///
    /// # Errors
    /// [`MediaError::Settings`], [`MediaError::NoEncoder`] and [`MediaError::EncoderSetup`] before
    /// anything is created; [`MediaError::Exists`] when the file exists and `overwrite` is not set;
    /// [`MediaError::Write`] when it cannot be created.
    pub fn create(final_path: &Path, settings: &WriteSettings, overwrite: bool) -> Result<Self, MediaError> {
        Self::create_with(final_path, settings, &FileExtras::default(), overwrite)
    }

    /// As [`Self::create`], with text tracks, whose packets are written beside pictures and sound of
    /// their time, and with chapters, a cover and a time code.
    ///
    /// # Errors
    /// As for [`Self::create`]; [`MediaError::Settings`] where the container does not hold them.
    pub fn create_with(
        final_path: &Path,
        settings: &WriteSettings,
        extras: &FileExtras,
        overwrite: bool,
    ) -> Result<Self, MediaError> {
        crate::init();
        let checked = check(settings)?;
        check_texts(checked.container, &extras.texts)?;
        extras::check(checked.container, extras)?;
        match checked.container.muxer {
            Some(muxer) => Self::create_film(final_path, &checked, extras, muxer, None, |streams| {
                FilmFile::create(final_path, settings, &checked, muxer, streams, overwrite)
            }),
            None => {
                let video = checked.video.as_ref().map(|v| PictureTrack::open(v, false)).transpose()?;
                let color = settings.video.as_ref().map_or(ColorTags::SRGB, |v| v.color);
                let sequence = Sequence::create(final_path, checked.container, color, overwrite)?;
                Ok(Self { video, sound: None, sink: Sink::Sequence(sequence), times: None, failed: false })
            }
        }
    }

    /// As [`Self::create`], for pictures at any times, which [`Self::push_picture_at`] names in ticks
    /// of 1/`ticks_per_second` s. Only for codecs whose pictures are all coded by themselves.
    ///
    /// # Errors
    /// As for [`Self::create`]; [`MediaError::Settings`] for sequences of files.
    pub fn create_timed(
        final_path: &Path,
        settings: &WriteSettings,
        ticks_per_second: i32,
        overwrite: bool,
    ) -> Result<Self, MediaError> {
        crate::init();
        let checked = check(settings)?;
        match checked.container.muxer {
            Some(muxer) => {
                let extras = FileExtras::default();
                Self::create_film(final_path, &checked, &extras, muxer, Some(ticks_per_second), |streams| {
                    FilmFile::create(final_path, settings, &checked, muxer, streams, overwrite)
                })
            }
            None => Err(MediaError::Settings { reason: "files of one picture each have no times".into() }),
        }
    }

    /// As [`Self::create_with`], to a stream that takes the film while it is made. `name` is what
    /// messages call it.
    ///
    /// # Errors
    /// As for [`Self::create_with`]; [`MediaError::Settings`] for containers that are complete only
    /// when their beginning is written last. What the stream refuses is a [`MediaError::Write`]
    /// with the system's reason.
    pub fn create_stream(
        name: &Path,
        settings: &WriteSettings,
        extras: &FileExtras,
        to: Box<dyn Write + Send>,
    ) -> Result<Self, MediaError> {
        crate::init();
        let checked = check(settings)?;
        check_texts(checked.container, &extras.texts)?;
        extras::check(checked.container, extras)?;
        let muxer = checked.container.muxer.filter(|_| checked.container.can_stream()).ok_or_else(|| {
            let able: Vec<&str> = containers().iter().filter(|c| c.can_stream()).map(|c| c.id).collect();
            refuse(format!("{} cannot be streamed while it is made; {} can", checked.container.id, able.join(", ")))
        })?;
        Self::create_film(name, &checked, extras, muxer, None, |streams| {
            FilmFile::create_in(Place::Stream(name.to_owned()), Some(to), settings, &checked, muxer, streams)
        })
    }

    fn create_film(
        path: &Path,
        checked: &Checked,
        extras: &FileExtras,
        name: &'static str,
        ticks_per_second: Option<i32>,
        create: impl FnOnce(&Streams) -> Result<FilmFile, MediaError>,
    ) -> Result<Self, MediaError> {
        let global_header = FilmFile::wants_global_header(checked.container, name, path)?;
        let video = checked.video.as_ref().map(|v| PictureTrack::open(v, global_header)).transpose()?;
        let sound = checked.sound.as_ref().map(|a| AudioTrack::open(a, global_header)).transpose()?;
        let streams = Streams {
            video: video.as_ref().map(|track| &track.encoder),
            sound: sound.as_ref().map(|track| &track.encoder),
            extras,
            ticks_per_second,
            parameters: None,
        };
        let file = create(&streams)?;
        let times = ticks_per_second.map(|_| VecDeque::new());
        Ok(Self { video, sound, sink: Sink::File(file), times, failed: false })
    }

    /// The hidden file, or the hidden folder of a sequence or package, that contains what is
    /// written so far; a stream has none.
    pub fn hidden_path(&self) -> Option<&Path> {
        match &self.sink {
            Sink::File(file) => file.hidden_path(),
            Sink::Sequence(s) => Some(s.hidden()),
        }
    }

    /// Encodes the next picture: the `n`th push, counted from 0, is shown from `n / frame_rate`.
    /// Its planes are lent to the encoder without a copy where the encoder supports that.
    ///
    /// # Errors
    /// [`MediaError::Mismatch`] when format, size, tags, sample aspect, orientation or alpha differ
    /// from the settings: nothing is converted here; [`MediaError::Encode`]; [`MediaError::Write`].
    /// After any error the file cannot be finished.
    pub fn push_picture(&mut self, picture: &Picture) -> Result<(), MediaError> {
        let mut times = self.times.take();
        let pushed = self.guarded(|video, _, sink| {
            let video = video.ok_or_else(|| no_stream("picture"))?;
            video.push(picture, &mut |p| sink.picture_packet(timed(p, times.as_mut())?))
        });
        self.times = times;
        pushed
    }

    /// Encodes the next picture of a file with times of its own: it is shown from `start` for `length`
    /// ticks, both counted from the start of the file.
    ///
    /// # Errors
    /// As for [`Self::push_picture`].
    pub fn push_picture_at(&mut self, picture: &Picture, start: i64, length: i64) -> Result<(), MediaError> {
        self.times.get_or_insert_default().push_back((start, length));
        self.push_picture(picture)
    }

    /// Encodes the samples that follow those pushed before; blocks may have any length.
    ///
    /// # Errors
    /// [`MediaError::Mismatch`] when rate or channels differ from the settings;
    /// [`MediaError::Encode`]; [`MediaError::Write`]. After any error the file cannot be finished.
    pub fn push_audio(&mut self, block: &AudioBlock) -> Result<(), MediaError> {
        self.guarded(|_, sound, sink| {
            let sound = sound.ok_or_else(|| no_stream("sound block"))?;
            sound.push(block, |p| sink.audio_packet(p))
        })
    }

    /// Drains the encoders, writes the index, syncs and gives the file its final name.
    ///
    /// # Errors
    /// As for the pushes; [`MediaError::Mismatch`] when a video stream has no picture;
    /// [`MediaError::Exists`] when the file was created meanwhile and must not be overwritten.
    /// After an error nothing is left on disk.
    pub fn finish(mut self) -> Result<WriteReport, MediaError> {
        let mut times = self.times.take();
        self.guarded(|video, sound, sink| {
            if let Some(video) = video {
                if video.pushed == 0 {
                    return Err(MediaError::Mismatch { what: "an empty film".into(), reason: "no picture was pushed".into() });
                }
                video.finish(&mut |p| sink.picture_packet(timed(p, times.as_mut())?))?;
                if let Sink::File(file) = sink {
                    file.end_pictures()?;
                }
            }
            if let Some(sound) = sound {
                sound.finish(|p| sink.audio_packet(p))?;
                if let Sink::File(file) = sink {
                    file.end_sound()?;
                }
            }
            Ok(())
        })?;
        let (path, video_frames) = (self.sink.target().to_owned(), self.video.as_ref().map_or(0, |v| v.pushed));
        let audio_samples = self.sound.as_ref().map_or(0, |s| s.pushed);
        let bytes = match self.sink {
            Sink::File(file) => file.commit()?,
            Sink::Sequence(s) => s.commit()?,
        };
        Ok(WriteReport { path, bytes, video_frames, audio_samples })
    }

    /// Runs one step; after the first error every further step fails, so that a damaged file is
    /// never finished.
    fn guarded(
        &mut self,
        step: impl FnOnce(Option<&mut PictureTrack>, Option<&mut AudioTrack>, &mut Sink) -> Result<(), MediaError>,
    ) -> Result<(), MediaError> {
        if self.failed {
            return Err(MediaError::Write { path: self.sink.target().to_owned(), reason: "writing it failed before".into() });
        }
        let result = step(self.video.as_mut(), self.sound.as_mut(), &mut self.sink);
        self.failed = result.is_err();
        result
    }
}

/// A packet with the times of its picture, where they are not those of a constant rate.
fn timed(packet: AvPacket, times: Option<&mut VecDeque<(i64, i64)>>) -> Result<AvPacket, MediaError> {
    if let Some(times) = times {
        let (start, length) = times
            .pop_front()
            .ok_or(MediaError::Internal { operation: "timing a picture", reason: "more packets than pictures".into() })?;
        packet.set_times(start, length);
    }
    Ok(packet)
}

fn no_stream(what: &str) -> MediaError {
    MediaError::Mismatch { what: what.into(), reason: "the settings have no such stream".into() }
}

/// A video encoder and the settings that its pictures must match.
pub(crate) struct PictureTrack {
    pub encoder: Encoder,
    settings: VideoSettings,
    input: Input,
    /// Makes pictures of few colours, for encoders that hold no others.
    palette: Option<Palette>,
    /// Frames on the graphics card, for encoders that take no others.
    card: Option<CardFrames>,
    /// Packets that came while frames were sent.
    ready: Vec<AvPacket>,
    pub pushed: u64,
}

impl PictureTrack {
    pub fn open(v: &CheckedVideo, global_header: bool) -> Result<Self, MediaError> {
        let card = match v.codec.hardware.map(|h| h.api) {
            Some(HardwareApi::Vaapi) => {
                let refused = |reason| MediaError::EncoderSetup { encoder: v.codec.encoder.into(), reason };
                let format = frame_format(v.codec.input, v.settings.format);
                let format = format.ok_or_else(|| refused(format!("FFmpeg has no pixel format for {}", v.settings.format)))?;
                Some(CardFrames::vaapi(v.settings.size, format).map_err(refused)?)
            }
            _ => None,
        };
        let encoder = Encoder::open_video(v, card.as_ref(), global_header)?;
        let palette = (v.codec.input == Input::Palette).then(|| Palette::new(v.settings.size)).transpose()?;
        Ok(Self { encoder, settings: v.settings.clone(), input: v.codec.input, palette, card, ready: Vec::new(), pushed: 0 })
    }

    /// A track for pictures that are separate files.
    pub fn open_alone(settings: &VideoSettings) -> Result<Self, MediaError> {
        let container: &Container = container("png-sequence")?;
        Self::open(&check_codec(video_codec(&settings.codec)?, container, settings)?, false)
    }

    /// A track whose packets are not put into a container: each that needs no other one has its parameter
    /// sets.
    pub fn open_bare(settings: &VideoSettings) -> Result<Self, MediaError> {
        Self::open(&check_codec(video_codec(&settings.codec)?, container("mkv")?, settings)?, false)
    }

    pub fn push(&mut self, picture: &Picture, sink: &mut dyn FnMut(AvPacket) -> Result<(), MediaError>) -> Result<(), MediaError> {
        let both;
        let mut picture = picture;
        if self.settings.stacked_alpha {
            both = stacked(picture, self.pushed)?;
            picture = &both;
        }
        if let Some(reason) = difference(picture, &self.settings) {
            return Err(MediaError::Mismatch { what: format!("picture {}", self.pushed), reason });
        }
        let frame = video_frame(picture, self.input, self.pushed as i64)?;
        let frame = match &self.card {
            Some(card) => card.upload(&frame)?,
            None => frame,
        };
        self.pushed += 1;
        self.send(Some(&frame))?;
        self.drain(sink)
    }

    /// Sends a frame, or `None` for the end, to the encoder, through the palette if there is one.
    fn send(&mut self, frame: Option<&AvFrame>) -> Result<(), MediaError> {
        let Some(palette) = &mut self.palette else { return self.encoder.send(frame) };
        palette.push(frame)?;
        while let Some(reduced) = palette.pull()? {
            self.encoder.send(Some(&reduced))?;
            // Encoders of such pictures answer each with one packet, which is taken by `drain`.
            self.ready.extend(self.encoder.receive()?);
        }
        if frame.is_none() { self.encoder.send(None) } else { Ok(()) }
    }

    pub fn finish(&mut self, sink: &mut dyn FnMut(AvPacket) -> Result<(), MediaError>) -> Result<(), MediaError> {
        self.send(None)?;
        self.drain(sink)
    }

    fn drain(&mut self, sink: &mut dyn FnMut(AvPacket) -> Result<(), MediaError>) -> Result<(), MediaError> {
        self.ready.drain(..).try_for_each(&mut *sink)?;
        while let Some(packet) = self.encoder.receive()? {
            sink(packet)?;
        }
        Ok(())
    }
}

/// How a picture differs from the settings of the file; `None` when it does not.
fn difference(p: &Picture, s: &VideoSettings) -> Option<String> {
    if p.format != s.format {
        return Some(format!("{} instead of {}", p.format, s.format));
    }
    if p.size != s.size {
        return Some(format!("{}×{} instead of {}×{}", p.size.width, p.size.height, s.size.width, s.size.height));
    }
    let planes_fit = p.planes.len() == p.format.plane_count()
        && p.planes.iter().enumerate().all(|(k, plane)| {
            let size = p.format.plane_size(k, p.size);
            plane.width_bytes() == size.width as usize * p.format.bytes_per_sample() && plane.rows() == size.height as usize
        });
    if !planes_fit {
        return Some("its planes do not match its format".into());
    }
    // The chroma position is undefined without subsampled chroma.
    let subsampled = p.format.chroma_shift_x + p.format.chroma_shift_y > 0;
    let mut color = p.color;
    if !subsampled {
        color.chroma = s.color.chroma;
    }
    if p.format.model == ColorModel::Gray {
        color.matrix = s.color.matrix;
    }
    if color != s.color {
        return Some(format!("colour tags {:?} instead of {:?}", p.color, s.color));
    }
    let ((n, d), (wn, wd)) = (p.sample_aspect, s.sample_aspect);
    if u64::from(n) * u64::from(wd) != u64::from(wn) * u64::from(d) {
        return Some(format!("sample aspect {n}:{d} instead of {wn}:{wd}"));
    }
    if p.orientation != Orientation::UPRIGHT {
        return Some("it is not upright".into());
    }
    if p.format.alpha && p.alpha != AlphaMode::Straight {
        return Some("its colour is multiplied by alpha; files hold straight alpha".into());
    }
    None
}
