//! Pure planning: turns a project and a time into a plan of what to fetch, place and mix. Uses no
//! files, GPUs or threads.
//!
//! [`Timeline`] prepares a composition once (an interval index per track, nested compositions
//! included) and then returns [`FramePlan`]s and [`AudioPlan`]s; [`plan_frame`] and [`plan_audio`]
//! do the same for a single request. [`sampling`] alone decides which source frame an output frame
//! shows. [`validate_against_catalog`] validates a project against the effects catalogue,
//! [`source_uses`] lists what the source files must contain, and [`handles`] lists what transitions
//! use of the sources outside their clips.
#![forbid(unsafe_code)]
mod audio;
mod audio_clock;
mod audio_route;
mod canonical;
mod cues;
mod cuts;
mod draw;
pub mod drawing;
mod edited_part;
mod entries;
mod error;
mod handles;
mod index;
mod left_out;
mod limits;
mod mask;
mod mixer;
mod other_names;
mod params;
mod picture;
mod plain_text;
pub mod plan;
mod render_scale;
pub mod sampling;
mod sound_demand;
mod sound_plan;
mod track_difference;
mod uses;
mod validate;

pub use canonical::PlanKey;
pub use drawing::Drawing;
pub use edited_part::edited_part;
pub use error::PlanError;
pub use handles::{ClipHandle, handles};
pub use index::Timeline;
pub use left_out::{LeftOut, LeftOutReason};
pub use plan::{
    Align, Alignment, BlendSpace, Box2, Canvas, Content, EffectUse, FadeCurve, Fit, FramePlan, Layer, MaskMode, MaskUse, MatteUse,
    Outline, Placement, SourceFrame, SourceFrames, Transform,
};
pub use render_scale::RenderScale;
pub use sound_plan::{
    AudioPlan, Bus, BusChannels, Fade, Feed, FoldLevels, KeySource, NEVER_SETTLES, NestedAudio, ParamCurve, STRETCH_BLOCK_SECS,
    STRETCH_MARGIN_SECS, SoundUse, SourcePoint, Voice,
};
pub use track_difference::TrackDifference;
pub use uses::{SourceUse, SourceUser, StreamKind, reachable, source_uses};
pub use validate::{validate, validate_against_catalog};

use cutroom_effects::Catalog;
use cutroom_project::Project;
use cutroom_types::{CompositionId, Time};

/// Plan of the frame that contains `time`. For many frames, create a [`Timeline`] once.
///
/// # Errors
/// As [`Timeline::new`] and [`Timeline::frame`].
pub fn plan_frame(project: &Project, composition: &CompositionId, catalog: &Catalog, time: Time) -> Result<FramePlan, PlanError> {
    Timeline::new(project, composition, catalog)?.frame_at(time)
}

/// Plan of the audio of `samples` samples from `first_sample` on. For many ranges, create a
/// [`Timeline`] once.
///
/// # Errors
/// As [`Timeline::new`] and [`Timeline::sound`].
pub fn plan_audio(
    project: &Project,
    composition: &CompositionId,
    catalog: &Catalog,
    first_sample: i64,
    samples: usize,
) -> Result<AudioPlan, PlanError> {
    Timeline::new(project, composition, catalog)?.sound(first_sample, samples)
}
