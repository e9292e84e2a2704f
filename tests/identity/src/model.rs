//! What a timeline must show, computed in the simplest way: without planner or index, in exact
//! fractions of a second.
use crate::{FLICKS_PER_SECOND, Footage, Rate, rate::round_div};
use std::sync::Arc;

/// A clip on the only track of a [`Timeline`]. Times are in flicks.
#[derive(Clone, Debug)]
pub struct Cut {
    /// The clip's source.
    pub footage: Arc<Footage>,
    /// Start on the timeline.
    pub start: i64,
    /// Length.
    pub duration: i64,
    /// Source time at `start`.
    pub source_in: i64,
    /// Length of the dissolve to the next clip, centred on the cut; 0 for a plain cut.
    pub dissolve: i64,
}

/// Clips one after the other.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// Frame rate of the composition.
    pub rate: Rate,
    /// In order, without overlap; gaps between them are black.
    pub cuts: Vec<Cut>,
}

/// What an output frame must show of one clip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// Clip number of the footage.
    pub clip: u8,
    /// Frame number in the footage.
    pub frame: u16,
    /// Half with the code: 0 upper, 1 lower.
    pub half: usize,
    /// Weight in a dissolve, 1 outside dissolves.
    pub weight: f64,
}

impl Timeline {
    /// The middle of frame `n`.
    fn middle_of(&self, n: i64) -> i64 {
        self.rate.start_of(n) + self.rate.start_of(1) / 2
    }

    /// Number of frames: those whose middle is before the end of the last clip.
    pub fn frame_count(&self) -> i64 {
        let end = self.cuts.iter().map(|c| c.start + c.duration).max().unwrap_or(0);
        (0..).find(|n| self.middle_of(*n) >= end).unwrap_or(0)
    }

    /// Everything that frame `n` shows, found by scanning all clips.
    pub fn shown(&self, n: i64) -> Vec<Shown> {
        // The documented convention: the middle of a frame decides which clips it shows, and the
        // middle of the shorter of its own and the source's frame what it shows of them.
        let time = self.middle_of(n);
        let of = |cut: &Cut, weight: f64| {
            let shorter = self.rate.start_of(1).min(cut.footage.usual_frame());
            let start = self.rate.start_of(n) - cut.start;
            // A frame whose middle is in the clip starts with it at the earliest.
            let start = if 2 * start >= -self.rate.start_of(1) { start.max(0) } else { start };
            let frame = cut.footage.frame_at(start + shorter / 2 + cut.source_in);
            Shown { clip: cut.footage.clip, frame, half: cut.footage.half as usize, weight }
        };
        for pair in self.cuts.windows(2).filter(|p| p[0].dissolve > 0) {
            let start = pair[1].start - pair[0].dissolve / 2;
            if (start..start + pair[0].dissolve).contains(&time) {
                // Of N frames in the dissolve, the i-th (from 0) is at progress (i + 1/2) / N.
                let covered = |n: i64| (start..start + pair[0].dissolve).contains(&self.middle_of(n));
                let (before, after) = ((1..).take_while(|k| covered(n - k)).count(), (1..).take_while(|k| covered(n + k)).count());
                let progress = (before as f64 + 0.5) / (before + 1 + after) as f64;
                return vec![of(&pair[0], 1.0 - progress), of(&pair[1], progress)];
            }
        }
        let inside = |c: &&Cut| (c.start..c.start + c.duration).contains(&time);
        self.cuts.iter().filter(inside).map(|c| of(c, 1.0)).collect()
    }

    /// The clicks that must be audible outside dissolves: composition sample and frame number, for
    /// sources of the same sample rate. `margin` samples around every cut are left out, where a
    /// click may be incomplete.
    pub fn clicks(&self, sample_rate_hz: i64, margin: i64) -> Vec<(i64, u16)> {
        let sample = |flicks: i64| round_div(flicks, FLICKS_PER_SECOND / sample_rate_hz);
        let mut heard = Vec::new();
        for (i, cut) in self.cuts.iter().enumerate() {
            let before = if i > 0 { self.cuts[i - 1].dissolve } else { 0 };
            let first = sample(cut.start + before - before / 2) + if i > 0 { margin } else { 0 };
            let end = sample(cut.start + cut.duration - cut.dissolve / 2) - margin;
            for (n, start) in cut.footage.clicks() {
                let at = sample(cut.start) + start - sample(cut.source_in);
                if (first..end).contains(&at) {
                    heard.push((at, n));
                }
            }
        }
        heard
    }

    /// The project document as JSON. Dissolves mix display-encoded values, so that contrast equals
    /// weight.
    pub fn document(&self, width: usize, height: usize) -> String {
        let mut media = Vec::new();
        let mut clips = Vec::new();
        let mut transitions = Vec::new();
        for (i, cut) in self.cuts.iter().enumerate() {
            let id = format!("m{}", cut.footage.clip);
            if !media.iter().any(|m: &serde_json::Value| m["id"] == id.as_str()) {
                media.push(serde_json::json!({"id": id, "path": cut.footage.path().to_string_lossy()}));
            }
            clips.push(serde_json::json!({
                "id": format!("c{i}"),
                "source": {"type": "media", "media": id},
                "start": cut.start,
                "duration": cut.duration,
                "source_in": cut.source_in,
            }));
            if cut.dissolve > 0 && i + 1 < self.cuts.len() {
                let (from, to) = (format!("c{i}"), format!("c{}", i + 1));
                transitions.push(serde_json::json!({"id": format!("t{i}"), "kind": "crossfade", "from": from, "to": to, "duration": cut.dissolve}));
            }
        }
        let document = serde_json::json!({
            "schema_version": 2,
            "main": "film",
            "media": media,
            "compositions": [{
                "id": "film",
                "size": {"width": width, "height": height},
                "frame_rate": self.rate.text(),
                "sample_rate_hz": 48_000,
                "channels": 2,
                "blend_space": "gamma",
                "tracks": [{"id": "v1", "kind": "video", "clips": clips, "transitions": transitions}],
            }],
        });
        format!("{document:#}\n")
    }
}
