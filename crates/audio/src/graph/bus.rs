//! One bus at work: its effects, and what it has put out so far.
use super::{Graph, Step, chain::Chain};
use crate::{
    AudioError,
    layout::{ChannelMatrix, Speaker, speakers},
    voice::used_speakers,
};
use cutroom_effects::sound::BLOCK_SAMPLES;
use cutroom_timeline::{AudioPlan, Bus, BusChannels, FoldLevels, KeySource};
use std::collections::VecDeque;

/// State of a bus. Positions are composition samples.
#[derive(Debug)]
pub(super) struct BusState {
    pub speakers: Vec<Speaker>,
    chain: Chain,
    /// The next sample that it takes, a multiple of [`BLOCK_SAMPLES`].
    next: i64,
    /// Position of the first sample of `output`.
    start: i64,
    /// What it has put out, by channel.
    output: Vec<VecDeque<f32>>,
}

impl BusState {
    pub fn new(step: &mut Step<'_>, bus: usize) -> Result<Self, AudioError> {
        let plan = step.plan;
        let of = &plan.buses[bus];
        let speakers = match &of.channels {
            BusChannels::Count(channels) => speakers(*channels)?.to_vec(),
            BusChannels::Source { clip, media, stream, channels } => {
                let format = step.source.format(media, *stream).map_err(|cause| AudioError::Source {
                    clip: clip.clone(),
                    media: media.clone(),
                    stream: *stream,
                    cause,
                })?;
                used_speakers(clip, channels, format)?
            }
        };
        let first = first_sample(plan, bus).max(step.begun);
        let start = first.div_euclid(BLOCK_SAMPLES as i64) * BLOCK_SAMPLES as i64;
        let chain = Chain::new(of, start, speakers.len(), step)?;
        let output = vec![VecDeque::new(); speakers.len()];
        Ok(Self { speakers, start: start - chain.latency() as i64, next: start, chain, output })
    }

    /// Whether this is the state of a bus with these effects.
    pub fn runs(&self, bus: &Bus) -> bool {
        self.chain.runs(&bus.effects)
    }

    /// Takes and puts out what is needed until `to` has been put out.
    pub fn advance(&mut self, graph: &mut Graph, step: &mut Step<'_>, bus: usize, to: i64) -> Result<(), AudioError> {
        let missing = to.saturating_add(self.chain.latency() as i64) - self.next;
        if missing <= 0 {
            return Ok(());
        }
        let plan = step.plan;
        let of = &plan.buses[bus];
        let samples = (missing as usize).next_multiple_of(BLOCK_SAMPLES);
        let (from, end) = (self.next, self.next + samples as i64);
        let mut sum = vec![vec![0f64; samples]; self.speakers.len()];
        let layout = matches!(of.channels, BusChannels::Count(_)).then_some(&self.speakers[..]);
        for voice in &of.voices {
            step.add_voice(voice, layout, (from, samples), &mut sum)?;
        }
        for feed in &of.feeds {
            graph.add_feed(step, feed, &self.speakers, (from, end), &mut sum)?;
        }
        let mut keys = Vec::with_capacity(of.effects.len());
        let mut delay = 0;
        for used in &of.effects {
            keys.push(match used.key {
                KeySource::Own => None,
                KeySource::Silent => Some(vec![vec![0.0; samples]; self.speakers.len()]),
                KeySource::Bus(key) => {
                    let (sound, from_speakers) = graph.pull(step, key, (from - delay, end - delay))?;
                    Some(ChannelMatrix::folding(&from_speakers, &self.speakers, FoldLevels::default()).fold(sound))
                }
            });
            delay += self.chain.latency_of(keys.len() - 1) as i64;
        }
        self.chain.process(from, &sum, &keys, &of.effects, &mut self.output);
        self.next = end;
        Ok(())
    }

    /// What was put out in a range; silence before the bus began.
    pub fn output(&self, from: i64, to: i64) -> Vec<Vec<f32>> {
        let channel = |out: &VecDeque<f32>| {
            let mut samples = Vec::with_capacity((to - from) as usize);
            let (first, last) = (from.max(self.start), to.min(self.start + out.len() as i64));
            if first < last {
                samples.resize((first - from) as usize, 0.0);
                // The samples are in two pieces.
                let (a, b) = out.as_slices();
                let (first, last) = ((first - self.start) as usize, (last - self.start) as usize);
                samples.extend_from_slice(&a[first.min(a.len())..last.min(a.len())]);
                samples.extend_from_slice(&b[first.saturating_sub(a.len())..last.saturating_sub(a.len())]);
            }
            samples.resize((to - from) as usize, 0.0);
            samples
        };
        self.output.iter().map(channel).collect()
    }

    /// Forgets what was put out before a sample.
    pub fn forget(&mut self, before: i64) {
        let gone = (before - self.start).clamp(0, self.output.first().map_or(0, VecDeque::len) as i64);
        self.output.iter_mut().for_each(|out| drop(out.drain(..gone as usize)));
        self.start += gone;
    }
}

/// Where a bus begins: with the first sound that anything takes from it, so that it does not matter
/// when it is first seen. One that is only followed begins with the cell.
pub(super) fn first_sample(plan: &AudioPlan, bus: usize) -> i64 {
    let all = plan.feeds.iter().chain(plan.buses.iter().flat_map(|b| &b.feeds));
    let followed = plan.buses.iter().flat_map(|b| &b.effects).any(|e| e.key == KeySource::Bus(bus));
    let first = all.filter(|f| f.bus == bus).map(|f| f.first_sample).min();
    first.filter(|_| !followed).unwrap_or(i64::MIN)
}
