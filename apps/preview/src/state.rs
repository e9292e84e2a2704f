//! What is chosen in the panels: how the picture is shown, what of the timeline is seen and
//! dragged, which scope.
use crate::{film::Film, paint::Channel};
use eframe::egui::{Modifiers, TextureHandle, Vec2};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What the picture is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compare {
    /// Nothing.
    #[default]
    Off,
    /// A is shown instead.
    Held,
    /// A left of a line.
    Wipe,
    /// Left of a line without the effects of the selected clip.
    Before,
}

/// How the picture is shown.
#[derive(Clone, Debug)]
pub struct ViewerState {
    /// Points for each pixel of the film; `None`: so that it fits.
    pub zoom: Option<f32>,
    /// From the middle of the panel to the middle of the picture, in points.
    pub pan: Vec2,
    /// What is shown of the codes.
    pub channel: Channel,
    /// Whether safe areas and the centre are shown.
    pub safe_areas: bool,
    /// What it is compared with.
    pub compare: Compare,
    /// Where the line is, 0..=1 of the panel's width.
    pub line: f32,
    /// What the session was asked to leave the effects out of.
    pub asked: Option<String>,
    /// Whether the line is dragged.
    pub drags_line: bool,
    /// Whether one pixel of the film is to be shown on one of the screen.
    pub wants_whole: bool,
}

impl Default for ViewerState {
    fn default() -> Self {
        Self {
            zoom: None,
            pan: Vec2::ZERO,
            channel: Channel::All,
            safe_areas: false,
            compare: Compare::Off,
            line: 0.5,
            asked: None,
            drags_line: false,
            wants_whole: false,
        }
    }
}

impl ViewerState {
    /// Fits the picture into the panel.
    pub fn fit(&mut self) {
        (self.zoom, self.pan) = (None, Vec2::ZERO);
    }

    /// Shows one pixel of the film on one of the screen.
    pub fn whole(&mut self) {
        self.wants_whole = true;
    }

    /// Begins or ends to compare in a way.
    pub fn compare_or_not(&mut self, way: Compare) {
        self.compare = if self.compare == way { Compare::Off } else { way };
    }
}

/// What of the timeline is seen, and what is dragged.
#[derive(Debug)]
pub struct TimelineState {
    /// Points for each frame.
    pub scale: f32,
    /// The frame at the left, with its fraction.
    pub left: f64,
    /// How far the tracks are scrolled, in points.
    pub top: f32,
    /// Whether everything is to be shown.
    pub wants_all: bool,
    /// Factor by which it is to be zoomed about the playhead.
    pub wants_zoom: f32,
    /// What is dragged.
    pub drag: Option<Drag>,
    /// What was dragged, with the number of its command, until that is answered.
    pub pending: Option<(Drag, u64)>,
}

impl Default for TimelineState {
    fn default() -> Self {
        Self { scale: 4.0, left: 0.0, top: 0.0, wants_all: true, wants_zoom: 1.0, drag: None, pending: None }
    }
}

impl TimelineState {
    /// Shows everything.
    pub fn show_all(&mut self) {
        self.wants_all = true;
    }

    /// Zooms about the playhead.
    pub fn zoom_by(&mut self, factor: f32) {
        self.wants_zoom *= factor;
    }
}

/// A part of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its start.
    Start,
    /// Its end.
    End,
    /// Between them.
    Body,
}

/// What is dragged.
#[derive(Clone, Debug)]
pub enum Drag {
    /// The playhead.
    Playhead,
    /// The view.
    View,
    /// A clip, or an edge of it.
    Clip {
        /// Its id.
        id: String,
        /// Which part.
        part: Part,
        /// The frame at which the pointer took it.
        taken: i64,
        /// Its first frame, and the frame after the last one, before it was dragged.
        span: (i64, i64),
        /// The track that it was on, and the one that it is over.
        rows: (usize, usize),
        /// By how many frames.
        by: i64,
    },
}

impl Drag {
    /// Where a clip is drawn while it is dragged: row, start and end.
    pub fn drawn(&self, id: &str) -> Option<(usize, i64, i64)> {
        let Self::Clip { id: dragged, part, span: (start, end), rows, by, .. } = self else { return None };
        if dragged != id {
            return None;
        }
        Some(match part {
            Part::Start => (rows.0, (start + by).min(end - 1), *end),
            Part::End => (rows.0, *start, (end + by).max(start + 1)),
            Part::Body => (rows.1, start + by, end + by),
        })
    }

    /// The command that does it; `None` if nothing was moved.
    pub fn command(&self, film: &Film, modifiers: Modifiers) -> Option<Value> {
        let Self::Clip { id, part, rows, by, .. } = self else { return None };
        let (_, start, end) = self.drawn(id)?;
        let mode = if modifiers.command { "ripple" } else { "plain" };
        match part {
            Part::Body if *by == 0 && rows.0 == rows.1 => None,
            _ if *by == 0 && *part != Part::Body => None,
            Part::Start => Some(json!({"trim": {"clip": id, "edge": "start", "to": format!("{start}f"), "mode": mode}})),
            Part::End => Some(json!({"trim": {"clip": id, "edge": "end", "to": format!("{end}f"), "mode": mode}})),
            Part::Body => {
                let mut fields = json!({"clips": [id], "by": format!("{by}f")});
                if rows.0 != rows.1
                    && let Some(row) = film.rows.get(rows.1)
                {
                    fields["track"] = json!(row.id);
                    fields["alone"] = json!(true);
                }
                Some(json!({"move": fields}))
            }
        }
    }
}

/// The scope that is chosen, and its picture.
#[derive(Default)]
pub struct ScopesState {
    /// Its place in the list.
    pub chosen: usize,
    /// The picture.
    pub texture: Option<TextureHandle>,
    /// Number of the picture and scope that it was made of, and when.
    pub made: Option<(u64, usize, Instant)>,
    /// How long it took.
    pub took: Duration,
}
