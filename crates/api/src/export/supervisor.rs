//! Exports in worker processes: a crash of a decoder, a driver or an encoder ends a worker, not this
//! process, and finished segments stay.
use super::{
    ExportPhase, ExportProgress, ExportReport,
    asked::Asked,
    check,
    messages::{FromWorker, InitExport, Task, ToWorker},
    prepared::{self, Made, Outline},
    process::{WorkerEvent, WorkerProcess, WorkerProgram},
    space::Space,
    stored::StoredExport,
};
use crate::{ApiError, session::Session};
use cutroom_export::{ExportError, ExportFolder, PartId, UnfinishedFiles, folder};
use cutroom_media::{activity::Activity, write::sweep_hidden};
use cutroom_types::CancelToken;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread,
    time::{Duration, Instant},
};

/// Whether to stop is looked at this often.
const TICK: Duration = Duration::from_millis(20);
/// How often a task is tried.
const TRIES: usize = 2;
/// A worker from which no picture comes for this time is ended, unless the request says another.
const STUCK: Duration = Duration::from_secs(300);

/// What a supervisor is to make.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Goal {
    /// The film; its plan must have this hash, if there is one.
    Film(Option<String>),
    /// Nothing: the plan is made.
    Plan,
    /// Some parts of a plan of this hash, while others make others.
    Parts(String, Vec<PartId>),
}

/// How an export in processes is made, stopped and looked at.
pub struct Watch<'a> {
    /// The program that its processes run.
    pub program: &'a WorkerProgram,
    /// Stops it.
    pub cancel: &'a CancelToken,
    /// Hidden files and processes while it runs, for a program that must end at once.
    pub unfinished: &'a UnfinishedFiles,
    /// Called with how far it is.
    pub progress: &'a mut dyn FnMut(ExportProgress),
}

/// An export as workers are told of it.
///
/// # Errors
/// Problems of document and request, as far as they need no media file.
pub(super) fn init_of(session: &Session, asked: &Asked) -> Result<InitExport, Vec<ApiError>> {
    check(session, &asked.request)?;
    let output = asked.request.output.clone().unwrap_or_default();
    let folder = output.file_name().map_or_else(PathBuf::new, |_| folder::folder_of(&output));
    Ok(InitExport {
        build: None,
        project: session.document_json(),
        text: session.text().to_owned(),
        path: session.path().to_owned(),
        roots: session.roots(),
        request: asked.request.clone(),
        folder,
        activity: None,
        odd_paths: Vec::new(),
    })
}

/// `plan`: hash of the plan that must still hold.
pub(super) fn supervise(
    session: &Session,
    asked: &Asked,
    plan: Option<String>,
    watch: Watch,
) -> Result<ExportReport, Vec<ApiError>> {
    let init = init_of(session, asked)?;
    let ended = reach(Goal::Film(plan), init, watch)?;
    let mut report = ended.outline.report_all(asked, &ended.made);
    // The film is whole, whatever becomes of its parts.
    if let Some(Err(error)) = ended.folder.map(ExportFolder::remove) {
        report.warnings.push(format!("the film is complete, but its parts could not be removed: {}", ApiError::from(error)));
    }
    Ok(report)
}

/// What a supervisor has made.
pub(super) struct Ended {
    pub made: Made,
    pub outline: Outline,
    /// The folder of the parts, if there is one.
    pub folder: Option<ExportFolder>,
}

/// Runs a supervisor until it has made what it is to make.
///
/// # Errors
/// What stopped it.
pub(super) fn reach(goal: Goal, init: InitExport, watch: Watch) -> Result<Ended, Vec<ApiError>> {
    let (sender, events) = channel();
    let mut supervisor = Supervisor {
        space: Space::of(init.request.output.as_deref()),
        init,
        goal,
        watch,
        sender,
        events,
        workers: BTreeMap::new(),
        last_worker: 0,
        outline: None,
        folder: None,
        waiting: VecDeque::new(),
        tries: BTreeMap::new(),
        done: BTreeMap::new(),
        reused: 0,
        started: Instant::now(),
    };
    let made = supervisor.run();
    WorkerProcess::stop_all(supervisor.workers.values_mut().map(|w| &mut w.process));
    let parts = supervisor.folder.take();
    match (made, supervisor.outline) {
        (Ok(made), Some(outline)) => Ok(Ended { made, outline, folder: parts }),
        (Ok(_), None) => Err(vec![ApiError::from(ExportError::Panicked { thread: "supervisor" })]),
        (Err(mut errors), outline) => {
            // What a worker that was killed could not remove itself.
            let request = &supervisor.init.request;
            let films = request.output.iter().chain(request.also.iter().map(|also| &also.output)).map(|path| (path, "partial"));
            let files = films.chain(request.frame_hashes.iter().map(|path| (path, "hashes")));
            for (path, what) in files.filter(|_| matches!(supervisor.goal, Goal::Film(_))) {
                sweep_hidden(path, what);
            }
            let kept = parts.map_or(0, ExportFolder::close);
            if let (Some(error), Some(outline)) = (errors.first_mut().filter(|_| kept > 0), outline) {
                let note = format!(
                    "{kept} of {} segments are kept beside the output: the same export goes on from there",
                    outline.segments.len()
                );
                error.hint = Some(error.hint.take().map_or_else(|| note.clone(), |hint| format!("{hint}; {note}")));
            }
            Err(errors)
        }
    }
}

struct Worker {
    process: WorkerProcess,
    is_ready: bool,
    /// What it does, with the frames that are done.
    tasks: BTreeMap<Task, u64>,
    /// When it last said something, or was given something to do.
    heard: Instant,
    /// After how many seconds it was ended because it was stuck.
    stuck_secs: Option<f64>,
}

struct Supervisor<'a> {
    init: InitExport,
    goal: Goal,
    watch: Watch<'a>,
    sender: Sender<(usize, WorkerEvent)>,
    events: Receiver<(usize, WorkerEvent)>,
    workers: BTreeMap<usize, Worker>,
    last_worker: usize,
    outline: Option<Outline>,
    folder: Option<ExportFolder>,
    /// Tasks that are not begun, in order.
    waiting: VecDeque<Task>,
    /// How often tasks, or the opening of the export (`None`), failed in a way that may not repeat.
    tries: BTreeMap<Option<Task>, usize>,
    done: BTreeMap<Task, Made>,
    reused: usize,
    space: Space,
    started: Instant,
}

impl Supervisor<'_> {
    /// Runs until the film is made.
    fn run(&mut self) -> Result<Made, Vec<ApiError>> {
        self.start_worker()?;
        loop {
            match self.events.recv_timeout(TICK) {
                Ok((number, WorkerEvent::Message(message))) => self.heard(number, message)?,
                Ok((number, WorkerEvent::Ended)) => self.ended(number)?,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
            if self.watch.cancel.is_cancelled() {
                let (frame, total) = (self.frames(), self.outline.as_ref().map_or(0, |o| o.total));
                return Err(vec![match total {
                    0 => ApiError::new(
                        "export.cancelled",
                        "stopped while the media files were scanned; nothing was written under the output's name",
                    ),
                    _ => ExportError::Cancelled { frame, total }.into(),
                }]);
            }
            let film = [Task::Whole, Task::Join].iter().find_map(|task| self.done.get(task));
            match (film, self.done.get(&Task::Verify)) {
                (Some(last), verified) if verified.is_some() || !self.init.request.verify => {
                    return Ok(self.made(last, verified));
                }
                (Some(_), _) if self.is_idle() => {
                    self.waiting.push_back(Task::Verify);
                }
                _ => {}
            }
            let is_reached = match self.goal {
                Goal::Film(_) => false,
                Goal::Plan => true,
                Goal::Parts(..) => self.is_idle(),
            };
            if is_reached && self.outline.is_some() {
                return Ok(Made::default());
            }
            self.assign()?;
            self.end_stuck();
            if let Some(error) = self.space.look() {
                return Err(vec![error]);
            }
        }
    }

    /// Whether all that was to be done is.
    fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.workers.values().all(|w| w.tasks.is_empty())
    }

    /// Ends workers whose pictures do not move on; they count as crashed.
    fn end_stuck(&mut self) {
        let patience = self.init.request.stuck_secs.map_or(STUCK, Duration::from_secs_f64);
        for worker in self.workers.values_mut() {
            let works = worker.tasks.keys().any(|task| has_pictures(*task));
            if works && worker.heard.elapsed() > patience {
                worker.stuck_secs = Some(patience.as_secs_f64());
                worker.process.kill();
            }
        }
    }

    /// What is known of the film, after its last task.
    fn made(&self, last: &Made, verified: Option<&Made>) -> Made {
        let mut made = Made { file: last.file.clone(), also: last.also.clone(), ..Made::default() };
        for part in self.done.values() {
            made.phases.add(&part.phases);
            made.clipped_samples += part.clipped_samples;
            made.level = made.level.or(part.level);
        }
        let lost = self.done.values().filter_map(|part| part.device_lost.as_ref());
        made.device_lost = lost.min_by_key(|lost| lost.from_frame).cloned();
        made.drawn_by = joined(self.done.values().map(|part| part.drawn_by.as_str()));
        made.problems = prepared::merged_problems(self.done.values().flat_map(|part| &part.problems));
        made.elapsed_secs = self.started.elapsed().as_secs_f64();
        made.segments_reused = self.reused;
        if let Some(verified) = verified {
            made.verified = verified.verified;
            made.also.iter_mut().zip(&verified.also).for_each(|(made, verified)| made.verified = verified.verified);
        }
        made
    }

    fn start_worker(&mut self) -> Result<(), Vec<ApiError>> {
        self.last_worker += 1;
        let mut process =
            WorkerProcess::start(self.watch.program, self.last_worker, &self.sender, self.watch.unfinished).map_err(|e| vec![e])?;
        let mut init = InitExport { activity: process.activity_path(), ..self.init.clone() };
        let cards = self.outline.as_ref().map_or(&[][..], |outline| &outline.cards);
        init.request.gpu = card_of(self.last_worker, cards).or(init.request.gpu);
        process.send(&ToWorker::InitExport(Box::new(init.portable()))).map_err(|e| vec![e])?;
        let worker = Worker { process, is_ready: false, tasks: BTreeMap::new(), heard: Instant::now(), stuck_secs: None };
        self.workers.insert(self.last_worker, worker);
        Ok(())
    }

    fn heard(&mut self, number: usize, message: FromWorker) -> Result<(), Vec<ApiError>> {
        if let Some(worker) = self.workers.get_mut(&number) {
            worker.heard = Instant::now();
        }
        match message {
            FromWorker::Ready(outline) => self.ready(number, *outline),
            FromWorker::Progress { task, progress } => {
                if let Some(frames) = self.workers.get_mut(&number).and_then(|w| w.tasks.get_mut(&task)) {
                    *frames = progress.frame;
                    self.report(progress.phase, matches!(task, Task::Join | Task::Verify).then_some(progress.frame));
                }
                Ok(())
            }
            FromWorker::Completed { task, made } => {
                if let Some(worker) = self.workers.get_mut(&number) {
                    worker.tasks.remove(&task);
                }
                self.done.insert(task, *made);
                self.report(ExportPhase::Compose, None);
                Ok(())
            }
            FromWorker::Error { task, errors, recoverable } => {
                if let (Some(worker), Some(task)) = (self.workers.get_mut(&number), task) {
                    worker.tasks.remove(&task);
                }
                // A finished part that is damaged is made again.
                let damaged =
                    errors.iter().find(|e| e.code == "media.write.damaged").and_then(|e| self.part_of(e.file.as_deref()?));
                match (task, damaged) {
                    (Some(Task::Join), Some(part)) if self.may_try_again(task) => {
                        if let Some(folder) = &self.folder {
                            folder.discard(part);
                        }
                        self.done.remove(&Task::Part(part));
                        self.waiting.push_front(Task::Part(part));
                        Ok(())
                    }
                    (Some(task), _) if recoverable && self.may_try_again(Some(task)) => {
                        self.waiting.push_front(task);
                        Ok(())
                    }
                    _ => Err(errors),
                }
            }
        }
    }

    fn part_of(&self, file: &Path) -> Option<PartId> {
        let stem = file.file_stem()?.to_str()?;
        self.done.keys().find_map(|task| match task {
            Task::Part(part) if part.name() == stem => Some(*part),
            _ => None,
        })
    }

    fn may_try_again(&mut self, task: Option<Task>) -> bool {
        let tries = self.tries.entry(task).or_insert(1);
        *tries += 1;
        *tries <= TRIES
    }

    /// A worker has opened the export.
    fn ready(&mut self, number: usize, outline: Outline) -> Result<(), Vec<ApiError>> {
        if let Some(worker) = self.workers.get_mut(&number) {
            worker.is_ready = true;
        }
        match &self.outline {
            Some(first) if first.plan != outline.plan => {
                let error = ApiError::new("export.changed", "a file of the film was changed while it was exported");
                return Err(vec![error.hint("export again when its files do not change any more")]);
            }
            Some(_) => return Ok(()),
            None => {}
        }
        let plan = match &self.goal {
            Goal::Film(plan) => plan.as_ref(),
            Goal::Plan => None,
            Goal::Parts(plan, _) => Some(plan),
        };
        if plan.is_some_and(|plan| *plan != outline.plan) {
            let error =
                ApiError::new("export.changed", "the project, or a file that it reads, is not as it was when the export began");
            return Err(vec![error.hint("export it again with its project; finished segments are made again")]);
        }
        if let Some(error) = self.space.check(outline.bytes_expected, outline.parted) {
            return Err(vec![error]);
        }
        if self.goal == Goal::Plan {
            self.outline = Some(outline);
            return Ok(());
        }
        if outline.parted {
            let folder = match self.goal {
                Goal::Parts(..) => ExportFolder::beside_others(&self.init.folder, &outline.plan),
                _ => ExportFolder::open(&self.init.folder, &outline.plan, &StoredExport::new(&self.init, &outline)),
            };
            let folder = folder.map_err(|e| vec![ApiError::from(e)])?;
            let wanted = match &self.goal {
                Goal::Parts(_, parts) => parts.clone(),
                _ => outline.parts(),
            };
            for part in wanted {
                match folder.finished::<Made>(part) {
                    Some(made) => {
                        self.reused += usize::from(matches!(part, PartId::Segment(_)));
                        self.done.insert(Task::Part(part), made);
                    }
                    None => self.waiting.push_back(Task::Part(part)),
                }
            }
            self.folder = Some(folder);
        } else {
            self.waiting.push_back(Task::Whole);
        }
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let jobs = match self.init.request.jobs {
            None => outline.cards.len().max(1),
            Some(0) => (cores / 2).max(1),
            Some(jobs) => jobs,
        };
        self.outline = Some(outline);
        let pictures = self.waiting.iter().filter(|task| has_pictures(**task)).count();
        (1..jobs.min(pictures)).try_for_each(|_| self.start_worker())
    }

    /// Gives tasks to workers that have none of their kind.
    fn assign(&mut self) -> Result<(), Vec<ApiError>> {
        let Some(outline) = &self.outline else { return Ok(()) };
        let is_film = matches!(self.goal, Goal::Film(_));
        if is_film && outline.parted && self.is_idle() && !self.done.contains_key(&Task::Join) {
            self.waiting.push_back(Task::Join);
        }
        let measures = |task: &Task| matches!(task, Task::Part(PartId::Measure(_)));
        // Segments are encoded when all are measured.
        let measuring = self.waiting.iter().chain(self.workers.values().flat_map(|w| w.tasks.keys())).any(measures);
        for kind in [false, true] {
            while let Some(at) =
                self.waiting.iter().position(|task| has_pictures(*task) == kind && (!kind || !measuring || measures(task)))
            {
                let is_free = |w: &Worker| w.is_ready && !w.tasks.keys().any(|task| has_pictures(*task) == kind);
                let Some(worker) = self.workers.values_mut().find(|w| is_free(w)) else { break };
                let Some(task) = self.waiting.remove(at) else { break };
                worker.tasks.insert(task, 0);
                worker.heard = Instant::now();
                worker.process.send(&ToWorker::Do(task)).map_err(|e| vec![e])?;
            }
        }
        Ok(())
    }

    /// A worker's process has ended, although it was not asked to.
    fn ended(&mut self, number: usize) -> Result<(), Vec<ApiError>> {
        let Some(mut worker) = self.workers.remove(&number) else { return Ok(()) };
        let (mut how, lines) = worker.process.last_words();
        let suspects = worker.process.last_activities();
        if let Some(secs) = worker.stuck_secs {
            how = format!("no picture came out of it for {secs} s");
        }
        if let Some(folder) = &self.folder {
            folder.sweep_of(worker.process.id());
        }
        let tasks: BTreeSet<Option<Task>> = match worker.is_ready && !worker.tasks.is_empty() {
            true => worker.tasks.keys().copied().map(Some).collect(),
            false => BTreeSet::from([None]),
        };
        let again = tasks.iter().all(|task| self.may_try_again(*task));
        if !again {
            let frame = worker.tasks.iter().find(|(task, _)| has_pictures(**task)).map(|(task, done)| self.frame_of(*task, *done));
            return Err(vec![crashed(&how, lines, frame, self.outline.as_ref(), suspects)]);
        }
        tasks.into_iter().flatten().for_each(|task| self.waiting.push_front(task));
        self.start_worker()
    }

    /// The frame of the film that a task is at.
    fn frame_of(&self, task: Task, done: u64) -> u64 {
        let segments = self.outline.as_ref().map_or(&[][..], |o| &o.segments);
        match task {
            Task::Part(PartId::Segment(n) | PartId::Measure(n)) => {
                let first = segments.first().map_or(0, |s| s[0]);
                segments.get(n).map_or(0, |s| (s[0] - first) as u64) + done
            }
            _ => done,
        }
    }

    /// Frames that are encoded.
    fn frames(&self) -> u64 {
        let Some(outline) = &self.outline else { return 0 };
        let length = |task: &Task| match task {
            Task::Part(PartId::Segment(n) | PartId::Measure(n)) => outline.segments.get(*n).map_or(0, |s| (s[1] - s[0]) as u64),
            _ => 0,
        };
        let finished: u64 = self.done.keys().map(length).sum();
        let running = self.workers.values().flat_map(|w| &w.tasks);
        let running: u64 = running
            .filter(|(task, _)| matches!(task, Task::Whole | Task::Part(PartId::Segment(_) | PartId::Measure(_))))
            .map(|(_, done)| done)
            .sum();
        // Both passes count half.
        (finished + running) / if outline.two_passes { 2 } else { 1 }
    }

    fn report(&mut self, phase: ExportPhase, joined: Option<u64>) {
        let total = self.outline.as_ref().map_or(0, |o| o.total);
        let progress = ExportProgress { phase, frame: joined.unwrap_or_else(|| self.frames()), total };
        if joined.is_some() || self.done.keys().all(|task| !matches!(task, Task::Whole | Task::Join)) {
            (self.watch.progress)(progress);
        }
    }
}

/// The card of a worker, counted from 1: workers take turns.
fn card_of(worker: usize, cards: &[usize]) -> Option<usize> {
    cards.get(worker.checked_sub(1)?.checked_rem(cards.len())?).copied()
}

/// What drew the parts, each thing once.
fn joined<'a>(drawn_by: impl Iterator<Item = &'a str>) -> String {
    let different: BTreeSet<&str> = drawn_by.filter(|text| !text.is_empty()).collect();
    different.into_iter().collect::<Vec<_>>().join("; ")
}

fn has_pictures(task: Task) -> bool {
    task != Task::Part(PartId::Sound)
}

/// The error of a worker that crashed as often as it may.
fn crashed(how: &str, lines: Vec<String>, frame: Option<u64>, outline: Option<&Outline>, suspects: Vec<Activity>) -> ApiError {
    let secs = frame.zip(outline).map(|(frame, outline)| outline.rate.time_of_frame(frame as i64).as_secs_f64());
    let place = match (frame, secs) {
        (Some(frame), Some(secs)) => format!(" at frame {frame} of the film ({secs:.3} s)"),
        _ => " while the export was opened".into(),
    };
    let words = |a: &Activity| {
        let file = a.file.as_ref().map_or_else(String::new, |file| format!(" {}", file.display()));
        let at = a.secs.map_or_else(String::new, |secs| format!(" at {secs:.3} s"));
        format!("{}{file}{at}", a.what)
    };
    let doing: String = suspects.iter().take(3).map(|a| format!(", {}", words(a))).collect();
    let file = suspects.into_iter().find_map(|a| a.file);
    let mut error = ApiError::new("export.crashed", format!("the process that made the film ended{place}{doing}, twice: {how}"));
    error.hint = Some(match &file {
        Some(_) => "if it happens again, convert that file, for example with ffmpeg, or leave it out".into(),
        None => "if it happens again, export with another codec or with --backend cpu, and report it".into(),
    });
    error.time_secs = secs;
    error.file = file;
    error.causes = lines;
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_take_turns_on_cards() {
        let of = |cards: &[usize]| (1..=5).map(|worker| card_of(worker, cards)).collect::<Vec<_>>();
        assert_eq!(of(&[]), [None; 5]);
        assert_eq!(of(&[2]), [Some(2); 5]);
        assert_eq!(of(&[0, 1, 3]), [Some(0), Some(1), Some(3), Some(0), Some(1)]);
    }

    #[test]
    fn what_drew_is_named_once() {
        assert_eq!(
            joined(["gpu (a, card 1)", "", "gpu (a, card 0)", "gpu (a, card 1)"].into_iter()),
            "gpu (a, card 0); gpu (a, card 1)"
        );
    }
}
