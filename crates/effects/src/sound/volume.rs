//! Volume.
use super::{SoundBlock, SoundFamily, SoundProcessor, SoundSpec};
use crate::spec::{ParamSpec, Unit};

/// Multiplies all channels by `10^(gain / 20)`; −144 dB and below is silence.
pub static SPEC: SoundSpec = SoundSpec {
    params: &[ParamSpec::number("gain", "Gain", 0.0, -144.0, 60.0, Unit::Decibels)],
    neutral: |p| p.number(0) == 0.0,
    ..SoundSpec::new("audio-volume", "Volume", SoundFamily::Level, "Raises or lowers the level.", |_| Box::new(Volume))
};

struct Volume;

impl SoundProcessor for Volume {
    fn process(&mut self, block: SoundBlock<'_>) {
        let (from, to) = (factor(block.params.number(0)), factor(block.params.end(0)));
        for channel in block.channels {
            if from == to {
                channel.iter_mut().for_each(|x| *x *= from);
                continue;
            }
            let step = (to - from) / channel.len() as f32;
            channel.iter_mut().enumerate().for_each(|(i, x)| *x *= from + step * i as f32);
        }
    }
}

/// The linear factor of a level in decibels.
fn factor(db: f64) -> f32 {
    if db <= -144.0 { 0.0 } else { libm::exp10(db / 20.0) as f32 }
}
