//! Conversion of colour to HSV and HSL and back, without branches (Smith, "Color Gamut Transform
//! Pairs", SIGGRAPH 1978; CSS Color 4 §7).
use cutroom_kernel::{K, Real, Rgb, rgb};

/// Returns the hue in turns, 0..1; 0 for greys.
#[inline(always)]
fn hue<R: Real>(c: Rgb<R>, max: R, spread: R) -> R {
    let k = K(1.0) / spread.max(1e-9);
    let h = R::select(c.r.ge(max), (c.g - c.b) * k, R::select(c.g.ge(max), (c.b - c.r) * k + 2.0, (c.r - c.g) * k + 4.0));
    R::select(spread.gt(1e-9), (h * (1.0 / 6.0)).fract(), 0.0)
}

/// Returns the fully saturated colour of a hue in turns, each component 0..=1.
#[inline(always)]
fn pure<R: Real>(h: R) -> Rgb<R> {
    #[inline(always)]
    fn one<R: Real>(h: R) -> R {
        ((h.fract() * 6.0 - 3.0).abs() - 1.0).saturate()
    }
    rgb(one(h), one(h + 2.0 / 3.0), one(h + 1.0 / 3.0))
}

/// Returns hue in turns, saturation and value.
#[inline(always)]
pub fn hsv<R: Real>(c: Rgb<R>) -> (R, R, R) {
    let (max, min) = (c.max_component(), c.min_component());
    let spread = max - min;
    (hue(c, max, spread), R::select(max.gt(1e-9), spread / max.max(1e-9), 0.0), max)
}

/// The inverse of [`hsv`]; hue may be any number of turns.
#[inline(always)]
pub fn from_hsv<R: Real>(h: R, s: R, v: R) -> Rgb<R> {
    let p = pure(h);
    let one = R::from(1.0);
    rgb(one.mix(p.r, s) * v, one.mix(p.g, s) * v, one.mix(p.b, s) * v)
}

/// Returns hue in turns, saturation and lightness.
#[inline(always)]
pub fn hsl<R: Real>(c: Rgb<R>) -> (R, R, R) {
    let (max, min) = (c.max_component(), c.min_component());
    let (spread, sum) = (max - min, max + min);
    let room = K(1.0) - (sum - 1.0).abs();
    (hue(c, max, spread), R::select(room.gt(1e-6), spread / room.max(1e-6), 0.0), sum * 0.5)
}

/// The inverse of [`hsl`]; hue may be any number of turns, saturation and lightness are clamped to
/// 0..=1.
#[inline(always)]
pub fn from_hsl<R: Real>(h: R, s: R, l: R) -> Rgb<R> {
    let (s, l, p) = (s.saturate(), l.saturate(), pure(h));
    let k = (K(1.0) - (l * 2.0 - 1.0).abs()) * s;
    rgb((p.r - 0.5) * k + l, (p.g - 0.5) * k + l, (p.b - 0.5) * k + l)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares with named colours of CSS Color 4 §7.1 and checks the inverse conversions.
    #[test]
    fn hues_of_named_colors() {
        for (c, h, s, l) in [
            ([1.0f32, 0.0, 0.0], 0.0, 1.0, 0.5),
            ([0.0, 128.0 / 255.0, 0.0], 1.0 / 3.0, 1.0, 0.250_98),
            ([1.0, 165.0 / 255.0, 0.0], 38.82 / 360.0, 1.0, 0.5),
            ([102.0 / 255.0, 51.0 / 255.0, 153.0 / 255.0], 270.0 / 360.0, 0.5, 0.4),
            ([0.5, 0.5, 0.5], 0.0, 0.0, 0.5),
        ] {
            let got = hsl(rgb(c[0], c[1], c[2]));
            assert!((got.0 - h).abs() < 1e-4 && (got.1 - s).abs() < 1e-4 && (got.2 - l).abs() < 1e-4, "{c:?}: {got:?}");
            for back in [from_hsl(got.0, got.1, got.2), {
                let v = hsv(rgb(c[0], c[1], c[2]));
                from_hsv(v.0, v.1, v.2)
            }] {
                assert!(
                    (back.r - c[0]).abs() < 1e-5 && (back.g - c[1]).abs() < 1e-5 && (back.b - c[2]).abs() < 1e-5,
                    "{c:?}: {back:?}"
                );
            }
        }
    }
}
