//! Errors of reading and writing media files, grouped by what the caller can do about them.
use cutroom_types::Time;
use std::path::{Path, PathBuf};

/// Why a media file could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// No file at the path.
    #[error("{path}: no such file", path = .path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
    },
    /// A path that is to name numbered pictures has no place for a number.
    #[error(
        "{path}: a `frame_rate` makes a medium numbered pictures, but this name has no place for the number, such as %04d in IMG_%04d.png",
        path = .path.display()
    )]
    NoPattern {
        /// The path.
        path: PathBuf,
    },
    /// No file fits a pattern of numbered pictures.
    #[error("{path}: no file has such a name{from}", path = .path.display(), from = .from.map_or(String::new(), |n| format!(" and a number from {n} on")))]
    NoPictures {
        /// The pattern.
        path: PathBuf,
        /// Least number that was looked for.
        from: Option<u64>,
    },
    /// Numbered pictures have gaps.
    #[error("{path}: numbered pictures are missing: {numbers} (first {missing}); `gaps` fills them: \"hold\" or \"black\"", path = .path.display())]
    MissingPictures {
        /// The pattern.
        path: PathBuf,
        /// Name of the first missing file.
        missing: String,
        /// The missing numbers, in words.
        numbers: String,
    },
    /// One of numbered pictures is not like the first one.
    #[error("{path}: the picture is {is}, but {first}, the first of the row, is {wanted}; all must be alike", path = .path.display(), first = .first.display())]
    OtherPicture {
        /// The file.
        path: PathBuf,
        /// Its size, format or orientation.
        is: String,
        /// The first file.
        first: PathBuf,
        /// That of the first.
        wanted: String,
    },
    /// The file is where none may be read.
    #[error("{path}: not read: {reason}", path = .path.display())]
    Outside {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: &'static str,
    },
    /// The file exists, but the system does not allow reading it.
    #[error("{path}: cannot be read: {reason}", path = .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// The file is not media that the linked FFmpeg supports, or it is too damaged to be opened.
    #[error("{path}: not a readable media file: {reason}", path = .path.display())]
    NotMedia {
        /// The file.
        path: PathBuf,
        /// FFmpeg's reason, with a hint where one is known.
        reason: String,
    },
    /// The file has no such stream.
    #[error("{path}: has no {kind} stream {index}; it has {count}", path = .path.display())]
    NoStream {
        /// The file.
        path: PathBuf,
        /// "video" or "audio".
        kind: &'static str,
        /// Requested index among the streams of the kind.
        index: usize,
        /// Number of streams of the kind in the file.
        count: usize,
    },
    /// The linked FFmpeg has no decoder for the stream.
    #[error("{path}: no decoder for {codec} in the linked FFmpeg", path = .path.display())]
    NoDecoder {
        /// The file.
        path: PathBuf,
        /// Codec name.
        codec: String,
    },
    /// A pixel format, sample format, size or layout that cutroom does not handle.
    #[error("{path}: {what} is not supported", path = .path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What is not supported.
        what: String,
    },
    /// The stream did not yield a single frame or sample.
    #[error("{path}: {kind} stream {index} cannot be decoded: {reason}", path = .path.display())]
    NothingDecoded {
        /// The file.
        path: PathBuf,
        /// "video" or "audio".
        kind: &'static str,
        /// Index among the streams of the kind.
        index: usize,
        /// The decoder's first error message.
        reason: String,
    },
    /// Decoding failed at one position although other frames of the stream decode.
    #[error("{path}: decoding failed at {secs:.3} s: {reason}", path = .path.display(), secs = .time.as_secs_f64())]
    Decode {
        /// The file.
        path: PathBuf,
        /// Source time.
        time: Time,
        /// The decoder's reason.
        reason: String,
    },
    /// The source delivered no data for too long.
    #[error("{path}: gave no data for {secs} s while {operation}", path = .path.display())]
    TimedOut {
        /// The file.
        path: PathBuf,
        /// The operation in progress.
        operation: &'static str,
        /// Time limit in seconds.
        secs: u32,
    },
    /// Reading was cancelled before its end.
    #[error("{path}: reading was stopped", path = .path.display())]
    Stopped {
        /// The file.
        path: PathBuf,
    },
    /// A kind of graphics device was named that is to decode, and the machine has none that works.
    #[error("\"{id}\" cannot decode here: {reason}")]
    NoHardware {
        /// Id of the kind.
        id: &'static str,
        /// Why.
        reason: String,
    },
    /// The linked FFmpeg lacks a requested encoder, muxer or filter.
    #[error("the linked FFmpeg has no {kind} \"{name}\"")]
    Missing {
        /// "encoder", "muxer", "filter" …
        kind: &'static str,
        /// FFmpeg's name.
        name: String,
    },
    /// FFmpeg rejected the encoder settings.
    #[error("{encoder} cannot be set up: {reason}")]
    EncoderSetup {
        /// Encoder name.
        encoder: String,
        /// FFmpeg's reason.
        reason: String,
    },
    /// A frame or block of samples could not be encoded.
    #[error("{encoder} failed: {reason}")]
    Encode {
        /// Encoder name.
        encoder: String,
        /// FFmpeg's reason.
        reason: String,
    },
    /// The file could not be written (disk full, no permission, muxer refused).
    #[error("{path}: cannot be written: {reason}", path = .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's or FFmpeg's reason.
        reason: String,
    },
    /// A file that an export had written before is not as it was written.
    #[error("{path}: a finished part of the export is not as it was written: {reason}", path = .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is different.
        reason: String,
    },
    /// Export settings that contradict each other or a format's rules; reported before anything is
    /// created.
    #[error("cannot export like this: {reason}")]
    Settings {
        /// What is wrong and what would be valid.
        reason: String,
    },
    /// The linked FFmpeg was built without an encoder.
    #[error("{codec} needs FFmpeg's encoder \"{encoder}\", which the linked FFmpeg lacks; {hint}")]
    NoEncoder {
        /// Codec id.
        codec: &'static str,
        /// FFmpeg's encoder name.
        encoder: &'static str,
        /// What to install.
        hint: &'static str,
    },
    /// The target exists and overwriting was not allowed.
    #[error("{path}: already exists; allow overwriting to replace it", path = .path.display())]
    Exists {
        /// The target.
        path: PathBuf,
    },
    /// A picture or audio block that does not fit the settings of the file being written.
    #[error("{what} does not fit the export settings: {reason}")]
    Mismatch {
        /// "picture 12", "sound block".
        what: String,
        /// How it differs from the settings.
        reason: String,
    },
    /// FFmpeg ran out of memory or violated its own contract.
    #[error("FFmpeg failed while {operation}: {reason}")]
    Internal {
        /// The operation in progress.
        operation: &'static str,
        /// FFmpeg's reason.
        reason: String,
    },
}

impl MediaError {
    /// Stable code for the CLI, HTTP and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "media.open.not_found",
            Self::NoPattern { .. } => "media.numbered.pattern",
            Self::NoPictures { .. } => "media.open.not_found",
            Self::MissingPictures { .. } => "media.numbered.missing",
            Self::OtherPicture { .. } => "media.numbered.differs",
            Self::Outside { .. } => "media.open.outside",
            Self::Unreadable { .. } => "media.open.unreadable",
            Self::NotMedia { .. } => "media.open.not_media",
            Self::NoStream { .. } => "media.open.no_stream",
            Self::NoDecoder { .. } => "media.open.no_decoder",
            Self::Unsupported { .. } => "media.open.unsupported",
            Self::NothingDecoded { .. } => "media.decode.nothing",
            Self::Decode { .. } => "media.decode.failed",
            Self::TimedOut { .. } => "media.read.timed_out",
            Self::Stopped { .. } => "media.read.stopped",
            Self::NoHardware { .. } => "media.hardware.absent",
            Self::Missing { .. } => "media.ffmpeg.missing",
            Self::EncoderSetup { .. } => "media.encode.setup",
            Self::Encode { .. } => "media.encode.failed",
            Self::Write { .. } => "media.write.failed",
            Self::Damaged { .. } => "media.write.damaged",
            Self::Settings { .. } => "media.write.settings",
            Self::NoEncoder { .. } => "media.write.no_encoder",
            Self::Exists { .. } => "media.write.exists",
            Self::Mismatch { .. } => "media.write.mismatch",
            Self::Internal { .. } => "media.ffmpeg.internal",
        }
    }

    /// The file concerned, if any.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::NotFound { path }
            | Self::NoPattern { path }
            | Self::NoPictures { path, .. }
            | Self::MissingPictures { path, .. }
            | Self::OtherPicture { path, .. }
            | Self::Outside { path, .. }
            | Self::Unreadable { path, .. }
            | Self::NotMedia { path, .. }
            | Self::NoStream { path, .. }
            | Self::NoDecoder { path, .. }
            | Self::Unsupported { path, .. }
            | Self::NothingDecoded { path, .. }
            | Self::Decode { path, .. }
            | Self::TimedOut { path, .. }
            | Self::Stopped { path }
            | Self::Exists { path }
            | Self::Damaged { path, .. }
            | Self::Write { path, .. } => Some(path),
            _ => None,
        }
    }

    /// Source time concerned, if any.
    pub fn time(&self) -> Option<Time> {
        match self {
            Self::Decode { time, .. } => Some(*time),
            _ => None,
        }
    }
}

/// FFmpeg's text for an error number.
pub(crate) fn ffmpeg_text(error: i32) -> String {
    let mut buffer = [0u8; 256];
    // SAFETY: the buffer is writable for the length given and FFmpeg ends it with a zero byte.
    unsafe { ffmpeg_next::ffi::av_strerror(error, buffer.as_mut_ptr().cast(), buffer.len()) };
    std::ffi::CStr::from_bytes_until_nul(&buffer).map_or_else(|_| format!("error {error}"), |s| s.to_string_lossy().into_owned())
}
