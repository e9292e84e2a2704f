//! Takes in what came from outside.
use crate::{
    EngineError,
    dirty::{Dirty, dirty},
    jobs::{JobSpec, Pool, Priority},
    mirror::Mirror,
    playback::Playback,
    plugin::{PluginControl, Plugins},
    sound::SoundFeed,
    transport::{Activity, Course, MAX_SPEED, TransportCommand},
    world::{
        Caches, Document, DocumentState, ExportRuns, ExportState, Invalidate, JobNode, Opened, Opening, OpeningJob, Playhead,
        Playing, Pools, Preview, ProxyNode, Reopen, Transport, TransportState, Transported,
    },
};
use bevy_ecs::{prelude::*, schedule::ScheduleConfigs, system::ScheduleSystem};
use cutroom_pipeline::OpenComposition;
use std::sync::Arc;

pub(super) fn systems() -> ScheduleConfigs<ScheduleSystem> {
    (switch_plugins, note_export, take_document, note_preview, begin_opening, finish_opening, invalidate, command).chain()
}

fn switch_plugins(mut controls: MessageReader<PluginControl>, mut plugins: ResMut<Plugins>) {
    controls.read().for_each(|control| plugins.switch(control));
}

fn note_export(mut runs: MessageReader<ExportRuns>, mut state: ResMut<ExportState>) {
    runs.read().for_each(|run| state.0 = run.0);
}

/// The mirror follows at once; files are opened by a job.
fn take_document(world: &mut World, mut cursor: Local<bevy_ecs::message::MessageCursor<DocumentState>>) {
    let states: Vec<DocumentState> = cursor.read(world.resource::<Messages<DocumentState>>()).cloned().collect();
    for state in states {
        let newest = world.resource::<Document>().pending.as_ref().map(|p| p.revision);
        if newest.is_some_and(|newest| newest > state.revision) {
            continue;
        }
        Mirror::update(world, &state.project, state.touched.as_ref());
        let mut document = world.resource_mut::<Document>();
        document.newest = Some(state.clone());
        document.pending = Some(state);
    }
}

/// Other options of decoding, and files that changed, need another opening.
fn note_preview(
    mut previews: MessageReader<Preview>,
    mut again: MessageReader<Reopen>,
    mut transport: ResMut<Transport>,
    mut opening: ResMut<Opening>,
    mut document: ResMut<Document>,
) {
    let mut opens = again.read().count() > 0;
    for Preview { scale, policy, options } in previews.read() {
        opens |= opening.options != *options;
        opening.options = *options;
        transport.policy = *policy;
        if let Some(playing) = &mut transport.playing {
            playing.playback.set_policy(*policy);
        }
        if transport.scale != *scale {
            transport.scale = *scale;
            let now = transport.now();
            if let Some(playing) = &mut transport.playing {
                playing.playback.restart_requests(now);
                transport.number += 1;
            }
        }
    }
    if opens && document.pending.is_none() {
        document.pending = document.newest.clone();
    }
}

/// One state is opened at a time; states that come meanwhile replace each other.
fn begin_opening(
    mut commands: Commands,
    mut document: ResMut<Document>,
    opening: Res<Opening>,
    pools: Res<Pools>,
    running: Query<(), With<OpeningJob>>,
) {
    if !running.is_empty() {
        return;
    }
    let Some(state) = document.pending.take() else { return };
    let before = document.current.as_ref().map(|(_, open)| Arc::clone(open)).filter(|b| b.composition().id == state.composition);
    let (catalog, library, options) = (opening.catalog.clone(), Arc::clone(&opening.library), opening.options);
    let name = format!("open state {} of the document", state.revision);
    let (revision, again) = (state.revision, state.clone());
    let open = move |cancel: &cutroom_types::CancelToken| -> Opened {
        let project = (*state.project).clone();
        let opened = match before {
            Some(before) => before.reopened(project, options, cancel),
            None => OpenComposition::open(project, &state.composition, &catalog, &library, options, cancel),
        };
        // Keys of frames need them, and updates do not wait for disks.
        let _ = opened.as_ref().map(OpenComposition::find_contents);
        (state.revision, opened)
    };
    match pools.0.submit(JobSpec::new(name.clone(), Pool::Default, Priority::Immediate), open) {
        Ok(handle) => {
            commands.spawn((JobNode { id: handle.id(), name }, OpeningJob { revision, handle }));
        }
        Err(crate::jobs::Refused::Full { .. }) => document.pending = Some(again),
        Err(refused) => document.failed = Some((revision, Arc::new(refused.into()))),
    }
}

fn finish_opening(
    mut commands: Commands,
    mut document: ResMut<Document>,
    mut caches: ResMut<Caches>,
    mut transport: ResMut<Transport>,
    mut running: Query<(Entity, &mut OpeningJob)>,
    proxies: Query<Entity, With<ProxyNode>>,
) {
    for (entity, mut job) in &mut running {
        let Some(result) = job.handle.poll() else { continue };
        commands.entity(entity).despawn();
        let (revision, opened) = match result {
            Ok(opened) => opened,
            Err(e) => {
                document.fail(job.revision, e.into());
                continue;
            }
        };
        let opened = match opened {
            Ok(opened) => Arc::new(opened),
            Err(problems) => {
                document.fail(revision, EngineError::Document(problems));
                continue;
            }
        };
        let changed = match &document.current {
            Some((_, before)) if before.composition().id == opened.composition().id && opened.reads_what(before) => {
                dirty(before.project(), opened.project(), &opened.composition().id)
            }
            _ => Dirty::Everything,
        };
        proxies.iter().for_each(|entity| commands.entity(entity).despawn());
        commands.spawn_batch(opened.proxies().map(|(media, stream, scale)| ProxyNode { media, stream, scale }).collect::<Vec<_>>());
        match &changed {
            Dirty::Everything => caches.index.clear(),
            Dirty::Frames(ranges) => ranges.iter().for_each(|range| caches.index.forget(range)),
        }
        document.current = Some((revision, Arc::clone(&opened)));
        document.failed = None;
        transport.frame = transport.frame.clamp(0, (opened.frame_count() - 1).max(0));
        if !changed.is_nothing() {
            document.openings += 1;
            follow(&mut transport, &opened);
        }
    }
}

/// Playback goes on with another state of the document. If its length is another, the rest is a new
/// playback.
fn follow(transport: &mut Transport, opened: &Arc<OpenComposition>) {
    let now = transport.now();
    let range = range_of(transport, opened).0;
    let Some(playing) = &mut transport.playing else { return };
    let c = opened.composition();
    if playing.playback.course().range != range
        || playing.playback.course().rate != c.frame_rate
        || playing.rate_hz != c.sample_rate_hz
    {
        return play(transport, opened);
    }
    playing.playback.restart_requests(now);
    playing.sound.retarget(Arc::clone(opened));
    transport.number += 1;
}

/// The frames that are played, and how often.
fn range_of(transport: &Transport, open: &OpenComposition) -> (std::ops::Range<i64>, u32) {
    let count = open.frame_count();
    match &transport.looped {
        Some((range, times)) => (range.start.clamp(0, count)..range.end.clamp(0, count), *times),
        None => (0..count, 1),
    }
}

fn invalidate(mut messages: MessageReader<Invalidate>, mut caches: ResMut<Caches>) {
    for message in messages.read() {
        match message {
            Invalidate::Everything => {
                caches.index.clear();
                caches.frames.clear();
            }
            Invalidate::Frames(range) => caches.index.forget(range),
        }
    }
}

fn command(
    mut messages: MessageReader<Transported>,
    mut transport: ResMut<Transport>,
    document: Res<Document>,
    mut state: ResMut<TransportState>,
    mut playheads: Query<&mut Playhead>,
) {
    for Transported(command) in messages.read() {
        carry_out(command, &mut transport, &document);
    }
    state.0 = transport.activity;
    let speed = if transport.playing.is_some() { transport.speed } else { 0.0 };
    let now = Playhead { frame: transport.frame, speed };
    playheads.iter_mut().filter(|at| **at != now).for_each(|mut at| *at = now);
}

fn carry_out(command: &TransportCommand, transport: &mut Transport, document: &Document) {
    let Some((_, open)) = &document.current else {
        transport.error = Some(Arc::new(EngineError::NoDocument));
        return;
    };
    let last = (open.frame_count() - 1).max(0);
    let was_playing = transport.playing.is_some();
    match command {
        TransportCommand::Play => play(transport, open),
        TransportCommand::Pause => stop(transport),
        TransportCommand::Seek(frame) | TransportCommand::Scrub(frame) => {
            let is_scrub = matches!(command, TransportCommand::Scrub(_));
            stop(transport);
            transport.frame = (*frame).clamp(0, last);
            if is_scrub {
                transport.activity = Activity::Scrubbing;
            } else if was_playing {
                play(transport, open);
            }
        }
        TransportCommand::Step(by) => {
            stop(transport);
            transport.frame = transport.frame.saturating_add(*by).clamp(0, last);
        }
        TransportCommand::Shuttle(speed) => {
            stop(transport);
            let speed = if speed.is_nan() { 0.0 } else { speed.clamp(-MAX_SPEED, MAX_SPEED) };
            if speed != 0.0 {
                transport.speed = speed;
                play(transport, open);
            }
        }
        TransportCommand::Loop(range) => {
            stop(transport);
            transport.looped = range.clone();
            if was_playing {
                play(transport, open);
            }
        }
    }
}

/// Begins with the pre-roll.
fn play(transport: &mut Transport, open: &Arc<OpenComposition>) {
    stop(transport);
    let (range, times) = range_of(transport, open);
    if range.is_empty() {
        return;
    }
    // Outside of the range, playback begins at its beginning.
    let first = if transport.speed < 0.0 { range.end - 1 } else { range.start };
    let anchor = if range.contains(&transport.frame) { transport.frame } else { first };
    let c = open.composition();
    let course = Course { anchor, speed: transport.speed, range, times, rate: c.frame_rate };
    transport.number += 1;
    transport.error = None;
    let (sound, rate_hz) = (SoundFeed::new(Arc::clone(open), &course), c.sample_rate_hz);
    let sink = transport.sink();
    sink.clear(rate_hz);
    let missed_before = sink.missed();
    let playback = Playback::new(course, transport.policy);
    transport.playing = Some(Playing { playback, sound, rate_hz, missed_before });
    transport.activity = Activity::Prerolling;
}

/// Stops at the playhead and keeps the report.
pub(super) fn stop(transport: &mut Transport) {
    transport.activity = Activity::Paused;
    transport.sink_runs = false;
    let now = transport.now();
    let missed = transport.sink().missed();
    transport.sink().pause();
    if let Some(playing) = transport.playing.take() {
        transport.report = playing.playback.report(now, missed - playing.missed_before);
        transport.frame = playing.playback.frame(now);
    }
}
