//! The callback alone, driven block by block on a time of its own.
use super::*;

const RATE_HZ: u32 = 48_000;
/// Frames of a ramp.
const RAMP: usize = 240;
/// Steepest change of smoothstep over [`RAMP`] frames (3/2 per length), with rounding.
const STEEPEST: f32 = 1.5 / RAMP as f32 * 1.01;

struct Bench {
    ring: rtrb::Producer<f32>,
    shared: Arc<OutputShared>,
    callback: OutputCallback,
    block: usize,
    blocks: usize,
    out: Vec<f32>,
}

impl Bench {
    fn new(block: usize) -> Self {
        let (ring, consumer) = rtrb::RingBuffer::new(100_000);
        let shared = Arc::new(OutputShared::new(RATE_HZ, 1.0));
        let callback = OutputCallback::new(consumer, shared.clone(), 1, 100);
        Self { ring, shared, callback, block, blocks: 0, out: Vec::new() }
    }

    fn push(&mut self, value: f32, frames: usize) {
        self.ring.push_entire_slice(&vec![value; frames]).expect("room");
    }

    fn run(&mut self, blocks: usize) {
        for _ in 0..blocks {
            let mut block = vec![9.0; self.block];
            let secs = (self.blocks * self.block) as f64 / f64::from(RATE_HZ);
            self.callback.fill(&mut block, secs, secs + 0.01);
            self.out.extend(block);
            self.blocks += 1;
        }
    }

    fn steepest(&self) -> f32 {
        self.out.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max)
    }

    fn under_runs(&self) -> u64 {
        self.shared.under_runs.load(Relaxed)
    }
}

#[test]
fn start_and_stop_are_ramps_of_smoothstep() {
    for block in [7, 64, 240, 1_000] {
        let mut bench = Bench::new(block);
        bench.push(1.0, 20_000);
        bench.run(2);
        assert_eq!(bench.out, vec![0.0; 2 * block], "silent before it runs");
        bench.shared.run.store(true, Release);
        bench.run(2_000 / block);
        let started = bench.out.split_off(2 * block);
        for (at, sample) in started.iter().enumerate() {
            let x = (at as f32 / RAMP as f32).min(1.0);
            assert!((sample - x * x * (3.0 - 2.0 * x)).abs() < 1e-4, "block {block}, frame {at}: {sample}");
        }
        bench.out = vec![1.0];
        bench.shared.run.store(false, Release);
        bench.run(2_000 / block);
        assert!(bench.steepest() <= STEEPEST, "block {block}: {}", bench.steepest());
        assert_eq!(bench.out[RAMP + 2..].iter().copied().fold(0.0, f32::max), 0.0);
        // What was not played stays for later.
        let played = started.len() + RAMP;
        assert!(bench.shared.consumed.load(Relaxed).abs_diff(played as u64) <= 1);
        assert_eq!(bench.under_runs(), 0);
    }
}

#[test]
fn a_seek_fades_the_old_out_and_the_new_in() {
    for block in [50, 240, 1_000] {
        let mut bench = Bench::new(block);
        bench.push(1.0, 5_000);
        bench.shared.run.store(true, Release);
        bench.run(2_000 / block);
        bench.shared.discard_before.store(5_000, Release);
        bench.run(RAMP.div_ceil(block) + 1);
        assert_eq!(bench.out.last(), Some(&0.0), "waits for the new");
        assert_eq!(bench.shared.consumed.load(Relaxed), 5_000);
        bench.push(-1.0, 5_000);
        bench.run(2_000 / block);
        assert_eq!(bench.out.last(), Some(&-1.0));
        assert!(bench.steepest() <= STEEPEST, "block {block}: {}", bench.steepest());
        assert_eq!(bench.under_runs(), 0, "waiting after a seek is none");
    }
}

#[test]
fn an_under_run_is_counted_once_and_fades() {
    for block in [50, 240, 1_000] {
        let mut bench = Bench::new(block);
        bench.shared.run.store(true, Release);
        for round in 1..=3 {
            bench.push(1.0, 3_010);
            bench.run(5_000 / block);
            assert_eq!(bench.under_runs(), round, "block {block}");
            assert_eq!(bench.out.last(), Some(&0.0));
        }
        assert_eq!(bench.shared.consumed.load(Relaxed), 3 * 3_010, "nothing is lost");
        // The fade is over what is left, which is no less than a block's rest of 10 frames.
        if block == 1_000 {
            assert!(bench.steepest() <= 1.5 / 10.0 + STEEPEST, "{}", bench.steepest());
        }
    }
}

#[test]
fn the_end_is_no_under_run_and_fades() {
    for block in [50, 240, 1_000] {
        let mut bench = Bench::new(block);
        bench.push(1.0, 3_010);
        bench.shared.end_at.store(3_010, Release);
        bench.shared.run.store(true, Release);
        bench.run(5_000 / block);
        assert_eq!(bench.under_runs(), 0);
        assert_eq!(bench.shared.consumed.load(Relaxed), 3_010);
        assert!(bench.steepest() <= STEEPEST, "block {block}: {}", bench.steepest());
        let sounding = bench.out.iter().filter(|s| **s > 0.0).count();
        assert!((3_007..3_010).contains(&sounding), "{sounding} of 3010 frames are heard");
    }
}

#[test]
fn volume_changes_without_a_click() {
    let mut bench = Bench::new(240);
    bench.push(1.0, 20_000);
    bench.shared.run.store(true, Release);
    bench.run(5);
    for volume in [0.0_f32, 1.0, 0.25] {
        bench.shared.volume.store(volume.to_bits(), Relaxed);
        bench.run(3);
        assert!((bench.out.last().expect("sound") - volume).abs() < 1e-6);
    }
    assert!(bench.steepest() <= STEEPEST);
    assert_eq!(f32::from_bits(bench.shared.peak.load(Relaxed)), 1.0);
}

#[test]
fn runs_tell_which_frame_is_heard_when() {
    let mut bench = Bench::new(240);
    bench.push(1.0, 10_000);
    bench.run(2);
    bench.shared.run.store(true, Release);
    bench.run(4);
    // Frame 0 is in block 2, which is heard 10 ms after its call at 2 * 5 ms.
    let at = |secs: f64| bench.shared.anchors.at(secs).expect("a run").frame_at(secs);
    assert!(at(0.0199).abs() < 1e-6);
    assert!((at(0.020 + 100.0 / 48_000.0) - 100.0).abs() < 1e-6);
    assert!((at(0.0349) - 0.0149 * 48_000.0).abs() < 1e-6);
    assert!((bench.shared.latency_secs() - 0.01).abs() < 1e-12);
}
