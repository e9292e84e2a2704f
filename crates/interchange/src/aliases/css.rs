//! Translates CSS filter functions into effects of the catalogue (W3C, Filter Effects Module Level
//! 1, <https://www.w3.org/TR/filter-effects-1/>: the functions under #ShorthandEquivalents, the
//! matrices of `saturate` and `hueRotate` under #feColorMatrixElement).
//!
//! The functions work on display-encoded sRGB, so only effects of the display-encoded domain return
//! the same in every blending space. Other effects differ: `exposure` and `saturation` multiply and
//! mix linear light when layers are blended in linear light, `brightness` adds an offset,
//! `hue-shift` and `hsl` preserve HSV value and HSL lightness, while CSS preserves luma.
//!
//! CSS clamps colours to 0..=1 after every function; effects do not. `levels` clamps its input, so
//! [`Tone`] represents brightness and contrast including their clamps, and [`limit`] is inserted
//! between two functions when the first can leave the range and the second mixes components.
use super::{Link, link};

/// `grayscale(amount)`, 0..=1: mixes with BT.709 luma.
pub fn grayscale(amount: f64) -> Vec<Link> {
    link("tint", &[("amount", amount.clamp(0.0, 1.0))])
}

/// `sepia(amount)`, 0..=1.
pub fn sepia(amount: f64) -> Vec<Link> {
    link("sepia", &[("amount", amount.clamp(0.0, 1.0))])
}

/// `invert(amount)`, 0..=1: `amount + c · (1 − 2 · amount)`.
pub fn invert(amount: f64) -> Vec<Link> {
    let amount = amount.clamp(0.0, 1.0);
    link("levels", &[("outputBlack", amount), ("outputWhite", 1.0 - amount)])
}

/// `brightness(factor)` without its clamp: multiplies every component by the factor.
pub fn brightness(factor: f64) -> Vec<Link> {
    link("lift-gamma-gain", &[("gain", factor.max(0.0))])
}

/// `contrast(factor)` without its clamp: `(c − 0.5) · factor + 0.5`.
pub fn contrast(factor: f64) -> Vec<Link> {
    link("contrast", &[("amount", factor.max(0.0))])
}

/// `saturate(factor)`: scales the distance from luma. Up to 1 it is a partial `grayscale` (whose
/// weights differ in the fourth digit). The coefficients of `channel-mixer` are limited to 2; a
/// larger factor becomes two mixers with its square root, since the matrices of two factors
/// multiply to that of their product.
pub fn saturate(factor: f64) -> Vec<Link> {
    let factor = factor.max(0.0);
    if factor <= 1.0 {
        return grayscale(1.0 - factor);
    }
    if factor <= 2.0 {
        return mixer(saturation_matrix(factor), [0.0; 3]);
    }
    [mixer(saturation_matrix(factor.sqrt()), [0.0; 3]), mixer(saturation_matrix(factor.sqrt()), [0.0; 3])].concat()
}

/// `hue-rotate(angle)`, in degrees.
pub fn hue_rotate(degrees: f64) -> Vec<Link> {
    mixer(hue_matrix(degrees), [0.0; 3])
}

/// `blur(deviation)`, the Gaussian's standard deviation in pixels, which is half the radius of
/// `gaussian-blur`.
pub fn blur(deviation_px: f64) -> Vec<Link> {
    link("gaussian-blur", &[("radius", 2.0 * deviation_px.max(0.0))])
}

/// Only the clamp to 0..=1 that CSS applies after every function. The white is a millionth below 1,
/// since neutral `levels` would be left out.
pub fn limit() -> Vec<Link> {
    link("levels", &[("inputWhite", 1.0 - (-20f64).exp2())])
}

/// Rows of a matrix that is applied to display-encoded colours.
pub type Matrix = [[f64; 3]; 3];

/// `channel-mixer` with a matrix and constants, applied to display-encoded colours.
pub fn mixer(rows: Matrix, constants: [f64; 3]) -> Vec<Link> {
    const NAMES: [[&str; 3]; 3] =
        [["redRed", "redGreen", "redBlue"], ["greenRed", "greenGreen", "greenBlue"], ["blueRed", "blueGreen", "blueBlue"]];
    let coefficients = (0..9).map(|i| (NAMES[i / 3][i % 3], rows[i / 3][i % 3]));
    let constants = ["redConstant", "greenConstant", "blueConstant"].into_iter().zip(constants);
    vec![Link { effect: "channel-mixer", params: coefficients.chain(constants).collect(), choices: Vec::new() }]
}

/// The matrix of `saturate` of feColorMatrix: luma plus the factor times the distance from it.
pub fn saturation_matrix(factor: f64) -> Matrix {
    std::array::from_fn(|i| std::array::from_fn(|j| LUMA[j] * (1.0 - factor) + if i == j { factor } else { 0.0 }))
}

/// The matrix of `hueRotate` of feColorMatrix.
pub fn hue_matrix(degrees: f64) -> Matrix {
    /// Coefficients of the sine.
    const SINE: Matrix = [[-0.213, -0.715, 0.928], [0.143, 0.140, -0.283], [-0.787, 0.715, 0.072]];
    let (sin, cos) = degrees.to_radians().sin_cos();
    let identity = saturation_matrix(cos);
    std::array::from_fn(|i| std::array::from_fn(|j| identity[i][j] + sin * SINE[i][j]))
}

/// The matrix of the effect `sepia`: sepia mixed with the identity by the amount.
pub fn sepia_matrix(amount: f64) -> Matrix {
    const SEPIA: Matrix = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]];
    std::array::from_fn(|i| std::array::from_fn(|j| SEPIA[i][j] * amount + if i == j { 1.0 - amount } else { 0.0 }))
}

/// Weights of luma in the matrices of `saturate` and `hueRotate`.
const LUMA: [f64; 3] = [0.213, 0.715, 0.072];

/// The matrix that applies first `b`, then `a`.
pub fn product(a: Matrix, b: Matrix) -> Matrix {
    std::array::from_fn(|i| std::array::from_fn(|j| (0..3).map(|k| a[i][k] * b[k][j]).sum()))
}

/// A sequence of `brightness` and `contrast`, each clamped to 0..=1: linear from `low` at `black`
/// to `high` at `white`, constant outside, which is what `levels` computes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    black: f64,
    white: f64,
    low: f64,
    high: f64,
}

impl Tone {
    /// Only the clamp.
    pub const NONE: Self = Self { black: 0.0, white: 1.0, low: 0.0, high: 1.0 };
    /// Appends `brightness(factor)`.
    pub fn brightness(self, factor: f64) -> Self {
        self.then(factor.max(0.0), 0.0)
    }

    /// Appends `contrast(factor)`.
    pub fn contrast(self, factor: f64) -> Self {
        let factor = factor.max(0.0);
        self.then(factor, 0.5 - 0.5 * factor)
    }

    /// Appends `gain · c + offset` with a gain of at least 0, and the clamp: where the line leaves
    /// 0..=1, its end moves inwards.
    fn then(self, gain: f64, offset: f64) -> Self {
        let (low, high) = (self.low * gain + offset, self.high * gain + offset);
        let slope = (self.white - self.black) / (high - low);
        let at = |v: f64| if high > low { (self.black + (v - low) * slope).clamp(0.0, 1.0) } else { self.black };
        Self {
            black: if low < 0.0 { at(0.0) } else { self.black },
            white: if high > 1.0 { at(1.0) } else { self.white },
            low: low.clamp(0.0, 1.0),
            high: high.clamp(0.0, 1.0),
        }
    }

    /// The sequence as `levels`.
    pub fn links(self) -> Vec<Link> {
        let Self { black, white, low, high } = self;
        link("levels", &[("inputBlack", black), ("inputWhite", white), ("outputBlack", low), ("outputWhite", high)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: &[Link], effect: &str, want: &[(&str, f64)]) {
        assert_eq!(got.len(), 1, "{got:?}");
        assert_eq!(got[0].effect, effect);
        for (name, v) in want {
            let (_, is) = got[0].params.iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("no {name} in {got:?}"));
            assert!((is - v).abs() < 5e-7, "{name}: {is}, expected {v}");
        }
    }

    /// By hand from feColorMatrix: saturate(2) has 0.213 + 0.787 · 2 and so on; hueRotate(90) has
    /// cosine 0 and sine 1, hueRotate(180) cosine −1 and sine 0.
    #[test]
    fn matrices_by_hand() {
        let rows = |m: [[f64; 3]; 3]| {
            let names =
                ["redRed", "redGreen", "redBlue", "greenRed", "greenGreen", "greenBlue", "blueRed", "blueGreen", "blueBlue"];
            names.into_iter().zip(m.into_iter().flatten()).collect::<Vec<_>>()
        };
        let saturated = [[1.787, -0.715, -0.072], [-0.213, 1.285, -0.072], [-0.213, -0.715, 1.928]];
        near(&saturate(2.0), "channel-mixer", &rows(saturated));
        let quarter = [[0.0, 0.0, 1.0], [0.356, 0.855, -0.211], [-0.574, 1.43, 0.144]];
        near(&hue_rotate(90.0), "channel-mixer", &rows(quarter));
        let half = [[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]];
        near(&hue_rotate(180.0), "channel-mixer", &rows(half));
        near(&hue_rotate(0.0), "channel-mixer", &rows([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]));
    }

    /// By hand: brightness 1.1 and contrast 1.2 make 1.32 · c − 0.1, which is 0 at 0.1 / 1.32 and 1
    /// at 1.1 / 1.32.
    #[test]
    fn tones_by_hand() {
        let levels =
            |black, white, low, high| [("inputBlack", black), ("inputWhite", white), ("outputBlack", low), ("outputWhite", high)];
        let steep = Tone::NONE.brightness(1.1).contrast(1.2).links();
        near(&steep, "levels", &levels(0.075_757_576, 0.833_333_333, 0.0, 1.0));
        // Brightness is clamped at 1 / 1.1, then 0.9 · c + 0.05.
        let flat = Tone::NONE.brightness(1.1).contrast(0.9).links();
        near(&flat, "levels", &levels(0.0, 0.909_090_909, 0.05, 0.95));
        // Clamped at 0.5 ± 0.5 / 1.4, then times 0.9.
        near(&Tone::NONE.contrast(1.4).brightness(0.9).links(), "levels", &levels(0.142_857_143, 0.857_142_857, 0.0, 0.9));
        // 0.99 · c − 0.05: black at 0.05 / 0.99, white not reached.
        near(&Tone::NONE.brightness(0.9).contrast(1.1).links(), "levels", &levels(0.050_505_051, 1.0, 0.0, 0.94));
        near(&Tone::NONE.brightness(0.0).links(), "levels", &levels(0.0, 1.0, 0.0, 0.0));
        near(&Tone::NONE.contrast(0.0).links(), "levels", &levels(0.0, 1.0, 0.5, 0.5));
    }

    #[test]
    fn single_functions_by_hand() {
        near(&brightness(1.2), "lift-gamma-gain", &[("gain", 1.2)]);
        near(&contrast(1.5), "contrast", &[("amount", 1.5)]);
        near(&saturate(0.8), "tint", &[("amount", 0.2)]);
        near(&grayscale(1.0), "tint", &[("amount", 1.0)]);
        near(&grayscale(7.0), "tint", &[("amount", 1.0)]);
        near(&sepia(0.8), "sepia", &[("amount", 0.8)]);
        near(&invert(0.8), "levels", &[("outputBlack", 0.8), ("outputWhite", 0.2)]);
        near(&blur(2.0), "gaussian-blur", &[("radius", 4.0)]);
        assert_eq!(saturate(2.25), [saturate(1.5), saturate(1.5)].concat());
    }
}
