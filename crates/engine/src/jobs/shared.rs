//! What the threads of the pools share, and what they do.
use super::{
    JobError, JobId, JobReport, JobSpec, NoThread, Pool, Priority, Scheduler,
    metrics::Counted,
    scheduler::{Cancelled, Taken},
    slot::Fail,
};
use cutroom_types::CancelToken;
use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, atomic::AtomicUsize},
    thread::{self, JoinHandle, ThreadId},
    time::{Duration, Instant},
};

/// Maximum number of reports that are kept until they are collected.
const MAX_REPORTS: usize = 256;
/// A thread whose pool's quotas are used up looks again after the pool's ageing time, within these.
const SHORTEST_AGEING: Duration = Duration::from_millis(1);
const LONGEST_AGEING: Duration = Duration::from_secs(60);
/// A thread that waits for jobs to end, or for room, looks again after this time.
pub(super) const ROOM_CHECK: Duration = Duration::from_millis(20);

/// Runs a job and returns what delivers its result, which is called when the job has been counted as
/// ended; `true` if there is a value.
pub(super) type Run = Box<dyn FnOnce(&CancelToken) -> (bool, Box<dyn FnOnce() + Send>) + Send>;

pub(super) struct Work {
    pub name: String,
    pub pool: Pool,
    pub priority: Priority,
    pub limit: Option<Duration>,
    pub token: CancelToken,
    pub slot: Arc<dyn Fail>,
    pub deadline: Option<Duration>,
    /// Taken when it is run.
    pub run: Option<Run>,
    /// The thread that runs it.
    pub runner: Option<ThreadId>,
}

thread_local! {
    /// The jobs that this thread is running: several, when a job joins another.
    pub(super) static INSIDE: RefCell<Vec<JobId>> = const { RefCell::new(Vec::new()) };
}

pub(super) struct State {
    pub scheduler: Scheduler,
    pub work: HashMap<JobId, Work>,
    /// Threads of each pool that are not given up.
    pub alive: BTreeMap<Pool, usize>,
    pub threads: Vec<JoinHandle<()>>,
    pub counted: BTreeMap<(Pool, Priority), Counted>,
    pub reports: VecDeque<JobReport>,
    pub given_up: usize,
    pub is_watched: bool,
}

pub(super) struct Shared {
    pub started: Instant,
    pub grace: Duration,
    pub state: Mutex<State>,
    /// A job was submitted, or the number of threads changed.
    pub wake: BTreeMap<Pool, Condvar>,
    /// A waiting job was taken or removed.
    pub room: Condvar,
    /// The watchdog has something new to look at.
    pub watch: Condvar,
    /// Number of [`Jobs`], without those of threads.
    pub owners: AtomicUsize,
}

impl State {
    pub fn counted(&mut self, spec: &JobSpec) -> &mut Counted {
        self.counted.entry((spec.pool, spec.priority)).or_default()
    }

    /// The work of jobs that have ended without being run.
    pub fn end_waiting(&mut self, ids: &[JobId]) -> Vec<Work> {
        let ended: Vec<Work> = ids.iter().filter_map(|id| self.work.remove(id)).collect();
        for work in &ended {
            self.counted.entry((work.pool, work.priority)).or_default().failed += 1;
        }
        ended
    }

    pub fn drop_waiting(&mut self) -> Vec<Work> {
        let waiting = self.scheduler.all_waiting();
        waiting.iter().for_each(|id| {
            self.scheduler.cancel(*id);
        });
        self.end_waiting(&waiting)
    }

    pub fn report(&mut self, report: JobReport) {
        if self.reports.len() == MAX_REPORTS {
            self.reports.pop_front();
        }
        self.reports.push_back(report);
    }
}

impl Shared {
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Starts the threads that a pool lacks.
    pub fn fill(self: &Arc<Self>, state: &mut State, pool: Pool) -> Result<(), NoThread> {
        let threads = state.scheduler.settings(pool).threads.max(1);
        state.threads.retain(|thread| !thread.is_finished());
        while *state.alive.entry(pool).or_default() < threads {
            let shared = Arc::clone(self);
            let number = state.alive[&pool];
            let thread = spawn(format!("{} job {number}", pool.name()), move || shared.work(pool))?;
            state.threads.push(thread);
            *state.alive.entry(pool).or_default() += 1;
        }
        Ok(())
    }

    /// A thread's life.
    fn work(self: Arc<Self>, pool: Pool) {
        let mut state = self.lock();
        loop {
            let surplus = state.alive[&pool] > state.scheduler.settings(pool).threads.max(1);
            let is_over = state.scheduler.is_closed() && state.scheduler.waiting(pool) == 0;
            if surplus || is_over {
                *state.alive.entry(pool).or_default() -= 1;
                // It may have been woken for a job.
                self.wake[&pool].notify_all();
                self.room.notify_all();
                return;
            }
            let Some(taken) = state.scheduler.take(self.now(), pool) else {
                let wake = &self.wake[&pool];
                state = if state.scheduler.waiting(pool) == 0 {
                    wake.wait(state).unwrap_or_else(PoisonError::into_inner)
                } else {
                    // Quotas are used up; a job may rise to a priority with another quota.
                    let ageing = state.scheduler.settings(pool).ageing.clamp(SHORTEST_AGEING, LONGEST_AGEING);
                    wake.wait_timeout(state, ageing).unwrap_or_else(PoisonError::into_inner).0
                };
                continue;
            };
            if !self.run(state, taken) {
                // Another thread has taken its place.
                return;
            }
            state = self.lock();
        }
    }

    /// Runs a job that was taken; returns `false` if it was given up meanwhile.
    fn run(&self, mut state: MutexGuard<'_, State>, taken: Taken) -> bool {
        self.room.notify_all();
        let now = self.now();
        let work = state.work.get_mut(&taken.id).expect("a job that was taken has its work");
        let key = (work.pool, work.priority);
        if work.deadline.is_some_and(|at| at <= now) {
            state.scheduler.finish(now, taken.id);
            let late = state.end_waiting(&[taken.id]);
            drop(state);
            late.into_iter().for_each(|work| work.slot.fail(JobError::Deadline { name: work.name.clone() }));
            return true;
        }
        let (token, run) = (work.token.clone(), work.run.take());
        work.runner = Some(thread::current().id());
        if work.limit.is_some() {
            self.watch.notify_all();
        }
        state.counted.entry(key).or_default().waited.add(taken.waited);
        drop(state);
        INSIDE.with(|inside| inside.borrow_mut().push(taken.id));
        let (mut has_value, deliver) = run.expect("a job is taken once")(&token);
        INSIDE.with(|inside| inside.borrow_mut().pop());
        let mut state = self.lock();
        let now = self.now();
        let finished = state.scheduler.finish(now, taken.id);
        let work = state.work.remove(&taken.id);
        let mut error = None;
        let goes_on = match (&finished, &work) {
            (Some(finished), Some(work)) if !finished.given_up => {
                if let Some(limit) = work.limit.filter(|limit| finished.ran >= *limit) {
                    error = Some(JobError::TimedOut { name: work.name.clone(), pool: work.pool, limit });
                    has_value = false;
                }
                let counted = state.counted.entry(key).or_default();
                counted.ran.add(finished.ran);
                if has_value {
                    counted.finished += 1
                } else {
                    counted.failed += 1
                }
                true
            }
            _ => false,
        };
        // Quotas may allow another job now.
        self.wake[&key.0].notify_all();
        self.room.notify_all();
        drop(state);
        match (work, error) {
            (Some(work), Some(error)) => work.slot.fail(error),
            // A result of a job that was given up is discarded: its slot is full.
            _ => deliver(),
        }
        goes_on
    }

    /// Looks after deadlines and limits once; returns in what time to look again.
    pub fn check(self: &Arc<Self>) -> Option<Duration> {
        let mut state = self.lock();
        let now = self.now();
        let expired = state.scheduler.expire(now);
        let expired = state.end_waiting(&expired);
        for id in state.scheduler.overdue(now) {
            let Some(work) = state.work.get(&id) else { continue };
            work.token.cancel();
            let report = JobReport::Overdue { name: work.name.clone(), pool: work.pool, limit: work.limit.unwrap_or_default() };
            state.report(report);
        }
        for id in state.scheduler.stuck(now, self.grace) {
            let timed_out = |work: &Work| JobError::TimedOut {
                name: work.name.clone(),
                pool: work.pool,
                limit: work.limit.unwrap_or_default(),
            };
            self.give_up(&mut state, id, timed_out);
        }
        if !expired.is_empty() {
            self.room.notify_all();
        }
        let next = state.scheduler.next_check(self.grace).map(|at| at.saturating_sub(self.now()));
        drop(state);
        expired.into_iter().for_each(|work| work.slot.fail(JobError::Deadline { name: work.name.clone() }));
        next
    }

    /// Whether something is to be looked at before the time that [`Self::check`] returned.
    pub fn is_due_sooner(&self, state: &State, next: Option<Duration>) -> bool {
        let now = state.scheduler.next_check(self.grace).map(|at| at.saturating_sub(self.now()));
        now.is_some_and(|now| next.is_none_or(|next| now.saturating_add(SHORTEST_AGEING) < next))
    }

    /// A handle's job was cancelled.
    pub fn cancelled(&self, id: JobId) {
        let mut state = self.lock();
        if state.scheduler.cancel(id) == Cancelled::Waiting {
            let ended = state.end_waiting(&[id]);
            self.room.notify_all();
            drop(state);
            ended.into_iter().for_each(|work| work.slot.fail(JobError::Cancelled { name: work.name.clone() }));
        }
    }

    /// Runs a job on this thread if it still waits.
    pub fn run_here(&self, id: JobId) {
        let mut state = self.lock();
        if let Some(taken) = state.scheduler.take_this(self.now(), id) {
            self.run(state, taken);
        }
    }

    /// Gives up a running job: delivers the error, and replaces its thread.
    pub fn give_up(self: &Arc<Self>, state: &mut State, id: JobId, error: impl FnOnce(&Work) -> JobError) {
        let Some(of_pool) = state.scheduler.give_up(id) else { return };
        let Some(work) = state.work.remove(&id) else { return };
        state.given_up += 1;
        state.counted.entry((work.pool, work.priority)).or_default().failed += 1;
        state.report(JobReport::GivenUp { name: work.name.clone(), pool: work.pool });
        if of_pool {
            // Its thread ends when the job returns, and nobody waits for it.
            state.threads.retain(|thread| Some(thread.thread().id()) != work.runner);
            *state.alive.entry(work.pool).or_default() -= 1;
            if let Err(e) = self.fill(state, work.pool) {
                state.report(JobReport::NoThread { pool: work.pool, reason: e.to_string() });
            }
        }
        work.slot.fail(error(&work));
    }
}

pub(super) fn spawn(name: String, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, NoThread> {
    let started = thread::Builder::new().name(name.clone()).spawn(run);
    started.map_err(|source| NoThread { name, source })
}
