//! What can be chosen for an export, as plain data.
use cutroom_media::{
    MediaError,
    write::{AudioCodec, AudioSettings, Rate, VideoSettings, video_codec},
};
use cutroom_pipeline::{RenderOptions, output_spec};
use cutroom_project::Composition;
use cutroom_types::PictureFormat;
use std::{ops::Range, path::PathBuf};

/// Everything that can be chosen; the default writes nothing and renders all.
#[derive(Clone, Debug, Default)]
pub struct ExportSettings {
    /// The file to write, whose extension chooses the container, and with it whether there are
    /// pictures, sound or both; `None`: render everything and write nothing.
    pub output: Option<PathBuf>,
    /// Frames of the composition, end not included; `None`: all.
    pub frames: Option<Range<i64>>,
    /// The pictures.
    pub video: VideoChoices,
    /// The sound.
    pub audio: AudioChoices,
    /// Encode so that every sample comes back; sound, too, unless a codec is named for it or the
    /// container has none that can.
    pub lossless: bool,
    /// What draws, and how many threads draw and encode.
    pub render: RenderOptions,
    /// Where to write one line "frame hash" for each picture.
    pub frame_hashes: Option<PathBuf>,
    /// Replace an existing output and an existing list of hashes.
    pub overwrite: bool,
}

/// How pictures are stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VideoChoices {
    /// Leave out the pictures: nothing is drawn.
    pub off: bool,
    /// Codec id; `None`: the container's usual one.
    pub codec: Option<String>,
    /// Constant quality on the encoder's scale; goes before a bit rate.
    pub crf: Option<f64>,
    /// Bits per second.
    pub bitrate_bps: Option<u64>,
    /// Encoder preset.
    pub preset: Option<String>,
    /// Encoder profile.
    pub profile: Option<String>,
    /// Layout of the planes; `None`: the codec's usual one.
    pub pixel_format: Option<PictureFormat>,
}

/// How sound is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AudioChoices {
    /// Leave out the sound.
    pub off: bool,
    /// Codec id; `None`: the container's usual one.
    pub codec: Option<String>,
    /// Bits per second.
    pub bitrate_bps: Option<u64>,
    /// Bits of a stored sample, 16, 24, or 32 for float; `None`: 24 when lossless, otherwise 16.
    /// Only for FLAC and PCM.
    pub bits: Option<u32>,
    /// Add triangular noise of ±1 step before samples are rounded to 16 bits; the same in every
    /// run.
    pub dither: bool,
}

impl ExportSettings {
    /// What the writer is told of pictures.
    pub(crate) fn of_pictures(&self, codec: &str, composition: &Composition) -> Result<VideoSettings, MediaError> {
        let chosen = &self.video;
        let mut video = VideoSettings::new(codec, composition.size, composition.frame_rate)?;
        let codec = video_codec(codec)?;
        video.format = chosen.pixel_format.unwrap_or(codec.default_format(chosen.profile.as_deref()));
        video.color = output_spec(composition, video.format).color;
        video.color.range = codec.only_range.unwrap_or(video.color.range);
        video.rate = match (chosen.crf, chosen.bitrate_bps) {
            (Some(crf), _) => Rate::Crf(crf as f32),
            (None, Some(bps)) => Rate::BitrateKbps(kbps(bps)),
            (None, None) if self.lossless => Rate::Lossless,
            (None, None) => Rate::CodecDefault,
        };
        video.preset.clone_from(&chosen.preset);
        video.profile.clone_from(&chosen.profile);
        video.threads = u32::try_from(self.render.threads).unwrap_or(u32::MAX);
        Ok(video)
    }

    /// What the writer is told of sound.
    pub(crate) fn of_audio(&self, codec: &AudioCodec, rate_hz: u32, channels: u32) -> AudioSettings {
        let chosen = &self.audio;
        let mut sound = AudioSettings::new(codec.id, rate_hz, channels);
        sound.bitrate_kbps = chosen.bitrate_bps.map(kbps);
        // Samples of 16 bits, also those at another level, stay apart in 24.
        sound.bits = chosen.bits.or(if self.lossless && codec.bits().contains(&24) { Some(24) } else { None });
        sound.dither = chosen.dither;
        sound
    }
}

fn kbps(bps: u64) -> u32 {
    u32::try_from(bps / 1000).unwrap_or(u32::MAX)
}

impl VideoChoices {
    /// Names of what was chosen, with `video.` in front.
    pub(crate) fn chosen(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("video.codec", self.codec.is_some()),
            ("video.crf", self.crf.is_some()),
            ("video.bitrate_bps", self.bitrate_bps.is_some()),
            ("video.preset", self.preset.is_some()),
            ("video.profile", self.profile.is_some()),
            ("video.pixel_format", self.pixel_format.is_some()),
        ];
        all.into_iter().filter(|(_, chosen)| *chosen).map(|(name, _)| name)
    }
}

impl AudioChoices {
    /// Names of what was chosen, with `audio.` in front.
    pub(crate) fn chosen(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("audio.codec", self.codec.is_some()),
            ("audio.bitrate_bps", self.bitrate_bps.is_some()),
            ("audio.bits", self.bits.is_some()),
            ("audio.dither", self.dither),
        ];
        all.into_iter().filter(|(_, chosen)| *chosen).map(|(name, _)| name)
    }
}
