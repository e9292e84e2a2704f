//! Joins project, files, renderer and mixer: "frame n" and "sound block n" of a composition, with decoding ahead. What preview,
//! thumbnails and export all call.
//!
//! [`Footage::open`] checks document and files before any work. A frame then goes: plan → its source frames → [`Lanes`], a decoding
//! thread for each source being read → `Renderer`. Knows no processes, windows or protocols.
#![forbid(unsafe_code)]

mod check;
mod decode;
mod error;
mod fetch;
mod footage;
mod frames;
mod handles;
mod looks;
mod sound;
mod spec;

pub use cutroom_render::{Backend, OutputSpec, RenderOptions, Renderer};
pub use error::PipelineError;
pub use fetch::{FrameSource, Lanes, OpenSource, Pending};
pub use footage::{Footage, facts_of, media_path, upright_size};
pub use frames::FrameStream;
pub use sound::SoundProgramme;
pub use spec::output_spec;
