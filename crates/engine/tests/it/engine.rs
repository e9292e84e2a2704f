//! Stages, requests, plug-ins.
use crate::film::{Known, SIZE, draws, engine, film, number, numbered, opened, settings, settle, state};
use bevy_app::App;
use bevy_ecs::prelude::*;
use cutroom_effects::Catalog;
use cutroom_engine::{
    Activity, Capabilities, DrawOrder, Drawer, Draws, Engine, EngineError, EnginePlugin, EngineSettings, FrameRequest, Invalidate,
    PluginControl, RequestState, TransportCommand, Urgency, is_on, paused, scrubbing, stages,
};
use cutroom_pipeline::{Backend, DrawnBy, GpuFault, GpuFaultKind, Library, RenderOptions, Renderer, output_spec};
use cutroom_test_support::skipped;
use cutroom_timeline::RenderScale;
use cutroom_types::{Picture, PictureFormat};
use std::{
    path::Path,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    time::Duration,
};

const FULL: RenderScale = RenderScale::FULL;

/// Draws numbers, each when it is told to.
struct Gated {
    begun: Sender<i64>,
    go: Receiver<()>,
}

impl Drawer for Gated {
    fn draws(&self) -> Draws {
        draws()
    }

    fn draw(&mut self, order: &DrawOrder) -> Result<Picture, EngineError> {
        self.begun.send(order.frame).unwrap();
        // The test has ended if there is no sender.
        let _ = self.go.recv();
        Ok(numbered(order.frame))
    }
}

fn gated() -> (Gated, Receiver<i64>, Sender<()>) {
    let (begun, begins) = channel();
    let (open, go) = channel();
    (Gated { begun, go }, begins, open)
}

fn states(engine: &mut Engine) -> Vec<(i64, RequestState)> {
    let world = engine.world_mut();
    let mut all: Vec<_> =
        world.query::<(&FrameRequest, &RequestState)>().iter(world).map(|(r, s)| (r.number, r.frame, *s)).collect();
    all.sort_unstable_by_key(|(number, ..)| *number);
    all.into_iter().map(|(_, frame, state)| (frame, state)).collect()
}

fn update_until(engine: &mut Engine, wanted: &[(i64, RequestState)]) {
    for _ in 0..5000 {
        if states(engine) == wanted {
            return;
        }
        engine.update();
        engine.wait(Duration::from_millis(1));
    }
    panic!("{:?} and not {wanted:?}", states(engine));
}

/// What the engine draws is what the pipeline draws of the same document.
#[test]
fn a_requested_frame_is_that_of_the_pipeline() {
    let project = film(2, 3, 5);
    let mut engine = opened(&project, settings());
    let (revision, open) = engine.document().unwrap();
    let handle = engine.request(7, FULL, Urgency::Normal);
    let half = engine.request(7, RenderScale::new(0.5).unwrap(), Urgency::Normal);
    settle(&mut engine);
    let answer = handle.poll().unwrap().unwrap();
    assert_eq!((answer.frame, answer.revision, answer.exact), (7, revision, true));
    let mut renderer = Renderer::new(RenderOptions { threads: 1, ..RenderOptions::default() }).unwrap();
    let output = output_spec(open.composition(), PictureFormat::YUV420P8);
    let key = open.frame_key(&open.frame_plan(7, FULL).unwrap(), &output, &DrawnBy::from(&renderer));
    assert_eq!(answer.key, Some(key.unwrap()));
    let expected = open.frame(7, &mut renderer, &output).unwrap();
    let rows = |p: &Picture| p.planes.iter().flat_map(|plane| (0..plane.rows()).map(|y| plane.row(y).to_vec())).collect::<Vec<_>>();
    assert_eq!((answer.picture.size, rows(&answer.picture)), (SIZE, rows(&expected)));
    assert_eq!(half.poll().unwrap().unwrap().picture.size.width, SIZE.width / 2);
}

/// A card that fails while frames are drawn costs none of them.
#[test]
fn frames_are_those_of_the_pipeline_although_the_card_fails() {
    let project = film(2, 3, 5);
    let render = RenderOptions { backend: Backend::Gpu, threads: 1, ..RenderOptions::default() };
    let Ok(mut renderer) = Renderer::new(render) else { return skipped("no device", "Vulkan has no device") };
    for kind in [GpuFaultKind::Lost, GpuFaultKind::OutOfMemory] {
        let faulty = RenderOptions { fault: Some(GpuFault { kind, frame: 4 }), ..render };
        let library = Arc::new(Library::new(Path::new(".")));
        let settings = EngineSettings::new(Catalog::builtin(), library, faulty, draws().output).unwrap();
        let mut engine = opened(&project, settings);
        let half = RenderScale::new(0.5).unwrap();
        let handles: Vec<_> = (0..10).map(|n| (n, engine.request(n, half, Urgency::Normal))).collect();
        settle(&mut engine);
        let (_, open) = engine.document().unwrap();
        let output = output_spec(open.composition(), PictureFormat::YUV420P8);
        let rows =
            |p: &Picture| p.planes.iter().flat_map(|plane| (0..plane.rows()).map(|y| plane.row(y).to_vec())).collect::<Vec<_>>();
        for (n, handle) in handles {
            let got = handle.poll().unwrap().unwrap();
            let expected = open.frame_at_scale(n, half, &mut renderer, &output).unwrap();
            assert_eq!(rows(&got.picture), rows(&expected), "frame {n}, {kind:?}");
        }
        let lost = open.drawn().lost;
        assert_eq!(lost.len(), 1, "{lost:?}");
        assert!((0..10).contains(&lost[0].from_frame) && lost[0].continued_by.starts_with("gpu ("), "{lost:?}");
    }
}

#[test]
fn a_request_moves_through_the_stages_and_ends() {
    let (drawer, begins, go) = gated();
    let mut engine = engine(&film(1, 10, 5), drawer);
    let first = engine.request(3, FULL, Urgency::Normal);
    let second = engine.request(17, FULL, Urgency::Normal);
    assert_eq!(states(&mut engine), [(3, RequestState::Wanted), (17, RequestState::Wanted)]);
    engine.update();
    assert_eq!(begins.recv().unwrap(), 3);
    update_until(&mut engine, &[(3, RequestState::Drawing), (17, RequestState::Decoding)]);
    go.send(()).unwrap();
    assert_eq!(begins.recv().unwrap(), 17);
    update_until(&mut engine, &[(17, RequestState::Drawing)]);
    assert_eq!(number(&first.poll().unwrap().unwrap().picture), 3);
    go.send(()).unwrap();
    settle(&mut engine);
    assert_eq!(number(&second.poll().unwrap().unwrap().picture), 17);
    assert!(states(&mut engine).is_empty());
    // From the cache: within one update, and nothing is drawn.
    let again = engine.request(3, FULL, Urgency::Normal);
    engine.update();
    assert_eq!(number(&again.poll().unwrap().unwrap().picture), 3);
    assert!(begins.try_recv().is_err());
    engine.send(Invalidate::Everything);
    let anew = engine.request(3, FULL, Urgency::Normal);
    engine.update();
    assert_eq!(begins.recv().unwrap(), 3);
    drop(go);
    settle(&mut engine);
    assert!(anew.poll().unwrap().unwrap().exact);
}

#[test]
fn urgent_frames_are_drawn_first_and_dropped_ones_not_at_all() {
    let (drawer, begins, go) = gated();
    let mut engine = engine(&film(1, 40, 1), drawer);
    let held = engine.request(0, FULL, Urgency::Normal);
    engine.update();
    assert_eq!(begins.recv().unwrap(), 0);
    // The queue of the render thread takes eight; then urgency counts.
    let ahead: Vec<_> = (1..30).map(|n| engine.request(n, FULL, Urgency::Prefetch)).collect();
    let urgent = engine.request(35, FULL, Urgency::Normal);
    engine.update();
    drop(ahead);
    engine.update();
    drop(go);
    settle(&mut engine);
    assert_eq!(number(&urgent.poll().unwrap().unwrap().picture), 35);
    // Frame 0 was being drawn, frame 35 was ordered first, and nothing else was wanted any more.
    assert_eq!(begins.try_iter().collect::<Vec<_>>(), [35]);
    assert_eq!(engine.state().overtaken, 29);
    drop(held);
}

/// Somebody drags the playhead: the nearest picture at once, then the exact one, and only of the
/// newest position.
#[test]
fn scrubbing_answers_with_the_nearest_picture_first() {
    let (drawer, begins, go) = gated();
    let mut engine = engine(&film(1, 100, 1), drawer);
    let cached = engine.request(40, FULL, Urgency::Normal);
    go.send(()).unwrap();
    settle(&mut engine);
    assert!(cached.poll().unwrap().unwrap().exact);
    assert_eq!(begins.recv().unwrap(), 40);
    let mut handles = Vec::new();
    for n in [50, 60, 70] {
        handles.push(engine.scrub(n, FULL));
        engine.update();
        if n == 50 {
            assert_eq!(begins.recv().unwrap(), 50);
        }
    }
    assert_eq!(engine.state().activity, Activity::Scrubbing);
    assert_eq!(engine.state().frame, 70);
    for handle in &handles {
        let near = handle.poll().unwrap().unwrap();
        assert_eq!((near.exact, near.frame, number(&near.picture)), (false, 40, 40));
    }
    drop(go);
    settle(&mut engine);
    for (handle, frame) in handles.iter().zip([50, 60]) {
        let error = handle.poll().unwrap_err();
        assert_eq!(
            (error.code(), error.to_string()),
            ("engine.overtaken", format!("frame {frame} was not drawn: a later request replaced this one"))
        );
    }
    let exact = handles[2].poll().unwrap().unwrap();
    assert_eq!((exact.exact, exact.frame, number(&exact.picture)), (true, 70, 70));
    // The one in the middle was never drawn; the first one was begun already.
    assert_eq!(begins.try_iter().collect::<Vec<_>>(), [70]);
    // What was drawn and not wanted any more is in the cache.
    let kept = engine.scrub(50, FULL);
    engine.update();
    assert!(kept.poll().unwrap().unwrap().exact);
}

#[test]
fn an_update_without_time_plans_one_frame_the_most_urgent_first() {
    let (drawer, _begins, go) = gated();
    let mut engine = opened(&film(1, 20, 1), EngineSettings { budget: Duration::ZERO, drawer: Box::new(drawer), ..settings() });
    let _handles: Vec<_> = [(1, Urgency::Prefetch), (2, Urgency::Normal), (3, Urgency::Normal)]
        .into_iter()
        .map(|(n, u)| engine.request(n, FULL, u))
        .collect();
    let wanted = |engine: &mut Engine| -> Vec<i64> {
        states(engine).into_iter().filter(|(_, s)| *s == RequestState::Wanted).map(|(n, _)| n).collect()
    };
    for left in [vec![1, 3], vec![1], vec![]] {
        engine.update();
        assert_eq!(wanted(&mut engine), left);
    }
    drop(go);
}

#[test]
fn a_document_that_cannot_be_opened_leaves_the_one_before() {
    let project = film(1, 2, 5);
    let mut engine = engine(&project, Known);
    let mut broken = project.clone();
    broken.compositions[0].tracks[0].clip_mut(1).start = crate::film::at(2);
    engine.send(state(&broken, 2));
    let error = engine.until_open(2, Duration::from_secs(20)).err().unwrap();
    assert_eq!(error.code(), "project.overlap");
    assert_eq!(engine.state().revision, Some(1));
    engine.send(state(&project, 3));
    engine.until_open(3, Duration::from_secs(20)).unwrap();
    assert!(engine.failure().is_none());
}

#[test]
fn only_the_newest_of_several_states_is_opened() {
    let mut project = film(1, 2, 5);
    let mut engine = engine(&project, Known);
    for revision in 2..50 {
        project.compositions[0].tracks[0].clip_mut(0).video.opacity = (1.0 / revision as f64).into();
        engine.send(state(&project, revision));
    }
    let open = engine.until_open(49, Duration::from_secs(20)).unwrap();
    assert_eq!(open.project().compositions, project.compositions);
    let opened = engine.jobs().metrics(cutroom_engine::jobs::Pool::Default, cutroom_engine::jobs::Priority::Immediate);
    assert_eq!(opened.submitted, 2, "one for the first state, one for the last");
    let rebuilt = {
        let updated = engine.dump();
        engine.rebuild_mirror();
        (updated, engine.dump())
    };
    assert_eq!(rebuilt.0, rebuilt.1);
}

#[derive(Resource, Default)]
struct Count(Vec<&'static str>);

/// Adds systems that write one resource, with or without an order.
struct Counting {
    name: &'static str,
    needs: Capabilities,
    is_ordered: bool,
}

impl EnginePlugin for Counting {
    fn name(&self) -> &'static str {
        self.name
    }

    fn needs(&self) -> Capabilities {
        self.needs
    }

    fn build(&self, app: &mut App) {
        app.init_resource::<Count>();
        let first = |mut count: ResMut<Count>| count.0.push("first");
        let second = |mut count: ResMut<Count>| count.0.push("second");
        match self.is_ordered {
            true => {
                app.add_systems(
                    stages::Update,
                    (first.run_if(paused), second.run_if(scrubbing))
                        .chain()
                        .in_set(stages::Stage::Output)
                        .run_if(is_on("counting")),
                );
            }
            false => {
                app.add_systems(stages::Update, (first, second).in_set(stages::Stage::Output));
            }
        }
    }
}

#[test]
fn plugins_run_in_stages_are_switched_and_may_be_refused() {
    let mut engine = opened(
        &film(1, 2, 5),
        EngineSettings { allowed: Capabilities { network: false, ..Capabilities::ALL }, drawer: Box::new(Known), ..settings() },
    );
    let nothing = Capabilities::default();
    let online = Counting { name: "online", needs: Capabilities { network: true, ..nothing }, is_ordered: true };
    let error = engine.add_plugin(&online).unwrap_err();
    assert_eq!(error.to_string(), "the plug-in \"online\" needs the network, which this session does not allow");
    let counting = Counting { name: "counting", needs: Capabilities { gpu: true, ..nothing }, is_ordered: true };
    engine.add_plugin(&counting).unwrap();
    assert_eq!(engine.add_plugin(&counting).unwrap_err().code(), "engine.plugin.twice");
    let count = |engine: &mut Engine| {
        engine.update();
        std::mem::take(&mut engine.world_mut().resource_mut::<Count>().0)
    };
    assert_eq!(count(&mut engine), ["first"]);
    engine.transport(TransportCommand::Scrub(3));
    assert_eq!(count(&mut engine), ["second"]);
    engine.send(PluginControl { plugin: "counting".into(), on: false });
    assert!(count(&mut engine).is_empty());
    engine.send(PluginControl { plugin: "counting".into(), on: true });
    engine.transport(TransportCommand::Pause);
    assert_eq!(count(&mut engine), ["first"]);
    // Two systems that write the same thing in no order.
    let unordered = Counting { name: "unordered", needs: nothing, is_ordered: false };
    assert_eq!(engine.add_plugin(&unordered).unwrap_err().code(), "engine.schedule");
}
