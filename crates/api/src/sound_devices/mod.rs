//! Sound devices: their list, playing to them, recording from them, and the latency between the two.
mod latency;
mod output;
mod record;

pub use latency::{LatencyReport, LatencyRequest, sound_latency};
pub use output::{SoundOutput, SoundOutputReport};
pub use record::{RecordReport, RecordRequest, record};

use crate::ApiError;
use cutroom_devices::{Choice, DeviceError, DeviceInfo, HardwareInput, HardwareOutput, Offer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The sound devices of this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SoundDevicesReport {
    /// What plays sound.
    pub outputs: Vec<SoundDeviceReport>,
    /// What captures sound.
    pub inputs: Vec<SoundDeviceReport>,
}

/// A sound device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SoundDeviceReport {
    /// Names it for this program; stays the same when it is plugged in again.
    pub id: String,
    /// Name for people; two devices can have the same.
    pub name: String,
    /// Whether it is the system's default.
    pub is_default: bool,
    /// Most channels; 0 if it is in use and does not say.
    pub channels: usize,
    /// Lowest sample rate in Hz; 0 if it does not say.
    pub min_rate_hz: u32,
    /// Highest sample rate in Hz; 0 if it does not say.
    pub max_rate_hz: u32,
}

impl From<&DeviceInfo> for SoundDeviceReport {
    fn from(info: &DeviceInfo) -> Self {
        let most = |of: fn(&Offer) -> u32| info.offers.iter().map(of).max().unwrap_or(0);
        Self {
            id: info.id.clone(),
            name: info.name.clone(),
            is_default: info.default,
            channels: info.offers.iter().map(|offer| offer.channels).max().unwrap_or(0),
            min_rate_hz: info.offers.iter().map(|offer| offer.min_rate_hz).min().unwrap_or(0),
            max_rate_hz: most(|offer| offer.max_rate_hz),
        }
    }
}

/// Lists the sound devices of this machine; may take a second.
///
/// # Errors
/// `device.refused`: the sound service does not answer. No devices are empty lists.
pub fn sound_devices() -> Result<SoundDevicesReport, ApiError> {
    let found = cutroom_devices::devices().map_err(|e| from_device(&e, "device"))?;
    let of = |list: &[DeviceInfo]| list.iter().map(SoundDeviceReport::from).collect();
    Ok(SoundDevicesReport { outputs: of(&found.outputs), inputs: of(&found.inputs) })
}

fn choice(device: Option<&str>) -> Choice {
    device.map_or(Choice::Default, |name| Choice::Named(name.to_owned()))
}

fn hardware_output(device: Option<&str>) -> HardwareOutput {
    HardwareOutput { choice: choice(device) }
}

fn hardware_input(device: Option<&str>) -> HardwareInput {
    HardwareInput { choice: choice(device) }
}

/// An error of a device that a field of a request names.
fn from_device(e: &DeviceError, field: &'static str) -> ApiError {
    let error = ApiError::of(e.code(), e);
    match e {
        DeviceError::NotFound { .. } | DeviceError::NoDefault { .. } | DeviceError::Unusable { .. } => {
            error.field(field).hint_at("sound_devices", "`sound_devices` lists what there is")
        }
        DeviceError::Busy { .. } => error.field(field).hint("close the other program, or name another device"),
        _ => error,
    }
}
