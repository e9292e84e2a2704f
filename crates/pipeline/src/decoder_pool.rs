//! Decodes ahead of drawing: the pool has one thread per source position that is being read, each
//! with a decoder and a bounded queue of requested times. Every request is answered on a one-shot
//! channel, so the caller waits only for the pictures that it needs.
//!
//! A decode thread has a position in its stream. A request near the position continues on that
//! thread; a jump uses an idle thread of the same stream, or starts another one. So two clips of
//! one file that are visible at the same time do not compete for one decoder.
use crate::PipelineError;
use crossbeam_channel::{Receiver, Sender, bounded};
use cutroom_timeline::{SourceFrame, SourceFrames};
use cutroom_types::{CancelToken, MediaId, Picture, Time, TimeDelta};
use std::{sync::Arc, thread};

/// Decodes pictures of one stream: a media file's, or a test's.
pub trait FrameSource: Send {
    /// The picture made of the frames around `time`.
    ///
    /// # Errors
    /// A frame cannot be decoded.
    fn picture_at(&mut self, time: Time, frames: SourceFrames) -> Result<Picture, PipelineError>;
}

/// Opens a stream for reading; called on the decode thread.
pub type OpenSource = dyn Fn(&MediaId, usize) -> Result<Box<dyn FrameSource>, PipelineError> + Send + Sync;

/// Maximum number of threads; above it the least recently used one is closed. A single frame may
/// use more.
const MAX_DECODE_THREADS: usize = 12;
/// Maximum number of threads that one frame may use. Above it one thread decodes several times of
/// its stream, or is closed in favour of another stream.
const MAX_TAKEN: usize = 64;
/// Maximum number of unanswered requests in a thread's queue.
const MAX_QUEUED_REQUESTS: usize = 32;
/// A thread that is not used for this many frames is closed, which frees its decoder.
const IDLE_FRAMES: u64 = 150;
/// Maximum distance of a request from a thread's position that continues on that thread.
const NEAR: TimeDelta = TimeDelta(2 * cutroom_types::FLICKS_PER_SECOND);

type Reply = Result<Picture, PipelineError>;

/// A request to a decode thread.
struct Request {
    time: Time,
    frames: SourceFrames,
    /// Cancelled when the [`Pending`] is dropped.
    requested: CancelToken,
    answer: Sender<Reply>,
}

struct DecodeThread {
    media: MediaId,
    stream: usize,
    position: Time,
    /// Tick of the frame that used it last.
    used: u64,
    /// Dropped before the join, which ends the thread's loop.
    requests: Option<Sender<Request>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Drop for DecodeThread {
    fn drop(&mut self) {
        self.requests = None;
        // A panic is reported by the missing answer: `PipelineError::Stopped`.
        let _ = self.thread.take().map(thread::JoinHandle::join);
    }
}

/// A requested picture. If it is dropped before its decoding begins, it is not decoded.
#[derive(Debug)]
pub struct Pending {
    frame: SourceFrame,
    reply: Receiver<Reply>,
    requested: CancelToken,
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.requested.cancel();
    }
}

impl Pending {
    /// Waits for the picture.
    ///
    /// # Errors
    /// An error of decoding; [`PipelineError::Stopped`] when the thread ended without an answer.
    pub fn wait(self) -> Result<(SourceFrame, Picture), PipelineError> {
        match self.reply.recv() {
            Ok(Ok(picture)) => Ok((self.frame.clone(), picture)),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(PipelineError::Stopped { media: self.frame.media.clone() }),
        }
    }
}

/// The decode threads of one reader of a project. Not shared: each export or window has its own
/// pool.
pub struct DecoderPool {
    open: Arc<OpenSource>,
    threads: Vec<DecodeThread>,
    tick: u64,
}

impl DecoderPool {
    /// A pool without threads.
    pub fn new(open: Arc<OpenSource>) -> Self {
        Self { open, threads: Vec::new(), tick: 0 }
    }

    /// Opens sources by `open` from now on. Threads of media for which `keep` returns true
    /// continue; the others end after they have answered their current request.
    pub fn retarget(&mut self, open: Arc<OpenSource>, keep: impl Fn(&MediaId) -> bool) {
        self.open = open;
        self.threads.retain(|thread| keep(&thread.media));
    }

    /// Requests all pictures of one frame. Blocks only while a thread's queue is full.
    ///
    /// # Errors
    /// [`PipelineError::Thread`] when a thread cannot be started.
    pub fn request(&mut self, requested: Vec<SourceFrame>) -> Result<Vec<Pending>, PipelineError> {
        self.tick += 1;
        let tick = self.tick;
        self.threads.retain(|thread| tick - thread.used <= IDLE_FRAMES);
        requested.into_iter().map(|w| self.request_one(w)).collect()
    }

    fn request_one(&mut self, requested: SourceFrame) -> Result<Pending, PipelineError> {
        let index = match self.suitable(&requested) {
            Some(index) => index,
            None => self.start(&requested)?,
        };
        let thread = &mut self.threads[index];
        thread.position = requested.time;
        thread.used = self.tick;
        let (answer, reply) = bounded(1);
        // A thread that has ended drops `answer`, which `Pending::wait` reports.
        let token = CancelToken::new();
        let request = Request { time: requested.time, frames: requested.frames, requested: token.clone(), answer };
        let _ = thread.requests.as_ref().map(|requests| requests.send(request));
        Ok(Pending { frame: requested, reply, requested: token })
    }

    /// The thread to use for a request: the nearest one of the stream within [`NEAR`] that this
    /// frame does not use yet; else the least recently used one of the stream that was idle for a
    /// frame; else, when this frame uses [`MAX_TAKEN`] threads, the nearest one of the stream.
    fn suitable(&self, requested: &SourceFrame) -> Option<usize> {
        let free = || {
            let same = |l: &&DecodeThread| l.media == requested.media && l.stream == requested.stream && l.used < self.tick;
            (0..self.threads.len()).filter(move |&i| same(&&self.threads[i]))
        };
        let distance = |i: usize| requested.time.0.abs_diff(self.threads[i].position.0);
        let near = free().min_by_key(|&i| distance(i)).filter(|&i| distance(i) <= NEAR.0.unsigned_abs());
        let rested = || free().filter(|&i| self.threads[i].used + 1 < self.tick).min_by_key(|&i| self.threads[i].used);
        let shared = || {
            let same = |&i: &usize| self.threads[i].media == requested.media && self.threads[i].stream == requested.stream;
            let taken = self.threads.iter().filter(|l| l.used == self.tick).count();
            (0..self.threads.len()).filter(same).min_by_key(|&i| distance(i)).filter(|_| taken >= MAX_TAKEN)
        };
        near.or_else(rested).or_else(shared)
    }

    fn start(&mut self, requested: &SourceFrame) -> Result<usize, PipelineError> {
        let oldest = (0..self.threads.len()).min_by_key(|&i| self.threads[i].used);
        if let Some(oldest) = oldest
            && self.threads.len() >= if self.threads[oldest].used < self.tick { MAX_DECODE_THREADS } else { MAX_TAKEN }
        {
            // It answers its queued requests before it ends.
            self.threads.swap_remove(oldest);
        }
        let (requests, queue) = bounded(MAX_QUEUED_REQUESTS);
        let (open, media, stream) = (Arc::clone(&self.open), requested.media.clone(), requested.stream);
        let thread = thread::Builder::new()
            .name(format!("decode {media}"))
            .spawn(move || run_decode_thread(&*open, &media, stream, &queue))
            .map_err(|source| PipelineError::Thread { source })?;
        self.threads.push(DecodeThread {
            media: requested.media.clone(),
            stream: requested.stream,
            position: requested.time,
            used: self.tick,
            requests: Some(requests),
            thread: Some(thread),
        });
        Ok(self.threads.len() - 1)
    }
}

fn run_decode_thread(open: &OpenSource, media: &MediaId, stream: usize, queue: &Receiver<Request>) {
    let mut source = None;
    for Request { time, frames, requested, answer } in queue {
        if requested.is_cancelled() {
            continue;
        }
        let _span = tracing::info_span!("decode", media = media.as_str(), secs = time.as_secs_f64()).entered();
        let reply = match &mut source {
            Some(source) => FrameSource::picture_at(Box::as_mut(source), time, frames),
            None => open(media, stream).and_then(|opened| source.insert(opened).picture_at(time, frames)),
        };
        // The receiver may have been dropped.
        let _ = answer.send(reply);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_types::{ColorTags, FLICKS_PER_SECOND, PictureFormat, Size};
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// The sample of the picture is the time in seconds.
    struct Known;

    impl FrameSource for Known {
        fn picture_at(&mut self, time: Time, _: SourceFrames) -> Reply {
            let second = (time.0 / FLICKS_PER_SECOND) as u8;
            let format = PictureFormat { model: cutroom_types::ColorModel::Gray, ..PictureFormat::RGB8 };
            Ok(Picture::from_planes(format, Size { width: 1, height: 1 }, ColorTags::SRGB, vec![vec![second]]).unwrap())
        }
    }

    fn requested(media: &str, secs: i64) -> SourceFrame {
        SourceFrame::nearest(media.into(), 0, Time::from_ratio_secs(secs, 1))
    }

    fn threads(opened: &Arc<AtomicUsize>) -> DecoderPool {
        let opened = Arc::clone(opened);
        DecoderPool::new(Arc::new(move |_, _| {
            opened.fetch_add(1, Ordering::SeqCst);
            Ok(Box::new(Known) as Box<dyn FrameSource>)
        }))
    }

    fn seconds(pending: Vec<Pending>) -> Vec<u32> {
        pending.into_iter().map(|p| p.wait().unwrap().1.sample(0, 0, 0)).collect()
    }

    #[test]
    fn two_places_of_one_file_have_a_decoder_each_and_steps_keep_them() {
        let opened = Arc::default();
        let mut threads = threads(&opened);
        for n in 0..40 {
            let pending = threads.request(vec![requested("a", n), requested("a", 100 + n), requested("b", 7)]).unwrap();
            assert_eq!(seconds(pending), [n as u32, 100 + n as u32, 7]);
        }
        assert_eq!(opened.load(Ordering::SeqCst), 3);
    }

    #[test]
    fn a_jump_after_a_rest_takes_the_resting_decoder() {
        let opened = Arc::default();
        let mut threads = threads(&opened);
        for (media, secs) in [("a", 0), ("a", 1), ("b", 0), ("b", 1), ("a", 90), ("a", 91)] {
            assert_eq!(seconds(threads.request(vec![requested(media, secs)]).unwrap()), [secs as u32]);
        }
        assert_eq!(opened.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn many_files_keep_the_number_of_decoders_bounded() {
        let opened = Arc::default();
        let mut threads = threads(&opened);
        for n in 0..60 {
            seconds(threads.request(vec![requested(&format!("m{n}"), 0)]).unwrap());
            assert!(threads.threads.len() <= MAX_DECODE_THREADS);
        }
    }

    #[test]
    fn a_frame_of_many_pictures_keeps_the_number_of_decoders_bounded() {
        let opened = Arc::default();
        let mut threads = threads(&opened);
        for _ in 0..3 {
            let times: Vec<i64> = (0..200).map(|n| n * 7 % 200).collect();
            let pending = threads.request(times.iter().map(|&n| requested("a", n)).collect()).unwrap();
            assert!(threads.threads.len() <= MAX_TAKEN);
            assert_eq!(seconds(pending), times.iter().map(|&n| n as u32).collect::<Vec<_>>());
        }
        let pending = threads.request((0..200).map(|n| requested(&format!("m{n}"), n)).collect()).unwrap();
        assert!(threads.threads.len() <= MAX_TAKEN);
        assert_eq!(seconds(pending), (0..200).collect::<Vec<_>>());
    }

    /// Scrubbing requests frames at many positions and waits for the last one only: the dropped
    /// requests are not decoded.
    #[test]
    fn what_nobody_waits_for_is_not_decoded() {
        struct Slow(Arc<AtomicUsize>, Receiver<()>);
        impl FrameSource for Slow {
            fn picture_at(&mut self, time: Time, frames: SourceFrames) -> Reply {
                self.0.fetch_add(1, Ordering::SeqCst);
                let _ = self.1.recv();
                Known.picture_at(time, frames)
            }
        }
        let decoded = Arc::new(AtomicUsize::new(0));
        let (go, wait) = bounded(100);
        let counter = Arc::clone(&decoded);
        let mut threads =
            DecoderPool::new(Arc::new(move |_, _| Ok(Box::new(Slow(Arc::clone(&counter), wait.clone())) as Box<dyn FrameSource>)));
        let first = threads.request(vec![requested("a", 0)]).unwrap();
        while decoded.load(Ordering::SeqCst) == 0 {
            thread::yield_now();
        }
        // The thread is busy with the first request; these wait in its queue and are dropped.
        for n in 1..30 {
            drop(threads.request(vec![requested("a", n % 2)]).unwrap());
        }
        let last = threads.request(vec![requested("a", 1)]).unwrap();
        (0..2).for_each(|_| go.send(()).unwrap());
        assert_eq!((seconds(first), seconds(last)), (vec![0], vec![1]));
        assert_eq!(decoded.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn retargeting_keeps_the_decoders_of_media_that_stay() {
        let (before, after) = (Arc::default(), Arc::default());
        let mut threads = threads(&before);
        seconds(threads.request(vec![requested("a", 0), requested("b", 0)]).unwrap());
        let opened = Arc::clone(&after);
        let open = move |_: &MediaId, _| {
            AtomicUsize::fetch_add(&opened, 1, Ordering::SeqCst);
            Ok(Box::new(Known) as Box<dyn FrameSource>)
        };
        threads.retarget(Arc::new(open), |media| media.as_str() == "a");
        assert_eq!(seconds(threads.request(vec![requested("a", 1), requested("b", 1)]).unwrap()), [1, 1]);
        assert_eq!((before.load(Ordering::SeqCst), after.load(Ordering::SeqCst)), (2, 1));
    }

    #[test]
    fn a_source_that_panics_is_an_error_of_its_picture() {
        let mut threads = DecoderPool::new(Arc::new(|_, _| panic!("broken decoder")));
        let pending = threads.request(vec![requested("a", 0)]).unwrap().remove(0);
        assert!(matches!(pending.wait(), Err(PipelineError::Stopped { .. })));
    }
}
