//! What is kept of an export on a farm, in the folder of its parts.
use super::{FarmBackendChoice, FarmFailure, FarmStatus};
use crate::{ApiError, export::messages::InitExport};
use cutroom_export::{
    ExportFolder, LockedFolder, PartId,
    farm::{FarmBackend, FarmError, FarmResources, FarmWork, JobStates, Kubernetes, KubernetesOptions, Local, Slurm},
    folder,
};
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

/// Most tasks of a stage: what Slurm takes in an array, if it is not configured otherwise.
const MOST_TASKS: usize = 999;
/// When only the end is missing, it is handed in so many times more.
const TRIES_OF_END: usize = 3;

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
    /// Whether it was taken back.
    pub cancelled: bool,
    /// Size, and time of change in nanoseconds, of what was under the output's name before.
    pub before: Option<[u64; 2]>,
}

/// Work that was handed in at once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Round {
    /// A name that no other has: jobs of lost rounds find nothing to do.
    pub id: String,
    /// Parts of each task of each stage.
    pub stages: Vec<Vec<Vec<PartId>>>,
    pub jobs: Vec<String>,
    /// Whether the scheduler has all of its jobs.
    pub is_whole: bool,
}

/// A name of 8 letters and digits that no other has.
pub(super) fn new_id() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let text = format!("{} {} {}", folder::machine(), std::process::id(), since.as_nanos());
    blake3::hash(text.as_bytes()).to_hex().chars().take(8).collect()
}

/// Size and time of change of a file; `None` if there is none.
pub(super) fn facts_of(path: &Path) -> Option<[u64; 2]> {
    let metadata = fs::metadata(path).ok()?;
    let changed = metadata.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Some([metadata.len(), changed.as_nanos() as u64])
}

impl StoredFarm {
    /// What is stored; `None` if no export to this folder was given to a farm, or it is finished.
    ///
    /// # Errors
    /// `export.folder`.
    pub fn find(path: &Path) -> Result<Option<Self>, ApiError> {
        let stored: Option<Self> = folder::stored_farm(path)?;
        Ok(stored.map(|stored| Self { init: stored.init.received(), ..stored }))
    }

    fn portable(&self) -> Self {
        Self { init: self.init.clone().portable(), ..self.clone() }
    }

    /// # Errors
    /// `export.folder`.
    pub fn store(&self, locked: &LockedFolder) -> Result<(), ApiError> {
        Ok(locked.store_farm(&self.portable())?)
    }

    /// The output.
    pub fn output(&self) -> PathBuf {
        self.init.request.output.clone().unwrap_or_default()
    }

    /// Whether the film was given its name since it was handed in.
    pub fn is_done(&self) -> bool {
        let now = facts_of(&self.output());
        now.is_some() && now != self.before
    }

    /// The round of this name, if it is the one that counts.
    pub fn round(&self, id: &str) -> Option<&Round> {
        self.rounds.last().filter(|round| round.id == id && !self.cancelled)
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

    /// # Errors
    /// What the scheduler says.
    pub fn states(&self) -> Result<JobStates, ApiError> {
        match self.jobs() {
            [] => Ok(JobStates::default()),
            jobs => Ok(self.backend().states(jobs)?),
        }
    }

    /// Takes back the jobs of all rounds.
    ///
    /// # Errors
    /// What the scheduler says.
    pub fn cancel_jobs(&self) -> Result<(), ApiError> {
        let jobs: Vec<String> = self.rounds.iter().flat_map(|round| round.jobs.iter().cloned()).collect();
        if jobs.is_empty() { Ok(()) } else { Ok(self.backend().cancel(&jobs)?) }
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

    /// What a round hands in.
    pub fn work(&self, stages: &[Vec<Vec<PartId>>], id: &str) -> FarmWork {
        let output = self.output();
        let name = output.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(30).collect();
        FarmWork {
            name: format!("cutroom-{name}-{}", self.plan.get(..6).unwrap_or_default()),
            folder: self.init.folder.clone(),
            program: self.program.clone(),
            stages: stages.iter().map(Vec::len).collect(),
            round: id.to_owned(),
            resources: self.resources.clone(),
        }
    }

    /// Hands in what is missing, as a further round; one that was not handed in as a whole is replaced. Returns
    /// the number of tasks.
    ///
    /// # Errors
    /// What the scheduler says; `export.folder`.
    pub fn hand_in(&mut self, parts: &ExportFolder) -> Result<usize, ApiError> {
        if let Some(half) = self.rounds.pop_if(|round| !round.is_whole) {
            // Jobs whose names were lost find nothing to do.
            let _ = self.backend().cancel(&half.jobs);
        }
        let (stages, id) = (self.stages(), new_id());
        let work = self.work(&stages, &id);
        let tasks = work.stages.iter().sum();
        // Stored before: a task may begin at once.
        self.rounds.push(Round { id, stages, jobs: Vec::new(), is_whole: false });
        parts.store_farm(&self.portable())?;
        let path = self.init.folder.clone();
        let handed = self.backend().submit(&work, &mut |job| {
            if let Some(round) = self.rounds.last_mut() {
                round.jobs.push(job);
            }
            let stored = parts.store_farm(&self.portable());
            stored.map_err(|e| FarmError::Folder { path: path.clone(), source: io::Error::other(e.to_string()) })
        });
        match handed {
            Ok(()) => {
                if let Some(round) = self.rounds.last_mut() {
                    round.is_whole = true;
                }
                parts.store_farm(&self.portable())?;
                Ok(tasks)
            }
            Err(error) => {
                self.rounds.pop();
                if self.rounds.is_empty() {
                    parts.forget_farm();
                } else {
                    parts.store_farm(&self.portable())?;
                }
                Err(error.into())
            }
        }
    }

    pub fn failures(&self) -> Vec<FarmFailure> {
        let missing = self.missing();
        let names = missing.iter().map(|part| part.name()).chain([FILM.to_owned()]);
        let stored = names.filter_map(|name| fs::read(failure_of(&self.init.folder, &name)).ok());
        stored.filter_map(|text| serde_json::from_slice(&text).ok()).collect()
    }

    /// # Errors
    /// What the scheduler says.
    pub fn status(&self) -> Result<FarmStatus, ApiError> {
        let JobStates { waiting, running } = self.states()?;
        Ok(FarmStatus {
            output: self.output(),
            backend: self.backend,
            cancelled: self.cancelled,
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
        let (missing, failures) = (self.missing(), self.failures());
        let count = missing.len();
        if self.rounds.len() < self.tries + if count == 0 { TRIES_OF_END } else { 0 } {
            return Ok(());
        }
        let message = match count {
            0 => {
                format!("all parts of the export are finished, but the film could not be assembled in {} tries", self.rounds.len())
            }
            _ => format!("{count} parts of the export are not finished after {} tries", self.rounds.len()),
        };
        let mut error = ApiError::new("farm.failed", message);
        error.hint = Some("when the cause is gone, hand it in again: finished parts are kept".into());
        error.causes = failures.iter().map(|f| format!("{} on {}: {}", f.part, f.machine, f.error.message)).collect();
        error.file = Some(self.init.folder.clone());
        Err(error)
    }
}

/// What failures of assembling the film are kept as.
pub(super) const FILM: &str = "film";

/// Where the failure of a part, or of the film, is kept.
pub(super) fn failure_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("failed-{name}.json"))
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
        let (tries, rounds, cancelled, before) = (2, Vec::new(), false, None);
        StoredFarm { plan, init, parts, segments, backend, resources, kubernetes, program, batch, tries, rounds, cancelled, before }
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
        let with_sound = stored([Sound].into_iter().chain((0..1999).map(Segment)).collect(), dir.path(), None);
        assert!(with_sound.stages()[0].len() <= 1000);
        assert!(stored(Vec::new(), dir.path(), None).stages().is_empty());
    }

    #[test]
    fn what_failed_too_often_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let mut farm = stored(vec![PartId::Segment(3)], dir.path(), None);
        farm.check_tries().unwrap();
        let round = Round { id: new_id(), stages: Vec::new(), jobs: Vec::new(), is_whole: true };
        farm.rounds = vec![round.clone(), round];
        let error = ApiError::new("export.space", "the disk is full");
        let failure = FarmFailure { part: "segment-00003".into(), machine: "node7".into(), error };
        fs::write(failure_of(dir.path(), "segment-00003"), serde_json::to_vec(&failure).unwrap()).unwrap();
        let error = farm.check_tries().unwrap_err();
        assert_eq!(error.code, "farm.failed");
        assert_eq!(error.causes, ["segment-00003 on node7: the disk is full"]);
    }
}
