//! Keys differ exactly if plans do.
use super::*;
use cutroom_effects::{BlendRef, Catalog, EffectRef, TransitionRef, catalog::SoundRef};
use cutroom_types::{Primaries, Size, Time, TimeDelta, Transfer};

const BOX: Box2 = Box2 { center: [0.5; 2], size: [0.25; 2], rotation_degrees: 0.0, corner_radius_px: 0.0 };

fn effect(id: &str) -> EffectRef {
    Catalog::builtin().effect(id).unwrap()
}

fn transition(id: &str) -> TransitionRef {
    Catalog::builtin().transition(id).unwrap()
}

fn blend(id: &str) -> BlendRef {
    Catalog::builtin().blend_mode(id).unwrap()
}

fn plan() -> FramePlan {
    let mask = MaskUse {
        outline: Outline::Ellipse(BOX),
        mode: MaskMode::Add,
        inverted: false,
        opacity: 1.0,
        feather_px: 2.0,
        edge_feather_px: vec![(0, 3.0)],
        expansion_px: 0.0,
    };
    let layer = |content| Layer {
        effects: vec![EffectUse::new(effect("exposure"), vec![ParamValue::Number(0.5)])],
        masks: vec![mask.clone()],
        shutter: vec![Placement { transform: Transform::IDENTITY, parent: Affine::IDENTITY }],
        matte: Some(Box::new(MatteUse { layer: Layer::new("m".into(), Content::Solid([1.0; 4])), luma: false, inverted: false })),
        ..Layer::new("c".into(), content)
    };
    let media = || layer(Content::Media(SourceFrame::nearest("m".into(), 0, Time(5))));
    let transition = Content::Transition {
        transition: transition("crossfade"),
        params: vec![ParamValue::Bool(true)],
        progress: 0.25,
        from: Some(Box::new(media())),
        to: None,
        inputs: vec![media()],
    };
    FramePlan {
        canvas: Canvas {
            size: Size { width: 16, height: 9 },
            blend_space: BlendSpace::Linear,
            primaries: Primaries::Bt709,
            transfer: Transfer::Bt709,
            background: [0.0, 0.0, 0.0, 1.0],
        },
        time: Time(7),
        layers: vec![media(), layer(transition), layer(Content::Solid([0.5; 4]))],
    }
}

/// Each change of one field changes the key; `-0` instead of 0 does not.
#[test]
fn every_field_of_a_frame_counts() {
    let changes: Vec<fn(&mut FramePlan)> = vec![
        |_| {},
        |p| p.canvas.size.width = 9,
        |p| p.canvas.size = Size { width: 9, height: 16 },
        |p| p.canvas.blend_space = BlendSpace::Gamma,
        |p| p.canvas.primaries = Primaries::Bt2020,
        |p| p.canvas.transfer = Transfer::Pq,
        |p| p.canvas.background[3] = 0.0,
        |p| p.time = Time(8),
        |p| drop(p.layers.pop()),
        |p| p.layers.swap(0, 2),
        |p| p.layers[0].clip = "d".into(),
        |p| p.layers[0].content = Content::Media(SourceFrame::nearest("n".into(), 0, Time(5))),
        |p| p.layers[0].content = Content::Media(SourceFrame::nearest("m".into(), 1, Time(5))),
        |p| p.layers[0].content = Content::Media(SourceFrame::nearest("m".into(), 0, Time(6))),
        |p| p.layers[0].content = in_between(SourceFrames::Flow),
        |p| p.layers[0].content = in_between(SourceFrames::Blend(TimeDelta(1))),
        |p| p.layers[0].content = in_between(SourceFrames::Blend(TimeDelta(2))),
        |p| p.layers[0].content = Content::Composition(Box::new(plan())),
        |p| p.layers[2].content = Content::Solid([0.5, 0.5, 0.5, 0.25]),
        |p| p.layers[0].effects.clear(),
        |p| p.layers[0].effects[0].effect = effect("contrast"),
        |p| p.layers[0].effects[0].params[0] = ParamValue::Number(0.5 + f64::EPSILON),
        |p| p.layers[0].effects[0].params[0] = ParamValue::Point([0.5, 0.5]),
        |p| p.layers[0].effects[0].params[0] = ParamValue::Text("0.5".into()),
        |p| p.layers[0].effects[0].params[0] = ParamValue::Color([0.5; 4]),
        |p| p.layers[0].transform.fit = Fit::Cover,
        |p| p.layers[0].transform.align = Some(Alignment { point: Align::Top, margin_px: [0.0; 2] }),
        |p| p.layers[0].transform.align = Some(Alignment { point: Align::Left, margin_px: [0.0; 2] }),
        |p| p.layers[0].transform.align = Some(Alignment { point: Align::Left, margin_px: [1.0, 0.0] }),
        |p| p.layers[0].transform.position_px[1] = 1.0,
        |p| p.layers[0].transform.scale[0] = 2.0,
        |p| p.layers[0].transform.rotation_degrees = 1.0,
        |p| p.layers[0].transform.anchor[0] = 0.0,
        |p| p.layers[0].transform.crop[2] = 0.5,
        |p| p.layers[0].transform.flip_horizontal = true,
        |p| p.layers[0].transform.flip_vertical = true,
        |p| p.layers[0].effects[0].inputs.push(Layer::new("i".into(), Content::Solid([0.0; 4]))),
        |p| p.layers[0].effects[0].time.0 = 1,
        |p| p.layers[0].parent.xy = 0.5,
        |p| p.layers[0].shutter.clear(),
        |p| p.layers[0].shutter[0].parent.y0 = 1.0,
        |p| p.layers[0].shutter[0].transform.scale[0] = 2.0,
        |p| p.layers[0].masks.clear(),
        |p| p.layers[0].masks[0].outline = Outline::Rectangle(BOX),
        |p| p.layers[0].masks[0].outline = Outline::Ellipse(Box2 { center: [0.5, 0.25], ..BOX }),
        |p| p.layers[0].masks[0].outline = Outline::Path(BezierPath::polygon(&[[0.0; 2], [1.0; 2], [0.0, 1.0]])),
        |p| p.layers[0].masks[0].mode = MaskMode::Intersect,
        |p| p.layers[0].masks[0].inverted = true,
        |p| p.layers[0].masks[0].opacity = 0.5,
        |p| p.layers[0].masks[0].feather_px = 1.0,
        |p| p.layers[0].masks[0].expansion_px = 1.0,
        |p| p.layers[0].masks[0].edge_feather_px[0].0 = 1,
        |p| p.layers[0].masks[0].edge_feather_px[0].1 = 1.0,
        |p| p.layers[0].masks_after_effects = true,
        |p| p.layers[0].matte = None,
        |p| p.layers[0].matte.iter_mut().for_each(|m| m.luma = true),
        |p| p.layers[0].matte.iter_mut().for_each(|m| m.inverted = true),
        |p| p.layers[0].matte.iter_mut().for_each(|m| m.layer.opacity = 0.5),
        |p| p.layers[0].opacity = f32::from_bits(1.0f32.to_bits() - 1),
        |p| p.layers[0].blend = blend("screen"),
        |p| p.layers[0].time.0 += 1,
        |p| change_transition(p, |_, _, progress, _, _| *progress = 0.5),
        |p| change_transition(p, |id, _, _, _, _| *id = transition("push-left")),
        |p| change_transition(p, |_, params, _, _, _| params[0] = ParamValue::Bool(false)),
        |p| change_transition(p, |_, _, _, from, to| std::mem::swap(from, to)),
        |p| change_transition(p, |_, _, _, from, _| from.iter_mut().for_each(|l| l.opacity = 0.5)),
        |p| change_inputs(p, |inputs| inputs.clear()),
        |p| change_inputs(p, |inputs| inputs[0].opacity = 0.5),
        |p| change_inputs(p, |inputs| inputs.push(inputs[0].clone())),
    ];
    let mut keys = std::collections::HashMap::new();
    for (i, change) in changes.iter().enumerate() {
        let mut p = plan();
        change(&mut p);
        assert_eq!(keys.insert(p.key(), i), None, "change {i} gives the key of another");
        assert_eq!(p.key(), p.clone().key());
    }
    let mut p = plan();
    p.layers[0].transform.position_px[0] = -0.0;
    assert_eq!((p == plan(), p.key()), (true, plan().key()));
    p.time = Time(99);
    p.layers[0].clip = "else".into();
    assert_eq!(p.picture_key(), plan().picture_key());
    let dissolving = |clip: &str| {
        let mut p = plan();
        p.layers[0].clip = clip.into();
        p.layers[0].blend = blend("dissolve");
        p.picture_key()
    };
    assert_ne!(dissolving("a"), dissolving("b"), "their noise differs");
}

type Side = Option<Box<Layer>>;

fn change_transition(p: &mut FramePlan, f: fn(&mut TransitionRef, &mut Vec<ParamValue>, &mut f32, &mut Side, &mut Side)) {
    if let Content::Transition { transition, params, progress, from, to, .. } = &mut p.layers[1].content {
        f(transition, params, progress, from, to);
    }
}

fn change_inputs(p: &mut FramePlan, f: fn(&mut Vec<Layer>)) {
    if let Content::Transition { inputs, .. } = &mut p.layers[1].content {
        f(inputs);
    }
}

fn in_between(frames: SourceFrames) -> Content {
    Content::Media(SourceFrame { frames, ..SourceFrame::nearest("m".into(), 0, Time(5)) })
}

fn a_feed() -> Feed {
    Feed {
        bus: 0,
        first_sample: 0,
        end_sample: 9,
        gain: vec![(0, 1.0)],
        nested: vec![NestedAudio { channels: 2, fold: FoldLevels::default(), pan: vec![(0, 0.0)] }],
        fold: FoldLevels::default(),
        pan: vec![(0, 0.0)],
        fades: vec![Fade { first_sample: 1, end_sample: 2, rising: true, curve: FadeCurve::Linear }],
    }
}

#[test]
fn every_field_of_audio_counts() {
    let plan = || AudioPlan {
        rate_hz: 48_000,
        channels: 2,
        first_sample: 3,
        samples: 4,
        voices: vec![Voice {
            clip: "c".into(),
            media: "m".into(),
            stream: 0,
            channels: vec![0],
            first_sample: 1,
            end_sample: 2,
            source_start: Time(3),
            speed: 1.0,
            positions: Vec::new(),
            preserves_pitch: false,
            gain: vec![(0, 1.0)],
            nested: vec![NestedAudio { channels: 2, fold: FoldLevels::default(), pan: vec![(0, 0.0)] }],
            fold: FoldLevels::default(),
            pan: vec![(0, 0.0)],
            fades: vec![Fade { first_sample: 1, end_sample: 2, rising: true, curve: FadeCurve::Linear }],
        }],
        feeds: vec![a_feed()],
        buses: vec![Bus {
            key: "track:a".into(),
            channels: BusChannels::Count(2),
            voices: Vec::new(),
            feeds: vec![a_feed()],
            effects: vec![SoundUse {
                effect: SoundRef::new(cutroom_effects::SOUND_EFFECTS[0]),
                id: "e".into(),
                params: vec![ParamValue::Number(1.0)],
                curves: vec![ParamCurve { param: 0, points: vec![(0, 1.0)] }],
                key: KeySource::Own,
            }],
        }],
        settling_samples: 0,
    };
    let changes: Vec<fn(&mut AudioPlan)> = vec![
        |_| {},
        |p| p.rate_hz = 44_100,
        |p| p.channels = 1,
        |p| p.first_sample = 4,
        |p| p.samples = 5,
        |p| p.voices.clear(),
        |p| p.voices[0].clip = "d".into(),
        |p| p.voices[0].media = "n".into(),
        |p| p.voices[0].channels = vec![1],
        |p| p.voices[0].stream = 1,
        |p| p.voices[0].first_sample = 0,
        |p| p.voices[0].end_sample = 3,
        |p| p.voices[0].source_start = Time(4),
        |p| p.voices[0].speed = -1.0,
        |p| p.voices[0].preserves_pitch = true,
        |p| p.voices[0].positions = vec![SourcePoint { sample: 0, source: Time(0), speed: 1.0 }],
        |p| p.voices[0].positions = vec![SourcePoint { sample: 1, source: Time(0), speed: 1.0 }],
        |p| p.voices[0].positions = vec![SourcePoint { sample: 0, source: Time(1), speed: 1.0 }],
        |p| p.voices[0].positions = vec![SourcePoint { sample: 0, source: Time(0), speed: 2.0 }],
        |p| p.voices[0].gain = vec![(0, 0.5)],
        |p| p.voices[0].gain = vec![(0, 1.0), (1, 1.0)],
        |p| p.voices[0].pan = vec![(1, 0.0)],
        |p| p.voices[0].nested.clear(),
        |p| p.voices[0].nested[0].channels = 1,
        |p| p.voices[0].nested[0].pan = vec![(1, 0.0)],
        |p| p.voices[0].nested[0].fold.center = Some(0.0),
        |p| p.voices[0].fold.center = Some(0.0),
        |p| p.voices[0].fold.lfe = Some(0.0),
        |p| p.voices[0].fades.clear(),
        |p| p.voices[0].fades[0].rising = false,
        |p| p.voices[0].fades[0].end_sample = 9,
        |p| p.voices[0].fades[0].curve = FadeCurve::ConstantPower,
        |p| p.voices[0].fades[0].curve = FadeCurve::S,
        |p| p.voices[0].fades[0].curve = FadeCurve::Logarithmic,
        |p| p.feeds.clear(),
        |p| p.feeds[0].bus = 1,
        |p| p.feeds[0].first_sample = 1,
        |p| p.feeds[0].end_sample = 1,
        |p| p.feeds[0].gain = vec![(0, 0.5)],
        |p| p.feeds[0].nested.clear(),
        |p| p.feeds[0].fold.lfe = Some(0.5),
        |p| p.feeds[0].pan = vec![(0, 0.5)],
        |p| p.feeds[0].fades.clear(),
        |p| p.buses.clear(),
        |p| p.buses[0].key = "track:b".into(),
        |p| p.buses[0].channels = BusChannels::Count(1),
        |p| p.buses[0].channels = BusChannels::Source { clip: "c".into(), media: "m".into(), stream: 0, channels: vec![] },
        |p| p.buses[0].channels = BusChannels::Source { clip: "d".into(), media: "m".into(), stream: 0, channels: vec![] },
        |p| p.buses[0].channels = BusChannels::Source { clip: "c".into(), media: "n".into(), stream: 0, channels: vec![] },
        |p| p.buses[0].channels = BusChannels::Source { clip: "c".into(), media: "m".into(), stream: 1, channels: vec![] },
        |p| p.buses[0].channels = BusChannels::Source { clip: "c".into(), media: "m".into(), stream: 0, channels: vec![1] },
        |p| p.buses[0].voices = p.voices.clone(),
        |p| p.buses[0].feeds.clear(),
        |p| p.buses[0].effects.clear(),
        |p| p.buses[0].effects[0].effect = SoundRef::new(cutroom_effects::SOUND_EFFECTS[1]),
        |p| p.buses[0].effects[0].id = "f".into(),
        |p| p.buses[0].effects[0].params = vec![ParamValue::Number(2.0)],
        |p| p.buses[0].effects[0].curves.clear(),
        |p| p.buses[0].effects[0].curves[0].param = 1,
        |p| p.buses[0].effects[0].curves[0].points = vec![(1, 1.0)],
        |p| p.buses[0].effects[0].curves[0].points = vec![(0, 2.0)],
        |p| p.buses[0].effects[0].key = KeySource::Bus(0),
        |p| p.buses[0].effects[0].key = KeySource::Bus(1),
        |p| p.buses[0].effects[0].key = KeySource::Silent,
        |p| p.settling_samples = 1,
    ];
    let mut keys = std::collections::HashSet::new();
    for (i, change) in changes.iter().enumerate() {
        let mut p = plan();
        change(&mut p);
        assert!(keys.insert(p.key()), "change {i} gives the key of another");
    }
}
