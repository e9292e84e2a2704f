//! Waveforms that are handed out while they are measured, by threads beside the callers.
use crate::{
    PipelineError,
    waveform::{Measuring, WaveDetail, Waveform},
};
use cutroom_audio::waveform::Peak;
use cutroom_cache::Store;
use cutroom_types::CancelToken;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

/// Waveforms that are measured at the same time; others wait.
const AT_ONCE: usize = 2;
/// Finished ones that stay in memory, so that there are some without a store, too.
const KEPT: usize = 4;

/// The waveforms that are being measured, and those measured last. Dropping it stops them.
pub struct WaveformBuilds {
    store: Arc<Store>,
    builds: Mutex<Vec<Arc<Build>>>,
    slots: Arc<Slots>,
    cancel: CancelToken,
}

/// Identifies a stream of one version of a file.
type BuildKey = (PathBuf, usize, u64, Option<SystemTime>);

struct Build {
    key: BuildKey,
    measuring: Measuring,
    state: Mutex<State>,
    changed: Condvar,
}

/// How far a build is.
#[derive(Default)]
struct State {
    /// Buckets of the finest level: the full ones, at the end all.
    finest: Vec<Vec<Peak>>,
    is_done: bool,
    /// Why it failed; the first who asks gets it.
    error: Option<PipelineError>,
}

/// How many are being measured.
#[derive(Default)]
struct Slots {
    taken: Mutex<usize>,
    freed: Condvar,
}

/// What is behind a lock. A thread that panicked leaves nothing half done there.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl WaveformBuilds {
    /// None yet; what is measured is kept in a store.
    pub fn new(store: Arc<Store>) -> Self {
        Self { store, builds: Mutex::default(), slots: Arc::default(), cancel: CancelToken::new() }
    }

    /// As [`crate::waveform`], but at the latest after `wait`: then with what is measured so far, the rest of
    /// which is measured on. Ask again for more.
    ///
    /// # Errors
    /// As [`crate::waveform`]; `cancel` ends the scan of the file, not the measuring.
    pub fn so_far(
        &self,
        path: &Path,
        stream: usize,
        detail: WaveDetail,
        wait: Duration,
        cancel: &CancelToken,
    ) -> Result<Waveform, PipelineError> {
        let meta = std::fs::metadata(path).ok();
        let key = (path.to_owned(), stream, meta.as_ref().map_or(0, |m| m.len()), meta.and_then(|m| m.modified().ok()));
        let running = lock(&self.builds).iter().find(|b| b.key == key).cloned();
        let build = match running {
            Some(build) => build,
            None => {
                let measuring = Measuring::open(&self.store, path, stream, cancel)?;
                if let Some(known) = measuring.known(detail) {
                    return Ok(known);
                }
                self.begin(key, measuring)?
            }
        };
        let state = lock(&build.state);
        let waited = build.changed.wait_timeout_while(state, wait, |s| !s.is_done);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = state.error.take() {
            drop(state);
            lock(&self.builds).retain(|b| b.key != build.key);
            return Err(error);
        }
        Ok(build.measuring.level(&state.finest, build.measuring.level_of(detail)))
    }

    /// Begins to measure, or finds what another caller has begun meanwhile.
    fn begin(&self, key: BuildKey, measuring: Measuring) -> Result<Arc<Build>, PipelineError> {
        let mut builds = lock(&self.builds);
        if let Some(build) = builds.iter().find(|b| b.key == key) {
            return Ok(Arc::clone(build));
        }
        let finest = vec![Vec::new(); measuring.channels()];
        let state = Mutex::new(State { finest, ..State::default() });
        let build = Arc::new(Build { key, measuring, state, changed: Condvar::new() });
        let (of_thread, slots, cancel) = (Arc::clone(&build), Arc::clone(&self.slots), self.cancel.clone());
        let thread = std::thread::Builder::new().name("waveform".into());
        thread.spawn(move || of_thread.run(&slots, &cancel)).map_err(|source| PipelineError::Thread { source })?;
        let done = |b: &Arc<Build>| lock(&b.state).is_done;
        while builds.iter().filter(|b| done(b)).count() > KEPT
            && let Some(oldest) = builds.iter().position(done)
        {
            builds.remove(oldest);
        }
        builds.push(Arc::clone(&build));
        Ok(build)
    }
}

impl Drop for WaveformBuilds {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl Build {
    fn run(&self, slots: &Slots, cancel: &CancelToken) {
        let taken = slots.freed.wait_while(lock(&slots.taken), |taken| *taken >= AT_ONCE);
        *taken.unwrap_or_else(PoisonError::into_inner) += 1;
        let measured = self.measuring.measured(cancel, &mut |full| {
            let mut state = lock(&self.state);
            for (known, full) in state.finest.iter_mut().zip(full) {
                known.extend_from_slice(&full[known.len()..]);
            }
        });
        let mut state = lock(&self.state);
        match measured {
            Ok(finest) => state.finest = finest,
            Err(error) => state.error = Some(error),
        }
        state.is_done = true;
        self.changed.notify_all();
        drop(state);
        *lock(&slots.taken) -= 1;
        slots.freed.notify_one();
    }
}
