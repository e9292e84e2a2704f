//! Media with samples that no sound has, through every sound effect.
use crate::support::{
    memory, noise,
    projects::{clip, effect, project_at, track},
};
use cutroom_audio::Mixer;
use cutroom_effects::{Catalog, sound::SOUND_EFFECTS};
use cutroom_timeline::Timeline;
use serde_json::json;

const HZ: u32 = 16_000;

/// The mix of a track with this effect, with its defaults.
fn through(id: &str, sound: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let used = json!([effect("e", id, json!({}))]);
    let p = project_at(HZ, json!([track("t", json!([clip("c", "0s", "2s", json!({}))]), json!({"effects": used}))]), json!({}));
    let timeline = Timeline::new(&p, &p.main, &Catalog::builtin()).unwrap();
    let mut mixer = Mixer::new(HZ, 2).unwrap().unclipped();
    let mut source = memory(HZ, sound.to_vec());
    mixer.programme(0, 2 * HZ as usize, &mut |first, n| timeline.sound(first, n), &mut source).unwrap().channels
}

/// Samples that are not numbers are silence to every effect; what is far too loud or next to nothing
/// stays finite.
#[test]
fn no_effect_is_poisoned_by_its_media() {
    let length = 2 * HZ as usize;
    let sound = vec![noise(1, length, 0.3), noise(2, length, 0.3)];
    let (mut poisoned, mut silenced, mut extreme) = (sound.clone(), sound.clone(), sound);
    for (n, bad) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -f32::NAN].into_iter().enumerate() {
        for at in (4000 + 8 * n..12_000).step_by(61) {
            poisoned[n % 2][at] = bad;
            silenced[n % 2][at] = 0.0;
        }
    }
    for channel in &mut extreme {
        channel[4000..4100].fill(f32::MAX);
        channel[4100..4200].fill(f32::MIN);
        channel[5000..5500].iter_mut().step_by(2).for_each(|x| *x = 1e30);
        channel[9000..].fill(1e-41);
    }
    // What a programme is normalized by is measured in another pass.
    for spec in SOUND_EFFECTS.iter().filter(|s| !s.measures) {
        let (a, b) = (through(spec.id, &poisoned), through(spec.id, &silenced));
        assert!(a.iter().flatten().all(|x| x.is_finite()), "{}", spec.id);
        assert_eq!(a, b, "{}", spec.id);
        assert!(through(spec.id, &extreme).iter().flatten().all(|x| x.is_finite()), "{}", spec.id);
    }
}
