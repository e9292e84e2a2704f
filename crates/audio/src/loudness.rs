//! Measures audio: peak, RMS and loudness.
use crate::{AudioError, Speaker, speakers};
use cutroom_types::AudioBlock;

/// Levels of a block over all channels. Silence is −∞ dB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    /// Largest magnitude of a sample, in dB relative to full scale (±1.0).
    pub peak_dbfs: f64,
    /// Root mean square of all samples, in dB relative to full scale; −3.01 for a full-scale sine.
    pub rms_dbfs: f64,
}

/// Sample peak and RMS of a block.
pub fn loudness(block: &AudioBlock) -> Loudness {
    let all = || block.channels.iter().flatten().map(|&x| f64::from(x));
    let peak = all().fold(0.0, |a: f64, x| a.max(x.abs()));
    let mean_square = all().map(|x| x * x).sum::<f64>() / all().count().max(1) as f64;
    Loudness { peak_dbfs: 20.0 * peak.log10(), rms_dbfs: 10.0 * mean_square.log10() }
}

/// Gated integrated loudness (ITU-R BS.1770-4, EBU R 128) of a block in LUFS; −∞ when nothing
/// passes the gate.
///
/// # Errors
/// [`AudioError::Channels`] for channel counts without a default layout, [`AudioError::Loudness`]
/// when the meter rejects the block.
pub fn integrated_loudness_lufs(block: &AudioBlock) -> Result<f64, AudioError> {
    let failed = |e: ebur128::Error| AudioError::Loudness(e.to_string());
    let layout = speakers(block.channels.len())?;
    let mut meter = ebur128::EbuR128::new(layout.len() as u32, block.rate_hz, ebur128::Mode::I).map_err(failed)?;
    let map: Vec<_> = layout
        .iter()
        .map(|s| match s {
            // BS.1770 weights mono as one front channel.
            Speaker::Center => ebur128::Channel::Center,
            Speaker::Left => ebur128::Channel::Left,
            Speaker::Right => ebur128::Channel::Right,
            Speaker::Lfe => ebur128::Channel::Unused,
            Speaker::BackLeft | Speaker::SideLeft => ebur128::Channel::LeftSurround,
            Speaker::BackRight | Speaker::SideRight => ebur128::Channel::RightSurround,
            Speaker::BackCenter => ebur128::Channel::Mp180,
        })
        .collect();
    meter.set_channel_map(&map).map_err(failed)?;
    let planes: Vec<&[f32]> = block.channels.iter().map(Vec::as_slice).collect();
    meter.add_frames_planar_f32(&planes).map_err(failed)?;
    meter.loudness_global().map_err(failed)
}
