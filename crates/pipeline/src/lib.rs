//! Joins project, files, renderer and mixer: "frame n" and "sound block n" of a composition, with
//! decoding ahead. What preview, thumbnails and export all call.
//!
//! A [`Library`] holds the files of a session; [`OpenComposition::open`] checks document and files
//! before any work. A frame then goes: plan → its source frames → [`DecoderPool`], a decoding
//! thread for each source being read → `Renderer`. Knows no processes, windows or protocols.
#![forbid(unsafe_code)]

mod composition;
mod decode;
mod decoder_pool;
mod error;
mod frames;
mod handles;
mod library;
mod luts;
mod sound;
mod spec;
mod validate;

pub use composition::{OpenComposition, OpenOptions, facts_of, upright_size};
pub use cutroom_render::{Backend, OutputSpec, RenderOptions, Renderer};
pub use decoder_pool::{DecoderPool, FrameSource, OpenSource, Pending};
pub use error::PipelineError;
pub use frames::FrameReader;
pub use library::{Library, media_path};
pub use sound::AudioMix;
pub use spec::output_spec;
