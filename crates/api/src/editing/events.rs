//! What commands answer, and what happens beside them.
use crate::{
    ApiError,
    journal::HistoryEntry,
    live_report::{JobReport, JobResult, MediaChange, PlaybackFigures, TransportReport},
};
use cutroom_project::Edit;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, path::PathBuf};

/// What a command did, or what happened in a running session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum SessionEvent {
    /// An operation was carried out.
    Applied {
        /// Its name.
        step: String,
        /// What it changed.
        changed: Changed,
    },
    /// Steps were undone.
    Undone {
        /// Their names, the last one first.
        steps: Vec<String>,
        /// What changed.
        changed: Changed,
    },
    /// Steps were done again.
    Redone {
        /// Their names.
        steps: Vec<String>,
        /// What changed.
        changed: Changed,
    },
    /// Another state of the history was restored.
    Restored {
        /// Number of its last step.
        step: i64,
        /// What changed.
        changed: Changed,
    },
    /// The present state was named.
    VersionNamed {
        /// Its name.
        name: String,
        /// Number of its last step.
        step: i64,
    },
    /// The last steps, the newest first.
    History {
        /// The steps.
        entries: Vec<HistoryEntry>,
    },
    /// The project file was written.
    Saved {
        /// The file.
        path: PathBuf,
    },
    /// A macro was defined.
    Defined {
        /// Its name.
        name: String,
    },
    /// Hashes, BLAKE3 in hexadecimal.
    Hashed {
        /// Of the document as it is saved.
        document: String,
        /// Number of the frame.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        frame: Option<i64>,
        /// Of its planes, drawn on the CPU.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pixels: Option<String>,
    },
    /// What the transport does: the answer to commands for it, and whenever playback begins or ends.
    Transport {
        /// Its state.
        transport: TransportReport,
    },
    /// How well playback kept time, when it has ended.
    Played {
        /// How well.
        figures: PlaybackFigures,
    },
    /// A job was begun, or has made progress.
    Job {
        /// The job.
        job: JobReport,
    },
    /// The jobs that wait or run.
    Jobs {
        /// The jobs.
        jobs: Vec<JobReport>,
    },
    /// A job has ended, and what came out.
    JobDone {
        /// Its number.
        job: u64,
        /// What came out.
        result: Box<JobResult>,
    },
    /// A job has ended without a result, or was cancelled.
    JobFailed {
        /// Its number.
        job: u64,
        /// Why.
        errors: Vec<ApiError>,
    },
    /// What was waited for has ended.
    Waited {},
    /// The file of a medium was changed, replaced, lost or found again.
    MediaChanged {
        /// Id of the medium.
        media: String,
        /// Its file.
        path: PathBuf,
        /// What happened.
        change: MediaChange,
    },
    /// A command was not carried out, because nothing is to be written.
    Skipped {
        /// Its name.
        command: String,
    },
    /// Something failed beside the commands: the document cannot be shown, playback broke off.
    Failed {
        /// Why.
        errors: Vec<ApiError>,
    },
}

/// Ids of what changed, was added or removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// Whether fields of the project itself changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub project: bool,
    /// Media.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub media: BTreeSet<String>,
    /// Compositions.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub compositions: BTreeSet<String>,
    /// Tracks.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tracks: BTreeSet<String>,
    /// Clips.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub clips: BTreeSet<String>,
    /// Transitions.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub transitions: BTreeSet<String>,
}

impl Changed {
    /// What edits changed.
    pub(crate) fn of<'a>(edits: impl IntoIterator<Item = &'a Edit>) -> Self {
        let mut changed = Self::default();
        for edit in edits {
            match edit {
                Edit::InsertMedia { media, .. } | Edit::ReplaceMedia { media } => changed.media.insert(media.id.to_string()),
                Edit::RemoveMedia { id } | Edit::MoveMedia { id, .. } => changed.media.insert(id.to_string()),
                Edit::InsertComposition { composition, .. } => changed.compositions.insert(composition.id.to_string()),
                Edit::RemoveComposition { id } | Edit::MoveComposition { id, .. } | Edit::SetCompositionFields { id, .. } => {
                    changed.compositions.insert(id.to_string())
                }
                Edit::InsertTrack { track, .. } => changed.tracks.insert(track.id.to_string()),
                Edit::RemoveTrack { id } | Edit::MoveTrack { id, .. } | Edit::SetTrackFields { id, .. } => {
                    changed.tracks.insert(id.to_string())
                }
                Edit::InsertClip { clip, .. } | Edit::ReplaceClip { clip } => changed.clips.insert(clip.id.to_string()),
                Edit::RemoveClip { id } | Edit::MoveClip { id, .. } => changed.clips.insert(id.to_string()),
                Edit::InsertTransition { transition, .. } | Edit::ReplaceTransition { transition } => {
                    changed.transitions.insert(transition.id.to_string())
                }
                Edit::RemoveTransition { id } | Edit::MoveTransition { id, .. } => changed.transitions.insert(id.to_string()),
                Edit::SetProjectFields { .. } => std::mem::replace(&mut changed.project, true),
            };
        }
        changed
    }
}
