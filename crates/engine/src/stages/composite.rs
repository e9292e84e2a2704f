//! Takes back what the render thread has drawn.
use crate::{
    EngineError,
    draw::DrawAnswer,
    requests::{FrameRequest, Outcome, RequestPlan, RequestState, Requests},
    world::{CacheEntry, Caches, Render},
};
use bevy_ecs::{prelude::*, schedule::ScheduleConfigs, system::ScheduleSystem};
use cutroom_pipeline::FrameKey;
use cutroom_types::Picture;
use std::sync::Arc;

pub(super) fn systems() -> ScheduleConfigs<ScheduleSystem> {
    (collect,).chain()
}

fn collect(
    mut commands: Commands,
    mut render: ResMut<Render>,
    mut caches: ResMut<Caches>,
    mut requests: ResMut<Requests>,
    mut all: Query<(&FrameRequest, &mut RequestState, &RequestPlan)>,
) {
    loop {
        let answer = match render.0.answer() {
            Ok(Some(answer)) => answer,
            Ok(None) => return,
            Err(_) => {
                // The thread has ended: what it had is lost.
                for (number, entity) in &requests.entities {
                    if let Ok((request, mut state, _)) = all.get_mut(*entity)
                        && matches!(*state, RequestState::Decoding | RequestState::Drawing)
                    {
                        debug_assert_eq!(request.number, *number);
                        *state = RequestState::Failed;
                        commands.entity(*entity).insert(Outcome(Err(Arc::new(EngineError::RenderThread))));
                    }
                }
                return;
            }
        };
        let (number, result, keeps) = match answer {
            DrawAnswer::Begun(number) => {
                let request = requests.entities.get(&number).and_then(|entity| all.get_mut(*entity).ok());
                if let Some((_, mut state, _)) = request
                    && *state == RequestState::Decoding
                {
                    *state = RequestState::Drawing;
                }
                continue;
            }
            DrawAnswer::Ended(number, result, keeps) => (number, result, keeps),
        };
        let found = requests.entities.get(&number).and_then(|entity| Some((*entity, all.get_mut(*entity).ok()?)));
        let Some((entity, (request, mut state, plan))) = found else {
            // Nobody wants it any more, but somebody may come back to it.
            if let (Some(key), Some(Ok(picture)), true) = (requests.late.remove(&number), result, keeps) {
                keep(&mut commands, &mut caches, key, &picture);
            }
            continue;
        };
        let result = result.unwrap_or(Err(EngineError::Overtaken { frame: request.frame }));
        if let (Ok(picture), Some(key), true) = (&result, plan.key, keeps) {
            keep(&mut commands, &mut caches, key, picture);
        }
        if *state != RequestState::Failed {
            *state = if result.is_ok() { RequestState::Done } else { RequestState::Failed };
            commands.entity(entity).insert(Outcome(result.map_err(Arc::new)));
        }
    }
}

fn keep(commands: &mut Commands, caches: &mut Caches, key: FrameKey, picture: &Picture) {
    caches.frames.put(key, picture);
    commands.spawn(CacheEntry { key });
}
