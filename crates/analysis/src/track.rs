//! Follows points and flat surfaces from picture to picture.
//!
//! A point is first followed from the previous picture to the next (pyramidal Lucas–Kanade, checked
//! by following it back), then its patch of the first picture is fitted there with an affine shape
//! and its own brightness, so that small errors do not add up. Where that fails it is searched in
//! the whole picture. A plane is followed by the corners inside its outline: from the previous
//! picture, then once more against the first picture after undoing the movement found so far; one
//! projective map on which most of them agree gives the outline, and all pixels inside it refine it.
use crate::{
    Gray, Pyramid,
    features::{corners, followed, shift},
    homography::{Homography, Pair},
    surface::Surface,
    template::{Pose, Template},
};

/// Largest distance in pixels between a point and where it comes back to.
const BACK_PX: f64 = 0.7;
/// Least likeness of a patch to that of the first picture, to be taken for the same.
const ALIKE: f64 = 0.75;
/// The same after a search of the whole picture, where chance is greater.
const FOUND: f64 = 0.85;
/// Fewest corners that determine a plane.
const MIN_CORNERS: usize = 8;
/// Least share of the corners that must agree.
const MIN_SHARE: f64 = 0.3;

/// How sure a tracked position is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Track {
    /// It looks as in the first picture, where it was expected.
    Followed,
    /// It was followed from the previous picture but looks different from the first one; errors may
    /// add up.
    Drifting,
    /// It had been lost, and was found again.
    Found,
    /// It was not found; the position is the last known one.
    Lost,
}

/// Follows one point.
#[derive(Clone, Debug)]
pub struct PointTracker {
    first: Pyramid,
    before: Pyramid,
    template: Template,
    pose: Pose,
    lost: bool,
}

impl PointTracker {
    /// Starts at a point of the first picture, in pixels; (0, 0) is the centre of the first sample.
    /// `None` outside the picture, or where it is too uniform to be recognised.
    pub fn new(first: Pyramid, point: [f64; 2]) -> Option<Self> {
        let (w, h) = (first.picture().width() as f64, first.picture().height() as f64);
        if !(point[0] >= -0.5 && point[1] >= -0.5 && point[0] <= w - 0.5 && point[1] <= h - 0.5) {
            return None;
        }
        let template = Template::new(first.picture(), point);
        let pose = template.start();
        template.is_textured().then(|| Self { before: first.clone(), first, template, pose, lost: false })
    }

    /// The point in the next picture.
    pub fn see(&mut self, picture: Pyramid) -> ([f64; 2], Track) {
        let size = |p: &Pyramid| [p.picture().width(), p.picture().height()];
        if size(&picture) != size(&self.first) {
            self.lost = true;
            return (self.pose.place, Track::Lost);
        }
        let track = if self.lost { self.search(&picture) } else { self.follow(&picture) };
        self.lost = track == Track::Lost;
        self.before = picture;
        (self.pose.place, track)
    }

    fn follow(&mut self, picture: &Pyramid) -> Track {
        let last = self.pose.place;
        let common = shift(&self.before, picture);
        // The point may move with the picture, or not.
        let ways = [common, [0.0; 2]].map(|guess| {
            let there = followed(&self.before, picture, last, guess)?;
            let way = [there[0] - last[0], there[1] - last[1]];
            let back = followed(picture, &self.before, there, [-way[0], -way[1]])?;
            (libm::hypot(back[0] - last[0], back[1] - last[1]) < BACK_PX).then_some(there)
        });
        let mut best: Option<(f64, Pose)> = None;
        let starts = ways.iter().flatten().copied().chain([[last[0] + common[0], last[1] + common[1]], last]);
        for start in starts {
            let start = Pose { place: start, ..self.pose };
            let Some(pose) = self.template.settled(picture.picture(), &start) else { continue };
            let like = self.template.likeness(picture.picture(), &pose);
            if best.is_none_or(|(most, _)| like > most + 0.01) {
                best = Some((like, pose));
            }
        }
        match (best, ways.iter().flatten().next()) {
            (Some((like, pose)), _) if like >= ALIKE && inside(picture.picture(), pose.place) => {
                self.pose = pose;
                Track::Followed
            }
            // Its looks changed, as when something turns; but not if it is covered.
            (_, Some(&there)) if self.alike_before(picture, there) => {
                self.pose.place = there;
                Track::Drifting
            }
            _ => self.search(picture),
        }
    }

    /// Whether a place looks as the point did in the previous picture.
    fn alike_before(&self, picture: &Pyramid, there: [f64; 2]) -> bool {
        let patch = Template::new(self.before.picture(), self.pose.place);
        patch.is_textured() && patch.likeness(picture.picture(), &Pose { place: there, ..patch.start() }) > FOUND
    }

    fn search(&mut self, picture: &Pyramid) -> Track {
        let found = self.template.found(&self.first, picture, self.pose.matrix);
        let found = found.filter(|p| self.template.likeness(picture.picture(), p) >= FOUND && inside(picture.picture(), p.place));
        match found {
            Some(pose) => {
                self.pose = pose;
                Track::Found
            }
            None => Track::Lost,
        }
    }
}

fn inside(picture: &Gray, [x, y]: [f64; 2]) -> bool {
    x >= 0.0 && y >= 0.0 && x <= (picture.width() - 1) as f64 && y <= (picture.height() - 1) as f64
}

/// Follows a flat surface with four corners.
#[derive(Clone, Debug)]
pub struct PlaneTracker {
    /// The part of the first picture around the surface, and its top left corner.
    part: Pyramid,
    origin: [f64; 2],
    corners: [[f64; 2]; 4],
    /// The pixels inside the outline.
    surface: Surface,
    /// Corners of the first picture inside the outline.
    places: Vec<[f64; 2]>,
    /// The last picture in which the surface was found.
    before: Pyramid,
    /// From the first picture to that one.
    map: Homography,
    lost: bool,
}

impl PlaneTracker {
    /// Starts with the four corners of a surface in the first picture, in order around it, in pixels.
    /// `None` when fewer than eight points inside can be recognised.
    pub fn new(first: Pyramid, corners_of_plane: [[f64; 2]; 4]) -> Option<Self> {
        let picture = first.picture();
        let (w, h) = (picture.width() as f64, picture.height() as f64);
        let bound = |k: usize, end: f64| {
            let low = corners_of_plane.iter().fold(f64::MAX, |m, c| m.min(c[k])) - 12.0;
            let high = corners_of_plane.iter().fold(f64::MIN, |m, c| m.max(c[k])) + 12.0;
            (libm::floor(low.clamp(0.0, end - 1.0)), libm::ceil(high.clamp(0.0, end - 1.0)))
        };
        let ((left, right), (top, bottom)) = (bound(0, w), bound(1, h));
        let (width, height) = ((right - left) as usize + 1, (bottom - top) as usize + 1);
        let (low, high) = ([left + 12.0, top + 12.0], [right - 12.0, bottom - 12.0]);
        let surface = Surface::new(picture, low, high, |p| encloses(&corners_of_plane, p));
        let part = sampled(picture, &Homography::IDENTITY, [left, top], [width, height])?;
        let origin = [left, top];
        let shifted = |[x, y]: [f64; 2]| [x + left, y + top];
        let places: Vec<_> = corners(&part).into_iter().map(shifted).filter(|p| encloses(&corners_of_plane, *p)).collect();
        let part = Pyramid::new(part);
        (places.len() >= MIN_CORNERS).then_some(Self {
            part,
            origin,
            corners: corners_of_plane,
            surface,
            places,
            before: first,
            map: Homography::IDENTITY,
            lost: false,
        })
    }

    /// The four corners in the next picture.
    pub fn see(&mut self, picture: Pyramid) -> ([[f64; 2]; 4], Track) {
        let size = |p: &Pyramid| [p.picture().width(), p.picture().height()];
        let found = if size(&picture) == size(&self.before) { self.follow(&picture) } else { None };
        let track = match found {
            Some((map, anchored)) => {
                self.map = map;
                self.before = picture;
                match (self.lost, anchored) {
                    (true, _) => Track::Found,
                    (_, true) => Track::Followed,
                    _ => Track::Drifting,
                }
            }
            None => Track::Lost,
        };
        self.lost = track == Track::Lost;
        (self.corners.map(|c| self.map.of(c)), track)
    }

    /// The map to a picture, and whether it was confirmed against the first picture.
    fn follow(&self, picture: &Pyramid) -> Option<(Homography, bool)> {
        let common = shift(&self.before, picture);
        let agreed = [common, [0.0; 2]].into_iter().find_map(|guess| {
            let pairs: Vec<Pair> =
                self.places.iter().filter_map(|p| Some([*p, self.step(picture, self.map.of(*p), guess)?])).collect();
            self.accepted(&pairs, 1.5)
        });
        let mut map = agreed?;
        // Against the first picture, with the movement undone.
        let mut anchored = false;
        for _ in 0..2 {
            let size = [self.part.picture().width(), self.part.picture().height()];
            let Some(undone) = sampled(picture.picture(), &map, self.origin, size).map(Pyramid::new) else { break };
            let pairs: Vec<Pair> = self
                .places
                .iter()
                .filter_map(|p| {
                    let here = [p[0] - self.origin[0], p[1] - self.origin[1]];
                    let there = followed(&self.part, &undone, here, [0.0; 2])?;
                    let back = followed(&undone, &self.part, there, [here[0] - there[0], here[1] - there[1]])?;
                    let way = [there[0] - here[0], there[1] - here[1]];
                    let sure = libm::hypot(back[0] - here[0], back[1] - here[1]) < BACK_PX && libm::hypot(way[0], way[1]) < 4.0;
                    sure.then(|| [*p, map.of([there[0] + self.origin[0], there[1] + self.origin[1]])])
                })
                .collect();
            let Some(better) = self.accepted(&pairs, 1.0) else { break };
            (map, anchored) = (better, true);
        }
        // Last by all pixels, which are more exact than some corners.
        let map = if anchored { self.surface.settled(picture.picture(), &map) } else { map };
        Some((map, anchored))
    }

    /// Where a point of the previous picture is in this one, if it also comes back.
    fn step(&self, picture: &Pyramid, here: [f64; 2], guess: [f64; 2]) -> Option<[f64; 2]> {
        if !inside(self.before.picture(), here) {
            return None;
        }
        let there = followed(&self.before, picture, here, guess)?;
        let back = followed(picture, &self.before, there, [here[0] - there[0], here[1] - there[1]])?;
        (libm::hypot(back[0] - here[0], back[1] - here[1]) < BACK_PX).then_some(there)
    }

    fn accepted(&self, pairs: &[Pair], reach: f64) -> Option<Homography> {
        let (map, agreeing) = Homography::agreed(pairs, reach)?;
        let count = agreeing.iter().filter(|a| **a).count();
        let enough = count >= MIN_CORNERS && count as f64 >= MIN_SHARE * self.places.len() as f64;
        // A surface neither vanishes nor turns over.
        let seen = self.corners.map(|c| map.of(c));
        let (was, is) = (area(&self.corners), area(&seen));
        (enough && (0.02..50.0).contains(&(is / was))).then_some(map)
    }
}

/// Signed area of a quadrilateral.
fn area(corners: &[[f64; 2]; 4]) -> f64 {
    let cross = |i: usize| {
        let (p, q) = (corners[i], corners[(i + 1) % 4]);
        p[0] * q[1] - q[0] * p[1]
    };
    0.5 * (0..4).map(cross).sum::<f64>()
}

/// Whether a polygon contains a point, by the crossings of a ray.
fn encloses(corners: &[[f64; 2]; 4], p: [f64; 2]) -> bool {
    let crossed = (0..4).filter(|&i| {
        let (a, b) = (corners[i], corners[(i + 1) % 4]);
        (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0] + (p[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    });
    crossed.count() % 2 == 1
}

/// A part of a picture as it looks before a map: sample (x, y) is taken at `map(origin + (x, y))`.
fn sampled(picture: &Gray, map: &Homography, origin: [f64; 2], [width, height]: [usize; 2]) -> Option<Gray> {
    let at = |x: usize, y: usize| {
        let [u, v] = map.of([origin[0] + x as f64, origin[1] + y as f64]);
        picture.between(u, v)
    };
    Gray::new(width, height, (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| at(x, y)).collect())
}
