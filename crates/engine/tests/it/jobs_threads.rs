//! Jobs on threads.
use cutroom_engine::jobs::{JobError, JobReport, JobSpec, Jobs, JobsSettings, Pool, PoolSettings, Priority, Refused, Shutdown};
use cutroom_types::CancelToken;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

fn jobs(threads: usize, queue: usize) -> Jobs {
    let pool = PoolSettings { threads, queue, ageing: Duration::from_millis(50) };
    let grace = Duration::from_millis(40);
    Jobs::new(JobsSettings { frame: pool, default: pool, io: pool, background: pool, grace }).unwrap()
}

fn spec(name: &str) -> JobSpec {
    JobSpec::new(name, Pool::Default, Priority::Normal)
}

/// A job that runs until the sender is dropped.
fn blocked(jobs: &Jobs) -> (cutroom_engine::jobs::JobHandle<()>, mpsc::Sender<()>) {
    let (hold, held) = mpsc::channel::<()>();
    let (begun, begins) = mpsc::channel();
    let handle = jobs
        .submit(spec("block"), move |_| {
            begun.send(()).unwrap();
            let _ = held.recv();
        })
        .unwrap();
    begins.recv().unwrap();
    (handle, hold)
}

#[test]
fn values_errors_and_panics_come_from_the_handle() {
    let jobs = jobs(2, 16);
    assert_eq!(jobs.submit(spec("add"), |_| 1 + 1).unwrap().wait(), Ok(2));
    let mut handle = jobs.submit(spec("poll"), |_| 3).unwrap();
    while !handle.is_finished() {
        thread::yield_now();
    }
    assert_eq!((handle.poll(), handle.poll()), (Some(Ok(3)), None));
    let broken = jobs.submit(spec("break"), |_| -> u8 { panic!("no picture {}", 7) }).unwrap().wait();
    assert_eq!(broken, Err(JobError::Panicked { name: "break".into(), message: "no picture 7".into() }));
    assert_eq!(broken.unwrap_err().to_string(), "the job \"break\" broke off: no picture 7");
    // The thread has survived, and the figures say what happened.
    assert_eq!(jobs.submit(spec("again"), |_| 4).unwrap().wait(), Ok(4));
    let figures = jobs.metrics(Pool::Default, Priority::Normal);
    assert_eq!((figures.submitted, figures.finished, figures.failed, figures.waiting), (4, 3, 1, 0));
    assert_eq!((figures.waited.count, figures.ran.count), (4, 4));
}

#[test]
fn a_full_queue_refuses_at_once_or_waits_when_asked() {
    let jobs = jobs(1, 1);
    let (first, hold) = blocked(&jobs);
    let second = jobs.submit(spec("wait"), |_| 2).unwrap();
    let refused = jobs.submit(spec("third"), |_| 3).map(drop);
    let full = Refused::Full { pool: Pool::Default, priority: Priority::Normal, waiting: 1, room: 1 };
    assert_eq!(refused, Err(full.clone()));
    assert_eq!(full.to_string(), "the queue of the pool \"default\" is full: 1 jobs wait, and normal ones are accepted up to 1");
    let cancelled = CancelToken::new();
    cancelled.cancel();
    assert_eq!(jobs.submit_when_room(spec("third"), &cancelled, |_| 3).map(drop), Err(full));
    let waiting = {
        let jobs = jobs.clone();
        thread::spawn(move || jobs.submit_when_room(spec("third"), &CancelToken::new(), |_| 3).unwrap().wait())
    };
    drop(hold);
    assert_eq!((first.wait(), second.wait(), waiting.join().unwrap()), (Ok(()), Ok(2), Ok(3)));
}

#[test]
fn cancelled_and_late_jobs_are_not_begun() {
    let jobs = jobs(1, 16);
    let (first, hold) = blocked(&jobs);
    let begun = Arc::new(AtomicUsize::new(0));
    let count = || {
        let begun = Arc::clone(&begun);
        move |_: &CancelToken| begun.fetch_add(1, Ordering::SeqCst)
    };
    let cancelled = jobs.submit(spec("a"), count()).unwrap();
    cancelled.cancel();
    assert_eq!(cancelled.wait(), Err(JobError::Cancelled { name: "a".into() }));
    let mut late = spec("b");
    late.deadline = Some(Instant::now() + Duration::from_millis(5));
    // It ends at its deadline, although no thread is free.
    assert_eq!(jobs.submit(late, count()).unwrap().wait(), Err(JobError::Deadline { name: "b".into() }));
    drop(hold);
    assert_eq!(first.wait(), Ok(()));
    assert_eq!(begun.load(Ordering::SeqCst), 0);
    // One that runs is asked to stop.
    let running = jobs.submit(spec("c"), |token| {
        while !token.is_cancelled() {
            thread::yield_now();
        }
        "stopped"
    });
    let running = running.unwrap();
    running.cancel();
    assert!(matches!(running.wait(), Ok("stopped") | Err(JobError::Cancelled { .. })));
}

#[test]
fn a_job_may_join_jobs_of_its_own_pool_of_one_thread() {
    let jobs = jobs(1, 16);
    let inner = jobs.clone();
    let sum = jobs.submit(spec("sum"), move |_| {
        let parts: Vec<_> = (1..=4).map(|n| inner.submit(spec("part"), move |_| n * n).unwrap()).collect();
        parts.into_iter().map(|part| part.join().unwrap()).sum::<i32>()
    });
    assert_eq!(sum.unwrap().wait(), Ok(30));
}

#[test]
fn a_job_beyond_its_limit_is_reported_and_its_thread_replaced() {
    let jobs = jobs(1, 16);
    let release = Arc::new(AtomicBool::new(false));
    let mut stubborn = spec("stubborn");
    stubborn.limit = Some(Duration::from_millis(20));
    let seen = Arc::clone(&release);
    let handle = jobs
        .submit(stubborn, move |_| {
            while !seen.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(1));
            }
        })
        .unwrap();
    let limit = Duration::from_millis(20);
    assert_eq!(handle.wait(), Err(JobError::TimedOut { name: "stubborn".into(), pool: Pool::Default, limit }));
    // The only thread still hangs, and the pool goes on.
    assert_eq!(jobs.submit(spec("next"), |_| 5).unwrap().wait(), Ok(5));
    let expected = [
        JobReport::Overdue { name: "stubborn".into(), pool: Pool::Default, limit },
        JobReport::GivenUp { name: "stubborn".into(), pool: Pool::Default },
    ];
    assert_eq!(jobs.reports(), expected);
    // One that reacts keeps its thread.
    let mut obedient = spec("obedient");
    obedient.limit = Some(Duration::from_millis(5));
    let handle = jobs.submit(obedient, |token| {
        while !token.is_cancelled() {
            thread::yield_now();
        }
    });
    assert!(matches!(handle.unwrap().wait(), Err(JobError::TimedOut { .. })));
    assert!(matches!(jobs.reports().as_slice(), [JobReport::Overdue { .. }]));
    release.store(true, Ordering::SeqCst);
}

#[test]
fn draining_finishes_everything_and_cancelling_answers_everything() {
    let drained = jobs(2, 200);
    let handles: Vec<_> = (0..100).map(|n| drained.submit(spec("n"), move |_| n).unwrap()).collect();
    assert_eq!(drained.shutdown(Shutdown::Drain).dropped, 0);
    assert_eq!(drained.submit(spec("late"), |_| 0).map(drop), Err(Refused::Closed));
    let values: Vec<i32> = handles.into_iter().map(|mut h| h.poll().unwrap().unwrap()).collect();
    assert_eq!(values, (0..100).collect::<Vec<_>>());

    let cancelled = jobs(1, 200);
    let wait = |token: &CancelToken| {
        while !token.is_cancelled() {
            thread::yield_now();
        }
    };
    let handles: Vec<_> = (0..100).map(|_| cancelled.submit(spec("w"), wait).unwrap()).collect();
    let report = cancelled.shutdown(Shutdown::Cancel);
    let mut closed = 0;
    for mut handle in handles {
        match handle.poll().expect("every job has an answer") {
            Ok(()) => {}
            Err(JobError::Closed { .. }) => closed += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(closed >= 99, "{closed}");
    assert_eq!((report.dropped, report.given_up), (closed, 0));
}

#[test]
fn shutting_down_does_not_wait_for_what_does_not_react() {
    let jobs = jobs(1, 16);
    let (mut stuck, hold) = blocked(&jobs);
    let report = jobs.shutdown(Shutdown::Cancel);
    assert_eq!((report.dropped, report.given_up), (0, 1));
    assert_eq!(stuck.poll(), Some(Err(JobError::Closed { name: "block".into() })));
    drop(hold);
}

#[test]
fn the_last_owner_may_be_a_job() {
    let jobs = jobs(2, 16);
    let (go, waits) = mpsc::channel::<()>();
    let (ended, ends) = mpsc::channel();
    let inner = jobs.clone();
    let handle = jobs.submit(spec("owner"), move |_| {
        waits.recv().unwrap();
        drop(inner);
        ended.send(()).unwrap();
    });
    drop(handle.unwrap());
    drop(jobs);
    go.send(()).unwrap();
    ends.recv_timeout(Duration::from_secs(20)).expect("the job does not wait for itself");
}

/// Many submitters, cancellations and changes of size at once: each accepted job ends exactly once.
#[test]
fn nothing_is_lost_or_run_twice_under_load() {
    let jobs = jobs(3, 64);
    let runs: Arc<Mutex<BTreeMap<usize, u32>>> = Arc::default();
    let ends = Arc::new(AtomicUsize::new(0));
    let (accepted, values) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for submitter in 0..4 {
            let (jobs, runs, ends, accepted, values) = (&jobs, &runs, &ends, &accepted, &values);
            scope.spawn(move || {
                for n in 0..300 {
                    let number = submitter * 1000 + n;
                    let spec = JobSpec::new("load", Pool::ALL[n % 4], Priority::ALL[(n / 4) % 5]);
                    let runs = Arc::clone(runs);
                    let job = move |_: &CancelToken| {
                        *runs.lock().unwrap().entry(number).or_default() += 1;
                        number
                    };
                    let submitted =
                        if n % 3 == 0 { jobs.submit_when_room(spec, &CancelToken::new(), job) } else { jobs.submit(spec, job) };
                    let Ok(handle) = submitted else { continue };
                    accepted.fetch_add(1, Ordering::SeqCst);
                    if n % 7 == 0 {
                        handle.cancel();
                    }
                    let result = if n % 2 == 0 { handle.join() } else { handle.wait() };
                    ends.fetch_add(1, Ordering::SeqCst);
                    match result {
                        Ok(value) => {
                            assert_eq!(value, number);
                            values.fetch_add(1, Ordering::SeqCst);
                        }
                        Err(JobError::Cancelled { .. }) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
            });
        }
        for threads in [1, 4, 2, 6, 1, 3] {
            Pool::ALL.into_iter().for_each(|pool| jobs.resize(pool, threads).unwrap());
            thread::sleep(Duration::from_millis(5));
        }
    });
    jobs.shutdown(Shutdown::Drain);
    let runs = runs.lock().unwrap();
    assert_eq!(ends.load(Ordering::SeqCst), accepted.load(Ordering::SeqCst));
    assert!(runs.values().all(|n| *n == 1));
    assert_eq!(runs.len(), values.load(Ordering::SeqCst));
    let figures = Pool::ALL.iter().flat_map(|p| Priority::ALL.map(|priority| jobs.metrics(*p, priority)));
    let (submitted, finished, failed) =
        figures.fold((0, 0, 0), |sum, m| (sum.0 + m.submitted, sum.1 + m.finished, sum.2 + m.failed));
    assert_eq!(submitted as usize, accepted.load(Ordering::SeqCst));
    assert_eq!((finished as usize, finished + failed), (runs.len(), submitted));
}
