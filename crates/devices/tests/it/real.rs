//! The system's own devices, whatever they are.
use crate::rig::{counting, wait};
use cutroom_devices::{Choice, HardwareOutput, Player, PlayerOptions, devices, now_secs};

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

/// ALSA's null device, where there is one, takes sound through the real driver interface, with a clock or without.
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
