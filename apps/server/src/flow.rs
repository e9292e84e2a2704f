//! How much may be on its way to a view: limits by bytes and by age, so that a slow connection delays
//! nothing and a distant one is used well.
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Bytes that may always be on their way.
const FEWEST_BYTES: f64 = 96.0 * 1024.0;
/// Bytes per second of a connection that nothing is known of yet.
const FIRST_RATE: f64 = 1.2e6;
/// Time over which the rate is measured.
const MEASURED: Duration = Duration::from_secs(2);
/// How long pages keep pictures before they show them, while it plays.
const KEPT: Duration = Duration::from_millis(250);
/// A view that has not said for so long that pictures were shown gets the next one all the same.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// What is on its way to a view.
pub struct Flow {
    /// Numbers and sizes of pictures that were not shown yet, and when they were sent.
    on_the_way: VecDeque<(u32, usize, Instant)>,
    /// Sizes of pictures that were shown, and when that was said.
    shown: VecDeque<(usize, Instant)>,
    /// Shortest time from a question to its answer.
    round_trip: Option<Duration>,
    /// Time of a frame, while it plays.
    frame: Option<Duration>,
    begun: Option<Instant>,
}

impl Flow {
    /// Nothing on its way.
    pub fn new() -> Self {
        Self { on_the_way: VecDeque::new(), shown: VecDeque::new(), round_trip: None, frame: None, begun: None }
    }

    /// Notes the time from a question to its answer.
    pub fn answered(&mut self, after: Duration) {
        // The shortest of late: others waited behind pictures.
        let before = self.round_trip.unwrap_or(after);
        self.round_trip = Some(if after < before { after } else { before.mul_f64(0.9) + after.mul_f64(0.1) });
    }

    /// Notes whether it plays: the time of a frame.
    pub fn plays(&mut self, frame: Option<Duration>) {
        self.frame = frame;
    }

    /// Notes that a picture was sent.
    pub fn sent(&mut self, number: u32, bytes: usize, now: Instant) {
        self.begun.get_or_insert(now);
        self.on_the_way.push_back((number, bytes, now));
    }

    /// Notes that a picture and all before it were shown, or given up.
    pub fn credit(&mut self, number: u32, now: Instant) {
        while let Some((_, bytes, _)) = self.on_the_way.pop_front_if(|(of, ..)| *of <= number) {
            self.shown.push_back((bytes, now));
        }
    }

    /// Whether another picture may be sent.
    pub fn has_room(&mut self, now: Instant) -> bool {
        while self.on_the_way.pop_front_if(|(.., sent)| now - *sent >= PATIENCE).is_some() {}
        while self.shown.pop_front_if(|(_, at)| now - *at > MEASURED).is_some() {}
        let Some((.., oldest)) = self.on_the_way.front() else { return true };
        let trip = self.round_trip.unwrap_or_default();
        let kept = self.frame.map_or(Duration::ZERO, |_| KEPT);
        let age = trip + kept + 3 * self.frame.unwrap_or(Duration::from_millis(40));
        let bytes: usize = self.on_the_way.iter().map(|(_, bytes, _)| bytes).sum();
        // As many as arrive in the time until it is heard of them, and half as many again.
        let most = (1.5 * self.rate(now) * (trip + kept).as_secs_f64()).max(FEWEST_BYTES);
        now - *oldest <= age && (bytes as f64) < most
    }

    /// Bytes per second that were shown of late.
    fn rate(&self, now: Instant) -> f64 {
        let measured = self.begun.map_or(Duration::ZERO, |begun| (now - begun).min(MEASURED)).as_secs_f64();
        let bytes: usize = self.shown.iter().map(|(bytes, _)| bytes).sum();
        let known = measured / MEASURED.as_secs_f64();
        let rate = if measured > 0.0 { bytes as f64 / measured } else { 0.0 };
        rate * known + FIRST_RATE * (1.0 - known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays for `secs` over a link of `bytes_per_sec` and a round trip; pictures of `bytes` come every 40
    /// ms and are shown 100 ms after they arrive. Returns how many were sent, and the longest time from
    /// sending to arriving, but for the first two seconds.
    fn played(bytes: usize, bytes_per_sec: f64, trip_ms: u64, secs: u64) -> (u32, Duration) {
        let start = Instant::now();
        let mut flow = Flow::new();
        flow.answered(Duration::from_millis(trip_ms));
        flow.plays(Some(Duration::from_millis(40)));
        let (mut free, mut sent, mut longest) = (start, 0, Duration::ZERO);
        let mut credits: VecDeque<(u32, Instant)> = VecDeque::new();
        for ms in 0..secs * 1000 {
            let now = start + Duration::from_millis(ms);
            while let Some((number, at)) = credits.front().copied().filter(|(_, at)| *at <= now) {
                flow.credit(number, at);
                credits.pop_front();
            }
            if ms % 40 == 0 && flow.has_room(now) {
                sent += 1;
                flow.sent(sent, bytes, now);
                free = free.max(now) + Duration::from_secs_f64(bytes as f64 / bytes_per_sec);
                let half = Duration::from_millis(trip_ms / 2);
                if ms >= 2000 {
                    longest = longest.max(free + half - now);
                }
                credits.push_back((sent, free + half + Duration::from_millis(100) + half));
            }
        }
        (sent, longest)
    }

    #[test]
    fn a_near_view_gets_every_picture() {
        assert_eq!(played(84 << 10, 1e9, 0, 10).0, 250);
        assert_eq!(played(160 << 10, 1e9, 0, 10).0, 250);
    }

    #[test]
    fn a_distant_one_too() {
        assert_eq!(played(28 << 10, 2.5e6, 80, 10).0, 250);
        assert_eq!(played(84 << 10, 1e8, 200, 10).0, 250);
    }

    #[test]
    fn a_slow_one_gets_as_many_as_it_can_take_without_delay() {
        // 625 kB/s carry 7.3 pictures of 84 KiB in a second.
        let (sent, longest) = played(84 << 10, 625e3, 40, 20);
        assert!((110..=150).contains(&sent), "{sent}");
        assert!(longest < Duration::from_millis(500), "{longest:?}");
    }

    #[test]
    fn while_somebody_drags_few_are_on_their_way() {
        let start = Instant::now();
        let mut flow = Flow::new();
        flow.answered(Duration::ZERO);
        let mut sent = 0;
        while flow.has_room(start) {
            sent += 1;
            flow.sent(sent, 60 << 10, start);
        }
        assert_eq!(sent, 2);
        assert!(!flow.has_room(start + Duration::from_secs(1)), "not shown yet");
        flow.credit(1, start);
        assert!(flow.has_room(start));
        // Whoever does not say what was shown is asked too much, but goes on.
        flow.sent(3, 60 << 10, start);
        assert!(flow.has_room(start + PATIENCE));
    }
}
