//! Audio samples in memory.

/// Consecutive samples, one vector per channel. Samples are `f32` with full scale ±1.0; values may
/// exceed it until the last stage. Channels are in FFmpeg's native order for the layout (L, R, C,
/// LFE, …).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AudioBlock {
    /// Samples per second.
    pub rate_hz: u32,
    /// `channels[c][i]` is sample `i` of channel `c`; all channels have the same length.
    pub channels: Vec<Vec<f32>>,
}

impl AudioBlock {
    /// A block of silence.
    pub fn silent(rate_hz: u32, channels: usize, samples: usize) -> Self {
        Self { rate_hz, channels: vec![vec![0.0; samples]; channels] }
    }

    /// Number of samples per channel.
    pub fn len(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// Whether the block has no samples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
