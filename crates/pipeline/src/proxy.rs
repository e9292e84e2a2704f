//! Proxies: smaller copies of films, all of whose frames are coded by themselves, for previews.
//!
//! A proxy has the frames of one video stream at the same times, upright and with square pixels, at
//! a half or a quarter of the size. Its pictures stand for pictures of the source's size
//! ([`Picture::stands_for`]), so that placement, crop, masks and lengths stay what they are. It lies in
//! a folder under the fingerprint of its source, beside a row (JSON) that says what it was made of;
//! a proxy that does not fit its source is not used. Sound always comes from the source.
mod make;
mod used;

use cutroom_media::{Fingerprint, MediaIndex, VideoInfo};
use cutroom_types::{ColorTags, Deinterlace, FieldOrder, Matrix, PictureFormat, Range, Size};
pub use make::{MadeProxy, ProxyError, make};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
pub(crate) use used::{OpenProxy, Proxies, ProxyPictures, choose, pixels_drawn_as_one};

/// Folder of proxies in a project's folder, unless another one is given.
pub const PROXY_FOLDER: &str = ".cutroom/proxies";

/// Version of the rows; a proxy of another version is not used.
const VERSION: u32 = 1;

/// Size of a proxy in relation to its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ProxyScale {
    /// Half of width and height.
    #[serde(rename = "1/2")]
    Half,
    /// A quarter of width and height.
    #[serde(rename = "1/4")]
    Quarter,
}

impl ProxyScale {
    /// All, the largest first.
    pub const ALL: [Self; 2] = [Self::Half, Self::Quarter];

    /// Pixels of the source for each pixel of the proxy, in each direction.
    pub fn divisor(self) -> u32 {
        match self {
            Self::Half => 2,
            Self::Quarter => 4,
        }
    }

    /// As it is written: `1/2`.
    pub fn text(self) -> &'static str {
        match self {
            Self::Half => "1/2",
            Self::Quarter => "1/4",
        }
    }

    fn in_name(self) -> &'static str {
        match self {
            Self::Half => "half",
            Self::Quarter => "quarter",
        }
    }
}

/// Which proxies are read instead of their sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxyUse {
    /// None.
    #[default]
    Off,
    /// For each clip the smallest that has at least the pixels that are drawn.
    Auto,
    /// Those of this scale wherever there are any; of a quarter also those of a half.
    Always(ProxyScale),
}

/// What a proxy was made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ProxyRow {
    pub version: u32,
    /// Fingerprint of the source.
    pub source: String,
    /// Video stream of the source.
    pub stream: usize,
    pub scale: ProxyScale,
    /// Number of frames.
    pub frames: usize,
    /// Hash of the times of the source's frames.
    pub times: String,
    /// Size of the source's pictures, upright, in square pixels.
    pub source_size: Size,
    /// How the source was deinterlaced.
    pub deinterlace: Deinterlace,
    pub field_order: FieldOrder,
    /// Colour of the proxy's pictures.
    pub color: ColorTags,
}

/// Path of a proxy; that of its row has the extension `json`.
pub fn proxy_path(folder: &Path, source: &Fingerprint, stream: usize, scale: ProxyScale) -> PathBuf {
    let stream = if stream == 0 { String::new() } else { format!("-stream{stream}") };
    folder.join(format!("{source}{stream}-{}.mov", scale.in_name()))
}

fn row_path(proxy: &Path) -> PathBuf {
    proxy.with_extension("json")
}

/// Hash of the number and times of a stream's frames.
fn times_hash(index: &MediaIndex, stream: usize) -> String {
    let mut hash = blake3::Hasher::new();
    for span in index.frame_spans(stream) {
        hash.update(&span.start.0.to_le_bytes());
        hash.update(&span.duration.0.to_le_bytes());
    }
    hash.finalize().to_hex().to_string()
}

/// Codec, profile and picture format of the proxy of a stream. Measured with four seconds of film at
/// 960×540 and 60 fps on one thread (time to decode, size): ProRes LT 0.36 s, 16 MB; DNxHR SQ 0.34 s,
/// 18 MB; ProRes Proxy 0.22 s, 7 MB; DNxHR LB 0.19 s, 6 MB; Motion JPEG 0.20 s, 7 MB. The smaller ones
/// differ visibly from their source in detail (fire, grain: less than 35 dB). ProRes also holds ten
/// bits, alpha and small pictures.
fn coding(source: PictureFormat) -> (&'static str, &'static str, PictureFormat) {
    if source.alpha {
        return ("prores", "4444", PictureFormat::yuv(10, 0, 0).with_alpha());
    }
    ("prores", "lt", PictureFormat::yuv(10, 1, 0))
}

/// Colour of a proxy's pictures: that of the source, as YUV of limited range.
fn proxy_color(video: &VideoInfo) -> ColorTags {
    let matrix = if video.color.matrix == Matrix::Rgb { Matrix::Bt709 } else { video.color.matrix };
    ColorTags { matrix, range: Range::Limited, ..video.color }
}

/// Size of a proxy: the part of the source's upright size, rounded up, even and at least 16 pixels.
fn proxy_size(upright: Size, scale: ProxyScale) -> Size {
    let part = |n: u32| n.div_ceil(scale.divisor()).max(16).next_multiple_of(2);
    Size { width: part(upright.width), height: part(upright.height) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_even_and_codecs_hold_them() {
        let size = |width, height| Size { width, height };
        assert_eq!(proxy_size(size(1920, 1080), ProxyScale::Half), size(960, 540));
        assert_eq!(proxy_size(size(853, 480), ProxyScale::Quarter), size(214, 120));
        assert_eq!(proxy_size(size(20, 9), ProxyScale::Quarter), size(16, 16));
        assert_eq!(coding(PictureFormat::YUV420P8).1, "lt");
        assert_eq!(coding(PictureFormat::RGB8.with_alpha()).1, "4444");
    }
}
