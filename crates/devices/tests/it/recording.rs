//! Recording: where samples end up in the composition, punch points, losses, levels.
use crate::rig::{RATE_HZ, at_once, counting, device, guarded, made, position_of, wait};
use cutroom_devices::{
    Air, Player, PlayerOptions, RecordedBlock, Recorder, RecorderOptions, SoundProgramme, TimerInput, TimerOptions, TimerOutput,
    latency_signal, measure_latency,
};
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Taken(Arc<Mutex<Vec<RecordedBlock>>>);

impl Taken {
    fn blocks(&self) -> Vec<RecordedBlock> {
        self.0.lock().expect("the list").clone()
    }

    /// Placed samples of the first channel.
    fn placed(&self) -> Vec<(i64, f32)> {
        let of = |block: RecordedBlock| {
            let first = block.first_sample;
            let samples = block.audio.channels.into_iter().next().unwrap_or_default();
            first.map(|first| (first..).zip(samples)).into_iter().flatten()
        };
        self.blocks().into_iter().flat_map(of).collect()
    }
}

/// A player and a recorder joined by a cable that delays by `delay` samples.
struct Loop {
    player: Player,
    input: TimerInput,
    taken: Taken,
}

impl Loop {
    fn new(programme: Box<dyn SoundProgramme>, delay: i64, input: TimerOptions, first_sample: i64) -> Self {
        let air = Air::new(RATE_HZ);
        let options = TimerOptions { around: guarded, ..device() };
        let output = TimerOutput { options, tap: Some(air.tap(2)), ..TimerOutput::default() };
        let player =
            Player::new(Box::new(output), programme, PlayerOptions { first_sample, ..PlayerOptions::default() }).expect("a player");
        let options = TimerOptions { around: guarded, ..input };
        let input = TimerInput { options, switch: Default::default(), source: air.source(2, delay) };
        Self { player, input, taken: Taken::default() }
    }

    fn record(&self, options: RecorderOptions) -> Recorder {
        let taken = self.taken.clone();
        let take = move |block| taken.0.lock().expect("the list").push(block);
        Recorder::new(Box::new(self.input.clone()), self.player.clock(), options, take).expect("a recorder")
    }
}

/// An input with blocks of 4 ms and 13 ms of latency.
fn input() -> TimerOptions {
    TimerOptions { block_frames: Some(192), latency_secs: 0.013, ..TimerOptions::default() }
}

/// Furthest that a recorded sample of [`counting`] is from its place, away from ramps.
fn worst_offset(placed: &[(i64, f32)], from: i64, to: i64) -> f64 {
    let steady = placed.iter().filter(|(at, _)| (from..to).contains(at));
    steady.map(|(at, sample)| (*at as f64 - position_of(*sample)).abs()).fold(0.0, f64::max)
}

#[test]
fn what_is_sung_along_lands_where_it_was_heard() {
    at_once([input(), TimerOptions { jitter_secs: 0.000_05, ..input() }], |input| {
        let rig = Loop::new(counting(), 0, input, 100_000);
        let recorder = rig.record(RecorderOptions::default());
        rig.player.play().expect("play");
        wait(0.6);
        rig.player.pause().expect("pause");
        wait(0.1);
        let status = recorder.finish();
        let placed = rig.taken.placed();
        let (first, last) = (placed[0].0, placed[placed.len() - 1].0);
        assert!(placed.windows(2).all(|w| w[1].0 == w[0].0 + 1), "no gap and no overlap");
        let worst = worst_offset(&placed, 100_300, last - 300);
        println!("{first} to {last}: off by {worst} samples, {status:?}");
        assert!((first - 100_000).abs() <= 1 && last > 125_000, "{first} to {last}");
        assert!(worst <= 1.0, "{worst}");
        assert_eq!((status.over_runs, status.lost_frames), (0, 0));
        assert!(rig.taken.blocks().iter().any(|b| b.first_sample.is_none()), "what came before play has no place");
    });
}

#[test]
fn latency_that_no_driver_tells_is_measured_and_taken_off() {
    let signal = latency_signal();
    let probe = made(move |n| signal.get((n as usize).wrapping_sub(4_800)).copied().unwrap_or(0.0), i64::MAX);
    let rig = Loop::new(probe, 137, input(), 0);
    let recorder = rig.record(RecorderOptions::default());
    rig.player.play().expect("play");
    wait(0.4);
    recorder.finish();
    let recording: Vec<f32> = rig.taken.placed().iter().filter(|(at, _)| *at >= 4_800).map(|(_, s)| *s).collect();
    let latency = measure_latency(&recording).expect("the signal") as i64;
    println!("measured {latency} of 137 samples");
    assert!((latency - 137).abs() <= 1, "{latency}");
    let rig = Loop::new(counting(), 137, input(), 50_000);
    let recorder = rig.record(RecorderOptions { latency_samples: latency, ..RecorderOptions::default() });
    rig.player.play().expect("play");
    wait(0.4);
    recorder.finish();
    let placed = rig.taken.placed();
    let worst = worst_offset(&placed, 50_300, placed[placed.len() - 1].0 - 300);
    assert!(worst <= 1.0, "{worst}");
}

#[test]
fn punch_points_cut_at_the_sample_and_fade() {
    at_once([0.0, 0.005], |fade_secs| {
        let rig = Loop::new(made(|_| 0.5, i64::MAX), 0, input(), 0);
        let options = RecorderOptions { punch_in: Some(10_007), punch_out: Some(20_001), fade_secs, ..RecorderOptions::default() };
        let recorder = rig.record(options);
        rig.player.play().expect("play");
        wait(0.55);
        recorder.finish();
        let placed = rig.taken.placed();
        assert_eq!((placed[0].0, placed[placed.len() - 1].0), (10_007, 20_000));
        assert_eq!(placed.len(), 9_994);
        for (at, sample) in placed {
            let inside = ((at - 10_007).min(20_000 - at) as f64 + 0.5) / 240.0;
            let x = if fade_secs > 0.0 { inside.min(1.0) } else { 1.0 };
            assert!((f64::from(sample) - 0.5 * x * x * (3.0 - 2.0 * x)).abs() < 1e-6, "{at}: {sample}");
        }
    });
}

#[test]
fn the_ends_of_time_are_no_reason_to_fail() {
    let rig = Loop::new(made(|_| 0.5, i64::MAX), 0, input(), 0);
    let options = RecorderOptions { punch_in: Some(i64::MIN), punch_out: Some(i64::MAX), ..RecorderOptions::default() };
    let recorder = rig.record(options);
    rig.player.play().expect("play");
    for target in [i64::MAX, i64::MIN, 0] {
        rig.player.seek(target).expect("seek");
        wait(0.1);
        rig.player.scrub(target).expect("scrub");
        rig.player.play().expect("play");
    }
    rig.player.set_loop(Some(i64::MIN..i64::MIN + 480)).expect("a loop");
    rig.player.set_loop(Some(0..i64::MAX)).expect("a loop");
    wait(0.15);
    assert!(rig.player.position() > 0);
    assert_eq!(recorder.finish().fault, None);
    assert!(rig.taken.placed().iter().any(|(at, _)| (2_000..4_000).contains(at)), "it records to the end");
}

#[test]
fn each_turn_of_a_loop_is_placed_anew() {
    let rig = Loop::new(counting(), 0, input(), 20_000);
    rig.player.set_loop(Some(20_000..26_000)).expect("a loop");
    let recorder = rig.record(RecorderOptions::default());
    rig.player.play().expect("play");
    wait(0.6);
    recorder.finish();
    let placed = rig.taken.placed();
    let turns = placed.windows(2).filter(|w| w[1].0 != w[0].0 + 1).collect::<Vec<_>>();
    assert!(turns.len() >= 3, "{} turns", turns.len());
    for turn in turns {
        assert!((turn[0].0 - 25_999).abs() <= 1 && (turn[1].0 - 20_000).abs() <= 1, "{turn:?}");
    }
    // The cross-fades of 240 samples after each turn tell other positions.
    assert!(worst_offset(&placed, 20_300, 25_990) <= 1.0);
}

#[test]
fn an_input_of_another_rate_is_recorded_at_the_compositions() {
    let tone = |n: f64| (0.5 * (std::f64::consts::TAU * 440.0 * n / f64::from(RATE_HZ)).sin()) as f32;
    let rig = Loop::new(made(tone, i64::MAX), 0, input(), 0);
    // It captures the tone that is heard at the time of capture, at a rate of its own.
    let clock = rig.player.clock();
    let source = move |secs: f64, samples: &mut [f32]| {
        for (at, frame) in samples.chunks_exact_mut(2).enumerate() {
            frame.fill(tone(clock.heard_at(secs + at as f64 / 44_100.0).sample));
        }
    };
    let options = TimerOptions { rate_hz: Some(44_100), ..input() };
    let input = TimerInput { options, switch: Default::default(), source: Arc::new(Mutex::new(source)) };
    let taken = rig.taken.clone();
    rig.player.play().expect("play");
    wait(0.1);
    let take = move |block| taken.0.lock().expect("the list").push(block);
    let recorder = Recorder::new(Box::new(input), rig.player.clock(), RecorderOptions::default(), take).expect("a recorder");
    wait(0.5);
    let status = recorder.finish();
    assert_eq!(status.format.rate_hz, 44_100);
    let placed = rig.taken.placed();
    assert!(placed.len() > 20_000);
    let inner = &placed[500..placed.len() - 500];
    let worst = inner.iter().map(|(at, sample)| (tone(*at as f64) - sample).abs()).fold(0.0, f32::max);
    // One sample at this tone's steepest is 0.029.
    assert!(worst < 0.029, "{worst}");
}

/// A recorder of an input that counts its own samples, and takes `busy_secs` once.
fn counted(buffer_secs: f64, busy_secs: f64) -> (Vec<RecordedBlock>, cutroom_devices::RecorderStatus) {
    let mut next = 0_u32;
    let source = move |_: f64, samples: &mut [f32]| {
        for frame in samples.chunks_exact_mut(2) {
            next += 1;
            frame.fill(next as f32 / 8_388_608.0);
        }
    };
    let rig = Loop::new(counting(), 0, input(), 0);
    let options = TimerOptions { around: guarded, ..input() };
    let input = TimerInput { options, switch: Default::default(), source: Arc::new(Mutex::new(source)) };
    let taken = Taken::default();
    let copy = taken.clone();
    let mut blocks = 0;
    let take = move |block| {
        blocks += 1;
        if blocks == 20 {
            wait(busy_secs);
        }
        copy.0.lock().expect("the list").push(block);
    };
    let options = RecorderOptions { buffer_secs, ..RecorderOptions::default() };
    let recorder = Recorder::new(Box::new(input), rig.player.clock(), options, take).expect("a recorder");
    wait(busy_secs + 0.3);
    let status = recorder.finish();
    (taken.blocks(), status)
}

#[test]
fn nothing_is_lost_while_the_caller_is_busy() {
    let (blocks, status) = counted(2.0, 0.3);
    assert_eq!((status.over_runs, status.lost_frames), (0, 0));
    let samples: Vec<f32> = blocks.iter().flat_map(|b| b.audio.channels[0].clone()).collect();
    assert_eq!(samples.len() as u64, status.captured_frames);
    for (at, sample) in samples.iter().enumerate() {
        assert_eq!(position_of(*sample), at as f64 + 1.0);
    }
}

#[test]
fn what_is_lost_is_told_and_keeps_its_place() {
    let (blocks, status) = counted(0.1, 0.3);
    assert!(status.over_runs > 0 && status.lost_frames > 5_000, "{status:?}");
    let lost: usize = blocks.iter().filter(|b| b.lost).map(|b| b.audio.len()).sum();
    assert_eq!(lost as u64, status.lost_frames);
    let samples: Vec<f32> = blocks.iter().flat_map(|b| b.audio.channels[0].clone()).collect();
    for (at, sample) in samples.iter().enumerate().filter(|(_, s)| **s != 0.0) {
        assert_eq!(position_of(*sample), at as f64 + 1.0, "silence stands for what is lost");
    }
}

#[test]
fn levels_are_those_of_the_signal() {
    let mut phase = 0.0_f64;
    let source = move |_: f64, samples: &mut [f32]| {
        for frame in samples.chunks_exact_mut(2) {
            phase += std::f64::consts::TAU * 1_000.0 / f64::from(RATE_HZ);
            frame.copy_from_slice(&[(0.5 * phase.sin()) as f32, 1.0]);
        }
    };
    let rig = Loop::new(counting(), 0, input(), 0);
    let input = TimerInput { options: input(), switch: Default::default(), source: Arc::new(Mutex::new(source)) };
    let switch = input.switch.clone();
    let recorder = Recorder::new(Box::new(input), rig.player.clock(), RecorderOptions::default(), |_| {}).expect("a recorder");
    wait(0.2);
    let levels = recorder.levels();
    assert!((levels[0].peak - 0.5).abs() < 1e-3 && levels[0].overs == 0, "{levels:?}");
    assert!((f64::from(levels[0].rms) - 0.5 * std::f64::consts::FRAC_1_SQRT_2).abs() < 5e-3, "{levels:?}");
    assert!(levels[1].rms == 1.0 && levels[1].overs > 5_000, "{levels:?}");
    switch.unplug();
    wait(0.05);
    assert_eq!(recorder.status().fault.as_deref(), Some("the simulated device was unplugged"));
    let options = RecorderOptions { punch_in: Some(5), punch_out: Some(5), ..RecorderOptions::default() };
    let input = TimerInput { switch: Default::default(), ..rig.input.clone() };
    let error = Recorder::new(Box::new(input), rig.player.clock(), options, |_| {}).err().expect("an empty range");
    assert_eq!(error.code(), "device.setting");
}
