//! A running session: what is edited is shown, files that change are noticed, jobs run beside.
use cutroom_api::{
    CancelToken, Editor, JobKind, JobResult, LiveOptions, LiveSession, MediaChange, Session, SessionEvent, TransportActivity,
    ViewId,
};
use cutroom_engine::{FrameAnswer, ProxyNode, Urgency};
use cutroom_timeline::RenderScale;
use serde_json::{Value, json};
use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

const LONG: Duration = Duration::from_secs(60);

/// A film of 50 frames of noise, from a file that is written, too.
fn noise(path: &Path, seed: u32) {
    let source = format!("color=gray:size=64x36:rate=25,noise=alls=60:allf=t:all_seed={seed}");
    let args = ["-v", "error", "-y", "-f", "lavfi", "-i", &source, "-frames:v", "50", "-c:v", "ffv1", "-pix_fmt", "yuv420p"];
    assert!(Command::new("ffmpeg").args(args).arg(path).status().unwrap().success());
}

fn film(dir: &Path) -> std::path::PathBuf {
    noise(&dir.join("a.mkv"), 1);
    let text = json!({"schema_version": 2, "main": "m", "media": [{"id": "a", "path": "a.mkv"}], "compositions": [
        {"id": "m", "size": {"width": 64, "height": 36}, "frame_rate": 25, "tracks": [{"id": "v", "clips": [
            {"id": "c1", "source": {"type": "media", "media": "a"}, "start": 0, "duration": "1s"},
            {"id": "c2", "source": {"type": "media", "media": "a"}, "start": "1s", "duration": "1s"}]}]},
        {"id": "other", "size": {"width": 32, "height": 32}, "frame_rate": 25, "tracks": [{"id": "w", "clips": [
            {"id": "s", "source": {"type": "solid", "color": [0.5, 0.0, 0.0, 1.0]}, "start": 0, "duration": "4s"}]}]}]});
    let path = dir.join("film.json");
    std::fs::write(&path, text.to_string()).unwrap();
    path
}

fn live(path: &Path, watches: bool) -> LiveSession {
    let editor = Editor::new(Session::open(path).unwrap(), None, false).unwrap();
    LiveSession::new(editor, LiveOptions { watches, ..LiveOptions::default() }).unwrap()
}

fn execute(live: &mut LiveSession, command: Value) -> (SessionEvent, Vec<SessionEvent>) {
    let mut events = Vec::new();
    let done = live.execute(&command, &CancelToken::new(), &mut |event| events.push(event));
    (done.unwrap_or_else(|e| panic!("{command}: {e:?}")), events)
}

/// Updates until an event is there.
fn until<T>(live: &mut LiveSession, of: impl Fn(&SessionEvent) -> Option<T>) -> T {
    let end = Instant::now() + LONG;
    let mut found = None;
    while found.is_none() {
        assert!(Instant::now() < end, "the event does not come");
        live.update(&mut |event| found = found.take().or_else(|| of(&event)));
        live.pause(Duration::from_millis(1));
    }
    found.unwrap()
}

fn frame(live: &mut LiveSession, n: i64, scale: f64) -> FrameAnswer {
    let handle = live.engine(ViewId::SCRIPT).unwrap().request(n, RenderScale::new(scale).unwrap(), Urgency::Normal);
    let end = Instant::now() + LONG;
    loop {
        live.update(&mut |event| assert!(!matches!(event, SessionEvent::Failed { .. }), "{event:?}"));
        if let Some(answer) = handle.poll().unwrap() {
            return answer;
        }
        assert!(Instant::now() < end, "no frame");
        live.pause(Duration::from_millis(1));
    }
}

/// Waits until the engine shows the state after all edits.
fn shown(live: &mut LiveSession) {
    let end = Instant::now() + LONG;
    // Commands that waited for the document are carried out by the update after the one that opened it.
    let mut idle = 0;
    loop {
        live.update(&mut |_| {});
        idle = if live.engine(ViewId::SCRIPT).unwrap().is_idle() { idle + 1 } else { 0 };
        if idle == 3 {
            return;
        }
        assert!(Instant::now() < end, "the engine does not come to rest");
        live.pause(Duration::from_millis(1));
    }
}

fn pixels(answer: &FrameAnswer) -> Vec<Vec<u8>> {
    answer.picture.planes.iter().flat_map(|plane| (0..plane.rows()).map(|y| plane.row(y).to_vec())).collect()
}

#[test]
fn edits_are_shown_and_undone_from_the_cache() {
    let dir = tempfile::tempdir().unwrap();
    let mut live = live(&film(dir.path()), false);
    let before = [5, 30].map(|n| pixels(&frame(&mut live, n, 1.0)));
    let bright = json!({"add_effect": {"clips": ["c2"], "effect": "brightness", "params": {"amount": 0.5}}});
    execute(&mut live, bright);
    shown(&mut live);
    let after = [5, 30].map(|n| pixels(&frame(&mut live, n, 1.0)));
    assert!(after[0] == before[0] && after[1] != before[1]);
    let mean = |rows: &[Vec<u8>]| rows[..36].iter().flatten().map(|s| f64::from(*s)).sum::<f64>() / (64.0 * 36.0);
    assert!(mean(&after[1]) > mean(&before[1]) + 20.0);
    let misses = live.engine(ViewId::SCRIPT).unwrap().state().cache.misses;
    execute(&mut live, json!({"undo": {}}));
    shown(&mut live);
    assert!([5, 30].map(|n| pixels(&frame(&mut live, n, 1.0))) == before);
    assert_eq!(live.engine(ViewId::SCRIPT).unwrap().state().cache.misses, misses, "both were in the cache");
    // Another composition, and back when it is deleted.
    execute(&mut live, json!({"show": {"composition": "other"}}));
    shown(&mut live);
    assert_eq!(frame(&mut live, 70, 1.0).picture.size.width, 32);
    execute(&mut live, json!({"remove_composition": {"id": "other"}}));
    shown(&mut live);
    assert!(pixels(&frame(&mut live, 30, 1.0)) == before[1]);
}

#[test]
fn a_replaced_file_is_noticed_and_shown() {
    let dir = tempfile::tempdir().unwrap();
    let mut live = live(&film(dir.path()), true);
    let before = pixels(&frame(&mut live, 5, 1.0));
    noise(&dir.path().join("new.mkv"), 7);
    std::fs::rename(dir.path().join("new.mkv"), dir.path().join("a.mkv")).unwrap();
    let change = |event: &SessionEvent| match event {
        SessionEvent::MediaChanged { media, change, .. } => Some((media.clone(), change.clone())),
        _ => None,
    };
    assert_eq!(until(&mut live, change), ("a".into(), MediaChange::Replaced));
    shown(&mut live);
    let after = pixels(&frame(&mut live, 5, 1.0));
    assert!(after != before);
    // A file that is lost is a slate; when it is back, it is itself.
    std::fs::rename(dir.path().join("a.mkv"), dir.path().join("away.mkv")).unwrap();
    let reason = "there is no such file".to_owned();
    assert_eq!(until(&mut live, change).1, MediaChange::Offline { reason });
    shown(&mut live);
    let slate = pixels(&frame(&mut live, 5, 1.0));
    assert!(slate != before && slate != after);
    std::fs::rename(dir.path().join("away.mkv"), dir.path().join("a.mkv")).unwrap();
    assert_eq!(until(&mut live, change).1, MediaChange::Back { unchanged: true });
    shown(&mut live);
    assert!(pixels(&frame(&mut live, 5, 1.0)) == after);
    // Media that are added are watched, too.
    noise(&dir.path().join("b.mkv"), 3);
    execute(&mut live, json!({"import_media": {"files": [dir.path().join("b.mkv")]}}));
    noise(&dir.path().join("new.mkv"), 4);
    std::thread::sleep(Duration::from_millis(500));
    std::fs::rename(dir.path().join("new.mkv"), dir.path().join("b.mkv")).unwrap();
    assert_eq!(until(&mut live, change), ("m1".into(), MediaChange::Replaced));
}

#[test]
fn proxies_are_made_beside_and_switched_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut live = live(&film(dir.path()), false);
    let full = frame(&mut live, 5, 0.5);
    let (begun, _) = execute(&mut live, json!({"make_proxies": {}}));
    assert!(matches!(&begun, SessionEvent::Job { job } if (job.job, job.kind) == (1, JobKind::MakeProxies)), "{begun:?}");
    let (_, events) = execute(&mut live, json!({"wait": {"job": 1}}));
    let done = events.iter().find_map(|e| match e {
        SessionEvent::JobDone { job: 1, result } => Some(result.clone()),
        _ => None,
    });
    assert!(matches!(done.as_deref(), Some(JobResult::MakeProxies(report)) if report.made.len() == 1), "{events:?}");
    shown(&mut live);
    let nodes = |live: &mut LiveSession| {
        let world = live.engine(ViewId::SCRIPT).unwrap().world_mut();
        world.query::<&ProxyNode>().iter(world).map(|p| (p.media.to_string(), p.stream)).collect::<Vec<_>>()
    };
    assert_eq!(nodes(&mut live), [], "they are not asked for");
    assert_eq!(frame(&mut live, 5, 0.5).key, full.key);
    execute(&mut live, json!({"preview": {"proxies": "auto"}}));
    shown(&mut live);
    assert_eq!(nodes(&mut live), [("a".to_owned(), 0)]);
    let proxy = frame(&mut live, 5, 0.5);
    assert!(proxy.key != full.key && proxy.picture.size == full.picture.size);
    // Softer at most: the means agree.
    let mean = |answer: &FrameAnswer| {
        let rows = pixels(answer);
        rows[..18].iter().flatten().map(|s| f64::from(*s)).sum::<f64>() / (18.0 * 32.0)
    };
    assert!((mean(&proxy) - mean(&full)).abs() < 2.0, "{} {}", mean(&proxy), mean(&full));
    execute(&mut live, json!({"preview": {"proxies": "off"}}));
    shown(&mut live);
    assert_eq!(frame(&mut live, 5, 0.5).key, full.key);
}

#[test]
fn imports_in_the_background_are_steps_and_see_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let mut live = live(&film(dir.path()), false);
    noise(&dir.path().join("b.mkv"), 3);
    let import = json!({"import_in_background": {"files": [dir.path().join("b.mkv")]}});
    execute(&mut live, import.clone());
    execute(&mut live, import);
    // The id that the import would choose is taken meanwhile.
    execute(&mut live, json!({"add_media": {"media": {"id": "m1", "path": "a.mkv"}}}));
    let (_, events) = execute(&mut live, json!({"wait": {}}));
    let imports: Vec<_> = events
        .iter()
        .filter_map(|e| match e {
            SessionEvent::JobDone { result, .. } => match &**result {
                JobResult::Import(report) => Some((report.added.len(), report.duplicates.len())),
                other => panic!("{other:?}"),
            },
            _ => None,
        })
        .collect();
    assert_eq!(imports, [(1, 0), (0, 1)]);
    let (undone, _) = execute(&mut live, json!({"undo": {"steps": 2}}));
    assert!(matches!(&undone, SessionEvent::Undone { steps, .. } if steps.len() == 2 && steps.contains(&"import_media".into())));
    let none = json!({"import_in_background": {"files": [dir.path().join("none.mkv")]}});
    execute(&mut live, none);
    let mut failed = Vec::new();
    let refused = live.execute(&json!({"wait": {}}), &CancelToken::new(), &mut |event| failed.push(event)).unwrap_err();
    assert_eq!(refused[0].code, "media.open.not_found");
    assert!(matches!(&failed[..], [SessionEvent::JobFailed { job: 3, .. }]), "{failed:?}");
    // It is told once.
    execute(&mut live, json!({"wait": {}}));
}

#[test]
fn a_cancelled_export_leaves_nothing_and_a_state_that_cannot_be_shown_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let mut live = live(&film(dir.path()), false);
    let refused = live.execute(&json!({"export": {"output": dir.path().join("a.mkv")}}), &CancelToken::new(), &mut |_| {});
    assert!(refused.unwrap_err()[0].code.starts_with("usage."), "refused before it begins");
    let long = json!({"set": {"of": {"clip": "s"}, "field": "duration", "value": "2000s"}});
    execute(&mut live, long);
    let output = dir.path().join("long.mkv");
    let (begun, _) = execute(&mut live, json!({"export": {"output": output, "composition": "other"}}));
    let SessionEvent::Job { job } = begun else { panic!("{begun:?}") };
    let names = |events: &SessionEvent| matches!(events, SessionEvent::Job { job: report } if report.done > 0).then_some(());
    until(&mut live, names);
    assert!(matches!(execute(&mut live, json!({"jobs": {}})).0, SessionEvent::Jobs { jobs } if jobs.len() == 1));
    execute(&mut live, json!({"cancel": {"job": job.job}}));
    let failed = until(&mut live, |e| match e {
        SessionEvent::JobFailed { errors, .. } => Some(errors[0].code.clone()),
        _ => None,
    });
    assert_eq!((failed.as_str(), output.exists()), ("export.cancelled", false));
    let unknown = live.execute(&json!({"cancel": {"job": 9}}), &CancelToken::new(), &mut |_| {}).unwrap_err();
    assert_eq!(unknown[0].code, "usage.job");
    // A look-up table that is not there: the edit is one of the document, and cannot be shown.
    shown(&mut live);
    let lut = json!({"add_effect": {"clips": ["c1"], "effect": "lut", "params": {"file": "none.cube"}}});
    execute(&mut live, lut);
    let code = until(&mut live, |e| match e {
        SessionEvent::Failed { errors } => Some(errors[0].code.clone()),
        _ => None,
    });
    assert_eq!(code, "media.open.not_found");
    execute(&mut live, json!({"undo": {}}));
    shown(&mut live);
    frame(&mut live, 5, 1.0);
}

#[test]
fn the_transport_obeys_and_tells() {
    let dir = tempfile::tempdir().unwrap();
    let mut live = live(&film(dir.path()), false);
    let transport = |event: SessionEvent| match event {
        SessionEvent::Transport { transport } => transport,
        other => panic!("{other:?}"),
    };
    // Commands before the document is open wait for it.
    let first = transport(execute(&mut live, json!({"seek": {"to": "30"}})).0);
    assert!(matches!(first.activity, TransportActivity::Opening | TransportActivity::Paused));
    shown(&mut live);
    live.update(&mut |_| {});
    let at = |live: &mut LiveSession, command| {
        let report = transport(execute(live, command).0);
        (report.frame, report.activity)
    };
    assert_eq!(at(&mut live, json!({"transport": {}})), (30, TransportActivity::Paused));
    assert_eq!(at(&mut live, json!({"step": {"frames": -3}})), (27, TransportActivity::Paused));
    assert_eq!(at(&mut live, json!({"scrub": {"to": "00:00:01:10"}})), (35, TransportActivity::Scrubbing));
    assert_eq!(at(&mut live, json!({"loop": {"from": "10", "to": "14", "times": 2}})).0, 35);
    assert_eq!(at(&mut live, json!({"play": {}})).1, TransportActivity::Prerolling);
    let (_, events) = execute(&mut live, json!({"wait": {"playback": true}}));
    let played = events.iter().find_map(|e| match e {
        SessionEvent::Played { figures } => Some(*figures),
        _ => None,
    });
    // From outside of the range it begins at its start: twice four frames.
    let played = played.unwrap();
    assert_eq!(played.shown + played.dropped, 8, "{events:?}");
    assert!((played.played_secs - 0.32).abs() < 0.01, "{played:?}");
    assert_eq!(at(&mut live, json!({"loop": {}})), (13, TransportActivity::Paused));
    for (command, code) in [
        (json!({"seek": {"to": "50"}}), "usage.position"),
        (json!({"shuttle": {"speed": 9}}), "usage.speed"),
        (json!({"preview": {"scale": 100}}), "usage.scale"),
        (json!({"show": {"composition": "zz"}}), "usage.composition"),
        (json!({"seek": {}}), "usage.command"),
    ] {
        let errors = live.execute(&command, &CancelToken::new(), &mut |_| {}).unwrap_err();
        assert_eq!(errors[0].code, code, "{command}");
    }
}

fn refused(live: &mut LiveSession, command: Value) -> String {
    live.execute(&command, &CancelToken::new(), &mut |_| {}).unwrap_err()[0].code.clone()
}

/// A state that cannot be shown is told each time, stops what waits for it, and ends with its cause.
#[test]
fn what_cannot_be_shown_is_told_and_tried_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut live = live(&film(dir.path()), true);
    shown(&mut live);
    let wait = json!({"wait": {"playback": true}});
    execute(&mut live, json!({"add_effect": {"clips": ["c1"], "effect": "lut", "params": {"file": "table.cube"}}}));
    for _ in 0..2 {
        execute(&mut live, json!({"loop": {"from": "0", "to": "3", "times": 1}}));
        execute(&mut live, json!({"play": {}}));
        assert_eq!(refused(&mut live, wait.clone()), "media.open.not_found");
    }
    // Look-up tables are not watched: playing looks for it again.
    std::fs::write(dir.path().join("table.cube"), "LUT_3D_SIZE 2\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n")
        .unwrap();
    execute(&mut live, json!({"loop": {"from": "0", "to": "3", "times": 1}}));
    execute(&mut live, json!({"play": {}}));
    let (_, events) = execute(&mut live, wait.clone());
    assert!(events.iter().any(|e| matches!(e, SessionEvent::Played { .. })), "{events:?}");
    // The failure of a state that is not the newest any more stops nothing.
    execute(&mut live, json!({"add_effect": {"clips": ["c1"], "effect": "lut", "params": {"file": "none.cube"}}}));
    execute(&mut live, json!({"undo": {}}));
    execute(&mut live, json!({"play": {}}));
    execute(&mut live, wait);
    // A file that is broken twice fails twice, although no edit was made.
    let failed = |e: &SessionEvent| matches!(e, SessionEvent::Failed { .. }).then_some(());
    let back = |e: &SessionEvent| matches!(e, SessionEvent::MediaChanged { .. }).then_some(());
    std::fs::rename(dir.path().join("a.mkv"), dir.path().join("good")).unwrap();
    for _ in 0..2 {
        std::fs::write(dir.path().join("a.mkv"), "no film").unwrap();
        until(&mut live, failed);
        std::fs::copy(dir.path().join("good"), dir.path().join("a.mkv")).unwrap();
        until(&mut live, back);
        shown(&mut live);
        frame(&mut live, 5, 1.0);
    }
}

/// Commands for the transport are for the document as it is, not for the one that is still shown.
#[test]
fn the_transport_follows_edits_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut live = live(&film(dir.path()), false);
    // Nothing is open yet.
    execute(&mut live, json!({"show": {"composition": "other"}}));
    execute(&mut live, json!({"show": {}}));
    shown(&mut live);
    let (_, events) = execute(&mut live, json!({"move": {"clips": ["c2"], "by": "1s"}}));
    assert!(!events.iter().any(|e| matches!(e, SessionEvent::Failed { .. })), "{events:?}");
    execute(&mut live, json!({"seek": {"to": "70"}}));
    shown(&mut live);
    let frame = |live: &mut LiveSession| live.transport(ViewId::SCRIPT).unwrap().frame;
    assert_eq!(frame(&mut live), 70);
    execute(&mut live, json!({"set": {"of": {"composition": "m"}, "field": "frame_rate", "value": "50"}}));
    execute(&mut live, json!({"seek": {"to": "1s"}}));
    shown(&mut live);
    assert_eq!(frame(&mut live), 50);
    // What was commanded for a composition ends with it.
    execute(&mut live, json!({"show": {"composition": "other"}}));
    execute(&mut live, json!({"loop": {"from": "0", "to": "10"}}));
    execute(&mut live, json!({"play": {}}));
    until(&mut live, |e| match e {
        SessionEvent::Transport { transport } if transport.activity == TransportActivity::Playing => Some(()),
        _ => None,
    });
    execute(&mut live, json!({"remove_composition": {"id": "other"}}));
    shown(&mut live);
    let now = live.transport(ViewId::SCRIPT).unwrap();
    assert_eq!((now.composition.as_str(), now.activity, now.looped), ("m", TransportActivity::Paused, None));
}

#[test]
fn jobs_that_wait_are_cancelled_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let mut live = live(&film(dir.path()), false);
    for name in ["b.mkv", "c.mkv"] {
        noise(&dir.path().join(name), 9);
    }
    noise(&dir.path().join("d.mkv"), 5);
    let import = |name: &str| json!({"import_in_background": {"files": [dir.path().join(name)]}});
    let end = |events: &[SessionEvent], job: u64| {
        events.iter().find_map(|e| match e {
            SessionEvent::JobDone { job: of, .. } if *of == job => Some("done".to_owned()),
            SessionEvent::JobFailed { job: of, errors } if *of == job => Some(errors[0].code.clone()),
            _ => None,
        })
    };
    // One by command, which is no failure of those who wait.
    execute(&mut live, import("b.mkv"));
    execute(&mut live, import("c.mkv"));
    execute(&mut live, json!({"cancel": {"job": 2}}));
    let (_, events) = execute(&mut live, json!({"wait": {}}));
    assert_eq!([1, 2].map(|job| end(&events, job).unwrap()), ["done", "import.cancelled"]);
    // All, when somebody asks the program to end.
    execute(&mut live, import("d.mkv"));
    execute(&mut live, import("c.mkv"));
    let (cancel, mut events) = (CancelToken::new(), Vec::new());
    cancel.cancel();
    let stopped = live.execute(&json!({"wait": {}}), &cancel, &mut |event| events.push(event)).unwrap_err();
    assert_eq!(stopped[0].code, "session.stopped");
    assert_eq!(end(&events, 4).unwrap(), "import.cancelled");
    assert!(end(&events, 3).is_some());
    // What came into the document meanwhile is not added twice.
    noise(&dir.path().join("e.mkv"), 6);
    execute(&mut live, import("e.mkv"));
    execute(&mut live, json!({"import_media": {"files": [dir.path().join("e.mkv")]}}));
    let (_, events) = execute(&mut live, json!({"wait": {}}));
    let report = events.iter().find_map(|e| match e {
        SessionEvent::JobDone { result, .. } => match &**result {
            JobResult::Import(report) => Some((report.added.len(), report.duplicates.len())),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(report, Some((0, 1)));
    assert_eq!(refused(&mut live, json!({"wait": {"job": 99}})), "usage.job");
    assert_eq!(refused(&mut live, json!({"play": {}, "key": "a"})), "usage.command");
}
