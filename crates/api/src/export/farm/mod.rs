//! Exports on farms: planned here, their parts made by many machines, assembled by one of them.
mod stored;

use super::{
    ExportReport, ExportRequest,
    asked::Asked,
    messages::InitExport,
    prepared,
    supervisor::{Goal, Watch, init_of, reach, supervise},
};
use crate::{ApiError, session::Session};
use cutroom_export::{
    ExportFolder, PartId,
    farm::{FarmResources, KubernetesOptions},
    folder,
};
use cutroom_types::CancelToken;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};
use stored::{StoredFarm, failure_of};

/// How often work is handed in, unless the request says otherwise.
const TRIES: usize = 4;
/// Folders are looked at this often by those who wait.
const INTERVAL: Duration = Duration::from_millis(500);
/// Schedulers are asked this often by those who wait.
const ASKED: Duration = Duration::from_secs(3);
/// Who assembles a film makes what is missing himself when no part came for this time.
const PATIENCE: Duration = Duration::from_secs(3600);

/// What runs the tasks of a farm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FarmBackendChoice {
    /// Processes of this machine, in the background.
    #[default]
    Local,
    /// A Slurm cluster, by `sbatch`, `squeue` and `scancel`.
    Slurm,
    /// A Kubernetes cluster, by `kubectl`.
    K8s,
}

/// An export for a farm.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FarmSubmitRequest {
    /// What to export; its output is needed, in a folder that all machines see under the same path.
    pub export: ExportRequest,
    /// What runs the tasks.
    #[serde(default)]
    pub backend: FarmBackendChoice,
    /// Processor cores of a task; 0: 2. Encoders get as many threads, unless the export says another number.
    #[serde(default)]
    pub cpus: usize,
    /// Memory of a task in MiB; absent: what the farm gives.
    #[serde(default)]
    pub memory_mib: Option<u64>,
    /// Graphics cards of a task.
    #[serde(default)]
    pub gpus: usize,
    /// Priority: a number for Slurm, the name of a priority class for Kubernetes.
    #[serde(default)]
    pub priority: Option<String>,
    /// Partition of Slurm, or namespace of Kubernetes.
    #[serde(default)]
    pub queue: Option<String>,
    /// Most tasks at a time; absent: as many as the farm runs, 1 for `local`.
    #[serde(default)]
    pub parallel: Option<usize>,
    /// Minutes after which a task is ended.
    #[serde(default)]
    pub limit_mins: Option<u64>,
    /// Segments of a task, 1 to 1000; absent: 1, or as many as needed for 1000 tasks.
    #[serde(default)]
    pub batch: Option<usize>,
    /// How often parts that fail are handed in, 1 to 100; absent: 4.
    #[serde(default)]
    pub tries: Option<usize>,
    /// Further options for `sbatch`, as they are.
    #[serde(default)]
    pub options: Vec<String>,
    /// Kubernetes: the container image that has the program, at the same path as here.
    #[serde(default)]
    pub image: Option<String>,
    /// Kubernetes: claim of the volume that has project, media and output.
    #[serde(default)]
    pub claim: Option<String>,
    /// Kubernetes: where the volume is mounted, there and here.
    #[serde(default)]
    pub mount: Option<String>,
    /// Say what would be handed in, and hand in nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// What was handed in to a farm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FarmReport {
    /// The film that will be there.
    pub output: PathBuf,
    /// The folder of its parts.
    pub folder: PathBuf,
    /// Number of segments.
    pub segments: usize,
    /// Those that are finished already.
    pub finished: usize,
    /// Number of tasks that were handed in.
    pub tasks: usize,
    /// The scheduler's names of its jobs.
    pub jobs: Vec<String>,
    /// What the scheduler would get, with `dry_run`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    /// Problems that do not prevent the export.
    pub warnings: Vec<String>,
}

/// State of an export on a farm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FarmStatus {
    /// The film.
    pub output: PathBuf,
    /// What runs the tasks.
    pub backend: FarmBackendChoice,
    /// Number of segments.
    pub segments: usize,
    /// Those that are finished.
    pub finished: usize,
    /// Parts that are not finished, sound and first passes included.
    pub missing: usize,
    /// Tasks that wait, as the scheduler says.
    pub waiting: usize,
    /// Tasks that run, as the scheduler says.
    pub running: usize,
    /// How often work was handed in, and how often it may be.
    pub tries: [usize; 2],
    /// The scheduler's names of the jobs.
    pub jobs: Vec<String>,
    /// The last failures of parts that are not finished.
    pub failures: Vec<FarmFailure>,
}

/// A failure of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FarmFailure {
    /// The part that failed.
    pub part: String,
    /// The machine.
    pub machine: String,
    /// Why.
    pub error: ApiError,
}

/// A task of a farm, as its program is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FarmTask {
    /// How often work was handed in before.
    pub round: usize,
    /// Stage of the work.
    pub stage: usize,
    /// Task of the stage.
    pub task: usize,
    /// Wait until the stages before are finished, where the scheduler does not.
    pub wait: bool,
}

/// Plans an export and gives its parts to a farm.
///
/// # Errors
/// As [`super::export`]; `farm.busy` if a farm works at it already; `usage.farm`, `farm.program`,
/// `farm.refused`.
pub fn farm_submit(session: &Session, request: &FarmSubmitRequest, watch: Watch) -> Result<FarmReport, Vec<ApiError>> {
    let one = |e: ApiError| vec![e];
    let program = fs::canonicalize(std::env::current_exe().unwrap_or_default());
    let program = program.map_err(|e| one(ApiError::new("export.worker", format!("cannot find this program's file: {e}"))))?;
    let cpus = if request.cpus == 0 { 2 } else { request.cpus };
    let mut export = request.export.absolute();
    export.jobs = None;
    if export.threads == 0 {
        export.threads = cpus;
    }
    check(request).map_err(one)?;
    let asked = Asked::new(session, &export).map_err(one)?;
    let mut init = init_of(session, &asked)?;
    init.path = std::path::absolute(&init.path).unwrap_or(init.path);
    let output = init.request.output.clone().unwrap_or_default();
    if let Some(stored) = folder::stored_farm::<StoredFarm>(&init.folder).map_err(|e| one(e.into()))?
        && !request.dry_run
        && !stored.states().map_err(one)?.is_over()
    {
        let error = ApiError::new("farm.busy", format!("{}: a farm works at it already", output.display()));
        return Err(one(error.hint("see its status, or cancel it first").file(&output)));
    }
    let planned = reach(Goal::Plan, init.clone(), watch)?;
    let Some(parts) = planned.folder else {
        let message = format!("{}: the film is made as a whole, which no farm divides", output.display());
        let error = ApiError::new("usage.farm", message).field("segment_secs");
        return Err(one(
            error.hint("shorter segments divide a short film; pictures in numbered files, and some codecs, are not divided")
        ));
    };
    init.build = Some(planned.outline.build.clone());
    let resources = FarmResources {
        cpus,
        memory_mib: request.memory_mib,
        gpus: request.gpus,
        priority: request.priority.clone(),
        queue: request.queue.clone(),
        parallel: request.parallel,
        limit_mins: request.limit_mins,
        options: request.options.clone(),
    };
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut stored = StoredFarm {
        plan: planned.outline.plan.clone(),
        parts: planned.outline.parts(),
        segments: planned.outline.segments.len(),
        backend: request.backend,
        resources,
        kubernetes: KubernetesOptions { image: text(&request.image), claim: text(&request.claim), mount: text(&request.mount) },
        program,
        batch: request.batch,
        tries: request.tries.unwrap_or(TRIES),
        rounds: Vec::new(),
        init: init.portable(),
    };
    let mut report = FarmReport {
        output,
        folder: stored.init.folder.clone(),
        segments: stored.segments,
        finished: folder::segments_finished(&stored.init.folder, &stored.plan),
        tasks: 0,
        jobs: Vec::new(),
        script: None,
        warnings: planned.outline.warnings,
    };
    if request.dry_run {
        let stages = stored.stages();
        let work = stored.work(&stages, 0);
        report.tasks = work.stages.iter().sum();
        report.script = Some(stored.backend().describe(&work));
        parts.close();
        return Ok(report);
    }
    match stored.hand_in(&parts) {
        Ok(tasks) => report.tasks = tasks,
        Err(error) => {
            parts.close();
            return Err(one(error));
        }
    }
    report.jobs = stored.jobs().to_vec();
    Ok(report)
}

/// Refuses what makes no sense.
fn check(request: &FarmSubmitRequest) -> Result<(), ApiError> {
    let error = |field, message: String| Err(ApiError::new("usage.farm", message).field(field));
    if request.export.output.is_none() {
        return error("output", "a farm makes a file: `output` is missing".into());
    }
    if let Some(batch) = request.batch.filter(|batch| !(1..=1000).contains(batch)) {
        return error("batch", format!("`batch` is {batch}; it must be 1 to 1000"));
    }
    if let Some(tries) = request.tries.filter(|tries| !(1..=100).contains(tries)) {
        return error("tries", format!("`tries` is {tries}; it must be 1 to 100"));
    }
    if request.cpus > 1024 {
        return error("cpus", format!("`cpus` is {}; it must be at most 1024", request.cpus));
    }
    if request.parallel == Some(0) {
        return error("parallel", "`parallel` is 0; it must be at least 1".into());
    }
    Ok(())
}

/// How an export to `output` is on its farm; `None` if none was given to one, or it is finished.
///
/// # Errors
/// `export.folder`; what the scheduler says.
pub fn farm_status(output: &Path) -> Result<Option<FarmStatus>, ApiError> {
    let stored = folder::stored_farm::<StoredFarm>(&folder_of(output))?;
    stored.map(|stored| stored.status()).transpose()
}

fn folder_of(output: &Path) -> PathBuf {
    folder::folder_of(&std::path::absolute(output).unwrap_or_else(|_| output.to_owned()))
}

/// Takes an export back from its farm; finished parts stay. `None` if none was given to one.
///
/// # Errors
/// As [`farm_status`].
pub fn farm_cancel(output: &Path) -> Result<Option<FarmStatus>, ApiError> {
    let Some(stored) = folder::stored_farm::<StoredFarm>(&folder_of(output))? else { return Ok(None) };
    stored.backend().cancel(stored.jobs())?;
    stored.status().map(Some)
}

/// Waits until the film is there; `progress` gets how it is. Parts that failed are handed in again when the
/// scheduler has nothing left of them.
///
/// # Errors
/// `farm.failed`; `export.cancelled` if the waiting is cancelled, which leaves the work to the farm.
pub fn farm_wait(output: &Path, cancel: &CancelToken, progress: &mut dyn FnMut(&FarmStatus)) -> Result<(), ApiError> {
    let path = folder_of(output);
    let mut asked: Option<Instant> = None;
    let mut idle = 0;
    loop {
        if cancel.is_cancelled() {
            return Err(ApiError::new("export.cancelled", "the farm goes on with the export; nobody waits for it any more"));
        }
        thread::sleep(INTERVAL);
        if asked.is_some_and(|at| at.elapsed() < ASKED) {
            continue;
        }
        asked = Some(Instant::now());
        let Some(stored) = folder::stored_farm::<StoredFarm>(&path)? else {
            return match output.exists() {
                true => Ok(()),
                false => Err(ApiError::new("export.none", format!("{}: the export was removed", output.display())).file(output)),
            };
        };
        // A scheduler that restarts does not answer; its work goes on.
        let Ok(status) = stored.status() else { continue };
        progress(&status);
        idle = if status.waiting + status.running == 0 { idle + 1 } else { 0 };
        // A job that mends, or assembles, may just be begun.
        if idle >= 3 && path.join("farm.json").exists() {
            idle = 0;
            match farm_mend(&path, stored.rounds.len().saturating_sub(1)) {
                // The film is just being assembled, or another one hands it in.
                Err(error) if error.code == "export.busy" => {}
                other => drop(other?),
            }
        }
    }
}

/// Does a task of a farm: makes those of its parts that are not finished. Returns their number.
///
/// # Errors
/// `export.none` if the export is finished or gone; `export.build` if this is another program than the one
/// that planned it; as [`super::export_in_workers`]. Failures are kept in the folder, too.
pub fn farm_work(path: &Path, task: FarmTask, watch: Watch) -> Result<usize, Vec<ApiError>> {
    let one = |e: ApiError| vec![e];
    let stored = StoredFarm::read(path).map_err(one)?;
    let FarmTask { round, stage, task, wait } = task;
    let stages = stored.rounds.get(round).map_or(&[][..], |round| &round.stages);
    let parts = stages.get(stage).and_then(|tasks| tasks.get(task));
    let parts = parts.ok_or_else(|| one(ApiError::new("usage.farm", "there is no such task in this export").file(path)))?;
    if wait {
        let before: Vec<PartId> = stages[..stage].iter().flatten().flatten().copied().collect();
        wait_for(&stored, &before, watch.cancel, None).map_err(one)?;
    }
    let parts: Vec<PartId> = parts.iter().copied().filter(|part| !stored.has(*part)).collect();
    if parts.is_empty() {
        return Ok(0);
    }
    let goal = Goal::Parts(stored.plan.clone(), parts.clone());
    let made = reach(goal, InitExport { folder: path.to_owned(), ..stored.init.clone().received() }, watch);
    let Err(errors) = made else { return Ok(parts.len()) };
    if let Some(error) = errors.first().filter(|e| e.code != "export.cancelled") {
        for part in parts.iter().filter(|part| !stored.has(**part)) {
            let failure = FarmFailure { part: part.name(), machine: machine(), error: error.clone() };
            // Without it the log has the error all the same.
            let _ = serde_json::to_vec(&failure).map(|text| fs::write(failure_of(path, *part), text));
        }
    }
    Err(errors)
}

fn machine() -> String {
    #[cfg(unix)]
    return rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    std::env::var("COMPUTERNAME").unwrap_or_default()
}

/// Waits until parts are finished; with `patience`, no longer than until none was finished for that time.
fn wait_for(farm: &StoredFarm, parts: &[PartId], cancel: &CancelToken, patience: Option<Duration>) -> Result<(), ApiError> {
    let (mut last, mut changed) = (usize::MAX, Instant::now());
    loop {
        let missing = parts.iter().filter(|part| !farm.has(**part)).count();
        if missing != last {
            (last, changed) = (missing, Instant::now());
        }
        if missing == 0 || patience.is_some_and(|patience| changed.elapsed() > patience) {
            return Ok(());
        }
        if cancel.is_cancelled() {
            return Err(ApiError::new("export.cancelled", "stopped while other parts of the film were waited for"));
        }
        StoredFarm::read(&farm.init.folder)?;
        thread::sleep(INTERVAL);
    }
}

/// Assembles the film from its parts, in `jobs` processes if some must be made; `wait`: when all are there.
///
/// # Errors
/// As [`super::resume_export`].
pub fn farm_assemble(path: &Path, jobs: Option<usize>, wait: bool, watch: Watch) -> Result<ExportReport, Vec<ApiError>> {
    let one = |e: ApiError| vec![e];
    let stored = StoredFarm::read(path).map_err(one)?;
    if wait {
        wait_for(&stored, &stored.parts, watch.cancel, Some(PATIENCE)).map_err(one)?;
    }
    let init = stored.init.received();
    if init.build.as_deref() != Some(prepared::build()) {
        return Err(one(prepared::other_build()));
    }
    let session = Session::from_snapshot(&init.project, init.text, &init.path).map_err(one)?;
    if let Some(roots) = init.roots {
        session.limit_files(cutroom_pipeline::FileRoots::new(roots));
    }
    let request = ExportRequest { jobs, ..init.request };
    supervise(&session, &request, Some(stored.plan), watch)
}

/// Hands in again what is not finished of round `round`. Does nothing when that was done already, or when
/// the export is finished.
///
/// # Errors
/// `farm.failed` when it was handed in as often as it may; `export.busy` while the film is assembled; what
/// the scheduler says.
pub fn farm_mend(path: &Path, round: usize) -> Result<Option<FarmStatus>, ApiError> {
    let Some(stored) = folder::stored_farm::<StoredFarm>(path)? else { return Ok(None) };
    if stored.rounds.len() != round + 1 {
        return Ok(None);
    }
    stored.check_tries()?;
    let kept: serde_json::Value = match folder::stored(path)? {
        Some((kept, _)) => kept,
        None => return Ok(None),
    };
    // Opening it sweeps away what killed tasks left.
    let parts = ExportFolder::open(path, &stored.plan, &kept)?;
    // Another one may have come first.
    let mut stored = StoredFarm::read(path)?;
    if stored.rounds.len() == round + 1 {
        stored.hand_in(&parts)?;
    }
    stored.status().map(Some)
}
