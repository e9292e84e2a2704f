//! Decoding with a graphics card, through FFmpeg's hardware contexts: the usual decoder of a codec
//! parses the stream and the card makes its pictures, so that everything that chooses frames is as
//! without a card.
//!
//! A [`Device`] is opened once per process and kind and is shared by all decoders. A
//! [`Negotiation`] answers when FFmpeg knows a stream: one that the card does not decode is refused
//! there, with the reason, and its reader opens it again in software. A frame that the card has made
//! leaves the decoder's small pool at once ([`Kept`]): it is copied to memory of its own on the card,
//! or to host memory.
//!
//! Only codecs whose decoding is defined to the bit are left to a card, so that a frame is the same
//! whoever decodes it. Tested are NVIDIA's cards. The other kinds use the same mechanism, have not
//! been tried, and are used only if they are named; their pictures always come to host memory.
mod choice;
mod cuda;
mod device;
mod download;
mod format;
mod kept;
mod listed;
mod surface;

pub use choice::DecodeChoice;
pub(crate) use device::Device;
pub(crate) use format::{Negotiation, decoder};
pub(crate) use kept::Kept;
pub(crate) use surface::{stored_format, surface_frame};

use crate::MediaError;
use cutroom_types::DeviceId;
use ffmpeg_next::ffi::{AVCodecID, AVHWDeviceType, AVPixelFormat};
use std::sync::Arc;

/// A kind of graphics device that decodes.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Stable id.
    pub id: &'static str,
    /// Display name.
    pub title: &'static str,
    /// FFmpeg's number of the kind.
    pub device_type: AVHWDeviceType,
    /// Format of its frames.
    pub pixel_format: AVPixelFormat,
    /// Whether it has been tried on a machine.
    pub is_tested: bool,
    /// Whether the machine may have such a device; asked before its driver is loaded.
    pub may_exist: fn() -> bool,
}

/// All kinds, in the order in which [`DecodeChoice::Auto`] tries those that are tested.
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        id: "cuda",
        title: "NVIDIA (NVDEC)",
        device_type: AVHWDeviceType::AV_HWDEVICE_TYPE_CUDA,
        pixel_format: AVPixelFormat::AV_PIX_FMT_CUDA,
        is_tested: true,
        may_exist: cuda::may_exist,
    },
    Kind {
        id: "vaapi",
        title: "VA-API (Intel, AMD)",
        device_type: AVHWDeviceType::AV_HWDEVICE_TYPE_VAAPI,
        pixel_format: AVPixelFormat::AV_PIX_FMT_VAAPI,
        is_tested: false,
        may_exist: || listed::is_listed("/dev/dri", "renderD"),
    },
    Kind {
        id: "videotoolbox",
        title: "VideoToolbox (Apple)",
        device_type: AVHWDeviceType::AV_HWDEVICE_TYPE_VIDEOTOOLBOX,
        pixel_format: AVPixelFormat::AV_PIX_FMT_VIDEOTOOLBOX,
        is_tested: false,
        may_exist: || cfg!(target_vendor = "apple"),
    },
    Kind {
        id: "d3d11",
        title: "Direct3D 11 (Windows)",
        device_type: AVHWDeviceType::AV_HWDEVICE_TYPE_D3D11VA,
        pixel_format: AVPixelFormat::AV_PIX_FMT_D3D11,
        is_tested: false,
        may_exist: || cfg!(windows),
    },
    Kind {
        id: "qsv",
        title: "Quick Sync (Intel)",
        device_type: AVHWDeviceType::AV_HWDEVICE_TYPE_QSV,
        pixel_format: AVPixelFormat::AV_PIX_FMT_QSV,
        is_tested: false,
        may_exist: || cfg!(windows) || listed::is_listed("/dev/dri", "renderD"),
    },
];

/// Codecs whose decoding is defined to the bit, with FFmpeg's names. Others, such as MPEG-2 and
/// JPEG, allow the inverse transform to differ.
pub(crate) const EXACT: &[(AVCodecID, &str)] = &[
    (AVCodecID::AV_CODEC_ID_H264, "h264"),
    (AVCodecID::AV_CODEC_ID_HEVC, "hevc"),
    (AVCodecID::AV_CODEC_ID_VP8, "vp8"),
    (AVCodecID::AV_CODEC_ID_VP9, "vp9"),
    (AVCodecID::AV_CODEC_ID_AV1, "av1"),
];

/// One kind of graphics device on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HardwareAvailability {
    /// Id, as the setting names it.
    pub id: &'static str,
    /// Display name.
    pub title: &'static str,
    /// Whether a device was opened.
    pub works: bool,
    /// What it decodes, or why it cannot be used.
    pub what: String,
    /// Whether the kind has been tried on a machine.
    pub is_tested: bool,
}

/// Every kind of graphics device that could decode, tried.
pub fn hardware_decoders() -> Vec<HardwareAvailability> {
    let row = |kind: &'static Kind| {
        let (works, what) = match device::opened(kind, None) {
            Ok(_) => (true, format!("{} of 8 and 10 bits, 4:2:0", format::codecs(kind).join(", "))),
            Err(why) => (false, why),
        };
        HardwareAvailability { id: kind.id, title: kind.title, works, what, is_tested: kind.is_tested }
    };
    KINDS.iter().map(row).collect()
}

/// The first device that frames can stay on: NVIDIA's card, if there is one. What draws on another one
/// gets them by way of host memory.
pub fn card() -> Option<DeviceId> {
    surface::kept_on()
}

/// The device that a choice means, the `card` where the kind has several; `None` for software, also
/// where [`DecodeChoice::Auto`] finds no device that is tested.
///
/// # Errors
/// [`MediaError::NoHardware`] when a kind is named that the machine, or the card, does not have.
pub(crate) fn device_for(choice: DecodeChoice, card: Option<DeviceId>) -> Result<Option<Arc<Device>>, MediaError> {
    match choice {
        DecodeChoice::Software => Ok(None),
        DecodeChoice::Auto => Ok(KINDS.iter().filter(|kind| kind.is_tested).find_map(|kind| device::opened(kind, card).ok())),
        named => {
            let kind = KINDS.iter().find(|kind| kind.id == named.id());
            let unknown = || Err("this build does not know it".to_owned());
            let opened = kind.map_or_else(unknown, |kind| device::opened(kind, card));
            opened.map(Some).map_err(|reason| MediaError::NoHardware { id: named.id(), reason })
        }
    }
}

/// Refuses a choice that names a kind of device that the machine, or the card, does not have.
///
/// # Errors
/// [`MediaError::NoHardware`].
pub fn check_decode_choice(choice: DecodeChoice, card: Option<DeviceId>) -> Result<(), MediaError> {
    device_for(choice, card).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_but_two_is_a_kind() {
        let ids: Vec<&str> = KINDS.iter().map(|kind| kind.id).collect();
        let named: Vec<&str> = DecodeChoice::ALL[2..].iter().map(|choice| choice.id()).collect();
        assert_eq!(ids, named);
    }

    /// On any machine: what works is not refused, and what is refused says why.
    #[test]
    fn a_named_device_is_there_or_refused_with_the_reason() {
        for row in hardware_decoders() {
            let choice = DecodeChoice::named(row.id).unwrap();
            match check_decode_choice(choice, None) {
                Ok(()) => assert!(row.works, "{}", row.id),
                Err(error) => {
                    assert!(!row.works && error.code() == "media.hardware.absent", "{}", row.id);
                    assert!(!row.what.is_empty() && error.to_string().contains(&row.what), "{error}");
                }
            }
        }
        // A card that is none of NVIDIA's decodes nothing, and is no error unless a kind is named.
        let other = Some(DeviceId([7; 16]));
        assert!(device_for(DecodeChoice::Auto, other).unwrap().is_none());
        assert!(check_decode_choice(DecodeChoice::Cuda, other).is_err());
        assert!(check_decode_choice(DecodeChoice::Auto, None).is_ok() && check_decode_choice(DecodeChoice::Software, None).is_ok());
    }
}
