//! Devices of the system, through cpal: their list, the choice of a format, and their streams.
use crate::{
    DeviceError, Fault, Faults, Format, InputBackend, InputCallback, OpenStream, OutputBackend, OutputCallback, Presence, now_secs,
};
use cpal::{
    BufferSize, ErrorKind, FromSample, I24, SampleFormat, SizedSample, StreamConfig, SupportedBufferSize, U24,
    traits::{DeviceTrait, HostTrait, StreamTrait},
};
use std::sync::Arc;

/// Frames converted at a time for devices that do not take floats.
const SCRATCH_FRAMES: usize = 1024;
/// Sample formats that can be used, the best first.
const SAMPLE_FORMATS: &[SampleFormat] = &[
    SampleFormat::F32,
    SampleFormat::F64,
    SampleFormat::I32,
    SampleFormat::I24,
    SampleFormat::U24,
    SampleFormat::U32,
    SampleFormat::I16,
    SampleFormat::U16,
    SampleFormat::U8,
    SampleFormat::I8,
];

/// Which device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The system's default.
    #[default]
    Default,
    /// By [`DeviceInfo::id`] or, if it is the only one of that name, [`DeviceInfo::name`].
    Named(String),
}

/// A device of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// Stays the same when the device is plugged in again.
    pub id: String,
    /// Name for people; two devices can have the same.
    pub name: String,
    /// Whether it is the system's default.
    pub default: bool,
    /// What it can do; empty if it is in use and does not say.
    pub offers: Vec<Offer>,
}

/// A range of formats that a device can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Interleaved channels.
    pub channels: usize,
    /// Lowest sample rate in Hz.
    pub min_rate_hz: u32,
    /// Highest sample rate in Hz.
    pub max_rate_hz: u32,
    /// Smallest and largest block in frames, if known.
    pub block_frames: Option<(u32, u32)>,
    /// Type of its samples.
    pub samples: SampleFormat,
}

/// The system's devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Devices {
    /// What plays sound.
    pub outputs: Vec<DeviceInfo>,
    /// What captures sound.
    pub inputs: Vec<DeviceInfo>,
}

/// Lists the devices of the system; may take a second, since drivers are asked what they can do.
///
/// # Errors
/// If the sound service does not answer. No devices are an empty list.
pub fn devices() -> Result<Devices, DeviceError> {
    Ok(Devices { outputs: list(Direction::Output)?, inputs: list(Direction::Input)? })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Output,
    Input,
}

impl Direction {
    fn name(self) -> &'static str {
        match self {
            Self::Output => "output",
            Self::Input => "input",
        }
    }

    fn default_of(self, host: &cpal::Host) -> Option<cpal::Device> {
        match self {
            Self::Output => host.default_output_device(),
            Self::Input => host.default_input_device(),
        }
    }

    fn offers(self, device: &cpal::Device) -> Result<Vec<Offer>, cpal::Error> {
        Ok(match self {
            Self::Output => device.supported_output_configs()?.map(offer).collect(),
            Self::Input => device.supported_input_configs()?.map(offer).collect(),
        })
    }
}

fn offer(range: cpal::SupportedStreamConfigRange) -> Offer {
    let block_frames = match range.buffer_size() {
        SupportedBufferSize::Range { min, max } => Some((*min, *max)),
        SupportedBufferSize::Unknown => None,
    };
    Offer {
        channels: usize::from(range.channels()),
        min_rate_hz: range.min_sample_rate(),
        max_rate_hz: range.max_sample_rate(),
        block_frames,
        samples: range.sample_format(),
    }
}

fn refused(operation: &str, source: cpal::Error) -> DeviceError {
    DeviceError::Refused { operation: operation.into(), source }
}

fn id(device: &cpal::Device) -> String {
    device.id().map_or_else(|_| device.to_string(), |id| id.id().to_owned())
}

fn name(device: &cpal::Device) -> String {
    device.description().map_or_else(|_| id(device), |description| description.name().to_owned())
}

/// ALSA writes what it does not find to standard error; what matters of it comes as an error, too.
#[cfg(target_os = "linux")]
fn keep_quiet() {
    // Holds for this thread. It fails only without memory, and then the messages stay.
    let _ = alsa::Output::local_error_handler();
}

#[cfg(not(target_os = "linux"))]
fn keep_quiet() {}

fn list(direction: Direction) -> Result<Vec<DeviceInfo>, DeviceError> {
    keep_quiet();
    let host = cpal::default_host();
    let default = direction.default_of(&host).map(|device| id(&device));
    let mut found = Vec::new();
    for device in host.devices().map_err(|e| refused("list the sound devices", e))? {
        // One that is in use does not say what it can do, and is still listed.
        let offers = match direction.offers(&device) {
            Ok(offers) if offers.is_empty() => continue,
            Ok(offers) => offers,
            Err(e) if e.kind() == ErrorKind::DeviceBusy => Vec::new(),
            Err(_) => continue,
        };
        let id = id(&device);
        found.push(DeviceInfo { default: default.as_ref() == Some(&id), name: name(&device), id, offers });
    }
    Ok(found)
}

fn find(choice: &Choice, direction: Direction) -> Result<cpal::Device, DeviceError> {
    keep_quiet();
    let host = cpal::default_host();
    let names = |found: Vec<DeviceInfo>| found.into_iter().map(|info| info.id).collect();
    match choice {
        Choice::Default => match direction.default_of(&host) {
            Some(device) => Ok(device),
            None => Err(DeviceError::NoDefault { direction: direction.name(), there: names(list(direction)?) }),
        },
        Choice::Named(wanted) => {
            let devices: Vec<_> = host.devices().map_err(|e| refused("list the sound devices", e))?.collect();
            if let Some(device) = devices.iter().find(|device| id(device) == *wanted) {
                return Ok(device.clone());
            }
            let mut named = devices.iter().filter(|device| name(device) == *wanted);
            match (named.next(), named.next()) {
                (Some(device), None) => Ok(device.clone()),
                _ => {
                    let there = names(list(direction)?);
                    Err(DeviceError::NotFound { direction: direction.name(), wanted: wanted.clone(), there })
                }
            }
        }
    }
}

/// The nearest offer to a wanted format: the wanted rate if it can be, or else the lowest above it
/// that the device has, or the highest; then the wanted number of channels, more, or fewer; then
/// the best samples.
fn nearest(offers: &[Offer], wanted: Format) -> Option<(Offer, Format)> {
    let rate_of = |offer: &Offer| wanted.rate_hz.clamp(offer.min_rate_hz, offer.max_rate_hz);
    let rank = |offer: &Offer| {
        let rate = rate_of(offer);
        let rate_rank = (rate < wanted.rate_hz, rate.abs_diff(wanted.rate_hz));
        let channels_rank = (offer.channels < wanted.channels, offer.channels.abs_diff(wanted.channels));
        (rate_rank, channels_rank, SAMPLE_FORMATS.iter().position(|f| *f == offer.samples))
    };
    let usable = offers.iter().filter(|o| o.channels > 0 && o.max_rate_hz > 0 && SAMPLE_FORMATS.contains(&o.samples));
    let best = usable.min_by_key(|offer| rank(offer))?;
    let block = best.block_frames.map_or(wanted.block_frames, |(min, max)| {
        let (min, max) = (min as usize, max as usize);
        wanted.block_frames.clamp(min.min(max), max)
    });
    Some((*best, Format { rate_hz: rate_of(best), channels: best.channels, block_frames: block.max(1) }))
}

/// Finds the device and the nearest format; cpal's configuration with it.
fn choose(choice: &Choice, direction: Direction, wanted: Format) -> Result<(cpal::Device, Offer, Format), DeviceError> {
    let device = find(choice, direction)?;
    let offers = direction.offers(&device).map_err(|e| match e.kind() {
        ErrorKind::DeviceBusy => DeviceError::Busy { device: name(&device) },
        // Some systems name a default also when there is nothing behind it.
        ErrorKind::DeviceNotAvailable | ErrorKind::UnsupportedOperation | ErrorKind::BackendError | ErrorKind::HostUnavailable
            if *choice == Choice::Default =>
        {
            let there = list(direction).unwrap_or_default();
            DeviceError::NoDefault { direction: direction.name(), there: there.into_iter().map(|info| info.id).collect() }
        }
        _ => refused(&format!("ask \"{}\" what it can do", name(&device)), e),
    })?;
    match nearest(&offers, wanted) {
        Some((offer, format)) => Ok((device, offer, format)),
        None => {
            let mut types: Vec<String> = offers.iter().map(|o| o.samples.to_string()).collect();
            types.dedup();
            let reason = format!("its samples are of no type that can be used ({})", types.join(", "));
            Err(DeviceError::Unusable { device: name(&device), reason })
        }
    }
}

fn config(offer: &Offer, format: Format) -> StreamConfig {
    let fixed = offer.block_frames.is_some_and(|(min, max)| (min..=max).contains(&(format.block_frames as u32)));
    StreamConfig {
        channels: format.channels as cpal::ChannelCount,
        sample_rate: format.rate_hz,
        buffer_size: if fixed { BufferSize::Fixed(format.block_frames as u32) } else { BufferSize::Default },
    }
}

/// Leaves a stream's error where the feeder finds it.
fn note(faults: &Faults, error: &cpal::Error) {
    match error.kind() {
        ErrorKind::Xrun => faults.count_xrun(),
        // It plays on; neither needs anything to be done.
        ErrorKind::RealtimeDenied | ErrorKind::DeviceChanged => {}
        ErrorKind::StreamInvalidated => faults.raise(Fault::Changed, error.to_string()),
        ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable | ErrorKind::PermissionDenied => {
            faults.raise(Fault::Gone, error.to_string());
        }
        // Streams can go on after these: ALSA's pulse plugin fails while it has no timing yet
        // (alsa-plugins, issue 65).
        _ => faults.doubt(&error.to_string()),
    }
}

fn opened(stream: Result<cpal::Stream, cpal::Error>, device: &cpal::Device) -> Result<OpenStream, DeviceError> {
    let failed = |e: cpal::Error| match e.kind() {
        ErrorKind::DeviceBusy => DeviceError::Busy { device: name(device) },
        _ => refused(&format!("open \"{}\"", name(device)), e),
    };
    let stream = stream.map_err(failed)?;
    stream.play().map_err(failed)?;
    Ok(Box::new(stream))
}

fn output_stream<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    mut callback: OutputCallback,
    faults: Arc<Faults>,
) -> Result<cpal::Stream, cpal::Error> {
    let channels = usize::from(config.channels);
    let mut scratch = vec![0.0_f32; SCRATCH_FRAMES * channels];
    let fill = move |data: &mut [T], info: &cpal::OutputCallbackInfo| {
        let now = now_secs();
        let stamp = info.timestamp();
        let mut heard = now + stamp.playback.saturating_duration_since(stamp.callback).as_secs_f64();
        for part in data.chunks_mut(scratch.len()) {
            let Some(block) = scratch.get_mut(..part.len()) else { break };
            callback.fill(block, now, heard);
            for (sample, value) in part.iter_mut().zip(&*block) {
                *sample = T::from_sample(*value);
            }
            heard += (part.len() / channels) as f64 / f64::from(config.sample_rate);
        }
    };
    device.build_output_stream::<T, _, _>(config, fill, move |error| note(&faults, &error), None)
}

fn input_stream<T: SizedSample>(
    device: &cpal::Device,
    config: StreamConfig,
    mut callback: InputCallback,
    faults: Arc<Faults>,
) -> Result<cpal::Stream, cpal::Error>
where
    f32: FromSample<T>,
{
    let channels = usize::from(config.channels);
    let mut scratch = vec![0.0_f32; SCRATCH_FRAMES * channels];
    let take = move |data: &[T], info: &cpal::InputCallbackInfo| {
        let stamp = info.timestamp();
        let mut captured = now_secs() - stamp.callback.saturating_duration_since(stamp.capture).as_secs_f64();
        for part in data.chunks(scratch.len()) {
            let Some(block) = scratch.get_mut(..part.len()) else { break };
            for (value, sample) in block.iter_mut().zip(part) {
                *value = sample.to_sample::<f32>();
            }
            callback.take(block, captured);
            captured += (part.len() / channels) as f64 / f64::from(config.sample_rate);
        }
    };
    device.build_input_stream::<T, _, _>(config, take, move |error| note(&faults, &error), None)
}

/// Calls `$build::<type of the samples>`.
macro_rules! with_samples {
    ($format:expr, $build:ident($($argument:expr),*)) => {
        match $format {
            SampleFormat::F32 => $build::<f32>($($argument),*),
            SampleFormat::F64 => $build::<f64>($($argument),*),
            SampleFormat::I32 => $build::<i32>($($argument),*),
            SampleFormat::I24 => $build::<I24>($($argument),*),
            SampleFormat::U24 => $build::<U24>($($argument),*),
            SampleFormat::U32 => $build::<u32>($($argument),*),
            SampleFormat::I16 => $build::<i16>($($argument),*),
            SampleFormat::U16 => $build::<u16>($($argument),*),
            SampleFormat::U8 => $build::<u8>($($argument),*),
            SampleFormat::I8 => $build::<i8>($($argument),*),
            _ => Err(cpal::Error::new(ErrorKind::UnsupportedConfig)),
        }
    };
}

/// An output device of the system.
#[derive(Clone, Debug, Default)]
pub struct HardwareOutput {
    /// Which.
    pub choice: Choice,
}

/// An input device of the system.
#[derive(Clone, Debug, Default)]
pub struct HardwareInput {
    /// Which.
    pub choice: Choice,
}

fn choice_name(choice: &Choice, direction: Direction) -> String {
    match choice {
        Choice::Default => format!("default {}", direction.name()),
        Choice::Named(name) => name.clone(),
    }
}

impl OutputBackend for HardwareOutput {
    fn name(&self) -> String {
        choice_name(&self.choice, Direction::Output)
    }

    fn format(&mut self, wanted: Format) -> Result<Format, DeviceError> {
        choose(&self.choice, Direction::Output, wanted).map(|(_, _, format)| format)
    }

    fn open(&mut self, format: Format, callback: OutputCallback, faults: Arc<Faults>) -> Result<OpenStream, DeviceError> {
        let (device, offer, _) = choose(&self.choice, Direction::Output, format)?;
        let config = config(&offer, format);
        opened(with_samples!(offer.samples, output_stream(&device, config, callback, faults)), &device)
    }

    fn presence(&self) -> Presence {
        let choice = self.choice.clone();
        Box::new(move || find(&choice, Direction::Output).is_ok_and(|d| Direction::Output.offers(&d).is_ok_and(|o| !o.is_empty())))
    }
}

impl InputBackend for HardwareInput {
    fn name(&self) -> String {
        choice_name(&self.choice, Direction::Input)
    }

    fn format(&mut self, wanted: Format) -> Result<Format, DeviceError> {
        choose(&self.choice, Direction::Input, wanted).map(|(_, _, format)| format)
    }

    fn open(&mut self, format: Format, callback: InputCallback, faults: Arc<Faults>) -> Result<OpenStream, DeviceError> {
        let (device, offer, _) = choose(&self.choice, Direction::Input, format)?;
        let config = config(&offer, format);
        opened(with_samples!(offer.samples, input_stream(&device, config, callback, faults)), &device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(channels: usize, min: u32, max: u32, samples: SampleFormat) -> Offer {
        Offer { channels, min_rate_hz: min, max_rate_hz: max, block_frames: Some((64, 4096)), samples }
    }

    #[test]
    fn the_nearest_format_keeps_the_rate_before_the_channels_before_the_samples() {
        let wanted = Format { rate_hz: 48_000, channels: 2, block_frames: 240 };
        let is = |offers: &[Offer], rate_hz, channels, samples| {
            let (offer, format) = nearest(offers, wanted).expect("an offer");
            assert_eq!((format.rate_hz, format.channels, offer.samples), (rate_hz, channels, samples));
        };
        let (f32, i16, i32) = (SampleFormat::F32, SampleFormat::I16, SampleFormat::I32);
        is(&[offer(2, 8_000, 96_000, i16), offer(2, 44_100, 48_000, f32), offer(2, 48_000, 48_000, i32)], 48_000, 2, f32);
        is(&[offer(2, 44_100, 44_100, f32), offer(8, 48_000, 48_000, i16)], 48_000, 8, i16);
        is(&[offer(2, 44_100, 44_100, f32), offer(2, 96_000, 192_000, i16)], 96_000, 2, i16);
        is(&[offer(2, 22_050, 22_050, f32), offer(2, 44_100, 44_100, i16)], 44_100, 2, i16);
        is(&[offer(1, 48_000, 48_000, f32), offer(6, 48_000, 48_000, i16), offer(8, 48_000, 48_000, f32)], 48_000, 6, i16);
        assert_eq!(nearest(&[offer(2, 48_000, 48_000, SampleFormat::DsdU8)], wanted), None);
        let (_, small) = nearest(&[offer(2, 48_000, 48_000, f32)], Format { block_frames: 10, ..wanted }).expect("an offer");
        assert_eq!(small.block_frames, 64);
    }

    #[test]
    fn a_device_that_is_not_there_says_what_is() {
        let mut output = HardwareOutput { choice: Choice::Named("no such thing".into()) };
        let error = output.format(Format { rate_hz: 48_000, channels: 2, block_frames: 240 }).expect_err("no such device");
        assert_eq!(error.code(), "device.not_found");
        assert!(error.to_string().starts_with("there is no output named \"no such thing\"; there is "), "{error}");
    }
}
