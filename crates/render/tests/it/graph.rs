//! Tests the human-readable graph: equal keys mean equal pixels, and loops count once per
//! iteration.
use crate::support::*;
use cutroom_render::graph::{FrameGraph, graph};
use cutroom_timeline::{FramePlan, Layer};
use cutroom_types::{ParamValue, PictureFormat, TimeDelta};

fn of(plan: &FramePlan) -> FrameGraph {
    let (a, b) = (picture(YUV444, size(64, 32), 1), picture(YUV444, size(64, 32), 2));
    graph(plan, &Pictures::of(&[("a", &a), ("b", &b)]), &output(PictureFormat::YUV420P8)).unwrap()
}

/// Stages of all nodes, without the keys of sources, which depend on the whole plan.
fn passes(g: &FrameGraph) -> Vec<Vec<String>> {
    g.nodes.iter().map(|n| n.stages.clone()).collect()
}

fn last(g: &FrameGraph) -> String {
    g.nodes.last().unwrap().key.clone()
}

/// Two tables of equal length, and noise at two times, have equal texts but different keys.
#[test]
fn keys_tell_apart_what_words_do_not() {
    let curved = |curve: &str| {
        let mut used = effect("curves", &[]);
        used.params[0] = ParamValue::Text(curve.into());
        of(&plan(canvas(size(64, 32), false), vec![Layer { effects: vec![used], ..layer(media("a")) }]))
    };
    let (one, other) = (curved("0,0 0.5,0.6 1,1"), curved("0,0 0.5,0.4 1,1"));
    assert_eq!(passes(&one), passes(&other));
    assert_ne!(last(&one), last(&other));
    assert_eq!(last(&one), last(&curved("0,0 0.5,0.6 1,1")));
    let dancing = |frame: i64| {
        // A frame at 25 per second, in flicks.
        let time = TimeDelta(frame * 28_224_000);
        let top = Layer { blend: blend_mode("dancing-dissolve"), opacity: 0.5, time, ..layer(media("b")) };
        of(&plan(canvas(size(64, 32), false), vec![layer(media("a")), top]))
    };
    assert_eq!(passes(&dancing(1)), passes(&dancing(2)));
    assert_ne!(last(&dancing(1)), last(&dancing(2)));
    assert_eq!(last(&dancing(1)), last(&dancing(1)));
}

/// Directional blur and whip pan count 32 iterations; a whole number among the uniforms, such as
/// the canvas's centre, is not taken for the length of a loop.
#[test]
fn loops_count_by_their_turns() {
    let operations = |id: &str, p: f32| {
        let top = crate::gpu_cases::transition(id, p, layer(media("a")), layer(media("b")));
        let g = of(&plan(canvas(size(64, 32), false), vec![top]));
        g.nodes.iter().map(|n| n.operations).max().unwrap()
    };
    assert!(operations("directional-blur", 0.5) > 32 * 10, "{}", operations("directional-blur", 0.5));
    assert!(operations("whip-pan", 0.5) > 32 * 10);
    // Two pictures are read, and none in a loop.
    assert!(operations("water-drop", 0.5) < 3 * cutroom_effects::cost::SAMPLE, "{}", operations("water-drop", 0.5));
}
