//! How long the stages of drawing, decoding, mixing and encoding take, from their `tracing` spans.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tracing::{Subscriber, span};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

/// Collects the times of spans while it is a layer of the program's subscriber. Copies collect together.
#[derive(Clone, Debug, Default)]
pub struct StageTimes(Arc<Mutex<BTreeMap<&'static str, Vec<Duration>>>>);

/// Times of one stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StageReport {
    /// Name of the stage. Stages run on several threads, and one may be inside of another.
    pub stage: String,
    /// How often it ran.
    pub times: usize,
    /// Mean time in milliseconds.
    pub mean_ms: f64,
    /// 95 % of the times are not longer, in milliseconds.
    pub p95_ms: f64,
    /// Longest time in milliseconds.
    pub max_ms: f64,
    /// All times together in milliseconds.
    pub total_ms: f64,
}

/// Time that was spent in a span, and since when it is entered.
#[derive(Default)]
struct Spent {
    time: Duration,
    since: Option<Instant>,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for StageTimes {
    fn on_new_span(&self, _: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(Spent::default());
        }
    }

    fn on_enter(&self, id: &span::Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(spent) = span.extensions_mut().get_mut::<Spent>()
        {
            spent.since = Some(Instant::now());
        }
    }

    fn on_exit(&self, id: &span::Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(spent) = span.extensions_mut().get_mut::<Spent>()
        {
            spent.time += spent.since.take().map_or(Duration::ZERO, |since| since.elapsed());
        }
    }

    fn on_close(&self, id: span::Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let time = span.extensions().get::<Spent>().map(|spent| spent.time).unwrap_or_default();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(span.name()).or_default().push(time);
    }
}

impl StageTimes {
    /// What was collected so far, by name.
    pub fn report(&self) -> Vec<StageReport> {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        let of = |(stage, times): (&&'static str, &Vec<Duration>)| {
            let mut times = times.clone();
            times.sort();
            let total: Duration = times.iter().sum();
            StageReport {
                stage: (*stage).to_owned(),
                times: times.len(),
                mean_ms: ms(total) / times.len().max(1) as f64,
                p95_ms: times.get((times.len() * 95).div_ceil(100).saturating_sub(1)).copied().map_or(0.0, ms),
                max_ms: times.last().copied().map_or(0.0, ms),
                total_ms: ms(total),
            }
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing_subscriber::layer::SubscriberExt;

    #[test]
    fn spans_are_timed_by_name() {
        let times = StageTimes::default();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(times.clone()), || {
            for n in 1..=20 {
                let _outer = tracing::info_span!("outer").entered();
                tracing::info_span!("inner").in_scope(|| std::thread::sleep(Duration::from_millis(if n == 20 { 40 } else { 1 })));
            }
        });
        let report = times.report();
        let [inner, outer] = &report[..] else { panic!("{report:?}") };
        assert_eq!((inner.stage.as_str(), inner.times, outer.stage.as_str(), outer.times), ("inner", 20, "outer", 20));
        assert!(inner.max_ms >= 40.0 && inner.p95_ms >= 1.0 && inner.p95_ms <= inner.max_ms, "{inner:?}");
        assert!((inner.mean_ms * 20.0 - inner.total_ms).abs() < 1e-6 && outer.total_ms >= inner.total_ms, "{report:?}");
    }
}
