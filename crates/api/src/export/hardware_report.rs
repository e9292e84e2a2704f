//! Which encoders of graphics cards work on this machine. Whether one does is known only by trying it, and
//! drivers may crash or hang, so each is tried in a process of its own.
use super::process::WorkerProgram;
use cutroom_media::write::hardware_encoders;
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
/// make it call [`crate::probe_encoder`], the codec's id last.
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
