//! A camera's path, a smooth one beside it, and what leads from one to the other.
use crate::Similarity;

/// Where what the first picture of a shot shows lies in each picture; the origin is the picture's
/// centre, the unit its width. A shot ends where a movement is unknown.
#[derive(Clone, Debug, PartialEq)]
pub struct CameraPath {
    /// By frame; one more than the movements it is made from.
    places: Vec<Similarity>,
    /// Turn of each place in radians, counted on beyond half turns.
    rotations: Vec<f64>,
    /// First frames of shots.
    cuts: Vec<usize>,
}

/// How smooth a path becomes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Smoothing {
    /// A Gaussian of this standard deviation in frames over the shot; what lies beyond its ends
    /// goes on as mirrored at them in place and value, so that a steady pan stays as it is to the
    /// last frame.
    Gaussian(f64),
    /// No movement: each shot stays where its first picture was.
    Still,
}

impl CameraPath {
    /// From the movements of neighbouring frames; `None` is a cut.
    pub fn new(movements: &[Option<Similarity>]) -> Self {
        let (mut places, mut rotations, mut cuts) = (vec![Similarity::IDENTITY], vec![0.0], vec![0]);
        for (i, movement) in movements.iter().enumerate() {
            let (place, rotation) = match movement {
                Some(m) => (m.after(&places[i]), rotations[i] + m.angle()),
                None => {
                    cuts.push(i + 1);
                    (Similarity::IDENTITY, 0.0)
                }
            };
            places.push(place);
            rotations.push(rotation);
        }
        Self { places, rotations, cuts }
    }

    /// First frames of shots, 0 among them.
    pub fn cuts(&self) -> &[usize] {
        &self.cuts
    }

    /// What each picture must be moved by (about its centre, in widths) to lie as if the camera had
    /// taken the smooth path.
    pub fn corrections(&self, smoothing: Smoothing) -> Vec<Similarity> {
        let ends = self.cuts[1..].iter().copied().chain([self.places.len()]);
        let shots = self.cuts.iter().zip(ends);
        shots.flat_map(|(&start, end)| self.of_shot(start, end, smoothing)).collect()
    }

    fn of_shot(&self, start: usize, end: usize, smoothing: Smoothing) -> Vec<Similarity> {
        let places = &self.places[start..end];
        let back = |place: &Similarity, to: Similarity| to.after(&place.inverse());
        match smoothing {
            Smoothing::Still => places.iter().map(|p| back(p, Similarity::IDENTITY)).collect(),
            Smoothing::Gaussian(deviation) => {
                let smooth = |value: &dyn Fn(usize) -> f64| smoothed(&(0..places.len()).map(value).collect::<Vec<_>>(), deviation);
                let x = smooth(&|i| places[i].b[0]);
                let y = smooth(&|i| places[i].b[1]);
                let rotation = smooth(&|i| self.rotations[start + i]);
                let size = smooth(&|i| libm::log(places[i].scale()));
                let smooth = |i: usize| Similarity::new(rotation[i], libm::exp(size[i]), [x[i], y[i]]);
                places.iter().enumerate().map(|(i, p)| back(p, smooth(i))).collect()
            }
        }
    }
}

/// Values under a Gaussian; beyond the ends they go on mirrored in place and value.
fn smoothed(values: &[f64], deviation: f64) -> Vec<f64> {
    let (Some(&first), Some(&last)) = (values.first(), values.last()) else { return Vec::new() };
    if deviation <= 0.0 {
        return values.to_vec();
    }
    let reach = (4.0 * deviation).ceil() as i64;
    let weight = |k: i64| libm::exp(-0.5 * (k as f64 / deviation) * (k as f64 / deviation));
    let weights: Vec<f64> = (0..=reach).map(weight).collect();
    let total = weights[0] + 2.0 * weights[1..].iter().sum::<f64>();
    let end = values.len() as i64 - 1;
    if end == 0 {
        return values.to_vec();
    }
    // Mirrored at both ends again and again: every two lengths the same rises by twice the way from
    // the first to the last.
    let at = |i: i64| {
        let (rotation, place) = (i.div_euclid(2 * end), i.rem_euclid(2 * end));
        let value = if place <= end { values[place as usize] } else { 2.0 * last - values[(2 * end - place) as usize] };
        value + 2.0 * rotation as f64 * (last - first)
    };
    let sum = |i: i64| (1..=reach).fold(weights[0] * at(i), |sum, k| sum + weights[k as usize] * (at(i - k) + at(i + k)));
    (0..=end).map(|i| sum(i) / total).collect()
}

/// The least factor about the centre with which a picture that was moved so covers its frame, less
/// a rim along its edges that must not be seen; `height` is the frame's, all in widths. Infinite
/// when none does.
pub fn covering_zoom(correction: &Similarity, height: f64, rim: f64) -> f64 {
    let back = correction.inverse();
    // With factor 1 / s a corner c shows what lies at back.b + s · back.a·c, which must lie inside.
    let mut max = 1.0f64;
    for corner in [[0.5, 0.5 * height], [-0.5, 0.5 * height], [0.5, -0.5 * height], [-0.5, -0.5 * height]] {
        let way = crate::similarity::times(back.a, corner);
        for (base, way, limit) in [(back.b[0], way[0], 0.5 - rim), (back.b[1], way[1], 0.5 * height - rim)] {
            for sign in [1.0, -1.0] {
                let (room, speed) = (limit - sign * base, sign * way);
                if room <= 0.0 {
                    return f64::INFINITY;
                }
                if speed > 0.0 {
                    max = max.min(room / speed);
                }
            }
        }
    }
    1.0 / max
}
