//! A composition's channels on a device that has another number of them.

/// Gain of a channel that is shared between two: −3 dB, √½ (ITU-R BS.775-4, annex 4).
const SHARED: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// Adds planar channels, in FFmpeg's native order, to interleaved frames of `channels` channels.
///
/// Mono goes to the first two. From three channels on to one or two, the fold-down of ITU-R
/// BS.775-4, annex 4, table 2: centre and surrounds at −3 dB each to its side, the low-frequency
/// channel left out; to one channel, the mean of both sides. Otherwise channel goes to channel of
/// the same number; the rest of the device is silent, and channels that the device lacks are
/// dropped.
pub fn map_channels(planar: &[Vec<f32>], channels: usize, interleaved: &mut Vec<f32>) {
    interleaved.clear();
    let samples = planar.iter().map(Vec::len).min().unwrap_or(0);
    if channels == 0 {
        return;
    }
    interleaved.resize(samples * channels, 0.0);
    let gains = |from: usize| sides(planar.len(), from);
    for (from, source) in planar.iter().enumerate() {
        for (frame, sample) in interleaved.chunks_exact_mut(channels).zip(source) {
            match (frame, planar.len()) {
                ([left, right, ..], 1) => (*left, *right) = (*sample, *sample),
                ([mono], 2..) => *mono += 0.5 * (gains(from).0 + gains(from).1) * sample,
                ([left, right], 3..) => {
                    *left += gains(from).0 * sample;
                    *right += gains(from).1 * sample;
                }
                (frame, _) => frame.iter_mut().skip(from).take(1).for_each(|place| *place = *sample),
            }
        }
    }
}

/// Gains of a channel of a layout towards left and right. Layouts by their number of channels: 3.0
/// (L R C), 4.0 as quad (L R Ls Rs), 5.0 (L R C Ls Rs), 5.1 (L R C LFE Ls Rs), 7.1 (L R C LFE Lb Rb
/// Ls Rs).
fn sides(count: usize, channel: usize) -> (f32, f32) {
    let (left, right, centre, none) = ((1.0, 0.0), (0.0, 1.0), (SHARED, SHARED), (0.0, 0.0));
    let (back_left, back_right) = ((SHARED, 0.0), (0.0, SHARED));
    match (count, channel) {
        (_, 0) => left,
        (_, 1) => right,
        (3 | 5.., 2) => centre,
        (4, 2) | (5, 3) | (6.., 4 | 6) => back_left,
        (4, 3) | (5, 4) | (6.., 5 | 7) => back_right,
        _ => none,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(planar: &[f32], channels: usize) -> Vec<f32> {
        let planar: Vec<Vec<f32>> = planar.iter().map(|s| vec![*s]).collect();
        let mut out = vec![9.0];
        map_channels(&planar, channels, &mut out);
        out
    }

    #[test]
    fn mono_goes_to_both_and_missing_channels_are_silent() {
        assert_eq!(mapped(&[0.5], 1), [0.5]);
        assert_eq!(mapped(&[0.5], 2), [0.5, 0.5]);
        assert_eq!(mapped(&[0.5], 6), [0.5, 0.5, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(mapped(&[0.5, -0.25], 2), [0.5, -0.25]);
        assert_eq!(mapped(&[0.5, -0.25], 4), [0.5, -0.25, 0.0, 0.0]);
        assert_eq!(mapped(&[0.5, -0.25], 1), [0.125]);
        assert_eq!(mapped(&[], 2), [0.0; 0]);
    }

    #[test]
    fn surround_folds_down_as_bs_775_says() {
        let a = std::f32::consts::FRAC_1_SQRT_2;
        // L, R, C, LFE, Ls, Rs one at a time.
        let wanted = [(1.0, 0.0), (0.0, 1.0), (a, a), (0.0, 0.0), (a, 0.0), (0.0, a)];
        for (channel, (left, right)) in wanted.into_iter().enumerate() {
            let mut planar = [0.0; 6];
            planar[channel] = 1.0;
            assert_eq!(mapped(&planar, 2), [left, right], "channel {channel}");
            assert_eq!(mapped(&planar, 1), [0.5 * (left + right)], "channel {channel}");
            assert_eq!(mapped(&planar, 6), planar, "channel {channel}");
        }
        assert_eq!(mapped(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0], 2), [a, 0.0]);
        assert_eq!(mapped(&[0.0, 0.0, 1.0, 0.0], 2), [a, 0.0], "quad");
    }
}
