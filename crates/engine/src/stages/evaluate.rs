//! Decides what to decode: the frames of playback, and the key of each wanted frame.
use crate::{
    EngineError,
    requests::{AnswerTo, ForTick, FrameAnswer, FrameRequest, Outcome, RequestPlan, RequestState, Requests, Urgency, Wish},
    world::{Budget, Caches, Document, ExportState, Transport, playing},
};
use bevy_ecs::{prelude::*, schedule::ScheduleConfigs, system::ScheduleSystem};
use cutroom_pipeline::FrameKey;
use cutroom_types::{CancelToken, Picture};
use std::sync::Arc;

pub(super) fn systems() -> ScheduleConfigs<ScheduleSystem> {
    (want_playback.run_if(playing), overtake, plan).chain()
}

/// Requests the pictures that playback needs next.
fn want_playback(mut commands: Commands, mut transport: ResMut<Transport>, mut requests: ResMut<Requests>) {
    let now = transport.now();
    let (number, scale) = (transport.number, transport.scale);
    let Some(playing) = &mut transport.playing else { return };
    for (tick, frame) in playing.playback.wanted(now) {
        let request = FrameRequest { number: requests.next, frame, scale, urgency: Urgency::Playback };
        requests.next += 1;
        let for_tick = ForTick { playback: number, tick };
        let entity = commands.spawn((request.clone(), RequestState::Wanted, for_tick, Wish(CancelToken::new()))).id();
        requests.entities.insert(request.number, entity);
    }
}

/// What is known of a request before it ends.
type Underway = (
    Entity,
    &'static FrameRequest,
    &'static mut RequestState,
    &'static Wish,
    Option<&'static ForTick>,
    Option<&'static RequestPlan>,
);

/// Ends requests that nobody wants any more: of those of somebody dragging the playhead all but the
/// newest, those of a playback that is over, and those whose requester is gone.
fn overtake(transport: Res<Transport>, mut requests: ResMut<Requests>, mut all: Query<Underway>, mut commands: Commands) {
    let scrubs = all.iter().filter(|(_, request, ..)| request.urgency == Urgency::Scrub);
    let newest = scrubs.map(|(_, request, ..)| request.number).max();
    for (entity, request, mut state, wish, tick, plan) in &mut all {
        if matches!(*state, RequestState::Done | RequestState::Failed) {
            continue;
        }
        let is_old_scrub = request.urgency == Urgency::Scrub && newest != Some(request.number);
        let is_old_tick = tick.is_some_and(|t| t.playback != transport.number || transport.playing.is_none());
        if is_old_scrub || is_old_tick || wish.0.is_cancelled() {
            wish.0.cancel();
            if let (RequestState::Decoding | RequestState::Drawing, Some(key)) = (*state, plan.and_then(|plan| plan.key)) {
                requests.late.insert(request.number, key);
            }
            *state = RequestState::Failed;
            requests.overtaken += 1;
            commands.entity(entity).insert(Outcome(Err(Arc::new(EngineError::Overtaken { frame: request.frame }))));
        }
    }
}

/// Plans wanted frames, the most urgent first, until the time of the update is used up; frames that
/// are in the cache are done.
fn plan(
    mut commands: Commands,
    document: Res<Document>,
    budget: Res<Budget>,
    exporting: Res<ExportState>,
    transport: Res<Transport>,
    mut caches: ResMut<Caches>,
    mut all: Query<(Entity, &FrameRequest, &mut RequestState, Option<&AnswerTo>)>,
) {
    let Some((revision, open)) = &document.current else {
        return;
    };
    let mut wanted: Vec<_> =
        all.iter().filter(|(_, _, s, _)| **s == RequestState::Wanted).map(|(e, r, ..)| (r.urgency, r.number, e)).collect();
    wanted.sort_unstable();
    let busy = exporting.0 || transport.playing.is_some();
    for (done, (urgency, _, entity)) in wanted.into_iter().enumerate() {
        // At least one is planned in each update, so that all are planned some time.
        if (done > 0 && budget.is_used_up()) || (urgency == Urgency::Prefetch && busy) {
            break;
        }
        let Ok((_, request, mut state, answer)) = all.get_mut(entity) else { continue };
        let caches = &mut *caches;
        let key = match caches.index.get(request.frame, request.scale) {
            Some(key) => Ok(Some(*key)),
            None => caches.draws.key(open, request.frame, request.scale),
        };
        let key = match key {
            Ok(key) => key,
            Err(e) => {
                *state = RequestState::Failed;
                commands.entity(entity).insert(Outcome(Err(Arc::new(e.into()))));
                continue;
            }
        };
        if let Some(key) = key {
            caches.index.set(request.frame, request.scale, key);
        }
        match key.and_then(|key| caches.frames.get(key)) {
            Some(picture) => {
                *state = RequestState::Done;
                commands.entity(entity).insert(Outcome(Ok(picture)));
            }
            None => {
                *state = RequestState::Planned;
                let near = (urgency == Urgency::Scrub).then(|| nearest(caches, request)).flatten();
                if let (Some((frame, key, picture)), Some(to)) = (near, answer) {
                    let key = Some(key);
                    let first = FrameAnswer { request: request.number, frame, revision: *revision, key, exact: false, picture };
                    // The requester may be gone.
                    let _ = to.0.try_send(Ok(first));
                }
            }
        }
        commands.entity(entity).insert(RequestPlan { revision: *revision, opening: document.openings, key });
    }
}

/// The picture nearest to a request that is in the cache.
fn nearest(caches: &Caches, request: &FrameRequest) -> Option<(i64, FrameKey, Picture)> {
    let (frame, key) = caches.index.nearest(request.frame, request.scale, |key| caches.frames.holds(*key))?;
    Some((frame, *key, caches.frames.get(*key)?))
}
