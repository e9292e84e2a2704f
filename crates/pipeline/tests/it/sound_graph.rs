//! The mixer of a composition: effects, buses, sends, side chains, and that a mix does not depend on
//! how it is divided.
use crate::support::{
    memory, noise,
    projects::{clip, effect, largest, mixed, project_at, track},
    sine,
};
use cutroom_audio::{MemorySource, Mixer};
use cutroom_effects::Catalog;
use cutroom_project::{Clip, ClipSource, Project, Track, TrackKind};
use cutroom_timeline::Timeline;
use cutroom_types::{Time, TimeDelta};
use serde_json::{Value, json};

const HZ: u32 = 8000;

fn project(tracks: Value, audio: Value) -> Project {
    project_at(HZ, tracks, audio)
}

fn whole(p: &Project, source: &mut MemorySource, seconds: usize) -> Vec<Vec<f32>> {
    mixed(p, source, (0, (seconds * HZ as usize) as i64), &[HZ as usize])
}

fn noise_source(seconds: usize) -> MemorySource {
    let samples = seconds * HZ as usize;
    memory(HZ, vec![noise(1, samples, 0.3), noise(2, samples, 0.3)])
}

/// Neutral effects and detours through buses change no bit.
#[test]
fn a_neutral_graph_is_transparent() {
    let clips = || json!([clip("c", "0.5s", "2s", json!({"gain_db": -3, "fade_in": "0.2s"})), clip("d", "2.5s", "1s", json!({}))]);
    let plain = project(json!([track("t", clips(), json!({}))]), json!({}));
    let neutral = json!([effect("e1", "audio-volume", json!({})), effect("e2", "audio-parametric-eq", json!({}))]);
    let on_clip = json!([
        clip("c", "0.5s", "2s", json!({"gain_db": -3, "fade_in": "0.2s", "effects": [effect("e3", "audio-volume", json!({}))]})),
        clip("d", "2.5s", "1s", json!({}))
    ]);
    let routed = project(
        json!([track("t", on_clip, json!({"effects": neutral, "output": "b1"}))]),
        json!({"buses": [{"id": "b1", "output": "b2"}, {"id": "b2"}], "effects": [effect("e4", "audio-volume", json!({}))]}),
    );
    let mut source = noise_source(4);
    let (a, b) = (whole(&plain, &mut source, 4), whole(&routed, &mut source, 4));
    assert!(a[0].iter().any(|x| *x != 0.0));
    assert_eq!(a, b);
}

/// All kinds of effects, over the ends of cells: any division into blocks, and any start, gives the
/// same bits.
#[test]
fn a_mix_does_not_depend_on_its_division() {
    let on_clip = json!([effect("e1", "audio-compressor", json!({"threshold": -30, "ratio": 4}))]);
    let keyed = json!({"keyframes": [{"time": "1s", "value": 200}, {"time": "40s", "value": 3000}]});
    let p = project(
        json!([
            track(
                "t",
                json!([clip("c", "3s", "40s", json!({"effects": on_clip}))]),
                json!({
                    "effects": [effect("e2", "audio-high-pass", json!({"frequency": keyed})), effect("e3", "audio-limiter", json!({}))],
                    "sends": [{"bus": "b", "gain_db": -6}]
                })
            ),
            track("u", json!([clip("d", "10.0001s", "5s", json!({}))]), json!({}))
        ]),
        json!({"buses": [{"id": "b", "effects": [effect("e4", "audio-noise-gate", json!({"threshold": -20}))]}],
            "effects": [effect("e5", "audio-compressor", json!({}))]}),
    );
    let mut source = noise_source(45);
    let all = whole(&p, &mut source, 45);
    let end = 45 * i64::from(HZ);
    assert_eq!(mixed(&p, &mut source, (0, end), &[1, 63, 4000, 64, 12_345, 700]), all);
    for from in [23_456, 159_999, 160_000, 200_001] {
        let part = mixed(&p, &mut source, (from, from + 9000), &[517, 4096]);
        for (part, all) in part.iter().zip(&all) {
            assert_eq!(part[..], all[from as usize..from as usize + 9000], "from {from}");
        }
    }
    // The seam of two cells is below what 20 bits can hold.
    let mut mixer = Mixer::new(HZ, 2).unwrap().unclipped();
    mixer.set_live();
    let timeline = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
    let live = mixer.programme(0, end as usize, &mut |first, n| timeline.sound(first, n), &mut source).unwrap();
    assert!(largest(&live.channels, &all) < 1e-6, "{}", largest(&live.channels, &all));
}

/// A track through effects with latency meets the same sound, inverted, of a track without: nothing is
/// left.
#[test]
fn latency_is_made_up_for() {
    let quiet = json!([effect("l", "audio-limiter", json!({"ceiling": 0})), effect("m", "audio-limiter", json!({"ceiling": 0}))]);
    let inverted = json!([effect("i", "audio-polarity-invert", json!({}))]);
    for (first, second) in [
        (json!({"effects": quiet.clone()}), json!({"effects": inverted.clone()})),
        (json!({"output": "b", "sends": []}), json!({"effects": inverted.clone()})),
    ] {
        let p = project(
            json!([
                track("t", json!([clip("c", "0.25s", "2s", json!({}))]), first),
                track("u", json!([clip("d", "0.25s", "2s", json!({}))]), second)
            ]),
            json!({"buses": [{"id": "b", "effects": [effect("n", "audio-limiter", json!({"ceiling": 0}))]}]}),
        );
        let mut source = noise_source(3);
        let left = whole(&p, &mut source, 3);
        assert!(left.iter().flatten().all(|x| x.abs() < 1e-6), "{:?}", left.iter().flatten().fold(0f32, |a, x| a.max(x.abs())));
    }
}

/// Sends before the fader stay when it goes down, those after it follow; muted buses are silent; solo
/// keeps what is on its way to a soloed bus.
#[test]
fn sends_mutes_and_solos() {
    let level = |track_db: f64, pre: bool, bus: Value| {
        let mut t = track("t", json!([clip("c", "0s", "1s", json!({}))]), json!({"sends": [{"bus": "b", "pre_fader": pre}]}));
        t["gain_db"] = json!(track_db);
        let mut other = track("u", json!([clip("d", "0s", "1s", json!({"gain_db": -20}))]), json!({"output": "b2"}));
        other["solo"] = json!(false);
        let p = project(json!([t, other]), json!({"buses": [bus, {"id": "b2"}]}));
        let mut source = memory(HZ, vec![vec![0.1; HZ as usize]; 2]);
        whole(&p, &mut source, 1)[0][400]
    };
    let near = |got: f32, want: f64| assert!((f64::from(got) - want).abs() < 1e-6, "{got} instead of {want}");
    // The second track is at 0.01.
    near(level(0.0, false, json!({"id": "b"})), 0.21);
    near(level(-144.0, false, json!({"id": "b"})), 0.01);
    near(level(-144.0, true, json!({"id": "b"})), 0.11);
    near(level(0.0, true, json!({"id": "b", "muted": true})), 0.11);
    near(level(0.0, true, json!({"id": "b", "gain_db": -20})), 0.12);
    // Soloing a bus silences what does not go to it.
    let soloed = |solo: &str| {
        let mut buses = json!([{"id": "b"}, {"id": "b2", "output": "b"}]);
        if solo == "b" {
            buses[0]["solo"] = json!(true);
        }
        let mut t = track("t", json!([clip("c", "0s", "1s", json!({}))]), json!({}));
        t["solo"] = json!(solo == "t");
        let u = track("u", json!([clip("d", "0s", "1s", json!({"gain_db": -20}))]), json!({"output": "b2"}));
        let p = project(json!([t, u]), json!({"buses": buses}));
        whole(&p, &mut memory(HZ, vec![vec![0.1; HZ as usize]; 2]), 1)[0][400]
    };
    near(soloed(""), 0.11);
    near(soloed("t"), 0.1);
    near(soloed("b"), 0.01);
}

/// Music goes down while somebody speaks on another track, whether that track is heard or not.
#[test]
fn effects_follow_other_tracks() {
    let duck =
        effect("e", "audio-duck", json!({"key": "speech", "threshold": -40, "depth": 12, "hold": 100, "attack": 5, "release": 50}));
    let p = project(
        json!([
            track("music", json!([clip("c", "0s", "4s", json!({}))]), json!({"effects": [duck]})),
            {"id": "speech", "kind": "audio", "gain_db": -144, "clips": [clip("d", "1s", "1s", json!({}))]}
        ]),
        json!({}),
    );
    let tone = sine(440.0, f64::from(HZ), 4 * HZ as usize, 0.5);
    let out = whole(&p, &mut memory(HZ, vec![tone.clone(), tone.clone()]), 4);
    let db = |second: f64| {
        let range = (second * f64::from(HZ)) as usize..((second + 0.2) * f64::from(HZ)) as usize;
        let power = |s: &[f32]| s.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
        10.0 * (power(&out[0][range.clone()]) / power(&tone[range])).log10()
    };
    assert!(db(0.5).abs() < 0.1, "{}", db(0.5));
    assert!((db(1.6) + 12.0).abs() < 0.5, "{}", db(1.6));
    assert!(db(3.5).abs() < 0.1, "{}", db(3.5));
}

/// A volume that is keyframed: straight in decibels between its keyframes, at the sample.
#[test]
fn automation_is_where_it_belongs() {
    let ramp = json!({"keyframes": [{"time": "0.5s", "value": 0}, {"time": "1.5s", "value": -40}]});
    let volume = effect("e", "audio-volume", json!({"gain": ramp}));
    // In two tracks of which one is late: its automation must not be.
    for more in [json!([]), json!([effect("l", "audio-limiter", json!({"ceiling": 0}))])] {
        let mut effects = more.as_array().unwrap().clone();
        effects.push(volume.clone());
        let p = project(json!([track("t", json!([clip("c", "0s", "2s", json!({}))]), json!({"effects": effects}))]), json!({}));
        let out = whole(&p, &mut memory(HZ, vec![vec![0.5; 2 * HZ as usize]; 2]), 2);
        for n in (0..2 * HZ as usize).step_by(97) {
            let db = -40.0 * ((n as f64 / f64::from(HZ)) - 0.5).clamp(0.0, 1.0);
            let want = 0.5 * 10f64.powf(db / 20.0);
            let got = f64::from(out[0][n]);
            // A block of 64 samples is a straight line, which is in decibels a curve.
            assert!((20.0 * (got / want).log10()).abs() < 0.05, "{n}: {got} instead of {want}");
        }
    }
}

/// A clip that is cut in two sounds as it did, with effects on its track, to the bit.
#[test]
fn a_cut_is_not_heard() {
    let audio = || json!({"effects": [effect("e", "audio-compressor", json!({"threshold": -30})), effect("q", "audio-low-pass", json!({"frequency": 900}))]});
    let one = project(json!([track("t", json!([clip("c", "0.3s", "2s", json!({"gain_db": -1.5}))]), audio())]), json!({}));
    let clips = json!([clip("c", "0.3s", "0.7s", json!({"gain_db": -1.5})), clip("d", "1s", "1.3s", json!({"gain_db": -1.5}))]);
    let two = project(json!([track("t", clips, audio())]), json!({}));
    let mut source = noise_source(3);
    assert_eq!(whole(&one, &mut source, 3), whole(&two, &mut source, 3));
}

/// A cross-fade of a sound with itself keeps its level if it is linear or an S; of sounds that have
/// nothing in common it keeps the power if it has constant power.
#[test]
fn cross_fades_keep_level_or_power() {
    let faded = |shape: &str, second: Value| {
        let clips = json!([clip("c", "0s", "2s", json!({})), second]);
        let mut t = track("t", clips, json!({}));
        t["transitions"] =
            json!([{"id": "x", "kind": "crossfade", "from": "c", "to": "d", "duration": "1s", "audio_fade_shape": shape}]);
        project(json!([t]), json!({}))
    };
    let mut source = noise_source(40);
    let itself = clip("d", "2s", "2s", json!({}));
    let original =
        whole(&project(json!([track("t", json!([clip("c", "0s", "4s", json!({}))]), json!({}))]), json!({})), &mut source, 4);
    for shape in ["linear", "s"] {
        let out = whole(&faded(shape, itself.clone()), &mut source, 4);
        assert!(largest(&out, &original) < 1e-6, "{shape}: {}", largest(&out, &original));
    }
    let mut other = clip("d", "2s", "2s", json!({}));
    other["source_in"] = json!("20s");
    let out = whole(&faded("constant_power", other), &mut source, 4);
    let power = |from: usize, to: usize| {
        out.iter().flat_map(|c| &c[from..to]).map(|x| f64::from(*x).powi(2)).sum::<f64>() / (to - from) as f64
    };
    let (before, during) = (power(0, 11_000), power(12_000, 20_000));
    // Of noise as long as this the power is known to about 1 %.
    assert!((10.0 * (during / before).log10()).abs() < 0.15, "{during} instead of {before}");
}

/// What a nested composition's output has as effects works on its mix alone.
#[test]
fn nested_compositions_have_mixers_of_their_own() {
    let half = effect("e", "audio-volume", json!({"gain": -6.020_599_913}));
    let clips = json!([clip("c", "0s", "2s", json!({}))]);
    let mut p = project(json!([track("t", clips, json!({}))]), json!({"effects": [half]}));
    let others = json!([clip("d", "0s", "2s", json!({}))]);
    let mut outer = project(json!([track("v", others, json!({}))]), json!({})).compositions.remove(0);
    outer.id = "outer".into();
    let mut nested = Track::new("u", TrackKind::Audio);
    let source = ClipSource::composition("main");
    nested.clips.push(Clip::new("n", source, Time::ZERO, TimeDelta::from_secs_f64(2.0)).into());
    outer.tracks.push(nested);
    p.compositions.push(outer);
    p.main = "outer".into();
    assert_eq!(cutroom_timeline::validate(&p, &Catalog::builtin()), vec![]);
    let out = whole(&p, &mut memory(HZ, vec![vec![0.2; 2 * HZ as usize]; 2]), 2);
    assert!(out[0][1000..15_000].iter().all(|x| (x - 0.3).abs() < 1e-6), "{}", out[0][1000]);
}

/// A track that follows a bus into which it is mixed is refused with the place.
#[test]
fn circles_are_refused() {
    let duck = effect("e", "audio-duck", json!({"key": "b"}));
    let document = json!({
        "schema_version": cutroom_project::SCHEMA_VERSION,
        "media": [{"id": "a", "path": "a.wav", "kind": "audio"}],
        "main": "main",
        "compositions": [{
            "id": "main", "size": {"width": 16, "height": 16}, "frame_rate": "25",
            "audio": {"buses": [{"id": "b", "effects": [effect("f", "audio-duck", json!({"key": "t"}))]}]},
            "tracks": [track("t", json!([clip("c", "0s", "2s", json!({}))]), json!({"effects": [duck]}))]
        }]
    });
    let p = cutroom_project::from_json(&document.to_string()).unwrap();
    let problems = cutroom_timeline::validate(&p, &Catalog::builtin());
    assert!(problems.iter().any(|p| p.code == "project.cycle"), "{problems:?}");
    let error = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap().sound(0, 100).unwrap_err();
    assert_eq!(error.code(), "project.cycle");
}

/// Soloing a bus keeps what is sent to it, and nothing else of what sends.
#[test]
fn soloed_buses_are_heard_alone() {
    let p = project(
        json!([track(
            "t",
            json!([clip("c", "0s", "1s", json!({}))]),
            json!({"sends": [{"bus": "r", "gain_db": -20}, {"bus": "q"}]})
        )]),
        json!({"buses": [{"id": "r", "solo": true}, {"id": "q"}]}),
    );
    let out = whole(&p, &mut memory(HZ, vec![vec![0.1; HZ as usize]; 2]), 1);
    assert!((out[0][400] - 0.01).abs() < 1e-6, "{}", out[0][400]);
}

/// A clip of a mono file with effects, whose time map begins by standing still, sounds in the middle.
#[test]
fn a_bus_has_the_channels_of_its_source_before_it_sounds() {
    let mut c = clip("c", "0s", "3s", json!({"effects": [effect("e", "audio-polarity-invert", json!({}))]}));
    c["source_in"] = json!("0s");
    c["time_map"] = json!({"speed": {"keyframes": [
        {"time": "0s", "value": 0, "ease": "hold"}, {"time": "1s", "value": 1, "ease": "hold"}
    ]}});
    let p = project(json!([track("t", json!([c]), json!({}))]), json!({}));
    let mut source = memory(HZ, vec![vec![0.125; 3 * HZ as usize]]);
    let out = mixed(&p, &mut source, (0, 3 * i64::from(HZ)), &[1000]);
    assert_eq!((out[0][20_000], out[1][20_000]), (-0.125, -0.125));
}

/// A nested composition with effects that is played forwards and back has no hole at the turn, and is
/// the same in blocks of any length.
#[test]
fn runs_of_nested_compositions_have_buses_of_their_own() {
    for latent in ["audio-polarity-invert", "audio-limiter"] {
        let inner = |effects: Value| {
            let clips = json!([clip("c", "0s", "4s", json!({}))]);
            let mut p = project(json!([track("t", clips, json!({"effects": effects}))]), json!({}));
            let mut outer = project(json!([]), json!({})).compositions.remove(0);
            outer.id = "outer".into();
            let nested = json!({
                "id": "n", "source": {"type": "composition", "composition": "main"}, "start": "0s", "duration": "4s",
                "time_map": {"source": {"keyframes": [
                    {"time": "0s", "value": "0s"}, {"time": "2s", "value": "2s"}, {"time": "4s", "value": "0s"}
                ]}}
            });
            let mut track = Track::new("u", TrackKind::Audio);
            track.clips.push(serde_json::from_value::<Clip>(to_flicks(nested)).unwrap().into());
            outer.tracks.push(track);
            p.compositions.push(outer);
            p.main = "outer".into();
            p
        };
        let mut source = memory(HZ, vec![vec![0.25; 4 * HZ as usize]; 2]);
        let p = inner(json!([effect("e", latent, json!({}))]));
        let all = whole(&p, &mut source, 4);
        assert_eq!(mixed(&p, &mut source, (0, 4 * i64::from(HZ)), &[64, 1000, 63]), all, "{latent}");
        let plain = whole(&inner(json!([])), &mut source, 4);
        let near = 15_500..16_500;
        let loudest = |s: &[f32]| s.iter().map(|x| x.abs()).collect::<Vec<_>>();
        for (a, b) in loudest(&all[0][near.clone()]).iter().zip(loudest(&plain[0][near])) {
            assert!((a - b).abs() < 0.02, "{latent}: {a} instead of {b}");
        }
    }
}

/// Seconds as flicks, which a clip on its own is read with.
fn to_flicks(value: Value) -> Value {
    match value {
        Value::String(text) => match text.strip_suffix('s').and_then(|n| n.parse::<f64>().ok()) {
            Some(secs) => json!(TimeDelta::from_secs_f64(secs).0),
            None => Value::String(text),
        },
        Value::Array(items) => items.into_iter().map(to_flicks).collect(),
        Value::Object(fields) => fields.into_iter().map(|(k, v)| (k, to_flicks(v))).collect(),
        other => other,
    }
}

/// What a clip follows has a past, also if nothing else takes its sound.
#[test]
fn what_is_followed_has_a_past() {
    let duck = effect("e", "audio-duck", json!({"key": "k", "threshold": -40, "hold": 1500, "release": 800}));
    let mut key = track("k", json!([clip("d", "0.2s", "0.5s", json!({}))]), json!({"output": "muted"}));
    key["audio"]["effects"] = json!([effect("g", "audio-noise-gate", json!({"hold": 1000}))]);
    let p = project(
        json!([track("t", json!([clip("c", "1s", "2s", json!({"effects": [duck]}))]), json!({})), key]),
        json!({"buses": [{"id": "muted", "muted": true}]}),
    );
    let mut source = noise_source(4);
    let all = whole(&p, &mut source, 4);
    assert_eq!(mixed(&p, &mut source, (0, 4 * i64::from(HZ)), &[64, 999]), all);
}
