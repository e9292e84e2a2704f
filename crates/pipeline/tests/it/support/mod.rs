//! Shared by the tests of sound.
pub mod projects;
pub mod synthetic;

use cutroom_audio::MemorySource;
pub use cutroom_test_support::{noise, rms_db, sine};
use cutroom_types::AudioBlock;

/// A source with media "a", which has one stream.
pub fn memory(rate_hz: u32, channels: Vec<Vec<f32>>) -> MemorySource {
    let mut source = MemorySource::new();
    source.insert("a", 0, AudioBlock { rate_hz, channels });
    source
}
