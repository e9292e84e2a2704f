//! How long the stages of a picture take, and warnings, from the program's `tracing` spans and
//! events.
use crate::link::{Board, Note, Weight};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tracing::{Level, Subscriber, field::Visit, span};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt, registry::LookupSpan};

/// The spans that are measured: decoding one picture, beginning to draw a frame, waiting for what
/// was drawn.
const STAGES: [&str; 3] = ["decode", "draw", "finish"];

/// Time spent in a stage since it was asked last.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    count: u32,
    time: Duration,
}

/// Mean times of stages in ms, each with how often it ran; those that did not run keep what they
/// had.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StageMeans {
    /// Decoding a picture.
    pub decode: Option<(u32, f64)>,
    /// Drawing a frame: planning, and handing it to what draws.
    pub draw: Option<(u32, f64)>,
    /// Waiting until it is drawn, and bringing it to memory.
    pub finish: Option<(u32, f64)>,
}

/// Collects times and warnings. Copies collect together.
#[derive(Clone, Default)]
pub struct Stages {
    sums: Arc<Mutex<BTreeMap<&'static str, Sum>>>,
    board: Arc<Mutex<Option<Board>>>,
}

struct Since(Instant);

impl Stages {
    /// Lets the whole program report here. Only the first one of a program does.
    pub fn install(&self) {
        // Another subscriber is one of a test.
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(self.clone()));
    }

    /// Puts warnings on a board.
    pub fn warn_on(&self, board: Board) {
        *self.board.lock().unwrap_or_else(PoisonError::into_inner) = Some(board);
    }

    /// Means since the last call, or what was known if a stage has not run.
    pub fn take(&self, known: StageMeans) -> StageMeans {
        let sums = std::mem::take(&mut *self.sums.lock().unwrap_or_else(PoisonError::into_inner));
        let mean = |name: &str, known| match sums.get(name) {
            Some(sum) => Some((sum.count, sum.time.as_secs_f64() * 1e3 / f64::from(sum.count.max(1)))),
            None => known,
        };
        StageMeans { decode: mean("decode", known.decode), draw: mean("draw", known.draw), finish: mean("finish", known.finish) }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Stages {
    fn on_enter(&self, id: &span::Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id).filter(|span| STAGES.contains(&span.name())) {
            span.extensions_mut().replace(Since(Instant::now()));
        }
    }

    fn on_exit(&self, id: &span::Id, context: Context<'_, S>) {
        let Some(span) = context.span(id).filter(|span| STAGES.contains(&span.name())) else { return };
        let Some(passed) = span.extensions().get::<Since>().map(|since| since.0.elapsed()) else { return };
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = sums.entry(span.name()).or_default();
        sum.count += 1;
        sum.time += passed;
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let level = *event.metadata().level();
        if level > Level::WARN || !event.metadata().target().starts_with("cutroom") {
            return;
        }
        let board = self.board.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(board) = board else { return };
        let mut words = Words(String::new());
        event.record(&mut words);
        board.note(Note::new(if level == Level::ERROR { Weight::Error } else { Weight::Warning }, words.0));
        board.tell();
    }
}

/// The fields of an event as text.
struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        let text = if field.name() == "message" { format!("{value:?}") } else { format!("{}: {value:?}", field.name()) };
        self.0 = if self.0.is_empty() { text } else { format!("{}, {text}", self.0) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_timed_and_warnings_noted() {
        let (stages, board) = (Stages::default(), Board::new(|| {}));
        stages.warn_on(board.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(stages.clone()), || {
            (0..3).for_each(|_| tracing::info_span!("decode").in_scope(|| std::thread::sleep(Duration::from_millis(2))));
            tracing::info_span!("other").in_scope(|| {});
            tracing::warn!(target: "cutroom_test", media = "a", "falls back");
            tracing::info!(target: "cutroom_test", "says nothing");
        });
        let means = stages.take(StageMeans::default());
        let (count, ms) = means.decode.unwrap();
        assert!(count == 3 && ms >= 2.0 && means.draw.is_none(), "{means:?}");
        assert_eq!(stages.take(means), means, "what has not run keeps its times");
        let notes = board.take().notes;
        assert_eq!(notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["falls back, media: \"a\""]);
    }
}
