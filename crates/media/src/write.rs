//! Writing of media: settings → encoders → muxer → a file that gets its final name only when it is
//! complete.
//!
//! The supported formats are data: [`containers`], [`video_codecs`] and [`audio_codecs`] are lists
//! with one row per format (`container.rs`, `audio.rs`, one file per codec family under `video/`),
//! and all other code loops over them. [`validate`] checks settings against the rows. [`Writer`]
//! opens the encoders and then the file under a hidden name (`partial.rs`), wraps pushed pictures
//! without a copy (`frame.rs`), divides pushed samples into the encoder's frames
//! (`audio_track.rs`), interleaves packets (`mux.rs`) and renames the complete file.
//!
//! **Threads and determinism.** Encoders are called on the caller's thread; they start their own
//! threads, by default as many as in the `ffmpeg` program (a function of the number of processors,
//! never of load). For a given thread count every encoder here writes identical bytes on every run;
//! set [`VideoSettings::threads`] for identical bytes on different machines.
//!
//! **Length of audio**, as FFmpeg 5.1 decodes it. FLAC and PCM: exact everywhere. Opus: exact in
//! mkv, mka, webm and Ogg. AAC and Opus in mp4, m4a and mov start exactly and their edit list ends
//! exactly, but FFmpeg ignores the end of edit lists and also plays the rest of the last frame
//! (1024 or 960 samples). AAC in mkv and mka ends exactly, but FFmpeg's muxer cannot declare that
//! the first 1024 samples are priming: they play as silence, and the picture starts later by the
//! same time, to the millisecond.
//!
//! **Tags.** Primaries, transfer and matrix are stored in every file; the range is stored in every
//! file except FFV1 in mov, for which full range is therefore refused. The chroma position is
//! stored in H.264, H.265 and SVT-AV1 streams, mkv and webm; ProRes, DNxHR, VP9 and libaom's AV1
//! cannot store it in mp4 and mov. Matroska rounds the sample aspect of streams that do not store
//! it to whole pixels of width, and times to milliseconds.
mod audio;
mod audio_track;
mod container;
mod device;
mod encoder;
mod encoders;
mod extras;
mod film_file;
mod frame;
mod join;
mod levels;
mod lists;
mod mux;
mod other_names;
mod package;
mod packet_file;
mod palette;
mod partial;
mod passes;
mod picture_file;
mod png_chunks;
mod preview;
mod refuse;
mod segment;
mod sequence;
mod settings;
mod stack;
mod text;
mod trial;
mod validate;
mod video;
mod webp_frames;
mod writer;

pub use audio::{AudioCodec, audio_codec, audio_codecs};
pub use container::{Container, container, container_for_path, containers};
pub use encoders::{EncoderAvailability, encoders};
pub use extras::{Chapter, Cover, FileExtras, MAX_COVER_BYTES};
pub use join::{JoinedFilm, Part, Parts};
pub use packet_file::PacketFileReport;
pub(crate) use packet_file::PacketFileWriter;
pub use partial::{hidden_prefix, sweep_hidden};
pub use picture_file::{encode_jpeg, encode_png, write_bytes, write_png};
pub use preview::PreviewEncoder;
pub use segment::{SegmentWriter, SoundWriter};
pub use sequence::SequencePattern;
pub use settings::{AudioSettings, Rate, VideoSettings, WriteSettings};
pub use text::{TextCodec, TextPacket, TextTrack};
pub use trial::{hardware_encoders, try_encoder};
pub use validate::validate;
pub use video::{FixedTags, Hardware, HardwareApi, VideoCodec, VideoProfile, hardware_codecs, video_codec, video_codecs};
pub use writer::{WriteReport, Writer};

pub(crate) use encoder::AvPacket;
pub(crate) use validate::check_codec;
pub(crate) use writer::PictureTrack;
