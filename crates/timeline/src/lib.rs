//! Pure planning: a project and a time become a plan of what to fetch, place and mix. Knows no
//! files, GPUs or threads.
//!
//! [`Timeline`] prepares a composition once (an interval index per track, nested compositions
//! included) and then gives [`FramePlan`]s and [`AudioPlan`]s; [`plan_frame`] and [`plan_audio`]
//! are the same for a single question. Which source frame an output frame shows is decided by
//! [`sampling`] alone. [`validate_against_catalog`] finds what the effects catalogue has to object
//! to, [`source_uses`] lists what must be there in the source files, [`handles`] what transitions
//! would like to find there.
#![forbid(unsafe_code)]
mod audio;
mod canonical;
mod cuts;
mod entries;
mod error;
mod handles;
mod index;
mod left_out;
mod limits;
mod mask;
mod params;
mod picture;
pub mod plan;
pub mod sampling;
mod uses;
mod validate;

pub use canonical::PlanKey;
pub use error::PlanError;
pub use handles::{ClipHandle, handles};
pub use index::Timeline;
pub use left_out::{LeftOut, LeftOutReason};
pub use plan::{
    AudioPlan, BlendSpace, Box2, Canvas, Content, EffectUse, Fade, FadeCurve, Fit, FramePlan, Layer, MaskMode, MaskUse, MatteUse,
    NestedAudio, Outline, Placement, SourceFrame, Transform, Voice,
};
pub use uses::{SourceUse, SourceUser, StreamKind, reachable, source_uses};
pub use validate::validate_against_catalog;

use cutroom_effects::Catalog;
use cutroom_project::Project;
use cutroom_types::{CompositionId, Time};

/// The picture of the frame during which `time` falls. For many frames make a [`Timeline`] once.
///
/// # Errors
/// The composition does not exist or nests itself, or something names what the catalogue does not
/// hold.
pub fn plan_frame(project: &Project, composition: &CompositionId, catalog: &Catalog, time: Time) -> Result<FramePlan, PlanError> {
    Timeline::new(project, composition, catalog)?.frame_at(time)
}

/// The sound of `samples` samples from `first_sample` on. For many runs make a [`Timeline`] once.
///
/// # Errors
/// The composition does not exist or nests itself.
pub fn plan_audio(
    project: &Project,
    composition: &CompositionId,
    catalog: &Catalog,
    first_sample: i64,
    samples: usize,
) -> Result<AudioPlan, PlanError> {
    Timeline::new(project, composition, catalog)?.sound(first_sample, samples)
}
