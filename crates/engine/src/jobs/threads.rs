//! The pools of threads, for those who submit jobs.
use super::{
    JobError, JobHandle, JobReport, JobSpec, JobsSettings, NoThread, Pool, PoolMetrics, Priority, Refused, Scheduler, Shutdown,
    ShutdownReport,
    shared::{INSIDE, ROOM_CHECK, Run, Shared, State, Work, spawn},
    slot::Slot,
    watchdog,
};
use cutroom_types::CancelToken;
use std::{
    any::Any,
    collections::{BTreeMap, HashMap, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

/// The pools of threads; a clone is the same. With the last clone gone, jobs
/// are shut down as by [`Shutdown::Cancel`].
pub struct Jobs(Arc<Shared>);

impl Clone for Jobs {
    fn clone(&self) -> Self {
        self.0.owners.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(&self.0))
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        if self.0.owners.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.shutdown(Shutdown::Cancel);
        }
    }
}

impl Jobs {
    /// Starts the threads.
    ///
    /// # Errors
    /// [`NoThread`].
    pub fn new(settings: JobsSettings) -> Result<Self, NoThread> {
        let state = State {
            scheduler: Scheduler::new(|pool| settings.of(pool)),
            work: HashMap::new(),
            alive: BTreeMap::new(),
            threads: Vec::new(),
            counted: BTreeMap::new(),
            reports: VecDeque::new(),
            given_up: 0,
            is_watched: true,
        };
        let jobs = Self(Arc::new(Shared {
            started: Instant::now(),
            grace: settings.grace,
            state: Mutex::new(state),
            wake: Pool::ALL.into_iter().map(|pool| (pool, Condvar::new())).collect(),
            room: Condvar::new(),
            watch: Condvar::new(),
            owners: AtomicUsize::new(1),
        }));
        let shared = Arc::clone(&jobs.0);
        let watchdog = spawn("job watchdog".into(), move || watchdog::run(&shared))?;
        let mut state = jobs.0.lock();
        state.threads.push(watchdog);
        for pool in Pool::ALL {
            jobs.0.fill(&mut state, pool)?;
        }
        drop(state);
        Ok(jobs)
    }

    /// Submits a job. It polls the token often and stops when that is cancelled.
    ///
    /// # Errors
    /// The pool's queue is full, or the jobs are shut down. The closure is dropped.
    pub fn submit<T, F>(&self, spec: JobSpec, run: F) -> Result<JobHandle<T>, Refused>
    where
        T: Send + 'static,
        F: FnOnce(&CancelToken) -> T + Send + 'static,
    {
        let mut state = self.0.lock();
        let refused = match self.add(&mut state, &spec, run) {
            Ok(handle) => return Ok(handle),
            // The closure may own what locks the state when it is dropped.
            Err((refused, closure)) => {
                state.counted(&spec).refused += 1;
                drop(state);
                drop(closure);
                refused
            }
        };
        Err(refused)
    }

    /// Submits a job, and waits for room if the queue is full, until `cancel` is cancelled.
    ///
    /// # Errors
    /// As [`Self::submit`]: full only if cancelled.
    pub fn submit_when_room<T, F>(&self, spec: JobSpec, cancel: &CancelToken, run: F) -> Result<JobHandle<T>, Refused>
    where
        T: Send + 'static,
        F: FnOnce(&CancelToken) -> T + Send + 'static,
    {
        let mut run = run;
        let mut state = self.0.lock();
        loop {
            match self.add(&mut state, &spec, run) {
                Ok(handle) => return Ok(handle),
                Err((refused, back)) if refused == Refused::Closed || cancel.is_cancelled() => {
                    state.counted(&spec).refused += 1;
                    drop(state);
                    drop(back);
                    return Err(refused);
                }
                Err((_, back)) => run = back,
            }
            (state, _) = self.0.room.wait_timeout(state, ROOM_CHECK).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn add<T, F>(&self, state: &mut State, spec: &JobSpec, run: F) -> Result<JobHandle<T>, (Refused, F)>
    where
        T: Send + 'static,
        F: FnOnce(&CancelToken) -> T + Send + 'static,
    {
        let deadline = spec.deadline.map(|at| at.saturating_duration_since(self.0.started));
        let id = match state.scheduler.submit(self.0.now(), spec, deadline) {
            Ok(id) => id,
            Err(refused) => return Err((refused, run)),
        };
        state.counted(spec).submitted += 1;
        let root = CancelToken::new();
        let token = spec.deadline.map_or_else(|| root.clone(), |at| root.child_until(at));
        let slot = Arc::new(Slot::new());
        let (place, name) = (Arc::clone(&slot), spec.name.clone());
        let run: Run = Box::new(move |token| {
            let result = catch_unwind(AssertUnwindSafe(|| run(token)));
            let result = result.map_err(|panic| JobError::Panicked { name, message: message_of(&*panic) });
            (result.is_ok(), Box::new(move || place.deliver(result)))
        });
        let JobSpec { name, pool, priority, limit, .. } = spec.clone();
        let work = Work {
            name,
            pool,
            priority,
            limit,
            token: token.clone(),
            slot: Arc::clone(&slot) as _,
            deadline,
            run: Some(run),
            runner: None,
        };
        state.work.insert(id, work);
        self.0.wake[&pool].notify_one();
        if spec.deadline.is_some() {
            self.0.watch.notify_all();
        }
        Ok(JobHandle { id, slot, token, shared: Arc::clone(&self.0) })
    }

    /// Changes the number of threads of a pool, at least 1. Jobs that run go on.
    ///
    /// # Errors
    /// [`NoThread`]: the pool has fewer threads than requested.
    pub fn resize(&self, pool: Pool, threads: usize) -> Result<(), NoThread> {
        let mut state = self.0.lock();
        state.scheduler.resize(pool, threads);
        self.0.wake[&pool].notify_all();
        if state.scheduler.is_closed() {
            return Ok(());
        }
        self.0.fill(&mut state, pool)
    }

    /// Accepts no jobs any more, ends those there are, and waits for the threads.
    ///
    /// With [`Shutdown::Cancel`], jobs that do not stop within the grace period are given up. With
    /// [`Shutdown::Drain`], only the limits of jobs apply.
    pub fn shutdown(&self, how: Shutdown) -> ShutdownReport {
        let mut state = self.0.lock();
        let given_up_before = state.given_up;
        state.scheduler.close();
        let mut dropped = Vec::new();
        if how == Shutdown::Cancel {
            dropped = state.drop_waiting();
            let running = state.scheduler.all_running();
            running.iter().filter_map(|id| state.work.get(id)).for_each(|work| work.token.cancel());
        }
        self.0.wake.values().for_each(Condvar::notify_all);
        self.0.room.notify_all();
        let until = Instant::now() + self.0.grace;
        // A job that drops the last `Jobs` does not wait for itself.
        let inside = INSIDE.with(|inside| inside.borrow().clone());
        loop {
            let mut running = state.scheduler.all_running();
            running.retain(|id| !inside.contains(id));
            if running.is_empty() && state.scheduler.all_waiting().is_empty() {
                break;
            }
            if how == Shutdown::Cancel && Instant::now() >= until {
                for id in running {
                    self.0.give_up(&mut state, id, |work| JobError::Closed { name: work.name.clone() });
                }
                break;
            }
            if running.is_empty() && state.alive.values().all(|n| *n == 0) {
                // No thread could be started.
                dropped.extend(state.drop_waiting());
                break;
            }
            (state, _) = self.0.room.wait_timeout(state, ROOM_CHECK).unwrap_or_else(PoisonError::into_inner);
        }
        state.is_watched = false;
        self.0.watch.notify_all();
        let (threads, given_up) = (std::mem::take(&mut state.threads), state.given_up - given_up_before);
        drop(state);
        let report = ShutdownReport { dropped: dropped.len(), given_up };
        dropped.into_iter().for_each(|work| work.slot.fail(JobError::Closed { name: work.name.clone() }));
        let me = thread::current().id();
        for thread in threads.into_iter().filter(|thread| thread.thread().id() != me) {
            // A job's panic is its result, so threads do not panic.
            let _ = thread.join();
        }
        report
    }

    /// Figures of a pool and a priority.
    pub fn metrics(&self, pool: Pool, priority: Priority) -> PoolMetrics {
        let state = self.0.lock();
        let counted = state.counted.get(&(pool, priority)).cloned().unwrap_or_default();
        PoolMetrics {
            waiting: state.scheduler.waiting_of(pool, priority),
            running: state.scheduler.running_of(pool, priority),
            submitted: counted.submitted,
            refused: counted.refused,
            finished: counted.finished,
            failed: counted.failed,
            waited: counted.waited.durations(),
            ran: counted.ran.durations(),
        }
    }

    /// What the watchdog noticed since the last call.
    pub fn reports(&self) -> Vec<JobReport> {
        self.0.lock().reports.drain(..).collect()
    }
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a message".to_owned())
}
