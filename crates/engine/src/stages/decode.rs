//! Hands planned frames to the render thread, the most urgent first, as far as its queue has room.
use crate::{
    draw::DrawOrder,
    requests::{FrameRequest, Outcome, RequestPlan, RequestState, Urgency, Wish},
    world::{Document, Render, Transport},
};
use bevy_ecs::{prelude::*, schedule::ScheduleConfigs, system::ScheduleSystem};
use std::sync::Arc;

pub(super) fn systems() -> ScheduleConfigs<ScheduleSystem> {
    (order,).chain()
}

fn order(
    mut commands: Commands,
    document: Res<Document>,
    transport: Res<Transport>,
    mut render: ResMut<Render>,
    mut all: Query<(Entity, &FrameRequest, &mut RequestState, &RequestPlan, &Wish)>,
) {
    let Some((_, open)) = &document.current else { return };
    let mut planned: Vec<_> =
        all.iter().filter(|(_, _, s, ..)| **s == RequestState::Planned).map(|(e, r, ..)| (r.urgency, r.number, e)).collect();
    planned.sort_unstable();
    let in_order = transport.playing.as_ref().is_some_and(|p| (0.0..=2.0).contains(&p.playback.course().speed));
    for (urgency, _, entity) in planned {
        let Ok((_, request, mut state, plan, wish)) = all.get_mut(entity) else { continue };
        if plan.opening != document.openings {
            // The document, or a file, has changed since: plan it again.
            *state = RequestState::Wanted;
            continue;
        }
        let order = DrawOrder {
            request: request.number,
            frame: request.frame,
            scale: request.scale,
            composition: Arc::clone(open),
            is_sequential: urgency == Urgency::Playback && in_order,
            token: wish.0.clone(),
        };
        match render.0.order(order) {
            Ok(true) => *state = RequestState::Decoding,
            Ok(false) => return,
            Err(e) => {
                *state = RequestState::Failed;
                commands.entity(entity).insert(Outcome(Err(Arc::new(e))));
            }
        }
    }
}
