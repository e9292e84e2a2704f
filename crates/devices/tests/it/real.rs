//! The system's own devices, whatever they are.
use crate::rig::counting;
use cutroom_devices::{Choice, HardwareOutput, Player, PlayerOptions, devices};

#[test]
fn the_devices_of_this_system_can_be_listed_and_their_absence_is_told() {
    let there = devices().expect("a list, if an empty one");
    println!("{there:#?}");
    for info in there.outputs.iter().chain(&there.inputs) {
        assert!(!info.id.is_empty() && !info.name.is_empty());
    }
    let none = HardwareOutput { choice: Choice::Named("no such thing".into()) };
    let error = Player::new(Box::new(none), counting(), PlayerOptions::default()).err().expect("no such device");
    assert_eq!(error.code(), "device.not_found");
    if there.outputs.is_empty() {
        let error = Player::new(Box::<HardwareOutput>::default(), counting(), PlayerOptions::default()).err().expect("no device");
        assert_eq!(error.code(), "device.no_default", "{error}");
    }
}
