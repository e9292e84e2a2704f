//! Answers requests, feeds the sound, and shows the picture that is due.
use super::ingest::stop;
use crate::{
    playback::Ready,
    requests::{AnswerTo, ForTick, FrameAnswer, FrameRequest, Outcome, RequestPlan},
    transport::Activity,
    world::{Display, Document, Pools, Transport, playing},
};
use bevy_ecs::{prelude::*, schedule::ScheduleConfigs, system::ScheduleSystem};
use std::sync::Arc;

pub(super) fn systems() -> ScheduleConfigs<ScheduleSystem> {
    (answer, (feed_sound, show).chain().run_if(playing)).chain()
}

/// What is known of a request that has ended.
type Ended =
    (&'static FrameRequest, &'static Outcome, Option<&'static RequestPlan>, Option<&'static AnswerTo>, Option<&'static ForTick>);

/// Sends each picture to its requester, or to playback.
fn answer(mut transport: ResMut<Transport>, document: Res<Document>, ended: Query<Ended, Added<Outcome>>) {
    let now = transport.now();
    for (request, outcome, plan, answer, tick) in &ended {
        if let Some(AnswerTo(to)) = answer {
            let reply = match (&outcome.0, plan) {
                (Ok(picture), Some(plan)) => Ok(FrameAnswer {
                    request: request.number,
                    frame: request.frame,
                    revision: plan.revision,
                    key: plan.key,
                    exact: true,
                    picture: picture.clone(),
                }),
                (Ok(_), None) => continue,
                (Err(e), _) => Err(Arc::clone(e)),
            };
            // The requester may be gone.
            let _ = to.try_send(reply);
        }
        let Some(tick) = tick.filter(|t| t.playback == transport.number) else { continue };
        let current = plan.filter(|plan| plan.opening == document.openings);
        let Some(playing) = &mut transport.playing else { continue };
        match (&outcome.0, current) {
            (Ok(picture), Some(plan)) => {
                let ready = Ready { revision: plan.revision, key: plan.key, picture: picture.clone() };
                playing.playback.drawn(tick.tick, ready, now);
            }
            (Ok(_), None) => playing.playback.failed(tick.tick),
            (Err(e), _) => {
                playing.playback.failed(tick.tick);
                transport.error = Some(Arc::clone(e));
            }
        }
    }
    if transport.error.is_some() && transport.playing.is_some() {
        stop(&mut transport);
    }
}

fn feed_sound(mut transport: ResMut<Transport>, pools: Res<Pools>) {
    let transport = &mut *transport;
    let Some(playing) = &mut transport.playing else { return };
    let sink = transport.sink.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Err(e) = playing.sound.feed(&mut **sink, &pools.0) {
        transport.error = Some(Arc::new(e));
        stop(transport);
    }
}

fn show(mut transport: ResMut<Transport>, mut display: ResMut<Display>) {
    let now = transport.now();
    let transport = &mut *transport;
    let Some(playing) = &mut transport.playing else { return };
    let sink = transport.sink.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
    if transport.activity == Activity::Prerolling {
        if !playing.playback.is_prerolled() || !playing.sound.is_prerolled(&mut **sink) {
            return;
        }
        transport.activity = Activity::Playing;
    }
    // The sound waits if every picture is to be shown and the next one is not there.
    let runs = !playing.playback.must_wait(now);
    if runs != transport.sink_runs {
        if runs {
            sink.start()
        } else {
            sink.pause()
        }
        transport.sink_runs = runs;
    }
    if let Some(shown) = playing.playback.show(now) {
        display.show(shown);
    }
    if playing.playback.is_over(now) {
        stop(transport);
    } else {
        transport.frame = playing.playback.frame(now);
    }
}
