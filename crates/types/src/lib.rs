//! Plain values that every other part of cutroom speaks: time, pictures, colour tags, sound, ids.
//!
//! Nothing here knows files, GPUs, FFmpeg or projects. Everything is `Send + Sync`, printable and comparable.
#![forbid(unsafe_code)]

pub mod color;
pub mod compositing;
pub mod geometry;
pub mod id;
pub mod interlace;
pub mod param;
pub mod path;
pub mod picture;
pub mod sound;
pub mod time;

pub use color::{ChromaLocation, ColorTags, Matrix, Primaries, Range, Transfer};
pub use compositing::{BlendSpace, FadeCurve, Fit, MaskMode};
pub use geometry::{Affine, Orientation, Size};
pub use id::{ClipId, CompositionId, EffectId, MaskId, MediaId, TrackId, TransitionId};
pub use interlace::{Deinterlace, FieldOrder};
pub use param::ParamValue;
pub use path::{BezierPath, Vertex};
pub use picture::{AlphaMode, ColorModel, Picture, PictureFormat, Plane, PlaneMemory};
pub use sound::SoundBlock;
pub use time::{FLICKS_PER_SECOND, FrameRate, Span, Time, TimeDelta, Timecode};
