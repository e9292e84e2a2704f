//! Commands beside the operations of the document: those of an [`crate::Editor`], and those of a
//! [`crate::LiveSession`].
use super::SessionEvent;
use crate::{ExportRequest, ProxyChoice, ProxyRequest};
use cutroom_project::Operation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::PathBuf, sync::LazyLock};

/// Commands beside the operations of the document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SessionCommand {
    /// Undoes steps.
    Undo {
        /// How many; absent: one.
        #[serde(default = "one")]
        steps: usize,
    },
    /// Does steps again that were undone.
    Redo {
        /// How many; absent: one.
        #[serde(default = "one")]
        steps: usize,
    },
    /// Writes the project file.
    Save {
        /// Another file in the same folder; absent: the one that was opened, or the output.
        #[serde(default)]
        path: Option<PathBuf>,
        /// Whether a file that another program changed meanwhile is replaced; it is kept as a backup.
        #[serde(default)]
        overwrite: bool,
    },
    /// Names the present state, to restore it by.
    NameVersion {
        /// The name. A name that is in use moves here.
        name: String,
    },
    /// Returns to a named version or a step, whatever was done since; that stays in the history.
    Restore {
        /// A named version.
        #[serde(default)]
        version: Option<String>,
        /// Number of a step; 0 is the state in which the history began.
        #[serde(default)]
        step: Option<i64>,
    },
    /// Lists the last steps.
    History {
        /// How many; absent: 20.
        #[serde(default = "twenty")]
        limit: usize,
    },
    /// Defines a macro: operations in which `"$name"` stands for a parameter.
    Define {
        /// Its name.
        name: String,
        /// Names of its parameters.
        #[serde(default)]
        params: Vec<String>,
        /// Operations, and calls of other macros.
        steps: Vec<Value>,
    },
    /// Carries out a macro as one step.
    Call {
        /// Its name.
        name: String,
        /// Values of its parameters.
        #[serde(default)]
        with: BTreeMap<String, Value>,
    },
    /// Finds media whose files were moved or renamed, as one step.
    Relink {
        /// Folders that are searched; empty: the project's own.
        #[serde(default)]
        search: Vec<PathBuf>,
        /// Whether files of the same name with other content are linked, too.
        #[serde(default)]
        accept_different: bool,
    },
    /// Adds files and folders to the media, as one step.
    ImportMedia {
        /// Files, numbered pictures and folders.
        files: Vec<PathBuf>,
    },
    /// Adds a title: a composition, and a clip that shows it, as one step.
    AddTitle {
        /// Id of the title.
        title: String,
        /// Values of parameters by id, as texts; absent ones have their defaults.
        #[serde(default)]
        values: BTreeMap<String, String>,
        /// Where it starts, see [`crate::parse_frame`].
        at: String,
        /// Length, see [`crate::parse_length_frames`]; absent: the title's usual one.
        #[serde(default)]
        duration: Option<String>,
        /// Id of the video track. Absent: the topmost one if it is free there and not the only one, else a
        /// new one above all others.
        #[serde(default)]
        track: Option<String>,
        /// Id of the composition; absent: the main one.
        #[serde(default)]
        composition: Option<String>,
    },
    /// Hashes the document, and the pixels of a frame.
    Hash {
        /// The frame, see [`crate::parse_frame`]; absent: only the document.
        #[serde(default)]
        at: Option<String>,
    },
}

fn one() -> usize {
    1
}

fn twenty() -> usize {
    20
}

/// Commands for what a running session does beside editing: playback, and jobs such as exports. They
/// change no document and are no steps of its history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum LiveCommand {
    /// Chooses the composition that is played.
    Show {
        /// Its id; absent: the main one.
        #[serde(default)]
        composition: Option<String>,
    },
    /// Plays from the playhead, at the speed that was set last.
    Play {},
    /// Stops at the playhead.
    Pause {},
    /// Moves the playhead; playback continues there.
    Seek {
        /// Where to, see [`crate::parse_frame`]: seconds, timecode or frame number.
        to: String,
    },
    /// Pauses and moves the playhead by frames.
    Step {
        /// How many; negative ones go back.
        #[serde(default = "one_frame")]
        frames: i64,
    },
    /// Plays at another speed.
    Shuttle {
        /// From -8 to 8; 0 pauses, negative ones play backwards.
        speed: f64,
    },
    /// Plays a range again and again, or, without fields, the whole composition once.
    Loop {
        /// First frame, as for `seek`; absent: that of the composition.
        #[serde(default)]
        from: Option<String>,
        /// Where it ends, not included; absent: at the end of the composition.
        #[serde(default)]
        to: Option<String>,
        /// How often; 0 for without end. Absent: without end if there is a range, else once.
        #[serde(default)]
        times: Option<u32>,
    },
    /// Moves the playhead while somebody drags it.
    Scrub {
        /// Where to, as for `seek`.
        to: String,
    },
    /// Changes how pictures are shown. Fields that are absent stay.
    Preview {
        /// Pixels drawn for each pixel of the film, 1/64..=4.
        #[serde(default)]
        scale: Option<f64>,
        /// Which proxies are shown instead of their files.
        #[serde(default)]
        proxies: Option<ProxyChoice>,
        /// Whether playback shows every frame, and the sound waits for late ones.
        #[serde(default)]
        every_frame: Option<bool>,
    },
    /// Says what the transport does.
    Transport {},
    /// Exports the document as it is now, as a job; later edits do not change the film.
    Export(Box<ExportRequest>),
    /// Makes proxies as a job.
    MakeProxies(ProxyRequest),
    /// Finds files and folders to add to the media as a job, and adds them as one step when it is done.
    ImportInBackground {
        /// Files, numbered pictures and folders.
        files: Vec<PathBuf>,
    },
    /// Lists the jobs that wait or run.
    Jobs {},
    /// Cancels a job.
    Cancel {
        /// Its number.
        job: u64,
    },
    /// Waits until a job has ended, playback has ended, or all jobs have.
    Wait {
        /// The job; absent: all.
        #[serde(default)]
        job: Option<u64>,
        /// Whether to wait for the end of playback instead.
        #[serde(default)]
        playback: bool,
    },
}

fn one_frame() -> i64 {
    1
}

/// The names of the commands of an editor, of the operations of a document, and of the commands of a
/// running session, from their schemas.
pub(crate) static NAMES: LazyLock<[Vec<String>; 3]> = LazyLock::new(|| {
    let schemas = [schemars::schema_for!(SessionCommand), schemars::schema_for!(Operation), schemars::schema_for!(LiveCommand)];
    schemas.map(|schema| {
        let schema = schema.to_value();
        let branches = schema["oneOf"].as_array().into_iter().flatten();
        branches.flat_map(|b| b["properties"].as_object().into_iter().flat_map(|p| p.keys().cloned())).collect()
    })
});

/// The JSON Schemas of commands and events.
pub fn command_schema() -> Value {
    json!({
        "operations": schemars::schema_for!(Operation).to_value(),
        "session": schemars::schema_for!(SessionCommand).to_value(),
        "live": schemars::schema_for!(LiveCommand).to_value(),
        "events": schemars::schema_for!(SessionEvent).to_value(),
    })
}
