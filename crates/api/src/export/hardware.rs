//! Encoders of graphics cards, and software that stands in for them.
use super::ExportRequest;
use crate::ApiError;
use cutroom_media::write::{hardware_codecs, try_encoder, video_codec};

/// Encodes a few pictures with an encoder of a graphics card.
///
/// # Errors
/// What the encoder or its driver says.
pub fn probe_encoder(codec: &str) -> Result<(), ApiError> {
    Ok(try_encoder(codec)?)
}

/// Ids of the encoders of graphics cards.
pub fn hardware_codec_ids() -> Vec<&'static str> {
    hardware_codecs().map(|codec| codec.id).collect()
}

/// The request with software instead of a graphics card's encoder, if it names one.
pub(crate) fn in_software(request: &ExportRequest) -> Option<ExportRequest> {
    let row = video_codec(request.video.codec.as_deref()?).ok()?;
    let mut request = request.clone();
    request.video.codec = Some(row.hardware?.software.to_owned());
    // Those of the card's encoder have other names.
    (request.video.preset, request.video.profile) = (None, None);
    Some(request)
}

/// The request as it can be carried out here, and what was changed: if it names an encoder of a
/// graphics card that does not work, software stands in where that is allowed.
///
/// # Errors
/// Why the encoder does not work.
pub(crate) fn usable(request: &ExportRequest) -> Result<(Option<ExportRequest>, Option<String>), ApiError> {
    let (Some(codec), Some(software)) = (&request.video.codec, in_software(request)) else { return Ok((None, None)) };
    let Err(error) = probe_encoder(codec) else { return Ok((None, None)) };
    let other = software.video.codec.as_deref().unwrap_or_default();
    if request.video.hardware_fallback {
        let warning = format!("`video.codec` {codec} does not work here, so the film was encoded with {other}: {}", error.message);
        return Ok((Some(software), Some(warning)));
    }
    let hint =
        format!("write {other}, or add `video.hardware_fallback` to let software stand in; `cutroom doctor` tries all encoders");
    let mut error = error.field("video.codec").hint(hint).field("video.hardware_fallback");
    error.message = format!("{codec} does not work here: {}", error.message);
    Err(error)
}
