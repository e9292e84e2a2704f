//! Measures the latency of the way from an output to an input.
use super::{from_device, hardware_input, hardware_output};
use crate::ApiError;
use cutroom_devices::{
    InputBackend, OutputBackend, Player, PlayerOptions, Recorder, RecorderOptions, Request, latency_signal, measure_latency,
};
use cutroom_types::{AudioBlock, CancelToken};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    error::Error,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Rate at which it is measured.
const RATE_HZ: u32 = 48_000;
/// Where the signal begins.
const BEGINS: i64 = RATE_HZ as i64 / 2;
/// What is recorded from there on: the longest latency and the signal.
const LISTENS: usize = RATE_HZ as usize;
/// Longer than this, nothing comes any more.
const PATIENCE: Duration = Duration::from_secs(8);

/// Devices whose latency is measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LatencyRequest {
    /// The output, by its id or name; absent: the system's default.
    #[serde(default)]
    pub device: Option<String>,
    /// The input, by its id or name; absent: the system's default.
    #[serde(default)]
    pub input: Option<String>,
}

/// How much later sound is recorded than it is heard, beyond what the drivers tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LatencyReport {
    /// In milliseconds: the value for `latency_ms` of a recording.
    pub latency_ms: f64,
    /// Name of the output.
    pub device: String,
    /// Sample rate of the input in Hz.
    pub input_rate_hz: u32,
}

/// Plays a burst of noise and finds it in what the input captures: a microphone has to hear the
/// loudspeaker, or a cable has to join the two.
///
/// # Errors
/// `device.*`: a device cannot be opened; `device.not_heard`: the noise was not found.
pub fn sound_latency(request: &LatencyRequest, cancel: &CancelToken) -> Result<LatencyReport, ApiError> {
    let (output, input) = (hardware_output(request.device.as_deref()), hardware_input(request.input.as_deref()));
    measure(Box::new(output), Box::new(input), cancel)
}

fn measure(output: Box<dyn OutputBackend>, input: Box<dyn InputBackend>, cancel: &CancelToken) -> Result<LatencyReport, ApiError> {
    let signal = latency_signal();
    let programme = move |request: Request| -> Result<AudioBlock, Box<dyn Error + Send + Sync>> {
        let at = |n: i64| usize::try_from(n - BEGINS).ok().and_then(|n| signal.get(n)).copied().unwrap_or(0.0);
        let channel: Vec<f32> = (0..request.samples as i64).map(|i| at(request.first_sample + i)).collect();
        Ok(AudioBlock { rate_hz: RATE_HZ, channels: vec![channel.clone(), channel] })
    };
    let options = PlayerOptions { rate_hz: RATE_HZ, ..PlayerOptions::default() };
    let player = Player::new(output, Box::new(programme), options).map_err(|e| from_device(&e, "device"))?;
    let heard: Arc<Mutex<Vec<f32>>> = Arc::default();
    let take = Arc::clone(&heard);
    let options = RecorderOptions { channels: 1, punch_in: Some(BEGINS), fade_secs: 0.0, ..RecorderOptions::default() };
    let recorder = Recorder::new(input, player.clock(), options, move |block| {
        let mut take = take.lock().unwrap_or_else(PoisonError::into_inner);
        take.extend(block.audio.channels.first().into_iter().flatten());
    });
    let recorder = recorder.map_err(|e| from_device(&e, "input"))?;
    player.play().map_err(|e| from_device(&e, "device"))?;
    let began = Instant::now();
    while heard.lock().unwrap_or_else(PoisonError::into_inner).len() < LISTENS {
        if cancel.is_cancelled() {
            return Err(ApiError::new("device.stopped", "measuring was stopped"));
        }
        if began.elapsed() > PATIENCE || recorder.status().fault.is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let status = recorder.finish();
    let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(samples) = measure_latency(&heard[..heard.len().min(LISTENS)]) else {
        let error = ApiError::new("device.not_heard", "the input did not hear what the output played");
        return Err(error.hint("turn both up, or join them with a cable, and see `sound_devices` for their names"));
    };
    let latency_ms = samples as f64 * 1e3 / f64::from(RATE_HZ);
    Ok(LatencyReport { latency_ms, device: player.status().device, input_rate_hz: status.format.rate_hz })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_devices::{Air, TimerInput, TimerOptions, TimerOutput};

    #[test]
    fn the_way_through_the_air_is_found() {
        let air = Air::new(RATE_HZ);
        let options = TimerOptions { rate_hz: Some(RATE_HZ), ..TimerOptions::default() };
        let output = TimerOutput { options: options.clone(), tap: Some(air.tap(2)), ..TimerOutput::default() };
        // Farther than a block, so that the air has heard what the input captures.
        let input = TimerInput { options, switch: cutroom_devices::TimerSwitch::default(), source: air.source(1, 1234) };
        let found = measure(Box::new(output), Box::new(input), &CancelToken::new()).expect("it is heard");
        assert!((found.latency_ms * 48.0 - 1234.0).abs() < 1.5, "{found:?}");
    }

    #[test]
    fn an_input_that_hears_nothing_is_told() {
        let options = TimerOptions { rate_hz: Some(RATE_HZ), ..TimerOptions::default() };
        let source: cutroom_devices::Source = Arc::new(Mutex::new(|_: f64, samples: &mut [f32]| samples.fill(0.0)));
        let input = TimerInput { options, switch: cutroom_devices::TimerSwitch::default(), source };
        let error = measure(Box::new(TimerOutput::default()), Box::new(input), &CancelToken::new()).unwrap_err();
        assert_eq!(error.code, "device.not_heard");
    }
}
