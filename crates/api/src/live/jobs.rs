//! The jobs of a running session: exports, proxies, imports. Each works on the document as it was when
//! the job was begun.
use super::LiveSession;
use crate::{
    ApiError, ExportProgress, ExportReport, ExportRequest, ProxyReport, ProxyRequest, SessionEvent,
    import_media::{self, Importing},
    live_report::{JobKind, JobReport, JobResult},
};
use cutroom_engine::jobs::{JobHandle, JobSpec, Jobs, Pool, Priority};
use cutroom_types::{CancelToken, Progress};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Progress is reported this often.
const REPORTED: Duration = Duration::from_millis(500);

/// What a job returns.
pub(super) enum Output {
    Export(Box<ExportReport>),
    Proxies(ProxyReport),
    Import(Box<Importing>),
}

type Ended = Result<Output, Vec<ApiError>>;

/// How far a job is; written by its thread.
#[derive(Default)]
struct Shared {
    done: AtomicU64,
    total: AtomicU64,
}

impl Shared {
    fn note(&self, progress: Progress) {
        self.total.store(progress.total, Ordering::Relaxed);
        self.done.store(progress.done, Ordering::Relaxed);
    }
}

struct Task {
    report: JobReport,
    handle: JobHandle<Ended>,
    progress: Arc<Shared>,
    reported: Instant,
}

/// The jobs that wait or run.
#[derive(Default)]
pub(super) struct Tasks {
    last: u64,
    running: Vec<Task>,
    /// Imports wait for each other, so that each sees what the one before has added.
    imports: VecDeque<(JobReport, Vec<PathBuf>)>,
    /// Jobs that somebody cancelled.
    cancelled: BTreeSet<u64>,
    /// Why jobs failed, until somebody who waits was told.
    failed: BTreeMap<u64, Vec<ApiError>>,
}

impl Tasks {
    fn report(&mut self, kind: JobKind, name: String) -> JobReport {
        self.last += 1;
        JobReport { job: self.last, kind, name, done: 0, total: 0 }
    }

    fn begin(
        &mut self,
        pools: &Jobs,
        pool: Pool,
        report: JobReport,
        run: impl FnOnce(&CancelToken, &mut dyn FnMut(Progress)) -> Ended + Send + 'static,
    ) -> Result<JobReport, ApiError> {
        let progress = Arc::new(Shared::default());
        let shared = Arc::clone(&progress);
        let spec = JobSpec::new(report.name.clone(), pool, Priority::Normal);
        let handle = pools.submit(spec, move |cancel| run(cancel, &mut |progress| shared.note(progress)));
        let handle = handle.map_err(|e| ApiError::of(e.code(), &e))?;
        self.running.push(Task { report: report.clone(), handle, progress, reported: Instant::now() });
        Ok(report)
    }

    /// The jobs, in the order in which they were begun.
    pub fn reports(&self) -> Vec<JobReport> {
        self.running.iter().map(|task| &task.report).chain(self.imports.iter().map(|(report, _)| report)).cloned().collect()
    }

    pub fn is_empty(&self) -> bool {
        self.running.is_empty() && self.imports.is_empty()
    }

    pub fn has(&self, job: u64) -> bool {
        self.reports().iter().any(|report| report.job == job)
    }

    pub fn has_kind(&self, kind: JobKind) -> bool {
        self.running.iter().any(|task| task.report.kind == kind)
    }

    /// Whether there is, or was, a job of this number.
    ///
    /// # Errors
    /// `usage.job`.
    pub fn known(&self, job: u64) -> Result<(), ApiError> {
        if (1..=self.last).contains(&job) { Ok(()) } else { Err(no_such(job)) }
    }

    /// Asks a job to stop; one that runs ends soon, and says so. Returns the job, and whether it had not
    /// begun.
    ///
    /// # Errors
    /// `usage.job`: there is no such job.
    fn cancel(&mut self, job: u64) -> Result<(JobReport, bool), ApiError> {
        if let Some(task) = self.running.iter().find(|task| task.report.job == job) {
            task.handle.cancel();
            self.cancelled.insert(job);
            return Ok((task.report.clone(), false));
        }
        let waiting = self.imports.iter().position(|(report, _)| report.job == job).and_then(|at| self.imports.remove(at));
        waiting.map(|(report, _)| (report, true)).ok_or_else(|| no_such(job))
    }

    /// Notes why a job failed, for those who wait for it, unless it was cancelled.
    pub fn note_failure(&mut self, job: u64, errors: &[ApiError]) {
        if !self.cancelled.remove(&job) {
            self.failed.insert(job, errors.to_vec());
        }
    }

    /// Why a job, or jobs, failed that nobody was told about.
    pub fn take_failures(&mut self, job: Option<u64>) -> Vec<ApiError> {
        match job {
            Some(job) => self.failed.remove(&job).unwrap_or_default(),
            None => std::mem::take(&mut self.failed).into_values().flatten().collect(),
        }
    }

    /// Adds progress to the events, and returns the jobs that have ended.
    pub fn update(&mut self, events: &mut Vec<SessionEvent>) -> Vec<(JobReport, Ended)> {
        let mut ended = Vec::new();
        self.running.retain_mut(|task| {
            let done = task.progress.done.load(Ordering::Relaxed);
            task.report.total = task.progress.total.load(Ordering::Relaxed);
            if let Some(result) = task.handle.poll() {
                task.report.done = done;
                let result = result.unwrap_or_else(|e| Err(vec![ApiError::of(e.code(), &e)]));
                ended.push((task.report.clone(), result));
                return false;
            }
            if task.report.done != done && task.reported.elapsed() >= REPORTED {
                (task.report.done, task.reported) = (done, Instant::now());
                events.push(SessionEvent::Job { job: task.report.clone() });
            }
            true
        });
        ended
    }
}

fn no_such(job: u64) -> ApiError {
    ApiError::new("usage.job", format!("there is no job {job}")).hint("`jobs` lists those that wait or run").field("job")
}

impl LiveSession {
    /// Asks a job to stop.
    ///
    /// # Errors
    /// `usage.job`: there is no such job.
    pub(super) fn cancel(&mut self, job: u64) -> Result<JobReport, ApiError> {
        let (report, is_over) = self.tasks.cancel(job)?;
        if is_over {
            self.views.values_mut().for_each(|player| player.forget_job(&report));
            let errors = vec![ApiError::new("import.cancelled", "stopped before it began; nothing was added")];
            self.events.push((None, SessionEvent::JobFailed { job, errors }));
        }
        Ok(report)
    }

    /// Asks all jobs to stop.
    pub(super) fn cancel_all(&mut self) {
        for report in self.tasks.reports() {
            // None of them is unknown.
            let _ = self.cancel(report.job);
        }
    }

    fn begin(
        &mut self,
        pool: Pool,
        report: JobReport,
        run: impl FnOnce(&CancelToken, &mut dyn FnMut(Progress)) -> Ended + Send + 'static,
    ) -> Result<JobReport, ApiError> {
        let pools = self.pools()?;
        let report = self.tasks.begin(&pools, pool, report, run)?;
        self.views.values_mut().for_each(|player| player.note_job(&report));
        Ok(report)
    }

    /// Begins an export. What can be refused at once is refused now.
    ///
    /// # Errors
    /// Problems of the document, or a request that makes no sense.
    pub(super) fn begin_export(&mut self, request: ExportRequest) -> Result<JobReport, Vec<ApiError>> {
        let session = self.snapshot();
        crate::export::check(&session, &request)?;
        let name = match &request.output {
            Some(output) => format!("export {}", output.display()),
            None => "export to nothing".into(),
        };
        let (report, unfinished) = (self.tasks.report(JobKind::Export, name), self.options.unfinished.clone());
        let worker = self.options.worker.clone();
        let run = move |cancel: &CancelToken, progress: &mut dyn FnMut(Progress)| {
            let mut note = |p: ExportProgress| progress(p.frames());
            let made = match &worker {
                Some(worker) => crate::export_in_workers(&session, &request, worker, cancel, &unfinished, &mut note),
                None => crate::export(&session, &request, cancel, &unfinished, &mut note),
            };
            made.map(|report| Output::Export(Box::new(report)))
        };
        self.begin(Pool::Background, report, run).map_err(|e| vec![e])
    }

    /// Begins to make proxies.
    ///
    /// # Errors
    /// The job cannot be begun.
    pub(super) fn begin_proxies(&mut self, request: ProxyRequest) -> Result<JobReport, ApiError> {
        let session = self.snapshot();
        let report = self.tasks.report(JobKind::MakeProxies, "make proxies".into());
        let run = move |cancel: &CancelToken, progress: &mut dyn FnMut(Progress)| {
            crate::make_proxies(&session, &request, cancel, progress).map(Output::Proxies)
        };
        self.begin(Pool::Background, report, run)
    }

    /// Begins to find files to add, after the imports before.
    ///
    /// # Errors
    /// The job cannot be begun.
    pub(super) fn begin_import(&mut self, files: Vec<PathBuf>) -> Result<JobReport, ApiError> {
        let report = self.tasks.report(JobKind::Import, format!("import {}", names(&files)));
        self.tasks.imports.push_back((report.clone(), files));
        self.begin_waiting_import();
        Ok(report)
    }

    /// Begins the next import if none runs.
    pub(super) fn begin_waiting_import(&mut self) {
        if self.tasks.has_kind(JobKind::Import) {
            return;
        }
        let Some((report, files)) = self.tasks.imports.pop_front() else { return };
        let (session, job) = (self.snapshot(), report.job);
        let run = move |cancel: &CancelToken, _: &mut dyn FnMut(Progress)| {
            import_media::find(&session, &files, None, false, cancel).map(|found| Output::Import(Box::new(found)))
        };
        if let Err(e) = self.begin(Pool::Io, report, run) {
            self.tasks.note_failure(job, std::slice::from_ref(&e));
            self.events.push((None, SessionEvent::JobFailed { job, errors: vec![e] }));
        }
    }

    /// What comes of a job's output: media that were found are added.
    pub(super) fn take(&mut self, output: Output) -> Result<JobResult, Vec<ApiError>> {
        match output {
            Output::Export(report) => Ok(JobResult::Export(report)),
            Output::Proxies(report) => Ok(JobResult::MakeProxies(report)),
            Output::Import(mut found) => {
                found.leave_out_present(&self.session().project);
                if !found.media.is_empty() {
                    found.renumber(&self.session().project);
                    let operation = found.operation().map_err(|e| vec![e])?;
                    let applied = self.editor.apply("import_media", None, &operation)?;
                    if self.options.records {
                        self.applied.push(serde_json::to_value(&operation).unwrap_or_default());
                    }
                    if let SessionEvent::Applied { changed, .. } = &applied {
                        self.follow(&changed.clone());
                    }
                    self.events.push((None, applied));
                }
                Ok(JobResult::Import(found.report))
            }
        }
    }
}

fn names(files: &[PathBuf]) -> String {
    match files {
        [one] => one.display().to_string(),
        _ => format!("{} files", files.len()),
    }
}
