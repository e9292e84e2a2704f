//! Keeps what outlives the update, and removes what does not.
use crate::{
    requests::{FrameRequest, RequestState, Requests},
    world::{CacheEntry, Caches, Transport, TransportState},
};
use bevy_ecs::{prelude::*, schedule::ScheduleConfigs, system::ScheduleSystem};
use cutroom_pipeline::FrameKey;
use std::collections::HashSet;

pub(super) fn systems() -> ScheduleConfigs<ScheduleSystem> {
    (settle_cache.run_if(resource_changed::<Caches>), end_requests, publish).chain()
}

/// One entity for each frame in the cache.
fn settle_cache(mut commands: Commands, caches: Res<Caches>, entries: Query<(Entity, &CacheEntry)>) {
    let mut seen: HashSet<FrameKey> = HashSet::new();
    for (entity, entry) in &entries {
        if !caches.frames.holds(entry.key) || !seen.insert(entry.key) {
            commands.entity(entity).despawn();
        }
    }
}

/// Requests that were answered are gone after the update.
fn end_requests(mut commands: Commands, mut requests: ResMut<Requests>, all: Query<(Entity, &FrameRequest, &RequestState)>) {
    for (entity, request, state) in &all {
        if matches!(state, RequestState::Done | RequestState::Failed) {
            requests.entities.remove(&request.number);
            commands.entity(entity).despawn();
        }
    }
}

fn publish(transport: Res<Transport>, mut state: ResMut<TransportState>) {
    if state.0 != transport.activity {
        state.0 = transport.activity;
    }
}
