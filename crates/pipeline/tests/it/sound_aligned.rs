//! Clips with effects at any speed stay where they are without: they cancel a copy that is inverted.
use crate::support::{
    memory, noise,
    projects::{clip, effect, mixed, project_at, track},
};
use serde_json::{Value, json};

const HZ: u32 = 16_000;

/// Ways to play a clip of 3 s whose source has 20 s.
fn paces() -> Vec<(&'static str, Value)> {
    let keys = |values: [f64; 3]| {
        let key = |(time, value): (&str, f64)| json!({"time": time, "value": value});
        json!(["0.5s", "1.5s", "2.5s"].into_iter().zip(values).map(key).collect::<Vec<_>>())
    };
    vec![
        ("as it is", json!({})),
        ("slow", json!({"speed": 0.75})),
        ("fast", json!({"speed": 1.5})),
        ("backwards", json!({"speed": -1, "source_in": "10s"})),
        ("slowly backwards", json!({"speed": -0.6, "source_in": "10s"})),
        ("fast backwards", json!({"speed": -2, "source_in": "10s"})),
        ("a ramp", json!({"time_map": {"speed": {"keyframes": keys([0.5, 2.0, 1.0])}}})),
        ("a ramp backwards", json!({"source_in": "12s", "time_map": {"speed": {"keyframes": keys([-0.5, -2.0, -1.0])}}})),
        ("there and back", json!({"source_in": "6s", "time_map": {"speed": {"keyframes": keys([1.0, -1.0, 1.5])}}})),
    ]
}

/// Effects that only delay sound that is not loud, and how they are called.
fn delaying() -> Vec<Value> {
    vec![
        json!([effect("e", "audio-limiter", json!({"ceiling": 0}))]),
        json!([effect("e", "audio-compressor", json!({"threshold": 0, "knee": 0, "lookahead": 13.7}))]),
        json!([effect("e", "audio-limiter", json!({"ceiling": 0})), effect("f", "audio-limiter", json!({"ceiling": 0}))]),
    ]
}

#[test]
fn effects_with_latency_do_not_move_clips() {
    let length = 20 * HZ as usize;
    let source = memory(HZ, vec![noise(1, length, 0.3), noise(2, length, 0.3)]);
    for (name, pace) in paces() {
        for preserve_pitch in [false, true] {
            for effects in delaying() {
                let play = |id: &str, effects: Value| {
                    let mut c = clip(id, "0.7s", "3s", json!({"preserve_pitch": preserve_pitch, "effects": effects}));
                    c["source_in"] = json!("2s");
                    for (field, value) in pace.as_object().unwrap() {
                        c[field] = value.clone();
                    }
                    json!([c])
                };
                let mix = |tracks: Value| {
                    mixed(&project_at(HZ, tracks, json!({})), &mut source.clone(), (0, 5 * i64::from(HZ)), &[HZ as usize, 1234])
                };
                let inverted = json!([effect("i", "audio-polarity-invert", json!({}))]);
                let alone = track("t", play("c", effects.clone()), json!({}));
                let copy = track("u", play("d", json!([])), json!({"effects": inverted}));
                let peak = |sound: &[Vec<f32>]| sound.iter().flatten().fold(0f32, |a, x| a.max(x.abs()));
                let sound = mix(json!([alone.clone()]));
                assert!(peak(&sound) > 0.1);
                let (start, end) = (7 * HZ as usize / 10, 37 * HZ as usize / 10);
                for channel in &sound {
                    assert!(
                        channel[..start].iter().chain(&channel[end..]).all(|x| *x == 0.0),
                        "{name}, {effects}: outside the clip"
                    );
                }
                let left = peak(&mix(json!([alone, copy])));
                assert!(left < 1e-6, "{name}, pitch kept: {preserve_pitch}, {effects}: {left}");
            }
        }
    }
}
