//! Costs of an editing session on projects with many clips. `cargo bench -p cutroom-project`.
use cutroom_project::{
    Animated, Clip, ClipSource, Composition, Curve, Edit, EffectInstance, Extra, Keyframe, Matte, MatteChannel, Media, MediaKind,
    Params, Project, ProjectIndex, Track, TrackKind, Transition, unknown_fields, validate,
};
use cutroom_types::{FrameRate, ParamValue, Size, TimeDelta};
use std::{hint::black_box, time::Instant};

/// A project of two-second clips on `tracks` tracks, with one media per ten clips of a track. Rich
/// clips have two effects, one of them animated, a matte and a transition to the next clip.
fn project(tracks: usize, clips_per_track: usize, rich: bool) -> Project {
    let rate = FrameRate::new(25, 1).unwrap();
    let mut c = Composition::new("main", Size { width: 1920, height: 1080 }, rate);
    for t in 0..tracks {
        let mut track = Track::new(&format!("t{t}"), TrackKind::Video);
        for k in 0..clips_per_track {
            let (from, to) = (rate.time_of_frame(k as i64 * 50), rate.time_of_frame((k as i64 + 1) * 50));
            let id = format!("c{t}-{k}");
            let mut clip = Clip::new(&id, ClipSource::media(&format!("m{}", k / 10)), from, to - from);
            if rich {
                enrich(&mut clip, t, tracks);
            }
            track.clips.push(clip.into());
            if rich && k > 0 {
                track.transitions.push(dissolve(&format!("x{t}-{k}"), &format!("c{t}-{}", k - 1), &id));
            }
        }
        c.tracks.push(track);
    }
    let mut p = Project::new("bench", c);
    p.media.extend((0..clips_per_track.div_ceil(10)).map(|m| Media::new(&format!("m{m}"), "m.mp4", MediaKind::Video)));
    p
}

fn enrich(clip: &mut Clip, track: usize, tracks: usize) {
    let keys = [0, 1].map(|n| Keyframe::new(TimeDelta(n * 705_600_000), ParamValue::Number(n as f64)));
    let curve = Animated::Curve(Curve::new(keys.to_vec()).unwrap());
    let effect = |name: &str, param: &str, value| EffectInstance {
        id: format!("{}-{name}", clip.id).into(),
        effect: name.into(),
        enabled: true,
        params: Params::from([(param.to_owned(), value)]),
        extra: Extra::default(),
    };
    let blur = effect("gaussian-blur", "radius", Animated::Constant(ParamValue::Number(3.0)));
    clip.video.effects = vec![effect("exposure", "exposure", curve), blur];
    if track + 1 < tracks {
        let matte = format!("t{}", track + 1);
        clip.video.matte =
            Some(Matte { track: matte.into(), channel: MatteChannel::Alpha, inverted: false, extra: Extra::default() });
    }
    clip.name = format!("shot {}", clip.id);
}

fn dissolve(id: &str, from: &str, to: &str) -> Transition {
    Transition {
        id: id.into(),
        kind: "crossfade".into(),
        from: Some(from.into()),
        to: Some(to.into()),
        duration: TimeDelta(70_560_000),
        alignment: Default::default(),
        params: Params::new(),
        audio_crossfade: true,
        audio_fade_shape: cutroom_types::FadeCurve::ConstantPower,
        extra: Extra::default(),
    }
}

/// Median time of nine runs, in milliseconds.
fn ms<T>(mut run: impl FnMut() -> T) -> f64 {
    let mut all = [0.0; 9];
    for one in &mut all {
        let start = Instant::now();
        let result = black_box(run());
        *one = start.elapsed().as_secs_f64() * 1e3;
        drop(result);
    }
    all.sort_by(f64::total_cmp);
    all[4]
}

fn main() {
    println!(
        "{:>8} {:>7} {:>6} {:>10} {:>10} {:>10} {:>10} {:>12} {:>10}",
        "clips", "tracks", "rich", "clone ms", "copy ms", "edit ms", "index ms", "validate ms", "fields ms"
    );
    for rich in [false, true] {
        for (tracks, per_track) in [(100, 10), (100, 100), (2, 5000), (2, 20_000)] {
            let mut p = project(tracks, per_track, rich);
            assert_eq!(validate(&p), []);
            // Copies every clip, as if projects did not share them.
            let copy = ms(|| p.clips().cloned().collect::<Vec<_>>());
            let (clone, index) = (ms(|| p.clone()), ms(|| ProjectIndex::new(&p)));
            let (valid, fields) = (ms(|| validate(&p)), ms(|| unknown_fields(&p)));
            // Each run applies the inverse of the one before.
            let mut edit = Edit::ReplaceClip { clip: p.clips().last().unwrap().clone().into() };
            let edited = ms(|| edit = edit.clone().apply(&mut p).unwrap());
            println!(
                "{:>8} {tracks:>7} {rich:>6} {clone:>10.3} {copy:>10.3} {edited:>10.3} {index:>10.3} {valid:>12.3} {fields:>10.3}",
                tracks * per_track
            );
        }
    }
}
