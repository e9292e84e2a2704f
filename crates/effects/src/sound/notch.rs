//! Notch.
use super::svf::{self, Coefficients, Filter};
use super::{SoundFamily, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Unit};

/// Band-stop of second order: silent at the frequency; the −3 dB bandwidth is frequency/Q.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("frequency", "Frequency", 1000.0, 10.0, 24_000.0, Unit::Hertz),
        ParamSpec::number("q", "Q", 10.0, 0.1, 100.0, Unit::None),
    ],
    settling_secs: |p, _| svf::settling_secs(f64::from(p.number(0)), f64::from(p.number(1))),
    ..SoundSpec::new("audio-notch", "Notch", SoundFamily::Filter, "Removes one frequency.", make)
};

fn make(setup: SoundSetup<'_>) -> Box<dyn SoundProcessor> {
    let rate_hz = setup.format.rate_hz;
    Filter::boxed(setup.format, 1, move |p, filters| filters.fill(Coefficients::notch(p[0], p[1], rate_hz)))
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, response_db};

    /// At `frequency·(√(1 + 1/(4·Q²)) ± 1/(2·Q))` half of the power is left, at the frequency
    /// nothing.
    #[test]
    fn width_and_depth() {
        for q in [1.0, 10.0] {
            let case = Case::new(&super::SPEC).set("frequency", 1000.0).set("q", q);
            assert!(response_db(&case, 1000.0) < -90.0);
            for side in [-0.5, 0.5] {
                let edge = 1000.0 * ((1.0 + 0.25 / (q * q)).sqrt() + side / q);
                assert!((response_db(&case, edge) + 3.01).abs() < 0.05, "{}", response_db(&case, edge));
            }
            assert!(response_db(&case, 20.0).abs() < 0.02 && response_db(&case, 20_000.0).abs() < 0.05);
        }
    }
}
