//! Connects project, files, renderer and mixer: returns frames and audio blocks of a composition,
//! with decoding ahead. Preview, thumbnails and export use it.
//!
//! A [`Library`] holds the files of a session; [`OpenComposition::open`] validates document and
//! files before any work starts. A frame is then made in these steps: plan → source frames →
//! [`DecoderPool`], with a decode thread for each source position → [`Renderer`]. The crate does
//! not depend on processes, windows or protocols.
#![forbid(unsafe_code)]

mod composition;
mod decode;
mod decoder_pool;
mod display;
mod effect_measure;
mod effect_sounds;
mod error;
mod facts;
mod file_store;
mod fonts;
mod frame_cache;
mod frame_key;
mod frames;
mod handles;
mod in_between;
mod library;
mod luts;
mod measure;
mod offline;
mod picture_file;
mod proxy;
mod roots;
mod sound;
mod sound_file;
mod spec;
mod svg;
mod untouched;
mod validate;
mod watch;
mod waveform;
mod waveform_builds;

pub use composition::{OpenComposition, OpenOptions};
pub use cutroom_audio::{Limiter, LoudnessReport, Meter, speakers};
pub use cutroom_cache::MemoryCacheState;
pub use cutroom_render::{
    Backend, GpuFault, GpuFaultKind, OutputSpec, RenderOptions, Renderer,
    gpu::{Screen, ScreenCounters, screen_texture},
};
pub use decode::{DeviceLost, DrawnFrames};
pub use decoder_pool::{DecoderPool, FrameSource, OpenSource, Pending};
pub use display::{as_srgb, in_standard_range};
pub use error::PipelineError;
pub use facts::{facts_of, upright_size};
pub use file_store::{content_key, file_fingerprint, probe};
pub use frame_cache::{CachedFrames, FrameCache};
pub use frame_key::{DrawnBy, FrameKey};
pub use frames::FrameReader;
pub use library::{Library, media_location, media_path};
pub use measure::file_loudness;
pub use picture_file::PictureFile;
pub use proxy::{MadeProxy, PROXY_FOLDER, ProxyError, ProxyScale, ProxyUse, make as make_proxy, proxy_path};
pub use roots::FileRoots;
pub use sound::AudioMix;
pub use sound_file::SoundFile;
pub use spec::{jpeg_spec, output_spec};
pub use untouched::UntouchedFrames;
pub use watch::{FileChange, MediaEvent, MediaWatcher, WatchOptions};
pub use waveform::{WaveDetail, Waveform, waveform};
pub use waveform_builds::WaveformBuilds;
