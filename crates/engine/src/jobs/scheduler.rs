//! Which job runs next: a state machine with explicit time, without threads, clocks and closures, so
//! that its rules can be tested exactly.
//!
//! Each pool has a queue for each priority. A job that waits rises by one priority for each
//! [`PoolSettings::ageing`] of waiting. A free thread takes the job of the most urgent such priority,
//! and of those the one that was submitted first, unless the quota of that priority is used up. So a
//! job that has waited for four times `ageing` is overtaken by no job that was submitted after it.
use super::{JobSpec, Pool, Priority};
use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

/// Number of a job, in the order of submission; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// Settings of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSettings {
    /// Number of threads, at least 1.
    pub threads: usize,
    /// Maximum number of waiting jobs, at least 1. The less urgent ones are refused earlier, so that
    /// a flood of them leaves room: deferred ones when the queue is filled to three quarters,
    /// background ones when it is filled to a half.
    pub queue: usize,
    /// Waiting time after which a job counts as one priority more urgent.
    pub ageing: Duration,
}

impl PoolSettings {
    /// Number of jobs that may wait when one of this priority is accepted.
    pub fn room(&self, priority: Priority) -> usize {
        let queue = self.queue.max(1);
        match priority {
            Priority::Immediate | Priority::VideoFrame | Priority::Normal => queue,
            Priority::Deferred => (queue * 3 / 4).max(1),
            Priority::Background => (queue / 2).max(1),
        }
    }

    /// Number of threads that jobs of this priority and of less urgent ones may use together, at
    /// least 1: all, all, all but one, a half, a quarter.
    pub fn quota(&self, priority: Priority) -> usize {
        let threads = self.threads.max(1);
        match priority {
            Priority::Immediate | Priority::VideoFrame => threads,
            Priority::Normal => (threads - 1).max(1),
            Priority::Deferred => (threads / 2).max(1),
            Priority::Background => (threads / 4).max(1),
        }
    }
}

/// Why a job was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The queue has no room for a job of this priority.
    #[error(
        "the queue of the pool \"{}\" is full: {waiting} jobs wait, and {} ones are accepted up to {room}",
        .pool.name(), .priority.name()
    )]
    Full {
        /// The pool.
        pool: Pool,
        /// The job's priority.
        priority: Priority,
        /// Number of waiting jobs.
        waiting: usize,
        /// Number up to which jobs of this priority are accepted.
        room: usize,
    },
    /// The jobs are being shut down.
    #[error("no jobs are accepted any more: the engine is being shut down")]
    Closed,
}

impl Refused {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Full { .. } => "engine.jobs.full",
            Self::Closed => "engine.jobs.closed",
        }
    }
}

/// What cancelling a job did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// It was waiting and will not run.
    Waiting,
    /// It runs and has to stop by itself.
    Running,
    /// It has ended, or does not exist.
    Ended,
}

/// A job that was taken from the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The job.
    pub id: JobId,
    /// How long it waited.
    pub waited: Duration,
}

/// A job that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Its pool.
    pub pool: Pool,
    /// Its priority.
    pub priority: Priority,
    /// How long it ran.
    pub ran: Duration,
    /// Whether it was given up: its result has been delivered as an error, and its thread was
    /// replaced.
    pub given_up: bool,
}

#[derive(Clone, Debug)]
struct Job {
    pool: Pool,
    priority: Priority,
    submitted: Duration,
    deadline: Option<Duration>,
    limit: Option<Duration>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Running {
        since: Duration,
        /// The priority whose quota it counts for; `None` if it runs on the thread of its waiter.
        counts_as: Option<Priority>,
        is_overdue: bool,
    },
    GivenUp {
        since: Duration,
    },
}

#[derive(Clone, Debug)]
struct Queue {
    settings: PoolSettings,
    /// Waiting jobs by priority, each in the order of submission.
    waiting: [VecDeque<JobId>; 5],
    /// Running jobs on the pool's threads, by the priority that they count for.
    running: [usize; 5],
}

/// The jobs that wait and run, and the rules by which they are taken.
#[derive(Clone, Debug)]
pub struct Scheduler {
    pools: BTreeMap<Pool, Queue>,
    /// Jobs that have not ended.
    jobs: BTreeMap<JobId, Job>,
    next: u64,
    is_closed: bool,
}

impl Scheduler {
    /// No jobs; `settings` of each pool.
    pub fn new(settings: impl Fn(Pool) -> PoolSettings) -> Self {
        let queue = |pool| Queue { settings: settings(pool), waiting: Default::default(), running: [0; 5] };
        Self { pools: Pool::ALL.into_iter().map(|p| (p, queue(p))).collect(), jobs: BTreeMap::new(), next: 0, is_closed: false }
    }

    /// Settings of a pool.
    pub fn settings(&self, pool: Pool) -> PoolSettings {
        self.pools[&pool].settings
    }

    /// Accepts a job, or refuses it. `deadline` is a time on the scale of `now`.
    ///
    /// # Errors
    /// The queue is full, or closed.
    pub fn submit(&mut self, now: Duration, spec: &JobSpec, deadline: Option<Duration>) -> Result<JobId, Refused> {
        let (pool, priority) = (spec.pool, spec.priority);
        if self.is_closed {
            return Err(Refused::Closed);
        }
        let (waiting, room) = (self.waiting(pool), self.settings(pool).room(priority));
        if waiting >= room {
            return Err(Refused::Full { pool, priority, waiting, room });
        }
        let id = JobId(self.next);
        self.next += 1;
        self.queue(pool).waiting[priority as usize].push_back(id);
        let job = Job { pool, priority, submitted: now, deadline, limit: spec.limit, state: State::Waiting };
        self.jobs.insert(id, job);
        Ok(id)
    }

    /// The job that a free thread of a pool runs now; `None` if nothing waits or quotas are used up.
    pub fn take(&mut self, now: Duration, pool: Pool) -> Option<Taken> {
        let queue = &self.pools[&pool];
        if queue.running.iter().sum::<usize>() >= queue.settings.threads.max(1) {
            return None;
        }
        // Of one priority the first has waited longest.
        let heads = queue.waiting.iter().filter_map(|of_priority| of_priority.front().copied());
        let rising = heads.map(|id| (self.risen(now, id), id));
        // A job counts for its priority and for all more urgent ones.
        let has_thread = |p: &Priority| queue.running[*p as usize..].iter().sum::<usize>() < queue.settings.quota(*p);
        let within_quota = |(risen, _): &(Priority, JobId)| Priority::ALL.iter().filter(|p| *p <= risen).all(has_thread);
        let (counts_as, id) = rising.filter(within_quota).min()?;
        Some(self.start(now, id, Some(counts_as)))
    }

    /// Takes a certain waiting job, to run it on the thread that waits for it; `None` if it does not
    /// wait any more.
    pub fn take_this(&mut self, now: Duration, id: JobId) -> Option<Taken> {
        let waits = self.jobs.get(&id).is_some_and(|job| job.state == State::Waiting);
        waits.then(|| self.start(now, id, None))
    }

    /// Ends a job that was taken; `None` if there is no such job.
    pub fn finish(&mut self, now: Duration, id: JobId) -> Option<Finished> {
        let job = self.jobs.get(&id).filter(|job| job.state != State::Waiting)?.clone();
        self.jobs.remove(&id);
        let (since, given_up) = match job.state {
            State::Running { since, counts_as, .. } => {
                counts_as.into_iter().for_each(|p| self.queue(job.pool).running[p as usize] -= 1);
                (since, false)
            }
            State::GivenUp { since } => (since, true),
            State::Waiting => return None,
        };
        Some(Finished { pool: job.pool, priority: job.priority, ran: now.saturating_sub(since), given_up })
    }

    /// Cancels a job: a waiting one ends.
    pub fn cancel(&mut self, id: JobId) -> Cancelled {
        match self.jobs.get(&id).map(|job| job.state) {
            Some(State::Waiting) => {
                self.remove_waiting(id);
                Cancelled::Waiting
            }
            Some(State::Running { .. }) => Cancelled::Running,
            Some(State::GivenUp { .. }) | None => Cancelled::Ended,
        }
    }

    /// Sets the number of threads of a pool, at least 1. Jobs that run go on.
    pub fn resize(&mut self, pool: Pool, threads: usize) {
        self.queue(pool).settings.threads = threads.max(1);
    }

    /// Accepts no jobs any more.
    pub fn close(&mut self) {
        self.is_closed = true;
    }

    /// Whether [`Self::close`] was called.
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Ends the jobs that still wait at their deadline; returns them, sorted.
    pub fn expire(&mut self, now: Duration) -> Vec<JobId> {
        let late = |job: &Job| job.state == State::Waiting && job.deadline.is_some_and(|at| at <= now);
        let expired: Vec<JobId> = self.jobs.iter().filter(|(_, job)| late(job)).map(|(id, _)| *id).collect();
        expired.iter().for_each(|id| self.remove_waiting(*id));
        expired
    }

    /// Jobs that have just exceeded their limit, sorted; each is returned once.
    pub fn overdue(&mut self, now: Duration) -> Vec<JobId> {
        let mut found = Vec::new();
        for (id, job) in &mut self.jobs {
            if let State::Running { since, is_overdue, .. } = &mut job.state
                && !*is_overdue
                && job.limit.is_some_and(|limit| now.saturating_sub(*since) >= limit)
            {
                *is_overdue = true;
                found.push(*id);
            }
        }
        found
    }

    /// Jobs that run for `grace` longer than their limit, sorted.
    pub fn stuck(&self, now: Duration, grace: Duration) -> Vec<JobId> {
        let is_stuck = |job: &Job| match (job.state, job.limit) {
            (State::Running { since, .. }, Some(limit)) => now.saturating_sub(since) >= limit.saturating_add(grace),
            _ => false,
        };
        self.jobs.iter().filter(|(_, job)| is_stuck(job)).map(|(id, _)| *id).collect()
    }

    /// Gives up a running job: it does not count for its pool any more, so that another thread may
    /// take its place. Returns whether it ran on a thread of its pool, `None` if it does not run.
    pub fn give_up(&mut self, id: JobId) -> Option<bool> {
        let job = self.jobs.get_mut(&id)?;
        let State::Running { since, counts_as, .. } = job.state else { return None };
        job.state = State::GivenUp { since };
        let pool = job.pool;
        counts_as.into_iter().for_each(|p| self.queue(pool).running[p as usize] -= 1);
        Some(counts_as.is_some())
    }

    /// The next time at which [`Self::expire`], [`Self::overdue`] or [`Self::stuck`] may find
    /// something.
    pub fn next_check(&self, grace: Duration) -> Option<Duration> {
        let due = |job: &Job| match job.state {
            State::Waiting => job.deadline,
            State::Running { since, is_overdue, .. } => {
                job.limit.map(|limit| since.saturating_add(limit).saturating_add(if is_overdue { grace } else { Duration::ZERO }))
            }
            State::GivenUp { .. } => None,
        };
        self.jobs.values().filter_map(due).min()
    }

    /// Number of waiting jobs of a pool.
    pub fn waiting(&self, pool: Pool) -> usize {
        self.pools[&pool].waiting.iter().map(VecDeque::len).sum()
    }

    /// Number of waiting jobs of a pool and a priority.
    pub fn waiting_of(&self, pool: Pool, priority: Priority) -> usize {
        self.pools[&pool].waiting[priority as usize].len()
    }

    /// Number of running jobs of a pool and a priority, with those on the threads of their waiters,
    /// without those given up.
    pub fn running_of(&self, pool: Pool, priority: Priority) -> usize {
        let runs = |job: &&Job| job.pool == pool && job.priority == priority && matches!(job.state, State::Running { .. });
        self.jobs.values().filter(runs).count()
    }

    /// All waiting jobs, sorted.
    pub fn all_waiting(&self) -> Vec<JobId> {
        self.jobs.iter().filter(|(_, job)| job.state == State::Waiting).map(|(id, _)| *id).collect()
    }

    /// All running jobs that were not given up, sorted.
    pub fn all_running(&self) -> Vec<JobId> {
        self.jobs.iter().filter(|(_, job)| matches!(job.state, State::Running { .. })).map(|(id, _)| *id).collect()
    }

    fn queue(&mut self, pool: Pool) -> &mut Queue {
        self.pools.get_mut(&pool).expect("every pool has a queue")
    }

    /// The priority that a waiting job has risen to.
    fn risen(&self, now: Duration, id: JobId) -> Priority {
        let job = &self.jobs[&id];
        let ageing = self.settings(job.pool).ageing.as_nanos().max(1);
        let steps = now.saturating_sub(job.submitted).as_nanos() / ageing;
        let steps = usize::try_from(steps).unwrap_or(usize::MAX);
        Priority::ALL[(job.priority as usize).saturating_sub(steps)]
    }

    fn start(&mut self, now: Duration, id: JobId, counts_as: Option<Priority>) -> Taken {
        let job = self.jobs.get_mut(&id).expect("a queue names existing jobs");
        job.state = State::Running { since: now, counts_as, is_overdue: false };
        let (pool, priority, submitted) = (job.pool, job.priority, job.submitted);
        let queue = self.queue(pool);
        let waiting = &mut queue.waiting[priority as usize];
        match waiting.front() == Some(&id) {
            true => drop(waiting.pop_front()),
            false => waiting.retain(|waiting| *waiting != id),
        }
        counts_as.into_iter().for_each(|p| queue.running[p as usize] += 1);
        Taken { id, waited: now.saturating_sub(submitted) }
    }

    fn remove_waiting(&mut self, id: JobId) {
        if let Some(job) = self.jobs.remove(&id) {
            self.queue(job.pool).waiting[job.priority as usize].retain(|waiting| *waiting != id);
        }
    }
}
