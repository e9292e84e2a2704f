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

/// Collects the peaks of the finest level. Samples that are not numbers count as silence.
pub struct PeakMeter {
    channels: Vec<Vec<Peak>>,
    /// The bucket that is not full yet: peaks, and sums of squares.
    open: Vec<(Peak, f64)>,
    samples: u32,
}

impl PeakMeter {
    /// A meter of so many channels.
    pub fn new(channels: usize) -> Self {
        Self { channels: vec![Vec::new(); channels], open: vec![(Peak::default(), 0.0); channels], samples: 0 }
    }

    /// Adds samples, one list for each channel, all of the same length.
    pub fn add(&mut self, block: &[Vec<f32>]) {
        let length = block.iter().map(Vec::len).min().unwrap_or(0);
        let mut at = 0;
        while at < length {
            let end = length.min(at + (BUCKET_SAMPLES - self.samples) as usize);
            for (channel, (peak, squares)) in block.iter().zip(&mut self.open) {
                for (i, &x) in channel[at..end].iter().enumerate() {
                    let x = if x.is_finite() { x } else { 0.0 };
                    let is_first = self.samples == 0 && i == 0;
                    (peak.min, peak.max) = if is_first { (x, x) } else { (peak.min.min(x), peak.max.max(x)) };
                    *squares += f64::from(x) * f64::from(x);
                }
            }
            self.samples += (end - at) as u32;
            at = end;
            if self.samples == BUCKET_SAMPLES {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        for (channel, (peak, squares)) in self.channels.iter_mut().zip(&mut self.open) {
            channel.push(Peak { rms: (*squares / f64::from(self.samples)).sqrt() as f32, ..*peak });
            (*peak, *squares) = (Peak::default(), 0.0);
        }
        self.samples = 0;
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
        let levels = meter.finish();
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
