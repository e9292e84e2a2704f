//! Projects built from facts.
use cutroom_project::{
    Animated, Clip, Edit, MediaFacts, MediaKind, Project, TrackKind,
    build::{
        Measured, PictureFacts, STABILIZE_EFFECT, Sequence, SequenceClip, SourceFacts, StabilizeFrame, composition_for, stabilize,
    },
    validate,
};
use cutroom_types::{Align, Fit, FrameRate, HdrMetadata, ParamValue, Primaries, Size, Time, TimeDelta, Transfer};

const SECOND: i64 = 705_600_000;

fn rate(text: &str) -> FrameRate {
    text.parse().unwrap()
}

fn source(kind: MediaKind, secs: i64, size: Option<(u32, u32)>) -> SourceFacts {
    let picture = size.map(|(width, height)| PictureFacts {
        size: Size { width, height },
        nominal_rate: Some(rate("25")),
        average_rate: Some(rate("25")),
        is_constant_rate: true,
        frame_duration: None,
        start: TimeDelta::ZERO,
        end: TimeDelta(secs * SECOND),
        primaries: Primaries::Bt2020,
        transfer: Transfer::Pq,
        hdr: HdrMetadata::default(),
    });
    SourceFacts {
        path: "a".into(),
        kind,
        numbered: None,
        facts: MediaFacts::default(),
        picture,
        duration: TimeDelta(secs * SECOND),
        sound_end: None,
    }
}

/// Whole files in this order.
fn whole(order: &[usize]) -> Vec<SequenceClip> {
    order.iter().map(|&source| SequenceClip { source, from: None, to: None }).collect()
}

/// A sequence whose pictures are fitted inside the canvas.
fn sequence<'a>(sources: &'a [SourceFacts], clips: &'a [SequenceClip], still_frames: i64, dissolve_frames: i64) -> Sequence<'a> {
    Sequence { sources, clips, still_frames, dissolve_frames, fit: Fit::Contain, align: None }
}

#[test]
fn a_composition_follows_its_first_clips() {
    let sound = source(MediaKind::Audio, 3, None);
    let still = source(MediaKind::Image, 0, Some((63, 35)));
    let film = source(MediaKind::Video, 2, Some((1280, 720)));
    let made = composition_for([&sound, &still, &film].into_iter(), None, None);
    // The still's size, rounded up to even numbers; rate and colour of the first video.
    assert_eq!((made.size, made.frame_rate), (Size { width: 64, height: 36 }, rate("25")));
    assert_eq!((made.color.primaries, made.color.transfer), (Primaries::Bt2020, Transfer::Pq));
    let asked = Size { width: 31, height: 17 };
    let made = composition_for([&film].into_iter(), Some(asked), Some(rate("50")));
    assert_eq!((made.size, made.frame_rate), (asked, rate("50")));
    let made = composition_for([&sound].into_iter(), None, None);
    assert_eq!((made.size, made.frame_rate), (Size { width: 1920, height: 1080 }, rate("25")));
}

#[test]
fn odd_statements_of_a_rate_are_seen_through() {
    let of = |nominal: (u32, u32), average: (u32, u32), is_constant_rate| {
        let rate = |(num, den)| FrameRate::new(num, den);
        let mut film = source(MediaKind::Video, 2, Some((64, 36)));
        let facts = film.picture.as_mut().unwrap();
        facts.nominal_rate = rate(nominal);
        facts.average_rate = rate(average);
        facts.is_constant_rate = is_constant_rate;
        composition_for([&film].into_iter(), None, None).frame_rate
    };
    // Phones state the clock of the container, interlaced files the rate of interlaced fields;
    // variable rates are counted and rounded.
    assert_eq!(of((90_000, 1), (30, 1), true), rate("30"));
    assert_eq!(of((50, 1), (25, 1), true), rate("25"));
    assert_eq!(of((60, 1), (298, 10), false), rate("30"));
    assert_eq!(of((90_000, 1), (100_000, 1), true), rate("25"));
}

/// Skipped frames lower the average, not the rate: the usual frame counts, snapped to a standard rate
/// as far as the container rounds (1 ms in Matroska, 1/600 s on phones, ticks of 1/90000 s).
#[test]
fn skipped_frames_do_not_lower_the_rate() {
    let of = |usual_secs: f64, nominal: &str, average: &str| {
        let mut film = source(MediaKind::Video, 2, Some((64, 36)));
        let facts = film.picture.as_mut().unwrap();
        facts.nominal_rate = nominal.parse().ok();
        facts.average_rate = average.parse().ok();
        facts.is_constant_rate = false;
        facts.frame_duration = Some(TimeDelta::from_secs_f64(usual_secs));
        composition_for([&film].into_iter(), None, None).frame_rate
    };
    assert_eq!(of(1001.0 / 30000.0, "30000/1001", "28.028"), rate("29.97"));
    assert_eq!(of(0.033, "30000/1001", "28.028"), rate("29.97"));
    assert_eq!(of(0.033, "30", "29"), rate("30"));
    assert_eq!(of(0.042, "24", "23.1"), rate("24"));
    assert_eq!(of(0.042, "24000/1001", "23.1"), rate("23.976"));
    assert_eq!(of(20.0 / 600.0, "29.97", "28.5"), rate("29.97"));
    assert_eq!(of(0.017, "19001/317", "55"), rate("59.94"));
    assert_eq!(of(0.033_366, "30", "28.1"), rate("29.97"));
    assert_eq!(of(0.02, "", "31"), rate("50"));
    // No standard rate: the counted one.
    assert_eq!(of(0.095, "", "10.505"), rate("11"));
    // A constant rate as WebM rounds it.
    let mut film = source(MediaKind::Video, 2, Some((64, 36)));
    film.picture.as_mut().unwrap().nominal_rate = FrameRate::new(19001, 317);
    film.picture.as_mut().unwrap().average_rate = FrameRate::new(19001, 317);
    assert_eq!(composition_for([&film].into_iter(), None, None).frame_rate, rate("59.94"));
}

/// An odd dissolve has its cut at its start, so that it covers whole frames.
#[test]
fn a_dissolve_has_the_length_that_was_asked_for() {
    let sources = [source(MediaKind::Video, 2, Some((64, 36)))];
    let frame = |flicks: i64| flicks * 25 / SECOND;
    for (dissolve, cut, start) in [(25, 25, 25), (24, 38, 26), (1, 49, 49)] {
        let composition = composition_for(sources.iter(), None, None);
        let made = sequence(&sources, &whole(&[0, 0]), 1, dissolve).project("film", composition).unwrap();
        assert_eq!(validate(&made.project), []);
        let track = &made.project.compositions[0].tracks[0];
        let x = &track.transitions[0];
        let span = x.span_between(Some(track.clips[0].span()), Some(track.clips[1].span())).unwrap();
        assert_eq!((frame(x.duration.0), frame(track.clips[1].start.0)), (dissolve, cut), "{dissolve}");
        assert_eq!((frame(span.start.0), made.project.compositions[0].length().0), (start, (100 - dissolve) * SECOND / 25));
        // What the second clip shows before its cut is the beginning of its source.
        assert_eq!(frame(track.clips[1].source_in.0), cut - start);
    }
}

#[test]
fn parts_of_files_and_music_under_them() {
    let film = SourceFacts { sound_end: Some(TimeDelta(3 * SECOND)), ..source(MediaKind::Video, 2, Some((64, 36))) };
    let sources = [film, source(MediaKind::Audio, 61, None)];
    let part =
        |source, from: i64, to: i64| SequenceClip { source, from: Some(Time(from * SECOND / 2)), to: Some(Time(to * SECOND / 2)) };
    let clips = [part(0, 1, 3), part(1, 20, 122), whole(&[0])[0]];
    let made = Sequence {
        sources: &sources,
        clips: &clips,
        still_frames: 1,
        dissolve_frames: 0,
        fit: Fit::Cover,
        align: Some(Align::Top),
    };
    let made = made.project("film", composition_for(sources.iter(), None, None)).unwrap();
    assert_eq!(validate(&made.project), []);
    let tracks = &made.project.compositions[0].tracks;
    let halves = |flicks: i64| flicks * 2 / SECOND;
    let of = |track: usize| -> Vec<_> {
        tracks[track].clips.iter().map(|c| (halves(c.start.0), halves(c.duration.0), halves(c.source_in.0))).collect()
    };
    assert_eq!(of(0), [(0, 2, 1), (2, 4, 0)]);
    // The music ends with the pictures.
    assert_eq!(of(1), [(0, 6, 20)]);
    let placed = |c: &Clip| (c.video.transform.fit, c.video.transform.align);
    assert!(tracks[0].clips.iter().all(|c| placed(c) == (Fit::Cover, Some(Align::Top))));
    assert_eq!(tracks[1].clips[0].video.transform.align, None, "sound is not placed");
    // 51 s of music, of which 3 s are heard; the film's sound is 1 s longer than its picture.
    assert_eq!(made.unheard, [(1, TimeDelta(48 * SECOND)), (2, TimeDelta(SECOND))]);
}

#[test]
fn clips_follow_each_other_over_dissolves() {
    let sources = [
        source(MediaKind::Video, 2, Some((64, 36))),
        source(MediaKind::Audio, 3, None),
        source(MediaKind::Image, 0, Some((64, 36))),
    ];
    // The film twice with the still between, and the sound on its own track.
    let composition = composition_for(sources.iter(), None, None);
    let made = sequence(&sources, &whole(&[0, 1, 2, 0]), 30, 10).project("film", composition).unwrap();
    assert_eq!(made.unheard, []);
    let project = made.project;
    assert_eq!(validate(&project), []);
    assert_eq!(project.media.len(), 3);
    let tracks = &project.compositions[0].tracks;
    assert_eq!(tracks.iter().map(|t| t.kind).collect::<Vec<_>>(), [TrackKind::Video, TrackKind::Audio]);
    let frame = |flicks: i64| flicks * 25 / SECOND;
    let clips: Vec<_> = tracks[0].clips.iter().map(|c| (frame(c.start.0), frame(c.duration.0), frame(c.source_in.0))).collect();
    // Each end of a film at a dissolve gives up 5 frames, which the dissolve shows outside the
    // clip; the still gives up none.
    assert_eq!(clips, [(0, 45, 0), (45, 30, 0), (75, 45, 5)]);
    let dissolves: Vec<_> = tracks[0].transitions.iter().map(|x| frame(x.duration.0)).collect();
    assert_eq!(dissolves, [10, 10]);
    assert_eq!(tracks[1].clips[0].duration.0, 3 * SECOND);
}

#[test]
fn a_clip_must_hold_its_dissolves() {
    let stills = [source(MediaKind::Image, 0, Some((64, 36)))];
    let composition = composition_for(stills.iter(), None, None);
    let error = sequence(&stills, &whole(&[0, 0, 0]), 25, 40).project("film", composition).unwrap_err();
    // The middle clip is under half of both dissolves of 40 frames.
    assert_eq!((error.clip, error.frames, error.dissolve_frames, error.needed_frames), (1, 25, 40, 40));
    assert_eq!((error.code(), error.ends, error.is_still), ("usage.dissolve", "at each end", true));
}

/// Two films of 2 s with a dissolve of 10 frames between them.
fn two_films() -> Project {
    let sources = [source(MediaKind::Video, 2, Some((64, 36)))];
    let made = sequence(&sources, &whole(&[0, 0]), 1, 10).project("film", composition_for(sources.iter(), None, None));
    made.unwrap().project
}

#[test]
fn a_clip_is_measured_with_what_its_dissolve_shows() {
    let project = two_films();
    let track = &project.compositions[0].tracks[0];
    let two_secs = TimeDelta(2 * SECOND);
    let measured = Measured::new(track, &track.clips[1], two_secs, rate("25"), TimeDelta::ZERO);
    // 45 frames and the 5 before the cut, which begin 5 frames before the clip.
    assert_eq!(measured.length().0 * 25 / SECOND, 50);
    assert_eq!(measured.time_of_frame(0).0 * 25 / SECOND, -5);
    let size = Size { width: 32, height: 18 };
    let (alone, id) = measured.alone(&project, size);
    assert_eq!(validate(&alone), []);
    let composition = alone.composition(&id).unwrap();
    assert_eq!((composition.size, composition.frame_rate), (size, rate("25")));
    let clips: Vec<_> = composition.tracks.iter().flat_map(|t| &t.clips).collect();
    // The source from its first frame on: the part that the dissolve shows was cut off the clip's
    // start.
    assert_eq!((clips.len(), clips[0].source_in.0, clips[0].duration), (1, 0, two_secs));
    // Everything else is unchanged.
    assert_eq!((&alone.compositions[..1], &alone.media), (&project.compositions[..], &project.media));
}

#[test]
fn a_second_stabilising_replaces_the_first() {
    let mut project = two_films();
    let id = project.compositions[0].tracks[0].clips[0].id.clone();
    let frame = |n: i64, shift_x| StabilizeFrame {
        time: TimeDelta(n * SECOND / 25),
        shift_x,
        shift_y: 0.25,
        rotation_degrees: 1.0,
        scale: 9.0,
    };
    let frames = [frame(0, 0.0), frame(1, 0.123_456_78)];
    let replaced = |edit: Option<Edit>| match edit {
        Some(Edit::ReplaceClip { clip }) => Clip::clone(&clip),
        other => panic!("{other:?}"),
    };
    let edit = stabilize(&project, &id, &frames, 1.1);
    let first = replaced(edit.clone());
    let effect = &first.video.effects[0];
    assert_eq!((effect.id.as_str(), effect.effect.as_str()), ("stabilize-1", STABILIZE_EFFECT));
    let numbers = |name: &str| effect.params[name].values().cloned().collect::<Vec<_>>();
    // Keyframes only for values that change, rounded to millionths; scales within the effect's
    // range.
    assert_eq!(numbers("shiftX"), [0.0, 0.123_457].map(ParamValue::Number));
    assert_eq!(effect.params["shiftY"], Animated::Constant(ParamValue::Number(0.25)));
    assert_eq!(effect.params["scale"], Animated::Constant(ParamValue::Number(4.0)));
    edit.unwrap().apply(&mut project).unwrap();
    assert_eq!(validate(&project), []);
    let again = replaced(stabilize(&project, &id, &frames[..1], 1.5));
    assert_eq!(again.video.effects.len(), 1);
    assert_eq!(
        (again.video.effects[0].id.as_str(), &again.video.effects[0].params["zoom"]),
        ("stabilize-1", &Animated::Constant(ParamValue::Number(1.5)))
    );
    assert_eq!(stabilize(&project, &"none".into(), &frames, 1.0), None);
}
