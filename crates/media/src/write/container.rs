//! The containers: one row each.
use crate::MediaError;
use crate::write::{audio::audio_codecs, validate::refuse, video::video_codecs};
use std::path::Path;

/// One kind of file.
#[derive(Debug)]
pub struct Container {
    /// What settings and scripts name it by.
    pub id: &'static str,
    /// For people.
    pub title: &'static str,
    /// File name extensions, the usual one first.
    pub extensions: &'static [&'static str],
    /// FFmpeg's muxer; `None` when each picture is a file of its own.
    pub muxer: Option<&'static str>,
    /// Muxer options.
    pub(crate) options: &'static [(&'static str, &'static str)],
    /// Whether the container itself stores the quantisation range.
    pub carries_range: bool,
    /// Whether track times are stored in milliseconds instead of exact ticks (the frame rate is stored exactly all the same).
    pub millisecond_times: bool,
}

static CONTAINERS: &[Container] = &[
    Container {
        id: "mp4",
        title: "MPEG-4",
        extensions: &["mp4", "m4v"],
        muxer: Some("mp4"),
        // The index goes to the front so that players start before the file is whole. FFmpeg 5.1 counts FLAC in mp4 as experimental.
        options: &[("movflags", "+faststart+write_colr"), ("strict", "experimental")],
        carries_range: true,
        millisecond_times: false,
    },
    Container {
        id: "mov",
        title: "QuickTime",
        extensions: &["mov"],
        muxer: Some("mov"),
        options: &[("movflags", "+faststart+write_colr")],
        carries_range: false,
        millisecond_times: false,
    },
    Container {
        id: "mkv",
        title: "Matroska",
        extensions: &["mkv"],
        muxer: Some("matroska"),
        options: &[],
        carries_range: true,
        millisecond_times: true,
    },
    Container {
        id: "webm",
        title: "WebM",
        extensions: &["webm"],
        muxer: Some("webm"),
        options: &[],
        carries_range: true,
        millisecond_times: true,
    },
    Container {
        id: "m4a",
        title: "MPEG-4, sound only",
        extensions: &["m4a"],
        muxer: Some("ipod"),
        options: &[("movflags", "+faststart")],
        carries_range: false,
        millisecond_times: false,
    },
    Container {
        id: "mka",
        title: "Matroska, sound only",
        extensions: &["mka"],
        muxer: Some("matroska"),
        options: &[],
        carries_range: false,
        millisecond_times: true,
    },
    Container {
        id: "wav",
        title: "WAVE",
        extensions: &["wav"],
        muxer: Some("wav"),
        // Beyond 4 GiB sizes have 64 bits (EBU Tech 3306).
        options: &[("rf64", "auto")],
        carries_range: false,
        millisecond_times: false,
    },
    Container {
        id: "flac",
        title: "FLAC file",
        extensions: &["flac"],
        muxer: Some("flac"),
        options: &[],
        carries_range: false,
        millisecond_times: false,
    },
    Container {
        id: "opus",
        title: "Ogg Opus",
        extensions: &["opus"],
        muxer: Some("opus"),
        options: &[],
        carries_range: false,
        millisecond_times: false,
    },
    Container {
        id: "png-sequence",
        title: "PNG files, one a frame",
        extensions: &["png"],
        muxer: None,
        options: &[],
        carries_range: true,
        millisecond_times: false,
    },
];

impl Container {
    /// Whether a video codec lists it.
    pub fn holds_pictures(&self) -> bool {
        video_codecs().any(|c| c.containers.contains(&self.id))
    }
    /// Whether an audio codec lists it.
    pub fn holds_sound(&self) -> bool {
        audio_codecs().iter().any(|c| c.containers.contains(&self.id))
    }
}

/// Every container.
pub fn containers() -> &'static [Container] {
    CONTAINERS
}

/// By id.
///
/// # Errors
/// [`MediaError::Settings`] that lists what there is.
pub fn container(id: &str) -> Result<&'static Container, MediaError> {
    CONTAINERS.iter().find(|c| c.id == id).ok_or_else(|| {
        let known: Vec<_> = CONTAINERS.iter().map(|c| c.id).collect();
        refuse(format!("unknown container \"{id}\"; there are {}", known.join(", ")))
    })
}

/// The container that a file name's extension stands for.
pub fn container_for_path(path: &Path) -> Option<&'static Container> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    CONTAINERS.iter().find(|c| c.extensions.contains(&extension.as_str()))
}
