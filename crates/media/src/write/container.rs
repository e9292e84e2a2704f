//! The containers: one row each.
use crate::{
    MediaError,
    write::{refuse::refuse, text::TextCodec},
};
use std::path::Path;

/// A container format.
#[derive(Debug)]
pub struct Container {
    /// Name in settings and scripts.
    pub id: &'static str,
    /// Display name.
    pub title: &'static str,
    /// File name extensions, the default one first.
    pub extensions: &'static [&'static str],
    /// FFmpeg's name of the muxer; `None` when each picture is a separate file.
    pub muxer: Option<&'static str>,
    /// Ids of the video codecs that it can hold, the default one first; empty when it holds no
    /// video.
    pub video: &'static [&'static str],
    /// Ids of the audio codecs that it can hold, in the order in which they are tried when none is
    /// named; empty when it holds no audio.
    pub audio: &'static [&'static str],
    /// How it stores text tracks, the usual one first; empty when it holds none.
    pub text: &'static [TextCodec],
    /// Muxer options.
    pub(crate) options: &'static [(&'static str, &'static str)],
    /// Muxer options for a stream that cannot be rewound; `None` where the beginning is written
    /// last.
    pub(crate) stream_options: Option<&'static [(&'static str, &'static str)]>,
    /// Whether the container itself stores the range (limited or full).
    pub carries_range: bool,
    /// Whether it keeps an alpha stream beside the pictures (BlockAdditions, RFC 9559 §5.1.3.5.2),
    /// for codecs that have none in their own.
    pub carries_alpha: bool,
    /// Whether it can describe 4:4:0: the box vpcC of MP4 has no value for it.
    pub holds_440: bool,
    /// Whether it stores primaries, transfer and matrix; otherwise those that the stream stores
    /// count.
    pub carries_color: bool,
    /// Whether times are stored in milliseconds instead of exact ticks (the frame rate is stored
    /// exactly all the same).
    pub millisecond_times: bool,
}

static CONTAINERS: &[Container] = &[
    Container {
        id: "mp4",
        title: "MPEG-4",
        extensions: &["mp4", "m4v"],
        muxer: Some("mp4"),
        video: &["h264", "h265", "vp9", "av1", "av1-aom"],
        audio: &["aac", "opus", "flac"],
        text: &[TextCodec::MovText],
        // The index is moved to the front so that players can start before the whole file is
        // loaded. FFmpeg 5.1 regards FLAC in mp4 as experimental.
        options: &[("movflags", "+faststart+write_colr"), ("strict", "experimental")],
        stream_options: Some(&[
            // The index comes with the first fragment, so that it can say where sound and pictures
            // start.
            ("movflags", "+frag_keyframe+delay_moov+default_base_moof+write_colr"),
            ("strict", "experimental"),
        ]),
        carries_range: true,
        carries_alpha: false,
        holds_440: false,
        carries_color: true,
        millisecond_times: false,
    },
    Container {
        id: "mov",
        title: "QuickTime",
        extensions: &["mov"],
        muxer: Some("mov"),
        video: &["h264", "h265", "prores", "dnxhr", "ffv1", "mjpeg", "qtrle", "png"],
        audio: &["aac", "pcm"],
        text: &[TextCodec::MovText],
        options: &[("movflags", "+faststart+write_colr")],
        stream_options: Some(&[
            // The index comes with the first fragment, so that it can say where sound and pictures
            // start.
            ("movflags", "+frag_keyframe+delay_moov+default_base_moof+write_colr"),
        ]),
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: true,
        millisecond_times: false,
    },
    Container {
        id: "mkv",
        title: "Matroska",
        extensions: &["mkv"],
        muxer: Some("matroska"),
        video: &["h264", "h265", "vp9", "av1", "av1-aom", "prores", "ffv1", "mjpeg", "png"],
        audio: &["opus", "flac", "aac", "pcm"],
        text: &[TextCodec::SubRip, TextCodec::Ass],
        options: &[],
        stream_options: Some(&[]),
        carries_range: true,
        carries_alpha: true,
        holds_440: true,
        carries_color: true,
        millisecond_times: true,
    },
    Container {
        id: "webm",
        title: "WebM",
        extensions: &["webm"],
        muxer: Some("webm"),
        video: &["vp9", "av1", "av1-aom"],
        audio: &["opus"],
        text: &[TextCodec::WebVtt],
        options: &[],
        stream_options: Some(&[]),
        carries_range: true,
        carries_alpha: true,
        holds_440: true,
        carries_color: true,
        millisecond_times: true,
    },
    Container {
        id: "ts",
        title: "MPEG transport stream",
        extensions: &["ts", "m2ts", "mts"],
        muxer: Some("mpegts"),
        video: &["h264", "h265"],
        audio: &["aac", "mp3"],
        text: &[],
        options: &[],
        stream_options: Some(&[]),
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: false,
        millisecond_times: false,
    },
    Container {
        id: "hls",
        title: "HLS, a playlist and segments",
        extensions: &["m3u8"],
        muxer: Some("hls"),
        video: &["h264", "h265"],
        audio: &["aac"],
        text: &[],
        options: &[("hls_segment_type", "fmp4"), ("hls_playlist_type", "vod"), ("hls_flags", "independent_segments")],
        stream_options: None,
        carries_range: true,
        carries_alpha: false,
        holds_440: true,
        carries_color: true,
        millisecond_times: false,
    },
    Container {
        id: "dash",
        title: "DASH, a manifest and segments",
        extensions: &["mpd"],
        muxer: Some("dash"),
        video: &["h264", "h265", "vp9", "av1", "av1-aom"],
        audio: &["aac", "opus"],
        text: &[],
        options: &[("use_template", "1"), ("use_timeline", "1"), ("dash_segment_type", "mp4")],
        stream_options: None,
        carries_range: true,
        carries_alpha: false,
        holds_440: false,
        carries_color: true,
        millisecond_times: false,
    },
    Container {
        id: "avi",
        title: "AVI",
        extensions: &["avi"],
        muxer: Some("avi"),
        video: &["mjpeg"],
        audio: &["pcm"],
        text: &[],
        options: &[],
        stream_options: None,
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: false,
        millisecond_times: false,
    },
    Container {
        id: "gif",
        title: "Animated GIF",
        extensions: &["gif"],
        muxer: Some("gif"),
        video: &["gif"],
        audio: &[],
        text: &[],
        options: &[("loop", "0")],
        stream_options: None,
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: false,
        millisecond_times: false,
    },
    Container {
        id: "webp",
        title: "Animated WebP",
        extensions: &["webp"],
        muxer: Some("webp"),
        video: &["webp"],
        audio: &[],
        text: &[],
        options: &[("loop", "0")],
        stream_options: None,
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: false,
        millisecond_times: false,
    },
    Container {
        id: "m4a",
        title: "MPEG-4, sound only",
        extensions: &["m4a"],
        muxer: Some("ipod"),
        video: &[],
        audio: &["aac"],
        text: &[],
        options: &[("movflags", "+faststart")],
        stream_options: None,
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: false,
        millisecond_times: false,
    },
    Container {
        id: "mka",
        title: "Matroska, sound only",
        extensions: &["mka"],
        muxer: Some("matroska"),
        video: &[],
        audio: &["opus", "flac", "aac", "pcm"],
        text: &[],
        options: &[],
        stream_options: Some(&[]),
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: false,
        millisecond_times: true,
    },
    Container {
        id: "wav",
        title: "WAVE",
        extensions: &["wav"],
        muxer: Some("wav"),
        video: &[],
        audio: &["pcm"],
        text: &[],
        // Sizes above 4 GiB are stored in 64 bits (EBU Tech 3306).
        options: &[("rf64", "auto")],
        stream_options: None,
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: false,
        millisecond_times: false,
    },
    Container {
        id: "mp3",
        title: "MP3 file",
        extensions: &["mp3"],
        muxer: Some("mp3"),
        video: &[],
        audio: &["mp3"],
        text: &[],
        options: &[],
        stream_options: None,
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: false,
        millisecond_times: false,
    },
    Container {
        id: "flac",
        title: "FLAC file",
        extensions: &["flac"],
        muxer: Some("flac"),
        video: &[],
        audio: &["flac"],
        text: &[],
        options: &[],
        stream_options: None,
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: false,
        millisecond_times: false,
    },
    Container {
        id: "opus",
        title: "Ogg Opus",
        extensions: &["opus"],
        muxer: Some("opus"),
        video: &[],
        audio: &["opus"],
        text: &[],
        options: &[],
        stream_options: Some(&[]),
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: false,
        millisecond_times: false,
    },
    Container {
        id: "aac",
        title: "ADTS, AAC alone",
        extensions: &["aac"],
        muxer: Some("adts"),
        video: &[],
        audio: &["aac"],
        text: &[],
        options: &[],
        stream_options: Some(&[]),
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: false,
        millisecond_times: false,
    },
    Container {
        id: "ogg",
        title: "Ogg, sound only",
        extensions: &["ogg", "oga"],
        muxer: Some("oga"),
        video: &[],
        audio: &["opus", "flac"],
        text: &[],
        options: &[],
        stream_options: Some(&[]),
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: false,
        millisecond_times: false,
    },
    Container {
        id: "png-sequence",
        title: "PNG files, one a frame",
        extensions: &["png"],
        muxer: None,
        video: &["png"],
        audio: &[],
        text: &[],
        options: &[],
        stream_options: None,
        carries_range: true,
        carries_alpha: false,
        holds_440: true,
        carries_color: true,
        millisecond_times: false,
    },
    Container {
        id: "jpeg-sequence",
        title: "JPEG files, one a frame",
        extensions: &["jpg", "jpeg"],
        muxer: None,
        video: &["mjpeg"],
        audio: &[],
        text: &[],
        options: &[],
        stream_options: None,
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: false,
        millisecond_times: false,
    },
    Container {
        id: "tiff-sequence",
        title: "TIFF files, one a frame",
        extensions: &["tif", "tiff"],
        muxer: None,
        video: &["tiff"],
        audio: &[],
        text: &[],
        options: &[],
        stream_options: None,
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: false,
        millisecond_times: false,
    },
    Container {
        id: "exr-sequence",
        title: "OpenEXR files, one a frame",
        extensions: &["exr"],
        muxer: None,
        video: &["exr"],
        audio: &[],
        text: &[],
        options: &[],
        stream_options: None,
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: false,
        millisecond_times: false,
    },
    Container {
        id: "dpx-sequence",
        title: "DPX files, one a frame",
        extensions: &["dpx"],
        muxer: None,
        video: &["dpx"],
        audio: &[],
        text: &[],
        options: &[],
        stream_options: None,
        carries_range: false,
        carries_alpha: false,
        holds_440: true,
        carries_color: false,
        millisecond_times: false,
    },
];

/// Every container.
pub fn containers() -> &'static [Container] {
    CONTAINERS
}

/// The container with an id.
///
/// # Errors
/// [`MediaError::Settings`], which lists the known ids.
pub fn container(id: &str) -> Result<&'static Container, MediaError> {
    CONTAINERS.iter().find(|c| c.id == id).ok_or_else(|| {
        let known: Vec<_> = CONTAINERS.iter().map(|c| c.id).collect();
        refuse(format!("unknown container \"{id}\"; there are {}", known.join(", ")))
    })
}

/// The container of a file name's extension.
pub fn container_for_path(path: &Path) -> Option<&'static Container> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    CONTAINERS.iter().find(|c| c.extensions.contains(&extension.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::{audio_codecs, video_codecs};

    #[test]
    fn rows_name_codecs_and_every_codec_has_a_place() {
        let (video, audio): (Vec<_>, Vec<_>) =
            (video_codecs().map(|c| c.id).collect(), audio_codecs().iter().map(|c| c.id).collect());
        for c in containers() {
            assert!(!c.video.is_empty() || !c.audio.is_empty(), "{} holds nothing", c.id);
            assert!(c.video.iter().all(|id| video.contains(id)), "{}", c.id);
            assert!(c.audio.iter().all(|id| audio.contains(id)), "{}", c.id);
        }
        assert!(video_codecs().all(|c| c.containers().count() > 0));
        assert!(audio_codecs().iter().all(|c| c.containers().count() > 0));
    }

    /// The default codecs, as stated in the user guide.
    #[test]
    fn usual_codecs() {
        let sound = |id: &str, rate_hz, channels, lossless| {
            container(id).unwrap().usual_audio(rate_hz, channels, lossless).map_or("", |c| c.id)
        };
        for (id, video, usual, other_rate, lossless) in [
            ("mp4", "h264", "aac", "aac", "flac"),
            ("mov", "h264", "aac", "aac", "pcm"),
            ("mkv", "h264", "opus", "flac", "flac"),
            ("webm", "vp9", "opus", "opus", "opus"),
            ("m4a", "", "aac", "aac", "aac"),
            ("mka", "", "opus", "flac", "flac"),
            ("wav", "", "pcm", "pcm", "pcm"),
            ("mp3", "", "mp3", "mp3", "mp3"),
            ("flac", "", "flac", "flac", "flac"),
            ("opus", "", "opus", "opus", "opus"),
            ("ts", "h264", "aac", "aac", "aac"),
            ("hls", "h264", "aac", "aac", "aac"),
            ("dash", "h264", "aac", "aac", "aac"),
            ("avi", "mjpeg", "pcm", "pcm", "pcm"),
            ("gif", "gif", "", "", ""),
            ("webp", "webp", "", "", ""),
            ("aac", "", "aac", "aac", "aac"),
            ("ogg", "", "opus", "flac", "flac"),
            ("png-sequence", "png", "", "", ""),
            ("jpeg-sequence", "mjpeg", "", "", ""),
            ("tiff-sequence", "tiff", "", "", ""),
            ("exr-sequence", "exr", "", "", ""),
            ("dpx-sequence", "dpx", "", "", ""),
        ] {
            assert_eq!(container(id).unwrap().usual_video(false).unwrap_or_default(), video, "{id}");
            let found = (sound(id, 48_000, 2, false), sound(id, 44_100, 2, false), sound(id, 48_000, 2, true));
            assert_eq!(found, (usual, other_rate, lossless), "{id}");
        }
        for (id, video) in [("mp4", "h265"), ("mov", "h265"), ("mkv", "h265"), ("webm", "vp9"), ("png-sequence", "png")] {
            assert_eq!(container(id).unwrap().usual_video(true), Some(video), "{id} of HDR");
        }
        // Three channels: no FLAC. Seven: no AAC.
        assert_eq!((sound("mkv", 48_000, 3, true), sound("mp4", 48_000, 3, true)), ("pcm", "aac"));
        assert_eq!((sound("mov", 48_000, 7, false), sound("mp4", 48_000, 7, false)), ("pcm", "opus"));
    }
}
