//! Queries over the lists of containers, codecs and settings.
use crate::{
    MediaError,
    write::{
        audio::{AudioCodec, audio_codec},
        container::{Container, containers},
        settings::{Rate, VideoSettings},
        video::{VideoCodec, video_codec},
    },
};
use cutroom_types::{ColorModel, ColorTags, FrameRate, HdrMetadata, PictureFormat, Size};

impl Container {
    /// Whether it can be written to a stream while the film is made.
    pub fn can_stream(&self) -> bool {
        self.stream_options.is_some()
    }

    /// Whether it is a playlist with segments: many files.
    pub fn is_package(&self) -> bool {
        matches!(self.muxer, Some("hls" | "dash"))
    }

    /// Id of the video codec used when none is named; `None` when the container holds no video. For
    /// HDR (PQ and HLG) it is the first after H.264, which few players show as HDR.
    pub fn usual_video(&self, is_hdr: bool) -> Option<&'static str> {
        let fits = |id: &&&str| !is_hdr || **id != "h264";
        self.video.iter().find(fits).or(self.video.first()).copied()
    }

    /// Audio codec used when none is named: the first that supports this rate and channel count,
    /// and that is lossless if `lossless` is set and there is one. When none supports them, the
    /// first of all, whose check states why. `None` when the container holds no audio.
    pub fn usual_audio(&self, rate_hz: u32, channels: u32, lossless: bool) -> Option<&'static AudioCodec> {
        let all = || self.audio.iter().filter_map(|id| audio_codec(id).ok());
        let fits = |lossless: bool| all().find(|c| c.takes(rate_hz, channels) && (c.is_lossless() || !lossless));
        fits(lossless).or_else(|| fits(false)).or_else(|| all().next())
    }
}

impl AudioCodec {
    /// The containers that can hold the codec, in the order of their list.
    pub fn containers(&self) -> impl Iterator<Item = &'static Container> + use<> {
        let id = self.id;
        containers().iter().filter(move |c| c.audio.contains(&id))
    }
}

impl VideoCodec {
    /// The containers that can hold the codec, in the order of their list.
    pub fn containers(&self) -> impl Iterator<Item = &'static Container> + use<> {
        let id = self.stream();
        containers().iter().filter(move |c| c.video.contains(&id))
    }
}

impl VideoSettings {
    /// Format and size of the pictures that are pushed.
    pub fn drawn(&self) -> (PictureFormat, Size) {
        if self.stacked_alpha {
            return (self.format.with_alpha(), Size { height: self.size.height / 2, ..self.size });
        }
        (self.format, self.size)
    }

    /// Settings with the codec's default format and quality, HD colour, square pixels.
    ///
    /// # Errors
    /// [`MediaError::Settings`] for an unknown codec.
    pub fn new(codec: &str, size: Size, frame_rate: FrameRate) -> Result<Self, MediaError> {
        let row = video_codec(codec)?;
        let format = row.default_format(None);
        let tags = if format.model == ColorModel::Rgb { ColorTags::SRGB } else { ColorTags::BT709 };
        let tags = ColorTags { range: row.only_range.unwrap_or(tags.range), ..row.fixed.over(tags, format.model) };
        Ok(Self {
            codec: codec.to_owned(),
            size,
            frame_rate,
            format,
            color: tags,
            hdr: HdrMetadata::default(),
            sample_aspect: (1, 1),
            rate: Rate::CodecDefault,
            max_kbps: None,
            preset: None,
            profile: None,
            gop_frames: None,
            stacked_alpha: false,
            threads: 0,
            extra: Vec::new(),
        })
    }
}
