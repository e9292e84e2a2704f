//! Removal of mains hum.
use super::svf::{self, Coefficients, Filter, IDENTITY};
use super::{SoundFamily, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Unit};

/// Largest number of notches.
const MOST: usize = 10;

/// Notches at a frequency and its multiples. All have the same width in Hz, frequency/Q, as the
/// lines of a hum do, so that less is lost from the sound than with a constant Q.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::number("frequency", "Mains frequency", 50.0, 10.0, 1000.0, Unit::Hertz),
        ParamSpec::quality("harmonics", "Harmonics", 8.0, 1.0, MOST as f64),
        ParamSpec::number("q", "Q of the lowest", 30.0, 1.0, 200.0, Unit::None),
        ParamSpec::number("depth", "Depth", 60.0, 0.0, 60.0, Unit::Decibels),
        ParamSpec::choice("which", "Which harmonics", "all", &["all", "odd", "even"]),
    ],
    neutral: |p| p.number(3) == 0.0,
    // All notches have the bandwidth, and so the decay, of the lowest.
    settling_secs: |p, _| svf::settling_secs(f64::from(p.number(0)), f64::from(p.number(2))),
    ..SoundSpec::new("audio-hum-notch", "Hum removal", SoundFamily::Repair, "Removes mains hum and its harmonics.", make)
};

fn make(setup: SoundSetup<'_>) -> Box<dyn SoundProcessor> {
    let rate_hz = setup.format.rate_hz;
    let count = (setup.params.number(1).round() as usize).clamp(1, MOST);
    let step = if setup.params.text(4) == "all" { 1 } else { 2 };
    let even = setup.params.text(4) == "even";
    Filter::boxed(setup.format, count, move |p, filters| {
        for (i, filter) in filters.iter_mut().enumerate() {
            // The mains frequency itself is always the first.
            let harmonic = if even && i > 0 { step * i } else { step * i + 1 } as f64;
            let hz = p[0] * harmonic;
            *filter = if p[3] == 0.0 || hz > 0.45 * f64::from(rate_hz) {
                IDENTITY
            } else {
                // (1 − depth) of what the notch removes is kept: at its centre 10^(−depth/20); 60
                // dB is all.
                let notch = Coefficients::notch(hz, p[2] * harmonic, rate_hz);
                let kept = if p[3] >= 60.0 { 0.0 } else { libm::pow(10.0, -p[3] / 20.0) };
                Coefficients { band: notch.band * (1.0 - kept), ..notch }
            };
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, response_db};

    /// The lines are gone, what lies between them stays; a depth is met exactly.
    #[test]
    fn lines_and_gaps() {
        let case = Case::new(&super::SPEC);
        let shallow = Case::new(&super::SPEC).set("depth", 20.0);
        for harmonic in 1..=8 {
            let f = 50.0 * f64::from(harmonic);
            assert!(response_db(&case, f) < -60.0, "{harmonic}: {}", response_db(&case, f));
            assert!((response_db(&shallow, f) + 20.0).abs() < 0.1, "{harmonic}: {}", response_db(&shallow, f));
            assert!(response_db(&case, f + 25.0) > -0.1, "{harmonic}: {}", response_db(&case, f + 25.0));
        }
        assert!(response_db(&case, 450.0).abs() < 0.05);
        let odd = Case::new(&super::SPEC).choose("which", "odd");
        assert!(response_db(&odd, 150.0) < -60.0 && response_db(&odd, 100.0) > -0.1);
    }
}
