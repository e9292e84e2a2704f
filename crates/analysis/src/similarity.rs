//! Similarities of the plane: rotation, scaling and translation.

/// `p ↦ a·p + b` with points as complex numbers (x right, y down): `a` rotates by its argument
/// (clockwise on the screen) and scales by its absolute value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    /// Complex factor, never 0.
    pub a: [f64; 2],
    /// Translation, in the unit of the points.
    pub b: [f64; 2],
}

/// The product of two complex numbers.
pub(crate) fn times(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
}

/// The quotient of two complex numbers; not finite when the divisor is 0.
pub(crate) fn over(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    let size = b[0] * b[0] + b[1] * b[1];
    times(a, [b[0] / size, -b[1] / size])
}

pub(crate) fn plus(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] + b[0], a[1] + b[1]]
}

pub(crate) fn minus(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

impl Similarity {
    /// The identity.
    pub const IDENTITY: Self = Self { a: [1.0, 0.0], b: [0.0, 0.0] };

    /// A rotation by `angle` (radians, clockwise with y down) and a scaling about the origin,
    /// followed by a translation.
    pub fn new(angle: f64, scale: f64, shift: [f64; 2]) -> Self {
        Self { a: [scale * libm::cos(angle), scale * libm::sin(angle)], b: shift }
    }

    /// The image of a point.
    pub fn of(&self, p: [f64; 2]) -> [f64; 2] {
        plus(times(self.a, p), self.b)
    }

    /// The composition: `first`, then this one.
    #[must_use]
    pub fn after(&self, first: &Self) -> Self {
        Self { a: times(self.a, first.a), b: self.of(first.b) }
    }

    /// The inverse.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let a = over([1.0, 0.0], self.a);
        let b = times(a, self.b);
        Self { a, b: [-b[0], -b[1]] }
    }

    /// Angle of rotation in radians, −π..=π.
    pub fn angle(&self) -> f64 {
        libm::atan2(self.a[1], self.a[0])
    }

    /// Scale factor.
    pub fn scale(&self) -> f64 {
        libm::hypot(self.a[0], self.a[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_form_a_group() {
        let one = Similarity::new(0.3, 1.2, [5.0, -2.0]);
        let two = Similarity::new(-1.1, 0.7, [0.5, 9.0]);
        let p = [3.0, 4.0];
        let close = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).abs() < 1e-12 && (a[1] - b[1]).abs() < 1e-12;
        assert!(close(two.after(&one).of(p), two.of(one.of(p))));
        assert!(close(one.inverse().of(one.of(p)), p));
        // A clockwise rotation by 90° maps a point on the right to one below.
        assert!(close(Similarity::new(std::f64::consts::FRAC_PI_2, 2.0, [1.0, 0.0]).of([1.0, 0.0]), [1.0, 2.0]));
        assert!((two.angle() + 1.1).abs() < 1e-12 && (two.scale() - 0.7).abs() < 1e-12);
    }
}
