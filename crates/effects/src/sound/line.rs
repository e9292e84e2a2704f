//! A delay line.

/// The last samples of a signal, to be read at whole and at fractional distances.
#[derive(Clone, Debug)]
pub(super) struct Line {
    samples: Vec<f32>,
    next: usize,
}

impl Line {
    /// Creates a line of silence for distances up to `max` samples.
    pub fn new(max: f64) -> Self {
        Self { samples: vec![0.0; (max as usize + 4).next_power_of_two()], next: 0 }
    }

    /// Adds a sample.
    #[inline(always)]
    pub fn push(&mut self, x: f32) {
        self.samples[self.next] = x;
        self.next = (self.next + 1) & (self.samples.len() - 1);
    }

    /// The sample added `distance` samples ago; 1 is the last one.
    #[inline(always)]
    pub fn tap(&self, distance: usize) -> f32 {
        self.samples[self.next.wrapping_sub(distance) & (self.samples.len() - 1)]
    }

    /// The signal `distance` ≥ 2 samples ago, by cubic Hermite interpolation through four samples
    /// (Catmull–Rom); exact at whole distances. Shorter distances read as 2.
    #[inline(always)]
    pub fn read(&self, distance: f64) -> f64 {
        let distance = distance.max(2.0);
        let whole = distance.floor();
        let (at, t) = (whole as usize, distance - whole);
        let [a, b, c, d] = [at - 1, at, at + 1, at + 2].map(|i| f64::from(self.tap(i)));
        let (c1, c2, c3) = (0.5 * (c - a), a - 2.5 * b + 2.0 * c - 0.5 * d, 0.5 * (d - a) + 1.5 * (b - c));
        ((c3 * t + c2) * t + c1) * t + b
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_returns_what_went_in_and_cubics_between() {
        let mut line = Line::new(16.0);
        let parabola = |t: f64| 0.5 + 0.25 * t - 0.0625 * t * t;
        for i in 0..40 {
            line.push(parabola(f64::from(i)) as f32);
        }
        assert_eq!(f64::from(line.tap(1)), f64::from(parabola(39.0) as f32));
        for distance in [2.0, 3.0, 4.5, 7.25, 15.999] {
            // The last sample, at distance 1, was at time 39.
            assert!((line.read(distance) - parabola(40.0 - distance)).abs() < 1e-4, "{distance}");
        }
    }
}
