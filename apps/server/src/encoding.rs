//! Pictures and sound as they are sent: JPEG, or H.264 while it plays; scopes as PNG; samples of 16 bits.
use crate::view::{Drawn, Heard};
use cutroom_api::{
    ApiError, FrameRate, LIVE_KEY, LiveCodec, LiveScope, PreviewEncoder, ScopeSamples, Size, encode_jpeg, encode_png,
    fold_to_stereo,
};
use std::{collections::BTreeSet, sync::Arc};

/// An encoded picture.
pub struct Encoded {
    pub codec: LiveCodec,
    /// Flags of how it is encoded.
    pub flags: u8,
    pub bytes: Vec<u8>,
}

/// A scope of a picture.
pub struct Scoped {
    pub scope: LiveScope,
    pub size: Size,
    pub bytes: Vec<u8>,
}

/// Encodes pictures of one view.
#[derive(Default)]
pub struct PictureEncoder {
    /// Whether the view decodes H.264, and it can be encoded here.
    pub has_h264: bool,
    /// With the generation and the size that it is for.
    running: Option<(PreviewEncoder, u32, Size)>,
}

impl PictureEncoder {
    /// The next picture needs no other one.
    pub fn begin_again(&mut self) {
        self.running = None;
    }

    /// Encodes a picture.
    ///
    /// # Errors
    /// Failures of the encoder.
    pub fn encode(&mut self, drawn: &Drawn) -> Result<Encoded, ApiError> {
        let size = drawn.picture.size;
        let fits = size.width.is_multiple_of(2) && size.height.is_multiple_of(2) && size.width >= 16 && size.height >= 16;
        let Some(fps) = drawn.plays.filter(|_| self.has_h264 && fits) else {
            return Ok(Encoded { codec: LiveCodec::Jpeg, flags: LIVE_KEY, bytes: encode_jpeg(&drawn.picture)? });
        };
        let same = self.running.as_ref().is_some_and(|(_, generation, of)| (*generation, *of) == (drawn.generation, size));
        if !same {
            // Slow motion has few pictures in a second.
            let rate = FrameRate::from_f64(fps.max(1.0)).ok_or_else(|| ApiError::new("usage.fps", format!("{fps} fps")))?;
            match PreviewEncoder::new(&drawn.picture, rate) {
                Ok(encoder) => self.running = Some((encoder, drawn.generation, size)),
                Err(e) => {
                    tracing::info!("previews are JPEG: {e}");
                    self.has_h264 = false;
                    return self.encode(drawn);
                }
            }
        }
        let Some((encoder, ..)) = &mut self.running else {
            return Err(ApiError::new("server.defect", "an encoder is missing"));
        };
        let (bytes, is_key) = encoder.encode(&drawn.picture).inspect_err(|_| self.running = None)?;
        Ok(Encoded { codec: LiveCodec::H264, flags: if is_key { LIVE_KEY } else { 0 }, bytes })
    }
}

/// Scopes of a picture.
pub fn scopes(drawn: &Arc<Drawn>, wanted: &BTreeSet<LiveScope>) -> Vec<Scoped> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let Some(samples) = ScopeSamples::of(&drawn.picture) else { return Vec::new() };
    let drawn = |scope: &LiveScope| {
        let picture = samples.draw((*scope).into())?;
        match encode_png(&picture) {
            Ok(bytes) => Some(Scoped { scope: *scope, size: picture.size, bytes }),
            Err(e) => {
                tracing::warn!("a scope cannot be encoded: {e}");
                None
            }
        }
    };
    wanted.iter().filter_map(drawn).collect()
}

/// A block of sound as samples of 16 bits of two channels, interleaved.
pub fn samples(heard: &Heard) -> Vec<u8> {
    let block = fold_to_stereo(&heard.block);
    let mut bytes = Vec::with_capacity(block.len() * 4);
    for i in 0..block.len() {
        for channel in &block.channels {
            bytes.extend(((channel[i].clamp(-1.0, 1.0) * 32_767.0).round() as i16).to_le_bytes());
        }
    }
    bytes
}
