//! A container file under its hidden name, or a package of files, or a stream: packets in, a
//! complete film or nothing out; what a stream has is whole when it ends without an error.
use crate::{
    MediaError,
    write::{
        container::Container,
        encoder::{AvPacket, Encoder},
        extras::FileExtras,
        mux::{Muxer, Priming, StreamFacts},
        package::Package,
        partial::PartialFile,
        settings::WriteSettings,
        validate::Checked,
    },
};
use cutroom_types::HdrMetadata;
use ffmpeg_next::ffi::AVRational;
use std::{
    io::Write,
    path::{Path, PathBuf},
};

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
    /// Parameter sets of the pictures; `None`: those of the encoder.
    pub parameters: Option<&'a [u8]>,
}

/// Where a film is written.
pub(crate) enum Place {
    /// A file under a hidden name.
    File(PartialFile),
    /// A playlist and segments in a hidden folder.
    Package(Package),
    /// A stream, which is called so.
    Stream(PathBuf),
}

impl Place {
    /// The hidden file or folder for a film at `path`.
    pub fn create(container: &Container, path: &Path, overwrite: bool) -> Result<Self, MediaError> {
        Ok(match container.is_package() {
            true => Self::Package(Package::create(path, overwrite)?),
            false => Self::File(PartialFile::create(path, overwrite)?),
        })
    }

    /// The path that the muxer writes to, or the name of the stream.
    fn path(&self) -> &Path {
        match self {
            Self::File(partial) => partial.path(),
            Self::Package(package) => package.playlist(),
            Self::Stream(name) => name,
        }
    }

    fn target(&self) -> &Path {
        match self {
            Self::File(partial) => partial.target(),
            Self::Package(package) => package.target(),
            Self::Stream(name) => name,
        }
    }
}

/// An open file. Dropping it before [`Self::commit`] removes it.
pub(crate) struct FilmFile {
    // Declared in this order, so that the muxer closes the file before it is removed.
    muxer: Muxer,
    place: Place,
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
        Self::create_in(Place::create(checked.container, path, overwrite)?, None, settings, checked, name, streams)
    }

    /// As [`Self::create`], in a place; `to` is the stream, if it is one.
    pub fn create_in(
        place: Place,
        to: Option<Box<dyn Write + Send>>,
        settings: &WriteSettings,
        checked: &Checked,
        name: &'static str,
        streams: &Streams,
    ) -> Result<Self, MediaError> {
        let path = place.target().to_owned();
        let mut muxer = Muxer::new(checked.container, name, place.path())?;
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
            if let Some(parameters) = streams.parameters.filter(|p| !p.is_empty()) {
                muxer.set_parameters(video_index, parameters)?;
            }
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
        let mut options = muxer_options(checked, to.is_some());
        if let Place::Package(package) = &place {
            options.extend(package_options(name, package));
        }
        // A late start is stored in this unit.
        options.extend(streams.ticks_per_second.filter(|_| name == "mov").map(|ticks| ("movie_timescale", ticks.to_string())));
        match to {
            Some(to) => muxer.open_stream(to, &path, &options)?,
            None => muxer.open(place.path(), &options).map_err(|e| under_name(e, &path))?,
        }
        if let Some((stream, cover)) = cover {
            muxer.write_cover(stream, cover, &path)?;
        }
        muxer.push_texts(&extras.texts, &path)?;
        Ok(Self { muxer, place, video: video_index, sound: audio_index })
    }

    /// The final path, or the name of the stream.
    pub fn target(&self) -> &Path {
        self.place.target()
    }

    /// The hidden file or folder that is written; a stream has none.
    pub fn hidden_path(&self) -> Option<&Path> {
        match &self.place {
            Place::File(partial) => Some(partial.path()),
            Place::Package(package) => Some(package.hidden()),
            Place::Stream(_) => None,
        }
    }

    /// Adds a packet of the pictures.
    pub fn picture(&mut self, packet: AvPacket) -> Result<(), MediaError> {
        self.muxer.push(self.video, packet, self.place.target())
    }

    /// Adds a packet of the sound.
    pub fn sound(&mut self, packet: AvPacket) -> Result<(), MediaError> {
        self.muxer.push(self.sound, packet, self.place.target())
    }

    /// No picture follows.
    pub fn end_pictures(&mut self) -> Result<(), MediaError> {
        self.muxer.end(self.video, self.place.target())
    }

    /// No sound follows.
    pub fn end_sound(&mut self) -> Result<(), MediaError> {
        self.muxer.end(self.sound, self.place.target())
    }

    /// Writes the index, syncs and gives the file its final name; returns its size in bytes.
    pub fn commit(mut self) -> Result<u64, MediaError> {
        self.muxer.finish(self.place.target())?;
        let written = self.muxer.written();
        drop(self.muxer);
        match self.place {
            Place::File(partial) => partial.commit(),
            Place::Package(package) => package.commit(),
            Place::Stream(_) => Ok(written),
        }
    }
}

/// Replaces the hidden path in an error by the path that the user knows.
fn under_name(error: MediaError, path: &Path) -> MediaError {
    match error {
        MediaError::Write { reason, .. } => MediaError::Write { path: path.to_owned(), reason },
        other => other,
    }
}

/// Seconds of a segment of a package; keyframes are no farther apart.
const SEGMENT_SECS: u32 = 6;

/// Options of the muxers of packages: all names begin as that of the playlist does.
fn package_options(name: &str, package: &Package) -> Vec<(&'static str, String)> {
    let stem = Package::stem(package.target());
    match name {
        "hls" => {
            let segments = package.hidden().join(format!("{stem}-%05d.m4s")).to_string_lossy().into_owned();
            vec![
                ("hls_time", SEGMENT_SECS.to_string()),
                ("hls_segment_filename", segments),
                ("hls_fmp4_init_filename", format!("{stem}-init.mp4")),
            ]
        }
        _ => vec![
            ("seg_duration", SEGMENT_SECS.to_string()),
            ("init_seg_name", format!("{stem}-$RepresentationID$-init.mp4")),
            ("media_seg_name", format!("{stem}-$RepresentationID$-$Number%05d$.m4s")),
        ],
    }
}

fn muxer_options(checked: &Checked, is_stream: bool) -> Vec<(&'static str, String)> {
    let container = checked.container;
    let fixed = container.stream_options.filter(|_| is_stream).unwrap_or(container.options);
    let mut options: Vec<(&str, String)> = fixed.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
    if let (Some(a), Some("mp4" | "mov" | "ipod")) = (&checked.sound, checked.container.muxer) {
        // Edit lists count in this unit; the default of 1/1000 s cannot express where the audio
        // ends.
        options.push(("movie_timescale", a.settings.rate_hz.to_string()));
    }
    options
}
