//! The clock against what the simulated device really played when.
use crate::rig::{RATE_HZ, Rig, at_once, counting, device, position_of, wait};
use cutroom_devices::{PlayerOptions, TimerOptions, now_secs};

/// Error of the clock in samples at the middle of each played block, after `skip` blocks.
fn errors(rig: &Rig, skip: usize, ppm: f64) -> Vec<f64> {
    let clock = rig.player.clock();
    let frame = 1.0 / (f64::from(RATE_HZ) * (1.0 + ppm * 1e-6));
    let blocks = rig.heard.blocks();
    let playing = blocks.iter().filter(|(_, block)| block.iter().all(|s| *s != 0.0)).skip(skip);
    playing.map(|(secs, block)| clock.heard_at(secs + 120.0 * frame).sample - position_of(block[120])).collect()
}

#[test]
fn the_clock_tells_the_sample_that_is_heard() {
    at_once([0.0, -200.0, 200.0], |ppm| {
        let options = TimerOptions { drift_ppm: ppm, ..device() };
        let rig = Rig::new(counting(), options, PlayerOptions::default());
        rig.player.play().expect("play");
        wait(1.2);
        let errors = errors(&rig, 4, ppm);
        let worst = errors.iter().fold(0.0_f64, |w, e| w.max(e.abs()));
        println!("{ppm} ppm: clock off by at most {worst:.4} samples in {} blocks", errors.len());
        // A loop of second order, damped by 1/√2, answers a step of frequency with an error of at
        // most 0.46 / ω of it (F. M. Gardner, "Phaselock Techniques", section 5.1): 200 ppm at 1 Hz
        // are 0.70 samples.
        assert!(errors.len() > 150 && worst < 0.75, "{ppm} ppm: {worst}");
    });
}

#[test]
fn drift_is_measured_and_followed_through_jitter() {
    at_once([-200.0, 200.0], |ppm| {
        let options = TimerOptions { drift_ppm: ppm, jitter_secs: 0.000_2, ..device() };
        let rig = Rig::new(counting(), options, PlayerOptions::default());
        rig.player.play().expect("play");
        wait(1.8);
        let measured = rig.player.status().drift_ppm.expect("measured");
        let errors = errors(&rig, 200, ppm);
        let worst = errors.iter().fold(0.0_f64, |w, e| w.max(e.abs()));
        println!("{ppm} ppm: measured {measured:.1}; clock off by at most {worst:.2} samples with jitter of 10");
        // The slope's deviation: 0.12 ms * sqrt(12 / 300) / 1.5 s = 15 ppm.
        assert!((measured - ppm).abs() < 60.0, "{measured} of {ppm} ppm");
        assert!(worst < 9.0, "{worst} samples");
    });
}

#[test]
fn the_position_never_goes_back_while_it_plays() {
    let options = TimerOptions { jitter_secs: 0.001, drift_ppm: 150.0, ..device() };
    let rig = Rig::new(counting(), options, PlayerOptions::default());
    rig.player.play().expect("play");
    let clock = rig.player.clock();
    let (mut last, mut looks, mut moved) = (clock.now(), 0, 0);
    let until = now_secs() + 1.0;
    while now_secs() < until {
        let heard = clock.now();
        if heard.epoch == last.epoch {
            assert!(heard.sample >= last.sample, "{} after {}", heard.sample, last.sample);
            moved += u32::from(heard.sample > last.sample);
        }
        last = heard;
        looks += 1;
        wait(0.000_5);
    }
    println!("{moved} of {looks} looks saw it move");
    assert!(f64::from(moved) > 0.6 * f64::from(looks), "interpolated between blocks: {moved} of {looks}");
    assert!((last.sample - 48_000.0 * 0.98).abs() < 3_000.0, "about a second: {}", last.sample);
    let due = clock.time_of(last.sample + 200.0).expect("already in the device");
    assert!((clock.heard_at(due).sample - last.sample - 200.0).abs() < 1.0);
}
