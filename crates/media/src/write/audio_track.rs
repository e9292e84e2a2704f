//! Pushed blocks of any length → the encoder's frames in its sample format.
//!
//! Integers are rounded to nearest and saturate, never wrap; NaN becomes 0. Floats are passed
//! unchanged, including values outside ±1, where the stored format is float (PCM 32, AAC, Opus).
use crate::MediaError;
use crate::write::encoder::{AvPacket, Encoder};
use crate::write::frame::AvFrame;
use crate::write::validate::CheckedAudio;
use cutroom_types::AudioBlock;
use ffmpeg_next::ffi::{self, AVSampleFormat};

/// Samples per packet where the encoder accepts any number (PCM).
const FREE_FRAME_SAMPLES: usize = 1024;

/// An audio encoder with the samples that wait for it.
pub(crate) struct AudioTrack {
    pub encoder: Encoder,
    rate_hz: u32,
    sample_format: AVSampleFormat,
    dither: Option<Dither>,
    /// Samples not yet encoded, per channel.
    pending: Vec<Vec<f32>>,
    frame_samples: usize,
    is_lossy: bool,
    /// Samples per channel sent to the encoder.
    sent: u64,
    /// Samples per channel pushed.
    pub pushed: u64,
}

impl AudioTrack {
    pub fn open(a: &CheckedAudio, global_header: bool) -> Result<Self, MediaError> {
        let encoder = Encoder::open_audio(a, global_header)?;
        let frame_samples = match encoder.frame_samples() {
            0 => FREE_FRAME_SAMPLES,
            n => n,
        };
        Ok(Self {
            encoder,
            rate_hz: a.settings.rate_hz,
            sample_format: a.form.sample_format,
            dither: a.settings.dither.then(Dither::default),
            pending: vec![Vec::new(); a.settings.channels as usize],
            frame_samples,
            is_lossy: a.form.bits == 0,
            sent: 0,
            pushed: 0,
        })
    }

    /// Adds a block; every packet that is completed goes to `sink`.
    pub fn push(&mut self, block: &AudioBlock, mut sink: impl FnMut(AvPacket) -> Result<(), MediaError>) -> Result<(), MediaError> {
        let mismatch = |reason: String| MediaError::Mismatch { what: "sound block".into(), reason };
        if block.rate_hz != self.rate_hz {
            return Err(mismatch(format!("{} Hz instead of {} Hz", block.rate_hz, self.rate_hz)));
        }
        if block.channels.len() != self.pending.len() {
            return Err(mismatch(format!("{} channels instead of {}", block.channels.len(), self.pending.len())));
        }
        let len = block.len();
        if block.channels.iter().any(|c| c.len() != len) {
            return Err(mismatch("its channels differ in length".into()));
        }
        // In steps, so that a block of any length needs one frame of extra memory.
        let mut taken = 0;
        while taken < len {
            let step = (self.frame_samples - self.pending[0].len()).min(len - taken);
            for (pending, channel) in self.pending.iter_mut().zip(&block.channels) {
                pending.extend_from_slice(&channel[taken..taken + step]);
            }
            taken += step;
            if self.pending[0].len() == self.frame_samples {
                self.send_pending(&mut sink)?;
            }
        }
        self.pushed += len as u64;
        Ok(())
    }

    /// Encodes the remaining samples and drains the encoder.
    pub fn finish(&mut self, mut sink: impl FnMut(AvPacket) -> Result<(), MediaError>) -> Result<(), MediaError> {
        if !self.pending[0].is_empty() {
            self.send_pending(&mut sink)?;
        }
        self.encoder.send(None)?;
        self.drain(&mut sink)
    }

    fn drain(&mut self, sink: &mut impl FnMut(AvPacket) -> Result<(), MediaError>) -> Result<(), MediaError> {
        while let Some(packet) = self.encoder.receive()? {
            // Lossy codecs pad their last frame; a container that can declare the padding does.
            packet.mark_padding(if self.is_lossy { self.frame_samples } else { 0 });
            sink(packet)?;
        }
        Ok(())
    }

    fn send_pending(&mut self, sink: &mut impl FnMut(AvPacket) -> Result<(), MediaError>) -> Result<(), MediaError> {
        let samples = self.pending[0].len();
        let mut frame = AvFrame::empty()?;
        // SAFETY: the frame is valid and ours, the encoder's context is open; `av_frame_get_buffer`
        // allocates for the format and sizes set before.
        let allocated = unsafe {
            let f = frame.as_mut_ptr();
            (*f).nb_samples = samples as i32;
            (*f).format = self.sample_format as i32;
            (*f).sample_rate = self.rate_hz as i32;
            (*f).pts = self.sent as i64;
            ffi::av_channel_layout_copy(&mut (*f).ch_layout, &(*self.encoder.context()).ch_layout) >= 0
                && ffi::av_frame_get_buffer(f, 0) >= 0
        };
        if !allocated {
            return Err(MediaError::Internal { operation: "allocating a sound frame", reason: "out of memory".into() });
        }
        self.fill(&mut frame, samples)?;
        self.sent += samples as u64;
        self.pending.iter_mut().for_each(Vec::clear);
        self.encoder.send(Some(&frame))?;
        self.drain(sink)
    }

    fn fill(&mut self, frame: &mut AvFrame, samples: usize) -> Result<(), MediaError> {
        let channels = self.pending.len();
        let f = frame.as_mut_ptr();
        match self.sample_format {
            AVSampleFormat::AV_SAMPLE_FMT_FLTP => {
                for (c, channel) in self.pending.iter().enumerate() {
                    // SAFETY: a planar float frame has one plane of `samples` floats per channel in
                    // `extended_data`.
                    let to = unsafe { std::slice::from_raw_parts_mut((*(*f).extended_data.add(c)).cast::<f32>(), samples) };
                    to.copy_from_slice(channel);
                }
            }
            AVSampleFormat::AV_SAMPLE_FMT_FLT => {
                // SAFETY: an interleaved frame has one plane of `samples × channels` values; this
                // also holds in the two arms below.
                let to = unsafe { std::slice::from_raw_parts_mut((*f).data[0].cast::<f32>(), samples * channels) };
                interleave(&self.pending, to, |x| x);
            }
            AVSampleFormat::AV_SAMPLE_FMT_S16 => {
                // SAFETY: as above.
                let to = unsafe { std::slice::from_raw_parts_mut((*f).data[0].cast::<i16>(), samples * channels) };
                match &mut self.dither {
                    None => interleave(&self.pending, to, |x| to_i16(x, 0.0)),
                    Some(dither) => interleave(&self.pending, to, |x| to_i16(x, dither.next())),
                }
            }
            AVSampleFormat::AV_SAMPLE_FMT_S32 => {
                // SAFETY: as above.
                let to = unsafe { std::slice::from_raw_parts_mut((*f).data[0].cast::<i32>(), samples * channels) };
                interleave(&self.pending, to, to_i24_high);
            }
            other => {
                return Err(MediaError::Internal {
                    operation: "converting sound",
                    reason: format!("{other:?} is not a listed format"),
                });
            }
        }
        Ok(())
    }
}

fn interleave<T>(channels: &[Vec<f32>], to: &mut [T], mut convert: impl FnMut(f32) -> T) {
    for (i, group) in to.chunks_exact_mut(channels.len()).enumerate() {
        for (to, channel) in group.iter_mut().zip(channels) {
            *to = convert(channel[i]);
        }
    }
}

/// Converts to 16 bits; `noise` is in steps of 1/32768.
fn to_i16(x: f32, noise: f32) -> i16 {
    // `as` saturates and turns NaN into 0.
    (x * 32768.0 + noise).round_ties_even() as i16
}

/// Converts to 24 bits in the upper part of 32, as FFmpeg's 24-bit encoders require.
fn to_i24_high(x: f32) -> i32 {
    let steps = (f64::from(x) * 8_388_608.0).round_ties_even() as i32;
    steps.clamp(-8_388_608, 8_388_607) << 8
}

/// Triangular noise of ±1 step from a generator with a fixed seed (xorshift64*, Vigna 2014), so
/// that every run is the same.
struct Dither(u64);

impl Default for Dither {
    fn default() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }
}

impl Dither {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let r = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d);
        // Two independent uniform values of 24 bits; their difference has a triangular
        // distribution.
        let (a, b) = ((r >> 40) as f32, (r >> 16 & 0xff_ffff) as f32);
        (a - b) / 16_777_216.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_round_and_saturate() {
        for (x, want) in
            [(0.0, 0), (1.0, 32767), (-1.0, -32768), (9.0, 32767), (-9.0, -32768), (f32::NAN, 0), (0.5, 16384), (1.6 / 32768.0, 2)]
        {
            assert_eq!(to_i16(x, 0.0), want, "{x}");
        }
        assert_eq!(to_i24_high(1.0), 8_388_607 << 8);
        assert_eq!(to_i24_high(-2.0), -8_388_608 << 8);
        assert_eq!(to_i24_high(f32::NAN), 0);
    }

    /// Triangular on ±1: mean 0, variance 1/6.
    #[test]
    fn dither_is_triangular() {
        let mut d = Dither::default();
        let n = 100_000;
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..n {
            let x = f64::from(d.next());
            assert!(x.abs() < 1.0);
            sum += x;
            squares += x * x;
        }
        assert!((sum / f64::from(n)).abs() < 0.005);
        assert!((squares / f64::from(n) - 1.0 / 6.0).abs() < 0.003);
    }
}
