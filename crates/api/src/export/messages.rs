//! What an export's supervisor and its worker processes tell each other: one JSON object a line.
use super::{
    ExportProgress, ExportRequest,
    prepared::{Made, Outline},
};
use crate::ApiError;
use cutroom_export::PartId;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// To a worker, on its standard input. Its end tells the worker that nobody waits for it any more.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ToWorker {
    /// The first message: what to export. Answered by [`FromWorker::Ready`] or an error.
    InitExport(Box<InitExport>),
    /// Do a task. Answered by progress, and then [`FromWorker::Completed`] or an error. One task with
    /// pictures and one with sound may be done at a time.
    Do(Task),
    /// Stop what is being done.
    Cancel,
}

/// An export, as a worker is told of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct InitExport {
    /// Build that began the export; a worker of another one refuses. Absent: the worker is this very program.
    pub build: Option<String>,
    /// The document, as JSON.
    pub project: String,
    /// The text of its file, in which lines of problems are found.
    pub text: String,
    /// The project file: media paths start at its folder.
    pub path: PathBuf,
    /// Folders that media must be in; absent: any.
    pub roots: Option<Vec<PathBuf>>,
    /// What to export.
    pub request: ExportRequest,
    /// The folder of the parts.
    pub folder: PathBuf,
    /// A file in which to keep what is being decoded and encoded.
    pub activity: Option<PathBuf>,
    /// Bytes of paths that are no text, which JSON cannot have; see [`InitExport::portable`].
    #[serde(default)]
    pub odd_paths: Vec<Vec<u8>>,
}

/// What stands for a path that is no text, with its number behind it. No path begins like this.
const ODD: &str = "\0odd path ";

impl InitExport {
    fn paths_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let roots = self.roots.iter_mut().flatten();
        [&mut self.path, &mut self.folder].into_iter().chain(&mut self.activity).chain(roots).chain(self.request.paths_mut())
    }

    /// The same in a form that can be sent.
    pub fn portable(mut self) -> Self {
        let mut odd = Vec::new();
        for path in self.paths_mut().filter(|path| path.to_str().is_none()) {
            let name = PathBuf::from(format!("{ODD}{}", odd.len()));
            odd.push(std::mem::replace(path, name).into_os_string().into_encoded_bytes());
        }
        self.odd_paths = odd;
        self
    }

    /// The same as it was before [`Self::portable`].
    pub fn received(mut self) -> Self {
        let odd = std::mem::take(&mut self.odd_paths);
        for path in self.paths_mut() {
            let number = path.to_str().and_then(|text| text.strip_prefix(ODD)).and_then(|n| n.parse::<usize>().ok());
            if let Some(bytes) = number.and_then(|n| odd.get(n)) {
                #[cfg(unix)]
                {
                    *path = PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes));
                }
                #[cfg(not(unix))]
                {
                    *path = PathBuf::from(String::from_utf8_lossy(bytes).into_owned());
                }
            }
        }
        self
    }
}

/// A piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Task {
    /// The film as a whole.
    Whole,
    /// One part of it.
    Part(PartId),
    /// The film from its parts.
    Join,
    /// Decode the finished film and compare it.
    Verify,
}

/// From a worker, on its standard output.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FromWorker {
    /// The export is checked and its files are open.
    Ready(Box<Outline>),
    /// How far a task is, in frames.
    Progress {
        /// The task.
        task: Task,
        /// Frames of the task.
        progress: ExportProgress,
    },
    /// A task is done.
    Completed {
        /// The task.
        task: Task,
        /// What was made.
        made: Box<Made>,
    },
    /// A task failed; without a task, opening the export did.
    Error {
        /// The task.
        task: Option<Task>,
        /// Why.
        errors: Vec<ApiError>,
        /// Whether another try may succeed.
        recoverable: bool,
    },
}
