//! How channels get from a source to where they are mixed: through nested compositions, each of which
//! folds and pans them, with gain and fades at the end.
use crate::{
    AudioError, envelope,
    layout::{ChannelMatrix, Speaker, speakers},
    pan,
};
use cutroom_timeline::{Fade, Feed, FoldLevels, NestedAudio, Voice};

/// The way of a voice or of a bus.
pub(crate) struct Route<'a> {
    /// From the innermost composition's to that of the mix; never empty.
    stages: Vec<Stage<'a>>,
    gain: &'a [(i64, f32)],
    fades: &'a [Fade],
}

/// What one composition does to the channels of its input.
struct Stage<'a> {
    layout: Vec<Speaker>,
    /// From the channels of its input; identity for mono inputs, which are placed by pan.
    matrix: ChannelMatrix,
    mono: bool,
    pan: &'a [(i64, f32)],
}

/// The pan of one stage over consecutive samples.
enum Pan {
    Still(f64),
    Moving(Vec<f64>),
}

impl<'a> Stage<'a> {
    fn new(from: &[Speaker], layout: &[Speaker], fold: FoldLevels, pan: &'a [(i64, f32)]) -> Self {
        let mono = from.len() == 1;
        let one = &[Speaker::Center][..];
        let (inputs, outputs) = if mono { (one, one) } else { (from, layout) };
        Self { layout: layout.to_vec(), matrix: ChannelMatrix::folding(inputs, outputs, fold), mono, pan }
    }

    fn pan(&self, first: i64, samples: usize) -> Pan {
        if let [(_, pan)] = self.pan {
            return Pan::Still(f64::from(*pan));
        }
        let mut pans = vec![0f64; samples];
        envelope::fill(self.pan, first, &mut pans);
        Pan::Moving(pans)
    }

    fn factor(&self, pan: f64, speaker: Speaker) -> f64 {
        pan::factor(pan, self.mono, speaker, &self.layout)
    }

    /// The channels of the composition: the output of its matrix with pan applied.
    fn place(&self, audio: &[Vec<f32>], first: i64) -> Vec<Vec<f32>> {
        let pan = self.pan(first, audio[0].len());
        let channel = |(c, &speaker): (usize, &Speaker)| {
            let audio = &audio[if self.mono { 0 } else { c }];
            match &pan {
                Pan::Still(pan) => {
                    let factor = self.factor(*pan, speaker);
                    audio.iter().map(|x| (f64::from(*x) * factor) as f32).collect()
                }
                Pan::Moving(pans) => {
                    audio.iter().zip(pans).map(|(x, pan)| (f64::from(*x) * self.factor(*pan, speaker)) as f32).collect()
                }
            }
        };
        self.layout.iter().enumerate().map(channel).collect()
    }
}

impl<'a> Route<'a> {
    fn new(
        from: &[Speaker],
        nested: &'a [NestedAudio],
        (fold, pan): (FoldLevels, &'a [(i64, f32)]),
        to: &[Speaker],
        gain: &'a [(i64, f32)],
        fades: &'a [Fade],
    ) -> Result<Self, AudioError> {
        let mut stages = Vec::with_capacity(nested.len() + 1);
        let mut from = from.to_vec();
        for nested in nested {
            let layout = speakers(nested.channels)?;
            stages.push(Stage::new(&from, layout, nested.fold, &nested.pan));
            from = layout.to_vec();
        }
        stages.push(Stage::new(&from, to, fold, pan));
        Ok(Self { stages, gain, fades })
    }

    /// The way of a voice whose used channels are `from`.
    pub fn of_voice(voice: &'a Voice, from: &[Speaker], to: &[Speaker]) -> Result<Self, AudioError> {
        Self::new(from, &voice.nested, (voice.fold, &voice.pan), to, &voice.gain, &voice.fades)
    }

    /// The way of a bus whose channels are `from`.
    pub fn of_feed(feed: &'a Feed, from: &[Speaker], to: &[Speaker]) -> Result<Self, AudioError> {
        Self::new(from, &feed.nested, (feed.fold, &feed.pan), to, &feed.gain, &feed.fades)
    }

    /// Whether folding the input leaves fewer channels than `channels`.
    pub fn folds(&self, channels: usize) -> bool {
        self.stages[0].layout.len() < channels
    }

    /// Folds the input to the channels of the innermost composition; one channel for mono inputs.
    pub fn fold(&self, input: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
        self.stages[0].matrix.fold(input)
    }

    /// Adds samples from `first` on, which are folded, to `sum`, where they begin at index `at`.
    pub fn add(&self, folded: Vec<Vec<f32>>, first: i64, at: usize, sum: &mut [Vec<f64>]) {
        let mut audio = folded;
        let count = audio.first().map_or(0, Vec::len);
        for pair in self.stages.windows(2) {
            audio = pair[1].matrix.fold(pair[0].place(&audio, first));
        }
        let [.., root] = &self.stages[..] else { return };
        let mut gains = vec![0f64; count];
        envelope::fill(self.gain, first, &mut gains);
        for fade in self.fades {
            envelope::apply_fade(fade, first, &mut gains);
        }
        let pan = root.pan(first, count);
        for (c, (&speaker, sum)) in root.layout.iter().zip(sum).enumerate() {
            let sum = &mut sum[at..at + count];
            let audio = &audio[if root.mono { 0 } else { c }];
            match &pan {
                Pan::Still(pan) => {
                    let factor = root.factor(*pan, speaker);
                    for ((s, x), g) in sum.iter_mut().zip(audio).zip(&gains) {
                        *s += f64::from(*x) * (g * factor);
                    }
                }
                Pan::Moving(pans) => {
                    for (((s, x), g), pan) in sum.iter_mut().zip(audio).zip(&gains).zip(pans) {
                        *s += f64::from(*x) * (g * root.factor(*pan, speaker));
                    }
                }
            }
        }
    }
}
