//! The sound code: a click at the start of every frame, followed by the frame's number as small
//! steps.
//!
//! The sample where frame n starts (the sample nearest to n/fps) is an impulse of height [`CLICK`].
//! Bit b of the number, least significant first, follows [`BIT_SAMPLES`]·(b + 1) samples later:
//! +[`STEP`] for one, −[`STEP`] for zero. All other samples are 0.

/// Height of the click; full scale is 1.
pub const CLICK: f32 = 0.8;
/// Height of a bit.
pub const STEP: f32 = 0.2;
/// Distance between bits, in samples.
pub const BIT_SAMPLES: usize = 8;
const BITS: usize = 16;

/// A click that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Click {
    /// Sample index from the start of the sound.
    pub sample: i64,
    /// Number of the frame that starts there.
    pub frame: u16,
    /// Height as a fraction of [`CLICK`].
    pub gain: f32,
}

/// `samples` of mono sound with a click at each of `starts` (sample, frame number).
pub fn draw(starts: &[(i64, u16)], samples: usize) -> Vec<f32> {
    let mut sound = vec![0.0; samples];
    let mut put = |at: i64, value: f32| {
        if let Some(s) = usize::try_from(at).ok().and_then(|i| sound.get_mut(i)) {
            *s = value;
        }
    };
    for &(start, frame) in starts {
        put(start, CLICK);
        for bit in 0..BITS {
            put(start + (BIT_SAMPLES * (bit + 1)) as i64, if frame >> bit & 1 == 1 { STEP } else { -STEP });
        }
    }
    sound
}

/// Returns the clicks whose numbers can be read, in order. Only for sound that was not resampled:
/// positions must be exact. A click cut off before its last bit is left out.
pub fn read(sound: &[f32]) -> Vec<Click> {
    let mut found = Vec::new();
    let mut i = 0;
    while i + BITS * BIT_SAMPLES < sound.len() {
        let height = sound[i];
        let bits: Vec<f32> = (1..=BITS).map(|b| sound[i + b * BIT_SAMPLES] / height).collect();
        let expected = STEP / CLICK;
        if height > 0.02 && bits.iter().all(|b| (b.abs() - expected).abs() < 0.2 * expected) {
            let frame = bits.iter().rev().fold(0u16, |n, b| n << 1 | u16::from(*b > 0.0));
            found.push(Click { sample: i as i64, frame, gain: height / CLICK });
            i += BITS * BIT_SAMPLES;
        }
        i += 1;
    }
    found
}

/// Sample indices of local maxima above `level`: the positions of clicks after resampling.
pub fn peaks(sound: &[f32], level: f32) -> Vec<i64> {
    let is_peak = |i: usize| {
        let near = &sound[i.saturating_sub(BIT_SAMPLES / 2)..(i + BIT_SAMPLES / 2).min(sound.len())];
        sound[i] > level && near.iter().all(|s| *s <= sound[i])
    };
    (0..sound.len()).filter(|&i| is_peak(i)).map(|i| i as i64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_survive_gain_and_16_bits() {
        let starts: Vec<(i64, u16)> = (0..50).map(|n| (n * 801, (n * 1311) as u16)).collect();
        let sound: Vec<f32> = draw(&starts, 41_000).iter().map(|s| (s * 0.5 * 32768.0).round() / 32768.0).collect();
        let clicks = read(&sound);
        assert_eq!(clicks.iter().map(|c| (c.sample, c.frame)).collect::<Vec<_>>(), starts);
        assert!(clicks.iter().all(|c| (c.gain - 0.5).abs() < 0.01));
        assert_eq!(peaks(&sound, 0.2), starts.iter().map(|s| s.0).collect::<Vec<_>>());
    }
}
