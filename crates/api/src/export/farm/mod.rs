//! Exports on farms: planned here, their parts made by many machines, assembled by one of them.
mod stored;

use super::{
    ExportReport, ExportRequest,
    asked::Asked,
    prepared,
    stored::StoredExport,
    supervisor::{Goal, Watch, init_of, reach, supervise},
};
use crate::{ApiError, session::Session};
use cutroom_export::{
    ExportError, LockedFolder, PartId,
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
use stored::{FILM, StoredFarm, facts_of, failure_of, new_id};

/// How often work is handed in, unless the request says otherwise.
const TRIES: usize = 4;
/// Folders are looked at this often by those who wait.
const INTERVAL: Duration = Duration::from_millis(500);
/// Schedulers are asked this often by those who wait.
const ASKED: Duration = Duration::from_secs(3);
/// A folder that others use for a moment is waited for.
const LOCKED: Duration = Duration::from_secs(60);
/// A scheduler that does not answer for this time is given up by those who wait.
const SILENT: Duration = Duration::from_secs(300);
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
    /// Whether it was taken back.
    pub cancelled: bool,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FarmTask {
    /// Name of the handing in that it belongs to.
    pub round: String,
    /// Stage of the work.
    pub stage: usize,
    /// Task of the stage.
    pub task: usize,
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
    check(request).map_err(one)?;
    let cpus = if request.cpus == 0 { 2 } else { request.cpus };
    let mut export = request.export.absolute();
    export.jobs = None;
    if export.threads == 0 {
        export.threads = cpus;
    }
    let asked = Asked::new(session, &export).map_err(one)?;
    let mut init = init_of(session, &asked)?;
    init.path = std::path::absolute(&init.path).unwrap_or(init.path);
    let output = init.request.output.clone().unwrap_or_default();
    if init.folder.to_str().is_none() {
        let error = ApiError::new("usage.farm", format!("{}: farms take only paths that are text", output.display()));
        return Err(one(error.field("output").file(&output)));
    }
    let cannot_wait = |path: &Path| if request.dry_run { Ok(()) } else { check_idle(path).map_err(one) };
    cannot_wait(&init.folder)?;
    let outline = reach(Goal::Plan, init.clone(), watch)?.outline;
    if !outline.parted {
        let message = format!("{}: the film is made as a whole, which no farm divides", output.display());
        let error = ApiError::new("usage.farm", message).field("segment_secs");
        return Err(one(error.hint("shorter segments divide a short film; numbered pictures, and some codecs, are not divided")));
    }
    let description = StoredExport::new(&init, &outline);
    init.build = Some(outline.build.clone());
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut stored = StoredFarm {
        plan: outline.plan.clone(),
        parts: outline.parts(),
        segments: outline.segments.len(),
        backend: request.backend,
        resources: FarmResources {
            cpus,
            memory_mib: request.memory_mib,
            gpus: request.gpus,
            priority: request.priority.clone(),
            queue: request.queue.clone(),
            parallel: request.parallel,
            limit_mins: request.limit_mins,
            options: request.options.clone(),
        },
        kubernetes: KubernetesOptions { image: text(&request.image), claim: text(&request.claim), mount: text(&request.mount) },
        program,
        batch: request.batch,
        tries: request.tries.unwrap_or(TRIES),
        rounds: Vec::new(),
        cancelled: false,
        before: facts_of(&output),
        init,
    };
    let stages = stored.stages();
    let work = stored.work(&stages, &new_id());
    stored.backend().check(&work).map_err(|e| one(e.into()))?;
    let mut report = FarmReport {
        output,
        folder: stored.init.folder.clone(),
        segments: stored.segments,
        finished: folder::segments_finished(&stored.init.folder, &stored.plan),
        tasks: work.stages.iter().sum(),
        jobs: Vec::new(),
        script: request.dry_run.then(|| stored.backend().describe(&work)),
        warnings: outline.warnings,
    };
    if request.dry_run {
        return Ok(report);
    }
    let locked = locked(&stored.init.folder).map_err(one)?;
    // Somebody may have come first while this one planned.
    cannot_wait(&stored.init.folder)?;
    let parts = locked.open(&stored.plan, &description).map_err(|e| one(e.into()))?;
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
    let Some(output) = &request.export.output else { return error("output", "a farm makes a file: `output` is missing".into()) };
    if output.to_str().is_some_and(super::is_address) {
        return error(
            "output",
            format!("{}: a farm makes a file that all its machines see, not one at an address", output.display()),
        );
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

/// Refuses to touch a folder that a farm works at.
///
/// # Errors
/// `farm.busy`; what the scheduler says; `export.folder`.
pub(super) fn check_idle(path: &Path) -> Result<(), ApiError> {
    let Some(stored) = StoredFarm::find(path)? else { return Ok(()) };
    let gone = format!("if that farm is gone, remove {}", path.join("farm.json").display());
    if stored.states().map_err(|e| e.hint(gone))?.is_over() {
        return Ok(());
    }
    let output = stored.output();
    let error = ApiError::new("farm.busy", format!("{}: a farm works at it", output.display()));
    Err(error.hint("see its status, wait for it, or cancel it first").file(&output))
}

/// Locks the folder of an export; who has it for a moment is waited for.
fn locked(path: &Path) -> Result<LockedFolder, ApiError> {
    let began = Instant::now();
    loop {
        match LockedFolder::lock(path) {
            Err(ExportError::Busy { .. }) if began.elapsed() < LOCKED => thread::sleep(INTERVAL / 5),
            other => return Ok(other?),
        }
    }
}

fn folder_of(output: &Path) -> PathBuf {
    folder::folder_of(&std::path::absolute(output).unwrap_or_else(|_| output.to_owned()))
}

/// How an export to `output` is on its farm; `None` if none was given to one, or it is finished.
///
/// # Errors
/// `export.folder`; what the scheduler says.
pub fn farm_status(output: &Path) -> Result<Option<FarmStatus>, ApiError> {
    StoredFarm::find(&folder_of(output))?.map(|stored| stored.status()).transpose()
}

/// Takes an export back from its farm; finished parts stay. `None` if none was given to one.
///
/// # Errors
/// As [`farm_status`].
pub fn farm_cancel(output: &Path) -> Result<Option<FarmStatus>, ApiError> {
    let path = folder_of(output);
    let Some(stored) = StoredFarm::find(&path)? else { return Ok(None) };
    // One that assembles the film has the lock.
    stored.cancel_jobs()?;
    let locked = locked(&path)?;
    let Some(mut stored) = StoredFarm::find(&path)? else { return Ok(None) };
    stored.cancelled = true;
    stored.store(&locked)?;
    // What was handed in meanwhile.
    stored.cancel_jobs()?;
    stored.status().map(Some)
}

/// Waits until the film is there; `progress` gets how it is. What failed is handed in again when the scheduler
/// has nothing left of it.
///
/// # Errors
/// `farm.failed`; `export.cancelled` if the export or the waiting is cancelled, which leaves the work to the
/// farm; what a scheduler says that does not answer for minutes.
pub fn farm_wait(output: &Path, cancel: &CancelToken, progress: &mut dyn FnMut(&FarmStatus)) -> Result<(), ApiError> {
    let path = folder_of(output);
    let mut before = None;
    let mut asked: Option<Instant> = None;
    let mut silent: Option<Instant> = None;
    let mut idle = 0;
    loop {
        if cancel.is_cancelled() {
            return Err(ApiError::new("export.cancelled", "the farm goes on with the export; nobody waits for it any more"));
        }
        let Some(stored) = StoredFarm::find(&path)? else {
            return match facts_of(output) {
                Some(now) if before != Some(Some(now)) => Ok(()),
                _ => Err(ApiError::new("export.none", format!("{}: the export was removed", output.display())).file(output)),
            };
        };
        before.get_or_insert(stored.before);
        if stored.cancelled {
            return Err(ApiError::new("export.cancelled", "the export was cancelled; finished parts are kept"));
        }
        if asked.is_none_or(|at| at.elapsed() >= ASKED) {
            asked = Some(Instant::now());
            let status = stored.status().and_then(|status| {
                progress(&status);
                idle = if status.waiting + status.running == 0 { idle + 1 } else { 0 };
                // A job that mends, or assembles, may just be begun.
                if idle >= 3 {
                    idle = 0;
                    farm_mend(&path, &stored.rounds.last().map(|round| round.id.clone()).unwrap_or_default())?;
                }
                Ok(())
            });
            match status {
                Ok(()) => silent = None,
                // The film is just being assembled, or another one hands it in.
                Err(error) if error.code == "export.busy" => {}
                // A scheduler that restarts does not answer; its work goes on.
                Err(error) if error.code.starts_with("farm.") && error.code != "farm.failed" => {
                    if silent.get_or_insert_with(Instant::now).elapsed() > SILENT {
                        return Err(error);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        thread::sleep(INTERVAL);
    }
}

/// Does a task of a farm: makes those of its parts that are not finished. Returns their number; `None` if the
/// task is not to be done any more.
///
/// # Errors
/// `export.build` if this is another program than the one that planned it; as [`super::export_in_workers`].
/// Failures are kept in the folder, too.
pub fn farm_work(path: &Path, task: &FarmTask, watch: Watch) -> Result<Option<usize>, Vec<ApiError>> {
    let one = |e: ApiError| vec![e];
    let Some(stored) = StoredFarm::find(path).map_err(one)? else { return Ok(None) };
    let Some(round) = stored.round(&task.round) else { return Ok(None) };
    let parts = round.stages.get(task.stage).and_then(|tasks| tasks.get(task.task));
    let parts = parts.ok_or_else(|| one(ApiError::new("usage.farm", "there is no such task in this export").file(path)))?;
    let parts: Vec<PartId> = parts.iter().copied().filter(|part| !stored.has(*part)).collect();
    if parts.is_empty() {
        return Ok(Some(0));
    }
    let goal = Goal::Parts(stored.plan.clone(), parts.clone());
    let Err(errors) = reach(goal, stored.init.clone(), watch) else { return Ok(Some(parts.len())) };
    for part in parts.iter().filter(|part| !stored.has(**part)) {
        keep_failure(path, &part.name(), &errors);
    }
    Err(errors)
}

/// Keeps why a part, or the film, was not made.
fn keep_failure(path: &Path, name: &str, errors: &[ApiError]) {
    let Some(error) = errors.first().filter(|e| e.code != "export.cancelled" && e.code != "export.none") else { return };
    let failure = FarmFailure { part: name.to_owned(), machine: folder::machine().to_owned(), error: error.clone() };
    // Without it the log has the error all the same.
    let _ = serde_json::to_vec(&failure).map(|text| fs::write(failure_of(path, name), text));
}

/// Waits until all parts are finished, but no longer than until none was for some time.
fn wait_for_parts(farm: &StoredFarm, round: &str, cancel: &CancelToken) -> Result<(), ApiError> {
    let (mut last, mut changed) = (usize::MAX, Instant::now());
    loop {
        let missing = farm.missing().len();
        if missing != last {
            (last, changed) = (missing, Instant::now());
        }
        let is_ours = StoredFarm::find(&farm.init.folder)?.is_some_and(|farm| farm.round(round).is_some());
        if missing == 0 || changed.elapsed() > PATIENCE || !is_ours {
            return Ok(());
        }
        if cancel.is_cancelled() {
            return Err(ApiError::new("export.cancelled", "stopped while other parts of the film were waited for"));
        }
        thread::sleep(INTERVAL);
    }
}

/// Assembles the film from its parts, in `jobs` processes if some must be made; `wait`: when all are there.
/// `None` if that is not to be done any more.
///
/// # Errors
/// As [`super::resume_export`]. Failures are kept in the folder, too.
pub fn farm_assemble(
    path: &Path,
    round: &str,
    jobs: Option<usize>,
    wait: bool,
    watch: Watch,
) -> Result<Option<ExportReport>, Vec<ApiError>> {
    let one = |e: ApiError| vec![e];
    let found = StoredFarm::find(path).map_err(one)?;
    if let Some(stored) = found.as_ref().filter(|stored| wait && stored.round(round).is_some()) {
        wait_for_parts(stored, round, watch.cancel).map_err(one)?;
    }
    let Some(stored) = StoredFarm::find(path).map_err(one)?.filter(|stored| stored.round(round).is_some()) else { return Ok(None) };
    if finished_before(path, &stored).map_err(one)? {
        return Ok(None);
    }
    let assembled = assemble(&stored, jobs, watch);
    if let Err(errors) = &assembled {
        keep_failure(path, FILM, errors);
    }
    assembled.map(Some)
}

/// Removes the folder of a film that was given its name by one that ended before it could.
fn finished_before(path: &Path, stored: &StoredFarm) -> Result<bool, ApiError> {
    if !stored.is_done() {
        return Ok(false);
    }
    let locked = locked(path)?;
    if stored.is_done() && path.join("farm.json").exists() {
        locked.remove()?;
    }
    Ok(true)
}

fn assemble(stored: &StoredFarm, jobs: Option<usize>, watch: Watch) -> Result<ExportReport, Vec<ApiError>> {
    let one = |e: ApiError| vec![e];
    let init = stored.init.clone();
    if init.build.as_deref() != Some(prepared::build()) {
        return Err(one(prepared::other_build()));
    }
    let session = Session::from_snapshot(&init.project, init.text, &init.path).map_err(one)?;
    if let Some(roots) = init.roots {
        session.limit_files(cutroom_pipeline::FileRoots::new(roots));
    }
    let asked = Asked::new(&session, &ExportRequest { jobs, ..init.request }).map_err(one)?;
    let (began, Watch { program, cancel, unfinished, progress }) = (Instant::now(), watch);
    loop {
        let watch = Watch { program, cancel, unfinished, progress: &mut *progress };
        match supervise(&session, &asked, Some(stored.plan.clone()), watch) {
            // Who hands in has it for a moment.
            Err(errors) if errors.iter().any(|e| e.code == "export.busy") && began.elapsed() < LOCKED => thread::sleep(INTERVAL),
            other => return other,
        }
    }
}

/// Hands in again what is not finished of a round. Does nothing when that was done already, or when the export
/// is finished or cancelled.
///
/// # Errors
/// `farm.failed` when it was handed in as often as it may; `export.busy` while the film is assembled; what
/// the scheduler says.
pub fn farm_mend(path: &Path, round: &str) -> Result<Option<FarmStatus>, ApiError> {
    // A round after it that was not handed in as a whole was begun by one that was killed.
    let is_next = |stored: &StoredFarm| match &stored.rounds[..] {
        _ if stored.cancelled => false,
        [.., before, last] if !last.is_whole => before.id == round || last.id == round,
        [.., last] => last.id == round,
        [] => false,
    };
    let find = || StoredFarm::find(path).map(|found| found.filter(is_next));
    let Some(stored) = find()? else { return Ok(None) };
    if finished_before(path, &stored)? {
        return Ok(None);
    }
    stored.check_tries()?;
    let locked = locked(path)?;
    let (Some(mut stored), Some((kept, _))) = (find()?, folder::stored::<serde_json::Value>(path)?) else { return Ok(None) };
    let parts = locked.open(&stored.plan, &kept)?;
    stored.hand_in(&parts)?;
    stored.status().map(Some)
}
