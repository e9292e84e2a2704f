//! The settings of an export, as plain data.
use crate::SettingsError;
use cutroom_media::{
    MediaError,
    write::{AudioCodec, AudioSettings, Container, Rate, VideoSettings, video_codec},
};
use cutroom_pipeline::{RenderOptions, output_spec};
use cutroom_project::Composition;
use cutroom_timeline::RenderScale;
use cutroom_types::PictureFormat;
use std::{ops::Range, path::PathBuf};

/// All settings of an export. The defaults render everything and write nothing.
#[derive(Clone, Debug, Default)]
pub struct ExportSettings {
    /// The file to write. Its extension determines the container, and with it whether pictures,
    /// audio or both are written. `None`: render everything and write nothing.
    pub output: Option<PathBuf>,
    /// Frames of the composition, end not included; `None`: all.
    pub frames: Option<Range<i64>>,
    /// Settings of the pictures.
    pub video: VideoChoices,
    /// Settings of the audio.
    pub audio: AudioChoices,
    /// Encode losslessly: pictures, and also audio unless its codec is given or the container has
    /// no lossless one.
    pub lossless: bool,
    /// Metadata entries of the file, such as `("title", "…")`.
    pub metadata: Vec<(String, String)>,
    /// Options of the renderer; its number of threads is also that of the encoder.
    pub render: RenderOptions,
    /// File for a list with one line "frame hash" per picture.
    pub frame_hashes: Option<PathBuf>,
    /// Replace an existing output and an existing list of hashes.
    pub overwrite: bool,
    /// Usual length in seconds of the segments that pictures are made in; `None`:
    /// [`crate::USUAL_SECS`], 0: one segment.
    pub segment_secs: Option<f64>,
}

/// How pictures are stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VideoChoices {
    /// Leave out the pictures: no frame is drawn.
    pub off: bool,
    /// Codec id; `None`: the container's default.
    pub codec: Option<String>,
    /// Constant quality on the encoder's scale; takes precedence over a bit rate.
    pub crf: Option<f64>,
    /// Bits per second.
    pub bitrate_bps: Option<u64>,
    /// Largest number of bits per second, beside a constant quality.
    pub max_bitrate_bps: Option<u64>,
    /// Reach the bit rate in two passes.
    pub two_passes: bool,
    /// Encoder preset.
    pub preset: Option<String>,
    /// Encoder profile.
    pub profile: Option<String>,
    /// Pixel format; `None`: the codec's default.
    pub pixel_format: Option<PictureFormat>,
    /// Pixels written for each pixel of the composition.
    pub scale: RenderScale,
    /// Write pictures of twice the height: colour above, alpha as grey below.
    pub stacked_alpha: bool,
}

/// How sound is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AudioChoices {
    /// Leave out the audio.
    pub off: bool,
    /// Codec id; `None`: the container's default.
    pub codec: Option<String>,
    /// Bits per second.
    pub bitrate_bps: Option<u64>,
    /// Bits per stored sample: 16, 24, or 32 for float. `None`: 24 when lossless, otherwise 16.
    /// Only for FLAC and PCM.
    pub bits: Option<u32>,
    /// Add triangular dither of ±1 step before samples are rounded to 16 bits; the noise is the
    /// same in every run.
    pub dither: bool,
    /// Integrated loudness to bring the audio to, in LUFS, −70..=−5.
    pub loudness_lufs: Option<f64>,
    /// Largest true peak in dBTP, −20..=0; `None`: −1 with `loudness_lufs`, otherwise no limiter.
    pub true_peak_dbtp: Option<f64>,
}

/// What the audio of an export is brought to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LoudnessTarget {
    /// Integrated loudness in LUFS; `None` leaves the level as it is.
    pub integrated_lufs: Option<f64>,
    /// Largest true peak in dBTP; `None`: [`LoudnessTarget::USUAL_TRUE_PEAK_DBTP`].
    pub true_peak_dbtp: Option<f64>,
}

impl LoudnessTarget {
    /// The largest true peak of EBU R 128.
    pub const USUAL_TRUE_PEAK_DBTP: f64 = -1.0;

    /// Largest true peak in dBTP.
    pub(crate) fn ceiling_dbtp(self) -> f64 {
        self.true_peak_dbtp.unwrap_or(Self::USUAL_TRUE_PEAK_DBTP)
    }
}

impl ExportSettings {
    /// The writer's settings for pictures. Unless a pixel format is chosen, pictures have alpha if
    /// the background is transparent, and 10 bits or more if the film is HDR, where the codec can.
    pub(crate) fn of_pictures(
        &self,
        codec: &str,
        container: &Container,
        composition: &Composition,
    ) -> Result<VideoSettings, MediaError> {
        let chosen = &self.video;
        let mut video = VideoSettings::new(codec, chosen.scale.size(composition.size), composition.frame_rate)?;
        let codec = video_codec(codec)?;
        let profile = chosen.profile.as_deref().or(codec.lossless_profile.filter(|_| self.lossless));
        let bits = if composition.color.transfer.is_hdr() { HDR_BITS } else { 8 };
        let usual = || codec.usual_format(container, profile, is_transparent(composition) && !chosen.stacked_alpha, bits);
        video.format = chosen.pixel_format.unwrap_or_else(usual);
        video.color = codec.fixed.over(output_spec(composition, video.format).color, video.format.model);
        video.stacked_alpha = chosen.stacked_alpha;
        if chosen.stacked_alpha {
            video.size.height = video.size.height.saturating_mul(2);
        }
        if container.is_package() {
            // Segments begin with keyframes; players jump to them.
            video.gop_frames = Some((composition.frame_rate.as_f64() * PACKAGE_KEY_SECS).round().max(1.0) as u32);
        }
        video.hdr = composition.color.hdr();
        video.color.range = codec.only_range.unwrap_or(video.color.range);
        video.rate = match (chosen.crf, chosen.bitrate_bps) {
            (Some(crf), _) => Rate::Crf(crf as f32),
            (None, Some(bps)) => Rate::BitrateKbps(kbps(bps)),
            (None, None) if self.lossless => Rate::Lossless,
            (None, None) => Rate::CodecDefault,
        };
        video.max_kbps = chosen.max_bitrate_bps.map(kbps);
        video.preset.clone_from(&chosen.preset);
        video.profile = profile.map(str::to_owned);
        video.threads = u32::try_from(self.render.threads).unwrap_or(u32::MAX);
        Ok(video)
    }

    /// The writer's settings for audio.
    pub(crate) fn of_audio(&self, codec: &AudioCodec, rate_hz: u32, channels: u32) -> AudioSettings {
        let chosen = &self.audio;
        let mut sound = AudioSettings::new(codec.id, rate_hz, channels);
        sound.bitrate_kbps = chosen.bitrate_bps.map(kbps);
        // 24 bits keep 16-bit source samples distinct, even after a change of level.
        sound.bits = chosen.bits.or(if self.lossless && codec.bits().contains(&24) { Some(24) } else { None });
        sound.dither = chosen.dither;
        sound
    }
}

/// Seconds between keyframes in packages of segments.
const PACKAGE_KEY_SECS: f64 = 2.0;

/// Fewest bits a sample with which PQ and HLG show no steps (BT.2100 defines no fewer).
pub(crate) const HDR_BITS: u8 = 10;

/// Whether what no layer covers is transparent in the film.
pub(crate) fn is_transparent(composition: &Composition) -> bool {
    composition.background[3] < 1.0
}

fn kbps(bps: u64) -> u32 {
    u32::try_from(bps / 1000).unwrap_or(u32::MAX)
}

impl VideoChoices {
    /// Names of the settings that were chosen, with the prefix `video.`.
    pub(crate) fn chosen(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("video.codec", self.codec.is_some()),
            ("video.crf", self.crf.is_some()),
            ("video.bitrate_bps", self.bitrate_bps.is_some()),
            ("video.max_bitrate_bps", self.max_bitrate_bps.is_some()),
            ("video.two_passes", self.two_passes),
            ("video.preset", self.preset.is_some()),
            ("video.profile", self.profile.is_some()),
            ("video.pixel_format", self.pixel_format.is_some()),
            ("video.stacked_alpha", self.stacked_alpha),
        ];
        all.into_iter().filter(|(_, chosen)| *chosen).map(|(name, _)| name)
    }
}

impl AudioChoices {
    /// What the audio is brought to, if anything.
    pub(crate) fn loudness_target(&self) -> Option<LoudnessTarget> {
        let target = LoudnessTarget { integrated_lufs: self.loudness_lufs, true_peak_dbtp: self.true_peak_dbtp };
        (target != LoudnessTarget::default()).then_some(target)
    }

    /// Refuses a loudness or a peak outside its range.
    pub(crate) fn check_levels(&self) -> Result<(), SettingsError> {
        let levels =
            [("audio.loudness_lufs", self.loudness_lufs, -70.0, -5.0), ("audio.true_peak_dbtp", self.true_peak_dbtp, -20.0, 0.0)];
        for (field, value, low, high) in levels {
            if let Some(value) = value.filter(|v| !(low..=high).contains(v)) {
                return Err(SettingsError::Level { field, value, low, high });
            }
        }
        Ok(())
    }

    /// Names of the settings that were chosen, with the prefix `audio.`.
    pub(crate) fn chosen(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("audio.codec", self.codec.is_some()),
            ("audio.bitrate_bps", self.bitrate_bps.is_some()),
            ("audio.bits", self.bits.is_some()),
            ("audio.dither", self.dither),
            ("audio.loudness_lufs", self.loudness_lufs.is_some()),
            ("audio.true_peak_dbtp", self.true_peak_dbtp.is_some()),
        ];
        all.into_iter().filter(|(_, chosen)| *chosen).map(|(name, _)| name)
    }
}
