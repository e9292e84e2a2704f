//! The stages of an update, in this order, each in its file:
//!
//! 1. [`Stage::Ingest`]: what came from outside: states of the document, commands, opened files.
//! 2. [`Stage::Evaluate`]: which frames are wanted, and which key each has.
//! 3. [`Stage::Decode`]: frames that are in no cache go to the render thread.
//! 4. [`Stage::Composite`]: what the render thread has drawn comes back.
//! 5. [`Stage::Output`]: requests are answered, sound is fed, the picture that is due is shown.
//! 6. [`Stage::Persist`]: what outlives the update: cache entries, ended requests.
//!
//! Systems of one stage that touch the same things have an order; a plug-in's system that conflicts
//! with another without an order is an error when the engine is built.
mod composite;
mod decode;
mod evaluate;
mod ingest;
mod output;
mod persist;

use bevy_app::App;
use bevy_ecs::{
    prelude::*,
    schedule::{LogLevel, ScheduleBuildSettings, ScheduleLabel, SingleThreadedExecutor},
};

/// A stage of an update.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Takes in what came from outside.
    Ingest,
    /// Decides what to decode.
    Evaluate,
    /// Hands work to the render thread.
    Decode,
    /// Takes back what was drawn.
    Composite,
    /// Answers, feeds and shows.
    Output,
    /// Keeps what outlives the update.
    Persist,
}

/// The schedule of an update.
#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Update;

/// Adds the schedule with the stages and their systems.
pub(crate) fn build(app: &mut App) {
    app.init_schedule(Update);
    app.edit_schedule(Update, |schedule| {
        schedule.set_executor(SingleThreadedExecutor::new());
        schedule.set_build_settings(ScheduleBuildSettings {
            ambiguity_detection: LogLevel::Error,
            hierarchy_detection: LogLevel::Error,
            ..ScheduleBuildSettings::default()
        });
        schedule.configure_sets(
            (Stage::Ingest, Stage::Evaluate, Stage::Decode, Stage::Composite, Stage::Output, Stage::Persist).chain(),
        );
        schedule.add_systems((
            ingest::systems().in_set(Stage::Ingest),
            evaluate::systems().in_set(Stage::Evaluate),
            decode::systems().in_set(Stage::Decode),
            composite::systems().in_set(Stage::Composite),
            output::systems().in_set(Stage::Output),
            persist::systems().in_set(Stage::Persist),
        ));
        schedule.add_systems(bevy_ecs::message::message_update_system.before(Stage::Ingest));
    });
    app.main_mut().update_schedule = Some(Update.intern());
}
