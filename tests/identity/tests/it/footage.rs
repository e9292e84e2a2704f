//! The footage is as specified, according to FFmpeg's decoding: numbers, timestamps, clicks.
use cutroom_identity::{
    Footage, Half, Rate, Timing, clicks,
    footage::{Coding, Spec},
    reader,
};

fn check(spec: Spec) {
    let footage = Footage::make(spec).unwrap();
    let seen = reader::pictures(footage.path()).unwrap();
    let numbers: Vec<u16> = seen
        .iter()
        .map(|halves| {
            let mark = halves[spec.half as usize].clone().unwrap().expect("a code in the clip's half");
            assert_eq!(halves[1 - spec.half as usize], Ok(None), "nothing in the other half");
            assert_eq!(mark.clip, spec.clip);
            assert!((mark.weight - 1.0).abs() < 0.03, "full contrast, not {}", mark.weight);
            mark.frame
        })
        .collect();
    assert_eq!(numbers, footage.starts.iter().map(|s| s.0).collect::<Vec<_>>(), "{spec:?}");
    let stored = reader::starts(footage.path()).unwrap();
    let unit = match spec.coding {
        Coding::Matroska => cutroom_identity::FLICKS_PER_SECOND / 1000,
        _ => 1,
    };
    for (claimed, stored_start) in footage.starts.iter().map(|s| s.1).zip(&stored) {
        assert!((claimed - (stored_start - stored[0])).abs() < unit, "{spec:?}: {claimed} is stored as {stored_start}");
    }
    let wanted = footage.clicks();
    if !wanted.is_empty() {
        for channel in 0..2 {
            let heard = clicks::read(&reader::sound(footage.path(), channel).unwrap());
            assert_eq!(heard.iter().map(|c| (c.frame, c.sample)).collect::<Vec<_>>(), wanted, "{spec:?}");
        }
    }
}

const RATES: [Rate; 7] = [
    Rate::new(24000, 1001),
    Rate::new(25, 1),
    Rate::new(30000, 1001),
    Rate::new(30, 1),
    Rate::new(50, 1),
    Rate::new(60000, 1001),
    Rate::new(60, 1),
];

#[test]
fn constant_rates() {
    for (i, rate) in RATES.into_iter().enumerate() {
        let half = if i % 2 == 0 { Half::Upper } else { Half::Lower };
        check(Spec { clip: i as u8, half, timing: Timing::Constant(rate), coding: Coding::Plain, frames: 61 });
    }
}

#[test]
fn variable_rate() {
    let timing = Timing::Variable { ticks_per_second: 600, pattern: &[10, 20, 25, 7, 60, 11, 20] };
    check(Spec { clip: 20, half: Half::Upper, timing, coding: Coding::Plain, frames: 50 });
    check(Spec { clip: 21, half: Half::Lower, timing, coding: Coding::BFrames, frames: 50 });
}

#[test]
fn reordered_and_open_groups() {
    let timing = Timing::Constant(Rate::new(25, 1));
    check(Spec { clip: 22, half: Half::Upper, timing, coding: Coding::BFrames, frames: 100 });
    check(Spec { clip: 23, half: Half::Lower, timing, coding: Coding::OpenGop, frames: 100 });
}

#[test]
fn edit_lists() {
    for first in [1, 31, 47] {
        let timing = Timing::Constant(Rate::new(25, 1));
        check(Spec { clip: 24, half: Half::Upper, timing, coding: Coding::EditList { first }, frames: 100 });
    }
}

#[test]
fn other_containers() {
    check(Spec { clip: 25, half: Half::Lower, timing: Timing::Constant(Rate::new(50, 1)), coding: Coding::Transport, frames: 100 });
    check(Spec {
        clip: 26,
        half: Half::Lower,
        timing: Timing::Constant(Rate::new(30000, 1001)),
        coding: Coding::Matroska,
        frames: 60,
    });
}
