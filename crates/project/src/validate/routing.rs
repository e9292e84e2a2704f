//! Checks the outputs and sends of tracks and buses: each names a bus, and none leads back to itself.
use super::{Problem, report};
use crate::{AudioSend, Composition, Place, TrackPlace};
use cutroom_types::BusId;
use std::{collections::HashMap, fmt::Display};

pub(super) fn check(problems: &mut Vec<Problem>, c: &Composition, at: usize) {
    let buses: HashMap<&BusId, usize> = c.audio.buses.iter().enumerate().map(|(i, b)| (&b.id, i)).collect();
    for (j, track) in c.tracks.iter().enumerate() {
        let place = Place::from(TrackPlace { composition: at, track: j });
        named(problems, &buses, &track.audio.output, &track.audio.sends, |field| place.field(format!("audio.{field}")));
    }
    for (j, bus) in c.audio.buses.iter().enumerate() {
        let place = Place::Composition(at);
        named(problems, &buses, &bus.output, &bus.sends, |field| place.field(format!("audio.buses[{j}].{field}")));
        if reaches(c, &buses, j, j) {
            let message = format!("the sound of bus \"{}\" comes back to it by its output or its sends", bus.id);
            report(problems, place.field(format_args!("audio.buses[{j}]")), None, "project.cycle", message);
        }
    }
}

fn named<D: Display>(
    problems: &mut Vec<Problem>,
    buses: &HashMap<&BusId, usize>,
    output: &Option<BusId>,
    sends: &[AudioSend],
    path: impl Fn(String) -> D,
) {
    let sends = sends.iter().enumerate().map(|(k, s)| (format!("sends[{k}].bus"), &s.bus));
    for (field, id) in output.iter().map(|id| ("output".to_owned(), id)).chain(sends) {
        if !buses.contains_key(id) {
            report(problems, path(field), None, "project.dangling", format!("this composition has no bus \"{id}\""));
        }
    }
}

/// Whether the sound of one bus gets into another, directly or through others.
fn reaches(c: &Composition, buses: &HashMap<&BusId, usize>, from: usize, to: usize) -> bool {
    let (mut waiting, mut met) = (vec![from], vec![false; c.audio.buses.len()]);
    while let Some(at) = waiting.pop() {
        let bus = &c.audio.buses[at];
        for next in bus.output.iter().chain(bus.sends.iter().map(|s| &s.bus)).filter_map(|id| buses.get(id)) {
            if *next == to {
                return true;
            }
            if !std::mem::replace(&mut met[*next], true) {
                waiting.push(*next);
            }
        }
    }
    false
}
