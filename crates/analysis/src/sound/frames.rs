//! Cuts a stream of samples into overlapping frames.

/// Frame `k` has `length` samples and is centred on sample `round_down(k · rate / frames_per_sec)`;
/// before the first and after the last sample there is silence. The distance between frames need
/// not be a whole number of samples.
pub(crate) struct Frames {
    length: usize,
    rate_hz: u32,
    frames_per_sec: u32,
    /// Samples from number `first` on, counted so that sample 0 of the stream is `length / 2`.
    buffer: Vec<f32>,
    first: u64,
    next_frame: u64,
}

impl Frames {
    pub fn new(length: usize, rate_hz: u32, frames_per_sec: u32) -> Self {
        let length = length.max(2);
        let (rate_hz, frames_per_sec) = (rate_hz.max(1), frames_per_sec.max(1));
        Self { length, rate_hz, frames_per_sec, buffer: vec![0.0; length / 2], first: 0, next_frame: 0 }
    }

    /// Samples before the middle of frame `k`.
    fn center(&self, k: u64) -> u64 {
        k * u64::from(self.rate_hz) / u64::from(self.frames_per_sec)
    }

    /// Calls `each` with the number and the samples of each frame that is complete.
    pub fn add(&mut self, samples: &[f32], mut each: impl FnMut(u64, &[f32])) {
        self.buffer.extend_from_slice(samples);
        loop {
            let start = (self.center(self.next_frame) - self.first) as usize;
            let Some(frame) = self.buffer.get(start..start + self.length) else { break };
            each(self.next_frame, frame);
            self.next_frame += 1;
        }
        let done = ((self.center(self.next_frame) - self.first) as usize).min(self.buffer.len());
        self.buffer.drain(..done);
        self.first += done as u64;
    }

    /// Calls `each` for the frames that are centred on a sample of the stream and reach past its
    /// end.
    pub fn finish(&mut self, each: impl FnMut(u64, &[f32])) {
        let rest = vec![0.0; self.length - self.length / 2 - 1];
        self.add(&rest, each);
    }
}
