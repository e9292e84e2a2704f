//! Compressor with four bands.
use super::crossover::{Crossover, Split};
use super::dynamics::{Curve, Follower, TIME_CONSTANTS, Values, left, reduced};
use super::level::{between, fader, sample};
use super::svf::{self, BUTTERWORTH, State};
use super::{BLOCK_SAMPLES, SoundBlock, SoundFamily, SoundFormat, SoundProcessor, SoundSpec};
use crate::spec::{ParamSpec, Params, Unit};

const BANDS: usize = 4;
const KNEE: usize = 3;
const OUTPUT: usize = 4;
const MIX: usize = 5;
/// Index of the first parameter of the first band, and number of parameters of a band.
const BAND: usize = 6;
const PER_BAND: usize = 5;

const fn crossover(id: &'static str, name: &'static str, default: f64) -> ParamSpec {
    ParamSpec::number(id, name, default, 20.0, 20_000.0, Unit::Hertz)
}

const fn threshold(id: &'static str, name: &'static str) -> ParamSpec {
    ParamSpec::number(id, name, -24.0, -80.0, 0.0, Unit::Decibels)
}

const fn ratio(id: &'static str, name: &'static str) -> ParamSpec {
    ParamSpec::number(id, name, 2.0, 1.0, 100.0, Unit::None)
}

const fn attack(id: &'static str, name: &'static str, default: f64) -> ParamSpec {
    ParamSpec::number(id, name, default, 0.01, 1000.0, Unit::Millis)
}

const fn release(id: &'static str, name: &'static str, default: f64) -> ParamSpec {
    ParamSpec::number(id, name, default, 1.0, 5000.0, Unit::Millis)
}

const fn gain(id: &'static str, name: &'static str) -> ParamSpec {
    ParamSpec::number(id, name, 0.0, -24.0, 24.0, Unit::Decibels)
}

/// Three crossovers of 24 dB per octave (Linkwitz and Riley) split the sound; lower bands pass the
/// all-passes of the higher crossovers, so that the sum of idle bands has a flat magnitude. In each
/// band a compressor works as in the effect "Compressor", with peak detection linked over the
/// channels. The mix adds the uncompressed sum of the bands, which has the same phase.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[
        crossover("crossover1", "Crossover low / low-mid", 120.0),
        crossover("crossover2", "Crossover low-mid / high-mid", 1000.0),
        crossover("crossover3", "Crossover high-mid / high", 6000.0),
        ParamSpec::number("knee", "Knee", 6.0, 0.0, 40.0, Unit::Decibels),
        ParamSpec::number("output", "Output gain", 0.0, -24.0, 24.0, Unit::Decibels),
        ParamSpec::number("mix", "Mix", 100.0, 0.0, 100.0, Unit::Percent),
        threshold("lowThreshold", "Low threshold"),
        ratio("lowRatio", "Low ratio"),
        attack("lowAttack", "Low attack", 30.0),
        release("lowRelease", "Low release", 200.0),
        gain("lowGain", "Low gain"),
        threshold("lowMidThreshold", "Low-mid threshold"),
        ratio("lowMidRatio", "Low-mid ratio"),
        attack("lowMidAttack", "Low-mid attack", 15.0),
        release("lowMidRelease", "Low-mid release", 150.0),
        gain("lowMidGain", "Low-mid gain"),
        threshold("highMidThreshold", "High-mid threshold"),
        ratio("highMidRatio", "High-mid ratio"),
        attack("highMidAttack", "High-mid attack", 8.0),
        release("highMidRelease", "High-mid release", 120.0),
        gain("highMidGain", "High-mid gain"),
        threshold("highThreshold", "High threshold"),
        ratio("highRatio", "High ratio"),
        attack("highAttack", "High attack", 4.0),
        release("highRelease", "High release", 80.0),
        gain("highGain", "High gain"),
    ],
    settling_secs: |p, _| settling_secs(p),
    ..SoundSpec::new(
        "audio-multiband-compressor",
        "Multiband compressor",
        SoundFamily::Dynamics,
        "Compresses four bands of the spectrum independently.",
        |s| Box::new(Multiband::new(s.format)),
    )
};

fn settling_secs(p: Params<'_>) -> f64 {
    let number = |i: usize| f64::from(p.number(i));
    let lowest = (0..BANDS - 1).map(number).fold(f64::INFINITY, f64::min);
    let slowest = (0..BANDS).flat_map(|b| [number(BAND + PER_BAND * b + 2), number(BAND + PER_BAND * b + 3)]).fold(0.0, f64::max);
    2.0 * svf::settling_secs(lowest, BUTTERWORTH) + 0.001 * TIME_CONSTANTS * slowest
}

/// The filters of one channel.
#[derive(Clone, Copy, Default)]
struct Filters {
    crossovers: [Crossover; BANDS - 1],
    /// All-passes of the lowest band at the second and third crossover, of the next at the third.
    all_passes: [State; 3],
}

impl Filters {
    fn split(&mut self, splits: &[Split; BANDS - 1], samples: &Values) -> [Values; BANDS] {
        let [mut low, rest] = self.crossovers[0].split(&splits[0], samples);
        let [mut low_mid, rest] = self.crossovers[1].split(&splits[1], &rest);
        let [high_mid, high] = self.crossovers[2].split(&splits[2], &rest);
        splits[1].all_pass(&mut self.all_passes[0], &mut low);
        splits[2].all_pass(&mut self.all_passes[1], &mut low);
        splits[2].all_pass(&mut self.all_passes[2], &mut low_mid);
        [low, low_mid, high_mid, high]
    }
}

struct Multiband {
    format: SoundFormat,
    splits: Option<[Split; BANDS - 1]>,
    filters: Vec<Filters>,
    /// The bands of each channel.
    bands: Vec<[Values; BANDS]>,
    /// Reductions in dB.
    reductions: [Follower; BANDS],
}

impl Multiband {
    fn new(format: SoundFormat) -> Self {
        Self {
            format,
            splits: None,
            filters: vec![Filters::default(); format.channels],
            bands: vec![[[0.0; BLOCK_SAMPLES]; BANDS]; format.channels],
            reductions: [Follower::default(); BANDS],
        }
    }
}

/// Crossovers in rising order, whatever the parameters are.
fn frequencies(values: &[f64]) -> [f64; BANDS - 1] {
    let second = values[1].max(values[0]);
    [values[0], second, values[2].max(second)]
}

impl SoundProcessor for Multiband {
    fn process(&mut self, block: SoundBlock<'_>) {
        let (rate_hz, p) = (self.format.rate_hz, block.params);
        let splits = self.splits.get_or_insert_with(|| frequencies(p.from).map(|hz| Split::new(hz, rate_hz)));
        for (split, hz) in splits.iter_mut().zip(frequencies(p.to)) {
            split.advance(&p, hz, rate_hz);
        }
        for ((channel, filters), bands) in block.channels.iter().zip(&mut self.filters).zip(&mut self.bands) {
            *bands = filters.split(splits, &channel.map(f64::from));
        }
        let lfe = self.format.lfe();
        let mut gains = [[1.0; BLOCK_SAMPLES]; BANDS];
        for (b, (gains, reduction)) in gains.iter_mut().zip(&mut self.reductions).enumerate() {
            let at = BAND + PER_BAND * b;
            let curve = Curve::new(p.middle(at), p.middle(at + 1), p.middle(KNEE));
            let (attack, release) = (left(p.middle(at + 2), rate_hz), left(p.middle(at + 3), rate_hz));
            let gain = (fader(p.number(at + 4)), fader(p.end(at + 4)));
            let mut levels = [0.0f64; BLOCK_SAMPLES];
            for (_, bands) in self.bands.iter().enumerate().filter(|(c, _)| Some(*c) != lfe) {
                levels.iter_mut().zip(&bands[b]).for_each(|(level, x)| *level = level.max(x.abs()));
            }
            *gains = std::array::from_fn(|i| {
                let mix = 0.01 * between(p.number(MIX), p.end(MIX), i);
                let target = curve.reduction_db(levels[i]);
                let wet = reduced(reduction.step(target, attack, release)) * between(gain.0, gain.1, i);
                1.0 + mix * (wet - 1.0)
            });
        }
        let output = (fader(p.number(OUTPUT)), fader(p.end(OUTPUT)));
        for (channel, bands) in block.channels.iter_mut().zip(&self.bands) {
            for (i, x) in channel.iter_mut().enumerate() {
                let sum: f64 = bands.iter().zip(&gains).map(|(band, gain)| band[i] * gain[i]).sum();
                *x = sample(sum * between(output.0, output.1, i));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sound::tests::{Case, amplitude, response_db, sine};

    /// Without compression the sum is flat.
    #[test]
    fn idle_bands_are_flat() {
        let mut case = Case::new(&super::SPEC);
        for band in ["low", "lowMid", "highMid", "high"] {
            case = case.set(&format!("{band}Ratio"), 1.0);
        }
        for hz in [20.0, 60.0, 120.0, 300.0, 1000.0, 2500.0, 6000.0, 9000.0, 20_000.0] {
            assert!(response_db(&case, hz).abs() < 0.01, "{hz}: {}", response_db(&case, hz));
        }
    }

    /// A tone in the middle of a band obeys that band's curve and gain, and no other's.
    #[test]
    fn each_band_has_its_curve() {
        for (hz, band, crossovers) in [
            (50.0, "low", [500.0, 2000.0, 8000.0]),
            (400.0, "lowMid", [40.0, 4000.0, 12_000.0]),
            (2500.0, "highMid", [30.0, 250.0, 20_000.0]),
            (17_000.0, "high", [100.0, 500.0, 1500.0]),
        ] {
            let mut case = Case::new(&super::SPEC).set("knee", 0.0);
            for (id, at_hz) in ["crossover1", "crossover2", "crossover3"].into_iter().zip(crossovers) {
                case = case.set(id, at_hz);
            }
            for other in ["low", "lowMid", "highMid", "high"] {
                case = case.set(&format!("{other}Threshold"), if other == band { -30.0 } else { 0.0 });
            }
            let id = |what: &str| format!("{band}{what}");
            let case = case.set(&id("Ratio"), 4.0).set(&id("Gain"), 3.0).set(&id("Attack"), 0.01).set(&id("Release"), 5000.0);
            let tone = sine(hz, 0.5, 192_000);
            let is = 20.0 * amplitude(&case.run(&[tone.clone(), tone])[0][96_000..], hz).log10();
            let expected = -6.02 - 0.75 * (-6.02 + 30.0) + 3.0;
            assert!((is - expected).abs() < 0.1, "{band}: {is:.2}, {expected:.2}");
        }
    }
}
