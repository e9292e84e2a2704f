//! Collects samples to frames with surroundings, for effects that mend samples in place.
use super::{BLOCK_SAMPLES, Channel};

/// Frames of one channel: each is `hop` samples with `margin` samples on both sides, and begins at
/// a multiple of the hop from the start of the composition.
pub(super) struct Frames {
    hop: usize,
    margin: usize,
    /// The last `hop + 2 margin` samples as they came, oldest first, as far as they are there.
    input: Vec<f64>,
    /// The mended hop that is being output.
    output: Vec<f32>,
}

impl Frames {
    /// Hop and margin are multiples of [`BLOCK_SAMPLES`].
    pub fn new(hop: usize, margin: usize) -> Self {
        debug_assert!(hop.is_multiple_of(BLOCK_SAMPLES) && margin.is_multiple_of(BLOCK_SAMPLES));
        Self { hop, margin, input: vec![0.0; hop + 2 * margin], output: vec![0.0; hop] }
    }

    /// By how many samples the output is late: the frame ends `margin` samples after its hop, and
    /// the block in which it ends is already output.
    pub fn latency(hop: usize, margin: usize) -> usize {
        hop + margin - BLOCK_SAMPLES
    }

    /// Takes a block, and returns one in its place. When a frame is complete, `mend` gets its
    /// samples; of what it leaves, the hop in the middle is used.
    pub fn process(&mut self, position: i64, channel: &mut Channel, mend: impl FnOnce(&[f64], &mut [f32])) {
        let len = self.input.len();
        self.input.copy_within(BLOCK_SAMPLES.., 0);
        self.input[len - BLOCK_SAMPLES..].iter_mut().zip(&*channel).for_each(|(a, b)| *a = f64::from(*b));
        // The hop ends `margin` samples before the end of this block.
        let end = position + BLOCK_SAMPLES as i64 - self.margin as i64;
        let into = end.rem_euclid(self.hop as i64) as usize;
        if into == 0 {
            let hop = &self.input[self.margin..self.margin + self.hop];
            self.output.iter_mut().zip(hop).for_each(|(o, x)| *o = *x as f32);
            mend(&self.input, &mut self.output);
        }
        channel.copy_from_slice(&self.output[into..into + BLOCK_SAMPLES]);
    }
}
