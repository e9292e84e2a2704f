//! Encoders of graphics cards: which work on this machine. Whether one does is known only by trying
//! it, and drivers may crash or hang, so each is tried in a process of its own.
use crate::{ApiError, ExportRequest, WorkerProgram};
use cutroom_media::write::{hardware_codecs, hardware_encoders, try_encoder, video_codec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A driver that takes longer than this to encode five small pictures is given up.
const PATIENCE: Duration = Duration::from_secs(15);

/// An encoder of a graphics card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HardwareReport {
    /// Codec id, as export requests name it.
    pub codec: String,
    /// Display name.
    pub title: String,
    /// Whether it encoded a few pictures.
    pub works: bool,
    /// Why it does not; empty if it works.
    pub reason: String,
}

/// Tries all encoders of graphics cards. `program` is this very program with the arguments that
/// make it call [`probe_encoder`], the codec's id last.
pub fn hardware_report(program: &WorkerProgram) -> Vec<HardwareReport> {
    let tried = |(codec, title, is_there): (&str, &str, bool)| {
        let result = match is_there {
            true => program.answer(codec, PATIENCE),
            false => Err("the linked FFmpeg was built without it".to_owned()),
        };
        let (works, reason) = (result.is_ok(), result.err().unwrap_or_default());
        HardwareReport { codec: codec.into(), title: title.into(), works, reason }
    };
    hardware_encoders().into_iter().map(tried).collect()
}

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
