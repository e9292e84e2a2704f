//! What is played: sample for sample, through seeks, loops, speeds, scrubs and edits.
use crate::rig::{RATE_HZ, Rig, at_once, counting, device, made, position_of, steady_runs, wait};
use cutroom_devices::{Event, Format, PlayerOptions, Request, TimerOptions};
use cutroom_types::AudioBlock;

fn assert_counts(run: &[f32], from: f64) {
    for (at, sample) in run.iter().enumerate() {
        assert_eq!(position_of(*sample), from + at as f64, "at {at} of {}", run.len());
    }
}

#[test]
fn every_sample_is_played_once_and_in_order() {
    let rig = Rig::new(counting(), device(), PlayerOptions { first_sample: 1_000, ..PlayerOptions::default() });
    assert_eq!(rig.player.position(), 1_000);
    wait(0.05);
    assert!(rig.heard.samples().iter().all(|s| *s == 0.0), "paused at first");
    rig.player.play().expect("play");
    wait(0.4);
    rig.player.pause().expect("pause");
    wait(0.1);
    rig.player.play().expect("play");
    wait(0.3);
    rig.player.pause().expect("pause");
    wait(0.1);
    let runs = steady_runs(&rig.heard.samples());
    assert_eq!(runs.len(), 2);
    assert_counts(&runs[0], 1_245.0);
    // Between the runs, 240 samples fade out and as many in; 5 more were left out at each end.
    let second = position_of(runs[1][0]);
    let expected = 1_245.0 + runs[0].len() as f64 + 490.0;
    assert!((second - expected).abs() <= 2.0, "{second}, not {expected}");
    assert_counts(&runs[1], second);
    assert_eq!(rig.player.status().under_runs, 0);
    let stood = rig.player.position();
    wait(0.1);
    assert_eq!(rig.player.position(), stood);
    assert!((stood as f64 - (second + runs[1].len() as f64 + 245.0)).abs() <= 2.0, "it stands where the sound stopped");
}

#[test]
fn a_seek_is_shown_at_once_and_played_exactly() {
    let rig = Rig::usual(counting());
    rig.player.play().expect("play");
    wait(0.2);
    for target in [500_000, 20_000, 1_000_000] {
        rig.heard.clear();
        rig.player.seek(target).expect("seek");
        assert_eq!(rig.player.position(), target);
        wait(0.25);
        let after: Vec<f32> = rig.heard.samples();
        let runs = steady_runs(&after);
        let run = runs.last().expect("sound after the seek");
        assert_counts(run, target as f64 + 245.0);
        let position = rig.player.position();
        assert!((target + 5_000..target + 13_000).contains(&position), "{position}");
    }
    assert_eq!(rig.player.status().under_runs, 0);
    rig.player.stop().expect("stop");
    wait(0.1);
    assert_eq!(rig.player.position(), 0, "back to where it was played from");
}

#[test]
fn a_loop_turns_at_the_sample() {
    let rig = Rig::new(counting(), device(), PlayerOptions { first_sample: 90_000, ..PlayerOptions::default() });
    rig.player.set_loop(Some(91_000..95_001)).expect("a loop");
    rig.player.play().expect("play");
    wait(0.6);
    rig.player.pause().expect("pause");
    wait(0.05);
    let runs = steady_runs(&rig.heard.samples());
    assert_eq!(runs.len(), 1, "no silence at the turns");
    let mut turns = 0;
    for (at, sample) in runs[0].iter().enumerate() {
        let passed = 90_245 + at as i64;
        let expected = if passed < 95_001 { passed } else { 91_000 + (passed - 91_000) % 4_001 };
        // The first 5 ms after a turn are a cross-fade with what would have come without it.
        let faded = passed >= 95_001 && expected < 91_240;
        turns += u32::from(faded && expected == 91_000);
        let told = position_of(*sample);
        if faded {
            let beyond = expected as f64 + 4_001.0;
            assert!((expected as f64 - 1.0..=beyond + 1.0).contains(&told), "{told} between {expected} and {beyond}");
        } else {
            assert_eq!(told, expected as f64, "{at} samples in");
        }
    }
    assert!(turns >= 4, "{turns} turns in 0.6 s of a loop of 83 ms");
    let position = rig.player.position();
    assert!((91_000..95_001).contains(&position), "{position}");
    assert_eq!(rig.player.set_loop(Some(5..7)).expect_err("too short").code(), "device.setting");
}

#[test]
fn speed_goes_to_the_programme_and_the_clock() {
    at_once([2.0, 0.5, -1.0], |speed| {
        let rig = Rig::new(counting(), device(), PlayerOptions { first_sample: 500_000, ..PlayerOptions::default() });
        rig.player.set_speed(speed).expect("speed");
        rig.player.play().expect("play");
        wait(0.25);
        let (a, at_a) = (rig.player.clock().now(), cutroom_devices::now_secs());
        wait(0.25);
        let (b, at_b) = (rig.player.clock().now(), cutroom_devices::now_secs());
        let rate = (b.sample - a.sample) / (at_b - at_a) / f64::from(RATE_HZ);
        assert!((rate - speed).abs() < 0.03, "{rate} instead of {speed}");
        assert!((a.samples_per_sec / f64::from(RATE_HZ) - speed).abs() < 1e-9);
        let runs = steady_runs(&rig.heard.samples());
        for pair in runs[0].windows(2) {
            let step = position_of(pair[1]) - position_of(pair[0]);
            assert!((step - speed).abs() <= 0.5, "{step}");
        }
    });
}

#[test]
fn a_change_of_speed_while_playing_has_no_gap() {
    let rig = Rig::usual(made(|_| 0.5, i64::MAX));
    rig.player.play().expect("play");
    for speed in [1.5, -2.0, 1.0] {
        wait(0.15);
        rig.player.set_speed(speed).expect("speed");
    }
    wait(0.15);
    let samples = rig.heard.samples();
    let first = samples.iter().position(|s| *s == 0.5).expect("sound");
    assert!(samples[first..].iter().all(|s| (s - 0.5).abs() < 1e-6));
}

#[test]
fn a_scrub_is_a_short_window_with_fades() {
    let rig = Rig::usual(made(|n| if n < 0.0 { 0.0 } else { 0.5 }, i64::MAX));
    wait(0.05);
    for target in [100_000, 50_000] {
        rig.heard.clear();
        rig.player.scrub(target).expect("scrub");
        assert_eq!(rig.player.position(), target);
        wait(0.15);
        assert_eq!(rig.player.position(), target);
        let samples = rig.heard.samples();
        let sounding = samples.iter().filter(|s| **s != 0.0).count();
        // 45 ms, of which the outermost may round to nothing.
        assert!((2_150..=2_160).contains(&sounding), "{sounding} samples of 2160");
        assert!(samples.contains(&0.5));
        let steepest = samples.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.5 * 2.0 * 1.5 / 240.0, "no click: {steepest}");
    }
    rig.heard.clear();
    rig.player.play().expect("play");
    wait(0.15);
    assert!(rig.player.position() > 50_000 && rig.player.position() < 60_000);
    assert_eq!(rig.player.status().under_runs, 0);
    assert!(!rig.events().contains(&Event::Ended));
}

#[test]
fn an_edit_joins_without_a_gap() {
    let rig = Rig::usual(made(|_| 0.5, i64::MAX));
    rig.player.play().expect("play");
    wait(0.2);
    rig.player.set_programme(made(|_| -0.25, i64::MAX)).expect("an edit");
    wait(0.3);
    rig.player.pause().expect("pause");
    let samples = rig.heard.samples();
    let from = samples.iter().position(|s| *s == 0.5).expect("the old");
    let to = samples.iter().rposition(|s| *s == -0.25).expect("the new");
    let steepest = samples[from..to].windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
    assert!(steepest < 0.75 * 1.5 / 240.0 * 1.01, "{steepest}");
    let between = samples[from..to].iter().filter(|s| **s != 0.5 && **s != -0.25).count();
    assert!((200..=245).contains(&between), "a cross-fade of 5 ms: {between} samples");
    // While it stands, what was made of the old programme is thrown away.
    wait(0.05);
    rig.player.set_programme(made(|_| 0.75, i64::MAX)).expect("an edit");
    rig.heard.clear();
    rig.player.play().expect("play");
    wait(0.1);
    assert!(rig.heard.samples().iter().all(|s| *s >= 0.0));
}

#[test]
fn the_end_is_told_and_stops() {
    let rig = Rig::usual(made(|_| 0.5, 12_000));
    rig.player.play().expect("play");
    let events = rig.wait_for(|e| *e == Event::Ended);
    assert_eq!(events.len(), 2, "{events:?}");
    wait(0.05);
    assert_eq!(rig.player.position(), 12_000);
    assert_eq!(rig.player.status().under_runs, 0);
    let sounding = rig.heard.samples().iter().filter(|s| **s != 0.0).count();
    assert!((11_990..=12_000).contains(&sounding), "{sounding}");
    rig.player.seek(6_000).expect("seek");
    rig.player.play().expect("play");
    rig.wait_for(|e| *e == Event::Ended);
}

#[test]
fn a_failing_programme_is_silence_and_told_once() {
    let failing = |request: Request| {
        if (20_000..30_000).contains(&request.first_sample) {
            return Err("a broken file".into());
        }
        Ok(AudioBlock { rate_hz: RATE_HZ, channels: vec![vec![0.5; request.samples]] })
    };
    let rig = Rig::new(Box::new(failing), device(), PlayerOptions { first_sample: 15_000, ..PlayerOptions::default() });
    rig.player.play().expect("play");
    wait(0.6);
    let told: Vec<Event> = rig.events().into_iter().filter(|e| matches!(e, Event::ProgrammeFailed { .. })).collect();
    let [Event::ProgrammeFailed { first_sample, message }] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(message, "a broken file");
    assert!((20_000..21_300).contains(first_sample), "{first_sample}");
    assert_eq!(steady_runs(&rig.heard.samples()).len(), 2, "sound, silence, sound");
    assert_eq!(rig.player.status().under_runs, 0);
}

#[test]
fn mute_and_volume() {
    let rig = Rig::usual(made(|_| 0.5, i64::MAX));
    rig.player.play().expect("play");
    let level_after = |set: &dyn Fn()| {
        set();
        wait(0.1);
        *rig.heard.samples().last().expect("sound")
    };
    assert_eq!(level_after(&|| rig.player.set_volume(0.5).expect("volume")), 0.25);
    assert_eq!(level_after(&|| rig.player.set_mute(true).expect("mute")), 0.0);
    assert_eq!(level_after(&|| rig.player.set_volume(2.0).expect("volume")), 0.0);
    assert_eq!(level_after(&|| rig.player.set_mute(false).expect("mute")), 1.0);
    assert_eq!(rig.player.status().peak, 1.0);
    assert_eq!(rig.player.set_volume(f32::NAN).expect_err("no number").code(), "device.setting");
}

#[test]
fn a_device_of_another_rate_and_other_channels_plays_the_same_tone() {
    at_once([(44_100, 1), (96_000, 6), (48_000, 1)], |(rate_hz, channels)| {
        let tone = |n: f64| (0.5 * (std::f64::consts::TAU * 1_000.0 * n / 48_000.0).sin()) as f32;
        let options = TimerOptions { rate_hz: Some(rate_hz), channels: Some(channels), ..device() };
        let rig = Rig::new(made(tone, i64::MAX), options, PlayerOptions::default());
        assert_eq!(rig.player.status().format, Format { rate_hz, channels, block_frames: 240 });
        rig.player.play().expect("play");
        wait(0.5);
        let clock = rig.player.clock();
        let mut worst = 0.0_f32;
        let blocks = rig.heard.blocks();
        let playing = blocks.iter().filter(|(_, block)| block.iter().any(|s| *s != 0.0)).skip(8);
        for (secs, block) in playing.clone().take(playing.count() - 8) {
            for (at, sample) in block.iter().enumerate() {
                let heard = clock.heard_at(secs + at as f64 / f64::from(rate_hz)).sample;
                worst = worst.max((tone(heard) - sample).abs());
            }
        }
        // A tenth of a sample at 48 kHz is 0.0065 at this tone's steepest.
        println!("{rate_hz} Hz, {channels} channels: sound and clock differ by at most {worst}");
        assert!(worst < 0.0065, "{rate_hz} Hz, {channels} channels: {worst}");
    });
}
