//! Low shelf.
use super::svf::{self, BUTTERWORTH, Coefficients, Filter};
use super::{SoundFamily, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Unit};

/// Shelf of second order: half of the gain in dB at the frequency, all of it far below.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("frequency", "Frequency", 100.0, 10.0, 24_000.0, Unit::Hertz),
        ParamSpec::number("gain", "Gain", 0.0, -24.0, 24.0, Unit::Decibels),
        ParamSpec::number("q", "Q", BUTTERWORTH, 0.1, 4.0, Unit::None),
    ],
    neutral: |p| p.number(1) == 0.0,
    settling_secs: |p, _| svf::shelf_settling_secs(f64::from(p.number(0)), f64::from(p.number(1)), f64::from(p.number(2))),
    ..SoundSpec::new("audio-low-shelf", "Low shelf", SoundFamily::Filter, "Raises or lowers what lies below a frequency.", make)
};

fn make(setup: SoundSetup<'_>) -> Box<dyn SoundProcessor> {
    let rate_hz = setup.format.rate_hz;
    Filter::boxed(setup.format, 1, move |p, filters| filters.fill(Coefficients::low_shelf(p[0], p[2], p[1], rate_hz)))
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, response_db};

    /// All of the gain on one side, none on the other, half of it at the frequency.
    #[test]
    fn levels() {
        for gain in [-18.0, 6.0, 24.0] {
            let case = Case::new(&super::SPEC).set("frequency", 1000.0).set("gain", gain);
            for (f, expected) in [(20.0, gain), (1000.0, 0.5 * gain), (18_000.0, 0.0)] {
                let is = response_db(&case, f);
                assert!((is - expected).abs() < 0.05, "{gain} dB, {f} Hz: {is:.3}, {expected:.3}");
            }
        }
    }
}
