//! The video codecs: one file per family, one line here each.
use crate::MediaError;
use crate::write::refuse::refuse;
use crate::write::settings::VideoSettings;
use cutroom_types::{ColorModel, PictureFormat, Range};

mod av1;
mod dnxhr;
mod ffv1;
mod h264;
mod h265;
mod png;
mod prores;
mod vp9;

static CODECS: &[&VideoCodec] =
    &[&h264::CODEC, &h265::CODEC, &vp9::CODEC, &av1::SVT, &av1::AOM, &prores::CODEC, &dnxhr::CODEC, &ffv1::CODEC, &png::CODEC];

/// FFmpeg options by name.
pub(crate) type Options = Vec<(String, String)>;

/// One way of storing pictures.
#[derive(Debug)]
pub struct VideoCodec {
    /// What settings and scripts name it by.
    pub id: &'static str,
    /// For people.
    pub title: &'static str,
    /// FFmpeg's encoder.
    pub encoder: &'static str,
    /// Profiles; when none is asked for, the first that holds the format is taken.
    pub profiles: &'static [VideoProfile],
    /// Speed presets, fastest or slowest first as the encoder lists them; empty when it has none.
    pub presets: &'static [&'static str],
    /// The preset taken when none is asked for; `None` leaves it to the encoder.
    pub default_preset: Option<&'static str>,
    /// Encoder's option that takes the preset.
    pub(crate) preset_option: &'static str,
    /// Rate control, profile and what else the family needs; an error text for what it cannot do.
    pub(crate) options: fn(&VideoSettings, &VideoProfile) -> Result<Options, String>,
    /// Whether the encoder alone keeps all cores busy, so that decoders take fewer threads beside
    /// it.
    pub fills_cores: bool,
    /// Whether it keeps pictures for further work, so that sound beside it is usually kept without
    /// loss.
    pub mezzanine: bool,
    /// Whether subsampled pictures may have odd sizes.
    pub odd_sizes: bool,
    /// Smallest width and height, pixels.
    pub min_size: (u32, u32),
    /// Largest width and height, pixels.
    pub max_size: u32,
    /// Whether the stream stores the quantisation range.
    pub carries_range: bool,
    /// The range of quantisation that samples must have, where the codec knows one only.
    pub only_range: Option<Range>,
    /// How pictures are handed to the encoder.
    pub(crate) input: Input,
    /// Four-character codes that differ from the muxer's choice, by container.
    pub(crate) fourcc: &'static [(&'static str, [u8; 4])],
    /// What to install when the encoder is missing.
    pub(crate) install_hint: &'static str,
}

/// One profile of a codec and the formats it holds, the usual one first.
#[derive(Debug)]
pub struct VideoProfile {
    /// What settings and scripts name it by.
    pub id: &'static str,
    /// Plane layouts.
    pub formats: &'static [PictureFormat],
}

/// How an encoder wants its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// Reads exactly the planes: they are lent without a copy.
    Planes,
    /// Reads whole blocks past the right and lower edge: planes are copied into padded memory.
    PaddedPlanes,
    /// Planes for YUV and deeper RGB, but 8-bit RGB as interleaved BGR0 or BGRA.
    PlanesOrBgr,
    /// Interleaved RGB(A) or gray, 16-bit samples big-endian.
    PackedRgb,
}

impl VideoCodec {
    /// The first format of the profile; without one, or with one that is not known, of the first.
    pub fn default_format(&self, profile: Option<&str>) -> PictureFormat {
        self.profiles.iter().find(|p| Some(p.id) == profile).unwrap_or(&self.profiles[0]).formats[0]
    }

    /// The profile that settings ask for, or the first that holds their format.
    pub(crate) fn profile_for(&self, s: &VideoSettings) -> Result<&'static VideoProfile, MediaError> {
        let list = |formats: &[PictureFormat]| formats.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        if let Some(id) = &s.profile {
            let profile = self.profiles.iter().find(|p| p.id == id).ok_or_else(|| {
                let known: Vec<_> = self.profiles.iter().map(|p| p.id).collect();
                refuse(format!("{} has no profile \"{id}\"; it has {}", self.id, known.join(", ")))
            })?;
            if !profile.formats.contains(&s.format) {
                return Err(refuse(format!("{} {id} cannot hold {}; it holds {}", self.id, s.format, list(profile.formats))));
            }
            return Ok(profile);
        }
        self.profiles.iter().find(|p| p.formats.contains(&s.format)).ok_or_else(|| {
            let mut all: Vec<PictureFormat> = Vec::new();
            for f in self.profiles.iter().flat_map(|p| p.formats) {
                if !all.contains(f) {
                    all.push(*f);
                }
            }
            refuse(format!("{} cannot hold {} pictures; it holds {}", self.id, s.format, list(&all)))
        })
    }
}

/// Every video codec.
pub fn video_codecs() -> impl ExactSizeIterator<Item = &'static VideoCodec> {
    CODECS.iter().copied()
}

/// By id.
///
/// # Errors
/// [`MediaError::Settings`] that lists what there is.
pub fn video_codec(id: &str) -> Result<&'static VideoCodec, MediaError> {
    CODECS.iter().copied().find(|c| c.id == id).ok_or_else(|| {
        let known: Vec<_> = CODECS.iter().map(|c| c.id).collect();
        refuse(format!("unknown video codec \"{id}\"; there are {}", known.join(", ")))
    })
}

const fn yuv420(bits: u8) -> PictureFormat {
    PictureFormat::yuv(bits, 1, 1)
}

const fn yuv422(bits: u8) -> PictureFormat {
    PictureFormat::yuv(bits, 1, 0)
}

const fn yuv444(bits: u8) -> PictureFormat {
    PictureFormat::yuv(bits, 0, 0)
}

const fn rgb(bits: u8) -> PictureFormat {
    PictureFormat { bits, ..PictureFormat::RGB8 }
}

const fn gray(bits: u8) -> PictureFormat {
    PictureFormat { model: ColorModel::Gray, ..rgb(bits) }
}

fn pair(name: &str, value: impl ToString) -> (String, String) {
    (name.to_owned(), value.to_string())
}

/// A CRF inside the encoder's scale, as text.
fn crf_text(crf: f32, max: f32) -> Result<String, String> {
    if (0.0..=max).contains(&crf) { Ok(crf.to_string()) } else { Err(format!("CRF {crf} is not between 0 and {max}")) }
}

/// A CRF for encoders that take whole numbers only.
fn whole_crf_text(crf: f32, max: f32) -> Result<String, String> {
    let text = crf_text(crf, max)?;
    if crf.fract() == 0.0 { Ok(text) } else { Err(format!("CRF {crf} is not a whole number")) }
}

const BUILT_IN: &str = "it is part of every FFmpeg unless left out on purpose: install the distribution's full libavcodec";
