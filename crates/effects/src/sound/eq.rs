//! Graphic equalizer with ten bands of an octave.
use super::level::linear;
use super::svf::{self, Coefficients, Filter, IDENTITY};
use super::{SoundFamily, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Unit};

/// Centres of octaves, Hz (ISO 266, with the exact ratio of 2).
const CENTERS_HZ: [f64; BANDS] = [31.25, 62.5, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16_000.0];
const BANDS: usize = 10;
/// Q of a bell one octave wide.
const Q: f64 = std::f64::consts::SQRT_2;
/// Gain with which the influence of bands on each other is measured, dB.
const PROBE_DB: f64 = 10.0;
/// Corrections of the gains; each makes the remaining error several times smaller.
const ROUNDS: usize = 8;
/// Largest gain of a single bell, dB.
const MOST_DB: f64 = 60.0;

const fn band(id: &'static str, name: &'static str) -> ParamSpec {
    ParamSpec::number(id, name, 0.0, -24.0, 24.0, Unit::Decibels)
}

/// Ten bells in series whose gains are chosen so that the response at the centres is what the
/// sliders say, whatever the neighbours do (compare Välimäki and Liski, "Accurate Cascade Graphic
/// Equalizer", IEEE Signal Processing Letters 24/2, 2017). Bands that the sampling rate does not
/// reach do nothing.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        band("hz31", "31 Hz"),
        band("hz63", "63 Hz"),
        band("hz125", "125 Hz"),
        band("hz250", "250 Hz"),
        band("hz500", "500 Hz"),
        band("hz1000", "1 kHz"),
        band("hz2000", "2 kHz"),
        band("hz4000", "4 kHz"),
        band("hz8000", "8 kHz"),
        band("hz16000", "16 kHz"),
        band("output", "Output gain"),
    ],
    neutral: |p| (0..=BANDS).all(|i| p.number(i) == 0.0),
    // The poles of the lowest bell with its largest gain: Q·10^(gain/40).
    settling_secs: |p, _| {
        let most = (0..BANDS).map(|i| f64::from(p.number(i)).abs()).fold(0.0, f64::max);
        svf::settling_secs(CENTERS_HZ[0], Q * linear(0.5 * (2.5 * most).min(MOST_DB)))
    },
    ..SoundSpec::new("audio-eq", "Graphic EQ", SoundFamily::Filter, "Ten octave bands, each with a level.", make)
};

/// Finds the gains of bells whose common response has given levels at their centres.
struct Bank {
    rate_hz: u32,
    /// Number of bands below half the sampling rate.
    count: usize,
    /// Inverse of the influence of a bell (column) at a centre (row), per dB.
    inverse: [[f64; BANDS]; BANDS],
}

impl Bank {
    fn new(rate_hz: u32) -> Self {
        let count = CENTERS_HZ.iter().filter(|hz| **hz < 0.46 * f64::from(rate_hz)).count();
        let mut influence = [[0.0; BANDS]; BANDS];
        for (i, row) in influence.iter_mut().enumerate() {
            for (j, entry) in row.iter_mut().enumerate() {
                *entry = if i < count && j < count {
                    Coefficients::bell(CENTERS_HZ[j], Q, PROBE_DB, rate_hz).response_db(CENTERS_HZ[i], rate_hz) / PROBE_DB
                } else {
                    f64::from(u8::from(i == j))
                };
            }
        }
        Self { rate_hz, count, inverse: inverse(influence) }
    }

    fn bells(&self, targets_db: &[f64], bells: &mut [Coefficients]) {
        let mut gains = [0.0; BANDS];
        let mut missing = [0.0; BANDS];
        bells.fill(IDENTITY);
        if targets_db.iter().all(|t| *t == 0.0) {
            return;
        }
        missing[..self.count].copy_from_slice(&targets_db[..self.count]);
        for _ in 0..ROUNDS {
            for (gain, row) in gains.iter_mut().zip(&self.inverse).take(self.count) {
                let change: f64 = row.iter().zip(&missing).map(|(a, b)| a * b).sum();
                *gain = (*gain + change).clamp(-MOST_DB, MOST_DB);
            }
            for ((bell, gain), hz) in bells.iter_mut().zip(&gains).zip(&CENTERS_HZ).take(self.count) {
                *bell = Coefficients::bell(*hz, Q, *gain, self.rate_hz);
            }
            for ((missing, hz), target) in missing.iter_mut().zip(&CENTERS_HZ).zip(targets_db).take(self.count) {
                *missing = target - bells.iter().map(|b| b.response_db(*hz, self.rate_hz)).sum::<f64>();
            }
        }
    }
}

/// Gauss-Jordan elimination; the matrix has a dominant diagonal.
fn inverse(mut m: [[f64; BANDS]; BANDS]) -> [[f64; BANDS]; BANDS] {
    let mut result = [[0.0; BANDS]; BANDS];
    (0..BANDS).for_each(|i| result[i][i] = 1.0);
    for i in 0..BANDS {
        let pivot = m[i][i];
        for j in 0..BANDS {
            m[i][j] /= pivot;
            result[i][j] /= pivot;
        }
        for row in (0..BANDS).filter(|row| *row != i) {
            let factor = m[row][i];
            for j in 0..BANDS {
                m[row][j] -= factor * m[i][j];
                result[row][j] -= factor * result[i][j];
            }
        }
    }
    result
}

fn make(setup: SoundSetup<'_>) -> Box<dyn SoundProcessor> {
    let bank = Bank::new(setup.format.rate_hz);
    Filter::boxed(setup.format, BANDS + 1, move |p, filters| {
        let (bells, output) = filters.split_at_mut(BANDS);
        bank.bells(&p[..BANDS], bells);
        output.fill(if p[BANDS] == 0.0 { IDENTITY } else { Coefficients::gain(linear(p[BANDS])) });
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::tests::{Case, response_db};

    /// The response at each centre is the slider's value, for smooth and for jagged settings.
    #[test]
    fn sliders_are_met() {
        let settings: [[f64; BANDS]; 4] = [
            [12.0; BANDS],
            [6.0, -6.0, 6.0, -6.0, 6.0, -6.0, 6.0, -6.0, 6.0, -6.0],
            [0.0, 0.0, 0.0, 24.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            [-3.0, 5.0, 9.0, 2.0, -7.0, -12.0, -1.0, 4.0, 8.0, -8.0],
        ];
        for setting in settings {
            let mut case = Case::new(&SPEC);
            for (param, gain) in SPEC.params.iter().zip(setting) {
                case = case.set(param.id, gain);
            }
            for (hz, gain) in CENTERS_HZ.iter().zip(setting) {
                let is = response_db(&case, *hz);
                assert!((is - gain).abs() < 0.1, "{setting:?} at {hz}: {is:.3}");
            }
        }
    }
}
