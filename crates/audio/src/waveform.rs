//! Peaks of sound for waveforms: buckets of 256 samples, and coarser levels of four buckets each.
use serde::{Deserialize, Serialize};

/// Samples in a bucket of the finest level.
pub const BUCKET_SAMPLES: u32 = 256;
/// Buckets that one of the next coarser level stands for.
pub const LEVEL_FACTOR: u32 = 4;

/// What a run of samples of one channel looks like; 1 is full scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Peak {
    /// Least sample.
    pub min: f32,
    /// Largest sample.
    pub max: f32,
    /// Root of the mean of the squares.
    pub rms: f32,
}

impl Peak {
    /// The peak of several runs, each with its number of samples; `None` without samples.
    pub fn over(runs: impl Iterator<Item = (Self, u64)>) -> Option<Self> {
        let (mut all, mut squares, mut count) = (None::<Self>, 0.0, 0);
        for (peak, samples) in runs.filter(|(_, samples)| *samples > 0) {
            let a = all.get_or_insert(peak);
            (a.min, a.max) = (a.min.min(peak.min), a.max.max(peak.max));
            squares += f64::from(peak.rms).powi(2) * samples as f64;
            count += samples;
        }
        all.map(|a| Self { rms: (squares / count as f64).sqrt() as f32, ..a })
    }
}

/// Sums that run beside each other: a sample counts for the one of its place in the bucket, so that the sums
/// are the same however the samples come in.
const LANES: usize = 8;

/// A bucket that is not full yet.
#[derive(Clone, Copy)]
struct Open {
    min: [f32; LANES],
    max: [f32; LANES],
    squares: [f64; LANES],
}

impl Open {
    const EMPTY: Self = Self { min: [f32::INFINITY; LANES], max: [f32::NEG_INFINITY; LANES], squares: [0.0; LANES] };

    /// Adds a sample at a place in the bucket.
    fn add(&mut self, lane: usize, x: f32) {
        let x = if x.is_finite() { x } else { 0.0 };
        (self.min[lane], self.max[lane]) = (self.min[lane].min(x), self.max[lane].max(x));
        self.squares[lane] += f64::from(x) * f64::from(x);
    }

    fn peak(&self, samples: u32) -> Peak {
        let squares: f64 = self.squares.iter().sum();
        Peak {
            min: self.min.into_iter().fold(f32::INFINITY, f32::min),
            max: self.max.into_iter().fold(f32::NEG_INFINITY, f32::max),
            rms: (squares / f64::from(samples)).sqrt() as f32,
        }
    }
}

/// Collects the peaks of the finest level. Samples that are not numbers count as silence.
pub struct PeakMeter {
    channels: Vec<Vec<Peak>>,
    open: Vec<Open>,
    /// Samples in the bucket that is not full yet.
    samples: u32,
}

impl PeakMeter {
    /// A meter of so many channels.
    pub fn new(channels: usize) -> Self {
        Self { channels: vec![Vec::new(); channels], open: vec![Open::EMPTY; channels], samples: 0 }
    }

    /// Adds samples, one list for each channel, all of the same length.
    pub fn add(&mut self, block: &[Vec<f32>]) {
        let length = block.iter().map(Vec::len).min().unwrap_or(0);
        let mut at = 0;
        while at < length {
            let end = length.min(at + (BUCKET_SAMPLES - self.samples) as usize);
            let place = self.samples as usize;
            for (channel, open) in block.iter().zip(&mut self.open) {
                // Up to where all sums are at the same place, those in step, and the rest.
                let (first, rest) = channel[at..end].split_at((end - at).min((LANES - place % LANES) % LANES));
                let (whole, last) = rest.as_chunks::<LANES>();
                first.iter().enumerate().for_each(|(i, x)| open.add((place + i) % LANES, *x));
                for samples in whole {
                    (0..LANES).for_each(|lane| open.add(lane, samples[lane]));
                }
                last.iter().enumerate().for_each(|(lane, x)| open.add(lane, *x));
            }
            self.samples += (end - at) as u32;
            at = end;
            if self.samples == BUCKET_SAMPLES {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        for (channel, open) in self.channels.iter_mut().zip(&mut self.open) {
            channel.push(open.peak(self.samples));
            *open = Open::EMPTY;
        }
        self.samples = 0;
    }

    /// The buckets that are full, of each channel.
    pub fn full(&self) -> &[Vec<Peak>] {
        &self.channels
    }

    /// The buckets of each channel; the last one may stand for fewer samples.
    pub fn finish(mut self) -> Vec<Vec<Peak>> {
        if self.samples > 0 {
            self.close();
        }
        self.channels
    }
}

/// The next coarser level of a channel of `samples` samples, whose buckets stand for `bucket` samples each.
pub fn coarser(level: &[Peak], bucket: u64, samples: u64) -> Vec<Peak> {
    let runs: Vec<(Peak, u64)> =
        level.iter().enumerate().map(|(i, p)| (*p, bucket.min(samples.saturating_sub(i as u64 * bucket)))).collect();
    runs.chunks(LEVEL_FACTOR as usize).filter_map(|four| Peak::over(four.iter().copied())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sine of 0.5: ±0.5, and 0.5/√2 in every bucket that holds whole periods; a click where it is.
    #[test]
    fn known_signals_have_known_peaks() {
        let sine: Vec<f32> = (0..1000).map(|n| 0.5 * (std::f32::consts::TAU * n as f32 / 16.0).sin()).collect();
        let mut click = vec![0.0; 1000];
        click[700] = -0.75;
        click[701] = f32::NAN;
        let mut meter = PeakMeter::new(2);
        // Blocks of any length give the same buckets.
        let mut at = 0;
        for length in [1, 254, 2, 300, 443] {
            meter.add(&[sine[at..at + length].to_vec(), click[at..at + length].to_vec()]);
            at += length;
        }
        let full = meter.full().to_vec();
        let levels = meter.finish();
        assert!(full.iter().zip(&levels).all(|(full, all)| *full == all[..3]));
        assert_eq!((levels[0].len(), levels[1].len()), (4, 4));
        for p in &levels[0][..3] {
            assert!((p.max - 0.5).abs() < 1e-6 && (p.min + 0.5).abs() < 1e-6 && (p.rms - 0.5 / 2_f32.sqrt()).abs() < 1e-6, "{p:?}");
        }
        assert_eq!(levels[1].iter().map(|p| p.min).collect::<Vec<_>>(), [0.0, 0.0, -0.75, 0.0]);
        let one = coarser(&levels[1], 256, 1000);
        assert_eq!((one.len(), one[0].min, one[0].max), (1, -0.75, 0.0));
        assert!((f64::from(one[0].rms) - 0.75 / 1000_f64.sqrt()).abs() < 1e-6, "{:?}", one[0]);
    }
}
