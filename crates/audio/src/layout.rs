//! Channel layouts, and folding one into another.
//!
//! Coefficients are those of ITU-R BS.775-3 annex 4 (−3 dB for centre and surrounds), extended to
//! other layouts and scaled as in FFmpeg's libswresample for integer output (`rematrix_maxval=1`):
//! when the largest sum of a row exceeds 1, the whole matrix is divided by it, so that folding
//! cannot clip. LFE is dropped when the target has no LFE, unless a clip gives it a level. One
//! difference is deliberate: mono to stereo is 1, not −3 dB, because users of an editor expect a
//! mono clip at its own level in both speakers.
use crate::AudioError;
use Speaker::{BackCenter, BackLeft, BackRight, Center, Left, Lfe, Right, SideLeft, SideRight};
use cutroom_timeline::FoldLevels;
use cutroom_types::AudioBlock;
use std::f32::consts::FRAC_1_SQRT_2;

/// A loudspeaker position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Speaker {
    /// Front left.
    Left,
    /// Front right.
    Right,
    /// Front centre; also the only channel of mono.
    Center,
    /// Low-frequency effects.
    Lfe,
    /// Back left.
    BackLeft,
    /// Back right.
    BackRight,
    /// Back centre.
    BackCenter,
    /// Side left.
    SideLeft,
    /// Side right.
    SideRight,
}

impl Speaker {
    /// −1 for positions on the left, 1 for those on the right, 0 for those on the middle line.
    pub fn side(self) -> i32 {
        match self {
            Left | BackLeft | SideLeft => -1,
            Right | BackRight | SideRight => 1,
            Center | Lfe | BackCenter => 0,
        }
    }
}

/// Speakers of FFmpeg's default layout for a channel count, in native order: mono, stereo, 2.1,
/// 4.0, 5.0, 5.1, 6.1, 7.1.
///
/// # Errors
/// [`AudioError::Channels`] for 0 or more than 8.
pub fn speakers(channels: usize) -> Result<&'static [Speaker], AudioError> {
    Ok(match channels {
        1 => &[Center],
        2 => &[Left, Right],
        3 => &[Left, Right, Lfe],
        4 => &[Left, Right, Center, BackCenter],
        5 => &[Left, Right, Center, BackLeft, BackRight],
        6 => &[Left, Right, Center, Lfe, BackLeft, BackRight],
        7 => &[Left, Right, Center, Lfe, BackCenter, SideLeft, SideRight],
        8 => &[Left, Right, Center, Lfe, BackLeft, BackRight, SideLeft, SideRight],
        n => return Err(AudioError::Channels(n)),
    })
}

/// Speakers by their bit in FFmpeg's channel masks (`AV_CH_FRONT_LEFT` and others), in native
/// order.
const MASK_BITS: [(u32, Speaker); 9] =
    [(0, Left), (1, Right), (2, Center), (3, Lfe), (4, BackLeft), (5, BackRight), (8, BackCenter), (9, SideLeft), (10, SideRight)];

/// The speakers of a stream's 1 to 8 channels, in native order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChannelLayout {
    mask: u64,
}

impl ChannelLayout {
    /// FFmpeg's default layout for a channel count; see [`speakers`].
    ///
    /// # Errors
    /// [`AudioError::Channels`] for 0 or more than 8.
    pub fn usual(channels: usize) -> Result<Self, AudioError> {
        let has = |s: Speaker| speakers(channels).map(|all| all.contains(&s));
        let bit = |(bit, s)| has(s).map(|has| u64::from(has) << bit);
        Ok(Self { mask: MASK_BITS.into_iter().map(bit).sum::<Result<u64, _>>()? })
    }

    /// From FFmpeg's channel mask; `None` when it contains an unsupported speaker, no speaker or
    /// more than 8.
    pub fn from_mask(mask: u64) -> Option<Self> {
        let known = MASK_BITS.iter().fold(0, |all, (bit, _)| all | 1u64 << bit);
        ((1..=8).contains(&mask.count_ones()) && mask & !known == 0).then_some(Self { mask })
    }

    /// Number of channels.
    pub fn channels(self) -> usize {
        self.mask.count_ones() as usize
    }

    /// The speakers in native order.
    pub fn speakers(self) -> Vec<Speaker> {
        MASK_BITS.iter().filter(|(bit, _)| self.mask >> bit & 1 == 1).map(|(_, s)| *s).collect()
    }
}

/// Each output channel as a weighted sum of input channels.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelMatrix {
    /// `rows[output]`: pairs of input and factor, in ascending order of inputs, without factors of
    /// 0.
    rows: Vec<Vec<(usize, f32)>>,
}

impl ChannelMatrix {
    /// From `inputs` to `outputs` channels of the default layouts.
    ///
    /// # Errors
    /// [`AudioError::Channels`] for 0 or more than 8.
    pub fn new(inputs: usize, outputs: usize) -> Result<Self, AudioError> {
        Ok(Self::between(speakers(inputs)?, speakers(outputs)?))
    }

    /// From one set of speakers to another, scaled so that folding cannot clip.
    pub fn between(from: &[Speaker], to: &[Speaker]) -> Self {
        Self::folding(from, to, FoldLevels::default())
    }

    /// As [`Self::between`], with the levels of centre and low-frequency channel where `to` lacks
    /// them.
    pub fn folding(from: &[Speaker], to: &[Speaker], levels: FoldLevels) -> Self {
        let mut rows = vec![vec![0f64; from.len()]; to.len()];
        for (i, &speaker) in from.iter().enumerate() {
            for (target, factor) in route(speaker, from, to, levels) {
                if let Some(o) = to.iter().position(|&s| s == target) {
                    rows[o][i] += factor;
                }
            }
        }
        let loudest = rows.iter().map(|r| r.iter().sum::<f64>()).fold(0.0, f64::max);
        let divisor = loudest.max(1.0);
        let rows = rows
            .into_iter()
            .map(|r| r.into_iter().enumerate().filter(|(_, g)| *g != 0.0).map(|(i, g)| (i, (g / divisor) as f32)).collect())
            .collect();
        Self { rows }
    }

    /// Factor of an input channel in an output channel.
    pub fn factor(&self, output: usize, input: usize) -> f32 {
        self.rows.get(output).and_then(|r| r.iter().find(|(i, _)| *i == input)).map_or(0.0, |(_, g)| *g)
    }

    /// Computes the output channels of a block. A row of one input with factor 1 copies it bit for
    /// bit.
    pub(crate) fn apply(&self, input: &[Vec<f32>]) -> Vec<Vec<f32>> {
        let samples = input.first().map_or(0, Vec::len);
        let row = |terms: &Vec<(usize, f32)>| {
            let mut terms = terms.iter();
            let Some(&(first, gain)) = terms.next() else { return vec![0.0; samples] };
            let mut out: Vec<f32> = input[first].iter().map(|x| x * gain).collect();
            for &(i, gain) in terms {
                for (o, x) in out.iter_mut().zip(&input[i]) {
                    *o += x * gain;
                }
            }
            out
        };
        self.rows.iter().map(row).collect()
    }

    /// As [`Self::apply`]; what it does not change is not copied.
    pub(crate) fn fold(&self, input: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
        let copies = |(output, row): (usize, &Vec<(usize, f32)>)| row[..] == [(output, 1.0)];
        if self.rows.len() == input.len() && self.rows.iter().enumerate().all(copies) { input } else { self.apply(&input) }
    }
}

/// A block with two channels, for those who hear no more: more are folded as [`ChannelMatrix::new`]
/// does, one is heard on both sides.
pub fn fold_to_stereo(block: &AudioBlock) -> AudioBlock {
    match ChannelMatrix::new(block.channels.len(), 2) {
        Ok(matrix) => AudioBlock { rate_hz: block.rate_hz, channels: matrix.apply(&block.channels) },
        // No channels, or more than have places.
        Err(_) => AudioBlock::silent(block.rate_hz, 2, block.len()),
    }
}

/// The target speakers of a speaker, with their factors, when folding `from` to `to`: the same
/// speaker if `to` has it, otherwise its neighbours.
fn route(speaker: Speaker, from: &[Speaker], to: &[Speaker], levels: FoldLevels) -> Vec<(Speaker, f64)> {
    let (has, came_with) = (|s: Speaker| to.contains(&s), |s: Speaker| from.contains(&s));
    let half_power = f64::from(FRAC_1_SQRT_2);
    if has(speaker) {
        // A centre into which left and right are folded keeps its balance with them.
        let meets_folded_sides = speaker == Center && came_with(Left) && !has(Left);
        let center = levels.center.unwrap_or(half_power);
        return vec![(speaker, if meets_folded_sides { center * std::f64::consts::SQRT_2 } else { 1.0 })];
    }
    let pair = |l, r, g| vec![(l, g), (r, g)];
    match speaker {
        Center if came_with(Left) => pair(Left, Right, levels.center.unwrap_or(half_power)),
        Center => pair(Left, Right, 1.0),
        Left | Right => vec![(Center, half_power)],
        Lfe => match levels.lfe {
            None => Vec::new(),
            Some(level) if has(Left) => pair(Left, Right, level),
            Some(level) => vec![(Center, level)],
        },
        BackCenter if has(BackLeft) => pair(BackLeft, BackRight, half_power),
        BackCenter if has(SideLeft) => pair(SideLeft, SideRight, half_power),
        BackCenter if has(Left) => pair(Left, Right, 0.5),
        BackCenter => vec![(Center, 0.5)],
        BackLeft | BackRight | SideLeft | SideRight => {
            let left = speaker.side() < 0;
            let (other_left, other_right) =
                if matches!(speaker, BackLeft | BackRight) { (SideLeft, SideRight) } else { (BackLeft, BackRight) };
            let other = if left { other_left } else { other_right };
            // FFmpeg considers the back centre first for back channels, last for side channels.
            if has(other) && (matches!(speaker, SideLeft | SideRight) || !has(BackCenter)) {
                vec![(other, if came_with(other) { half_power } else { 1.0 })]
            } else if has(BackCenter) {
                vec![(BackCenter, half_power)]
            } else if has(Left) {
                vec![(if left { Left } else { Right }, half_power)]
            } else {
                vec![(Center, 0.5)]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ITU-R BS.775-3 annex 4, table 2: L' = L + 0.7071 C + 0.7071 Ls, divided by its sum.
    #[test]
    fn surround_folds_to_stereo_by_bs775() {
        let m = ChannelMatrix::new(6, 2).unwrap();
        let sum = 1.0 + 2.0 * FRAC_1_SQRT_2;
        for (i, want) in [1.0, 0.0, FRAC_1_SQRT_2, 0.0, FRAC_1_SQRT_2, 0.0].into_iter().enumerate() {
            assert!((m.factor(0, i) - want / sum).abs() < 1e-6, "input {i}: {}", m.factor(0, i));
        }
    }

    /// The same with levels of its own: L' = L + c C + w LFE + 0.7071 Ls; in mono, left and right
    /// at −3 dB meet a centre that keeps its balance with them.
    #[test]
    fn center_and_lfe_have_levels_of_their_own() {
        let (c, w, half) = (0.5, 0.25, FRAC_1_SQRT_2);
        let levels = FoldLevels { center: Some(0.5), lfe: Some(0.25) };
        let expect = |to: usize, row: usize, wanted: [f32; 6]| {
            let m = ChannelMatrix::folding(speakers(6).unwrap(), speakers(to).unwrap(), levels);
            let sum = wanted.iter().sum::<f32>().max(1.0);
            for (i, want) in wanted.into_iter().enumerate() {
                assert!((m.factor(row, i) - want / sum).abs() < 1e-6, "to {to}, input {i}: {}", m.factor(row, i));
            }
        };
        expect(2, 0, [1.0, 0.0, c, w, half, 0.0]);
        expect(2, 1, [0.0, 1.0, c, w, 0.0, half]);
        expect(1, 0, [half, half, c * std::f32::consts::SQRT_2, w, 0.5, 0.5]);
        let silent = FoldLevels { center: Some(0.0), lfe: Some(0.0) };
        let m = ChannelMatrix::folding(speakers(6).unwrap(), speakers(2).unwrap(), silent);
        assert_eq!((m.factor(0, 2), m.factor(0, 3)), (0.0, 0.0));
        // Where the target has them they are copied.
        let m = ChannelMatrix::folding(speakers(6).unwrap(), speakers(8).unwrap(), levels);
        assert_eq!((m.factor(2, 2), m.factor(3, 3)), (1.0, 1.0));
    }

    #[test]
    fn same_layout_is_identity_and_no_row_can_clip() {
        for i in 1..=8 {
            for o in 1..=8 {
                let m = ChannelMatrix::new(i, o).unwrap();
                for row in &m.rows {
                    assert!(row.iter().map(|(_, g)| g).sum::<f32>() <= 1.0 + 1e-6, "{i} to {o}");
                }
                if i == o {
                    assert!((0..i).all(|c| m.rows[c] == [(c, 1.0)]));
                }
            }
        }
        assert_eq!(ChannelMatrix::new(0, 2).unwrap_err().code(), "audio.channels.unsupported");
        assert_eq!(ChannelMatrix::new(2, 9).unwrap_err().code(), "audio.channels.unsupported");
    }
}
