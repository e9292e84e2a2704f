//! H.264 for previews: each picture becomes an access unit at once.
use crate::MediaError;
use crate::write::encoder::AvPacket;
use crate::write::settings::{Rate, VideoSettings};
use crate::write::writer::PictureTrack;
use cutroom_types::{FrameRate, Picture};

/// Most bits per pixel of a picture, over a second.
const BITS_PER_PIXEL: f64 = 0.25;
/// Quality on x264's scale.
const CRF: f32 = 24.0;
/// Seconds between pictures that need no other one.
const KEY_SECS: f64 = 2.0;

/// Encodes pictures of one size as H.264 without delay: constrained to what every decoder knows
/// (Baseline), no picture refers to a later one, Annex B form with parameter sets in the stream.
pub struct PreviewEncoder {
    track: PictureTrack,
    key_frames: u32,
    pushed: u32,
}

impl PreviewEncoder {
    /// An encoder for pictures like this one, of which so many come in a second. The first one that it
    /// encodes needs no other one.
    ///
    /// # Errors
    /// [`MediaError::Missing`] where FFmpeg has no x264, [`MediaError::Settings`] for another format than
    /// 8-bit 4:2:0 or odd sides.
    pub fn new(like: &Picture, frame_rate: FrameRate) -> Result<Self, MediaError> {
        crate::init();
        let mut settings = VideoSettings { codec: "h264".into(), ..VideoSettings::new("h264", like.size, frame_rate)? };
        let pixels = f64::from(like.size.width) * f64::from(like.size.height);
        let kbps = (pixels * frame_rate.as_f64() * BITS_PER_PIXEL / 1000.0).max(100.0).round();
        let key_frames = (frame_rate.as_f64() * KEY_SECS).round().max(1.0) as u32;
        settings.format = like.format;
        settings.color = like.color;
        settings.sample_aspect = like.sample_aspect;
        settings.rate = Rate::Crf(CRF);
        settings.preset = Some("ultrafast".into());
        settings.profile = Some("baseline".into());
        settings.gop_frames = Some(key_frames);
        settings.threads = 1;
        let option = |name: &str, value: String| (name.to_owned(), value);
        settings.extra = vec![
            option("tune", "zerolatency".into()),
            option("maxrate", format!("{kbps}k")),
            option("bufsize", format!("{kbps}k")),
            // Keys come where they are expected.
            option("sc_threshold", "0".into()),
        ];
        Ok(Self { track: PictureTrack::open_bare(&settings)?, key_frames, pushed: 0 })
    }

    /// A picture as an access unit, and whether it needs no other one.
    ///
    /// # Errors
    /// [`MediaError::Mismatch`] for a picture of another size or format; failures of the encoder.
    pub fn encode(&mut self, picture: &Picture) -> Result<(Vec<u8>, bool), MediaError> {
        let mut bytes = Vec::new();
        self.track.push(picture, &mut |packet: AvPacket| {
            bytes.extend_from_slice(packet.bytes());
            Ok(())
        })?;
        let is_key = self.pushed.is_multiple_of(self.key_frames);
        self.pushed += 1;
        Ok((bytes, is_key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_types::{ColorTags, PictureFormat, Size};

    /// Types of the units of a stream in Annex B form (ITU-T H.264, table 7-1).
    fn units(stream: &[u8]) -> Vec<u8> {
        let starts = stream.windows(4).filter(|w| w[..3] == [0, 0, 1]);
        starts.map(|w| w[3] & 31).collect()
    }

    #[test]
    fn pictures_become_units_at_once_and_keys_come_when_due() {
        let size = Size { width: 64, height: 48 };
        let picture = |n: u8| {
            let planes = vec![(0..64 * 48).map(|i| (i as u8).wrapping_mul(n)).collect(), vec![128; 32 * 24], vec![128; 32 * 24]];
            Picture::from_planes(PictureFormat::YUV420P8, size, ColorTags::BT709, planes).unwrap()
        };
        let mut encoder = match PreviewEncoder::new(&picture(0), FrameRate::new(10, 1).unwrap()) {
            Ok(encoder) => encoder,
            Err(MediaError::Missing { .. }) => return,
            Err(e) => panic!("{e}"),
        };
        for n in 0..45 {
            let (unit, is_key) = encoder.encode(&picture(n)).unwrap();
            let kinds = units(&unit);
            assert_eq!(is_key, n % 20 == 0, "{n}");
            // 7 and 8: parameter sets, 5: a picture that needs no other one, 1: one that does.
            assert_eq!(kinds.contains(&7) && kinds.contains(&8) && kinds.contains(&5), is_key, "{n}: {kinds:?}");
            assert_eq!(kinds.contains(&1), !is_key, "{n}: {kinds:?}");
        }
        let other = Size { width: 32, height: 48 };
        let planes = vec![vec![0; 32 * 48], vec![128; 16 * 24], vec![128; 16 * 24]];
        let other = Picture::from_planes(PictureFormat::YUV420P8, other, ColorTags::BT709, planes).unwrap();
        assert!(matches!(encoder.encode(&other), Err(MediaError::Mismatch { .. })));
    }
}
