//! Where the sound of playback goes.
use super::{from_device, hardware_output};
use crate::ApiError;
use cutroom_devices::{DeviceError, Event};
use cutroom_engine::{AudioSink, DeviceSink, SoundDevice, TimerSink};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What played the sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SoundOutputReport {
    /// Name of the device; absent: nobody heard it, and the machine's clock kept the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Between handing sound to the device and hearing it, in milliseconds, as its driver tells.
    pub latency_ms: f64,
    /// The device's clock against the machine's in parts per million, positive if it is fast; absent
    /// until it is measured, which takes some seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift_ppm: Option<f64>,
    /// Times that sound was not ready and the device played silence.
    pub under_runs: u64,
}

/// What is known of the device of a sink, beside the sink, which an engine has.
pub struct SoundOutput {
    device: Option<SoundDevice>,
    /// Why the wanted device is not played to, and what has happened to it.
    warnings: Vec<String>,
}

impl SoundOutput {
    /// Opens the sink for sound of a rate in Hz: the named device, the system's default one, or, if
    /// `null_sink` or if the system has none that can be used, the machine's clock.
    ///
    /// # Errors
    /// `device.*`: the named device cannot be opened.
    pub fn open(
        device: Option<&str>,
        null_sink: bool,
        rate_hz: u32,
        channels: usize,
    ) -> Result<(Self, Box<dyn AudioSink>), ApiError> {
        let timer = |warnings| Ok((Self { device: None, warnings }, Box::new(TimerSink::new()) as Box<dyn AudioSink>));
        if null_sink {
            return timer(Vec::new());
        }
        let wanted = hardware_output(device);
        match DeviceSink::open(Box::new(move || Box::new(wanted.clone())), rate_hz, channels) {
            Ok(sink) => Ok((Self { device: Some(sink.device()), warnings: Vec::new() }, Box::new(sink))),
            Err(e) if device.is_some() || matches!(e, DeviceError::Thread(_)) => Err(from_device(&e, "device")),
            Err(e) => timer(vec![format!("nobody hears the sound: {e}")]),
        }
    }

    /// What played, and warnings.
    pub fn report(&mut self) -> (SoundOutputReport, Vec<String>) {
        let Some(device) = &self.device else {
            let nobody = SoundOutputReport { device: None, latency_ms: 0.0, drift_ppm: None, under_runs: 0 };
            return (nobody, std::mem::take(&mut self.warnings));
        };
        for event in device.events() {
            match event {
                Event::DeviceLost { device, message } => {
                    self.warnings.push(format!("\"{device}\" was lost, and nobody heard the sound until it was back: {message}"));
                }
                Event::ProgrammeFailed { message, .. } => self.warnings.push(message),
                _ => {}
            }
        }
        let status = device.status();
        let report = SoundOutputReport {
            device: Some(status.device),
            latency_ms: status.latency_secs * 1e3,
            drift_ppm: status.drift_ppm,
            under_runs: status.under_runs,
        };
        (report, std::mem::take(&mut self.warnings))
    }
}
