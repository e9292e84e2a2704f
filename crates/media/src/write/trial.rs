//! Trying out encoders of graphics cards.
use crate::MediaError;
use crate::write::encoder::AvPacket;
use crate::write::settings::VideoSettings;
use crate::write::video::{hardware_codecs, video_codec};
use crate::write::writer::PictureTrack;
use cutroom_types::{ColorTags, FrameRate, Picture, PictureFormat, Size};

/// Pictures that are encoded to try an encoder.
const TRIED_PICTURES: u64 = 5;

/// Tries an encoder of a graphics card: encodes a few pictures of 256×144. Drivers may crash or
/// hang: call it in a process that may.
///
/// # Errors
/// What the encoder or the driver says; [`MediaError::NoEncoder`] if the linked FFmpeg has none.
pub fn try_encoder(codec: &str) -> Result<(), MediaError> {
    crate::init();
    let row = video_codec(codec)?;
    let rate = FrameRate::new(25, 1).ok_or_else(|| MediaError::Settings { reason: "no frame rate".into() })?;
    let size = Size { width: 256, height: 144 };
    let settings = VideoSettings::new(row.id, size, rate)?;
    let mut track = PictureTrack::open_bare(&settings)?;
    let mut packets = 0;
    let mut count = |_: AvPacket| {
        packets += 1;
        Ok(())
    };
    for n in 0..TRIED_PICTURES {
        let luma = (0..256 * 144).map(|i| (i as u64 + n * 7) as u8).collect();
        let planes = vec![luma, vec![128; 128 * 72], vec![128; 128 * 72]];
        let picture = Picture::from_planes(PictureFormat::YUV420P8, size, ColorTags::BT709, planes)
            .ok_or(MediaError::Internal { operation: "making a picture", reason: "its planes do not fit".into() })?;
        track.push(&picture, &mut count)?;
    }
    track.finish(&mut count)?;
    if packets == TRIED_PICTURES {
        return Ok(());
    }
    let reason = format!("it made {packets} packets of {TRIED_PICTURES} pictures");
    Err(MediaError::Encode { encoder: row.encoder.into(), reason })
}

/// Ids and titles of the encoders of graphics cards that the linked FFmpeg has, and whether it has
/// them.
pub fn hardware_encoders() -> Vec<(&'static str, &'static str, bool)> {
    crate::init();
    hardware_codecs().map(|c| (c.id, c.title, !crate::write::encoders::encoder_pointer(c.encoder).is_null())).collect()
}
