//! The scheduler against a simple model: a list of jobs, searched from the start for every question.
use cutroom_engine::jobs::{JobId, JobSpec, Pool, PoolSettings, Priority, Refused, Scheduler};
use proptest::{prelude::*, sample::Index};
use std::time::Duration;

const AGEING_MS: u64 = 100;
const GRACE: Duration = Duration::from_millis(50);

#[derive(Clone, Debug)]
enum Step {
    Submit { pool: usize, priority: usize, deadline_ms: Option<u64>, limit_ms: Option<u64> },
    Take { pool: usize },
    Join(Index),
    Finish(Index),
    Cancel(Index),
    Resize { pool: usize, threads: usize },
    Pass { ms: u64 },
    Watch,
    Close,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let ms = || prop::option::weighted(0.2, 1_u64..400);
    let step = prop_oneof![
        12 => (0_usize..2, 0_usize..5, ms(), ms())
            .prop_map(|(pool, priority, deadline_ms, limit_ms)| Step::Submit { pool, priority, deadline_ms, limit_ms }),
        8 => (0_usize..2).prop_map(|pool| Step::Take { pool }),
        1 => any::<Index>().prop_map(Step::Join),
        6 => any::<Index>().prop_map(Step::Finish),
        1 => any::<Index>().prop_map(Step::Cancel),
        1 => (0_usize..2, 1_usize..6).prop_map(|(pool, threads)| Step::Resize { pool, threads }),
        5 => (0_u64..120).prop_map(|ms| Step::Pass { ms }),
        2 => Just(Step::Watch),
    ];
    // Few sequences close the scheduler, and those late.
    (prop::collection::vec(step, 1..300), prop::option::weighted(0.3, any::<Index>())).prop_map(|(mut steps, close)| {
        if let Some(at) = close {
            let at = steps.len() / 2 + at.index(steps.len() / 2 + 1);
            steps.insert(at, Step::Close);
        }
        steps
    })
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Waiting,
    Running { since: u64, counts_as: Option<usize> },
    GivenUp,
    Ended,
}

#[derive(Debug)]
struct Known {
    id: JobId,
    pool: usize,
    priority: usize,
    submitted: u64,
    deadline: Option<u64>,
    limit: Option<u64>,
    fate: Fate,
    begun: u32,
}

impl Known {
    /// The rule of ageing, as the documentation says it.
    fn risen(&self, now: u64) -> usize {
        self.priority - ((now - self.submitted) / AGEING_MS).min(self.priority as u64) as usize
    }
}

fn settings(pool: Pool) -> PoolSettings {
    let threads = if pool == Pool::Frame { 4 } else { 1 };
    PoolSettings { threads, queue: 12, ageing: Duration::from_millis(AGEING_MS) }
}

/// Threads that jobs of at least this priority number may use: the documented table.
fn quota(threads: usize, priority: usize) -> usize {
    [threads, threads, threads - 1, threads / 2, threads / 4][priority].max(1)
}

struct Model {
    jobs: Vec<Known>,
    threads: [usize; 2],
    is_closed: bool,
}

impl Model {
    fn choice(&self, pool: usize, now: u64) -> Option<(usize, JobId)> {
        let on_threads = |from: usize| {
            let counts = |j: &&Known| matches!(j.fate, Fate::Running { counts_as: Some(p), .. } if p >= from);
            self.jobs.iter().filter(|j| j.pool == pool).filter(counts).count()
        };
        if on_threads(0) >= self.threads[pool] {
            return None;
        }
        let waiting = self.jobs.iter().filter(|j| j.pool == pool && j.fate == Fate::Waiting);
        let has_thread = |p: usize| on_threads(p) < quota(self.threads[pool], p);
        let allowed = waiting.map(|j| (j.risen(now), j.id)).filter(|&(risen, _)| (0..=risen).all(has_thread));
        allowed.min()
    }
}

fn ids<'a>(jobs: impl Iterator<Item = &'a Known>) -> Vec<JobId> {
    jobs.map(|j| j.id).collect()
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Every job that is accepted ends exactly once and begins at most once; which one is taken is
    /// what the rules say; a job that has waited for four ageing times is overtaken by none that was
    /// submitted after it; and after closing, taking and finishing empties every queue.
    #[test]
    fn scheduler_does_what_the_model_does(steps in steps()) {
        let mut scheduler = Scheduler::new(settings);
        let mut model = Model { jobs: Vec::new(), threads: [4, 1], is_closed: false };
        let mut now = 0;
        for step in steps {
            match step {
                Step::Submit { pool, priority, deadline_ms, limit_ms } => {
                    let mut spec = JobSpec::new("work", Pool::ALL[pool], Priority::ALL[priority]);
                    spec.limit = limit_ms.map(ms);
                    let deadline = deadline_ms.map(|d| now + d);
                    let waiting = model.jobs.iter().filter(|j| j.pool == pool && j.fate == Fate::Waiting).count();
                    let room = [12, 12, 12, 9, 6][priority];
                    match scheduler.submit(ms(now), &spec, deadline.map(ms)) {
                        Ok(id) => {
                            prop_assert!(!model.is_closed && waiting < room);
                            prop_assert!(model.jobs.last().is_none_or(|last| last.id < id));
                            let (limit, fate) = (limit_ms, Fate::Waiting);
                            model.jobs.push(Known { id, pool, priority, submitted: now, deadline, limit, fate, begun: 0 });
                        }
                        Err(Refused::Closed) => prop_assert!(model.is_closed),
                        Err(Refused::Full { waiting: said, room: limit, .. }) => {
                            prop_assert!(!model.is_closed && waiting >= room);
                            prop_assert_eq!((said, limit), (waiting, room));
                        }
                    }
                }
                Step::Take { pool } => {
                    let expected = model.choice(pool, now);
                    let taken = scheduler.take(ms(now), Pool::ALL[pool]);
                    prop_assert_eq!(taken.map(|t| t.id), expected.map(|(_, id)| id));
                    let Some((counts_as, id)) = expected else { continue };
                    let aged = model.jobs.iter().find(|j| {
                        j.pool == pool && j.fate == Fate::Waiting && now - j.submitted >= 4 * AGEING_MS
                    });
                    prop_assert!(aged.is_none_or(|aged| id <= aged.id), "{id:?} overtook {aged:?}");
                    let job = model.jobs.iter_mut().find(|j| j.id == id).unwrap();
                    prop_assert_eq!(taken.unwrap().waited, ms(now - job.submitted));
                    job.fate = Fate::Running { since: now, counts_as: Some(counts_as) };
                    job.begun += 1;
                }
                Step::Join(index) => {
                    let Some(at) = (!model.jobs.is_empty()).then(|| index.index(model.jobs.len())) else { continue };
                    let job = &mut model.jobs[at];
                    let taken = scheduler.take_this(ms(now), job.id);
                    prop_assert_eq!(taken.is_some(), job.fate == Fate::Waiting);
                    if taken.is_some() {
                        job.fate = Fate::Running { since: now, counts_as: None };
                        job.begun += 1;
                    }
                }
                Step::Finish(index) => {
                    let Some(at) = (!model.jobs.is_empty()).then(|| index.index(model.jobs.len())) else { continue };
                    let job = &mut model.jobs[at];
                    let finished = scheduler.finish(ms(now), job.id);
                    match job.fate {
                        Fate::Running { since, .. } => {
                            let finished = finished.unwrap();
                            prop_assert_eq!((finished.ran, finished.given_up), (ms(now - since), false));
                            job.fate = Fate::Ended;
                        }
                        Fate::GivenUp => {
                            prop_assert!(finished.unwrap().given_up);
                            job.fate = Fate::Ended;
                        }
                        Fate::Waiting | Fate::Ended => prop_assert!(finished.is_none()),
                    }
                }
                Step::Cancel(index) => {
                    let Some(at) = (!model.jobs.is_empty()).then(|| index.index(model.jobs.len())) else { continue };
                    let job = &mut model.jobs[at];
                    let said = format!("{:?}", scheduler.cancel(job.id));
                    let expected = match job.fate {
                        Fate::Waiting => "Waiting",
                        Fate::Running { .. } => "Running",
                        Fate::GivenUp | Fate::Ended => "Ended",
                    };
                    prop_assert_eq!(said, expected);
                    if job.fate == Fate::Waiting {
                        job.fate = Fate::Ended;
                    }
                }
                Step::Resize { pool, threads } => {
                    scheduler.resize(Pool::ALL[pool], threads);
                    model.threads[pool] = threads;
                }
                Step::Pass { ms } => now += ms,
                Step::Watch => {
                    let is_late = |j: &Known| j.fate == Fate::Waiting && j.deadline.is_some_and(|at| at <= now);
                    prop_assert_eq!(scheduler.expire(ms(now)), ids(model.jobs.iter().filter(|j| is_late(j))));
                    model.jobs.iter_mut().filter(|j| is_late(j)).for_each(|j| j.fate = Fate::Ended);
                    let ran = |j: &Known| match j.fate {
                        Fate::Running { since, .. } => j.limit.map(|limit| (now - since, limit)),
                        _ => None,
                    };
                    let overdue = scheduler.overdue(ms(now));
                    let over = |j: &&Known| ran(j).is_some_and(|(ran, limit)| ran >= limit);
                    let beyond = ids(model.jobs.iter().filter(over));
                    prop_assert!(overdue.iter().all(|id| beyond.contains(id)));
                    prop_assert!(scheduler.overdue(ms(now)).is_empty(), "reported twice");
                    let is_stuck = |j: &&Known| ran(j).is_some_and(|(ran, limit)| ms(ran) >= ms(limit) + GRACE);
                    let stuck = scheduler.stuck(ms(now), GRACE);
                    prop_assert_eq!(&stuck, &ids(model.jobs.iter().filter(is_stuck)));
                    for id in stuck {
                        let job = model.jobs.iter_mut().find(|j| j.id == id).unwrap();
                        let of_pool = matches!(job.fate, Fate::Running { counts_as: Some(_), .. });
                        prop_assert_eq!(scheduler.give_up(id), Some(of_pool));
                        prop_assert_eq!(scheduler.give_up(id), None);
                        job.fate = Fate::GivenUp;
                    }
                }
                Step::Close => {
                    scheduler.close();
                    model.is_closed = true;
                }
            }
            for pool in 0..2 {
                let waiting = model.jobs.iter().filter(|j| j.pool == pool && j.fate == Fate::Waiting).count();
                prop_assert_eq!(scheduler.waiting(Pool::ALL[pool]), waiting);
            }
        }
        // What is left is finished, each job within as many steps as there are jobs.
        scheduler.close();
        for _ in 0..=model.jobs.len() {
            now += 1;
            for job in &mut model.jobs {
                if matches!(job.fate, Fate::Running { .. } | Fate::GivenUp) {
                    prop_assert!(scheduler.finish(ms(now), job.id).is_some());
                    job.fate = Fate::Ended;
                }
            }
            for pool in 0..2 {
                while let Some(taken) = scheduler.take(ms(now), Pool::ALL[pool]) {
                    let job = model.jobs.iter_mut().find(|j| j.id == taken.id).unwrap();
                    prop_assert_eq!(job.fate, Fate::Waiting);
                    job.fate = Fate::Running { since: now, counts_as: None };
                    job.begun += 1;
                }
            }
        }
        prop_assert!(model.jobs.iter().all(|j| j.fate == Fate::Ended && j.begun <= 1), "{:?}", model.jobs);
        prop_assert!(scheduler.all_waiting().is_empty() && scheduler.all_running().is_empty());
    }
}

#[test]
fn a_background_job_begins_however_many_urgent_ones_come() {
    let mut scheduler = Scheduler::new(|_| PoolSettings { threads: 1, queue: 1000, ageing: Duration::from_millis(AGEING_MS) });
    let submit = |s: &mut Scheduler, now, priority| s.submit(ms(now), &JobSpec::new("w", Pool::Frame, priority), None).unwrap();
    let patient = submit(&mut scheduler, 0, Priority::Background);
    // One job of 10 ms and three more to come in that time: the queue only grows.
    let mut now = 0;
    let begun = loop {
        for _ in 0..3 {
            submit(&mut scheduler, now, Priority::Immediate);
        }
        let taken = scheduler.take(ms(now), Pool::Frame).unwrap();
        if taken.id == patient {
            break now;
        }
        now += 10;
        scheduler.finish(ms(now), taken.id).unwrap();
    };
    // It counts as immediate from 400 ms on, and was submitted before all others.
    assert_eq!(begun, 4 * AGEING_MS);
}

#[test]
fn a_flood_of_background_jobs_leaves_threads_and_room() {
    let pool = PoolSettings { threads: 8, queue: 100, ageing: Duration::from_secs(1) };
    let mut scheduler = Scheduler::new(|_| pool);
    let submit = |scheduler: &mut Scheduler, priority| scheduler.submit(ms(0), &JobSpec::new("w", Pool::Io, priority), None);
    let accepted = (0..1000).filter(|_| submit(&mut scheduler, Priority::Background).is_ok()).count();
    assert_eq!(accepted, 50);
    let running = std::iter::from_fn(|| scheduler.take(ms(1), Pool::Io)).count();
    assert_eq!(running, 2, "a quarter of 8 threads");
    assert!(submit(&mut scheduler, Priority::Immediate).is_ok());
    assert!(scheduler.take(ms(1), Pool::Io).is_some());
}
