//! Readers kept open and shared: pictures and sound of any file by path, stream and time, from any thread.
//!
//! Each video reader lives on its own thread. A request goes to the reader that gets there by decoding on; when none does and all are busy
//! elsewhere, another is opened, so that two clips of one file (a dissolve) do not make one reader jump to and fro. After a
//! request a reader that is being played decodes a few frames ahead, while the caller renders.
use crate::{
    error::MediaError,
    index::MediaIndex,
    report::DecodeReport,
    sound::SoundReader,
    video::{DecodedFrame, ReadOptions, VideoReader},
};
use cutroom_types::{SoundBlock, Time};
use std::{
    collections::{BTreeMap, VecDeque},
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

/// Limits of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolOptions {
    /// How its video readers read.
    pub read: ReadOptions,
    /// Video readers open at once, over all files; at least 1.
    pub video_readers: usize,
    /// Sound readers open at once, over all files; at least 1.
    pub sound_readers: usize,
    /// Frames decoded ahead of a reader that is played forward.
    pub frames_ahead: usize,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self { read: ReadOptions::default(), video_readers: 16, sound_readers: 32, frames_ahead: 3 }
    }
}

/// A reader counts as busy elsewhere when it was used within this many requests.
const BUSY_REQUESTS: u64 = 6;
/// Readers of one stream.
const READERS_PER_STREAM: usize = 3;

type Key = (PathBuf, usize);
type Scanned = Arc<Mutex<Option<Result<Arc<MediaIndex>, MediaError>>>>;

/// Open readers, thread-safe.
pub struct DecoderPool {
    options: PoolOptions,
    indexes: Mutex<BTreeMap<PathBuf, Scanned>>,
    video: Mutex<Shelf<VideoWorker>>,
    sound: Mutex<Shelf<Mutex<SoundReader>>>,
    /// Problems of readers that are no longer open.
    closed: Mutex<BTreeMap<Key, DecodeReport>>,
}

struct Shelf<R> {
    clock: u64,
    entries: Vec<Entry<R>>,
}

/// A reader, and those closed for it.
type Picked<R> = (Arc<R>, Vec<(Key, Arc<R>)>);

struct Entry<R> {
    key: Key,
    used: u64,
    /// Where it was asked to be last (flicks or samples).
    at: i64,
    reader: Arc<R>,
}

fn lock<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

impl DecoderPool {
    /// An empty pool.
    pub fn new(options: PoolOptions) -> Self {
        Self {
            options,
            indexes: Mutex::new(BTreeMap::new()),
            video: Mutex::new(Shelf { clock: 0, entries: Vec::new() }),
            sound: Mutex::new(Shelf { clock: 0, entries: Vec::new() }),
            closed: Mutex::new(BTreeMap::new()),
        }
    }
    /// The index of a file, made at the first call and kept.
    ///
    /// # Errors
    /// As [`MediaIndex::scan`]; a failure is kept as well.
    pub fn index(&self, path: &Path) -> Result<Arc<MediaIndex>, MediaError> {
        let cell = lock(&self.indexes).entry(path.into()).or_default().clone();
        // Other files are not held up by this one's scan.
        let mut cell = lock(&cell);
        cell.get_or_insert_with(|| MediaIndex::scan(path)).clone()
    }
    /// The frame of a video stream shown at `t` (source time).
    ///
    /// # Errors
    /// As [`VideoReader::open_indexed`] and [`VideoReader::frame_at`].
    pub fn frame(&self, path: &Path, video_stream: usize, t: Time) -> Result<DecodedFrame, MediaError> {
        self.request(path, video_stream, t)?.wait()
    }
    /// Asks for a frame without waiting, so that several files decode at once.
    ///
    /// # Errors
    /// The reader cannot be opened.
    pub fn request(&self, path: &Path, video_stream: usize, t: Time) -> Result<FrameRequest, MediaError> {
        let index = self.index(path)?;
        let key = (path.to_path_buf(), video_stream);
        let step = index.info().video.get(video_stream).map_or(0, |v| v.span.duration.0 / (v.frames.max(1) as i64));
        let mut shelf = lock(&self.video);
        let worker = shelf.pick(
            &key,
            t.0,
            step * 30,
            self.options.video_readers.max(1),
            |_| false,
            || {
                Ok(VideoWorker::start(
                    VideoReader::open_indexed(index, video_stream, self.options.read)?,
                    self.options.frames_ahead,
                ))
            },
        );
        let (worker, dropped) = worker?;
        drop(shelf);
        for (key, w) in dropped {
            self.remember(key, &w.report());
        }
        Ok(worker.request(t))
    }
    /// Samples of a sound stream; see [`SoundReader::read`].
    ///
    /// # Errors
    /// As [`SoundReader::open_indexed`] and [`SoundReader::read`].
    pub fn sound(&self, path: &Path, audio_stream: usize, first_sample: i64, samples: usize) -> Result<SoundBlock, MediaError> {
        let index = self.index(path)?;
        let key = (path.to_path_buf(), audio_stream);
        let mut shelf = lock(&self.sound);
        let picked = shelf.pick(
            &key,
            first_sample,
            2 * 48_000,
            self.options.sound_readers.max(1),
            |r| r.try_lock().is_ok_and(|r| r.continues_to(first_sample)),
            || Ok(Mutex::new(SoundReader::open_indexed(index, audio_stream)?)),
        );
        let (reader, _) = picked?;
        drop(shelf);
        lock(&reader).read(first_sample, samples)
    }
    /// What went wrong in each video stream so far, by path and stream.
    pub fn reports(&self) -> Vec<(PathBuf, usize, DecodeReport)> {
        let mut all = lock(&self.closed).clone();
        for e in &lock(&self.video).entries {
            all.entry(e.key.clone()).or_default().add(&e.reader.report());
        }
        all.into_iter().filter(|(_, r)| !r.is_clean()).map(|((path, stream), r)| (path, stream, r)).collect()
    }

    fn remember(&self, key: Key, report: &DecodeReport) {
        if !report.is_clean() {
            lock(&self.closed).entry(key).or_default().add(report);
        }
    }
}

impl<R> Shelf<R> {
    /// The reader to use for `at`, opened if need be, and those that had to be closed for it. `near`: how far ahead of a reader's last place
    /// still counts as playing on.
    fn pick(
        &mut self,
        key: &Key,
        at: i64,
        near: i64,
        most: usize,
        continues: impl Fn(&R) -> bool,
        open: impl FnOnce() -> Result<R, MediaError>,
    ) -> Result<Picked<R>, MediaError> {
        self.clock += 1;
        let clock = self.clock;
        let own = |e: &Entry<R>| e.key == *key;
        let near_enough = |e: &Entry<R>| (at - e.at).abs() <= near;
        let chosen = self
            .entries
            .iter()
            .enumerate()
            .filter(|(_, e)| own(e) && (near_enough(e) || continues(&e.reader)))
            .min_by_key(|(_, e)| (at - e.at).abs())
            .map(|(n, _)| n);
        let chosen = chosen.or_else(|| {
            let oldest = self.entries.iter().enumerate().filter(|(_, e)| own(e)).min_by_key(|(_, e)| e.used)?;
            let count = self.entries.iter().filter(|e| own(e)).count();
            (count >= READERS_PER_STREAM.min(most) || clock - oldest.1.used > BUSY_REQUESTS).then_some(oldest.0)
        });
        if let Some(n) = chosen {
            let e = &mut self.entries[n];
            (e.used, e.at) = (clock, at);
            return Ok((e.reader.clone(), Vec::new()));
        }
        let mut dropped = Vec::new();
        while self.entries.len() >= most {
            let Some(n) = (0..self.entries.len()).min_by_key(|&n| self.entries[n].used) else { break };
            let e = self.entries.swap_remove(n);
            dropped.push((e.key, e.reader));
        }
        let reader = Arc::new(open()?);
        self.entries.push(Entry { key: key.clone(), used: clock, at, reader: reader.clone() });
        Ok((reader, dropped))
    }
}

/// A frame on its way.
pub struct FrameRequest {
    reply: Receiver<Result<DecodedFrame, MediaError>>,
    path: PathBuf,
}

impl FrameRequest {
    /// Waits for it.
    ///
    /// # Errors
    /// As [`VideoReader::frame_at`].
    pub fn wait(self) -> Result<DecodedFrame, MediaError> {
        self.reply.recv().unwrap_or_else(|_| {
            Err(MediaError::Internal { operation: "decoding", reason: format!("the reader of {} stopped", self.path.display()) })
        })
    }
}

type Reply = SyncSender<Result<DecodedFrame, MediaError>>;

#[derive(Default)]
struct Inbox {
    requests: VecDeque<(Time, Reply)>,
    is_closed: bool,
}

struct Shared {
    inbox: Mutex<Inbox>,
    arrived: Condvar,
    report: Mutex<DecodeReport>,
}

/// A video reader on its own thread. Dropping it ends the thread after the frame in work.
struct VideoWorker {
    shared: Arc<Shared>,
    path: PathBuf,
}

impl VideoWorker {
    fn start(reader: VideoReader, frames_ahead: usize) -> Self {
        let shared = Arc::new(Shared { inbox: Mutex::default(), arrived: Condvar::new(), report: Mutex::default() });
        let path = reader.index().info().path.clone();
        let theirs = shared.clone();
        std::thread::spawn(move || serve(reader, &theirs, frames_ahead));
        Self { shared, path }
    }
    fn request(&self, t: Time) -> FrameRequest {
        let (tx, rx) = sync_channel(1);
        lock(&self.shared.inbox).requests.push_back((t, tx));
        self.shared.arrived.notify_one();
        FrameRequest { reply: rx, path: self.path.clone() }
    }
    fn report(&self) -> DecodeReport {
        lock(&self.shared.report).clone()
    }
}

impl Drop for VideoWorker {
    fn drop(&mut self) {
        lock(&self.shared.inbox).is_closed = true;
        self.shared.arrived.notify_one();
    }
}

fn serve(mut reader: VideoReader, shared: &Shared, frames_ahead: usize) {
    let mut ahead: VecDeque<DecodedFrame> = VecDeque::new();
    let (mut last, mut plays, mut next) = (usize::MAX, false, 0);
    loop {
        let request = {
            let mut inbox = lock(&shared.inbox);
            loop {
                if inbox.is_closed && inbox.requests.is_empty() {
                    return;
                }
                if let Some(r) = inbox.requests.pop_front() {
                    break Some(r);
                }
                if plays && ahead.len() < frames_ahead && next < reader.frame_count() {
                    break None;
                }
                inbox = shared.arrived.wait(inbox).unwrap_or_else(PoisonError::into_inner);
            }
        };
        if let Some((t, reply)) = request {
            let i = reader.index_of(t);
            while ahead.front().is_some_and(|f| f.index < i) {
                ahead.pop_front();
            }
            let result = match ahead.front().filter(|f| f.index == i) {
                Some(f) => Ok(f.clone()),
                None => {
                    ahead.clear();
                    reader.frame(i)
                }
            };
            plays = result.is_ok() && last != usize::MAX && (last..=last.saturating_add(3)).contains(&i) && (plays || i > last);
            last = i;
            next = ahead.back().map_or(i, |f| f.index) + 1;
            *lock(&shared.report) = reader.report();
            // The asker may have gone; that is no error.
            let _ = reply.send(result);
        } else {
            match reader.frame(next) {
                Ok(f) => ahead.push_back(f),
                // Met again, and reported, when the frame is asked for.
                Err(_) => plays = false,
            }
            next += 1;
        }
    }
}
