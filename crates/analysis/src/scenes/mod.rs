//! Scene cuts: where one shot of a film ends and the next one begins; at once, by a dissolve, or through
//! black. Pictures go in, one after the other; shots come out.
//!
//! - Each picture is reduced to a grid of means ([`look`]), and compared with the one before: what remains
//!   after the blocks of one were looked for in the other, and the distance of the colours ([`difference`]).
//! - A hard cut stands out among its neighbours by a threshold, so that movement, fire or noise raise what is
//!   needed ([`cuts`]). A picture that is back within a quarter of a second was hidden by a flash, and a
//!   picture of the same detail is the same scene in another light: no cuts.
//! - Fades are found by the contrast ([`fades`]), dissolves by taking pictures apart ([`dissolves`]).
//!
//! Sources: comparing with neighbours in a sliding window, and flashes as twin peaks, Yeo and Liu, "Rapid
//! scene analysis on compressed video", IEEE Trans. CSVT 5(6), 1995; block matching, Shahraray, "Scene
//! change detection and content-based sampling of video sequences", SPIE 2419, 1995; fades by the standard
//! deviation, Lienhart, "Comparison of automatic shot boundary detection algorithms", SPIE 3656, 1999;
//! the parabola of the variance in dissolves, Alattar, "Detecting and compressing dissolve regions in video
//! sequences with a DVI multimedia image compression algorithm", IEEE ISCAS 1993. The least squares and all
//! numbers are our own.
mod cuts;
mod difference;
mod dissolves;
mod fades;
mod look;
mod transition;

use cutroom_types::{Picture, Time, TimeDelta};
use cuts::CutFinder;
use dissolves::DissolveFinder;
use fades::Contrast;
use look::Look;
pub use transition::{Transition, TransitionKind};

/// What counts as a cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SceneSettings {
    /// Least score of a cut, 0..=1: by how much its frames are more unlike than their neighbours are.
    pub threshold: f64,
    /// Shortest shot. Of the cuts at its ends the weaker one is left out.
    pub min_length: TimeDelta,
}

impl Default for SceneSettings {
    fn default() -> Self {
        Self { threshold: 0.25, min_length: TimeDelta(cutroom_types::FLICKS_PER_SECOND / 5) }
    }
}

/// A shot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shot {
    /// Its first frame.
    pub first: usize,
    /// Its last frame.
    pub last: usize,
    /// Start of its first frame.
    pub start: Time,
    /// End of its last frame.
    pub end: Time,
    /// What it begins with; `None` for the first one.
    pub begins: Option<Transition>,
}

/// The shots of a film.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenes {
    /// In order and without gaps; none of a film without frames.
    pub shots: Vec<Shot>,
    /// All transitions in order, those at the ends of the film, too.
    pub transitions: Vec<Transition>,
}

/// Finds the shots of a film while its frames come in.
pub struct SceneFinder {
    settings: SceneSettings,
    contrast: Contrast,
    cuts: CutFinder,
    dissolves: DissolveFinder,
}

impl SceneFinder {
    /// Starts.
    pub fn new(settings: SceneSettings) -> Self {
        Self {
            settings,
            contrast: Contrast::default(),
            cuts: CutFinder::new(settings.threshold as f32),
            dissolves: DissolveFinder::default(),
        }
    }

    /// Takes the next frame, which is shown from `start` on. Frames come in order of time.
    pub fn see(&mut self, picture: &Picture, start: Time) {
        let look = Look::new(picture);
        let frame = self.contrast.times.len();
        self.contrast.times.push(start);
        self.contrast.deviations.push(look.deviation);
        self.contrast.black.push(look.is_black());
        if self.dissolves.wants(start) {
            self.dissolves.see(frame, start, look.clone());
        }
        self.cuts.see(look, start);
    }

    /// The shots; the last frame is shown until `end`.
    pub fn finish(self, end: Time) -> Scenes {
        let times = self.contrast.times.clone();
        let mut transitions = self.contrast.fades();
        let apart = |a: &Transition, b: &Transition| a.next < b.first || b.next < a.first;
        for one in self.dissolves.finish() {
            if transitions.iter().all(|t| apart(t, &one)) {
                transitions.push(one);
            }
        }
        let gradual = transitions.clone();
        for cut in self.cuts.finish() {
            let frame = cut.frame;
            let one = Transition { kind: TransitionKind::Cut, first: frame, next: frame, frame, score: cut.score };
            if gradual.iter().all(|t| apart(t, &one)) {
                transitions.push(one);
            }
        }
        transitions.sort_by_key(|t| (t.frame, t.first));
        let at = |frame: usize| times.get(frame).copied().unwrap_or(end);
        drop_short(&mut transitions, times.len(), self.settings.min_length, &at);
        let mut shots: Vec<Shot> = Vec::new();
        let dividing = transitions.iter().filter(|t| t.divides()).map(|t| (t.frame, Some(*t)));
        for (first, begins) in (!times.is_empty()).then_some((0, None)).into_iter().chain(dividing) {
            if let Some(shot) = shots.last_mut() {
                (shot.last, shot.end) = (first - 1, at(first));
            }
            shots.push(Shot { first, last: times.len() - 1, start: at(first), end, begins });
        }
        Scenes { shots, transitions }
    }
}

/// Leaves out what makes shots that are too short: of two such neighbours the weaker one.
fn drop_short(all: &mut Vec<Transition>, frames: usize, least: TimeDelta, at: &dyn Fn(usize) -> Time) {
    all.retain(|t| !t.divides() || (t.frame > 0 && t.frame < frames));
    loop {
        let bounds: Vec<usize> = (0..all.len()).filter(|k| all[*k].divides()).collect();
        let near = |a: usize, b: usize| at(b) - at(a) < least;
        let first = bounds.first().filter(|k| near(0, all[**k].frame));
        let ends = first.or_else(|| bounds.last().filter(|k| near(all[**k].frame, frames)));
        let pair = bounds.windows(2).find(|p| near(all[p[0]].frame, all[p[1]].frame));
        let weaker = pair.map(|p| if all[p[1]].score > all[p[0]].score { p[0] } else { p[1] });
        match weaker.or(ends.copied()) {
            Some(k) => drop(all.remove(k)),
            None => return,
        }
    }
}
