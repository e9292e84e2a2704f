//! Mixes plans with buses and effects.
//!
//! Effects have state, but a mix must not depend on how it is divided. So the composition is divided
//! into fixed cells, and each cell is begun by processors without a past that are fed what comes
//! before it, as long as the slowest effects need to settle. If that is long, there is one cell from
//! the start of the composition on. All processors work on blocks that begin at multiples of
//! [`BLOCK_SAMPLES`].
//!
//! The latency of an effect is made up for by reading ahead: a bus takes what feeds it as much earlier
//! as its effects are late. Sources can be read anywhere, so nothing waits, and every bus arrives at
//! every other one at its time.
mod bus;
mod chain;

use crate::{
    AudioError, AudioSource, PlanRange,
    layout::Speaker,
    route::Route,
    voice::{Shared, VoiceMixer, run_samples, stream_of},
};
use bus::BusState;
use cutroom_effects::sound::BLOCK_SAMPLES;
use cutroom_timeline::{AudioPlan, NEVER_SETTLES};
use cutroom_types::MediaId;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Least length of a cell, seconds.
const CELL_SECS: u64 = 20;
/// Longest settling that is done again for every cell, seconds.
const MAX_SETTLING_SECS: u64 = 60;
/// Samples that are kept of the output of a bus, beside the greatest latency.
const KEPT_SAMPLES: i64 = 8192;

/// Invalid source samples, by media and stream.
type Invalid = Vec<(MediaId, usize, u64)>;
/// Receives mixed samples: where they begin in the block, the channels, invalid samples that were read.
type Emit<'a> = dyn FnMut(usize, &[Vec<f64>], Invalid) + 'a;

/// Receives the samples of one step: their position, the channels, invalid samples that were read.
type EmitStep<'a> = dyn FnMut(i64, &[Vec<f64>], Invalid) + 'a;

/// The buses of a composition at work.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    buses: BTreeMap<Arc<str>, BusState>,
    /// The cell that is being mixed, the sample where it was begun, and the sample after the last one
    /// mixed.
    at: Option<Position>,
    is_live: bool,
}

#[derive(Clone, Copy, Debug)]
struct Position {
    cell: i64,
    begun: i64,
    next: i64,
}

impl Graph {
    pub fn set_live(&mut self) {
        self.is_live = true;
    }

    /// Mixes the samples of a range into `layout`.
    #[allow(clippy::too_many_arguments)]
    pub fn run(
        &mut self,
        (first, samples): (i64, usize),
        settling: u64,
        layout: &[Speaker],
        shared: &mut Shared,
        plan: &mut PlanRange<'_>,
        source: &mut dyn AudioSource,
        emit: &mut Emit<'_>,
    ) -> Result<(), AudioError> {
        let end = first.saturating_add(samples as i64);
        let cells = Cells::new(settling, shared.rate_hz, self.is_live);
        let mut from = first;
        while from < end {
            let cell = cells.of(from);
            let goes_on = self.at.filter(|at| at.next == from && (at.cell == cell || self.is_live));
            let mut at = match goes_on {
                Some(at) => at,
                None => {
                    self.buses.clear();
                    let begun = cells.begin(from);
                    Position { cell, begun, next: begun }
                }
            };
            let to = if self.is_live { end } else { end.min(cells.end(cell)) };
            while at.next < to {
                // What only settles the effects is not asked for in the same steps as the rest, whose
                // first sample may be any.
                let stop = if at.next < from { from } else { to };
                let wanted = (stop - at.next).min(run_samples(1.0) as i64) as usize;
                let mut emit_at = |offset: i64, sum: &[Vec<f64>], invalid: Invalid| {
                    if offset >= from {
                        emit((offset - first) as usize, sum, invalid);
                    }
                };
                let planned = match plan(at.next, wanted) {
                    Ok(planned) => planned,
                    Err(error) => {
                        self.at = None;
                        return Err(error.into());
                    }
                };
                if let Err(error) = self.step(&planned, at.begun, layout, shared, source, &mut emit_at) {
                    self.at = None;
                    return Err(error);
                }
                at.next += wanted as i64;
            }
            self.at = Some(at);
            from = to;
        }
        Ok(())
    }

    /// Mixes the samples of one plan.
    fn step(
        &mut self,
        plan: &AudioPlan,
        begun: i64,
        layout: &[Speaker],
        shared: &mut Shared,
        source: &mut dyn AudioSource,
        emit: &mut EmitStep<'_>,
    ) -> Result<(), AudioError> {
        let present: BTreeSet<&str> = plan.buses.iter().map(|b| &*b.key).collect();
        self.buses.retain(|key, _| present.contains(&**key));
        let rate_hz = shared.rate_hz;
        let mut step = Step { plan, begun, shared, source, invalid: Vec::new() };
        let mut sum = vec![vec![0f64; plan.samples]; layout.len()];
        let (from, to) = (plan.first_sample, plan.first_sample + plan.samples as i64);
        for voice in &plan.voices {
            step.add_voice(voice, Some(layout), (from, plan.samples), &mut sum)?;
        }
        for feed in &plan.feeds {
            self.add_feed(&mut step, feed, layout, (from, to), &mut sum)?;
        }
        // Buses that nothing took from in this step have a past, too.
        for bus in 0..plan.buses.len() {
            if bus::first_sample(plan, bus) < to {
                self.pull(&mut step, bus, (to, to))?;
            }
        }
        let keep = from - KEPT_SAMPLES - plan_latency(plan, rate_hz);
        self.buses.values_mut().for_each(|bus| bus.forget(keep));
        let invalid = step.invalid;
        emit(from, &sum, invalid);
        Ok(())
    }

    /// Adds what a feed gives in `from..to` to `sum`, which begins at `from`.
    fn add_feed(
        &mut self,
        step: &mut Step<'_>,
        feed: &cutroom_timeline::Feed,
        layout: &[Speaker],
        (from, to): (i64, i64),
        sum: &mut [Vec<f64>],
    ) -> Result<(), AudioError> {
        let (first, end) = (from.max(feed.first_sample), to.min(feed.end_sample));
        if first >= end {
            return Ok(());
        }
        let (audio, speakers) = self.pull(step, feed.bus, (first, end))?;
        let route = Route::of_feed(feed, &speakers, layout)?;
        route.add(route.fold(audio), first, (first - from) as usize, sum);
        Ok(())
    }

    /// The output of a bus in a range, and its speakers.
    fn pull(
        &mut self,
        step: &mut Step<'_>,
        bus: usize,
        (from, to): (i64, i64),
    ) -> Result<(Vec<Vec<f32>>, Vec<Speaker>), AudioError> {
        let key = &step.plan.buses[bus].key;
        let mut state = match self.buses.remove(key) {
            Some(state) if state.runs(&step.plan.buses[bus]) => state,
            _ => BusState::new(step, bus)?,
        };
        let result = state.advance(self, step, bus, to);
        let output = result.map(|()| (state.output(from, to), state.speakers.clone()));
        self.buses.insert(Arc::clone(key), state);
        output
    }
}

/// One plan being mixed.
struct Step<'a> {
    plan: &'a AudioPlan,
    /// Where the cell was begun.
    begun: i64,
    shared: &'a mut Shared,
    source: &'a mut dyn AudioSource,
    invalid: Invalid,
}

impl Step<'_> {
    fn add_voice(
        &mut self,
        voice: &cutroom_timeline::Voice,
        layout: Option<&[Speaker]>,
        (first, samples): (i64, usize),
        sum: &mut [Vec<f64>],
    ) -> Result<(), AudioError> {
        if voice.end_sample <= first || voice.first_sample >= first + samples as i64 {
            return Ok(());
        }
        let mut mixer = VoiceMixer::new(voice, layout, self.shared.rate_hz, self.source)?;
        let run = run_samples(mixer.stretch());
        let mut invalid = 0;
        for done in (0..samples).step_by(run) {
            let count = run.min(samples - done);
            if run >= samples {
                invalid += mixer.add(first, count, self.source, self.shared, sum)?;
                continue;
            }
            let mut part = vec![vec![0f64; count]; sum.len()];
            invalid += mixer.add(first + done as i64, count, self.source, self.shared, &mut part)?;
            for (sum, part) in sum.iter_mut().zip(part) {
                sum[done..done + count].iter_mut().zip(part).for_each(|(s, x)| *s += x);
            }
        }
        if invalid > 0 {
            let (media, stream) = stream_of(voice);
            self.invalid.push((media, stream, invalid));
        }
        Ok(())
    }
}

/// A bound of the latency of all buses together.
fn plan_latency(plan: &AudioPlan, rate_hz: u32) -> i64 {
    let effects = plan.buses.iter().flat_map(|b| &b.effects);
    effects.map(|e| chain::latency(e, rate_hz, 2)).sum::<usize>() as i64
}

/// How a composition is divided.
#[derive(Clone, Copy, Debug)]
struct Cells {
    /// Samples; `None`: one cell.
    length: Option<i64>,
    /// Samples before a cell.
    settling: i64,
}

impl Cells {
    fn new(settling: u64, rate_hz: u32, is_live: bool) -> Self {
        let rate = u64::from(rate_hz);
        if is_live {
            return Self { length: None, settling: settling.min(rate / 2) as i64 };
        }
        if settling == NEVER_SETTLES || settling > MAX_SETTLING_SECS * rate {
            return Self { length: None, settling: i64::MAX };
        }
        let length = (CELL_SECS * rate).max(settling * 4).next_multiple_of(BLOCK_SAMPLES as u64);
        Self { length: Some(length as i64), settling: settling as i64 }
    }

    fn of(&self, sample: i64) -> i64 {
        self.length.map_or(0, |length| sample.div_euclid(length))
    }

    fn end(&self, cell: i64) -> i64 {
        self.length.map_or(i64::MAX, |length| (cell + 1).saturating_mul(length))
    }

    /// Where to begin in order to mix `from`: on the grid, and not before the composition.
    fn begin(&self, from: i64) -> i64 {
        let start = match self.length {
            Some(length) => from.div_euclid(length) * length,
            None => from,
        };
        let grid = BLOCK_SAMPLES as i64;
        (start.saturating_sub(self.settling).max(0).div_euclid(grid) * grid).min(from)
    }
}
