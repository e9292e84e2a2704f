//! Peaks of a spectrum.

/// A peak with the bins around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Peak {
    /// The bin of the peak.
    pub bin: usize,
    /// The first bin of its region.
    pub from: usize,
    /// The first bin after it.
    pub to: usize,
}

/// Finds the bins with more power than two neighbours on each side. Regions meet at the least power
/// between two peaks, and cover all bins. A spectrum without peaks has one region.
pub(super) fn find_peaks(power: &[f64], peaks: &mut Vec<Peak>) {
    peaks.clear();
    let last = power.len() - 1;
    let mut valley = 0;
    let mut k = 0;
    while k <= last {
        let above = |other: usize| other > last || power[k] > power[other];
        let below = |by: usize| k < by || power[k] > power[k - by];
        if above(k + 1) && above(k + 2) && below(1) && below(2) {
            if let Some(before) = peaks.last_mut() {
                before.to = valley;
            }
            let from = if peaks.is_empty() { 0 } else { valley };
            peaks.push(Peak { bin: k, from, to: last + 1 });
            valley = k + 1;
        } else if valley > last || power[k] < power[valley] {
            valley = k;
        }
        k += 1;
    }
    if peaks.is_empty() {
        peaks.push(Peak { bin: last / 2, from: 0, to: last + 1 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::trial::white;

    #[test]
    fn regions_meet_in_the_valleys() {
        let power = [0.0, 1.0, 5.0, 2.0, 0.5, 0.4, 1.0, 3.0, 9.0, 3.0, 1.0];
        let mut peaks = Vec::new();
        find_peaks(&power, &mut peaks);
        assert_eq!(peaks, [Peak { bin: 2, from: 0, to: 5 }, Peak { bin: 8, from: 5, to: 11 }]);
    }

    #[test]
    fn regions_cover_every_spectrum() {
        let mut peaks = Vec::new();
        for power in [vec![0.0; 9], vec![1.0; 9], (0..500).zip(white(1, 500)).map(|(_, x)| f64::from(x * x)).collect()] {
            find_peaks(&power, &mut peaks);
            assert_eq!((peaks[0].from, peaks[peaks.len() - 1].to), (0, power.len()));
            assert!(peaks.windows(2).all(|w| w[0].to == w[1].from));
            assert!(peaks.iter().all(|p| (p.from..p.to).contains(&p.bin)));
        }
    }
}
