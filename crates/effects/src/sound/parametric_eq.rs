//! Parametric equalizer with eight bands.
use super::level::linear;
use super::svf::{self, BUTTERWORTH, Coefficients, Filter, IDENTITY};
use super::{SoundFamily, SoundProcessor, SoundSetup, SoundSpec};
use crate::spec::{ParamSpec, Params, Unit};

const fn frequency(id: &'static str, name: &'static str, default: f64) -> ParamSpec {
    ParamSpec::number(id, name, default, 10.0, 24_000.0, Unit::Hertz)
}

const fn gain(id: &'static str, name: &'static str) -> ParamSpec {
    ParamSpec::number(id, name, 0.0, -24.0, 24.0, Unit::Decibels)
}

const fn q(id: &'static str, name: &'static str, default: f64, max: f64) -> ParamSpec {
    ParamSpec::number(id, name, default, 0.1, max, Unit::None)
}

const fn slope(id: &'static str, name: &'static str) -> ParamSpec {
    ParamSpec::choice(id, name, "12", &["12", "24", "48"])
}

/// Index of the first parameter of the low cut, of the gain bands and of the high cut.
const LOW_CUT: usize = 0;
const BANDS: usize = 4;
const HIGH_CUT: usize = BANDS + 4 * BAND_COUNT;
const OUTPUT: usize = HIGH_CUT + 4;
/// Low shelf, four bells, high shelf.
const BAND_COUNT: usize = 6;

/// Low cut, low shelf, four bells, high shelf, high cut, in series. Bells and cuts are matched to
/// analogue ones, so that they keep their shape up to the highest frequencies. Bands that are off
/// or have no gain cost nothing and change no bit.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        ParamSpec::switch("lowCut", "Low cut", false),
        frequency("lowCutFrequency", "Low cut frequency", 80.0),
        slope("lowCutSlope", "Low cut slope in dB per octave"),
        q("lowCutQ", "Low cut Q", BUTTERWORTH, 20.0),
        ParamSpec::switch("lowShelf", "Low shelf", true),
        frequency("lowShelfFrequency", "Low shelf frequency", 100.0),
        gain("lowShelfGain", "Low shelf gain"),
        q("lowShelfQ", "Low shelf Q", BUTTERWORTH, 4.0),
        ParamSpec::switch("bell1", "Bell 1", true),
        frequency("bell1Frequency", "Bell 1 frequency", 250.0),
        gain("bell1Gain", "Bell 1 gain"),
        q("bell1Q", "Bell 1 Q", 1.0, 40.0),
        ParamSpec::switch("bell2", "Bell 2", true),
        frequency("bell2Frequency", "Bell 2 frequency", 800.0),
        gain("bell2Gain", "Bell 2 gain"),
        q("bell2Q", "Bell 2 Q", 1.0, 40.0),
        ParamSpec::switch("bell3", "Bell 3", true),
        frequency("bell3Frequency", "Bell 3 frequency", 2500.0),
        gain("bell3Gain", "Bell 3 gain"),
        q("bell3Q", "Bell 3 Q", 1.0, 40.0),
        ParamSpec::switch("bell4", "Bell 4", true),
        frequency("bell4Frequency", "Bell 4 frequency", 6000.0),
        gain("bell4Gain", "Bell 4 gain"),
        q("bell4Q", "Bell 4 Q", 1.0, 40.0),
        ParamSpec::switch("highShelf", "High shelf", true),
        frequency("highShelfFrequency", "High shelf frequency", 10_000.0),
        gain("highShelfGain", "High shelf gain"),
        q("highShelfQ", "High shelf Q", BUTTERWORTH, 4.0),
        ParamSpec::switch("highCut", "High cut", false),
        frequency("highCutFrequency", "High cut frequency", 18_000.0),
        slope("highCutSlope", "High cut slope in dB per octave"),
        q("highCutQ", "High cut Q", BUTTERWORTH, 20.0),
        ParamSpec::number("output", "Output gain", 0.0, -24.0, 24.0, Unit::Decibels),
    ],
    neutral: |p| {
        let silent = (0..BAND_COUNT).all(|b| !p.bool(BANDS + 4 * b) || p.number(BANDS + 4 * b + 2) == 0.0);
        silent && !p.bool(LOW_CUT) && !p.bool(HIGH_CUT) && p.number(OUTPUT) == 0.0
    },
    settling_secs: |p, _| settling_secs(p),
    ..SoundSpec::new("audio-parametric-eq", "Parametric EQ", SoundFamily::Filter, "Eight bands that shape the spectrum.", make)
};

fn settling_secs(p: Params<'_>) -> f64 {
    let number = |i: usize| f64::from(p.number(i));
    let cut = |at: usize| {
        let count = svf::sections(p.text(at + 2));
        (0..count).map(|i| svf::settling_secs(number(at + 1), svf::butterworth_q(i, count, number(at + 3)))).fold(0.0, f64::max)
    };
    // A boost makes the poles of a bell sharper, of a shelf lower.
    let bands = (0..BAND_COUNT).map(|b| {
        let (hz, gain, q) = (number(BANDS + 4 * b + 1), number(BANDS + 4 * b + 2).abs(), number(BANDS + 4 * b + 3));
        let shelf = b == 0 || b + 1 == BAND_COUNT;
        if shelf {
            svf::settling_secs(hz * linear(-0.25 * gain), q)
        } else {
            svf::settling_secs(hz, q * linear(0.5 * gain)).max(svf::settling_secs(hz, q * linear(-0.5 * gain)))
        }
    });
    // Half as long again: several bands at one frequency ring together.
    1.5 * bands.chain([cut(LOW_CUT), cut(HIGH_CUT)]).fold(0.0, f64::max)
}

fn make(setup: SoundSetup<'_>) -> Box<dyn SoundProcessor> {
    let rate_hz = setup.format.rate_hz;
    let low_cut = svf::sections(setup.params.text(LOW_CUT + 2));
    let high_cut = svf::sections(setup.params.text(HIGH_CUT + 2));
    let count = low_cut + BAND_COUNT + high_cut + 1;
    Filter::boxed(setup.format, count, move |p, filters| {
        let on = |i: usize, filter: Coefficients| if p[i] >= 0.5 { filter } else { filter.bypassed() };
        for (i, filter) in filters.iter_mut().enumerate() {
            *filter = if i < low_cut {
                let q = svf::butterworth_q(i, low_cut, p[LOW_CUT + 3]);
                on(LOW_CUT, Coefficients::high_pass(p[LOW_CUT + 1], q, rate_hz))
            } else if i < low_cut + BAND_COUNT {
                let band = i - low_cut;
                let at = BANDS + 4 * band;
                let (hz, gain_db, q) = (p[at + 1], p[at + 2], p[at + 3]);
                on(
                    at,
                    if band == 0 {
                        Coefficients::low_shelf(hz, q, gain_db, rate_hz)
                    } else if band + 1 == BAND_COUNT {
                        Coefficients::high_shelf(hz, q, gain_db, rate_hz)
                    } else {
                        Coefficients::bell(hz, q, gain_db, rate_hz)
                    },
                )
            } else if i + 1 < count {
                let q = svf::butterworth_q(i - low_cut - BAND_COUNT, high_cut, p[HIGH_CUT + 3]);
                on(HIGH_CUT, Coefficients::low_pass(p[HIGH_CUT + 1], q, rate_hz))
            } else if p[OUTPUT] == 0.0 {
                IDENTITY
            } else {
                Coefficients::gain(linear(p[OUTPUT]))
            };
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, noise, response_db, sine};

    /// Power response in dB of `(s² + s·A/Q + 1) / (s² + s/(A·Q) + 1)`.
    fn bell_db(f: f64, hz: f64, q: f64, gain_db: f64) -> f64 {
        let (x, a) = (f / hz, 10f64.powf(gain_db / 40.0));
        let part = |slope: f64| (1.0 - x * x).powi(2) + (x * slope).powi(2);
        10.0 * (part(a / q) / part(1.0 / (a * q))).log10()
    }

    /// The bands' responses add up, in decibels, to those of the analogue prototypes.
    #[test]
    fn bands_add_up() {
        let case = Case::new(&super::SPEC)
            .set("bell1Gain", 6.0)
            .set("bell3Gain", -9.0)
            .set("bell3Q", 3.0)
            .set("bell4Frequency", 12_000.0)
            .set("bell4Gain", 12.0)
            .toggle("lowCut", true)
            .set("output", -2.0);
        for f in [40.0, 80.0, 250.0, 400.0, 1000.0, 2500.0, 3000.0, 8000.0, 12_000.0, 15_000.0] {
            let cut = -10.0 * (1.0 + (80.0f64 / f).powi(4)).log10();
            let bells = bell_db(f, 250.0, 1.0, 6.0) + bell_db(f, 2500.0, 3.0, -9.0) + bell_db(f, 12_000.0, 1.0, 12.0);
            let (is, expected) = (response_db(&case, f), cut + bells - 2.0);
            assert!((is - expected).abs() < 0.3, "{f} Hz: {is:.3}, {expected:.3}");
        }
    }

    /// Gains, frequencies and switches that move leave no steps in a low tone: its second
    /// difference stays near that of the loudest such tone, amplitude·ω².
    #[test]
    fn moving_values_do_not_click() {
        let base = Case::new(&super::SPEC).set("bell1Frequency", 100.0);
        let tone = sine(100.0, 0.1, 48_000);
        let omega = std::f64::consts::TAU * 100.0 / 48_000.0;
        for (case, loudest) in [
            (base.clone().moving("bell1Gain", 20.0, 4800), 1.0),
            (base.clone().set("bell1Gain", 20.0).moving("bell1Frequency", 1000.0, 4800), 1.0),
            (base.clone().toggle("lowCut", true).set("lowCutFrequency", 20.0).moving("lowCutFrequency", 2000.0, 4800), 0.1),
        ] {
            let out = case.run(&[tone.clone(), tone.clone()]).remove(0);
            let bend = out[2..].windows(3).map(|w| f64::from(w[0] - 2.0 * w[1] + w[2]).abs()).fold(0.0, f64::max);
            assert!(bend < 1.5 * loudest * omega * omega, "{bend} for {}", loudest * omega * omega);
        }
    }

    #[test]
    fn flat_bands_change_no_bit() {
        let input = noise(2, 2000, 0.5);
        assert_eq!(Case::new(&super::SPEC).run(&input), input);
    }
}
