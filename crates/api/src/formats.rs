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

/// Whether the container of a file extension can be written to a stream while the film is made.
pub fn can_stream(extension: &str) -> bool {
    let name = std::path::Path::new("film").with_extension(extension);
    cutroom_media::write::container_for_path(&name).is_some_and(|c| c.can_stream())
}

/// The usual extensions of containers that can be streamed.
pub fn streamed_extensions() -> Vec<&'static str> {
    containers().iter().filter(|c| c.can_stream()).map(|c| c.extensions[0]).collect()
}

/// The usual file extensions of single files with pictures, then of those that hold sound only.
pub fn file_extensions() -> (Vec<&'static str>, Vec<&'static str>) {
    let files = containers().iter().filter(|c| c.muxer.is_some());
    let (pictures, sound): (Vec<_>, Vec<_>) = files.partition(|c| !c.video.is_empty());
    let usual = |list: Vec<&'static cutroom_media::write::Container>| list.iter().map(|c| c.extensions[0]).collect();
    (usual(pictures), usual(sound))
}
