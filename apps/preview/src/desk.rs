//! What the panels show and change: the newest state of the session, and what is chosen in the
//! window.
use crate::{
    film::{Film, Piece},
    layout::Layout,
    link::{Figures, Link, News, Note, Order, Shown, Weight},
    picture::{OnScreen, Pictures},
    stages::StageMeans,
    state::{ScopesState, TimelineState, ViewerState},
};
use cutroom_api::{ApiError, TransportActivity, TransportReport};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

/// Lines that the log keeps.
const MAX_NOTES: usize = 2000;
/// How long a refusal is shown over the panels.
const TOASTED: Duration = Duration::from_secs(6);

/// The state of the window.
pub struct Desk {
    /// The thread of the session.
    pub link: Link,
    /// Brings pictures to the device; `None` without one.
    pub pictures: Option<Pictures>,
    /// The document.
    pub film: Option<Arc<Film>>,
    /// The transport.
    pub transport: TransportReport,
    /// Figures of the session.
    pub figures: Figures,
    /// Pictures of the present or last playback that the window was too slow to draw.
    pub undrawn: u64,
    /// Times of its stages.
    pub stages: StageMeans,
    /// The log, oldest first.
    pub notes: VecDeque<Note>,
    /// The newest refusal or error, until it was seen long enough.
    pub toast: Option<(Note, Instant)>,
    /// The picture that is shown, as it came, and on the device.
    pub shown: Option<Shown>,
    /// See `shown`.
    pub now: Option<OnScreen>,
    /// The still that is compared with.
    pub held: Option<OnScreen>,
    /// The picture without the effects of the selected clip.
    pub before: Option<OnScreen>,
    /// Id of the selected clip.
    pub selected: Option<String>,
    /// First frame of the marked range.
    pub mark_in: Option<i64>,
    /// Frame after the last one of the marked range.
    pub mark_out: Option<i64>,
    /// Whether the marked range is played again and again.
    pub loops: bool,
    /// Where the playhead is dragged to.
    pub scrubbed: Option<i64>,
    /// Pixels drawn for each pixel of the film.
    pub scale: f64,
    /// Whether figures are shown over the picture.
    pub hud: bool,
    /// Number of the last command that was answered.
    pub answered: u64,
    /// Why the session has ended.
    pub ended: Option<ApiError>,
    /// State of the panels.
    pub viewer: ViewerState,
    /// See `viewer`.
    pub timeline: TimelineState,
    /// See `viewer`.
    pub scopes: ScopesState,
    /// Where the panels are.
    pub layout: Layout,
    /// The speed that J or L asked for last.
    pub shuttle: f64,
    /// From the start of the program to the first picture.
    pub first_picture: Option<Duration>,
    /// When the program was started.
    pub started: Instant,
    /// How long the window took to draw last time, in ms, and how often it was drawn.
    pub drawn_ms: f32,
    /// See `drawn_ms`.
    pub passes: u64,
    /// Bytes that the card gave to this program, if it tells.
    pub card_bytes: Option<u64>,
    /// What draws the window.
    pub card: String,
    /// Key of the changes of a field that is being dragged, so that they become one step.
    pub drags: u64,
}

impl Desk {
    /// Takes in what the session tells. `true` if there is something to be drawn again.
    pub fn take_news(&mut self) {
        let news: News = self.link.news();
        if let Some(film) = news.film {
            if self.film.as_ref().is_some_and(|old| old.composition != film.composition) {
                (self.mark_in, self.mark_out, self.loops) = (None, None, false);
            }
            if self.selected.as_ref().is_some_and(|id| film.piece(id).is_none()) {
                self.selected = None;
            }
            self.film = Some(film);
        }
        if let Some(transport) = news.transport {
            let played = self.plays();
            self.transport = transport;
            if self.plays() && !played {
                self.undrawn = 0;
            }
        }
        self.undrawn += news.overtaken;
        if let Some(figures) = news.figures {
            self.figures = figures;
        }
        if let Some(answered) = news.answered {
            self.answered = answered;
        }
        news.notes.into_iter().for_each(|note| self.note(note));
        if let Some(error) = news.ended {
            self.note(Note::of(Weight::Error, &error));
            self.ended = Some(error);
        }
        if let Some(shown) = news.picture {
            self.show(shown);
        }
        if let Some(before) = news.before {
            self.before = before.and_then(|shown| self.pictures.as_mut()?.texture(&shown));
        }
    }

    fn show(&mut self, shown: Shown) {
        let first = self.now.is_none();
        if let Some(pictures) = &mut self.pictures {
            match pictures.texture(&shown) {
                Some(on_screen) => self.now = Some(on_screen),
                None => self.note(Note::new(Weight::Error, format!("frame {} came in a form that cannot be shown", shown.frame))),
            }
        }
        self.shown = Some(shown);
        if first && self.now.is_some() {
            let passed = self.started.elapsed();
            self.first_picture = Some(passed);
            self.note(Note::new(Weight::Info, format!("first picture after {:.0} ms", passed.as_secs_f64() * 1e3)));
        }
    }

    /// Adds a line to the log; refusals and errors are shown over the panels for a while.
    pub fn note(&mut self, note: Note) {
        if note.weight >= Weight::Refusal {
            self.toast = Some((note.clone(), Instant::now()));
        }
        self.notes.push_back(note);
        let surplus = self.notes.len().saturating_sub(MAX_NOTES);
        self.notes.drain(..surplus);
    }

    /// The note to be shown over the panels, and for how long yet.
    pub fn toast(&mut self) -> Option<(Note, Duration)> {
        let (note, since) = self.toast.as_ref()?;
        let left = TOASTED.checked_sub(since.elapsed());
        if left.is_none() {
            self.toast = None;
            return None;
        }
        Some((note.clone(), left?))
    }

    /// Sends a command to the session and returns its number.
    pub fn command(&mut self, command: Value) -> u64 {
        self.link.command(command)
    }

    /// The playhead's frame.
    pub fn frame(&self) -> i64 {
        self.scrubbed.unwrap_or(self.transport.frame)
    }

    /// Number of frames of the film.
    pub fn frames(&self) -> i64 {
        if self.transport.frames > 0 { self.transport.frames } else { self.film.as_ref().map_or(0, |film| film.end()) }
    }

    /// Whether the film plays, or is about to.
    pub fn plays(&self) -> bool {
        matches!(self.transport.activity, TransportActivity::Playing | TransportActivity::Prerolling)
    }

    /// Pictures of the present or last playback that were not seen: drawn too late, or not taken by
    /// the window.
    pub fn left_out(&self) -> u64 {
        self.figures.dropped + self.undrawn
    }

    /// Moves the playhead.
    pub fn seek(&mut self, frame: i64) {
        let frame = frame.clamp(0, (self.frames() - 1).max(0));
        self.scrubbed = None;
        self.command(json!({"seek": {"to": frame.to_string()}}));
    }

    /// Drags the playhead.
    pub fn scrub(&mut self, frame: i64) {
        let frame = frame.clamp(0, (self.frames() - 1).max(0));
        if self.scrubbed != Some(frame) {
            self.scrubbed = Some(frame);
            self.link.send(Order::Scrub(frame));
        }
    }

    /// Lets the playhead go where it was dragged to.
    pub fn drop_playhead(&mut self) {
        if let Some(frame) = self.scrubbed {
            self.transport.frame = frame;
            self.seek(frame);
        }
    }

    /// Plays at a speed; 0 pauses.
    pub fn play_at(&mut self, speed: f64) {
        self.shuttle = speed;
        self.command(json!({"shuttle": {"speed": speed}}));
    }

    /// Sets the scale of pictures.
    pub fn set_scale(&mut self, scale: f64) {
        self.scale = scale;
        self.link.send(Order::Scale(scale));
    }

    /// Plays the marked range again and again, or everything once.
    pub fn set_loop(&mut self, loops: bool) {
        self.loops = loops;
        let range = match (self.mark_in, self.mark_out) {
            _ if !loops => json!({"loop": {}}),
            (from, to) => {
                let (from, to) = (from.unwrap_or(0), to.unwrap_or_else(|| self.frames()));
                json!({"loop": {"from": from.to_string(), "to": to.to_string()}})
            }
        };
        self.command(range);
    }

    /// Marks where a range begins or ends.
    pub fn mark(&mut self, mark_in: Option<i64>, mark_out: Option<i64>) {
        (self.mark_in, self.mark_out) = (mark_in, mark_out);
        if self.loops {
            self.set_loop(true);
        }
    }

    /// The selected clip.
    pub fn selection(&self) -> Option<Piece> {
        let id = self.selected.as_ref()?;
        self.film.as_ref()?.piece(id).map(|(_, piece)| piece.clone())
    }

    /// A key for a new series of changes that become one step.
    pub fn new_drag(&mut self) {
        self.drags += 1;
    }
}
