//! Measuring what the drivers do not tell: a signal is played and recorded through a cable or the
//! air, and where it is found in the recording is the latency that is left.

/// Length of the signal in samples.
const LENGTH: usize = 2_047;

/// The signal to play: a maximum length sequence of period 2047 (polynomial x¹¹ + x² + 1; M. R.
/// Schroeder, "Integrated-impulse method measuring sound decay without using impulses", JASA 66,
/// 1979), whose correlation with itself is a single peak; ±0.5.
pub fn latency_signal() -> Vec<f32> {
    let mut state = 1_u16;
    let mut signal = Vec::with_capacity(LENGTH);
    for _ in 0..LENGTH {
        signal.push(if state & 1 == 1 { 0.5 } else { -0.5 });
        let feedback = (state ^ (state >> 2)) & 1;
        state = (state >> 1) | (feedback << 10);
    }
    signal
}

/// Where [`latency_signal`] begins in a recording, in samples; `None` if no place stands out. Give
/// the recording from where the signal would begin without latency, and the answer is for
/// [`RecorderOptions::latency_samples`](crate::RecorderOptions::latency_samples).
pub fn measure_latency(recording: &[f32]) -> Option<usize> {
    let signal = latency_signal();
    let last = recording.len().checked_sub(signal.len())?;
    let correlation = |at: usize| -> f64 {
        let part = recording.get(at..).unwrap_or_default();
        part.iter().zip(&signal).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>()
    };
    let values: Vec<f64> = (0..=last).map(|at| correlation(at).abs()).collect();
    let (at, peak) = values.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    // Beside its peak a sequence's correlation with a part of itself stays below a tenth of it.
    let beside = values.iter().enumerate().filter(|(i, _)| i.abs_diff(at) > 48).map(|(_, v)| *v).fold(0.0, f64::max);
    (peak > 0.0 && peak > 3.0 * beside).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_of_maximum_length() {
        let signal = latency_signal();
        let sum: f32 = signal.iter().sum();
        assert_eq!(sum.abs(), 0.5, "one more of one sign than of the other");
        for shift in [1, 2, 500, 2_046] {
            let correlation: f32 = (0..LENGTH).map(|i| 4.0 * signal[i] * signal[(i + shift) % LENGTH]).sum();
            assert_eq!(correlation, -1.0, "shift {shift}");
        }
    }

    #[test]
    fn it_is_found_in_noise_and_upside_down_and_not_where_it_is_not() {
        let noise = |n: u32| (f64::from(n.wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 23) - 1.0) as f32 * 0.3;
        for gain in [1.0_f32, -0.3] {
            let mut recording: Vec<f32> = (0..6_000).map(noise).collect();
            for (place, value) in recording[1_234..].iter_mut().zip(latency_signal()) {
                *place += gain * value;
            }
            assert_eq!(measure_latency(&recording), Some(1_234), "gain {gain}");
        }
        assert_eq!(measure_latency(&(0..6_000).map(noise).collect::<Vec<_>>()), None);
        assert_eq!(measure_latency(&[0.0; 6_000]), None);
        assert_eq!(measure_latency(&[]), None);
    }
}
