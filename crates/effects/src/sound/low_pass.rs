//! Low-pass.
use super::svf::{self, BUTTERWORTH, Coefficients, Filter, IDENTITY};
use super::{SoundFamily, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Unit};

/// Butterworth low-pass of order 2, 4 or 8, −3 dB at the frequency; Q other than 0.7071 lifts or
/// lowers the response there. Frequencies of half the sampling rate and more leave the sound as it
/// is.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("frequency", "Frequency", 22_000.0, 5.0, 24_000.0, Unit::Hertz),
        ParamSpec::choice("slope", "Slope in dB per octave", "12", &["12", "24", "48"]),
        ParamSpec::number("q", "Resonance (Q)", BUTTERWORTH, 0.1, 20.0, Unit::None),
    ],
    settling_secs: |p, _| {
        svf::settling_secs(f64::from(p.number(0)), svf::slowest_q(svf::sections(p.text(1)), f64::from(p.number(2))))
    },
    ..SoundSpec::new("audio-low-pass", "Low-pass", SoundFamily::Filter, "Removes what lies above a frequency.", make)
};

fn make(setup: SoundSetup<'_>) -> Box<dyn SoundProcessor> {
    let rate_hz = setup.format.rate_hz;
    let count = svf::sections(setup.params.text(1));
    Filter::boxed(setup.format, count, move |p, filters| {
        for (i, filter) in filters.iter_mut().enumerate() {
            *filter = if 2.0 * p[0] >= f64::from(rate_hz) {
                IDENTITY
            } else {
                Coefficients::low_pass(p[0], svf::butterworth_q(i, count, p[2]), rate_hz)
            };
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, response_db};

    /// A Butterworth filter of order 2, 4, 8 (12, 24, 48 dB per octave) has the power response
    /// `1 / (1 + x^(2·order))`, x = f/frequency.
    #[test]
    fn butterworth_response() {
        for (slope, order) in [("12", 2), ("24", 4), ("48", 8)] {
            let case = Case::new(&super::SPEC).set("frequency", 1000.0).choose("slope", slope);
            for f in [250.0, 500.0, 1000.0, 2000.0, 4000.0] {
                let x: f64 = f / 1000.0;
                let expected = -10.0 * (1.0 + x.powi(2 * order)).log10();
                let is = response_db(&case, f);
                assert!(expected < -90.0 || (is - expected).abs() < 0.1, "{slope} dB, {f} Hz: {is:.3}, {expected:.3}");
            }
        }
    }
}
