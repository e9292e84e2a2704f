//! Devices that go, come back, change, stall or have no clock.
use crate::rig::{Rig, at_once, counting, device, made, position_of, steady_runs, wait};
use cutroom_devices::{
    DeviceError, Event, Faults, Format, OpenStream, OutputBackend, OutputCallback, Player, PlayerOptions, Presence, TimerOutput,
    now_secs,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

#[test]
fn playback_goes_on_without_its_device_and_returns_to_it() {
    let rig = Rig::new(counting(), device(), PlayerOptions { retry_secs: 0.2, ..PlayerOptions::default() });
    rig.player.play().expect("play");
    wait(0.3);
    rig.switch.unplug();
    rig.wait_for(|e| matches!(e, Event::DeviceLost { device, message } if device == "timer" && message.contains("unplugged")));
    wait(0.05);
    let (lost_at, at) = (rig.player.position(), now_secs());
    assert!(rig.player.status().on_fallback);
    wait(0.4);
    let rate = (rig.player.position() - lost_at) as f64 / (now_secs() - at);
    assert!((rate / 48_000.0 - 1.0).abs() < 0.06, "it goes on at {rate} samples a second");
    rig.heard.clear();
    rig.switch.plug_in();
    let before = rig.player.position();
    rig.wait_for(|e| matches!(e, Event::DeviceOpened { .. }));
    wait(0.3);
    assert!(!rig.player.status().on_fallback);
    let runs = steady_runs(&rig.heard.samples());
    let resumed = position_of(runs[0][0]);
    assert!(resumed > before as f64 && resumed < before as f64 + 24_000.0, "{resumed} after {before}");
    assert_eq!(rig.player.status().under_runs, 0);
}

#[test]
fn a_device_returns_when_asked_and_only_then() {
    let rig = Rig::new(counting(), device(), PlayerOptions { retry_secs: f64::INFINITY, ..PlayerOptions::default() });
    rig.switch.unplug();
    rig.wait_for(|e| matches!(e, Event::DeviceLost { .. }));
    rig.switch.plug_in();
    wait(0.3);
    assert!(rig.player.status().on_fallback);
    rig.player.try_device_again().expect("asked");
    rig.wait_for(|e| matches!(e, Event::DeviceOpened { .. }));
    assert!(!rig.player.status().on_fallback);
}

#[test]
fn a_device_that_changes_its_rate_is_opened_again() {
    let rig = Rig::usual(counting());
    rig.player.play().expect("play");
    wait(0.3);
    let before = rig.player.position();
    rig.switch.set_rate(44_100);
    let events = rig.wait_for(|e| matches!(e, Event::DeviceOpened { format, .. } if format.rate_hz == 44_100));
    assert!(!events.iter().any(|e| matches!(e, Event::DeviceLost { .. })), "{events:?}");
    wait(0.3);
    let after = rig.player.position();
    assert!((before + 9_000..before + 30_000).contains(&after), "{after} after {before}");
}

#[test]
fn a_stall_holds_the_clock_and_loses_nothing() {
    let rig = Rig::usual(counting());
    rig.player.play().expect("play");
    wait(0.3);
    rig.switch.stall(0.3);
    wait(0.2);
    let stood = rig.player.position();
    wait(0.05);
    assert_eq!(rig.player.position(), stood);
    wait(0.4);
    rig.player.pause().expect("pause");
    wait(0.1);
    let runs = steady_runs(&rig.heard.samples());
    assert_eq!(runs.len(), 1);
    for (at, sample) in runs[0].iter().enumerate() {
        assert_eq!(position_of(*sample), 245.0 + at as f64);
    }
    assert_eq!(rig.player.status().under_runs, 0);
}

/// A device that is not as it should be.
#[derive(Clone, Copy, PartialEq)]
enum Broken {
    /// Takes blocks as fast as it gets them.
    Fast,
    /// Takes none.
    Dead,
    /// Takes none and says so again and again.
    Failing,
    /// Says so, and plays all the same.
    Grumbling,
}

struct Stop(Arc<AtomicBool>, Option<std::thread::JoinHandle<()>>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
        if let Some(thread) = self.1.take() {
            thread.join().expect("the thread");
        }
    }
}

impl OutputBackend for Broken {
    fn name(&self) -> String {
        "broken".into()
    }

    fn format(&mut self, wanted: Format) -> Result<Format, DeviceError> {
        Ok(wanted)
    }

    fn open(&mut self, format: Format, mut callback: OutputCallback, faults: Arc<Faults>) -> Result<OpenStream, DeviceError> {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, kind) = (stop.clone(), *self);
        let thread = std::thread::spawn(move || {
            let mut block = vec![0.0; format.block_frames * format.channels];
            while !stopped.load(Relaxed) {
                if matches!(kind, Self::Failing | Self::Grumbling) {
                    faults.doubt("an error of input and output");
                }
                if matches!(kind, Self::Fast | Self::Grumbling) {
                    callback.fill(&mut block, now_secs(), now_secs());
                }
                wait(if kind == Self::Grumbling { 0.01 } else { 0.000_1 });
            }
        });
        Ok(Box::new(Stop(stop, Some(thread))))
    }

    fn presence(&self) -> Presence {
        Box::new(|| true)
    }
}

#[test]
fn a_device_without_a_clock_and_a_dead_one_are_replaced_by_a_timer() {
    let cases = [(Broken::Fast, "no clock"), (Broken::Dead, "stands still"), (Broken::Failing, "an error of input and output")];
    at_once(cases, |(kind, words)| {
        let options = PlayerOptions { retry_secs: 3_600.0, ..PlayerOptions::default() };
        let player = Player::new(Box::new(kind), counting(), options).expect("a player");
        player.play().expect("play");
        let until = now_secs() + 5.0;
        let lost = loop {
            match player.next_event() {
                Some(Event::DeviceLost { message, .. }) => break message,
                _ if now_secs() > until => panic!("the failure went unnoticed"),
                _ => wait(0.01),
            }
        };
        assert!(lost.contains(words), "{lost}");
        let (from, at) = (player.position(), now_secs());
        wait(0.4);
        let rate = (player.position() - from) as f64 / (now_secs() - at);
        assert!((rate / 48_000.0 - 1.0).abs() < 0.15, "{rate}");
        assert!(player.status().on_fallback);
    });
}

#[test]
fn a_device_that_complains_and_plays_is_kept() {
    let player = Player::new(Box::new(Broken::Grumbling), counting(), PlayerOptions::default()).expect("a player");
    player.play().expect("play");
    wait(0.9);
    let told: Vec<Event> = std::iter::from_fn(|| player.next_event()).collect();
    assert!(matches!(told.as_slice(), [Event::DeviceOpened { .. }]), "{told:?}");
    assert!(player.position() > 0);
}

#[test]
fn another_output_can_be_chosen_while_it_plays() {
    let rig = Rig::usual(counting());
    rig.player.play().expect("play");
    wait(0.2);
    let gone = TimerOutput::default();
    gone.switch.unplug();
    assert_eq!(rig.player.set_output(Box::new(gone)).expect_err("not there").code(), "device.not_found");
    wait(0.1);
    assert!(!rig.player.status().on_fallback, "it stays with the one it has");
    let before = rig.player.position();
    rig.player.set_output(Box::new(TimerOutput::default())).expect("another");
    wait(0.2);
    assert!(rig.player.position() > before);
}

#[test]
fn a_programme_that_panics_ends_its_player_and_nothing_else() {
    let rig = Rig::usual(made(|n| if n > 9_000.0 { panic!("a programme's mistake") } else { 0.5 }, i64::MAX));
    rig.player.play().expect("play");
    let until = now_secs() + 3.0;
    let error = loop {
        match rig.player.pause().and_then(|()| rig.player.play()) {
            Err(error) => break error,
            Ok(()) if now_secs() > until => panic!("the thread goes on"),
            Ok(()) => wait(0.01),
        }
    };
    assert_eq!(error.code(), "device.ended");
    let _ = (rig.player.position(), rig.player.status());
}

#[test]
fn a_player_says_what_is_wrong_with_its_settings() {
    let options = PlayerOptions { lead_secs: 0.0, ..PlayerOptions::default() };
    let error = Player::new(Box::new(TimerOutput::default()), counting(), options).err().expect("a bad setting");
    assert_eq!(error.to_string(), "lead_secs is 0; it must be 0.01 to 5");
}
