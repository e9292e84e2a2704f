//! Frame rates and rounding, in integers.
use crate::FLICKS_PER_SECOND;

/// Frame rate in frames per second, as a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Numerator.
    pub num: i64,
    /// Denominator.
    pub den: i64,
}

impl Rate {
    /// The rate `num / den`.
    pub const fn new(num: i64, den: i64) -> Self {
        Self { num, den }
    }

    /// Start of frame `n`, in flicks; exact for every rate used here.
    pub fn start_of(self, n: i64) -> i64 {
        let ticks = i128::from(n) * i128::from(self.den) * i128::from(FLICKS_PER_SECOND);
        debug_assert_eq!(ticks % i128::from(self.num), 0, "{self:?} is not exact in flicks");
        (ticks / i128::from(self.num)) as i64
    }

    /// Text of the rate, as in the document.
    pub fn text(self) -> String {
        format!("{}/{}", self.num, self.den)
    }
}

/// `n / d` rounded to the nearest integer, halves up, as all sample positions are.
pub fn round_div(n: i64, d: i64) -> i64 {
    (2 * n + d).div_euclid(2 * d)
}
