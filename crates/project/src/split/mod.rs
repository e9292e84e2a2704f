//! Split screens: pictures side by side in the cells of a layout. A [`Layout`] is a value with a
//! name such as `columns:3`; it gives the [`Cell`]s of a canvas, from which [`SplitScreen`] makes an
//! ordinary [`Composition`] of clips, each cut out by a shape as its matte. [`change`] adds the
//! keyframes that move all cells to those of another layout.
//!
//! Cells are added up ([alpha add]), so that neighbours without a gap have no seam between them, on
//! whole pixels or while they move; so the composition has no background of its own.
//!
//! [alpha add]: https://en.wikipedia.org/wiki/Alpha_compositing
mod change;
mod layout;
mod polygon;
mod screen;

#[cfg(test)]
mod tests;

use crate::{Composition, nearest::nearest};
use cutroom_types::Size;

pub use crate::split_style::{CellFit, SplitStyle};
pub use change::{Change, change};
pub use layout::{LAYOUTS, Layout, MAX_CELLS};
pub use screen::{CellClip, SplitScreen};

/// Largest gap, margin, radius and width of a border, in canvas pixels.
pub const MAX_LENGTH_PX: u32 = 2000;

/// A place for a picture: a polygon without crossings.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Corners clockwise, in canvas pixels from the top left corner of the canvas.
    pub corners: Vec<[f64; 2]>,
}

/// Why there is no such split screen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// The text names no layout.
    #[error("\"{text}\" is no layout: {reason}")]
    Layout {
        /// The text.
        text: String,
        /// What is wrong with it.
        reason: String,
        /// A layout that is like it.
        nearest: Option<&'static str>,
    },
    /// Gaps and margins leave no pixel for a cell.
    #[error("a canvas of {width}×{height} pixels has no room for the cells of \"{layout}\" with this gap and margin")]
    NoRoom {
        /// The layout.
        layout: String,
        /// Pixels of a row of the canvas.
        width: u32,
        /// Rows of the canvas.
        height: u32,
    },
    /// The number of clips is not that of the cells.
    #[error("the layout \"{layout}\" has {cells} cells; clips for them: {clips}")]
    Clips {
        /// The layout.
        layout: String,
        /// Number of its cells.
        cells: usize,
        /// Number of clips.
        clips: usize,
    },
    /// The composition was not made as a split screen, or parts of it are missing.
    #[error("the composition \"{composition}\" is no split screen: {reason}")]
    NoSplit {
        /// Id of the composition.
        composition: String,
        /// What is missing.
        reason: String,
    },
    /// The composition changes later already.
    #[error("the clip \"{clip}\" already moves at {secs:.3} s; changes are added in the order of their times")]
    Later {
        /// Id of the clip.
        clip: String,
        /// Time of its last keyframe in the composition, rounded to milliseconds.
        secs: Millis,
    },
}

/// A time in milliseconds, shown in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Millis(pub i64);

impl std::fmt::Display for Millis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (self.0 as f64 / 1000.0).fmt(f)
    }
}

impl Cell {
    /// The box around it: left, top, right, bottom.
    pub fn bounds(&self) -> [f64; 4] {
        let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        self.corners.iter().fold(start, |[l, t, r, b], &[x, y]| [l.min(x), t.min(y), r.max(x), b.max(y)])
    }

    /// Its area in square pixels.
    pub fn area(&self) -> f64 {
        polygon::area(&self.corners)
    }

    /// The same cell elsewhere.
    pub fn moved(&self, [dx, dy]: [f64; 2]) -> Self {
        Self { corners: self.corners.iter().map(|[x, y]| [x + dx, y + dy]).collect() }
    }

    /// The shortest way by which it leaves the canvas, along an axis.
    pub(crate) fn way_out(&self, canvas: Size) -> [f64; 2] {
        let [l, t, r, b] = self.bounds();
        let (w, h) = (f64::from(canvas.width), f64::from(canvas.height));
        let ways = [[-r, 0.0], [w - l, 0.0], [0.0, -b], [0.0, h - t]];
        let length = |way: &[f64; 2]| way[0].abs() + way[1].abs();
        ways.into_iter().min_by(|a, b| length(a).total_cmp(&length(b))).unwrap_or([0.0; 2])
    }
}

/// The split screen with this id, or the one whose id is most like it.
pub fn nearest_split<'a>(id: &str, compositions: &'a [Composition]) -> Option<&'a str> {
    nearest(id, compositions.iter().filter(|c| c.split.is_some()).map(|c| c.id.as_str()))
}
