//! The callback while everything happens at once: no allocation, no under-run.
use crate::rig::{Rig, VIOLATIONS, counting, device, guarded, made, wait};
use cutroom_devices::{PlayerOptions, TimerOptions, now_secs};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

/// Seconds of the long stress test.
const LONG: &str = "CUTROOM_DEVICES_STRESS_SECS";

#[test]
fn the_guard_sees_an_allocation() {
    let before = assert_no_alloc::violation_count();
    assert_no_alloc::assert_no_alloc(|| drop(std::hint::black_box(vec![1_u8; 100])));
    assert!(assert_no_alloc::violation_count() >= before + 2, "one allocation and one release");
}

/// Moves everything for `secs`.
fn stress(secs: f64) {
    let options = PlayerOptions { retry_secs: 0.1, block_frames: 64, ..PlayerOptions::default() };
    let rig = Rig::new(counting(), TimerOptions { block_frames: Some(64), jitter_secs: 0.000_5, ..device() }, options);
    let until = now_secs() + secs;
    let mut round = 0_u64;
    while now_secs() < until {
        let player = &rig.player;
        // A fixed order of everything that can be done, at uneven moments.
        let done = match round % 13 {
            0 => player.play(),
            1 | 8 => player.seek((round * 7_919 % 1_000_000) as i64),
            2 => player.set_speed(1.5),
            3 => player.set_programme(made(|n| (n * 0.01).sin() as f32, i64::MAX)),
            4 => player.set_loop(Some(1_000..9_000)),
            5 => player.set_volume(0.7),
            6 => player.scrub((round * 104_729 % 1_000_000) as i64),
            7 => player.play(),
            9 => player.set_loop(None),
            10 => {
                match round / 13 % 4 {
                    0 => rig.switch.unplug(),
                    1 => rig.switch.stall(0.05),
                    2 => rig.switch.set_rate(if round.is_multiple_of(2) { 44_100 } else { 48_000 }),
                    _ => {}
                }
                player.set_speed(-1.0)
            }
            11 => {
                rig.switch.plug_in();
                player.set_mute(round.is_multiple_of(2))
            }
            _ => player.pause(),
        };
        done.expect("a living player");
        rig.events();
        rig.heard.clear();
        let _ = (player.position(), player.status());
        wait(0.001 * (1 + round * 31 % 40) as f64);
        round += 1;
    }
    println!("{round} commands in {secs} s, {} under-runs", rig.player.status().under_runs);
    assert_eq!(rig.player.status().under_runs, 0);
    assert_eq!(VIOLATIONS.load(Relaxed), 0, "the callback allocated");
}

#[test]
fn the_callback_never_allocates() {
    stress(5.0);
}

#[test]
#[ignore = "ten minutes; CUTROOM_DEVICES_STRESS_SECS sets another time"]
fn the_callback_never_allocates_for_ten_minutes() {
    stress(std::env::var(LONG).ok().and_then(|secs| secs.parse().ok()).unwrap_or(600.0));
}

#[test]
fn small_blocks_play_without_a_gap_on_a_busy_machine() {
    let stop = Arc::new(AtomicBool::new(false));
    let busy = std::thread::spawn({
        let stop = stop.clone();
        move || {
            let mut x = 1_u64;
            while !stop.load(Relaxed) {
                x = std::hint::black_box(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
            }
        }
    });
    let options = TimerOptions { block_frames: Some(240), around: guarded, ..TimerOptions::default() };
    let rig = Rig::new(counting(), options, PlayerOptions { block_frames: 240, ..PlayerOptions::default() });
    rig.player.play().expect("play");
    wait(5.0);
    stop.store(true, Relaxed);
    busy.join().expect("the busy thread");
    let status = rig.player.status();
    println!("blocks of 5 ms for 5 s: {} under-runs, {} blocks late by more than a block", status.under_runs, status.late_blocks);
    assert_eq!(status.under_runs, 0);
    assert!(rig.player.position() > 225_000, "{}", rig.player.position());
}
