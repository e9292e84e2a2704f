//! Every title at several sizes and lengths: valid, inside the canvas, at rest after its entrance.
use cutroom_drawing::{Drawer, FontSet};
use cutroom_effects::Catalog;
use cutroom_project::{
    Animatable, Animated, ClipSource, Composition, Project,
    shape::Outline,
    text::{AnimationPhase, TextUnit},
    title::{TITLES, Title, TitleCanvas, TitleParamKind},
};
use cutroom_timeline::{
    Timeline,
    drawing::{Drawing, DrawingContent},
    plan::{Content, FramePlan, Layer},
};
use cutroom_types::{FrameRate, Size, TimeDelta};
use std::collections::BTreeMap;

fn canvas(width: u32, height: u32, secs: f64) -> TitleCanvas {
    let frame_rate: FrameRate = "25".parse().unwrap();
    TitleCanvas { size: Size { width, height }, frame_rate, duration: TimeDelta::from_secs_f64(secs) }
}

/// Texts that are much longer than usual.
fn long(title: &Title) -> BTreeMap<String, String> {
    let texts = title.params.iter().filter(|p| matches!(p.kind, TitleParamKind::Text(_)));
    let words = "Wolfeschlegelsteinhausenbergerdorff Junior, Chief Executive Officer of Everything";
    texts.map(|p| (p.id.to_owned(), words.to_owned())).collect()
}

fn made(title: &Title, given: &BTreeMap<String, String>, canvas: &TitleCanvas) -> Composition {
    title.composition(&title.values(given).unwrap(), canvas, "t")
}

fn planned(project: &Project, frame: i64) -> FramePlan {
    let catalog = Catalog::builtin();
    Timeline::new(project, &project.main, &catalog).unwrap().frame(frame).unwrap()
}

fn texts(plan: &FramePlan) -> Vec<(&Layer, &Drawing)> {
    let text = |l: &'_ Layer| matches!(&l.content, Content::Drawing(d) if matches!(d.content, DrawingContent::Text(_)));
    plan.layers
        .iter()
        .filter(|l| text(l))
        .filter_map(|l| if let Content::Drawing(d) = &l.content { Some((l, &**d)) } else { None })
        .collect()
}

#[test]
fn every_title_is_valid_and_its_texts_stay_inside_the_safe_part() {
    let fonts = FontSet::shipped();
    let mut drawer = Drawer::default();
    for title in TITLES {
        for (width, height) in [(1280, 720), (1080, 1920), (3840, 2160)] {
            for secs in [1.0, 5.0, 60.0] {
                for given in [BTreeMap::new(), long(title)] {
                    let canvas = canvas(width, height, secs);
                    let project = Project::new("t", made(title, &given, &canvas));
                    let at = format!("{} {width}x{height} {secs} s", title.id);
                    let problems = cutroom_timeline::validate(&project, &Catalog::builtin());
                    assert!(problems.is_empty(), "{at}: {problems:?}");
                    assert_eq!(project.compositions[0].length(), canvas.duration, "{at}");
                    let plan = planned(&project, (secs * 12.5) as i64);
                    assert!(!plan.layers.is_empty(), "{at}: nothing to see in the middle");
                    // Layouts are the same at each length; what is outside of its room shows at both sizes.
                    if width == 3840 || secs != 5.0 || title.id.starts_with("credits") {
                        continue;
                    }
                    for (layer, drawing) in texts(&plan) {
                        let DrawingContent::Text(block) = &drawing.content else { continue };
                        let layout = drawer.layout(block, &fonts).unwrap();
                        for line in &layout.lines {
                            let place = layer.transform.position_px.map(f64::from);
                            let x = [line.x0, line.x1].map(|x| x - layout.size[0] / 2.0 + place[0]);
                            let y = [line.y0, line.y1].map(|y| y - layout.size[1] / 2.0 + place[1]);
                            let half = [f64::from(width) * 0.45, f64::from(height) * 0.45];
                            let inside = x.iter().all(|x| x.abs() <= half[0] + 1.0) && y.iter().all(|y| y.abs() <= half[1] + 1.0);
                            assert!(inside, "{at}: {} reaches {x:?} {y:?}, the limit is {half:?}", layer.clip);
                        }
                    }
                }
            }
        }
    }
}

/// After the entrance, and until the exit, everything has its own place, opacity and look.
#[test]
fn titles_rest_between_entrance_and_exit() {
    fn at_rest<T: Animatable + PartialEq + std::fmt::Debug>(of: &Animated<T>, times: &[TimeDelta], what: &str) {
        let values: Vec<T> = times.iter().map(|t| of.value_at(*t)).collect();
        assert!(values.windows(2).all(|w| w[0] == w[1]), "{what}: {values:?}");
    }
    for title in TITLES.iter().filter(|t| !t.is_moving) {
        for secs in [1.0, 5.0, 60.0] {
            let made = made(title, &BTreeMap::new(), &canvas(1280, 720, secs));
            let (enter, leave) = ((secs * 0.25).min(0.8), (secs * 0.2).min(0.6));
            let times = [enter, secs / 2.0, secs - leave - 0.001].map(TimeDelta::from_secs_f64);
            for clip in made.clips() {
                let what = format!("{} {secs} s, {}", title.id, clip.id);
                at_rest(&clip.video.transform.position_px, &times, &what);
                at_rest(&clip.video.opacity, &times, &what);
                match &clip.source {
                    ClipSource::Text(text) => {
                        for a in &text.animations {
                            // How many lines there are is not known here.
                            let units = match a.unit {
                                TextUnit::Character => text.text.chars().filter(|c| !c.is_whitespace()).count(),
                                TextUnit::Word => text.text.split_whitespace().count(),
                                TextUnit::Line | TextUnit::Text => 1,
                            };
                            let last = units.saturating_sub(1);
                            let end = a.delay.as_secs_f64() + a.duration.as_secs_f64() + a.stagger.as_secs_f64() * last as f64;
                            let limit = if a.phase == AnimationPhase::In { enter } else { leave };
                            assert!(end <= limit + 1e-6, "{what}: its letters are done after {end} s, not {limit} s");
                        }
                    }
                    ClipSource::Shape(shape) => {
                        for s in &shape.shapes {
                            at_rest(&s.opacity, &times, &what);
                            for o in &s.outlines {
                                if let Outline::Rectangle { center, size, .. } = &o.outline {
                                    at_rest(center, &times, &what);
                                    at_rest(size, &times, &what);
                                }
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}

/// A title as a command: one step that undo takes back; the second one above the first where they overlap,
/// beside it where there is room.
#[test]
fn titles_are_added_by_a_command() {
    use cutroom_api::{Editor, Session};
    use cutroom_types::CancelToken;
    use serde_json::{Value, json};
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("film.json");
    let film = json!({"schema_version": 2, "name": "t", "main": "m", "compositions": [{"id": "m", "size": {"width": 640, "height": 360},
        "frame_rate": 25, "tracks": [{"id": "v1", "clips": [
            {"id": "c", "source": {"type": "solid", "color": [0.1, 0.2, 0.3, 1.0]}, "start": 0, "duration": "20s"}]}]}]});
    std::fs::write(&path, film.to_string()).unwrap();
    let mut editor = Editor::new(Session::open(&path).unwrap(), None, false).unwrap();
    let add = |editor: &mut Editor, command: Value| editor.execute(&json!({"add_title": command}), &CancelToken::new());
    let named = json!({"title": "lower-third", "values": {"name": "Ada Lovelace"}, "at": "2s", "duration": "4s"});
    add(&mut editor, named.clone()).unwrap();
    let project = |editor: &Editor| cutroom_project::from_json(&editor.session().document_json()).unwrap();
    let places = |editor: &Editor| {
        let film = &project(editor).compositions[0];
        let of = |t: &cutroom_project::Track| t.clips.iter().map(|c| c.start.as_secs_f64()).collect::<Vec<_>>();
        film.tracks.iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(places(&editor), [vec![0.0], vec![2.0]]);
    let text = serde_json::to_string(&project(&editor)).unwrap();
    assert!(text.contains("Ada Lovelace"));
    add(&mut editor, json!({"title": "lower-third", "at": "10s", "duration": "2s"})).unwrap();
    add(&mut editor, json!({"title": "lower-third", "at": "11s", "duration": "2s"})).unwrap();
    assert_eq!(places(&editor), [vec![0.0], vec![2.0, 10.0], vec![11.0]]);
    let refused = |command: Value| add(&mut Editor::new(Session::open(&path).unwrap(), None, false).unwrap(), command).unwrap_err();
    assert_eq!(refused(json!({"title": "lower-thrid", "at": "0"}))[0].code, "usage.title");
    assert_eq!(refused(json!({"title": "lower-third", "at": "0", "track": "v1"}))[0].code, "usage.title_track");
    editor.execute(&json!({"undo": {"steps": 3}}), &CancelToken::new()).unwrap();
    assert_eq!(places(&editor), [vec![0.0]]);
    assert_eq!(project(&editor).compositions.len(), 1);
}
