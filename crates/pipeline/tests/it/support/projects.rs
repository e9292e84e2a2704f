//! Projects of one composition in stereo, and their mix.
use cutroom_audio::{MemorySource, Mixer};
use cutroom_effects::Catalog;
use cutroom_project::Project;
use cutroom_timeline::Timeline;
use serde_json::{Value, json};

/// A project at this rate with these tracks and this mixer. Its media is "a".
pub fn project_at(rate_hz: u32, tracks: Value, audio: Value) -> Project {
    let document = json!({
        "schema_version": cutroom_project::SCHEMA_VERSION,
        "media": [{"id": "a", "path": "a.wav", "kind": "audio"}],
        "main": "main",
        "compositions": [{
            "id": "main", "size": {"width": 16, "height": 16}, "frame_rate": "25",
            "sample_rate_hz": rate_hz, "channels": 2, "audio": audio, "tracks": tracks
        }]
    });
    let read = cutroom_project::from_json(&document.to_string()).unwrap();
    assert_eq!(cutroom_timeline::validate(&read, &Catalog::builtin()), vec![]);
    read
}

/// A clip that plays "a", which lies on its own time.
pub fn clip(id: &str, start: &str, duration: &str, audio: Value) -> Value {
    let source = json!({"type": "media", "media": "a"});
    json!({"id": id, "source": source, "start": start, "source_in": start, "duration": duration, "audio": audio})
}

pub fn track(id: &str, clips: Value, audio: Value) -> Value {
    json!({"id": id, "kind": "audio", "clips": clips, "audio": audio})
}

pub fn effect(id: &str, effect: &str, params: Value) -> Value {
    json!({"id": id, "effect": effect, "params": params})
}

/// The mix of a range, in blocks of these lengths, again and again.
pub fn mixed(p: &Project, source: &mut MemorySource, (from, to): (i64, i64), lengths: &[usize]) -> Vec<Vec<f32>> {
    let timeline = Timeline::new(p, &p.main, &Catalog::builtin()).unwrap();
    let mut mixer = Mixer::new(p.compositions[0].sample_rate_hz, 2).unwrap().unclipped();
    let mut out = vec![Vec::new(); 2];
    let (mut at, mut lengths) = (from, lengths.iter().cycle());
    while at < to {
        let samples = (*lengths.next().unwrap()).min((to - at) as usize);
        let block = mixer.programme(at, samples, &mut |first, n| timeline.sound(first, n), source).unwrap();
        out.iter_mut().zip(block.channels).for_each(|(o, b)| o.extend(b));
        at += samples as i64;
    }
    out
}

/// The largest difference between two sounds.
pub fn largest(a: &[Vec<f32>], b: &[Vec<f32>]) -> f32 {
    assert_eq!(a[0].len(), b[0].len());
    a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}
