//! What is kept of an export on a farm, in the folder of its parts.
use super::{FarmBackendChoice, FarmFailure, FarmStatus};
use crate::{ApiError, export::messages::InitExport};
use cutroom_export::{
    ExportFolder, PartId,
    farm::{FarmBackend, FarmResources, FarmWork, JobStates, Kubernetes, KubernetesOptions, Local, Slurm},
    folder,
};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Most tasks of a stage: what Slurm takes in an array, if it is not configured otherwise.
const MOST_TASKS: usize = 1000;

/// What is kept in the folder of an export on a farm.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredFarm {
    /// Hash of the plan.
    pub plan: String,
    pub init: InitExport,
    pub parts: Vec<PartId>,
    pub segments: usize,
    pub backend: FarmBackendChoice,
    pub resources: FarmResources,
    pub kubernetes: KubernetesOptions,
    pub program: PathBuf,
    pub batch: Option<usize>,
    pub tries: usize,
    pub rounds: Vec<Round>,
}

/// Work that was handed in at once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Round {
    /// Parts of each task of each stage.
    pub stages: Vec<Vec<Vec<PartId>>>,
    pub jobs: Vec<String>,
}

impl StoredFarm {
    /// # Errors
    /// `export.none` if no export to this folder was given to a farm; `export.folder`.
    pub fn read(path: &Path) -> Result<Self, ApiError> {
        let stored: Option<Self> = folder::stored_farm(path)?;
        stored.ok_or_else(|| {
            let message = format!("{}: no export was given to a farm, or it is finished or was removed", path.display());
            ApiError::new("export.none", message).file(path)
        })
    }

    pub fn backend(&self) -> Box<dyn FarmBackend> {
        match self.backend {
            FarmBackendChoice::Local => Box::new(Local),
            FarmBackendChoice::Slurm => Box::new(Slurm),
            FarmBackendChoice::K8s => Box::new(Kubernetes(self.kubernetes.clone())),
        }
    }

    pub fn jobs(&self) -> &[String] {
        self.rounds.last().map_or(&[], |round| &round.jobs)
    }

    pub fn states(&self) -> Result<JobStates, ApiError> {
        match self.jobs() {
            [] => Ok(JobStates::default()),
            jobs => Ok(self.backend().states(jobs)?),
        }
    }

    /// Whether a part has its manifest.
    pub fn has(&self, part: PartId) -> bool {
        folder::finished::<serde_json::Value>(&self.init.folder, &self.plan, part).is_some()
    }

    pub fn missing(&self) -> Vec<PartId> {
        self.parts.iter().copied().filter(|part| !self.has(*part)).collect()
    }

    /// What is missing, in stages of tasks.
    pub fn stages(&self) -> Vec<Vec<Vec<PartId>>> {
        let (measured, others): (Vec<_>, Vec<_>) = self.missing().into_iter().partition(|p| matches!(p, PartId::Measure(_)));
        let (sound, segments): (Vec<_>, Vec<_>) = others.into_iter().partition(|part| *part == PartId::Sound);
        // The sound is one long task: it comes first.
        let first = [sound, if measured.is_empty() { segments.clone() } else { measured.clone() }].concat();
        let second = if measured.is_empty() { Vec::new() } else { segments };
        let tasks = |parts: Vec<PartId>| {
            let batch = self.batch.unwrap_or(1).max(parts.len().div_ceil(MOST_TASKS)).max(1);
            let (sound, pictures): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| *part == PartId::Sound);
            let alone = sound.chunks(1).map(<[PartId]>::to_vec);
            alone.chain(pictures.chunks(batch).map(<[PartId]>::to_vec)).collect::<Vec<_>>()
        };
        [first, second].into_iter().map(tasks).filter(|tasks| !tasks.is_empty()).collect()
    }

    pub fn work(&self, stages: &[Vec<Vec<PartId>>], round: usize) -> FarmWork {
        let output = self.init.request.output.clone().unwrap_or_default();
        let name = output.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(30).collect();
        FarmWork {
            name: format!("cutroom-{name}-{}", self.plan.get(..6).unwrap_or_default()),
            folder: self.init.folder.clone(),
            program: self.program.clone(),
            stages: stages.iter().map(Vec::len).collect(),
            round,
            resources: self.resources.clone(),
        }
    }

    /// Hands in what is missing, as a further round.
    pub fn hand_in(&mut self, parts: &ExportFolder) -> Result<usize, ApiError> {
        let stages = self.stages();
        let work = self.work(&stages, self.rounds.len());
        let tasks = work.stages.iter().sum();
        // Stored before: a task may begin at once.
        self.rounds.push(Round { stages, jobs: Vec::new() });
        parts.store_farm(self)?;
        match self.backend().submit(&work) {
            Ok(jobs) => {
                if let Some(round) = self.rounds.last_mut() {
                    round.jobs = jobs;
                }
                parts.store_farm(self)?;
                Ok(tasks)
            }
            Err(error) => {
                self.rounds.pop();
                parts.store_farm(self)?;
                Err(error.into())
            }
        }
    }

    pub fn failures(&self) -> Vec<FarmFailure> {
        let missing = self.missing();
        let stored = missing.iter().filter_map(|part| fs::read(failure_of(&self.init.folder, *part)).ok());
        stored.filter_map(|text| serde_json::from_slice(&text).ok()).collect()
    }

    pub fn status(&self) -> Result<FarmStatus, ApiError> {
        let JobStates { waiting, running } = self.states()?;
        Ok(FarmStatus {
            output: self.init.request.output.clone().unwrap_or_default(),
            backend: self.backend,
            segments: self.segments,
            finished: folder::segments_finished(&self.init.folder, &self.plan),
            missing: self.missing().len(),
            waiting,
            running,
            tries: [self.rounds.len(), self.tries],
            jobs: self.jobs().to_vec(),
            failures: self.failures(),
        })
    }

    /// # Errors
    /// `farm.failed`: parts failed as often as they may.
    pub fn check_tries(&self) -> Result<(), ApiError> {
        if self.rounds.len() < self.tries {
            return Ok(());
        }
        let (missing, failures) = (self.missing(), self.failures());
        let count = missing.len();
        let message = format!("{count} parts of the export are not finished after {} tries", self.rounds.len());
        let mut error = ApiError::new("farm.failed", message);
        error.hint = Some("when the cause is gone, hand it in again: finished parts are kept".into());
        error.causes = failures.iter().map(|f| format!("{} on {}: {}", f.part, f.machine, f.error.message)).collect();
        error.file = Some(self.init.folder.clone());
        Err(error)
    }
}

/// Where the failure of a part is kept.
pub(super) fn failure_of(folder: &Path, part: PartId) -> PathBuf {
    folder.join(format!("failed-{}.json", part.name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ExportRequest;

    fn stored(parts: Vec<PartId>, folder: &Path, batch: Option<usize>) -> StoredFarm {
        let project = String::new();
        let init = InitExport {
            build: None,
            text: String::new(),
            path: "film.json".into(),
            roots: None,
            request: ExportRequest::default(),
            folder: folder.to_owned(),
            activity: None,
            odd_paths: Vec::new(),
            project,
        };
        let resources = FarmResources::default();
        let kubernetes = KubernetesOptions::default();
        let (backend, program) = (FarmBackendChoice::Local, PathBuf::new());
        let (plan, segments) = ("plan".into(), 0);
        StoredFarm { plan, init, parts, segments, backend, resources, kubernetes, program, batch, tries: 2, rounds: Vec::new() }
    }

    #[test]
    fn sound_is_a_task_and_first_passes_are_a_stage() {
        use PartId::{Measure, Segment, Sound};
        let dir = tempfile::tempdir().unwrap();
        let once = stored(vec![Sound, Segment(0), Segment(1), Segment(2)], dir.path(), Some(2));
        assert_eq!(once.stages(), [vec![vec![Sound], vec![Segment(0), Segment(1)], vec![Segment(2)]]]);
        let twice = stored(vec![Sound, Measure(0), Measure(1), Segment(0), Segment(1)], dir.path(), None);
        let first = vec![vec![Sound], vec![Measure(0)], vec![Measure(1)]];
        assert_eq!(twice.stages(), [first, vec![vec![Segment(0)], vec![Segment(1)]]]);
        let long = stored((0..2500).map(Segment).collect(), dir.path(), None);
        assert_eq!((long.stages()[0].len(), long.stages()[0][0].len()), (834, 3));
        assert!(stored(Vec::new(), dir.path(), None).stages().is_empty());
    }

    #[test]
    fn what_failed_too_often_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let mut farm = stored(vec![PartId::Segment(3)], dir.path(), None);
        farm.check_tries().unwrap();
        let round = Round { stages: Vec::new(), jobs: Vec::new() };
        farm.rounds = vec![round.clone(), round];
        let error = ApiError::new("export.space", "the disk is full");
        let failure = FarmFailure { part: "segment-00003".into(), machine: "node7".into(), error };
        fs::write(failure_of(dir.path(), PartId::Segment(3)), serde_json::to_vec(&failure).unwrap()).unwrap();
        let error = farm.check_tries().unwrap_err();
        assert_eq!(error.code, "farm.failed");
        assert_eq!(error.causes, ["segment-00003 on node7: the disk is full"]);
    }
}
