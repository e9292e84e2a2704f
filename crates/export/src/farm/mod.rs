//! Farms: where the parts of an export are made by many machines that share its folder.
//!
//! ```text
//! stage 0: task 0, task 1, …  ──▶ (stage 1: …) ──▶ assemble
//!                 └── some failed ──▶ mend: hands in again what has no manifest
//! ```
//!
//! A back end hands tasks to a scheduler and knows nothing of films. What is finished is decided by the
//! manifests in the folder alone, never by what a scheduler says of a job.
mod error;
mod kubernetes;
mod local;
mod slurm;

pub use error::FarmError;
pub use kubernetes::{Kubernetes, KubernetesOptions};
pub use local::Local;
pub use slurm::Slurm;

use crate::folder::LOGS;
use serde::{Deserialize, Serialize};
use std::{
    ffi::OsStr,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What each task of a farm gets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FarmResources {
    /// Processor cores of a task.
    pub cpus: usize,
    /// Memory of a task in MiB; `None`: what the farm gives.
    pub memory_mib: Option<u64>,
    /// Graphics cards of a task.
    pub gpus: usize,
    /// Priority: a number for Slurm, the name of a priority class for Kubernetes.
    pub priority: Option<String>,
    /// Partition of Slurm, or namespace of Kubernetes.
    pub queue: Option<String>,
    /// Most tasks at a time; `None`: as many as the farm runs.
    pub parallel: Option<usize>,
    /// Minutes after which a task is ended.
    pub limit_mins: Option<u64>,
    /// Further options for `sbatch`, as they are.
    pub options: Vec<String>,
}

/// Work for a farm: tasks in stages, each begun when the one before is done, and an end.
#[derive(Clone, Debug, PartialEq)]
pub struct FarmWork {
    /// A short name, shown in lists of jobs: letters, digits and `-`.
    pub name: String,
    /// The folder of the export, on a file system that all machines see under the same path.
    pub folder: PathBuf,
    /// The program, at the same path on all machines.
    pub program: PathBuf,
    /// Number of tasks of each stage.
    pub stages: Vec<usize>,
    /// Name of this handing in, which no other has: lower-case letters and digits.
    pub round: String,
    /// What each task gets.
    pub resources: FarmResources,
}

impl FarmWork {
    /// Arguments of the program that do a task, without the number of the task.
    fn task(&self, stage: usize) -> Vec<String> {
        let numbers = ["--stage".into(), stage.to_string(), "--task".into()];
        [self.command("work"), numbers.to_vec()].concat()
    }

    /// Arguments of the program that do something with the folder.
    fn command(&self, what: &str) -> Vec<String> {
        vec!["farm".into(), what.into(), self.folder.to_string_lossy().into_owned(), "--round".into(), self.round.clone()]
    }
}

/// How the jobs of an export are, as their scheduler sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobStates {
    /// Tasks that wait.
    pub waiting: usize,
    /// Tasks that run.
    pub running: usize,
}

impl JobStates {
    /// Whether nothing waits or runs any more.
    pub fn is_over(self) -> bool {
        self == Self::default()
    }
}

/// Takes the name of a job that a scheduler has accepted.
pub type Accepted<'a> = dyn FnMut(String) -> Result<(), FarmError> + 'a;

/// A scheduler that runs tasks on machines.
pub trait FarmBackend {
    /// Refuses work that it cannot do.
    ///
    /// # Errors
    /// [`FarmError::Setting`].
    fn check(&self, work: &FarmWork) -> Result<(), FarmError>;

    /// What it would be given, for people to read.
    fn describe(&self, work: &FarmWork) -> String;

    /// Hands in work that was checked; `accepted` is called with the name of each job as soon as the scheduler
    /// has it.
    ///
    /// # Errors
    /// See [`FarmError`], and those of `accepted`; jobs that were accepted before are cancelled.
    fn submit(&self, work: &FarmWork, accepted: &mut Accepted) -> Result<(), FarmError>;

    /// How jobs are.
    ///
    /// # Errors
    /// See [`FarmError`].
    fn states(&self, jobs: &[String]) -> Result<JobStates, FarmError>;

    /// Takes jobs back, and ends what runs of them.
    ///
    /// # Errors
    /// See [`FarmError`].
    fn cancel(&self, jobs: &[String]) -> Result<(), FarmError>;
}

fn logs(work: &FarmWork) -> Result<PathBuf, FarmError> {
    let path = work.folder.join(LOGS);
    std::fs::create_dir_all(&path).map_err(|source| FarmError::Folder { path: path.clone(), source })?;
    Ok(path)
}

/// Runs a program of a scheduler and returns what it prints.
fn run<S: AsRef<OsStr>>(program: &'static str, args: impl IntoIterator<Item = S>, input: &str) -> Result<String, FarmError> {
    let failed = |source| FarmError::Program { program, source };
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    // One that does not read its input says why on its standard error.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().map_err(failed)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => {
            let said = text(&output.stderr);
            let said = if said.is_empty() { output.status.to_string() } else { said };
            Err(FarmError::Refused { program, said })
        }
    }
}

/// An argument for `sh`.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,%@+".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// A command line for `sh`.
fn command_line(program: &Path, args: &[String]) -> String {
    let words = [program.to_string_lossy().into_owned()].into_iter().chain(args.iter().cloned());
    words.map(|word| quoted(&word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
fn work() -> FarmWork {
    FarmWork {
        name: "cutroom-film".into(),
        folder: "/srv/it's here/.film.mp4.cutroom-export".into(),
        program: "/opt/cutroom".into(),
        stages: vec![3, 2],
        round: "a1b2c3d4".into(),
        resources: FarmResources {
            cpus: 4,
            memory_mib: Some(8000),
            gpus: 1,
            priority: Some("100".into()),
            queue: Some("night".into()),
            parallel: Some(8),
            limit_mins: Some(90),
            options: vec!["--account=films".into()],
        },
    }
}
