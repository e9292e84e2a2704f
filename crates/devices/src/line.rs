//! An opened output as the feeder sees it: the producer's end of the ring, behind channel mapping
//! and resampling.
use crate::{
    DeviceError, Faults, Format, OpenStream, OutputBackend, OutputCallback,
    backend::Watch,
    map_channels, now_secs,
    output::{NO_END, OutputShared},
    resample::Resampler,
};
use std::sync::{
    Arc,
    atomic::Ordering::{Acquire, Relaxed, Release},
};

/// Samples the resampler takes at a time.
const RESAMPLER_CHUNK: usize = 128;
/// An opened output.
pub(crate) struct Line {
    pub shared: Arc<OutputShared>,
    pub faults: Arc<Faults>,
    pub format: Format,
    ring: rtrb::Producer<f32>,
    /// Frames put into the ring.
    pub written: u64,
    resampler: Option<Resampler>,
    /// Frame at which the resampler started.
    base: u64,
    /// Frames to be held in the ring.
    lead: u64,
    composition_hz: u32,
    interleaved: Vec<f32>,
    opened_secs: f64,
    watch: Watch,
    stream: Option<OpenStream>,
}

impl Line {
    /// Opens the output as near to `wanted` as it can, with `lead_secs` of sound between the feeder
    /// and it.
    pub fn open(backend: &mut dyn OutputBackend, wanted: Format, lead_secs: f64, volume: f32) -> Result<Self, DeviceError> {
        let format = backend.format(wanted)?.usable(&backend.name())?;
        let rate = f64::from(format.rate_hz);
        let lead = ((lead_secs * rate) as usize).max(3 * format.block_frames);
        let resampler = if format.rate_hz == wanted.rate_hz {
            None
        } else {
            Some(Resampler::new(wanted.rate_hz, format.rate_hz, format.channels, RESAMPLER_CHUNK)?)
        };
        // What is over the lead takes the last block of the feeder and the old sound during a
        // seek's ramp.
        let (ring, consumer) = rtrb::RingBuffer::new((2 * lead + format.rate_hz as usize / 5) * format.channels);
        let shared = Arc::new(OutputShared::new(format.rate_hz, volume));
        let faults = Arc::new(Faults::default());
        let prefill = (lead / 4).max(format.block_frames).min(lead);
        let callback = OutputCallback::new(consumer, shared.clone(), format.channels, prefill);
        let stream = backend.open(format, callback, faults.clone())?;
        Ok(Self {
            shared,
            faults,
            format,
            ring,
            written: 0,
            resampler,
            base: 0,
            lead: lead as u64,
            composition_hz: wanted.rate_hz,
            interleaved: Vec::new(),
            opened_secs: now_secs(),
            watch: Watch::new(),
            stream: Some(stream),
        })
    }

    /// Lets go of the device, so that it can be opened again.
    pub fn close(&mut self) {
        self.stream = None;
    }

    /// Whether `samples` of the composition are wanted and have room.
    pub fn wants(&self, samples: usize) -> bool {
        let frames = self.resampler.as_ref().map_or(samples, |r| r.max_output(samples));
        self.held() < self.lead && self.ring.slots() / self.format.channels >= frames
    }

    /// Frames between the feeder and the callback, without those to be thrown away.
    pub fn held(&self) -> u64 {
        let from = self.shared.consumed.load(Acquire).max(self.shared.discard_before.load(Relaxed));
        self.written.saturating_sub(from)
    }

    /// Where the next sample of the composition will be.
    pub fn here(&self) -> f64 {
        self.resampler.as_ref().map_or(self.written as f64, |r| self.base as f64 + r.position())
    }

    /// Frames of the device per sample of the composition.
    pub fn frames_per_sample(&self) -> f64 {
        f64::from(self.format.rate_hz) / f64::from(self.composition_hz)
    }

    /// Puts a planar block of the composition into the ring.
    pub fn push(&mut self, block: &[Vec<f32>]) {
        let mut interleaved = std::mem::take(&mut self.interleaved);
        map_channels(block, self.format.channels, &mut interleaved);
        // A device would turn what is no number into a bang.
        interleaved.iter_mut().filter(|s| !s.is_finite()).for_each(|s| *s = 0.0);
        if let Some(resampler) = &mut self.resampler {
            let channels = self.format.channels;
            let planar: Vec<Vec<f32>> =
                (0..channels).map(|c| interleaved.iter().skip(c).step_by(channels).copied().collect()).collect();
            let mut out = vec![Vec::new(); channels];
            resampler.process(&planar, &mut out);
            self.put(&out);
        } else {
            self.put_interleaved(&interleaved);
        }
        self.interleaved = interleaved;
    }

    /// No more sound comes: gives what the resampler holds and tells the callback where the end is.
    pub fn end(&mut self) {
        if let Some(resampler) = &mut self.resampler {
            let mut out = vec![Vec::new(); self.format.channels];
            resampler.finish(&mut out);
            self.put(&out);
            self.base = self.written;
        }
        self.shared.end_at.store(self.written, Release);
    }

    /// Throws away what is in the ring and starts anew, at the frame that [`here`](Self::here)
    /// gives then.
    pub fn restart(&mut self) {
        if let Some(resampler) = &mut self.resampler {
            resampler.reset();
        }
        self.base = self.written;
        self.shared.end_at.store(NO_END, Release);
    }

    /// Makes the callback jump to the frame at which the line was restarted.
    pub fn discard(&self) {
        self.shared.discard_before.store(self.base, Release);
    }

    /// Whether the callback has played up to the end.
    pub fn is_at_end(&self) -> bool {
        self.shared.consumed.load(Acquire) >= self.shared.end_at.load(Acquire)
    }

    /// Why the device counts as failed, if it does, though no driver tells of it.
    pub fn failure(&mut self) -> Option<String> {
        self.watch.failure(self.shared.device_frames.load(Relaxed), &self.faults)
    }

    /// Whether the device takes sound as fast as it gets it.
    pub fn has_no_clock(&self) -> bool {
        let expected = (now_secs() - self.opened_secs) * f64::from(self.format.rate_hz);
        // A driver may fill a buffer of its own of some seconds at the start.
        self.shared.device_frames.load(Relaxed) as f64 > 3.0 * expected + 4.0 * f64::from(self.format.rate_hz)
    }

    fn put(&mut self, planar: &[Vec<f32>]) {
        let mut interleaved = Vec::new();
        map_channels(planar, self.format.channels, &mut interleaved);
        self.put_interleaved(&interleaved);
    }

    fn put_interleaved(&mut self, interleaved: &[f32]) {
        // There is room: the feeder asks `wants` before, or throws away what is in the ring.
        let room = self.ring.slots() / self.format.channels * self.format.channels;
        let kept = interleaved.get(..interleaved.len().min(room)).unwrap_or_default();
        if self.ring.push_entire_slice(kept).is_ok() {
            self.written += (kept.len() / self.format.channels) as u64;
        }
    }
}
