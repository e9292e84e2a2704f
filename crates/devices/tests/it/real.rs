//! The system's own devices, whatever they are.
use crate::rig::{RATE_HZ, counting, made, wait};
use cutroom_devices::{
    Choice, HardwareInput, HardwareOutput, Player, PlayerOptions, RecordedBlock, Recorder, RecorderOptions, devices,
    latency_signal, measure_latency, now_secs,
};
use std::sync::{Arc, Mutex};

#[test]
fn the_devices_of_this_system_can_be_listed_and_their_absence_is_told() {
    let there = devices().expect("a list, if an empty one");
    for info in there.outputs.iter().chain(&there.inputs) {
        assert!(!info.id.is_empty() && !info.name.is_empty());
        println!("{} ({}), default: {}, {} offers", info.id, info.name, info.default, info.offers.len());
    }
    let none = HardwareOutput { choice: Choice::Named("no such thing".into()) };
    let error = Player::new(Box::new(none), counting(), PlayerOptions::default()).err().expect("no such device");
    assert_eq!(error.code(), "device.not_found");
    match Player::new(Box::<HardwareOutput>::default(), counting(), PlayerOptions::default()) {
        Ok(player) => println!("the default output plays: {:?}", player.status()),
        Err(error) => {
            println!("the default output: {error}");
            assert!(!there.outputs.iter().any(|info| info.default), "{error}");
            assert_eq!(error.code(), "device.no_default", "{error}");
        }
    }
}

/// ALSA's null device, where there is one, takes sound through the real driver interface, with a
/// clock or without.
#[test]
fn the_null_device_plays_in_real_time() {
    if !devices().expect("a list").outputs.iter().any(|info| info.id == "null") {
        println!("this system has no null device");
        return;
    }
    let output = HardwareOutput { choice: Choice::Named("null".into()) };
    let player = Player::new(Box::new(output), counting(), PlayerOptions::default()).expect("the null device opens");
    player.play().expect("play");
    wait(0.6);
    let events: Vec<_> = std::iter::from_fn(|| player.next_event()).collect();
    println!("{events:?}\n{:?}", player.status());
    let (from, at) = (player.position(), now_secs());
    wait(0.5);
    let rate = (player.position() - from) as f64 / (now_secs() - at);
    println!("{rate} samples a second");
    assert!((rate / 48_000.0 - 1.0).abs() < 0.05, "{rate}");
}

/// Names of an output, and of an input that hears it.
const OUTPUT: &str = "CUTROOM_DEVICES_OUTPUT";
const INPUT: &str = "CUTROOM_DEVICES_INPUT";
/// What sound servers may need until both streams run evenly.
const START_SECS: f64 = 4.0;
/// Seconds to play.
const SECS: &str = "CUTROOM_DEVICES_SECS";

fn chosen(variable: &str) -> Choice {
    std::env::var(variable).map_or(Choice::Default, Choice::Named)
}

fn output(block_frames: usize, programme: Box<dyn cutroom_devices::SoundProgramme>) -> Player {
    let output = HardwareOutput { choice: chosen(OUTPUT) };
    Player::new(Box::new(output), programme, PlayerOptions { block_frames, ..PlayerOptions::default() }).expect("the output")
}

#[test]
#[ignore = "needs a sound device; CUTROOM_DEVICES_OUTPUT names it"]
fn a_real_output_plays_in_time() {
    let secs = std::env::var(SECS).ok().and_then(|secs| secs.parse().ok()).unwrap_or(5.0);
    for block_frames in [240, 480, 2_048] {
        let player = output(block_frames, counting());
        player.play().expect("play");
        wait(START_SECS);
        let (from, at) = (player.clock().now().sample, now_secs());
        let (mut last, mut moved_at) = (from, at);
        while now_secs() < at + secs {
            wait(0.01);
            let sample = player.clock().now().sample;
            assert!(sample >= last);
            if sample > last {
                if now_secs() - moved_at > 0.1 {
                    println!("at {:.2} s it had stood still for {:.2} s", now_secs() - at, now_secs() - moved_at);
                }
                moved_at = now_secs();
            }
            last = sample;
        }
        let rate = (last - from) / (now_secs() - at);
        let events: Vec<_> = std::iter::from_fn(|| player.next_event()).collect();
        println!("blocks of {block_frames}: {rate:.1} samples a second\n{:?}\n{events:?}", player.status());
    }
}

#[test]
#[ignore = "needs an output and an input that hears it; CUTROOM_DEVICES_OUTPUT and CUTROOM_DEVICES_INPUT name them"]
fn a_real_loop_has_the_same_latency_each_time() {
    let mut found = Vec::new();
    for _ in 0..6 {
        let signal = latency_signal();
        let start = RATE_HZ as usize;
        let probe = made(move |n| signal.get((n as usize).wrapping_sub(start)).copied().unwrap_or(0.0), i64::MAX);
        let player = output(480, probe);
        let taken: Arc<Mutex<Vec<RecordedBlock>>> = Arc::default();
        let list = taken.clone();
        let input = HardwareInput { choice: chosen(INPUT) };
        let recorder = Recorder::new(Box::new(input), player.clock(), RecorderOptions::default(), move |block| {
            list.lock().expect("the list").push(block);
        })
        .expect("the input");
        player.play().expect("play");
        wait(START_SECS);
        player.seek(0).expect("seek");
        wait(1.5);
        let status = recorder.finish();
        // From half a second before the signal on, for drivers that tell of too much latency.
        let early = 24_000;
        // What is before the seek does not count.
        let (mut recording, mut last) = (Vec::new(), i64::MIN);
        for block in taken.lock().expect("the list").iter() {
            let Some(first) = block.first_sample else { continue };
            if first < last {
                recording.clear();
            }
            last = first;
            let placed = (first..).zip(&block.audio.channels[0]);
            recording.extend(placed.filter(|(at, _)| *at >= i64::from(RATE_HZ) - early).map(|(_, sample)| *sample));
        }
        let latency = measure_latency(&recording).map(|at| at as i64 - early);
        println!("latency that is left: {latency:?} samples; output {:?}\n{status:?}", player.status());
        found.extend(latency);
    }
    println!("{found:?}");
    assert_eq!(found.len(), 6, "the signal is found each time");
}
