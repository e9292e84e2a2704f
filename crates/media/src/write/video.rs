//! The video codecs: one file per family, one line here each.
use crate::MediaError;
use crate::write::container::Container;
use crate::write::settings::VideoSettings;
use crate::write::{other_names, refuse::refuse};
use cutroom_types::{ChromaLocation, ColorModel, ColorTags, Matrix, PictureFormat, Range, Transfer};

mod av1;
mod dnxhr;
mod dpx;
mod exr;
mod ffv1;
mod gif;
mod h264;
mod h265;
mod hardware;
mod mjpeg;
mod png;
mod prores;
mod qtrle;
mod tiff;
mod vp9;
mod webp;

pub use hardware::{Hardware, HardwareApi};

static CODECS: &[&VideoCodec] = &[
    &h264::CODEC,
    &h265::CODEC,
    &vp9::CODEC,
    &av1::SVT,
    &av1::AOM,
    &prores::CODEC,
    &dnxhr::CODEC,
    &ffv1::CODEC,
    &mjpeg::CODEC,
    &qtrle::CODEC,
    &png::CODEC,
    &tiff::CODEC,
    &exr::CODEC,
    &dpx::CODEC,
    &gif::CODEC,
    &webp::CODEC,
];

/// FFmpeg options by name.
pub(crate) type Options = Vec<(String, String)>;

/// A video codec and how FFmpeg encodes it.
#[derive(Debug)]
pub struct VideoCodec {
    /// Name in settings and scripts.
    pub id: &'static str,
    /// Display name.
    pub title: &'static str,
    /// FFmpeg's name of the encoder.
    pub encoder: &'static str,
    /// Profiles; when none is named, the first that holds the format is used.
    pub profiles: &'static [VideoProfile],
    /// The profile of lossless files, where others cannot be lossless; `None` where that does not
    /// depend on it.
    pub lossless_profile: Option<&'static str>,
    /// Speed presets in the encoder's order, fastest or slowest first; empty when it has none.
    pub presets: &'static [&'static str],
    /// The preset used when none is named; `None` leaves it to the encoder.
    pub default_preset: Option<&'static str>,
    /// The encoder's option for the preset.
    pub(crate) preset_option: &'static str,
    /// Returns the options for rate control, profile and what else the family needs, or why the
    /// settings are not supported.
    pub(crate) options: fn(&VideoSettings, &VideoProfile) -> Result<Options, String>,
    /// Whether the encoder alone uses all cores, so that decoders running at the same time use
    /// fewer threads.
    pub fills_cores: bool,
    /// Encoder options of a pass (1 or 2) whose statistics are in files whose names begin like the path;
    /// `None`: the encoder has no such passes.
    pub(crate) passes: Option<fn(pass: u8, statistics: &str) -> Options>,
    /// Whether it is an intermediate format for further editing, with which audio is lossless by
    /// default.
    pub mezzanine: bool,
    /// Whether subsampled pictures may have odd sizes.
    pub odd_sizes: bool,
    /// Smallest width and height, pixels.
    pub min_size: (u32, u32),
    /// Maximum width and height, pixels.
    pub max_size: u32,
    /// Whether films can be joined from parts that were encoded apart: not where the encoder writes
    /// a header of the file.
    pub can_be_joined: bool,
    /// Most pictures per second.
    pub max_fps: u32,
    /// Whether the stream stores the range (limited or full).
    pub carries_range: bool,
    /// Whether alpha is a stream of its own, which the container must keep beside the pictures.
    pub alpha_beside: bool,
    /// The range that samples must have, where the codec supports only one.
    pub only_range: Option<Range>,
    /// Tags that decoders assume whatever the file says, so that samples must have them.
    pub fixed: FixedTags,
    /// The memory layout of pictures that the encoder needs.
    pub(crate) input: Input,
    /// Four-character codes that differ from the muxer's choice, by container.
    pub(crate) fourcc: &'static [(&'static str, [u8; 4])],
    /// What it is as an encoder of a graphics card; `None` for software.
    pub hardware: Option<&'static Hardware>,
    /// What to install when the encoder is missing.
    pub(crate) install_hint: &'static str,
}

/// Tags that a codec fixes for its samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedTags {
    /// Matrix of YUV.
    pub matrix: Option<Matrix>,
    /// Position of subsampled chroma.
    pub chroma: Option<ChromaLocation>,
    /// Transfer.
    pub transfer: Option<Transfer>,
}

impl FixedTags {
    /// Nothing is fixed.
    pub const NONE: Self = Self { matrix: None, chroma: None, transfer: None };
    /// JPEG (JFIF, ITU-T T.871) and WebP: the matrix of BT.601, chroma between the samples of luma.
    pub const JFIF: Self = Self { matrix: Some(Matrix::Smpte170M), chroma: Some(ChromaLocation::Center), transfer: None };
    /// Linear light, 1.0 is reference white (OpenEXR).
    pub const LINEAR: Self = Self { matrix: None, chroma: None, transfer: Some(Transfer::Linear) };

    /// The tags with those that are fixed.
    pub fn over(self, tags: ColorTags, model: ColorModel) -> ColorTags {
        let is_yuv = model == ColorModel::Yuv;
        ColorTags {
            matrix: self.matrix.filter(|_| is_yuv).unwrap_or(tags.matrix),
            chroma: self.chroma.filter(|_| is_yuv).unwrap_or(tags.chroma),
            transfer: self.transfer.unwrap_or(tags.transfer),
            ..tags
        }
    }
}

/// A profile of a codec and the formats that it holds, the default one first.
#[derive(Debug)]
pub struct VideoProfile {
    /// Name in settings and scripts.
    pub id: &'static str,
    /// Picture formats.
    pub formats: &'static [PictureFormat],
}

/// The memory layout of pictures that an encoder needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// Reads exactly the planes, which are lent without a copy.
    Planes,
    /// Reads whole blocks past the right and lower edges: planes are copied to padded memory.
    PaddedPlanes,
    /// Planes for YUV and deeper RGB, but 8-bit RGB as interleaved BGR0 or BGRA.
    PlanesOrBgr,
    /// Interleaved RGB(A) or gray, 16-bit samples big-endian; other depths as planes.
    PackedRgb,
    /// Interleaved RGB(A) or gray, 16-bit samples little-endian.
    PackedRgbLittle,
    /// Interleaved RGB or ARGB.
    PackedArgb,
    /// Interleaved BGRA for RGB of 8 bits; planes for YUV.
    BgraOrPlanes,
    /// 4:2:0 with interleaved chroma: NV12, or P010 for 10 bits.
    SemiPlanar,
    /// Float planes whose colour is multiplied by alpha.
    Premultiplied,
    /// Pictures of up to 256 colours, which a [`super::palette::Palette`] makes of RGB.
    Palette,
}

impl VideoCodec {
    /// Id of the row whose kind of stream it makes.
    pub fn stream(&self) -> &'static str {
        self.hardware.map_or(self.id, |h| h.software)
    }

    /// The first format of the profile with this id; of the first profile when there is none.
    pub fn default_format(&self, profile: Option<&str>) -> PictureFormat {
        self.profiles.iter().find(|p| Some(p.id) == profile).unwrap_or(&self.profiles[0]).formats[0]
    }

    /// The format used when none is named: among those of the profile with this id, or of all
    /// profiles if there is none, the first with alpha if `alpha` is set, and with at least `bits`
    /// bits, preferably with the subsampling of the default one. If both cannot be had, depth goes
    /// before alpha; if neither, it is the default format.
    pub fn usual_format(&self, container: &Container, profile: Option<&str>, alpha: bool, bits: u8) -> PictureFormat {
        let default = self.default_format(profile);
        let held = || {
            let named = self.profiles.iter().filter(|p| profile.is_none_or(|id| p.id == id));
            named.flat_map(|p| p.formats).copied().filter(|f| !f.alpha || self.keeps_alpha(container))
        };
        let find = |alpha: bool, bits: u8| {
            let fits = move |f: &PictureFormat| f.alpha == alpha && f.bits >= bits;
            let alike = move |f: &PictureFormat| PictureFormat { alpha: default.alpha, bits: default.bits, ..*f } == default;
            held().filter(fits).find(alike).or_else(|| held().find(fits))
        };
        find(alpha, bits).or_else(|| find(false, bits)).or_else(|| find(alpha, 0)).unwrap_or(default)
    }

    /// Whether its encoder reaches a bit rate in two passes.
    pub fn has_passes(&self) -> bool {
        self.passes.is_some()
    }

    /// Whether a container keeps the alpha of this codec's pictures, if one of its formats has any.
    pub fn keeps_alpha(&self, container: &Container) -> bool {
        container.carries_alpha || !self.alpha_beside
    }

    /// Whether it holds alpha in a container.
    pub fn holds_alpha(&self, container: &Container) -> bool {
        self.keeps_alpha(container) && self.profiles.iter().flat_map(|p| p.formats).any(|f| f.alpha)
    }

    /// The profile that the settings name, or the first that holds their format.
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

/// The encoders of graphics cards, whether this machine has them or not.
pub fn hardware_codecs() -> impl Iterator<Item = &'static VideoCodec> {
    hardware::rows()
}

/// Every video codec that is encoded in software.
pub fn video_codecs() -> impl ExactSizeIterator<Item = &'static VideoCodec> {
    CODECS.iter().copied()
}

/// The video codec with an id.
///
/// # Errors
/// [`MediaError::Settings`], which lists the known ids.
pub fn video_codec(id: &str) -> Result<&'static VideoCodec, MediaError> {
    CODECS.iter().copied().chain(hardware_codecs()).find(|c| c.id == id).ok_or_else(|| {
        let known: Vec<_> = CODECS.iter().map(|c| c.id).collect();
        refuse(format!("unknown video codec \"{id}\"; {}", other_names::known(id, &known)))
    })
}

/// H.265 in these containers: QuickTime and Safari play hvc1 but not hev1.
const HVC1: &[(&str, [u8; 4])] = &[("mp4", *b"hvc1"), ("mov", *b"hvc1"), ("hls", *b"hvc1"), ("dash", *b"hvc1")];

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

/// A CRF within the encoder's scale, as text.
fn crf_text(crf: f32, max: f32) -> Result<String, String> {
    if (0.0..=max).contains(&crf) { Ok(crf.to_string()) } else { Err(format!("CRF {crf} is not between 0 and {max}")) }
}

/// The same for encoders that support whole numbers only.
fn whole_crf_text(crf: f32, max: f32) -> Result<String, String> {
    let text = crf_text(crf, max)?;
    if crf.fract() == 0.0 { Ok(text) } else { Err(format!("CRF {crf} is not a whole number")) }
}

const BUILT_IN: &str = "it is part of every FFmpeg unless left out on purpose: install the distribution's full libavcodec";
