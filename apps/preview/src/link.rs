//! What goes between the window and the thread of the session: orders one way, news the other.
//!
//! Neither end waits for the other. News are put where the window takes the newest; a picture that
//! was not taken is replaced by the next one.
use crate::film::Film;
use cutroom_api::{ApiError, Picture, TransportReport};
use serde_json::Value;
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::{Duration, SystemTime},
};

/// Notes that wait for a window that is not drawn.
const MAX_NOTES: usize = 1000;

/// What the window asks for.
#[derive(Debug)]
pub enum Order {
    /// A command of the session, with its number.
    Command {
        /// Number of the command, for [`News::answered`].
        number: u64,
        /// The command, see [`cutroom_api::command_schema`].
        command: Value,
    },
    /// The playhead is dragged to a frame.
    Scrub(i64),
    /// Pixels drawn for each pixel of the film.
    Scale(f64),
    /// The same frame without the effects of a clip is wanted beside it, or nothing beside it.
    Before(Option<String>),
    /// The end.
    Stop,
}

/// A picture to be shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The frame that it shows.
    pub frame: i64,
    /// Revision of the document that it shows.
    pub revision: u64,
    /// Whether it is one of playback.
    pub plays: bool,
    /// From the request to the picture; `None` for pictures of playback, which are drawn ahead.
    pub waited: Option<Duration>,
    /// The picture.
    pub picture: Picture,
}

/// How urgent it is that people read a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Something was done.
    Info,
    /// Something is not as it should be.
    Warning,
    /// A command was refused.
    Refusal,
    /// Something failed.
    Error,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// When.
    pub at: SystemTime,
    /// How urgent it is.
    pub weight: Weight,
    /// What happened.
    pub text: String,
}

impl Note {
    /// A note of now.
    pub fn new(weight: Weight, text: impl Into<String>) -> Self {
        Self { at: SystemTime::now(), weight, text: text.into() }
    }

    /// The note of an error.
    pub fn of(weight: Weight, error: &ApiError) -> Self {
        let hint = error.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        Self::new(weight, format!("{}{hint} [{}]", error.message, error.code))
    }
}

/// Figures of the session, for the overlay.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Pictures of the present or last playback that were shown, left out, and late.
    pub shown: u64,
    /// See `shown`.
    pub dropped: u64,
    /// See `shown`.
    pub late: u64,
    /// Pictures shown per second of sound.
    pub fps: f64,
    /// Largest distance of the sound from the picture, in ms.
    pub drift_ms: f64,
    /// Sound that was due and not there, in ms.
    pub missing_sound_ms: f64,
    /// Requests for frames that have no answer yet, and those that were overtaken so far.
    pub requests: usize,
    /// See `requests`.
    pub overtaken: u64,
    /// Drawn frames in memory, their bytes, and the budget in bytes.
    pub cached_frames: usize,
    /// See `cached_frames`.
    pub cached_bytes: usize,
    /// See `cached_frames`.
    pub cache_budget_bytes: usize,
    /// Frames found in the cache, and those that were not.
    pub cache_hits: u64,
    /// See `cache_hits`.
    pub cache_misses: u64,
    /// Jobs that wait or run.
    pub jobs: usize,
    /// Steps written into the journal.
    pub journal_steps: u64,
    /// Pixels drawn for each pixel of the film.
    pub scale: f64,
    /// What the sound is played on, in words.
    pub sound: String,
    /// What became of pictures that were decoded on the graphics card, in words; `None` if there were
    /// none.
    pub card_pictures: Option<String>,
}

/// What is new since it was taken last.
#[derive(Default)]
pub struct News {
    /// The newest picture.
    pub picture: Option<Shown>,
    /// Pictures of playback that another one replaced before the window took them.
    pub overtaken: u64,
    /// The newest picture without the effects of a clip; `Some(None)`: there is none any more.
    pub before: Option<Option<Shown>>,
    /// The newest state of the document.
    pub film: Option<Arc<Film>>,
    /// State of the transport.
    pub transport: Option<TransportReport>,
    /// Figures.
    pub figures: Option<Figures>,
    /// What happened, in order.
    pub notes: Vec<Note>,
    /// Number of the last command that was answered.
    pub answered: Option<u64>,
    /// Why the session has ended, if it has ended by itself.
    pub ended: Option<ApiError>,
}

/// Where news wait.
#[derive(Clone)]
pub struct Board {
    news: Arc<Mutex<News>>,
    is_new: Arc<AtomicBool>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Board {
    /// A board that calls `wake` when there is news.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { news: Arc::default(), is_new: Arc::default(), wake: Arc::new(wake) }
    }

    /// Adds news. [`Self::tell`] makes them known.
    pub fn put(&self, change: impl FnOnce(&mut News)) {
        let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut news);
        let surplus = news.notes.len().saturating_sub(MAX_NOTES);
        news.notes.drain(..surplus);
        self.is_new.store(true, Ordering::Release);
    }

    /// Shows a picture in place of one that was not taken.
    pub fn show(&self, shown: Shown) {
        self.put(|news| {
            let before = news.picture.replace(shown);
            news.overtaken += u64::from(before.is_some_and(|before| before.plays));
        });
    }

    /// Adds a note.
    pub fn note(&self, note: Note) {
        self.put(|news| news.notes.push(note));
    }

    /// Wakes the window if there is news.
    pub fn tell(&self) {
        if self.is_new.swap(false, Ordering::AcqRel) {
            (self.wake)();
        }
    }

    /// Takes what is new. It is held by the other end only while a value is put into it.
    pub fn take(&self) -> News {
        std::mem::take(&mut *self.news.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The window's end.
pub struct Link {
    orders: mpsc::Sender<Order>,
    board: Board,
    thread: Option<JoinHandle<()>>,
    last: u64,
}

impl Link {
    /// The end for a thread that reads `orders`.
    pub fn new(orders: mpsc::Sender<Order>, board: Board, thread: JoinHandle<()>) -> Self {
        Self { orders, board, thread: Some(thread), last: 0 }
    }

    /// Sends an order. It is lost if the session has ended, which is told as news.
    pub fn send(&self, order: Order) {
        let _ = self.orders.send(order);
    }

    /// Sends a command and returns its number.
    pub fn command(&mut self, command: Value) -> u64 {
        self.last += 1;
        self.send(Order::Command { number: self.last, command });
        self.last
    }

    /// Number of the last command that was sent.
    pub fn sent(&self) -> u64 {
        self.last
    }

    /// Takes what is new.
    pub fn news(&self) -> News {
        self.board.take()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.send(Order::Stop);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
