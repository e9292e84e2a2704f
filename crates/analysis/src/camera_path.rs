//! Smooths the path of a camera: the path is accumulated from movements, smoothed per shot, and the
//! corrections lead from the original path to the smooth one.
use crate::Similarity;

/// The path of a camera: for each picture, the similarity from the first picture of its shot to it.
/// The origin is the picture's centre, the unit its width. A shot ends where a movement is unknown.
#[derive(Clone, Debug, PartialEq)]
pub struct CameraPath {
    /// By frame; one more than the movements.
    places: Vec<Similarity>,
    /// Rotation of each place in radians, accumulated, so that it is not limited to ±π.
    rotations: Vec<f64>,
    /// First frames of shots.
    cuts: Vec<usize>,
}

/// How a path is smoothed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Smoothing {
    /// A Gaussian of this standard deviation in frames, within the shot. Outside its ends the path
    /// is extended by point reflection at them, so that a steady pan is unchanged up to the last
    /// frame.
    Gaussian(f64),
    /// No movement: each shot stays at its first picture.
    Still,
}

impl CameraPath {
    /// From the movements between adjacent frames; `None` is a cut.
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

    /// First frames of the shots, including 0.
    pub fn cuts(&self) -> &[usize] {
        &self.cuts
    }

    /// For each picture, the movement (about its centre, in widths) after which it is where the
    /// smooth path would have placed it.
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

/// Filters values with a Gaussian; outside the ends they are extended by point reflection.
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
    // Repeated point reflection at both ends: every `2·end` samples the values repeat, raised by
    // twice the difference between last and first.
    let at = |i: i64| {
        let (rotation, place) = (i.div_euclid(2 * end), i.rem_euclid(2 * end));
        let value = if place <= end { values[place as usize] } else { 2.0 * last - values[(2 * end - place) as usize] };
        value + 2.0 * rotation as f64 * (last - first)
    };
    let sum = |i: i64| (1..=reach).fold(weights[0] * at(i), |sum, k| sum + weights[k as usize] * (at(i - k) + at(i + k)));
    (0..=end).map(|i| sum(i) / total).collect()
}

/// Smallest zoom about the centre with which a picture that is moved by `correction` covers the
/// frame without showing the rim of width `rim` along the picture's edges. `height` is the height
/// of the frame; `height` and `rim` are in widths of the frame. Infinite when no zoom covers it.
pub fn covering_zoom(correction: &Similarity, height: f64, rim: f64) -> f64 {
    let back = correction.inverse();
    // With zoom 1 / s a frame corner c shows the point back.b + s · back.a · c of the picture,
    // which must be inside the picture without its rim.
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
