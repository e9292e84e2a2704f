//! Random projects and edits. Ids come from small pools, so that edits often name existing elements
//! and often do not.
use cutroom_project::{
    Animated, Clip, ClipSource, Composition, CompositionFields, Curve, Edit, EffectInstance, Extra, Keyframe, Media, MediaKind,
    Project, ProjectFields, Track, TrackFields, TrackKind, Transition,
};
use cutroom_types::{FrameRate, ParamValue, Size, Time, TimeDelta};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

/// Number of ids per kind.
const POOL: usize = 6;

fn id(prefix: &'static str) -> impl Strategy<Value = String> {
    (0..POOL).prop_map(move |n| format!("{prefix}{n}"))
}

/// Unknown fields.
pub fn extra() -> impl Strategy<Value = Extra> {
    let value = select(vec![
        json!(1),
        json!(0.1),
        json!("ü\n"),
        json!(null),
        json!([1, {"deep": [true]}]),
        json!({"z": 1, "a": {}}),
        json!(-1e300),
    ]);
    prop::collection::vec((select(vec!["x-note", "label", "zz", "a.b", "Ω"]), value), 0..3)
        .prop_map(|fields| fields.into_iter().map(|(k, v): (&str, Value)| (k.to_owned(), v)).collect())
}

fn number() -> impl Strategy<Value = Animated<f64>> {
    prop_oneof![
        (-5i32..5).prop_map(|v| Animated::Constant(f64::from(v) / 3.0)),
        (prop::collection::vec((0i64..1000, -9i32..9, extra()), 1..3), extra()).prop_map(|(keys, extra)| {
            let keys =
                keys.into_iter().map(|(time, v, extra)| Keyframe { extra, ..Keyframe::new(TimeDelta(time), f64::from(v) / 7.0) });
            let mut curve = Curve::new(keys.collect()).unwrap();
            curve.extra = extra;
            Animated::Curve(curve)
        }),
    ]
}

pub fn media() -> impl Strategy<Value = Media> {
    (id("m"), "[a-z]{1,5}", extra()).prop_map(|(id, path, extra)| Media { extra, ..Media::new(&id, &path, MediaKind::Video) })
}

pub fn clip() -> impl Strategy<Value = Clip> {
    let source = prop_oneof![
        id("m").prop_map(|m| ClipSource::media(&m)),
        id("s").prop_map(|c| ClipSource::composition(&c)),
        Just(ClipSource::solid([0.1, 0.2, 0.3, 1.0])),
    ];
    (id("c"), source, 0i64..1000, number(), 0usize..3, extra(), extra()).prop_map(
        |(id, source, start, opacity, effects, extra, of_effect)| {
            let mut clip = Clip { extra, ..Clip::new(&id, source, Time(start), TimeDelta(10)) };
            clip.video.opacity = opacity;
            clip.video.effects = (0..effects)
                .map(|n| EffectInstance {
                    id: format!("{id}-e{n}").into(),
                    effect: "exposure".into(),
                    enabled: n == 0,
                    params: [("exposure".to_owned(), Animated::Constant(ParamValue::Number(0.3)))].into(),
                    extra: of_effect.clone(),
                })
                .collect();
            clip
        },
    )
}

pub fn transition() -> impl Strategy<Value = Transition> {
    (id("x"), prop::option::of(id("c")), prop::option::of(id("c")), extra()).prop_map(|(id, from, to, extra)| Transition {
        id: id.into(),
        kind: "crossfade".into(),
        from: from.map(Into::into),
        to: to.map(Into::into),
        duration: TimeDelta(4),
        alignment: Default::default(),
        params: Default::default(),
        audio_crossfade: true,
        audio_fade_shape: cutroom_types::FadeCurve::ConstantPower,
        extra,
    })
}

pub fn track() -> impl Strategy<Value = Track> {
    let content = (prop::collection::vec(clip(), 0..4), prop::collection::vec(transition(), 0..3));
    (id("t"), any::<bool>(), number(), content, extra()).prop_map(|(id, muted, gain_db, (clips, transitions), extra)| Track {
        muted,
        gain_db,
        clips: clips.into_iter().map(Into::into).collect(),
        transitions: transitions.into(),
        extra,
        ..Track::new(&id, TrackKind::Video)
    })
}

pub fn composition() -> impl Strategy<Value = Composition> {
    (id("s"), 1u32..5000, prop::collection::vec(track(), 0..4), extra()).prop_map(|(id, width, tracks, extra)| Composition {
        tracks,
        extra,
        ..Composition::new(&id, Size { width, height: 9 }, FrameRate::new(25, 1).unwrap())
    })
}

/// Any project; the same id may occur several times.
pub fn project() -> impl Strategy<Value = Project> {
    let lists = (prop::collection::vec(media(), 0..4), prop::collection::vec(composition(), 1..4));
    ("[a-z]{0,4}", lists, extra()).prop_map(|(name, (media, compositions), extra)| Project {
        media,
        compositions,
        extra,
        ..Project::new(&name, Composition::new("s0", Size { width: 1, height: 1 }, FrameRate::new(25, 1).unwrap()))
    })
}

/// A project without the elements whose id has occurred before.
pub fn distinct(mut project: Project) -> Project {
    let mut met = std::collections::HashSet::new();
    let mut new = |id: &str| met.insert(id.to_owned());
    project.media.retain(|m| new(m.id.as_str()));
    project.compositions.retain(|c| new(c.id.as_str()));
    for composition in &mut project.compositions {
        composition.tracks.retain(|t| new(t.id.as_str()));
        for track in &mut composition.tracks {
            track.clips.retain(|c| new(c.id.as_str()));
            track.transitions.retain(|x| new(x.id.as_str()));
        }
    }
    project
}

/// Any edit, whether it can be applied or not.
pub fn edit() -> impl Strategy<Value = Edit> {
    fn after<Id: From<String> + std::fmt::Debug>(prefix: &'static str) -> impl Strategy<Value = Option<Id>> {
        prop::option::of(id(prefix).prop_map(Id::from))
    }

    fn one<Id: From<String> + std::fmt::Debug>(prefix: &'static str) -> impl Strategy<Value = Id> {
        id(prefix).prop_map(Id::from)
    }
    let media = prop_oneof![
        (media(), after("m")).prop_map(|(media, after)| Edit::InsertMedia { media: media.into(), after }),
        media().prop_map(|media| Edit::ReplaceMedia { media: media.into() }),
        one("m").prop_map(|id| Edit::RemoveMedia { id }),
        (one("m"), after("m")).prop_map(|(id, after)| Edit::MoveMedia { id, after }),
    ];
    let compositions = prop_oneof![
        (composition(), after("s")).prop_map(|(c, after)| Edit::InsertComposition { composition: c.into(), after }),
        one("s").prop_map(|id| Edit::RemoveComposition { id }),
        (one("s"), after("s")).prop_map(|(id, after)| Edit::MoveComposition { id, after }),
    ];
    let tracks = prop_oneof![
        (one("s"), track(), after("t")).prop_map(|(composition, t, after)| Edit::InsertTrack {
            composition,
            track: t.into(),
            after
        }),
        one("t").prop_map(|id| Edit::RemoveTrack { id }),
        (one("t"), one("s"), after("t")).prop_map(|(id, composition, after)| Edit::MoveTrack { id, composition, after }),
    ];
    let clips = prop_oneof![
        (one("t"), clip(), after("c")).prop_map(|(track, clip, after)| Edit::InsertClip { track, clip: clip.into(), after }),
        clip().prop_map(|clip| Edit::ReplaceClip { clip: clip.into() }),
        one("c").prop_map(|id| Edit::RemoveClip { id }),
        (one("c"), one("t"), after("c")).prop_map(|(id, track, after)| Edit::MoveClip { id, track, after }),
    ];
    let transitions = prop_oneof![
        (one("t"), transition(), after("x")).prop_map(|(track, x, after)| Edit::InsertTransition {
            track,
            transition: x.into(),
            after
        }),
        transition().prop_map(|x| Edit::ReplaceTransition { transition: x.into() }),
        one("x").prop_map(|id| Edit::RemoveTransition { id }),
        (one("x"), one("t"), after("x")).prop_map(|(id, track, after)| Edit::MoveTransition { id, track, after }),
    ];
    let fields = prop_oneof![
        project().prop_map(|p| Edit::SetProjectFields { fields: ProjectFields::of(&p).into() }),
        (one("s"), composition()).prop_map(|(id, c)| Edit::SetCompositionFields { id, fields: CompositionFields::of(&c).into() }),
        (one("t"), track()).prop_map(|(id, t)| Edit::SetTrackFields { id, fields: TrackFields::of(&t).into() }),
    ];
    prop_oneof![media, compositions, tracks, clips, transitions, fields]
}
