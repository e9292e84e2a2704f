//! Band-pass.
use super::svf::{self, BUTTERWORTH, Coefficients, Filter};
use super::{SoundFamily, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Unit};

/// Band-pass of second order, 0 dB at the frequency; the −3 dB bandwidth is frequency/Q.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("frequency", "Frequency", 1000.0, 10.0, 24_000.0, Unit::Hertz),
        ParamSpec::number("q", "Q", BUTTERWORTH, 0.1, 100.0, Unit::None),
    ],
    settling_secs: |p, _| svf::settling_secs(f64::from(p.number(0)), f64::from(p.number(1))),
    ..SoundSpec::new("audio-band-pass", "Band-pass", SoundFamily::Filter, "Keeps what lies around a frequency.", make)
};

fn make(setup: SoundSetup<'_>) -> Box<dyn SoundProcessor> {
    let rate_hz = setup.format.rate_hz;
    Filter::boxed(setup.format, 1, move |p, filters| filters.fill(Coefficients::band_pass(p[0], p[1], rate_hz)))
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, response_db};

    /// Power response `1 / (1 + Q²·(x − 1/x)²)`.
    #[test]
    fn response() {
        for q in [0.5, 2.0, 10.0] {
            let case = Case::new(&super::SPEC).set("frequency", 2000.0).set("q", q);
            for f in [500.0, 1000.0, 1900.0, 2000.0, 2500.0, 8000.0] {
                let x = f / 2000.0;
                let expected = -10.0 * (1.0 + (q * (x - 1.0 / x)).powi(2)).log10();
                let is = response_db(&case, f);
                assert!((is - expected).abs() < 0.1, "Q {q}, {f} Hz: {is:.3}, {expected:.3}");
            }
        }
    }
}
