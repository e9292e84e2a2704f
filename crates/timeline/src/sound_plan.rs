//! Plans of sound: voices, buses and sound effects.
use cutroom_effects::catalog::SoundRef;
use cutroom_types::{ClipId, EffectId, FadeCurve, MediaId, ParamValue, Time};
use std::sync::Arc;

/// The audio of consecutive samples of a composition.
#[derive(Clone, Debug, PartialEq)]
pub struct AudioPlan {
    /// Samples per second of the composition.
    pub rate_hz: u32,
    /// Channels of the composition (1, 2, 6 …; native order).
    pub channels: usize,
    /// First composition sample covered.
    pub first_sample: i64,
    /// Number of samples covered.
    pub samples: usize,
    /// Everything audible in these samples, in track and time order. Positions are absolute
    /// composition samples, so the mix does not depend on how the audio is divided into plans.
    pub voices: Vec<Voice>,
    /// Buses that are mixed into the output, after the voices.
    pub feeds: Vec<Feed>,
    /// Mixes with effects. Plans of a composition without sound effects and routing have none.
    pub buses: Vec<Bus>,
    /// Samples after which less than −120 dB is left of what was before, in all effects of the
    /// composition; [`NEVER_SETTLES`] if one of them never forgets.
    pub settling_samples: u64,
}

/// One clip's sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Voice {
    /// The clip, for messages.
    pub clip: ClipId,
    /// The media.
    pub media: MediaId,
    /// Index among the file's audio streams.
    pub stream: usize,
    /// Channels of the stream that are used, in the order of their speakers; empty: all.
    pub channels: Vec<usize>,
    /// Composition sample at which the voice starts.
    pub first_sample: i64,
    /// Composition sample after its last.
    pub end_sample: i64,
    /// Source time, since the start of the file, that is played at `first_sample`.
    pub source_start: Time,
    /// Source seconds per composition second; negative plays backwards.
    pub speed: f64,
    /// Where the speed changes, what is played at samples of a grid, instead of `source_start` and
    /// `speed`, of which `speed` then only states the direction. Between them the source time is the
    /// cubic that has their source times and speeds.
    pub positions: Vec<SourcePoint>,
    /// Whether the sound keeps its pitch at other speeds.
    pub preserves_pitch: bool,
    /// Linear gain over composition samples: straight lines between points, held outside. Never
    /// empty.
    pub gain: Vec<(i64, f32)>,
    /// Nested compositions that its sound passes through before the plan's own, innermost first,
    /// without those that change nothing; empty for clips of the plan's composition.
    pub nested: Vec<NestedAudio>,
    /// Levels at which it is folded into the channels of the plan's composition.
    pub fold: FoldLevels,
    /// Pan in the plan's composition, -1 left … 0 centre … 1 right: points like those of `gain`.
    pub pan: Vec<(i64, f32)>,
    /// Fades and cross-fades, multiplied.
    pub fades: Vec<Fade>,
}

/// What a voice plays at a composition sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SourcePoint {
    /// The composition sample.
    pub sample: i64,
    /// Source time, since the start of the file.
    pub source: Time,
    /// Source seconds per composition second there.
    pub speed: f64,
}

/// Sound that keeps its pitch is stretched in blocks of this length from the voice's start on, so that
/// the samples of any range can be made without all those before it.
pub const STRETCH_BLOCK_SECS: i64 = 30;
/// What is stretched before and after a block, in addition: the time in which a stretched sound
/// settles.
pub const STRETCH_MARGIN_SECS: i64 = 1;

/// Linear levels of channels in their neighbours where they are folded into a layout without them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FoldLevels {
    /// Of the centre in left and right; `None`: 1/√2.
    pub center: Option<f64>,
    /// Of the low-frequency channel in left and right, or in the centre of mono; `None`: 0.
    pub lfe: Option<f64>,
}

/// What a nested composition does to the channels of a voice: they are folded into its own channels
/// and panned, and the result is the source in the composition around it.
#[derive(Clone, Debug, PartialEq)]
pub struct NestedAudio {
    /// Number of its channels, as in [`AudioPlan::channels`].
    pub channels: usize,
    /// Levels at which its input is folded into them.
    pub fold: FoldLevels,
    /// Pan in this composition, as in [`Voice::pan`].
    pub pan: Vec<(i64, f32)>,
}

/// A gain ramp over `[first_sample, end_sample)`. Outside it the gain is 1, except that samples
/// before a `rising` fade and samples after a falling one are silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fade {
    /// Composition sample of the start.
    pub first_sample: i64,
    /// Composition sample after the end.
    pub end_sample: i64,
    /// Whether the gain rises from silence; otherwise it falls to silence.
    pub rising: bool,
    /// Shape of the ramp.
    pub curve: FadeCurve,
}

/// A mix with effects: of a clip, a track, a bus or a composition. Its sound is the sum of its
/// voices and feeds, changed by its effects, earlier by their latency.
#[derive(Clone, Debug, PartialEq)]
pub struct Bus {
    /// Names the bus in all plans of a composition, such as `track:a1`.
    pub key: Arc<str>,
    /// Its channels.
    pub channels: BusChannels,
    /// Clips.
    pub voices: Vec<Voice>,
    /// Other buses.
    pub feeds: Vec<Feed>,
    /// Effects, in order of application.
    pub effects: Vec<SoundUse>,
}

/// The channels of a bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BusChannels {
    /// So many, in the usual layout.
    Count(usize),
    /// Those of a clip's source, neither folded nor placed.
    Source {
        /// The clip, for messages.
        clip: ClipId,
        /// The media.
        media: MediaId,
        /// Index among its audio streams.
        stream: usize,
        /// Channels that are used, as in [`Voice::channels`].
        channels: Vec<usize>,
    },
}

/// The sound of one bus in another one, or in the output.
#[derive(Clone, Debug, PartialEq)]
pub struct Feed {
    /// Index of the bus among those of the plan. No bus is fed by itself, not even through others.
    pub bus: usize,
    /// Composition sample at which it starts to be heard.
    pub first_sample: i64,
    /// Composition sample after its last.
    pub end_sample: i64,
    /// As [`Voice::gain`].
    pub gain: Vec<(i64, f32)>,
    /// As [`Voice::nested`].
    pub nested: Vec<NestedAudio>,
    /// As [`Voice::fold`].
    pub fold: FoldLevels,
    /// As [`Voice::pan`].
    pub pan: Vec<(i64, f32)>,
    /// As [`Voice::fades`].
    pub fades: Vec<Fade>,
}

/// A sound effect with its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundUse {
    /// The effect.
    pub effect: SoundRef,
    /// Id of its use in the project.
    pub id: EffectId,
    /// Every parameter, in the order of the table; of those in `curves` the default.
    pub params: Vec<ParamValue>,
    /// Parameters that change.
    pub curves: Vec<ParamCurve>,
    /// The sound that the effect follows.
    pub key: KeySource,
}

/// A parameter that changes: straight lines between points, held outside. Switches are 0 and 1.
#[derive(Clone, Debug, PartialEq)]
pub struct ParamCurve {
    /// Index in the table.
    pub param: usize,
    /// Composition samples and values; never empty.
    pub points: Vec<(i64, f64)>,
}

/// The sound that an effect follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// The one that it changes.
    Own,
    /// That of a bus, by its index among those of the plan, before its gain.
    Bus(usize),
    /// None: what it names is not audible.
    Silent,
}

impl AudioPlan {
    /// The voices of the output and of all buses.
    pub fn all_voices(&self) -> impl Iterator<Item = &Voice> {
        self.voices.iter().chain(self.buses.iter().flat_map(|b| &b.voices))
    }

    /// Whether it can be mixed from its voices alone.
    pub fn is_plain(&self) -> bool {
        self.buses.is_empty() && self.settling_samples == 0
    }

    /// The plan of what an effect of a bus receives: the bus is the output, and has only the effects
    /// before that one. What does not lead to it is left out. `None` if the plan has no such bus.
    pub fn before_effect(mut self, bus: &str, effect: usize) -> Option<Self> {
        let at = self.buses.iter().position(|b| *b.key == *bus)?;
        self.buses[at].effects.truncate(effect);
        // What leads to it, found from it on.
        let mut kept = vec![at];
        let mut next = 0;
        while next < kept.len() {
            for source in self.buses[kept[next]].sources() {
                if !kept.contains(&source) {
                    kept.push(source);
                }
            }
            next += 1;
        }
        let place = |old: usize| kept.iter().position(|k| *k == old).unwrap_or(0);
        let moved = |bus: &Bus| {
            let mut bus = bus.clone();
            bus.feeds.iter_mut().for_each(|f| f.bus = place(f.bus));
            for effect in &mut bus.effects {
                if let KeySource::Bus(key) = effect.key {
                    effect.key = KeySource::Bus(place(key));
                }
            }
            bus
        };
        self.buses = kept.iter().map(|k| moved(&self.buses[*k])).collect();
        let whole = Feed {
            bus: 0,
            first_sample: self.first_sample.min(0),
            end_sample: self.first_sample.saturating_add(self.samples as i64),
            gain: vec![(0, 1.0)],
            nested: Vec::new(),
            fold: FoldLevels::default(),
            pan: vec![(0, 0.0)],
            fades: Vec::new(),
        };
        (self.voices, self.feeds) = (Vec::new(), vec![whole]);
        Some(self)
    }
}

impl Bus {
    /// The buses that it takes from, by their indices in the plan.
    pub fn sources(&self) -> impl Iterator<Item = usize> {
        let keys = self.effects.iter().filter_map(|e| if let KeySource::Bus(key) = e.key { Some(key) } else { None });
        self.feeds.iter().map(|f| f.bus).chain(keys)
    }
}

/// Value of [`AudioPlan::settling_samples`] for effects that never forget.
pub const NEVER_SETTLES: u64 = u64::MAX;
