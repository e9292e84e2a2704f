//! Plain value types shared by all other crates: time, pictures, colour tags, audio, ids, progress
//! of work and the token that cancels it.
//!
//! This crate does not depend on files, GPUs, FFmpeg or projects. Every type is `Send + Sync` and
//! printable, and comparable except for pictures, planes and the token.
#![forbid(unsafe_code)]

pub mod audio;
pub mod cancel;
pub mod color;
pub mod compositing;
pub mod device_frame;
pub mod geometry;
pub mod hdr;
pub mod id;
pub mod interlace;
pub mod numbered;
pub mod param;
pub mod path;
pub mod picture;
pub mod picture_format;
pub mod plane;
pub mod progress;
pub mod time;
pub mod time_text;

pub use audio::AudioBlock;
pub use cancel::CancelToken;
pub use color::{ChromaLocation, ColorTags, Matrix, Primaries, Range, Transfer};
pub use compositing::{Align, BlendSpace, FadeCurve, Fit, MaskMode};
pub use device_frame::{DeviceFrame, DeviceId, DevicePlane, DownloadError, Packing, SamplePlace, Surface, SurfaceMemory};
pub use geometry::{Affine, Orientation, Size};
pub use hdr::{ContentLight, HdrMetadata, MasteringDisplay};
pub use id::{BusId, ClipId, CompositionId, EffectId, MaskId, MediaId, TrackId, TransitionId};
pub use interlace::{Deinterlace, FieldOrder};
pub use numbered::{Gaps, NumberPattern, missing_numbers};
pub use param::ParamValue;
pub use path::{BezierPath, Vertex};
pub use picture::{AlphaMode, Picture};
pub use picture_format::{ColorModel, PictureFormat};
pub use plane::{Plane, PlaneMemory};
pub use progress::{Progress, ProgressUnit};
pub use time::{FLICKS_PER_SECOND, FrameRate, Span, Time, TimeDelta, Timecode};
pub use time_text::TimeText;
