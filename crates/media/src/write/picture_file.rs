//! Writing of one picture as a PNG file.
use crate::MediaError;
use crate::write::partial::{PartialFile, write_error};
use crate::write::png_chunks;
use crate::write::refuse::refuse;
use crate::write::settings::VideoSettings;
use crate::write::writer::PictureTrack;
use cutroom_types::{FrameRate, Picture};
use std::fs;
use std::path::Path;

/// Writes a picture of 8- or 16-bit full-range RGB planes (optionally with straight alpha) or gray
/// as PNG; an existing file is replaced only when the new one is complete.
///
/// # Errors
/// As [`encode_png`]; [`MediaError::Write`] when the file cannot be written.
pub fn write_png(path: &Path, picture: &Picture) -> Result<(), MediaError> {
    write_bytes(path, &encode_png(picture)?)
}

/// Writes a file completely or not at all, replacing an existing one.
///
/// # Errors
/// [`MediaError::Write`] when it cannot be written.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), MediaError> {
    let partial = PartialFile::create(path, true)?;
    fs::write(partial.path(), bytes).map_err(|e| write_error(path, &e))?;
    partial.commit().map(|_| ())
}

/// The bytes of a PNG file with a picture of 8- or 16-bit full-range RGB, RGB with straight alpha,
/// or gray.
///
/// # Errors
/// [`MediaError::Settings`] for another format or range, [`MediaError::Mismatch`] for a picture
/// that is not upright or has premultiplied alpha.
pub fn encode_png(picture: &Picture) -> Result<Vec<u8>, MediaError> {
    // Twice as fast as the usual level 6, and 6 % larger, for a frame of a film.
    let mut bytes = encode("png", Some("4"), picture)?;
    png_chunks::add_cicp(&mut bytes, picture.color);
    Ok(bytes)
}

/// The bytes of a JPEG file with a picture of 8-bit full-range YUV, 4:2:0 or 4:4:4, whose matrix should be that
/// of BT.601, as readers of JPEG assume.
///
/// # Errors
/// As [`encode_png`].
pub fn encode_jpeg(picture: &Picture) -> Result<Vec<u8>, MediaError> {
    encode("mjpeg", None, picture)
}

fn encode(codec: &str, preset: Option<&str>, picture: &Picture) -> Result<Vec<u8>, MediaError> {
    crate::init();
    let rate = FrameRate::new(25, 1).ok_or_else(|| refuse("no frame rate".into()))?;
    let mut settings = VideoSettings { codec: codec.into(), ..VideoSettings::new("png", picture.size, rate)? };
    settings.preset = preset.map(str::to_owned);
    settings.format = picture.format;
    settings.color = picture.color;
    settings.sample_aspect = picture.sample_aspect;
    // More threads would only delay a single picture.
    settings.threads = 1;
    let mut track = PictureTrack::open_alone(&settings)?;
    let mut bytes = Vec::new();
    let mut keep = |packet: crate::write::encoder::AvPacket| {
        bytes.extend_from_slice(packet.bytes());
        Ok(())
    };
    track.push(picture, &mut keep)?;
    track.finish(&mut keep)?;
    Ok(bytes)
}
