//! The names of what can be written. [`crate::doctor`] reports whether this machine has the
//! encoders.
use cutroom_media::write::{audio_codecs, containers, video_codecs};

/// Ids of the video codecs.
pub fn video_codec_ids() -> Vec<&'static str> {
    video_codecs().map(|codec| codec.id).collect()
}

/// Ids of the audio codecs.
pub fn audio_codec_ids() -> Vec<&'static str> {
    audio_codecs().iter().map(|codec| codec.id).collect()
}

/// The usual file extensions of single files with pictures, then of those that hold sound only.
pub fn file_extensions() -> (Vec<&'static str>, Vec<&'static str>) {
    let files = containers().iter().filter(|c| c.muxer.is_some());
    let (pictures, sound): (Vec<_>, Vec<_>) = files.partition(|c| !c.video.is_empty());
    let usual = |list: Vec<&'static cutroom_media::write::Container>| list.iter().map(|c| c.extensions[0]).collect();
    (usual(pictures), usual(sound))
}
