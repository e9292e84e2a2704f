//! What a running session reports about playback, jobs and files.
use crate::{ExportReport, ImportMediaReport, ProxyReport};
use cutroom_engine::Activity;
use cutroom_pipeline::FileChange;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the transport does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransportActivity {
    /// The document is being opened; what was commanded happens then.
    #[default]
    Opening,
    /// The playhead rests.
    Paused,
    /// The first pictures and samples of playback are being made.
    Prerolling,
    /// The playhead runs.
    Playing,
    /// Somebody drags the playhead.
    Scrubbing,
}

impl From<Activity> for TransportActivity {
    fn from(activity: Activity) -> Self {
        match activity {
            Activity::Paused => Self::Paused,
            Activity::Prerolling => Self::Prerolling,
            Activity::Playing => Self::Playing,
            Activity::Scrubbing => Self::Scrubbing,
        }
    }
}

/// State of the transport.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TransportReport {
    /// Id of the composition that is shown.
    pub composition: String,
    /// What the transport does.
    pub activity: TransportActivity,
    /// The playhead's frame.
    pub frame: i64,
    /// The same as a timecode.
    pub timecode: String,
    /// Number of frames of the composition.
    pub frames: i64,
    /// Speed of playback: 1 is that of the film, negative ones are backwards.
    pub speed: f64,
    /// The range that is played again and again; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looped: Option<LoopReport>,
}

/// A range that is played again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoopReport {
    /// First frame.
    pub from_frame: i64,
    /// Frame after the last one.
    pub to_frame: i64,
    /// How often; 0 for without end.
    pub times: u32,
}

/// How well playback kept time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlaybackFigures {
    /// Pictures shown.
    pub shown: u64,
    /// Pictures left out because they were late.
    pub dropped: u64,
    /// Pictures shown after their own time.
    pub late: u64,
    /// Pictures shown per second of sound.
    pub fps: f64,
    /// Largest distance of the sound from the time of the picture that was shown, in ms; 0 while the
    /// sound is within the picture's time.
    pub max_drift_ms: f64,
    /// Mean of these distances in ms.
    pub mean_drift_ms: f64,
    /// Sound that was due and not there, in ms.
    pub missing_sound_ms: f64,
    /// Length of the sound played, in seconds.
    pub played_secs: f64,
}

impl PlaybackFigures {
    /// The figures of an engine's playback with sound of this rate.
    pub(crate) fn of(report: &cutroom_engine::PlayReport, sample_rate_hz: u32) -> Self {
        Self {
            shown: report.shown,
            dropped: report.dropped,
            late: report.late,
            fps: report.fps,
            max_drift_ms: report.max_drift_secs * 1000.0,
            mean_drift_ms: report.mean_drift_secs * 1000.0,
            missing_sound_ms: report.missed_samples as f64 * 1000.0 / f64::from(sample_rate_hz.max(1)),
            played_secs: report.secs,
        }
    }
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Exports the document.
    Export,
    /// Makes proxies.
    MakeProxies,
    /// Finds files to add to the media.
    Import,
}

/// A job and how far it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct JobReport {
    /// Its number.
    pub job: u64,
    /// What it does.
    pub kind: JobKind,
    /// What it does, in words.
    pub name: String,
    /// Work done, in units of the kind of job; frames of exports and proxies.
    pub done: u64,
    /// All its work; 0 while it is not known.
    pub total: u64,
}

/// What came out of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobResult {
    /// An export.
    Export(Box<ExportReport>),
    /// Proxies.
    MakeProxies(ProxyReport),
    /// Media that were added.
    Import(ImportMediaReport),
}

/// What happened to the file of a medium.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaChange {
    /// Its content was changed in place.
    Changed,
    /// Another file has its name now.
    Replaced,
    /// It is not there any more.
    Offline {
        /// Why, in words.
        reason: String,
    },
    /// It is there again.
    Back {
        /// Whether it is as it was before.
        unchanged: bool,
    },
}

impl From<FileChange> for MediaChange {
    fn from(change: FileChange) -> Self {
        match change {
            FileChange::Changed => Self::Changed,
            FileChange::Replaced => Self::Replaced,
            FileChange::Offline(reason) => Self::Offline { reason },
            FileChange::Back { unchanged } => Self::Back { unchanged },
        }
    }
}
