//! Sound in memory.

/// A run of samples, one vector per channel, `f32`, full scale ±1.0, values may exceed it until the
/// last stage. Channel order is FFmpeg's native order for the layout (L, R, C, LFE, …).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AudioBlock {
    /// Samples per second.
    pub rate_hz: u32,
    /// `channels[c][i]`: sample `i` of channel `c`; all of one length.
    pub channels: Vec<Vec<f32>>,
}

impl AudioBlock {
    /// Silence.
    pub fn silent(rate_hz: u32, channels: usize, samples: usize) -> Self {
        Self { rate_hz, channels: vec![vec![0.0; samples]; channels] }
    }

    /// Samples per channel.
    pub fn len(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// No samples at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
