//! Checks whether a stream can be read, from the index and before any work starts.
use crate::{MediaIndex, ReadOptions, VideoInfo, VideoReader, error::MediaError, input::check_size};
use std::sync::Arc;

impl MediaIndex {
    /// Checks that a video stream (attached pictures count after the others) can be read: it has
    /// frames, a decoder, and a size and pixel format that are supported. Decodes one frame only if
    /// FFmpeg could not determine the format.
    ///
    /// # Errors
    /// Why it cannot be read. A stream that the file lacks is [`MediaError::NoStream`].
    pub fn check_picture(self: &Arc<Self>, video_stream: usize) -> Result<(), MediaError> {
        let (info, path) = (&self.info, || self.info.path.clone());
        let v = self.video_info(video_stream).ok_or_else(|| MediaError::NoStream {
            path: path(),
            kind: "video",
            index: video_stream,
            count: self.video.len(),
        })?;
        if !v.has_decoder {
            return Err(MediaError::NoDecoder { path: path(), codec: v.codec.clone() });
        }
        if v.frames == 0 {
            let reason = "it holds no frames".into();
            return Err(MediaError::NothingDecoded { path: path(), kind: "video", index: video_stream, reason });
        }
        let side = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
        check_size(&info.path, side(v.size.width), side(v.size.height))?;
        match v.format {
            Some(_) => Ok(()),
            None if v.pixel_format.is_empty() => {
                let options = ReadOptions { threads: 1, ..ReadOptions::default() };
                VideoReader::open_indexed(Arc::clone(self), video_stream, options)?.frame(0).map(drop)
            }
            None => Err(MediaError::Unsupported { path: path(), what: format!("the pixel format {}", v.pixel_format) }),
        }
    }

    /// Checks that an audio stream can be read: it has samples, a decoder, a rate and channels.
    ///
    /// # Errors
    /// As [`Self::check_picture`].
    pub fn check_audio(&self, audio_stream: usize) -> Result<(), MediaError> {
        let path = || self.info.path.clone();
        let a = self.info.audio.get(audio_stream).ok_or_else(|| MediaError::NoStream {
            path: path(),
            kind: "audio",
            index: audio_stream,
            count: self.info.audio.len(),
        })?;
        if !a.has_decoder {
            return Err(MediaError::NoDecoder { path: path(), codec: a.codec.clone() });
        }
        if self.audio[audio_stream].packets.is_empty() {
            let reason = "it holds no samples".into();
            return Err(MediaError::NothingDecoded { path: path(), kind: "audio", index: audio_stream, reason });
        }
        if a.rate_hz == 0 || a.channels == 0 {
            let what = format!("sound of {} channels at {} Hz", a.channels, a.rate_hz);
            return Err(MediaError::Unsupported { path: path(), what });
        }
        Ok(())
    }

    /// The description of a video stream; attached pictures count after the others.
    fn video_info(&self, stream: usize) -> Option<&VideoInfo> {
        let info = &self.info;
        info.video.get(stream).or_else(|| info.attached_pictures.get(stream.checked_sub(info.video.len())?))
    }
}
