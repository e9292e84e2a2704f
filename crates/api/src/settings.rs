//! Settings that several operations share.
use crate::ApiError;
use cutroom_pipeline::{Backend, PipelineError, ProxyScale, ProxyUse};
use cutroom_render::gpu;
use cutroom_types::{ColorModel, DeviceId, PictureFormat};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The back end that draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BackendChoice {
    /// A hardware GPU if available, otherwise the CPU.
    #[default]
    Auto,
    /// SIMD on the CPU; the same frames on every machine.
    Cpu,
    /// wgpu; accepts a software Vulkan device too.
    Gpu,
}

impl From<BackendChoice> for Backend {
    fn from(choice: BackendChoice) -> Self {
        match choice {
            BackendChoice::Auto => Self::Auto,
            BackendChoice::Cpu => Self::Cpu,
            BackendChoice::Gpu => Self::Gpu,
        }
    }
}

/// What decodes video streams. Frames are the same whoever decodes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DecodeChoice {
    /// An NVIDIA card if there is one and it decodes the stream, otherwise the processor.
    #[default]
    Auto,
    /// The processor.
    Software,
    /// NVIDIA's decoder.
    Cuda,
    /// VA-API: Intel's and AMD's cards on Linux. Untested.
    Vaapi,
    /// Apple's decoder. Untested.
    VideoToolbox,
    /// Direct3D 11 on Windows. Untested.
    D3d11,
    /// Intel's Quick Sync. Untested.
    Qsv,
}

impl From<DecodeChoice> for cutroom_media::DecodeChoice {
    fn from(choice: DecodeChoice) -> Self {
        match choice {
            DecodeChoice::Auto => Self::Auto,
            DecodeChoice::Software => Self::Software,
            DecodeChoice::Cuda => Self::Cuda,
            DecodeChoice::Vaapi => Self::Vaapi,
            DecodeChoice::VideoToolbox => Self::VideoToolbox,
            DecodeChoice::D3d11 => Self::D3d11,
            DecodeChoice::Qsv => Self::Qsv,
        }
    }
}

/// The graphics card of a number, as other interfaces know it.
///
/// # Errors
/// `render.gpu.absent` if there is none of this number.
pub(crate) fn card(number: Option<usize>) -> Result<Option<DeviceId>, ApiError> {
    let Some(number) = number else { return Ok(None) };
    let hint = "leave `gpu` out, or write a number that cutroom doctor lists";
    match gpu::named(&gpu::cards(), number) {
        Ok(card) => Ok(card.id),
        Err(e) => Err(ApiError::from(PipelineError::from(e)).hint(hint).field("gpu")),
    }
}

/// Rejects a kind of graphics device that is named to decode and that the machine, or the card, does not
/// have.
///
/// # Errors
/// `media.hardware.absent`.
pub(crate) fn check_decode(choice: cutroom_media::DecodeChoice, card: Option<DeviceId>) -> Result<(), ApiError> {
    let hint = "leave `decode` out, or write auto or software; cutroom doctor shows what works";
    cutroom_media::check_decode_choice(choice, card).map_err(|e| ApiError::from(e).hint(hint).field("decode"))
}

/// The display that a picture is made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisplayChoice {
    /// As the film is: a PQ or HLG film as 16-bit RGB that is tagged so.
    #[default]
    Film,
    /// A display of standard range: PQ and HLG are tone-mapped to 8-bit sRGB.
    Sdr,
}

/// Size of a proxy in relation to its source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ProxyScaleChoice {
    /// Half of width and height.
    #[default]
    #[serde(rename = "1/2")]
    Half,
    /// A quarter of width and height.
    #[serde(rename = "1/4")]
    Quarter,
}

impl From<ProxyScaleChoice> for ProxyScale {
    fn from(choice: ProxyScaleChoice) -> Self {
        match choice {
            ProxyScaleChoice::Half => Self::Half,
            ProxyScaleChoice::Quarter => Self::Quarter,
        }
    }
}

/// Which proxies are drawn instead of their sources, where there are any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ProxyChoice {
    /// None.
    #[default]
    #[serde(rename = "off")]
    Off,
    /// For each clip the smallest that has the pixels that are drawn.
    #[serde(rename = "auto")]
    Auto,
    /// Those of half the size.
    #[serde(rename = "1/2")]
    Half,
    /// Those of a quarter of the size, else of half.
    #[serde(rename = "1/4")]
    Quarter,
}

impl From<ProxyChoice> for ProxyUse {
    fn from(choice: ProxyChoice) -> Self {
        match choice {
            ProxyChoice::Off => Self::Off,
            ProxyChoice::Auto => Self::Auto,
            ProxyChoice::Half => Self::Always(ProxyScale::Half),
            ProxyChoice::Quarter => Self::Always(ProxyScale::Quarter),
        }
    }
}

/// Maximum number of threads that may be requested: more than a machine has cores, few enough to
/// start.
const MAX_THREADS: usize = 1024;

/// Rejects a number of threads above the maximum.
///
/// # Errors
/// `usage.threads`.
pub(crate) fn check_threads(threads: usize) -> Result<(), ApiError> {
    if threads <= MAX_THREADS {
        return Ok(());
    }
    Err(ApiError::new("usage.threads", format!("{threads} threads are more than the maximum of {MAX_THREADS}"))
        .hint("leave `threads` out, or write 0, for one per core")
        .field("threads"))
}

/// Parses FFmpeg's name of a planar pixel format, such as `yuv420p`, `yuva444p12`, `gbrp` or
/// `gray10`. `rgb24` and `rgba` mean the planar 8-bit formats, `rgb48` and `rgba64` the 16-bit
/// ones, `gbrpf32` and `gbrapf32` floats; a final `le` may be left out.
///
/// # Errors
/// `usage.pixel_format` if cutroom does not write the format.
pub(crate) fn parse_pixel_format(text: &str) -> Result<PictureFormat, ApiError> {
    let error = || {
        ApiError::new("usage.pixel_format", format!("\"{text}\" is not a pixel format that cutroom writes"))
            .hint("write yuv420p, yuv422p10, yuv444p12, yuva444p10, rgb24, rgba, gbrp10, gray10, ...")
    };
    let name = text.trim().to_ascii_lowercase();
    let name = match name.strip_suffix("le").unwrap_or(&name) {
        "rgb24" | "rgb" => "gbrp",
        "rgba" => "gbrap",
        "rgb48" => "gbrp16",
        "rgba64" => "gbrap16",
        "gbrpf32" => return Ok(PictureFormat::RGB_FLOAT),
        "gbrapf32" => return Ok(PictureFormat::RGB_FLOAT.with_alpha()),
        other => other,
    }
    .to_owned();
    let (stem, bits) = match name.find(|c: char| c.is_ascii_digit()).filter(|_| name.starts_with("gray")) {
        Some(at) => (name[..at].to_owned(), name[at..].parse().map_err(|_| error())?),
        None => match name.rsplit_once('p') {
            Some((stem, bits)) if bits.bytes().all(|b| b.is_ascii_digit()) => {
                (format!("{stem}p"), if bits.is_empty() { 8 } else { bits.parse().map_err(|_| error())? })
            }
            _ => (name.clone(), 8u8),
        },
    };
    if !matches!(bits, 8 | 9 | 10 | 12 | 14 | 16) {
        return Err(error());
    }
    let yuv = |x, y| PictureFormat::yuv(bits, x, y);
    let one = |model| PictureFormat { model, bits, chroma_shift_x: 0, chroma_shift_y: 0, alpha: false };
    Ok(match stem.as_str() {
        "yuv420p" => yuv(1, 1),
        "yuv422p" => yuv(1, 0),
        "yuv444p" => yuv(0, 0),
        "yuv440p" => yuv(0, 1),
        "yuv411p" => yuv(2, 0),
        "yuv410p" => yuv(2, 2),
        "yuva420p" => yuv(1, 1).with_alpha(),
        "yuva422p" => yuv(1, 0).with_alpha(),
        "yuva444p" => yuv(0, 0).with_alpha(),
        "gbrp" => one(ColorModel::Rgb),
        "gbrap" => one(ColorModel::Rgb).with_alpha(),
        "gray" => one(ColorModel::Gray),
        _ => return Err(error()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_of_decoders_are_named_as_the_media_names_them() {
        for id in cutroom_media::DecodeChoice::ALL.map(cutroom_media::DecodeChoice::id) {
            let choice: DecodeChoice = serde_json::from_value(id.into()).unwrap();
            assert_eq!(cutroom_media::DecodeChoice::from(choice).id(), id);
        }
    }

    /// No machine has both.
    #[test]
    fn a_named_decoder_that_is_absent_is_an_error_of_its_field() {
        let absent = [cutroom_media::DecodeChoice::VideoToolbox, cutroom_media::DecodeChoice::D3d11];
        let errors: Vec<ApiError> = absent.into_iter().filter_map(|choice| check_decode(choice, None).err()).collect();
        assert!(!errors.is_empty() && errors.iter().all(|e| e.code == "media.hardware.absent"), "{errors:?}");
        assert!(check_decode(cutroom_media::DecodeChoice::Auto, None).is_ok());
    }

    #[test]
    fn a_card_that_there_is_not_is_an_error_of_its_field() {
        assert_eq!(card(None).unwrap(), None);
        let error = card(Some(99)).unwrap_err();
        assert_eq!(error.code, "render.gpu.absent");
        assert!(error.message.starts_with("there is no graphics card 99; "), "{}", error.message);
    }

    #[test]
    fn pixel_formats() {
        for (name, format) in [
            ("yuv420p", PictureFormat::YUV420P8),
            ("yuv422p10le", PictureFormat::yuv(10, 1, 0)),
            ("yuv444p12", PictureFormat::yuv(12, 0, 0)),
            ("yuva444p10", PictureFormat::yuv(10, 0, 0).with_alpha()),
            ("rgb24", PictureFormat::RGB8),
            ("RGBA", PictureFormat::RGB8.with_alpha()),
            ("gbrp10", PictureFormat { bits: 10, ..PictureFormat::RGB8 }),
            ("gbrapf32le", PictureFormat::RGB_FLOAT.with_alpha()),
            ("gray", PictureFormat { model: ColorModel::Gray, ..PictureFormat::RGB8 }),
            ("gray16", PictureFormat { model: ColorModel::Gray, bits: 16, ..PictureFormat::RGB8 }),
        ] {
            assert_eq!(parse_pixel_format(name).unwrap(), format, "{name}");
        }
        for bad in ["", "yuv", "yuv420", "yuv420p7", "yuv420p99", "nv12", "p", "10", "yuv420p1000"] {
            assert!(parse_pixel_format(bad).is_err(), "{bad}");
        }
    }
}
