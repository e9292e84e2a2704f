//! Measures what sound effects receive that must know all of it before they begin, such as
//! normalization.
use crate::{Library, OpenComposition, PipelineError, sound::AudioMix};
use cutroom_audio::{Meter, speakers};
use cutroom_cache::{Key, KeyHasher};
use cutroom_effects::sound::Measured;
use cutroom_timeline::AudioPlan;
use cutroom_types::ParamValue;
use std::sync::Arc;

/// Samples mixed at once.
const BLOCK: i64 = 1 << 16;

/// Measurements of what an effect of a bus of a composition receives, in the channels of the
/// composition. Equal sounds are measured once.
pub(crate) fn measured(composition: &Arc<OpenComposition>, bus: &str, effect: usize) -> Result<Measured, PipelineError> {
    let total = composition.sample_count();
    let whole = composition.plan_audio(0, total.max(0) as usize)?;
    let at = whole.buses.iter().position(|b| *b.key == *bus);
    let feeds = || whole.feeds.iter().chain(whole.buses.iter().flat_map(|b| &b.feeds)).filter(|f| Some(f.bus) == at);
    let first = feeds().map(|f| f.first_sample).min().unwrap_or(0).max(0);
    let end = feeds().map(|f| f.end_sample).max().unwrap_or(0).min(total);
    let Some(plan) = whole.before_effect(bus, effect) else { return Ok(silence()) };
    let library = composition.library();
    let key = key(composition, library, &plan);
    if let Some(known) = library.measured(key) {
        return Ok(known);
    }
    let measured = measure(composition, bus, effect, first..end)?;
    library.set_measured(key, measured);
    Ok(measured)
}

fn key(composition: &OpenComposition, library: &Library, plan: &AudioPlan) -> Key {
    let mut hasher = KeyHasher::new("effect input").with(plan.key().0);
    for voice in plan.all_voices() {
        let content = composition.project().media(&voice.media).and_then(|media| library.content(&library.location(media)));
        hasher = hasher.with(content.map_or([0; 32], |key| key.0));
    }
    let texts = plan.buses.iter().flat_map(|b| &b.effects).flat_map(|e| &e.params);
    for text in texts.filter_map(|value| if let ParamValue::Text(text) = value { Some(text) } else { None }) {
        // A file of an effect that has changed is another one.
        if let Ok(file) = std::fs::metadata(library.path(text)) {
            let modified = file.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
            hasher = hasher.with(file.len().to_le_bytes()).with(modified.unwrap_or_default().as_nanos().to_le_bytes());
        }
    }
    hasher.key()
}

fn measure(
    composition: &Arc<OpenComposition>,
    bus: &str,
    effect: usize,
    samples: std::ops::Range<i64>,
) -> Result<Measured, PipelineError> {
    let c = composition.composition();
    let (rate_hz, channels) = (c.sample_rate_hz, c.channels as usize);
    let mut meter = Meter::new(rate_hz, speakers(channels)?)?;
    let mut mix = AudioMix::unclipped(Arc::clone(composition))?;
    let (mut squares, mut count, mut first) = (0.0, 0u64, samples.start);
    while first < samples.end {
        let length = (samples.end - first).min(BLOCK);
        let block = mix.before_effect(bus, effect, first, length as usize)?;
        for x in block.channels.iter().flatten() {
            squares += f64::from(*x) * f64::from(*x);
        }
        count += (length as u64) * channels as u64;
        meter.add(&block)?;
        first += length;
    }
    let report = meter.report()?;
    Ok(Measured {
        integrated_lufs: report.integrated_lufs,
        true_peak_dbtp: report.true_peak_dbtp,
        sample_peak_dbfs: report.sample_peak_dbfs,
        rms_dbfs: 10.0 * (squares / count.max(1) as f64).log10(),
    })
}

fn silence() -> Measured {
    let none = f64::NEG_INFINITY;
    Measured { integrated_lufs: none, true_peak_dbtp: none, sample_peak_dbfs: none, rms_dbfs: none }
}
