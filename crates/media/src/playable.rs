//! Checks whether a stream can be read, from the index and before any work starts.
use crate::{
    MediaIndex, ReadOptions, VideoInfo, VideoReader, decoder::Output, error::MediaError, input::AvPacket, pixel::check_size,
    stream::open_stream,
};
use cutroom_types::Deinterlace;
use std::{path::Path, sync::Arc};

/// Sound that lasts longer than its packets by this factor has wrong time stamps. Streams that
/// leave out silence have some twenty times fewer packets than others.
const IMPLAUSIBLE: f64 = 100.0;
/// What is wrong with a stream without a codec, such as an MP4 without sample description.
const UNDESCRIBED: &str = "the file does not say how it is coded";
/// Packets of sound that are decoded for a trial.
const TRIED_PACKETS: usize = 8;

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
            count: self.info.video.len() + self.info.attached_pictures.len(),
        })?;
        if v.codec == "none" {
            return Err(MediaError::NothingDecoded {
                path: path(),
                kind: "video",
                index: video_stream,
                reason: UNDESCRIBED.into(),
            });
        }
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
        if a.codec == "none" {
            return Err(MediaError::NothingDecoded {
                path: path(),
                kind: "audio",
                index: audio_stream,
                reason: UNDESCRIBED.into(),
            });
        }
        if !a.has_decoder {
            return Err(MediaError::NoDecoder { path: path(), codec: a.codec.clone() });
        }
        if self.sound_packets.get(audio_stream).is_none_or(|packets| *packets == 0) {
            let reason = "it holds no samples".into();
            return Err(MediaError::NothingDecoded { path: path(), kind: "audio", index: audio_stream, reason });
        }
        if a.rate_hz == 0 || a.channels == 0 {
            let what = format!("sound of {} channels at {} Hz", a.channels, a.rate_hz);
            return Err(MediaError::Unsupported { path: path(), what });
        }
        Ok(())
    }

    /// As [`Self::check_picture`], and decodes the first frame.
    ///
    /// # Errors
    /// As [`Self::check_picture`], and when nothing can be decoded.
    pub fn try_picture(self: &Arc<Self>, video_stream: usize) -> Result<(), MediaError> {
        let decode = || {
            let options = ReadOptions { threads: 1, deinterlace: Deinterlace::Off, ..ReadOptions::default() };
            let mut reader = VideoReader::open_indexed(Arc::clone(self), video_stream, options)?;
            reader.frame(0)?;
            // The rest of a row is decoded when it is shown.
            if self.row.is_some() { reader.frame(usize::MAX).map(drop) } else { Ok(()) }
        };
        match self.video_info(video_stream) {
            // FFmpeg found no picture: the decoder says why.
            Some(v) if v.has_decoder && (v.size.width == 0 || v.size.height == 0) => decode(),
            _ => self.check_picture(video_stream).and_then(|()| decode()),
        }
    }

    /// As [`Self::check_audio`], decodes the first packets, and checks that the length that the time
    /// stamps claim is possible.
    ///
    /// # Errors
    /// As [`Self::check_audio`], when nothing can be decoded, and when the time stamps claim more
    /// than [`IMPLAUSIBLE`] times what the packets hold.
    pub fn try_audio(&self, audio_stream: usize) -> Result<(), MediaError> {
        self.check_audio(audio_stream)?;
        let (path, tables) = (self.info.path.clone(), self.tables()?);
        let audio = &tables.audio[audio_stream];
        let (packets, samples, reason) = first_samples(&path, audio.stream)?;
        let defect = |reason| Err(MediaError::NothingDecoded { path: path.clone(), kind: "audio", index: audio_stream, reason });
        if samples == 0 {
            return defect(reason.unwrap_or_else(|| "the decoder gave no samples".into()));
        }
        let rate = f64::from(audio.rate_hz);
        let held = samples as f64 / packets as f64 * audio.packets.len() as f64 / rate;
        let claimed = (audio.audible_end - audio.audible_start) as f64 / rate;
        if claimed > IMPLAUSIBLE * held + 1.0 {
            let packets = audio.packets.len();
            return defect(format!(
                "its time stamps claim {claimed:.3} s, but its {packets} packets hold only {held:.3} s of sound"
            ));
        }
        Ok(())
    }

    /// The description of a video stream; attached pictures count after the others.
    fn video_info(&self, stream: usize) -> Option<&VideoInfo> {
        let info = &self.info;
        info.video.get(stream).or_else(|| info.attached_pictures.get(stream.checked_sub(info.video.len())?))
    }
}

/// Decodes the first packets of an audio stream: number of packets, of samples per channel, and the
/// decoder's first message.
fn first_samples(path: &Path, stream: usize) -> Result<(usize, i64, Option<String>), MediaError> {
    let (mut input, mut decoder) = open_stream(path, stream, 1)?;
    let (mut packet, mut problem, mut sent, mut samples) = (AvPacket::new(), None, 0, 0);
    loop {
        match decoder.receive() {
            Output::AvFrame(f) => samples += i64::from(f.get().nb_samples),
            Output::End => return Ok((sent.max(1), samples, decoder.report().messages.first().cloned())),
            Output::WantsPacket => loop {
                if (sent >= TRIED_PACKETS && samples > 0) || !input.read(&mut packet, &mut problem)? {
                    decoder.send(None);
                    break;
                }
                if packet.get().stream_index as usize == stream {
                    decoder.send(Some((&mut packet, sent as i64)));
                    sent += 1;
                    break;
                }
            },
        }
    }
}
