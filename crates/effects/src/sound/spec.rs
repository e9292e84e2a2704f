//! The types that describe sound effects.
use crate::spec::{Entry, ParamKind, ParamSpec, Params, defaults};
use cutroom_types::{AudioBlock, ParamValue};
use std::sync::Arc;

/// Number of samples in a block: 1.3 ms at 48 kHz.
pub const BLOCK_SAMPLES: usize = 64;

/// The samples of one channel in a block; 1.0 is full scale, and larger values are allowed.
pub type Channel = [f32; BLOCK_SAMPLES];

/// Group of sound effects in menus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoundFamily {
    /// Levels and normalization.
    Level,
    /// Equalizers and filters.
    Filter,
    /// Compressors, gates and limiters.
    Dynamics,
    /// Noise, clicks and other faults.
    Repair,
    /// Delays and reverberation.
    Space,
    /// Chorus and its relatives.
    Modulation,
    /// Pitch and distortion.
    Color,
    /// Which channel goes where.
    Channels,
}

/// What a processor works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoundFormat {
    /// Samples per second.
    pub rate_hz: u32,
    /// Number of channels, 1..=8, in the order of their usual layout: mono; left, right; left, right,
    /// LFE; left, right, centre, back; left, right, centre, back left, back right; left, right,
    /// centre, LFE, back left, back right; …
    pub channels: usize,
}

impl SoundFormat {
    /// The number of the low-frequency channel, if there is one.
    pub fn lfe(self) -> Option<usize> {
        match self.channels {
            3 => Some(2),
            6..=8 => Some(3),
            _ => None,
        }
    }
}

/// Measurements of everything that an effect receives; see [`SoundSpec::measures`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Integrated loudness in LUFS (ITU-R BS.1770-4); −∞ for silence.
    pub integrated_lufs: f64,
    /// True peak of all channels in dBTP; −∞ for silence.
    pub true_peak_dbtp: f64,
    /// Largest magnitude of a sample in dB relative to full scale; −∞ for silence.
    pub sample_peak_dbfs: f64,
    /// Root mean square of all samples of all channels in dB relative to full scale; −∞ for silence.
    pub rms_dbfs: f64,
}

/// What a processor is made from.
#[derive(Clone, Copy, Debug)]
pub struct SoundSetup<'a> {
    /// The channels to be processed.
    pub format: SoundFormat,
    /// The values at the first sample. Choices, files and numbers that cannot be animated never
    /// change.
    pub params: Params<'a>,
    /// The content of the file that the first parameter of kind [`ParamKind::File`] names, at the
    /// rate of `format`; `None` if it names none.
    pub file: Option<&'a Arc<AudioBlock>>,
    /// For effects with [`SoundSpec::measures`].
    pub measured: Option<Measured>,
}

/// The parameters of a block, in the order of the table. Numbers change linearly over the block;
/// switches count as 0 and 1; all others are 0.
#[derive(Clone, Copy, Debug)]
pub struct SoundParams<'a> {
    /// Values at the first sample of the block.
    pub from: &'a [f64],
    /// Values at the first sample after the block.
    pub to: &'a [f64],
    /// Whether any value differs from those of the block before, or changes in the block. The first
    /// block of a processor counts as changed. While this is false, coefficients need not be computed
    /// again.
    pub changed: bool,
}

impl SoundParams<'_> {
    /// Number `i` at the first sample.
    pub fn number(&self, i: usize) -> f64 {
        self.from[i]
    }

    /// Number `i` at the first sample after the block.
    pub fn end(&self, i: usize) -> f64 {
        self.to[i]
    }

    /// Number `i` in the middle of the block: what to compute the coefficients of filters from.
    pub fn middle(&self, i: usize) -> f64 {
        0.5 * (self.from[i] + self.to[i])
    }

    /// Switch `i`.
    pub fn bool(&self, i: usize) -> bool {
        self.from[i] >= 0.5
    }
}

/// Samples to be changed in place.
#[derive(Debug)]
pub struct SoundBlock<'a> {
    /// Position of the first sample, in samples since the start of the composition: a multiple of
    /// [`BLOCK_SAMPLES`]. Consecutive blocks are adjacent. Oscillators derive their phase from it,
    /// so that it does not depend on where processing began.
    pub position: i64,
    /// One for each channel.
    pub channels: &'a mut [Channel],
    /// The sound that a parameter of kind [`ParamKind::Key`] names, at the same time and in as many
    /// channels; empty if it names none.
    pub key: &'a [Channel],
    /// The parameters.
    pub params: SoundParams<'a>,
}

/// A sound effect at work: its state between blocks. Nothing in `process` allocates, once the
/// processor is made.
pub trait SoundProcessor: Send {
    /// Processes the next block. All samples are finite, and stay so.
    fn process(&mut self, block: SoundBlock<'_>);
}

/// A sound effect of the catalogue.
#[derive(Clone, Copy)]
pub struct SoundSpec {
    /// Stable id, as in project files.
    pub id: &'static str,
    /// Display name.
    pub name: &'static str,
    /// Group in menus.
    pub family: SoundFamily,
    /// What the effect does, in one sentence.
    pub summary: &'static str,
    /// Parameters in order.
    pub params: &'static [ParamSpec],
    /// Returns whether the effect changes nothing with these values, so that it is left out. Not
    /// asked while a parameter is animated.
    pub neutral: fn(Params<'_>) -> bool,
    /// Returns by how many samples the output is later than the input; depends only on parameters
    /// that cannot be animated.
    pub latency_samples: fn(Params<'_>, SoundFormat) -> usize,
    /// Returns the seconds after which less than −120 dB is left of what the effect received before,
    /// in sound and in gain; infinite if it never forgets. Must be right for the slowest values that
    /// a parameter has.
    pub settling_secs: fn(Params<'_>, SoundFormat) -> f64,
    /// Whether the effect must have [`SoundSetup::measured`]: measurements of all that it will
    /// receive.
    pub measures: bool,
    /// Makes a processor without a past.
    pub make: fn(SoundSetup<'_>) -> Box<dyn SoundProcessor>,
    /// Incremented when equal parameters yield different samples than before; part of a plan's key.
    pub version: u32,
}

impl SoundSpec {
    /// Creates an entry with the usual defaults: no parameters, never neutral, no latency, settled at
    /// once, version 1.
    pub const fn new(
        id: &'static str,
        name: &'static str,
        family: SoundFamily,
        summary: &'static str,
        make: fn(SoundSetup<'_>) -> Box<dyn SoundProcessor>,
    ) -> Self {
        Self {
            id,
            name,
            family,
            summary,
            params: &[],
            neutral: |_| false,
            latency_samples: |_, _| 0,
            settling_secs: |_, _| 0.0,
            measures: false,
            make,
            version: 1,
        }
    }

    /// Returns the default of every parameter, in the table's order.
    pub fn defaults(&self) -> Vec<ParamValue> {
        defaults(self.params)
    }

    /// Returns the parameter with this id.
    pub fn param(&self, id: &str) -> Option<&'static ParamSpec> {
        self.params.iter().find(|p| p.id == id)
    }

    /// The parameter that names a sound to follow.
    pub fn key(&self) -> Option<&'static ParamSpec> {
        self.params.iter().find(|p| p.kind == ParamKind::Key)
    }
}

impl Entry for SoundSpec {
    fn id(&self) -> &'static str {
        self.id
    }

    fn version(&self) -> u32 {
        self.version
    }
}
