//! Whether the files of a project's media are there.
use crate::{Session, media_content::bytes_of};
use cutroom_media::write::containers;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Extensions of files that are media, beside those that can be written.
const OTHERS: &[&str] = &[
    "3gp", "aac", "aif", "aiff", "asf", "avi", "avif", "bmp", "caf", "dpx", "dv", "exr", "flac", "flv", "gif", "heic", "heif",
    "jpeg", "jpg", "jxl", "m2ts", "m2v", "m4a", "m4v", "mj2", "mjpeg", "mka", "mkv", "mov", "mp3", "mp4", "mpeg", "mpg", "mts",
    "mxf", "oga", "ogg", "ogv", "opus", "png", "svg", "tga", "tif", "tiff", "ts", "vob", "w64", "wav", "webm", "webp", "wma",
    "wmv",
];

/// Whether a file has the name of media, by its extension.
pub fn is_media_name(path: &Path) -> bool {
    let Some(extension) = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase) else { return false };
    OTHERS.contains(&extension.as_str())
        || containers().iter().any(|c| !c.is_package() && c.extensions.contains(&extension.as_str()))
}

/// A medium and whether it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MediaState {
    /// Its id.
    pub id: String,
    /// Its path as the document has it.
    pub path: String,
    /// Whether its file cannot be read.
    pub offline: bool,
    /// Bytes of its file, of numbered pictures of all; absent if it is offline.
    pub bytes: Option<u64>,
    /// Why it is offline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Session {
    /// The media of the document, each with whether its file is there. Files are not opened.
    pub fn media_states(&self) -> Vec<MediaState> {
        let state = |media: &cutroom_project::Media| {
            let location = self.location(media);
            let found = match self.library().check(&location) {
                Err(e) => Err(e.to_string()),
                Ok(()) => bytes_of(&location).map_err(|e| e.to_string()),
            };
            let (bytes, reason) = match found {
                Ok(bytes) => (Some(bytes), None),
                Err(reason) => (None, Some(reason)),
            };
            MediaState { id: media.id.to_string(), path: media.path.clone(), offline: bytes.is_none(), bytes, reason }
        };
        self.project.media.iter().map(state).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_are_told_by_their_names() {
        for name in ["a.mp4", "a.MOV", "b/c.wav", "x.y.png", "a.mxf"] {
            assert!(is_media_name(Path::new(name)), "{name}");
        }
        for name in ["film.json", "mp4", "a", "a.txt", ".mp4", "a.m3u8"] {
            assert!(!is_media_name(Path::new(name)), "{name}");
        }
    }
}
