//! Where the sound of playback goes: the clock by which pictures are shown.
//!
//! The clock counts the samples that were consumed, not the time that passed: if there is nothing to
//! consume, sound and picture stop together.
use cutroom_types::AudioBlock;
use std::time::{Duration, Instant};

/// Consumes sound at the rate at which it is to be heard.
pub trait AudioSink: Send {
    /// Begins or continues to consume.
    fn start(&mut self);

    /// Stops consuming; what is buffered stays.
    fn pause(&mut self);

    /// Stops, forgets what is buffered, and counts consumed samples from zero. Blocks that follow have
    /// this number of samples per second.
    fn clear(&mut self, rate_hz: u32);

    /// Takes a block, which is consumed after those before it.
    fn push(&mut self, block: AudioBlock);

    /// Says that no more blocks follow: running dry is no underrun any more.
    fn finish(&mut self);

    /// Samples per channel that were consumed so far.
    fn consumed(&mut self) -> u64;

    /// Samples per channel that are buffered.
    fn buffered(&mut self) -> u64;

    /// Samples per channel that were due and not there, since the sink was made.
    fn missed(&mut self) -> u64;
}

/// A clock: time since some beginning.
pub type Clock = Box<dyn Fn() -> Duration + Send>;

/// Receives blocks, each with the number of its first sample.
type Listener = Box<dyn FnMut(u64, &AudioBlock) + Send>;

/// Consumes sound by a clock: for machines without a sound device, for tests, whose clock is not that of
/// the machine, and for those who hear it elsewhere.
pub struct TimerSink {
    rate_hz: u32,
    clock: Clock,
    listener: Option<Listener>,
    /// When it started, and how many samples it had consumed or missed by then.
    running: Option<(Duration, u64)>,
    due: u64,
    pushed: u64,
    consumed: u64,
    missed: u64,
    is_finished: bool,
}

impl TimerSink {
    /// A sink with the machine's clock.
    pub fn new() -> Self {
        let start = Instant::now();
        Self::with_clock(Box::new(move || start.elapsed()))
    }

    /// A sink with a clock of the caller's.
    pub fn with_clock(clock: Clock) -> Self {
        Self {
            rate_hz: 48_000,
            clock,
            listener: None,
            running: None,
            due: 0,
            pushed: 0,
            consumed: 0,
            missed: 0,
            is_finished: false,
        }
    }

    /// Hands each block to a listener as soon as it comes, with the number of its first sample since the
    /// sink was cleared.
    #[must_use]
    pub fn heard_by(self, listener: impl FnMut(u64, &AudioBlock) + Send + 'static) -> Self {
        Self { listener: Some(Box::new(listener)), ..self }
    }

    /// Consumes what is due by now.
    fn advance(&mut self) {
        let Some((since, due_then)) = self.running else { return };
        let passed = (self.clock)().saturating_sub(since).as_nanos() * u128::from(self.rate_hz) / 1_000_000_000;
        let due = due_then + u64::try_from(passed).unwrap_or(u64::MAX);
        let wanted = due - self.due;
        self.due = due;
        let there = wanted.min(self.pushed - self.consumed);
        self.consumed += there;
        if !self.is_finished {
            self.missed += wanted - there;
        }
    }
}

impl Default for TimerSink {
    fn default() -> Self {
        Self::new()
    }
}

impl AudioSink for TimerSink {
    fn start(&mut self) {
        if self.running.is_none() {
            self.running = Some(((self.clock)(), self.due));
        }
    }

    fn pause(&mut self) {
        self.advance();
        self.running = None;
    }

    fn clear(&mut self, rate_hz: u32) {
        self.pause();
        self.rate_hz = rate_hz;
        (self.pushed, self.consumed, self.is_finished) = (0, 0, false);
    }

    fn push(&mut self, block: AudioBlock) {
        self.advance();
        if let Some(listener) = &mut self.listener {
            listener(self.pushed, &block);
        }
        self.pushed += block.len() as u64;
    }

    fn finish(&mut self) {
        self.advance();
        self.is_finished = true;
    }

    fn consumed(&mut self) -> u64 {
        self.advance();
        self.consumed
    }

    fn buffered(&mut self) -> u64 {
        self.advance();
        self.pushed - self.consumed
    }

    fn missed(&mut self) -> u64 {
        self.advance();
        self.missed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    #[test]
    fn a_timer_consumes_by_its_clock_and_stops_when_dry() {
        let ms = Arc::new(AtomicU64::new(0));
        let read = Arc::clone(&ms);
        let mut sink = TimerSink::with_clock(Box::new(move || Duration::from_millis(read.load(Ordering::SeqCst))));
        let pass = |by: u64| ms.fetch_add(by, Ordering::SeqCst);
        sink.push(AudioBlock::silent(48_000, 2, 4800));
        pass(500);
        assert_eq!((sink.consumed(), sink.buffered()), (0, 4800), "not started");
        sink.start();
        pass(40);
        assert_eq!((sink.consumed(), sink.buffered()), (1920, 2880));
        sink.pause();
        pass(70);
        assert_eq!(sink.consumed(), 1920);
        sink.start();
        pass(100);
        // 60 ms were there, 40 ms were missing, and what comes then is consumed from its beginning.
        assert_eq!((sink.consumed(), sink.missed()), (4800, 1920));
        sink.push(AudioBlock::silent(48_000, 2, 4800));
        pass(10);
        assert_eq!((sink.consumed(), sink.missed()), (5280, 1920));
        sink.finish();
        pass(200);
        assert_eq!((sink.consumed(), sink.missed()), (9600, 1920));
        sink.clear(24_000);
        assert_eq!((sink.consumed(), sink.buffered()), (0, 0));
        sink.push(AudioBlock::silent(24_000, 2, 4800));
        sink.start();
        pass(100);
        assert_eq!((sink.consumed(), sink.buffered()), (2400, 2400));
    }
}
