//! Mixes a plan into one block of samples.
use crate::graph::Graph;
use crate::layout::{Speaker, speakers};
use crate::resample::FilterCache;
use crate::stretch::StretchCache;
use crate::voice::{Shared, VoiceMixer, run_samples, stream_of};
use crate::{AudioError, AudioSource, MAX_RATE_HZ, MIN_RATE_HZ, PlanRange};
use cutroom_timeline::AudioPlan;
use cutroom_types::{AudioBlock, MediaId};
use std::collections::BTreeMap;

/// Maximum number of samples per channel in one call (11 minutes at 48 kHz); longer mixes are
/// requested in several blocks.
pub const MAX_BLOCK_SAMPLES: usize = 1 << 25;
/// Statistics of the samples mixed so far. The totals do not depend on how the mix is divided into
/// blocks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MixReport {
    /// Samples (of any channel) that exceeded full scale and were clipped to it.
    pub clipped_samples: u64,
    /// Largest magnitude before clipping; 1.0 is full scale.
    pub peak: f64,
    /// Source samples (of any channel) that were NaN or infinite and were replaced by silence. A
    /// sample that several voices play counts once for each.
    pub invalid_source_samples: u64,
}

/// Mixes the blocks of one composition.
///
/// A block is a pure function of plan and sources: any division of the mix into blocks, in any
/// order, returns the same samples bit for bit. At equal rates, speed 1, gain 1 and pan 0 a single
/// voice is copied bit for bit. Pitch follows speed, unless the voice preserves it.
#[derive(Debug)]
pub struct Mixer {
    layout: &'static [Speaker],
    shared: Shared,
    graph: Graph,
    report: MixReport,
    /// [`MixReport::invalid_source_samples`] by media and stream.
    invalid: BTreeMap<(MediaId, usize), u64>,
    clips: bool,
}

impl Mixer {
    /// A mixer for compositions of `rate_hz` and `channels` (1 to 8; [`speakers`] defines their
    /// layouts).
    ///
    /// # Errors
    /// [`AudioError::Rate`], [`AudioError::Channels`].
    pub fn new(rate_hz: u32, channels: usize) -> Result<Self, AudioError> {
        if !(MIN_RATE_HZ..=MAX_RATE_HZ).contains(&rate_hz) {
            return Err(AudioError::Rate(rate_hz));
        }
        Ok(Self {
            layout: speakers(channels)?,
            shared: Shared { rate_hz, filters: FilterCache::default(), stretched: StretchCache::default() },
            graph: Graph::default(),
            report: MixReport::default(),
            invalid: BTreeMap::new(),
            clips: true,
        })
    }

    /// The same mixer without clipping: samples beyond full scale are returned as they are, for a
    /// limiter that follows.
    #[must_use]
    pub fn unclipped(self) -> Self {
        Self { clips: false, ..self }
    }

    /// Whether samples are clipped to full scale.
    pub fn clips(&self) -> bool {
        self.clips
    }

    /// Statistics of all blocks that this mixer has mixed.
    pub fn report(&self) -> MixReport {
        self.report
    }

    /// [`MixReport::invalid_source_samples`] by media and stream, without streams that had none.
    pub fn invalid_source_samples(&self) -> impl Iterator<Item = (&MediaId, usize, u64)> {
        self.invalid.iter().map(|((media, stream), samples)| (media, *stream, *samples))
    }

    /// Makes the mixer one for listening while editing: effects go on from block to block, and after a
    /// jump they settle for half a second only, so that it starts at once. What is mixed then depends,
    /// a little, on where playing began.
    pub fn set_live(&mut self) {
        self.graph.set_live();
    }

    /// Mixes samples `first_sample .. first_sample + samples` of a composition whose plans `plan`
    /// returns; it is asked for other ranges, too. Each sample is within ±1.0, unless the mixer is
    /// [`Self::unclipped`].
    ///
    /// # Errors
    /// See [`AudioError`]; after an error the report is unchanged.
    pub fn programme(
        &mut self,
        first_sample: i64,
        samples: usize,
        plan: &mut PlanRange<'_>,
        source: &mut dyn AudioSource,
    ) -> Result<AudioBlock, AudioError> {
        let whole = plan(first_sample, samples)?;
        if whole.is_plain() {
            return self.mix(&whole, source);
        }
        self.check(&whole)?;
        let mut block = AudioBlock::silent(self.shared.rate_hz, self.layout.len(), samples);
        let mut graph = std::mem::take(&mut self.graph);
        let (settling, mut report) = (whole.settling_samples, self.report);
        let mut invalid = BTreeMap::new();
        let limit = self.limit();
        // The graph may begin with what is planned already.
        let mut known = Some(whole);
        let plan = &mut |first, samples| match known.take_if(|p| p.first_sample == first && p.samples == samples) {
            Some(known) => Ok(known),
            None => plan(first, samples),
        };
        let mixed =
            graph.run((first_sample, samples), settling, self.layout, &mut self.shared, plan, source, &mut |at, sum, found| {
                for (sum, out) in sum.iter().zip(&mut block.channels) {
                    clamp(sum, limit, &mut out[at..at + sum.len()], &mut report);
                }
                for (media, stream, samples) in found {
                    report.invalid_source_samples += samples;
                    *invalid.entry((media, stream)).or_insert(0) += samples;
                }
            });
        self.graph = graph;
        mixed?;
        self.report = report;
        for (key, samples) in invalid {
            *self.invalid.entry(key).or_default() += samples;
        }
        Ok(block)
    }

    /// Mixes the samples of a plan without buses; each is within ±1.0, unless the mixer is
    /// [`Self::unclipped`].
    ///
    /// # Errors
    /// See [`AudioError`]; after an error the report is unchanged.
    pub fn mix(&mut self, plan: &AudioPlan, source: &mut dyn AudioSource) -> Result<AudioBlock, AudioError> {
        self.check(plan)?;
        let (channels, rate_hz) = (self.layout.len(), self.shared.rate_hz);
        let voice = |v| VoiceMixer::new(v, Some(self.layout), rate_hz, source);
        let mut voices = plan.voices.iter().map(voice).collect::<Result<Vec<_>, _>>()?;
        let mut block = AudioBlock::silent(rate_hz, channels, plan.samples);
        let mut report = self.report;
        let mut invalid = vec![0; voices.len()];
        let stretch = voices.iter().map(VoiceMixer::stretch).fold(1.0, f64::max);
        let run = run_samples(stretch);
        let mut sum = vec![vec![0f64; run.min(plan.samples)]; channels];
        for done in (0..plan.samples).step_by(run) {
            let samples = run.min(plan.samples - done);
            let first = plan.first_sample.saturating_add(done as i64);
            sum.iter_mut().for_each(|s| s[..samples].fill(0.0));
            for (voice, invalid) in voices.iter_mut().zip(&mut invalid) {
                *invalid += voice.add(first, samples, source, &mut self.shared, &mut sum)?;
            }
            for (sum, out) in sum.iter().zip(&mut block.channels) {
                clamp(&sum[..samples], self.limit(), &mut out[done..done + samples], &mut report);
            }
        }
        for (voice, samples) in plan.voices.iter().zip(invalid).filter(|(_, n)| *n > 0) {
            report.invalid_source_samples += samples;
            *self.invalid.entry(stream_of(voice)).or_default() += samples;
        }
        self.report = report;
        Ok(block)
    }

    fn check(&self, plan: &AudioPlan) -> Result<(), AudioError> {
        let (channels, rate_hz) = (self.layout.len(), self.shared.rate_hz);
        if plan.rate_hz != rate_hz || plan.channels != channels {
            let (plan_rate_hz, plan_channels) = (plan.rate_hz, plan.channels);
            return Err(AudioError::Mismatch { plan_rate_hz, plan_channels, rate_hz, channels });
        }
        if plan.samples > MAX_BLOCK_SAMPLES {
            return Err(AudioError::BlockTooLong { samples: plan.samples, max: MAX_BLOCK_SAMPLES });
        }
        Ok(())
    }

    /// Largest magnitude of a result.
    fn limit(&self) -> f64 {
        if self.clips { 1.0 } else { f64::from(f32::MAX) }
    }
}

/// The last stage: clips the sums to `limit`, and updates peak and clipped samples.
fn clamp(sum: &[f64], limit: f64, out: &mut [f32], report: &mut MixReport) {
    for (s, o) in sum.iter().zip(out) {
        report.peak = report.peak.max(s.abs());
        // Samples near the maximum of single precision can overflow to infinity in a nested bus,
        // and infinity times a factor of 0 is NaN.
        report.clipped_samples += u64::from(s.abs() > limit || s.is_nan());
        *o = if s.is_nan() { 0.0 } else { s.clamp(-limit, limit) as f32 };
    }
}
