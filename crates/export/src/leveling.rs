//! Brings the audio of an export to a loudness: a first pass measures the mix, from which the gain
//! follows; then gain and a true-peak limiter are applied while the film is written. Where the
//! limiter takes away so much that the loudness is missed, further passes correct the gain.
use crate::{AudioRange, ExportError, LoudnessTarget};
use cutroom_pipeline::{AudioMix, Limiter, LoudnessReport, Meter, OpenComposition, PipelineError, speakers};
use cutroom_types::{AudioBlock, CancelToken, Time};
use std::sync::Arc;

/// Passes that correct the gain, at most.
const CORRECTIONS: usize = 3;
/// A loudness this near to the target needs no correction, LU.
const NEAR_LU: f64 = 0.05;
/// Limits of the gain in dB, so that near silence does not become noise.
const MAX_GAIN_DB: f64 = 40.0;
/// The limiter's estimate of true peaks may be this much too low, dB.
const MARGIN_DB: f64 = 0.1;

/// How the audio of an export was changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelReport {
    /// Gain that was applied to all samples, dB.
    pub gain_db: f64,
    /// The strongest reduction by the limiter, dB, 0 or less.
    pub limited_by_db: f64,
    /// The mix before.
    pub before: LoudnessReport,
    /// The audio as it was passed to the encoder.
    pub after: LoudnessReport,
}

/// Gain and limiter of a pass.
pub(crate) struct Leveler {
    gain: f64,
    limiter: Limiter,
}

impl Leveler {
    fn new(rate_hz: u32, channels: usize, gain_db: f64, ceiling_dbtp: f64) -> Self {
        Self { gain: 10f64.powf(gain_db / 20.0), limiter: Limiter::new(rate_hz, channels, ceiling_dbtp - MARGIN_DB) }
    }

    /// The levelled samples that are ready.
    pub fn process(&mut self, mut block: AudioBlock) -> AudioBlock {
        for sample in block.channels.iter_mut().flatten() {
            *sample = (f64::from(*sample) * self.gain) as f32;
        }
        self.limiter.process(&block)
    }

    /// The samples that the limiter withheld.
    pub fn finish(&mut self, rate_hz: u32) -> AudioBlock {
        self.limiter.finish(rate_hz)
    }
}

/// Loudness and peaks of a range of a composition's mix, before clipping.
///
/// # Errors
/// The mix cannot be made or measured, or `cancel` was cancelled.
pub fn measure(
    composition: &Arc<OpenComposition>,
    sound: &AudioRange,
    cancel: &CancelToken,
) -> Result<LoudnessReport, ExportError> {
    pass(composition, sound, cancel, None)
}

/// The gain that reaches the target, and what it makes of the audio.
pub(crate) fn plan(
    composition: &Arc<OpenComposition>,
    sound: &AudioRange,
    target: LoudnessTarget,
    cancel: &CancelToken,
) -> Result<(Leveler, LevelReport), ExportError> {
    let channels = composition.composition().channels as usize;
    let before = measure(composition, sound, cancel)?;
    let gain_to = |lufs: f64, from: f64| if from.is_finite() { (lufs - from).clamp(-MAX_GAIN_DB, MAX_GAIN_DB) } else { 0.0 };
    let mut gain_db = target.integrated_lufs.map_or(0.0, |lufs| gain_to(lufs, before.integrated_lufs));
    let leveler = |gain_db| Leveler::new(sound.rate_hz, channels, gain_db, target.ceiling_dbtp());
    let mut round = 0;
    loop {
        let mut tried = leveler(gain_db);
        let after = pass(composition, sound, cancel, Some(&mut tried))?;
        let missed = target.integrated_lufs.map_or(0.0, |lufs| gain_to(lufs, after.integrated_lufs));
        let corrected = (gain_db + missed).clamp(-MAX_GAIN_DB, MAX_GAIN_DB);
        if missed.abs() <= NEAR_LU || round == CORRECTIONS || corrected == gain_db {
            let limited_by_db = tried.limiter.lowest_gain_db();
            return Ok((leveler(gain_db), LevelReport { gain_db, limited_by_db, before, after }));
        }
        gain_db = corrected;
        round += 1;
    }
}

/// Mixes and measures the range once, after `leveler` if there is one.
fn pass(
    composition: &Arc<OpenComposition>,
    sound: &AudioRange,
    cancel: &CancelToken,
    mut leveler: Option<&mut Leveler>,
) -> Result<LoudnessReport, ExportError> {
    let failed = |first: i64| move |source| ExportError::Sound { time: Time::of_sample(first, sound.rate_hz), source };
    let start = failed(sound.samples.start);
    let layout = speakers(composition.composition().channels as usize).map_err(|e| start(e.into()))?;
    let mut meter = Meter::new(sound.rate_hz, layout).map_err(|e| start(e.into()))?;
    let mut mix = AudioMix::unclipped(Arc::clone(composition)).map_err(start)?;
    let mut first = sound.samples.start;
    while first < sound.samples.end {
        if cancel.is_cancelled() {
            return Err(ExportError::Cancelled { frame: 0, total: 0 });
        }
        let count = (sound.samples.end - first).min(i64::from(sound.rate_hz).max(1));
        let block = mix.block(first, count as usize).map_err(failed(first))?;
        let block = match &mut leveler {
            Some(leveler) => leveler.process(block),
            None => block,
        };
        meter.add(&block).map_err(|e| failed(first)(PipelineError::from(e)))?;
        first += count;
    }
    if let Some(leveler) = leveler {
        let rest = leveler.finish(sound.rate_hz);
        meter.add(&rest).map_err(|e| failed(first)(PipelineError::from(e)))?;
    }
    meter.report().map_err(|e| failed(first)(PipelineError::from(e)))
}
